"""One exercise from another: what it takes of an earlier one is fixed in this session when it opens.

`vote` is about the themes of `ideas`; `sort-again` is the same sort as `sort`.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house import CODE, RAW, WORKSHOP, House, exercise, ids, note_id, opened
from workshop import packs
from workshop.kinds.points import Item
from workshop.kinds.pressure_map.answers import OWN
from workshop.model import Refused
from workshop.store import Store
from workshop.text import Text


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Ben and Cari wrote notes, which the room has seen in two themes; nobody has voted."""
    with opened(tmp_path) as house:
        house.go("ideas", "open")
        house.ben, house.cari = house.join("ben"), house.join("cari", size=3)
        house.write(house.ben, a="Buses", b="Lunch")
        house.write(house.cari, c="More buses")
        house.buses, house.lunch = house.add_theme("Buses", "a", "c"), house.add_theme("Lunch", "b")
        house.do("reveal", "ideas")
        yield house


def items(house: House) -> list[tuple[str, str]]:
    return [(item.id, item.title.en) for item in house.session().workshop.exercise("vote").content.items]


def test_the_vote_opens_with_the_themes_in_their_order(house: House) -> None:
    assert items(house) == []
    house.go("vote", "open")
    assert items(house) == [(house.buses, "Buses"), (house.lunch, "Lunch")]
    assert house.answer(house.ben, "vote", {"dots": {house.lunch: 1}}) == "received"


def test_the_themes_are_in_this_session_only(house: House) -> None:
    house.go("vote", "open")
    dots = house.beside()
    assert (items(dots), dots.session().frozen, dots.session().workshop) == ([], {}, WORKSHOP)
    dots.go("vote")
    with pytest.raises(Refused):
        dots.do("open", "vote")


def test_both_languages_of_a_theme_are_voted_on(house: House) -> None:
    house.theme("rename_theme", house.buses, "Bysiau", "Getting there")
    house.go("vote", "open")
    assert house.session().workshop.exercise("vote").content.items[0] == Item(
        id=house.buses, title=Text(cy="Bysiau", en="Getting there"), taken=True
    )


def test_what_happens_to_the_themes_afterwards_does_not_change_a_vote_that_is_open(house: House) -> None:
    house.go("vote", "open")
    before = items(house)
    house.theme("rename_theme", house.buses, "", "Other")
    house.theme("remove_theme", house.lunch)
    house.add_theme("New", "b")
    assert items(house) == before


def test_a_vote_that_nobody_answered_takes_the_themes_as_they_are_when_it_opens_again(house: House) -> None:
    house.go("vote", "open")
    third = house.add_theme("Third", "b")
    house.do("open", "vote")
    assert items(house) == [(house.buses, "Buses"), (third, "Third")]


def test_a_vote_that_somebody_answered_keeps_its_items_when_it_opens_again(house: House) -> None:
    house.go("vote", "open")
    house.answer(house.ben, "vote", {"dots": {house.lunch: 1}})
    before = items(house)
    house.theme("rename_theme", house.buses, "", "Other")
    house.theme("remove_theme", house.lunch)
    house.add_theme("New", "b")
    house.do("reveal", "vote")
    house.go("ideas")
    house.go("vote", "open")
    assert items(house) == before
    counted = house.sums("vote").live.counts.people
    assert counted["dots", house.lunch] == 1


def test_a_late_answer_keeps_the_items_too(house: House) -> None:
    house.go("vote", "open", "close")
    assert house.answer(house.cari, "vote", {"dots": {house.lunch: 1}}) == "late"
    house.theme("remove_theme", house.lunch)
    before = items(house)
    house.do("open", "vote")
    assert items(house) == before


def test_a_vote_about_fewer_than_two_themes_does_not_open_and_nothing_moves(house: House) -> None:
    house.theme("remove_theme", house.lunch)
    house.go("vote")
    before = house.session()
    with pytest.raises(Refused):
        house.do("open", "vote")
    assert house.session() == before


@pytest.mark.parametrize("why", ["not revealed", "hidden", "taken back"])
def test_a_theme_with_no_note_that_the_room_may_see_is_not_voted_on(house: House, why: str) -> None:
    if why == "not revealed":
        house.do("open", "ideas")
        house.write(house.join("dai"), d="Benches")
        house.add_theme("Benches", "d")
    elif why == "hidden":
        house.add_theme("Lunch again", "b")
        house.live.hide(house.code, note_id("b"))
        house.theme("copy", ids("c"), house.lunch)
    else:
        house.theme("copy", ids("c"), house.lunch)
        house.add_theme("Gone", "b")
        house.write(house.ben, a="Buses")
    house.go("vote", "open")
    assert items(house) == [(house.buses, "Buses"), (house.lunch, "Lunch")]


def test_what_was_frozen_survives_a_restart(house: House, tmp_path: Path) -> None:
    house.go("vote", "open")
    house.answer(house.ben, "vote", {"dots": {house.lunch: 2}})
    before, frozen = items(house), house.session().frozen
    house.store.close()
    again = Store(tmp_path / "cyd.sqlite3")
    with again.read() as read:
        session = read.session(house.code)
        content = session.workshop.exercise("vote").content
        counted = house.tallies.of(read, session, session.workshop.exercise("vote")).live.counts.people
    assert ([(item.id, item.title.en) for item in content.items], session.frozen) == (before, frozen)
    assert counted["dots", house.lunch] == 2
    again.close()


def test_dots_on_what_is_not_voted_on_are_invalid_and_nothing_of_the_pack_changed(house: House) -> None:
    other = house.add_theme("Never shown")
    house.go("vote", "open")
    for theme in (other, "nothing"):
        with pytest.raises(Exception, match="That is not among the things"):
            house.answer(house.ben, "vote", {"dots": {theme: 1}})
    assert WORKSHOP.exercise("vote").content.items == ()


def test_the_same_sort_again_takes_nothing_and_is_set_against_the_first(house: House) -> None:
    everyone = [house.ben, house.cari, *house.joins(None, 4)]
    house.go("sort", "open")
    for who in everyone:
        house.answer(who, "sort", {"placed": {"c0": "left"}})
    house.do("reveal", "sort")
    house.go("sort-again", "open")
    assert house.session().frozen == {}
    for who in everyone:
        house.answer(who, "sort-again", {"placed": {"c0": "right"}})
    house.do("reveal", "sort-again")
    with house.store.read() as read:
        session = read.session(house.code)
        study = house.tallies.study(read, session, session.workshop.exercise("sort-again"), wall=True)
    assert (study.again.people, study.again.responses) == (8, 6)
    assert [(row.card.id, row.moves.moved) for row in study.again.most] == [("c0", 8)]


def test_what_is_hidden_is_no_longer_voted_on(tmp_path: Path) -> None:
    """A pressure that somebody wrote is voted on once it is accepted, and gone from the vote once it is hidden."""
    vote = exercise("weigh", "points", {"dots": 2, "most_each": 1}, of="load")
    workshop = packs.parse({**RAW, "agenda": [*RAW["agenda"], vote]}, id="test", where="test")
    with opened(tmp_path, workshop) as house:
        ben = house.join("ben")
        house.go("load", "open")
        own = {"id": note_id("a"), "lang": "en", "text": "Mrs Jones"}
        source = workshop.exercise("load").content.sources[0].id
        house.answer(ben, "load", {"placed": [{"pressure": OWN + note_id("a"), "source": source}], "own": [own]})
        house.live.accept(CODE, note_id("a"))
        house.do("reveal", "load")
        house.go("weigh", "open")
        asked = [item.title.en for item in house.session().workshop.exercise("weigh").content.items]
        assert "Mrs Jones" in asked
        house.live.hide(CODE, note_id("a"))
        left = [item.title.en for item in house.session().workshop.exercise("weigh").content.items]
        assert left == [title for title in asked if title != "Mrs Jones"]
