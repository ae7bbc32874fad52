"""The write-up through a real server: editing, publishing, its files, what phones and screen say, what comes in."""

import json
import re
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

import html5lib
import pytest
from PIL import Image

from tests.cast import Answer, Browser, Facilitator, Room, Socket, ada, gather, hang_up, phone, projector, running
from tests.test_pictures import TELLING
from tests.written import multipart
from workshop import kinds, packs, record
from workshop.config import ROOT
from workshop.exports import FORMATS
from workshop.gathered import Person
from workshop.model import asks
from workshop.record import LARGEST
from workshop.text import LANGUAGES

DEMO = packs.load(ROOT / "exercises/demo/workshop.toml")


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    with running(tmp_path_factory.mktemp("write-up")) as server:
        yield gather(server, "demo")


@pytest.fixture(autouse=True)
def _hang_up() -> Iterator[None]:
    yield
    hang_up()


def png(size: tuple[int, int] = (30, 20), colour: str = "red", **more: Any) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, colour).save(out, "PNG", **more)
    return out.getvalue()


@dataclass
class Desk:
    """Ada at a session of her own in which two phones have answered everything."""

    room: Room
    code: str
    key: str = ""

    @property
    def ada(self) -> Facilitator:
        return self.room.ada

    def do(self, verb: str, **form: str) -> Answer:
        return self.ada.post(f"/c/{self.code}/write-up/{verb}", form)

    def photo(self, raw: bytes | None = None, what: str = "photo", **form: str) -> Answer:
        given = {"en": "A wall", "cy": "Wal", "agreed": "1"} | form
        return self.ada.post(f"/c/{self.code}/write-up/{what}", **multipart(given, file=png() if raw is None else raw))

    def publish(self, **form: str) -> Answer:
        given = {"seen": str(self.ada.revision(self.code)), "en": "No translator yet", "cy": "Dim cyfieithydd"} | form
        answer = self.do("publish", **given)
        found = re.findall(r"/w/(\w{10})", self.ada.get(f"/c/{self.code}/write-up").text)
        self.key = found[0] if found else ""
        return answer

    def photos(self) -> list[str]:
        return re.findall(r"/photos/([0-9a-f]{16})", self.ada.get(f"/r/{self.code}/en").text)


@pytest.fixture
def desk(room: Room) -> Desk:
    """A session that has just ended, with nothing in it."""
    code = room.ada.start("demo")
    assert room.ada.do(code, "end").status == 200
    return Desk(room, code)


@pytest.fixture(scope="module")
def answered(room: Room) -> Desk:
    """A session in which everything was answered and shown, published with a photo and a logo."""
    facilitator, code = room.ada, room.ada.start("demo")
    phones = [phone(room.server, code, lang) for lang in ("cy", "en", "en")]
    for asked in DEMO.agenda:
        facilitator.go(code, asked.id, *(["open"] if asks(asked) else []))
        for number, one in enumerate(phones if asks(asked) and asked.kind != "points" else []):
            person = Person(one.lang, None, number == 0)
            value = kinds.imagine(asked.kind, asked.content, Random(number), person, {})
            assert one.put_answer(asked.id, 1, value, facilitator.revision(code)).status == 200
        if asks(asked):
            facilitator.go(code, asked.id, "reveal")
    assert facilitator.do(code, "end").status == 200
    desk = Desk(room, code)
    assert (desk.photo().status, desk.photo(what="logo").status) == (200, 200)
    assert desk.publish().status == 200
    return desk


def why(answer: Answer) -> str:
    return str(answer.json["why"])


# Editing


def test_an_edit_says_so_and_stands_in_the_draft(desk: Desk) -> None:
    got = desk.do("write", field="title", lang="en", words="Our <b>day</b>", was="")
    assert (got.status, got.json) == (200, {"ok": True, "revision": desk.ada.revision(desk.code)})
    page = desk.ada.get(f"/r/{desk.code}/en").text
    assert ("<h1>Our &lt;b&gt;day&lt;/b&gt;</h1>" in page, "<b>day" in page) == (True, False)


def test_an_edit_over_words_unseen_is_a_conflict_with_words_for_it(desk: Desk) -> None:
    desk.do("write", field="title", lang="en", words="Ada's", was="")
    got = desk.do("write", field="title", lang="en", words="Bob's", was="")
    assert (got.status, got.json["ok"]) == (409, False)
    assert "Someone else" in why(got)


@pytest.mark.parametrize(
    ("verb", "form", "status"),
    [
        ("write", {"field": "nothing", "lang": "en", "words": "x", "was": ""}, 404),
        ("write", {"field": "title", "lang": "fr", "words": "x", "was": ""}, 404),
        ("write", {"field": "title", "lang": "en", "words": "x" * 121, "was": ""}, 422),
        ("write", {"field": "comment-nowhere", "lang": "en", "words": "x", "was": ""}, 404),
        ("date", {"day": "2027-02-30"}, 422),
        ("show", {"place": "nowhere", "shown": "0"}, 404),
        ("show", {"place": "reading", "shown": "0"}, 409),
        ("move", {"chapter": "nowhere", "by": "1"}, 404),
        ("move", {"chapter": "annex", "by": "far"}, 422),
        ("move", {"chapter": "annex", "by": "9" * 5000}, 422),
        ("quote", {"exercise": "nowhere", "notes": ""}, 404),
        ("quote", {"exercise": "ideas", "notes": " ".join(map(str, range(13)))}, 422),
        ("describe_photo", {"photo": "nothing", "cy": "", "en": "x", "chapter": "did"}, 404),
        ("remove_photo", {"photo": "nothing"}, 404),
        ("delete", {}, 404),
        ("write", {"field": "next", "lang": "en", "words": "x" * 300_000, "was": ""}, 413),
    ],
)  # fmt: skip
def test_what_cannot_be_edited_so_is_said_and_changes_nothing(
    desk: Desk, verb: str, form: dict[str, str], status: int
) -> None:
    before = desk.ada.revision(desk.code)
    assert desk.do(verb, **form).status == status
    assert desk.ada.revision(desk.code) == before


def test_a_browser_without_scripts_gets_the_editor_back(desk: Desk) -> None:
    plain = desk.ada.copy()
    plain.csrf = None
    csrf = {"csrf": desk.ada.csrf or ""}
    path = f"/c/{desk.code}/write-up"
    assert plain.post(f"{path}/date", {"day": "2027-03-01", **csrf}).header("Location") == path
    wrong = plain.post(f"{path}/date", {"day": "yesterday", **csrf})
    assert (wrong.status, "This is not a date." in wrong.text) == (422, True)
    kept = plain.post(f"{path}/photo", **multipart({"en": "x", "agreed": "1", **csrf}, file=png()))
    assert (kept.status, kept.header("Location")) == (303, path)
    assert plain.post(f"{path}/photo", **multipart({"en": "x", "agreed": "1"}, file=png())).status == 403


# Photos


@pytest.mark.parametrize("raw", TELLING.values(), ids=TELLING.keys())
def test_a_photo_is_served_as_bare_pixels(room: Room, raw: bytes) -> None:
    desk = Desk(room, room.code)
    assert desk.photo(raw).status == 200
    photo = desk.photos()[-1]
    got = desk.ada.get(f"/r/{desk.code}/photos/{photo}")
    assert (got.status, got.header("Content-Type"), got.header("X-Content-Type-Options")) == (
        200, "image/jpeg", "nosniff",
    )  # fmt: skip
    assert (b"Canarybird" in got.body, b"Exif" in got.body) == (False, False)
    assert desk.do("remove_photo", photo=photo).status == 200
    assert desk.ada.get(f"/r/{desk.code}/photos/{photo}").status == 404


def bomb(width: int, height: int) -> bytes:
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n\0\0\0\r" + header + b"\0\0\0\0" + b"\0\0\0\0IEND\xaeB`\x82"


@pytest.mark.parametrize(
    ("raw", "form", "status"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", {}, 422),
        (b"GIF89a<script>", {}, 422),
        (bomb(60_000, 60_000), {}, 422),
        (bomb(10_000, 10_000), {}, 422),
        (png()[:60], {}, 422),
        (b"", {}, 422),
        (None, {"agreed": ""}, 422),
        (None, {"en": "", "cy": ""}, 422),
        (None, {"chapter": "nowhere"}, 404),
    ],
)
def test_what_is_no_photo_or_has_no_consent_is_said(
    desk: Desk, raw: bytes | None, form: dict[str, str], status: int
) -> None:
    got = desk.photo(raw, **form)
    assert (got.status, bool(why(got)), desk.photos()) == (status, True, [])


def test_a_picture_of_twelve_megabytes_comes_in_and_a_larger_one_is_told_so_in_words(desk: Desk) -> None:
    noise = Image.frombytes("RGB", (1000, 1000), Random(1).randbytes(3_000_000))
    out = BytesIO()
    noise.save(out, "PNG")
    padding = 12 * 1024 * 1024 - len(out.getvalue())
    assert desk.photo(out.getvalue() + bytes(padding)).status == 200
    assert desk.photo(out.getvalue() + bytes(padding + 1)).status == 422
    got = desk.photo(out.getvalue() + bytes(padding + 200_000))
    assert (got.status, "too large" in got.text.lower() or "too much" in got.text.lower()) == (413, True)
    assert "<html" in got.text


def test_the_room_is_served_while_a_large_photo_is_made_anew(room: Room, desk: Desk) -> None:
    assert desk.photo(png((4400, 4400))).status == 200
    assert room.ben.get(f"/s/{room.code}/cy/now").status == 200


# Publishing


def test_a_running_session_is_not_published(room: Room) -> None:
    desk = Desk(room, room.code)
    got = desk.publish(sure="1")
    assert (got.status, "End the session first" in why(got), desk.key) == (409, True, "")


def test_what_changed_since_it_was_seen_is_looked_at_again(desk: Desk) -> None:
    seen = desk.ada.revision(desk.code)
    desk.do("write", field="title", lang="en", words="Another", was="")
    got = desk.publish(seen=str(seen))
    assert (got.status, desk.key) == (409, "")
    assert "Something changed" in why(got)


def test_a_reason_is_asked_for_and_printed_in_both_languages(desk: Desk) -> None:
    desk.do("write", field="thanks", lang="en", words="Thanks", was="")
    assert desk.publish(en="", cy="").status == 409
    assert desk.publish().status == 200
    anybody = Browser(desk.room.server)
    assert "No translator yet" in anybody.get(f"/w/{desk.key}/en").text
    assert "Dim cyfieithydd" in anybody.get(f"/w/{desk.key}/cy").text


def test_near_an_election_it_asks_once_more_and_leaves_the_photos_out(desk: Desk) -> None:
    assert (desk.photo().status, len(desk.photos())) == (200, 1)
    assert desk.do("near_election", near="1").status == 200
    assert (desk.publish().status, desk.key) == (409, "")
    assert desk.publish(sure="1").status == 200
    page = Browser(desk.room.server).get(f"/w/{desk.key}/en").text
    assert ("An election was near" in page, "/photos/" in page) == (True, False)
    assert json.loads(Browser(desk.room.server).get(f"/w/{desk.key}/record.json").body)["photos"] == []


def test_what_is_published_stands_still_until_it_is_published_again_at_the_same_address(desk: Desk) -> None:
    assert desk.publish().status == 200
    key, anybody = desk.key, Browser(desk.room.server)
    before = anybody.get(f"/w/{key}/en").text
    assert ("Draft" in before, "Published on" in before, "Updated on" in before) == (False, True, False)
    desk.do("write", field="title", lang="en", words="Another title", was="")
    assert anybody.get(f"/w/{key}/en").text == before
    assert (desk.publish().status, desk.key) == (200, key)
    after = anybody.get(f"/w/{key}/en").text
    assert ("Another title" in after, "Updated on" in after) == (True, True)


def test_what_is_taken_back_is_not_found_and_anew_it_has_another_address(desk: Desk) -> None:
    desk.publish()
    key, anybody = desk.key, Browser(desk.room.server)
    assert desk.ada.do(desk.code, "reopen").status == 409
    assert desk.do("withdraw").status == 200
    ends = ("", "/cy", "/en", "/en.md", "/record.json", "/record.zip", "/photos/0000000000000000")
    assert [anybody.get(f"/w/{key}{end}").status for end in ends] == [404] * len(ends)
    assert desk.publish().status == 200
    assert (desk.key != key, anybody.get(f"/w/{desk.key}/en").status) == (True, 200)
    assert desk.do("withdraw").status == 200
    assert desk.ada.do(desk.code, "reopen").status == 200


def test_the_first_page_goes_to_the_readers_language(desk: Desk) -> None:
    desk.publish()
    anybody = Browser(desk.room.server)
    for prefers, lang in (("cy,en;q=0.5", "cy"), ("en-GB", "en"), ("fr", "en")):
        got = anybody.get(f"/w/{desk.key}", headers={"Accept-Language": prefers})
        assert (got.status, got.header("Location")) == (303, f"/w/{desk.key}/{lang}")


def test_phones_and_screen_say_that_it_is_coming_until_it_is_there_and_again_when_it_is_taken_back(room: Room) -> None:
    code = room.ada.start("demo")
    ben, cari = phone(room.server, code, "cy"), phone(room.server, code, "en")
    screen = projector(room.ada, code)
    sockets = {
        "cy": ben.socket(),
        "en": cari.socket(),
        "screen": Socket(screen, {"surface": "screen", "code": code}),
    }
    dot = phone(room.server, room.ada.start("demo"), "en").socket()
    for one in (*sockets.values(), dot):
        assert one.watch()["ok"]
    assert room.ada.do(code, "end").status == 200
    desk = Desk(room, code)

    def links(key: str, says: str = "coming") -> bool:
        """Whether each of them has been pushed the way to this write-up; none of them has any where there is none."""
        for one in sockets.values():
            one.catch_up()
        said = {name: "".join(one.fragments.values()) for name, one in sockets.items()}
        if not key:
            return "/w/" not in "".join(said.values()) and 'data-state="ended"' in said["en"] and says in said["en"]
        meant = {lang: [f"/w/{key}/{lang}", f"/w/{key}/{lang}.html", f"/w/{key}/{lang}.pdf"] for lang in LANGUAGES}
        found = {lang: re.findall(r'href="(/w/[^"]*)"', said[lang]) for lang in LANGUAGES}
        return found == meant and f"/w/{key}" in said["screen"] and 'class="qr"' in said["screen"]

    def fresh() -> bool:
        pages = [(ben, f"/s/{code}/cy/now"), (cari, f"/s/{code}/en/now"), (screen, f"/screen/{code}/now")]
        return [browser.get(path).json["fragments"] for browser, path in pages] == [
            one.fragments for one in sockets.values()
        ]

    assert sockets["en"].until(lambda: links(""))
    assert desk.publish().status == 200
    first = desk.key
    assert sockets["en"].until(lambda: links(first))
    assert fresh()
    assert desk.do("withdraw").status == 200
    assert sockets["en"].until(lambda: links("", "taken back for now"))
    assert desk.publish().status == 200
    assert sockets["en"].until(lambda: links(desk.key))
    assert fresh()
    assert [ben.get(f"/w/{desk.key}/cy{end}").status for end in ("", ".html")] == [200, 200]
    dot.catch_up()
    assert [line for line in dot.heard if first in line or desk.key in line] == []


def test_when_the_session_is_deleted_the_write_up_stays_with_its_photos_and_can_be_filled_in(room: Room) -> None:
    code = room.ada.start("demo")
    assert room.ada.do(code, "end").status == 200
    desk = Desk(room, code)
    desk.photo()
    desk.publish()
    photo = desk.photos()[0]
    assert room.ada.post(f"/c/{code}/delete", {"code": code}).status == 303
    anybody = Browser(room.server)
    assert [anybody.get(f"/w/{desk.key}/{end}").status for end in ("en", f"photos/{photo}", "cy.md")] == [200] * 3
    assert room.ada.get(f"/r/{code}/en").status == 404
    row = {"asked_en": "A <bus>", "asked_cy": "Bws", "did_en": "It runs", "did_cy": "Mae'n mynd", "when": "May"}
    assert room.ada.post(f"/w/{desk.key}/deeds", row).status == 303
    page = anybody.get(f"/w/{desk.key}/en").text
    assert ("A &lt;bus&gt;" in page, "It runs" in page, "Updated on" in page) == (True, True, True)
    assert room.ada.post(f"/w/{desk.key}/deeds", {"asked_en": "A bus"}).status == 422
    assert room.ada.post(f"/w/{desk.key}/deeds/0/remove", {"rows": "1"}).status == 303
    assert "It runs" not in anybody.get(f"/w/{desk.key}/en").text
    assert room.ada.post(f"/w/{desk.key}/withdraw", {}).header("Location") == "/workshops"
    assert anybody.get(f"/w/{desk.key}/en").status == 404


# Its files


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_file_says_what_it_is_what_it_is_called_and_in_which_language(answered: Desk, lang: str, format: str) -> None:
    got = Browser(answered.room.server).get(f"/w/{answered.key}/{lang}.{format}")
    name = re.fullmatch(
        r'(inline|attachment); filename="demo-\d{4}-\d\d-\d\d-(cy|en)(\.\w+)"', got.header("Content-Disposition") or ""
    )
    assert name is not None
    assert (got.status, got.header("Content-Type"), *name.groups()) == (
        200, FORMATS[format].mimetype, "inline" if format == "pdf" else "attachment", lang, FORMATS[format].suffix,
    )  # fmt: skip
    title = (DEMO.title.cy if lang == "cy" else DEMO.title.en).encode()
    if format in ("md", "csv", "html"):
        assert title in got.body


def outside(html: str) -> list[str]:
    """What an HTML page would fetch from anywhere, as soon as it is opened."""
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    fetched = [
        value
        for element in tree.iter()
        if isinstance(element.tag, str) and element.tag != "a"
        for name, value in element.attrib.items()
        if name in ("src", "href", "srcset", "data", "action", "poster", "{http://www.w3.org/1999/xlink}href")
    ]
    styles = re.findall(r"(?:url\(|@import)\s*['\"]?([^'\")]*)", html)
    return [one for one in (*fetched, *styles) if not one.startswith(("data:", "#"))]


def test_the_page_to_keep_needs_nothing_from_outside(answered: Desk) -> None:
    for lang in LANGUAGES:
        html = Browser(answered.room.server).get(f"/w/{answered.key}/{lang}.html").text
        assert outside(html) == []
        assert "<script" not in html


def test_the_zip_holds_what_its_readme_says_and_opens_without_cyd(answered: Desk, tmp_path: Path) -> None:
    anybody = Browser(answered.room.server)
    got = anybody.get(f"/w/{answered.key}/record.zip")
    assert (got.status, got.header("Content-Type")) == (200, "application/zip")
    assert re.fullmatch(r'attachment; filename="demo-\d{4}-\d\d-\d\d\.zip"', got.header("Content-Disposition") or "")
    with zipfile.ZipFile(BytesIO(got.body)) as folder:
        held = {name.partition("/")[2]: folder.read(name) for name in folder.namelist()}
        assert len({name.partition("/")[0] for name in folder.namelist()}) == 1
    photos = [name for name in held if name.startswith("photos/")]
    made = {f"write-up-{lang}{one.suffix}" for lang in LANGUAGES for one in FORMATS.values()}
    assert set(held) == {"README.txt", "record.json", "workshop.toml", *made, *photos}
    assert [Image.open(BytesIO(held[name])).format for name in sorted(photos)] != []
    assert len(photos) == 2
    readme = held["README.txt"].decode()
    said = re.findall(r"^([\w*.-]+)\s{2,}", readme, re.MULTILINE)
    said = said or [word for word in readme.split() if word in ("record.json", "workshop.toml", "photos")]
    for word in {*said, "record.json", "workshop.toml", "photos"}:
        assert [name for name in held if re.fullmatch(word.replace(".", r"\.").replace("*", r"\w+") + "(/.*)?", name)]
    for lang in LANGUAGES:
        assert outside(held[f"write-up-{lang}.html"].decode()) == []
        assert held[f"write-up-{lang}.pdf"].startswith(b"%PDF-")
        assert held[f"write-up-{lang}.md"] == anybody.get(f"/w/{answered.key}/{lang}.md").body
    assert held["record.json"] == anybody.get(f"/w/{answered.key}/record.json").body
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "workshop.toml").write_bytes(held["workshop.toml"])
    again = packs.load(tmp_path / "demo" / "workshop.toml")
    assert [one.id for one in again.agenda] == [one.id for one in DEMO.agenda]
    assert [one.speaker_notes.en for one in again.agenda] == [""] * len(again.agenda)


def test_the_record_by_its_address_is_the_write_up(answered: Desk) -> None:
    got = Browser(answered.room.server).get(f"/w/{answered.key}/record.json")
    assert (got.status, got.header("Content-Type")) == (200, "application/json")
    report = record.load(got.body)
    assert (report.title, len(report.photos), report.logo is not None) == (DEMO.title, 1, True)
    assert [section.exercise.id for section in report.sections] == [one.id for one in DEMO.agenda]


@pytest.mark.parametrize(
    "end", ["en.exe", "fr.pdf", "en.pdf.html", "record.xml", "en.", "photos/", "photos/..%2f..%2fsecret"]
)
def test_a_file_that_there_is_none_of_is_not_found(answered: Desk, end: str) -> None:
    assert Browser(answered.room.server).get(f"/w/{answered.key}/{end}").status == 404


# A record from elsewhere


def brought(room: Room, raw: bytes) -> Answer:
    return room.ada.post("/records", **multipart({}, file=raw))


def test_a_record_that_is_brought_in_reads_like_the_one_it_was_made_of(room: Room, answered: Desk) -> None:
    held = Browser(room.server).get(f"/w/{answered.key}/record.json").body
    got = brought(room, held)
    assert (got.status, (got.header("Location") or "")[-6:]) == (303, "/after")
    key = (got.header("Location") or "").split("/")[2]
    for lang in LANGUAGES:
        pages = [room.ada.get(f"/w/{one}/{lang}").text.replace(one, "KEY") for one in (answered.key, key)]
        assert pages[0] == pages[1]
    assert room.ada.get(f"/w/{key}/record.json").body == held
    assert Browser(room.server).get(f"/w/{key}/en").status == 404
    assert room.ada.post(f"/w/{key}/public", {}).status == 303
    assert Browser(room.server).get(f"/w/{key}/en").status == 200
    assert room.ada.get("/workshops").status == 200


def nasty(held: bytes, **changes: Any) -> bytes:
    return json.dumps({**json.loads(held), **changes}).encode()


def test_what_is_no_record_is_said_on_a_page(room: Room, answered: Desk) -> None:
    held = Browser(room.server).get(f"/w/{answered.key}/record.json").body
    inside = json.loads(held)
    inside["photos"][0]["data"] = "PHN2Zy8+"
    for raw in (
        b"", b"{}", b"[" * 9000, held[:-9], nasty(held, chapters=["../base"]), nasty(held, day="someday"),
        nasty(held, began=1e300), nasty(held, sections=[]), json.dumps(inside).encode(),
    ):  # fmt: skip
        got = brought(room, raw)
        assert (got.status, "<html" in got.text) == (422, True)
    assert room.ada.post("/records", {}).status == 422
    assert room.ada.get("/workshops").status == 200


def test_a_record_of_more_than_it_may_have_is_too_large_in_words(room: Room) -> None:
    assert brought(room, b" " * LARGEST).status == 422
    got = brought(room, b" " * (LARGEST + 200_000))
    assert (got.status, "<html" in got.text) == (413, True)


def test_a_record_with_a_path_for_a_name_has_files_with_a_name(room: Room, answered: Desk) -> None:
    held = json.loads(Browser(room.server).get(f"/w/{answered.key}/record.json").body)
    held["workshop"]["id"] = '../../etc/"passwd\r\nSet-Cookie: a=b'
    got = brought(room, json.dumps(held).encode())
    key = (got.header("Location") or "").split("/")[2]
    made = room.ada.get(f"/w/{key}/record.json")
    assert (made.status, made.all("Set-Cookie")) == (200, [])
    assert re.fullmatch(r'attachment; filename="[A-Za-z0-9-]+\.json"', made.header("Content-Disposition") or "")


def test_nothing_of_a_write_up_stands_in_the_log(room: Room) -> None:
    assert [word for word in ("Traceback", "Canarybird", "A wall", "No translator") if word in room.server.log] == []


def test_two_facilitators_see_each_others_edits(room: Room, desk: Desk) -> None:
    bob = ada(room.server)
    desk.do("write", field="title", lang="en", words="Ada's", was="")
    got = bob.post(f"/c/{desk.code}/write-up/write", {"field": "title", "lang": "en", "words": "Bob's", "was": "Ada's"})
    assert got.status == 200
    assert "Bob&#39;s" in desk.ada.get(f"/r/{desk.code}/en").text
