"""Editing, publishing, taking back and what comes after, over a real store with a clock that stands still."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from PIL import Image

from tests.house import CODE, OTHER, House
from tests.written import WORKSHOP, app_in, parts_of, report_of, run
from workshop import record
from workshop.model import KEEP_DAYS, Invalid, Refused, Unknown
from workshop.pictures import Made, remade
from workshop.publishing import MOST_DEEDS, Publishing
from workshop.record import Record
from workshop.report import MOST_PHOTOS, Edits, Issue, Report, lacking
from workshop.text import Text

WHY = {"en": "No translator yet"}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with app_in(tmp_path_factory.mktemp("publishing")) as app:
        yield app


class Desk:
    """Ada's desk: a session of two people each that has ended, and the verbs with a clock of their own."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.house: House = run(app, 1)
        self.heard: list[str] = []
        self.now = self.house.now
        self.publishing = Publishing(self.house.store, self.heard.append, lambda: self.now)

    def report(self, code: str = CODE) -> Report:
        return report_of(self.app, code)

    def publish(self, **more: Any) -> str:
        return self.publishing.publish(CODE, self.report(), self.house.at, **(WHY | more))

    def record(self, key: str) -> Record:
        with self.house.store.read() as read:
            return read.record(key)

    def records(self) -> list[str]:
        with self.house.store.read() as read:
            return [one.key for one in read.records()]

    def edits(self, code: str = CODE) -> Edits:
        with self.house.store.read() as read:
            return read.edits(code)

    def pictures(self, code: str = CODE) -> dict[str, bytes]:
        with self.house.store.read() as read:
            return read.pictures(code)


@pytest.fixture
def desk(app: Flask) -> Iterator[Desk]:
    desk = Desk(app)
    yield desk
    for key in desk.records():
        desk.publishing.withdraw(key)
    for code in (CODE, OTHER):
        with desk.house.store.read() as read:
            there = code in [one.code for one in read.sessions()]
        if there:
            desk.house.live.delete(code)
        parts_of(app).forget(code)


def made(colour: str = "red") -> Made:
    out = BytesIO()
    Image.new("RGB", (40, 20), colour).save(out, "PNG")
    return remade(out.getvalue(), "photo")


def add_photo(desk: Desk, **more: Any) -> str:
    given = {"cy": "Wal", "en": "A wall", "chapter": "did", "agreed": True} | more
    desk.publishing.add_photo(CODE, made(), **given)
    return desk.edits().photos[-1].id


# Editing


def test_what_is_written_is_kept_and_announced_once(desk: Desk) -> None:
    desk.publishing.write(CODE, "title", "en", " Our  day ", "")
    assert (desk.edits().text("title"), desk.heard) == (Text(en="Our day"), [CODE])
    assert (desk.report().title.en, desk.edits(OTHER)) == ("Our day", Edits())


def test_somebody_elses_words_stay_where_two_write_and_the_second_is_told(desk: Desk) -> None:
    desk.publishing.write(CODE, "title", "en", "Ada's", "")
    with pytest.raises(Refused):
        desk.publishing.write(CODE, "title", "en", "Bob's", "")
    assert (desk.edits().text("title").en, desk.heard) == ("Ada's", [CODE])


@pytest.mark.parametrize("lang", ["", "fr", "status", "cy en"])
def test_there_are_two_languages(desk: Desk, lang: str) -> None:
    with pytest.raises(Unknown):
        desk.publishing.write(CODE, "title", lang, "x", "")


VERBS: dict[str, Callable[[Publishing, str], object]] = {
    "write": lambda verbs, code: verbs.write(code, "title", "en", "x", ""),
    "date": lambda verbs, code: verbs.date(code, "2027-03-01"),
    "show": lambda verbs, code: verbs.show(code, "annex", False),
    "move": lambda verbs, code: verbs.move(code, "annex", -1),
    "quote": lambda verbs, code: verbs.quote(code, "ideas", "a"),
    "near_election": lambda verbs, code: verbs.near_election(code, True),
    "add_photo": lambda verbs, code: verbs.add_photo(code, made(), cy="", en="x", chapter="did", agreed=True),
    "set_logo": lambda verbs, code: verbs.set_logo(code, made(), cy="", en="x"),
}


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS.keys())
def test_a_verb_changes_its_own_session_and_none_that_is_not_there(desk: Desk, verb: Any) -> None:
    revision = desk.house.at
    verb(desk.publishing, CODE)
    assert (desk.house.at, desk.edits() == Edits(), desk.edits(OTHER) == Edits()) == (revision + 1, False, True)
    with pytest.raises(Unknown):
        verb(desk.publishing, "ZZZZZZZ")


@pytest.mark.parametrize(
    "day", ["yesterday", "2027-02-30", "2027-13-01", "01/03/2027", "0000-00-00", "2027-03-01T10:00"]
)
def test_what_is_no_date_is_invalid(desk: Desk, day: str) -> None:
    with pytest.raises(Invalid):
        desk.publishing.date(CODE, day)
    assert desk.edits().day == ""


def test_a_photo_needs_its_consent_and_words_for_it(desk: Desk) -> None:
    for wrong in ({"agreed": False}, {"cy": "", "en": ""}, {"cy": " \u200b", "en": ""}, {"en": "x" * 301}):
        with pytest.raises(Invalid):
            add_photo(desk, **wrong)
    with pytest.raises(Unknown):
        add_photo(desk, chapter="nowhere")
    assert (desk.edits().photos, desk.pictures()) == ((), {})


def test_photos_and_logo_come_and_go_with_their_pixels(desk: Desk) -> None:
    first, second = add_photo(desk), add_photo(desk, chapter="exercise:sort")
    desk.publishing.set_logo(CODE, made("blue"), cy="", en="A mark")
    before = desk.edits().logo
    desk.publishing.set_logo(CODE, made("green"), cy="", en="Another")
    assert before is not None
    logo = desk.edits().logo
    assert logo is not None
    assert set(desk.pictures()) == {first, second, logo.id}
    desk.publishing.describe_photo(CODE, first, "Mur", "The wall", "next")
    assert desk.edits().photo(first).alt == Text(cy="Mur", en="The wall")
    assert [one.photo.chapter for one in desk.report().photos] == ["next", "exercise:sort"]
    desk.publishing.remove_photo(CODE, first)
    desk.publishing.remove_logo(CODE)
    assert (set(desk.pictures()), desk.edits().logo) == ({second}, None)
    for code, photo in ((CODE, first), (OTHER, second)):
        with pytest.raises(Unknown):
            desk.publishing.remove_photo(code, photo)


def test_the_thirteenth_photo_is_refused_and_its_pixels_are_not_kept(desk: Desk) -> None:
    for _ in range(MOST_PHOTOS):
        add_photo(desk)
    with pytest.raises(Invalid):
        add_photo(desk)
    assert len(desk.pictures()) == len(desk.edits().photos) == 12


# Publishing


def test_a_write_up_that_is_complete_is_published_with_its_dates_and_no_excuse(desk: Desk) -> None:
    whole = replace(desk.report(), sections=(), workshop=WORKSHOP)  # the themes are in English alone
    assert lacking(whole) == ()
    key = desk.publishing.publish(CODE, whole, desk.house.at, **WHY)
    kept = desk.record(key)
    assert (kept.session, kept.public, kept.first_at, kept.updated_at) == (CODE, True, desk.now, desk.now)
    assert (kept.why_lacking, desk.house.session().published) == (Text(), key)
    assert desk.heard == [CODE]


def test_while_the_session_runs_nothing_is_published(desk: Desk) -> None:
    ended = desk.report()
    desk.house.live.reopen(CODE, desk.house.at)
    running = desk.report()
    for report in (running, ended):  # also where it was reopened just now
        with pytest.raises(Refused):
            desk.publishing.publish(CODE, report, desk.house.at, **WHY)
    desk.house.live.end(CODE, desk.house.at)
    with pytest.raises(Refused):  # a write-up from before the end says that the session still runs
        desk.publishing.publish(CODE, running, desk.house.at, **WHY)
    assert desk.records() == []


def test_what_lacks_a_language_goes_out_only_with_a_reason_and_the_reason_goes_with_it(desk: Desk) -> None:
    desk.publishing.write(CODE, "thanks", "en", "Thank you", "")
    for reason in ({"en": ""}, {"en": " \u200b "}):
        with pytest.raises(Refused):
            desk.publish(**reason)
    key = desk.publish()
    assert desk.record(key).why_lacking == Text(en="No translator yet")
    issue = desk.record(key).drawn().issue
    assert issue is not None
    assert issue.why_lacking == Text(en="No translator yet")


def test_near_an_election_somebody_has_to_be_sure(desk: Desk) -> None:
    desk.publishing.near_election(CODE, True)
    with pytest.raises(Refused):
        desk.publish()
    assert desk.record(desk.publish(sure=True)).drawn().election


def test_published_again_it_keeps_its_address_and_its_first_day_and_says_when_it_changed(desk: Desk) -> None:
    key = desk.publish()
    first = desk.now
    desk.publishing.add_deed(key, asked_cy="", asked_en="A bus", did_cy="", did_en="It runs", when="May")
    desk.now += 86400
    desk.publishing.write(CODE, "title", "en", "Another title", "")
    assert desk.record(key).drawn().title.en != "Another title"  # what was published stands still until then
    assert desk.publish() == key
    kept = desk.record(key)
    assert (kept.first_at, kept.updated_at, len(kept.deeds)) == (first, first + 86400, 1)
    drawn = kept.drawn()
    assert (drawn.title.en, drawn.issue and (drawn.issue.first, drawn.issue.updated)) == (
        "Another title", (first, first + 86400),
    )  # fmt: skip
    assert desk.records() == [key]


def test_what_was_taken_back_is_gone_and_published_anew_it_has_another_address(desk: Desk) -> None:
    key = desk.publish()
    desk.publishing.withdraw(key)
    assert (desk.records(), desk.house.session().published, desk.heard) == ([], None, [CODE, CODE])
    with pytest.raises(Unknown):
        desk.record(key)
    with pytest.raises(Unknown):
        desk.publishing.withdraw(key)
    assert desk.publish() != key


def test_the_end_cannot_be_undone_while_it_is_published(desk: Desk) -> None:
    key = desk.publish()
    with pytest.raises(Refused, match="published"):
        desk.house.live.reopen(CODE, desk.house.at)
    desk.publishing.withdraw(key)
    desk.house.live.reopen(CODE, desk.house.at)
    assert desk.house.session().ended_at is None


def test_what_is_too_large_to_be_read_back_is_not_published(desk: Desk) -> None:
    huge = replace(desk.report(), thanks=Text(en="x" * record.LARGEST, cy="x"))
    with pytest.raises(Refused, match="too large"):
        desk.publishing.publish(CODE, huge, desk.house.at, **WHY)
    assert desk.records() == []


def test_keys_are_ten_letters_without_look_alikes_and_never_the_same(desk: Desk) -> None:
    keys = set()
    for _ in range(20):
        key = desk.publish()
        keys.add(key)
        desk.publishing.withdraw(key)
    assert len(keys) == 20
    assert {letter for key in keys for letter in key} <= set("23456789BCDFGHJKMNPQRSTVWXYZ")
    assert {len(key) for key in keys} == {10}


# When the session goes


@pytest.mark.parametrize("how", ["deleted", "swept"])
def test_the_record_outlives_its_session_and_can_still_be_filled_in_and_taken_back(desk: Desk, how: str) -> None:
    photo = add_photo(desk)
    key = desk.publish()
    before = record.dump(desk.record(key).drawn())
    if how == "deleted":
        desk.house.live.delete(CODE)
    else:
        desk.house.now += KEEP_DAYS * 86400 + 60
        assert set(desk.house.live.sweep()) == {CODE, OTHER}
    assert (desk.edits(), desk.pictures(), desk.record(key).session) == (Edits(), {}, None)
    assert record.dump(desk.record(key).drawn()) == before
    assert [one.photo.id for one in desk.record(key).drawn().photos] == [photo]
    desk.publishing.add_deed(key, asked_cy="", asked_en="A bus", did_cy="", did_en="It runs", when="")
    assert [deed.did.en for deed in desk.record(key).drawn().deeds] == ["It runs"]
    heard = len(desk.heard)
    desk.publishing.withdraw(key)
    assert (desk.records(), len(desk.heard)) == ([], heard)


# Afterwards


def deed(desk: Desk, key: str, **more: str) -> None:
    given = {"asked_cy": "", "asked_en": "A bus", "did_cy": "", "did_en": "It runs", "when": "May"} | more
    desk.publishing.add_deed(key, **given)


def test_what_came_of_it_is_filled_in_and_says_that_the_write_up_changed(desk: Desk) -> None:
    key = desk.publish()
    desk.now += 5
    for number in range(3):
        deed(desk, key, when=f"{number}")
    desk.publishing.remove_deed(key, 1, 3)
    kept = desk.record(key)
    assert ([one.when for one in kept.deeds], kept.updated_at - (kept.first_at or 0)) == (["0", "2"], 5)
    for number in (-1, 2, 10**20):
        with pytest.raises(Unknown):
            desk.publishing.remove_deed(key, number, 2)


def test_two_who_take_the_same_row_out_take_out_one(desk: Desk) -> None:
    key = desk.publish()
    for number in range(3):
        deed(desk, key, when=f"{number}")
    desk.publishing.remove_deed(key, 0, 3)
    with pytest.raises(Refused):
        desk.publishing.remove_deed(key, 0, 3)
    assert [one.when for one in desk.record(key).deeds] == ["1", "2"]


def test_what_changed_since_it_was_looked_at_is_not_published(desk: Desk) -> None:
    looked_at, seen = desk.report(), desk.house.at
    desk.publishing.write(CODE, "thanks", "en", "Thank you", "")
    with pytest.raises(Refused, match="since you looked"):
        desk.publishing.publish(CODE, looked_at, seen, **WHY)
    assert desk.records() == []


def test_a_draft_that_could_not_be_published_is_not_made_public_by_bringing_it_in(desk: Desk) -> None:
    desk.publishing.write(CODE, "thanks", "en", "Thank you", "")
    key = desk.publishing.bring_in(record.brought(record.dump(desk.report())))
    with pytest.raises(Refused, match="lacks a language"):
        desk.publishing.make_public(key)
    assert not desk.record(key).public


def test_what_was_published_once_is_not_asked_again(desk: Desk) -> None:
    """Two issues that differ by one answer would say what that answer was."""
    key = desk.publish()
    desk.publishing.withdraw(key)
    desk.house.live.reopen(CODE, desk.house.at)
    desk.house.go("sort")
    with pytest.raises(Refused, match="published once"):
        desk.house.do("open", "sort")


@pytest.mark.parametrize(
    "wrong",
    [{"asked_en": ""}, {"did_en": " "}, {"asked_en": "x" * 301}, {"did_cy": "x" * 301}, {"when": "x" * 61}],
)
def test_a_deed_says_what_was_asked_and_what_was_done(desk: Desk, wrong: dict[str, str]) -> None:
    key = desk.publish()
    with pytest.raises(Invalid):
        deed(desk, key, **wrong)
    assert desk.record(key).deeds == ()


def test_there_are_at_most_forty_deeds(desk: Desk) -> None:
    key = desk.publish()
    for _ in range(MOST_DEEDS):
        deed(desk, key)
    with pytest.raises(Invalid):
        deed(desk, key)
    with pytest.raises(Unknown):
        deed(desk, "NOTHING")


# From elsewhere


def test_a_record_from_elsewhere_is_the_facilitators_own_until_it_is_made_public(desk: Desk) -> None:
    desk.publishing.date(CODE, "2027-03-01")
    add_photo(desk)
    draft = desk.report()
    kept = desk.record(desk.publishing.bring_in(record.brought(record.dump(draft))))
    assert (kept.public, kept.session, kept.first_at) == (False, None, None)
    assert record.dump(kept.drawn()) == record.dump(draft)
    issued = replace(draft, issue=Issue(first=5.0, updated=6.0))
    key = desk.publishing.bring_in(record.brought(record.dump(issued)))
    assert not desk.record(key).public
    desk.publishing.make_public(key)
    assert (desk.record(key).public, desk.record(key).first_at) == (True, 5.0)
    assert desk.house.session().published is None


def test_a_published_record_from_elsewhere_keeps_its_dates_and_deeds(desk: Desk) -> None:
    key = desk.publish()
    desk.now += 9
    deed(desk, key)
    held = record.dump(desk.record(key).drawn())
    desk.now += 9
    brought = desk.publishing.bring_in(record.brought(held))
    assert brought != key
    assert record.dump(desk.record(brought).drawn()) == held


def test_a_record_whose_photo_holds_more_than_pixels_is_invalid(desk: Desk) -> None:
    add_photo(desk)
    report = desk.report()
    out = BytesIO()
    Image.new("RGB", (4, 4)).save(out, "JPEG", comment=b"Where I live")
    for field in ("photos", "logo"):
        telling = replace(report.photos[0], data=out.getvalue())
        changed = replace(report, **{field: (telling,) if field == "photos" else telling})
        with pytest.raises(Invalid):
            desk.publishing.bring_in(record.brought(record.dump(changed)))
    assert desk.records() == []
