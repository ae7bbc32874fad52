"""The socket protocol: one door for socket, long-polling and PUT, and what becomes of what cannot be read."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.cast import (
    PATIENCE,
    Browser,
    Closed,
    Phone,
    Polling,
    Room,
    Socket,
    ada,
    eventually,
    gather,
    hang_up,
    phone,
    projector,
    running,
)
from workshop.model import LATE_TOGETHER
from workshop.sockets import GREETING_SECONDS

EXERCISE = "jobs"


@pytest.fixture(autouse=True)
def _hang_up() -> Iterator[None]:
    yield
    hang_up()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    with running(tmp_path_factory.mktemp("sockets")) as server:
        yield gather(server, "demo")


@pytest.fixture
def room(house: Room) -> Room:
    """A session of its own for each test, open for answers; Dot's is open too."""
    room = gather(house.server, "demo")
    for code in (room.code, room.other):
        room.ada.go(code, EXERCISE, "open")
    return room


def placed(**cards: str) -> dict[str, Any]:
    return {"placed": cards}


class Put:
    """The PUT door with the same words as the other two."""

    def __init__(self, who: Phone) -> None:
        self._who = who

    def ask(self, event: str, message: Any) -> Any:
        return self._who.put(f"/s/{self._who.code}/{message['exercise']}", message).json


def by_socket(who: Phone) -> Socket:
    return who.socket()


def by_polling(who: Phone) -> Polling:
    return Polling(who, who.auth)


WAYS = [by_socket, by_polling, Put]


def message(n: int, value: Any, rev: int, exercise: str = EXERCISE) -> dict[str, Any]:
    return {"v": 1, "exercise": exercise, "n": n, "rev": rev, "value": value}


def mine(who: Phone) -> Any:
    return who.now()["mine"]["answers"]


# Watching


def test_watching_gives_what_a_fresh_page_holds(room: Room) -> None:
    ben = room.ben.socket()
    watched, fresh = ben.watch(), room.ben.now()
    ben.close()
    assert {**watched, "now": 0} == {**fresh, "now": 0}
    assert watched["fragments"]["step"] in room.ben.get(f"/s/{room.code}/cy").text


def test_a_change_is_pushed_to_everyone_who_watches_the_session_and_to_nobody_beside_it(room: Room) -> None:
    ben, dot = room.ben.socket(), room.dot.socket()
    screen = Socket(projector(room.ada, room.code), {"surface": "screen", "code": room.code})
    for one in (ben, dot, screen):
        one.watch()
    before = len(dot.heard)
    assert room.ada.do(room.code, "close", exercise=EXERCISE).status == 200
    assert ben.until(lambda: 'data-state="closed"' in ben.fragments["step"])
    assert screen.until(lambda: screen.revision == ben.revision)
    # What Dot's socket says next is the answer to Dot's own question, after anything that might have been pushed.
    dot.ask("watch")
    assert [line[:3] for line in dot.heard[before:]] == ["432"]
    for one in (ben, dot, screen):
        one.close()


def test_whoever_watches_late_or_again_gets_what_is_current(room: Room) -> None:
    ben = room.ben.socket()
    ben.watch()
    ben.close()
    room.ada.go(room.code, "ideas", "open")
    again = room.ben.socket()
    assert again.watch()["fragments"] == room.ben.now()["fragments"]
    again.close()


def test_the_server_tells_a_phone_what_it_gave_and_no_other(room: Room) -> None:
    ben, cari = room.ben.socket(), room.cari.socket()
    assert ben.respond(EXERCISE, 3, placed(c1="paid"), room.ada.revision(room.code))["status"] == "received"
    assert ben.watch()["mine"]["answers"] == {EXERCISE: {"n": 3, "value": placed(c1="paid")}}
    assert cari.watch()["mine"]["answers"] == {}
    ben.close()
    cari.close()


def test_sockets_of_a_deleted_session_hear_that_it_is_gone(room: Room) -> None:
    ben, dot = room.ben.socket(), room.dot.socket()
    ben.watch(), dot.watch()
    assert room.ada.copy().post(f"/c/{room.code}/delete", {"code": room.code}).status == 303
    assert ben.until(lambda: ben.gone)
    assert ben.ask("watch") == {"ok": False, "gone": True}
    assert ben.respond(EXERCISE, 1, placed(), 1) == {"ok": False, "gone": True}
    assert room.ben.get(f"/s/{room.code}/cy/now").status == 404
    assert (dot.watch()["ok"], dot.gone) == (True, False)
    ben.close(), dot.close()


def test_a_seat_that_moved_to_another_phone_closes_the_former_one_s_socket(room: Room) -> None:
    ben = room.ben.socket()
    place = ben.watch()["mine"]["place"]
    taken = Phone(room.server, code=room.code)
    assert taken.post(f"/j/{room.code}/cy/place", {"place": place}).status == 303
    assert ben.closes()
    assert taken.now()["mine"]["place"] == place
    assert room.ben.get(f"/s/{room.code}/cy/now").status == 404
    ben.close()


def test_what_a_phone_speaks_as_changes_for_its_open_socket_too(room: Room) -> None:
    cari = room.cari.socket()
    cari.watch()
    room.cari.post(f"/s/{room.code}/me", {"lang": "en", "table": "1", "size": "9", "perspective": "staff"})
    assert {k: cari.watch()["mine"][k] for k in ("size", "perspective")} == {"size": 9, "perspective": "staff"}
    assert cari.respond(EXERCISE, 1, placed(c1="paid"))["status"] == "received"
    assert room.ada.do(room.code, "reveal", exercise=EXERCISE).status == 200
    assert "9 people in 1 answers" in room.cari.see()
    cari.close()


# One door


@pytest.mark.parametrize("way", WAYS)
def test_an_answer_is_received_and_kept(room: Room, way: Any) -> None:
    rev = room.ada.revision(room.code)
    assert way(room.ben).ask("respond", message(1, placed(c1="paid"), rev)) == {
        "ok": True,
        "status": "received",
        "n": 1,
    }
    assert mine(room.ben) == {EXERCISE: {"n": 1, "value": placed(c1="paid")}}
    assert (mine(room.cari), mine(room.dot)) == ({}, {})


def test_the_three_ways_answer_with_the_same_words(room: Room) -> None:
    rev = room.ada.revision(room.code)
    said = [
        message(2, placed(c1="paid"), rev),
        message(2, placed(c1="paid"), rev),
        message(2, placed(c1="none"), rev),
        message(1, placed(c1="paid"), rev),
        message(3, placed(c1="nowhere"), rev),
        message(3, placed(c1="paid"), rev, "feel"),
        message(3, {"ratings": {}}, rev, "feel"),
        message(3, {}, rev, "nowhere"),
        {**message(3, placed(), rev), "more": 1},
        message(4, placed(c2="paid"), rev),
    ]
    heard = []
    for way in WAYS:
        who = phone(room.server, room.code)
        line = way(who)
        heard.append([line.ask("respond", one) for one in said])
        assert mine(who) == {EXERCISE: {"n": 4, "value": placed(c2="paid")}}
    assert heard[1] == heard[0]
    assert heard[2] == heard[0]
    why = "Mae ateb diweddarach gennych yn cyfrif yn ei le."
    kept = {"ok": True, "status": "superseded", "n": 2, "value": placed(c1="paid"), "why": why}
    assert heard[0][:4] == [{"ok": True, "status": "received", "n": 2}] * 2 + [kept] * 2
    assert [(one["ok"], one.get("status"), one.get("gone")) for one in heard[0][4:]] == [
        (False, "invalid", None),
        (False, "invalid", None),
        (False, "closed", None),
        (False, None, True),
        (False, "invalid", None),
        (True, "received", None),
    ]


def test_the_put_door_says_the_same_in_its_status(room: Room) -> None:
    rev = room.ada.revision(room.code)
    asked = [
        (1, placed(), EXERCISE),
        (1, placed(c9="paid"), EXERCISE),
        (1, {"ratings": {}}, "feel"),
        (1, {}, "nowhere"),
    ]
    assert [room.ben.put_answer(exercise, n, value, rev).status for n, value, exercise in asked] == [200, 422, 409, 404]
    wrong = room.ben.put(f"/s/{room.code}/{EXERCISE}", message(1, placed(), rev, "feel"))
    assert wrong.status == 422


@pytest.mark.parametrize("way", WAYS)
def test_an_answer_on_its_way_at_the_close_is_late_and_one_made_after_it_is_closed(room: Room, way: Any) -> None:
    made_at = room.ada.revision(room.code)
    assert room.ada.do(room.code, "close", exercise=EXERCISE).status == 200
    closed_at = room.ada.revision(room.code)
    line = way(room.ben)
    refused = line.ask("respond", message(1, placed(c1="none"), closed_at))
    assert (refused["ok"], refused["status"]) == (False, "closed")
    assert line.ask("respond", message(1, placed(c1="paid"), made_at)) == {"ok": True, "status": "late", "n": 1}
    assert mine(room.ben) == {EXERCISE: {"n": 1, "value": placed(c1="paid")}}


def test_a_late_answer_reaches_the_wall_only_when_it_is_shown(room: Room) -> None:
    made_at = room.ada.revision(room.code)
    room.ben.put_answer(EXERCISE, 1, placed(c1="paid"), made_at)
    assert room.ada.do(room.code, "reveal", exercise=EXERCISE).status == 200
    seen = room.cari.see()
    late = [room.cari, *(phone(room.server, room.code) for _ in range(LATE_TOGETHER - 1))]
    for number, who in enumerate(late, start=1):
        assert who.put_answer(EXERCISE, 1, placed(c1="none", c2="none"), made_at).json["status"] == "late"
        assert room.cari.see() == seen
        shown = room.ada.do(room.code, "reveal", exercise=EXERCISE).status
        assert shown == (200 if number == LATE_TOGETHER else 409)
    assert "9 people in 6 answers" in room.cari.see()


def test_a_refusal_is_told_in_the_language_of_the_phone(room: Room) -> None:
    rev = room.ada.revision(room.code)
    why = {
        who.lang: {way(who).ask("respond", message(1, placed(x="y"), rev))["why"] for way in WAYS}
        for who in (room.ben, room.cari)
    }
    assert {lang: len(words) for lang, words in why.items()} == {"cy": 1, "en": 1}
    assert why["en"] == {"That card is not in this exercise."}
    assert why["cy"] != why["en"]


def test_answers_by_all_three_ways_at_once_leave_the_highest_n(room: Room) -> None:
    rev = room.ada.revision(room.code)
    lines = [way(room.ben) for way in WAYS]
    for n, line in zip((3, 9, 6), lines, strict=True):
        line.ask("respond", message(n, placed(**{f"c{n % 6 + 1}": "paid"}), rev))
    assert mine(room.ben) == {EXERCISE: {"n": 9, "value": placed(c4="paid")}}


def test_fifty_answers_that_waited_offline_are_all_received_by_polling(room: Room) -> None:
    rev = room.ada.revision(room.code)
    line = by_polling(room.ben)
    heard = [line.ask("respond", message(n, placed(c1="paid"), rev)) for n in range(1, 51)]
    assert heard == [{"ok": True, "status": "received", "n": n} for n in range(1, 51)]


# What cannot be read

DEEP = "[" * 5000 + "]" * 5000
INVALID = "invalid"
CLOSES = "closes"

VALUES: dict[str, Any] = {
    "nothing": None,
    "a number": 7,
    "a list": [],
    "a string": "placed",
    "true": True,
    "no n": {"v": 1, "exercise": EXERCISE, "rev": 1, "value": {}},
    "n is text": {**message(1, {}, 1), "n": "1"},
    "n is a fraction": {**message(1, {}, 1), "n": 1.5},
    "n is true": {**message(1, {}, 1), "n": True},
    "n is beyond 64 bits": {**message(1, {}, 1), "n": 10**30},
    "exercise is a list": {**message(1, {}, 1), "exercise": []},
    "exercise is long": {**message(1, {}, 1), "exercise": "x" * 5000},
    "value is a list": message(1, [], 1),
    "placed is a list": message(1, {"placed": []}, 1),
    "a card is a number": message(1, {"placed": {"c1": 1}}, 1),
    "a card is nested": message(1, {"placed": {"c1": {"c1": {"c1": {}}}}}, 1),
    "too many cards": message(1, {"placed": {f"c{n}": "paid" for n in range(300)}}, 1),
    "a NUL in an id": message(1, {"placed": {"c1\0": "paid"}}, 1),
    "half an emoji in an id": message(1, {"placed": {"\ud83d": "paid"}}, 1),
    "half an emoji as a value": message(1, "\ud83d", 1),
}


@pytest.mark.parametrize("raw", VALUES.values(), ids=VALUES.keys())
def test_a_value_that_is_none_of_ours_is_called_invalid_by_socket_and_put_alike(room: Room, raw: Any) -> None:
    ben = room.ben.socket()
    heard = ben.ask("respond", raw)
    ben.close()
    put = room.ben.put(f"/s/{room.code}/{EXERCISE}", raw)
    if not isinstance(raw, dict) or raw.get("exercise") == EXERCISE:
        assert put.json == heard
    assert (heard["ok"], heard["status"], put.status) == (False, INVALID, 422)
    assert mine(room.ben) == {}


PACKETS: dict[str, tuple[Any, str]] = {
    "an unknown event": ('421["nosuch",{}]', INVALID),
    "an event of the library's own": ('421["connect",{},{}]', CLOSES),
    "an event without a name": ("421[]", CLOSES),
    "an event that is no list": ('421{"watch":1}', CLOSES),
    "an event whose name is a number": ("421[7]", INVALID),
    "an event whose name is a list": ("421[[]]", CLOSES),
    "too many arguments": ('421["respond",1,2,3]', CLOSES),
    "bad JSON": ('421["respond",{', CLOSES),
    "nothing after the type": ("42", CLOSES),
    "nested too deeply": (f'421["respond",{DEEP}]', CLOSES),
    "no Socket.IO packet": ("4", CLOSES),
    "an unknown Socket.IO packet": ("49", CLOSES),
    "no Engine.IO packet": ("hello", CLOSES),
    "an unknown Engine.IO packet": ("9", CLOSES),
    "an empty message": ("", CLOSES),
    "a binary message": (b"\x00\x01\x02", CLOSES),
    "bytes where a value should be": ('451-1["respond",{"_placeholder":true,"num":0}]', CLOSES),
    "a thousand million attachments": ('45999999999-1["respond",{"_placeholder":true,"num":0}]', CLOSES),
    "more attachments than a number": ('4599999999999-1["respond"]', CLOSES),
    "an event that says it has no attachments": ('450-1["respond",{}]', CLOSES),
    "an acknowledgement in bytes": ('461-1[{"_placeholder":true,"num":0}]', CLOSES),
    "another namespace": ("42/admin,1[]", CLOSES),
    "an event of another namespace": ('42/admin,1["watch"]', CLOSES),
    "sitting down in another namespace": ('40/admin,{"surface":"console"}', CLOSES),
    "a refusal": ('44{"message":"gone"}', CLOSES),
    "a number for the acknowledgement that is too long": ("42" + "9" * 200 + '["watch"]', CLOSES),
    "a number beyond every number": ("42" + "9" * 9000 + '["watch"]', CLOSES),
    "half an emoji as an event": ('421["\\ud83d"]', INVALID),
    "a NUL in an event": ('421["watch\\u0000"]', INVALID),
    "ten thousand deep": ('421["respond",' + "[" * 7000 + "]" * 7000 + "]", CLOSES),
    "numbers that are none": ('421["respond",NaN]', INVALID),
    "bytes that are no UTF-8": (None, CLOSES),
}


@pytest.mark.parametrize(("packet", "outcome"), PACKETS.values(), ids=PACKETS.keys())
def test_a_packet_that_cannot_be_read_is_called_invalid_or_closes_and_disturbs_nobody(
    room: Room, packet: Any, outcome: str
) -> None:
    ben, cari = room.ben.socket(), room.cari.socket()
    ben.watch(), cari.watch()
    if packet is None:
        ben.wire.frame(0x81, b'421["respond",\xff]')
    else:
        ben.wire.send(packet)
    if outcome == CLOSES:
        assert ben.closes()
    else:
        heard = ben.ack(1)
        assert (heard["ok"], heard["status"]) == (False, INVALID)
        assert ben.ask("watch")["ok"] is True
    assert cari.respond(EXERCISE, 1, placed(c1="paid"))["status"] == "received"
    again = room.ben.socket()
    assert again.respond(EXERCISE, 1, placed(c1="none"), cari.revision)["status"] == "received"
    for one in (ben, cari, again):
        one.close()


IGNORED = {
    "an acknowledgement of nothing": "43999[]",
    "an acknowledgement with the longest number": "43" + "9" * 100 + "[]",
    "sitting down twice": "40{auth}",
}


@pytest.mark.parametrize("packet", IGNORED.values(), ids=IGNORED.keys())
def test_what_means_nothing_here_changes_nothing(room: Room, packet: str) -> None:
    ben = room.ben.socket()
    ben.watch()
    ben.wire.send(packet.replace("{auth}", json.dumps(room.ben.auth)))
    assert ben.respond(EXERCISE, 1, placed(c1="paid"))["status"] == "received"
    top = room.ada.get(f"/c/{room.code}/now").json["fragments"]["top"]
    assert "<b>1</b> connected" in top
    ben.close()
    assert eventually(lambda: "<b>0</b> connected" in room.ada.get(f"/c/{room.code}/now").json["fragments"]["top"])


def test_the_largest_number_of_an_acknowledgement_comes_back_as_it_went(room: Room) -> None:
    ben = room.ben.socket()
    number = "9" * 100
    ben.wire.send(f'42{number}["watch"]')
    assert ben.until(lambda: any(line.startswith(f"43{number}[") for line in ben.heard))
    ben.close()


def test_who_stands_up_and_stays_is_a_stranger(room: Room) -> None:
    ben = room.ben.socket()
    ben.watch()
    ben.wire.send("41")
    assert eventually(lambda: "<b>0</b> connected" in room.ada.get(f"/c/{room.code}/now").json["fragments"]["top"])
    ben.wire.send('421["watch"]')
    assert ben.closes(GREETING_SECONDS + PATIENCE)


def test_a_note_is_cleaned_or_called_invalid_whichever_way_it_comes(room: Room) -> None:
    room.ada.go(room.code, "ideas", "open")
    rev = room.ada.revision(room.code)
    for number, way in enumerate(WAYS):
        who = phone(room.server, room.code)
        note = {"id": f"aaaaaaa{number}", "prompt": "keep", "lang": "cy", "text": "Dŵr\0 a\u202e bŷs", "quotable": True}
        line = way(who)
        half = line.ask("respond", message(1, {"notes": [{**note, "text": "half an emoji \ud83d"}]}, rev, "ideas"))
        assert (half["ok"], half["status"]) == (False, INVALID)
        heard = line.ask("respond", message(1, {"notes": [note]}, rev, "ideas"))
        assert heard == {"ok": True, "status": "received", "n": 1}
        assert mine(who)["ideas"]["value"]["notes"] == [{**note, "text": "Dŵr a bŷs"}]


BODIES = {
    "nothing": (b"", 422),
    "bad JSON": (b"{", 422),
    "nested too deeply": (DEEP.encode(), 422),
    "bytes that are no UTF-8": (b'{"v": "\xff"}', 422),
    "too large": (b"[" + b"1," * 9000 + b"1]", 413),
    "much too large": (b" " * 200_000, 413),
}


@pytest.mark.parametrize(("body", "status"), BODIES.values(), ids=BODIES.keys())
@pytest.mark.parametrize("kind", ["application/json", "text/plain"])
def test_a_body_that_cannot_be_read_is_refused_at_the_put_door(room: Room, body: bytes, status: int, kind: str) -> None:
    got = room.ben.ask("PUT", f"/s/{room.code}/{EXERCISE}", body=body, headers={"Content-Type": kind})
    assert got.status == status
    assert mine(room.ben) == {}


@pytest.mark.parametrize(
    "body", [b"4", b"hello", b"42[", b"\xff", b"\x1e".join([b"3"] * 40), b"bAAAA", b"d=3"], ids=repr
)
def test_a_polled_packet_that_cannot_be_read_disturbs_nobody(room: Room, body: bytes) -> None:
    opened = room.ben.get("/socket.io/?EIO=4&transport=polling")
    sid = json.loads(opened.text[1:])["sid"]
    path = f"/socket.io/?EIO=4&transport=polling&sid={sid}"
    assert room.ben.ask("POST", path, body=b"40" + json.dumps(room.ben.auth).encode()).status == 200
    assert room.ben.ask("POST", path, body=body).status < 500
    assert by_polling(room.cari).ask("watch")["ok"] is True


FORMS = [
    ("/j/{code}/cy", {"table": "1", "size": "9" * 500}),
    ("/j/{code}/cy", {"table": "1", "size": "²"}),
    ("/j/{code}/cy", {"perspective": "\0"}),
    ("/s/{code}/me", {"table": "1", "size": "9" * 500}),
    ("/s/{code}/me", {"perspective": "nobody"}),
    ("/j/{code}/cy/place", {"place": "\0" * 50}),
]


@pytest.mark.parametrize(("path", "form"), FORMS, ids=str)
def test_a_form_that_makes_no_sense_is_invalid(room: Room, path: str, form: dict[str, str]) -> None:
    who = room.ben.copy()
    if path.startswith("/j/"):
        who.cookies.clear()  # who has a seat already is led to it
    assert who.post(path.format(code=room.code), form).status == 422


@pytest.mark.parametrize(
    ("verb", "form", "status"),
    [
        ("nosuch", {}, 404),
        ("open", {"at": "x"}, 422),
        ("open", {"at": "9" * 5000}, 422),
        ("open", {"exercise": "nowhere"}, 409),
        ("go_to", {"exercise": "nowhere"}, 404),
        ("go_to", {"exercise": "\0"}, 404),
        ("view", {"exercise": EXERCISE, "view": "-9"}, 200),
        ("view", {"exercise": EXERCISE, "view": "9" * 30}, 200),
        ("view", {"exercise": EXERCISE, "view": "one"}, 422),
        ("hide", {"note": "nosuch"}, 404),
        ("release", {"exercise": "nowhere"}, 409),
    ],
)
def test_a_verb_that_makes_no_sense_is_refused(room: Room, verb: str, form: dict[str, str], status: int) -> None:
    assert room.ada.do(room.code, verb, **form).status == status


def test_the_key_box_takes_nothing_but_a_key(room: Room) -> None:
    for raw in (None, [], {"key": 7}, {"key": None}, {"code": room.code}):
        assert Browser(room.server).post("/enter", data=raw).status == 422
    for raw in ({"key": ""}, {"key": "ŵ\ud83d"}, {"key": "x", "code": "\0"}, {"key": "x", "code": ["a"]}):
        assert Browser(room.server).post("/enter", data=raw).status == 404
    nested = Browser(room.server).ask(
        "POST", "/enter", body=DEEP.encode(), headers={"Content-Type": "application/json"}
    )
    assert nested.status == 422
    assert ada(room.server).get("/workshops").status == 200


def test_nothing_that_was_sent_made_the_server_stumble(house: Room) -> None:
    """Last in this file: the log of everything above."""
    room = gather(house.server, "demo")
    with pytest.raises(Closed):
        Socket(room.dot, {**room.dot.auth, "code": room.code})
    said = [line for line in house.server.log.splitlines() if " ERROR in " in line or "handler error" in line]
    assert said == []
    assert "Traceback" not in house.server.log
