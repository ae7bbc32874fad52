"""Keys, cookies, CSRF, headers, limits, and the one table of who may do what."""

import hmac
import ipaddress
import secrets
import socket
from base64 import urlsafe_b64encode
from collections import deque
from collections.abc import Callable, Iterable
from enum import Enum
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, abort, g, redirect, render_template, request

from workshop.config import Config
from workshop.gathered import Participant
from workshop.model import Session, Unknown
from workshop.pictures import LARGEST_FILE as LARGEST_PICTURE
from workshop.record import LARGEST as LARGEST_RECORD
from workshop.store import Store

# --- Who may do what ---------------------------------------------------------------------------------------------


class Who(Enum):
    """Whom a door opens to. Each includes the facilitator, but for PARTICIPANT, who is a phone of that session."""

    ANYONE = "anyone"
    PARTICIPANT = "participant"
    SCREEN = "screen"  # holds the session's screen key
    READER = "reader"  # whoever has the address of a write-up that is public
    FACILITATOR = "facilitator"


# Every route has a row here, or the app does not start. A change by the facilitator also needs the CSRF token.
ACCESS: dict[str, Who] = {
    "static": Who.ANYONE,
    "home.index": Who.ANYONE,
    "home.find": Who.ANYONE,
    "home.enter": Who.ANYONE,
    "home.healthz": Who.ANYONE,
    "home.help": Who.ANYONE,
    "home.workshops": Who.FACILITATOR,
    "home.workshop": Who.FACILITATOR,
    "home.start": Who.FACILITATOR,
    "home.new_link": Who.FACILITATOR,
    "home.revoke": Who.FACILITATOR,
    "phone.language": Who.ANYONE,
    "phone.join": Who.ANYONE,
    "phone.joined": Who.ANYONE,
    "phone.rejoin": Who.ANYONE,
    "phone.show": Who.PARTICIPANT,
    "phone.resume": Who.PARTICIPANT,
    "phone.now": Who.PARTICIPANT,
    "phone.see": Who.PARTICIPANT,
    "phone.respond": Who.PARTICIPANT,
    "phone.change": Who.PARTICIPANT,
    "phone.hand_on": Who.PARTICIPANT,
    "screen.show": Who.SCREEN,
    "screen.now": Who.SCREEN,
    "console.show": Who.FACILITATOR,
    "console.now": Who.FACILITATOR,
    "console.do": Who.FACILITATOR,
    "console.themes": Who.FACILITATOR,
    "console.themes_now": Who.FACILITATOR,
    "console.deletion": Who.FACILITATOR,
    "sheets.show": Who.FACILITATOR,
    "sheets.page": Who.FACILITATOR,
    "sheets.pdf": Who.FACILITATOR,
    "report.show": Who.FACILITATOR,
    "report.made": Who.FACILITATOR,
    "report.everything": Who.FACILITATOR,
    "report.photo": Who.FACILITATOR,
    "report.working": Who.FACILITATOR,
    "report.edit": Who.FACILITATOR,
    "report.change": Who.FACILITATOR,
    "report.add_picture": Who.FACILITATOR,
    "report.publish": Who.FACILITATOR,
    "report.withdraw": Who.FACILITATOR,
    "record.read": Who.READER,
    "record.show": Who.READER,
    "record.made": Who.READER,
    "record.everything": Who.READER,
    "record.photo": Who.READER,
    "record.after": Who.FACILITATOR,
    "record.add_deed": Who.FACILITATOR,
    "record.remove_deed": Who.FACILITATOR,
    "record.make_public": Who.FACILITATOR,
    "record.withdraw": Who.FACILITATOR,
    "record.bring_in": Who.FACILITATOR,
}

# The same for the socket: which seat may send which event.
EVENTS: dict[str, tuple[Who, ...]] = {
    "watch": (Who.PARTICIPANT, Who.SCREEN, Who.FACILITATOR),
    "respond": (Who.PARTICIPANT,),
}

# Routes that take more than a form in: bytes.
LARGE: dict[str, int] = {
    "report.add_picture": LARGEST_PICTURE + 64 * 1024,
    "record.bring_in": LARGEST_RECORD + 64 * 1024,
    "report.change": 256 * 1024,  # two long texts in a script that takes nine letters for one
}

IDLE_SECONDS = 12 * 3600  # a facilitator's device that was not used for so long signs in again


# --- Keys --------------------------------------------------------------------------------------------------------


class Keys:
    """Everything that is derived from the secret in the data folder; the keys themselves are stored nowhere."""

    def __init__(self, folder: Path) -> None:
        file = folder / "secret"
        if not file.exists():
            folder.mkdir(parents=True, exist_ok=True)
            file.touch(mode=0o600)
            file.write_text(secrets.token_hex(32), encoding="ascii")
        self._secret = file.read_text(encoding="ascii").encode()

    def facilitator(self, counter: int) -> str:
        """128 bits; the same at every start until `counter` is raised."""
        return self._derive(f"facilitator {counter}")

    def screen(self, code: str, created_at: float) -> str:
        return self._derive(f"screen {code} {created_at}")

    def qr(self, code: str, created_at: float) -> str:
        """What a QR code carries beside the session code, so that it opens even while typed codes are being guessed."""
        return self._derive(f"qr {code} {created_at}")[:8]

    def csrf(self, token_hash: str) -> str:
        return self._derive(f"csrf {token_hash}")

    def _derive(self, purpose: str) -> str:
        digest = hmac.new(self._secret, purpose.encode(), sha256).digest()[:16]
        return urlsafe_b64encode(digest).rstrip(b"=").decode()


class Links:
    """The addresses that people open. `address()` is what they start with, such as http://192.168.1.20:8050."""

    def __init__(self, keys: Keys, address: Callable[[], str]) -> None:
        self._keys, self.address = keys, address

    def join(self, session: Session) -> str:
        """What the QR code says."""
        return f"{self.address()}/j/{session.code}?q={self._keys.qr(session.code, session.created_at)}"

    def screen(self, session: Session) -> str:
        """For the projector on any machine; the key stands where no server sees it."""
        return f"{self.address()}/screen/{session.code}#{self._keys.screen(session.code, session.created_at)}"

    def record(self, key: str) -> str:
        """Of a published write-up."""
        return f"{self.address()}/w/{key}"

    def facilitator(self, counter: int) -> str:
        return f"{self.address()}/workshops#{self._keys.facilitator(counter)}"


def same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(errors="replace"), other.encode(errors="replace"))


def new_token() -> str:
    return secrets.token_urlsafe(16)


def hashed(token: str) -> str:
    """What is stored of a token. A plain hash is enough at 128 random bits."""
    return sha256(token.encode()).hexdigest()


# --- Cookies -----------------------------------------------------------------------------------------------------


class Cookies:
    """Cookie names and flags. `__Host-` and Secure wherever pages come by HTTPS; plain HTTP cannot have them."""

    def __init__(self, config: Config) -> None:
        self.https = bool(config.public_url and config.public_url.startswith("https:"))

    def name(self, what: str) -> str:
        return f"__Host-cyd-{what}" if self.https else f"cyd-{what}"

    def set(self, response: Response, what: str, value: str, days: int) -> None:
        response.set_cookie(
            self.name(what), value, max_age=days * 86400, path="/", httponly=True, samesite="Lax", secure=self.https
        )

    def clear(self, response: Response, what: str) -> None:
        response.delete_cookie(self.name(what), path="/", httponly=True, samesite="Lax", secure=self.https)


# --- The door ----------------------------------------------------------------------------------------------------


class Door:
    """Looks at cookies and says who is asking: for pages and for the socket's first request alike."""

    def __init__(self, store: Store, config: Config, clock: Callable[[], float]) -> None:
        self._store, self._clock = store, clock
        self.keys, self.cookies, self.origins = Keys(config.data), Cookies(config), Origins(config)

    def counter(self) -> int:
        with self._store.read() as read:
            return int(read.setting("facilitator_counter") or 1)

    def facilitator_key(self) -> str:
        return self.keys.facilitator(self.counter())

    def sign_in(self, jar: Any) -> dict[str, Any] | None:
        """The facilitator's device that this cookie jar belongs to."""
        token = jar.get(self.cookies.name("facilitator"))
        if not token:
            return None
        with self._store.read() as read:
            found = read.sign_in(hashed(token))
        if found is None or self._clock() - found["seen_at"] > IDLE_SECONDS:
            return None
        if self._clock() - found["seen_at"] > 600:
            self._store.writer.do(lambda tx: tx.see_sign_in(found["id"], self._clock()))
        return dict(found)

    def participant(self, jar: Any, code: str) -> Participant | None:
        token = jar.get(self.cookies.name(code))
        if not token:
            return None
        with self._store.read() as read:
            return read.participant(code, hashed(token))

    def screen(self, jar: Any, code: str) -> bool:
        """Whether the jar holds the screen key of this session."""
        with self._store.read() as read:
            try:
                session = read.session(code)
            except Unknown:
                return False
        return same(jar.get(self.cookies.name(f"screen-{code}"), ""), self.keys.screen(code, session.created_at))

    def guard(self, app: Flask) -> None:
        """Puts the table in front of every route."""
        missing = {rule.endpoint for rule in app.url_map.iter_rules()} - ACCESS.keys()
        if missing:
            raise RuntimeError(f"no row in security.ACCESS for {', '.join(sorted(missing))}")
        app.before_request(self._check)

    def _check(self) -> Any:
        g.facilitator = g.participant = None
        if request.endpoint is None or request.endpoint == "static":
            return None
        _let_in(request.endpoint)
        if request.method not in ("GET", "HEAD", "OPTIONS") and not self.origins.good(request.environ):
            abort(403)
        who = ACCESS[request.endpoint]
        if who is Who.ANYONE:
            return None
        g.facilitator = self.sign_in(request.cookies)
        code = (request.view_args or {}).get("code", "")
        if who is Who.PARTICIPANT:
            g.participant = self.participant(request.cookies, code)
            return None if g.participant else self._no_seat(code)
        if g.facilitator:
            return self._check_csrf()
        if who is Who.READER and self._is_public((request.view_args or {})["key"]):
            return None
        if who is Who.SCREEN and self.screen(request.cookies, code):
            return None
        if who is Who.READER or request.method != "GET":
            abort(404)
        # The key may be in the address after '#', which only the browser sees: this page sends it.
        return render_template("enter.html", code=code if who is Who.SCREEN else ""), 401

    @staticmethod
    def _no_seat(code: str) -> Any:
        """A phone that lost its seat may take one; anything else of a participant's is not there."""
        return redirect(f"/j/{code}", 303) if request.endpoint in ("phone.show", "phone.resume") else abort(404)

    def _is_public(self, key: str) -> bool:
        with self._store.read() as read:
            try:
                return read.listed(key).public
            except Unknown:
                return False

    def _check_csrf(self) -> None:
        if request.method in ("GET", "HEAD", "OPTIONS"):
            return
        sent = request.headers.get("X-CSRF-Token") or request.form.get("csrf", "")
        if not same(sent, self.keys.csrf(g.facilitator["token_hash"])):
            abort(403)


def _let_in(endpoint: str) -> None:
    """How much this route takes in, said before anything reads the form."""
    if endpoint in LARGE:
        request.max_content_length = LARGE[endpoint]
        request.max_form_memory_size = 1024 * 1024  # it is held in pieces of 64 KiB; the rest goes to a file


# --- Origins -----------------------------------------------------------------------------------------------------


class Origins:
    """Whether a request comes from a page of ours.

    With PUBLIC_URL only that is good. Without it the Origin must equal scheme://Host, and Host must be a name that no
    stranger can point at us: an IP address, localhost, this machine's name or a *.local name.
    """

    def __init__(self, config: Config) -> None:
        self._public_url = config.public_url

    def good(self, environ: Any, *, missing: bool = False) -> bool:
        """`missing`: what a request without an Origin is."""
        origin = environ.get("HTTP_ORIGIN")
        if origin is None:
            return missing
        if self._public_url is not None:
            return bool(origin == self._public_url)
        host = environ.get("HTTP_HOST", "")
        return bool(origin == f"{environ.get('wsgi.url_scheme', 'http')}://{host}") and _is_ours(host)


def _is_ours(host: str) -> bool:
    name = (urlsplit(f"//{host}").hostname or "").lower()
    if name == "localhost" or name.endswith(".local") or name == socket.gethostname().lower():
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


# --- Headers -----------------------------------------------------------------------------------------------------

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
HEADERS = [
    ("Content-Security-Policy", CSP),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
]
HTTPS_HEADERS = [
    ("Strict-Transport-Security", "max-age=31536000"),
    ("Cross-Origin-Opener-Policy", "same-origin"),  # plain HTTP pages cannot have it and browsers complain
]


class Outside:
    """What stands around everything that is served, the socket's requests too: headers, and what never gets in."""

    def __init__(self, app: Callable[..., Iterable[bytes]], config: Config) -> None:
        self._app = app
        self._origins = Origins(config)
        self._headers = HEADERS + (HTTPS_HEADERS if Cookies(config).https else [])

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        # Without the header no browser gets compression for its socket: 90 KiB a phone, and no bomb's door.
        environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        path = environ.get("PATH_INFO", "")

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            ours = {name.lower() for name, _ in self._headers} | {"server"}
            kept = [(name, value) for name, value in headers if name.lower() not in ours]
            if not path.startswith("/static/") and not any(name.lower() == "cache-control" for name, _ in kept):
                kept.append(("Cache-Control", "no-store"))
            return start_response(status, kept + self._headers, *rest)

        if path.startswith("/socket.io") and self._refuse(environ):
            start("403 Forbidden", [("Content-Type", "text/plain")])
            return [b"refused"]
        return self._app(environ, start)

    def _refuse(self, environ: dict[str, Any]) -> bool:
        query = f"&{environ.get('QUERY_STRING', '')}"
        upgrade = "websocket" in environ.get("HTTP_UPGRADE", "").lower()
        # A browser's own polling GETs carry no Origin; upgrades and POSTs always do.
        polling_get = environ.get("REQUEST_METHOD") == "GET" and not upgrade
        return "&j=" in query or not self._origins.good(environ, missing=polling_get)


# --- Limits ------------------------------------------------------------------------------------------------------


class Misses:
    """Counts wrong session codes, in all and never per address: a whole room comes from one."""

    MOST = 300
    SECONDS = 60

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._times: deque[float] = deque()

    def full(self) -> bool:
        while self._times and self._clock() - self._times[0] > self.SECONDS:
            self._times.popleft()
        return len(self._times) >= self.MOST

    def add(self) -> None:
        self._times.append(self._clock())
