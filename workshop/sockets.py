"""The whole socket protocol. docs/protocol.md describes every event and field.

Handlers stand on the inner Socket.IO server: no Flask request per event. Who a socket is, is settled when it connects
and looked up by its id for every event.
"""

import json
import logging
import re
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import gevent
import orjson
from flask import Flask
from flask_socketio import SocketIO
from socketio.exceptions import ConnectionRefusedError
from werkzeug.http import parse_cookie

from workshop import guard, kinds
from workshop.broadcast import HEARTBEAT, Broadcast, room
from workshop.disk import Disk
from workshop.fragments import BOTH
from workshop.gathered import Participant
from workshop.live import Live, spelled
from workshop.model import N_, Invalid, Refused, Unknown
from workshop.security import EVENTS, Door, Who
from workshop.store import Busy, Store
from workshop.text import LANGUAGES
from workshop.words import told

GREETING_SECONDS = 10  # a connection that has not said who it is by then is closed
RETRY_MILLISECONDS = 2000
PUT_BURST = 300  # answers of one seat by PUT; RATE a second in the long run
MOST_PUTTING = 10_000  # seats whose rate is remembered

RESPOND = re.compile(r'2(\d{1,9})\["respond",')  # Socket.IO's event packet that asks for an acknowledgement

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Seat:
    """Who a socket is."""

    who: Who
    code: str
    surface: str
    lang: str
    participant: Participant | None = None
    sign_in: str | None = None  # of the facilitator's device, where its cookie opened the door


class Json:
    """orjson behind the interface that Socket.IO asks for."""

    @staticmethod
    def dumps(value: Any, **_: Any) -> str:
        return orjson.dumps(value).decode()

    @staticmethod
    def loads(text: str | bytes, **_: Any) -> Any:
        """ValueError where it cannot be read. Half an emoji can: its sender is told that the answer is invalid."""
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError:
            try:
                return json.loads(text)
            except RecursionError:
                raise ValueError("nested too deeply") from None


class Sockets:
    """Seats by socket id, and the handlers. `answer` is shared with the PUT door, so both say the same."""

    def __init__(self, app: Flask, door: Door, store: Store) -> None:
        guard.install()
        self._app, self._door, self._store = app, door, store
        self._seats: dict[str, Seat] = {}
        self._sids: dict[str, str] = {}  # Engine.IO's name of a connection -> Socket.IO's
        self._lines: dict[str, str] = {}  # and back
        self._phones: dict[str, dict[str, int]] = defaultdict(dict)  # code -> participant -> open sockets
        self._young: dict[str, float] = {}  # Engine.IO connections by when they were first seen
        self._putting: dict[str, guard.Bucket] = {}  # participant -> how often it may still come by PUT
        self.socketio = SocketIO(
            app,
            async_mode="gevent",
            async_handlers=False,
            json=Json,
            cors_allowed_origins=[],  # security.Outside has looked at the origin already
            manage_session=False,
            max_http_buffer_size=guard.LARGEST,
            ping_interval=25,
            ping_timeout=20,
        )
        self.server: Any = self.socketio.server

    def start(self, live: Live, broadcast: Broadcast, disk: Disk) -> None:
        self._live, self._broadcast, self._disk = live, broadcast, disk
        self.server.on("connect", self._connect)
        self.server.on("disconnect", self._disconnect)
        self.server.on("watch", self._watch)
        self.server.on("respond", self._respond)
        self.server.on("*", self._unknown)
        self.server.eio.on("message", self._message)

    def beat_forever(self) -> None:
        while True:
            gevent.sleep(HEARTBEAT)
            try:
                self._disk.look()
                self._broadcast.beat()
                guard.bound_queues(self.server.eio)
            except Exception:
                log.exception("heartbeat")

    def greet_forever(self) -> None:
        """Closes connections that do not say who they are, within a second of their time."""
        while True:
            gevent.sleep(1)
            try:
                self._close_strangers()
            except Exception:
                log.exception("strangers")

    def emit(self, event: str, data: Any, to: str) -> None:
        self.server.emit(event, data, to=to)

    def connected(self, code: str) -> int:
        """Phones of the session that are connected now."""
        return len(self._phones.get(code, {}))

    def drop(self, participant: Participant) -> None:
        """Closes the sockets of a seat that has moved to another phone."""
        for sid, seat in list(self._seats.items()):
            if seat.participant and seat.participant.id == participant.id:
                gevent.spawn(self.server.disconnect, sid)

    def recheck(self) -> None:
        """Closes the sockets of devices that are signed out."""
        with self._store.read() as read:
            allowed = {row["id"] for row in read.sign_ins()}
        for sid, seat in list(self._seats.items()):
            if seat.sign_in is not None and seat.sign_in not in allowed:
                gevent.spawn(self.server.disconnect, sid)

    # Events

    def _message(self, eio_sid: str, data: Any) -> None:
        """What cannot be read, or goes wrong before a handler has it, closes the connection: else nothing answers."""
        try:
            if _is_foreign(data):
                raise ValueError("neither bytes nor namespaces are spoken here")
            if not self._answered(eio_sid, data):
                self.server._handle_eio_message(eio_sid, data)
        except (ValueError, TypeError, LookupError):
            self.server.eio.disconnect(eio_sid)
        except Exception:
            log.exception("message")
            self.server.eio.disconnect(eio_sid)

    def _answered(self, eio_sid: str, data: str) -> bool:
        """Deals with an answer without Socket.IO's own objects, which cost more than keeping it; False for all else."""
        found = RESPOND.match(data)
        sid = self._sids.get(eio_sid)
        if found is None or sid is None or not data.endswith("]"):
            return False
        try:
            message = orjson.loads(data[found.end() : -1])
        except orjson.JSONDecodeError:
            return False  # half an emoji, or more than one value: the long way knows what to say
        ack = orjson.dumps(self._respond(sid, message)).decode()
        if (line := self.server.eio.sockets.get(eio_sid)) is not None:
            line.acknowledge(f"3{found[1]}[{ack}]")
        return True

    def _unknown(self, event: str, sid: str, *data: Any) -> dict[str, Any]:
        return {"ok": False, "status": "invalid"}

    def _connect(self, sid: str, environ: dict[str, Any], auth: Any = None) -> None:
        if sid in self._seats:
            raise ValueError("an event may not be called connect")
        seat = self._seat(environ, auth if isinstance(auth, dict) else {})
        if seat is None:
            raise ConnectionRefusedError("gone")
        self._seats[sid] = seat
        self._lines[sid] = line = self.server.manager.eio_sid_from_sid(sid, "/")
        self._sids[line] = sid
        if seat.participant:
            mine = self._phones[seat.code]
            mine[seat.participant.id] = mine.get(seat.participant.id, 0) + 1
            self._broadcast.answered(seat.code)

    def _seat(self, environ: dict[str, Any], auth: dict[str, Any]) -> Seat | None:
        jar = parse_cookie(environ.get("HTTP_COOKIE", ""))
        code, surface = spelled(str(auth.get("code", "")))[:7], str(auth.get("surface", ""))
        surface, colon, exercise = surface.partition(":")
        lang = auth["lang"] if auth.get("lang") in LANGUAGES else "cy"
        if surface == "phone":
            participant = self._door.participant(jar, code)
            return Seat(Who.PARTICIPANT, code, surface, lang, participant) if participant else None
        with self._store.read() as read:
            try:
                session = read.session(code)
                themed = colon and kinds.takes_themes(session.workshop.exercise(exercise).kind)
            except Unknown:
                return None
        if surface == "screen" and self._door.screen(jar, code):
            return Seat(Who.SCREEN, code, surface, BOTH)
        device = self._door.sign_in(jar)
        if surface == "screen" and device:
            return Seat(Who.SCREEN, code, surface, BOTH, sign_in=device["id"])
        if surface == "console" and device:
            return Seat(Who.FACILITATOR, code, surface, lang, sign_in=device["id"])
        if surface == "themes" and themed and device:
            return Seat(Who.FACILITATOR, code, f"themes:{exercise}", lang, sign_in=device["id"])
        return None

    def _disconnect(self, sid: str, reason: str = "") -> None:
        seat = self._seats.pop(sid, None)
        if seat is None:
            return
        self._sids.pop(self._lines.pop(sid, ""), None)
        self._broadcast.leave(sid, seat.code)
        if seat.participant:
            mine = self._phones[seat.code]
            mine[seat.participant.id] = mine.get(seat.participant.id, 1) - 1
            if mine[seat.participant.id] <= 0:
                del mine[seat.participant.id]
            if not mine:
                del self._phones[seat.code]
            self._broadcast.answered(seat.code)

    def _watch(self, sid: str, data: Any = None) -> dict[str, Any]:
        seat = self._seats.get(sid)
        if seat is None or seat.who not in EVENTS["watch"]:
            return {"ok": False, "gone": True}
        try:
            self.server.enter_room(sid, room(seat.code, seat.surface, seat.lang))
            current = {"ok": True, **self._broadcast.watch(sid, seat.code, seat.surface, seat.lang)}
            if seat.participant:
                current["mine"] = self.mine(seat.participant)
            return current
        except Unknown:
            return {"ok": False, "gone": True}
        except Exception:
            log.exception("watch")
            return {"ok": False, "retry": True, "after_ms": RETRY_MILLISECONDS}

    def _respond(self, sid: str, data: Any = None) -> dict[str, Any]:
        seat = self._seats.get(sid)
        if seat is None or seat.who not in EVENTS["respond"] or seat.participant is None:
            return {"ok": False, "gone": True}
        return self.answer(seat.participant, data, seat.lang)[1]

    # What socket and PUT share

    def put(self, participant: Participant, data: Any, lang: str) -> tuple[int, dict[str, Any]]:
        """`answer` for the PUT door, where there is no connection to close: who floods it is told to come again."""
        if len(self._putting) > MOST_PUTTING:
            self._putting = {who: one for who, one in self._putting.items() if not one.full()}
        bucket = self._putting.setdefault(participant.id, guard.Bucket(PUT_BURST, PUT_BURST))
        if not bucket.take():
            return 503, {"ok": False, "retry": True, "after_ms": RETRY_MILLISECONDS}
        return self.answer(participant, data, lang)

    def answer(self, participant: Participant, data: Any, lang: str) -> tuple[int, dict[str, Any]]:
        """Keeps an answer; returns the HTTP status and the acknowledgement in the person's language."""
        try:
            if not self._disk.takes_answers:
                raise Busy
            outcome = self._live.respond(participant, data)
        except Invalid as error:
            return 422, self._refusal("invalid", error, lang)
        except Refused as error:
            return 409, self._refusal("closed", error, lang)
        except Unknown:
            return 404, {"ok": False, "gone": True}
        except Busy:
            return 503, {"ok": False, "retry": True, "after_ms": RETRY_MILLISECONDS}
        except Exception:
            log.exception("respond")
            return 503, {"ok": False, "retry": True, "after_ms": RETRY_MILLISECONDS}
        ack: dict[str, Any] = {"ok": True, "status": outcome.status, "n": outcome.n}
        if outcome.status == "superseded":
            ack |= {"value": outcome.value, "why": self._told(N_("A later answer of yours counts instead."), {}, lang)}
        return 200, ack

    def mine(self, participant: Participant) -> dict[str, Any]:
        """What is this phone's own, as one value: it is never part of a fragment."""
        kept = self._store.given(participant.session, participant.id)
        fresh = self._store.session(participant.session)
        participant = self._store.participant(participant.session, participant.id)
        own = fresh.workshop.perspective(participant.perspective)
        return {
            "perspective": participant.perspective,
            "size": participant.size,
            "place": participant.place_code,
            "seed": participant.id,
            "own": bool(own and own.own),
            "ended": fresh.ended_at is not None,
            "answers": {exercise: {"n": one.n, "value": one.value} for exercise, one in kept.items()},
        }

    def _refusal(self, status: str, error: Invalid | Refused, lang: str) -> dict[str, Any]:
        return {"ok": False, "status": status, "why": self._told(error.key, error.arguments, lang)}

    def _told(self, key: str, arguments: Mapping[str, Any], lang: str) -> str:
        with self._app.app_context():
            return told(lang if lang in LANGUAGES else "en", key, arguments)

    def _close_strangers(self) -> None:
        now = time.monotonic()  # a clock that is put right must not cut off who has just come
        known = {self.server.manager.eio_sid_from_sid(sid, "/") for sid in self._seats}
        open_now = set(self.server.eio.sockets)
        self._young = {eio: self._young.get(eio, now) for eio in open_now - known}
        for eio, since in self._young.items():
            if now - since > GREETING_SECONDS:
                guard.cut(self.server.eio.sockets[eio])


def _is_foreign(data: Any) -> bool:
    """A packet that no client of ours sends. Its attachments would be kept until the last one has come."""
    return isinstance(data, bytes) or data[:1] in ("5", "6") or data[1:2] == "/"
