"""Transport limits on a real server: what floods, what is too large, what reads nothing, what never says who it is."""

import json
import time
from collections.abc import Iterator
from contextlib import suppress
from inspect import signature
from itertools import count

import engineio.server
import engineio.socket
import pytest
import simple_websocket
from engineio.async_drivers import gevent as driver

from tests.cast import Closed, Phone, Room, Socket, Wire, eventually, gather, hang_up, phone, running
from workshop import guard
from workshop.sockets import GREETING_SECONDS

EXERCISE = "jobs"
N = count(1)  # of every answer in this file


@pytest.fixture(scope="module")
def strangers(room: Room) -> Iterator[list[tuple[float, Wire]]]:
    """Sockets that never say who they are, and when they came. Opened early: the last test waits for their end."""
    came = [(time.monotonic(), Wire(room.server, cookies)) for cookies in (None, room.ben.cookies)]
    for _, wire in came:
        Wire.opened.remove(wire)
    yield came
    for _, wire in came:
        wire.close()


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    with running(tmp_path_factory.mktemp("guard")) as server:
        room = gather(server, "demo")
        room.ada.go(room.code, EXERCISE, "open")
        yield room


@pytest.fixture(autouse=True)
def _hang_up() -> Iterator[None]:
    yield
    hang_up()


def answers(room: Room, who: Phone) -> bool:
    """Whether a phone that joins now is heard as ever."""
    one = who.socket()
    received = one.respond(EXERCISE, next(N), {"placed": {"c1": "paid"}}, room.ada.revision(room.code))
    one.close()
    return received["status"] == "received"


def ends(wire: Wire, seconds: float = 15) -> bool:
    end = time.monotonic() + seconds
    try:
        while time.monotonic() < end:
            wire.receive(0.2)
    except Closed:
        return True
    return False


def test_what_the_guard_relies_on_stands_in_the_libraries_as_it_was_written_for() -> None:
    """An upgrade that moves any of it makes this fail, and not a room of phones."""
    websocket, connection = simple_websocket.Server.__mro__[1], guard.Held.__mro__[1]
    inside = {
        # The driver's wrapper makes its socket in __call__, with server_args, and reads with `receive`.
        driver.WebSocketWSGI.__mro__[1].__init__: {"server_args"},
        driver.WebSocketWSGI.__call__: {"ws", "server_args", "app"},
        driver.WebSocketWSGI.wait: {"receive"},
        # Sockets and Engine.IO connections are made by names that `install` may set.
        connection._upgrade_websocket: {"_async"},
        engineio.server.Server._handle_connect: {"socket", "Socket", "sockets"},
        # It reads in a thread of its own and hands on through these.
        websocket._thread: {"_handle_events", "receive_bytes", "connected"},
        websocket._handle_events: {
            "ws",
            "events",
            "input_buffer",
            "max_message_size",
            "event",
        },
        websocket.receive: {"input_buffer", "event", "connected"},
        # What is polled comes in here, packet by packet; what is closed waits for its queue.
        connection.handle_post_request: {"receive", "packets"},
        connection.close: {"closed", "queue", "join"},
    }
    for function, names in inside.items():
        assert names <= {*function.__code__.co_names, *function.__code__.co_varnames}, function
    assert list(signature(simple_websocket.Server.__init__).parameters) == [
        *("self", "environ", "subprotocols", "receive_bytes", "ping_interval", "max_message_size"),
        *("thread_class", "event_class", "selector_class"),
    ]
    made = guard.Capped(lambda ws: None, None)
    assert set(made.server_args) == {"thread_class", "event_class", "selector_class", "max_message_size"}
    assert made.server_args["max_message_size"] == guard.LARGEST
    assert signature(connection.close).parameters.keys() == {"self", "wait", "abort", "reason"}


@pytest.mark.usefixtures("strangers")
def test_the_hooks_are_where_the_libraries_look_for_them(room: Room) -> None:
    guard.install()
    assert driver._async["websocket"] is guard.Capped
    assert engineio.server.socket.Socket is guard.Held
    assert guard.Capped.__mro__[1] is driver.WebSocketWSGI
    assert guard.Guarded._handle_events is not guard.Guarded.__mro__[1]._handle_events
    for name in ("_handle_events", "send", "receive"):
        assert hasattr(guard.Guarded.__mro__[1], name)
    assert json.loads(room.ben.socket().greeting[1:])["maxPayload"] == guard.LARGEST


def test_the_largest_message_is_heard_and_one_byte_more_closes_the_socket(room: Room) -> None:
    packet = '421["respond",""]'
    for more, heard in ((0, True), (1, False)):
        ben = room.ben.socket()
        ben.wire.send(packet[:-2] + "x" * (guard.LARGEST - len(packet) + more) + packet[-2:])
        if heard:
            assert ben.ack(1)["status"] == "invalid"
        else:
            assert ben.closes()
    assert answers(room, room.cari)


def test_a_message_that_never_ends_closes_the_socket_while_it_arrives(room: Room) -> None:
    ben = room.ben.socket()
    with pytest.raises(Closed):
        ben.wire.frame(0x01, b"4" + b"x" * 4000)
        for _ in range(100_000):
            ben.wire.frame(0x00, b"x" * 4000)
            ben.wire.receive(0.001)
    assert answers(room, room.cari)


def test_nobody_gets_compression(room: Room) -> None:
    ben = room.ben.socket()
    assert "extensions" not in ben.wire.head.lower()


def test_a_burst_of_a_whole_outbox_is_heard(room: Room) -> None:
    ben = phone(room.server, room.code).socket()
    ben.watch()
    rev = room.ada.revision(room.code)
    value = {"placed": {"c1": "paid"}}
    numbers = [ben.send("respond", ben.message(EXERCISE, n, value, rev)) for n in range(1, 41)]
    assert [ben.ack(number) for number in numbers] == [{"ok": True, "status": "received", "n": n} for n in range(1, 41)]


def test_a_flood_is_dropped_and_the_others_are_answered_meanwhile(room: Room) -> None:
    cari = room.cari.socket()
    cari.watch()
    floods = [room.ben.socket() for _ in range(3)]
    for _ in range(5):
        for flood in floods:
            with suppress(Closed):
                for _ in range(200):
                    flood.wire.send('42["watch"]')
        assert cari.respond(EXERCISE, next(N), {"placed": {"c1": "paid"}})["status"] == "received"
    assert [ends(flood.wire) for flood in floods] == [True] * 3
    assert answers(room, room.ben)


def test_whoever_reconnects_in_a_flood_leaves_nothing_behind(room: Room) -> None:
    console = room.ada.console(room.code)
    for _ in range(150):
        wire = Wire(room.server, room.ben.cookies)
        wire.send("40" + json.dumps(room.ben.auth))
        wire.close()
    assert console.watch()["ok"]
    assert console.until(lambda: "<b>0</b> connected" in console.fragments["top"]), console.fragments["top"]
    assert answers(room, room.cari)


def test_a_surface_that_reads_nothing_is_cut_off_and_the_others_are_answered_meanwhile(room: Room) -> None:
    deaf, cari = room.ada.console(room.code, window=4096), room.cari.socket()
    cari.watch()
    end = time.monotonic() + 60
    try:
        while time.monotonic() < end:
            for _ in range(guard.RATE // 2):
                deaf.wire.send('427["watch"]')  # each is answered with everything that is current
            assert cari.respond(EXERCISE, next(N), {"placed": {"c1": "paid"}})["status"] == "received"
            cari.until(lambda: False, 0.4)
        raise AssertionError("it was never cut off")
    except Closed:
        pass
    assert answers(room, room.ben)
    again = room.ben.socket()
    assert again.watch()["fragments"] == room.ben.now()["fragments"]


def test_a_socket_that_never_says_who_it_is_is_closed_and_a_silent_phone_is_not(
    room: Room, strangers: list[tuple[float, Wire]]
) -> None:
    silent: Socket = room.cari.socket()
    for since, wire in strangers:
        assert eventually(lambda wire=wire: ends(wire, 0.5), 30)
        assert time.monotonic() - since > GREETING_SECONDS * 0.9
    assert silent.watch()["ok"] is True
