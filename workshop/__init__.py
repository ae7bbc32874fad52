"""Cyd: live workshop sessions. `create_app` is the one place where the parts meet."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask, render_template, request
from flask.json.provider import DefaultJSONProvider
from jinja2 import FileSystemBytecodeCache, StrictUndefined
from werkzeug.exceptions import HTTPException, ServiceUnavailable

from workshop import packs, words
from workshop.broadcast import Broadcast
from workshop.config import ROOT, Config
from workshop.disk import Disk
from workshop.exports.press import Press
from workshop.fragments import Fragments, draw_annex, draw_comparison, draw_tally
from workshop.live import Live
from workshop.pages import Drawn, Parts, page_language, remember_language
from workshop.pages.console import MOVING, console
from workshop.pages.home import home
from workshop.pages.phone import phone
from workshop.pages.record import record as published
from workshop.pages.report import CHAPTER_TITLES, report
from workshop.pages.screen import screen
from workshop.pages.sheets import sheets
from workshop.publishing import Publishing
from workshop.security import Door, Links, Misses, Outside
from workshop.sockets import Json, Sockets
from workshop.store import Busy, Store
from workshop.tallies import Tallies
from workshop.theming import Theming


def create_app(config: Config, address: Callable[[], str], clock: Callable[[], float] = time.time) -> Flask:
    """The whole server as a WSGI app. `address()` is what links and QR codes start with; `clock` epoch seconds."""
    app = Flask(
        "workshop",
        root_path=str(ROOT / "workshop"),
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
    )
    app.config.update(
        MAX_CONTENT_LENGTH=64 * 1024,
        MAX_FORM_MEMORY_SIZE=64 * 1024,
    )
    app.json = _Json(app)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.autoescape = True
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.bytecode_cache = _compiled_templates()
    words.setup(app)
    paths = app.url_map.bind("cyd")
    # Fragments are drawn outside of any request too, where url_for would ask for a server name.
    app.jinja_env.globals.update(
        draw_tally=draw_tally,
        draw_comparison=draw_comparison,
        draw_annex=draw_annex,
        chapter_titles=CHAPTER_TITLES,
        MOVING=MOVING,
        url_for=lambda endpoint, **values: paths.build(endpoint, values),
    )

    store = Store(config.database)
    door = Door(store, config, clock)
    sockets = Sockets(app, door, store)
    tallies = Tallies()
    links = Links(door.keys, address)
    disk = Disk(config.data, store)
    fragments = Fragments(app, store, tallies, sockets.connected, links.join, links.record, lambda: disk.trouble)
    broadcast = Broadcast(fragments, sockets.emit, clock)
    live = Live(store, broadcast.announce, clock, broadcast.answered)
    sockets.start(live, broadcast, disk)
    disk.start(broadcast.announce_all)
    app.extensions["cyd"] = Parts(
        config=config,
        packs=packs.load_all(config.exercises),
        store=store,
        live=live,
        theming=Theming(store, broadcast.announce),
        publishing=Publishing(store, broadcast.announce, clock),
        door=door,
        tallies=tallies,
        fragments=fragments,
        broadcast=broadcast,
        sockets=sockets,
        press=Press(),
        drawn=Drawn(),
        misses=Misses(time.monotonic),
        links=links,
        clock=clock,
    )
    for blueprint in (home, phone, screen, console, report, published, sheets):
        app.register_blueprint(blueprint)
    door.guard(app)
    app.after_request(remember_language)
    app.register_error_handler(HTTPException, _error)
    app.register_error_handler(Busy, lambda _: _error(ServiceUnavailable()))
    app.wsgi_app = Outside(app.wsgi_app, config)  # type: ignore[method-assign]
    return app


def _compiled_templates() -> FileSystemBytecodeCache | None:
    """Where templates are kept compiled, as Python keeps its modules: else the first look at each stops the room.

    In the environment that the code itself runs from, never among the data; none where that cannot be written.
    """
    folder = Path(sys.prefix) / "cyd-templates"
    try:
        folder.mkdir(exist_ok=True)
    except OSError:
        return None
    return FileSystemBytecodeCache(str(folder)) if os.access(folder, os.W_OK) else None


class _Json(DefaultJSONProvider):
    """Reads what is sent by HTTP as the socket reads it."""

    def loads(self, s: str | bytes, **_: Any) -> Any:
        return Json.loads(s)


def _error(error: HTTPException) -> tuple[str, int]:
    """One page for what goes wrong, in the reader's language; nothing of the inside shows."""
    lang = (request.view_args or {}).get("lang") or page_language()
    return render_template("error.html", langs=(lang,), why=None, status=error.code), error.code or 500
