"""The pressure map of the whole room, made of sums alone: what it costs goes by pressures, not by answers."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from workshop.gathered import Counts, Gathered, Note, View
from workshop.kinds.pressure_map.answers import OWN, VISIBILITIES, Content, Source, stands_for
from workshop.kinds.pressure_map.gap import Gap, gap
from workshop.kinds.pressure_map.weight import Answers, Row, counted
from workshop.model import N_
from workshop.text import Text

ARROWS_A_SOURCE = 4  # drawn; the write-up lists all
STRONGEST = 5  # named beside the whole map

Picture = Literal["changed", "map", "source", "eased", "gap"]


@dataclass(frozen=True)
class Sector:
    """A source and the pressures that most people say come from it, the heaviest first."""

    source: Source
    rows: tuple[Row, ...]

    @property
    def load(self) -> float:
        return sum(row.load for row in self.rows)

    @property
    def drawn(self) -> tuple[Row, ...]:
        return self.rows[:ARROWS_A_SOURCE]


@dataclass(frozen=True)
class Tally:
    """`rows` are all that anybody picked, the heaviest first. `pictures` says of each view what it draws, and which."""

    question: Text
    centre: Text
    people: int
    answers: int
    sectors: tuple[Sector, ...]
    rows: tuple[Row, ...]
    sources: tuple[Source, ...]
    gap: Gap | None
    views: tuple[View, ...]
    pictures: tuple[tuple[Picture, int], ...]
    paired: bool

    @property
    def strongest(self) -> tuple[Row, ...]:
        return self.rows[:STRONGEST]

    @property
    def eased(self) -> tuple[Row, ...]:
        """What people say coproduction would ease, what most say first."""
        return tuple(sorted((row for row in self.rows if row.ease), key=lambda row: (-row.ease, row.number)))

    @property
    def named(self) -> int:
        """People who named one that coproduction would ease."""
        return sum(row.ease for row in self.rows)

    @property
    def load(self) -> float:
        return sum(row.load for row in self.rows)

    @property
    def most_alike(self) -> int:
        """The most people who gave one pressure the same strength."""
        return max((max(row.strengths) for row in self.rows), default=0)


def tally(content: Content, gathered: Gathered) -> Tally:
    sectors = tuple(_sectors(content, _rows(content, gathered)))
    rows = _heaviest_first(row for sector in sectors for row in sector.rows)
    compared = gap(gathered, rows)
    views = tuple(_views(content, compared, empty=not rows))
    return Tally(
        question=content.question,
        centre=content.centre,
        people=gathered.counts.people["took part",],
        answers=gathered.counts.responses["took part",],
        sectors=sectors,
        rows=rows,
        sources=content.sources,
        gap=compared,
        views=tuple(view for view, _ in views),
        pictures=tuple(picture for _, picture in views),
        paired=content.paired,
    )


def _rows(content: Content, gathered: Gathered) -> Iterable[Row]:
    """Every pressure that anybody picked: the listed ones and those that the facilitator took in."""
    counts = gathered.counts
    for pressure in content.pressures:
        yield from _row(content, counts, pressure.id, pressure.title, None, pressure.source)
    for id, note in _heads(content, gathered.notes.accepted).items():
        title = Text(cy=note.text) if note.lang == "cy" else Text(en=note.text)
        yield from _row(content, counts, id, title, note.lang, note.group)


def _heads(content: Content, accepted: Iterable[Note]) -> dict[str, Note]:
    """The pressures that people wrote, each with the note that names it.

    That is the one that others were merged into, or one of those where it was hidden or taken back since.
    """
    heads: dict[str, Note] = {}
    for note in sorted(accepted, key=lambda one: (one.merged_into is not None, one.id)):
        target = stands_for(content, note)
        if target.startswith(OWN):
            heads.setdefault(target, note)
    return heads


def _row(content: Content, counts: Counts, id: str, title: Text, lang: str | None, preset: str) -> Iterable[Row]:
    people, answers = counts.people, counts.responses
    weight = counted(people, id)
    if not weight.people:
        return
    sources = tuple(people["source", id, source.id] for source in content.sources)
    top = max(range(len(sources)), key=lambda n: (sources[n], content.sources[n].id == preset))
    source = content.sources[top]
    yield Row(
        **vars(weight),
        id=id,
        number=0,
        title=title,
        lang=lang,
        source=source,
        sensitive=source.sensitive or any(one.sensitive for one in content.sources if one.id == preset),
        seen=tuple(people["seen", id, visibility] for visibility in VISIBILITIES),
        sources=sources,
        ease=people["ease", id],
        answers=Answers(
            weight=counted(answers, id),
            hidden=answers["seen", id, "hidden"],
            seen=sum(answers["seen", id, visibility] for visibility in VISIBILITIES),
            ease=answers["ease", id],
        ),
    )


def _sectors(content: Content, rows: Iterable[Row]) -> Iterable[Sector]:
    """Numbered from one sector to the next, within each by load."""
    ordered, number = _heaviest_first(rows), 0
    for source in content.sources:
        mine = [row for row in ordered if row.source.id == source.id]
        yield Sector(source, tuple(replace(row, number=number + n) for n, row in enumerate(mine, start=1)))
        number += len(mine)


def _heaviest_first(rows: Iterable[Row]) -> tuple[Row, ...]:
    return tuple(sorted(rows, key=lambda row: (-row.load, -row.people, row.id)))


def _views(content: Content, compared: Gap | None, *, empty: bool) -> Iterable[tuple[View, tuple[Picture, int]]]:
    if content.paired:
        yield View(N_("What changed")), ("changed", 0)
    yield View(N_("The whole map")), ("map", 0)
    if empty:
        return  # one picture that says so is enough
    for number, source in enumerate(content.sources):
        yield View(N_("One source: %(source)s"), {"source": source.title}), ("source", number)
    yield View(N_("What coproduction would ease")), ("eased", 0)
    for page in range(compared.pages if compared else 0):
        arguments = {"page": page + 1, "pages": compared.pages if compared else 0}
        yield View(N_("Own against guess, page %(page)s of %(pages)s"), arguments), ("gap", page)
