"""One life of the server, from opening the database to its end or its being killed."""

import atexit
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Event
from typing import Any

import gevent
from flask import Flask
from sqlalchemy import Connection, event

from tests.cast import PATIENCE
from tests.house import BEGIN, CARDS, CODE, LISTS, OTHER, PILES, PROMPTS, RATED, exercise, text
from workshop import create_app, packs
from workshop.broadcast import Broadcast
from workshop.config import Config
from workshop.disk import Disk
from workshop.fragments import Fragments
from workshop.gathered import Participant
from workshop.live import Live
from workshop.model import Session
from workshop.security import Door
from workshop.sockets import Sockets
from workshop.store import Store
from workshop.tallies import Tallies
from workshop.theming import Theming

WORKSHOP = packs.parse(
    {
        "title": text("A workshop"),
        "perspectives": [{"id": id, "title": text(id)} for id in ("councillor", "officer")],
        "agenda": [
            exercise("ideas", "notes", {"prompts": PROMPTS, "most": 3, "longest": 40}),
            exercise("sort", "card_sort", {"piles": PILES, "cards": CARDS}),
            exercise("feel", "scale", {**RATED, "lists": LISTS}),
        ],
    },
    id="machine",
    where="machine",
)
EXERCISES = tuple(one.id for one in WORKSHOP.agenda)
TURNS = 20  # of all greenlets, in which whoever was woken has said what they know


@cache
def drawing() -> Flask:
    """What all lives draw with: templates are compiled once."""
    folder = Path(tempfile.mkdtemp(prefix="cyd-machine-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    app = create_app(Config(data=folder / "data", exercises=folder), lambda: "http://127.0.0.1:8050")
    app.extensions["cyd"].store.close()
    return app


@cache
def begun(open: str) -> tuple[bytes, tuple[Participant, ...]]:
    """A database in which three phones have joined and this exercise is open, and Dot's session has begun."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "cyd.sqlite3"
        store = Store(file)
        live = Live(store, lambda code: None, lambda: BEGIN)
        for code in (CODE, OTHER):
            new = Session(code, WORKSHOP, "Ada", "ada@example.org", BEGIN)
            store.writer.do(lambda tx, new=new: tx.add_session(new))
        come = (("en", "councillor", 1), ("cy", "officer", 7), ("en", None, 1))
        seats = tuple(
            live.join(CODE, f"token {number}", language=lang, perspective=perspective, size=size)
            for number, (lang, perspective, size) in enumerate(come)
        )
        live.go_to(CODE, 100, open)
        live.open(CODE, 100, open)
        store.close()
        return file.read_bytes(), seats


@dataclass
class Stop:
    """A place at which the writer's own thread stands still until it is let on."""

    reached: Event
    passed: Event

    def wait(self) -> None:
        self.reached.set()
        self.passed.wait(PATIENCE)


class Server:
    """`hear(event, data, room)` is the line to everybody who watches; `clock` stands still until it is moved."""

    def __init__(self, file: Path, hear: Callable[[str, Any, str], None], clock: Callable[[], float]) -> None:
        self.file, self._hear = file, hear
        self.alive = True
        self._stop: tuple[tuple[str, ...], Stop] | None = None
        self._gate_is_through = False
        self.announced: list[str] = []
        app = drawing()
        self.store = Store(file)
        self.tallies = Tallies()
        self.fragments = self._drawn_anew()
        pushes = iter(range(1, 10**9))  # for the broadcast a second passes with every look: no push waits for a tick
        self.broadcast = Broadcast(self.fragments, self._emit, lambda: clock() + next(pushes))
        self.live = Live(self.store, self.announced.append, clock)
        self.theming = Theming(self.store, self.announced.append)
        plain = app.wsgi_app
        self.sockets = Sockets(app, Door(self.store, Config(data=file.parent), clock), self.store)
        app.wsgi_app = plain  # type: ignore[method-assign]  # nothing comes in by HTTP
        self.sockets.start(self.live, self.broadcast, Disk(file.parent, self.store))
        engine = self.store._writer_engine
        event.listen(engine, "commit", lambda _: self._stands("commit"))
        event.listen(engine, "begin", self._listen)

    def _emit(self, event: str, data: Any, room: str) -> None:
        if self.alive:
            self._hear(event, data, room)

    def _listen(self, connection: Connection) -> None:
        """To every statement of this transaction, as SQLite itself begins it."""
        driver: Any = connection.connection.driver_connection
        driver.set_trace_callback(lambda sql: self._stands(sql.split(" ")[0]))

    def _stands(self, where: str) -> None:
        """On the writer's thread. The first commit is the gate's own, see `together`."""
        if self._stop is None:
            return
        if not self._gate_is_through:
            self._gate_is_through = where == "commit"
        elif where in self._stop[0]:
            stop, self._stop = self._stop[1], None
            stop.wait()

    # Pushes

    def push(self) -> None:
        """Everything announced so far goes through broadcast, and whoever watches has it."""
        announced, self.announced[:] = list(self.announced), []
        before = dict(self.broadcast._pushed)
        for code in announced:
            self.broadcast.announce(code)
        for code in list(self.broadcast._due):
            _until(lambda code=code: self.broadcast._pushed.get(code) != before.get(code))

    def fresh(self, surface: str, lang: str) -> dict[str, str]:
        """As it is drawn by who has drawn nothing yet."""
        return self._drawn_anew().render(surface, CODE, lang)[1]

    def _drawn_anew(self) -> Fragments:
        links = (lambda session: "http://a/j/b", lambda key: "http://a/w/b")
        return Fragments(drawing(), self.store, self.tallies, lambda code: 0, *links, lambda: None)

    # Answers and verbs that wait for the disk together

    def together(self, *asks: Callable[[], Any], stop: str | None = None) -> tuple[list[Any], Path | None]:
        """What each got, all having stood in the writer's queue before it looked; None for who got nothing.

        With `stop` the server is killed where the writer first comes to it ("commit", or "write" for the first row
        that is written): what was said until then counts, and the second value is the file as it was left behind.
        """
        gathered, stopped = Stop(Event(), Event()), Stop(Event(), Event())
        gate = gevent.spawn(self.store.writer.do, lambda tx: gathered.wait())
        _until(gathered.reached.is_set)
        asking = [gevent.spawn(ask) for ask in asks]
        gevent.sleep(0)
        if stop is not None:
            self._gate_is_through = False
            self._stop = (("commit",) if stop == "commit" else ("INSERT", "UPDATE", "commit"), stopped)
        gathered.passed.set()
        left = None
        if stop is not None:
            _until(stopped.reached.is_set)
            for _ in range(TURNS):
                gevent.sleep(0)
            told = [one.value if one.ready() else None for one in asking]
            left = self.killed()
            stopped.passed.set()
        gevent.joinall([gate, *asking], raise_error=True)
        return ([one.value for one in asking] if stop is None else told), left

    # The end of it

    def killed(self) -> Path:
        """The files as they are at this moment, under a new name: all that the next process finds after kill -9."""
        self.alive = False
        left = self.file.with_name(f"{int(self.file.stem) + 1}.sqlite3")
        for ending in ("", "-wal"):
            if Path(f"{self.file}{ending}").exists():
                shutil.copyfile(f"{self.file}{ending}", f"{left}{ending}")
        return left

    def close(self) -> None:
        self.alive = False
        self.store.close()

    # What is in the database, as another program reads it

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.file)) as line:
            return line.execute(statement, values).fetchall()


def _until(there: Callable[[], bool]) -> None:
    """Gives all greenlets their turn until it is there."""
    end = time.monotonic() + PATIENCE
    while not there():
        assert time.monotonic() < end, "what was waited for never came"
        gevent.sleep(0.0002)
