"""What each surface is given to show, and when: of one moment, and never too early."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.house import CODE, OTHER, WORKSHOP, House, note_id
from workshop.fragments import MOST_NOTES, State
from workshop.model import Unknown
from workshop.pages import Parts


class Shown(House):
    """A house whose surfaces can be drawn."""

    cyd: Parts

    def draw(self, surface: str, lang: str = "en") -> dict[str, str]:
        revision, fragments = self.cyd.fragments.render(surface, self.code, "both" if surface == "screen" else lang)
        assert revision == self.at
        return fragments

    def state(self) -> State:
        with self.store.read() as read:
            state = self.cyd.fragments.state(read, self.code)
            assert (state.tally, state.wall, state.comparison, state.views) is not None  # while it can be read
            return state


@pytest.fixture
def house(app: Flask) -> Iterator[Shown]:
    cyd: Parts = app.extensions["cyd"]
    house = Shown(cyd.store, WORKSHOP)
    house.cyd = cyd
    yield house
    for code in (CODE, OTHER):
        house.live.delete(code)
        cyd.forget(code)


def test_nothing_is_revealed_in_the_lobby_and_dot_s_session_is_hers(house: Shown) -> None:
    house.join("ben")
    assert house.state().wall is None
    assert "<b>1</b>" in house.draw("screen")["stage"]
    house.beside().join("dot")
    assert "<b>1</b>" in house.draw("screen")["stage"]


def test_a_session_or_an_exercise_that_is_not_there_is_unknown(house: Shown) -> None:
    for surface, code in (("screen", "ZZZZZZZ"), ("themes:nowhere", CODE), ("themes:", CODE), ("themes:ideas", "ZZZZ")):
        with pytest.raises(Unknown):
            house.cyd.fragments.render(surface, code, "en")


def test_dots_are_secret_from_everybody_until_the_close_and_from_the_room_until_the_reveal(house: Shown) -> None:
    ben = house.join("ben")
    house.go("ideas", "open")
    house.write(ben, a="Buses", b="Lunch")
    house.add_theme("Sparrowhawk", "a")
    lunch = house.add_theme("Nightjar", "b")
    house.do("reveal", "ideas")
    house.go("vote", "open")
    house.answer(ben, "vote", {"dots": {lunch: 2}})
    told = []
    for verb in (None, "close", "reveal"):
        if verb:
            house.do(verb, "vote")
        told.append([dotted(house.draw("console")["tally"]), dotted(house.draw("screen")["stage"]), see(house)])
    assert told == [[False, False, False], [True, False, False], [True, True, True]]


def dotted(html: str) -> bool:
    return "Nightjar" in html and "<table" in html


def see(house: Shown) -> bool:
    return dotted(house.cyd.fragments.tally(house.code, "en"))


def test_a_perspective_s_own_list_is_shown_to_the_facilitator_only_once_answers_are_closed(house: Shown) -> None:
    house.go("feel", "open")
    for who in house.joins("councillor", 6):
        house.answer(who, "feel", {"ratings": {"own0": 5}})
    assert "Statement own0" not in house.draw("console")["tally"]
    house.do("close", "feel")
    assert "Statement own0" in house.draw("console")["tally"]
    assert "Statement own0" not in house.draw("screen")["stage"] + house.cyd.fragments.tally(CODE, "en")


SIDE_BY_SIDE = 'class="sides'


def test_perspectives_stand_side_by_side_once_groups_are_fixed_and_the_answers_closed(house: Shown) -> None:
    people = [*house.joins("councillor", 6), *house.joins("officer", 6)]

    def answer(exercise: str) -> None:
        for number, who in enumerate(people):
            house.answer(who, exercise, {"placed": {"c0": "left" if number < 6 else "right"}})

    house.go("sort", "open")
    answer("sort")
    house.do("close", "sort")
    assert SIDE_BY_SIDE not in house.draw("console")["tally"]  # no groups yet
    house.do("reveal", "sort")
    assert SIDE_BY_SIDE in house.draw("console")["tally"]
    house.go("sort-again", "open")
    answer("sort-again")
    assert SIDE_BY_SIDE not in house.draw("console")["tally"]
    house.do("close", "sort-again")
    assert SIDE_BY_SIDE in house.draw("console")["tally"]
    assert SIDE_BY_SIDE not in house.draw("screen")["stage"] + house.cyd.fragments.tally(CODE, "en")
    house.do("reveal", "sort-again")
    assert SIDE_BY_SIDE in house.cyd.fragments.tally(CODE, "en")


def test_the_pages_of_perspectives_come_after_the_pictures_of_the_whole_room(house: Shown) -> None:
    people = [*house.joins("councillor", 6), *house.joins("officer", 6)]
    house.go("sort", "open")
    for number, who in enumerate(people):
        house.answer(who, "sort", {"placed": {"c0": "left" if number < 6 else "right"}})
    house.do("reveal", "sort")
    state = house.state()
    assert state.comparison is not None
    own = len(state.wall.views)
    assert len(state.views) == own + len(state.comparison.views) > own
    drawn = []
    for view in range(len(state.views)):
        house.do("view", "sort", view)
        drawn.append(SIDE_BY_SIDE in house.draw("screen")["stage"])
    assert drawn[:own] == [False] * own
    assert True in drawn[own:]
    house.do("view", "sort", 900)  # past the last there is the last
    assert house.draw("screen")["stage"] != ""


def test_the_console_lists_the_latest_notes_and_the_notes_table_all_of_them(house: Shown) -> None:
    house.go("ideas", "open")
    for number in range(MOST_NOTES // 4 + 1):
        house.write(house.join(f"p{number}"), **{f"w{number}x{n + 1}": f"Note {number}-{n}" for n in range(4)})
    listed = house.draw("console")["notes"]
    table = house.draw("themes:ideas")["columns"]
    every = [f"Note {number}-{n}<" for number in range(MOST_NOTES // 4 + 1) for n in range(4)]
    assert (sum(one in listed for one in every), sum(one in table for one in every)) == (MOST_NOTES, len(every))
    assert "Note 0-0<" not in listed


def test_a_note_is_on_the_wall_from_its_reveal_until_it_is_hidden(house: Shown) -> None:
    house.go("ideas", "open")
    house.write(house.join("ben"), a="Sparrowhawk", b="Kestrel")
    told = [seen(house)]
    house.do("reveal", "ideas")
    told.append(seen(house))
    house.live.hide(CODE, note_id("a"))
    told.append(seen(house))
    assert told == [(False, False), (True, True), (False, True)]


def seen(house: Shown) -> tuple[bool, ...]:
    html = house.cyd.fragments.tally(CODE, "cy")
    return "Sparrowhawk" in html, "Kestrel" in html
