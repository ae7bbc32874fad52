"""Who connects and says nothing, or half a word: hung up on in time, and nobody else kept out."""

import json
import resource
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.cast import Closed, Room, Wire, eventually, gather, hang_up, running
from tests.faults.vitals import Vitals
from workshop.sockets import GREETING_SECONDS

SILENT = 500
FEW = 256  # files that a process may open when a shell is mean


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    with running(tmp_path_factory.mktemp("strangers")) as server:
        yield gather(server, "demo")


@pytest.fixture(autouse=True)
def _hang_up() -> Iterator[None]:
    yield
    hang_up()


def ended(wire: Wire) -> bool:
    if wire.sock.fileno() != -1:
        with suppress(Closed):
            wire.receive(0.001)
    return wire.sock.fileno() == -1


def test_five_hundred_sockets_that_never_say_who_they_are_are_closed_after_ten_seconds_and_leave_nothing(
    room: Room,
) -> None:
    vitals, ben = Vitals.of(room.server), room.ben.socket()
    ben.watch()
    before = vitals.lines
    since = time.monotonic()
    silent = [Wire(room.server) for _ in range(SILENT)]
    last = time.monotonic()
    assert vitals.lines >= before + SILENT
    room.ada.go(room.code, "jobs")
    assert ben.until(lambda: 'data-exercise="jobs"' in ben.fragments["step"])  # the room goes on beside them
    assert eventually(lambda: ended(silent[0]), GREETING_SECONDS + 5)
    assert time.monotonic() - since > GREETING_SECONDS * 0.9
    for wire in silent:
        assert eventually(lambda wire=wire: ended(wire), max(0.1, last + GREETING_SECONDS + 5 - time.monotonic()))
    assert vitals.lets_go(before)
    assert ben.watch()["ok"] is True


def test_who_only_shakes_hands_by_polling_is_forgotten(room: Room) -> None:
    path = "/socket.io/?EIO=4&transport=polling"
    sids = [json.loads(room.ben.get(path).text[1:])["sid"] for _ in range(20)]
    assert (
        room.ben.ask("POST", f"{path}&sid={sids[0]}", body=b"3", headers={"Content-Type": "text/plain"}).status == 200
    )
    # Asking with a POST, since a GET would wait for something to be told.
    for sid in sids:
        gone = lambda sid=sid: room.ben.ask("POST", f"{path}&sid={sid}", body=b"").status == 400  # noqa: E731
        assert eventually(gone, GREETING_SECONDS + 10)


def test_half_a_request_keeps_nobody_out_and_is_given_up(room: Room) -> None:
    vitals = Vitals.of(room.server)
    before = vitals.lines
    halves = []
    for _ in range(150):
        line = socket.create_connection(("127.0.0.1", room.server.port))
        line.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
        halves.append(line)
    assert eventually(lambda: vitals.lines >= before + len(halves))
    assert room.ben.get("/healthz").status == 200
    assert room.ben.socket().watch()["ok"] is True
    hang_up()
    assert vitals.lets_go(before, 40)
    assert [line.recv(1) for line in halves] == [b""] * len(halves)
    for line in halves:
        line.close()


def test_nothing_of_all_that_made_the_server_stumble(room: Room) -> None:
    """The log of everything above."""
    assert "Traceback" not in room.server.log


def test_a_room_has_more_open_files_than_a_shell_starts_with(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (FEW, hard))
    try:
        with running(tmp_path) as server:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
            assert Vitals.of(server).most_files == min(10_240, hard)
            room = gather(server, "demo")
            ben = [room.ben.socket() for _ in range(FEW)]  # each takes two
            assert ben[-1].watch()["ok"] is True
            hang_up()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
