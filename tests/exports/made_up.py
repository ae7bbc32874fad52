"""Write-ups of made-up people, without a server: a whole session by the verbs, answered as in a rehearsal."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask, g

from tests.house import CODE, House
from workshop import create_app, packs
from workshop.config import ROOT, Config
from workshop.model import asks
from workshop.pages.formats import page
from workshop.pages.report import draft
from workshop.rehearsal.people import imagine_room

SEED = 7


@contextmanager
def held(folder: Path, pack: str, people: int, exercises: int | None = None) -> Iterator[Flask]:
    """The app over this data folder, in which so many people went through the first so many exercises; ended."""
    app = create_app(Config(data=folder), lambda: "http://127.0.0.1")
    cyd = app.extensions["cyd"]
    workshop = cyd.packs[pack]
    asking = [exercise.id for exercise in workshop.agenda if asks(exercise)][:exercises]
    agenda = tuple(exercise for exercise in workshop.agenda if not exercises or exercise.id in asking)
    workshop = workshop.model_copy(update={"agenda": agenda})
    house = House(cyd.store, workshop, now=time.time())
    room = imagine_room(workshop, packs.hints(ROOT / "exercises" / pack), people, SEED)
    phones = [house.join(f"phone {n}", one.person.perspective, one.size, one.person.lang) for n, one in enumerate(room)]
    for exercise in workshop.agenda:
        house.now += 60 * exercise.minutes
        house.go(exercise.id)
        if asks(exercise):
            house.do("open", exercise.id)
            for phone, one in zip(phones, room, strict=True):
                if exercise.id in one.answers:
                    house.answer(phone, exercise.id, one.answers[exercise.id])
            house.do("reveal", exercise.id)
    house.live.end(CODE, house.at)
    try:
        yield app
    finally:
        cyd.store.close()


def document(app: Flask, lang: str = "en") -> str:
    """The write-up as it goes to the press."""
    with app.test_request_context(f"/r/{CODE}/{lang}.pdf"):
        g.facilitator, g.participant, g.lang = True, None, lang
        return page("report/print.html", draft(CODE, lang), lang)
