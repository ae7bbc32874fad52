"""A disk that fails on command, under a real server process: disk.c, made with the machine's compiler and preloaded.

    disk = Disk(tmp_path / "disk")
    server = OwnServer(tmp_path / "data", **disk.environment())
    disk.do("kill-after-sync")

disk.c says what can be set. It is Linux's: elsewhere nothing can be preloaded in this way.
"""

import struct
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random
from tempfile import mkdtemp

SOURCE = Path(__file__).with_suffix(".c")
FILES = ("cyd.sqlite3", "cyd.sqlite3-wal")
SECTOR = 512  # what a disk writes whole or not at all


@cache
def library() -> Path:
    """disk.c, compiled once for each process that runs tests."""
    made = Path(mkdtemp(prefix="cyd-disk-")) / "disk.so"
    command = ["cc", "-Wall", "-Wextra", "-Werror", "-O1", "-shared", "-fPIC", "-o", str(made), str(SOURCE)]
    subprocess.run([*command, "-ldl", "-lpthread"], check=True)
    return made


class Disk:
    """What goes wrong beneath one server. `remembers`: a power cut can take away what was not synced."""

    def __init__(self, folder: Path, *, remembers: bool = False) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        if remembers:
            self.do("remember")

    def environment(self) -> dict[str, str]:
        """What OwnServer is given beside its own."""
        return {"LD_PRELOAD": str(library()), "DISK_FAULTS": str(self.folder)}

    def do(self, fault: str, number: int | str = "") -> None:
        """From now on. Whole at once, so that the server never reads half a number."""
        new = self.folder / f".{fault}"
        new.write_text(str(number))
        new.rename(self.folder / fault)

    def undo(self, fault: str) -> None:
        (self.folder / fault).unlink()

    @property
    def bitten(self) -> set[str]:
        """What it did so far."""
        told = self.folder / "bitten"
        return set(told.read_text().splitlines()) if told.exists() else set()

    def lose_power(self, data: Path, torn: Random | None = None) -> int:
        """After a kill: takes back what was written and not synced, and says how many writes that were.

        With `torn` each sector of it may have reached the disk all the same, as chance will have it.
        """
        (data / "cyd.sqlite3-shm").unlink(missing_ok=True)  # memory
        return sum(_undo(data / name, self.folder / f"{name}.undo", torn) for name in FILES)


def slow_commits(folder: Path, milliseconds: int) -> dict[str, str]:
    """The environment of a server whose commits take so much longer each."""
    disk = Disk(folder)
    disk.do("slow", milliseconds)
    return disk.environment()


def _undo(file: Path, log: Path, torn: Random | None) -> int:
    raw = log.read_bytes() if log.exists() else b""
    if len(raw) < 8:
        return 0
    size: int = struct.unpack_from("=q", raw)[0]
    writes = list(_writes(raw))
    with file.open("r+b") as disk:
        written = {at: _at(disk, at, length) for at, length, _ in writes}
        for at, _, was in reversed(writes):
            disk.seek(at)
            disk.write(was)
        disk.truncate(size)
        if torn:
            for at, new in written.items():
                for start in range(0, len(new), SECTOR):
                    if torn.random() < 0.5:
                        disk.seek(at + start)
                        disk.write(new[start : start + SECTOR])
    return len(writes)


def _at(disk, at: int, length: int) -> bytes:
    disk.seek(at)
    return disk.read(length)


def _writes(raw: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Where, how long, and what stood there; the last one may have been cut off before it was made."""
    here = 8
    while here + 24 <= len(raw):
        at, length, had = struct.unpack_from("=3q", raw, here)
        here += 24
        if here + had > len(raw):
            return
        yield at, length, raw[here : here + had]
        here += had
