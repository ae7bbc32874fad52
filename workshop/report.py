"""The write-up: the record of a session as one value, from which every format is drawn. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from workshop import kinds
from workshop.compare import Comparison
from workshop.gathered import Finding, Gathered, Note, Turnout
from workshop.model import Exercise, Perspective, Seats, Session, asks

FINDINGS = 3
LONGEST_HOURS = 4  # an exercise that took longer was left open when people went home


@dataclass(frozen=True)
class Given:
    """What an exercise gathered as the write-up may show it, and what rests on whole responses."""

    gathered: Gathered = field(default_factory=Gathered)
    starred: tuple[Note, ...] = ()  # that the facilitator chose, of those the room saw
    study: Any = None
    comparison: Comparison | None = None
    late: int = 0  # answers that came after the reveal and are not among the counts


@dataclass(frozen=True)
class Section:
    """One exercise as it went. `began` is None where the room never was there; `took` where nobody can say."""

    exercise: Exercise
    began: float | None
    took: int | None  # minutes
    revealed: bool
    turnout: Turnout
    tally: Any
    study: Any
    comparison: Comparison | None
    starred: tuple[Note, ...]
    waiting: int  # notes that the room was never shown
    late: int

    @property
    def quotes(self) -> tuple[Note, ...]:
        """What may stand in its writer's words: chosen by the facilitator, agreed to by who wrote it."""
        return tuple(note for note in self.starred if note.quotable)

    @property
    def asked(self) -> bool:
        return asks(self.exercise)


@dataclass(frozen=True)
class Report:
    """`perspectives` is empty where telling them could point at somebody."""

    session: Session
    began: float
    ended: float | None
    seats: Seats
    k: int  # answers from which on a group is shown
    perspectives: tuple[tuple[Perspective, int], ...]
    findings: tuple[Finding, ...]
    sections: tuple[Section, ...]
    actions: tuple[Note, ...]


def build_report(
    session: Session,
    given: Callable[[Exercise], Given],
    *,
    now: float,
    whole: bool,
    k: int,
) -> Report:
    """The write-up as of now. `whole`: with what the room was never shown, for the facilitator's eyes.

    `k`: the least number of phones that a group of perspectives needs to be told of.
    """
    took = _minutes(session, now)
    sections = tuple(_section(session, e, given(e), took.get(e.id), whole=whole) for e in session.workshop.agenda)
    found: list[Finding] = []
    for section in sections:
        if section.tally is not None and section.revealed:
            found += kinds.findings(section.exercise.kind, section.exercise.content, section.tally, section.study)
    found.sort(key=lambda finding: -finding.weight)
    starred = [
        note for section in sections if getattr(section.exercise.content, "actions", False) for note in section.quotes
    ]
    return Report(
        session=session,
        began=session.visits[0].at if session.visits else session.created_at,
        ended=session.ended_at,
        seats=session.joined,
        k=k,
        perspectives=_perspectives(session, k),
        findings=tuple(found[:FINDINGS]),
        sections=sections,
        actions=tuple(starred[:3]),
    )


def _section(
    session: Session, exercise: Exercise, given: Given, took: tuple[float, int | None] | None, *, whole: bool
) -> Section:
    step = session.step(exercise.id)
    revealed = step.revealed
    shown = took is not None and (revealed or not asks(exercise) or (whole and not step.accepting))
    tally = None
    if shown:
        tally = kinds.KINDS[exercise.kind].tally(exercise.content, given.gathered)
    return Section(
        exercise=exercise,
        began=took[0] if took else None,
        took=took[1] if took else None,
        revealed=revealed,
        turnout=given.gathered.turnout,
        tally=tally,
        study=given.study if shown else None,
        comparison=given.comparison if shown and revealed else None,
        starred=given.starred if shown else (),
        waiting=given.gathered.notes.waiting,
        late=given.late,
    )


def _minutes(session: Session, now: float) -> dict[str, tuple[float, int | None]]:
    """When the room first was at each exercise, and how many minutes in all; None where nobody said when it ended."""
    ends = [visit.at for visit in session.visits[1:]] + [session.ended_at or now]
    seconds: dict[str, float] = {}
    began: dict[str, float] = {}
    for visit, end in zip(session.visits, ends, strict=False):  # no visits, one end
        began.setdefault(visit.exercise, visit.at)
        seconds[visit.exercise] = seconds.get(visit.exercise, 0.0) + max(0.0, end - visit.at)
    return {
        exercise: (began[exercise], round(total / 60) if total < LONGEST_HOURS * 3600 else None)
        for exercise, total in seconds.items()
    }


def _perspectives(session: Session, k: int) -> tuple[tuple[Perspective, int], ...]:
    """People per perspective, where every group that would be shown (those who said none too) has enough phones."""
    told = [(p, session.seats.get(p.id, Seats())) for p in session.workshop.perspectives]
    others = session.joined.phones - sum(seats.phones for _, seats in told)
    small = [phones for phones in (*(seats.phones for _, seats in told), others) if 0 < phones < k]
    return () if small else tuple((p, seats.people) for p, seats in told if seats.people)
