"""Phones whose network lets no websocket through: Engine.IO by long-polling over two keep-alive connections each."""

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Any

import orjson

PATIENCE = 60.0


class Http(asyncio.Protocol):
    """One keep-alive connection: a request at a time, the body as it comes."""

    def __init__(self, port: int, cookie: str) -> None:
        self._head = f"Host: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\nCookie: {cookie}\r\n"
        self._buffer = b""
        self._answered: asyncio.Future[tuple[int, bytes]] | None = None

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def connection_lost(self, error: Exception | None) -> None:
        if self._answered is not None and not self._answered.done():
            self._answered.set_exception(ConnectionError("closed"))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        if len(body) >= length and self._answered is not None:
            answered, self._answered, self._buffer = self._answered, None, body[length:]
            answered.set_result((int(head.split(b" ", 2)[1]), body[:length]))

    async def ask(self, method: str, path: str, body: bytes = b"", more: str = "") -> tuple[int, bytes]:
        self._answered = answered = asyncio.get_running_loop().create_future()
        length = f"Content-Length: {len(body)}\r\n" if method == "POST" else ""
        self.transport.write(f"{method} {path} HTTP/1.1\r\n{self._head}{more}{length}\r\n".encode() + body)
        return await asyncio.wait_for(answered, PATIENCE)


async def opened(port: int, cookie: str) -> Http:
    _, http = await asyncio.get_running_loop().create_connection(lambda: Http(port, cookie), "127.0.0.1", port)
    return http


class PollingLine:
    """What `load.Line` is, by long-polling."""

    def __init__(self, getting: Http, posting: Http) -> None:
        self._getting, self._posting = getting, posting
        self._waiting: dict[int, Callable[[float, bytes], None]] = {}
        self._number = 0
        self._turn = asyncio.Lock()
        self.closed = False
        self.transport = self  # as a crowd disconnects its lines

    async def begin(self, auth: Mapping[str, Any]) -> None:
        _, body = await self._getting.ask("GET", "/socket.io/?EIO=4&transport=polling")
        self._path = f"/socket.io/?EIO=4&transport=polling&sid={orjson.loads(body[1:])['sid']}"
        await self._post(b"40" + orjson.dumps(auth))
        self._connected = asyncio.get_running_loop().create_future()
        self._polling = asyncio.create_task(self._poll())
        await asyncio.wait_for(self._connected, PATIENCE)

    def disconnect(self) -> None:
        self._polling.cancel()
        self._getting.transport.close()
        self._posting.transport.close()
        self.closed = True

    async def _post(self, packet: bytes) -> None:
        async with self._turn:
            status, _ = await self._posting.ask("POST", self._path, packet, "Content-Type: text/plain\r\n")
            if status != 200:
                raise ConnectionError(f"polling: {status}")

    async def _poll(self) -> None:
        while True:
            _, body = await self._getting.ask("GET", self._path)
            at = time.perf_counter()
            for packet in body.split(b"\x1e"):
                if packet == b"2":
                    self._later(b"3")
                elif packet.startswith(b"43"):
                    self._waiting.pop(int(packet[2 : packet.index(b"[")]))(at, packet)
                elif packet.startswith(b"40"):
                    self._connected.set_result(None)

    def send(self, event: bytes, heard: Callable[[float, bytes], None]) -> None:
        self._number += 1
        self._waiting[self._number] = heard
        self._later(b"42%d%s" % (self._number, event))

    def _later(self, packet: bytes) -> None:
        task = asyncio.ensure_future(self._post(packet))
        task.add_done_callback(lambda done: done.exception())

    async def ask(self, event: bytes) -> bytes:
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self.send(event, lambda _, packet: answer.set_result(packet))
        return await asyncio.wait_for(answer, PATIENCE)


async def polling(port: int, auth: Mapping[str, Any], cookie: str = "") -> PollingLine:
    line = PollingLine(await opened(port, cookie), await opened(port, cookie))
    await line.begin(auth)
    return line
