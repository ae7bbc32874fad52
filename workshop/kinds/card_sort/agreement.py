"""Numbers about a closed sort: agreement on a card, over all cards and on a pile, and the sort closest to all others.

`votes` are one card's placements, a number for each pile.
"""

from collections import Counter
from collections.abc import Sequence


def agreement(votes: Sequence[int]) -> float | None:
    """P_i: the chance that two random placements of the card are in one pile (Fleiss 1971); None below two."""
    n = sum(votes)
    return sum(v * (v - 1) for v in votes) / (n * (n - 1)) if n > 1 else None


def alpha(cards: Sequence[Sequence[int]]) -> float | None:
    """Krippendorff's alpha for names: 1 - observed / expected disagreement over all cards' votes (Krippendorff 1970).

    Takes skipped cards as they come. None where nothing could disagree: one pile holds everything, or nobody met.
    """
    met = [votes for votes in cards if sum(votes) > 1]
    piles: list[int] = [sum(column) for column in zip(*met, strict=True)]
    n = sum(piles)
    expected = n * n - sum(v * v for v in piles)
    if not expected:
        return None
    observed = sum((sum(votes) * sum(votes) - sum(v * v for v in votes)) / (sum(votes) - 1) for votes in met)
    return 1 - (n - 1) * observed / expected


def category_agreement(placements: int, cards: int, people: int) -> float | None:
    """How alike people filled a pile: placements of the distinct cards times people that could have been (Spencer)."""
    return placements / (cards * people) if cards and people else None


def closest(sorts: Sequence[tuple[int, ...]], sizes: Sequence[int]) -> tuple[tuple[int, ...], float] | None:
    """The sort that is nearest to all others, and how many cards the others put elsewhere on average (the medoid).

    A sort is the number of a pile for every card; `sizes` are the people behind each. Distance is the number of cards
    placed otherwise, taken from each card's counts, so this costs people times cards. Of several nearest, the one whose
    cards stand in earlier piles. None for fewer than two people.
    """
    people = sum(sizes)
    if people < 2:
        return None
    placed = [Counter[int]() for _ in sorts[0]]
    for sort, size in zip(sorts, sizes, strict=True):
        for card, pile in zip(placed, sort, strict=True):
            card[pile] += size
    elsewhere = {sort: sum(people - card[pile] for card, pile in zip(placed, sort, strict=True)) for sort in set(sorts)}
    nearest = min(elsewhere, key=lambda sort: (elsewhere[sort], sort))
    return nearest, elsewhere[nearest] / (people - 1)


def shares(parts: Sequence[int]) -> tuple[int, ...]:
    """Whole percents that add up to 100: what is left over goes to the largest remainders. All 0 of nothing."""
    whole = sum(parts)
    if not whole:
        return tuple(0 for _ in parts)
    percents = [100 * part // whole for part in parts]
    by_remainder = sorted(range(len(parts)), key=lambda n: -(100 * parts[n] % whole))
    for n in by_remainder[: 100 - sum(percents)]:
        percents[n] += 1
    return tuple(percents)
