"""Whoever watches a surface: what `static/js/live.js` does with what it is told."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.faults.machine.server import Server
from tests.house import CODE
from workshop.broadcast import room

STEP = re.compile(r'data-exercise="([^"]*)" data-state="([^"]*)"')


@dataclass
class Watcher:
    """A surface with a line to the server, or without one: then nothing reaches it until it watches again."""

    sid: str
    surface: str
    lang: str
    up: bool = False
    revision: int = 0
    fragments: dict[str, str] = field(default_factory=dict)
    behind: bool = False  # a heartbeat said so

    @property
    def room(self) -> str:
        return room(CODE, self.surface, self.lang)

    def watch(self, server: Server) -> None:
        """Subscribes, and takes what is current."""
        self.up, self.behind = True, False
        self.take(server.broadcast.watch(self.sid, CODE, self.surface, self.lang))

    def lose(self) -> None:
        """The line is gone; the server may not know it yet."""
        self.up = False

    def hear(self, event: str, data: Any) -> None:
        if event == "frame":
            self.take(data)
        elif event == "heartbeat":
            self.behind = data["revision"] > self.revision

    def take(self, frame: Mapping[str, Any]) -> None:
        if frame["revision"] < self.revision:
            return
        self.revision = frame["revision"]
        self.fragments |= frame["fragments"]

    @property
    def step(self) -> tuple[str, str]:
        """Of a phone: the exercise that it shows, and its state."""
        found = STEP.search(self.fragments["step"])
        assert found is not None, self.fragments
        return found[1], found[2]
