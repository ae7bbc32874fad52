"""A session with phones that answer all the time, and what must be true of it however the server ends."""

import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from random import Random
from threading import Event
from typing import Any

from tests.cast import Closed, Facilitator, Phone, ada, phone
from workshop.rehearsal.server import OwnServer

PHONES = 30
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
    """A session with phones that answer."""

    server: OwnServer
    ada: Facilitator
    code: str
    senders: list[Sender]

    def while_answering(self, end: Any, answers: int) -> None:
        """Calls `end` once so many more answers were acknowledged, while all phones go on sending."""
        stop = Event()
        rev = self.ada.revision(self.code)
        before = self.acknowledged()
        with ThreadPoolExecutor(len(self.senders)) as pool:
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
        assert self.lost() == {}
        rows = self.rows()
        for sender in self.senders:
            mine = rows.pop(self.seat(sender), [])
            assert len(mine) == (1 if sender.heard or mine else 0)
            assert set(sender.heard.values()) <= {"received"}
            for n, value in mine:
                assert value == sender.sent[n]
        assert rows == {}

    def lost(self) -> dict[str, tuple[int, int]]:
        """Who heard "received" of an answer that is not there: the last one heard, and the one that stands there."""
        rows = self.rows()
        stored = {
            self.seat(sender): max([0, *(n for n, _ in rows.get(self.seat(sender), []))]) for sender in self.senders
        }
        heard = {self.seat(sender): sender.last_heard() for sender in self.senders}
        return {seat: (last, stored.get(seat, 0)) for seat, last in heard.items() if stored.get(seat, 0) < last}

    def seat(self, sender: Sender) -> str:
        return self._seats[sender.who.cookies[f"cyd-{self.code}"]]

    def __post_init__(self) -> None:
        self._seats = {
            sender.who.cookies[f"cyd-{self.code}"]: sender.who.now()["mine"]["seed"] for sender in self.senders
        }


def gather_burst(server: OwnServer, phones: int = PHONES) -> Burst:
    """So many people have joined, and the exercise is open."""
    facilitator = ada(server)
    code = facilitator.start("demo")
    senders = [Sender(phone(server, code), Random(n)) for n in range(phones)]
    facilitator.go(code, EXERCISE, "open")
    return Burst(server, facilitator, code, senders)
