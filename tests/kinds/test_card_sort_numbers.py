"""The numbers of a sort against references written out by hand: over pairs of people, from the definitions."""

from itertools import combinations, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workshop.kinds.card_sort.agreement import agreement, alpha, category_agreement, closest, shares

VOTES = st.lists(st.integers(0, 9), min_size=2, max_size=6)
TABLE = st.integers(2, 5).flatmap(
    lambda piles: st.lists(st.lists(st.integers(0, 6), min_size=piles, max_size=piles), min_size=1, max_size=6)
)
SORTS = st.integers(1, 5).flatmap(
    lambda cards: st.lists(
        st.tuples(st.tuples(*[st.integers(0, 3)] * cards), st.integers(1, 4)), min_size=2, max_size=12
    )
)


def placements(votes):
    """One entry for everyone who placed the card: the pile."""
    return [pile for pile, n in enumerate(votes) for _ in range(n)]


# Agreement on a card (Fleiss)


@given(VOTES)
def test_agreement_is_the_share_of_pairs_of_people_that_agree(votes):
    pairs = list(combinations(placements(votes), 2))
    agreeing = [one == other for one, other in pairs]
    assert agreement(votes) == (pytest.approx(sum(agreeing) / len(pairs)) if pairs else None)


@given(VOTES, st.randoms())
def test_agreement_does_not_depend_on_the_order_of_the_piles(votes, random):
    assert agreement(random.sample(votes, len(votes))) == agreement(votes)


# Agreement over all cards (Krippendorff)


def alpha_by_pairs(cards):
    """1 - Do / De from ordered pairs of placements: within cards, each person's pairs weighing one; and over all."""
    met = [placements(votes) for votes in cards if sum(votes) > 1]
    everything = [pile for card in met for pile in card]
    n = len(everything)
    observed = sum(
        (one != other) / (len(card) - 1) for card in met for one, other in permutations(card, 2)
    ) / max(n, 1)  # fmt: skip
    expected = sum(one != other for one, other in permutations(everything, 2)) / max(n * (n - 1), 1)
    return 1 - observed / expected if expected else None


@given(TABLE)
def test_alpha_is_what_its_definition_by_pairs_gives(cards):
    expected = alpha_by_pairs(cards)
    assert alpha(cards) == (None if expected is None else pytest.approx(expected))


def test_alpha_is_that_of_krippendorffs_worked_example():
    # Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), C: nominal data with gaps, 12 units, 4 observers.
    units = ["111", "2232", "3333", "3333", "2222", "1234", "4444", "1121", "2222", "555", "11", "3"]
    assert round(alpha([[unit.count(name) for name in "12345"] for unit in units]), 3) == 0.743


@pytest.mark.parametrize("cards", [[[4, 0], [3, 0]], [[1, 0], [0, 1]], [[0, 0]]])
def test_alpha_says_nothing_where_nothing_could_disagree(cards):
    assert alpha(cards) is None


def test_alpha_is_one_where_every_card_has_one_pile():
    assert alpha([[4, 0], [0, 5]]) == 1.0


# Agreement on a pile (Spencer)


def test_category_agreement_is_that_of_spencers_worked_example():
    assert round(category_agreement(97, 12, 16), 2) == 0.51


def test_an_unused_pile_has_no_agreement():
    assert category_agreement(0, 0, 0) is None


# The typical sort


def distance(one, other):
    return sum(a != b for a, b in zip(one, other, strict=True))


def closest_by_brute_force(people):
    """Every person against every other."""
    means = [
        (sum(distance(sort, other) for n, other in enumerate(people) if n != at) / (len(people) - 1), sort)
        for at, sort in enumerate(people)
    ]
    mean, sort = min(means)
    return sort, mean


@given(SORTS)
def test_the_typical_sort_is_the_one_with_the_smallest_mean_distance_to_the_others(answers):
    people = [sort for sort, size in answers for _ in range(size)]
    sort, mean = closest([sort for sort, _ in answers], [size for _, size in answers])
    by_force, least = closest_by_brute_force(people)
    assert (sort, mean) == (by_force, pytest.approx(least))


@given(SORTS, st.randoms())
def test_the_typical_sort_does_not_depend_on_the_order_of_the_answers(answers, random):
    shuffled = random.sample(answers, len(answers))
    assert closest(*zip(*shuffled, strict=True)) == closest(*zip(*answers, strict=True))


def test_one_person_is_closest_to_nobody():
    assert closest([(0, 1)], [1]) is None


# Shares


@given(VOTES)
def test_shares_are_whole_percents_within_one_of_the_truth_that_fill_a_bar(votes):
    percents, whole = shares(votes), sum(votes)
    assert sum(percents) == (100 if whole else 0)
    assert [abs(percent - 100 * n / whole) < 1 for percent, n in zip(percents, votes, strict=True) if whole] == [
        True for _ in votes if whole
    ]


def test_thirds_fill_a_bar_too():
    assert shares([1, 1, 1]) == (34, 33, 33)
