"""A real Cyd server process on loopback, with a data folder of its own."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from itertools import count
from pathlib import Path

from workshop.config import ROOT

# Where the next server looks for a port: each process that starts servers has a stretch of its own, so that a server
# that is killed finds its port free again; below those that the system gives to clients.
PORTS = count(20_000 + os.getpid() % 120 * 100)


class OwnServer:
    """A real server process on 127.0.0.1 with a data folder of its own. `link` is the facilitator's.

    `starts` is what Python is given to run.
    """

    def __init__(self, data: Path, *, starts: Sequence[str] = (str(ROOT / "app.py"),), **environment: str) -> None:
        self.data, self._starts, self._environment = data.absolute(), starts, environment
        self.port = next(PORTS)
        self.link = ""
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> "OwnServer":
        """Returns once it serves. Started again after a kill it keeps its port."""
        settings = {"DATA": str(self.data), "HOST": "127.0.0.1", "PORT": str(self.port), **self._environment}
        log = (self.data.parent / f"{self.data.name}.log").open("a", encoding="utf-8")
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", *self._starts],
            cwd=ROOT,
            env={**os.environ, **settings},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        log.close()
        said = []
        assert self.process.stdout is not None
        for line in self.process.stdout:
            said.append(line)
            found = re.search(r"(https?://[^/\s]+?(?::(\d+))?/workshops#\S+)", line)
            if found:
                self.link, self.port = found[1], int(found[2] or self.port)
            if "Ctrl+C" in line:
                return self
        raise RuntimeError(f"the server did not start: {''.join(said)}{self.log}")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def key(self) -> str:
        return self.link.partition("#")[2]

    @property
    def log(self) -> str:
        return (self.data.parent / f"{self.data.name}.log").read_text(encoding="utf-8")

    def kill(self) -> None:
        """As a power cut would: no goodbye."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self.process is None:
            return
        self.process.send_signal(how)
        self.process.wait(20)
        if self.process.stdout:
            self.process.stdout.close()
        self.process = None
