"""Who is told of a change, by the real fragments over a real store."""

from collections.abc import Iterator
from functools import partial
from itertools import count
from typing import Any

import gevent
import pytest
from flask import Flask

from tests.cast import eventually
from tests.house import CODE, OTHER, WORKSHOP, House
from workshop.broadcast import Broadcast, room
from workshop.pages import Parts

SCREEN = room(CODE, "screen", "both")


class Told(House):
    """A house whose changes are pushed; what goes to which room is written down."""

    broadcast: Broadcast
    sent: list[tuple[str, dict[str, Any], str]]

    def watch(self, sid: str) -> dict[str, Any]:
        return self.broadcast.watch(sid, CODE, "screen", "both")

    def frames(self) -> list[dict[str, str]]:
        """What the screen was sent, once a push is through."""
        before = self.broadcast._pushed.get(CODE)
        self.broadcast.announce(CODE)
        assert eventually(lambda: gevent.sleep(0.001) or self.broadcast._pushed.get(CODE) != before)
        return [data["fragments"] for event, data, where in self.sent if (event, where) == ("frame", SCREEN)]


@pytest.fixture
def house(app: Flask) -> Iterator[Told]:
    cyd: Parts = app.extensions["cyd"]
    house = Told(cyd.store, WORKSHOP)
    house.sent = []
    house.broadcast = Broadcast(cyd.fragments, lambda *sent: house.sent.append(sent), partial(next, count(house.now)))
    yield house
    for code in (CODE, OTHER):
        house.live.delete(code)
        cyd.forget(code)


@pytest.mark.parametrize("others", [0, 1, 2, 3])
def test_who_watched_before_a_change_is_told_of_it_however_many_come_before_the_push(house: Told, others: int) -> None:
    held = dict(house.watch("first")["fragments"])
    house.go("sort", "open")
    for number in range(others):
        house.watch(f"other {number}")
    for frame in house.frames():
        held |= frame
    assert held == house.broadcast.current(CODE, "screen", "both")["fragments"]


def test_who_came_between_a_change_and_its_undoing_is_told_of_the_undoing(house: Told) -> None:
    house.watch("first")
    house.live.blank(CODE, True)
    held = dict(house.watch("second")["fragments"])
    house.live.blank(CODE, False)
    for frame in house.frames():
        held |= frame
    assert held == house.broadcast.current(CODE, "screen", "both")["fragments"]


def test_where_nothing_changed_nothing_is_sent(house: Told) -> None:
    house.watch("first")
    assert house.frames() == []


def test_a_facilitator_is_told_of_answers_once_a_second_and_of_everything_else_at_once(house: Told) -> None:
    """Drawing everything that came in takes longest; whoever answers meanwhile would wait for it."""
    ben, cari = house.join("ben"), house.join("cari")
    house.go("sort", "open")
    house.broadcast.watch("ada", CODE, "console", "en")
    console = room(CODE, "console", "en")

    def pushed(tell: Any) -> list[str]:
        """What the console was sent by one push."""
        before, house.sent[:] = house.broadcast._pushed.get(CODE), []
        tell(CODE)
        assert eventually(lambda: gevent.sleep(0.001) or house.broadcast._pushed.get(CODE) != before)
        return [name for event, data, where in house.sent if where == console for name in data["fragments"]]

    house.answer(ben, "sort", {"placed": {"c0": "left"}})
    assert {"now", "tally"} <= set(pushed(house.broadcast.answered))
    house.answer(cari, "sort", {"placed": {"c0": "left"}})
    assert pushed(house.broadcast.answered) == []
    assert eventually(lambda: gevent.sleep(0.01) or any(where == console for _, _, where in house.sent))
    house.answer(cari, "sort", {"placed": {"c0": "right"}})
    assert "tally" in pushed(house.broadcast.announce)


def test_what_happens_during_a_push_waits_for_the_next_one(house: Told) -> None:
    """Else every answer that comes while thousands are counted would begin a push of its own."""
    ben, cari = house.join("ben"), house.join("cari")
    house.go("sort", "open")
    for surface, lang in (("screen", "both"), ("console", "en")):
        house.broadcast.watch(surface, CODE, surface, lang)
    under_way: list[str] = []
    together: list[int] = []

    def emit(event: str, data: Any, where: str) -> None:
        under_way.append(where)
        together.append(len(under_way))
        if len(together) == 2:  # the facilitator's frame: the projector had its own
            house.answer(cari, "sort", {"placed": {"c0": "left"}})
            house.broadcast.answered(CODE)
        gevent.sleep(0.01)
        under_way.remove(where)

    house.broadcast._emit = emit
    house.answer(ben, "sort", {"placed": {"c0": "left"}})
    house.broadcast.announce(CODE)
    assert eventually(lambda: gevent.sleep(0.001) or (len(together) >= 3 and not under_way))
    assert set(together) == {1}
