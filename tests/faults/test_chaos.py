"""A short random run, the same on every machine; `make chaos` is the long one."""

from itertools import islice
from pathlib import Path

import pytest

from tests.cast import running
from tests.faults.chaos import run
from tests.faults.plan import FAULTS, plan

ROUNDS = 11


def test_the_same_seed_gives_the_same_plan() -> None:
    first, again, other = (list(islice(plan(seed, 26), 50)) for seed in (1, 1, 2))
    assert (first == again, first == other) == (True, False)


@pytest.mark.parametrize("seed", [3])
def test_whatever_lines_and_server_go_through_nothing_that_was_acknowledged_is_lost(seed: int, tmp_path: Path) -> None:
    with running(tmp_path) as server:
        happened = run(server, seed, rounds=ROUNDS).happened
    assert happened["rounds"] == ROUNDS
    assert {name for name, _ in FAULTS} | {"kill -9", "open 200", "reveal 200"} <= set(happened)
