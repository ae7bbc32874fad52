"""Sessions and seats as they were committed last, so that neither an answer nor a phone that comes back reads them.

The writer puts in what it has committed. Others put in what they read, with the lock from before their read: so
whatever the writer commits meanwhile comes after it. Everything here is read again after any failure.
"""

from typing import Any

from gevent.monkey import get_original

from workshop.bounded import Bounded
from workshop.gathered import Participant
from workshop.model import Session


class Remembered:
    """Sessions by code, and participants by code and id, as they were committed last."""

    def __init__(self) -> None:
        self.lock: Any = get_original("_thread", "allocate_lock")()  # native: the writer is no greenlet
        self.sessions: Bounded[str, Session] = Bounded(200)
        self.participants: Bounded[tuple[str, str], Participant] = Bounded(20_000)

    def forget(self, code: str) -> None:
        self.sessions.pop(code, None)
        for key in [key for key in list(self.participants) if key[0] == code]:
            self.participants.pop(key, None)

    def clear(self) -> None:
        self.sessions.clear()
        self.participants.clear()
