"""How easily shuffling alone makes groups differ as much as they do.

Shuffles which group each answer belongs to, a whole answer at a time, and takes the largest distance over
items and pairs of groups (Westfall & Young 1993, single step, which allows for looking at many items at once): p of a
row is the share of shuffles whose largest distance is at least the row's, and p of the comparison is its smallest.
With two groups and at most `MOST_SPLITS` ways to divide the answers all of them are gone through and p is exact;
three groups of the least size already have 34,650. Else p = (1 + hits) / (1 + shuffles) (Phipson & Smyth 2010). The
items are those that were compared, in every shuffle; where a shuffle leaves a group without an answer on one, its
distance there is 1, which errs towards chance. Below 4 against 4 there is no test: the smallest p there is .1.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations, islice
from math import comb

import numpy as np
from numpy.typing import NDArray

LEAST_TESTED = 4  # answers of the smallest group
CHANCE = 0.05  # the p under which shuffling does not explain a difference
MOST_SPLITS = 20_000
SHUFFLES = (4_999, 1_999, 999)  # fewer the larger the room: a wall does not wait for the third decimal of p
WORK = 300_000_000  # answers x options x shuffles up to which more shuffles are made (under 0.1 s on one core)
CHUNK = 400_000  # labels or counts held at a time, so that memory does not grow with the number of shuffles
TIE = 1e-9  # what two equal distances may differ by in floating point


def p_of(largest: NDArray[np.float64], distance: float, *, exact: bool) -> float | None:
    """How often shuffling alone gives a distance as large anywhere; None where nothing was shuffled."""
    if not largest.size:
        return None
    hits = int((largest >= distance - TIE).sum())
    return hits / largest.size if exact else (1 + hits) / (1 + largest.size)


def shuffled(
    said: NDArray[np.int16], options: Sequence[int], sizes: Sequence[int], seed: int
) -> tuple[NDArray[np.float64], bool]:
    """The largest distance of each shuffle, and whether these are all there are; none where there is no test.

    The order of the answers does not matter: they are sorted before anything is drawn.
    """
    if min(sizes) < LEAST_TESTED or not options:
        return np.empty(0), False
    answers = said[np.lexsort(said.T)]
    starts = np.cumsum([0, *options[:-1]])
    columns = np.zeros((len(answers), sum(options)), dtype=np.float32)  # counts below 2^24 are exact in it
    for i, start in enumerate(starts):
        given = answers[:, i] >= 0
        columns[given, start + answers[given, i]] = 1
    exact = len(sizes) == 2 and comb(len(answers), sizes[0]) <= MOST_SPLITS
    at_once = max(1, CHUNK // max(columns.shape))
    splits = _all_splits(sizes, at_once) if exact else _some_splits(sizes, _how_many(columns.size), at_once, seed)
    return np.concatenate([_largest(labels, columns, starts, len(sizes)) for labels in splits]), exact


def _how_many(cells: int) -> int:
    return next((shuffles for shuffles in SHUFFLES if shuffles * cells <= WORK), SHUFFLES[-1])


def _all_splits(sizes: Sequence[int], at_once: int) -> Iterator[NDArray[np.int8]]:
    """Every way to divide the answers between two groups of these sizes, as rows of labels."""
    every = combinations(range(sum(sizes)), sizes[0])
    while chosen := list(islice(every, at_once)):
        labels = np.ones((len(chosen), sum(sizes)), dtype=np.int8)
        np.put_along_axis(labels, np.array(chosen), 0, axis=1)
        yield labels


def _some_splits(sizes: Sequence[int], shuffles: int, at_once: int, seed: int) -> Iterator[NDArray[np.int8]]:
    """So many random ones."""
    random = np.random.default_rng(seed)
    labels = np.repeat(np.arange(len(sizes), dtype=np.int8), sizes)
    for done in range(0, shuffles, at_once):
        yield random.permuted(np.tile(labels, (min(at_once, shuffles - done), 1)), axis=1)


def _largest(
    labels: NDArray[np.int8], columns: NDArray[np.float32], starts: NDArray[np.int64], groups: int
) -> NDArray[np.float64]:
    """Of each row of labels, the largest total variation over items and pairs of groups."""
    counts = [((labels == g).astype(np.float32) @ columns).astype(np.float64) for g in range(groups - 1)]
    counts.append(columns.sum(axis=0, dtype=np.float64) - sum(counts))
    widths = np.diff([*starts, columns.shape[1]])
    totals = [np.add.reduceat(count, starts, axis=1) for count in counts]
    shares = [c / np.repeat(np.maximum(n, 1), widths, axis=1) for c, n in zip(counts, totals, strict=True)]
    largest = np.zeros(len(labels))
    for b in range(groups):
        for a in range(b):
            apart = np.add.reduceat(np.abs(shares[a] - shares[b]), starts, axis=1) / 2
            apart[(totals[a] == 0) | (totals[b] == 0)] = 1
            np.maximum(largest, apart.max(axis=1), out=largest)
    return largest
