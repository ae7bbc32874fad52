"""Numbers worked by hand. Agreement is Fleiss's P_i, bounds are Wilson's at 95%."""

from collections.abc import Mapping

import pytest

from tests.kinds.room import content, tallied
from workshop.kinds import card_sort
from workshop.kinds.card_sort import Tally, agreement, label, wilson_lower
from workshop.model import Counts, Turnout

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


# Wilson's lower bound


@pytest.mark.parametrize(
    ("least", "n"),
    [(7, 8), (9, 10), (10, 12), (12, 15), (15, 20), (18, 25), (21, 30), (27, 40), (38, 60), (4, 4)],
)
def test_so_many_votes_are_the_fewest_whose_lower_bound_is_over_half(least, n):
    assert wilson_lower(least, n) > 0.5 >= wilson_lower(least - 1, n)


@pytest.mark.parametrize(("part", "n", "percent"), [(4, 5, 38), (8, 10, 49), (15, 20, 53), (45, 60, 63), (0, 0, 0)])
def test_the_lower_bound_is_that_of_the_published_interval(part, n, percent):
    assert round(100 * wilson_lower(part, n)) == percent


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
        ((0, 0, 9), "split"),
    ],
)
def test_labels_follow_the_rule(placed, expected):
    assert label(CONTENT.piles, placed) == expected


def test_a_card_below_half_without_a_near_second_is_split():
    four = (*CONTENT.piles[:2], CONTENT.piles[0], CONTENT.piles[1])
    assert label(four, (4, 2, 2, 2)) == "split"


# The tally


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


def test_cards_come_eight_a_page_and_the_split_ones_last():
    tally = votes({})
    assert [len(page) for page in tally.pages] == [8, 2]
    assert [view.key for view in tally.views] == ["Counts, page %(page)s of %(pages)s"] * 2 + [
        "The cards that split us most"
    ]


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


# Findings


def test_the_clearest_home_and_the_most_split_card_are_found():
    tally = votes({"c0": (7, 1, 0), "c1": (9, 1, 0), "c2": (4, 5, 0)})
    home, split = card_sort.findings(CONTENT, tally, None)
    assert (home.number, home.arguments["card"].en, home.arguments["pile"].en) == ("9/10", "Card 1", "Organiser")
    assert (split.number, split.arguments["card"].en, split.arguments["first"].en) == ("5:4", "Card 2", "Sponsor")


def test_an_empty_room_has_nothing_to_find():
    tally = card_sort.tally(CONTENT, Counts(), Turnout())
    assert card_sort.findings(CONTENT, tally, None) == ()


def test_the_clearest_fit_is_named_by_answers_and_not_by_who_sits_at_one_table():
    raws = [{"placed": {"c0": "organiser"}}] * 10 + [{"placed": {"c0": "sponsor"}}]
    tally = tallied("card_sort", CONTENT, raws, sizes=[1] * 10 + [12])
    (fit,) = card_sort.findings(CONTENT, tally, None)
    assert (fit.number, fit.arguments["pile"].en) == ("10/22", "Organiser")
