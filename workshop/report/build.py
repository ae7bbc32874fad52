"""From a session and what it gathered to the write-up. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from workshop import compare, kinds
from workshop.findings import pick
from workshop.gathered import Gathered, Note, Notes
from workshop.model import Exercise, Perspective, Seats, Session, asks
from workshop.report.edits import COMMENT, Edits
from workshop.report.shown import only_shown
from workshop.report.value import Given, Picture, Report, Said, Section
from workshop.text import Text

FINDINGS = 3  # on the first page
SENTENCES = 3  # under an exercise
ACTIONS = 3
QUOTES = 2  # of an exercise, where the facilitator chose none
LONGEST_HOURS = 4  # an exercise that took longer was left open when people went home


def build_report(
    session: Session,
    given: Callable[[Exercise], Given],
    *,
    now: float,
    k: int,
    edits: Edits | None = None,
    pictures: Mapping[str, bytes] | None = None,
) -> Report:
    """The write-up as of `now` (epoch seconds). `k`: the least number of phones that a group needs to be told of."""
    edits, pictures = edits or Edits(), pictures or {}
    workshop, took = session.workshop, _minutes(session, now)
    sections = tuple(_section(session, e, given(e), took.get(e.id), edits) for e in workshop.agenda)
    seats, began = session.joined, session.visits[0].at if session.visits else session.created_at
    report = Report(
        workshop=workshop,
        runner=session.runner,
        contact=session.contact,
        organisation=edits.text("organisation"),
        logo=_logo(edits, pictures),
        title=_over(edits.text("title"), workshop.title),
        subtitle=_over(edits.text("subtitle"), workshop.subtitle),
        purpose=_over(edits.text("purpose"), workshop.purpose),
        place=_over(edits.text("place"), Text(cy=session.place, en=session.place)),
        organisations=edits.text("organisations"),
        thanks=edits.text("thanks"),
        questions=edits.text("questions"),
        next=edits.text("next"),
        comments={field: text for field, text in edits.texts.items() if field.startswith(COMMENT)},
        began=began,
        ended=session.ended_at,
        day=edits.day,
        answers_until=session.keeps_until,
        seats=seats,
        k=k,
        perspectives=_perspectives(session, k),
        chapters=(),
        findings=tuple(one for _, one in pick([(s.exercise.id, one) for s in sections for one in s.every], FINDINGS)),
        actions=() if edits.election else tuple(_actions(sections)),
        sections=tuple(replace(section, findings=section.findings[:SENTENCES]) for section in sections),
        photos=() if edits.election else _pictures(edits, pictures),
        election=edits.election,
    )
    return only_shown(replace(report, chapters=tuple(one for one in edits.chapters if _has(report, one, edits))))


def _has(report: Report, chapter: str, edits: Edits) -> bool:
    """Whether the chapter is shown and has anything to show."""
    if chapter in edits.hidden:
        return False
    if chapter == "perspectives":
        return bool(report.compared)
    if chapter == "questions":
        return bool(report.of(chapter) or report.questions != Text())
    if chapter in ("exercises", "asks", "commitments", "confidence"):
        return bool(report.of(chapter))
    if chapter == "annex":  # every note, in its writer's words: not while an election is near
        return not edits.election and any(section.annexed for section in report.sections)
    return True


def _section(
    session: Session, exercise: Exercise, given: Given, took: tuple[float, int | None] | None, edits: Edits
) -> Section:
    """An exercise as the room saw it; what was not on show at the end is not told."""
    left_out = f"exercise:{exercise.id}" in edits.hidden
    bare = Section(exercise, took[0] if took else None, took[1] if took else None, left_out)
    if took is None or left_out or (asks(exercise) and not session.step(exercise.id).revealed):
        return bare
    gathered = _unsigned(given.gathered) if edits.election else given.gathered
    shown = tuple(sorted(gathered.notes.shown, key=lambda note: note.id))  # made at random: nobody sees who wrote late
    gathered = replace(gathered, notes=replace(gathered.notes, shown=shown, waiting=0))
    tally = kinds.KINDS[exercise.kind].tally(exercise.content, gathered)
    return replace(
        bare,
        turnout=gathered.turnout,
        tally=tally,
        study=given.study,
        comparison=given.comparison,
        quotes=() if edits.election else _quotes(exercise, gathered.notes, edits.quotes.get(exercise.id)),
        findings=kinds.findings(exercise.kind, exercise.content, tally, given.study),
        differences=compare.findings(given.comparison) if given.comparison is not None else (),
    )


def _quotes(exercise: Exercise, notes: Notes, chosen: tuple[str, ...] | None) -> tuple[Note, ...]:
    """What may stand in its writer's words: the room saw it and its writer agreed. Chosen here, or else by a star.

    None where all that people shared stands there anyway.
    """
    if not kinds.takes_themes(exercise.kind):
        return ()
    may = {note.id: note for note in notes.shown if note.quotable and note.state == "shown"}
    if chosen is None:
        return tuple(note for note in may.values() if note.starred)[:QUOTES]
    return tuple(may[id] for id in chosen if id in may)


def _unsigned(gathered: Gathered) -> Gathered:
    """Without the names that people signed with, and with nothing chosen as a quote."""
    notes = gathered.notes

    def bare(note: Note) -> Note:
        parts = {name: words for name, words in note.parts.items() if name != "name"}
        return replace(note, parts=parts, starred=False, quotable=False)

    shown, accepted = (tuple(bare(note) for note in some) for some in (notes.shown, notes.accepted))
    return replace(gathered, notes=replace(notes, shown=shown, accepted=accepted))


def _actions(sections: tuple[Section, ...]) -> list[Said]:
    """What people said they will do: those that the facilitator starred before those that say most."""
    said = [
        Said(lang, words, chosen)
        for section in sections
        if section.chapter == "commitments" and section.tally is not None
        for lang, words, chosen in kinds.actions(section.exercise.kind, section.tally)
    ]
    return sorted(said, key=lambda one: not one.chosen)[:ACTIONS]


def _over(edited: Text, planned: Text) -> Text:
    """What the facilitator wrote, language by language, over what the workshop has."""
    return planned.model_copy(update={lang: words for lang in ("cy", "en") if (words := getattr(edited, lang))})


def _pictures(edits: Edits, data: Mapping[str, bytes]) -> tuple[Picture, ...]:
    return tuple(Picture(photo, data[photo.id]) for photo in edits.photos if photo.id in data)


def _logo(edits: Edits, data: Mapping[str, bytes]) -> Picture | None:
    if edits.logo is None or edits.logo.id not in data:
        return None
    return Picture(edits.logo, data[edits.logo.id])


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
