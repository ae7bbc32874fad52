"""A room that has answered: raw values in, the tally out, counted as the server counts them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from workshop.kinds import KINDS, imagine, written
from workshop.model import Counts, Note, Person, Turnout


def content(kind: str, **changes: Any) -> Any:
    """The kind's sample content, with some fields written otherwise."""
    return KINDS[kind].Content.model_validate({**KINDS[kind].SAMPLE.content, **changes})


def tallied(
    kind: str, content: Any, raws: Sequence[Any], *, sizes: Sequence[int] = (), notes: Sequence[Note] = ()
) -> Any:
    """What the room's tally is; `sizes` are the people behind each answer, one each where it is left out."""
    return KINDS[kind].tally(content, *counted(kind, content, raws, sizes), notes)


def counted(kind: str, content: Any, raws: Sequence[Any], sizes: Sequence[int] = ()) -> tuple[Counts, Turnout]:
    people: Counter[tuple[str, ...]] = Counter()
    responses: Counter[tuple[str, ...]] = Counter()
    answered = answered_people = finished = 0
    for raw, size in zip(raws, sizes or [1] * len(raws), strict=True):
        value = KINDS[kind].read(content, raw)
        counts = KINDS[kind].count(content, value)
        responses.update(counts)
        people.update({key: n * size for key, n in counts.items()})
        given, asked = KINDS[kind].progress(content, value)
        answered += given > 0
        answered_people += size * (given > 0)
        finished += given >= asked
    return Counts(people, responses), Turnout(len(raws), answered_people, answered, finished)


def noted(kind: str, content: Any, raws: Sequence[Mapping[str, Any]], **state: bool) -> tuple[Note, ...]:
    """The notes inside the answers, all in the same state."""
    values = [KINDS[kind].read(content, raw) for raw in raws]
    return tuple(
        Note(one.id, "exercise", one.group, one.lang, one.text, **state)
        for value in values
        for one in written(kind, content, value)
    )


def imagined(kind: str, content: Any, people: int) -> list[Any]:
    """What so many made-up people answer; the same every time."""
    random = Random(7)
    who = [Person(lang=("cy", "en")[n % 2], perspective=None, own=n % 3 == 0) for n in range(people)]
    raws = [imagine(kind, content, random, one, {}) for one in who]
    return [raw for raw in raws if raw is not None]
