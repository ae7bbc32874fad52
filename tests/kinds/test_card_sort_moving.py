"""What may be told of who moved a card: against everyone's knowledge of both whole-room tables."""

from collections import defaultdict
from itertools import combinations_with_replacement, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workshop.kinds.card_sort.moving import Flow, moves

PLACINGS = st.lists(
    st.tuples(st.sampled_from([None, 0, 1, 2]), st.sampled_from([None, 0, 1, 2]), st.integers(1, 3)), max_size=40
)


def both(*steps):
    """(pile before, pile now, answers of one person each)."""
    return [(start, end, 1) for start, end, n in steps for _ in range(n)]


# What is told


def test_of_a_room_that_sorted_twice_it_says_who_moved_and_who_kept_it():
    found = moves(both((0, 0, 6), (0, 1, 5), (1, 1, 7), (1, 0, 2)), 2, 5)
    assert (found.people, found.moved, found.exact) == (20, 7, True)
    assert (found.before, found.now) == ((11, 9), (8, 12))
    assert found.flows == (Flow(0, 1, 5), Flow(1, 0, 2))
    assert (found.votes_before, found.votes_now) == ((11, 9), (8, 12))


def test_a_table_moves_as_many_people_as_it_speaks_for():
    found = moves([*both((0, 0, 6), (1, 1, 6)), (0, 1, 6), (0, 1, 1)], 2, 5)
    assert (found.people, found.responses, found.moved) == (19, 14, 7)
    assert found.flows == (Flow(0, 1, 7),)
    assert (found.before, found.votes_before) == ((13, 6), (8, 6))


def test_of_fewer_than_k_who_placed_it_twice_nothing_is_told_but_the_tables():
    found = moves(both((0, 1, 4)), 2, 5)
    assert (found.told, found.flows, found.votes_now) == (False, (), ())
    assert (found.before, found.now) == ((4, 0), (0, 4))


@pytest.mark.parametrize(("alone", "exact"), [(0, True), (1, False), (4, False), (5, True)])
@pytest.mark.parametrize("side", ["before", "now"])
def test_who_moved_is_exact_unless_a_few_placed_the_card_only_once(alone, exact, side):
    once = (0, None, 1) if side == "before" else (None, 0, 1)
    found = moves([*both((0, 0, 6), (0, 1, 6), (1, 1, 8)), *[once] * alone], 2, 5)
    assert found.exact is exact
    assert bool(found.flows) is exact
    assert bool(found.votes_before) is exact
    assert found.least <= 6 <= found.most


@given(PLACINGS, st.randoms())
def test_the_order_of_the_answers_never_matters(placings, random):
    assert moves(random.sample(placings, len(placings)), 3, 5) == moves(placings, 3, 5)


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(1, 4)), min_size=5, max_size=20))
def test_a_table_of_n_counts_as_n_people_who_gave_its_answer(placings):
    people = [(start, end, 1) for start, end, size in placings for _ in range(size)]
    of_tables, of_people = moves(placings, 3, 5), moves(people, 3, 5)
    for name in ("before", "now", "people", "moved"):
        assert getattr(of_tables, name) == getattr(of_people, name)


# What an attacker learns of those who placed a card only once


@pytest.mark.parametrize("k", [2, 3, 4])
@pytest.mark.parametrize(("piles", "twice", "before", "now"), [(2, 6, 1, 0), (2, 5, 1, 1), (3, 4, 1, 0), (3, 4, 0, 1),
                                                               (3, 5, 1, 1), (2, 8, 2, 0), (3, 4, 2, 0)])  # fmt: skip
def test_with_all_that_is_told_those_few_may_have_said_whatever_the_tables_allow(piles, twice, before, now, k):
    """Goes through every room of this size and groups them by what everybody knows."""
    possible = defaultdict(set)  # by the two tables alone
    remaining = defaultdict(set)  # with what is told of who moved
    alone = [
        (first, last)
        for first in combinations_with_replacement(range(piles), before)
        for last in combinations_with_replacement(range(piles), now)
    ]
    for pairs in combinations_with_replacement(product(range(piles), repeat=2), twice):
        for first, last in alone:
            placings = [(start, end, 1) for start, end in pairs]
            placings += [(start, None, 1) for start in first] + [(None, end, 1) for end in last]
            told = moves(placings, piles, k)
            possible[told.before, told.now].add((first, last))
            remaining[told].add((first, last))
    few = any(0 < n < k for n in (before, now)) or twice < k
    assert few or k == 2
    if few:
        assert [told for told, could in remaining.items() if could != possible[told.before, told.now]] == []


def test_a_range_says_more_than_nothing_where_many_moved():
    found = moves([*both((0, 0, 10), (0, 1, 4), (1, 0, 4), (1, 1, 10)), (0, None, 1)], 2, 5)
    assert (found.least, found.most, found.people) == (5, 9, 28)


def test_a_range_begins_with_those_that_the_tables_show_by_themselves():
    found = moves([*both((0, 0, 10), (0, 1, 7), (1, 0, 2), (1, 1, 10), (2, 2, 9)), (0, None, 1)], 3, 5)
    assert (found.before, found.now) == ((18, 12, 9), (12, 17, 9))
    assert (found.least, found.most, found.exact) == (5, 9, False)  # five more are in pile 1; six fewer in pile 0


# Movements


@given(PLACINGS, st.integers(2, 6))
def test_a_movement_joins_groups_of_k_and_leaves_groups_of_k_and_never_a_single_answer(placings, k):
    found = moves(placings, 3, k)
    pairs = [(start, end) for start, end, _ in placings if start is not None and end is not None]
    for side, flows in ((0, {flow.start for flow in found.flows}), (1, {flow.end for flow in found.flows})):
        assert [pile for pile in flows if sum(pair[side] == pile for pair in pairs) < k] == []
    named = [pair for pair in pairs if pair in {(flow.start, flow.end) for flow in found.flows}]
    assert [flow for flow in found.flows if pairs.count((flow.start, flow.end)) < 2] == []
    if named:
        assert sum(start != end for start, end in pairs) - len(named) != 1


def test_piles_that_would_leave_a_few_are_not_spoken_of():
    # 12 began in pile 0 and two in pile 1: what the 12 said later would leave what the two said.
    assert moves(both((0, 0, 6), (0, 1, 6), (1, 1, 2)), 2, 5).flows == ()
    assert moves(both((0, 0, 6), (0, 1, 6), (1, 1, 5)), 2, 5).flows == (Flow(0, 1, 6),)


def test_a_single_answer_is_not_left_over_from_the_movements():
    assert moves(both((0, 0, 9), (0, 1, 4), (1, 0, 1), (1, 1, 9)), 2, 5).flows == ()
    assert moves(both((0, 0, 9), (0, 1, 4), (1, 0, 2), (1, 1, 9)), 2, 5).flows == (Flow(0, 1, 4), Flow(1, 0, 2))


# What moved most


@pytest.mark.parametrize(
    ("placings", "weight"),
    [
        (both((0, 0, 6), (0, 1, 5), (1, 0, 2)), 7),
        ([*both((0, 0, 6), (0, 1, 3), (1, 1, 5)), (0, None, 1)], 3),  # one pile lost four, the other won three
        (both((0, 1, 4)), 4),
        (both((0, 0, 9)), 0),
    ],
)
def test_weight_is_what_moved_as_far_as_it_is_public(placings, weight):
    assert moves(placings, 2, 5).weight == weight
