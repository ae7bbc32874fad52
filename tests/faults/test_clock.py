"""The server's clock jumps an hour on and an hour back: nothing is lost, out of order, or held up."""

import re
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.cast import Browser, Closed, Room, Socket, Wire, ada, eventually, gather, hang_up
from tests.faults.clocked import STARTS, Clock
from workshop.broadcast import HEARTBEAT
from workshop.model import LATE_SECONDS
from workshop.rehearsal.server import OwnServer
from workshop.security import Misses
from workshop.sockets import GREETING_SECONDS

HOUR = 3600
EXERCISE = "jobs"
SLACK = 20  # seconds that a busy machine may take from one line of a test to the next


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    return Clock(tmp_path / "clock")


@pytest.fixture
def server(tmp_path: Path, clock: Clock) -> Iterator[OwnServer]:
    server = OwnServer(tmp_path / "data", starts=STARTS, **clock.environment())
    try:
        yield server.start()
        assert "Traceback" not in server.log
    finally:
        hang_up()
        server.stop()


@pytest.fixture
def room(server: OwnServer) -> Room:
    return gather(server, "demo")


def placed(pile: str) -> dict[str, dict[str, str]]:
    return {"placed": {"c1": pile}}


def frame(socket: Socket) -> float:
    """The `now` of the last frame that was pushed."""
    frames = [one for one in socket.heard if one.startswith('42["frame"')]
    return float(re.findall(r'"now":([0-9.]+)', frames[-1])[0])


def near(one: float, other: float) -> bool:
    return abs(one - other) < SLACK


def test_pushes_go_on_and_answers_are_received_while_the_clock_jumps(room: Room, clock: Clock) -> None:
    room.ada.go(room.code, EXERCISE, "open")
    console, ben = room.ada.console(room.code), room.ben.socket()
    for socket in (console, ben):
        assert near(socket.watch()["now"], clock.now())
    assert "0 of 2 answered" in console.fragments["now"]
    n = 0
    for ahead in (HOUR, 0, -HOUR, 0):
        clock.set(ahead)
        n += 1
        assert ben.respond(EXERCISE, n, placed("paid")) == {"ok": True, "status": "received", "n": n}
        room.ada.do(room.code, "blank", blank=str(n % 2))
        drawn = room.ada.get(f"/c/{room.code}/now").json
        assert console.until(lambda drawn=drawn: console.revision >= drawn["revision"])
        assert console.fragments == drawn["fragments"]
        assert near(frame(console), clock.now())
    assert ben.watch()["mine"]["answers"] == {EXERCISE: {"n": n, "value": placed("paid")}}
    assert console.revisions == sorted(console.revisions)


def test_a_timer_is_as_it_was_once_the_clock_is_back(room: Room, clock: Clock) -> None:
    room.ada.go(room.code, EXERCISE, "open")
    began = re.search(r'data-began="([0-9.]+)"', room.ben.now()["fragments"]["step"])
    assert began is not None
    for ahead in (HOUR, 0, -HOUR, 0):
        clock.set(ahead)
        seen = room.ben.now()
        assert began[0] in seen["fragments"]["step"]
        assert near(seen["now"] - float(began[1]), ahead)
        assert near(room.ada.get(f"/c/{room.code}/now").json["now"], seen["now"])


def test_late_is_what_the_servers_clock_calls_late(room: Room, clock: Clock) -> None:
    room.ada.go(room.code, EXERCISE, "open")
    while_open = room.ada.revision(room.code)
    room.ada.do(room.code, "close", exercise=EXERCISE)
    clock.set(LATE_SECONDS + 1)
    refused = room.ben.put_answer(EXERCISE, 1, placed("paid"), while_open)
    assert (refused.status, refused.json["status"]) == (409, "closed")
    for ahead, who in ((0, room.ben), (-HOUR, room.cari)):
        clock.set(ahead)
        assert who.put_answer(EXERCISE, 1, placed("paid"), while_open).json == {"ok": True, "status": "late", "n": 1}


def test_a_session_that_the_clock_jumped_in_has_its_exercises_in_order(room: Room, clock: Clock) -> None:
    steps = (("feel", HOUR, {"ratings": {"would-miss": 2}}), (EXERCISE, 0, placed("paid")), ("ideas", -HOUR, None))
    for n, (exercise, ahead, value) in enumerate(steps, 1):
        clock.set(ahead)
        room.ada.go(room.code, exercise, "open")
        if value:
            answer = room.ben.put_answer(exercise, n, value, room.ada.revision(room.code))
            assert answer.json["status"] == "received"
        for verb in ("close", "reveal"):
            assert room.ada.do(room.code, verb, exercise=exercise).status == 200
    assert room.ada.do(room.code, "end").status == 200
    page = room.ada.get(f"/r/{room.code}/en")
    assert re.findall(r'id="exercise-([a-z]+)"', page.text) == [EXERCISE, "ideas"]
    assert "Counted: 1 person answered" in page.text
    assert room.ada.get(f"/c/{room.code}").status == 200


def test_a_start_an_hour_ago_sweeps_nothing_and_keeps_devices_signed_in(server: OwnServer, clock: Clock) -> None:
    room = gather(server, "demo")
    for ahead in (HOUR, -HOUR):
        server.stop()
        clock.set(ahead)
        server.start()
        assert room.ada.get(f"/c/{room.code}").status == 200
        assert room.ben.now()["mine"]["answers"] == {}
    server.stop()
    clock.set(31 * 86400)
    server.start()
    anew = ada(server)
    assert eventually(lambda: anew.get(f"/c/{room.code}").status == 404)


def test_wrong_codes_are_forgotten_by_no_jump(server: OwnServer, clock: Clock) -> None:
    guesser = Browser(server)
    for _ in range(Misses.MOST):
        assert guesser.get("/j/ZZZZZZZ/cy").status == 404
    for ahead in (HOUR, -HOUR):
        clock.set(ahead)
        assert guesser.get("/j/ZZZZZZZ/cy").status == 429


def test_who_never_says_who_it_is_is_given_its_time_and_no_more(room: Room, clock: Clock) -> None:
    stranger = Wire(room.server)
    since = time.monotonic()
    ben = room.ben.socket()
    ben.watch()
    assert ben.until(lambda: any("heartbeat" in one for one in ben.heard), 3 * HEARTBEAT)  # it has been seen
    clock.set(-HOUR)
    with suppress(Closed):
        while time.monotonic() - since < 6 * HEARTBEAT:
            stranger.receive(0.2)
    assert GREETING_SECONDS * 0.9 < time.monotonic() - since < 6 * HEARTBEAT
    assert ben.watch()["ok"] is True
