"""Whether the database's files are still where they were opened.

A file that was deleted, or moved, goes on working for who has it open: what is written there would be in no record.
"""

import os
from pathlib import Path


class Place:
    """The files of one database, which must be open when this is made."""

    def __init__(self, file: Path) -> None:
        self._files = {path: _which(path) for path in (str(file), f"{file}-wal")}

    def holds(self) -> bool:
        return all(which is not None and _which(path) == which for path, which in self._files.items())


def _which(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino
