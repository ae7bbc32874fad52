"""Moves what was committed from the -wal file into the database, beside the writer: no answer waits for it."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from gevent.monkey import get_original

EVERY = 1.0  # seconds


class Checkpoints:
    """A native thread with a connection of its own. `lock` is held while it works, for who must be alone."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.lock: Any = get_original("_thread", "allocate_lock")()
        self._stop: Any = get_original("threading", "Event")()
        self._stopped: Any = get_original("threading", "Event")()
        get_original("_thread", "start_new_thread")(self._run, ())

    def stop(self) -> None:
        self._stop.set()
        self._stopped.wait(10)

    def _run(self) -> None:
        try:
            while not self._stop.wait(EVERY):
                try:
                    self._move()
                except sqlite3.Error:
                    continue  # a full or locked disk: everything stays in the -wal file until there is room
        finally:
            self._stopped.set()

    def _move(self) -> None:
        """As far as no reader is in the way; a connection each time, so that a file that was replaced is not held."""
        with self.lock, closing(sqlite3.connect(self._file, isolation_level=None)) as line:
            line.execute("PRAGMA synchronous=FULL")
            line.execute("PRAGMA wal_checkpoint(PASSIVE)")
