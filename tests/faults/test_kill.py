"""The server is killed in the middle of a burst of answers: what was acknowledged is there, once."""

import json
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from threading import Event
from typing import Any

import pytest

from tests.cast import Closed, Facilitator, Phone, Socket, ada, hang_up, phone
from workshop.rehearsal.server import OwnServer

PHONES = 30
KILLS = 4
EXERCISE = "jobs"
CARDS = ("c1", "c2", "c3", "c4", "c5", "c6")
PILES = ("volunteers", "paid", "several", "none")


@dataclass
class Sender:
    """A phone that sends one answer after another until it is stopped or cut off, and remembers what it heard."""

    who: Phone
    random: Random
    sent: dict[int, Any] = field(default_factory=dict)
    heard: dict[int, str] = field(default_factory=dict)

    def send_until(self, stop: Event, rev: int) -> None:
        try:
            socket = self.who.socket()
            while not stop.is_set():
                n = len(self.sent) + 1
                self.sent[n] = {"placed": {card: self.random.choice(PILES) for card in CARDS}}
                number = socket.send("respond", socket.message(EXERCISE, n, self.sent[n], rev))
                self.heard[n] = socket.ack(number)["status"]
                socket.wire.receive(0.05)  # as fast as the guard allows in the long run
        except (Closed, OSError, AssertionError):
            pass  # cut off in the middle: exactly what this is about

    def last_heard(self) -> int:
        return max(self.heard, default=0)


@dataclass
class Burst:
    """A session with thirty phones that answer."""

    server: OwnServer
    ada: Facilitator
    code: str
    senders: list[Sender]

    def while_answering(self, end: Any, answers: int) -> None:
        """Calls `end` once so many more answers were acknowledged, while all phones go on sending."""
        stop = Event()
        rev = self.ada.revision(self.code)
        before = self.acknowledged()
        with ThreadPoolExecutor(PHONES) as pool:
            running = [pool.submit(sender.send_until, stop, rev) for sender in self.senders]
            try:
                while self.acknowledged() - before < answers and not all(one.done() for one in running):
                    stop.wait(0.005)
                end()
            finally:
                stop.set()
            for one in running:
                one.result()
        assert self.acknowledged() - before >= answers

    def acknowledged(self) -> int:
        return sum(len(sender.heard) for sender in self.senders)

    def rows(self) -> dict[str, list[tuple[int, Any]]]:
        """Every row of every participant, as another program reads it from the file."""
        found: dict[str, list[tuple[int, Any]]] = {}
        with closing(sqlite3.connect(self.server.data / "cyd.sqlite3")) as line:
            for participant, n, value in line.execute(
                "select participant, n, value from response where session = ? and exercise = ?", (self.code, EXERCISE)
            ):
                found.setdefault(participant, []).append((n, json.loads(value)))
            assert line.execute("pragma integrity_check").fetchall() == [("ok",)]
        return found

    def check(self) -> None:
        """Acknowledged answers are a subset of the database; one row each; nothing there that nobody sent."""
        rows = self.rows()
        for sender in self.senders:
            mine = rows.pop(self.seat(sender), [])
            assert len(mine) == (1 if sender.heard or mine else 0)
            assert set(sender.heard.values()) <= {"received"}
            for n, value in mine:
                assert n >= sender.last_heard()
                assert value == sender.sent[n]
        assert rows == {}

    def seat(self, sender: Sender) -> str:
        return self._seats[sender.who.cookies[f"cyd-{self.code}"]]

    def __post_init__(self) -> None:
        self._seats = {
            sender.who.cookies[f"cyd-{self.code}"]: sender.who.now()["mine"]["seed"] for sender in self.senders
        }


@pytest.fixture
def burst(tmp_path: Path) -> Iterator[Burst]:
    server = OwnServer(tmp_path / "data")
    try:
        server.start()
        facilitator = ada(server)
        code = facilitator.start("demo")
        senders = [Sender(phone(server, code), Random(n)) for n in range(PHONES)]
        facilitator.go(code, EXERCISE, "open")
        yield Burst(server, facilitator, code, senders)
    finally:
        hang_up()
        server.stop()


def test_whatever_was_acknowledged_survives_being_killed_again_and_again(burst: Burst) -> None:
    for round in range(1, KILLS + 1):
        burst.while_answering(burst.server.kill, 60 * round)
        burst.check()
        burst.server.start()
        burst.check()


def test_what_was_sent_again_after_a_kill_is_received_and_stands_there_once(burst: Burst) -> None:
    burst.while_answering(burst.server.kill, 100)
    held = burst.rows()
    burst.server.start()
    before = burst.ada.revision(burst.code)
    for sender in burst.senders:
        socket = sender.who.socket()
        mine = socket.watch()["mine"]["answers"]
        assert [(one["n"], one["value"]) for one in mine.values()] == held.get(burst.seat(sender), [])
        # The last one sent: it may be on disk though nobody heard of it, or it may not.
        n = len(sender.sent)
        assert socket.respond(EXERCISE, n, sender.sent[n], before) == {"ok": True, "status": "received", "n": n}
        assert socket.respond(EXERCISE, n, sender.sent[n], before) == {"ok": True, "status": "received", "n": n}
    assert burst.rows() == {burst.seat(s): [(len(s.sent), s.sent[len(s.sent)])] for s in burst.senders}


def test_an_answer_that_was_on_disk_before_the_kill_raises_no_revision_when_it_comes_again(burst: Burst) -> None:
    sender = burst.senders[0]
    value = {"placed": {"c1": "paid"}}
    rev = burst.ada.revision(burst.code)
    assert sender.who.put_answer(EXERCISE, 1, value, rev).json["status"] == "received"
    before = burst.ada.revision(burst.code)
    burst.server.kill()
    burst.server.start()
    again = sender.who.put_answer(EXERCISE, 1, value, rev)
    assert (again.json, burst.ada.revision(burst.code)) == ({"ok": True, "status": "received", "n": 1}, before)


def test_a_killed_server_goes_on_where_the_room_was(burst: Burst) -> None:
    ben: Socket = burst.senders[0].who.socket()
    before = ben.watch()
    burst.server.kill()
    assert ben.closes()
    burst.server.start()
    again = burst.senders[0].who.socket()
    after = again.watch()
    assert (after["revision"], after["fragments"]) == (before["revision"], before["fragments"])
    assert burst.ada.do(burst.code, "close", exercise=EXERCISE).json == {"ok": True}
    assert again.until(lambda: 'data-state="closed"' in again.fragments["step"])


def test_a_server_that_is_asked_to_stop_drains_what_it_was_given(burst: Burst) -> None:
    process = burst.server.process
    assert process is not None
    burst.while_answering(burst.server.stop, 150)
    assert process.returncode == 0
    burst.check()
    assert "Traceback" not in burst.server.log
