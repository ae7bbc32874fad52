"""Sums kept per exercise, brought up to date from what changed since they were last looked at.

Nothing here is stored: after a restart the sums are built again from the responses. Kept are what has come in (the
console sees it), and how what stands on the wall differs from that: it takes in late answers only when the facilitator
shows them. Taking in one more answer costs what it holds, and who looks first at thousands takes them in by slices.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count, islice
from typing import Any, cast

from workshop import kinds
from workshop.compare import Comparison, compare, parts
from workshop.gathered import SHOWN_FROM, Counts, Gathered, Note, Notes, Response, Theme, Turnout
from workshop.lookalikes import Lookalikes
from workshop.model import Exercise, Seats, Session
from workshop.store import Changed, Read
from workshop.sums import Counted, Side, Sum, together, whole

SERIALS = count()


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
        state = (held.changes, session.seats, session.groups, k)
        if held.summed is None or held.summed[0] != state:
            live = _gathered(held.live, session, held.notes, k)
            wall = _gathered(together(held.live, held.apart), session, held.notes, k) if held.apart else live
            held.summed = (state, Sums(live, wall, held.late))
        return held.summed[1]

    def tally(self, read: Read, session: Session, exercise: Exercise, gathered: Gathered, of: str) -> Any:
        """The kind's tally of what it gathered, made once for all who look; `of` says what is left out of it."""
        key = ("tally", session.code, exercise.id, of)
        held = self._studied.get(key)
        version = self.version(read, session, exercise)
        if held is None or held[0] != version:
            held = self._studied[key] = (version, kinds.KINDS[exercise.kind].tally(exercise.content, gathered))
        return held[1]

    def version(self, read: Read, session: Session, exercise: Exercise) -> Hashable:
        """Other than it was once anything changed that sums, study or comparison of the exercise are made of."""
        names = dict.fromkeys((exercise.id, exercise.of or exercise.id))
        changes = [self._brought_up(read, session, session.workshop.exercise(name)).changes for name in names]
        return (*changes, tuple(session.seats.items()), session.groups)

    def take_in(self, read: Read, session: Session, exercise: Exercise, most: int) -> bool:
        """Takes in so many answers at most of those that came since; False where more are left of this revision.

        One slice is all that others wait for: let them have their turn, outside of this read, before the next.
        """
        names = {exercise.id, exercise.of or exercise.id}
        return all(
            self._held(session, session.workshop.exercise(name)).take_rows(read, most, session.revision)
            for name in names
        )

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
        held = self._held(session, exercise)
        if held in read.taken:
            return held
        read.taken.add(held)
        held.take_rows(read)
        held.take_notes(
            read.notes(session.code, exercise.id, held.seen_notes),
            read.themes(session.code, exercise.id) if kinds.takes_themes(exercise.kind) else (),
        )
        return held

    def _held(self, session: Session, exercise: Exercise) -> "_Exercise":
        key = (session.code, exercise.id)
        held = self._exercises.get(key)
        if held is None or held.exercise.content != exercise.content:  # its content was frozen anew
            held = self._exercises[key] = _Exercise(session.code, exercise)
        return held

    def _once(
        self, what: str, make: Any, read: Read, session: Session, exercise: Exercise, *, wall: bool, k: int
    ) -> Any:
        seen = [self._brought_up(read, session, exercise).changes]
        if exercise.of:
            seen.append(self._brought_up(read, session, session.workshop.exercise(exercise.of)).changes)
        key = (what, session.code, exercise.id, wall, k)
        if key not in self._studied or self._studied[key][0] != (seen, session.groups):
            responses = _responses(read, session, exercise, wall=wall)
            self._studied[key] = ((seen, session.groups), make(responses))
        return self._studied[key][1]


def _gathered(side: Side, session: Session, notes: Notes, k: int) -> Gathered:
    apart: dict[str | None, tuple[Counts, Turnout]] = {}
    if session.groups:
        for perspective in {*session.seats, *side}:  # those too of whom nobody answered
            its = side.get(perspective, Sum())
            apart[perspective] = its.counts(), its.turnout(session.seats.get(perspective, Seats()).phones)
    room = whole(side)
    turnout = room.turnout(session.joined.phones)
    return Gathered(room.counts(), turnout, notes, parts(session.groups or (), apart, k), k)


class _Exercise:
    """Everything kept of one exercise of one session. `newest` holds its notes, the latest change last.

    `apart` is what has to be added to `live` to have what stands on the wall.
    """

    def __init__(self, code: str, exercise: Exercise) -> None:
        self.exercise = exercise
        self._serial, self._changes = next(SERIALS), 0
        self.seen_notes = 0
        self.live: dict[str | None, Sum] = defaultdict(Sum)
        self.apart: dict[str | None, Sum] = defaultdict(Sum)
        self.late = 0
        self.summed: tuple[Any, Sums] | None = None
        self.notes = Notes()
        self.newest: dict[tuple[str, str], Note] = {}
        self.lookalikes = Lookalikes()
        self._themed = kinds.takes_themes(exercise.kind)
        self._code = code
        self._seen = (0, "")  # revision and participant of the last row that was taken in
        self._rows: dict[str, Changed] = {}
        self._counted: dict[str, tuple[Counted, Counted | None]] = {}
        self._by_writer: dict[str, dict[str, Note]] = defaultdict(dict)
        self._waiting = 0

    @property
    def changes(self) -> tuple[int, int]:
        """Other than it was once anything changed, its content included: then all this is made anew."""
        return self._serial, self._changes

    def take_rows(self, read: Read, most: int | None = None, until: int = 0) -> bool:
        """Takes in answers that changed, so many at most; False where more are left from before revision `until`."""
        rows = read.changed(self._code, self.exercise.id, self._seen, most)
        for row in rows:
            before = self._rows.get(row.participant)
            self.late += row.pending - (before is not None and before.pending)
            self._rows[row.participant] = row
            self._count(row.participant)
        for side in (self.live, self.apart):
            for one in side.values():
                one.settle()
        if rows:
            self._seen = (rows[-1].revision, rows[-1].participant)
            self._changes += 1
        return most is None or len(rows) < most or self._seen[0] >= until

    def take_notes(self, notes: Iterable[tuple[int, Note]], themes: tuple[Theme, ...]) -> None:
        """Takes in notes that changed. Lists of them are made anew only where one that they hold did."""
        writers, listed = set(), False
        for revision, note in notes:
            listed |= self._take_note(note)
            self.seen_notes = max(self.seen_notes, revision)
            writers.add(note.writer)
        for writer in writers:
            self._count(writer)
        if listed or themes != self.notes.themes:
            self.notes = Notes.of(self.newest.values(), themes)
        elif self._waiting != self.notes.waiting:
            self.notes = replace(self.notes, waiting=self._waiting)
        elif not writers:
            return
        self._changes += 1

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
        theirs = self._by_writer.get(writer)
        notes = [note for note in theirs.values() if note.state in ("shown", "waiting")] if theirs else []
        shown = [note for note in notes if note.released or note.accepted]
        live = _counted(self.exercise, row.value, row.size, row.perspective, notes)
        wall: Counted | None = live
        if row.pending:
            wall = _counted(self.exercise, **row.wall, notes=shown) if row.wall else None
        elif shown != notes:
            wall = _counted(self.exercise, row.value, row.size, row.perspective, shown)
        before = self._counted.get(writer)
        if before is not None:
            self.live[before[0].perspective].drop(before[0])
            self._set_apart(before[1], before[0])
        self.live[live.perspective].put(live)
        self._set_apart(live, wall)
        self._counted[writer] = (live, wall)

    def _set_apart(self, less: Counted | None, more: Counted | None) -> None:
        """Where the wall differs from what has come in, it has `less` off and `more` on."""
        if less is more:
            return
        if less is not None:
            self.apart[less.perspective].drop(less)
        if more is not None:
            self.apart[more.perspective].put(more)


def _counted(exercise: Exercise, value: Any, size: int, perspective: str | None, notes: Sequence[Note]) -> Counted:
    kind = kinds.KINDS[exercise.kind]
    parsed = kind.Value.model_validate(value)
    given, asked = kind.progress(exercise.content, parsed)
    counts = kind.count(exercise.content, parsed)
    counts.update(kinds.count_notes(exercise.kind, exercise.content, parsed, notes))
    return Counted(tuple(counts.elements()), size, perspective, given > 0, given > 0 and given >= asked)


def _responses(read: Read, session: Session, exercise: Exercise, *, wall: bool) -> list[Response]:
    """Everyone who answered this exercise or the one of its kind that it is `of`; what they did not give is None."""
    now = _shown(read.changed(session.code, exercise.id), wall=wall)
    again = exercise.of and session.workshop.exercise(exercise.of).kind == exercise.kind
    earlier = _shown(read.changed(session.code, str(exercise.of)), wall=wall) if again else {}
    parse = kinds.KINDS[exercise.kind].Value.model_validate
    responses = []
    for participant in sorted(now.keys() | earlier.keys()):
        given, before = now.get(participant), earlier.get(participant)
        speaker = given or before or {}
        responses.append(
            Response(
                value=parse(given["value"]) if given else None,
                size=speaker["size"],
                perspective=speaker["perspective"],
                before=parse(before["value"]) if before else None,
            )
        )
    return responses


def _shown(rows: Iterable[Changed], *, wall: bool) -> dict[str, Mapping[str, Any]]:
    """By participant: value, size and perspective, or what the wall still shows of them."""
    shown = {
        row.participant: row.wall
        if wall and row.pending
        else {"value": row.value, "size": row.size, "perspective": row.perspective}
        for row in rows
    }
    return {participant: row for participant, row in shown.items() if row is not None}
