"""Who may do what: every route and every socket event against everyone, as security.ACCESS and EVENTS say."""

import re
import socket
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image

from tests.cast import (
    Browser,
    Closed,
    Facilitator,
    Phone,
    Polling,
    Room,
    Socket,
    Wire,
    ada,
    gather,
    hang_up,
    phone,
    projector,
    running,
)
from tests.written import multipart
from workshop.pages.console import VERBS
from workshop.pages.report import VERBS as WRITE_UP_VERBS
from workshop.rehearsal.server import OwnServer
from workshop.security import ACCESS, CSP, EVENTS, Keys, Misses, Who


@pytest.fixture(autouse=True)
def _hang_up() -> Iterator[None]:
    yield
    hang_up()


@dataclass(frozen=True)
class House(Room):
    """Beside the room a write-up that is public, and one that was brought in for the facilitator alone."""

    over: str  # the code of a session that has ended, of which the write-up is published
    key: str
    private: str
    photo: str


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with running(tmp_path_factory.mktemp("security")) as server:
        yield furnish(gather(server, "demo"))


def furnish(room: Room) -> House:
    facilitator, over = room.ada, room.ada.start("demo")
    out = BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "PNG")
    form = {"en": "A wall", "cy": "Wal", "agreed": "1"}
    for code in (room.code, over):
        assert facilitator.post(f"/c/{code}/write-up/photo", **multipart(form, file=out.getvalue())).status == 200
    photo = re.findall(r"/photos/([0-9a-f]{16})", facilitator.get(f"/r/{room.code}/en").text)[0]
    assert facilitator.do(over, "end").status == 200
    facilitator.post(f"/c/{over}/write-up/publish", {"seen": facilitator.revision(over), "en": "No translator"})
    key = re.findall(r"/w/(\w{10})", facilitator.get(f"/c/{over}/write-up").text)[0]
    held = facilitator.get(f"/w/{key}/record.json").body
    brought = facilitator.post("/records", **multipart({}, file=held)).header("Location") or ""
    return House(**vars(room), over=over, key=key, private=brought.split("/")[2], photo=photo)


def places(room: House) -> dict[str, str]:
    return {"code": room.code, "key": room.key, "photo": room.photo}


# Every route


@dataclass(frozen=True)
class Call:
    """A request that is in order, and how it is answered to whom the door is open."""

    path: str
    status: int
    form: Any = None
    data: Any = None


CALLS: dict[tuple[str, str], Call] = {
    ("static", "GET"): Call("/static/css/base.css", 200),
    ("home.index", "GET"): Call("/", 200),
    ("home.find", "POST"): Call("/", 303, form={"code": "{code}"}),
    ("home.enter", "POST"): Call("/enter", 404, data={"key": "wrong"}),
    ("home.healthz", "GET"): Call("/healthz", 200),
    ("home.help", "GET"): Call("/help/notes", 200),
    ("home.workshops", "GET"): Call("/workshops", 200),
    ("home.workshop", "GET"): Call("/workshops/demo", 200),
    ("home.start", "POST"): Call("/workshops/demo", 303, form={"runner": "Ada", "contact": "x"}),
    ("home.new_link", "POST"): Call("/new-link", 200, form={}),
    ("home.revoke", "POST"): Call("/revoke", 303, form={"id": "nobody"}),
    ("phone.language", "GET"): Call("/j/{code}", 200),
    ("phone.join", "GET"): Call("/j/{code}/cy", 200),
    ("phone.joined", "POST"): Call("/j/{code}/cy", 303, form={}),
    ("phone.rejoin", "POST"): Call("/j/{code}/cy/place", 422, form={"place": "ZZZZZZ"}),
    ("phone.show", "GET"): Call("/s/{code}/cy", 200),
    ("phone.resume", "GET"): Call("/s/{code}", 303),
    ("phone.now", "GET"): Call("/s/{code}/cy/now", 200),
    ("phone.see", "GET"): Call("/s/{code}/cy/see", 200),
    ("phone.respond", "PUT"): Call("/s/{code}/jobs", 422, data={"exercise": "jobs"}),
    ("phone.change", "POST"): Call("/s/{code}/me", 303, form={"lang": "cy"}),
    ("phone.hand_on", "POST"): Call("/s/{code}/hand-on", 303, form={}),
    ("screen.show", "GET"): Call("/screen/{code}", 200),
    ("screen.now", "GET"): Call("/screen/{code}/now", 200),
    ("console.show", "GET"): Call("/c/{code}", 200),
    ("console.now", "GET"): Call("/c/{code}/now", 200),
    ("console.themes", "GET"): Call("/c/{code}/themes/ideas", 200),
    ("console.themes_now", "GET"): Call("/c/{code}/themes/ideas/now", 200),
    ("console.do", "POST"): Call("/c/{code}/do/blank", 200, form={"blank": "0"}),
    ("console.deletion", "GET"): Call("/c/{code}/delete", 200),
    ("console.deletion", "POST"): Call("/c/{code}/delete", 422, form={"code": "not this"}),
    ("sheets.show", "GET"): Call("/c/{code}/sheets/en", 200),
    ("sheets.page", "GET"): Call("/c/{code}/sheets/en/poster", 200),
    ("sheets.pdf", "GET"): Call("/c/{code}/sheets/en/poster.pdf", 200),
    ("report.show", "GET"): Call("/r/{code}/cy", 200),
    ("report.made", "GET"): Call("/r/{code}/cy.md", 200),
    ("report.everything", "GET"): Call("/r/{code}/record.json", 200),
    ("report.photo", "GET"): Call("/r/{code}/photos/{photo}", 200),
    ("report.working", "GET"): Call("/r/{code}/working", 200),
    ("report.edit", "GET"): Call("/c/{code}/write-up", 200),
    ("report.change", "POST"): Call("/c/{code}/write-up/move", 200, form={"chapter": "annex", "by": "0"}),
    ("report.add_picture", "POST"): Call("/c/{code}/write-up/photo", 422, form={}),
    ("report.publish", "POST"): Call("/c/{code}/write-up/publish", 409, form={}),
    ("report.withdraw", "POST"): Call("/c/{code}/write-up/withdraw", 200, form={}),
    ("record.read", "GET"): Call("/w/{key}", 303),
    ("record.show", "GET"): Call("/w/{key}/cy", 200),
    ("record.made", "GET"): Call("/w/{key}/cy.md", 200),
    ("record.everything", "GET"): Call("/w/{key}/record.json", 200),
    ("record.photo", "GET"): Call("/w/{key}/photos/{photo}", 404),  # of another session
    ("record.after", "GET"): Call("/w/{key}/after", 200),
    ("record.add_deed", "POST"): Call("/w/{key}/deeds", 422, form={}),
    ("record.remove_deed", "POST"): Call("/w/{key}/deeds/99/remove", 404, form={}),
    ("record.make_public", "POST"): Call("/w/{key}/public", 303, form={}),
    ("record.withdraw", "POST"): Call("/w/ZZZZZZZZZZ/withdraw", 404, form={}),
    ("record.bring_in", "POST"): Call("/records", 422, form={}),
}
SLOW = {("sheets.pdf", "GET")}

PEOPLE = ("nobody", "participant", "participant of another session", "screen", "facilitator")


def person(room: Room, name: str) -> Browser:
    return {
        "nobody": lambda: Browser(room.server),
        "participant": room.ben.copy,
        "participant of another session": room.dot.copy,
        "screen": lambda: projector(room.ada, room.code),
        "facilitator": room.ada.copy,
    }[name]()


def opens_to(who: Who, name: str) -> bool:
    """The table in words: whom a door opens to."""
    return {
        Who.ANYONE: True,
        Who.PARTICIPANT: name == "participant",
        Who.SCREEN: name in ("screen", "facilitator"),
        Who.READER: True,  # of one that is public
        Who.FACILITATOR: name == "facilitator",
    }[who]


TO_THE_DOOR = "sent to where one joins"


def expected(endpoint: str, method: str, name: str) -> int | str:
    who = ACCESS[endpoint]
    if not opens_to(who, name):
        if endpoint in ("phone.show", "phone.resume"):
            return TO_THE_DOOR
        return 401 if who in (Who.SCREEN, Who.FACILITATOR) and method == "GET" else 404
    if endpoint in ("phone.language", "phone.join") and name == "participant":
        return 303  # is in already
    return CALLS[endpoint, method].status


def ask(room: House, name: str, endpoint: str, method: str) -> int | str:
    call = CALLS[endpoint, method]
    form = {k: v.format(code=room.code) for k, v in call.form.items()} if call.form is not None else None
    answer = person(room, name).ask(method, call.path.format(**places(room)), form=form, data=call.data)
    if endpoint in ("phone.show", "phone.resume") and answer.header("Location") == f"/j/{room.code}":
        return TO_THE_DOOR
    return answer.status


def test_every_route_has_a_row_in_the_table_and_a_call_in_this_test(app: Flask) -> None:
    routes = {(rule.endpoint, method) for rule in app.url_map.iter_rules() for method in rule.methods or ()}
    routes = {(endpoint, method) for endpoint, method in routes if method not in ("HEAD", "OPTIONS")}
    assert routes == set(CALLS)
    assert {endpoint for endpoint, _ in routes} == set(ACCESS)


def test_the_table_opens_each_part_of_the_house_to_whom_it_is_for() -> None:
    parts = {
        "/c/": Who.FACILITATOR,
        "/workshops": Who.FACILITATOR,
        "/new-link": Who.FACILITATOR,
        "/revoke": Who.FACILITATOR,
        "/s/": Who.PARTICIPANT,
        "/screen/": Who.SCREEN,
        "/r/": Who.FACILITATOR,
        "/w/": Who.READER,
        "/records": Who.FACILITATOR,
    }
    afterwards = {"record.after", "record.add_deed", "record.remove_deed", "record.make_public", "record.withdraw"}
    for (endpoint, _), call in CALLS.items():
        meant = next((who for start, who in parts.items() if call.path.startswith(start)), Who.ANYONE)
        meant = Who.FACILITATOR if endpoint in afterwards else meant
        assert (endpoint, ACCESS[endpoint]) == (endpoint, meant)


@pytest.mark.parametrize("name", PEOPLE)
@pytest.mark.parametrize(("endpoint", "method"), sorted(CALLS.keys() - SLOW))
def test_a_route_opens_to_whom_the_table_says(room: House, endpoint: str, method: str, name: str) -> None:
    assert ask(room, name, endpoint, method) == expected(endpoint, method, name)


OTHERS = [name for name in PEOPLE if name != "facilitator"]
DRAFT = [
    "/r/{code}/cy", "/r/{code}/en", "/r/{code}/cy.pdf", "/r/{code}/en.docx", "/r/{code}/record.json",
    "/r/{code}/record.zip", "/r/{code}/photos/{photo}", "/r/{code}/working", "/c/{code}/write-up",
]  # fmt: skip


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("path", DRAFT)
def test_nobody_but_the_facilitator_sees_a_draft_its_files_its_photos_or_its_editor(
    room: House, path: str, name: str
) -> None:
    assert person(room, name).get(path.format(**places(room))).status == 401


def test_also_those_who_were_there_do_not_see_the_draft_once_the_session_is_over(room: House) -> None:
    code = room.ada.start("demo")
    ben = phone(room.server, code)
    assert room.ada.do(code, "end").status == 200
    assert [ben.get(f"/r/{code}/cy{end}").status for end in ("", ".pdf", ".md")] == [401] * 3
    assert [ben.get(f"/r/{code}/record.{end}").status for end in ("json", "zip")] == [401] * 2


RECORD = ["", "/cy", "/en", "/en.md", "/cy.pdf", "/record.json", "/record.zip", "/photos/0000000000000000"]


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("end", RECORD)
def test_a_record_that_is_not_public_is_not_there_for_anybody_else(room: House, end: str, name: str) -> None:
    assert person(room, name).get(f"/w/{room.private}{end}").status == 404


def test_a_record_that_is_not_public_opens_to_the_facilitator(room: House) -> None:
    found = [room.ada.copy().get(f"/w/{room.private}{end}").status for end in ("", "/cy", "/en.md", "/record.json")]
    assert found == [303, 200, 200, 200]


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("which", ["key", "private"])
def test_nobody_but_the_facilitator_changes_a_record(room: House, which: str, name: str) -> None:
    key = getattr(room, which)
    before = room.ada.get(f"/w/{key}/record.json").body
    deed = {"asked_en": "A bus", "did_en": "No"}
    asked = [(f"/w/{key}/{end}", form) for end, form in (("deeds", deed), ("public", {}), ("withdraw", {}))]
    tried = [person(room, name).post(path, form).status for path, form in asked]
    tried.append(person(room, name).post(f"/w/{key}/deeds/0/remove", {}).status)
    tried.append(person(room, name).post("/records", **multipart({}, file=before)).status)
    assert tried == [404] * 5
    assert room.ada.get(f"/w/{key}/record.json").body == before


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("verb", [*sorted(WRITE_UP_VERBS), "photo", "logo", "publish", "withdraw"])
def test_a_verb_of_the_write_up_is_there_for_the_facilitator_alone(room: House, verb: str, name: str) -> None:
    for code in (room.code, room.over):
        before = room.ada.revision(code)
        assert person(room, name).post(f"/c/{code}/write-up/{verb}", {"seen": str(before)}).status == 404
        assert room.ada.revision(code) == before


@pytest.mark.parametrize("verb", sorted(WRITE_UP_VERBS.keys() - {"date", "near_election", "remove_logo"}))
def test_a_verb_of_the_write_up_without_its_arguments_changes_nothing(room: House, verb: str) -> None:
    before = room.ada.revision(room.code)
    assert room.ada.post(f"/c/{room.code}/write-up/{verb}", {}).status in (404, 422)
    assert room.ada.revision(room.code) == before


def test_one_sessions_photo_is_not_had_by_way_of_another(room: House) -> None:
    assert room.ada.get(f"/r/{room.code}/photos/{room.photo}").status == 200
    for path in (f"/r/{room.other}/photos/{room.photo}", f"/w/{room.key}/photos/{room.photo}"):
        assert room.ada.get(path).status == 404
    assert room.ada.post(f"/c/{room.other}/write-up/remove_photo", {"photo": room.photo}).status == 404


@pytest.mark.parametrize("code", ["ZZZZZZZ", "zzzzzzz", "%00", "x" * 200])
@pytest.mark.parametrize(
    "path",
    [
        "/c/{}",
        "/c/{}/now",
        "/c/{}/delete",
        "/c/{}/themes/ideas",
        "/c/{}/themes/ideas/now",
        "/screen/{}",
        "/screen/{}/now",
        "/r/{}/en",
        "/r/{}/en.pdf",
        "/r/{}/record.zip",
        "/r/{}/photos/0000000000000000",
        "/c/{}/write-up",
        "/w/{}/en",
        "/w/{}/after",
        "/w/{}/record.json",
    ],
)
def test_a_session_or_a_record_that_is_not_there_is_not_found(room: Room, path: str, code: str) -> None:
    assert room.ada.copy().get(path.format(code)).status == 404


@pytest.mark.parametrize("exercise", ["nowhere", "hall", "jobs", "%00", "x" * 200])
def test_a_notes_table_of_what_takes_no_themes_is_not_found(room: Room, exercise: str) -> None:
    for path in (f"/c/{room.code}/themes/{exercise}", f"/c/{room.code}/themes/{exercise}/now"):
        assert room.ada.copy().get(path).status == 404


# What each verb of the console is asked with; ids are of nothing that is there.
VERBS_ASKED: dict[str, dict[str, str]] = {
    "go_to": {"exercise": "nowhere"},
    "open": {"exercise": "nowhere"},
    "close": {"exercise": "nowhere"},
    "reveal": {"exercise": "nowhere"},
    "view": {"exercise": "nowhere", "view": "1"},
    "extend": {},
    "end": {},
    "reopen": {},
    "pause": {"pause": "1"},
    "blank": {"blank": "0"},
    "hide": {"note": "nothing", "reason": ""},
    "unhide": {"note": "nothing"},
    "star": {"note": "nothing"},
    "unstar": {"note": "nothing"},
    "accept": {"note": "nothing"},
    "resize": {"participant": "nobody", "size": "3"},
    "release": {"exercise": "nowhere"},
    "add_theme": {"exercise": "nowhere", "cy": "Bysiau", "en": "Buses", "notes": ""},
    "rename_theme": {"exercise": "ideas", "theme": "nothing", "cy": "Bysiau", "en": "Buses"},
    "remove_theme": {"exercise": "ideas", "theme": "nothing"},
    "move": {"exercise": "ideas", "notes": "nothing", "theme": ""},
    "copy": {"exercise": "ideas", "notes": "nothing", "theme": "nothing"},
    "merge": {"exercise": "ideas", "notes": "nothing", "into": ""},
    "split": {"exercise": "nowhere", "note": "nothing"},
    "keep_apart": {"exercise": "ideas", "note": "nothing", "other": "nothing"},
    "undo": {"exercise": "nowhere"},
}


def test_every_verb_of_the_console_is_asked_below() -> None:
    assert {verb: {"at", *form} for verb, form in VERBS_ASKED.items()} == {
        verb: {"at", *fields} for verb, (_, fields) in VERBS.items()
    }


@pytest.mark.parametrize("name", [name for name in PEOPLE if name != "facilitator"])
@pytest.mark.parametrize("verb", sorted(VERBS_ASKED))
def test_a_verb_of_the_console_is_there_for_the_facilitator_alone(room: Room, verb: str, name: str) -> None:
    before = room.ada.revision(room.code)
    form = {"at": before, **VERBS_ASKED[verb]}
    assert person(room, name).post(f"/c/{room.code}/do/{verb}", form).status == 404
    assert room.ada.revision(room.code) == before


@pytest.mark.parametrize("verb", sorted(VERBS_ASKED.keys() - {"pause", "blank"}))  # where nothing said is a "no"
def test_a_verb_without_its_arguments_changes_nothing(room: Room, verb: str) -> None:
    before = room.ada.revision(room.code)
    assert room.ada.post(f"/c/{room.code}/do/{verb}", {}).status in (404, 409, 422)
    assert room.ada.revision(room.code) == before


def test_a_screen_key_opens_one_session(room: Room) -> None:
    screen = projector(room.ada, room.code)
    assert (screen.get(f"/screen/{room.code}").status, screen.get(f"/screen/{room.other}").status) == (200, 401)
    key = room.ada.screen_key(room.code)
    assert Browser(room.server).post("/enter", data={"key": key, "code": room.other}).status == 404


# Every event


def seats(room: Room) -> dict[Who, tuple[Browser, dict[str, str]]]:
    auth = {"code": room.code, "lang": "en"}
    return {
        Who.PARTICIPANT: (room.ben, {**auth, "surface": "phone"}),
        Who.SCREEN: (projector(room.ada, room.code), {**auth, "surface": "screen"}),
        Who.FACILITATOR: (room.ada, {**auth, "surface": "console"}),
    }


def test_the_facilitator_s_notes_table_watches_its_own_fragments(room: Room) -> None:
    table = Socket(room.ada, {"surface": "themes:ideas", "code": room.code, "lang": "en"})
    assert table.watch()["ok"]
    assert table.fragments == room.ada.get(f"/c/{room.code}/themes/ideas/now?lang=en").json["fragments"]
    assert table.respond("ideas", 1, {"notes": []}) == {"ok": False, "gone": True}


@pytest.mark.parametrize("who", [Who.PARTICIPANT, Who.SCREEN, Who.FACILITATOR])
@pytest.mark.parametrize("event", sorted(EVENTS))
def test_an_event_opens_to_whom_the_table_says(room: Room, event: str, who: Who) -> None:
    browser, auth = seats(room)[who]
    seated = Socket(browser, auth)
    answer = seated.ask(event, seated.message("nowhere", 1, {}, 1) if event == "respond" else None)
    seated.close()
    # "respond" to an exercise that is not there says the same as a closed door: so ask for one that is.
    if event == "respond" and who in EVENTS[event]:
        seated = Socket(browser, auth)
        answer = seated.respond("jobs", 1, {"placed": {}}, 1)
        seated.close()
        assert (answer["ok"], answer["status"]) == (False, "closed")
    elif who in EVENTS[event]:
        assert answer["ok"] is True
    else:
        assert answer == {"ok": False, "gone": True}


def test_the_events_in_the_table_are_the_events_that_the_server_hears(app: Flask) -> None:
    heard = set(app.extensions["cyd"].sockets.server.handlers["/"])
    assert heard == {*EVENTS, "connect", "disconnect", "*"}


REFUSED_SEATS = [
    ("nobody", "phone"),
    ("nobody", "screen"),
    ("nobody", "console"),
    ("participant", "screen"),
    ("participant", "console"),
    ("participant of another session", "phone"),
    ("participant of another session", "screen"),
    ("participant of another session", "console"),
    ("screen", "phone"),
    ("screen", "console"),
    ("facilitator", "phone"),
    ("facilitator", "anything"),
    ("participant", ""),
    ("nobody", "themes:ideas"),
    ("participant", "themes:ideas"),
    ("participant of another session", "themes:ideas"),
    ("screen", "themes:ideas"),
    ("facilitator", "themes"),
    ("facilitator", "themes:"),
    ("facilitator", "themes:jobs"),
    ("facilitator", "themes:nowhere"),
    ("facilitator", "themes:ideas jobs"),
    ("facilitator", "console:nowhere"),
]


@pytest.mark.parametrize(("name", "surface"), REFUSED_SEATS)
def test_nobody_sits_down_where_the_cookie_does_not_open(room: Room, name: str, surface: str) -> None:
    with pytest.raises(Closed, match="gone"):
        Socket(person(room, name), {"surface": surface, "code": room.code, "lang": "en"})


@pytest.mark.parametrize("auth", [None, [], "phone", {"surface": ["phone"], "code": {}}, {"surface": "phone"}, 7])
def test_an_introduction_that_makes_no_sense_is_refused(room: Room, auth: Any) -> None:
    with pytest.raises(Closed, match="gone"):
        Socket(room.ben, auth)


def test_a_screen_key_opens_no_other_session_s_socket(room: Room) -> None:
    with pytest.raises(Closed, match="gone"):
        Socket(projector(room.ada, room.code), {"surface": "screen", "code": room.other})


# CSRF and Origin

CHANGES = sorted((e, m) for e, m in CALLS if m != "GET" and ACCESS[e] is Who.FACILITATOR)


@pytest.mark.parametrize("token", [None, "", "wrong", "of another device"])
@pytest.mark.parametrize(("endpoint", "method"), CHANGES)
def test_a_facilitator_s_change_needs_the_token_of_that_device(
    room: House, endpoint: str, method: str, token: str | None
) -> None:
    someone = room.ada.copy()
    if token == "of another device":
        # A link that was replaced by other tests still has its devices; this one signs in with the key as it is now.
        someone.csrf = Keys(room.server.data).csrf("0" * 64)
    else:
        someone.csrf = token
    call = CALLS[endpoint, method]
    path = call.path.format(**places(room))
    assert someone.ask(method, path, form=call.form).status == 403
    assert someone.ask(method, path, **multipart(call.form, file=b"x")).status == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": None},
        {"Origin": "null"},
        {"Origin": "http://evil.example"},
        {"Origin": "http://evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http"},
        {"Origin": "http://evil.example", "Host": "evil.example"},
        {"Origin": "https://127.0.0.1:{port}"},
        {"Origin": "http://127.0.0.1"},
        {"Origin": "http://127.0.0.1:{port}.evil.example"},
    ],
    ids=str,
)
@pytest.mark.parametrize(("endpoint", "method"), sorted((e, m) for e, m in CALLS if m != "GET"))
def test_a_change_from_elsewhere_is_refused_at_every_door(
    room: House, endpoint: str, method: str, headers: dict[str, str | None]
) -> None:
    someone: Browser = room.ada if ACCESS[endpoint] is Who.FACILITATOR else room.ben
    sent = {name: value and value.format(port=room.server.port) for name, value in headers.items()}
    call = CALLS[endpoint, method]
    path = call.path.format(**places(room))
    assert someone.copy().ask(method, path, form=call.form, data=call.data, headers=sent).status == 403


@pytest.mark.parametrize("host", ["localhost", "cyd.local", "127.0.0.1", "[::1]", "192.168.1.20"])
def test_a_name_that_no_stranger_can_point_at_us_is_our_own(room: Room, host: str) -> None:
    named = {"Host": f"{host}:{room.server.port}", "Origin": f"http://{host}:{room.server.port}"}
    assert Browser(room.server).post("/", {"code": room.code}, headers=named).status == 303


@pytest.mark.parametrize(
    ("origin", "headers"),
    [
        (None, {}),
        ("null", {}),
        ("http://evil.example", {}),
        ("http://evil.example", {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http"}),
        ("http://evil.example", {"Host": "evil.example"}),
        ("https://127.0.0.1", {}),
    ],
)
def test_a_websocket_from_elsewhere_is_refused(room: Room, origin: str | None, headers: dict[str, str]) -> None:
    with pytest.raises(Closed, match="403"):
        Wire(room.server, room.ben.cookies, origin=origin, headers=headers)


def test_long_polling_needs_an_origin_for_posts_and_a_good_one_where_there_is_one(room: Room) -> None:
    path = "/socket.io/?EIO=4&transport=polling"
    ben = room.ben
    assert ben.get(path).status == 200
    assert ben.get(path, headers={"Origin": room.server.url}).status == 200
    assert ben.get(path, headers={"Origin": "http://evil.example"}).status == 403
    spoofed = {"Origin": "http://evil.example", "X-Forwarded-Host": "evil.example"}
    assert ben.get(path, headers=spoofed).status == 403
    assert ben.ask("POST", path, body=b"40", headers={"Origin": None}).status == 403


@pytest.mark.parametrize(
    "query",
    [
        "EIO=4&transport=polling&j=0",
        "j=0&EIO=4&transport=polling",
        "EIO=4&transport=polling&j=",
        "EIO=4&transport=polling&%6A=0",
    ],
)
def test_jsonp_is_refused(room: Room, query: str) -> None:
    assert room.ben.get(f"/socket.io/?{query}").status == 403


def test_no_page_of_another_origin_may_read_what_we_say(room: Room) -> None:
    for path in ("/", f"/s/{room.code}/cy/now", "/socket.io/?EIO=4&transport=polling"):
        got = room.ben.get(path, headers={"Origin": room.server.url})
        assert got.header("Access-Control-Allow-Origin") in (None, room.server.url)


# Headers and cookies

PATHS = [
    ("GET", "/", 200),
    ("GET", "/static/css/base.css", 200),
    ("GET", "/static/nothing.css", 404),
    ("GET", "/nowhere", 404),
    ("GET", "/workshops", 401),
    ("DELETE", "/", 405),
    ("POST", "/enter", 422),
    ("PUT", "/s/{code}/jobs", 422),
    ("GET", "/s/{code}", 303),
    ("GET", "/s/{code}/cy/now", 200),
    ("GET", "/socket.io/?EIO=4&transport=polling", 200),
    ("GET", "/socket.io/?EIO=4&transport=polling&j=1", 403),
    ("GET", "/socket.io/?EIO=4&transport=polling&sid=nobody", 400),
    ("GET", "/socket.io/?EIO=9&transport=polling", 400),
    ("GET", "/socket.io", 404),
]


@pytest.mark.parametrize(("method", "path", "status"), PATHS)
def test_every_answer_has_the_headers_errors_and_sockets_too(room: Room, method: str, path: str, status: int) -> None:
    got = room.ben.copy().ask(method, path.format(code=room.code))
    assert got.status == status
    assert {
        name: got.all(name) for name in ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy")
    } == {
        "Content-Security-Policy": [CSP],
        "X-Content-Type-Options": ["nosniff"],
        "Referrer-Policy": ["same-origin"],
    }
    assert got.all("Cross-Origin-Resource-Policy") == ["same-origin"]
    assert len(got.all("Permissions-Policy")) == 1
    assert got.all("Server") == []
    if not path.startswith("/static/"):
        assert got.all("Cache-Control") == ["no-store"]


def test_the_policy_lets_nothing_in_but_our_own_and_nobody_frame_us() -> None:
    policy = dict(rule.split(" ", 1) for rule in CSP.split("; "))
    assert (policy["default-src"], policy["script-src"], policy["style-src"]) == ("'none'", "'self'", "'self'")
    assert (policy["frame-ancestors"], policy["base-uri"], policy["form-action"]) == ("'none'", "'none'", "'self'")


def cookie(answer: Any) -> tuple[str, set[str]]:
    """The name of the one cookie that is set, and its flags."""
    (raw,) = answer.all("Set-Cookie")
    first, *flags = raw.split("; ")
    return first.partition("=")[0], {flag for flag in flags if not flag.startswith(("Expires", "Max-Age"))}


def test_cookies_on_plain_http_are_out_of_reach_of_scripts_and_other_sites(room: Room) -> None:
    flags = {"HttpOnly", "Path=/", "SameSite=Lax"}
    assert cookie(Phone(room.server, code=room.code).join()) == (f"cyd-{room.code}", flags)
    key = room.ada.screen_key(room.code)
    screen = Browser(room.server).post("/enter", data={"key": key, "code": room.code})
    assert cookie(screen) == (f"cyd-screen-{room.code}", flags)


# A server of one's own


def test_behind_https_cookies_are_host_only_and_secure_and_only_that_origin_is_good(tmp_path: Path) -> None:
    with running(tmp_path, PUBLIC_URL="https://cyd.example.org") as server:
        facilitator = Facilitator(server, origin="https://cyd.example.org")
        key = Keys(server.data).facilitator(1)
        flags = {"HttpOnly", "Path=/", "SameSite=Lax", "Secure"}
        entered = facilitator.enter(key)
        assert cookie(entered) == ("__Host-cyd-facilitator", flags)
        code = facilitator.start("demo")
        ben = Phone(server, origin="https://cyd.example.org", code=code)
        joined = ben.join()
        assert cookie(joined) == (f"__Host-cyd-{code}", flags)
        assert ben.get(f"/s/{code}/cy").status == 200
        for answer in (entered, joined, ben.get("/nowhere")):
            assert answer.all("Strict-Transport-Security") == ["max-age=31536000"]
            assert answer.all("Cross-Origin-Opener-Policy") == ["same-origin"]
        assert ben.post(f"/s/{code}/me", {}, headers={"Origin": server.url}).status == 403
        assert f"https://cyd.example.org/screen/{code}#" in facilitator.get(f"/c/{code}").text
        with pytest.raises(Closed, match="403"):
            Wire(server, ben.cookies, origin=server.url)
        Wire(server, ben.cookies, origin="https://cyd.example.org").close()


def test_the_link_is_the_same_at_every_start_until_a_new_one_puts_the_old_and_all_its_devices_out(
    tmp_path: Path,
) -> None:
    server = OwnServer(tmp_path / "data").start()
    try:
        assert stat.S_IMODE((server.data / "secret").stat().st_mode) == 0o600
        first = server.link
        here, there = ada(server), ada(server)
        code = here.start("demo")
        elsewhere = there.console(code)
        assert elsewhere.watch()["ok"]

        server.stop()
        server.start()
        assert server.link == first
        assert [device.get("/workshops").status for device in (here, there)] == [200, 200]

        watching = there.console(code)
        assert watching.watch()["ok"]
        page = here.post("/new-link", {})
        assert page.status == 200
        assert server.key not in page.text
        assert [device.get("/workshops").status for device in (here, there)] == [200, 401]
        assert watching.closes()
        assert Browser(server).post("/enter", data={"key": server.key}).status == 404

        new = page.text.partition("/workshops#")[2].partition("<")[0]
        assert ada(server, new).get("/workshops").status == 200
        server.stop()
        server.start()
        assert (server.key, server.link == first) == (new, False)
        for socket in (elsewhere, watching):
            socket.close()
    finally:
        server.stop()


def test_no_key_or_token_stands_in_the_database_as_it_is(room: Room) -> None:
    files = b"".join(file.read_bytes() for file in room.server.data.iterdir() if file.name != "secret")
    cookies = [*room.ada.cookies.items(), *room.ben.cookies.items()]
    tokens = [value for name, value in cookies if name != "cyd-lang"]
    tokens += [room.server.key, room.ada.screen_key(room.code)]
    assert [token for token in tokens if token.encode() in files] == []


def test_wrong_codes_are_limited_in_all_and_whoever_has_a_seat_is_not_held_up(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        facilitator = ada(server)
        code = facilitator.start("demo")
        ben = phone(server, code)
        guesser = Browser(server)
        tried = [guesser.post("/", {"code": f"ZZZZ{n:03}"}).status for n in range(Misses.MOST)]
        assert tried == [404] * Misses.MOST
        assert guesser.post("/", {"code": "ZZZZZZZ"}).status == 429
        assert guesser.post("/", {"code": code}).status == 429  # a hit looks no different from a miss
        assert Browser(server).get("/j/ZZZZZZZ/cy").status == 429
        assert [ben.get(f"/s/{code}/cy{end}").status for end in ("", "/now")] == [200, 200]
        assert facilitator.get(f"/c/{code}").status == 200
        ben.socket().close()


def test_wrong_codes_are_forgotten_after_a_minute() -> None:
    now = [100.0]
    misses = Misses(lambda: now[0])
    for _ in range(Misses.MOST - 1):
        misses.add()
    assert misses.full() is False
    misses.add()
    assert misses.full() is True
    now[0] += 60
    assert misses.full() is True
    now[0] += 0.1
    assert misses.full() is False


def test_three_hundred_phones_join_from_one_address_in_one_go(room: Room) -> None:
    code = room.ada.start("demo")
    joined = [Phone(room.server, code=code).join().status for _ in range(300)]
    assert joined == [303] * 300


def test_no_address_and_nothing_that_was_said_stands_in_the_log(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        room = gather(server, "demo")
        room.ada.go(room.code, "ideas", "open")
        ben = room.ben.socket()
        ben.watch()
        said = {"notes": [{"id": "aaaaaaaa", "prompt": "keep", "lang": "cy", "text": "canarybird"}]}
        assert ben.respond("ideas", 1, said)["status"] == "received"
        garbage = Wire(server, room.ben.cookies)
        garbage.send("canarybird")
        with pytest.raises(Closed):
            while True:
                assert garbage.receive() is not None
        garbage.close()
        room.ben.ask("PUT", f"/s/{room.code}/ideas", body=b"{canarybird", headers={"Content-Type": "application/json"})
        for line in (b"canarybird\r\n\r\n", b"GET / HTTP/1.1\r\nContent-Length: canarybird\r\n\r\n"):
            _say(server, line)
        Polling(room.cari, room.cari.auth).ask("respond", {"v": 1, "canarybird": 1})
        ben.close()
    assert [
        word for word in ("127.0.0.1", "canarybird", room.code, *room.ben.cookies.values()) if word in server.log
    ] == []


def _say(server: OwnServer, raw: bytes) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as line:
        line.sendall(raw)
        while line.recv(4096):
            pass
