"""What a scale's ratings come to, and what they bear out in sentences: high, low, split, moved.

High is a rating of 4 or 5, low one of 1 or 2. Sentences rest on rows that show numbers, and superlatives only on lists
of which every row does: what is kept back stays so.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from workshop.gathered import Arguments, Finding, Sentence, Sure, Tells
from workshop.kinds import sure
from workshop.kinds.few import LEAST, Told
from workshop.kinds.paired import Moved, Study
from workshop.model import N_
from workshop.text import Text

SPLIT_TENTHS = 3  # so many of ten at each end make a split

End = Literal["high", "low"]


@dataclass(frozen=True)
class Row:
    """One statement: people per point, as far as it may be told."""

    id: str
    title: Text
    told: Told


@dataclass(frozen=True)
class ListTally:
    """One list. `enough` is False where so few answered that it could point at somebody; `rows` is then empty."""

    id: str
    title: Text
    people: int
    responses: int
    enough: bool
    rows: tuple[Row, ...]


def found(lists: Sequence[ListTally], study: Study | None) -> tuple[Finding, ...]:
    """What moved, where the room splits, what is rated highest and lowest; the lists in their order."""
    apart = len(lists) > 1
    moved = _moved([row for one in study.lists for row in one.rows]) if study else ()
    return (*moved, *(finding for one in lists for finding in _of_list(one, apart)))


def _of_list(one: ListTally, apart: bool) -> Iterable[Finding]:
    rows = [row for row in one.rows if sum(row.told.answers) >= sure.ENOUGH]
    yield from _split(one, rows, apart)
    if len(rows) == len(one.rows) > 1:
        yield from _furthest(one, rows, "high", apart)
        yield from _furthest(one, rows, "low", apart)


_FURTHEST = {
    ("high", False): N_("Rated high most often: “%(statement)s”. %(part)s of %(people)s people gave it 4 or 5."),
    ("low", False): N_("Rated low most often: “%(statement)s”. %(part)s of %(people)s people gave it 1 or 2."),
    ("high", True): N_(
        "In the list “%(list)s”, rated high most often: “%(statement)s”. %(part)s of %(people)s people gave it 4 or 5."
    ),
    ("low", True): N_(
        "In the list “%(list)s”, rated low most often: “%(statement)s”. %(part)s of %(people)s people gave it 1 or 2."
    ),
}


def _furthest(one: ListTally, rows: Sequence[Row], end: End, apart: bool) -> Iterable[Finding]:
    """The statement with the largest share at that end, from a third on; none where two are level."""
    ranked = sorted(rows, key=lambda row: -_share(row.told, end))
    row, second = ranked[:2]
    part, other = _part(row.told.people, end), _part(row.told.answers, end)
    if _share(row.told, end) == _share(second.told, end) or 3 * part < row.told.total:
        return
    certain = sure.leads(
        other,
        sum(row.told.answers),
        _part(second.told.answers, end),
        sum(second.told.answers),
        tables=one.people != one.responses,
    )
    says = Sentence(_FURTHEST[end, apart], _given(one, row, apart) | {"part": part, "people": row.told.total})
    yield _finding(f"{part}/{row.told.total}", says, certain, end, row.id, _share(row.told, end))


def _split(one: ListTally, rows: Sequence[Row], apart: bool) -> Iterable[Finding]:
    """The statement that most people rate low while as many rate it high: three in ten or more at each end."""
    ends = {row.id: (_part(row.told.people, "low"), _part(row.told.people, "high")) for row in rows}
    torn = [
        row for row in rows if 10 * min(ends[row.id]) >= SPLIT_TENTHS * row.told.total and not _leans(row.told.answers)
    ]
    if not torn:
        return
    row = max(torn, key=lambda one: min(ends[one.id]) / one.told.total)
    low, high = ends[row.id]
    key = (
        N_(
            "In the list “%(list)s”, this statement splits people: “%(statement)s”. "
            "Of %(people)s people %(low)s gave it 1 or 2, and %(high)s gave it 4 or 5."
        )
        if apart
        else N_(
            "This statement splits the room: “%(statement)s”. "
            "Of %(people)s people %(low)s gave it 1 or 2, and %(high)s gave it 4 or 5."
        )
    )
    says = Sentence(key, _given(one, row, apart) | {"people": row.told.total, "low": low, "high": high})
    answers = sorted((_part(row.told.answers, "low"), _part(row.told.answers, "high")))
    certain = sure.splits(answers[1], answers[0], sum(row.told.answers), tables=one.people != one.responses)
    strength = min(low, high) / row.told.total
    weight = sure.weight("split", strength, "few" if sum(row.told.answers) < LEAST else "clear")
    yield Finding(f"{low}:{high}", says, certain, "split", (row.id,), weight)


def _leans(answers: Sequence[int]) -> bool:
    """Clearly more than half of these stand at one end."""
    ends = _part(answers, "low"), _part(answers, "high")
    return sure.most(max(ends), sum(answers), tables=False).grade == "clear"


def _given(one: ListTally, row: Row, apart: bool) -> dict[str, Text | int]:
    given: dict[str, Text | int] = {"statement": row.title}
    return given | ({"list": one.title} if apart else {})


def _part(points: Sequence[int], end: End) -> int:
    return sum(points[3:] if end == "high" else points[:2])


def _share(told: Told, end: End) -> float:
    return _part(told.people, end) / told.total


def _moved(rows: Sequence[Moved]) -> Iterable[Finding]:
    """Where more rose than fell by most people, or where nothing rose the other way; the same thinking back."""
    rose = N_(
        "This rose from before to after: “%(statement)s”. "
        "Of %(people)s people %(up)s moved up, %(same)s stayed the same and %(down)s moved down."
    )
    fell = N_(
        "This fell from before to after: “%(statement)s”. "
        "Of %(people)s people %(down)s moved down, %(same)s stayed the same and %(up)s moved up."
    )
    higher = N_(
        "Thinking back, people say that this rose: “%(statement)s”. Of %(people)s people "
        "%(up)s stand higher now than they think they did at the start, %(same)s the same and %(down)s lower."
    )
    lower = N_(
        "Thinking back, people say that this fell: “%(statement)s”. Of %(people)s people "
        "%(down)s stand lower now than they think they did at the start, %(same)s the same and %(up)s higher."
    )
    yield from _way([(row.id, row.title, row.start) for row in rows], rose, fell)
    yield from _way([(row.id, row.title, row.back) for row in rows if row.back], higher, lower)


def _way(rows: Sequence[tuple[str, Text, Told]], rose: str, fell: str) -> Iterable[Finding]:
    """Of rows of ten answers or more."""
    some = [(id, title, told) for id, title, told in rows if sum(told.answers) >= LEAST]
    if not some:
        return
    id, title, told = max(some, key=lambda row: (_growth(row[2]), row[2].total))
    if _growth(told) <= 0:
        id, title, told = min(some, key=lambda row: (_growth(row[2]), -row[2].total))
    if _growth(told) == 0:
        return
    up, same, down = told.people
    given: Arguments = {"statement": title, "people": told.total, "up": up, "same": same, "down": down}
    ups, _, downs = told.answers if up > down else reversed(told.answers)
    certain = sure.moved(ups, downs, sum(told.answers), tables=told.people != told.answers)
    says = Sentence(rose if up > down else fell, given)
    yield _finding(f"{max(up, down)}/{told.total}", says, certain, "moved", id, abs(_growth(told)))


def _growth(told: Told) -> float:
    up, _, down = told.people
    return (up - down) / told.total


def _finding(number: str, says: Sentence, certain: Sure, tells: Tells, item: str, strength: float) -> Finding:
    return Finding(number, says, certain, tells, (item,), sure.weight(tells, strength, certain.grade))
