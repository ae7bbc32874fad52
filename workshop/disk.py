"""Whether the disk takes what people answer: room on it, and whether the last commit could be kept.

Looked at on every heartbeat and whenever a commit fails, never for a single answer.
"""

import logging
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import gevent

from workshop.store import Busy, Store

LOW = 200 * 1024 * 1024  # bytes free: below that the facilitator is told
LEAST = 50 * 1024 * 1024  # below that no answer is taken: what is left is for closing in good order

# What is wrong, in the words of the log; the console says it in the facilitator's.
SAID = {
    "low": "less than 200 MB are free on the disk of %s",
    "full": "less than 50 MB are free on the disk of %s: answers are not taken until there is room",
    "failing": "the disk of %s does not take anything: nothing is kept, and whoever asks is told to try again",
    "locked": "another program holds the database in %s: nothing is kept, and whoever asks is told to try again",
    "moved": "the database in %s was moved or deleted: nothing is kept until it is back, or until a new start",
}

log = logging.getLogger(__name__)


class Disk:
    """`trouble` is a key of SAID, or None where all is well."""

    def __init__(self, folder: Path, store: Store) -> None:
        self._folder, self._store = folder, store
        self.trouble: str | None = None
        self._announce: Callable[[], None] = lambda: None
        self._trying = False

    def start(self, announce: Callable[[], None]) -> None:
        """From now on `announce()` is called when the trouble changes, for consoles to say so."""
        self._announce = announce
        self._store.writer.on_change = self._judge
        self._judge()

    @property
    def takes_answers(self) -> bool:
        """No, where room is short. What else is wrong the commit itself finds out."""
        return self.trouble != "full"

    def look(self) -> None:
        """One look, on a heartbeat. Where commits fail it tries one: else who waits would never hear of the end."""
        self._judge()
        if self._store.writer.trouble and not self._trying:
            self._trying = True
            gevent.spawn(self._try)

    def _try(self) -> None:
        try:
            with suppress(Busy):
                self._store.writer.do(lambda tx: tx.set_setting("tried", ""))
        finally:
            self._trying = False

    def _judge(self) -> None:
        now = self._wrong()
        if now == self.trouble:
            return
        self.trouble = now
        if now:
            log.error(SAID[now], self._folder)
        else:
            log.warning("all is well again with the disk of %s", self._folder)
        self._announce()

    def _wrong(self) -> str | None:
        if not self._store.writer.in_place():
            return "moved"
        if self._store.writer.trouble:
            return self._store.writer.trouble
        free = shutil.disk_usage(self._folder).free
        return "full" if free < LEAST else "low" if free < LOW else None
