"""The write-up: the record of a session as one value, from which every format is drawn. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from workshop import kinds
from workshop.model import Counts, Exercise, Finding, Note, Perspective, Session, Turnout, asks

FINDINGS = 3
LONGEST_HOURS = 4  # an exercise that took longer was left open when people went home
SMALLEST_GROUP = 5  # who took part is told by perspective only where every group has so many


@dataclass(frozen=True)
class Given:
    """What an exercise gathered."""

    counts: Counts
    turnout: Turnout
    notes: tuple[Note, ...]
    study: Any
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
    quotes: tuple[Note, ...]
    waiting: int  # notes that the room was never shown
    late: int

    @property
    def asked(self) -> bool:
        return asks(self.exercise)


@dataclass(frozen=True)
class Report:
    """`perspectives` is empty where telling them could point at somebody."""

    session: Session
    began: float
    ended: float | None
    people: int
    phones: int
    tables: int
    perspectives: tuple[tuple[Perspective, int], ...]
    findings: tuple[Finding, ...]
    sections: tuple[Section, ...]
    actions: tuple[Note, ...]


def build_report(
    session: Session,
    given: Callable[[Exercise], Given],
    *,
    people: int,
    phones: int,
    tables: int,
    by_perspective: Mapping[str | None, tuple[int, int]],
    now: float,
    whole: bool,
) -> Report:
    """The write-up as of now. `whole`: with what the room was never shown, for the facilitator's eyes."""
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
        people=people,
        phones=phones,
        tables=tables,
        perspectives=_perspectives(session, by_perspective),
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
        tally = kinds.KINDS[exercise.kind].tally(exercise.content, given.counts, given.turnout, given.notes)
    return Section(
        exercise=exercise,
        began=took[0] if took else None,
        took=took[1] if took else None,
        revealed=revealed,
        turnout=given.turnout,
        tally=tally,
        study=given.study if shown else None,
        quotes=tuple(n for n in given.notes if n.starred and n.state == "shown") if shown else (),
        waiting=sum(1 for n in given.notes if n.state == "waiting"),
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


def _perspectives(
    session: Session, counts: Mapping[str | None, tuple[int, int]]
) -> tuple[tuple[Perspective, int], ...]:
    """People per perspective, where every group that would be shown (those who said none too) has enough phones."""
    told = [(p, *counts.get(p.id, (0, 0))) for p in session.workshop.perspectives]
    others = sum(phones for phones, _ in counts.values()) - sum(phones for _, phones, _ in told)
    small = [phones for phones in (*(phones for _, phones, _ in told), others) if 0 < phones < SMALLEST_GROUP]
    return () if small else tuple((p, people) for p, _, people in told if people)
