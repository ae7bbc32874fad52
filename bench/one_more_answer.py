"""What one more answer costs: bringing a tally up to date with 10,000 answers stored, against 100.

For every kind, over a real SQLite file. Both sizes are measured in turns, so that what else the machine does falls on
both; the figure is a ratio of medians within one run. Prints a table and writes bench/out/figures.json.
"""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from workshop import kinds
from workshop.gathered import Participant, Person
from workshop.kinds import KINDS
from workshop.live import Live
from workshop.model import Exercise, Workshop
from workshop.store import Answer, Store, Tx
from workshop.tallies import Tallies
from workshop.text import Text

FEW, MANY = 100, 10_000
GOAL = 1.2
ASKING = [kind for kind in KINDS if KINDS[kind].SAMPLE.responses]


class Room:
    """A session with so many answers to one exercise, which is still open."""

    def __init__(self, folder: Path, kind: str, answers: int) -> None:
        self.kind = kind
        self.store = Store(folder / f"{kind}-{answers}.sqlite3")
        content = KINDS[kind].Content.model_validate(KINDS[kind].SAMPLE.content)
        exercise = Exercise(id="it", kind=kind, title=Text(en="It"), minutes=5, content=content)
        workshop = Workshop(id="bench", title=Text(en="Bench"), agenda=(exercise,))
        live = Live(self.store, lambda code: None, time.time)
        self.code = live.start(workshop, runner="Ada", contact="ada@example.org").code
        for verb in (live.go_to, live.open):
            verb(self.code, self.session().revision, "it")
        self.exercise = exercise
        self.random = Random(7)
        self.tallies = Tallies()
        self.made = 0
        while self.made < answers:
            self._answer(min(500, answers - self.made))
        self.bring_up()

    def session(self) -> Any:
        with self.store.read() as read:
            return read.session(self.code)

    def _answer(self, many: int) -> None:
        people = [self._participant() for _ in range(many)]

        def verb(tx: Tx) -> None:
            for who, token, value in people:
                tx.add_participant(who, token)
                stored = KINDS[self.kind].Value.model_dump(value, mode="json")
                written = kinds.written(self.kind, self.exercise.content, value)
                tx.keep(Answer(who, "it", 1, stored, False, written))

        self.store.writer.do(verb)

    def _participant(self) -> tuple[Participant, str, Any]:
        self.made += 1
        who = Participant(f"{self.made:016x}", self.code, "en", None, 1, f"{self.made:06d}")
        raw = None
        while raw is None:
            raw = kinds.imagine(self.kind, self.exercise.content, self.random, Person("en", None, False), {})
        return who, f"token {self.made}", KINDS[self.kind].read(self.exercise.content, raw)

    def bring_up(self) -> float:
        """Seconds until the tally holds everything that is stored."""
        began = time.perf_counter()
        with self.store.read() as read:
            sums = self.tallies.of(read, read.session(self.code), self.exercise)
            KINDS[self.kind].tally(self.exercise.content, sums.live)
        return time.perf_counter() - began

    def one_more(self) -> float:
        self._answer(1)
        return self.bring_up()


def measure(folder: Path, rounds: int) -> Iterator[tuple[str, float, float]]:
    """Kind, and the median seconds with few and with many answers stored."""
    for kind in ASKING:
        rooms = [Room(folder, kind, answers) for answers in (FEW, MANY)]
        taken: list[list[float]] = [[], []]
        for _ in range(rounds):
            for room, times in zip(rooms, taken, strict=True):
                times.append(room.one_more())
        for room in rooms:
            room.store.close()
        yield kind, median(taken[0]), median(taken[1])


def figures(quick: bool) -> dict[str, dict[str, Any]]:
    """Times as long, for the card sort and for the kind that it matters to most."""
    ratios = {}
    with tempfile.TemporaryDirectory() as scratch:
        for kind, few, many in measure(Path(scratch), 40 if quick else 200):
            ratios[kind] = round(many / few, 2)
            print(f"one more {kind:14} {few * 1e6:8.0f} us, {many * 1e6:8.0f} us: x {many / few:.2f}", flush=True)
    says = f"one more answer with {MANY:,} stored, against {FEW}"
    sort, worst = ratios["card_sort"], max(ratios, key=lambda kind: ratios[kind])
    return {
        "12": {"value": sort, "reference": says, "goal": GOAL, "met": sort <= GOAL, "near": sort <= GOAL * 1.15},
        "12 worst": {"value": ratios[worst], "reference": f"the same for {worst}", "goal": None, "kinds": ratios},
    }
