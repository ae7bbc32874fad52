"""Servers under load: each its own process on one core, the generator on the other; what they used."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workshop.config import ROOT
from workshop.rehearsal.server import OwnServer

REFERENCES = ROOT / "bench" / "references"
SERVER_CORE, GENERATOR_CORE = 0, 1
TICKS = os.sysconf("SC_CLK_TCK")


def on_core(core: int, process: int = 0) -> None:
    """Keeps a process (this one: 0) on one core, where the system can."""
    if hasattr(os, "sched_setaffinity") and (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(process, {core})


class Served:
    """A running server: where it is and what it has used so far."""

    def __init__(self, port: int, process: int) -> None:
        self.port, self.process = port, process

    @property
    def cpu(self) -> float:
        """Seconds of processor time, of all its threads."""
        fields = Path(f"/proc/{self.process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    @property
    def memory(self) -> float:
        """KiB that it holds."""
        status = Path(f"/proc/{self.process}/status").read_text(encoding="ascii")
        return float(status.partition("VmRSS:")[2].split()[0])


@contextmanager
def cyd(data: Path, launcher: Path | None = None) -> Iterator[tuple[Served, OwnServer]]:
    """Cyd itself over this data folder; `launcher` starts it with something changed."""
    server = OwnServer(data, **({} if launcher is None else {"CYD_BENCH": "1"}))
    try:
        yield start(server), server
    finally:
        server.kill()


def start(server: OwnServer) -> Served:
    server.start()
    assert server.process is not None
    on_core(SERVER_CORE, server.process.pid)
    return Served(server.port, server.process.pid)


@contextmanager
def reference(name: str, port: int, *arguments: str) -> Iterator[Served]:
    """One of the small servers in bench/references: `plain`, `bare`, `raw` or `node`."""
    file = REFERENCES / ("node/server.mjs" if name == "node" else f"{name}.py")
    command = ["node"] if name == "node" else [sys.executable]
    process = subprocess.Popen(
        [*command, str(file), str(port), *arguments], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    try:
        assert process.stdout is not None
        if "ready" not in process.stdout.readline():
            raise RuntimeError(f"the reference server {name} did not start")
        on_core(SERVER_CORE, process.pid)
        yield Served(port, process.pid)
    finally:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()
