"""Whether the database's files are still where they were opened.

A file that was deleted, or moved, goes on working for who has it open: what is written there would be in no record.
"""

import os
from pathlib import Path


class Place:
    """The files of one database. They hold their place until `settle` is called, which is once they are open."""

    def __init__(self, file: Path) -> None:
        self._paths = (str(file), f"{file}-wal")
        self._files: dict[str, tuple[int, int] | None] = {}

    def settle(self) -> None:
        self._files = {path: _which(path) for path in self._paths}

    def holds(self) -> bool:
        return all(which is not None and _which(path) == which for path, which in self._files.items())


def _which(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino
