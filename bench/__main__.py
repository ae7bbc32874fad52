"""How fast Cyd is, as ratios within one run: `make bench`. Prints the table, and writes bench/out/figures.json.

The servers take turns, each on one core with the generator on the other; a ratio is taken within each round and the
median of the rounds is the figure. docs/performance.md says what each number means and what limits it now.
"""

import asyncio
import gc
import json
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import uvloop

from bench import one_more_answer, served
from bench.rounds import SLOW, TURNS, Numbers, prepared
from workshop.config import ROOT

ROUNDS = 5
NEAR = 0.15  # so close to its goal a figure is reported as such
PUSH = 0.25  # seconds between two frames

Round = Mapping[str, Numbers]


class Figure(NamedTuple):
    """What is held against what. `most`: the goal is not to be passed; else it is to be reached."""

    name: str
    says: str
    value: Callable[[Round], float]
    goal: float | None
    most: bool = True
    unit: str = "x"


def per(one: str, other: str) -> Callable[[Round], float]:
    """A ratio of two numbers of a round, each said as `server: number`."""
    return lambda taken: _found(taken, one) / _found(taken, other)


def times(one: str, by: float) -> Callable[[Round], float]:
    return lambda taken: _found(taken, one) * by


def _found(taken: Round, name: str) -> float:
    server, _, number = name.partition(": ")
    return taken[server][number]


MS = 1000.0
FIGURES = (
    Figure("1", "answers a second, against plain Flask-SocketIO", per("cyd: flood", "plain: flood"), 2.5, most=False),
    Figure("1 bare", "the same, against the bare tuned stack", per("cyd: flood", "bare: flood"), 0.7, most=False),
    Figure("1 node", "the same, against Node in memory", per("cyd: flood", "node: flood"), None),
    Figure("1 raw", "the same, against a raw durable server", per("cyd: flood", "raw: flood"), None),
    Figure("2", "1,000 answer within 1 s: ack p95, against raw", per("cyd: burst", "raw: burst"), 4.0),
    Figure(
        "3", "3,000 answer within 1 s: the same, against plain", per("cyd, 3,000: burst", "plain, 3,000: burst"), 0.05
    ),
    Figure("4", "last answer to full count on the screen", times("cyd: full", MS), (PUSH + 0.01) * MS, unit="ms"),
    Figure("5", "1,000 taps within 0.1 s: ack p95, against plain", per("cyd: taps", "plain: taps"), 0.4),
    Figure("6", "opening a step: all 1,000 have it, against Node", per("cyd: open", "node: open"), 3.0),
    Figure("7", "joining by socket: CPU a phone, against Node", per("cyd: join cpu", "node: join cpu"), 1.2),
    Figure("7 all", "joining by socket: all 1,000", times("cyd: join all", 1.0), 1.5, unit="s"),
    Figure("7 memory", "joining by socket: memory a phone", times("cyd: KiB a phone", 1.0), 80.0, unit="KiB"),
    Figure("7 page", "the joining page and its post: CPU a phone", times("cyd: page cpu", MS), 2.0, unit="ms"),
    Figure("8", "1,000 come back after a restart, against Node without", per("cyd: storm", "node: storm"), 1.5),
    Figure(
        "9", "commits of 20 ms more: burst p95, in commits", times("cyd, slow commits: burst", MS / SLOW), 3.0, unit=""
    ),
    Figure("10", "1,000 by long-polling: ack p95, against the socket's", per("cyd, polling: burst", "cyd: burst"), 5.0),
    Figure(
        "10 step", "the same: median, that a 40 ms step would lift", times("cyd, polling: p50", MS), 40.0, unit="ms"
    ),
    Figure(
        "11", "ack p95 while 40 pages are printed, against idle", per("cyd, printing: busy", "cyd, printing: idle"), 1.5
    ),
    Figure(
        "12 look",
        "first look at 10,000: longest wait of others",
        times("cyd, 10,000 stored: wait", MS),
        20.0,
        unit="ms",
    ),
)


def main() -> int:
    quick = "--quick" in sys.argv
    only = [argument for argument in sys.argv[1:] if argument in TURNS]
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="cyd-bench-") as scratch:
        more = one_more_answer.figures(quick)
        served.on_core(served.GENERATOR_CORE)
        bench = prepared(Path(scratch))
        taken = [uvloop.run(_round(bench, n + 1, only)) for n in range(1 if quick else ROUNDS)]
        rows = {figure.name: row for figure in FIGURES if (row := _row(figure, taken)) is not None} | more
        rows["13"] = {"value": bench.lost, "reference": 0, "goal": 0, "met": bench.lost == 0}
    _print(rows)
    print(f"{len(taken)} rounds in {time.monotonic() - began:.0f} s")
    _keep(rows, taken)
    return 0


async def _round(bench: Any, number: int, only: list[str]) -> Round:
    """Every server in its turn."""
    numbers = {}
    for name, turn in TURNS.items():
        if only and name not in only:
            continue
        gc.collect()
        gc.freeze()
        gc.disable()  # the generator's own pauses are nobody's
        began = time.monotonic()
        numbers[name] = await turn(bench)
        gc.enable()
        gc.unfreeze()
        said = ", ".join(f"{what} {_short(value)}" for what, value in numbers[name].items())
        print(f"round {number}, {name} ({time.monotonic() - began:.0f} s): {said}", flush=True)
        await asyncio.sleep(0)
    return numbers


def _row(figure: Figure, taken: list[Round]) -> dict[str, Any] | None:
    try:
        values = [figure.value(one) for one in taken]
    except KeyError:
        return None  # only some servers were asked for
    value = median(values)
    row: dict[str, Any] = {"value": round(value, 4), "reference": figure.says, "goal": figure.goal}
    row["rounds"] = [round(one, 4) for one in values]
    row["unit"] = figure.unit
    if figure.goal is not None:
        row["met"] = value <= figure.goal if figure.most else value >= figure.goal
        row["near"] = value <= figure.goal * (1 + NEAR) if figure.most else value >= figure.goal * (1 - NEAR)
    return row


def _short(value: float) -> str:
    return f"{value:.4g}" if value < 1000 else f"{value:,.0f}"


def _print(rows: Mapping[str, Any]) -> None:
    print()
    for name, row in rows.items():
        goal = "" if row["goal"] is None else f"goal {_short(row['goal'])}"
        verdict = "" if row["goal"] is None else "met" if row["met"] else "near" if row.get("near") else "NOT MET"
        says = row["reference"] if isinstance(row["reference"], str) else ""
        print(f"{name:10} {_short(row['value']):>9} {row.get('unit', ''):4} {goal:12} {verdict:8} {says}")


def _keep(rows: Mapping[str, Any], taken: list[Round]) -> None:
    file = ROOT / "bench" / "out" / "figures.json"
    file.parent.mkdir(exist_ok=True)
    figures = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    file.write_text(json.dumps({**figures, **rows, "rounds": taken}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
