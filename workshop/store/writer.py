"""The one writer: a native thread that takes all that is queued, commits once, then wakes every caller.

A greenlet that yields inside a write transaction would stall every other; so all writing happens here, on a thread of
its own with a connection of its own, made before or beside gevent's patching. Callers wait as greenlets.
"""

import _queue
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

import gevent
from gevent.hub import Waiter
from gevent.monkey import get_original
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from workshop.model import Invalid, Refused, Unknown
from workshop.store.place import Place
from workshop.store.remembered import Remembered
from workshop.store.rows import Workshops
from workshop.store.tx import Raced, Tx

MOST_QUEUED = 5000  # more than that waiting: the phone is told to try again
MOST_TOGETHER = 200  # one commit holds at most so many up
# How long a deletion waits for who reads the -wal file. Later commits try again and wait no more: a program that copies
# the database without a pause (Litestream) would hold up every phone.
SCRUB_MILLISECONDS = 200
BUSY_MILLISECONDS = 10_000  # how long another process may hold the database before a write is given back
AGAIN_MILLISECONDS = 1_000  # the same where it held it a moment ago: a line that waits is not read, and is given up

T = TypeVar("T")
Verb = Callable[[Tx], T]


# What SQLite says where it is the disk, and no verb, that fails: by the lower half of its codes.
TROUBLE = {
    sqlite3.SQLITE_BUSY: "locked",
    sqlite3.SQLITE_LOCKED: "locked",
    sqlite3.SQLITE_FULL: "failing",
    sqlite3.SQLITE_IOERR: "failing",
    sqlite3.SQLITE_READONLY: "failing",
    sqlite3.SQLITE_CANTOPEN: "failing",
}


class Busy(Exception):
    """The store cannot take this now; nothing was kept, and trying again is right."""


@dataclass
class _Job(Generic[T]):
    verb: Verb[T]
    wake: Callable[[], None]
    result: Any = None
    error: BaseException | None = None


class Writer:
    """Runs verbs in transactions. `do` returns only after the commit (synchronous=FULL) is on disk.

    Nothing is kept once the database's files are no longer in their place. `trouble` is why the last commit failed
    ("locked", "failing", "moved"), None where it did not; `on_change()` is called in the greenlet of the first caller
    who comes back to find it changed.
    """

    def __init__(self, engine: Engine, workshops: Workshops, checkpointing: Any, place: Place) -> None:
        self._engine = engine
        self._checkpointing = checkpointing  # a lock: two cannot empty the -wal file at once
        self._workshops = workshops
        self._place = place
        self.trouble: str | None = None
        self._told: str | None = None
        self.on_change: Callable[[], None] = lambda: None
        self.remembered = Remembered()
        self._scrub = False  # something was deleted whose traces are still in the -wal file
        self._queue: _queue.SimpleQueue[_Job[Any] | None] = _queue.SimpleQueue()
        self._stopped = get_original("threading", "Event")()
        get_original("_thread", "start_new_thread")(self._run, ())

    def do(self, verb: Verb[T]) -> T:
        """The verb's result, once it is committed. Raises what the verb raised, or Busy."""
        if self._queue.qsize() >= MOST_QUEUED:
            raise Busy
        hub = gevent.get_hub()
        waiter: Any = Waiter(hub)
        done = hub.loop.async_()
        job: _Job[T] = _Job(verb, done.send)
        done.start(waiter.switch, None)
        try:
            self._queue.put(job)
            waiter.get()
        finally:
            done.stop()
            done.close()
        if self.trouble != self._told:
            self._told = self.trouble
            self.on_change()
        if job.error is not None:
            raise job.error
        return cast(T, job.result)

    def in_place(self) -> bool:
        """Whether what is written would be found again."""
        return self._place.holds()

    def stop(self) -> None:
        """Finishes what is queued, then ends the thread."""
        self._queue.put(None)
        self._stopped.wait(10)

    def _run(self) -> None:
        connection = self._engine.connect()
        self._place.settle()
        while (job := self._queue.get()) is not None:
            jobs = [job]
            while len(jobs) < MOST_TOGETHER and not self._queue.empty():
                more = self._queue.get()
                if more is None:
                    self._queue.put(None)
                    break
                jobs.append(more)
            left = self._scrub
            self._commit(connection, jobs)
            if self._scrub:  # beside the commit: what is committed stays committed when this cannot be done now
                with suppress(sqlite3.Error), self._checkpointing:
                    self._scrub = not _emptied(connection, 0 if left else SCRUB_MILLISECONDS)
            for job in jobs:
                job.wake()
        connection.close()
        self._stopped.set()

    def _commit(self, connection: Connection, jobs: list[_Job[Any]]) -> None:
        """All in one transaction; where one of them fails in an unforeseen way, each in its own.

        Where the disk fails, all of them at once: each on its own would wait for it again.
        """
        if not self.in_place():
            self._refuse(jobs, "moved")
            return
        try:
            self._transact(connection, jobs)
            if self.in_place():
                if self.trouble == "locked":
                    _wait(connection, BUSY_MILLISECONDS)
                self.trouble = None
            else:  # in the middle of it: what was written went nowhere
                self._refuse(jobs, "moved")
        except Exception as error:
            with self.remembered.lock:
                self.remembered.clear()  # whatever went wrong, the database is asked anew
            if (trouble := _trouble(error)) is not None:
                self._refuse(jobs, trouble)
                if trouble == "locked":
                    _wait(connection, AGAIN_MILLISECONDS)
                return
            if len(jobs) == 1:
                jobs[0].error = (
                    Busy() if isinstance(error, OperationalError | sqlite3.OperationalError | Raced) else error
                )
                return
            for job in jobs:
                job.error = job.result = None
                self._commit(connection, [job])

    def _refuse(self, jobs: list[_Job[Any]], trouble: str) -> None:
        self.trouble = trouble
        with self.remembered.lock:
            self.remembered.clear()  # what was not kept
        for job in jobs:
            job.result, job.error = None, Busy()

    def _transact(self, connection: Connection, jobs: list[_Job[Any]]) -> None:
        with connection.begin():
            tx = Tx(connection, self._workshops, self.remembered)
            for job in jobs:
                try:
                    job.result = job.verb(tx)
                except (Invalid, Refused, Unknown) as refusal:
                    job.error = refusal
            tx.flush()
        tx.remember()
        self._scrub |= tx.scrub


def _trouble(error: Exception) -> str | None:
    """What is wrong with the disk, where that is why a transaction failed."""
    cause = error.orig if isinstance(error, OperationalError) else error
    code = getattr(cause, "sqlite_errorcode", None) if isinstance(cause, sqlite3.OperationalError) else None
    return TROUBLE.get(code & 0xFF) if code is not None else None


def _wait(connection: Connection, milliseconds: int) -> None:
    """From now on a transaction waits so long for another process."""
    raw: Any = connection.connection.driver_connection
    raw.execute(f"PRAGMA busy_timeout={milliseconds}")


def _emptied(connection: Connection, milliseconds: int) -> bool:
    """Moves everything out of the -wal file, where deleted rows live on; False while another process reads it."""
    if connection.dialect.name != "sqlite":
        return True
    raw: Any = connection.connection.driver_connection  # beside SQLAlchemy, which would begin a transaction
    before = raw.execute("PRAGMA busy_timeout").fetchone()[0]
    raw.execute(f"PRAGMA busy_timeout={milliseconds}")
    busy = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    raw.execute(f"PRAGMA busy_timeout={before}")
    return not busy
