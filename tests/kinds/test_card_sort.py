"""Numbers worked by hand. Agreement is Fleiss's P_i, bounds are Wilson's at 95%."""

from collections.abc import Mapping
from random import Random

import pytest
from flask import render_template
from hypothesis import given
from hypothesis import strategies as st

from tests.kinds.room import content, tallied
from tests.kinds.telling import told
from workshop.fragments import draw_tally
from workshop.gathered import Person
from workshop.kinds import card_sort
from workshop.kinds.card_sort import Tally
from workshop.kinds.card_sort.agreement import agreement
from workshop.kinds.card_sort.table import BARS_FROM, LINE, LINES_A_PAGE, ROWS_A_PAGE, label

CONTENT = content("card_sort")  # c0 to c4 written for organiser, c5 to c9 for sponsor; `none` is an extra pile
PILES = ("organiser", "sponsor", "none")


def votes(cards: Mapping[str, tuple[int, int, int]]) -> Tally:
    """The tally of so many answers per card and pile, each answer placing one card."""
    raws = [
        {"placed": {card: pile}}
        for card, ns in cards.items()
        for pile, n in zip(PILES, ns, strict=True)
        for _ in range(n)
    ]
    return tallied("card_sort", CONTENT, raws)


def row(tally: Tally, card: str):
    return next(row for row in tally.rows if row.card.id == card)


# Agreement (Fleiss): the share of pairs of answers that agree


@pytest.mark.parametrize(
    ("placed", "expected"),
    [
        ((5, 0, 0), 1.0),
        ((3, 2, 0), 8 / 20),  # 3 x 2 + 2 x 1 ordered pairs agree out of 5 x 4
        ((2, 2, 2), 6 / 30),
        ((7, 6, 0), 72 / 156),
        ((1, 1, 0), 0.0),
        ((1, 0, 0), None),
        ((0, 0, 0), None),
    ],
)
def test_agreement_is_the_share_of_pairs_that_agree(placed, expected):
    assert agreement(placed) == expected


# Labels


@pytest.mark.parametrize(
    ("placed", "expected"),
    [
        ((4, 0, 0), "few"),
        ((5, 0, 0), "home"),
        ((7, 1, 0), "home"),
        ((6, 2, 0), "leaning"),
        ((5, 3, 2), "leaning"),
        ((4, 2, 3), "split"),  # within one vote
        ((4, 3, 1), "split"),  # half of the votes, but within one vote: this wins
        ((4, 0, 6), "split"),  # the most are in the extra pile, which is no home
        ((0, 0, 9), "outside"),  # everybody agreed that it is no role: that is no split
        ((2, 0, 7), "split"),  # of nine answers it takes nine in ten to be sure of a half
        ((0, 0, 4), "few"),
    ],
)
def test_labels_follow_the_rule(placed, expected):
    assert label(CONTENT.piles, placed) == expected


def test_a_card_below_half_without_a_near_second_is_split():
    four = (*CONTENT.piles[:2], CONTENT.piles[0], CONTENT.piles[1])
    assert label(four, (4, 2, 2, 2)) == "split"


# The tally


def of_cards(n: int, title: str = "Card", **changes: object) -> Tally:
    cards = [{"id": f"c{i}", "title": {"cy": f"{title[:-1]}.", "en": title}} for i in range(n)]
    return tallied("card_sort", content("card_sort", cards=cards, **changes), [])


def test_rows_go_by_role_in_the_order_of_piles_and_then_by_agreement():
    tally = votes({"c1": (3, 2, 0), "c4": (5, 0, 0), "c7": (0, 5, 0), "c8": (1, 4, 0)})
    assert [r.card.id for r in tally.rows] == ["c4", "c1", "c0", "c2", "c3", "c7", "c8", "c5", "c6", "c9"]


def test_a_cell_holds_its_people_and_the_tenth_of_the_card_they_are():
    cells = row(votes({"c0": (12, 7, 1)}), "c0").cells
    assert [(cell.pile.id, cell.people, cell.tint) for cell in cells] == [
        ("organiser", 12, 6),
        ("sponsor", 7, 4),
        ("none", 1, 1),
    ]


def test_one_of_three_hundred_still_has_a_tint_and_nobody_has_none():
    assert [cell.tint for cell in row(votes({"c0": (299, 1, 0)}), "c0").cells] == [10, 1, 0]


def test_split_cards_are_those_that_agree_least_and_ties_go_in_the_order_of_the_pack():
    tally = votes({"c0": (3, 2, 0), "c3": (2, 2, 1), "c7": (2, 3, 0), "c8": (2, 2, 1), "c9": (3, 1, 1)})
    assert [(r.card.id, r.agreement) for r in tally.split] == [("c3", 0.2), ("c8", 0.2), ("c9", 0.3)]


def test_a_card_that_fewer_than_five_placed_is_never_called_split():
    assert votes({"c0": (2, 2, 0)}).split == ()
    assert [r.card.id for r in votes({"c0": (2, 2, 1)}).split] == ["c0"]


def test_a_card_on_which_most_agree_is_not_among_the_split():
    assert votes({"c0": (4, 1, 0)}).split == ()  # 12 of 20 pairs agree: 0.6
    assert [r.card.id for r in votes({"c0": (7, 3, 0)}).split] == ["c0"]  # 48 of 90: 0.53


def test_cards_come_in_even_pages_of_up_to_eight_and_the_split_ones_last():
    tally = votes({})
    assert [len(picture.rows) for picture in tally.pictures] == [5, 5, 0]
    assert [picture.shows for picture in tally.pictures] == ["counts", "counts", "split"]
    assert [view.key for view in tally.views] == ["Counts, page %(page)s of %(pages)s"] * 2 + [
        "The cards that split us most"
    ]


@pytest.mark.parametrize(("cards", "pages"), [(1, [1]), (8, [8]), (9, [5, 4]), (16, [8, 8]), (17, [6, 6, 5])])
def test_no_page_has_more_than_eight_rows(cards, pages):
    assert [len(picture.rows) for picture in of_cards(cards).pictures[:-1]] == pages
    assert max(pages) <= ROWS_A_PAGE


def test_cards_with_long_titles_are_fewer_to_a_page():
    pictures = of_cards(6, "x" * (3 * LINE)).pictures[:-1]  # three lines in each language
    assert [len(picture.rows) for picture in pictures] == [3, 3]
    assert 3 * 6 <= LINES_A_PAGE < 4 * 6


def test_a_title_longer_than_a_page_has_one_to_itself():
    assert [len(p.rows) for p in of_cards(2, "x" * LINE * LINES_A_PAGE).pictures[:-1]] == [1, 1]


def test_row_by_row_each_view_adds_a_card_and_the_others_of_the_page_keep_their_place():
    tally = of_cards(9, by_row=True)
    assert [(len(p.rows), len(p.waiting)) for p in tally.pictures] == [
        (1, 4), (2, 3), (3, 2), (4, 1), (5, 0), (1, 3), (2, 2), (3, 1), (4, 0), (0, 0),
    ]  # fmt: skip
    assert [dict(view.arguments) for view in tally.views[:2]] == [{"card": 1, "cards": 9}, {"card": 2, "cards": 9}]


def test_a_row_that_waits_is_drawn_without_its_counts(app):
    by_row = CONTENT.model_copy(update={"by_row": True})
    tally = tallied("card_sort", by_row, [{"placed": {f"c{n}": "organiser" for n in range(10)}}] * 77)
    with app.app_context():
        drawn = [draw_tally("card_sort", ("en",), full=False, view=n, tally=tally, study=None) for n in range(3)]
    assert [html.count("77") for html in drawn] == [1, 2, 3]


def test_a_second_sort_begins_with_what_moved():
    paired = CONTENT.model_copy(update={"paired": True})
    tally = tallied("card_sort", paired, [])
    assert [picture.shows for picture in tally.pictures] == ["moved", "counts", "counts", "split"]
    assert tally.views[0].key == "What moved"


def test_cards_without_a_role_come_last():
    cards = [{"id": "free", "title": {"en": "Free"}}, {"id": "late", "title": {"en": "Late"}, "role": "sponsor"}]
    tally = tallied("card_sort", content("card_sort", cards=cards), [{"placed": {"free": "sponsor"}}] * 6)
    assert [r.card.id for r in tally.rows] == ["late", "free"]


@pytest.mark.parametrize(("answers", "bars"), [(BARS_FROM - 1, False), (BARS_FROM, True)])
def test_agreement_is_drawn_from_fifteen_answers_on(answers, bars):
    raws = [{"placed": {"c0": PILES[n % 2]}} for n in range(answers)]
    tally = tallied("card_sort", CONTENT, raws)
    assert (tally.bars, tally.alpha is not None) == (bars, bars)


def test_bars_count_answers_and_not_people():
    raws = [{"placed": {"c0": "organiser"}}] * (BARS_FROM - 1)
    assert tallied("card_sort", CONTENT, raws, sizes=[12] * len(raws)).bars is False


@pytest.mark.parametrize(
    ("placed", "voices"),
    [
        ((7, 6, 0), [("organiser", 7), ("sponsor", 6)]),
        ((6, 7, 2), [("sponsor", 7), ("organiser", 6)]),
        ((3, 4, 3), [("sponsor", 4), ("organiser", 3), ("none", 3)]),
        ((2, 2, 2), [("organiser", 2), ("sponsor", 2), ("none", 2)]),
    ],
)
def test_the_talk_begins_with_the_two_first_or_with_three_where_two_are_second(placed, voices):
    found = row(votes({"c0": placed}), "c0").voices
    assert [(cell.pile.id, cell.people) for cell in found] == voices


@pytest.mark.parametrize(("placed", "voices"), [((5, 1, 1, 1), ["a"]), ((2, 2, 2, 2), []), ((3, 3, 1, 1), ["a", "b"])])
def test_where_many_are_second_the_talk_begins_with_the_first_or_with_none(placed, voices):
    four = content(
        "card_sort",
        piles=[{"id": id, "title": {"en": id}} for id in "abcd"],
        cards=[{"id": "c0", "title": {"en": "Card"}}],
    )
    raws = [{"placed": {"c0": pile}} for pile, n in zip("abcd", placed, strict=True) for _ in range(n)]
    assert [cell.pile.id for cell in row(tallied("card_sort", four, raws), "c0").voices] == voices


def test_the_sentence_counts_people():
    raws = [{"placed": {"c0": "organiser"}}] * 3 + [{"placed": {"c0": "sponsor"}}] * 3
    found = row(tallied("card_sort", CONTENT, raws, sizes=[1, 1, 1, 1, 1, 5]), "c0").voices
    assert [(cell.pile.id, cell.people) for cell in found] == [("sponsor", 7), ("organiser", 3)]


@given(st.lists(st.tuples(st.sampled_from(PILES), st.integers(1, 6)), min_size=1, max_size=20), st.randoms())
def test_a_table_of_n_counts_as_n_people_and_the_order_of_answers_never_matters(answers, random):
    raws, sizes = [{"placed": {"c0": pile}} for pile, _ in answers], [size for _, size in answers]
    tally = tallied("card_sort", CONTENT, raws, sizes=sizes)
    people = [raw for raw, size in zip(raws, sizes, strict=True) for _ in range(size)]
    assert row(tally, "c0").cells == row(tallied("card_sort", CONTENT, people), "c0").cells
    order = random.sample(range(len(raws)), len(raws))
    assert tallied("card_sort", CONTENT, [raws[n] for n in order], sizes=[sizes[n] for n in order]) == tally


def test_a_card_that_is_not_in_use_is_nowhere():
    assert "spare" not in [r.card.id for r in votes({}).rows]


def test_a_table_counts_its_people_while_labels_rest_on_answers():
    tally = tallied(
        "card_sort", CONTENT, [{"placed": {"c0": "organiser"}}, {"placed": {"c0": "sponsor"}}], sizes=[6, 1]
    )
    found = row(tally, "c0")
    assert ([cell.people for cell in found.cells], found.people, found.responses) == ([6, 1, 0], 7, 2)
    assert (found.agreement, found.label) == (0.0, "few")
    assert (tally.tables, tally.people, tally.responses) == (True, 7, 2)


def test_progress_counts_the_cards_that_are_dealt():
    value = card_sort.read(CONTENT, {"placed": {"c0": "none", "c1": "sponsor"}})
    assert card_sort.progress(CONTENT, value) == (2, 10)


def test_perspectives_can_be_set_side_by_side_on_every_card_that_is_dealt():
    items = card_sort.items(CONTENT)
    assert [item.key for item in items] == [("placed", f"c{n}") for n in range(10)]
    assert [(o.id, o.title.en, o.shape) for o in items[0].options] == [
        ("organiser", "Organiser", "circle"), ("sponsor", "Sponsor", "square"), ("none", "None", None),
    ]  # fmt: skip
    counts = card_sort.count(CONTENT, card_sort.read(CONTENT, {"placed": {"c3": "none"}}))
    assert list(counts) == [(*items[3].key, items[3].options[2].id)]


def test_piles_without_a_shape_have_marks_of_their_own():
    assert CONTENT.marks == {"organiser": "circle", "sponsor": "square", "none": "plain"}


# The phone


@pytest.mark.parametrize("shuffle", [False, True])
def test_the_phone_is_told_whether_to_shuffle_the_piles(app, shuffle):
    what = content("card_sort", shuffle_piles=shuffle)
    with app.app_context():
        exercise = {"id": "exercise", "kind": "card_sort"}
        html = render_template("kinds/card_sort/form.html", langs=("en",), content=what, exercise=exercise)
    assert ("data-shuffle-piles" in html) is shuffle
    assert html.count("data-extra") == 1


# Made-up people


def test_who_sorts_a_second_time_mostly_keeps_to_what_they_said():
    paired, random = CONTENT.model_copy(update={"paired": True}), Random(4)
    person = Person("en", None, own=False)
    before = {"placed": {f"c{n}": "none" for n in range(10)}}
    after = [card_sort.imagine(paired, random, person, {"before": before})["placed"] for _ in range(100)]
    kept = sum(pile == "none" for placed in after for pile in placed.values()) / 1000
    assert 0.7 < kept < 0.85


# Findings


def found(app, cards):
    return told(app, card_sort.findings(CONTENT, votes(cards), None))


def test_clear_homes_are_counted_and_the_clearest_is_named_and_so_is_the_card_that_split_the_room(app):
    assert found(app, {"c0": (7, 1, 0), "c1": (9, 1, 0), "c2": (4, 5, 0)}) == [
        (
            "9/10",
            "2 of 10 cards have a clear home; none is clearer than “Card 1”. "
            "9 of 10 people chose one role for it: Organiser.",
            "Clear: 9 of 10 answers.",
        ),
        (
            "5:4",
            "This card split the room: “Card 2”. Of 9 people 5 said “Sponsor” and 4 “Organiser”.",
            "Close: 1 more answer could make it level.",
        ),
    ]


def test_one_home_is_said_in_the_singular(app):
    ((_, sentence, _),) = found(app, {"c0": (9, 0, 0)})
    assert sentence == "1 of 10 cards has a clear home: “Card 0”. 9 of 9 people chose one role for it: Organiser."


@pytest.mark.parametrize(
    ("cast", "sentence", "sure"),
    [
        ((2, 2, 1), "Of 5 people 2 said “Organiser” and 2 “Sponsor”.", "Level: one more answer could decide it."),
        (
            (6, 3, 3),
            "Of 12 people 6 said “Organiser”, 3 “Sponsor” and 3 “None”.",
            "No clear majority: the most common answer has 6 of 12.",
        ),
        ((5, 3, 0), "Of 8 people 5 said “Organiser” and 3 “Sponsor”.", "Close: 2 more answers could make it level."),
    ],
)
def test_a_split_says_who_stands_against_whom_and_how_close_it_is(app, cast, sentence, sure):
    ((_, said, how_sure),) = found(app, {"c0": cast})
    assert (said, how_sure) == (f"This card split the room: “Card 0”. {sentence}", sure)


def test_a_card_outside_the_roles_is_no_home_and_no_split(app):
    assert found(app, {"c0": (0, 0, 9)}) == [
        (
            "9/9",
            "1 of 10 cards lies outside the roles: “Card 0”. 9 of 9 people chose this for it: None.",
            "Clear: 9 of 9 answers.",
        )
    ]


def test_that_no_card_has_a_home_is_said_where_several_were_placed_by_enough(app):
    none, *_ = found(app, {"c0": (4, 3, 0), "c1": (3, 2, 0), "c2": (1, 0, 0)})
    assert none == (
        "0/2",
        "No card has a clear home: of the 2 cards that enough people placed, "
        "on none did clearly more than half choose one role.",
        "This is a count; nothing in it is estimated.",
    )


@pytest.mark.parametrize("cast", [(0, 0, 0), (1, 0, 0), (4, 0, 0)])
def test_below_five_answers_there_is_nothing_to_find(cast):
    assert card_sort.findings(CONTENT, votes({"c0": cast}), None) == ()


def test_the_clearest_fit_is_named_by_answers_and_not_by_who_sits_at_one_table(app):
    raws = [{"placed": {"c0": "organiser"}}] * 10 + [{"placed": {"c0": "sponsor"}}]
    tally = tallied("card_sort", CONTENT, raws, sizes=[1] * 10 + [12])
    ((number, sentence, sure),) = told(app, card_sort.findings(CONTENT, tally, None))
    assert (number, sentence[-48:]) == ("10/22", "10 of 22 people chose one role for it: Organiser."[-48:])
    assert sure == "Clear, with each table counted as one answer."
