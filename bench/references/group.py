"""What the references share: a native thread that commits all that has gathered, then wakes each sender."""

import sqlite3
from _thread import start_new_thread  # imported before gevent patches anything
from collections.abc import Callable
from queue import SimpleQueue  # of C: gevent leaves it as it is
from typing import Any

TABLES = """
create table participant (id text primary key);
create table response (participant text, exercise text, n integer, value text, primary key (participant, exercise));
"""
JOIN = "insert or replace into participant values (?)"
UPSERT = """
insert into response values (?, ?, ?, ?) on conflict (participant, exercise)
do update set n = excluded.n, value = excluded.value where excluded.n > response.n
"""


class Group:
    """`keep` and `join` return at once; `woken` is called, on the writer's thread, when what was given is on disk."""

    def __init__(self, file: str) -> None:
        self._queue: SimpleQueue[tuple[str, tuple[Any, ...], Callable[[], Any]]] = SimpleQueue()
        self._file = file
        start_new_thread(self._run, ())

    def join(self, who: str, woken: Callable[[], Any]) -> None:
        self._queue.put((JOIN, (who,), woken))

    def keep(self, who: str, exercise: str, n: int, value: str, woken: Callable[[], Any]) -> None:
        self._queue.put((UPSERT, (who, exercise, n, value), woken))

    def _run(self) -> None:
        line = sqlite3.connect(self._file, isolation_level=None)
        line.execute("pragma journal_mode=WAL")
        line.execute("pragma synchronous=FULL")
        line.executescript(TABLES)
        while True:
            jobs = [self._queue.get()]
            while len(jobs) < 200 and not self._queue.empty():
                jobs.append(self._queue.get())
            line.execute("begin immediate")
            for statement in (JOIN, UPSERT):
                line.executemany(statement, [values for one, values, _ in jobs if one is statement])
            line.execute("commit")
            for _, _, woken in jobs:
                woken()
