"""A bad line: a TCP proxy on loopback between phones and a server, as bad as it is told to be at this moment.

It reads what phones send by whole requests and whole websocket frames, so that it can stop before or after one, hold
it, or pass it on several times. What the server sends goes through as it comes.
"""

import re
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO, Literal

from workshop.rehearsal.server import PORTS, OwnServer

REFUSED = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@dataclass
class Proxy:
    """Stands where a server would: browsers take it for one. Everything may be changed while it runs."""

    server: OwnServer
    delay: float = 0.0  # seconds before each message is passed on
    rate: int = 0  # bytes a second each way; 0 for as many as there are
    copies: int = 1  # how often an answer reaches the server
    cut: Literal["", "before", "after"] = ""  # at the next answer, before the server reads it or after; then "" again
    tells: bool = True  # whether one side hears that the other one is gone
    websockets: bool = True  # whether upgrades are let through
    socket_io: bool = True  # whether /socket.io is let through at all
    source: str = "127.0.0.1"  # the address from which the server sees the phones come

    def __post_init__(self) -> None:
        self._flowing, self._over = threading.Event(), threading.Event()
        self.flow()
        self._lines: set[socket.socket] = set()  # open now, both sides
        self._listener = listen()
        self._listener.settimeout(0.1)
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def stall(self) -> None:
        """Nothing passes from now on, and nobody is told. What is under way arrives once it flows again."""
        self._flowing.clear()

    def hang(self) -> None:
        """The same for the connections that are open now; new ones are as good as ever."""
        self._hanging = set(self._lines)

    def flow(self) -> None:
        self._hanging: set[socket.socket] = set()
        self._flowing.set()

    def cut_all(self) -> None:
        """Ends every connection, on both sides."""
        for line in list(self._lines):
            end(line)

    def close(self) -> None:
        self._over.set()
        self.flow()
        self._threads[0].join(20)  # from now on nobody is accepted
        self.cut_all()
        for thread in self._threads:
            thread.join(20)
        self._listener.close()

    def _accept(self) -> None:
        while not self._over.is_set():
            with suppress(OSError):
                phone = self._listener.accept()[0]
                self._lines.add(phone)
                thread = threading.Thread(target=self._up, args=(phone,), daemon=True)
                self._threads = [self._threads[0], *(one for one in self._threads[1:] if one.is_alive()), thread]
                thread.start()

    def _up(self, phone: socket.socket) -> None:
        """From a phone to the server, until one of them ends."""
        with phone, socket.socket() as server, phone.makefile("rb") as stream:
            down = threading.Thread(target=self._down, args=(server, phone), daemon=True)
            self._lines.add(server)
            with suppress(OSError):
                phone.setblocking(True)
                message = request(stream)
                upgrade = b"\r\nupgrade: websocket" in message.lower()
                if (upgrade and not self.websockets) or (b" /socket.io" in message[:20] and not self.socket_io):
                    phone.sendall(REFUSED)
                    message = b""
                while message:
                    self._pause(phone)  # a stalled line does not reach the server either
                    if not down.ident:
                        server.bind((self.source, 0))
                        server.connect(("127.0.0.1", self.server.port))
                        down.start()
                    self._forward(phone, server, message, upgrade)
                    message = frame(stream) if upgrade else request(stream)
            self._tell(phone, server)
            if down.ident:
                down.join()
            self._lines -= {phone, server}

    def _forward(self, phone: socket.socket, server: socket.socket, message: bytes, upgrade: bool) -> None:
        answer = message.startswith(b"PUT ") or b'"respond"' in message  # our phones mask their frames with nothing
        cut, copies = (self.cut, self.copies) if answer else ("", 1)
        self.cut = "" if cut else self.cut
        if cut == "before":
            raise ConnectionResetError
        if not upgrade:
            for _ in range(copies - 1):  # each on a connection of its own, or the phone would hear several answers
                with socket.create_connection(("127.0.0.1", self.server.port), 20, (self.source, 0)) as beside:
                    beside.sendall(message)
                    beside.recv(1)
        if cut == "after":
            end(phone)
        self._send(server, message * copies if upgrade else message)
        self._over.wait(1 if cut == "after" else 0)  # the server may answer before it hears that nobody is there

    def _down(self, server: socket.socket, phone: socket.socket) -> None:
        """From the server to the phone; what a phone that is gone would have got is lost."""
        with suppress(OSError):
            while got := server.recv(65536):
                self._pause(phone)
                with suppress(OSError):
                    self._send(phone, got)
        self._tell(phone)

    def _tell(self, *lines: socket.socket) -> None:
        """Ends them, as soon as anybody is told anything."""
        while not self.tells and not self._over.wait(0.1):
            pass
        for line in lines:
            end(line)

    def _pause(self, phone: socket.socket) -> None:
        self._over.wait(self.delay)
        self._flowing.wait()
        while phone in self._hanging and not self._over.wait(0.02):
            pass

    def _send(self, to: socket.socket, what: bytes) -> None:
        step = max(1, self.rate // 20) if self.rate else len(what)
        for at in range(0, len(what), step):
            to.sendall(what[at : at + step])
            self._over.wait(step / self.rate if self.rate else 0)


def listen() -> socket.socket:
    """Listens on one of this process's ports."""
    with suppress(OSError):
        return socket.create_server(("127.0.0.1", next(PORTS)), backlog=1024)
    return listen()


def end(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)


def request(stream: BinaryIO) -> bytes:
    """The next whole HTTP request; nothing where there will be none."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        if not (line := stream.readline()):
            return b""
        head += line
    size = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    return head + stream.read(int(size[1]) if size else 0)


def frame(stream: BinaryIO) -> bytes:
    """The next whole websocket frame of a phone; nothing where there will be none."""
    head = stream.read(2)
    size = head[1] & 0x7F if len(head) == 2 else 0
    longer = stream.read({126: 2, 127: 8}.get(size, 0))
    return head + longer + stream.read(4 + (int.from_bytes(longer) if longer else size)) if head else b""
