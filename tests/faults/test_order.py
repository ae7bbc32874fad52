"""What arrives several times, the wrong way round, together or too late: it counts once, and the newest counts."""

import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from random import Random
from typing import Any

import pytest

from tests.cast import Closed, Facilitator, Polling, Socket, ada
from tests.faults.outbox import Participant
from tests.faults.room import FaultyRoom, value
from workshop.model import LATE_SECONDS

EXERCISE = "jobs"
VALUES = [value(EXERCISE, Random(n)) for n in range(6)]
WAYS = {"socket": ("socket",), "polling": ("polling",), "put": ()}
TOGETHER = 8  # answers of one phone under way at once
LARGEST_PAYLOAD = 16  # packets

by_every_way = pytest.mark.parametrize("way", WAYS)


def received(n: int) -> dict[str, Any]:
    return {"ok": True, "status": "received", "n": n}


def superseded(n: int, by: Any) -> dict[str, Any]:
    return {"ok": True, "status": "superseded", "n": n, "value": by, "why": "A later answer of yours counts instead."}


# The same phone


@by_every_way
def test_an_answer_that_arrives_three_times_counts_once(room: FaultyRoom, way: str) -> None:
    ben = room.join(room.line(copies=3), ways=WAYS[way])
    room.open(EXERCISE)
    before = room.disk().revision
    ben.answer(EXERCISE, VALUES[0])
    assert (ben.way, ben.drain(), ben.outbox.heard) == (way, True, [(EXERCISE, 1, received(1))])
    if isinstance(ben.line, Socket):  # the copies are behind it on the same line
        ben.line.watch()
        said = [packet.partition("[")[2] for packet in ben.line.heard if '"status"' in packet]
        assert [json.loads(one.removesuffix("]")) for one in said] == [received(1)] * 3
    assert ben.connect()
    after = room.check()
    assert (after.answers, after.revision) == ({(ben.seed, EXERCISE): (1, VALUES[0])}, before + 1)


def test_notes_that_arrive_three_times_stand_there_once(room: FaultyRoom) -> None:
    ben = room.join(room.line(copies=3))
    room.open("ideas")
    for n in (1, 2):
        written = value("ideas", Random(n))
        ben.answer("ideas", written)
        assert ben.drain()
        assert room.check().notes == {(ben.seed, "ideas"): {note["id"] for note in written["notes"]}}


def test_of_answers_that_arrive_the_wrong_way_round_the_newest_counts(room: FaultyRoom) -> None:
    ben = room.join()
    room.open(EXERCISE)
    assert isinstance(ben.line, Socket)
    messages = [ben.line.message(EXERCISE, n, VALUES[n], ben.revision) for n in (5, 4, 3, 2, 1)]
    numbers = [ben.line.send("respond", message) for message in messages]
    heard = [ben.line.ack(number) for number in numbers]
    assert heard == [received(5)] + [superseded(5, VALUES[5])] * 4
    assert room.disk().answers == {(ben.seed, EXERCISE): (5, VALUES[5])}


def test_an_answer_that_hung_in_a_stalled_line_does_not_undo_the_newer_one(room: FaultyRoom) -> None:
    line = room.line()
    ben = room.join(line, patience=0.5)
    room.open(EXERCISE)
    stalled = ben.line
    assert isinstance(stalled, Socket)
    line.stall()
    ben.answer(EXERCISE, VALUES[1])
    number = stalled.send("respond", ben.outbox.message(EXERCISE))
    other = room.line()
    ben.phone.server = other
    ben.line = None
    assert ben.connect()
    ben.answer(EXERCISE, VALUES[2])
    assert (ben.drain(), ben.outbox.heard) == (True, [(EXERCISE, 2, received(2))])
    line.flow()
    assert stalled.ack(number) == superseded(2, VALUES[2])
    assert room.check().answers == {(ben.seed, EXERCISE): (2, VALUES[2])}


def test_a_phone_that_another_tab_overtook_shows_that_one_and_may_send_its_own_again(room: FaultyRoom) -> None:
    ben = room.join()
    room.open(EXERCISE)
    tab = Participant(ben.phone.copy())
    assert tab.connect()
    tab.answer(EXERCISE, VALUES[1])
    ben.answer(EXERCISE, VALUES[2])
    assert (tab.drain(), ben.drain()) == (True, True)
    assert ben.outbox.heard == [(EXERCISE, 1, superseded(1, VALUES[1]))]
    assert (ben.outbox.shown(EXERCISE), ben.outbox.entries[EXERCISE].refused) == (VALUES[1], "superseded")
    ben.outbox.again(EXERCISE, ben.revision)
    assert (ben.drain(), ben.outbox.heard[-1], ben.outbox.shown(EXERCISE)) == (
        True,
        (EXERCISE, 2, received(2)),
        VALUES[2],
    )
    assert room.disk().answers == {(ben.seed, EXERCISE): (2, VALUES[2])}


# Too late


@by_every_way
def test_an_answer_that_arrives_two_minutes_after_the_close_is_refused_for_good_and_the_phone_says_so(
    room: FaultyRoom, way: str
) -> None:
    ben, cari = room.join(ways=WAYS[way]), room.join(lang="cy")
    room.open(EXERCISE)
    for one in (ben, cari):
        one.answer(EXERCISE, VALUES[1])
    assert room.ada.do(room.code, "close", exercise=EXERCISE).status == 200
    assert (cari.drain(), cari.outbox.heard[0][2]["status"]) == (True, "late")
    room.server.kill()
    closed_ago(room, 2 * LATE_SECONDS)
    room.server.start()
    ben.connect()
    before = room.disk()
    for _ in range(2):
        assert ben.drain()
        ben.connect()
    why = "This closed before your answer arrived; it is not counted."
    assert ben.outbox.heard == [(EXERCISE, 1, {"ok": False, "status": "closed", "why": why})]
    entry = ben.outbox.entries[EXERCISE]
    assert (entry.refused, entry.why, entry.value, ben.outbox.shown(EXERCISE)) == ("closed", why, VALUES[1], None)
    assert room.check() == before
    room.open(EXERCISE)
    ben.answer(EXERCISE, VALUES[2])
    assert (ben.drain(), ben.outbox.heard[-1]) == (True, (EXERCISE, 2, received(2)))
    assert room.check().answers == {(ben.seed, EXERCISE): (2, VALUES[2]), (cari.seed, EXERCISE): (1, VALUES[1])}


def closed_ago(room: FaultyRoom, seconds: float) -> None:
    """The close as it stands on disk was so long ago: what a server finds that has waited."""
    with closing(sqlite3.connect(room.server.data / "cyd.sqlite3", timeout=20)) as line, line:
        line.execute("begin immediate")
        steps = json.loads(line.execute("select steps from session where code = ?", (room.code,)).fetchone()[0])
        steps[EXERCISE]["closed_at"] -= seconds
        line.execute("update session set steps = ? where code = ?", (json.dumps(steps), room.code))


# What waited offline


def test_what_one_phone_kept_offline_goes_by_polling_eight_at_a_time_and_all_of_it_is_received(
    room: FaultyRoom,
) -> None:
    ben = room.join(ways=())
    room.open(EXERCISE)
    waiting = []
    for n in range(1, 51):
        ben.answer(EXERCISE, VALUES[n % 6])
        waiting.append(ben.outbox.message(EXERCISE))
    line = Polling(ben.phone, ben.phone.auth)
    heard = []
    for at in range(0, 50, TOGETHER):
        numbers = line.send(*(("respond", message) for message in waiting[at : at + TOGETHER]))
        heard += [line.ack(number) for number in numbers]
    assert heard == [received(n) for n in range(1, 51)]
    assert room.disk().answers == {(ben.seed, EXERCISE): (50, VALUES[50 % 6])}


def test_a_payload_of_sixteen_packets_is_read_and_of_a_larger_one_nothing_is_kept(room: FaultyRoom) -> None:
    ben = room.join(ways=())
    room.open(EXERCISE)
    rev = ben.revision
    messages = [{"v": 1, "exercise": EXERCISE, "n": n, "rev": rev, "value": VALUES[0]} for n in range(1, 34)]
    line = Polling(ben.phone, ben.phone.auth)
    numbers = line.send(*(("respond", message) for message in messages[:LARGEST_PAYLOAD]))
    assert [line.ack(number) for number in numbers] == [received(n) for n in range(1, 17)]
    with suppress(Closed):
        line.send(*(("respond", message) for message in messages[LARGEST_PAYLOAD:]))
    assert room.disk().answers == {(ben.seed, EXERCISE): (16, VALUES[0])}
    again = Polling(ben.phone, ben.phone.auth)
    assert again.ask("respond", messages[-1]) == received(33)


def test_what_a_whole_room_kept_offline_for_three_exercises_arrives_by_polling(room: FaultyRoom) -> None:
    wifi = room.line()
    people = [room.join(wifi) for _ in range(17)]
    for number, exercise in enumerate(("feel", EXERCISE, "ideas")):
        wifi.flow()
        for one in people:
            assert one.connect()
        room.open(exercise)
        wifi.stall()
        wifi.cut_all()
        for seat, one in enumerate(people):
            one.answer(exercise, value(exercise, Random(100 * number + seat)))
    assert sum(len(one.outbox.unsent()) for one in people) == 51
    wifi.websockets = False
    wifi.flow()
    with ThreadPoolExecutor(len(people)) as pool:
        assert all(pool.map(lambda one: one.connect() and one.way == "polling" and one.drain(), people))
    heard = [(exercise, ack["status"]) for one in people for exercise, _, ack in one.outbox.heard]
    assert sorted(heard) == sorted([("feel", "late")] * 17 + [(EXERCISE, "late")] * 17 + [("ideas", "received")] * 17)
    assert len(room.check().answers) == 51


# Together


def test_of_two_facilitators_who_press_next_together_one_moves_the_room_one_step(room: FaultyRoom) -> None:
    here, there = room.ada, ada(room.server)
    watching = [one.console(room.code) for one in (here, there)]
    for console in watching:
        console.watch()
    course = [("go_to", "hall"), ("go_to", "feel"), ("open", "feel"), ("close", "feel"), ("reveal", "feel")]
    for verb, exercise in course:
        at = here.revision(room.code)

        def press(who: Facilitator, verb: str = verb, exercise: str = exercise, at: int = at) -> tuple[int, bool]:
            answer = who.do(room.code, verb, exercise=exercise, at=at)
            return answer.status, answer.json["ok"]

        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(press, (here, there))) == [(200, True), (409, False)]
        assert here.revision(room.code) == at + 1
        for console in watching:
            fresh = here.get(f"/c/{room.code}/now?lang=en").json["fragments"]
            assert console.until(lambda console=console, fresh=fresh: console.fragments == fresh)


def test_of_twenty_answers_in_flight_at_the_close_each_is_received_or_late_and_none_is_lost(room: FaultyRoom) -> None:
    stuck = room.line()
    people = [room.join(stuck if number < 5 else None) for number in range(20)]
    room.watch()
    room.open(EXERCISE)
    for number, one in enumerate(people):
        one.answer(EXERCISE, value(EXERCISE, Random(number)))
    assert all(one.drain() for one in people[15:])
    stuck.stall()
    with ThreadPoolExecutor(20) as pool:
        going = [pool.submit(one.drain) for one in people[:15]]
        assert room.ada.do(room.code, "close", exercise=EXERCISE).status == 200
        stuck.flow()
        assert [one.result() for one in going] == [True] * 15
    status = {one.seed: one.outbox.heard[0][2]["status"] for one in people}
    assert set(status.values()) == {"received", "late"}
    found = room.check()
    assert {who for who, _ in found.answers} == set(status)
    assert {who for who, _ in found.late} == {who for who, heard in status.items() if heard == "late"}
    assert [status[one.seed] for one in people[:5] + people[15:]] == ["late"] * 5 + ["received"] * 5
