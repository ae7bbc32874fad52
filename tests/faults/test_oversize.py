"""Messages that are too large, by every door: the server hangs up and holds on to none of it."""

import json
import socket
import zlib
from collections.abc import Iterator
from itertools import count

import pytest

from tests.cast import Closed, Phone, Room, Wire, gather, hang_up, running
from tests.faults.vitals import Vitals
from workshop import guard

EXERCISE = "jobs"
MORE = 20  # megabytes that an attack may cost
PIECE = b"x" * 64_000
N = count(1)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    with running(tmp_path_factory.mktemp("oversize")) as server:
        room = gather(server, "demo")
        room.ada.go(room.code, EXERCISE, "open")
        yield room


@pytest.fixture(autouse=True)
def _unharmed(room: Room) -> Iterator[None]:
    """After each attack: no more memory, no more connections, an answer heard as ever, and nothing in the log."""
    vitals = Vitals.of(room.server)
    assert answers(room)
    before, lines = vitals.megabytes, vitals.lines
    yield
    hang_up()
    assert answers(room)
    assert vitals.lets_go(lines)
    assert vitals.megabytes - before < MORE
    assert "Traceback" not in room.server.log


def answers(room: Room) -> bool:
    cari = room.cari.socket()
    received = cari.respond(EXERCISE, next(N), {"placed": {"c1": "paid"}}, room.ada.revision(room.code))
    cari.close()
    return bool(received["status"] == "received")


def sent_until_closed(wire: Wire, first: int, then: int, megabytes: int) -> int:
    """How many bytes of a message that never ends went off before the server hung up."""
    sent = 0
    try:
        while sent < megabytes * 1_000_000:
            wire.frame(then if sent else first, PIECE)
            sent += len(PIECE)
    except Closed:
        pass
    return sent


def test_a_message_of_a_megabyte_closes_the_socket(room: Room) -> None:
    ben = room.ben.socket()
    ben.wire.sock.settimeout(15)
    try:
        ben.wire.frame(0x81, b'421["respond","' + b"x" * 1_000_000 + b'"]')
    except Closed:
        return
    assert ben.closes()


@pytest.mark.parametrize("kind", [0x01, 0x02], ids=["of text", "of bytes"])
def test_of_three_hundred_megabytes_in_fragments_the_server_reads_next_to_nothing(room: Room, kind: int) -> None:
    wire = room.ben.socket().wire
    assert sent_until_closed(wire, kind, 0x00, 300) < 30_000_000


def test_a_frame_that_says_ten_gigabytes_is_not_waited_for(room: Room) -> None:
    ben = room.ben.socket()
    head = b"\x81" + bytes([0x80 | 127]) + (10 * 1024**3).to_bytes(8, "big") + b"\0\0\0\0"
    ben.wire.sock.sendall(head + b"4" + b"x" * guard.LARGEST)
    assert ben.closes()


def test_a_compressed_frame_closes_the_socket_as_nobody_agreed_on_compression(room: Room) -> None:
    pressed = zlib.compressobj(wbits=-15)
    bomb = pressed.compress(b"4" + b"x" * 50_000_000) + pressed.flush(zlib.Z_SYNC_FLUSH)
    assert len(bomb) < 100_000
    ben = room.ben.socket()
    assert "permessage-deflate" not in ben.wire.head.lower()
    ben.wire.frame(0xC1, bomb)
    assert ben.closes()


def test_a_message_in_pieces_of_a_byte_is_not_put_together_for_ever(room: Room) -> None:
    ben = room.ben.socket()
    with pytest.raises(Closed):
        ben.wire.frame(0x01, b"4")
        for _ in range(guard.LARGEST):
            ben.wire.frame(0x00, b"x")
            ben.wire.receive(0.001)


# By long-polling


class Polled:
    """A long-polling connection, and raw requests on it."""

    def __init__(self, who: Phone) -> None:
        self._who = who
        self.path = "/socket.io/?EIO=4&transport=polling"
        self.path += f"&sid={json.loads(who.get(self.path).text[1:])['sid']}"

    def send(self, head: str, body: bytes = b"") -> socket.socket:
        line = socket.create_connection(("127.0.0.1", self._who.server.port), timeout=15)
        host = f"Host: 127.0.0.1:{self._who.server.port}\r\nOrigin: {self._who.server.url}\r\n"
        line.sendall(f"POST {self.path} HTTP/1.1\r\n{host}{head}\r\n\r\n".encode() + body)
        return line

    def status(self, body: bytes) -> int:
        return self._who.ask("POST", self.path, body=body, headers={"Content-Type": "text/plain"}).status

    def gone(self) -> bool:
        return self._who.get(self.path).status == 400


def test_a_polled_body_over_the_limit_ends_the_connection(room: Room) -> None:
    polled = Polled(room.ben)
    assert polled.status(b"4" + b"x" * guard.LARGEST) == 400
    assert polled.gone()


def test_a_polled_body_that_says_ten_gigabytes_is_refused_before_it_comes_and_leaves_no_line_open(room: Room) -> None:
    for _ in range(30):
        polled = Polled(room.ben)
        with polled.send("Content-Length: 10000000000", b"4x") as line:
            assert line.recv(12) == b"HTTP/1.1 400"
        assert polled.gone()


@pytest.mark.parametrize("packet", [b"3", b"6", b"b", b"", b'42["watch"]'])
def test_thousands_of_tiny_packets_in_one_polled_body_end_the_connection(room: Room, packet: bytes) -> None:
    body = b"\x1e".join([packet] * (guard.LARGEST // (len(packet) + 1)))
    polled = Polled(room.ben)
    assert polled.status(body) == 400
    assert polled.gone()


def test_a_polled_body_in_chunks_is_not_read(room: Room) -> None:
    polled = Polled(room.ben)
    with polled.send("Transfer-Encoding: chunked", b"5\r\n4xxxx\r\n0\r\n\r\n") as line:
        assert line.recv(9) == b"HTTP/1.1 "
    assert room.ben.get("/healthz").status == 200
