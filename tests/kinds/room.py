"""A room that has answered: raw values in, what it gathered and the tally out, counted as the server counts them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from random import Random
from typing import Any

from workshop import kinds
from workshop.gathered import SHOWN_FROM, Counts, Gathered, Note, Notes, Part, Person, Theme, Turnout
from workshop.kinds import KINDS, imagine, written
from workshop.model import Group


def content(kind: str, **changes: Any) -> Any:
    """The kind's sample content, with some fields written otherwise."""
    return KINDS[kind].Content.model_validate({**KINDS[kind].SAMPLE.content, **changes})


def tallied(kind: str, content: Any, raws: Sequence[Any], **more: Any) -> Any:
    """What the room's tally is; see `gathered`."""
    return KINDS[kind].tally(content, gathered(kind, content, raws, **more))


def gathered(
    kind: str,
    content: Any,
    raws: Sequence[Any],
    *,
    sizes: Sequence[int] = (),
    notes: Sequence[Note] = (),
    themes: Sequence[Theme] = (),
    groups: Sequence[tuple[Group, Iterable[int]]] = (),
    k: int = SHOWN_FROM,
) -> Gathered:
    """`sizes` are the people behind each answer, one each where it is left out; `groups` the numbers of their answers.

    A note counts for the answer whose number its `writer` is, as `noted` numbers them.
    """
    counts, turnout = counted(kind, content, raws, sizes, notes)
    parts = []
    for group, members in groups:
        mine = list(members)
        its = [raws[n] for n in mine]
        behind = [sizes[n] for n in mine] if sizes else []
        renumbered = {str(n): str(place) for place, n in enumerate(mine)}
        own = [Note(**{**vars(note), "writer": renumbered[note.writer]}) for note in notes if note.writer in renumbered]
        parts.append(Part(group, *counted(kind, content, its, behind, own)))
    return Gathered(counts, turnout, Notes.of(notes, themes), tuple(parts), k)


def counted(
    kind: str, content: Any, raws: Sequence[Any], sizes: Sequence[int] = (), notes: Sequence[Note] = ()
) -> tuple[Counts, Turnout]:
    people: Counter[tuple[str, ...]] = Counter()
    responses: Counter[tuple[str, ...]] = Counter()
    answered = answered_people = finished = 0
    written_by = defaultdict(list)
    for note in notes:
        if note.state in ("shown", "waiting"):
            written_by[note.writer].append(note)
    for number, (raw, size) in enumerate(zip(raws, sizes or [1] * len(raws), strict=True)):
        value = KINDS[kind].read(content, raw)
        counts = KINDS[kind].count(content, value) + kinds.count_notes(kind, content, value, written_by[str(number)])
        responses.update(counts)
        people.update({key: n * size for key, n in counts.items()})
        given, asked = KINDS[kind].progress(content, value)
        answered += given > 0
        answered_people += size * (given > 0)
        finished += given >= asked
    return Counts(people, responses), Turnout(len(raws), answered_people, answered, finished)


def noted(kind: str, content: Any, raws: Sequence[Mapping[str, Any]], **state: Any) -> tuple[Note, ...]:
    """The notes inside the answers, all in the same state; the writer is the number of the answer."""
    values = [KINDS[kind].read(content, raw) for raw in raws]
    return tuple(
        Note(
            **{
                "id": one.id, "exercise": "exercise", "group": one.group, "lang": one.lang, "text": one.text,
                "quotable": one.quotable, "parts": one.parts, "writer": str(number), **state,
            }
        )
        for number, value in enumerate(values)
        for one in written(kind, content, value) or ()
    )  # fmt: skip


def imagined(kind: str, content: Any, people: int) -> list[Any]:
    """What so many made-up people answer; the same every time."""
    random = Random(7)
    who = [Person(lang=("cy", "en")[n % 2], perspective=None, own=n % 3 == 0) for n in range(people)]
    raws = [imagine(kind, content, random, one, {}) for one in who]
    return [raw for raw in raws if raw is not None]
