"""A random run: phones on bad lines, kills, a facilitator who goes on regardless, every surface watching, the oracle.

    python -m tests.faults.chaos --seed 7 --minutes 10

The same seed gives the same plan: who answers when, what each line does, what the facilitator presses, after how many
acknowledgements the server dies. What the network makes of it is its own. At the end everything is let through.
"""

import argparse
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from tests.cast import eventually, running
from tests.faults.oracle import acknowledged, check_acknowledged
from tests.faults.outbox import Participant
from tests.faults.plan import CLEAR, EXERCISES, FAULTS, Move, Round, plan
from tests.faults.proxy import Proxy
from tests.faults.room import FaultyRoom, value
from workshop.rehearsal.server import OwnServer

PHONES = 24


@dataclass
class Run:
    room: FaultyRoom
    people: list[Participant]
    tell: Callable[[str], None] = field(default=lambda said: None)
    happened: Counter[str] = field(default_factory=Counter)

    def acknowledged(self) -> int:
        return sum(len(one.outbox.heard) for one in self.people)

    def play(self, round: Round, pool: ThreadPoolExecutor) -> None:
        for line, move in zip(self.room.lines, round.moves, strict=True):
            self.spoil(line, move.fault)
        before = self.acknowledged()
        going = [pool.submit(act, one, move) for one, move in zip(self.people, round.moves, strict=False)]
        if round.deed:
            self.press(*round.deed)
        if round.dies_after is not None:
            end = time.monotonic() + 2
            while self.acknowledged() - before < round.dies_after and time.monotonic() < end:
                time.sleep(0.002)
            self.kill()
        wait(going, timeout=1)
        for line, move in zip(self.room.lines, round.moves, strict=True):
            line.tells = True
            if move.fault == "stall":
                line.flow()
        for one in going:
            one.result()
        for line in self.room.lines:
            line.flow()  # what hung arrives after what was sent later
        self.happened["rounds"] += 1
        faults = Counter(move.fault for move in round.moves if move.fault)
        self.tell(
            f"{self.happened['rounds']:4}  {' '.join(round.deed or ['-']):12}"
            f"{'killed' if round.dies_after is not None else '':8}{self.acknowledged() - before:3} acknowledged  "
            + ", ".join(f"{times} {what}" for what, times in sorted(faults.items()))
        )

    def press(self, verb: str, exercise: str) -> None:
        for one in (verb, "open") if verb == "go_to" else (verb,):
            answer = self.room.ada.do(self.room.code, one, exercise=exercise)
            assert answer.status in (200, 409), answer.text  # 409: too few late answers to be shown together
            self.happened[f"{one} {answer.status}"] += 1

    def kill(self) -> None:
        said = acknowledged(self.people)
        self.room.server.kill()
        check_acknowledged(self.room.disk(), said)
        self.room.server.start()
        self.happened["kill -9"] += 1

    def spoil(self, line: Proxy, fault: str) -> None:
        for name, now in {**CLEAR, **dict(FAULTS).get(fault, {})}.items():
            setattr(line, name, now)
        for name, happens in (("stall", line.stall), ("hang", line.hang), ("cut all", line.cut_all)):
            if name == fault:
                happens()
        if fault:
            self.happened[fault] += 1

    def settle(self) -> None:
        """Everything is let through: nothing waits on a phone any more but what was refused and is there to be read."""
        for line in self.room.lines:
            self.spoil(line, "")
        for one in self.people:
            assert eventually(lambda one=one: one.connect() and one.drain(), 60), f"{one.seed} does not get through"
            one.hang_up()
        self.judge()
        shown = self.shown()
        self.kill()  # nothing that anybody sees was only in memory
        self.judge()
        assert self.shown() == shown

    def shown(self) -> dict[str, dict[str, str]]:
        """What surfaces show, but for how many phones are connected."""
        count = re.compile(r"<b>\d+</b> (connected|wedi cysylltu)")
        return {
            one.name: {name: count.sub("", html) for name, html in one.fragments.items()} for one in self.room.watching
        }

    def judge(self) -> None:
        """The oracle."""
        found = self.room.check()
        refused = [entry.refused for one in self.people for entry in one.outbox.entries.values()]
        assert set(refused) <= {"closed"}
        self.happened["refused and shown"] = len(refused)
        self.happened["on disk"] = len(found.answers)

    def summary(self) -> str:
        counts = Counter(self.happened)
        for one in self.people:
            counts["composed"] += len(one.outbox.composed)
            counts["sent"] += len(one.outbox.sent)
            counts.update(f"sent by {way}" for _, _, way in one.outbox.sent)
            counts.update(f"heard: {ack.get('status', 'retry')}" for _, _, ack in one.outbox.heard)
        return "\n".join(f"{times:7}  {what}" for what, times in sorted(counts.items()))


def act(one: Participant, move: Move) -> None:
    """One person in one round."""
    for number in range(move.answers):
        if one.line is None or (move.returns and number == 0):
            one.connect()
        one.look()
        if one.open:
            one.answer(one.open, value(one.open, Random(f"{move.seed} {number}")))
        one.drain()


def run(server: OwnServer, seed: int, *, rounds: int | None = None, minutes: float = 0.0, **more: Any) -> Run:
    """So many rounds, or as many as fit; raises AssertionError where the oracle says no."""
    room = FaultyRoom.of(server)
    result = Run(room, [], **more)
    try:
        room.watch()
        room.ada.go(room.code, EXERCISES[0], "open")
        watching = len(room.lines)
        result.people = [room.join(patience=0.5) for _ in range(PHONES)]
        room.lines[:] = room.lines[watching:] + room.lines[:watching]  # a phone's line stands where its move does
        end = time.monotonic() + minutes * 60
        with ThreadPoolExecutor(PHONES) as pool:
            for round in islice(plan(seed, len(room.lines)), rounds):
                result.play(round, pool)
                if rounds is None and time.monotonic() > end:
                    break
        result.settle()
        return result
    except AssertionError as error:
        error.add_note(f"Seed {seed}. What happened:\n{result.summary()}\n{server.log[-4000:]}")
        raise
    finally:
        room.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--minutes", type=float, default=10.0)
    asked = parser.parse_args()
    print(f"seed {asked.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="cyd-chaos-") as folder, running(Path(folder)) as server:
        result = run(server, asked.seed, minutes=asked.minutes, tell=print)
    print(f"{result.summary()}\nThe oracle holds.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
