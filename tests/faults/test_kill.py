"""The server is killed in the middle of a burst of answers: what was acknowledged is there, once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cast import Socket, hang_up
from tests.faults.burst import EXERCISE, Burst, gather_burst
from workshop.rehearsal.server import OwnServer

KILLS = 4


@pytest.fixture
def burst(tmp_path: Path) -> Iterator[Burst]:
    server = OwnServer(tmp_path / "data")
    try:
        yield gather_burst(server.start())
    finally:
        hang_up()
        server.stop()


def test_whatever_was_acknowledged_survives_being_killed_again_and_again(burst: Burst) -> None:
    for round in range(1, KILLS + 1):
        burst.while_answering(burst.server.kill, 60 * round)
        burst.check()
        burst.server.start()
        burst.check()


def test_what_was_sent_again_after_a_kill_is_received_and_stands_there_once(burst: Burst) -> None:
    burst.while_answering(burst.server.kill, 100)
    held = burst.rows()
    burst.server.start()
    before = burst.ada.revision(burst.code)
    for sender in burst.senders:
        socket = sender.who.socket()
        mine = socket.watch()["mine"]["answers"]
        assert [(one["n"], one["value"]) for one in mine.values()] == held.get(burst.seat(sender), [])
        # The last one sent: it may be on disk though nobody heard of it, or it may not.
        n = len(sender.sent)
        assert socket.respond(EXERCISE, n, sender.sent[n], before) == {"ok": True, "status": "received", "n": n}
        assert socket.respond(EXERCISE, n, sender.sent[n], before) == {"ok": True, "status": "received", "n": n}
    assert burst.rows() == {burst.seat(s): [(len(s.sent), s.sent[len(s.sent)])] for s in burst.senders}


def test_an_answer_that_was_on_disk_before_the_kill_raises_no_revision_when_it_comes_again(burst: Burst) -> None:
    sender = burst.senders[0]
    value = {"placed": {"c1": "paid"}}
    rev = burst.ada.revision(burst.code)
    assert sender.who.put_answer(EXERCISE, 1, value, rev).json["status"] == "received"
    before = burst.ada.revision(burst.code)
    burst.server.kill()
    burst.server.start()
    again = sender.who.put_answer(EXERCISE, 1, value, rev)
    assert (again.json, burst.ada.revision(burst.code)) == ({"ok": True, "status": "received", "n": 1}, before)


def test_a_killed_server_goes_on_where_the_room_was(burst: Burst) -> None:
    ben: Socket = burst.senders[0].who.socket()
    before = ben.watch()
    burst.server.kill()
    assert ben.closes()
    burst.server.start()
    again = burst.senders[0].who.socket()
    after = again.watch()
    assert (after["revision"], after["fragments"]) == (before["revision"], before["fragments"])
    assert burst.ada.do(burst.code, "close", exercise=EXERCISE).json == {"ok": True}
    assert again.until(lambda: 'data-state="closed"' in again.fragments["step"])


def test_a_server_that_is_asked_to_stop_keeps_what_it_acknowledged_and_closes_everything(burst: Burst) -> None:
    process = burst.server.process
    assert process is not None
    idle = burst.ada.console(burst.code)
    idle.watch()
    burst.while_answering(burst.server.stop, 150)
    assert process.returncode == 0
    assert idle.closes()
    with pytest.raises(ConnectionRefusedError):
        burst.senders[0].who.now()
    assert sorted(file.name for file in burst.server.data.glob("cyd.*")) == ["cyd.sqlite3"]  # nothing is left beside it
    burst.check()
    assert "Traceback" not in burst.server.log
    burst.server.start()
    for sender in burst.senders:  # what was on its way was kept or not, and is received in either case
        n = len(sender.sent)
        again = sender.who.put_answer(EXERCISE, n, sender.sent[n], burst.ada.revision(burst.code))
        assert again.json == {"ok": True, "status": "received", "n": n}
    burst.check()
