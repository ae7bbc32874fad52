"""The disk is lost: what a backup held that was made while phones answered is there again, and nothing else."""

import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import TypeVar

import pytest

from tests.cast import Browser, Facilitator, Phone, ada, hang_up, phone, projector
from tests.faults.burst import EXERCISE, Burst, Sender
from tests.store.ways_in import rows
from workshop.config import ROOT
from workshop.rehearsal.server import OwnServer

PHONES = 10

T = TypeVar("T", bound=Browser)


def run(server: OwnServer, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "workshop.backup", *words],
        cwd=ROOT, env={**os.environ, "DATA": str(server.data)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.fixture
def burst(tmp_path: Path) -> Iterator[Burst]:
    server = OwnServer(tmp_path / "data")
    try:
        server.start()
        facilitator = ada(server)
        code = facilitator.start("demo")
        senders = [Sender(phone(server, code), Random(n)) for n in range(PHONES)]
        facilitator.go(code, EXERCISE, "open")
        yield Burst(server, facilitator, code, senders)
    finally:
        hang_up()
        server.stop()


def elsewhere(burst: Burst, tmp_path: Path) -> Iterator[OwnServer]:
    """Another machine, as far as anybody can tell: the backup in a folder of its own, under the old address."""
    server = OwnServer(tmp_path / "elsewhere" / "data")
    server.port = burst.server.port
    try:
        yield server
    finally:
        hang_up()
        server.stop()


other = pytest.fixture(elsewhere)


def moved(who: T, server: OwnServer) -> T:
    """The same browser with the same cookies, before the restored server."""
    return replace(who, server=server, cookies=dict(who.cookies))


def test_a_restored_backup_holds_all_that_was_acknowledged_before_it_and_no_more_than_was_sent(
    burst: Burst, other: OwnServer, tmp_path: Path
) -> None:
    heard: list[int] = []
    meanwhile: list[int] = []

    def back_up_in_the_middle() -> None:
        heard[:] = [sender.last_heard() for sender in burst.senders]
        before = burst.acknowledged()
        run(burst.server, "make", "--to", str(tmp_path / "backup"))
        meanwhile.append(burst.acknowledged() - before)

    burst.while_answering(back_up_in_the_middle, 100)
    assert min(heard) > 0
    assert meanwhile > [PHONES]  # the room went on answering
    lost = {"placed": {"c1": "none"}}
    rev = burst.ada.revision(burst.code)
    assert burst.senders[0].who.put_answer(EXERCISE, 900_000, lost, rev).json["status"] == "received"
    was = burst.rows()
    link, seats = burst.server.key, [sender.who.now()["mine"] for sender in burst.senders]
    screen = projector(burst.ada, burst.code)
    burst.server.kill()

    said = run(other, "restore", "--from", str(tmp_path / "backup"))
    assert f"1 sessions, {PHONES} participants, {PHONES} answers, 0 notes" in said
    assert rows(other.data / "cyd.sqlite3", "pragma integrity_check") == [("ok",)]
    other.start()
    assert other.key == link
    assert moved(burst.ada, other).get(f"/c/{burst.code}").status == 200  # signed in as before
    assert moved(screen, other).get(f"/screen/{burst.code}").status == 200
    held = {
        participant: (n, json.loads(value))
        for participant, n, value in rows(other.data / "cyd.sqlite3", "select participant, n, value from response")
    }
    assert held.keys() == was.keys()
    for sender, seat, n in zip(burst.senders, seats, heard, strict=True):
        mine = moved(sender.who, other).now()["mine"]
        assert (mine["seed"], mine["place"]) == (seat["seed"], seat["place"])
        stands, value = held[seat["seed"]]
        assert n <= stands <= len(sender.sent)
        assert value == sender.sent[stands]
        assert mine["answers"] == {EXERCISE: {"n": stands, "value": value}}


def test_a_phone_that_is_ahead_of_the_restored_database_is_received_and_one_that_is_not_is_told_what_stands(
    burst: Burst, other: OwnServer, tmp_path: Path
) -> None:
    ben: Phone = burst.senders[0].who
    facilitator: Facilitator = burst.ada
    first, second, third = ({"placed": {"c1": pile}} for pile in ("paid", "several", "none"))
    rev = facilitator.revision(burst.code)
    assert ben.put_answer(EXERCISE, 1, first, rev).json["status"] == "received"
    run(burst.server, "make", "--to", str(tmp_path / "backup"))
    assert ben.put_answer(EXERCISE, 5, second, rev).json["status"] == "received"
    seen = facilitator.revision(burst.code)
    burst.server.kill()
    run(other, "restore", "--from", str(tmp_path / "backup"))
    other.start()

    again, ahead = moved(ben, other), moved(facilitator, other)
    socket = again.socket()
    assert socket.watch()["mine"]["answers"] == {EXERCISE: {"n": 1, "value": first}}
    assert socket.revision > seen  # pages that were open take what comes now
    assert ahead.do(burst.code, "close", exercise=EXERCISE, at=seen).status == 409  # pressed in a past that was lost
    assert socket.respond(EXERCISE, 1, third, seen)["status"] == "superseded"
    assert socket.respond(EXERCISE, 1, third, seen)["value"] == first
    for n, value in ((5, second), (5, second), (6, third)):
        assert socket.respond(EXERCISE, n, value, seen) == {"ok": True, "status": "received", "n": n}
    assert again.now()["mine"]["answers"] == {EXERCISE: {"n": 6, "value": third}}
    assert ahead.do(burst.code, "close", exercise=EXERCISE).json == {"ok": True}


def test_a_restored_folder_is_its_owners_alone_also_once_a_server_runs_on_it(
    burst: Burst, other: OwnServer, tmp_path: Path
) -> None:
    run(burst.server, "make", "--to", str(tmp_path / "backup"))
    burst.server.kill()
    shutil.rmtree(burst.server.data)
    run(other, "restore", "--from", str(tmp_path / "backup"))
    other.start()
    modes = {one.name: stat.S_IMODE(one.stat().st_mode) for one in (other.data, *other.data.iterdir())}
    assert {mode for name, mode in modes.items() if name != "data"} == {0o600}
    assert modes["data"] == 0o700
    assert {"cyd.sqlite3", "secret"} <= modes.keys()
