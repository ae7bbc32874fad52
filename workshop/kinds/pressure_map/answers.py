"""What an author writes for a pressure map, what a phone sends, and what one answer counts as."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from workshop.gathered import Note, Written
from workshop.kinds.notes import written_text
from workshop.model import N_, Id, Invalid, parse
from workshop.model import Value as Base
from workshop.text import Text

VISIBILITIES = ("hidden", "partly", "visible")
OWN = "own:"  # a pressure that somebody wrote is referred to as own:<id of its note>

Visibility = Literal["hidden", "partly", "visible"]


class Source(Base):
    """Where pressures come from. `sensitive`: that a whole side named one of its pressures is softened."""

    id: Id
    title: Text
    short: Text
    letter: Text
    sensitive: bool = False


class Pressure(Base):
    id: Id
    title: Text
    source: str


class Content(Base):
    """People place `least` to `most` pressures, listed or their own (up to `longest` characters).

    `paired`: asked a second time, to be set against the first.
    """

    question: Text
    centre: Text = Text(cy="Chi", en="You")  # who stands in the middle of the map
    think_own: Text
    think_guess: Text
    sources: tuple[Source, ...] = Field(min_length=1, max_length=4)
    pressures: tuple[Pressure, ...] = Field(min_length=1)
    least: int = Field(default=3, ge=1)
    most: int = Field(default=5, ge=1, le=12)
    longest: int = Field(default=80, ge=20, le=200)
    paired: bool = False

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
    """Who took part, and what is said of listed pressures; those that people wrote are in `count_notes`."""
    counts: Counter[tuple[str, ...]] = Counter()
    if value.placed:
        counts["took part",] = 1
    for placed in value.placed:
        if not placed.pressure.startswith(OWN):
            counts.update(_said(placed.pressure, placed))
    if value.ease is not None and not value.ease.startswith(OWN):
        counts["ease", value.ease] = 1
    return counts


def count_notes(content: Content, value: Value, notes: Sequence[Note]) -> Counter[tuple[str, ...]]:
    """What the pressures that this person wrote add once the facilitator took them in, each under what it stands for.

    Somebody who picked that too, or wrote it twice, counts there once: reach can never pass everyone.
    """
    stand_for = {OWN + note.id: stands_for(content, note) for note in notes if note.accepted or note.merged_into}
    counts: Counter[tuple[str, ...]] = Counter()
    done = {placed.pressure for placed in value.placed if not placed.pressure.startswith(OWN)}
    # What is said of the pressure itself goes before what is said of another that was merged into it.
    for placed in sorted(value.placed, key=lambda one: stand_for.get(one.pressure) != one.pressure):
        target = stand_for.get(placed.pressure)
        if target is not None and target not in done:
            done.add(target)
            counts.update(_said(target, placed))
    if value.ease in stand_for:
        counts["ease", stand_for[value.ease]] = 1
    return counts


def stands_for(content: Content, note: Note) -> str:
    """The pressure under which a note counts: its own, a listed one, or the one that somebody else wrote."""
    if note.merged_into is None:
        return OWN + note.id
    listed = any(pressure.id == note.merged_into for pressure in content.pressures)
    return note.merged_into if listed else OWN + note.merged_into


def _said(pressure: str, placed: Placed) -> Counter[tuple[str, ...]]:
    counts: Counter[tuple[str, ...]] = Counter()
    counts["picked", pressure] = 1
    counts["source", pressure, placed.source] = 1
    if placed.strength is not None:
        counts["strength", pressure, str(placed.strength)] = 1
    if placed.visibility is not None:
        counts["seen", pressure, placed.visibility] = 1
    return counts


def progress(content: Content, value: Value) -> tuple[int, int]:
    done = sum(1 for p in value.placed if p.strength is not None and p.visibility is not None)
    return done, max(content.least, len(value.placed))


def written(content: Content, value: Value) -> tuple[Written, ...]:
    source = {placed.pressure: placed.source for placed in value.placed}
    return tuple(Written(one.id, source[OWN + one.id], one.lang, one.text) for one in value.own)


def targets(content: Content) -> tuple[tuple[str, Text], ...]:
    """The listed pressures: what people write may be one of them in other words."""
    return tuple((pressure.id, pressure.title) for pressure in content.pressures)
