"""One phone on a bad line: cut, stalled, slow, half open, blocked, or all at once another one."""

import socket
from contextlib import closing
from random import Random

import pytest

from tests.cast import eventually
from tests.faults.room import FaultyRoom, value

EXERCISE = "jobs"
VALUE = value(EXERCISE, Random(1))
OTHER = value(EXERCISE, Random(2))
WAYS = {"socket": ("socket",), "polling": ("polling",), "put": ()}

by_every_way = pytest.mark.parametrize("way", WAYS)


def other_addresses() -> bool:
    """Whether this machine has more than one loopback address."""
    with closing(socket.socket()) as line:
        try:
            line.bind(("127.0.0.2", 0))
        except OSError:
            return False
    return True


@by_every_way
def test_an_answer_that_was_cut_off_before_the_server_read_it_is_sent_again_and_received(
    room: FaultyRoom, way: str
) -> None:
    line = room.line()
    ben = room.join(line, ways=WAYS[way])
    room.open(EXERCISE)
    before = room.disk()
    ben.answer(EXERCISE, VALUE)
    line.cut = "before"
    assert (ben.way, ben.drain(), ben.outbox.unsent()) == (way, False, [EXERCISE])
    assert room.disk() == before
    assert (ben.connect(), ben.way, ben.drain(), ben.outbox.entries) == (True, way, True, {})
    assert ben.outbox.heard == [(EXERCISE, 1, {"ok": True, "status": "received", "n": 1})]
    assert room.check().answers == {(ben.seed, EXERCISE): (1, VALUE)}


@by_every_way
def test_an_answer_whose_acknowledgement_was_cut_off_is_received_again_and_stands_there_once(
    room: FaultyRoom, way: str
) -> None:
    line = room.line()
    ben = room.join(line, ways=WAYS[way])
    room.open(EXERCISE)
    ben.answer(EXERCISE, VALUE)
    line.cut = "after"
    assert (ben.way, ben.drain(), ben.outbox.unsent(), ben.outbox.heard) == (way, False, [EXERCISE], [])
    assert eventually(lambda: room.disk().answers) == {(ben.seed, EXERCISE): (1, VALUE)}
    before = room.disk()
    assert (ben.connect(), ben.way, ben.outbox.stored) == (True, way, {EXERCISE: (1, VALUE)})
    assert (ben.drain(), ben.outbox.entries) == (True, {})
    assert ben.outbox.heard == [(EXERCISE, 1, {"ok": True, "status": "received", "n": 1})]
    assert room.check() == before


def test_a_phone_that_goes_on_where_its_acknowledgement_was_lost_takes_the_next_n(room: FaultyRoom) -> None:
    line = room.line()
    ben = room.join(line)
    room.open(EXERCISE)
    ben.answer(EXERCISE, VALUE)
    line.cut = "after"
    assert not ben.drain()
    assert eventually(lambda: room.disk().answers)
    ben.connect()
    ben.answer(EXERCISE, OTHER)
    assert (ben.drain(), ben.outbox.heard) == (True, [(EXERCISE, 2, {"ok": True, "status": "received", "n": 2})])
    assert room.check().answers == {(ben.seed, EXERCISE): (2, OTHER)}


def test_a_phone_whose_old_connection_the_server_still_holds_is_one_phone(room: FaultyRoom) -> None:
    line = room.line(tells=False)
    ben = room.join(line)
    room.open(EXERCISE)
    for n in (1, 2, 3):
        ben.hang_up()  # the server is not told
        assert ben.connect()
        ben.answer(EXERCISE, VALUE)
        assert (ben.drain(), ben.outbox.heard[-1][1:]) == (True, (n, {"ok": True, "status": "received", "n": n}))
    console = room.ada.console(room.code)
    console.watch()
    assert "<b>1</b> connected" in console.fragments["top"]
    assert room.check().answers == {(ben.seed, EXERCISE): (3, VALUE)}


def test_a_phone_that_nobody_told_that_the_server_died_asks_again_on_a_new_connection(own_room: FaultyRoom) -> None:
    line = own_room.line(tells=False)
    ben = own_room.join(line, patience=1)
    own_room.open(EXERCISE)
    own_room.server.kill()
    own_room.server.start()
    ben.answer(EXERCISE, VALUE)
    assert (ben.way, ben.drain(), ben.outbox.unsent()) == ("socket", False, [EXERCISE])
    assert (ben.connect(), ben.way, ben.drain()) == (True, "socket", True)
    assert own_room.check().answers == {(ben.seed, EXERCISE): (1, VALUE)}


def test_a_stalled_line_keeps_the_answer_on_the_phone_until_it_flows(room: FaultyRoom) -> None:
    line = room.line()
    ben = room.join(line, patience=0.5)
    room.open(EXERCISE)
    line.stall()
    ben.answer(EXERCISE, VALUE)
    assert (ben.drain(), ben.outbox.unsent(), room.disk().answers) == (False, [EXERCISE], {})
    line.flow()
    assert (ben.connect(), ben.drain()) == (True, True)
    assert room.check().answers == {(ben.seed, EXERCISE): (1, VALUE)}


def test_a_slow_line_gets_everything_whole(room: FaultyRoom) -> None:
    line = room.line()
    ben = room.join(line)
    line.rate, line.delay = 20_000, 0.1
    for exercise in ("feel", EXERCISE, "load"):
        room.open(exercise)
    room.open(EXERCISE)
    ben.answer(EXERCISE, VALUE)
    assert ben.drain()
    assert ben.step == ben.phone.now()["fragments"]["step"]
    assert room.check().answers == {(ben.seed, EXERCISE): (1, VALUE)}


@pytest.mark.skipif(not other_addresses(), reason="this machine has one loopback address")
def test_a_phone_that_comes_from_another_address_keeps_its_seat_without_joining_again(room: FaultyRoom) -> None:
    line = room.line()
    ben = room.join(line)
    room.open(EXERCISE)
    ben.answer(EXERCISE, VALUE)
    assert ben.drain()
    seed = ben.seed
    line.source = "127.0.0.2"
    line.cut_all()
    ben.answer(EXERCISE, OTHER)
    assert not ben.drain()
    assert (ben.connect(), ben.way, ben.seed, ben.outbox.stored) == (True, "socket", seed, {EXERCISE: (1, VALUE)})
    assert (ben.drain(), room.sees(ben, EXERCISE)) == (True, True)
    console = room.ada.console(room.code)
    console.watch()
    assert ("<b>1</b> joined" in console.fragments["top"], "<b>1</b> connected" in console.fragments["top"]) == (
        True,
        True,
    )
    assert room.check().answers == {(seed, EXERCISE): (2, OTHER)}


def test_where_websockets_are_refused_polling_does_and_where_both_are_put_does(room: FaultyRoom) -> None:
    ways = []
    line = room.line()
    ben = room.join(line)
    for line.websockets, line.socket_io in ((True, True), (False, True), (False, False), (True, True)):
        room.open(EXERCISE)
        line.cut_all()
        assert (ben.connect(), ben.open) == (True, EXERCISE)
        ben.answer(EXERCISE, value(EXERCISE, Random(len(ways))))
        assert (ben.drain(), ben.outbox.entries) == (True, {})
        ways.append(ben.way)
        assert room.ada.do(room.code, "close", exercise=EXERCISE).status == 200
    assert ways == ["socket", "polling", "put", "socket"]
    assert ben.outbox.heard == [(EXERCISE, n, {"ok": True, "status": "received", "n": n}) for n in (1, 2, 3, 4)]
    assert room.check().answers == {(ben.seed, EXERCISE): (4, value(EXERCISE, Random(3)))}
