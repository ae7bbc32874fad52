"""Coming back: after kills, all at once, late, or after having read nothing."""

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from html import unescape
from random import Random
from threading import Event
from typing import Any

from tests.cast import Closed, Socket, eventually, phone
from tests.faults.oracle import acknowledged, check_acknowledged
from tests.faults.outbox import Participant
from tests.faults.room import FaultyRoom, value
from workshop import packs
from workshop.config import ROOT
from workshop.model import asks

EXERCISE = "jobs"
DEMO = packs.load(ROOT / "exercises" / "demo" / "workshop.toml")
KILLS = 5
CROWD = 300


def received(n: int) -> dict[str, Any]:
    return {"ok": True, "status": "received", "n": n}


# Killed


def go_on(one: Participant, random: Random, stop: Event) -> None:
    """Answers again and again; comes back by itself whenever the line was lost."""
    while not stop.is_set():
        if one.line is None:
            one.connect()
        if not one.outbox.unsent():
            one.answer(EXERCISE, value(EXERCISE, random))
        one.drain()
        stop.wait(0.05)


def test_a_room_whose_server_is_killed_again_and_again_loses_nothing_and_gets_everything_through(
    own_room: FaultyRoom,
) -> None:
    people = [own_room.join(patience=5) for _ in range(20)]
    own_room.watch()
    own_room.open(EXERCISE)
    stop = Event()

    def heard() -> int:
        return sum(len(one.outbox.heard) for one in people)

    with ThreadPoolExecutor(20) as pool:
        going = [pool.submit(go_on, one, Random(seat), stop) for seat, one in enumerate(people)]
        try:
            for _ in range(KILLS):
                before = heard()
                assert eventually(lambda before=before: heard() > before + 60, 60)
                said = acknowledged(people)
                own_room.server.kill()
                check_acknowledged(own_room.disk(), said)
                own_room.server.start()
        finally:
            stop.set()
        for one in going:
            one.result()
    for one in people:
        assert eventually(lambda one=one: (one.way == "socket" or one.connect()) and one.drain())
    assert [one.outbox.entries for one in people] == [{}] * 20
    assert {ack["status"] for one in people for _, _, ack in one.outbox.heard} == {"received"}
    assert len(own_room.check().answers) == 20


def test_three_hundred_phones_that_come_back_at_once_after_a_restart_are_all_live(own_room: FaultyRoom) -> None:
    wifi = own_room.line()
    own_room.ada.go(own_room.code, EXERCISE, "open")
    with ThreadPoolExecutor(30) as pool:
        people = list(pool.map(lambda _: own_room.join(wifi), range(CROWD)))

        def answer(one: Participant) -> bool:
            one.answer(EXERCISE, value(EXERCISE, Random(one.seed)))
            return one.drain()

        assert all(pool.map(answer, people))
    own_room.server.kill()
    own_room.server.start()
    kept = [{EXERCISE: (1, value(EXERCISE, Random(one.seed)))} for one in people]
    with ThreadPoolExecutor(CROWD) as pool:
        assert all(pool.map(back, people))
        assert [one.way for one in people] == ["socket"] * CROWD
        assert [one.outbox.stored for one in people] == kept
        # What was acknowledged before is received again, by the other door too.
        again = list(pool.map(lambda one: one.phone.put_answer(EXERCISE, 1, kept_value(one), 1), people))
        assert [(answer.status, answer.json) for answer in again] == [(200, received(1))] * CROWD
    console = own_room.ada.console(own_room.code)
    console.watch()
    assert console.until(lambda: f"<b>{CROWD}</b> connected" in console.fragments["top"])
    assert own_room.ada.do(own_room.code, "close", exercise=EXERCISE).status == 200
    for one in people:
        assert isinstance(one.line, Socket)
        assert one.line.until(lambda line=one.line: 'data-state="closed"' in line.fragments["step"])
    assert len(own_room.check().answers) == CROWD


def back(one: Participant) -> bool:
    """As pages do: by any way that works, and again until the socket is up."""
    return eventually(lambda: one.connect() and one.way == "socket", 60)


def kept_value(one: Participant) -> Any:
    return one.outbox.stored[EXERCISE][1]


# Late


def test_who_joins_at_the_seventh_step_sees_that_one_and_nothing_of_the_six_before(room: FaultyRoom) -> None:
    early = room.join()
    agenda = DEMO.agenda[:7]
    for exercise in agenda[:6]:
        verbs = ("open", "reveal") if asks(exercise) else ()
        room.ada.go(room.code, exercise.id, *verbs[:1])
        if exercise.id in ("feel", EXERCISE, "ideas"):
            assert room.sees(early, exercise.id)
            early.answer(exercise.id, value(exercise.id, Random(1)))
            assert early.drain()
        for verb in verbs[1:]:
            assert room.ada.do(room.code, verb, exercise=exercise.id).status == 200
    room.ada.go(room.code, agenda[6].id, "open")
    late = phone(room.server, room.code, "en")
    page = late.get(f"/s/{room.code}/en").text
    current = late.socket().watch()
    assert current["mine"]["answers"] == {}
    assert list(current["fragments"]) == ["step"]
    assert current["fragments"]["step"] in page
    assert re.findall(r'data-exercise="([^"]*)"', page) == [agenda[6].id]
    words = unescape(page)
    assert [exercise.id for exercise in DEMO.agenda if exercise.title.en in words] == [agenda[6].id]
    assert late.see() == ""
    assert late.put_answer("feel", 1, value("feel", Random(2)), current["revision"]).status == 409


# Deaf


def test_a_phone_that_reads_nothing_is_cut_off_and_gets_what_is_current_when_it_comes_back(room: FaultyRoom) -> None:
    cari = room.join()
    ben = Participant(phone(room.server, room.code, "en"))  # no proxy, which would read for it
    deaf = ben.phone.socket(window=4096)
    deaf.watch()
    room.participants.append(ben)
    console = room.ada.console(room.code)
    console.watch()
    room.open(EXERCISE)

    def alone() -> bool:
        """Whether the server has let go of the one that reads nothing; the room goes on meanwhile."""
        with suppress(Closed):
            deaf.wire.send("3")  # it is there: it is not for its silence that it is cut off
        for exercise in ("load", EXERCISE):
            room.ada.go(room.code, exercise, "open")
            assert room.sees(cari, exercise)
        cari.answer(EXERCISE, value(EXERCISE, Random(len(cari.outbox.composed))))
        assert (cari.drain(), cari.outbox.heard[-1][2]["status"]) == (True, "received")
        console.catch_up()
        return "<b>1</b> connected" in console.fragments["top"]

    assert "<b>2</b> connected" in console.fragments["top"]
    assert eventually(alone, 120)
    # What had left before arrives, whole, and then the end: nothing of the rest was kept for it.
    assert isinstance(cari.line, Socket)
    assert len(cari.line.revisions) > read_to_the_end(deaf)
    assert ben.connect()
    assert ben.step == ben.phone.now()["fragments"]["step"] == cari.step
    ben.answer(EXERCISE, value(EXERCISE, Random(1)))
    assert ben.drain()
    room.check()


def read_to_the_end(deaf: Socket) -> int:
    """How many frames came; each could be read."""
    with suppress(Closed):
        while deaf.read(1):
            assert deaf.fragments["step"].rstrip().endswith("</section>")
        raise AssertionError("it was not closed")
    return len(deaf.revisions)
