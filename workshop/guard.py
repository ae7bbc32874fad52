"""Transport limits: how much a socket may send, and how much may wait for one that does not read.

Hooks into the gevent driver of Engine.IO and into simple-websocket; `test_guard` fails when an upgrade moves the hooks.
"""

import time
from socket import SHUT_RDWR, SO_SNDBUF, SOL_SOCKET
from typing import Any

import gevent
import simple_websocket
from engineio.async_drivers import gevent as driver
from simple_websocket.errors import ConnectionClosed
from wsproto.events import Message, TextMessage

LARGEST = 16 * 1024  # bytes of one message
RATE = 20  # messages a second in the long run
BURST = 60
WAITING_IN = 64  # messages read and not yet handled
SENDING = 128 * 1024  # bytes that the system may hold for one phone
STUCK_SECONDS = 10  # how long one frame may take to reach a phone
WAITING_OUT = 50  # packets for a phone that does not read; it gets what is current when it comes back


class Guarded(simple_websocket.Server):  # type: ignore[misc]
    """A server socket that sends whole frames, and drops whoever floods."""

    connected: bool
    _tokens: float = BURST
    _filled: float = 0.0

    def handshake(self) -> None:
        self.sock.setsockopt(SOL_SOCKET, SO_SNDBUF, SENDING)
        super().handshake()

    def send(self, data: str | bytes) -> None:
        # The library's own `send` hands the rest of a frame to nobody when the buffer of a slow phone is full.
        if not self.connected:
            raise ConnectionClosed(self.close_reason, self.close_message)
        message = TextMessage(data) if isinstance(data, str) else Message(data)
        frame = self.ws.send(message)
        with gevent.Timeout(STUCK_SECONDS, False):
            self.sock.sendall(frame)
            return
        self.connected = False
        self.event.set()
        self.sock.shutdown(SHUT_RDWR)
        raise ConnectionClosed(self.close_reason, self.close_message)

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


def install() -> None:
    """From now on every socket is guarded. Refuses to start beside a driver that would go round it."""
    for unwanted in ("geventwebsocket", "eventlet"):
        try:
            __import__(unwanted)
        except ImportError:
            continue
        raise RuntimeError(f"{unwanted} is installed: it would take over the sockets; uninstall it")
    driver._async["websocket"] = Capped


def bound_queues(eio: Any) -> None:
    """Cuts off phones that stopped reading (called on every heartbeat)."""
    for waiting in list(eio.sockets.values()):
        if waiting.queue.qsize() > WAITING_OUT:
            cut(waiting)


def cut(waiting: Any) -> None:
    """Closes an Engine.IO socket without waiting for it to take what it was sent."""
    gevent.spawn(waiting.close, wait=False, abort=True)
