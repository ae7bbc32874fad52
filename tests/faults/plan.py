"""What will happen in a random run: the same seed gives the same plan."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

EXERCISES = ("feel", "jobs", "ideas")
CLEAR: dict[str, Any] = {
    "delay": 0.0, "rate": 0, "copies": 1, "cut": "", "tells": True, "websockets": True, "socket_io": True,
    "source": "127.0.0.1",
}  # fmt: skip
FAULTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("delay", {"delay": 0.2}),
    ("throttle", {"rate": 20_000}),
    ("duplicate", {"copies": 3}),
    ("cut before", {"cut": "before"}),
    ("cut after", {"cut": "after"}),
    ("half open", {"tells": False}),
    ("no websocket", {"websockets": False}),
    ("no socket", {"socket_io": False}),
    ("stall", {}),
    ("hang", {}),
    ("hang", {}),
    ("cut all", {}),
)
# What the facilitator may press after what. What is open stays so for a while, what is closed for one round.
COURSE = {
    "open": ["close", "reveal"],
    "close": ["reveal", "open", "go_to"],
    "reveal": ["reveal", "open", "go_to", "go_to", "go_to"],
}


@dataclass(frozen=True)
class Move:
    """One phone in one round: what its line does, and how often its person answers."""

    fault: str
    answers: int
    returns: bool  # opens a connection anew first
    seed: int  # of what is answered


@dataclass(frozen=True)
class Round:
    moves: tuple[Move, ...]
    deed: tuple[str, str] | None  # verb and exercise
    dies_after: int | None  # acknowledgements in this round


def plan(seed: int, lines: int) -> Iterator[Round]:
    """Round after round without end."""
    random = Random(seed)
    at, verb = 0, "open"
    while True:
        moves = tuple(move(random) for _ in range(lines))
        deed = None
        if verb != "open" or random.random() < 0.4:
            verb = random.choice(COURSE[verb])
            at += verb == "go_to"
            deed = (verb, EXERCISES[at % len(EXERCISES)])
            verb = "open" if verb == "go_to" else verb
        yield Round(moves, deed, random.choice((None, None, None, 5, 20)))


def move(random: Random) -> Move:
    fault = random.choice(FAULTS)[0] if random.random() < 0.6 else ""
    answers, returns = random.choice((0, 1, 2, 4)), random.random() < 0.2
    if fault == "hang":  # the person does not wait for it
        answers, returns = max(2, answers), False
    return Move(fault, answers, returns, random.getrandbits(32))
