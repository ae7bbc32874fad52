"""Which perspectives are shown together is decided once for a session, at its first reveal."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house import House, opened
from workshop.gathered import Participant
from workshop.store import Store


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with opened(tmp_path) as house:
        house.go("sort", "open")
        yield house


def groups(house: House) -> list[tuple[str | None, ...]] | None:
    found = house.session().groups
    return None if found is None else [group.perspectives for group in found]


def parts(house: House, exercise: str = "sort") -> dict[tuple[str | None, ...], int]:
    """Answers by group on the wall."""
    return {part.group.perspectives: part.turnout.responses for part in house.sums(exercise).wall.parts}


def answer(house: House, *people: Participant, exercise: str = "sort", pile: str = "left") -> None:
    for who in people:
        house.answer(who, exercise, {"placed": {"c0": pile}})


ALL = ("officer", "community", None)


def test_there_are_no_groups_before_the_first_reveal(house: House) -> None:
    answer(house, *house.joins("councillor", 6), *house.joins("officer", 6))
    house.do("close", "sort")
    assert groups(house) is None


def test_a_perspective_of_five_phones_stands_alone_and_the_others_together(house: House) -> None:
    house.joins("councillor", 5), house.joins("officer", 4), house.joins("community", 1)
    house.do("reveal", "sort")
    assert groups(house) == [("councillor",), ALL]


def test_a_rest_that_is_too_small_goes_to_the_smallest_who_do_not_answer_for_themselves(house: House) -> None:
    house.joins("councillor", 5), house.joins("officer", 6), house.joins("community", 7), house.joins(None, 1)
    house.do("reveal", "sort")
    assert groups(house) == [("councillor",), ("officer", None), ("community",)]


def test_phones_that_joined_count_and_neither_people_nor_answers(house: House) -> None:
    house.joins("councillor", 5), house.joins("community", 5)
    answer(house, *house.joins("officer", 4, size=12))
    house.do("reveal", "sort")
    assert groups(house) == [("councillor",), ("community", "officer", None)]


def test_groups_stay_whoever_joins_or_changes_later(house: House) -> None:
    councillors, officers = house.joins("councillor", 6), house.joins("officer", 6)
    house.do("reveal", "sort")
    before = groups(house)
    house.joins("community", 20), house.joins(None, 20)
    for who in councillors[:5]:
        house.change(who, "officer")
    house.do("open", "sort")
    house.do("reveal", "sort")
    house.go("load", "open", "reveal")
    assert (before, groups(house)) == ([("councillor",), ALL], before)
    assert len(officers) == 6


def test_where_only_the_whole_room_can_be_shown_it_stays_so(house: House) -> None:
    house.joins("councillor", 4)
    house.do("reveal", "sort")
    house.joins("councillor", 10), answer(house, *house.joins("officer", 10))
    house.do("open", "sort")
    house.do("reveal", "sort")
    assert (groups(house), parts(house)) == ([], {})


def test_a_latecomer_stands_with_at_least_five_others_whatever_they_speak_as(house: House) -> None:
    answer(house, *house.joins("councillor", 5), *house.joins("officer", 5))
    house.do("reveal", "sort")
    house.go("sort-again", "open")
    late = [house.join(f"late {perspective}", perspective) for perspective in ("community", None)]
    answer(house, *late, exercise="sort-again")
    house.do("reveal", "sort-again")
    assert parts(house, "sort-again") == {}
    house.go("sort", "open")
    answer(house, *late)
    house.do("reveal", "sort")
    assert parts(house) == {("councillor",): 5, ALL: 7}


def test_every_exercise_is_parted_in_the_same_groups(house: House) -> None:
    everyone = [*house.joins("councillor", 5), *house.joins("officer", 6)]
    answer(house, *everyone)
    house.do("reveal", "sort")
    house.joins("community", 9)
    house.go("sort-again", "open")
    answer(house, *everyone, exercise="sort-again")
    house.do("reveal", "sort-again")
    assert parts(house) == parts(house, "sort-again") == {("councillor",): 5, ALL: 6}


def test_two_sessions_have_groups_of_their_own(house: House) -> None:
    house.joins("councillor", 5), house.joins("officer", 5)
    house.do("reveal", "sort")
    dots = house.beside()
    assert groups(dots) is None
    dots.join("dot", "community")
    dots.go("sort", "open", "reveal")
    assert (groups(dots), groups(house)) == ([], [("councillor",), ALL])


def test_groups_survive_a_restart(house: House, tmp_path: Path) -> None:
    house.joins("councillor", 5), house.joins("officer", 5)
    house.do("reveal", "sort")
    before = house.session().groups
    house.store.close()
    again = Store(tmp_path / "cyd.sqlite3")
    with again.read() as read:
        assert read.session(house.code).groups == before
    again.close()


def test_perspectives_stand_side_by_side_exactly_where_the_sums_have_parts(house: House) -> None:
    """Both are all groups or none, by answers to the exercise."""
    councillors, officers = house.joins("councillor", 5), house.joins("officer", 6)
    answer(house, *councillors[:4], *officers)
    house.do("reveal", "sort")
    found = [side_by_side(house)]
    house.do("open", "sort")
    answer(house, councillors[4])
    house.do("reveal", "sort")
    found.append(side_by_side(house))
    assert found == [({}, None), ({("councillor",): 5, ALL: 6}, {("councillor",): 5, ALL: 6})]


def side_by_side(house: House) -> tuple[object, object]:
    with house.store.read() as read:
        session = read.session(house.code)
        compared = house.tallies.comparison(read, session, session.workshop.exercise("sort"), wall=True)
    return parts(house), compared and {side.group.perspectives: side.n for side in compared.groups}
