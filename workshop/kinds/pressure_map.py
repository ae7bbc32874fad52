"""pressure_map: what presses on one person, from where, how strongly, and who can see it.

A is everyone who took part, R those who picked a pressure: reach R/A, strength the mean over those who said how strong,
load the sum of strengths over A (what pressures are ranked by, so that one person's 5 does not top the chart).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from workshop.kinds.notes import written_text
from workshop.model import N_, Counts, Finding, Id, Invalid, Note, Person, Sample, Turnout, View, Written, parse
from workshop.model import Value as Base
from workshop.text import Text

STRENGTHS = (1, 2, 3, 4, 5)
VISIBILITIES = ("hidden", "partly", "visible")
ARROWS_A_SOURCE = 4  # drawn on the wall; the report lists all
STRONGEST = 5  # named beside the whole map
NOTES_COUNT_ONCE_ACCEPTED = True  # what people write themselves counts when the facilitator puts it on the map
ENOUGH = 5  # people from whom on a sentence is made
OWN = "own:"  # a pressure that somebody wrote is referred to as own:<id of its note>

Visibility = Literal["hidden", "partly", "visible"]


class Source(Base):
    id: Id
    title: Text
    short: Text
    letter: Text


class Pressure(Base):
    id: Id
    title: Text
    source: str


class Content(Base):
    """People place `least` to `most` pressures, listed or their own (up to `longest` characters)."""

    question: Text
    centre: Text = Text(cy="Chi", en="You")  # who stands in the middle of the map
    think_own: Text
    think_guess: Text
    sources: tuple[Source, ...] = Field(min_length=1, max_length=4)
    pressures: tuple[Pressure, ...] = Field(min_length=1)
    least: int = Field(default=3, ge=1)
    most: int = Field(default=5, ge=1, le=12)
    longest: int = Field(default=80, ge=20, le=200)

    @model_validator(mode="after")
    def _ids_fit(self) -> "Content":
        sources, pressures = [s.id for s in self.sources], [p.id for p in self.pressures]
        if len(set(sources)) != len(sources) or len(set(pressures)) != len(pressures):
            raise ValueError("two sources or two pressures have the same id")
        if self.least > self.most:
            raise ValueError(f"least is {self.least} and most is {self.most}: nobody could finish")
        for pressure in self.pressures:
            if pressure.source not in sources:
                raise ValueError(
                    f"pressure {pressure.id!r} comes from {pressure.source!r}; the sources are {', '.join(sources)}"
                )
        return self


class Placed(Base):
    """A pressure that was picked; what is not yet said about it is missing."""

    pressure: str
    source: str
    strength: Annotated[int, Field(ge=1, le=5)] | None = None
    visibility: Visibility | None = None


class Own(Base):
    id: str = Field(pattern=r"^[0-9a-z]{8,32}$")
    lang: Literal["cy", "en"]
    text: str = Field(max_length=2000)


class Value(Base):
    placed: tuple[Placed, ...] = Field(max_length=12)
    own: tuple[Own, ...] = Field(default=(), max_length=12)
    ease: str | None = None


@dataclass(frozen=True)
class Row:
    """One pressure. `strengths` people per 1 to 5, `seen` people per hidden, partly, visible, `sources` per source."""

    id: str
    number: int  # as drawn: sources in order, within each by load
    title: Text
    lang: str | None  # of a participant's own words, which are in one language only
    source: Source
    people: int
    strengths: tuple[int, ...]
    seen: tuple[int, ...]
    sources: tuple[int, ...]
    ease: int
    reach: float
    mean: float
    load: float

    @property
    def hidden(self) -> bool:
        """Most of those who said who can see it called it hidden."""
        return 2 * self.seen[0] > sum(self.seen) > 0


@dataclass(frozen=True)
class Sector:
    source: Source
    rows: tuple[Row, ...]
    load: float

    @property
    def drawn(self) -> tuple[Row, ...]:
        return self.rows[:ARROWS_A_SOURCE]


@dataclass(frozen=True)
class Tally:
    question: Text
    centre: Text
    people: int
    sectors: tuple[Sector, ...]
    rows: tuple[Row, ...]  # every placed pressure, the largest load first
    strongest: tuple[Row, ...]
    sources: tuple[Source, ...]
    eased: tuple[Row, ...]
    views: tuple[View, ...]


def read(content: Content, raw: Any) -> Value:
    if isinstance(raw, Mapping):
        raw = {**raw, **{k: tuple(raw[k]) for k in ("placed", "own") if isinstance(raw.get(k), list)}}
    value = parse(Value, raw)
    if len(value.placed) > content.most:
        raise Invalid("placed", N_("Pick at most %(most)s."), most=content.most)
    own = {OWN + one.id for one in value.own}
    known = {p.id for p in content.pressures} | own
    sources = {s.id for s in content.sources}
    for placed in value.placed:
        if placed.pressure not in known:
            raise Invalid("placed.pressure", N_("That pressure is not in this exercise."))
        if placed.source not in sources:
            raise Invalid("placed.source", N_("That source is not in this exercise."))
    chosen = [placed.pressure for placed in value.placed]
    if len(set(chosen)) != len(chosen) or not own <= set(chosen) or len(own) != len(value.own):
        raise Invalid("placed", N_("This answer is not in a form that can be read."))
    if value.ease is not None and value.ease not in chosen:
        raise Invalid("ease", N_("Choose one of the pressures that you picked."))
    texts = tuple(one.model_copy(update={"text": written_text(one.text, content.longest)}) for one in value.own)
    return value.model_copy(update={"own": texts})


def count(content: Content, value: Value) -> Counter[tuple[str, ...]]:
    counts: Counter[tuple[str, ...]] = Counter()
    if value.placed:
        counts["took part",] = 1
    for placed in value.placed:
        counts["picked", placed.pressure] = 1
        counts["source", placed.pressure, placed.source] = 1
        if placed.strength is not None:
            counts["strength", placed.pressure, str(placed.strength)] = 1
        if placed.visibility is not None:
            counts["seen", placed.pressure, placed.visibility] = 1
    if value.ease is not None:
        counts["ease", value.ease] = 1
    return counts


def progress(content: Content, value: Value) -> tuple[int, int]:
    done = sum(1 for p in value.placed if p.strength is not None and p.visibility is not None)
    return done, max(content.least, len(value.placed))


def written(content: Content, value: Value) -> tuple[Written, ...]:
    source = {placed.pressure: placed.source for placed in value.placed}
    return tuple(Written(one.id, source[OWN + one.id], one.lang, one.text) for one in value.own)


def tally(content: Content, counts: Counts, turnout: Turnout, notes: Sequence[Note] = ()) -> Tally:
    taken = counts.people["took part",]
    listed = [_row(content, p.id, p.title, None, p.source, counts.people, taken) for p in content.pressures]
    accepted = [
        _row(
            content,
            OWN + n.id,
            Text(cy=n.text) if n.lang == "cy" else Text(en=n.text),
            n.lang,
            n.group,
            counts.people,
            taken,
        )
        for n in notes
        if n.accepted and not n.hidden and not n.withdrawn
    ]
    rows = sorted((r for r in (*listed, *accepted) if r.people), key=lambda r: (-r.load, -r.people, r.id))
    sectors, number = [], 0
    for source in content.sources:
        mine = tuple(r for r in rows if r.source.id == source.id)
        numbered = tuple(_numbered(r, number + n) for n, r in enumerate(mine, start=1))
        number += len(mine)
        sectors.append(Sector(source, numbered, sum(r.load for r in mine)))
    ranked = tuple(sorted((r for sector in sectors for r in sector.rows), key=lambda r: (-r.load, -r.people, r.id)))
    views = (
        View(N_("The whole map")),
        *(View(N_("One source: %(source)s"), {"source": s.title}) for s in content.sources),
    )
    eased = tuple(sorted((r for r in ranked if r.ease), key=lambda r: (-r.ease, r.number)))
    return Tally(
        content.question,
        content.centre,
        taken,
        tuple(sectors),
        ranked,
        ranked[:STRONGEST],
        content.sources,
        eased,
        views,
    )


def _row(
    content: Content, id: str, title: Text, lang: str | None, preset: str, people: Counter[tuple[str, ...]], taken: int
) -> Row:
    strengths = tuple(people["strength", id, str(s)] for s in STRENGTHS)
    sources = tuple(people["source", id, s.id] for s in content.sources)
    picked, rated = people["picked", id], sum(strengths)
    total = sum(s * n for s, n in zip(STRENGTHS, strengths, strict=True))
    top = max(range(len(sources)), key=lambda n: (sources[n], content.sources[n].id == preset))
    return Row(
        id=id,
        number=0,
        title=title,
        lang=lang,
        source=content.sources[top],
        people=picked,
        strengths=strengths,
        seen=tuple(people["seen", id, v] for v in VISIBILITIES),
        sources=sources,
        ease=people["ease", id],
        reach=picked / taken if taken else 0.0,
        mean=total / rated if rated else 0.0,
        load=total / taken if taken else 0.0,
    )


def _numbered(row: Row, number: int) -> Row:
    return Row(**{**row.__dict__, "number": number})


def findings(content: Content, tally: Tally, study: None) -> tuple[Finding, ...]:
    found = []
    if tally.rows and tally.people >= ENOUGH:
        top = tally.rows[0]
        found.append(
            Finding(
                f"{top.people}/{tally.people}",
                N_(
                    "The pressure that weighs most: “%(pressure)s”. "
                    "%(placed)s of %(people)s people chose it; strength %(mean)s out of 5."
                ),
                {"pressure": top.title, "placed": top.people, "people": tally.people, "mean": round(top.mean, 1)},
                0.6 + 0.08 * top.load,
            )
        )
    hidden = [row for row in tally.rows if row.hidden and sum(row.seen) >= ENOUGH]
    if hidden:
        row = max(hidden, key=lambda r: (r.seen[0], r.load))
        found.append(
            Finding(
                f"{row.seen[0]}/{sum(row.seen)}",
                N_(
                    "The pressure most often called hidden from outside: “%(pressure)s”. "
                    "%(hidden)s of %(people)s people said so."
                ),
                {"pressure": row.title, "hidden": row.seen[0], "people": sum(row.seen)},
                0.5 + 0.4 * row.seen[0] / sum(row.seen),
            )
        )
    return tuple(found)


def imagine(content: Content, random: Random, person: Person, hints: Mapping[str, Any]) -> Any:
    weights: Mapping[str, Mapping[str, float]] = hints.get("weights", {})
    left = list(content.pressures)
    placed: list[dict[str, Any]] = []
    for _ in range(random.randint(content.least, content.most)):
        if not left:
            break
        pick = random.choices(left, [weights.get(p.id, {}).get("pick", 1) for p in left])[0]
        left.remove(pick)
        placed.append(_imagined(pick.id, pick.source, weights.get(pick.id, {}), random))
    own: list[dict[str, Any]] = []
    texts = [one for one in hints.get("own", ()) if one["lang"] == person.lang]
    if texts and random.random() < 0.2 and len(placed) < content.most:
        id = f"{random.getrandbits(64):016x}"
        own.append({"id": id, **random.choice(texts)})
        placed.append(_imagined(OWN + id, random.choice(content.sources).id, {}, random))
    return {"placed": placed, "own": own, "ease": random.choice(placed)["pressure"] if placed else None}


def _imagined(pressure: str, source: str, weights: Mapping[str, float], random: Random) -> dict[str, Any]:
    strength = max(1, min(5, round(random.gauss(weights.get("strength", 3), 0.9))))
    hidden = weights.get("hidden", 0.3)
    seen = random.choices(VISIBILITIES, [hidden, (1 - hidden) / 2, (1 - hidden) / 2])[0]
    return {"pressure": pressure, "source": source, "strength": strength, "visibility": seen}


SAMPLE = Sample(
    content={
        "question": {"cy": "Beth sy'n pwyso?", "en": "What presses?"},
        "think_own": {"cy": "Eich wythnos chi.", "en": "Your own week."},
        "think_guess": {"cy": "Eu hwythnos nhw.", "en": "Their week."},
        "sources": [
            {
                "id": id,
                "title": {"cy": f"Gan {id}", "en": f"From the {id}"},
                "short": {"cy": id, "en": id},
                "letter": {"cy": id[0], "en": id[0]},
            }
            for id in ("council", "party")
        ],
        "pressures": [
            {
                "id": f"p{n}",
                "title": {"cy": f"Pwysau {n}", "en": f"Pressure {n}"},
                "source": "party" if n else "council",
            }
            for n in range(6)
        ],
    },
    responses=(
        {
            "placed": [
                {"pressure": "p1", "source": "party", "strength": 5, "visibility": "hidden"},
                {"pressure": "p0", "source": "council", "strength": 2, "visibility": "visible"},
                {"pressure": "own:aaaaaaaa1", "source": "council", "strength": 3, "visibility": "partly"},
            ],
            "own": [{"id": "aaaaaaaa1", "lang": "cy", "text": "Gormod o bapur"}],
            "ease": "p1",
        },
        {"placed": [{"pressure": "p1", "source": "council"}], "own": [], "ease": None},
        {"placed": []},
    ),
    refused=(
        {"placed": [{"pressure": "p9", "source": "party"}]},
        {"placed": [{"pressure": "p1", "source": "moon"}]},
        {"placed": [{"pressure": "p1", "source": "party", "strength": 0}]},
        {"placed": [{"pressure": "p1", "source": "party", "visibility": "perhaps"}]},
        {"placed": [{"pressure": f"p{n}", "source": "party"} for n in range(6)]},
        {"placed": [{"pressure": "p1", "source": "party"}] * 2},
        {"placed": [], "own": [{"id": "aaaaaaaa1", "lang": "en", "text": "left alone"}]},
        {"placed": [], "ease": "p1"},
        {},
        None,
    ),
)
