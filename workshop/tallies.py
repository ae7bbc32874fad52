"""Sums kept per exercise, brought up to date from what changed since they were last looked at.

Nothing here is stored: after a restart the sums are built again from the responses. Two sums are kept: what has come in
(the console sees it) and what stands on the wall, which takes in late answers only when the facilitator shows them.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from workshop import kinds
from workshop.model import Counts, Exercise, Response, Session, Turnout
from workshop.store import Read


@dataclass(frozen=True)
class Sums:
    """`live` is what has come in, `wall` what the room may see once revealed; `late` answers wait beside the wall."""

    live: Counts
    live_turnout: Turnout
    wall: Counts
    wall_turnout: Turnout
    late: int


@dataclass
class _Side:
    people: Counter[tuple[str, ...]] = field(default_factory=Counter)
    responses: Counter[tuple[str, ...]] = field(default_factory=Counter)
    answered_people: int = 0
    answered: int = 0
    finished: int = 0

    def add(self, one: "_Counted | None", sign: int) -> None:
        if one is None:
            return
        for key, n in one.counts.items():
            self.people[key] += sign * n * one.size
            self.responses[key] += sign * n
        self.answered += sign * one.given
        self.answered_people += sign * one.given * one.size
        self.finished += sign * one.finished


@dataclass(frozen=True)
class _Counted:
    counts: Counter[tuple[str, ...]]
    size: int
    given: bool
    finished: bool


@dataclass
class _Exercise:
    seen: int = 0
    live: _Side = field(default_factory=_Side)
    wall: _Side = field(default_factory=_Side)
    late: int = 0
    rows: dict[str, tuple[_Counted | None, _Counted | None, bool]] = field(default_factory=dict)


class Tallies:
    """All sums of all sessions. Never yields while it takes rows in, so a page and a tick cannot take the same ones."""

    def __init__(self) -> None:
        self._exercises: dict[tuple[str, str], _Exercise] = {}
        self._studies: dict[tuple[str, str, bool], tuple[list[int], Any]] = {}

    def of(self, read: Read, session: Session, exercise: Exercise) -> Sums:
        """The sums as of this read."""
        held = self._exercises.setdefault((session.code, exercise.id), _Exercise())
        for row in read.changed(session.code, exercise.id, held.seen):
            before = held.rows.get(row["participant"], (None, None, False))
            live = _counted(exercise, row)
            wall = live if not row["pending"] else _counted(exercise, row["wall"]) if row["wall"] else None
            for side, old, new in ((held.live, before[0], live), (held.wall, before[1], wall)):
                side.add(old, -1)
                side.add(new, 1)
            held.late += row["pending"] - before[2]
            held.rows[row["participant"]] = (live, wall, row["pending"])
            held.seen = max(held.seen, row["revision"])
        joined = read.joined(session.code).phones
        return Sums(
            _counts(held.live), _turnout(held.live, joined), _counts(held.wall), _turnout(held.wall, joined), held.late
        )

    def study(self, read: Read, session: Session, exercise: Exercise, *, wall: bool) -> Any:
        """What needs whole responses, made once for what has come in by now."""
        if not kinds.studies(exercise.kind):
            return None
        self.of(read, session, exercise)
        seen = [self._exercises[session.code, exercise.id].seen]
        if exercise.of:
            self.of(read, session, session.workshop.exercise(exercise.of))
            seen.append(self._exercises[session.code, exercise.of].seen)
        key = (session.code, exercise.id, wall)
        if key not in self._studies or self._studies[key][0] != seen:
            responses = _responses(read, session, exercise, wall=wall)
            self._studies[key] = (seen, kinds.study(exercise.kind, exercise.content, responses))
        return self._studies[key][1]

    def forget(self, code: str) -> None:
        for key in [key for key in self._exercises if key[0] == code]:
            del self._exercises[key]
        for study in [study for study in self._studies if study[0] == code]:
            del self._studies[study]


def _counted(exercise: Exercise, row: Mapping[str, Any]) -> _Counted:
    kind = kinds.KINDS[exercise.kind]
    value = kind.Value.model_validate(row["value"])
    given, asked = kind.progress(exercise.content, value)
    return _Counted(kind.count(exercise.content, value), row["size"], given > 0, given > 0 and given >= asked)


def _counts(side: _Side) -> Counts:
    return Counts(+side.people, +side.responses)


def _turnout(side: _Side, joined: int) -> Turnout:
    return Turnout(joined, side.answered_people, side.answered, side.finished)


def _responses(read: Read, session: Session, exercise: Exercise, *, wall: bool) -> list[Response]:
    """Everyone who answered this exercise or the one that it is `of`; what they did not give is None."""
    now = _shown(read.changed(session.code, exercise.id, 0), wall=wall)
    earlier = _shown(read.changed(session.code, exercise.of, 0), wall=wall) if exercise.of else {}
    parse = kinds.KINDS[exercise.kind].Value.model_validate
    responses = []
    for participant in sorted(now.keys() | earlier.keys()):
        row = now.get(participant) or earlier[participant]
        responses.append(
            Response(
                value=parse(now[participant]["value"]) if participant in now else None,
                size=row["size"],
                perspective=row["perspective"],
                before=parse(earlier[participant]["value"]) if participant in earlier else None,
            )
        )
    return responses


def _shown(rows: list[Mapping[str, Any]], *, wall: bool) -> dict[str, Mapping[str, Any]]:
    """By participant: the row itself, or what the wall still shows of it."""
    shown = {row["participant"]: row["wall"] if wall and row["pending"] else row for row in rows}
    return {participant: row for participant, row in shown.items() if row is not None}
