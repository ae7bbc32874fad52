import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import combinations_with_replacement, product
from random import Random
from typing import Any

import pytest
from flask import render_template
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.kinds.room import content, gathered, imagined, tallied
from tests.kinds.telling import told
from workshop.fragments import draw_tally
from workshop.gathered import PUBLISHED_FROM, SHOWN_FROM, Gathered, Item, Option, Person, Response
from workshop.kinds import scale
from workshop.kinds.few import Told
from workshop.kinds.paired import LINES_FROM, Study
from workshop.kinds.scale import ROWS_A_PAGE, Page, Value
from workshop.model import Invalid
from workshop.text import Text

TWO_LISTS = content("scale", thinking_back=False)  # s0, s1, s2 for everyone; c0 for councillors
ONE_LIST = content("scale", thinking_back=False, lists=[TWO_LISTS.lists[0].model_dump()])
PAIRED = ONE_LIST.model_copy(update={"paired": True})
PAIRED_LISTS = TWO_LISTS.model_copy(update={"paired": True})
BACK = PAIRED.model_copy(update={"thinking_back": True})
BACK_LISTS = PAIRED_LISTS.model_copy(update={"thinking_back": True})
PLAIN = PAIRED_LISTS.model_copy(update={"sensitive": False})  # ratings of something, not of oneself
NOTHING = Told()
LIMIT = settings(max_examples=60, deadline=None)

Rated = int | None
Person3 = tuple[Rated, Rated, Rated]  # what one person says of c0 before, now and thinking back


def ratings(*given: tuple[str, int]) -> dict[str, dict[str, int]]:
    return {"ratings": dict(given)}


def people(*cells: int) -> Told:
    return Told(cells)


def pair(before: dict[str, int] | None, after: dict[str, int] | None, size: int = 1, **back: int) -> Response:
    return Response(
        Value(ratings=after, back=back) if after is not None else None,
        size=size,
        before=Value(ratings=before) if before is not None else None,
    )


def said(before: Rated, now: Rated = None, back: Rated = None, id: str = "c0") -> Response:
    """One person and one statement; None is what they did not say."""

    def only(rating: Rated) -> dict[str, int]:
        return {} if rating is None else {id: rating}

    return pair(only(before), only(now), **only(back))


def study(what: Any, responses: Sequence[Response], k: int = SHOWN_FROM) -> Study:
    made = scale.study(what, responses, k)
    assert made is not None
    return made


def starts(what: Any, responses: Sequence[Response], k: int = SHOWN_FROM, place: int = 0) -> list[Told]:
    return [row.start for row in study(what, responses, k).lists[place].rows]


def councillors(responses: Sequence[Response], what: Any = PAIRED_LISTS, k: int = SHOWN_FROM) -> Any:
    """What is told of who moved in the list that is the councillors' own."""
    return study(what, responses, k).lists[1].rows[0]


# Reading


def test_thinking_back_is_read_where_it_is_asked():
    raw = {"ratings": {"s0": 3}, "back": {"s0": 1, "s1": 2}}
    assert scale.read(BACK, raw) == Value(ratings={"s0": 3}, back={"s0": 1, "s1": 2})


@pytest.mark.parametrize("what", [TWO_LISTS, PAIRED, TWO_LISTS.model_copy(update={"thinking_back": True})])
def test_thinking_back_is_refused_where_it_is_not_asked(what):
    with pytest.raises(Invalid) as error:
        scale.read(what, {"ratings": {"s0": 3}, "back": {"s0": 1}})
    assert error.value.field == "back"


@pytest.mark.parametrize(
    ("back", "field"),
    [({"s0": 0}, "back.s0"), ({"s0": "1"}, "back.s0"), ({"nobody": 1}, "back.nobody"), ({"c0": 1}, "ratings")],
)
def test_thinking_back_has_the_same_statements_and_points(back, field):
    with pytest.raises(Invalid) as error:
        scale.read(BACK_LISTS, {"ratings": {"s0": 3}, "back": back})
    assert error.value.field == field


def test_who_does_not_think_back_sends_and_keeps_nothing_of_it():
    assert scale.read(BACK, ratings(("s0", 3))).model_dump(mode="json") == {"ratings": {"s0": 3}}


# Counting


def test_people_are_counted_per_point_and_what_is_skipped_is_missing():
    raws = [ratings(("s0", 1), ("s1", 5)), ratings(("s0", 2)), ratings(("s0", 2), ("s1", 4)), ratings()]
    rows = tallied("scale", ONE_LIST, raws).lists[0].rows
    assert [(row.id, row.told, row.told.total) for row in rows] == [
        ("s0", people(1, 2, 0, 0, 0), 3),
        ("s1", people(0, 0, 0, 1, 1), 2),
        ("s2", people(0, 0, 0, 0, 0), 0),
    ]


def test_a_table_counts_its_people():
    one = tallied("scale", ONE_LIST, [ratings(("s0", 1)), ratings(("s0", 5))], sizes=[6, 1]).lists[0]
    assert (one.people, one.responses, one.rows[0].told) == (7, 2, people(6, 0, 0, 0, 1))


def test_who_answers_a_list_is_counted_once_in_it():
    lists = tallied("scale", TWO_LISTS, [ratings(("s0", 1), ("s1", 2)), ratings(("c0", 3))]).lists
    assert [(one.id, one.people) for one in lists] == [("all", 1), ("councillors", 1)]


def test_who_gives_no_perspective_answers_the_first_list():
    assert [TWO_LISTS.list_for(who).id for who in ("councillor", "officer", None)] == ["councillors", "all", "all"]


def test_progress_is_out_of_the_list_that_is_answered():
    assert scale.progress(TWO_LISTS, Value(ratings={"s0": 1})) == (1, 3)
    assert scale.progress(TWO_LISTS, Value(ratings={"c0": 1})) == (1, 1)
    assert scale.progress(TWO_LISTS, Value(ratings={})) == (0, 3)


def test_thinking_back_is_no_part_of_progress_and_of_the_counts():
    every = {"s0": 1, "s1": 2, "s2": 3}
    assert scale.progress(BACK, Value(ratings=every)) == (3, 3)
    assert scale.progress(BACK, Value(ratings={}, back=every)) == (0, 3)
    assert scale.count(BACK, Value(ratings=every, back=every)) == scale.count(BACK, Value(ratings=every))


def test_an_update_costs_as_much_in_a_large_room_as_in_a_small_one():
    """The tally reads sums, as many as there are statements and points, however many answered."""

    class Watched(Counter[tuple[str, ...]]):
        asked = 0

        def __getitem__(self, key: tuple[str, ...]) -> int:
            Watched.asked += 1
            return super().__getitem__(key)

    costs = []
    for room in (10, 3000):
        came = gathered("scale", PAIRED_LISTS, imagined("scale", PAIRED_LISTS, room))
        counts = type(came.counts)(Watched(came.counts.people), Watched(came.counts.responses))
        Watched.asked = 0
        scale.tally(PAIRED_LISTS, Gathered(counts, came.turnout))
        costs.append(Watched.asked)
    assert costs[1] - costs[0] <= 10  # a list that had too few answers to be shown


# Views


def test_the_wall_shows_one_list_at_a_time():
    tally = tallied("scale", TWO_LISTS, ())
    assert tally.pages == (Page("answers", 0, 0, 3), Page("answers", 1, 0, 1))
    assert [(view.key, view.arguments["list"].en) for view in tally.views] == [
        ("Answers: %(list)s", "Everyone"),
        ("Answers: %(list)s", "Councillors"),
    ]


def test_a_second_time_begins_with_who_moved_and_draws_lines_where_there_can_be_some():
    def pictures(answers: int) -> list[tuple[str, int]]:
        return [
            (page.picture, page.list) for page in tallied("scale", PAIRED_LISTS, [ratings(("s0", 3))] * answers).pages
        ]

    moved, answers = [("moved", 0), ("moved", 1)], [("answers", 0), ("answers", 1)]
    assert pictures(LINES_FROM - 1) == [*moved, *answers]
    assert pictures(LINES_FROM) == [*moved, ("slopes", 0), *answers]


def test_a_long_list_is_shown_in_pages_that_can_be_read_from_the_back():
    statements = [{"id": f"s{n}", "title": {"en": f"Statement {n}"}} for n in range(ROWS_A_PAGE + 2)]
    long = content("scale", lists=[{"id": "all", "title": {"en": "Everyone"}, "statements": statements}])
    tally = tallied("scale", long, ())
    assert tally.pages == (Page("answers", 0, 0, ROWS_A_PAGE), Page("answers", 0, ROWS_A_PAGE, ROWS_A_PAGE + 2))
    assert [(view.arguments["page"], view.arguments["pages"]) for view in tally.views] == [(1, 2), (2, 2)]


def test_perspectives_can_be_set_side_by_side_only_where_all_rate_the_same_statements():
    points = tuple(Option(str(n), Text(cy=str(n), en=str(n))) for n in range(1, 6))
    titles = [statement.title for statement in ONE_LIST.lists[0].statements]
    assert scale.items(TWO_LISTS) == ()
    assert scale.items(ONE_LIST) == tuple(Item(("rated", f"s{n}"), titles[n], points, True) for n in range(3))
    assert [
        item.sensitive
        for item in scale.items(content("scale", lists=[ONE_LIST.lists[0].model_dump()], sensitive=False))
    ] == [False] * 3


# What is told of a list of few


def row_of(*given: int, k: int = SHOWN_FROM, sizes: Sequence[int] = (), sensitive: bool = True) -> Told:
    """What the tally tells of the councillors' one statement, after these ratings."""
    what = TWO_LISTS.model_copy(update={"sensitive": sensitive})
    one = tallied("scale", what, [ratings(("c0", rating)) for rating in given], k=k, sizes=sizes).lists[1]
    return one.rows[0].told if one.enough else NOTHING


@pytest.mark.parametrize("k", [SHOWN_FROM, PUBLISHED_FROM])
def test_a_perspectives_own_list_is_shown_from_k_answers_on(k):
    mixed = [1, 2, 3, 4, 5, 1, 2, 3, 4, 5]
    assert row_of(*mixed[: k - 1], k=k) == NOTHING
    assert row_of(*mixed[:k], k=k).total == k


def test_a_table_of_six_is_one_answer_and_does_not_show_its_list():
    assert row_of(3, sizes=[6]) == NOTHING


def test_one_list_for_everyone_is_shown_however_few_answered():
    assert tallied("scale", ONE_LIST, [ratings(("s0", 3))]).lists[0].rows[0].told == people(0, 0, 1, 0, 0)


def test_a_statement_that_few_of_a_list_rated_is_not_shown():
    answers = [ratings(("s0", n), ("s1", 3)) for n in (1, 2, 3, 4)] + [ratings(("s0", 5))] * 2
    rows = tallied("scale", TWO_LISTS, answers).lists[0].rows
    assert [row.told for row in rows] == [people(1, 1, 1, 1, 2), NOTHING, NOTHING]


@pytest.mark.parametrize("apart", [(), (1,), (1, 5)], ids=["all alike", "all but one", "all but two"])
@pytest.mark.parametrize("answers", [5, 9])
def test_of_few_that_nearly_all_say_the_same_only_that_is_told(apart, answers):
    assert row_of(*[4] * (answers - len(apart)), *apart) == Told(most=3)


def test_numbers_are_told_where_three_or_more_differ_or_ten_answered_or_it_is_not_about_oneself():
    assert row_of(4, 4, 4, 4, 1, 2, 5) == people(1, 1, 0, 4, 1)
    assert row_of(*[4] * 10) == people(0, 0, 0, 10, 0)
    assert row_of(*[4] * 5, sensitive=False) == people(0, 0, 0, 5, 0)


def test_whether_nearly_all_are_alike_is_judged_by_answers_and_not_by_the_people_of_a_table():
    assert row_of(4, 1, 2, 3, 5, sizes=[12, 1, 1, 1, 1]) == people(1, 1, 1, 12, 1)
    assert row_of(4, 4, 4, 1, 2, sizes=[1, 1, 1, 12, 12]) == Told(most=3)


# Before and after


def test_up_same_and_down_are_counted_per_statement_for_who_rated_it_both_times():
    everywhere = {"s0": 3, "s1": 3, "s2": 3}
    responses = [
        pair({**everywhere, "s0": 2}, {**everywhere, "s0": 4}),
        pair({**everywhere, "s0": 5}, {**everywhere, "s0": 1, "s1": 5}),
        pair({**everywhere, "s0": 1}, {**everywhere, "s0": 2, "s2": 1}),
    ]
    one = study(PAIRED, responses).lists[0]
    assert [(row.id, row.start, row.pairs, row.back) for row in one.rows] == [
        ("s0", people(2, 0, 1), 3, None),
        ("s1", people(1, 2, 0), 3, None),
        ("s2", people(0, 2, 1), 3, None),
    ]
    assert (one.start.people, one.start.responses, one.back) == (3, 3, None)


def test_a_table_that_moved_counts_its_people():
    one = study(PAIRED, [pair({"s0": 2}, {"s0": 4}, size=6), pair({"s0": 2}, {"s0": 4})]).lists[0]
    assert one.rows[0].start == people(7, 0, 0)
    assert (one.start.people, one.start.responses) == (7, 2)


def test_who_changed_lists_between_the_two_times_is_paired_in_neither():
    lists = study(PAIRED_LISTS, [pair({"s0": 2}, {"c0": 4})] * 6).lists
    assert [(one.start.people, one.enough) for one in lists] == [(0, False), (0, False)]


def test_where_people_think_that_they_were_is_compared_with_now_beside_what_they_said_then():
    responses = [pair({"s0": 3}, {"s0": 4}, s0=2), pair({"s0": 4}, {"s0": 4}, s0=2), pair({"s0": 5}, {"s0": 4}, s0=4)]
    one = study(BACK, responses).lists[0]
    assert (one.rows[0].start, one.rows[0].back) == (people(1, 1, 1), people(2, 1, 0))
    assert (one.start.people, one.back.people) == (3, 3)


def test_who_came_late_can_be_compared_with_what_they_think_of_the_start():
    one = study(BACK, [pair(None, {"s0": 4}, s0=2)] * 3).lists[0]
    assert (one.rows[0].start, one.rows[0].back) == (NOTHING, people(3, 0, 0))
    assert (one.start.people, one.back.people) == (0, 3)


def test_what_is_asked_once_has_no_study():
    assert scale.study(ONE_LIST, [pair({"s0": 2}, {"s0": 4})], SHOWN_FROM) is None


both_times = st.lists(
    st.tuples(st.integers(1, 5), st.integers(1, 5), st.none() | st.integers(1, 5), st.integers(1, 12)),
    min_size=1,
    max_size=40,
)


@LIMIT
@given(both_times)
def test_who_moved_is_what_counting_pairs_by_hand_gives(rows):
    responses = [pair({"s0": a}, {"s0": b}, size=n, **({"s0": c} if c else {})) for a, b, c, n in rows]
    row = study(BACK.model_copy(update={"sensitive": False}), responses).lists[0].rows[0]
    up, same, down = (
        sum(n for a, b, _, n in rows if way(b - a)) for way in (lambda d: d > 0, lambda d: not d, lambda d: d < 0)
    )
    assert row.start == people(up, same, down)
    assert row.back == people(
        sum(n for _, b, c, n in rows if c and b > c),
        sum(n for _, b, c, n in rows if c and b == c),
        sum(n for _, b, c, n in rows if c and b < c),
    )


@LIMIT
@given(both_times, st.randoms(use_true_random=False))
def test_neither_order_nor_seats_at_a_table_change_who_moved(rows, random):
    """A table of n counts as n people who gave its answer, and nobody can tell who sat where."""
    what = BACK.model_copy(update={"sensitive": False})
    tables = [pair({"s0": a}, {"s0": b}, size=n, **({"s0": c} if c else {})) for a, b, c, n in rows]
    single = [pair({"s0": a}, {"s0": b}, **({"s0": c} if c else {})) for a, b, c, n in rows for _ in range(n)]
    whole = study(what, tables).lists[0]
    assert study(what, random.sample(tables, len(tables))).lists[0] == whole
    alone = study(what, single).lists[0]
    assert [(row.start, row.back) for row in alone.rows] == [(row.start, row.back) for row in whole.rows]
    assert (alone.start.people, alone.back) == (
        whole.start.people,
        alone.back and type(alone.back)(whole.back.people, alone.back.responses),
    )


# What is told of few who rated twice


MIXED = [(1, 2), (2, 3), (3, 3), (4, 4), (5, 4)]  # five people who moved in three ways


@pytest.mark.parametrize("k", [SHOWN_FROM, PUBLISHED_FROM])
def test_who_moved_in_a_perspectives_own_list_is_shown_from_k_answers_on(k):
    pairs = [said(*one) for one in MIXED * 2]
    assert councillors(pairs[: k - 1], k=k).start == NOTHING
    assert councillors(pairs[:k], k=k).start.total == k


@pytest.mark.parametrize(("step", "most"), [(1, 0), (0, 1), (-1, 2)], ids=["up", "same", "down"])
def test_of_few_that_nearly_all_moved_one_way_only_that_is_told(step, most):
    pairs = [said(n, n + step) for n in (2, 3, 4)] + [said(1, 5), said(5, 1)]
    assert councillors(pairs).start == Told(most=most)
    assert councillors(pairs, PLAIN).start.total == 5


def test_numbers_that_would_give_away_a_row_without_numbers_are_left_out():
    """Nearly all began at 1; three moved up, none down and three rate 1 now: all six would have begun at 1."""
    pairs = [(1, 1)] * 3 + [(1, 2)] * 3
    assert councillors([said(*one) for one in pairs]).start == NOTHING


@pytest.mark.parametrize("alone", [(1, None), (None, 1)], ids=["left early", "came late"])
def test_of_fewer_than_ten_nothing_is_compared_where_somebody_rated_only_once(alone):
    pairs = [said(*one) for one in MIXED]
    assert councillors(pairs).start.total == 5
    assert councillors([*pairs, said(*alone)]).start == NOTHING
    assert councillors([*pairs, said(*alone)], PLAIN).start.total == 5
    whole = [said(*one, id="s0") for one in (*MIXED, alone)]
    assert starts(PAIRED, whole) == [NOTHING, people(0, 0, 0), people(0, 0, 0)]


def test_ten_are_compared_beside_one_who_rated_once_if_that_one_could_have_said_something_else():
    ten = [said(*one) for one in MIXED * 2]
    assert councillors([*ten, said(3, None)]).start.total == 10
    same = [said(n, n) for n in (1, 2, 3, 4, 5)] * 2
    assert councillors(same).start == people(0, 10, 0)
    assert councillors([*same, said(3, None)]).start == NOTHING  # the one row less the other would leave the 3
    others = [said(n, None) for n in (1, 2, 3, 4, 5)]
    assert councillors([*same, *others]).start == people(0, 10, 0)  # five mixed others are nobody in particular


def test_a_pair_may_change_its_way_if_two_others_set_the_numbers_right():
    """Nobody moved down, so whoever said 5 once could not have been one pair alone; but with two more it could."""
    pairs = [said(*one) for one in [(4, 5), (3, 3), (2, 4), (1, 2), (2, 2), (3, 4), (1, 3), (4, 4), (2, 3), (1, 1)]]
    assert councillors([*pairs, said(5, None)]).start == people(6, 4, 0)


def outcomes(room: Sequence[Person3], what: Any) -> tuple[Any, ...]:
    """All that anybody is shown of these people: the row before, the row now, and both comparisons."""
    row = councillors([said(*one) for one in room], what)
    return (_row(what, tuple(one[0] for one in room)), _row(what, tuple(one[1] for one in room)), row.start, row.back)


@cache
def _row(what: Any, given: tuple[Rated, ...]) -> Told:
    return row_of(*sorted(rating for rating in given if rating is not None))


def certain(rooms: Iterator[tuple[Person3, ...]], what: Any) -> Counter[str]:
    """What somebody can be certain of who knows who rated when, and their own ratings if they are one of them.

    Two people who rated at the same times cannot be told apart, so one is certain of somebody's rating when all those
    who rated at the same times rated the same in every room that looks like the one seen.
    """
    found: dict[tuple[Any, ...], set[Any]] = defaultdict(set)
    for room in rooms:
        seen = outcomes(room, what)
        for me in {None, *room}:
            others = list(room)
            if me is not None:
                others.remove(me)
            for times in {tuple(rating is not None for rating in one) for one in others}:
                mates = [one for one in others if tuple(rating is not None for rating in one) == times]
                for time, name in enumerate(("before", "now", "back")):
                    if times[time]:
                        said = {mate[time] for mate in mates}
                        found[seen, me, times, name].add(said.pop() if len(said) == 1 else "several")
    return Counter(name for (*_, name), values in found.items() if len(values) == 1 and values != {"several"})


def rooms(pairs: int, *alone: Sequence[Person3], points: int = 3, back: bool = False) -> Iterator[tuple[Person3, ...]]:
    """Every room of so many who rated both times (and thought back), and of one more of each of the kinds `alone`."""
    scores = range(1, points + 1)
    kinds: list[Person3] = [(a, b, c) for a in scores for b in scores for c in (scores if back else [None])]
    for room in combinations_with_replacement(kinds, pairs):
        for others in product(*alone):
            yield (*room, *others)


EARLY: list[Person3] = [(n, None, None) for n in (1, 2, 3)]
LATE: list[Person3] = [(None, n, None) for n in (1, 2, 3)]


@pytest.mark.parametrize(
    ("made", "what"),
    [
        (lambda: rooms(5), PAIRED_LISTS),
        (lambda: rooms(6), PAIRED_LISTS),
        (lambda: rooms(5, EARLY), PAIRED_LISTS),
        (lambda: rooms(5, LATE), PAIRED_LISTS),
        (lambda: rooms(5, points=2, back=True), BACK_LISTS),
    ],
    ids=["five", "six", "one left early", "one came late", "thinking back"],
)
def test_nobodys_rating_can_be_worked_out_from_all_that_is_shown(made: Callable[[], Any], what: Any):
    assert certain(made(), what) == {}


def test_the_one_who_attacks_would_find_what_is_not_kept_back():
    """The same attack on ratings that are not sensitive, whose rows of few are shown as they are."""
    assert certain(rooms(5), PLAIN)["before"] > 0
    assert certain(rooms(5, EARLY), PLAIN)["before"] > 0


# Lines


def room_of(people: int, missing: float, seed: int) -> list[Response]:
    random = Random(seed)

    def rated(middle: float) -> Rated:
        return None if random.random() < missing else max(1, min(5, round(random.gauss(middle, 1))))

    return [said(rated(2.6), rated(3.3)) for _ in range(people)]


def both(responses: Sequence[Response]) -> Counter[tuple[int, int]]:
    """(before, now) of everyone who rated c0 both times."""
    rated = [(r.before.ratings.get("c0"), r.value.ratings.get("c0")) for r in responses]
    return Counter((a, b) for a, b in rated if a is not None and b is not None)


def end(responses: Sequence[Response], which: int) -> Counter[int]:
    values = [(r.before, r.value)[which].ratings.get("c0") for r in responses]
    return Counter(rating for rating in values if rating is not None)


def nearly_alike(row: Counter[int], apart: int) -> bool:
    return 0 < row.total() < 10 and max(row.values()) >= row.total() - apart


def test_every_line_of_a_large_room_stands_for_the_people_who_went_that_way():
    responses = room_of(600, 0, 1)
    row = councillors(responses)
    assert {(a, b): n for a, b, n in row.slopes}.items() <= both(responses).items()
    assert row.drawn > 0.95 * row.start.total
    assert row.widest == max(both(responses).values())


def test_lines_are_drawn_from_fifteen_pairs_on():
    lines = [said(*one) for one in [(2, 3), (2, 2), (2, 4), (3, 3), (3, 4)] * 4]
    assert councillors(lines[:14]).slopes == ()
    assert councillors(lines[:15]).slopes != ()
    assert councillors(lines, k=len(lines) + 1).slopes == ()


def test_a_line_counts_the_people_of_a_table():
    ways = [(2, 3), (2, 2), (3, 4), (3, 3)]
    lines = [pair({"s0": a}, {"s0": b}, size=3) for a, b in ways * 10]
    assert study(PAIRED, lines).lists[0].rows[0].slopes == tuple((a, b, 30) for a, b in sorted(ways))


@pytest.mark.parametrize("missing", [0, 0.05, 0.2])
@pytest.mark.parametrize("people", [16, 24, 40, 80])
def test_who_knows_one_end_of_a_line_does_not_know_the_other(people, missing):
    for seed in range(12):
        responses = room_of(people, missing, seed)
        went = both(responses)
        for before, after, n in councillors(responses).slopes:
            assert went[before, after] == n
            assert not nearly_alike(Counter({b: m for (a, b), m in went.items() if a == before}), 1)
            assert not nearly_alike(Counter({a: m for (a, b), m in went.items() if b == after}), 1)


@pytest.mark.parametrize("missing", [0, 0.05, 0.2])
@pytest.mark.parametrize("people", [16, 24, 40, 80])
def test_what_is_left_of_everyone_without_the_lines_is_nobody_or_enough(people, missing):
    drawn = 0
    for seed in range(12):
        responses = room_of(people, missing, seed)
        slopes = councillors(responses).slopes
        drawn += bool(slopes)
        for which in (0, 1) if slopes else ():
            left = end(responses, which) - Counter(
                {p: sum(n for *line, n in slopes if line[which] == p) for p in range(1, 6)}
            )
            assert left.total() == 0 or left.total() >= SHOWN_FROM
            assert not nearly_alike(left, 2)
    assert drawn > 0 or people == 16


def test_no_line_is_drawn_where_not_even_the_numbers_are_told():
    same = [said(n, n) for n in (1, 2, 3, 4, 5)] * 4
    row = councillors([*same, said(3, None)])
    assert (row.start, row.slopes) == (NOTHING, ())


# Findings


def ways(app, what, responses):
    return told(app, scale.findings(what, tallied("scale", what, ()), study(what, responses)))


def rated(app, what, *raws, **more):
    return told(app, scale.findings(what, tallied("scale", what, raws, **more), None))


def test_what_rose_is_found_from_ten_answers_on(app):
    responses = [pair({"s0": 2, "s1": 2}, {"s0": 3, "s1": 3})] * 9 + [pair({"s0": 2, "s1": 2}, {"s0": 1, "s1": 4})]
    assert ways(app, PAIRED, responses) == [
        (
            "10/10",
            "This rose from before to after: “Statement 1”. "
            "Of 10 people 10 moved up, 0 stayed the same and 0 moved down.",
            "Clear: 10 moved this way, 0 the other.",
        )
    ]
    assert ways(app, PAIRED, responses[1:]) == []


def test_a_statement_that_fewer_than_ten_rated_is_not_spoken_of(app):
    responses = [pair({"s0": 2, "s1": 2}, {"s0": 2, "s1": 5})] * 9 + [pair({"s0": 2}, {"s0": 3})]
    ((number, sentence, sure),) = ways(app, PAIRED, responses)
    assert (number, "Statement 0" in sentence, sure) == ("1/10", True, "Close: 1 more answer could make it level.")


def test_what_fell_is_said_where_nothing_rose_and_nothing_where_all_stayed(app):
    fell = [pair({"s0": 3}, {"s0": 2})] * 7 + [pair({"s0": 3}, {"s0": 4})] * 4
    assert ways(app, PAIRED, fell) == [
        (
            "7/11",
            "This fell from before to after: “Statement 0”. "
            "Of 11 people 7 moved down, 0 stayed the same and 4 moved up.",
            "Leaning: 7 moved this way, 4 the other. It could be chance.",
        )
    ]
    assert ways(app, PAIRED, [pair({"s0": 3}, {"s0": 3})] * 12) == []


def test_thinking_back_is_a_sentence_of_its_own(app):
    _, (number, sentence, _) = ways(app, BACK, [pair({"s0": 3}, {"s0": 4}, s0=1)] * 12)
    assert (number, sentence) == (
        "12/12",
        "Thinking back, people say that this rose: “Statement 0”. Of 12 people 12 stand higher now than they think "
        "they did at the start, 0 the same and 0 lower.",
    )


def test_highest_lowest_and_split_are_found_from_five_answers_on(app):
    one, other = ratings(("s0", 5), ("s1", 1), ("s2", 1)), ratings(("s0", 4), ("s1", 2), ("s2", 5))
    assert rated(app, ONE_LIST, *[one] * 6, *[other] * 5) == [
        (
            "6:5",
            "This statement splits the room: “Statement 2”. Of 11 people 6 gave it 1 or 2, and 5 gave it 4 or 5.",
            "Close: 1 more answer could make it level.",
        ),
        (
            "11/11",
            "Rated high most often: “Statement 0”. 11 of 11 people gave it 4 or 5.",
            "Clear: 11 of 11 answers; the next, 5 of 11.",
        ),
        (
            "11/11",
            "Rated low most often: “Statement 1”. 11 of 11 people gave it 1 or 2.",
            "Leaning: 11 of 11 answers; the next, 6 of 11. The order could be chance.",
        ),
    ]
    assert rated(app, ONE_LIST, *[one] * 4) == []


def test_what_less_than_a_third_rate_high_is_not_said_to_be_high(app):
    given = [ratings(("s0", 5), ("s1", 3), ("s2", 3))] * 3 + [ratings(("s0", 3), ("s1", 3), ("s2", 3))] * 7
    assert rated(app, ONE_LIST, *given) == []


def test_two_statements_that_are_level_are_neither_highest_nor_lowest(app):
    assert rated(app, ONE_LIST, *[ratings(("s0", 5), ("s1", 5), ("s2", 3))] * 6) == []


def test_lists_of_perspectives_are_named_and_what_is_kept_back_in_them_is_in_no_sentence(app):
    split = [ratings(("c0", 1))] * 5 + [ratings(("c0", 5))] * 5
    assert rated(app, TWO_LISTS, *split) == [
        (
            "5:5",
            "In the list “Councillors”, this statement splits people: “I know”. "
            "Of 10 people 5 gave it 1 or 2, and 5 gave it 4 or 5.",
            "Level: one more answer could decide it.",
        )
    ]
    assert rated(app, TWO_LISTS, *[ratings(("c0", 5))] * 9) == []  # nearly all alike


def test_a_table_is_one_answer_and_its_sentences_have_no_numbers_of_answers(app):
    given = [ratings(("s0", 5), ("s1", 1), ("s2", 3))] * 6
    assert {sure for _, _, sure in rated(app, ONE_LIST, *given, sizes=[4] * 6)} == {
        "Clear, with each table counted as one answer."
    }


# Rehearsals


def test_made_up_people_think_back_and_more_than_half_see_themselves_lower_than_they_are_now():
    random = Random(3)
    raws = [scale.imagine(BACK, random, Person("en", None, False), {}) for _ in range(200)]
    looked = [raw for raw in raws if "back" in raw]
    lower = sum(sum(raw["back"].values()) < sum(raw["ratings"].values()) for raw in looked)
    assert 150 < len(looked) < 200
    assert len(looked) / 2 < lower < len(looked)


# What is drawn


@pytest.fixture
def draw(app) -> Iterator[Callable[..., str]]:
    with app.app_context():

        def drawn(
            what: Any, responses: Sequence[Response], langs: tuple[str, ...], *, full: bool = False, view: int = 0
        ) -> str:
            raws = [one.value.model_dump() for one in responses if one.value is not None]
            tally = tallied("scale", what, raws)
            return draw_tally(
                "scale", langs, full=full, view=view, tally=tally, study=scale.study(what, responses, SHOWN_FROM)
            )

        yield drawn


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


@pytest.mark.parametrize("langs", [("cy", "en"), ("cy",), ("en",)], ids="+".join)
@pytest.mark.parametrize("full", [False, True], ids=["wall", "paper"])
def test_both_comparisons_are_drawn_with_their_people_in_each_language(draw, langs, full):
    responses = [pair({"s0": 3}, {"s0": 4}, s0=1)] * 11 + [pair({"s0": 3}, {"s0": 2})] * 12
    html = draw(BACK, responses, langs, full=full)
    cells = re.findall(r'<td class="count[^>]*>(\d+)</td>', html)
    assert cells[:6] == ["11", "0", "12", "11", "0", "0"]
    worth = ["At the time: what people said before.", "Thinking back: what people say now of the start."]
    assert [sentence in words(html) for sentence in worth if "en" in langs] == [True] * 2 * ("en" in langs)
    assert html.count('class="how"') == 2


def test_the_wall_draws_lines_with_what_they_stand_for(draw):
    responses = [pair({"s0": a}, {"s0": b}) for a, b in [(2, 3), (2, 2), (3, 4), (3, 3)] * 12]
    html = draw(PAIRED, responses, ("en",), view=1)
    assert html.count("<svg") == 1
    assert "2–2: 12; 2–3: 12; 3–3: 12; 3–4: 12" in html
    assert "Shown: 48 of 48" in words(html)


def test_a_row_without_numbers_has_none_in_any_language(draw):
    for langs in [("cy", "en"), ("en",)]:
        responses = [said(None, 4)] * 5 + [said(None, 1)]
        html = draw(PAIRED_LISTS, responses, langs, view=3)
        row = html[html.index("<tbody") :]
        assert "Most: 4" in words(row)
        assert re.findall(r'<td class="count', row) == []


def test_the_form_asks_twice_where_people_think_back(app):
    with app.app_context():
        forms = [
            render_template("kinds/scale/form.html", langs=("en",), content=what, exercise={"id": "after"})
            for what in (PAIRED_LISTS, BACK_LISTS)
        ]
    once, twice = ({name for name in re.findall(r'name="([^"]+)"', form)} for form in forms)
    assert once == {"after-s0", "after-s1", "after-s2", "after-c0"}
    assert twice - once == {f"{name}.back" for name in once}
    assert re.findall(r'data-back="([^"]+)"', forms[1]) == ["s0", "s1", "s2", "c0"]
