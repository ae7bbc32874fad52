"""The verbs: everything that changes a session, each one a function. Write, then announce."""

import secrets
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from pydantic import Field

from workshop import kinds
from workshop.compare import fixed_groups
from workshop.gathered import PUBLISHED_FROM, SHOWN_FROM, Notes, Participant
from workshop.model import (
    KEEP_DAYS,
    LATE_TOGETHER,
    N_,
    Exercise,
    Invalid,
    Refused,
    Session,
    Unknown,
    Value,
    Workshop,
    asks,
    line,
    parse,
)
from workshop.store import Answer, Outcome, Store, Tx
from workshop.text import clean

ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZ"  # no look-alikes, and no vowels to make words of
CODE_LENGTH = 7
PLACE_LENGTH = 6
TABLE_SIZES = range(2, 13)
MOST_SEATS = 5000  # participants a session

LATE = {
    LATE_TOGETHER: N_("Late answers are shown five or more at a time, so that nobody can be told from them."),
    PUBLISHED_FROM: N_("This was published once: late answers are shown ten or more at a time from then on."),
}

T = TypeVar("T")


class Message(Value):
    """An answer as it crosses the wire, by socket event or by PUT. See docs/protocol.md."""

    v: int = Field(ge=1, le=1)
    exercise: str = Field(max_length=40)
    n: int = Field(ge=1, le=1_000_000_000)
    rev: int = Field(ge=0)
    value: Any


class Live:
    """The verbs over one store. `announce(code)` is told of every session that changed, after it is on disk.

    Where all that happened is an answer, `answered(code)` is told instead, if there is one.
    """

    def __init__(
        self,
        store: Store,
        announce: Callable[[str], None],
        clock: Callable[[], float],
        answered: Callable[[str], None] | None = None,
    ) -> None:
        self._store, self._announce, self._clock = store, announce, clock
        self._answered = answered or announce

    # A session and its people

    def start(self, workshop: Workshop, *, runner: str, contact: str, place: str = "") -> Session:
        """A new session of the workshop, with a code of its own. The room is told who runs it and how to reach them."""
        session = Session(
            code=_letters(CODE_LENGTH),
            workshop=workshop,
            runner=line("runner", runner, required=True),
            contact=line("contact", contact, required=True),
            place=line("place", place),
            created_at=self._clock(),
        )
        self._store.writer.do(lambda tx: tx.add_session(session))
        return session

    def join(self, code: str, token_hash: str, *, language: str, perspective: str | None, size: int) -> Participant:
        """A seat for a phone: a person, or a table of `size` people."""
        session = self._store.session(code)
        if session.joined.phones >= MOST_SEATS:
            raise Refused(N_("This session is full."))
        new = Participant(
            id=secrets.token_hex(8),
            session=code,
            language=language if language in ("cy", "en") else "cy",
            perspective=_perspective(session, perspective),
            size=_size(size),
            place_code=_letters(PLACE_LENGTH),
        )

        def verb(tx: Tx) -> None:
            if tx.session(code).ended_at is not None:
                raise Refused(N_("This session has ended, so nobody new can join."))
            tx.add_participant(new, token_hash)

        self._do(code, verb)
        return new

    def rejoin(self, code: str, place_code: str, token_hash: str) -> Participant:
        """Moves the seat of this place code to the phone that asks."""
        with self._store.read() as read:
            who = read.participant_at(code, spelled(place_code))
        if who is None:
            raise Unknown(place_code)
        self._do(code, lambda tx: tx.move_participant(who, token_hash))
        return who

    def change(self, who: Participant, *, language: str, perspective: str | None, size: int) -> None:
        """What a participant speaks as, and for how many. Counts move with them."""
        session = self._store.session(who.session)
        changed = {
            "language": language if language in ("cy", "en") else who.language,
            "perspective": _perspective(session, perspective),
            "size": _size(size),
        }

        def verb(tx: Tx) -> None:
            tx.session(who.session).check_running()
            different = {name: value for name, value in changed.items() if value != getattr(who, name)}
            if different:
                tx.change_participant(who, **different)

        self._do(who.session, verb)

    def resize(self, code: str, participant: str, size: int) -> None:
        """The facilitator corrects how many people sit at a table; 1 makes it a person."""
        with self._store.read() as read:
            who = read.participant_by_id(code, participant)
        right = _size(size)

        def verb(tx: Tx) -> None:
            tx.session(code).check_running()
            if right != who.size:
                tx.change_participant(who, size=right)

        self._do(code, verb)

    # Answers

    def respond(self, who: Participant, raw: Any) -> Outcome:
        """One answer, the whole value so far. Returns once it is on disk; repeats and reordering change nothing."""
        message = parse(Message, raw)
        exercise = self._store.session(who.session).workshop.exercise(message.exercise)
        kind = kinds.KINDS[exercise.kind]
        value = kind.read(exercise.content, message.value)
        written = kinds.written(exercise.kind, exercise.content, value)
        stored = value.model_dump(mode="json")
        now = self._clock()

        def verb(tx: Tx) -> Outcome:
            session = tx.session(who.session)
            late = session.check_accepts(exercise.id, message.rev, now)
            today = int(now // 86400)
            if session.answered_day != today:
                tx.put(replace(session, answered_day=today))
            if written:
                tx.notes.check_free(who, exercise.id, written)
            return tx.keep(Answer(who, exercise.id, message.n, stored, late, written))

        outcome = self._store.writer.do(verb)
        self._answered(who.session)
        return outcome

    # Moving the session. `at` is the revision at which the facilitator pressed.

    def go_to(self, code: str, at: int, exercise: str) -> None:
        now = self._clock()
        self._do(code, lambda tx: tx.put(tx.session(code).gone_to(exercise, at, now)))

    def open(self, code: str, at: int, exercise: str) -> None:
        """Takes answers from now on. What the exercise needs of an earlier one is frozen, unless answers rest on it."""
        now = self._clock()

        def verb(tx: Tx) -> None:
            session = tx.session(code).opened(exercise, at, now)
            asked = session.workshop.exercise(exercise)
            if asked.of is not None and not tx.answered(code, exercise):
                earlier = session.workshop.exercise(asked.of)
                notes = Notes.of(tx.notes.of(code, earlier.id), tx.notes.themes(code, earlier.id))
                content = kinds.frozen(asked.kind, asked.content, earlier.content, notes)
                if content != asked.content:
                    session = session.with_content(exercise, content)
            tx.put(session)

        self._do(code, verb)

    def close(self, code: str, at: int, exercise: str) -> None:
        now = self._clock()
        self._do(code, lambda tx: tx.put(tx.session(code).closed(exercise, at, now)))

    def reveal(self, code: str, at: int, exercise: str) -> None:
        """Shows what came in, with every note that is not hidden; again, it takes in what came late."""
        now = self._clock()

        def verb(tx: Tx) -> None:
            session = tx.session(code)
            waiting = tx.waiting(code, exercise)
            shown = set(waiting)
            if session.step(exercise).revealed:
                least = PUBLISHED_FROM if session.issued else LATE_TOGETHER
                shown = _together(waiting, session, session.workshop.exercise(exercise), least)
                if waiting and not shown:
                    raise Refused(LATE[least])
            revealed = session.revealed(exercise, at, now)
            if session.groups is None:
                phones = {perspective: seats.phones for perspective, seats in session.seats.items()}
                revealed = replace(revealed, groups=fixed_groups(session.workshop.perspectives, phones, SHOWN_FROM))
            tx.put(revealed)
            tx.show_late(code, exercise, shown)
            tx.notes.release(code, exercise)

        self._do(code, verb)

    def view(self, code: str, at: int, exercise: str, view: int) -> None:
        self._do(code, lambda tx: tx.put(tx.session(code).viewed(exercise, view, at)))

    def extend(self, code: str, at: int, seconds: int = 60) -> None:
        now = self._clock()
        self._do(code, lambda tx: tx.put(tx.session(code).extended(seconds, at, now)))

    def end(self, code: str, at: int) -> None:
        now = self._clock()
        self._do(code, lambda tx: tx.put(tx.session(code).ended(at, now)))

    def reopen(self, code: str, at: int) -> None:
        self._do(code, lambda tx: tx.put(tx.session(code).reopened(at)))

    # Beside the session's course: these never come between two presses of Next.

    def pause(self, code: str, pause: bool) -> None:
        now = self._clock()
        self._do(code, lambda tx: tx.put(tx.session(code).paused(pause, now)))

    def blank(self, code: str, blank: bool) -> None:
        self._do(code, lambda tx: tx.put(replace(tx.session(code), blank=blank)))

    # Hiding has a way back of its own, so that undoing what a colleague did never shows hidden words again.

    def hide(self, code: str, note: str, reason: str = "") -> None:
        """The room sees it no more, nor what was taken from it into another exercise; showing it again does not bring
        that back."""
        hidden = {"hidden": True, "reason": clean(reason)[:200]}

        def verb(tx: Tx) -> None:
            exercise, session = tx.notes.exercise_of(code, note), tx.session(code)
            tx.notes.change(code, exercise, {note: hidden}, undoable=False)
            for id, content in session.frozen.items():
                after = session.workshop.exercise(id)
                if after.of == exercise and (left := kinds.without(after.kind, content, note)) != content:
                    session = session.with_content(id, left)
            tx.put(session)

        self._do(code, verb)

    def unhide(self, code: str, note: str) -> None:
        self._mark(code, note, undoable=False, hidden=False, reason="")

    def star(self, code: str, note: str) -> None:
        self._mark(code, note, starred=True)

    def unstar(self, code: str, note: str) -> None:
        self._mark(code, note, starred=False)

    def accept(self, code: str, note: str) -> None:
        """A pressure that somebody wrote counts from now on like those of the workshop."""
        self._mark(code, note, accepted=True)

    def _mark(self, code: str, note: str, *, undoable: bool = True, **columns: Any) -> None:
        def verb(tx: Tx) -> None:
            tx.notes.change(code, tx.notes.exercise_of(code, note), {note: columns}, undoable=undoable)

        self._do(code, verb)

    def release(self, code: str, exercise: str) -> None:
        """Notes that came in since the reveal join the others on the wall."""

        def verb(tx: Tx) -> None:
            if not tx.session(code).step(exercise).revealed:
                raise Refused(N_("Reveal the answers first."))
            tx.notes.release(code, exercise)

        self._do(code, verb)

    # The end of it

    def delete(self, code: str) -> None:
        """Everything of the session, at once; no trace stays in the database's files."""
        self._do(code, lambda tx: tx.delete_session(code))

    def sweep(self) -> list[str]:
        """Deletes sessions that were kept for as long as was promised, and devices long unseen; returns the codes."""
        now = self._clock()
        with self._store.read() as read:
            due = [session.code for session in read.sessions() if session.keeps_until < now]
        for code in due:
            self.delete(code)
        self._store.writer.do(lambda tx: tx.delete_sign_ins(unseen_since=now - KEEP_DAYS * 86400))
        return due

    def _do(self, code: str, verb: Callable[[Tx], T]) -> T:
        result = self._store.writer.do(verb)
        self._announce(code)
        return result


def _together(waiting: Mapping[str, set[str | None]], session: Session, exercise: Exercise, least: int) -> set[str]:
    """Of those whose answers wait, those with whom every group changes by `least` answers or more.

    The room may change by five and one group by one of them: then what that one said would be the difference. Where
    perspectives have lists of their own, what is true of groups is true of each of them.
    """
    alone = kinds.perspectives(exercise.kind, exercise.content)
    places = {one: number for number, group in enumerate(session.groups or ()) for one in group.perspectives}
    rest = places.get(None, 0)
    touched = {who: {one if alone else places.get(one, rest) for one in theirs} for who, theirs in waiting.items()}
    while True:
        sizes = Counter(place for theirs in touched.values() for place in theirs)
        few = {who for who, theirs in touched.items() if any(sizes[place] < least for place in theirs)}
        if not few:
            return set(touched)
        touched = {who: theirs for who, theirs in touched.items() if who not in few}


def next_step(session: Session, views: int) -> tuple[str, dict[str, Any]]:
    """What Next does now: the verb and its arguments. `views` is how many pictures the current tally has.

    On `info` it turns the page, then goes on; else open, close, reveal, the next picture, on. After the last, end.
    """
    exercise = session.exercise
    if session.ended_at is not None:
        return "reopen", {}
    if exercise is None:
        return "go_to", {"exercise": session.workshop.agenda[0].id}
    step = session.step(exercise.id)
    here = {"exercise": exercise.id}
    if asks(exercise) and not step.revealed:
        if step.accepting:
            return "close", here
        return ("open", here) if step.opened is None else ("reveal", here)
    if step.view + 1 < views:
        return "view", {**here, "view": step.view + 1}
    following = after(session.workshop, exercise)
    return ("go_to", {"exercise": following.id}) if following else ("end", {})


def after(workshop: Workshop, exercise: Exercise) -> Exercise | None:
    agenda = list(workshop.agenda)
    rest = agenda[agenda.index(exercise) + 1 :]
    return rest[0] if rest else None


def spelled(code: str) -> str:
    """A code as a person typed it: case, spaces and dashes do not matter."""
    return "".join(letter for letter in code.upper() if letter.isalnum())


def _letters(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def _perspective(session: Session, id: str | None) -> str | None:
    if not id:
        return None
    if session.workshop.perspective(id) is None:
        raise Invalid("perspective", N_("Choose one of those listed."))
    return id


def _size(size: int) -> int:
    if size != 1 and size not in TABLE_SIZES:
        raise Invalid("size", N_("A table has 2 to 12 people."))
    return size
