"""Makes files of the write-up, away from the live room: in limited processes, few at a time, each file once."""

import contextlib
import os
import subprocess
import sys
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Condition, Event, Timer
from typing import NamedTuple

from workshop.exports.confined import NO_PANGO, SLOW, Limits

AT_ONCE = 2  # files being made, of all sessions together
WAITING = 12  # files of one session that wait their turn: every format in both languages
KEPT = 24  # files
KEPT_BYTES = 64 * 1024**2
LARGEST = 256 * 1024**2  # bytes of one file
JOBS = 200  # files that one process makes before another takes over
GRACE = 2.0  # seconds that a process has to end when told to

PASSED = ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "FONTCONFIG_FILE", "FONTCONFIG_PATH")
PASSED_ON_MACS = ("DYLD_FALLBACK_LIBRARY_PATH",)


class NoFile(Exception):
    """The file could not be made. `reason`: "slow", "busy" (too many wait for this session's files already),
    "pango" (the library that draws the PDF is missing) or "failed"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Working(NamedTuple):
    format: str
    seconds: float  # since it was asked for
    begun: bool  # or it waits its turn


@dataclass
class _Job:
    key: tuple[Hashable, str]
    code: str
    asked: float
    begun: bool = False
    forgotten: bool = False
    done: Event = field(default_factory=Event)
    made: bytes | None = None
    reason: str = "failed"

    def answer(self) -> bytes:
        if self.made is None:
            raise NoFile(self.reason)
        return self.made


class Press:
    """One file at a time of a session, `AT_ONCE` of all. Who asks for what is being made already waits for that one;
    what was made is kept for a while. To wait blocks only who asks."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._turn = Condition()  # guards all that follows
        self._jobs: OrderedDict[tuple[Hashable, str], _Job] = OrderedDict()  # as they were asked for
        self._wholes: dict[tuple[Hashable, str], _Job] = {}
        self._kept: OrderedDict[tuple[Hashable, str], tuple[str, bytes]] = OrderedDict()
        self._idle: list[_Child] = []

    def make(self, format: str, html: str, *, of: Hashable, code: str) -> bytes:
        """The document as a file of this format, or NoFile. `of` names the document: the same `of` is the same file.
        `code` is the session that it belongs to."""
        key = (of, format)
        with self._turn:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key][1]
            job = self._jobs.get(key)
            if job is None:
                return self._make(self._queue(key, code), format, html)
        job.done.wait()
        return job.answer()

    def whole(self, put_together: Callable[[], bytes], *, of: Hashable, code: str) -> bytes:
        """What is put together from files, once for all who ask for it: it takes no turn, its files do."""
        key = (of, "whole")
        with self._turn:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key][1]
            job = self._wholes.get(key)
            mine = job is None
            job = self._wholes.setdefault(key, _Job(key, code, time.monotonic()))
        if not mine:
            job.done.wait()
            return job.answer()
        try:
            job.made = put_together()
        except NoFile as error:
            job.reason = error.reason
            raise
        finally:
            with self._turn:
                del self._wholes[key]
                if job.made is not None and not job.forgotten:
                    self._keep(job)
                job.done.set()
        return job.answer()

    def warm(self) -> None:
        """Gets a process ready, so that the first file need not wait for it."""
        with self._turn:
            if not self._idle and not any(job.begun for job in self._jobs.values()):
                self._idle.append(_Child(self._limits))

    def working(self, code: str) -> list[Working]:
        """What is being made or waits, of one session, as it was asked for."""
        now = time.monotonic()
        with self._turn:
            return [Working(job.key[1], now - job.asked, job.begun) for job in self._jobs.values() if job.code == code]

    def forget(self, code: str) -> None:
        """Keeps nothing of this session, nor what is being made of it now."""
        with self._turn:
            for job in (*self._jobs.values(), *self._wholes.values()):
                job.forgotten = job.forgotten or job.code == code
            for key in [key for key, (whose, _) in self._kept.items() if whose == code]:
                del self._kept[key]

    def close(self) -> None:
        """Ends the processes that wait for work."""
        with self._turn:
            idle, self._idle = self._idle, []
        for child in idle:
            child.end()

    def _queue(self, key: tuple[Hashable, str], code: str) -> _Job:
        if sum(job.code == code and not job.begun for job in self._jobs.values()) >= WAITING:
            raise NoFile("busy")
        job = self._jobs[key] = _Job(key, code, time.monotonic())
        return job

    def _make(self, job: _Job, format: str, html: str) -> bytes:
        """With `_turn` held."""
        try:
            while self._next() is not job:
                self._turn.wait()
            job.begun = True
            self._turn.notify_all()  # there may be room for another beside it
            with self._unlocked():
                job.made = self._print(format, html)
            if not job.forgotten:
                self._keep(job)
        except NoFile as error:
            job.reason = error.reason
            raise
        finally:
            del self._jobs[job.key]
            job.done.set()
            self._turn.notify_all()
        return job.answer()

    def _next(self) -> _Job | None:
        """Whose turn it is."""
        busy = {job.code for job in self._jobs.values() if job.begun}
        if len(busy) >= AT_ONCE:
            return None
        return next((job for job in self._jobs.values() if not job.begun and job.code not in busy), None)

    @contextlib.contextmanager
    def _unlocked(self) -> Iterator[None]:
        self._turn.release()
        try:
            yield
        finally:
            self._turn.acquire()

    def _keep(self, job: _Job) -> None:
        if len(job.answer()) > KEPT_BYTES // 2:
            return  # it would push out everything else
        self._kept[job.key] = (job.code, job.answer())
        while len(self._kept) > KEPT or sum(len(made) for _, made in self._kept.values()) > KEPT_BYTES:
            self._kept.popitem(last=False)

    def _print(self, format: str, html: str) -> bytes:
        child = self._child()
        try:
            made = child.make(format, html)
        except BaseException:
            child.end(GRACE)
            raise
        with self._turn:
            if child.jobs < JOBS and child.lives() and not self._idle:
                self._idle.append(child)
                return made
        child.end()
        return made

    def _child(self) -> "_Child":
        """One that waits for work, or a new one."""
        with self._turn:
            while self._idle:
                child = self._idle.pop()
                if child.lives():
                    return child
                child.end()
        return _Child(self._limits)


class _Child:
    """A process that makes files, one after the other (see pressed.py). What goes wrong in it ends it."""

    def __init__(self, limits: Limits) -> None:
        passed = PASSED + PASSED_ON_MACS if sys.platform == "darwin" else PASSED
        script = Path(__file__).resolve().parent / "pressed.py"
        self.jobs = 0
        self._limits = limits
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-B", "-X", "utf8", str(script), limits.told()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={"LC_ALL": "C.UTF-8"} | {name: os.environ[name] for name in passed if name in os.environ},
            cwd="/",
        )

    def lives(self) -> bool:
        return self._process.poll() is None

    def make(self, format: str, html: str) -> bytes:
        assert self._process.stdin and self._process.stdout
        self.jobs += 1
        body = html.encode()
        timer = Timer(self._limits.seconds, self._too_long)
        timer.daemon = True
        self._late = False
        timer.start()
        try:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.write(f"{format} {len(body)}\n".encode() + body)
                self._process.stdin.flush()
            made = self._read()
        finally:
            timer.cancel()
        if made is None:
            raise NoFile("slow" if self._late else _REASONS.get(self._status(), "failed"))
        return made

    def _read(self) -> bytes | None:
        """The file, or None where the process ended before it was whole."""
        assert self._process.stdout
        head = self._process.stdout.read(8)
        size = int.from_bytes(head, "big")
        if len(head) < 8 or size > LARGEST:
            return None
        made = self._process.stdout.read(size)
        return made if len(made) == size else None

    def _status(self) -> int:
        try:
            return self._process.wait(GRACE)
        except subprocess.TimeoutExpired:
            return -1

    def _too_long(self) -> None:
        self._late = True
        self._process.terminate()
        killer = Timer(GRACE, self._process.kill)
        killer.daemon = True
        killer.start()

    def end(self, grace: float = GRACE) -> None:
        """It ends by itself when nobody can ask it for anything any more."""
        assert self._process.stdin and self._process.stdout
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(grace)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()


_REASONS = {SLOW: "slow", NO_PANGO: "pango"}  # by how the process ended
