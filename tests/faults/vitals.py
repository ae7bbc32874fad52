"""What a server process weighs and holds, as the system counts it. Linux only."""

import os
from contextlib import suppress
from dataclasses import dataclass

from tests.cast import eventually
from workshop.rehearsal.server import OwnServer


@dataclass(frozen=True)
class Vitals:
    """Of one running server."""

    pid: int

    @classmethod
    def of(cls, server: OwnServer) -> "Vitals":
        assert server.process is not None
        return cls(server.process.pid)

    @property
    def megabytes(self) -> float:
        """Of memory that it has in use now."""
        with open(f"/proc/{self.pid}/status", encoding="ascii") as lines:
            return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024

    @property
    def lines(self) -> int:
        """Connections that it holds open, and the door that it listens at."""
        found = 0
        for number in os.listdir(f"/proc/{self.pid}/fd"):
            with suppress(OSError):  # closed meanwhile
                found += os.readlink(f"/proc/{self.pid}/fd/{number}").startswith("socket:")
        return found

    @property
    def most_files(self) -> int:
        """How many it may have open at once."""
        with open(f"/proc/{self.pid}/limits", encoding="ascii") as lines:
            return next(int(line.split()[3]) for line in lines if line.startswith("Max open files"))

    def lets_go(self, lines: int, seconds: float = 15) -> bool:
        """Whether it comes down to so many connections."""
        return eventually(lambda: self.lines <= lines, seconds)
