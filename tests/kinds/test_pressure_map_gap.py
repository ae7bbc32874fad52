"""Own against guess: the numbers against independent references, and what somebody could work back from them."""

from collections import defaultdict
from itertools import product
from typing import Any

import numpy
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from tests.kinds import telling
from tests.kinds.room import content, noted, tallied
from tests.kinds.test_contract import elements, parsed
from workshop.fragments import draw_tally
from workshop.gathered import PUBLISHED_FROM, SHOWN_FROM
from workshop.kinds import pressure_map
from workshop.kinds.pressure_map.gap import ROWS_A_PAGE, Gap, verdict
from workshop.kinds.pressure_map.intervals import Sums, of_means, of_shares, student
from workshop.kinds.pressure_map.whole_map import Tally
from workshop.model import Group
from workshop.text import Text

CONTENT = content("pressure_map")  # p0 comes from the council, p1 to p5 from the party, which is sensitive
PLAIN = content("pressure_map", sources=[s.model_dump() | {"sensitive": False} for s in CONTENT.sources])
COUNCILLOR = Text(cy="Cynghorydd", en="Councillor")
OWN = Group(("councillor",), COUNCILLOR, own=True)
OFFICER = Text(cy="Swyddog", en="Officer")
GUESS = Group(("officer",), OFFICER)
REST = Group((None, "community"), None, others=True)
SIZES = range(SHOWN_FROM, 14)


def said(**strengths: int) -> dict[str, Any]:
    """An answer that gives these pressures these strengths; 0 is picked, and nothing said about it."""
    source = {pressure.id: pressure.source for pressure in CONTENT.pressures}
    return {
        "placed": [
            {"pressure": id, "source": source[id], **({"strength": s, "visibility": "partly"} if s else {})}
            for id, s in strengths.items()
        ]
    }


def two_sides(own: list[Any], guess: list[Any], what: Any = PLAIN, **more: Any) -> Tally:
    groups = [(OWN, range(len(own))), (GUESS, range(len(own), len(own) + len(guess)))]
    return tallied("pressure_map", what, [*own, *guess], groups=groups, **more)


def compared(gap: Gap | None) -> list[tuple[str, int, int]]:
    assert gap is not None
    return [(one.row.id, one.own.people, one.guess.people) for one in gap.rows]


# The sides


def test_the_gap_is_the_load_of_those_who_answered_for_themselves_less_that_of_the_others():
    own = [said(p0=5, p1=1), said(p0=4), said(p0=3), said(p1=2), said(p1=1)]
    guess = [said(p0=2), said(p1=3), said(p1=3), said(p1=3), said(p1=4), said(p1=2)]
    first, last = two_sides(own, guess).gap.rows
    assert (first.row.id, first.own.load, first.guess.load, first.load) == ("p0", 12 / 5, 2 / 6, 12 / 5 - 2 / 6)
    assert (last.row.id, last.load) == ("p1", 4 / 5 - 15 / 6)
    assert (last.own.reach, last.guess.reach, last.reach) == (3 / 5, 5 / 6, 3 / 5 - 5 / 6)


def test_several_groups_of_a_side_are_added_up_and_are_named_where_each_has_a_title():
    raws = [said(p0=3)] * 15
    groups = [(OWN, range(5)), (GUESS, range(5, 10)), (REST, range(10, 15))]
    gap = tallied("pressure_map", PLAIN, raws, groups=groups).gap
    assert (gap.own.titles, gap.own.people, gap.guess.people) == ((COUNCILLOR,), 5, 10)
    assert gap.guess.titles == ()  # not all of them have one
    assert two_sides(raws[:5], raws[5:]).gap.guess.titles == (OFFICER,)


@given(
    st.lists(
        st.tuples(st.dictionaries(st.sampled_from([f"p{n}" for n in range(6)]), st.integers(0, 5), max_size=5)),
        min_size=12,
        max_size=30,
    ),
    st.integers(5, 25),
    st.data(),
)
def test_both_sides_add_up_to_the_whole_room(rooms, own, data):
    sizes = [data.draw(st.integers(1, 4)) for _ in rooms]
    raws = [said(**given) for (given,) in rooms]
    tally = two_sides(raws[:own], raws[own:], PLAIN, sizes=sizes)
    assume(tally.gap is not None)
    assert tally.gap.own.people + tally.gap.guess.people == tally.people
    for one in tally.gap.rows:
        assert one.own.people + one.guess.people == one.row.people
        both = zip(one.own.strengths, one.guess.strengths, strict=True)
        assert tuple(a + b for a, b in both) == one.row.strengths


@pytest.mark.parametrize(
    ("own", "guess", "k", "there"),
    [(5, 5, SHOWN_FROM, True), (4, 9, SHOWN_FROM, False), (9, 4, SHOWN_FROM, False), (10, 9, PUBLISHED_FROM, False),
     (10, 10, PUBLISHED_FROM, True), (0, 9, SHOWN_FROM, False)],
)  # fmt: skip
def test_there_is_a_gap_only_where_both_sides_are_large_enough(own, guess, k, there):
    assert (two_sides([said(p0=3)] * own, [said(p0=3)] * guess, k=k).gap is not None) is there


def test_who_answered_nothing_does_not_make_a_side_large_enough():
    assert two_sides([said(p0=3)] * 4 + [said()] * 4, [said(p0=3)] * 9).gap is None


def test_a_table_makes_a_side_no_larger_than_the_one_answer_it_gives():
    assert two_sides([said(p0=3)] * 4, [said(p0=3)] * 9, sizes=[6] * 4 + [1] * 9).gap is None


def test_there_is_no_gap_where_a_group_is_of_both_sides_or_no_groups_are_told_apart():
    raws = [said(p0=3)] * 20
    mixed = [(OWN, range(6)), (GUESS, range(6, 12)), (Group(("other", None), None, own=None), range(12, 20))]
    assert tallied("pressure_map", PLAIN, raws, groups=mixed).gap is None
    assert tallied("pressure_map", PLAIN, raws).gap is None


def test_the_gap_comes_last_on_as_many_pages_as_it_takes():
    raws = [said(p0=3)] * 5
    views = two_sides(raws, raws).views
    assert (views[-1].key, views[-1].arguments) == (
        "Own against guess, page %(page)s of %(pages)s",
        {"page": 1, "pages": 1},
    )
    many = content("pressure_map", most=12, sources=[CONTENT.sources[0].model_dump()], pressures=[
        {"id": f"p{n}", "title": {"en": "x"}, "source": "council"} for n in range(12)
    ])  # fmt: skip
    one = {"placed": [{"pressure": f"p{n}", "source": "council", "strength": 3} for n in range(12)]}
    tally = two_sides([one] * 5, [one] * 5, many)
    assert [picture for picture in tally.pictures if picture[0] == "gap"] == [("gap", 0), ("gap", 1)]
    assert [len(tally.gap.page(n)) for n in range(3)] == [ROWS_A_PAGE, 12 - ROWS_A_PAGE, 0]


def test_own_pressures_that_were_taken_in_are_compared_too():
    wrote = {
        "placed": [{"pressure": "own:aaaaaaaa1", "source": "council", "strength": 4}],
        "own": [{"id": "aaaaaaaa1", "lang": "en", "text": "Too much paper"}],
    }
    own = [{**wrote, "own": [{**wrote["own"][0], "id": f"aaaaaaaa{n}"}]} for n in range(1, 6)]
    for n, raw in enumerate(own, start=1):
        raw["placed"] = [{**wrote["placed"][0], "pressure": f"own:aaaaaaaa{n}"}]
    raws = [*own, *[said(p0=2)] * 5]
    notes = [
        type(note)(**{**vars(note), "accepted": True, "merged_into": None if note.id == "aaaaaaaa1" else "aaaaaaaa1"})
        for note in noted("pressure_map", PLAIN, raws)
    ]
    gap = two_sides(own, raws[5:], notes=notes).gap
    assert compared(gap) == [("own:aaaaaaaa1", 5, 0), ("p0", 0, 5)]


# How sure: against independent references


@given(st.lists(st.integers(0, 5), min_size=5, max_size=40), st.lists(st.integers(0, 5), min_size=5, max_size=40))
def test_the_interval_of_a_gap_is_that_of_welchs_test(own, guess):
    assume(len(set(own)) > 1 and len(set(guess)) > 1)  # scipy does not like a side that is of one mind
    sums = [Sums(len(side), sum(side), sum(s * s for s in side)) for side in (own, guess)]
    found = of_means(*sums, numpy.mean(own) - numpy.mean(guess))
    wanted = stats.ttest_ind(own, guess, equal_var=False).confidence_interval(0.95)
    assert found == pytest.approx((wanted.low, wanted.high), abs=0.01)


@pytest.mark.parametrize(("alpha", "within"), [(0.05, 0.001), (0.01, 0.005), (0.0028, 0.03)])
def test_how_wide_it_is_comes_from_students_t(alpha, within):
    for freedom in (4, 4.5, 6, 10, 30, 300, 1e6):
        assert student(alpha, freedom) == pytest.approx(stats.t.ppf(1 - alpha / 2, freedom), rel=within)


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [((56, 70), (48, 80), 0.0524, 0.3339), ((9, 10), (3, 10), 0.1705, 0.8090), ((6, 7), (2, 7), 0.0582, 0.8062),
     ((5, 56), (0, 29), -0.0381, 0.1926), ((0, 10), (0, 20), -0.1611, 0.2775), ((10, 10), (0, 10), 0.6075, 1.0)],
)  # fmt: skip
def test_the_interval_of_reach_is_the_one_that_newcombe_printed(one, other, low, high):
    found = of_shares(*one, *other, one[0] / one[1] - other[0] / other[1])
    assert found == pytest.approx((low, high), abs=6e-5)


@pytest.mark.parametrize(("own", "guess"), [(8, 12), (10, 20), (20, 40)])
def test_the_interval_is_close_to_a_bootstrap_of_whole_answers_and_no_narrower(own, guess):
    """What it stands in for: drawing people again from each side, and taking the middle 95 % of the gaps."""
    random = numpy.random.default_rng(7)
    for _ in range(5):
        sides = [
            random.choice([0, 1, 2, 3, 4, 5], n, p=weights)
            for n, weights in ((own, (0.3, 0.05, 0.1, 0.15, 0.2, 0.2)), (guess, (0.6, 0.1, 0.1, 0.1, 0.05, 0.05)))
        ]
        drawn = [random.choice(side, (20_000, len(side))).mean(axis=1) for side in sides]
        low, high = numpy.percentile(drawn[0] - drawn[1], [2.5, 97.5])
        sums = [Sums(len(side), int(side.sum()), int((side**2).sum())) for side in sides]
        found = of_means(*sums, sides[0].mean() - sides[1].mean())
        assert 1.0 <= (found[1] - found[0]) / (high - low) <= 1.25
        assert sum(found) / 2 == pytest.approx((low + high) / 2, abs=0.1)


def test_the_interval_counts_answers_and_the_gap_counts_people():
    own, guess = [said(p0=s) for s in (5, 4, 3, 0, 0)], [said(p0=s) for s in (1, 2, 0, 0, 3)]
    alone = two_sides(own, guess).gap.rows[0]
    tables = two_sides(own, guess, sizes=[3] * 10).gap.rows[0]
    assert (tables.own.people, tables.load) == (15, alone.load)
    assert tables.interval == alone.interval
    assert tables.reach_interval == alone.reach_interval


def test_where_neither_side_differs_within_itself_there_is_no_interval():
    (one,) = two_sides([said(p0=4)] * 5, [said(p0=2)] * 5).gap.rows
    assert (one.load, one.interval, one.clear) == (2.0, None, False)


@pytest.mark.parametrize(("guessed", "difference"), [(5, 1.0), (4, None)])
def test_strength_is_compared_only_where_five_of_each_side_gave_one(guessed, difference):
    guess = [said(p0=3)] * guessed + [said(p0=0)] * (6 - guessed)
    (one,) = two_sides([said(p0=4)] * 5, guess).gap.rows
    assert one.strength == difference


# What is found


def gaps(app, tally: Tally) -> list[tuple[str, str, str]]:
    return telling.told(app, [one for one in pressure_map.findings(PLAIN, tally, None) if one.tells == "gap"])


def test_the_widest_gap_is_found_where_chance_does_not_explain_it(app):
    own = [said(p0=s, p1=3) for s in (5, 5, 4, 5, 4, 3, 5, 4)]
    guess = [said(p0=1, p1=s) for s in (3, 2, 3, 4, 3, 3, 2, 4)]
    assert gaps(app, two_sides(own, guess)) == [
        (
            "+3.4",
            "What is hardest to see from outside: “Pressure 0”. Shared out over the 8 people who answered for "
            "themselves it weighs 4.4 out of 5; the 8 who guessed put it at 1.0.",
            "Clear: the gap lies between +2.8 and +4.0, more than chance explains among all compared.",
        )
    ]
    assert gaps(app, two_sides(guess, own)) == [
        (
            "−3.4",
            "What looks heavier from outside than it is: “Pressure 0”. Shared out over the 8 people who answered for "
            "themselves it weighs 1.0 out of 5; the 8 who guessed put it at 4.4.",
            "Clear: the gap lies between −4.0 and −2.8, more than chance explains among all compared.",
        )
    ]


def test_a_gap_that_could_be_chance_is_not_found(app):
    own, guess = [said(p0=s) for s in (5, 1, 3, 0, 4)], [said(p0=s) for s in (2, 4, 0, 1, 3)]
    tally = two_sides(own, guess)
    assert [one.clear for one in tally.gap.rows] == [False]
    assert gaps(app, tally) == []


def test_the_more_is_compared_the_more_it_takes():
    own = [said(p0=s) for s in (5, 5, 3, 1, 1)]
    guess = [said(p0=s) for s in (1, 0, 0, 0, 1)]
    (alone,) = two_sides(own, guess).gap.rows
    more = [{"placed": a["placed"] + said(p1=3, p2=3, p3=3, p4=3)["placed"]} for a in own]
    first = two_sides(more, guess).gap.rows[0]
    others = [one for one in two_sides(more, guess).gap.rows if one.row.id == "p0"]
    assert (alone.clear, alone.interval) == (True, others[0].interval)
    assert (others[0].clear, first.row.id) == (False, "p1")


# What may be told


def test_a_number_about_oneself_rests_on_three_answers_or_on_none():
    told = {
        (own, guess): verdict(own, 20, guess, 20, sensitive=False)
        for own, guess in [(3, 0), (9, 1), (0, 3), (0, 2), (1, 0), (1, 1), (2, 0), (1, 2), (2, 9), (20, 0)]
    }
    assert told == {
        (3, 0): "all", (9, 1): "all", (0, 3): "all", (20, 0): "all",
        (0, 2): "nothing", (1, 0): "nothing", (1, 1): "nothing", (2, 0): "nothing",
        (1, 2): "few", (2, 9): "few",
    }  # fmt: skip


def test_of_a_sensitive_source_it_is_not_told_that_nearly_all_of_a_small_side_said_it_or_nearly_none():
    told = [verdict(own, 7, 6, 20, sensitive=True) for own in range(8)]
    assert told == ["nothing", "nothing", "nothing", "all", "all", "most", "most", "most"]
    told = [verdict(4, 20, guess, 7, sensitive=True) for guess in range(8)]
    assert told == ["nothing", "nothing", "nothing", "all", "all", "nothing", "nothing", "nothing"]
    assert [verdict(own, 10, 6, 20, sensitive=True) for own in (0, 10)] == ["all", "all"]
    assert verdict(7, 7, 6, 9, sensitive=True) == "nothing"


def test_a_pressure_is_sensitive_by_the_source_that_the_author_gave_it_and_by_the_one_that_the_room_gives_it():
    by_room = {"placed": [{"pressure": "p0", "source": "party", "strength": 3}]}
    by_author = {"placed": [{"pressure": "p1", "source": "council", "strength": 3}]}
    tally = tallied("pressure_map", CONTENT, [by_room, by_author, said(p2=1)])
    assert {row.id: row.sensitive for row in tally.rows} == {"p0": True, "p1": True, "p2": True}
    assert [row.sensitive for row in tallied("pressure_map", CONTENT, [said(p0=3)]).rows] == [False]


def ways(own_taken: int, guess_taken: int, *, sensitive: bool) -> dict[tuple[int, str], list[tuple[int, int]]]:
    """What fits how many picked it in all and what was told: the numbers of both sides, where these are not told."""
    fits = defaultdict(list)
    for own, guess in product(range(own_taken + 1), range(guess_taken + 1)):
        told = verdict(own, own_taken, guess, guess_taken, sensitive=sensitive)
        if own + guess and told != "all":
            fits[own + guess, told].append((own, guess))
    return fits


@pytest.mark.parametrize("sensitive", [False, True])
def test_what_is_left_out_cannot_be_worked_back_from_the_map_of_the_room(sensitive):
    """An attacker knows how many took part on each side, how many picked it in all, the rule, and what was told.

    What is left out must fit several numbers. It may fit one only where nobody is told by what all of them said: one or
    two among more, and which of the room's strengths are theirs stays open. What all picked, the map itself shows.
    """
    for own_taken, guess_taken in product(SIZES, SIZES):
        for (together, _), fit in ways(own_taken, guess_taken, sensitive=sensitive).items():
            if together < own_taken + guess_taken and len(fit) == 1:
                ((own, guess),) = fit
                assert own in (1, 2) and guess > 0, (own_taken, guess_taken, fit)
                assert not (sensitive and guess_taken < 10 and guess in (0, guess_taken)), (own_taken, guess_taken, fit)


def seen_by(side: int, me: int, target: int, taken: tuple[int, int], fit: list[tuple[int, int]]) -> set[int]:
    """How many others of `target` may have picked it, as one of `side` sees it who did (`me` is 1) or did not."""
    mine = [way for way in fit if me <= way[side] <= taken[side] - 1 + me]
    return {way[target] - (me if target == side else 0) for way in mine}


def test_nobody_who_was_there_learns_from_what_is_told_that_all_others_of_a_small_side_said_the_same():
    for taken in product(SIZES, SIZES):
        for (together, told), fit in ways(*taken, sensitive=True).items():
            before = [(own, together - own) for own in range(taken[0] + 1) if 0 <= together - own <= taken[1]]
            for side, me, target in product((0, 1), (0, 1), (0, 1)):
                learnt = seen_by(side, me, target, taken, fit)
                if taken[target] < 10 and len(learnt) == 1 and len(seen_by(side, me, target, taken, before)) > 1:
                    everyone = taken[target] - (target == side)
                    assert not learnt & {0, everyone}, (taken, together, told, side, me, fit)


def pictures(app, tally: Tally) -> list[str]:
    """Everything that is ever shown of a tally: each view of the wall, and all of it for phone, console and paper."""
    with app.app_context():
        drawn = [
            draw_tally("pressure_map", ("cy", "en"), full=False, view=view, tally=tally, study=None)
            for view in range(len(tally.views))
        ]
        drawn += [draw_tally("pressure_map", (lang,), full=True, tally=tally, study=None) for lang in ("cy", "en")]
    return drawn


# All six of them picked p1, or four. p4 was picked by two people of whichever side: it is never compared.
ALL = ([said(p1=4, p0=3)] * 6, [said(p1=4)] * 2 + [said(p4=2)] * 2 + [said(p0=2)] * 6)
MOST = ([said(p1=4, p0=3)] * 4 + [said(p4=2, p0=3)] * 2, [said(p1=4)] * 4 + [said(p0=2)] * 6)
# None of them did, or two.
NONE = ([said(p0=3)] * 4 + [said(p4=2, p0=3)] * 2, [said(p1=4)] * 4 + [said(p0=2)] * 6)
TWO = ([said(p0=3)] * 4 + [said(p1=4, p0=3)] * 2, [said(p1=4)] * 2 + [said(p4=2)] * 2 + [said(p0=2)] * 6)


@pytest.mark.parametrize(("one", "other", "most"), [(ALL, MOST, ["p1"]), (NONE, TWO, [])], ids=["all", "none"])
def test_a_room_where_all_of_a_side_said_it_looks_like_one_where_all_but_two_did(app, one, other, most):
    tallies = [two_sides(*sides, CONTENT) for sides in (one, other)]
    for tally in tallies:
        assert [line.row.id for line in tally.gap.most] == most
        assert compared(tally.gap) == [("p0", 6, 6)]
    assert pictures(app, tallies[0]) == pictures(app, tallies[1])
    assert len({str(pressure_map.findings(CONTENT, tally, None)) for tally in tallies}) == 1


def test_where_the_source_is_not_sensitive_the_two_rooms_differ(app):
    assert pictures(app, two_sides(*ALL)) != pictures(app, two_sides(*MOST))


def test_whether_one_or_two_of_them_said_so_makes_no_difference_to_be_seen(app):
    once = two_sides([said(p0=5), *[said(p1=2)] * 5], [said(p0=5)] * 5 + [said(p2=1)])
    twice = two_sides([said(p0=5)] * 2 + [said(p1=2)] * 4, [said(p0=5)] * 4 + [said(p1=2), said(p2=1)])
    for tally in (once, twice):
        assert [row.id for row in tally.gap.few] == ["p0"]
        assert "p0" not in [line.row.id for line in tally.gap.lines]
    listed = [[html.split('class="few-list"')[1:] for html in pictures(app, tally)] for tally in (once, twice)]
    assert listed[0] == listed[1]


# Drawn


@pytest.mark.parametrize("langs", [("cy", "en"), ("cy",), ("en",)], ids="+".join)
def test_every_picture_with_a_gap_is_html_that_needs_no_repair(app, langs):
    own, guess = ALL
    with app.app_context():
        for what in (CONTENT, PLAIN, CONTENT.model_copy(update={"paired": True})):
            tally = two_sides(own, guess, what, sizes=[2] + [1] * (len(own) + len(guess) - 1))
            for view in range(len(tally.views)):
                drawn = draw_tally("pressure_map", langs, full=False, view=view, tally=tally, study=None)
                assert elements(parsed(drawn)) != []
            parsed(draw_tally("pressure_map", langs, full=True, tally=tally, study=None))


def test_every_number_of_a_gap_is_printed_and_who_gave_it(app):
    own = [said(p0=5), said(p0=4), said(p0=3), said(p1=2), said(p1=1)]
    guess = [said(p0=4), said(p1=3), said(p1=3), said(p1=3), said(p1=4), said(p1=2)]
    tally = two_sides(own, guess, sizes=[1] * 10 + [3])
    with app.app_context():
        page = len(tally.views) - 1
        drawn = parsed(draw_tally("pressure_map", ("en",), full=False, view=page, tally=tally, study=None))
    counts = ["".join(e.itertext()) for e in elements(drawn) if (e.get("class") or "").startswith("count")]
    assert counts[:3] == ["2.4", "0.5", "+1.9"]
    legend = next("".join(e.itertext()) for e in elements(drawn) if e.get("class") == "gap-legend")
    assert "5 people" in legend and "8 people" in legend and "6 answers" in legend
