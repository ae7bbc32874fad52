"""The words of Cyd as values: what is planned and what is live. What people gave is in `gathered`.

Pure: no time, no randomness, no I/O. A session is never changed in place; each rule of how it moves is a method
here that returns the session as it is afterwards, or raises Refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from workshop.text import Text, clean, length

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


# What is planned


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


class CutExercise(Value):
    """An exercise that stays in a shorter run, with its minutes there and those of its phases."""

    id: Id
    minutes: int = Field(ge=1, le=240)
    phases: tuple[int, ...] = ()


class Cut(Value):
    """A shorter run of the workshop: the exercises that stay, in their order, and those to read beforehand."""

    exercises: tuple[CutExercise, ...] = Field(min_length=1)
    reading: tuple[Id, ...] = ()

    @property
    def minutes(self) -> int:
        return sum(one.minutes for one in self.exercises)


class Exercise(Value):
    """One thing the room is asked to do. `content` is a value of its kind; `of` names the exercise that it follows.

    `chapter` is where the write-up tells of it, where that is not among the other exercises.
    """

    id: Id
    kind: str
    title: Text
    minutes: int = Field(ge=1, le=240)
    part: Text | None = None
    phases: tuple[Phase, ...] = ()
    speaker_notes: Text = Text()
    of: str | None = None
    chapter: Literal["asks", "commitments", "questions", "confidence"] | None = None
    content: Any = None

    def shortened(self, to: CutExercise) -> "Exercise":
        """The exercise with the minutes that it has in a shorter run; without phases where none are given for it."""
        if to.phases and len(to.phases) != len(self.phases):
            raise ValueError(f"a cut gives {self.id!r} {len(to.phases)} phases; it has {len(self.phases)}")
        if to.phases and sum(to.phases) != to.minutes:
            raise ValueError(f"a cut gives {self.id!r} phases that do not add up to {to.minutes} minutes")
        pairs = zip(self.phases, to.phases, strict=True) if to.phases else ()
        phases = tuple(phase.model_copy(update={"minutes": length}) for phase, length in pairs)
        return self.model_copy(update={"minutes": to.minutes, "phases": phases})

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
    cuts: tuple[Cut, ...] = ()
    reading: tuple[Exercise, ...] = ()  # of a shorter run: what people look at before they come

    @model_validator(mode="after")
    def _cuts_fit(self) -> "Workshop":
        taken = [self.minutes]
        for cut in self.cuts:
            if cut.minutes in taken:
                raise ValueError(f"two runs take {cut.minutes} minutes; a run is told by its minutes")
            taken.append(cut.minutes)
            self.cut(cut.minutes)
        return self

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

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of exercise that ask for answers, each once."""
        return tuple(dict.fromkeys(exercise.kind for exercise in self.agenda if asks(exercise)))

    def cut(self, minutes: int) -> "Workshop":
        """The run of so many minutes: the whole one, or one of the cuts."""
        if minutes == self.minutes:
            return self
        cut = next((cut for cut in self.cuts if cut.minutes == minutes), None)
        if cut is None:
            raise Unknown(f"{minutes} minutes")
        agenda = {exercise.id: exercise for exercise in self.agenda}
        named = [one.id for one in cut.exercises]
        if strange := [id for id in (*named, *cut.reading) if id not in agenda]:
            raise ValueError(f"the cut of {minutes} minutes has {strange[0]!r}, which is not on the agenda")
        if both := sorted(set(named) & set(cut.reading)):
            raise ValueError(f"the cut of {minutes} minutes both does {both[0]!r} and leaves it to be read")
        if named != [id for id in agenda if id in named]:
            raise ValueError(f"the cut of {minutes} minutes changes the order of the agenda or names one twice")
        for one in cut.exercises:
            if agenda[one.id].of is not None and agenda[one.id].of not in named:
                raise ValueError(f"the cut of {minutes} minutes keeps {one.id!r} without {agenda[one.id].of!r}")
        if early := [id for id in cut.reading if agenda[id].of is not None]:
            raise ValueError(
                f"the cut of {minutes} minutes has {early[0]!r} to read, which needs {agenda[early[0]].of!r}"
            )
        reading = tuple(agenda[id] for id in cut.reading)
        kept = tuple(agenda[one.id].shortened(one) for one in cut.exercises)
        return self.model_copy(update={"agenda": kept, "cuts": (), "reading": reading})


# What is live


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
        for index, seconds in enumerate(self.lengths):
            passed += seconds
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
class Group:
    """Perspectives whose answers are shown together; None among them is who gave none.

    `title` is that of the one perspective it is named after, and None where it is the rest of the room; `others` says
    that it takes in those whose own group would be too small. `own`: all of it answers pressure maps for themselves,
    none of it does, or (None) it is mixed.
    """

    perspectives: tuple[str | None, ...]
    title: Text | None
    others: bool = False
    own: bool | None = False


@dataclass(frozen=True)
class Seats:
    """Phones that joined, the people that they speak for, and how many of the phones speak for a table."""

    phones: int = 0
    people: int = 0
    tables: int = 0

    def changed(self, size: int, by: int) -> "Seats":
        """With `by` more phones (1 or -1) that speak for `size` people each."""
        return Seats(self.phones + by, self.people + by * size, self.tables + by * (size > 1))

    def __add__(self, other: "Seats") -> "Seats":
        return Seats(self.phones + other.phones, self.people + other.people, self.tables + other.tables)


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
    seats: Mapping[str | None, Seats] = field(default_factory=dict)  # by perspective
    groups: tuple[Group, ...] | None = None  # fixed at the first reveal; empty where only the whole room is shown
    frozen: Mapping[str, Any] = field(default_factory=dict)  # contents that took something from another exercise
    published: str | None = None  # the key of its public write-up
    issued: bool = False  # it has been published once: two issues must not differ by a few answers

    def with_content(self, exercise: str, content: Any) -> "Session":
        """The session with this content in its copy of the workshop, as an exercise took it when it opened."""
        agenda = tuple(
            one.model_copy(update={"content": content}) if one.id == exercise else one for one in self.workshop.agenda
        )
        workshop = self.workshop.model_copy(update={"agenda": agenda})
        return replace(self, workshop=workshop, frozen={**self.frozen, exercise: content})

    @property
    def joined(self) -> Seats:
        return sum(self.seats.values(), Seats())

    def seated(self, perspective: str | None, size: int, by: int = 1) -> "Session":
        """With one phone more (or fewer, -1) that speaks as `perspective` for `size` people."""
        now = self.seats.get(perspective, Seats()).changed(size, by)
        return replace(self, seats={**self.seats, perspective: now})

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
        if self.issued and self.step(exercise).closed is not None:
            raise Refused(N_("This was published once: what stood in it cannot be asked again."))
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
        if self.published is not None:
            raise Refused(N_("The write-up is published. Take it back first."))
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


def line(field: str, raw: str, *, required: bool = False, longest: int = 120) -> str:
    """One line that a person typed, cleaned; Invalid where it is too long, or empty and required."""
    text = clean(raw)
    if required and not text:
        raise Invalid(field, N_("Fill this in."))
    if length(text) > longest or len(text) > 2 * longest:
        raise Invalid(field, N_("Too long: at most %(longest)s characters."), longest=longest)
    return text


def N_(key: str) -> str:
    """Marks a message key for the catalogue; the edge translates it."""
    return key
