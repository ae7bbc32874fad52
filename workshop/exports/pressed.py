"""The process that makes files for the press. Run as a script; its one argument says the limits.

It reads requests from standard input, `<format> <bytes>` on a line and then the document, and writes each file to
standard output after its length (8 bytes, big end first). It ends when standard input does, and when a file fails: its
status says why.

On Linux every file is made by a fork of its own: so nothing of one session is in memory when the next one's file is
made, and limits and the collector start anew, while what had to be imported is there. Elsewhere it makes one file and
ends, since a fork there may meet libraries that do not survive it.
"""

import gc
import logging
import mimetypes
import os
import select
import signal
import sys
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from types import FrameType, ModuleType
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from workshop.exports.confined import Limits, Wall

FORKS = sys.platform == "linux"
READY = True
IDLE = 1800  # seconds without work after which it ends
STDIN, STDOUT = 0, 1
LONGEST_LINE = 64


def main() -> None:
    _know_only_exports()
    from workshop.exports import confined

    limits, wall = confined.Limits.heard(sys.argv[1]), confined.Wall()
    confined.step_back()
    confined.leave_the_network()
    logging.disable()  # what the libraries log quotes the document
    signal.signal(signal.SIGTERM, _told_to_end)
    temporary = tempfile.gettempdir()  # tries what it finds, while it may
    mimetypes.knownfiles.clear()  # lists of the system's, which it may not read
    wall.stand()
    steps = _preparations()
    ready = False
    while True:
        if not _is_asked(IDLE if ready else 0):
            if ready:
                return
            ready = next(steps, READY)
            continue
        scratch = tempfile.mkdtemp(prefix="cyd-press-", dir=temporary)
        try:
            status = _forked(limits, wall, scratch) if FORKS else _here(limits, wall, scratch)
        finally:
            _remove(scratch)
        if status or not FORKS:
            os._exit(status)


def _know_only_exports() -> None:
    """`workshop` without what its `__init__` imports: the server has no place in this process."""
    package = ModuleType("workshop")
    package.__path__ = [str(Path(__file__).resolve().parent.parent)]
    sys.modules["workshop"] = package


def _preparations() -> Iterator[bool]:
    """What is worth doing before a file is asked for, in steps between which to look whether one is. What fails here
    fails again for the file that needs it, which says why."""
    from workshop.exports import FORMATS

    for format in FORMATS.values():
        with suppress(Exception):
            module = import_module(f"workshop.exports.{format.module}")
            yield not READY
            for _ in getattr(module, "prepare", tuple)():
                yield not READY
    gc.collect()
    gc.freeze()


def _remove(folder: str) -> None:
    for inside, _, files in os.walk(folder, topdown=False):
        for file in files:
            os.unlink(os.path.join(inside, file))
        os.rmdir(inside)


def _told_to_end(signum: int, frame: FrameType | None) -> NoReturn:
    sys.exit(0)


def _is_asked(seconds: float) -> bool:
    """Whether there is something to read; ends the process when there will never be."""
    waiting = select.poll()
    waiting.register(STDIN, select.POLLIN)
    events = waiting.poll(seconds * 1000)
    if events and not events[0][1] & select.POLLIN:
        sys.exit(0)
    return bool(events)


def _forked(limits: "Limits", wall: "Wall", scratch: str) -> int:
    """0, or how the process should end."""
    from workshop.exports import confined

    alive, at_end = os.pipe()
    job = os.fork()
    if job == 0:
        os.close(alive)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        confined.end_with_parent()
        os._exit(_here(limits, wall, scratch))
    os.close(at_end)
    try:
        return _watched(job, alive)
    finally:
        os.close(alive)


def _watched(job: int, alive: int) -> int:
    """Waits for its end, and brings it about when nobody listens any more."""
    from workshop.exports import confined

    waiting = select.poll()
    waiting.register(alive, select.POLLIN)
    waiting.register(STDIN, 0)  # hears only that it was closed
    try:
        ready = waiting.poll()
        if all(fd != alive for fd, _ in ready):
            sys.exit(0)
    except SystemExit:
        os.kill(job, signal.SIGKILL)
        os.waitpid(job, 0)
        raise
    status = os.waitstatus_to_exitcode(os.waitpid(job, 0)[1])
    return confined.SLOW if status == -signal.SIGXCPU else confined.DAMAGED if status < 0 else status


def _here(limits: "Limits", wall: "Wall", scratch: str) -> int:
    """Makes the file that is asked for, in this process; how the process should end."""
    from workshop.exports import confined

    tempfile.tempdir = scratch
    wall.close(scratch)
    confined.limit(limits)
    gc.disable()  # there is not much rubbish in one file, and much to go through
    try:
        made = _asked_for()
    except OSError as error:
        _say_where(error)
        return confined.NO_PANGO if "cannot load library" in str(error) else confined.DAMAGED
    except BaseException as error:
        _say_where(error)
        return confined.DAMAGED
    _write(len(made).to_bytes(8, "big"))
    _write(made)
    return 0


def _asked_for() -> bytes:
    from workshop.exports import FORMATS

    line = b""
    while not line.endswith(b"\n") and len(line) < LONGEST_LINE:
        line += os.read(STDIN, 1)
    format, size = line.split()
    module = import_module(f"workshop.exports.{FORMATS[format.decode()].module}")
    made = module.write(_read(int(size)).decode())
    assert isinstance(made, bytes)
    return made


def _read(size: int) -> bytes:
    parts = []
    while size:
        part = os.read(STDIN, min(size, 1 << 20))
        if not part:
            sys.exit(0)
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _write(data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(STDOUT, view) :]


def _say_where(error: BaseException) -> None:
    """What went wrong and where, on standard error, without the message: that may quote the document."""
    frames = traceback.extract_tb(error.__traceback__)[-5:]
    sys.stderr.write(f"No file: {type(error).__name__}\n{''.join(traceback.format_list(frames))}")


if __name__ == "__main__":
    main()
