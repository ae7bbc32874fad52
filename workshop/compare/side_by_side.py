"""What all groups share, where they differ, and what would tell too much.

Distance is total variation, TV(p, q) = half sum |p - q| over an item's options, 0 to 1: the least share of one group
that would have to change their answer for the two to match. For more than two groups it is that of the pair furthest
apart. Intervals are Wilson's 95% (workshop/certainty.py).

Shared, after Polis (small groups weigh as much as large ones): ranked by the least of the groups' shares.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workshop.certainty import wilson
from workshop.compare.chance import CHANCE, p_of, shuffled
from workshop.compare.groups import group_of, places_of
from workshop.compare.values import Comparison, Nearly, Row, Share, Side
from workshop.compare.wall import pages
from workshop.gathered import Item, Response
from workshop.kinds import KINDS, items
from workshop.kinds.few import LEAST, alike
from workshop.model import Group

SHARED_TENTHS = 6  # of ten in every group gave the same answer: what is called shared
DIFFER_TENTHS = 2  # of ten would have to change their answer: what is worth a talk
TIE = 1e-9  # what two equal distances may differ by in floating point

MARKS = ("circle", "square", "triangle", "diamond", "ring", "cross")  # how a group is drawn; always with its name

Said = NDArray[np.int16]  # answers x items: the place of the option that was said, -1 for none


def compare(
    kind: str, content: Any, responses: Sequence[Response], groups: Sequence[Group], k: int, seed: int
) -> Comparison | None:
    """The groups set side by side on what the kind names as its items.

    None where the kind names none, where there are fewer than two groups, where one of them has fewer than `k`
    answers, and where no item has `k` of each.
    """
    every = items(kind, content)
    if not every or len(groups) < 2:
        return None
    places = places_of(groups)
    given = [r for r in responses if r.value is not None and KINDS[kind].progress(content, r.value)[0] > 0]
    labels = np.array([group_of(places, response.perspective) for response in given], dtype=np.int8)
    counts = [KINDS[kind].count(content, response.value) for response in given]
    tables = any(response.size > 1 for response in given)
    return set_side_by_side(every, said(every, counts), labels, groups, tables=tables, k=k, seed=seed)


def said(items: Sequence[Item], counts: Sequence[Mapping[tuple[str, ...], int]]) -> Said:
    """What each answer says on each item, read off what it counts as."""
    where = {(*item.key, option.id): (i, o) for i, item in enumerate(items) for o, option in enumerate(item.options)}
    found = np.full((len(counts), len(items)), -1, dtype=np.int16)
    for answer, keys in enumerate(counts):
        for i, o in sorted((where[key] for key, n in keys.items() if n > 0 and key in where), reverse=True):
            found[answer, i] = o  # an item takes one option; of several the first stands
    return found


def set_side_by_side(
    items: Sequence[Item],
    said: Said,
    labels: NDArray[np.int8],
    groups: Sequence[Group],
    *,
    tables: bool,
    k: int,
    seed: int,
) -> Comparison | None:
    """The comparison of answers x items, each answer labelled with its group's number; None as in `compare`."""
    sizes = [int((labels == g).sum()) for g in range(len(groups))]
    tabled = [_table(item, said[:, i], labels, len(groups)) for i, item in enumerate(items)]
    enough = [i for i, table in enumerate(tabled) if table.sum(axis=1).min() >= k]
    if not enough:  # as where a group has fewer answers in all
        return None
    told = {i: _nearly(items[i], tabled[i], groups) for i in enough if items[i].sensitive}
    kept = [i for i in enough if told.get(i) is None]
    largest, exact = shuffled(said[:, kept], [len(items[i].options) for i in kept], sizes, seed)
    shared, differ, least = [], [], None
    for i in kept:
        apart = _apart(tabled[i])
        p = p_of(largest, apart.distance, exact=exact)
        least = p if least is None or p is None else min(least, p)
        first = _first_choice(tabled[i])
        if first is not None:
            shared.append(_row(items[i], tabled[i], first, apart, p))
        if apart.tenths >= DIFFER_TENTHS and (first is None or (p is not None and p < CHANCE)):
            differ.append(_row(items[i], tabled[i], apart.option, apart, p))
    shared.sort(key=lambda row: -min(share.part / share.n for share in row.shares))
    differ.sort(key=lambda row: -round(row.distance, 9))
    nearly = tuple(one for one in told.values() if one is not None)
    stand = tuple(Side(group, sizes[g], MARKS[g % len(MARKS)]) for g, group in enumerate(groups))
    return Comparison(
        groups=stand,
        compared=len(kept),
        left_out=len(items) - len(enough),
        shared=tuple(shared),
        differ=tuple(differ),
        nearly=nearly,
        p=least,
        exact=exact,
        shuffles=int(largest.size),
        tables=tables,
        k=k,
        pages=pages(stand, len(items) - len(enough), len(kept), shared, differ, nearly),
    )


def _table(item: Item, said: NDArray[np.int16], labels: NDArray[np.int8], groups: int) -> NDArray[np.int64]:
    """Answers by group and option."""
    table = np.zeros((groups, len(item.options)), dtype=np.int64)
    given = said >= 0
    np.add.at(table, (labels[given], said[given]), 1)
    return table


def _nearly(item: Item, table: NDArray[np.int64], groups: Sequence[Group]) -> Nearly | None:
    """What stands in a sensitive item's place where its numbers would tell what single people said."""
    small = [g for g in range(len(groups)) if table[g].sum() < LEAST]
    told = [g for g in small if alike(table[g].tolist())]
    if not told:
        return None
    if len(small) > 1:
        return Nearly(item, None, None)
    return Nearly(item, groups[told[0]], item.options[int(table[told[0]].argmax())])


@dataclass(frozen=True)
class _Apart:
    """How far the two groups furthest apart are on an item, and the option on which those two differ most."""

    distance: float
    tenths: int
    option: int


def _apart(table: NDArray[np.int64]) -> _Apart:
    n = table.sum(axis=1)
    furthest = _Apart(-1.0, 0, 0)
    for b in range(len(n)):
        for a in range(b):
            # All over n_a n_b, so that tenths are counted in whole numbers and 3 in 10 is never 2.9999.
            gaps = np.abs(table[a] * n[b] - table[b] * n[a])
            whole, sum_of_gaps = 2 * int(n[a] * n[b]), int(gaps.sum())
            if sum_of_gaps / whole > furthest.distance + TIE:
                furthest = _Apart(sum_of_gaps / whole, 10 * sum_of_gaps // whole, int(gaps.argmax()))
    return furthest


def _first_choice(table: NDArray[np.int64]) -> int | None:
    """The option that at least six in ten of every group chose, if there is one."""
    most = (10 * table >= SHARED_TENTHS * table.sum(axis=1, keepdims=True)).all(axis=0)
    return int(most.argmax()) if most.any() else None


def _row(item: Item, table: NDArray[np.int64], option: int, apart: _Apart, p: float | None) -> Row:
    cells = [(int(group[option]), int(group.sum())) for group in table]
    shares = tuple(Share(part, n, *wilson(part, n)) for part, n in cells)
    return Row(item, item.options[option], shares, apart.distance, apart.tenths, p, p is not None and p < CHANCE)
