"""Servers under load: each its own process on one core, the generator on the other; what they used."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workshop.config import ROOT
from workshop.rehearsal.server import PORTS, OwnServer

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
def cyd(data: Path, **environment: str) -> Iterator[tuple[Served, OwnServer]]:
    """Cyd itself over this data folder."""
    server = OwnServer(data, **environment)
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
def reference(name: str, folder: Path) -> Iterator[Served]:
    """One of the small servers in bench/references: `plain`, `bare`, `raw` or `node`. `folder` has what it serves."""
    file = REFERENCES / ("node/server.mjs" if name == "node" else f"{name}.py")
    command = "node" if name == "node" else sys.executable
    port = free_port()
    process = subprocess.Popen([command, str(file), str(port), str(folder)], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        if "ready" not in process.stdout.readline():
            raise RuntimeError(f"the reference server {name} did not start")
        on_core(SERVER_CORE, process.pid)
        _answers(port)
        yield Served(port, process.pid)
    finally:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


def free_port() -> int:
    while True:
        port = next(PORTS)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port


def _answers(port: int) -> None:
    """Waits until something listens there."""
    while True:
        with socket.socket() as probe:
            if not probe.connect_ex(("127.0.0.1", port)):
                return
        time.sleep(0.02)
