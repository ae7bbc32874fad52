"""What a process that makes files may not do: no network, no programs, no files but ours, and so much and no more."""

import ctypes
import json
import os
import sys
import sysconfig
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
STATIC = ROOT / "static"
NICE = 15  # live answers come first
SCRATCH_BYTES = 256 * 1024**2  # of one file on disk

# How a process ends that made no file.
DAMAGED, NO_PANGO, SLOW = 3, 4, 5

NEW_NETWORK, NEW_USER = 0x40000000, 0x10000000  # for unshare(2)
KILL_ME_WITH_MY_PARENT = 1  # for prctl(2)

# Audit events, by how they begin.
REFUSED = (
    "socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.startfile", "os.fork", "pty.",
    "os.kill", "os.putenv", "os.link", "os.symlink", "os.chmod", "os.chown", "urllib.", "http.", "ftplib.", "smtplib.",
    "webbrowser.", "ctypes.", "sqlite3.",
)  # fmt: skip
BEFORE = ("os.fork", "os.kill")  # refused only once there is a document
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

if sys.platform == "linux":  # found here, because no library can be opened behind the wall
    _unshare, _prctl = ctypes.CDLL(None).unshare, ctypes.CDLL(None).prctl


@dataclass(frozen=True)
class Limits:
    """Of one file."""

    seconds: float = 120  # of wall clock; who asks for the file keeps to them
    cpu: int = 60  # seconds of processor time
    memory: int = 1024**3  # bytes of address space

    def told(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def heard(cls, told: str) -> "Limits":
        return cls(**json.loads(told))


class Wall:
    """Refuses what a file needs nobody to do. Set up once in a process, and for good."""

    def __init__(self) -> None:
        paths = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
        self._code = tuple(os.path.realpath(path) + os.sep for path in paths)
        self._ours = os.path.realpath(ROOT / "workshop") + os.sep
        self._static = os.path.realpath(STATIC) + os.sep
        self._scratch: str | None = None

    def stand(self) -> None:
        sys.addaudithook(self._hear)

    def close(self, scratch: str) -> None:
        """Before a document is read. This folder is the one that may be written in."""
        self._scratch = os.path.realpath(scratch) + os.sep

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, _, flags = arguments
            if not isinstance(path, int) and not self._may_open(os.path.realpath(os.fsdecode(path)), flags):
                raise PermissionError("no such file for this process")
        elif event.startswith(REFUSED) and (self._scratch or event not in BEFORE):
            raise PermissionError(event)

    def _may_open(self, path: str, flags: Any) -> bool:
        if path in ("/dev/null", "/dev/urandom"):
            return True
        if self._scratch and f"{path}{os.sep}".startswith(self._scratch):
            return True
        if isinstance(flags, int) and flags & WRITING:
            return False
        if path.startswith(self._ours):
            return path.endswith((".py", ".pyc"))
        return path.startswith((*self._code, self._static))


def leave_the_network() -> None:
    """Where the system lets us: from here on there is not even a loopback to speak to."""
    if sys.platform == "linux" and _unshare(NEW_NETWORK) != 0:
        _unshare(NEW_NETWORK | NEW_USER)


def end_with_parent() -> None:
    """Where the system lets us: this process is killed when the one that forked it ends."""
    if sys.platform == "linux":
        _prctl(KILL_ME_WITH_MY_PARENT, 9)


def step_back() -> None:
    with suppress(OSError):
        os.nice(NICE)


def limit(limits: Limits) -> None:
    with suppress(ImportError):
        import resource

        wanted = {
            resource.RLIMIT_CORE: 0,
            resource.RLIMIT_FSIZE: SCRATCH_BYTES,
            resource.RLIMIT_CPU: limits.cpu,
            resource.RLIMIT_AS: limits.memory if sys.platform == "linux" else None,
        }
        for what, most in wanted.items():
            if most is not None:
                with suppress(OSError, ValueError):
                    resource.setrlimit(what, (most, most + 5 if what == resource.RLIMIT_CPU else most))
