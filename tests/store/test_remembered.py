"""What the store remembers is what it would read: after everything that can happen to a session or a seat."""

from pathlib import Path

import pytest

from tests.house import CODE, OTHER, House, opened
from workshop.model import Refused, Unknown
from workshop.store import Store


@pytest.fixture
def house(tmp_path: Path):
    with opened(tmp_path) as house:
        yield house


def same(house: House, file: Path) -> None:
    """Held against a store that remembers nothing yet."""
    other = Store(file)
    try:
        for code in (CODE, OTHER):
            with other.read() as read:
                assert house.store.session(code) == read.session(code)
        for _, id in list(house.store.writer.remembered.participants):
            with other.read() as read:
                assert house.store.participant(CODE, id) == read.participant_by_id(CODE, id)
    finally:
        other.close()


def test_sessions_and_seats_are_remembered_as_they_are_stored(house: House, tmp_path: Path) -> None:
    file = tmp_path / "cyd.sqlite3"
    ben, cari = house.join("ben", "councillor"), house.join("cari", None, size=4)
    steps = (
        lambda: house.go("sort", "open"),
        lambda: house.answer(ben, "sort", {"placed": {"c0": "left"}}),
        lambda: house.change(cari, "officer", size=7),
        lambda: house.answer(cari, "sort", {"placed": {"c0": "right"}}),
        lambda: house.live.pause(CODE, True),
        lambda: house.do("reveal", "sort"),
        lambda: house.do("view", "sort", 1),
        lambda: house.go("ideas", "open"),
        lambda: house.write(ben, a="Buses", b="Lunch"),
        lambda: house.add_theme("Sparrowhawk", "a"),
        lambda: house.add_theme("Nightjar", "b"),
        lambda: house.do("reveal", "ideas"),
        lambda: house.go("vote", "open"),  # freezes what it takes from the notes
        lambda: house.live.blank(CODE, True),
        lambda: house.live.end(CODE, house.at),
        lambda: house.live.reopen(CODE, house.at),
    )
    for step in steps:
        step()
        same(house, file)


def test_a_verb_that_is_refused_leaves_what_is_remembered_as_it_is(house: House, tmp_path: Path) -> None:
    house.go("sort", "open")
    before = house.store.session(CODE)
    with pytest.raises(Refused):
        house.live.open(CODE, 0, "sort")
    assert house.store.session(CODE) == before
    same(house, tmp_path / "cyd.sqlite3")


def test_a_session_that_was_deleted_is_remembered_no_more(house: House) -> None:
    ben = house.join("ben")
    assert house.store.participant(CODE, ben.id) == ben
    house.live.delete(CODE)
    with pytest.raises(Unknown):
        house.store.session(CODE)
    with pytest.raises(Unknown):
        house.store.participant(CODE, ben.id)
