"""The load: thousands of phones in one process, on raw websockets, speaking Engine.IO by hand.

Everything is measured here, where people would feel it: from the moment an answer is handed to the system until its
acknowledgement has been read.
"""

import asyncio
import re
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from random import Random
from typing import Any

import orjson
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

TOGETHER = 100  # phones that connect at once
PATIENCE = 60.0  # seconds until what never comes stops a run


class Line(WSListener):  # type: ignore[misc]
    """One surface on a websocket."""

    def __init__(self, auth: Mapping[str, Any]) -> None:
        self._auth = orjson.dumps(auth)
        self._waiting: dict[int, Callable[[float, bytes], None]] = {}
        self._number = 0
        self.transport: WSTransport = None
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.closed = False
        self.on_event: Callable[[float, bytes], None] | None = None

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self.closed = True
        if not self.ready.done():
            self.ready.set_exception(ConnectionError("closed before it was ready"))

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        at = time.perf_counter()
        packet = frame.get_payload_as_bytes()
        if packet.startswith(b"43"):
            bracket = packet.index(b"[")
            self._waiting.pop(int(packet[2:bracket]))(at, packet)
        elif packet.startswith(b"42"):
            if self.on_event is not None:
                self.on_event(at, packet)
        elif packet == b"2":
            transport.send(WSMsgType.TEXT, b"3")
        elif packet.startswith(b"0"):
            transport.send(WSMsgType.TEXT, b"40" + self._auth)
        elif packet.startswith(b"40"):
            self.ready.set_result(None)
        elif packet.startswith(b"44"):
            self.ready.set_exception(ConnectionError(packet.decode()))

    def send(self, event: bytes, heard: Callable[[float, bytes], None]) -> None:
        """`event` is JSON; `heard(at, packet)` is called with the acknowledgement."""
        self._number += 1
        self._waiting[self._number] = heard
        self.transport.send(WSMsgType.TEXT, b"42%d%s" % (self._number, event))

    async def ask(self, event: bytes) -> bytes:
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self.send(event, lambda _, packet: answer.set_result(packet))
        return await asyncio.wait_for(answer, PATIENCE)


async def connected(port: int, auth: Mapping[str, Any], cookie: str = "") -> Line:
    line = Line(auth)
    headers = {"Origin": f"http://127.0.0.1:{port}", **({"Cookie": cookie} if cookie else {})}
    url = f"ws://127.0.0.1:{port}/socket.io/?EIO=4&transport=websocket"
    await ws_connect(lambda: line, url, extra_headers=headers, websocket_handshake_timeout=PATIENCE)
    await asyncio.wait_for(line.ready, PATIENCE)
    return line


class Crowd:
    """Phones with seats in one room. `auth(seat)` and `cookie(seat)` say who each is; `values` is what they answer.

    `way` connects one of them: by websocket, or by long-polling.
    """

    def __init__(
        self,
        port: int,
        count: int,
        auth: Callable[[int], Mapping[str, Any]],
        cookie: Callable[[int], str],
        exercise: str,
        values: Sequence[bytes],
        way: Callable[..., Any] = connected,
    ) -> None:
        self.port, self.count = port, count
        self._auth, self._cookie, self._values, self._way = auth, cookie, values, way
        self._exercise = exercise.encode()
        self.lines: list[Line] = []
        self.n = [0] * count
        self.acked = [0] * count  # the n that each heard of last
        self.revision = 0
        self.last_sent = 0.0
        self.refused: list[bytes] = []

    # Coming in

    async def come(self, together: int = TOGETHER) -> float:
        """Connects all and lets each watch; seconds until all have what is current."""
        turns = asyncio.Semaphore(together)
        self.lines = [None] * self.count  # type: ignore[list-item]

        async def one(seat: int) -> None:
            async with turns:
                line = await self._way(self.port, self._auth(seat), self._cookie(seat))
                got = await line.ask(b'["watch"]')
                if b'"ok":true' not in got:
                    raise RuntimeError(got.decode()[:200])
                self.lines[seat] = line
                found = re.search(rb'"revision":(\d+)', got)
                self.revision = max(self.revision, int(found[1]) if found else 0)

        began = time.perf_counter()
        await asyncio.gather(*(one(seat) for seat in range(self.count)))
        return time.perf_counter() - began

    async def leave(self) -> None:
        for line in self.lines:
            line.transport.disconnect()
        while not all(line.closed for line in self.lines):
            await asyncio.sleep(0.01)
        self.lines = []

    @property
    def dropped(self) -> int:
        return sum(line.closed for line in self.lines)

    # Answering

    def answer(self, seat: int, heard: Callable[[float], None]) -> None:
        """One tap: the whole value so far. `heard(seconds)` is how long its acknowledgement took."""
        self.n[seat] = n = self.n[seat] + 1
        value = self._values[(seat + n) % len(self._values)]
        event = b'["respond",{"v":1,"exercise":"%s","n":%d,"rev":%d,"value":%s}]' % (
            self._exercise, n, self.revision, value,
        )  # fmt: skip
        self.last_sent = began = time.perf_counter()

        def acknowledged(at: float, packet: bytes) -> None:
            if b'"received"' in packet:
                self.acked[seat] = max(self.acked[seat], n)
            else:
                self.refused.append(packet)
            heard(at - began)

        self.lines[seat].send(event, acknowledged)

    async def within(self, seconds: float, random: Random) -> list[float]:
        """Every phone answers once, at a moment of its own within so many seconds; how long each waited."""
        taken: list[float] = []
        done = asyncio.Event()

        def heard(seconds: float) -> None:
            taken.append(seconds)
            if len(taken) == self.count:
                done.set()

        loop = asyncio.get_running_loop()
        began = loop.time() + 0.05
        for seat in range(self.count):
            loop.call_at(began + random.random() * seconds, self.answer, seat, heard)
        await asyncio.wait_for(done.wait(), PATIENCE)
        return taken

    async def steadily(self, between: float, goes_on: Callable[[], bool]) -> list[float]:
        """One phone after the other answers, so many seconds apart; how long each waited."""
        taken: list[float] = []
        loop = asyncio.get_running_loop()
        at, sent = loop.time(), 0
        while goes_on():
            self.answer(sent % self.count, taken.append)
            sent += 1
            at += between
            await asyncio.sleep(max(0.0, at - loop.time()))
        while len(taken) < sent:
            await asyncio.sleep(0.005)
        return taken

    async def flood(self, seconds: float, in_flight: int = 100) -> tuple[float, list[float]]:
        """As fast as they are acknowledged, so many at a time, all phones in turn: answers a second, and the waits."""
        taken: list[float] = []
        free = deque(range(self.count))
        end = time.perf_counter() + seconds
        done, flying = asyncio.Event(), 0

        def tap() -> None:
            nonlocal flying
            seat = free.popleft()
            flying += 1

            def heard(waited: float) -> None:
                nonlocal flying
                taken.append(waited)
                free.append(seat)
                flying -= 1
                if time.perf_counter() < end:
                    tap()
                elif not flying:
                    done.set()

            self.answer(seat, heard)

        began = time.perf_counter()
        for _ in range(in_flight):
            tap()
        await asyncio.wait_for(done.wait(), PATIENCE)
        return len(taken) / (time.perf_counter() - began), taken

    def listen(self, wanted: bytes) -> "Arrival":
        """Waits for every phone to be sent something that has `wanted` in it."""
        return Arrival(self.lines, wanted)


class Arrival:
    """When each of these lines was first sent something."""

    def __init__(self, lines: Iterable[Line], wanted: bytes) -> None:
        self._missing = 0
        self._done = asyncio.Event()
        self.last = 0.0
        self.size = 0
        for line in lines:
            self._missing += 1
            line.on_event = self._first(line, wanted)

    def _first(self, line: Line, wanted: bytes) -> Callable[[float, bytes], None]:
        def event(at: float, packet: bytes) -> None:
            if wanted in packet:
                line.on_event = None
                self.last, self.size = at, len(packet)
                self._missing -= 1
                if not self._missing:
                    self._done.set()

        return event

    async def all(self) -> float:
        """When the last of them had it (of time.perf_counter)."""
        await asyncio.wait_for(self._done.wait(), PATIENCE)
        return self.last


def p95(taken: Sequence[float]) -> float:
    return sorted(taken)[int(len(taken) * 0.95)]
