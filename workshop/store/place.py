"""Whether the database's files are still where they were opened.

A file that was deleted, or moved, goes on working for who has it open: what is written there would be in no record.
"""

import os
from pathlib import Path


class Place:
    """The files of one database. They hold their place until `settle` is called, which is once they are open."""

    def __init__(self, file: Path) -> None:
        self._paths = (str(file), f"{file}-wal")
        self._folder = str(file.parent)
        self._files: dict[str, tuple[int, int] | None] = {}
        self._looked: tuple[int, int, int] | None = None  # the folder as it was when all was well

    def settle(self) -> None:
        self._files = {path: _which(path) for path in self._paths}

    def holds(self) -> bool:
        """One look at the folder, which tells of every file that came or went; a look at each where one did."""
        folder = _changed(self._folder)
        if folder is not None and folder == self._looked:
            return True
        held = all(which is not None and _which(path) == which for path, which in self._files.items())
        self._looked = folder if held else None
        return held


def _which(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _changed(folder: str) -> tuple[int, int, int] | None:
    """Which folder it is, and when anything in it last came or went."""
    try:
        found = os.stat(folder)
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_mtime_ns
