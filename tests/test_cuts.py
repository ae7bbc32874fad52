"""Shorter runs of a pack, from the page where a session is started to the lobby and the last exercise."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from workshop import packs
from workshop.config import ROOT
from workshop.live import next_step
from workshop.model import Workshop
from workshop.pages import Parts

PACKS = packs.load_all(ROOT / "exercises")
RUNS = [(pack.id, minutes) for pack in PACKS.values() for minutes in (pack.minutes, *(c.minutes for c in pack.cuts))]
ORIGIN = {"Origin": "http://localhost"}


@pytest.fixture
def cyd(app: Flask) -> Parts:
    return app.extensions["cyd"]


@pytest.fixture
def ada(app: Flask, cyd: Parts) -> Iterator[FlaskClient]:
    with app.test_client() as client:
        entered = client.post("/enter", json={"key": cyd.door.facilitator_key()}, headers=ORIGIN)
        assert entered.status_code == 200
        yield client


def csrf(ada: FlaskClient) -> str:
    return ada.get("/workshops").text.partition('name="csrf" value="')[2].partition('"')[0]


def start(ada: FlaskClient, pack: str, **form: object) -> tuple[int, str]:
    """The status, and the code of the session that was started."""
    sent = {"csrf": csrf(ada), "runner": "Ada", "contact": "x", **form}
    answer = ada.post(f"/workshops/{pack}", data=sent, headers=ORIGIN)
    return answer.status_code, answer.headers.get("Location", "").rpartition("/")[2]


def run_of(cyd: Parts, code: str) -> Workshop:
    with cyd.store.read() as read:
        return read.session(code).workshop


def spoken(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def reading(workshop: Workshop, lang: str) -> list[str]:
    """What stands in the exercises to be read: titles, questions, prompts, cards."""
    said = []
    for exercise in workshop.reading:
        content = exercise.content
        said += [exercise.title, getattr(content, "question", None), *getattr(content, "paragraphs", ())]
        said += [one.title for name in ("prompts", "cards") for one in getattr(content, name, ())]
    return [" ".join(text.in_(lang).split()) for text in said if text is not None]


@pytest.mark.parametrize(("pack", "minutes"), RUNS)
def test_every_run_of_a_pack_starts_with_its_own_agenda(cyd: Parts, ada: FlaskClient, pack: str, minutes: int) -> None:
    status, code = start(ada, pack, minutes=minutes)
    assert status == 303
    assert run_of(cyd, code) == PACKS[pack].cut(minutes) or minutes == PACKS[pack].minutes
    assert [(one.id, one.minutes) for one in run_of(cyd, code).agenda] == [
        (one.id, one.minutes) for one in PACKS[pack].cut(minutes).agenda
    ]


@pytest.mark.parametrize(("pack", "minutes"), RUNS)
@pytest.mark.parametrize("lang", ["cy", "en"])
def test_what_a_run_leaves_to_be_read_stands_in_the_lobby_of_the_phones(
    cyd: Parts, ada: FlaskClient, pack: str, minutes: int, lang: str
) -> None:
    _, code = start(ada, pack, minutes=minutes)
    lobby = spoken(cyd.fragments.render("phone", code, lang)[1]["step"])
    expected = reading(PACKS[pack].cut(minutes), lang)
    assert [words for words in expected if words not in lobby] == []
    assert bool(expected) == (minutes != PACKS[pack].minutes)
    cyd.live.go_to(code, 1, PACKS[pack].agenda[0].id)
    after = spoken(cyd.fragments.render("phone", code, lang)[1]["step"])
    assert [words for words in expected if len(words) > 30 and words in after] == []


@pytest.mark.parametrize(("pack", "minutes"), RUNS)
def test_next_leads_through_every_run_to_its_end(cyd: Parts, ada: FlaskClient, pack: str, minutes: int) -> None:
    """With nothing but an empty room: what takes its items from an earlier exercise is passed over."""
    _, code = start(ada, pack, minutes=minutes)
    visited: list[str] = []
    while True:
        with cyd.store.read() as read:
            session = read.session(code)
        if session.ended_at is not None:
            break
        verb, arguments = next_step(session, 1)
        current = session.exercise
        if verb == "open" and current is not None and current.kind == "points" and current.of:
            agenda = [one.id for one in session.workshop.agenda]
            following = agenda[agenda.index(current.id) + 1 :]
            verb, arguments = ("go_to", {"exercise": following[0]}) if following else ("end", {})
        if verb == "go_to":
            visited.append(arguments["exercise"])
        getattr(cyd.live, verb)(code, session.revision, **arguments)
    assert visited == [one.id for one in PACKS[pack].cut(minutes).agenda]


def test_without_a_length_the_whole_workshop_starts(cyd: Parts, ada: FlaskClient) -> None:
    for form in ({}, {"minutes": ""}):
        _, code = start(ada, "all-in-this-together", **form)
        assert run_of(cyd, code).minutes == 90


@pytest.mark.parametrize("minutes", ["1", "-60", "sixty", "6e1", "99999999999999999999"])
def test_a_length_that_the_pack_does_not_have_starts_nothing(cyd: Parts, ada: FlaskClient, minutes: str) -> None:
    with cyd.store.read() as read:
        before = len(read.sessions())
    status, _ = start(ada, "all-in-this-together", minutes=minutes)
    with cyd.store.read() as read:
        assert (status, len(read.sessions())) == (404, before)
    assert ada.get(f"/workshops/all-in-this-together?minutes={minutes}").status_code == 404


def test_the_page_shows_the_agenda_of_the_length_that_was_chosen(ada: FlaskClient) -> None:
    pack = PACKS["all-in-this-together"]
    for minutes in (90, 60, 45):
        page = ada.get(f"/workshops/all-in-this-together?minutes={minutes}&lang=en").text
        planned = [int(found) for found in re.findall(r'<time data-minutes="(\d+)"', page)]
        assert planned == [one.minutes for one in pack.cut(minutes).agenda]
        assert re.findall(r'name="minutes" value="(\d+)"', page) == [str(minutes)]
