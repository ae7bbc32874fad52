"""One blueprint per surface. A page parses, calls a verb, answers."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from time import perf_counter
from typing import Any, TypeVar, cast

import gevent
from flask import current_app, g, redirect, request
from gevent.lock import BoundedSemaphore
from werkzeug.wrappers import Response

from workshop.bounded import Bounded
from workshop.broadcast import Broadcast
from workshop.config import Config
from workshop.exports.press import Press
from workshop.fragments import NAP, Fragments
from workshop.live import Live
from workshop.model import Workshop
from workshop.publishing import Publishing
from workshop.security import Door, Links, Misses
from workshop.sockets import Sockets
from workshop.store import Store
from workshop.tallies import Tallies
from workshop.theming import Theming

STINT = 0.002  # seconds that others wait for a large page at a stretch

T = TypeVar("T")


class Drawn:
    """What a whole room reads at once, made once for each state of it. Holds few, what is read most the longest."""

    MOST = 24

    def __init__(self) -> None:
        self._held: Bounded[Hashable, Any] = Bounded(self.MOST)
        self._turns: Bounded[Hashable, Any] = Bounded(10 * self.MOST)

    def once(self, key: Hashable, draw: Callable[[], T]) -> T:
        """`key` names what is drawn and the state that it is of. Who asks while it is drawn waits for that one."""
        if key not in self._turns:
            self._turns[key] = BoundedSemaphore()
        with self._turns[key]:
            made: T = self._held.pop(key) if key in self._held else draw()
            self._held[key] = made
        return made

    def forget(self) -> None:
        self._held.clear()


@dataclass(frozen=True)
class Parts:
    """What create_app put together, for pages."""

    config: Config
    packs: dict[str, Workshop]
    store: Store
    live: Live
    theming: Theming
    publishing: Publishing
    door: Door
    tallies: Tallies
    fragments: Fragments
    broadcast: Broadcast
    sockets: Sockets
    press: Press
    drawn: Drawn
    misses: Misses
    links: Links
    clock: Callable[[], float]  # epoch seconds

    def forget(self, code: str) -> None:
        """What memory holds of a session that was deleted."""
        self.tallies.forget(code)
        self.fragments.forget(code)
        self.store.forget(code)
        self.drawn.forget()
        self.press.forget(code)


def drawn_at_ease(template: str, **context: Any) -> str:
    """A large page, drawn so that nobody waits long for it: between its pieces the others have their turn."""
    app, pieces, began = current_app, [], perf_counter()
    app.update_template_context(context)
    for piece in app.jinja_env.get_template(template).generate(context):
        pieces.append(piece)
        if perf_counter() - began > STINT:
            gevent.sleep(NAP)
            began = perf_counter()
    return "".join(pieces)


def parts() -> Parts:
    return cast(Parts, current_app.extensions["cyd"])


def page_language() -> str:
    """Of pages that are not the phone's: what was chosen, else what the browser prefers, else English."""
    if "lang" not in g:
        chosen = request.args.get("lang") or request.cookies.get(parts().door.cookies.name("lang"))
        prefers = request.accept_languages.best_match(["cy", "en"])
        g.lang = chosen if chosen in ("cy", "en") else prefers or "en"
    return str(g.lang)


def remember_language(response: Any) -> Any:
    """A language that was asked for in the address holds on the next page too."""
    if request.args.get("lang") in ("cy", "en"):
        parts().door.cookies.set(response, "lang", request.args["lang"], days=365)
    return response


def see_other(where: str) -> Response:
    return redirect(where, 303)
