"""Who is told of a change, by the real fragments over a real store."""

from collections.abc import Iterator
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
        self.broadcast.announce(CODE)
        assert eventually(lambda: gevent.sleep(0.001) or not self.broadcast._due)
        return [data["fragments"] for event, data, where in self.sent if (event, where) == ("frame", SCREEN)]


@pytest.fixture
def house(app: Flask) -> Iterator[Told]:
    cyd: Parts = app.extensions["cyd"]
    house = Told(cyd.store, WORKSHOP)
    house.sent = []
    house.broadcast = Broadcast(cyd.fragments, lambda *sent: house.sent.append(sent), lambda: house.now)
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
