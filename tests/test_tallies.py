"""Sums of what has come in and of what stands on the wall, over a real store."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from workshop import packs
from workshop.config import ROOT
from workshop.live import Live
from workshop.model import Participant, Session
from workshop.store import Store
from workshop.tallies import Sums, Tallies

NOW = 1_000_000.0


class Room:
    """A session of the demonstration whose card sort is open, with a tally that is looked at after every verb."""

    EXERCISE = "jobs"

    def __init__(self, store: Store) -> None:
        self.store, self.live, self.tallies = store, Live(store, lambda code: None, lambda: NOW), Tallies()
        workshop = packs.load(ROOT / "exercises" / "demo" / "workshop.toml")
        self.code = self.live.start(workshop, runner="Ada", contact="ada@example.org").code
        content = workshop.exercise(self.EXERCISE).content
        self.card, self.piles = content.dealt[0].id, [pile.id for pile in content.piles]
        self.move("go_to")
        self.move("open")

    def session(self) -> Session:
        with self.store.read() as read:
            return read.session(self.code)

    def move(self, verb: str) -> None:
        getattr(self.live, verb)(self.code, self.session().revision, self.EXERCISE)

    def joins(self, name: str, size: int = 1) -> Participant:
        return self.live.join(self.code, name, language="cy", perspective=None, size=size)

    def answers(self, who: Participant, pile: int, n: int = 1) -> None:
        value = {"placed": {self.card: self.piles[pile]}}
        message = {
            "v": 1,
            "exercise": self.EXERCISE,
            "n": n,
            "rev": self.session().step(self.EXERCISE).opened,
            "value": value,
        }
        self.live.respond(who, message)

    def sums(self, tallies: Tallies | None = None) -> Sums:
        with self.store.read() as read:
            session = read.session(self.code)
            return (tallies or self.tallies).of(read, session, session.workshop.exercise(self.EXERCISE))

    def key(self, pile: int) -> tuple[str, str, str]:
        return ("placed", self.card, self.piles[pile])


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    store = Store(tmp_path / "cyd.sqlite3")
    yield Room(store)
    store.close()


def test_an_empty_room_has_empty_sums(room: Room) -> None:
    sums = room.sums()
    assert (sums.live.people, sums.live_turnout.responses, sums.late) == ({}, 0, 0)


def test_a_changed_answer_moves_and_does_not_add(room: Room) -> None:
    ben = room.joins("ben")
    room.answers(ben, 0, n=1)
    assert room.sums().live.people == {room.key(0): 1}
    room.answers(ben, 1, n=2)
    assert room.sums().live.people == {room.key(1): 1}


def test_a_table_counts_as_many_people_and_one_response(room: Room) -> None:
    room.answers(room.joins("table", size=6), 0)
    room.answers(room.joins("ben"), 0)
    sums = room.sums()
    assert sums.live.people == {room.key(0): 7}
    assert sums.live.responses == {room.key(0): 2}
    assert (sums.live_turnout.people, sums.live_turnout.responses, sums.live_turnout.joined) == (7, 2, 2)


def test_sums_built_from_nothing_equal_those_kept_up_to_date(room: Room) -> None:
    for number in range(6):
        room.answers(room.joins(f"p{number}"), number % 2)
        room.sums()
    room.move("reveal")
    room.answers(room.joins("late"), 1)
    assert room.sums() == room.sums(Tallies())


def test_late_answers_wait_beside_the_wall_until_five_are_shown_together(room: Room) -> None:
    everyone = [room.joins(f"p{number}") for number in range(7)]
    room.answers(everyone[0], 0)
    room.answers(everyone[1], 0)
    room.move("reveal")
    room.answers(everyone[0], 1, n=2)
    for late in everyone[2:6]:
        room.answers(late, 1)
    sums = room.sums()
    assert sums.wall.people == {room.key(0): 2}
    assert sums.live.people == {room.key(0): 1, room.key(1): 5}
    assert sums.late == 5
    room.move("reveal")
    assert room.sums().wall == room.sums().live


def test_a_table_that_was_corrected_after_the_reveal_waits_too(room: Room) -> None:
    table = room.joins("table", size=6)
    room.answers(table, 0)
    room.move("reveal")
    room.live.change(table, language="cy", perspective=None, size=4)
    sums = room.sums()
    assert (sums.wall.people, sums.live.people) == ({room.key(0): 6}, {room.key(0): 4})
