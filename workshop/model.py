"""The words of Cyd as values: what is planned, what is live, what people gave.

Pure: no time, no randomness, no I/O. A session is never changed in place; each rule of how it moves is a method
here that returns the session as it is afterwards, or raises Refused.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from workshop.text import Text

LATE_SECONDS = 60  # an answer made while open is still counted when it arrives this long after the close
LATE_TOGETHER = 5  # late answers reach the wall so many at a time, so that nobody can be told from the difference
MOST_VIEWS = 999  # more pictures than any tally has
KEEP_DAYS = 30  # what participants gave is deleted so long after the end

M = TypeVar("M", bound=BaseModel)


class Invalid(Exception):
    """Bad input: what was sent can never be accepted (HTTP 422).

    Carries the field and a message key for the catalogue with its arguments; the edge says it in the reader's language.
    """

    def __init__(self, field: str, key: str, **arguments: Any) -> None:
        super().__init__(f"{field}: {key % arguments if arguments else key}")
        self.field, self.key, self.arguments = field, key, arguments


class Refused(Exception):
    """Good input at the wrong moment (HTTP 409). Carries a message key for the catalogue with its arguments."""

    def __init__(self, key: str, **arguments: Any) -> None:
        super().__init__(key % arguments if arguments else key)
        self.key, self.arguments = key, arguments


class Unknown(Exception):
    """What was asked for is not there, or not yours: the two are not told apart (HTTP 404)."""


class Value(BaseModel):
    """Base of all that is parsed: frozen, and nothing that is not named gets in."""

    model_config = ConfigDict(frozen=True, extra="forbid")


# --- What is planned ---------------------------------------------------------------------------------------------


# How authors name things: it stands in addresses, classes and counts.
Id = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")]


class Phase(Value):
    """A timed part of an exercise (alone, in pairs, together). It drives the timer's label and nothing else."""

    title: Text
    minutes: int = Field(ge=1, le=240)


class Perspective(Value):
    """What a participant speaks as. `own`: answers pressure maps for themselves; everybody else guesses."""

    id: Id
    title: Text
    own: bool = False


class Exercise(Value):
    """One thing the room is asked to do. `content` is a value of its kind; `of` names the exercise that it follows."""

    id: Id
    kind: str
    title: Text
    minutes: int = Field(ge=1, le=240)
    part: Text | None = None
    phases: tuple[Phase, ...] = ()
    speaker_notes: Text = Text()
    of: str | None = None
    content: Any = None

    @model_validator(mode="after")
    def _phases_fill_the_minutes(self) -> "Exercise":
        total = sum(phase.minutes for phase in self.phases)
        if self.phases and total != self.minutes:
            raise ValueError(f"the phases take {total} minutes but the exercise has {self.minutes}")
        return self


class Workshop(Value):
    """What is planned: title, purpose, perspectives and agenda."""

    id: str
    title: Text
    subtitle: Text = Text()
    purpose: Text = Text()
    welsh: Literal["draft", "checked"] = "draft"
    perspectives: tuple[Perspective, ...] = ()
    agenda: tuple[Exercise, ...] = Field(min_length=1)

    def exercise(self, id: str) -> Exercise:
        for exercise in self.agenda:
            if exercise.id == id:
                return exercise
        raise Unknown(id)

    def perspective(self, id: str | None) -> Perspective | None:
        return next((p for p in self.perspectives if p.id == id), None)

    @property
    def minutes(self) -> int:
        return sum(exercise.minutes for exercise in self.agenda)


# --- What is live ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """Where an exercise of a session stands. `opened` and `closed` are the revisions at which it last did."""

    accepting: bool = False
    revealed: bool = False
    view: int = 0
    opened: int | None = None
    closed: int | None = None
    closed_at: float | None = None


@dataclass(frozen=True)
class Timer:
    """Seconds per phase, when the first began (epoch seconds, moved on by pauses), and since when it stands still."""

    lengths: tuple[int, ...]
    began: float
    paused_at: float | None = None

    def elapsed(self, now: float) -> float:
        return max(0.0, (self.paused_at if self.paused_at is not None else now) - self.began)

    def phase(self, now: float) -> int:
        """Which phase runs at `now`; the last one when time is up."""
        passed = 0
        for index, length in enumerate(self.lengths):
            passed += length
            if self.elapsed(now) < passed:
                return index
        return len(self.lengths) - 1

    def extended(self, seconds: int, now: float) -> "Timer":
        """The phase that runs gets `seconds` more; where time is already up, that much from now."""
        lengths = list(self.lengths)
        over = max(0.0, self.elapsed(now) - sum(lengths))
        lengths[self.phase(now)] += seconds + int(over)
        return replace(self, lengths=tuple(lengths))

    def paused(self, now: float) -> "Timer":
        return self if self.paused_at is not None else replace(self, paused_at=now)

    def resumed(self, now: float) -> "Timer":
        if self.paused_at is None:
            return self
        return replace(self, began=self.began + now - self.paused_at, paused_at=None)


@dataclass(frozen=True)
class Visit:
    """The room was at this exercise from `at` on (epoch seconds)."""

    exercise: str
    at: float


@dataclass(frozen=True)
class Session:
    """One live run of a workshop, as it stands at `revision`.

    `moved` is the revision of the last verb that moved it: a console that had not seen it is Refused, so two people
    who press Next together move one step.
    """

    code: str
    workshop: Workshop
    runner: str
    contact: str
    created_at: float
    place: str = ""
    revision: int = 1
    moved: int = 0
    current: str | None = None
    steps: Mapping[str, Step] = field(default_factory=dict)
    visits: tuple[Visit, ...] = ()
    timer: Timer | None = None
    blank: bool = False
    ended_at: float | None = None
    answered_day: int | None = None  # days since the epoch: no fine times with answers

    @property
    def exercise(self) -> Exercise | None:
        return self.workshop.exercise(self.current) if self.current else None

    def step(self, exercise: str) -> Step:
        return self.steps.get(exercise, Step())

    @property
    def keeps_until(self) -> float:
        """When what participants gave is deleted (epoch seconds), if nothing more happens."""
        last_answer = (self.answered_day + 1) * 86400 if self.answered_day is not None else self.created_at
        last_visit = self.visits[-1].at if self.visits else self.created_at
        last = max(last_answer, last_visit)
        return (self.ended_at if self.ended_at is not None else last) + KEEP_DAYS * 86400

    # What may happen, and what it leads to. `now` is epoch seconds; `at` the revision the asker had seen.

    def check_unmoved(self, at: int) -> None:
        if self.moved > at:
            raise Refused(N_("Someone else moved the session just now. Look again before you press."))

    def check_running(self) -> None:
        if self.ended_at is not None:
            raise Refused(N_("This session has ended. Undo the end first."))

    def check_accepts(self, exercise: str, made_at: int, now: float) -> bool:
        """Whether an answer made at revision `made_at` and arriving now is late (True) or in time (False)."""
        step = self.step(exercise)
        if step.accepting:
            return False
        made_while_open = step.closed is not None and made_at < step.closed
        if made_while_open and now - (step.closed_at or 0) <= LATE_SECONDS:
            return True
        raise Refused(N_("This closed before your answer arrived; it is not counted."))

    def gone_to(self, exercise: str, at: int, now: float) -> "Session":
        self.check_running()
        self.check_unmoved(at)
        self.workshop.exercise(exercise)
        left = self._closed(self.current, now) if self.current and self.current != exercise else self
        visits = left.visits
        if left.current != exercise:
            visits = (*visits, Visit(exercise, now))
        timer = self.timer
        if left.current != exercise:
            timed = not asks(self.workshop.exercise(exercise))
            timer = _timer(self.workshop.exercise(exercise), now) if timed else None
        return replace(left._moved(), current=exercise, visits=visits, timer=timer, blank=False)

    def opened(self, exercise: str, at: int, now: float) -> "Session":
        self._check_current(exercise, at)
        if not asks(self.workshop.exercise(exercise)):
            raise Refused(N_("There is nothing to answer here."))
        step = replace(self.step(exercise), accepting=True, revealed=False, view=0, opened=self.revision + 1)
        timer = self.timer or _timer(self.workshop.exercise(exercise), now)
        return replace(self._moved()._with(exercise, step), timer=timer, blank=False)

    def closed(self, exercise: str, at: int, now: float) -> "Session":
        self._check_current(exercise, at)
        return self._closed(exercise, now)._moved()

    def revealed(self, exercise: str, at: int, now: float) -> "Session":
        """Shows what came in; implies close. Revealing again takes in what came late."""
        self._check_current(exercise, at)
        closed = self._closed(exercise, now)
        return closed._moved()._with(exercise, replace(closed.step(exercise), revealed=True))

    def viewed(self, exercise: str, view: int, at: int) -> "Session":
        self._check_current(exercise, at)
        return self._moved()._with(exercise, replace(self.step(exercise), view=max(0, min(view, MOST_VIEWS))))

    def extended(self, seconds: int, at: int, now: float) -> "Session":
        self.check_running()
        self.check_unmoved(at)
        if self.timer is None:
            raise Refused(N_("No timer is running."))
        return replace(self._moved(), timer=self.timer.extended(seconds, now))

    def paused(self, pause: bool, now: float) -> "Session":
        self.check_running()
        if self.timer is None:
            raise Refused(N_("No timer is running."))
        return replace(self, timer=self.timer.paused(now) if pause else self.timer.resumed(now))

    def ended(self, at: int, now: float) -> "Session":
        self.check_running()
        self.check_unmoved(at)
        closed = self._closed(self.current, now) if self.current else self
        return replace(closed._moved(), ended_at=now, timer=None, blank=False)

    def reopened(self, at: int) -> "Session":
        """Undoes `ended`: the room goes on where it was; nothing that was closed opens."""
        self.check_unmoved(at)
        if self.ended_at is None:
            raise Refused(N_("This session has not ended."))
        return replace(self._moved(), ended_at=None)

    def _check_current(self, exercise: str, at: int) -> None:
        self.check_running()
        self.check_unmoved(at)
        if exercise != self.current:
            raise Refused(N_("The room is at another exercise now."))

    def _closed(self, exercise: str | None, now: float) -> "Session":
        if exercise is None or not self.step(exercise).accepting:
            return self
        step = replace(self.step(exercise), accepting=False, closed=self.revision + 1, closed_at=now)
        return self._with(exercise, step)

    def _with(self, exercise: str, step: Step) -> "Session":
        return replace(self, steps={**self.steps, exercise: step})

    def _moved(self) -> "Session":
        return replace(self, moved=self.revision + 1)


def asks(exercise: Exercise) -> bool:
    """Whether the exercise asks for answers; an `info` only says something."""
    return exercise.kind != "info"


def _timer(exercise: Exercise, now: float) -> Timer:
    minutes = [phase.minutes for phase in exercise.phases] or [exercise.minutes]
    return Timer(lengths=tuple(m * 60 for m in minutes), began=now)


# --- What people gave --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Participant:
    """A phone in one session: a person, or a table of `size` people."""

    id: str
    session: str
    language: str
    perspective: str | None
    size: int
    place_code: str


@dataclass(frozen=True)
class Response:
    """What one participant gave to one exercise. `before` is what they gave to the exercise that this one is `of`."""

    value: Any
    size: int = 1
    perspective: str | None = None
    before: Any = None


@dataclass(frozen=True)
class Written:
    """A text as the phone sent it, with the id that the phone made. `group` is a kind's own word (a prompt's id)."""

    id: str
    group: str
    lang: str
    text: str


NoteState = Literal["shown", "waiting", "hidden", "withdrawn"]


@dataclass(frozen=True)
class Note:
    """One short text inside a response and what the facilitator did to it. `group` is the kind's own id."""

    id: str
    exercise: str
    group: str
    lang: str
    text: str
    released: bool = False
    hidden: bool = False
    reason: str = ""
    starred: bool = False
    accepted: bool = False
    withdrawn: bool = False

    @property
    def state(self) -> NoteState:
        if self.withdrawn:
            return "withdrawn"
        if self.hidden:
            return "hidden"
        return "shown" if self.released else "waiting"


@dataclass(frozen=True)
class Counts:
    """Sums of counts: by people (a table counts as many as it speaks for) and by responses (for certainty)."""

    people: Counter[tuple[str, ...]] = field(default_factory=Counter)
    responses: Counter[tuple[str, ...]] = field(default_factory=Counter)


@dataclass(frozen=True)
class Turnout:
    """How many take part and how far they are. `people` and `responses` answered at least one item of this exercise."""

    joined: int = 0
    people: int = 0
    responses: int = 0
    finished: int = 0


@dataclass(frozen=True)
class View:
    """One of the pictures that a revealed tally has: its message key for the console, with arguments."""

    key: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """A sentence that the counts bear out: message key, arguments, and the number that stands large beside it."""

    number: str
    key: str
    arguments: Mapping[str, Any]
    weight: float  # how much it is worth saying, 0 to 1


@dataclass(frozen=True)
class Sample:
    """A kind by example: raw content as an author writes it, responses that it reads, and some that it refuses."""

    content: Mapping[str, Any]
    responses: tuple[Mapping[str, Any], ...] = ()
    refused: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Person:
    """Somebody that a rehearsal imagines. `own`: answers pressure maps for themselves."""

    lang: str
    perspective: str | None
    own: bool


def parse(model: type[M], raw: Any) -> M:
    """`raw` as a value of `model`, or Invalid with the field that is wrong."""
    try:
        return model.model_validate(raw, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "value"
        raise Invalid(where, N_("This answer is not in a form that can be read.")) from None
    except RecursionError:
        raise Invalid("value", N_("This answer is not in a form that can be read.")) from None


def N_(key: str) -> str:
    """Marks a message key for the catalogue; the edge translates it."""
    return key
