"""Killed in the middle of a commit or right after it, or without power: what was acknowledged is there, once."""

import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from subprocess import Popen

import pytest

from tests.cast import hang_up
from tests.faults.burst import CARDS, EXERCISE, PILES, Burst, gather_burst
from tests.faults.disk import Disk, slow_commits
from workshop.rehearsal.server import OwnServer

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="nothing can be preloaded beneath SQLite")

VALUES = {n: {"placed": {card: PILES[n - 1] for card in CARDS}} for n in range(1, 5)}


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    return Disk(tmp_path / "disk", remembers=True)


@pytest.fixture
def burst(tmp_path: Path, disk: Disk) -> Iterator[Burst]:
    server = OwnServer(tmp_path / "data", **disk.environment())
    try:
        yield gather_burst(server.start(), phones=10)
        assert "the -wal file was written to" in disk.bitten
    finally:
        hang_up()
        server.stop()


def answer_and_die(burst: Burst, n: int, rev: int) -> None:
    """The first phone sends one answer; the disk kills the server before anybody hears of it."""
    process = running(burst)
    with pytest.raises(OSError):
        burst.senders[0].who.put_answer(EXERCISE, n, VALUES[n], rev)
    assert process.wait(20) == -signal.SIGKILL
    burst.server.kill()


def running(burst: Burst) -> Popen[str]:
    assert burst.server.process is not None
    return burst.server.process


def test_killed_in_the_middle_of_a_commit_it_kept_nothing_and_takes_the_answer_when_it_comes_again(
    burst: Burst, disk: Disk
) -> None:
    ben, rev = burst.senders[0], burst.ada.revision(burst.code)
    stored: dict[str, list[tuple[int, object]]] = {}
    for n, write in enumerate((1, 2, 3, 5), 1):
        disk.do("kill-at-write", write)
        answer_and_die(burst, n, rev)
        disk.undo("kill-at-write")
        burst.server.start()
        assert burst.rows() == stored
        for _ in range(2):
            assert ben.who.put_answer(EXERCISE, n, VALUES[n], rev).json == {"ok": True, "status": "received", "n": n}
        stored = {burst.seat(ben): [(n, VALUES[n])]}
        assert burst.rows() == stored
    assert "killed in place of a write" in disk.bitten


def test_killed_between_the_commit_and_its_acknowledgement_it_says_received_to_what_comes_again(
    burst: Burst, disk: Disk
) -> None:
    ben, rev = burst.senders[0], burst.ada.revision(burst.code)
    for n, cut in ((1, lambda: 0), (2, lambda: disk.lose_power(burst.server.data))):
        disk.do("kill-after-sync")
        answer_and_die(burst, n, rev)
        disk.undo("kill-after-sync")
        cut()  # the one sync held the whole answer: there is nothing for a power cut to take
        burst.server.start()
        before = burst.ada.revision(burst.code)
        assert burst.rows() == {burst.seat(ben): [(n, VALUES[n])]}
        assert ben.who.now()["mine"]["answers"] == {EXERCISE: {"n": n, "value": VALUES[n]}}
        again = ben.who.put_answer(EXERCISE, n, VALUES[n], rev)
        assert again.json == {"ok": True, "status": "received", "n": n}
        assert (burst.rows(), burst.ada.revision(burst.code)) == ({burst.seat(ben): [(n, VALUES[n])]}, before)
    assert "killed after a sync" in disk.bitten


def test_nothing_acknowledged_is_lost_with_the_power(burst: Burst, disk: Disk) -> None:
    def cut() -> None:
        burst.server.kill()
        disk.lose_power(burst.server.data)

    _cut_again_and_again(burst, cut)


@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_acknowledged_is_lost_where_some_of_what_was_being_written_reached_the_disk(
    burst: Burst, disk: Disk, seed: int
) -> None:
    random = Random(seed)

    def cut() -> None:
        burst.server.kill()
        disk.lose_power(burst.server.data, torn=random)

    _cut_again_and_again(burst, cut)


def _cut_again_and_again(burst: Burst, cut: Callable[[], None]) -> None:
    for more in (40, 80, 120):
        burst.while_answering(cut, more)
        burst.server.start()
        burst.check()


def test_a_disk_that_says_durable_of_what_is_not_loses_what_was_acknowledged(burst: Burst, disk: Disk) -> None:
    """What the tests above would see with less than synchronous=FULL."""
    disk.do("ignore-syncs")
    burst.while_answering(burst.server.kill, 100)
    disk.undo("ignore-syncs")
    assert "a sync was ignored" in disk.bitten
    assert disk.lose_power(burst.server.data) > 0
    heard = {burst.seat(sender): sender.last_heard() for sender in burst.senders if sender.heard}
    assert len(heard) > 0
    assert {seat: last for seat, (last, _) in burst.lost().items()} == heard
    burst.server.start()
    for sender in burst.senders:  # the phones still have them only because these ones forget nothing
        n = len(sender.sent)
        assert sender.who.put_answer(EXERCISE, n, sender.sent[n], burst.ada.revision(burst.code)).json["n"] == n
    assert burst.lost() == {}


def test_a_slow_disk_makes_commits_slower_and_no_different(tmp_path: Path) -> None:
    server = OwnServer(tmp_path / "data", **slow_commits(tmp_path / "disk", 20))
    try:
        burst = gather_burst(server.start(), phones=5)
        burst.while_answering(server.kill, 60)
        burst.check()
        assert Disk(tmp_path / "disk").bitten == {"the -wal file was written to"}
    finally:
        hang_up()
        server.stop()
