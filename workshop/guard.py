"""Transport limits: how much a socket may send, and how much may wait for one that does not read.

Hooks into Engine.IO, its gevent driver and simple-websocket; `test_guard` fails when an upgrade moves the hooks.
"""

import contextlib
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from socket import SHUT_RDWR, SO_SNDBUF, SOL_SOCKET
from typing import Any

import engineio.socket
import gevent
import simple_websocket
from engineio.async_drivers import gevent as driver
from engineio.exceptions import EngineIOError
from engineio.packet import MESSAGE, Packet
from gevent.lock import BoundedSemaphore
from simple_websocket.errors import ConnectionClosed
from wsproto.connection import Connection, ConnectionType
from wsproto.events import Message, Ping, Pong, TextMessage
from wsproto.utilities import generate_accept_token

LARGEST = 16 * 1024  # bytes of one message
RATE = 20  # messages a second in the long run
BURST = 60
PIECE = 0.02  # of a message: what a slow line cuts it into
WAITING_IN = 64  # messages read and not yet handled
SENDING = 128 * 1024  # bytes that the system may hold for one phone
KEY = re.compile(r"[A-Za-z0-9+/]{22}==")  # sixteen bytes
SWITCHING = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n"
STUCK_SECONDS = 10  # how long one frame may take to reach a phone
WAITING_OUT = 50  # packets for a phone that does not read; it gets what is current when it comes back


@dataclass
class Bucket:
    """How often one sender may come: `burst` at once, RATE a second in the long run."""

    burst: float = BURST
    left: float = BURST
    filled: float = field(default_factory=time.monotonic)

    def take(self) -> bool:
        """Whether there is one more."""
        if self._fill() < 1:
            return False
        self.left -= 1
        return True

    def full(self) -> bool:
        return self._fill() >= self.burst

    def _fill(self) -> float:
        now = time.monotonic()
        self.left = min(self.burst, self.left + (now - self.filled) * RATE)
        self.filled = now
        return self.left


class Guarded(simple_websocket.Server):  # type: ignore[misc]
    """A server socket that sends whole frames, and drops whoever floods."""

    connected: bool
    _tokens: float = BURST
    _filled: float = 0.0

    def handshake(self) -> None:
        self._sending = BoundedSemaphore()
        self.sock.setsockopt(SOL_SOCKET, SO_SNDBUF, SENDING)
        self._shake_hands()
        arriving = self.ws.events
        self.ws.events = lambda: self._priced(arriving())  # type: ignore[assignment, return-value]

    def _shake_hands(self) -> None:
        """RFC 6455, 4.2.2. The library would have the request, which was parsed already, parsed by a second server."""
        key = self.environ.get("HTTP_SEC_WEBSOCKET_KEY", "").strip()
        upgrade = "upgrade" in self.environ.get("HTTP_CONNECTION", "").lower()
        if not KEY.fullmatch(key) or not upgrade or self.environ.get("HTTP_SEC_WEBSOCKET_VERSION") != "13":
            super().handshake()  # which refuses it
            return
        accept = generate_accept_token(key.encode()).decode()
        head = f"{SWITCHING}Sec-WebSocket-Accept: {accept}\r\n\r\n"
        self.sock.sendall(head.encode())
        self.ws = Connection(ConnectionType.SERVER)
        self.connected = True

    def _priced(self, events: Iterable[Any]) -> Iterator[Any]:
        """Frames that make up no message cost too: else whoever sends nothing but pongs keeps all others waiting."""
        for event in events:
            if isinstance(event, (Ping, Pong)):
                self._tokens -= 1
            elif not getattr(event, "message_finished", True):
                self._tokens -= PIECE
            if self._tokens < 0:
                return
            yield event

    def send(self, data: str | bytes) -> None:
        # The library's own `send` hands the rest of a frame to nobody when the buffer of a slow phone is full.
        if not self.connected:
            raise ConnectionClosed(self.close_reason, self.close_message)
        message = TextMessage(data) if isinstance(data, str) else Message(data)
        with self._sending:  # acknowledgements do not queue behind frames, and may not stand inside of one
            if self._sent(self.ws.send(message)):
                return
        self.connected = False
        self.event.set()
        self.sock.shutdown(SHUT_RDWR)
        raise ConnectionClosed(self.close_reason, self.close_message)

    def _sent(self, frame: bytes) -> bool:
        """Whether all of it went off in time. Nearly always it does at once."""
        gone = 0
        with contextlib.suppress(BlockingIOError):
            gone = self.sock._sock.send(frame)  # of the system: gevent's would begin to wait
        if gone == len(frame):
            return True
        with gevent.Timeout(STUCK_SECONDS, False):
            self.sock.sendall(frame[gone:])
            return True
        return False

    def _handle_events(self) -> bool:
        now = time.monotonic()
        self._tokens = min(BURST, self._tokens + (now - self._filled) * RATE) if self._filled else BURST
        self._filled = now
        before = len(self.input_buffer)
        keep = bool(super()._handle_events())
        self._tokens -= max(0, len(self.input_buffer) - before)
        if self._tokens < 0 or len(self.input_buffer) > WAITING_IN:
            self.input_buffer.clear()
            self.connected = False  # before the event, or the greenlet that waits for it never ends
            keep = False
            self.event.set()
        if self._tokens < BURST / 2:
            gevent.sleep(0.0001)  # sleep(0) would not let other sockets be read
        return keep


class Capped(driver.WebSocketWSGI):  # type: ignore[misc]
    """Engine.IO's own wrapper, but it accepts with the guard and a size limit."""

    def __init__(self, handler: Any, server: Any) -> None:
        super().__init__(handler, server)
        self.server_args["max_message_size"] = LARGEST

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        self.ws = Guarded(environ, **self.server_args)
        return self.app(self)

    def wait(self) -> Any:
        """The next packet; None, which ends the connection, where it is none that Engine.IO knows."""
        packet = super().wait()
        return packet if packet and (isinstance(packet, bytes) or packet[0] in "0123456") else None


class Held(engineio.socket.Socket):  # type: ignore[misc]
    """An Engine.IO connection that waits for nobody when it is closed, and drops who floods it by long-polling."""

    def __init__(self, server: Any, sid: str) -> None:
        super().__init__(server, sid)
        self._bucket = Bucket()
        self._websocket: Any = None

    def _websocket_handler(self, ws: Any) -> Any:
        self._websocket = ws
        try:
            return super()._websocket_handler(ws)
        finally:
            self._websocket = None  # each holds the other: nothing would let go of them for a long time

    def acknowledge(self, text: str) -> None:
        """Sends a message at once where there is a websocket; else behind what waits to be fetched."""
        if self._websocket is not None and self.upgraded and not self.closed:
            self._websocket.send(f"4{text}")
        else:
            self.send(Packet(MESSAGE, text))

    def close(self, wait: bool = True, abort: bool = False, reason: Any = None) -> None:
        # The library waits until what was sent last has been fetched, and holds the request until then. Who polls and
        # never comes again would keep it, and its line, for ever.
        super().close(wait=False, abort=abort, reason=reason)
        self.server.sockets.pop(self.sid, None)  # else a POST that comes before it is swept ends in a 500

    def receive(self, pkt: Any) -> None:
        if not self.upgraded and not self._bucket.take():  # a websocket counts for itself
            raise EngineIOError("too many packets")
        super().receive(pkt)

    def handle_post_request(self, environ: dict[str, Any]) -> None:
        """What is polled and cannot be read ends the connection; the library would log it, as often as it comes."""
        try:
            super().handle_post_request(environ)
        except (ValueError, TypeError, LookupError, OSError) as error:
            raise EngineIOError("not readable") from error


def install() -> None:
    """From now on every socket is guarded. Refuses to start beside a driver that would go round it."""
    for unwanted in ("geventwebsocket", "eventlet"):
        try:
            __import__(unwanted)
        except ImportError:
            continue
        raise RuntimeError(f"{unwanted} is installed: it would take over the sockets; uninstall it")
    driver._async["websocket"] = Capped
    engineio.socket.Socket = Held


def bound_queues(eio: Any) -> None:
    """Cuts off phones that stopped reading (called on every heartbeat)."""
    for waiting in list(eio.sockets.values()):
        if waiting.queue.qsize() > WAITING_OUT:
            cut(waiting)


def cut(waiting: Any) -> None:
    """Closes an Engine.IO socket without waiting for it to take what it was sent."""
    gevent.spawn(waiting.close, wait=False, abort=True)
