"""A scripted participant whose answers wait in an outbox: the rules of outbox.js and docs/protocol.md, by hand.

It keeps value, n and rev until an acknowledgement comes, and a history of what was composed, sent and heard, which
tests/faults/oracle.py judges.
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from re import search
from typing import Any

from tests.cast import PATIENCE, Closed, Phone, Polling, Socket, Wire

# What a bad line does to whoever asks: nothing was heard, and no more is known than that.
LOST = (Closed, OSError, HTTPException, AssertionError, ValueError)


@dataclass
class Entry:
    """One answer that waits here: gone when the server has it, or `refused` for good and there to be read."""

    n: int
    rev: int
    value: Any
    refused: str = ""
    why: str = ""


@dataclass
class Outbox:
    entries: dict[str, Entry] = field(default_factory=dict)  # by exercise
    stored: dict[str, tuple[int, Any]] = field(default_factory=dict)  # exercise -> n and value that the server holds
    composed: dict[tuple[str, int], Any] = field(default_factory=dict)  # exercise and n -> value
    sent: list[tuple[str, int, str]] = field(default_factory=list)  # exercise, n, by which way
    heard: list[tuple[str, int, dict[str, Any]]] = field(default_factory=list)  # exercise, n, acknowledgement

    def learn(self, answers: dict[str, Any]) -> None:
        """What the server holds, told on every watch."""
        for exercise, one in answers.items():
            if one["n"] > self.stored.get(exercise, (0,))[0]:
                self.stored[exercise] = (one["n"], one["value"])

    def put(self, exercise: str, value: Any, rev: int) -> Entry:
        entry = self.entries.get(exercise)
        n = max(self.stored.get(exercise, (0,))[0], entry.n if entry else 0) + 1
        self.entries[exercise] = Entry(n, rev, value)
        self.composed[exercise, n] = value
        return self.entries[exercise]

    def again(self, exercise: str, rev: int) -> Entry:
        """The person still means what was superseded."""
        return self.put(exercise, self.entries[exercise].value, rev)

    def unsent(self) -> list[str]:
        return [exercise for exercise, entry in self.entries.items() if not entry.refused]

    def shown(self, exercise: str) -> Any:
        """What the phone shows: its own unsent answer, else what the server holds."""
        entry = self.entries.get(exercise)
        return entry.value if entry and not entry.refused else self.stored.get(exercise, (0, None))[1]

    def message(self, exercise: str) -> dict[str, Any]:
        entry = self.entries[exercise]
        return {"v": 1, "exercise": exercise, "n": entry.n, "rev": entry.rev, "value": entry.value}

    def settle(self, exercise: str, sent: Entry, ack: dict[str, Any]) -> None:
        """Only now may the answer leave the phone."""
        superseded = ack.get("status") == "superseded"
        holds = (ack["n"], ack["value"]) if superseded else (sent.n, sent.value)
        if ack["ok"] and holds[0] >= self.stored.get(exercise, (0,))[0]:
            self.stored[exercise] = holds
        if self.entries.get(exercise) is not sent:
            return  # answered again meanwhile
        if ack["ok"] and not superseded:
            del self.entries[exercise]
        else:
            sent.refused, sent.why = ack["status"], ack.get("why", "")


class Participant:
    """A phone and its outbox. `ways` are those that it tries in this order; PUT is left where none is up."""

    def __init__(self, phone: Phone, ways: Iterable[str] = ("socket", "polling"), patience: float = PATIENCE) -> None:
        self.phone, self.ways, self.patience = phone, tuple(ways), patience
        self.outbox = Outbox()
        self.line: Socket | Polling | None = None
        self.revision = 0
        self.step = ""
        self.seed = ""

    @property
    def way(self) -> str:
        return {Socket: "socket", Polling: "polling"}.get(type(self.line), "put")

    @property
    def open(self) -> str:
        """The exercise that takes answers as far as this phone knows."""
        found = search(r'data-exercise="([^"]*)" data-state="accepting"', self.step)
        return found[1] if found else ""

    def connect(self) -> bool:
        """By the first way that works; then watches. Where none works, asks what is current as pages do."""
        self.hang_up()
        for way in self.ways:
            with suppress(*LOST):
                if way == "socket":
                    self.line = self.phone.socket()
                    return self._current(self.line.watch())
                self.line = Polling(self.phone, self.phone.auth)
                return self._current(self.line.ask("watch"))
        self.hang_up()
        with suppress(*LOST):
            return self._current(self.phone.now())
        return False

    def hang_up(self) -> None:
        if isinstance(self.line, Socket):
            self.line.close()
            with suppress(ValueError):
                Wire.opened.remove(self.line.wire)
        self.line = None

    def answer(self, exercise: str, value: Any) -> None:
        """The person answers: kept here, and not sent yet."""
        self.outbox.put(exercise, value, self.revision)

    def drain(self) -> bool:
        """Sends what waits, each once; whether all of it was heard of."""
        for exercise in self.outbox.unsent():
            entry, message = self.outbox.entries[exercise], self.outbox.message(exercise)
            self.outbox.sent.append((exercise, entry.n, self.way))
            try:
                ack = self._ask(message)
            except LOST:
                self.hang_up()
                return False
            self.outbox.heard.append((exercise, entry.n, ack))
            if ack.get("gone") or ack.get("retry"):
                return False
            self.outbox.settle(exercise, entry, ack)
        return True

    def look(self) -> None:
        """Takes in what was pushed."""
        if isinstance(self.line, Socket):
            try:
                self.line.catch_up()
                self.revision, self.step = self.line.revision, self.line.fragments["step"]
            except LOST:
                self.hang_up()

    def _ask(self, message: dict[str, Any]) -> dict[str, Any]:
        if isinstance(self.line, Socket):
            return dict(self.line.ack(self.line.send("respond", message), self.patience))
        if self.line:
            return dict(self.line.ask("respond", message))
        return dict(self.phone.put(f"/s/{self.phone.code}/{message['exercise']}", message).json)

    def _current(self, current: dict[str, Any]) -> bool:
        if not current["ok"]:
            raise Closed(current)
        self.revision, self.step = current["revision"], current["fragments"]["step"]
        self.seed = current["mine"]["seed"]
        self.outbox.learn(current["mine"]["answers"])
        return True
