"""What the writer still knows from its last transactions, so that one more answer reads neither session nor seat.

Only what is committed gets in, and only the one writer puts it there; everything here can be read from the database
again, and is after any failure.
"""

from workshop.bounded import Bounded
from workshop.gathered import Participant
from workshop.model import Session


class Remembered:
    """Sessions by code, and participants by code and id, as they were committed last."""

    def __init__(self) -> None:
        self.sessions: Bounded[str, Session] = Bounded(200)
        self.participants: Bounded[tuple[str, str], Participant] = Bounded(20_000)

    def forget(self, code: str) -> None:
        self.sessions.pop(code, None)
        for key in [key for key in list(self.participants) if key[0] == code]:
            self.participants.pop(key, None)

    def clear(self) -> None:
        self.sessions.clear()
        self.participants.clear()
