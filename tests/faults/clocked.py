"""A server whose clock is wrong by as much as a test says: `python -m tests.faults.clocked` is app.py with that clock.

clock = Clock(tmp_path / "clock")
server = OwnServer(tmp_path / "data", starts=STARTS, **clock.environment())
clock.set(3600)
"""

import os
import sys
import time
from pathlib import Path

STARTS = ("-m", "tests.faults.clocked")


class Clock:
    """How many seconds a server's clock is ahead, in a file that it reads whenever it asks what time it is."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.set(0)

    def environment(self) -> dict[str, str]:
        """What OwnServer is given beside its own."""
        return {"CLOCK_AHEAD": str(self.file)}

    def set(self, ahead: float) -> None:
        new = self.file.with_suffix(".new")
        new.write_text(str(ahead))
        new.rename(self.file)

    def now(self) -> float:
        """The time there."""
        return time.time() + float(self.file.read_text())


if __name__ == "__main__":
    from app import main  # before all else it patches: this module must have started nothing

    file = Path(os.environ["CLOCK_AHEAD"])
    sys.exit(main(lambda: time.time() + float(file.read_text())))
