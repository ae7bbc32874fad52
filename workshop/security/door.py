"""Who is asking, and whether the door opens."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from flask import Flask, abort, g, redirect, render_template, request

from workshop.config import Config
from workshop.gathered import Participant
from workshop.model import Unknown
from workshop.security.access import ACCESS, LARGE, Who
from workshop.security.cookies import Cookies
from workshop.security.keys import Keys, hashed, same
from workshop.security.origins import Origins
from workshop.store import Busy, Store

IDLE_SECONDS = 12 * 3600  # a facilitator's device that was not used for so long signs in again


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
        now = self._clock()
        if found is None or now - found["seen_at"] > IDLE_SECONDS:
            return None
        if now - found["seen_at"] > 600:
            with suppress(Busy):  # a disk that fails keeps nobody from the console, which says so
                self._store.writer.do(lambda tx: tx.see_sign_in(found["id"], now))
        return dict(found)

    def participant(self, jar: Any, code: str) -> Participant | None:
        token = jar.get(self.cookies.name(code))
        if not token:
            return None
        return self._store.seat(code, hashed(token))

    def screen(self, jar: Any, code: str) -> bool:
        """Whether the jar holds the screen key of this session."""
        try:
            session = self._store.session(code)
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
