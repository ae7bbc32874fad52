"""The second round: who moved, by brute force, and what may not be told where only a few took part twice."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kinds.room import content, tallied
from tests.kinds.telling import told
from tests.kinds.test_contract import elements, parsed
from workshop.fragments import draw_tally
from workshop.gathered import Response
from workshop.kinds import pressure_map
from workshop.kinds.pressure_map.rounds import Study

CONTENT = content("pressure_map", paired=True)


def said(**strengths: int) -> dict[str, Any]:
    source = {pressure.id: pressure.source for pressure in CONTENT.pressures}
    return {"placed": [{"pressure": id, "source": source[id], "strength": s} for id, s in strengths.items()]}


def pair(before: dict[str, int] | None, after: dict[str, int] | None, size: int = 1) -> Response:
    first, second = (
        pressure_map.read(CONTENT, said(**given)) if given is not None else None for given in (before, after)
    )
    return Response(second, size=size, before=first)


def changes(study: Study | None) -> list[tuple[str, int, int, float | None, float | None]]:
    assert study is not None
    return [(row.id, row.up, row.down, row.before, row.after) for row in study.rows]


def test_loads_before_and_after_and_who_moved_are_those_worked_by_hand():
    study = pressure_map.study(
        CONTENT, [pair({"p0": 5, "p1": 1}, {"p0": 2}), pair({"p0": 4}, {"p0": 4, "p2": 3}), pair({"p0": 3}, {"p1": 1})]
    )
    assert changes(study) == [("p0", 0, 2, 4.0, 2.0), ("p2", 1, 0, 0.0, 1.0), ("p1", 1, 1, 1 / 3, 1 / 3)]
    assert (study.people, study.responses) == (3, 3)


strengths = st.dictionaries(st.sampled_from([f"p{n}" for n in range(6)]), st.integers(1, 5), max_size=4)


@given(st.lists(st.tuples(strengths, strengths, st.integers(1, 4)), max_size=12))
def test_every_change_is_the_one_counted_person_by_person(rooms):
    study = pressure_map.study(CONTENT, [pair(before, after, size) for before, after, size in rooms])
    people = [(b, a) for b, a, size in rooms for _ in range(size) if b and a]
    assert study.people == len(people)
    alone = any(bool(b) != bool(a) for b, a, _ in rooms)
    if alone:
        return  # what is then told is tested below
    assert {row.id for row in study.rows} == {id for b, a in people for id in (*b, *a)}
    for row in study.rows:
        steps = [(b.get(row.id, 0), a.get(row.id, 0)) for b, a in people]
        assert (row.up, row.down) == (sum(a > b for b, a in steps), sum(a < b for b, a in steps))
        assert row.before == pytest.approx(sum(b for b, _ in steps) / len(people))
        assert row.after == pytest.approx(sum(a for _, a in steps) / len(people))


def test_what_changed_most_comes_first():
    study = pressure_map.study(CONTENT, [pair({"p0": 3, "p1": 5, "p2": 2}, {"p0": 2, "p1": 1, "p2": 5})])
    assert [row.id for row in study.rows] == ["p1", "p2", "p0"]


def test_a_table_that_moved_counts_its_people():
    study = pressure_map.study(CONTENT, [pair({"p0": 1}, {"p0": 4}, size=5), pair({"p0": 4}, {"p0": 4})])
    assert changes(study) == [("p0", 5, 0, 9 / 6, 24 / 6)]
    assert (study.people, study.responses) == (6, 2)


def test_loads_are_left_out_where_they_would_tell_what_a_few_others_said():
    """The first round's map less the loads before is what the others said then."""
    pairs = [pair({"p0": 2}, {"p0": 4})] * 5
    before, after = pair({"p0": 5}, None), pair(None, {"p0": 5})
    loads = [
        pressure_map.study(CONTENT, [*pairs, *others]).loads for others in ([], [before], [after] * 4, [before] * 5)
    ]
    assert loads == [True, False, False, True]
    assert changes(pressure_map.study(CONTENT, [*pairs, before])) == [("p0", 5, 0, None, None)]


@pytest.mark.parametrize(("both", "others", "enough"), [(4, 6, False), (5, 6, True), (2, 0, True)])
def test_nothing_is_told_where_only_a_few_of_many_took_part_twice(both, others, enough):
    study = pressure_map.study(CONTENT, [pair({"p0": 2}, {"p0": 4})] * both + [pair(None, {"p1": 1})] * others)
    assert (study.enough, bool(study.rows)) == (enough, enough)


def test_order_tells_nothing_that_is_left_out():
    pairs = [pair({"p0": 1, "p1": 5}, {"p0": 2, "p1": 1})] * 5
    study = pressure_map.study(CONTENT, [*pairs, pair({"p2": 5}, None)])
    assert [row.id for row in study.rows] == ["p0", "p1"]  # both moved five people, so the author's order


def test_who_picked_nothing_one_of_the_times_took_part_once():
    assert pressure_map.study(CONTENT, [pair({}, {"p0": 4}), pair({"p0": 1}, {"p0": 4})]).responses == 1


def test_what_is_asked_once_has_no_study_and_what_is_asked_again_begins_with_what_changed():
    assert pressure_map.study(content("pressure_map"), [pair({"p0": 1}, {"p0": 2})]) is None
    first, again = (tallied("pressure_map", what, ()).pictures for what in (content("pressure_map"), CONTENT))
    assert again == (("changed", 0), *first)


def test_a_pressure_map_may_follow_another():
    assert pressure_map.FOLLOWS == ("pressure_map",)


@pytest.mark.parametrize("others", [[], [pair({"p0": 5}, None)]], ids=["with loads", "without"])
@pytest.mark.parametrize("full", [False, True])
def test_what_changed_is_drawn_with_every_number(app, full, others):
    responses = [pair({"p0": 2}, {"p0": 4}, size=3)] * 5 + others
    tally = tallied("pressure_map", CONTENT, [said(p0=4)] * 5)
    with app.app_context():
        study = pressure_map.study(CONTENT, responses)
        drawn = parsed(draw_tally("pressure_map", ("en",), full=full, tally=tally, study=study))
    changed = next(e for e in elements(drawn) if e.get("class") == "changed")
    counts = ["".join(e.itertext()) for e in elements(changed) if e.get("class") == "count"]
    assert counts == (["15", "0"] if others else ["2.0", "4.0", "15", "0"])


# What is found


def test_what_changed_is_found_from_ten_answers_on(app):
    responses = [pair({"p0": 5}, {"p0": 2, "p1": 1})] * 8 + [pair({"p0": 2}, {"p0": 3})] * 4
    tally = tallied("pressure_map", CONTENT, [])
    assert told(app, pressure_map.findings(CONTENT, tally, pressure_map.study(CONTENT, responses))) == [
        (
            "8/12",
            "What weighs on more people than before: “Pressure 1”. "
            "Of 12 people who took part both times, 8 now feel it more and 0 less.",
            "Clear: 8 moved this way, 0 the other.",
        )
    ]
    few = pressure_map.study(CONTENT, responses[:9])
    assert pressure_map.findings(CONTENT, tally, few) == ()


def test_what_eased_is_said_as_such_and_tables_as_less_sure(app):
    responses = [pair({"p0": 5}, {"p0": 2}, size=2)] * 10
    tally = tallied("pressure_map", CONTENT, [])
    assert told(app, pressure_map.findings(CONTENT, tally, pressure_map.study(CONTENT, responses))) == [
        (
            "20/20",
            "What weighs on fewer people than before: “Pressure 0”. "
            "Of 20 people who took part both times, 20 now feel it less and 0 more.",
            "Counted in people: a table gives one answer, so this is less sure than it looks.",
        )
    ]
