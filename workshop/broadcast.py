"""Who watches what, and pushing to them: at most one frame per session, surface and language per tick.

A push is a hint, the revision is the truth: a frame holds only the fragments that changed since the room's last one,
and a heartbeat says which revision that was of. Whoever is behind watches again and gets what is current.
"""

import logging
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import gevent

from workshop.fragments import NAP, Fragments
from workshop.model import Unknown

log = logging.getLogger(__name__)

TICK = 0.25  # seconds; the first change goes at once
HEARTBEAT = 10.0  # seconds


def room(code: str, surface: str, lang: str) -> str:
    return f"{code} {surface} {lang}"


class Broadcast:
    """`emit(event, data, room)` sends; `clock` is epoch seconds, which phones measure timers against."""

    def __init__(self, fragments: Fragments, emit: Callable[[str, Any, str], None], clock: Callable[[], float]) -> None:
        self._fragments, self._emit, self._clock = fragments, emit, clock
        self._watchers: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))  # code -> room -> sids
        self._last: dict[str, tuple[int, dict[str, str]]] = {}  # room -> revision and fragments of its last change
        self._due: set[str] = set()
        self._pushed: dict[str, float] = {}

    def watch(self, sid: str, code: str, surface: str, lang: str) -> dict[str, Any]:
        """Puts the socket into its room and returns what is current: subscribe first, then fetch."""
        here = room(code, surface, lang)
        self._watchers[code][here].add(sid)
        current = self.current(code, surface, lang)
        revision, pushed = self._last.setdefault(here, (current["revision"], current["fragments"]))
        if pushed != current["fragments"]:
            self._last[here] = (revision, {})  # seen between two pushes: the next sends all, even what was undone
        return current

    def current(self, code: str, surface: str, lang: str) -> dict[str, Any]:
        revision, fragments = self._fragments.render(surface, code, lang)
        return {"revision": revision, "now": self._clock(), "fragments": fragments}

    def leave(self, sid: str, code: str) -> None:
        for here in list(self._watchers.get(code, {})):
            self._watchers[code][here].discard(sid)
            if not self._watchers[code][here]:
                del self._watchers[code][here]
                self._last.pop(here, None)
        if not self._watchers.get(code):
            self._watchers.pop(code, None)
            self._pushed.pop(code, None)

    def announce(self, code: str) -> None:
        """The session changed. Marks it; whoever watches hears of it within a tick."""
        if code in self._due or code not in self._watchers:
            return
        self._due.add(code)
        wait = TICK - (self._clock() - self._pushed.get(code, 0.0))
        gevent.spawn_later(max(0.0, min(TICK, wait)), self._push, code)

    def announce_all(self) -> None:
        """Something that every session shows has changed."""
        for code in list(self._watchers):
            self.announce(code)

    def _push(self, code: str) -> None:
        self._due.discard(code)
        for here in list(self._watchers.get(code, {})):
            _, surface, lang = here.split(" ")
            try:
                revision, fragments = self._fragments.render(surface, code, lang)
            except Unknown:
                self._emit("gone", {}, here)
                continue
            except Exception:
                log.exception("drawing %s", here)
                continue
            before = self._last.get(here, (0, {}))[1]
            changed = {name: html for name, html in fragments.items() if before.get(name) != html}
            if changed:
                self._last[here] = (revision, fragments)
                self._emit("frame", {"revision": revision, "now": self._clock(), "fragments": changed}, here)
            gevent.sleep(NAP)  # between two rooms the phones have their turn
        if code in self._watchers:
            self._pushed[code] = self._clock()  # when it was done: between two pushes the others have their turn

    def beat(self) -> None:
        """One heartbeat to every room."""
        for rooms in list(self._watchers.values()):
            for here in list(rooms):
                revision = self._last.get(here, (0, {}))[0]
                self._emit("heartbeat", {"revision": revision, "now": self._clock()}, here)
