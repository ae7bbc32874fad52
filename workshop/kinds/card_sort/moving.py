"""What moved between two sorts of one card, and what of it may be told. Pure.

Everybody knows both whole-room tables, and who left early or came late. So of one card this is kept back:

- Where one to k - 1 answers placed it only once, everything that rests on pairs would leave, taken from the tables,
  what those few said. Who moved is then told as a range, which is the same whatever those few said (`_range`).
- Where fewer than k answers placed it twice, nothing of them is told.
- A movement is what a group said later (or earlier), so both its piles must hold k answers of the pairs, and the piles
  that are not spoken of must together hold k or none. It is of two answers at least, and a single answer is never all
  that the named movements leave of those who moved.

What the two tables say by themselves is told always.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

FLOWS = 2  # movements named of a card
LEAST_FLOW = 2  # answers that a movement is made of

Placing = tuple[
    int | None, int | None, int
]  # one answer: the number of its pile before, now (None: not placed), people


@dataclass(frozen=True)
class Flow:
    """People who went from one pile to another, by the numbers of the piles."""

    start: int
    end: int
    people: int


@dataclass(frozen=True)
class Moves:
    """One card, before against now. `before` and `now` are the room's tables: people for each pile.

    Of the `people` who placed it both times `least` to `most` moved it. `exact`: these are the same, and what follows
    may be said; `votes_before` and `votes_now` are the answers of those people.
    """

    before: tuple[int, ...]
    now: tuple[int, ...]
    people: int
    responses: int
    least: int
    most: int
    exact: bool = False
    flows: tuple[Flow, ...] = ()
    votes_before: tuple[int, ...] = ()
    votes_now: tuple[int, ...] = ()

    @property
    def told(self) -> bool:
        """There is something to say of who moved."""
        return self.exact or self.least > 0 or self.most < self.people

    @property
    def moved(self) -> int:
        """People, where it is exact."""
        return self.least

    @property
    def weight(self) -> int:
        """People who moved it at least, as far as that is public."""
        return max(self.least, _sure(self.before, self.now, self.people))


def moves(placings: Iterable[Placing], piles: int, k: int) -> Moves:
    before, now = [0] * piles, [0] * piles
    once: list[list[int]] = [[], []]  # people of those who placed it before only, and now only
    pairs: list[tuple[int, int, int]] = []
    for start, end, size in placings:
        if start is not None:
            before[start] += size
        if end is not None:
            now[end] += size
        if start is not None and end is not None:
            pairs.append((start, end, size))
        elif start is not None or end is not None:
            once[end is not None].append(size)
    tables, people = (tuple(before), tuple(now)), sum(size for _, _, size in pairs)
    moved = sum(size for start, end, size in pairs if start != end)
    if len(pairs) < k:
        return Moves(*tables, people, len(pairs), 0, people)
    if any(0 < len(few) < k for few in once):
        return Moves(*tables, people, len(pairs), *_range(moved, people, *tables, k))
    votes = (Counter(start for start, _, _ in pairs), Counter(end for _, end, _ in pairs))
    return Moves(
        *tables,
        people,
        len(pairs),
        moved,
        moved,
        True,
        _flows(pairs, k),
        *(tuple(of[pile] for pile in range(piles)) for of in votes),
    )


def _sure(before: Sequence[int], now: Sequence[int], people: int) -> int:
    """The fewest movers that both tables leave possible: who is new in some pile and was in another before."""
    gained = sum(max(0, n - b) for b, n in zip(before, now, strict=True))
    return max(0, gained - (sum(now) - people))


def _range(moved: int, people: int, before: Sequence[int], now: Sequence[int], k: int) -> tuple[int, int]:
    """Between how many people moved, so that it says nothing about those who placed the card only once.

    Ranges are k wide. The first takes in the fewest movers that there can be whatever the others said, the last the
    most; tests/kinds/test_card_sort_moving.py goes through small rooms and finds each of their answers possible still.
    """
    once = sum(before) + sum(now) - 2 * people
    fewest = (sum(abs(b - n) for b, n in zip(before, now, strict=True)) + once) // 2
    many = people - max(0, max(b + n for b, n in zip(before, now, strict=True)) - people)
    starts = [_sure(before, now, people), *(start for start in range(k * (fewest // k + 1), many, k))]
    at = max(n for n, start in enumerate(starts) if start <= moved)
    return starts[at], starts[at + 1] - 1 if at + 1 < len(starts) else people


def _flows(pairs: Sequence[tuple[int, int, int]], k: int) -> tuple[Flow, ...]:
    """The largest movements that may be named."""
    starts, ends = _large((start for start, _, _ in pairs), k), _large((end for _, end, _ in pairs), k)
    answers = Counter((start, end) for start, end, _ in pairs if start != end)
    people: Counter[tuple[int, int]] = Counter()
    for start, end, size in pairs:
        people[start, end] += size
    named = [step for step, n in answers.items() if n >= LEAST_FLOW and step[0] in starts and step[1] in ends]
    named = sorted(named, key=lambda step: (-people[step], step))[:FLOWS]
    if answers.total() - sum(answers[step] for step in named) == 1:
        named = named[:-1]
    return tuple(Flow(*step, people[step]) for step in named)


def _large(placed: Iterable[int], k: int) -> set[int]:
    """Piles whose group may be spoken of: k answers or more, while those of all others are k or more, or none."""
    groups = Counter(placed)
    large = sorted((pile for pile, n in groups.items() if n >= k), key=lambda pile: (groups[pile], pile))
    while large and 0 < groups.total() - sum(groups[pile] for pile in large) < k:
        large.pop(0)
    return set(large)
