"""Perspectives side by side: checked against scipy and brute force, and attacked."""

import logging
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations, product
from random import Random
from typing import Any

import html5lib
import numpy as np
import pytest
from flask import render_template
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tests.kinds.room import content, counted
from tests.kinds.telling import told
from workshop.certainty import wilson
from workshop.compare import Comparison, compare, findings, fixed_groups, parts, said, set_side_by_side
from workshop.compare.wall import PAGES, ROWS_A_PAGE
from workshop.config import ROOT
from workshop.exports import pdf
from workshop.gathered import Counts, Item, Option, Response, Turnout
from workshop.kinds import KINDS
from workshop.model import Group, Perspective
from workshop.text import Text

K = 5


def text(words: str) -> Text:
    return Text(cy=f"{words} (cy)", en=words)


def perspective(id: str, own: bool = False) -> Perspective:
    return Perspective(id=id, title=text(id.title()), own=own)


COUNCILLOR, OFFICER, COMMUNITY = perspective("councillor", own=True), perspective("officer"), perspective("community")
ALL = (COUNCILLOR, OFFICER, COMMUNITY)


def group(*perspectives: str | None, others: bool = False, own: bool | None = False) -> Group:
    return Group(perspectives, text(str(perspectives[0]).title()), others, own)


A, B, C = group("a"), group("b"), group("c", None)


def item(id: str, options: Sequence[str] = ("x", "y", "z"), sensitive: bool = False) -> Item:
    return Item(("said", id), text(f"Item {id}"), tuple(Option(one, text(one)) for one in options), sensitive)


def side_by_side(
    *rooms: Sequence[Sequence[str | None]], sensitive: bool = False, options: str = "xyz", k: int = K, seed: int = 1
) -> Comparison | None:
    """Groups of answers, an answer being what it says on each item; None where it says nothing."""
    answers = [one for room in rooms for one in room]
    labels = np.repeat(np.arange(len(rooms), dtype=np.int8), [len(room) for room in rooms])
    items = [item(str(i), options, sensitive) for i in range(len(answers[0]))]
    counts = [{("said", str(i), one): 1 for i, one in enumerate(answer) if one} for answer in answers]
    return set_side_by_side(items, said(items, counts), labels, (A, B, C)[: len(rooms)], tables=False, k=k, seed=seed)


def on_one_item(*rooms: str, **more: Any) -> Comparison | None:
    """The same for one item: each group is a word, a letter an answer."""
    return side_by_side(*[[(letter,) for letter in room] for room in rooms], **more)


def shares(comparison: Comparison | None, rows: str) -> list[tuple[str, str, list[tuple[int, int]]]]:
    """Item, option, and part of n for each group."""
    return [
        (row.item.key[1], row.option.id, [(share.part, share.n) for share in row.shares])
        for row in getattr(comparison, rows)
    ]


# Who stands with whom


def test_who_has_enough_phones_stands_alone_and_the_rest_stands_last():
    assert fixed_groups(ALL, {"councillor": 5, "officer": 9, "community": 4, None: 1}, K) == (
        Group(("councillor",), COUNCILLOR.title, own=True),
        Group(("officer",), OFFICER.title, own=False),
        Group(("community", None), None, others=True, own=False),
    )


def test_a_rest_that_is_too_small_goes_to_the_smallest_group_that_does_not_answer_for_itself():
    assert fixed_groups(ALL, {"councillor": 5, "officer": 9, "community": 7, None: 4}, K) == (
        Group(("councillor",), COUNCILLOR.title, own=True),
        Group(("officer",), OFFICER.title, own=False),
        Group(("community", None), COMMUNITY.title, others=True, own=False),
    )


def test_even_an_empty_rest_has_a_place_for_who_comes_late():
    assert fixed_groups((COUNCILLOR, OFFICER), {"councillor": 5, "officer": 50}, K) == (
        Group(("councillor",), COUNCILLOR.title, own=True),
        Group(("officer", None), OFFICER.title, others=True, own=False),
    )


def test_among_groups_that_all_answer_for_themselves_the_smallest_takes_the_rest_in_and_is_mixed():
    town = perspective("town", own=True)
    assert fixed_groups((COUNCILLOR, town), {"councillor": 8, "town": 7, None: 2}, K) == (
        Group(("councillor",), COUNCILLOR.title, own=True),
        Group(("town", None), town.title, others=True, own=None),
    )


def test_of_two_groups_of_one_size_the_first_in_the_workshop_takes_the_rest_in():
    found = fixed_groups(ALL, {"councillor": 5, "officer": 6, "community": 6}, K)
    assert [one.perspectives for one in found] == [("councillor",), ("officer", None), ("community",)]


def test_a_rest_that_takes_in_who_answers_for_themselves_is_mixed():
    found = fixed_groups(ALL, {"councillor": 3, "officer": 6, "community": 2}, K)
    assert [(one.perspectives, one.own) for one in found] == [
        (("officer",), False),
        (("councillor", "community", None), None),
    ]


@pytest.mark.parametrize("phones", [{}, {"officer": 30}, {"officer": 30, None: 4}, {None: 30}, {"councillor": 4}])
def test_where_fewer_than_two_groups_are_left_there_is_only_the_whole_room(phones):
    assert fixed_groups(ALL, phones, K) == ()


IDS = ("a", "b", "c", "d", "e")
rooms_of_phones = st.dictionaries(st.sampled_from([*IDS, "gone", None]), st.integers(0, 14), max_size=7)
workshops = st.lists(
    st.builds(perspective, st.sampled_from(IDS), st.booleans()), unique_by=lambda one: one.id, max_size=5
)


@given(workshops, rooms_of_phones, st.integers(1, 10))
def test_groups_are_a_partition_of_whoever_may_join_and_each_is_large_enough(perspectives, phones, k):
    groups = fixed_groups(perspectives, phones, k)
    members = [member for one in groups for member in one.perspectives]
    everyone = {None, *(one.id for one in perspectives), *phones}
    assert len(groups) != 1
    assert members == [] or Counter(members) == Counter(everyone)
    assert [one for one in groups if sum(phones.get(member, 0) for member in one.perspectives) < k] == []


@given(workshops, rooms_of_phones, st.integers(1, 10))
def test_a_group_says_truly_whether_it_answers_for_itself_and_whether_others_are_in_it(perspectives, phones, k):
    own = {one.id for one in perspectives if one.own}
    for one in fixed_groups(perspectives, phones, k):
        answers = {member in own for member in one.perspectives}
        assert {one.own} == answers if len(answers) == 1 else one.own is None
        assert one.others == (None in one.perspectives)


# What each group gathered


def gathered(n: int, pile: str = "organiser") -> tuple[Counts, Turnout]:
    return counted("card_sort", content("card_sort"), [{"placed": {"c1": pile}}] * n)


def test_a_part_is_the_sum_of_its_perspectives():
    by_perspective = {"a": gathered(5), "c": gathered(3), None: gathered(2, "sponsor"), "b": gathered(6)}
    found = parts((A, B, C), by_perspective, K)
    assert [one.group for one in found] == [A, B, C]
    assert [one.turnout.responses for one in found] == [5, 6, 5]
    assert found[2].counts.responses == {("placed", "c1", "organiser"): 3, ("placed", "c1", "sponsor"): 2}


def test_parts_are_shown_for_all_groups_or_for_none():
    assert parts((A, C), {"a": gathered(5), "c": gathered(4)}, K) == ()
    assert parts((A, C), {"a": gathered(5)}, K) == ()
    assert len(parts((A, C), {"a": gathered(5), "c": gathered(4), None: gathered(1)}, K)) == 2


def test_without_two_groups_there_are_no_parts():
    assert parts((), {"a": gathered(50)}, K) == ()
    assert parts((C,), {"c": gathered(50)}, K) == ()


def test_a_perspective_that_no_group_names_counts_with_those_who_gave_none():
    found = parts((A, C), {"a": gathered(5), "c": gathered(4), "gone": gathered(1)}, K)
    assert [one.turnout.responses for one in found] == [5, 5]


@given(st.dictionaries(st.sampled_from(["a", "b", "c", None]), st.integers(0, 9)), st.integers(1, 6))
def test_parts_add_up_to_the_whole_room(sizes, k):
    by_perspective = {one: gathered(n) for one, n in sizes.items()}
    found = parts((A, B, C), by_perspective, k)
    if found:
        whole, turnout = gathered(sum(sizes.values()))
        assert sum((one.counts for one in found), Counts()) == whole
        for field in ("people", "responses", "finished"):
            assert sum(getattr(one.turnout, field) for one in found) == getattr(turnout, field)
        assert min(one.turnout.responses for one in found) >= k


# How far apart


def total_variation(one: Sequence[str], other: Sequence[str]) -> Fraction:
    """Half the sum of the differences between shares, exactly."""
    return (
        sum((abs(Fraction(one.count(x), len(one)) - Fraction(other.count(x), len(other))) for x in "xyz"), Fraction())
        / 2
    )


answers_of_groups = st.lists(st.text("xyz", min_size=4, max_size=12), min_size=2, max_size=3)


@settings(max_examples=60)
@given(answers_of_groups)
def test_distance_is_the_total_variation_of_the_two_groups_furthest_apart(rooms):
    furthest = max(total_variation(one, other) for one, other in combinations(rooms, 2))
    comparison = on_one_item(*rooms, k=4)
    assert comparison is not None
    for row in (*comparison.shared, *comparison.differ):
        assert row.distance == pytest.approx(float(furthest), abs=1e-12)
        assert row.tenths == int(10 * furthest)
    if furthest < Fraction(2, 10):
        assert comparison.differ == ()
    elif not comparison.shared:
        assert len(comparison.differ) == 1


def test_three_in_ten_is_three_in_ten_in_spite_of_floating_point():
    assert on_one_item("xxxxxyyyyy", "xxyyyyyyyy").differ[0].tenths == 3


@settings(max_examples=60)
@given(answers_of_groups)
def test_the_option_that_is_drawn_is_where_the_furthest_two_differ_most(rooms):
    comparison = on_one_item(*rooms, k=4)
    assert comparison is not None
    for row in comparison.differ:
        drawn = [Fraction(share.part, share.n) for share in row.shares]
        gaps = [
            max(abs(Fraction(one.count(x), len(one)) - Fraction(other.count(x), len(other))) for x in "xyz")
            for one, other in combinations(rooms, 2)
            if total_variation(one, other) == row.distance or abs(total_variation(one, other) - row.distance) < 1e-9
        ]
        assert max(drawn) - min(drawn) >= min(gaps)
        assert [share.part for share in row.shares] == [one.count(row.option.id) for one in rooms]


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_intervals_are_those_of_wilson(of):
    part, n = of
    expected = stats.binomtest(part, n).proportion_ci(method="wilson")
    assert wilson(part, n) == pytest.approx((expected.low, expected.high), abs=1e-6)


def test_each_share_carries_its_interval():
    [row] = on_one_item("xxxxxxxyyy", "xxxyyyyyyy").differ
    assert [(share.low, share.high) for share in row.shares] == [wilson(share.part, share.n) for share in row.shares]


# What is shared, and what is not


def test_shared_is_what_six_in_ten_of_every_group_chose():
    assert shares(on_one_item("xxxyy", "xxxyz"), "shared") == [("0", "x", [(3, 5), (3, 5)])]
    assert shares(on_one_item("xxxyy", "xxyyz"), "shared") == []
    assert shares(on_one_item("xxxxx", "yyyyy"), "shared") == []
    assert shares(on_one_item("xxxxx", "xxxxx", "xxyyz"), "shared") == []


def test_what_is_shared_most_by_the_group_that_shares_it_least_comes_first():
    one = ["xxx", "xxx", "xxx", "xxx", "xyx"]
    other = ["xxx", "xxx", "xxx", "yxx", "yyx"]
    assert [row.item.key[1] for row in side_by_side(one, other).shared] == ["2", "1", "0"]


def test_what_differs_most_comes_first():
    one = ["yxx", "yxx", "yxx", "yxx", "yxx"]
    other = ["yzz", "yzz", "yzz", "yyz", "yxz"]
    assert [row.item.key[1] for row in side_by_side(one, other).differ] == ["2", "1"]


def test_what_is_shared_stands_among_the_differences_only_where_shuffling_does_not_explain_it():
    likely = on_one_item("xxxxx", "xxxyy")
    unlikely = on_one_item("x" * 60, "x" * 40 + "y" * 20)
    assert (len(likely.shared), len(likely.differ)) == (1, 0)
    assert (len(unlikely.shared), len(unlikely.differ)) == (1, 1)
    assert unlikely.differ[0].flagged


# Chance


def by_hand(*rooms: Sequence[Sequence[str]]) -> Fraction:
    """Exact p of two groups: every way to deal the whole answers out again, the largest distance of any item."""

    def largest(one: Sequence[Sequence[str]], other: Sequence[Sequence[str]]) -> Fraction:
        return max(total_variation([a[i] for a in one], [b[i] for b in other]) for i in range(len(one[0])))

    answers, first = [*rooms[0], *rooms[1]], len(rooms[0])
    observed = largest(*rooms)
    hits = total = 0
    for chosen in combinations(range(len(answers)), first):
        rest = [answers[n] for n in range(len(answers)) if n not in chosen]
        hits += largest([answers[n] for n in chosen], rest) >= observed
        total += 1
    return Fraction(hits, total)


@settings(max_examples=25)
@given(
    st.sampled_from([4, 5]).flatmap(
        lambda n: st.tuples(*[st.lists(st.text("xyz", min_size=2, max_size=2), min_size=n, max_size=n)] * 2)
    )
)
def test_few_answers_are_tested_exactly(rooms):
    comparison = side_by_side(*rooms, k=4)
    assert comparison.exact
    assert comparison.p == pytest.approx(float(by_hand(*rooms)), abs=1e-12)


def test_the_exact_test_is_that_of_scipy():
    rooms = ("xxxxy", "xyyyyy")

    def distance(one: Any, other: Any, axis: int) -> Any:
        return np.abs(np.mean(one, axis=axis) - np.mean(other, axis=axis))

    expected = stats.permutation_test(
        [np.array([letter == "x" for letter in room], float) for room in rooms],
        distance,
        vectorized=True,
        n_resamples=np.inf,
        alternative="greater",
    )
    comparison = on_one_item(*rooms, options="xy")
    assert (comparison.exact, comparison.shuffles) == (True, 462)
    assert comparison.p == pytest.approx(expected.pvalue, abs=1e-12)


def test_the_smallest_p_takes_in_that_either_group_could_have_been_either():
    assert on_one_item("xxxxx", "yyyyy").p == 2 / 252
    assert on_one_item("xxxx", "yyyy", k=4).p == 2 / 70


def test_below_four_against_four_there_is_no_test():
    comparison = on_one_item("xxx", "yyyyyyyy", k=3)
    assert (comparison.p, comparison.exact, comparison.shuffles) == (None, False, 0)
    assert [(row.tenths, row.p, row.flagged) for row in comparison.differ] == [(10, None, False)]


def test_more_answers_are_shuffled_at_random_and_the_same_seed_finds_the_same():
    rooms = ("xxxxxxyyyy", "xxxyyyyyyy")
    one, again, other = (on_one_item(*rooms, options="xy", seed=seed) for seed in (1, 1, 2))
    assert (one.exact, one.shuffles) == (False, 4999)
    assert one == again
    assert one.p != other.p
    expected = 2 * stats.hypergeom(20, 9, 10).cdf(3)  # at most 3 of the 9 x in one group or in the other
    assert abs(one.p - expected) < 4 * (expected * (1 - expected) / 4999) ** 0.5


def test_three_groups_are_tested_by_the_pair_furthest_apart():
    apart = on_one_item("x" * 20, "x" * 20, "y" * 20)
    alike = on_one_item("xy" * 10, "xy" * 10, "yx" * 10)
    assert apart.p == 1 / 5000  # no shuffle came near
    assert alike.p == 1


def test_many_items_that_differ_a_little_by_chance_are_not_taken_for_a_difference():
    random = Random(4)
    rooms = [[[random.choice("xyz") for _ in range(24)] for _ in range(12)] for _ in range(2)]
    comparison = side_by_side(*rooms)
    assert comparison.differ != ()
    assert not comparison.beyond_chance
    assert [row for row in comparison.differ if row.flagged] == []


def test_only_the_rows_that_shuffling_does_not_explain_are_flagged():
    random = Random(5)
    rooms = [[[random.choice("xyz") for _ in range(8)] + [mine] for _ in range(12)] for mine in "xy"]
    comparison = side_by_side(*rooms)
    assert comparison.beyond_chance
    assert [row.item.key[1] for row in comparison.differ if row.flagged] == ["8"]
    assert len(comparison.differ) > 1


def test_a_large_room_is_shuffled_less_often():
    random = Random(6)
    rooms = [[[random.choice("xyz") for _ in range(40)] for _ in range(600)] for _ in range(2)]
    assert side_by_side(*rooms).shuffles == 1999


def test_a_shuffle_that_leaves_a_group_without_an_answer_errs_towards_chance():
    """Of 12,870 ways to deal, 2 x 70 part x from y, and in 2 all eight who spoke sit together."""
    assert side_by_side(*[[(letter,)] * 4 + [(None,)] * 4 for letter in "xy"], k=4).p == 142 / 12870


@settings(max_examples=40)
@given(st.lists(st.text("xyz", min_size=3, max_size=3), min_size=5, max_size=12), st.integers(2, 3))
def test_groups_that_say_the_same_are_never_flagged(room, groups):
    comparison = side_by_side(*[room] * groups)
    assert comparison.p == 1
    assert comparison.differ == ()
    assert [row for row in comparison.shared if row.flagged] == []


# Whole answers, from the kind


CARDS = content("card_sort")
SORTS = st.dictionaries(st.sampled_from(["c0", "c1", "c2"]), st.sampled_from(["organiser", "sponsor", "none"]))
ANSWERS = st.lists(
    st.tuples(SORTS, st.sampled_from(["a", "b", "c", "gone", None]), st.integers(1, 6)), min_size=12, max_size=30
)


def sort(placed: dict[str, str], perspective: str | None, size: int = 1) -> Response:
    return Response(KINDS["card_sort"].read(CARDS, {"placed": placed}), size=size, perspective=perspective)


def of_sorts(responses: Sequence[Response], groups: Sequence[Group] = (A, C), k: int = 4) -> Comparison | None:
    return compare("card_sort", CARDS, responses, groups, k, seed=1)


def several(n: int, perspective: str | None, size: int = 1, **placed: str) -> list[Response]:
    return [sort(placed, perspective, size)] * n


@settings(max_examples=60)
@given(ANSWERS, st.randoms(use_true_random=False))
def test_the_order_in_which_answers_came_does_not_matter(answers, random):
    responses = [sort(*one) for one in answers]
    shuffled = random.sample(responses, len(responses))
    assert of_sorts(responses, (A, B, C), k=2) == of_sorts(shuffled, (A, B, C), k=2)


@settings(max_examples=60)
@given(ANSWERS)
def test_a_table_is_one_answer_however_many_people_it_speaks_for(answers):
    tables = of_sorts([sort(*one) for one in answers], (A, B, C), k=2)
    alone = of_sorts([sort(placed, perspective) for placed, perspective, _ in answers], (A, B, C), k=2)
    assert (tables is None) == (alone is None)
    if tables is not None and alone is not None:
        assert vars(tables) | {"tables": False} == vars(alone)


@settings(max_examples=60)
@given(ANSWERS)
def test_the_groups_add_up_to_the_whole_room(answers):
    comparison = of_sorts([sort(*one) for one in answers], (A, B, C), k=2)
    if comparison is not None:
        assert sum(side.n for side in comparison.groups) == sum(1 for placed, _, _ in answers if placed)
        for row in (*comparison.shared, *comparison.differ):
            card = row.item.key[1]
            whole = Counter(placed[card] for placed, _, _ in answers if card in placed)
            assert sum(share.part for share in row.shares) == whole[row.option.id]
            assert sum(share.n for share in row.shares) == whole.total()


def test_who_answered_nothing_is_not_counted():
    responses = [*several(5, "a", c1="organiser"), *several(5, "c", c1="sponsor"), *several(9, "a")]
    comparison = of_sorts([*responses, Response(None, perspective="a")])
    assert [side.n for side in comparison.groups] == [5, 5]


def test_a_kind_with_nothing_to_set_side_by_side_has_no_comparison():
    notes = content("notes")
    value = KINDS["notes"].read(notes, KINDS["notes"].SAMPLE.responses[0])
    assert compare("notes", notes, [Response(value, perspective=p) for p in "ac" * 9], (A, C), K, seed=1) is None


# Nothing can be worked back


def test_a_group_that_is_too_small_shows_in_no_output():
    responses = [*several(4, "a", c1="organiser"), *several(30, "c", c1="sponsor")]
    by_perspective = {"a": gathered(4), "c": gathered(30, "sponsor")}
    assert of_sorts(responses, k=K) is None
    assert parts((A, C), by_perspective, K) == ()


@given(st.integers(0, 7), st.integers(0, 7), st.integers(0, 7), st.integers(1, 6))
def test_groups_are_shown_side_by_side_exactly_where_their_parts_are(a, b, c, k):
    sizes = {"a": a, "b": b, "c": c}
    responses = [one for name, n in sizes.items() for one in several(n, name, c1="organiser")]
    found = parts((A, B, C), {name: gathered(n) for name, n in sizes.items()}, k)
    assert (of_sorts(responses, (A, B, C), k) is None) == (found == ())


def test_fewer_than_two_groups_are_not_compared():
    responses = several(30, "c", c1="organiser")
    assert of_sorts(responses, ()) is None
    assert of_sorts(responses, (C,)) is None


def test_an_item_on_which_one_group_gave_too_few_answers_is_left_out_for_all():
    both = several(4, "a", c1="organiser", c2="organiser")
    comparison = of_sorts([*both, *several(1, "a", c1="organiser"), *several(9, "c", c1="sponsor", c2="sponsor")], k=K)
    assert shares(comparison, "differ") == [("c1", "organiser", [(5, 5), (0, 9)])]
    assert (comparison.compared, comparison.left_out) == (1, 9)


def test_where_no_item_has_enough_of_every_group_there_is_no_comparison():
    assert of_sorts([*several(9, "a", c1="organiser"), *several(9, "c", c2="sponsor")], k=K) is None


def test_a_sensitive_item_on_which_a_small_group_is_nearly_of_one_mind_has_no_numbers():
    for room in ("xxxxxx", "xxxxxy", "xxxxyy"):
        comparison = on_one_item(room, "xxxxxyyyyy", sensitive=True)
        [nearly] = comparison.nearly
        assert (nearly.item.key, nearly.group, nearly.option.id) == (("said", "0"), A, "x")
        assert (comparison.shared, comparison.differ, comparison.p, comparison.compared) == ((), (), None, 0)
    assert on_one_item("xxxyyy", "xxxxxyyyyy", sensitive=True).nearly == ()


def test_which_of_several_small_groups_is_nearly_of_one_mind_is_not_said():
    [nearly] = on_one_item("xxxxxx", "xxxyyyy", sensitive=True).nearly
    assert (nearly.group, nearly.option) == (None, None)


def test_ten_may_be_of_one_mind_and_so_may_any_group_where_nothing_is_sensitive():
    assert on_one_item("x" * 10, "y" * 10, sensitive=True).nearly == ()
    assert on_one_item("xxxxx", "yyyyy").nearly == ()


def test_what_a_sensitive_item_hides_changes_nothing_beside_it():
    """Whether the small group is of one mind or nearly so can be read off no distance, order or p."""
    open_items = ["xy", "xz", "yy", "xz", "zy", "xz"]
    rest = ["x" + one for one in ("xy", "yz", "zy", "xx", "yz", "zz", "xy", "yy", "zx", "xy")]

    def comparison(hidden: str) -> Comparison | None:
        answers = [*(h + o for h, o in zip(hidden, open_items, strict=True)), *rest]
        items = [item("0", sensitive=True), item("1"), item("2")]
        counts = [{("said", str(i), letter): 1 for i, letter in enumerate(answer)} for answer in answers]
        labels = np.array([0] * 6 + [1] * 10, dtype=np.int8)
        return set_side_by_side(items, said(items, counts), labels, (A, C), tables=False, k=K, seed=1)

    assert comparison("yyyyyy") == comparison("yyyyyz") == comparison("zyyyyy")
    assert comparison("yyyyyy").nearly != ()


@pytest.mark.parametrize(
    ("sizes", "options"),
    [((3, 3), "xyz"), ((2, 3), "xyz"), ((3, 10), "xyz"), ((3, 9), "xy"), ((3, 3, 3), "xy"), ((2, 3, 10), "xy")],
    ids=str,
)
def test_no_attacker_can_tell_that_a_small_group_was_of_one_mind(sizes, options):
    """Every room there can be of these groups, sorted by all that is public: the whole room's counts and this picture.

    Wherever a small group is of one mind on a sensitive item, another room must look the same in which it is not,
    unless the whole room is of one mind, which the whole room's picture says.
    """

    def splits(n: int) -> list[tuple[int, ...]]:
        return [cut for cut in product(range(n + 1), repeat=len(options)) if sum(cut) == n]

    looks: dict[Any, list[tuple[tuple[int, ...], ...]]] = defaultdict(list)
    for room in product(*(splits(n) for n in sizes)):
        words = ["".join(x * n for x, n in zip(options, group, strict=True)) for group in room]
        whole = tuple(map(sum, zip(*room, strict=True)))
        looks[whole, repr(on_one_item(*words, sensitive=True, options=options, k=1))].append(room)
    found = 0
    for (whole, _), rooms in looks.items():
        for place, n in enumerate(sizes):
            minds = {max(room[place]) == n and room[place].index(n) for room in rooms}
            if n < 10 and minds != {False} and max(whole) < sum(whole):
                found += 1
                assert len(minds) > 1, (whole, rooms)
    assert found > 0


# Pages of a wall


def many(n: int, words: str = "Item") -> Comparison:
    """Two groups of twelve that share n items and differ on n more."""
    items = [Item(("said", str(i)), text(words), item("").options) for i in range(2 * n)]
    answers = [["x"] * n + [mine] * n for mine in "xy" for _ in range(12)]
    counts = [{("said", str(i), one): 1 for i, one in enumerate(answer)} for answer in answers]
    labels = np.repeat(np.arange(2, dtype=np.int8), 12)
    comparison = set_side_by_side(items, said(items, counts), labels, (A, C), tables=False, k=K, seed=1)
    assert comparison is not None
    return comparison


def test_each_list_has_a_page_what_is_shared_first_even_where_there_is_nothing():
    assert [view.key for view in on_one_item("xyzxy", "xyzyx").views] == [
        "What all perspectives share",
        "Where perspectives differ",
    ]
    assert [view.key for view in on_one_item("xxxxx", "xyxyx", sensitive=True).views] == [
        "Where one perspective is nearly of one mind"
    ]


@pytest.mark.parametrize("n", [1, 4, 5, 6, 30])
@pytest.mark.parametrize("words", ["Item", "An item in many words " * 8])
def test_a_wall_shows_the_first_of_a_list_in_its_order_and_says_how_many_more_there_are(n, words):
    comparison = many(n, words)
    for about, rows in (("shared", comparison.shared), ("differ", comparison.differ)):
        pages = [page for page in comparison.pages if page.about == about]
        shown = [row for page in pages for row in page.rows]
        assert tuple(shown) == rows[: len(shown)]
        assert [page.more for page in pages] == [0] * (len(pages) - 1) + [n - len(shown)]
        assert len(pages) <= PAGES
        assert all(1 <= len(page.rows) <= ROWS_A_PAGE for page in pages)


# Drawn


def drawn(app: Any, comparison: Comparison, langs: tuple[str, ...]) -> list[str]:
    """Every page of the wall, then all of it."""
    with app.app_context():
        pages = [
            render_template("compare.html", comparison=comparison, full=False, view=view, langs=langs, level=3)
            for view in range(len(comparison.views))
        ]
        return [*pages, render_template("compare.html", comparison=comparison, full=True, view=0, langs=langs, level=3)]


def words(html: str) -> str:
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return " ".join("".join(parser.parseFragment(html, container="div").itertext()).split())


def of_one_item(room: Sequence[str], groups: Sequence[Group], tables: bool = False) -> Comparison:
    answers = "".join(room)
    labels = np.repeat(np.arange(len(room), dtype=np.int8), [len(one) for one in room])
    one = item("0")
    found = said([one], [{("said", "0", letter): 1} for letter in answers])
    comparison = set_side_by_side([one], found, labels, groups, tables=tables, k=3, seed=1)
    assert comparison is not None
    return comparison


EVERYONE_ELSE = Group((None,), None, others=True)
PICTURES = {
    "shared": lambda: on_one_item("xxxxx", "xxxxx"),
    "differ": lambda: many(8),
    "nothing": lambda: on_one_item("xyzxy", "xyzyx"),
    "nearly": lambda: on_one_item("xxxxx", "x" * 9 + "y" * 9, sensitive=True),
    "nobody named": lambda: on_one_item("xxxxx", "xxxxyyyy", sensitive=True),
    "untested": lambda: on_one_item("xxx", "yyyyy", "zzz", k=3),
    "tables": lambda: of_one_item(("xxxx", "yyyy"), (group("a", "b", others=True), EVERYONE_ELSE), tables=True),
}


@pytest.mark.parametrize("langs", [("cy", "en"), ("cy",), ("en",)], ids="+".join)
@pytest.mark.parametrize("picture", PICTURES)
def test_every_page_is_html_that_needs_no_repair_in_the_languages_it_is_asked_for(app, picture, langs):
    sheet = (ROOT / "static/css/tally.css").read_text(encoding="utf-8")
    for html in drawn(app, PICTURES[picture](), langs):
        assert words(html) != ""
        assert "style=" not in html
        assert set(re.findall(r'lang="(\w+)"', html)) == (set(langs) if len(langs) > 1 else set())
        assert set(re.findall(r"\bn\d+\b", html)) <= set(re.findall(r"\.(n\d+) ", sheet))
        marks = set(re.findall(r'side-mark (\w+)"', html))
        assert marks <= set(re.findall(r"\.side-mark\.(\w+)", sheet))


@pytest.mark.parametrize("picture", PICTURES)
def test_no_page_speaks_of_significance(app, picture):
    assert [html for html in drawn(app, PICTURES[picture](), ("en",)) if "signific" in html.lower()] == []


def test_a_row_says_in_words_what_it_draws(app):
    comparison = of_one_item(("xxxxxxxyy", "xxyyyyyyyy"), (group("a"), EVERYONE_ELSE))
    row = words(drawn(app, comparison, ("en",))[1])
    assert "A: 9 answersEveryone else: 10 answers" in row
    assert "Item 0 At least 5 in 10 would have to change their answer “x” A 7 of 9 Everyone else 2 of 10" in row


def test_an_interval_is_drawn_to_where_it_ends_and_a_mark_where_the_share_is(app):
    html = drawn(app, on_one_item("xxxxx", "xxxyy"), ("en",))[0]
    low, high = wilson(3, 5)
    lengths = re.findall(r'"(up-to|reach|to) n(\d+)"', html)
    assert lengths == [
        *[("up-to", "100"), ("reach", str(round(100 * (1 - wilson(5, 5)[0])))), ("to", "100")],
        *[("up-to", str(round(100 * high))), ("reach", str(round(100 * (high - low) / high))), ("to", "60")],
    ]


def test_a_group_that_takes_others_in_says_so(app):
    comparison = of_one_item(("xxxxx", "yyyyy"), (group("a", "b", others=True), EVERYONE_ELSE))
    assert "A and others 5 of 5 Everyone else 0 of 5" in words(drawn(app, comparison, ("en",))[1])


def test_only_what_shuffling_does_not_explain_is_said_to_be_more_than_that(app):
    apart = of_one_item(("xxxxx", "yyyyy"), (A, B))
    close = of_one_item(("xxxyy", "yyyyx"), (A, B))
    few = of_one_item(("xxx", "yyy"), (A, B))
    flag, chance, unsaid = "More than shuffling explains", "Could easily be chance", "Too few answers to tell"
    said = [
        [sentence in words(drawn(app, one, ("en",))[1]) for sentence in (flag, chance, unsaid)]
        for one in (apart, close, few)
    ]
    assert said == [[True, False, False], [False, True, False], [False, False, True]]


def test_where_nothing_is_shared_and_nothing_differs_that_is_said(app):
    shared, differ, _ = drawn(app, on_one_item("xyzxy", "xyzyx"), ("en",))
    assert "There is nothing here on which at least 6 in 10 of every perspective gave the same answer." in words(shared)
    assert "Nothing here differs so much that 2 in 10 would have to change their answer." in words(differ)


def test_the_picture_says_that_a_table_is_one_answer_and_what_was_left_out(app):
    tables = of_sorts([*several(5, "a", 6, c1="organiser"), *several(5, "c", c1="organiser")])
    people = of_sorts([*several(5, "a", c1="organiser"), *several(5, "c", c1="organiser")])
    table, left_out = "Each table counts as one answer here", "9 left out: too few answers from a perspective"
    assert [sentence in words(drawn(app, tables, ("en",))[-1]) for sentence in (table, left_out)] == [True, True]
    assert [sentence in words(drawn(app, people, ("en",))[-1]) for sentence in (table, left_out)] == [False, True]


def test_a_small_group_of_one_mind_is_drawn_without_a_number(app):
    for html in drawn(app, PICTURES["nearly"](), ("en",)):
        assert "A: “x”" in words(html)
        assert re.findall(r"\d+", words(html).replace("Item 0", "")) == []


@pytest.mark.parametrize("lang", ["cy", "en"])
def test_paper_draws_it_without_a_warning(app, lang, caplog):
    sheets = "".join(re.findall(r"<link[^>]*>", (ROOT / "templates/report/print.html").read_text(encoding="utf-8")))
    body = "".join(drawn(app, picture(), (lang,))[-1] for picture in PICTURES.values())
    html = f'<!doctype html><html lang="{lang}"><head><title>x</title>{sheets}</head><body>{body}</body></html>'
    with caplog.at_level(logging.WARNING):
        document = pdf.write(html)
    assert document.startswith(b"%PDF")
    assert [record.getMessage() for record in caplog.records] == []


# Findings


CHANCE_SAYS = "It could easily be chance: 1 in 20 shuffles or more make as large a difference."
MORE_SAYS = "Clear: more than shuffling explains. Fewer than 1 in 20 shuffles make as large a difference."


@pytest.mark.parametrize(
    ("rooms", "number", "sentence", "sure"),
    [
        (
            ("xxxxxxxxx", "xxxxxxxxx"),
            "10/10",
            "What all perspectives share: “Item 0”. Everybody in each of them gave this answer: “x”.",
            "Clear: more than half of every perspective, allowing for how few answered.",
        ),
        (
            ("xxxxxxxyyy", "xxxxxxxyyyy"),
            "6/10",
            "What all perspectives share: “Item 0”. At least 6 in 10 of each of them gave this answer: “x”.",
            "Leaning: in one perspective at least it could be chance.",
        ),
        (
            ("xxxxx", "xxxyz"),
            "6/10",
            "What all perspectives share: “Item 0”. At least 6 in 10 of each of them gave this answer: “x”.",
            "Too few answers from a perspective to be sure.",
        ),
        (
            ("xxxxxxxxxxxx", "yyyyyyyyyyyyy"),
            "10/10",
            "Nowhere do perspectives differ more than here: “Item 0”. All would have to change their answer. "
            "Who chose “x”: A, 12 of 12; B, 0 of 13.",
            MORE_SAYS,
        ),
        (
            ("xxxxxyyyy", "xxyyyyyyy"),
            "3/10",
            "Nowhere do perspectives differ more than here: “Item 0”. "
            "At least 3 in 10 would have to change their answer. Who chose “x”: A, 5 of 9; B, 2 of 9.",
            CHANCE_SAYS,
        ),
        (
            ("yyyyyyyyy", "xxxxxyyyy", "xxxxxxxxx"),
            "10/10",
            "Nowhere do perspectives differ more than here: “Item 0”. All would have to change their answer. "
            "Who chose “x”: C, 9 of 9; A, 0 of 9.",
            MORE_SAYS,
        ),
    ],
)
def test_what_is_shared_and_where_perspectives_differ_is_said_with_what_the_shuffling_says(
    app, rooms, number, sentence, sure
):
    assert told(app, findings(on_one_item(*rooms))) == [(number, sentence, sure)]


def test_below_four_answers_a_side_a_difference_is_of_too_few(app):
    ((_, _, sure),) = told(app, findings(on_one_item("xxx", "yyy", k=3)))
    assert sure == "Too few answers to tell a difference from chance."


def test_a_difference_that_could_be_chance_weighs_less_than_what_is_shared():
    (by_chance,) = findings(on_one_item("xxxxxyyyy", "xxyyyyyyy"))
    (shared,) = findings(on_one_item("xxxxx", "xxxyz"))
    assert by_chance.weight < shared.weight


def test_groups_are_named_as_the_picture_names_them(app):
    groups = (group("a"), Group(("b", None), text("B"), others=True))
    counts = [{("said", "0", one): 1} for one in "xxxxxxyyyyyy"]
    labels = np.repeat(np.arange(2, dtype=np.int8), 6)
    for other, name in ((groups[1], "B and others"), (Group((None,), None, others=True), "Everyone else")):
        items = [item("0")]
        side = set_side_by_side(items, said(items, counts), labels, (groups[0], other), tables=False, k=K, seed=1)
        ((_, sentence, _),) = told(app, findings(side))
        assert sentence.endswith(f"Who chose “x”: A, 6 of 6; {name}, 0 of 6.")


def test_what_is_kept_back_is_in_no_sentence():
    kept_back = on_one_item("xxxxxx", "yyyyyyzzzzzz", sensitive=True)
    assert len(kept_back.nearly) == 1
    assert findings(kept_back) == ()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text("xyz", min_size=5, max_size=14), min_size=2, max_size=3))
def test_every_number_of_a_sentence_stands_in_the_comparison(rooms):
    comparison = on_one_item(*rooms)
    rows = [*comparison.shared, *comparison.differ]
    shown = {n for row in rows for share in row.shares for n in (share.part, share.n)} | {row.tenths for row in rows}
    least = {min(10 * share.part // share.n for share in row.shares) for row in comparison.shared}
    for one in findings(comparison):
        for sentence in (one.says, one.sure):
            assert {n for n in sentence.arguments.values() if isinstance(n, int)} - shown - least == set()
        assert one.items == ("0",)
