"""A session that was run and is written up, in an app that nothing listens to: made-up people answer every kind."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

from flask import Flask

from tests.house import (
    BEGIN,
    CARDS,
    CODE,
    FIELDS,
    LISTS,
    MAP,
    OTHER,
    PILES,
    PROMPTS,
    RATED,
    RAW,
    House,
    exercise,
    note_id,
    text,
)
from workshop import create_app, kinds, packs
from workshop.config import Config
from workshop.gathered import Participant, Person
from workshop.model import asks
from workshop.pages import Parts
from workshop.pages.report import _report
from workshop.report import Report

ADVICE = "Advice that is for the facilitator alone"
HIDDEN, REASON, WAITING = "Redshank that was hidden", "Names a neighbour", "Nightjar that came late"
WORKSHOP = packs.parse(
    {
        **RAW,
        "agenda": [
            one | {"speaker_notes": text(ADVICE)}
            for one in (
                RAW["agenda"][0],
                exercise("ideas", "notes", {"prompts": PROMPTS, "most": 4, "longest": 100}),
                exercise("vote", "points", {"dots": 3, "most_each": 2}, of="ideas"),
                exercise("load", "pressure_map", MAP),
                exercise("sort", "card_sort", {"piles": PILES, "cards": CARDS}),
                exercise("trust", "scale", {**RATED, "lists": LISTS[:1]}),
                exercise("feel", "scale", {**RATED, "lists": LISTS, "thinking_back": True}, chapter="confidence"),
                exercise("wonder", "notes", {"prompts": PROMPTS[:1]}, chapter="questions"),
                exercise("ask", "form", {"fields": FIELDS, "sentence": [text("I will {do}")]}, chapter="commitments"),
                exercise("sort-again", "card_sort", of="sort"),
                exercise("load-again", "pressure_map", of="load"),
                exercise("trust-again", "scale", of="trust"),
                exercise("feel-again", "scale", of="feel"),
            )
        ],
    },
    id="test",
    where="test",
)
ROOMS = {"empty": 0, "small": 2, "large": 11}  # people of each perspective


@contextmanager
def app_in(folder: Path) -> Iterator[Flask]:
    app = create_app(Config(data=folder), lambda: "http://127.0.0.1:8050", lambda: BEGIN + 3600)
    try:
        yield app
    finally:
        app.extensions["cyd"].store.close()


def run(app: Flask, each: int) -> House:
    """The whole workshop with so many people of each perspective, to its end."""
    house = House(parts_of(app).store, WORKSHOP)
    people = [one for id in ("councillor", "officer", "community") for one in house.joins(id, each)]
    if each:
        people += house.joins(None, each, lang="cy") + house.joins("officer", 1, size=6)
    for asked in WORKSHOP.agenda:
        house.now += 300
        house.go(asked.id)
        if asks(asked) and (each or asked.id != "vote"):  # there is nothing to vote on where nobody wrote
            _ask(house, asked.id, people)
    house.now += 300
    house.live.end(house.code, house.at)
    return house


def _ask(house: House, id: str, people: list[Participant]) -> None:
    house.do("open", id)
    asked = house.session().workshop.exercise(id)
    for number, who in enumerate(people):
        person = Person(who.language, who.perspective, who.perspective == "councillor")
        value = kinds.imagine(asked.kind, asked.content, Random(f"{id} {number}"), person, {})
        if value is not None:
            house.answer(who, id, value)
    if people and id == "ideas":
        _deal_with_notes(house, people)
    house.do("reveal", id)
    if people and id == "ideas":
        house.write(people[0], "ideas", late=WAITING)
    for note in house.notes(id).values():
        if note.state == "shown":
            house.live.star(house.code, note.id)
        if id.startswith("load") and note.state == "waiting":
            house.live.accept(house.code, note.id)


def _deal_with_notes(house: House, people: list[Participant]) -> None:
    house.write(people[-1], "ideas", secret=HIDDEN)
    house.live.hide(house.code, note_id("secret"), REASON)
    written = sorted(note.id for note in house.notes("ideas").values() if note.state == "waiting")
    for number, title in enumerate(("Buses", "Lunch")):
        house.theme("add_theme", "", title, " ".join(written[number::3]))


def parts_of(app: Flask) -> Parts:
    parts: Parts = app.extensions["cyd"]
    return parts


def report_of(app: Flask, code: str = CODE) -> Report:
    """The draft, as it would be published."""
    with app.test_request_context(), parts_of(app).store.read() as read:
        return _report(read, read.session(code))


def multipart(fields: Mapping[str, str], *, file: bytes | None = None) -> dict[str, Any]:
    """A form with a file in it, as a browser sends it: the body and its header."""
    edge = "edge-of-a-part-that-is-in-no-file"
    parts = [f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode() for name, value in fields.items()]
    if file is not None:
        parts.append(b'Content-Disposition: form-data; name="file"; filename="../../a.jpg"\r\n\r\n' + file)
    body = b"".join(b"--" + edge.encode() + b"\r\n" + part + b"\r\n" for part in parts)
    return {
        "body": body + b"--" + edge.encode() + b"--\r\n",
        "headers": {"Content-Type": f"multipart/form-data; boundary={edge}"},
    }


def strings(value: Any) -> Iterator[str]:
    """Every string in a JSON value, names of fields too."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield name
            yield from strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from strings(one)
    elif isinstance(value, str):
        yield value


__all__ = ["ADVICE", "CODE", "HIDDEN", "OTHER", "REASON", "ROOMS", "WAITING", "WORKSHOP", "app_in", "multipart",
           "parts_of", "report_of", "run", "strings"]  # fmt: skip
