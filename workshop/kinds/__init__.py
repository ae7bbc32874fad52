"""The kinds of exercise, and what a kind is.

A kind is a module of plain functions that know nothing of requests, rows or templates. Counts add: the sums of a
room are the sum of its responses' counts, so order, repeats, groups and servers do not matter.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any, Protocol, cast

from pydantic import BaseModel

from workshop.kinds import card_sort, info, notes, pressure_map, scale
from workshop.model import Counts, Finding, Note, Person, Response, Sample, Turnout, View, Written


class Tally(Protocol):
    """What all counts add up to, ready to show. `views` are its pictures in the order of the talk."""

    @property
    def views(self) -> tuple[View, ...]: ...


class Kind(Protocol):
    """How one sort of exercise reads content, reads a response, counts it and shows it.

    `tally` is total: an empty room gives a tally too. `progress` is how many items a value gives, and of how many.
    """

    SAMPLE: Sample
    Content: type[BaseModel]
    Value: type[BaseModel]

    def read(self, content: Any, raw: Any) -> Any: ...
    def count(self, content: Any, value: Any) -> Counter[tuple[str, ...]]: ...
    def progress(self, content: Any, value: Any) -> tuple[int, int]: ...
    def tally(self, content: Any, counts: Counts, turnout: Turnout, notes: Sequence[Note] = ()) -> Tally: ...


KINDS: Mapping[str, Kind] = {
    "info": cast(Kind, info),
    "scale": cast(Kind, scale),
    "card_sort": cast(Kind, card_sort),
    "notes": cast(Kind, notes),
    "pressure_map": cast(Kind, pressure_map),
}


# What only some kinds have, and what its absence means.


def written(kind: str, content: Any, value: Any) -> tuple[Written, ...]:
    """The texts inside a response that the facilitator may hide, release or accept."""
    find: Callable[..., tuple[Written, ...]] | None = getattr(KINDS[kind], "written", None)
    return find(content, value) if find else ()


def notes_count_once_accepted(kind: str) -> bool:
    """Whether what people write themselves counts when the facilitator accepts it."""
    return bool(getattr(KINDS[kind], "NOTES_COUNT_ONCE_ACCEPTED", False))


def perspectives(kind: str, content: Any) -> set[str]:
    """The perspectives that the content speaks of by id; the workshop must have them."""
    find: Callable[..., set[str]] | None = getattr(KINDS[kind], "perspectives", None)
    return find(content) if find else set()


def studies(kind: str) -> bool:
    """Whether the kind needs whole responses for anything."""
    return hasattr(KINDS[kind], "study")


def study(kind: str, content: Any, responses: Sequence[Response]) -> Any:
    """What needs whole responses; None for a kind that has no such thing."""
    make: Callable[..., Any] | None = getattr(KINDS[kind], "study", None)
    return make(content, responses) if make else None


def findings(kind: str, content: Any, tally: Any, study: Any) -> tuple[Finding, ...]:
    """Sentences for the one-page summary, made from the counts by rule."""
    find: Callable[..., tuple[Finding, ...]] | None = getattr(KINDS[kind], "findings", None)
    return find(content, tally, study) if find else ()


def imagine(kind: str, content: Any, random: Random, person: Person, hints: Mapping[str, Any]) -> Any:
    """A raw value such as this person might give, for rehearsals. None where there is nothing to answer."""
    make: Callable[..., Any] | None = getattr(KINDS[kind], "imagine", None)
    return make(content, random, person, hints) if make else None
