"""Before against after, paired by participant: who moved up, stayed the same or moved down, and lines between.

The second time may also ask, "thinking back: where were you really at the start?" People often rate themselves too
high before they know what there is to know (response shift), which hides what they gained; what they say looking back
flatters. So both comparisons are told, each with its n. The ratings that are said thinking back are told no other way.

A comparison stands beside the rows of ratings that it compares, everyone's and not only the pairs'. `few` says who
might learn what, and what holds for one row. Of sensitive ratings, these rules hold for what joins two of them:

1. Who rated only once (came late, left early, skipped it) is known in a room. "All 7 stayed the same" and two rows of
   ratings give away what the one who left early said; so do many other numbers: in made-up rooms of 7 pairs and one
   more, every twentieth. Therefore, where one to k - 1 answers rated a statement only once, fewer than ten pairs are
   not compared; and ten or more only if each of those answers could just as well be another: one of the pairs could
   have said it instead, and all numbers would be the same. With ten pairs that nearly always is so.
   (Of fewer, even "most moved up" in words, said only where it is safe, tells something by not being said elsewhere.)
2. Numbers of fewer than ten pairs of a perspective's own list give away what a row of ratings held back ("most: 1"
   before, three of six rate 1 and three 2 now, three moved up and nobody down: all six began at 1). They are left out
   where either rating is nearly all alike. That most moved one way may still be said.
3. Lines join what one person said twice. Who knows one end of a line (somebody says "I began at 2") must not read off
   the other: where fewer than ten began at 2, two of them at least ended elsewhere than the rest, and so for every
   end. Lines also add up to what the pairs rated, so what is left of everyone's ratings without them must be none or
   enough: the thinnest lines go until it is.

tests/kinds/test_scale.py tries whole sets of rooms: no rating of anybody's can be worked out in any of them. What can
be: that everybody moved up, where everybody's rating now is above every rating before.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal

from workshop.gathered import Response
from workshop.kinds.few import LEAST, Told, alike, may_be_worked_out, told
from workshop.kinds.ratings import POINTS, Content, StatementList, Value
from workshop.text import Text

LINES_FROM = 15  # pairs from which on lines are drawn: of fewer, the rules above leave next to none


@dataclass(frozen=True)
class Moved:
    """One statement: people who moved up, stayed the same and moved down, from what they said at the start and (`back`)
    from where they now think that they were, as far as it may be told.

    `slopes` is (before, after, people), of as many pairs as may be told. `pairs` answers rated it both times.
    """

    id: str
    title: Text
    start: Told
    back: Told | None
    pairs: int
    slopes: tuple[tuple[int, int, int], ...]

    @property
    def drawn(self) -> int:
        """The people that the lines stand for."""
        return sum(people for *_, people in self.slopes)

    @property
    def whole(self) -> bool:
        """Whether the lines stand for everyone who rated it both times."""
        return bool(self.slopes) and self.drawn == self.start.total

    @property
    def widest(self) -> int:
        """The people of the line that most went."""
        return max((people for *_, people in self.slopes), default=0)


@dataclass(frozen=True)
class Both:
    """Who gave both of the ratings that are compared, for one statement of the list at least."""

    people: int
    responses: int


@dataclass(frozen=True)
class MovedList:
    id: str
    title: Text
    start: Both
    back: Both | None
    rows: tuple[Moved, ...]

    @property
    def enough(self) -> bool:
        """Whether there is anything to show of who moved."""
        return any(one is not None and one.something for row in self.rows for one in (row.start, row.back))


@dataclass(frozen=True)
class Study:
    """Everyone who gave two ratings, statement by statement."""

    lists: tuple[MovedList, ...]


def study(content: Content, responses: Sequence[Response], k: int) -> Study | None:
    if not content.paired:
        return None
    return Study(tuple(_moved_list(content, one, responses, k) for one in content.lists))


@dataclass(frozen=True)
class _Pairs:
    """One statement: (then, now, people) of who gave both ratings, and what was said by those who gave only one.

    `only_then` is empty where nobody sees what was said then, so that nothing can be taken from it.
    """

    pairs: tuple[tuple[int, int, int], ...]
    only_then: tuple[int, ...]
    only_now: tuple[int, ...]


def _moved_list(content: Content, one: StatementList, responses: Sequence[Response], k: int) -> MovedList:
    before = [_ratings(response.before, "ratings") for response in responses]
    now = [_ratings(response.value, "ratings") for response in responses]
    back = [_ratings(response.value, "back") for response in responses]
    sizes = [response.size for response in responses]
    ids = [statement.id for statement in one.statements]
    start = _both(ids, before, now, sizes)
    again = _both(ids, back, now, sizes) if content.looks_back else None
    rows = []
    for statement in one.statements:
        pairs = _paired(statement.id, before, now, sizes)
        looked = replace(_paired(statement.id, back, now, sizes), only_then=()) if content.looks_back else None
        rows.append(
            Moved(
                id=statement.id,
                title=statement.title,
                start=_compared(content, pairs, k),
                back=_compared(content, looked, k) if looked else None,
                pairs=len(pairs.pairs),
                slopes=_slopes(content, pairs, k),
            )
        )
    return MovedList(one.id, one.title, start, again, tuple(rows))


def _ratings(value: Value | None, which: Literal["ratings", "back"]) -> Mapping[str, int]:
    if value is None:
        return {}
    return value.ratings if which == "ratings" else value.back


def _both(
    ids: Sequence[str], then: Sequence[Mapping[str, int]], now: Sequence[Mapping[str, int]], sizes: Sequence[int]
) -> Both:
    met = [size for a, b, size in zip(then, now, sizes, strict=True) if any(id in a and id in b for id in ids)]
    return Both(sum(met), len(met))


def _paired(
    id: str, then: Sequence[Mapping[str, int]], now: Sequence[Mapping[str, int]], sizes: Sequence[int]
) -> _Pairs:
    given = [(a.get(id), b.get(id), size) for a, b, size in zip(then, now, sizes, strict=True)]
    return _Pairs(
        tuple((a, b, size) for a, b, size in given if a is not None and b is not None),
        tuple(a for a, b, _ in given if a is not None and b is None),
        tuple(b for a, b, _ in given if a is None and b is not None),
    )


def _compared(content: Content, given: _Pairs, k: int) -> Told:
    """People who moved up, stayed the same and moved down, as far as rules 1 and 2 allow."""
    ways = [_way(then, now) for then, now, _ in given.pairs]
    people = [sum(size for (*_, size), way in zip(given.pairs, ways, strict=True) if way == one) for one in range(3)]
    if content.sensitive and _gives_away(given, k):
        return Told()
    answers = [ways.count(one) for one in range(3)]
    if content.whole:
        return Told(tuple(people), answers=tuple(answers))
    row = told(people, answers, k, sensitive=content.sensitive)
    ends = _cells(then for then, _, _ in given.pairs), _cells(now for _, now, _ in given.pairs)
    if row.people and content.sensitive and any(alike(end) for end in ends):
        return Told()
    return row


def _way(then: int, now: int) -> int:
    return 0 if now > then else 1 if now == then else 2


def _gives_away(given: _Pairs, k: int) -> bool:
    """Whether who moved may tell what the few said who rated only once (rule 1)."""
    for end, ratings in enumerate((given.only_then, given.only_now)):
        if may_be_worked_out(_cells(ratings), k, sensitive=True):
            continue
        if len(given.pairs) < LEAST or not all(_exchanged(rating, end, given) for rating in ratings):
            return True
    return False


def _exchanged(rating: int, end: int, given: _Pairs) -> bool:
    """Whether one of the pairs could as well have said `rating` at that end, with as many up, same and down.

    Where the pair would then have moved another way, two other pairs may exchange what they said, to set that right.
    """
    pairs = Counter((then, now) if end == 0 else (now, then) for then, now, _ in given.pairs)
    for then, now in pairs:
        was, is_now = _way(then, now), _way(rating, now)
        if then == rating:
            continue
        if was == is_now:
            return True
        others = +(pairs - Counter([(then, now)]) + Counter([(rating, now)]))
        for (a, x), (b, y) in combinations(others, 2):
            if sorted((is_now, _way(b, x), _way(a, y))) == sorted((was, _way(a, x), _way(b, y))):
                return True
    return False


def least_pairs(content: Content, k: int) -> int:
    """Pairs from which on lines are drawn."""
    return max(LINES_FROM, k) if content.sensitive else k


def _slopes(content: Content, given: _Pairs, k: int) -> tuple[tuple[int, int, int], ...]:
    """(before, after, people) of every line that may be drawn (rule 3)."""
    if len(given.pairs) < least_pairs(content, k):
        return ()
    starts = {r: _cells(now for then, now, _ in given.pairs if then == r) for r in POINTS}
    ends = {r: _cells(then for then, now, _ in given.pairs if now == r) for r in POINTS}

    def open_(row: Sequence[int]) -> bool:
        return may_be_worked_out(row, k, sensitive=content.sensitive)

    def many(row: Sequence[int]) -> bool:  # who are at one end of a line, by where they are at the other
        return not content.sensitive or not alike(row, 1)

    lines = Counter((then, now) for then, now, _ in given.pairs if many(starts[then]) and many(ends[now]))
    for thinnest in (*sorted(lines, key=lambda line: (lines[line], line)), None):
        rest = tuple(pair for pair in given.pairs if pair[:2] not in lines)
        left = replace(given, pairs=rest)
        befores, afters = [then for then, _, _ in rest], [now for _, now, _ in rest]
        if (
            open_(_cells([*given.only_then, *befores]))
            and open_(_cells([*given.only_now, *afters]))
            and not (content.sensitive and _gives_away(left, k))
        ):
            break
        if thinnest is not None:
            del lines[thinnest]
    people: Counter[tuple[int, int]] = Counter()
    for then, now, size in given.pairs:
        if (then, now) in lines:
            people[then, now] += size
    return tuple((then, now, n) for (then, now), n in sorted(people.items()))


def _cells(ratings: Iterable[int]) -> list[int]:
    found = Counter(ratings)
    return [found[point] for point in POINTS]
