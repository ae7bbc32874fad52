"""The kinds of exercise, and what a kind is.

A kind is a module of plain functions that know nothing of requests, rows or templates. Counts add: the sums of a
room are the sum of its responses' counts, so order, repeats, groups and servers do not matter.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any, Protocol, cast, get_type_hints

from pydantic import BaseModel

from workshop.gathered import Finding, Gathered, Item, Note, Notes, Person, Response, Sample, View, Written
from workshop.kinds import card_sort, form, info, notes, points, pressure_map, scale
from workshop.text import Text


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
    def tally(self, content: Any, gathered: Gathered) -> Tally: ...


KINDS: Mapping[str, Kind] = {
    "info": cast(Kind, info),
    "scale": cast(Kind, scale),
    "card_sort": cast(Kind, card_sort),
    "notes": cast(Kind, notes),
    "points": cast(Kind, points),
    "pressure_map": cast(Kind, pressure_map),
    "form": cast(Kind, form),
}


# What only some kinds have, and what its absence means.


def written(kind: str, content: Any, value: Any) -> tuple[Written, ...] | None:
    """The texts inside a response that the facilitator may hide, release or accept; None where a kind has none."""
    find: Callable[..., tuple[Written, ...]] | None = getattr(KINDS[kind], "written", None)
    return find(content, value) if find else None


def count_notes(kind: str, content: Any, value: Any, notes: Sequence[Note]) -> Counter[tuple[str, ...]]:
    """What one response's notes add to its counts, given what the facilitator did to them."""
    count: Callable[..., Counter[tuple[str, ...]]] | None = getattr(KINDS[kind], "count_notes", None)
    return count(content, value, notes) if count else Counter()


def targets(kind: str, content: Any) -> tuple[tuple[str, Text], ...]:
    """What a note that somebody wrote may be merged into beside other notes: id and title."""
    find: Callable[..., tuple[tuple[str, Text], ...]] | None = getattr(KINDS[kind], "targets", None)
    return find(content) if find else ()


def notes_count_once_accepted(kind: str) -> bool:
    """Whether what people write themselves counts when the facilitator accepts it."""
    return bool(getattr(KINDS[kind], "NOTES_COUNT_ONCE_ACCEPTED", False))


def takes_themes(kind: str) -> bool:
    """Whether the facilitator puts its notes under themes."""
    return bool(getattr(KINDS[kind], "TAKES_THEMES", False))


def secret_until_closed(kind: str) -> bool:
    """Whether not even the facilitator sees what comes in before the close."""
    return bool(getattr(KINDS[kind], "SECRET_UNTIL_CLOSED", False))


def items(kind: str, content: Any) -> tuple[Item, ...]:
    """What perspectives can be set side by side on."""
    find: Callable[..., tuple[Item, ...]] | None = getattr(KINDS[kind], "items", None)
    return find(content) if find else ()


def frozen(kind: str, content: Any, earlier: Any, notes: Notes) -> Any:
    """The content with what it takes from the exercise that it is `of`, as that stands when this one opens.

    The content itself where the kind takes nothing; Refused where what it needs is not there.
    """
    freeze: Callable[..., Any] | None = getattr(KINDS[kind], "frozen", None)
    return freeze(content, earlier, notes) if freeze else content


def planned(kind: str, content: Any) -> Any:
    """The content as its author wrote it, without what it took from the exercise that it is `of`."""
    take: Callable[..., Any] | None = getattr(KINDS[kind], "planned", None)
    return take(content) if take else content


def without(kind: str, content: Any, note: str) -> Any:
    """The content without this note, where it took it from the exercise that it is `of`."""
    take: Callable[..., Any] | None = getattr(KINDS[kind], "without", None)
    return take(content, note) if take else content


def follows(kind: str) -> tuple[str, ...]:
    """The kinds that an exercise of this kind can be `of`."""
    return tuple(getattr(KINDS[kind], "FOLLOWS", ()))


def perspectives(kind: str, content: Any) -> set[str]:
    """The perspectives that the content speaks of by id; the workshop must have them."""
    find: Callable[..., set[str]] | None = getattr(KINDS[kind], "perspectives", None)
    return find(content) if find else set()


def studies(kind: str) -> bool:
    """Whether the kind needs whole responses for anything."""
    return hasattr(KINDS[kind], "study")


def study(kind: str, content: Any, responses: Sequence[Response], k: int) -> Any:
    """What needs whole responses; None for a kind that has no such thing."""
    make: Callable[..., Any] | None = getattr(KINDS[kind], "study", None)
    return make(content, responses, k) if make else None


def findings(kind: str, content: Any, tally: Any, study: Any) -> tuple[Finding, ...]:
    """What the counts bear out in sentences, by rule; what is most worth saying first."""
    find: Callable[..., tuple[Finding, ...]] | None = getattr(KINDS[kind], "findings", None)
    return tuple(sorted(find(content, tally, study), key=lambda one: -one.weight)) if find else ()


def actions(kind: str, tally: Any) -> tuple[tuple[str, str, bool], ...]:
    """What people said they will do, those worth the first page first: language, words, and whether it is starred."""
    find: Callable[..., tuple[tuple[str, str, bool], ...]] | None = getattr(KINDS[kind], "actions", None)
    return find(tally) if find else ()


def has_annex(kind: str) -> bool:
    """Whether the write-up lists in its annex, word by word, what its picture sums up."""
    return bool(getattr(KINDS[kind], "ANNEX", False))


def without_annex(kind: str, tally: Any) -> Any:
    """The tally without what only the annex shows of it."""
    take: Callable[..., Any] | None = getattr(KINDS[kind], "without_annex", None)
    return take(tally) if take else tally


def made(kind: str) -> tuple[Any, Any]:
    """The types of the kind's tally and study (None where it has none): what a record of them is read into."""
    study = getattr(KINDS[kind], "study", None)
    return get_type_hints(KINDS[kind].tally)["return"], get_type_hints(study)["return"] if study else None


def imagine(kind: str, content: Any, random: Random, person: Person, hints: Mapping[str, Any]) -> Any:
    """A raw value such as this person might give, for rehearsals. None where there is nothing to answer."""
    make: Callable[..., Any] | None = getattr(KINDS[kind], "imagine", None)
    return make(content, random, person, hints) if make else None
