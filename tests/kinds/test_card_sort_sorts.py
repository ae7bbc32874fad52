"""What needs whole sorts: the typical one, who used a pile, and what moved in a room that sorted twice."""

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kinds.room import content, tallied
from tests.kinds.telling import told
from workshop.fragments import draw_tally
from workshop.gathered import Response
from workshop.kinds import card_sort
from workshop.kinds.card_sort import Study, Value
from workshop.kinds.card_sort.sorts import MOVED_CARDS, TYPICAL_FROM, USES_FROM

FOUR = [{"id": f"c{n}", "title": {"cy": f"Cerdyn {n}", "en": f"Card {n}"}} for n in range(4)]
ONCE = content("card_sort", cards=FOUR)  # piles: organiser, sponsor, none
AGAIN = ONCE.model_copy(update={"paired": True})
LETTERS = {"o": "organiser", "s": "sponsor", "n": "none"}


def sort(letters: str) -> Value:
    """The first letter of a pile for each card; a dot where it is not placed."""
    return Value(placed={f"c{n}": LETTERS[letter] for n, letter in enumerate(letters) if letter != "."})


def once(counts: Mapping[str, int], size: int = 1) -> list[Response]:
    return [Response(sort(letters), size=size) for letters, n in counts.items() for _ in range(n)]


def twice(*counts: tuple[str | None, str | None, int], size: int = 1) -> list[Response]:
    return [
        Response(sort(after) if after else None, size=size, before=sort(before) if before else None)
        for before, after, n in counts
        for _ in range(n)
    ]


def shown(study: Study) -> list[tuple[str, list[str]]]:
    assert study.typical is not None
    return [(pile.id, [card.id for card in cards]) for pile, cards in study.typical.piles]


def moved(responses: Sequence[Response], k: int = 5) -> list[tuple[str, int, int, bool]]:
    again = card_sort.study(AGAIN, responses, k).again
    assert again is not None
    return [(row.card.id, row.moves.least, row.moves.most, row.moves.exact) for row in again.rows]


# The typical sort


def test_the_typical_sort_is_a_real_one_and_says_how_far_it_is_from_the_others():
    study = card_sort.study(ONCE, once({"ooss": 6, "ooso": 5}))
    assert shown(study) == [("organiser", ["c0", "c1"]), ("sponsor", ["c2", "c3"]), ("none", [])]
    assert (study.typical.elsewhere, study.typical.cards, study.typical.people) == (0.5, 4, 11)
    assert study.typical.alone == ()


@pytest.mark.parametrize(("answers", "k", "there"), [(9, 5, False), (10, 5, True), (10, 11, False), (11, 11, True)])
def test_a_typical_sort_wants_ten_whole_sorts_and_as_many_as_any_group(answers, k, there):
    assert TYPICAL_FROM == 10
    part = once({"oos.": 20})
    assert (card_sort.study(ONCE, [*once({"ooss": answers}), *part], k).typical is not None) is there


def test_tables_are_one_answer_towards_the_ten():
    assert card_sort.study(ONCE, once({"ooss": 9}, size=12)).typical is None


def test_a_card_that_hardly_anybody_put_where_the_typical_sort_did_is_left_out_of_it():
    others = {"ooss": 3, "ooso": 4, "oosn": 4}
    study = card_sort.study(ONCE, once(others))
    assert shown(study) == [("organiser", ["c0", "c1"]), ("sponsor", ["c2"]), ("none", [])]
    assert [card.id for card in study.typical.alone] == ["c3"]


def test_a_sort_of_which_most_would_be_left_out_is_not_shown():
    study = card_sort.study(ONCE, once({"ooss": 4, "snno": 4, "nsos": 4}))
    assert study.typical is None


# Who used a pile


def test_how_alike_a_pile_was_filled_is_placements_of_those_that_could_have_been():
    uses = card_sort.study(ONCE, once({"oooo": 10, "ooos": 6})).uses
    assert [(use.pile.id, use.cards, use.people, use.agreement) for use in uses] == [
        ("organiser", 4, 16, 58 / 64),
        ("sponsor", 1, 6, 1.0),
        ("none", 0, 0, None),
    ]


def test_of_a_pile_that_few_used_nothing_is_told():
    uses = card_sort.study(ONCE, once({"oooo": 12, "nnoo": 4})).uses
    assert [(use.cards, use.people, use.agreement) for use in uses[1:]] == [(0, 0, None), (0, 0, None)]


@pytest.mark.parametrize(("answers", "there"), [(USES_FROM - 1, 0), (USES_FROM, 3)])
def test_how_alike_piles_were_filled_is_for_fifteen_answers_and_more(answers, there):
    assert len(card_sort.study(ONCE, once({"ooss": answers})).uses) == there


# Sorting again


def test_a_first_sort_has_nothing_that_moved():
    assert card_sort.study(ONCE, once({"ooss": 12})).again is None


def test_what_moved_goes_card_by_card_and_begins_with_what_moved_most():
    responses = twice(("ooss", "ooss", 10), ("ooss", "osss", 8), ("ooss", "sooo", 2))
    assert moved(responses) == [("c1", 8, 8, True), ("c0", 2, 2, True), ("c2", 2, 2, True), ("c3", 2, 2, True)]


def test_movements_changes_and_agreement_are_told_of_a_card():
    responses = twice(("ooss", "ooss", 10), ("ooss", "osss", 8), ("sooo", "sooo", 6))
    row = card_sort.study(AGAIN, responses).again.rows[0]
    assert row.card.id == "c1"
    assert [(step.start.id, step.end.id, step.people) for step in row.movements] == [("organiser", "sponsor", 8)]
    assert [(change.pile.id, change.before, change.now) for change in row.changes] == [
        ("organiser", 24, 16), ("sponsor", 0, 8),
    ]  # fmt: skip
    assert (row.before, row.now) == (1.0, (16 * 15 + 8 * 7) / (24 * 23))


def test_a_movement_is_named_with_its_people():
    responses = [*twice(("ooss", "ooss", 6), ("soss", "soss", 6)), *twice(("ooss", "soss", 5), size=3)]
    row = card_sort.study(AGAIN, responses).again.rows[0]
    assert [(step.start.id, step.end.id, step.people) for step in row.movements] == [("organiser", "sponsor", 15)]


def test_one_card_that_a_few_skipped_the_second_time_is_a_range_and_the_others_are_exact():
    responses = twice(("ooss", "osss", 8), ("ooss", "ooss", 10), ("ooss", "oos.", 2))
    found = {card: (least, most, exact) for card, least, most, exact in moved(responses)}
    assert (found["c1"], found["c3"][2]) == ((8, 8, True), False)


def test_on_average_a_person_moved_so_many_cards_to_the_whole_card():
    again = card_sort.study(AGAIN, twice(("ooss", "sssn", 6), ("ooss", "ooss", 2), (None, "ssoo", 30))).again
    assert (again.people, again.responses, again.each, again.cards) == (8, 8, 2, 4)


def test_too_few_who_sorted_twice_have_no_average():
    assert card_sort.study(AGAIN, twice(("ooss", "sssn", 4), (None, "ssoo", 30))).again.each is None


def test_a_wall_has_six_cards_that_moved_and_none_that_one_answer_moved():
    cards = [{"id": f"c{n}", "title": {"en": "Card"}} for n in range(9)]
    nine = content("card_sort", cards=cards).model_copy(update={"paired": True})
    responses = twice(("o" * 9, "s" * 8 + "o", 6), ("o" * 9, "s" * 9, 1))
    again = card_sort.study(nine, responses).again
    assert [row.card.id for row in again.most] == [f"c{n}" for n in range(MOVED_CARDS)]
    once_only = card_sort.study(nine, twice(("o" * 9, "o" * 9, 6), ("o" * 9, "s" * 9, 1))).again
    assert once_only.most == ()


def test_long_titles_leave_room_for_fewer_cards_that_moved():
    cards = [{"id": f"c{n}", "title": {"cy": "x" * 150, "en": "y" * 150}} for n in range(4)]
    long = content("card_sort", cards=cards).model_copy(update={"paired": True})
    assert len(card_sort.study(long, twice(("oooo", "ssss", 9))).again.most) == 2


def test_a_pile_that_only_the_first_sort_had_is_nowhere_in_the_second():
    before = Value(placed={"c0": "gone", "c1": "organiser"})
    responses = [Response(sort("ss.."), before=before)] * 6
    assert {card: most for card, _, most, _ in moved(responses)}["c0"] == 0
    assert card_sort.study(AGAIN, responses).again.each == 1


@given(
    st.lists(
        st.tuples(st.text("osn.", min_size=4, max_size=4), st.text("osn.", min_size=4, max_size=4), st.integers(1, 4)),
        max_size=30,
    ),
    st.randoms(),
)
def test_the_order_of_answers_never_matters(answers, random):
    responses = [Response(sort(after), size=size, before=sort(before)) for before, after, size in answers]
    shuffled = random.sample(responses, len(responses))
    assert card_sort.study(AGAIN, shuffled) == card_sort.study(AGAIN, responses)


# Findings and pictures


def movements(app, responses):
    tally = tallied("card_sort", AGAIN, [])
    return told(app, card_sort.findings(AGAIN, tally, card_sort.study(AGAIN, responses)))


def test_what_moved_most_is_found_from_ten_answers_on(app):
    responses = twice(("ooss", "osss", 7), ("ooss", "ooss", 3))
    assert movements(app, responses) == [
        (
            "7/10",
            "No card was moved by more people between the two sorts: “Card 1”. "
            "7 of 10 people put it in another pile the second time.",
            "Clear: 7 of 10 answers; the next, 0 of 10.",
        )
    ]
    assert movements(app, responses[1:]) == []


def test_the_largest_movement_is_told_where_it_may_be_named(app):
    ((_, sentence, sure),) = movements(app, twice(("ooss", "osss", 6), ("ssoo", "ssoo", 6), ("ooss", "ooss", 6)))
    assert sentence.endswith(
        "6 of 18 people put it in another pile the second time; 6 of them took it from “Organiser” to “Sponsor”."
    )
    assert sure == "Leaning: 6 of 18 answers; the next, 0 of 18. The order could be chance."


def test_two_cards_that_as_many_moved_are_level(app):
    ((_, _, sure),) = movements(app, twice(("ooss", "soss", 4), ("ooss", "osss", 4), ("ooss", "ooss", 4)))
    assert sure == "Level: one more answer could decide it."


def test_what_tables_moved_says_that_it_is_less_sure(app):
    ((_, _, sure),) = movements(app, twice(("ooss", "osss", 7), ("ooss", "ooss", 3), size=3))
    assert sure == "Counted in people: a table gives one answer, so this is less sure than it looks."


def test_no_finding_is_made_of_a_range():
    responses = twice(("ooss", "osss", 9), ("ooss", "ooss", 3), ("ooss", None, 1))
    assert card_sort.findings(AGAIN, tallied("card_sort", AGAIN, []), card_sort.study(AGAIN, responses)) == ()


def drawn(app, responses, *, full: bool) -> str:
    tally = tallied("card_sort", AGAIN, [r.value.model_dump() for r in responses if r.value is not None])
    with app.app_context():
        study = card_sort.study(AGAIN, responses)
        return draw_tally("card_sort", ("en",), full=full, view=0, tally=tally, study=study)


@pytest.mark.parametrize("full", [False, True])
def test_a_range_is_drawn_as_one_and_says_why(app, full):
    steps = [("oooo", "oooo", 10), ("oooo", "soss", 4), ("soss", "oooo", 4), ("soss", "soss", 10), ("oooo", None, 1)]
    html = drawn(app, twice(*steps), full=full)
    assert "A range or a dash stands where an exact number could give away what a few people said." in html
    assert ("5–9 / 28" in html) is not full
    assert ('<td class="count">5–9</td>' in html) is full


def test_a_room_of_which_too_few_came_twice_is_told_so(app):
    html = drawn(app, twice(("ooss", "osss", 2), (None, "ooss", 9)), full=False)
    assert "Too few sorted the cards both times to say what moved." in html
    assert "<table" not in html
