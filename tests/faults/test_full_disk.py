"""The disk is full, read-only, held by another program, or gone: nothing is called received that is not kept."""

import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.cast import Answer, Room, Socket, eventually, gather, hang_up
from tests.faults.clocked import STARTS, Clock
from tests.faults.disk import Disk
from workshop.disk import LEAST, LOW
from workshop.rehearsal.server import OwnServer

EXERCISE = "jobs"
VALUE = {"placed": {"c1": "paid"}}
RETRY = {"ok": False, "retry": True, "after_ms": 2000}
BANNERS = {
    "low": "Little room is left on this server",
    "full": "disk is almost full",
    "failing": "disk takes nothing just now",
    "locked": "Another program holds",
    "moved": "was moved or deleted",
}
BEATS = 40  # seconds in which several heartbeats come
LONGER = 60  # seconds: more than a write waits for another program

preloaded = pytest.mark.skipif(sys.platform != "linux", reason="nothing can be preloaded beneath SQLite")

# Holds the database as a backup or a person with a shell may, until it is told to let go.
HOLD = """import sqlite3, sys
line = sqlite3.connect(sys.argv[1], isolation_level=None)
line.execute("begin immediate")
print("held", flush=True)
sys.stdin.readline()
line.execute("rollback")
"""


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    return Clock(tmp_path / "clock")


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    return Disk(tmp_path / "disk")


@pytest.fixture
def server(tmp_path: Path, disk: Disk, clock: Clock) -> Iterator[OwnServer]:
    """With a disk and a clock that do as they are told."""
    under = disk.environment() if sys.platform == "linux" else {}
    server = OwnServer(tmp_path / "data", starts=STARTS, **clock.environment(), **under)
    try:
        yield server.start()
        assert "Traceback" not in server.log
    finally:
        hang_up()
        server.stop()


@pytest.fixture
def room(server: OwnServer) -> Room:
    room = gather(server, "demo")
    room.ada.go(room.code, EXERCISE, "open")
    return room


def answer(room: Room, n: int) -> Answer:
    return room.ben.put_answer(EXERCISE, n, VALUE, room.ada.revision(room.code))


def received(n: int) -> dict[str, Any]:
    return {"ok": True, "status": "received", "n": n}


def banner(top: str) -> list[str]:
    """Which of the banners the head of the console shows."""
    shown = re.findall(r'<p class="trouble" role="alert">(.*?)</p>', top)
    return [name for name, words in BANNERS.items() for one in shown if words in one.replace("&#39;", "'")]


def shows(console: Socket, *names: str, seconds: float = 15) -> bool:
    return console.until(lambda: banner(console.fragments["top"]) == list(names), seconds)


def rows(room: Room) -> list[tuple[int]]:
    with closing(sqlite3.connect(room.server.data / "cyd.sqlite3")) as line:
        assert line.execute("pragma integrity_check").fetchall() == [("ok",)]
        return line.execute("select n from response where session = ?", (room.code,)).fetchall()


def lines(room: Room, about: str) -> int:
    return sum(about in line for line in room.server.log.splitlines())


@preloaded
@pytest.mark.parametrize(
    ("fault", "bite"), [("no-space", "no space"), ("read-only", "read-only"), ("sync-fails", "a sync failed")]
)
def test_a_disk_that_takes_nothing_gives_every_answer_back_and_drains_when_it_takes_again(
    room: Room, disk: Disk, clock: Clock, fault: str, bite: str
) -> None:
    console, cari = room.ada.console(room.code), room.cari.socket()
    console.watch()
    cari.watch()
    assert answer(room, 1).json == received(1)
    disk.do(fault)
    for n in (2, 3):
        refused = answer(room, n)
        assert (refused.status, refused.json) == (503, RETRY)
        assert cari.respond(EXERCISE, n, VALUE) == RETRY
    assert bite in disk.bitten
    assert shows(console, "failing")
    assert banner(room.ada.get(f"/c/{room.code}?lang=en").text) == ["failing"]
    assert room.ben.now()["mine"]["answers"] == {EXERCISE: {"n": 1, "value": VALUE}}
    assert room.ada.do(room.code, "close", exercise=EXERCISE).status == 503
    assert room.ben.copy().post(f"/s/{room.code}/me", {"lang": "cy", "perspective": "staff"}).status in (422, 503)
    clock.set(1200)  # what is written down when a facilitator has been idle cannot be: the console opens all the same
    assert room.ada.get(f"/c/{room.code}").status == 200
    disk.undo(fault)
    assert cari.respond(EXERCISE, 3, VALUE) == received(3)
    assert answer(room, 3).json == received(3)
    assert shows(console)
    assert sorted(rows(room)) == [(3,), (3,)]
    assert (lines(room, "does not take anything"), lines(room, "all is well again")) == (1, 1)


@preloaded
def test_the_end_of_a_fault_is_found_while_nobody_asks(room: Room, disk: Disk) -> None:
    console = room.ada.console(room.code)
    console.watch()
    disk.do("no-space")
    assert answer(room, 1).json == RETRY
    assert shows(console, "failing")
    disk.undo("no-space")
    assert shows(console, seconds=BEATS)


@preloaded
def test_little_room_is_told_and_very_little_takes_no_answers(room: Room, disk: Disk) -> None:
    console, cari = room.ada.console(room.code), room.cari.socket()
    console.watch()
    cari.watch()
    assert banner(console.fragments["top"]) == []
    disk.do("free", LOW - 4096)
    assert shows(console, "low", seconds=BEATS)
    assert answer(room, 1).json == received(1)
    disk.do("free", LEAST - 4096)
    assert shows(console, "full", seconds=BEATS)
    assert "Mae disg y gweinydd bron yn llawn" in room.ada.get(f"/c/{room.code}?lang=cy").text
    assert (answer(room, 2).json, cari.respond(EXERCISE, 2, VALUE)) == (RETRY, RETRY)
    assert rows(room) == [(1,)]
    assert room.ada.do(room.code, "pause", pause="1").status == 200  # the room is led on
    disk.do("free", LOW)
    assert shows(console, seconds=BEATS)
    assert (answer(room, 2).json, cari.respond(EXERCISE, 2, VALUE)) == (received(2), received(2))
    assert sorted(rows(room)) == [(2,), (2,)]


@contextmanager
def held(room: Room) -> Iterator[subprocess.Popen[str]]:
    """Another process holds the database for as long as the block lasts."""
    command = [sys.executable, "-c", HOLD, str(room.server.data / "cyd.sqlite3")]
    other = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        yield other
    finally:
        other.communicate("\n", timeout=20)


def test_an_answer_waits_for_another_program_to_let_go_of_the_database_while_pages_open(room: Room) -> None:
    with ThreadPoolExecutor(1) as pool:
        with held(room):
            waiting = pool.submit(room.ben.put_answer, EXERCISE, 1, VALUE, 0)
            for _ in range(20):
                assert room.cari.now()["mine"]["answers"] == {}
                assert room.ada.get(f"/c/{room.code}").status == 200
        assert waiting.result().json == received(1)
    assert rows(room) == [(1,)]


def test_answers_are_given_back_where_another_program_holds_the_database_for_long(room: Room) -> None:
    console, cari = room.ada.console(room.code), room.cari.socket()
    for socket in (console, cari):
        socket.watch()
    with ThreadPoolExecutor(1) as pool, held(room):
        first = pool.submit(room.ben.put_answer, EXERCISE, 1, VALUE, 0)
        asked = [cari.send("respond", cari.message(EXERCISE, n, VALUE)) for n in range(1, 9)]
        while not first.done():  # as long as a write waits
            assert room.ben.now()["mine"]["answers"] == {}
        assert first.result().json == RETRY
        assert [cari.ack(number, LONGER) for number in asked] == [RETRY] * 8  # on the same line: it was not given up
        assert shows(console, "locked")
    assert cari.respond(EXERCISE, 8, VALUE) == received(8)
    assert answer(room, 1).json == received(1)
    assert shows(console)
    assert sorted(rows(room)) == [(1,), (8,)]


@pytest.mark.parametrize("name", ["cyd.sqlite3", "cyd.sqlite3-wal"])
def test_an_answer_to_a_database_that_was_moved_away_is_not_received_until_it_is_back(room: Room, name: str) -> None:
    console = room.ada.console(room.code)
    console.watch()
    assert answer(room, 1).json == received(1)
    file = room.server.data / name
    file.rename(room.server.data / "elsewhere")
    refused = answer(room, 2)
    assert (refused.status, refused.json) == (503, RETRY)
    assert room.ada.do(room.code, "close", exercise=EXERCISE).status == 503
    assert shows(console, "moved")
    assert room.ben.now()["mine"]["answers"] == {EXERCISE: {"n": 1, "value": VALUE}}
    assert lines(room, "was moved or deleted") == 1
    (room.server.data / "elsewhere").rename(file)
    assert answer(room, 2).json == received(2)
    assert shows(console)
    assert rows(room) == [(2,)]


def test_a_deleted_database_is_noticed_while_nobody_answers_and_takes_nothing_again(room: Room) -> None:
    console = room.ada.console(room.code)
    console.watch()
    for file in room.server.data.glob("cyd.sqlite3*"):
        shutil.move(file, room.server.data.parent / file.name)
    assert shows(console, "moved", seconds=BEATS)
    sqlite3.connect(room.server.data / "cyd.sqlite3").close()
    (room.server.data / "cyd.sqlite3").touch()  # another one in its place is not it
    assert [answer(room, n).json for n in (1, 2)] == [RETRY, RETRY]
    assert eventually(lambda: lines(room, "was moved or deleted") == 1)
