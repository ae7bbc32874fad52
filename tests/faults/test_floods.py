"""Whoever sends more than anybody could tap is hung up on, the others are answered meanwhile, and nothing is left."""

import json
import struct
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import count
from socket import SO_LINGER, SOL_SOCKET

import pytest

from tests.cast import Closed, Phone, Room, Socket, Wire, eventually, gather, hang_up, phone, running
from tests.faults.vitals import Vitals
from workshop import guard
from workshop.sockets import PUT_BURST, RETRY_MILLISECONDS

EXERCISE = "jobs"
VALUE = {"placed": {"c1": "paid"}}
EVENTS = 100_000
CYCLES = 3_000
N = count(1)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    with running(tmp_path_factory.mktemp("floods")) as server:
        room = gather(server, "demo")
        room.ada.go(room.code, EXERCISE, "open")
        yield room


@pytest.fixture(autouse=True)
def _as_before(room: Room) -> Iterator[None]:
    vitals, cari = Vitals.of(room.server), room.cari.socket()
    assert cari.watch()["ok"]
    cari.close()
    assert eventually(lambda: connected(room) == 0)
    lines = vitals.lines
    yield
    hang_up()
    assert eventually(lambda: connected(room) == 0)
    assert vitals.lets_go(lines)
    assert "Traceback" not in room.server.log


def connected(room: Room) -> int:
    """Phones, as the console says."""
    text = str(room.ada.get(f"/c/{room.code}/now").json["fragments"]["top"])
    return int(text.partition("</b> connected")[0].rpartition("<b>")[2])


class Flood:
    """Sends these bytes on this wire as fast as they are taken, until the server hangs up or all of them are sent."""

    def __init__(self, wire: Wire, data: bytes, times: int) -> None:
        self._wire, self._data, self._times = wire, data, times
        self.ended = False
        self._thread = threading.Thread(target=self._send)
        self._thread.start()

    def _send(self) -> None:
        self._wire.sock.settimeout(30)
        try:
            for _ in range(self._times):
                self._wire.sock.sendall(self._data)
            while self._wire.sock.recv(65536):
                pass
            self.ended = True
        except TimeoutError:
            pass
        except OSError:
            self.ended = True

    def over(self) -> bool:
        """Whether the server hung up."""
        self._thread.join(60)
        return self.ended


def frame(first: int, raw: bytes) -> bytes:
    assert len(raw) < 126
    return struct.pack("!BB", first, 0x80 | len(raw)) + b"\0\0\0\0" + raw


FLOODS = {
    "events": frame(0x81, b'42["watch"]'),
    "answers": frame(0x81, b'421["respond",{}]'),
    "packets of the transport": frame(0x81, b"3"),
    "pings of the socket": frame(0x89, b""),
    "pongs of the socket": frame(0x8A, b""),
    "pieces without anything in them": frame(0x01, b"4") + frame(0x00, b"") * 999,
}


@pytest.mark.parametrize("packet", FLOODS.values(), ids=FLOODS.keys())
def test_a_hundred_thousand_at_once_are_hung_up_on_and_the_others_are_answered_meanwhile(
    room: Room, packet: bytes
) -> None:
    cari, before = room.cari.socket(), Vitals.of(room.server).megabytes
    cari.watch()
    many = 1_000
    start = packet[: len(packet) - 999 * 6] if len(packet) > 1_000 else b""
    wire = room.ben.socket().wire
    wire.sock.sendall(start)
    flood = Flood(wire, packet[len(start) :] if start else packet * many, EVENTS // many)
    try:
        for _ in range(10):
            assert cari.respond(EXERCISE, next(N), VALUE)["status"] == "received"
    finally:
        assert flood.over()
    assert Vitals.of(room.server).megabytes - before < 20


def test_four_hundred_reconnects_leave_nothing_behind_and_the_others_are_answered_meanwhile(room: Room) -> None:
    cari = room.cari.socket()
    cari.watch()
    for number in range(400):
        wire = Wire(room.server, room.ben.cookies)
        with suppress(Closed):
            wire.send("40" + json.dumps(room.ben.auth))
            wire.send('42["watch"]')
        wire.close()
        if number % 20 == 0:
            assert cari.respond(EXERCISE, next(N), VALUE)["status"] == "received"


# How a phone may go: with a goodbye, by closing its line, or as if its battery were pulled out.


def goodbye(socket: Socket) -> None:
    socket.wire.send("41")
    socket.close()


def reset(socket: Socket) -> None:
    socket.wire.sock.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
    socket.close()


def midway(socket: Socket) -> None:
    socket.wire.sock.sendall(b"\x81\xfe\x0f")
    socket.close()


WAYS: tuple[Callable[[Socket], None], ...] = (goodbye, Socket.close, reset, midway)


def test_three_thousand_phones_that_came_and_went_are_all_forgotten(room: Room) -> None:
    vitals = Vitals.of(room.server)
    lines, before = vitals.lines, vitals.megabytes
    for number in range(CYCLES):
        socket = room.ben.socket()
        if number % 10 == 0:
            socket.watch()
        WAYS[number % len(WAYS)](socket)
        Wire.opened.clear()
    assert eventually(lambda: connected(room) == 0)
    assert vitals.lets_go(lines)
    # Of each a few KiB stay until its next ping would have been due, and Python hands back not all of it. What is never
    # let go is 60 KiB of each.
    assert vitals.megabytes - before < CYCLES * 20 / 1024


# Where there is no socket to hang up


def test_a_flood_by_polling_ends_the_connection(room: Room) -> None:
    path = "/socket.io/?EIO=4&transport=polling"
    path += f"&sid={json.loads(room.ben.get(path).text[1:])['sid']}"
    body = b"\x1e".join([b'42["watch"]'] * 16)
    plain = {"Content-Type": "text/plain"}
    assert room.ben.ask("POST", path, body=b"40" + json.dumps(room.ben.auth).encode(), headers=plain).status == 200
    heard = [room.ben.ask("POST", path, body=body, headers=plain).status for _ in range(40)]
    assert set(heard) == {200, 400}
    assert heard.index(400) <= 1 + (guard.BURST + 16) // 16 + 30 * guard.RATE // 16
    assert set(heard[heard.index(400) :]) == {400}


def test_a_seat_that_floods_the_put_door_is_told_to_come_again_and_no_other_is(room: Room) -> None:
    ben: Phone = phone(room.server, room.code)
    rev = room.ada.revision(room.code)
    with ThreadPoolExecutor(4) as pool:
        one = lambda _: ben.copy().put_answer(EXERCISE, 1, VALUE, rev)  # noqa: E731
        heard = list(pool.map(one, range(4 * PUT_BURST)))
    assert {answer.status for answer in heard} == {200, 503}
    assert [answer.status for answer in heard[: PUT_BURST - 4]] == [200] * (PUT_BURST - 4)
    refused = next(answer.json for answer in heard if answer.status == 503)
    assert refused == {"ok": False, "retry": True, "after_ms": RETRY_MILLISECONDS}
    assert room.cari.put_answer(EXERCISE, next(N), VALUE, rev).status == 200
    assert eventually(lambda: ben.put_answer(EXERCISE, 2, {"placed": {}}, rev).status == 200)
