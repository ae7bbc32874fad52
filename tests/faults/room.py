"""A session of the demonstration pack whose participants are reached by bad lines."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.cast import Facilitator, ada, eventually, hang_up, phone, projector
from tests.faults.oracle import Disk, Watcher, check_answers, check_surfaces, disk, watchers
from tests.faults.outbox import Participant
from tests.faults.proxy import Proxy
from workshop.rehearsal.server import OwnServer

CARDS = ("c1", "c2", "c3", "c4", "c5", "c6")
PILES = ("volunteers", "paid", "several", "none")
STATEMENTS = ("know-whats-on", "would-miss")
PROMPTS = ("keep", "try")


def value(exercise: str, random: Random) -> Any:
    """Something to answer, as it is stored."""
    if exercise == "jobs":
        return {"placed": {card: random.choice(PILES) for card in CARDS}}
    if exercise == "feel":
        return {"ratings": {statement: random.randint(1, 5) for statement in STATEMENTS}}
    return {
        "notes": [
            {
                "id": f"{random.getrandbits(64):016x}",
                "prompt": random.choice(PROMPTS),
                "lang": "en",
                "text": f"Note {random.randint(1, 999)}",
                "quotable": random.random() < 0.5,
            }
            for _ in range(random.randint(1, 3))
        ]
    }


@dataclass
class FaultyRoom:
    server: OwnServer
    ada: Facilitator
    code: str
    lines: list[Proxy] = field(default_factory=list)
    participants: list[Participant] = field(default_factory=list)
    watching: list[Watcher] = field(default_factory=list)

    @classmethod
    def of(cls, server: OwnServer) -> "FaultyRoom":
        facilitator = ada(server)
        return cls(server, facilitator, facilitator.start("demo"))

    def line(self, **faults: Any) -> Proxy:
        self.lines.append(Proxy(self.server, **faults))
        return self.lines[-1]

    def join(self, line: Proxy | None = None, lang: str = "en", **more: Any) -> Participant:
        """Somebody who joined over this line, or over one of their own, and watches."""
        one = Participant(phone(line or self.line(), self.code, lang), **more)
        assert one.connect()
        self.participants.append(one)
        return one

    def open(self, exercise: str) -> None:
        """Opens it; everybody who is connected sees it."""
        self.ada.go(self.code, exercise, "open")
        for one in self.participants:
            assert one.way != "socket" or self.sees(one, exercise)
            if one.way != "socket":
                one.connect()

    def sees(self, one: Participant, exercise: str) -> bool:
        def look() -> bool:
            one.look()
            return one.open == exercise

        return eventually(look)

    def watch(self) -> None:
        """From now on every kind of surface watches to the end; the phones among them by lines of their own."""
        phones = [phone(self.line(), self.code, lang) for lang in ("cy", "en")]
        self.watching = watchers(self.ada, projector(self.ada, self.code), phones)

    def disk(self) -> Disk:
        return disk(self.server.data, self.code)

    def check(self) -> Disk:
        """The oracle."""
        found = check_answers(self.server.data, self.code, self.participants)
        check_surfaces(self.server.data, self.code, self.watching)
        return found

    def close(self) -> None:
        for watcher in self.watching:
            watcher.stop()
        for line in self.lines:
            line.close()
        hang_up()
