"""Who watches what, and pushing to them: at most one frame per session, surface and language per tick.

A push is a hint, the revision is the truth: a frame holds only the fragments that changed since the room's last one,
and a heartbeat says which revision that was of. Whoever is behind watches again and gets what is current.
"""

import logging
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import gevent

from workshop.fragments import NAP, Fragments
from workshop.model import Unknown

log = logging.getLogger(__name__)

TICK = 0.25  # seconds; the first change goes at once
STRIDE = 0.03  # seconds between two looks at what came in meanwhile
SLOW_TICK = 1.0  # the same for who looks at everything that came in, where nothing but answers did
HEARTBEAT = 10.0  # seconds


def room(code: str, surface: str, lang: str) -> str:
    return f"{code} {surface} {lang}"


class Broadcast:
    """`emit(event, data, room)` sends; `clock` is epoch seconds, which phones measure timers against."""

    def __init__(self, fragments: Fragments, emit: Callable[[str, Any, str], None], clock: Callable[[], float]) -> None:
        self._fragments, self._emit, self._clock = fragments, emit, clock
        self._watchers: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))  # code -> room -> sids
        self._last: dict[str, tuple[int, dict[str, str]]] = {}  # room -> revision and fragments of its last change
        self._told: dict[str, int] = {}  # room -> the newest revision that anybody in it has seen
        self._due: set[str] = set()
        self._pushing: set[str] = set()
        self._pushed: dict[str, float] = {}
        self._hurried: set[str] = set()  # sessions in which more happened than that somebody came or answered
        self._drawn: dict[str, float] = {}  # room of a facilitator -> when it was last drawn

    def watch(self, sid: str, code: str, surface: str, lang: str) -> dict[str, Any]:
        """Puts the socket into its room and returns what is current: subscribe first, then fetch."""
        here = room(code, surface, lang)
        self._watchers[code][here].add(sid)
        current = self.current(code, surface, lang)
        while current["revision"] < self._told.get(here, 0):  # the room was told of more while this was drawn
            current = self.current(code, surface, lang)
        self._told[here] = max(current["revision"], self._told.get(here, 0))
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
                self._drawn.pop(here, None)
                self._told.pop(here, None)
        if not self._watchers.get(code):
            self._watchers.pop(code, None)
            self._pushed.pop(code, None)
            self._hurried.discard(code)

    def announce(self, code: str) -> None:
        """The session changed. Marks it; whoever watches hears of it within a tick."""
        self._hurried.add(code)
        self.answered(code)

    def answered(self, code: str) -> None:
        """Nothing changed but that somebody came or answered: a large drawing for the facilitator may wait a little."""
        if code in self._due or code not in self._watchers:
            return
        self._due.add(code)
        if code not in self._pushing:  # else the push that is under way sees to it when it is done
            self._schedule(code)

    def _schedule(self, code: str) -> None:
        wait = TICK - (self._clock() - self._pushed.get(code, 0.0))
        gevent.spawn(self._tick, code, max(0.0, min(TICK, wait)))

    def _tick(self, code: str, wait: float) -> None:
        """Pushes after so many seconds. Until then what comes in is counted as it comes: no long work at the end."""
        counts = any(not here.startswith(f"{code} phone ") for here in self._watchers.get(code, {}))
        while wait > 0:
            gevent.sleep(min(STRIDE, wait))
            wait -= STRIDE
            if counts:
                with suppress(Unknown):
                    self._fragments.count(code)
        self._push(code)

    def announce_all(self) -> None:
        """Something that every session shows has changed."""
        for code in list(self._watchers):
            self.announce(code)

    def _push(self, code: str) -> None:
        self._due.discard(code)
        self._pushing.add(code)
        try:
            left = self._push_all(code)
        finally:
            self._pushing.discard(code)
        if code not in self._watchers:
            self._due.discard(code)
            return
        self._pushed[code] = self._clock()  # when it was done: between two pushes the others have their turn
        if code in self._due:
            self._schedule(code)
        elif left:
            self.answered(code)

    def _push_all(self, code: str) -> bool:
        """To every room; whether a facilitator's is left for later."""
        hurried, left = code in self._hurried, False
        self._hurried.discard(code)
        for here in list(self._watchers.get(code, {})):
            _, surface, lang = here.split(" ")
            if surface not in ("phone", "screen"):
                now = time.monotonic()
                if not hurried and now - self._drawn.get(here, 0.0) < SLOW_TICK:
                    left = True
                    continue
                self._drawn[here] = now
            try:
                revision, fragments = self._fragments.render(surface, code, lang)
            except Unknown:
                self._emit("gone", {}, here)
                continue
            except Exception:
                log.exception("drawing %s", here)
                continue
            if revision < self._told.get(here, 0):
                left = True  # somebody who watched meanwhile has seen more: nobody goes back
                continue
            last, before = self._last.get(here, (0, {}))
            changed = {name: html for name, html in fragments.items() if before.get(name) != html}
            # Whoever edits the write-up beside a console hears of changes that the console does not show.
            if changed or (hurried and surface == "console" and revision > last):
                self._last[here] = (revision, fragments)
                self._told[here] = revision
                self._emit("frame", {"revision": revision, "now": self._clock(), "fragments": changed}, here)
            gevent.sleep(NAP)  # between two rooms the phones have their turn
        return left

    def beat(self) -> None:
        """One heartbeat to every room."""
        for rooms in list(self._watchers.values()):
            for here in list(rooms):
                revision = self._last.get(here, (0, {}))[0]
                self._emit("heartbeat", {"revision": revision, "now": self._clock()}, here)
