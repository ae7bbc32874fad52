import pytest

from tests.kinds.room import content, tallied
from workshop.kinds import scale
from workshop.kinds.scale import ENOUGH, Moved, Study, Value
from workshop.model import Response

TWO_LISTS = content("scale")  # s0, s1, s2 for everyone; c0 for councillors
ONE_LIST = content("scale", lists=[TWO_LISTS.lists[0].model_dump()])
PAIRED = ONE_LIST.model_copy(update={"paired": True})
PAIRED_LISTS = TWO_LISTS.model_copy(update={"paired": True})


def ratings(*given: tuple[str, int]) -> dict[str, dict[str, int]]:
    return {"ratings": dict(given)}


def pair(before: dict[str, int] | None, after: dict[str, int], size: int = 1) -> Response:
    return Response(Value(ratings=after), size=size, before=Value(ratings=before) if before is not None else None)


def moved(study: Study | None) -> list[tuple[str, int, int, int]]:
    assert study is not None
    return [(row.id, row.up, row.same, row.down) for row in study.lists[0].rows]


# Counting


def test_people_are_counted_per_point_and_what_is_skipped_is_missing():
    raws = [ratings(("s0", 1), ("s1", 5)), ratings(("s0", 2)), ratings(("s0", 2), ("s1", 4)), ratings()]
    rows = tallied("scale", ONE_LIST, raws).lists[0].rows
    assert [(row.id, row.cells, row.people, row.median) for row in rows] == [
        ("s0", (1, 2, 0, 0, 0), 3, 2.0),
        ("s1", (0, 0, 0, 1, 1), 2, 4.5),
        ("s2", (0, 0, 0, 0, 0), 0, None),
    ]


def test_a_table_counts_its_people():
    one = tallied("scale", ONE_LIST, [ratings(("s0", 1)), ratings(("s0", 5))], sizes=[6, 1]).lists[0]
    assert (one.people, one.responses, one.rows[0].cells) == (7, 2, (6, 0, 0, 0, 1))


def test_who_answers_a_list_is_counted_once_in_it():
    lists = tallied("scale", TWO_LISTS, [ratings(("s0", 1), ("s1", 2)), ratings(("c0", 3))]).lists
    assert [(one.id, one.people) for one in lists] == [("all", 1), ("councillors", 1)]


@pytest.mark.parametrize(("answers", "shown"), [(ENOUGH - 1, 0), (ENOUGH, 1)])
def test_a_perspectives_own_list_is_shown_from_five_answers_on(answers, shown):
    councillors = tallied("scale", TWO_LISTS, [ratings(("c0", 3))] * answers).lists[1]
    assert (councillors.enough, len(councillors.rows)) == (bool(shown), shown)


def test_a_table_of_six_is_one_answer_and_does_not_show_its_list():
    assert tallied("scale", TWO_LISTS, [ratings(("c0", 3))], sizes=[6]).lists[1].enough is False


def test_one_list_for_everyone_is_shown_however_few_answered():
    assert tallied("scale", ONE_LIST, [ratings(("s0", 3))]).lists[0].enough is True


def test_who_gives_no_perspective_answers_the_first_list():
    assert [TWO_LISTS.list_for(who).id for who in ("councillor", "officer", None)] == ["councillors", "all", "all"]


def test_progress_is_out_of_the_list_that_is_answered():
    assert scale.progress(TWO_LISTS, Value(ratings={"s0": 1})) == (1, 3)
    assert scale.progress(TWO_LISTS, Value(ratings={"c0": 1})) == (1, 1)
    assert scale.progress(TWO_LISTS, Value(ratings={})) == (0, 3)


def test_a_second_time_begins_with_who_moved():
    first = ["Answers, list %(page)s of %(pages)s"] * 2
    assert [view.key for view in tallied("scale", TWO_LISTS, ()).views] == first
    again = ["Who moved, list %(page)s of %(pages)s"] * 2 + first
    assert [view.key for view in tallied("scale", PAIRED_LISTS, ()).views] == again


# Before and after


def test_up_same_and_down_are_counted_per_statement_for_who_rated_it_both_times():
    responses = [
        pair({"s0": 2, "s1": 3}, {"s0": 4, "s1": 3}),
        pair({"s0": 5}, {"s0": 1, "s1": 5}),
        pair({"s0": 1}, {"s0": 2}),
        pair(None, {"s0": 5}),
    ]
    study = scale.study(PAIRED, responses)
    assert moved(study) == [("s0", 2, 0, 1), ("s1", 0, 1, 0), ("s2", 0, 0, 0)]
    assert (study.lists[0].people, study.lists[0].responses) == (3, 3)


def test_a_table_that_moved_counts_its_people():
    study = scale.study(PAIRED, [pair({"s0": 2}, {"s0": 4}, size=6), pair({"s0": 2}, {"s0": 4})])
    assert study.lists[0].rows[0] == Moved("s0", ONE_LIST.lists[0].statements[0].title, 7, 0, 0, ((2, 4, 7),))
    assert (study.lists[0].people, study.lists[0].responses) == (7, 2)


def test_who_changed_lists_between_the_two_times_is_paired_in_neither():
    study = scale.study(PAIRED_LISTS, [pair({"s0": 2}, {"c0": 4})] * 6)
    assert [one.people for one in study.lists] == [0, 0]


@pytest.mark.parametrize(("answers", "rows"), [(ENOUGH - 1, 0), (ENOUGH, 1)])
def test_who_moved_in_a_perspectives_own_list_is_shown_from_five_answers_on(answers, rows):
    study = scale.study(PAIRED_LISTS, [pair({"c0": 2}, {"c0": 4})] * answers)
    assert (study.lists[1].enough, len(study.lists[1].rows)) == (bool(rows), rows)


def test_what_is_asked_once_has_no_study():
    assert scale.study(ONE_LIST, [pair({"s0": 2}, {"s0": 4})]) is None


# Findings


def test_where_confidence_grew_most_is_found_from_ten_answers_on():
    responses = [pair({"s0": 2, "s1": 2}, {"s0": 3, "s1": 3})] * 9 + [pair({"s0": 2, "s1": 2}, {"s0": 1, "s1": 4})]
    tally = tallied("scale", PAIRED, ())
    (found,) = scale.findings(PAIRED, tally, scale.study(PAIRED, responses))
    assert (found.number, found.arguments["statement"].en, found.arguments["down"]) == ("10/10", "Statement 1", 0)
    assert scale.findings(PAIRED, tally, scale.study(PAIRED, responses[1:])) == ()


def test_confidence_that_fell_or_stayed_is_no_finding():
    tally = tallied("scale", PAIRED, ())
    assert scale.findings(PAIRED, tally, scale.study(PAIRED, [pair({"s0": 3}, {"s0": 3})] * 5)) == ()
    assert scale.findings(PAIRED, tally, None) == ()


def test_slopes_are_left_out_where_they_would_tell_what_a_few_others_said():
    pairs = [pair({"s0": 2}, {"s0": 4})] * 5
    alone = [Response(Value(ratings={"s0": 1}))]
    gone = [Response(None, before=Value(ratings={"s0": 1}))]
    slopes = [scale.study(PAIRED, [*pairs, *others]).lists[0].rows[0].slopes for others in ([], alone, gone, alone * 5)]
    assert slopes == [((2, 4, 5),), (), (), ((2, 4, 5),)]
    assert moved(scale.study(PAIRED, [*pairs, *alone]))[0] == ("s0", 5, 0, 0)
