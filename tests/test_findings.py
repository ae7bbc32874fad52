"""Which sentences are picked for the first page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workshop.findings import WORTH_SAYING, of_exercise, pick
from workshop.gathered import Finding, Sentence, Sure


def finding(weight: float, *items: str, tells: str = "home") -> Finding:
    return Finding("1", Sentence("said"), Sure("sure"), tells, items, weight)


def test_the_heaviest_of_each_exercise_come_before_a_second_of_any():
    heavy, second, light = finding(0.9, "a"), finding(0.8, "b"), finding(0.5, "c")
    assert pick([("sort", heavy), ("sort", second), ("map", light)], 2) == (("sort", heavy), ("map", light))
    assert pick([("sort", heavy), ("sort", second), ("map", light)], 3)[2] == ("sort", second)


def test_what_is_not_worth_saying_does_not_go_before_a_second_one():
    heavy, second, dull = finding(0.9, "a"), finding(0.8, "b"), finding(WORTH_SAYING - 0.01, "c")
    assert [one for one, _ in pick([("sort", heavy), ("sort", second), ("notes", dull)], 3)] == [
        "sort",
        "sort",
        "notes",
    ]


def test_two_about_one_item_are_never_picked_even_from_two_exercises():
    heavy, same, other = finding(0.9, "a"), finding(0.8, "x", "a"), finding(0.1)
    assert pick([("sort", heavy), ("again", same), ("notes", other)], 3) == (("sort", heavy), ("notes", other))


def test_another_sort_of_sentence_goes_before_a_slightly_heavier_one_of_the_same():
    home, again, split = finding(0.9, "a"), finding(0.8, "b"), finding(0.75, "c", tells="split")
    assert pick([("x", home), ("y", again), ("z", split)], 2) == (("x", home), ("z", split))
    much = finding(0.96, "d")
    assert pick([("x", home), ("y", much), ("z", split)], 2) == (("y", much), ("z", split))
    assert pick([("x", home), ("y", finding(0.9, "d")), ("z", finding(0.6, tells="split"))], 2)[1][0] == "y"


def test_of_equals_the_first_is_picked_and_of_nothing_nothing():
    one, other = finding(0.5, "a"), finding(0.5, "b")
    assert pick([("x", one), ("y", other)], 1) == (("x", one),)
    assert pick([], 3) == ()
    assert pick([("x", one)], 0) == ()


some = st.builds(
    lambda weight, items, tells: finding(weight, *items, tells=tells),
    st.floats(0, 1),
    st.lists(st.sampled_from("abcd"), max_size=2),
    st.sampled_from(["home", "split", "top"]),
)


@given(st.lists(st.tuples(st.sampled_from(["x", "y", "z"]), some), max_size=9), st.integers(0, 5))
def test_as_many_are_picked_as_there_are_items_for_and_no_item_twice(found, most):
    picked = pick(found, most)
    items = [item for _, one in picked for item in set(one.items)]
    assert len(items) == len(set(items))
    assert len(picked) <= most
    left = [pair for pair in found if not any(pair is one for one in picked)]
    if len(picked) < most:
        assert all(set(one.items) & set(items) for _, one in left)


@pytest.mark.parametrize("kind", ["info"])
def test_what_asks_nothing_bears_nothing_out(kind):
    assert of_exercise(kind, None, None, None) == ()
