"""Sums kept per exercise, brought up to date from what changed since they were last looked at.

Nothing here is stored: after a restart the sums are built again from the responses. Two sums are kept: what has come in
(the console sees it) and what stands on the wall, which takes in late answers only when the facilitator shows them;
each by perspective, so that the whole room is the sum of its parts. Taking in one more answer costs what it holds.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, cast

from workshop import kinds
from workshop.compare import Comparison, compare, parts
from workshop.gathered import SHOWN_FROM, Counts, Gathered, Note, Notes, Response, Theme, Turnout
from workshop.lookalikes import Lookalikes
from workshop.model import Exercise, Seats, Session
from workshop.store import Read


@dataclass(frozen=True)
class Sums:
    """`live` is what has come in, `wall` what the room may see once revealed; `late` answers wait beside the wall."""

    live: Gathered
    wall: Gathered
    late: int


class Tallies:
    """All sums of all sessions. Never yields while it takes rows in, so a page and a tick cannot take the same ones."""

    def __init__(self) -> None:
        self._exercises: dict[tuple[str, str], _Exercise] = {}
        self._studied: dict[tuple[Hashable, ...], tuple[Any, Any]] = {}

    def of(self, read: Read, session: Session, exercise: Exercise, k: int = SHOWN_FROM) -> Sums:
        """The sums as of this read. Parts by perspective are there where every group has `k` answers."""
        held = self._brought_up(read, session, exercise)
        joined = session.joined.phones
        live, wall = (side.gathered(session, joined, held.notes, k) for side in (held.live, held.wall))
        return Sums(live, wall, held.late)

    def study(self, read: Read, session: Session, exercise: Exercise, *, wall: bool, k: int = SHOWN_FROM) -> Any:
        """What needs whole responses, made once for what has come in by now."""
        if not kinds.studies(exercise.kind):
            return None

        def make(responses: list[Response]) -> Any:
            return kinds.study(exercise.kind, exercise.content, responses, k)

        return self._once("study", make, read, session, exercise, wall=wall, k=k)

    def comparison(
        self, read: Read, session: Session, exercise: Exercise, *, wall: bool, k: int = SHOWN_FROM
    ) -> Comparison | None:
        """Perspectives side by side; None where there is nothing to compare, or too few to compare it."""
        groups = session.groups
        if not groups or not kinds.items(exercise.kind, exercise.content):
            return None
        seed = int.from_bytes(session.code.encode())  # the same shuffles on the wall and in the write-up

        def make(responses: list[Response]) -> Comparison | None:
            return compare(exercise.kind, exercise.content, responses, groups, k, seed)

        return cast("Comparison | None", self._once("comparison", make, read, session, exercise, wall=wall, k=k))

    def notes(self, read: Read, session: Session, exercise: Exercise, most: int | None = None) -> tuple[Note, ...]:
        """The notes that are there, hidden ones too, the latest change first: for the facilitator alone."""
        return tuple(islice(reversed(self._brought_up(read, session, exercise).newest.values()), most))

    def lookalikes(self, read: Read, session: Session, exercise: Exercise) -> Lookalikes:
        """Which notes look alike, of those that stand for themselves."""
        return self._brought_up(read, session, exercise).lookalikes

    def forget(self, code: str) -> None:
        for key in [key for key in self._exercises if key[0] == code]:
            del self._exercises[key]
        for studied in [studied for studied in self._studied if studied[1] == code]:
            del self._studied[studied]

    def _brought_up(self, read: Read, session: Session, exercise: Exercise) -> "_Exercise":
        key = (session.code, exercise.id)
        held = self._exercises.get(key)
        if held is None or held.exercise.content != exercise.content:  # its content was frozen anew
            held = self._exercises[key] = _Exercise(exercise)
        held.take(
            read.changed(session.code, exercise.id, held.seen),
            read.notes(session.code, exercise.id, held.seen_notes),
            read.themes(session.code, exercise.id) if kinds.takes_themes(exercise.kind) else (),
        )
        return held

    def _once(
        self, what: str, make: Any, read: Read, session: Session, exercise: Exercise, *, wall: bool, k: int
    ) -> Any:
        seen = [self._brought_up(read, session, exercise).seen]
        if exercise.of:
            seen.append(self._brought_up(read, session, session.workshop.exercise(exercise.of)).seen)
        key = (what, session.code, exercise.id, wall, k)
        if key not in self._studied or self._studied[key][0] != (seen, session.groups):
            responses = _responses(read, session, exercise, wall=wall)
            self._studied[key] = ((seen, session.groups), make(responses))
        return self._studied[key][1]


@dataclass(frozen=True)
class _Counted:
    """What one participant adds to a side."""

    counts: Counter[tuple[str, ...]]
    size: int
    perspective: str | None
    given: bool
    finished: bool


@dataclass
class _Sum:
    people: Counter[tuple[str, ...]] = field(default_factory=Counter)
    responses: Counter[tuple[str, ...]] = field(default_factory=Counter)
    answered_people: int = 0
    answered: int = 0
    finished: int = 0

    def add(self, one: _Counted, sign: int) -> None:
        for key, n in one.counts.items():
            self.people[key] += sign * n * one.size
            self.responses[key] += sign * n
        self.answered += sign * one.given
        self.answered_people += sign * one.given * one.size
        self.finished += sign * one.finished

    def counts(self) -> Counts:
        return Counts(+self.people, +self.responses)

    def turnout(self, joined: int) -> Turnout:
        return Turnout(joined, self.answered_people, self.answered, self.finished)


@dataclass
class _Side:
    """The sums of one side: of the whole room, and of each perspective."""

    whole: _Sum = field(default_factory=_Sum)
    by_perspective: dict[str | None, _Sum] = field(default_factory=lambda: defaultdict(_Sum))

    def add(self, one: _Counted | None, sign: int) -> None:
        if one is not None:
            self.whole.add(one, sign)
            self.by_perspective[one.perspective].add(one, sign)

    def gathered(self, session: Session, joined: int, notes: Notes, k: int) -> Gathered:
        apart: dict[str | None, tuple[Counts, Turnout]] = {}
        if session.groups:
            for perspective in {*session.seats, *self.by_perspective}:  # those too of whom nobody answered
                its = self.by_perspective.get(perspective, _Sum())
                apart[perspective] = its.counts(), its.turnout(session.seats.get(perspective, Seats()).phones)
        return Gathered(
            self.whole.counts(), self.whole.turnout(joined), notes, parts(session.groups or (), apart, k), k
        )


class _Exercise:
    """Everything kept of one exercise of one session. `newest` holds its notes, the latest change last."""

    def __init__(self, exercise: Exercise) -> None:
        self.exercise = exercise
        self.seen = self.seen_notes = 0
        self.live, self.wall = _Side(), _Side()
        self.late = 0
        self.notes = Notes()
        self.newest: dict[tuple[str, str], Note] = {}
        self.lookalikes = Lookalikes()
        self._themed = kinds.takes_themes(exercise.kind)
        self._rows: dict[str, Mapping[str, Any]] = {}
        self._counted: dict[str, tuple[_Counted | None, _Counted | None]] = {}
        self._by_writer: dict[str, dict[str, Note]] = defaultdict(dict)
        self._waiting = 0

    def take(
        self, rows: Iterable[Mapping[str, Any]], notes: Iterable[tuple[int, Note]], themes: tuple[Theme, ...]
    ) -> None:
        """Takes in what changed. Lists of notes are made anew only where one that they hold did."""
        changed, listed = set(), False
        for row in rows:
            self.late += row["pending"] - self._rows.get(row["participant"], {"pending": False})["pending"]
            self._rows[row["participant"]] = row
            self.seen = max(self.seen, row["revision"])
            changed.add(row["participant"])
        for revision, note in notes:
            listed |= self._take_note(note)
            self.seen_notes = max(self.seen_notes, revision)
            changed.add(note.writer)
        for writer in changed:
            self._count(writer)
        if listed or themes != self.notes.themes:
            self.notes = Notes.of(self.newest.values(), themes)
        elif self._waiting != self.notes.waiting:
            self.notes = replace(self.notes, waiting=self._waiting)

    def _take_note(self, note: Note) -> bool:
        """Whether the notes that a tally lists are others now."""
        key = (note.writer, note.id)
        old = self.newest.pop(key, None)
        self._waiting += (note.state == "waiting") - (old is not None and old.state == "waiting")
        if note.state == "gone":
            self._by_writer[note.writer].pop(note.id, None)
        else:
            self.newest[key] = self._by_writer[note.writer][note.id] = note
        if self._themed:
            if note.state in ("shown", "waiting") and note.merged_into is None:
                self.lookalikes.put(note.id, note.lang, note.text)
            else:
                self.lookalikes.drop(note.id)
        return any(one is not None and (one.released or one.accepted) for one in (old, note))

    def _count(self, writer: str) -> None:
        """What this participant adds, anew: the old is taken off, the new put on."""
        row = self._rows.get(writer)
        if row is None:
            return
        notes = [note for note in self._by_writer[writer].values() if note.state in ("shown", "waiting")]
        shown = [note for note in notes if note.released or note.accepted]
        live = _counted(self.exercise, row, notes)
        if row["pending"]:
            wall = _counted(self.exercise, row["wall"], shown) if row["wall"] else None
        else:
            wall = live if shown == notes else _counted(self.exercise, row, shown)
        before = self._counted.get(writer, (None, None))
        for side, old, new in ((self.live, before[0], live), (self.wall, before[1], wall)):
            side.add(old, -1)
            side.add(new, 1)
        self._counted[writer] = (live, wall)


def _counted(exercise: Exercise, row: Mapping[str, Any], notes: list[Note]) -> _Counted:
    kind = kinds.KINDS[exercise.kind]
    value = kind.Value.model_validate(row["value"])
    given, asked = kind.progress(exercise.content, value)
    counts = kind.count(exercise.content, value)
    counts.update(kinds.count_notes(exercise.kind, exercise.content, value, notes))
    return _Counted(counts, row["size"], row["perspective"], given > 0, given > 0 and given >= asked)


def _responses(read: Read, session: Session, exercise: Exercise, *, wall: bool) -> list[Response]:
    """Everyone who answered this exercise or the one of its kind that it is `of`; what they did not give is None."""
    now = _shown(read.changed(session.code, exercise.id, 0), wall=wall)
    again = exercise.of and session.workshop.exercise(exercise.of).kind == exercise.kind
    earlier = _shown(read.changed(session.code, str(exercise.of), 0), wall=wall) if again else {}
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
