"""The oracle: what must be true after any run, whatever happened on the way.

It reads the file as another program would, the phones' histories, and what every surface saw.
"""

import json
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.cast import Browser, Facilitator, Phone, Socket, eventually
from tests.faults.outbox import LOST, Participant

# What is on disk


@dataclass(frozen=True)
class Disk:
    """A session as it stands in the file."""

    answers: dict[tuple[str, str], tuple[int, Any]]  # participant and exercise -> n and value
    notes: dict[tuple[str, str], set[str]]  # the same -> ids of the notes that were not taken back
    late: set[tuple[str, str]]
    revision: int


def disk(data: Path, code: str) -> Disk:
    """Reads it; the file is whole, and nothing stands there twice."""
    with closing(sqlite3.connect(data / "cyd.sqlite3")) as line:
        assert line.execute("pragma integrity_check").fetchall() == [("ok",)]
        rows = line.execute(
            "select participant, exercise, n, value, late from response where session = ?", (code,)
        ).fetchall()
        assert twice((who, exercise) for who, exercise, *_ in rows) == []
        notes: dict[tuple[str, str], set[str]] = {}
        found = line.execute("select participant, exercise, id, withdrawn from note where session = ?", (code,))
        written = found.fetchall()
        assert twice(id for _, _, id, _ in written) == []
        for who, exercise, id, withdrawn in written:
            if not withdrawn:
                notes.setdefault((who, exercise), set()).add(id)
        revision = line.execute("select revision from session where code = ?", (code,)).fetchone()[0]
    return Disk(
        {(who, exercise): (n, json.loads(value)) for who, exercise, n, value, _ in rows},
        notes,
        {(who, exercise) for who, exercise, _, _, late in rows if late},
        revision,
    )


def twice(what: Iterable[Any]) -> list[Any]:
    return [one for one, times in Counter(what).items() if times > 1]


def acknowledged(participants: Iterable[Participant]) -> dict[tuple[str, str], int]:
    """Participant and exercise -> the largest n that was said to be there, as far as is heard now."""
    found: dict[tuple[str, str], int] = {}
    for one in participants:
        for exercise, _, ack in list(one.outbox.heard):
            if ack["ok"]:
                found[one.seed, exercise] = max(found.get((one.seed, exercise), 0), ack["n"])
    return found


def check_acknowledged(found: Disk, said: Mapping[tuple[str, str], int]) -> None:
    """What was acknowledged before a kill is there after it, and not only because the phone has answered again."""
    for key, n in said.items():
        there = found.answers.get(key, (0, None))[0]
        assert there >= n, f"{' '.join(key)}: {n} was acknowledged, {there} is on disk"


def check_answers(data: Path, code: str, participants: Iterable[Participant]) -> Disk:
    """Acknowledged is on disk, composed is on disk or in an outbox, and nothing is there that nobody composed."""
    found = disk(data, code)
    left = dict(found.answers)
    check_acknowledged(found, acknowledged(participants := list(participants)))
    for one in participants:
        outbox = one.outbox
        for exercise in {exercise for exercise, _ in outbox.composed}:
            what = f"{one.seed} {exercise}"
            n, value = left.pop((one.seed, exercise), (0, None))
            entry = outbox.entries.get(exercise)
            last = max(m for each, m in outbox.composed if each == exercise)
            assert max(n, entry.n if entry else 0) == last, f"{what}: {last} was composed and is nowhere"
            if n:
                assert outbox.composed[exercise, n] == value, f"{what}: {n} is on disk with another value"
                ids = {note["id"] for note in value.get("notes", ())}
                assert found.notes.get((one.seed, exercise), set()) == ids, f"{what}: notes"
    assert left == {}, "on disk, and nobody composed it"
    return found


# What surfaces see


class Watching(Socket):
    """Takes frames as static/js/live.js does: older ones are dropped, and after a heartbeat that is ahead it asks."""

    behind = True

    def follow(self, watcher: "Watcher") -> None:
        """What the surface knew before this connection it still knows."""
        self.revisions, self.fragments, self.older = watcher.revisions, watcher.fragments, watcher.older

    def read(self, seconds: float = 0.0) -> bool:
        got = super().read(seconds)
        for said in self.heard:
            if said.startswith('42["heartbeat"'):
                self.behind |= json.loads(said[2:])[1]["revision"] > self.revision
        self.heard.clear()
        return got

    def _take(self, frame: Mapping[str, Any]) -> None:
        if frame["revision"] < self.revision:
            self.older.append(frame["revision"])
        else:
            super()._take(frame)


@dataclass
class Watcher:
    """A surface that watches to the end, on a thread of its own: it comes back after every cut."""

    name: str
    browser: Browser
    auth: dict[str, str]
    path: str  # of what is current
    revisions: list[int] = field(default_factory=list)  # as it saw them
    older: list[int] = field(default_factory=list)  # that came after newer ones
    fragments: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    @property
    def is_current(self) -> bool:
        """Whether it shows what a fresh page would."""
        return bool(self.browser.get(self.path).json["fragments"] == self.fragments)

    def _watch(self) -> None:
        while not self._over.wait(0.1):
            with suppress(*LOST):
                socket = Watching(self.browser, self.auth)
                socket.follow(self)
                with closing(socket):
                    while not self._over.is_set():
                        if socket.behind:
                            socket.behind = not socket.watch()["ok"]
                        socket.read(0.1)

    def stop(self) -> None:
        self._over.set()
        self._thread.join(20)


def watchers(ada: Facilitator, screen: Browser, phones: Iterable[Phone]) -> list[Watcher]:
    """Two consoles, two screens, and these phones."""
    code = next(iter(phones := list(phones))).code
    found = [
        Watcher(
            f"console {lang}", ada, {"surface": "console", "code": code, "lang": lang}, f"/c/{code}/now?lang={lang}"
        )
        for lang in ("cy", "en")
    ]
    found += [
        Watcher(f"screen {n}", screen, {"surface": "screen", "code": code}, f"/screen/{code}/now") for n in (1, 2)
    ]
    return found + [Watcher(f"phone {one.lang}", one, one.auth, f"/s/{code}/{one.lang}/now") for one in phones]


def check_surfaces(data: Path, code: str, watching: Iterable[Watcher]) -> None:
    """Revisions only ever grew, none was ahead of the disk, and each surface shows what a fresh page would."""
    for one in watching:
        assert eventually(lambda one=one: one.is_current), f"{one.name} shows what no fresh page does"
        assert (one.older, one.revisions == sorted(one.revisions)) == ([], True), f"{one.name} went back"
        assert one.revisions[-1] <= disk(data, code).revision, f"{one.name} saw what is not on disk"
