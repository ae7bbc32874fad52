"""The cast: Ada facilitates, Ben and Cari take part, Dot is in another session and must never see anything.

They speak to a real server process over real sockets: HTTP by `http.client`, Engine.IO by hand on websocket frames, so
that nothing here shares a bug with the server. No threads: what the server pushes waits in the kernel until it is read.
"""

import base64
import json
import os
import socket
import struct
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any, ClassVar, TypeVar
from urllib.parse import urlencode

from workshop.rehearsal.server import OwnServer

PATIENCE = 15.0  # seconds until something that should happen counts as not happening
PACK = "all-in-this-together"

T = TypeVar("T")


def eventually(find: Callable[[], T], seconds: float = PATIENCE) -> T:
    """The first truthy thing that `find` gives; the last one where it never does."""
    end = time.monotonic() + seconds
    while not (found := find()) and time.monotonic() < end:
        time.sleep(0.02)
    return found


# HTTP


@dataclass(frozen=True)
class Answer:
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def header(self, name: str) -> str | None:
        return next(iter(self.all(name)), None)


@dataclass
class Browser:
    """A cookie jar and where it goes. A page of ours sends its Origin; `Origin=None` leaves it out."""

    server: OwnServer
    cookies: dict[str, str] = field(default_factory=dict)
    origin: str | None = None  # None: the server's own address
    csrf: str | None = None

    def copy(self) -> "Browser":
        return Browser(self.server, dict(self.cookies), self.origin, self.csrf)

    def ask(
        self,
        method: str,
        path: str,
        *,
        form: Mapping[str, Any] | None = None,
        data: Any = None,
        body: bytes | None = None,
        headers: Mapping[str, str | None] | None = None,
    ) -> Answer:
        sent: dict[str, str | None] = {}
        if method != "GET":
            sent["Origin"] = self.origin or self.server.url
        if form is not None:
            body, sent["Content-Type"] = urlencode(form).encode(), "application/x-www-form-urlencoded"
        if data is not None:
            body, sent["Content-Type"] = json.dumps(data).encode(), "application/json"
        if self.csrf:
            sent["X-CSRF-Token"] = self.csrf
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent |= headers or {}
        line = HTTPConnection("127.0.0.1", self.server.port, timeout=PATIENCE)
        try:
            given = {name: value for name, value in sent.items() if value is not None}
            line.request(method, path, body=body, headers=given)
            got = line.getresponse()
            answer = Answer(got.status, tuple(got.getheaders()), got.read())
        finally:
            line.close()
        for raw in answer.all("Set-Cookie"):
            for name, morsel in SimpleCookie(raw).items():
                if morsel["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value
        return answer

    def get(self, path: str, **more: Any) -> Answer:
        return self.ask("GET", path, **more)

    def post(self, path: str, form: Mapping[str, Any] | None = None, **more: Any) -> Answer:
        return self.ask("POST", path, form=form, **more)

    def put(self, path: str, data: Any = None, **more: Any) -> Answer:
        return self.ask("PUT", path, data=data, **more)


# Websocket


class Closed(Exception):
    """The server closed the connection, or never took it."""


class Wire:
    """One websocket, frame by frame. Refused upgrades raise Closed with the status in `status`."""

    opened: ClassVar[list["Wire"]] = []

    def __init__(
        self,
        server: OwnServer,
        cookies: Mapping[str, str] | None = None,
        *,
        origin: str | None = "ours",
        headers: Mapping[str, str] | None = None,
        path: str = "/socket.io/?EIO=4&transport=websocket",
        window: int | None = None,
    ) -> None:
        self._left = self._whole = b""  # what arrived and is not read yet; the frames so far of a message
        self.sock = socket.socket()
        Wire.opened.append(self)
        if window:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
        self.sock.settimeout(PATIENCE)
        self.sock.connect(("127.0.0.1", server.port))
        said = {
            "Host": f"127.0.0.1:{server.port}",
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Extensions": "permessage-deflate",
        }
        if origin is not None:
            said["Origin"] = server.url if origin == "ours" else origin
        if cookies:
            said["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        said |= headers or {}
        lines = "".join(f"{name}: {value}\r\n" for name, value in said.items())
        self.sock.sendall(f"GET {path} HTTP/1.1\r\n{lines}\r\n".encode())
        head = b""
        while b"\r\n\r\n" not in head:
            head += self._more()
        head, self._left = head.split(b"\r\n\r\n", 1)
        self.status = int(head.split(b" ", 2)[1])
        self.head = head.decode("latin-1")
        if self.status != 101:
            self.close()
            raise Closed(self.status)

    def send(self, text: str | bytes) -> None:
        raw = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
        self.frame(0x81 if isinstance(text, str) else 0x82, raw)

    def frame(self, first: int, raw: bytes) -> None:
        size = len(raw)
        if size < 126:
            head = struct.pack("!BB", first, 0x80 | size)
        elif size < 65536:
            head = struct.pack("!BBH", first, 0x80 | 126, size)
        else:
            head = struct.pack("!BBQ", first, 0x80 | 127, size)
        try:
            self.sock.sendall(head + b"\0\0\0\0" + raw)  # masked with nothing
        except OSError as error:
            raise Closed from error

    def receive(self, seconds: float = PATIENCE) -> str | None:
        """The next message, None where there is none in time, Closed where there will never be one."""
        end = time.monotonic() + seconds
        while True:
            try:
                self._fill(2, end)
                at, size = 2, self._left[1] & 0x7F
                if size >= 126:
                    at = 4 if size == 126 else 10
                    self._fill(at, end)
                    size = int.from_bytes(self._left[2:at])
                self._fill(at + size, end)
            except TimeoutError:
                return None  # what came of a frame stays until the rest of it comes
            first, part, self._left = self._left[0], self._left[at : at + size], self._left[at + size :]
            if first & 0x0F == 8:
                self.close()
                raise Closed
            self._whole += part
            if first & 0x80:
                whole, self._whole = self._whole, b""
                return whole.decode()

    def _fill(self, n: int, end: float) -> None:
        while len(self._left) < n:
            self.sock.settimeout(max(0.001, end - time.monotonic()))
            self._left += self._more()

    def _more(self) -> bytes:
        try:
            got = self.sock.recv(65536)
        except TimeoutError:
            raise
        except OSError as error:
            self.close()
            raise Closed from error
        if not got:
            self.close()
            raise Closed
        return got

    def close(self) -> None:
        self.sock.close()


def hang_up() -> None:
    """Closes every websocket that a test left open."""
    while Wire.opened:
        Wire.opened.pop().close()


# Socket.IO


class Socket:
    """A surface that watches: what was pushed last of each fragment, and everything it was ever sent."""

    def __init__(self, browser: Browser, auth: Any, **more: Any) -> None:
        self.wire = Wire(browser.server, browser.cookies, **more)
        self.fragments: dict[str, str] = {}
        self.revisions: list[int] = []
        self.mine: dict[str, Any] = {}
        self.heard: list[str] = []
        self.gone = False
        self._acks: dict[int, Any] = {}
        self._next = 0
        self.greeting = self._expect("0")
        self.wire.send("40" + json.dumps(auth))
        answer = self._expect("4")
        if not answer.startswith("40"):
            self.wire.close()
            raise Closed(answer)

    def _expect(self, start: str) -> str:
        while (got := self.wire.receive()) is not None:
            if got.startswith(start):
                return got
        raise AssertionError(f"nothing that starts with {start}")

    def send(self, event: str, data: Any = None) -> int:
        self._next += 1
        said = [event] if data is None else [event, data]
        self.wire.send(f"42{self._next}{json.dumps(said)}")
        return self._next

    def ask(self, event: str, data: Any = None) -> Any:
        return self.ack(self.send(event, data))

    def ack(self, number: int, seconds: float = PATIENCE) -> Any:
        end = time.monotonic() + seconds
        while number not in self._acks:
            if time.monotonic() > end:
                raise AssertionError(f"no acknowledgement of {number}")
            self.read(end - time.monotonic())
        return self._acks.pop(number)

    def watch(self) -> Any:
        current = self.ask("watch")
        if current["ok"]:
            self._take(current)
            self.mine = current.get("mine", {})
        return current

    def respond(self, exercise: str, n: int, value: Any, rev: int | None = None) -> Any:
        return self.ask("respond", self.message(exercise, n, value, rev))

    def message(self, exercise: str, n: int, value: Any, rev: int | None = None) -> dict[str, Any]:
        return {"v": 1, "exercise": exercise, "n": n, "rev": self.revision if rev is None else rev, "value": value}

    @property
    def revision(self) -> int:
        return self.revisions[-1] if self.revisions else 0

    def read(self, seconds: float = 0.0) -> bool:
        """Takes in the next message; False where there is none in time."""
        got = self.wire.receive(max(0.001, seconds))
        if got is None:
            return False
        self.heard.append(got)
        if got == "2":
            self.wire.send("3")
        elif got.startswith("42"):
            event, data = json.loads(got[2:])
            if event == "frame":
                self._take(data)
            self.gone |= event == "gone"
        elif got.startswith("43"):
            number, _, rest = got[2:].partition("[")
            self._acks[int(number)] = json.loads("[" + rest)[0]
        elif got.startswith("41") or got == "1":
            raise Closed
        return True

    def catch_up(self) -> None:
        """Takes in what has arrived so far."""
        while self.read():
            pass

    def until(self, true: Callable[[], Any], seconds: float = PATIENCE) -> bool:
        """Reads until `true()`; whether it came to be."""
        end = time.monotonic() + seconds
        while not true():
            if time.monotonic() > end:
                return False
            self.read(0.05)
        return True

    def closes(self, seconds: float = PATIENCE) -> bool:
        """Whether the server closes this connection in time."""
        end = time.monotonic() + seconds
        try:
            while time.monotonic() < end:
                self.read(0.2)
        except Closed:
            return True
        return False

    def _take(self, frame: Mapping[str, Any]) -> None:
        self.revisions.append(frame["revision"])
        self.fragments |= frame["fragments"]

    def close(self) -> None:
        self.wire.close()


class Polling:
    """The same conversation by long-polling."""

    def __init__(self, browser: Browser, auth: Any) -> None:
        self._browser = browser.copy()
        self._next = 0
        opened = self._browser.get("/socket.io/?EIO=4&transport=polling")
        self._path = f"/socket.io/?EIO=4&transport=polling&sid={json.loads(opened.text[1:])['sid']}"
        self._waiting: list[str] = []
        self._post("40" + json.dumps(auth))
        self.connected = self._read("40")

    def ask(self, event: str, data: Any = None) -> Any:
        return self.ack(self.send((event,) if data is None else (event, data))[0])

    def send(self, *events: tuple[Any, ...]) -> list[int]:
        """All of them in one payload; the numbers under which they are acknowledged."""
        numbers = [self._next + one for one in range(1, len(events) + 1)]
        self._next += len(events)
        packets = [f"42{number}{json.dumps(event)}" for number, event in zip(numbers, events, strict=True)]
        self._post("\x1e".join(packets))
        return numbers

    def ack(self, number: int) -> Any:
        return json.loads(self._read(f"43{number}[")[len(f"43{number}") :])[0]

    def _post(self, packet: str) -> None:
        answer = self._browser.ask("POST", self._path, body=packet.encode(), headers={"Content-Type": "text/plain"})
        if answer.status != 200:
            raise Closed(answer.status)

    def _read(self, start: str) -> str:
        while True:
            for packet in self._waiting:
                if packet.startswith(start):
                    self._waiting.remove(packet)
                    return packet
            answer = self._browser.get(self._path)
            if answer.status != 200:
                raise Closed(answer.status)
            self._waiting += answer.text.split("\x1e")


# The people


class Facilitator(Browser):
    """Ada. Verbs take the revision that she sees unless told otherwise."""

    def enter(self, key: str) -> Answer:
        answer = self.ask("POST", "/enter", data={"key": key})
        if answer.status == 200:
            self.csrf = _between(self.get("/workshops").text, 'name="csrf" value="', '"')
        return answer

    def start(self, pack: str = PACK) -> str:
        """A new session; its code."""
        answer = self.post(f"/workshops/{pack}", {"runner": "Ada", "contact": "ada@example.org"})
        return (answer.header("Location") or "").rpartition("/")[2]

    def revision(self, code: str) -> int:
        return int(self.get(f"/c/{code}/now").json["revision"])

    def do(self, code: str, verb: str, **form: Any) -> Answer:
        form.setdefault("at", self.revision(code))
        return self.post(f"/c/{code}/do/{verb}", form)

    def go(self, code: str, exercise: str, *verbs: str) -> None:
        """To the exercise, and through these verbs."""
        for verb in ("go_to", *verbs):
            answer = self.do(code, verb, exercise=exercise)
            assert (answer.status, answer.json) == (200, {"ok": True}), (verb, answer.text)

    def console(self, code: str, lang: str = "en", **more: Any) -> Socket:
        return Socket(self, {"surface": "console", "code": code, "lang": lang}, **more)

    def screen_key(self, code: str) -> str:
        return _between(self.get(f"/c/{code}").text, f"/screen/{code}#", '"')


@dataclass
class Phone(Browser):
    """Ben, Cari or Dot: a browser with a seat."""

    code: str = ""
    lang: str = "cy"

    def copy(self) -> "Phone":
        return Phone(self.server, dict(self.cookies), self.origin, self.csrf, self.code, self.lang)

    def join(self, **form: Any) -> Answer:
        return self.post(f"/j/{self.code}/{self.lang}", form)

    @property
    def auth(self) -> dict[str, str]:
        return {"surface": "phone", "code": self.code, "lang": self.lang}

    def socket(self, **more: Any) -> Socket:
        return Socket(self, self.auth, **more)

    def now(self) -> Any:
        return self.get(f"/s/{self.code}/{self.lang}/now").json

    def see(self) -> str:
        return self.get(f"/s/{self.code}/{self.lang}/see").text

    def put_answer(self, exercise: str, n: int, value: Any, rev: int) -> Answer:
        return self.put(
            f"/s/{self.code}/{exercise}", {"v": 1, "exercise": exercise, "n": n, "rev": rev, "value": value}
        )


def ada(server: OwnServer, key: str | None = None) -> Facilitator:
    someone = Facilitator(server)
    answer = someone.enter(server.key if key is None else key)
    assert answer.status == 200, answer.text
    return someone


def phone(server: OwnServer, code: str, lang: str = "cy", **form: Any) -> Phone:
    """Somebody who has just joined."""
    joined = Phone(server, code=code, lang=lang)
    answer = joined.join(**form)
    assert (answer.status, answer.header("Location")) == (303, f"/s/{code}/{lang}"), answer.text
    return joined


def projector(ada: Facilitator, code: str) -> Browser:
    """A browser that was given the screen link and nothing else."""
    screen = Browser(ada.server)
    answer = screen.ask("POST", "/enter", data={"key": ada.screen_key(code), "code": code})
    assert answer.status == 200, answer.text
    return screen


@dataclass(frozen=True)
class Room:
    """A session with Ben and Cari, run by Ada, and Dot's beside it."""

    server: OwnServer
    ada: Facilitator
    code: str
    ben: Phone  # Welsh, a councillor
    cari: Phone  # English, a table of four
    other: str  # the code of Dot's session
    dot: Phone


def gather(server: OwnServer, pack: str = PACK, facilitator: Facilitator | None = None) -> Room:
    facilitator = facilitator or ada(server)
    code, other = facilitator.start(pack), facilitator.start(pack)
    return Room(
        server,
        facilitator,
        code,
        phone(server, code, "cy"),
        phone(server, code, "en", table="1", size="4"),
        other,
        phone(server, other, "en"),
    )


@contextmanager
def running(folder: Path, **environment: str) -> Iterator[OwnServer]:
    """A server process for as long as the block lasts."""
    server = OwnServer(folder / "data", **environment)
    try:
        yield server.start()
    finally:
        server.stop()


def _between(text: str, start: str, end: str) -> str:
    return text.partition(start)[2].partition(end)[0]
