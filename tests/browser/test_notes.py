"""Notes in a browser, without a server: no page runs off the projector, and the phone sends the tick as it was made."""

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from flask import Flask, render_template
from playwright.sync_api import Browser, Page

from tests.browser.conftest import serve
from tests.kinds.room import content, tallied
from workshop.fragments import draw_tally
from workshop.gathered import Note, Theme
from workshop.kinds.notes import Tally
from workshop.text import LANGUAGES, Text

SHEETS = ("fonts", "reset", "tokens", "base", "buttons", "inputs", "screen", "tally", "dark")
LONG = "Beth bynnag y mae'r cyngor yn ei wneud, pa broblem yn y ward sy'n dal i ddod yn ôl?"
LINE = {"cy": LONG, "en": "Which problem in the ward keeps coming back whatever the council tries to do about it?"}
CONTENT = content("notes", prompts=[{"id": f"q{n}", "title": LINE} for n in range(5)])
THEMES = tuple(
    Theme(f"t{n}", Text(cy=("Cludiant a ffyrdd " * n)[:80], en="W" * 40 if n == 4 else f"Theme {n}"), n)
    for n in range(1, 13)
)
WORDS = (
    "we need more buses",
    "WHEN NOBODY is told",
    "cydweithio â'r gymdogaeth",
    "mmmm illi",
    "Llanfairpwllgwyngyll" * 2,
)
HUGE = ["w" * 2000, "WWW " * 500, "سلام عليكم " * 180, "cydgynhyrchu " * 150]

NOT_ON_THE_WALL = """() => {
  const bottom = document.querySelector("main").getBoundingClientRect().bottom;
  const shown = [...document.querySelectorAll("li, tr, h3, h4, caption")].map((one) => one.getBoundingClientRect());
  const head = document.querySelector("header").getBoundingClientRect().bottom;
  return shown.filter((one) => one.bottom > bottom || one.right > innerWidth || one.top < head).length;
}"""


@pytest.fixture
def wall(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1920, "height": 1080})
    serve(page)
    page.goto("http://cyd.local/static/css/tokens.css")
    yield page
    page.close()


def room(seed: int, *, themes: tuple[Theme, ...] = (), huge: str = "") -> Tally:
    """Sixty notes of every length, some of them merged, some quotes, and perhaps a huge one."""
    random = Random(seed)
    heads = [f"{n:03}" for n in range(8)]
    notes = [
        Note(
            f"{n:03}", "x", f"q{n % 5}", "cy", " ".join(random.choices(WORDS, k=random.randint(1, 12))),
            released=True, starred=random.random() < 0.2, quotable=random.random() < 0.7,
            themes=(random.choice(themes).id,) if themes and random.random() < 0.8 else (),
            merged_into=random.choice(heads) if n >= 8 and random.random() < 0.4 else None,
        )
        for n in range(60)
    ]  # fmt: skip
    big = [Note("huge", "x", "q0", "en", huge, released=True, starred=True, quotable=True)] if huge else []
    tally: Tally = tallied("notes", CONTENT, (), notes=[*notes, *big], themes=themes)
    return tally


def page(app: Flask, tally: Tally, view: int | None) -> str:
    """One view of the wall, or everything at once."""
    links = "".join(f'<link rel="stylesheet" href="/static/css/{sheet}.css">' for sheet in SHEETS)
    with app.app_context():
        drawn = draw_tally("notes", LANGUAGES, full=view is None, view=view or 0, tally=tally, study=None)
    head = '<header class="screen-head"><h1 class="title two">Beth allai fod?<br>What could be?</h1></header>'
    return f'<!doctype html>{links}<body>{head}<main id="stage"><div class="result notes">{drawn}</div></main></body>'


def running_off(app: Flask, wall: Page, tally: Tally, view: int | None) -> Any:
    """How many cards, rows and headings are not wholly on the wall."""
    wall.set_content(page(app, tally, view))
    wall.evaluate("document.fonts.ready")
    return wall.evaluate(NOT_ON_THE_WALL)


@pytest.mark.parametrize("themes", [(), THEMES[:3], THEMES], ids=["none", "three", "twelve"])
def test_no_page_of_a_full_room_runs_off_the_wall(app, wall, themes):
    tally = room(1, themes=themes)
    assert [running_off(app, wall, tally, view) for view in range(len(tally.views))] == [0] * len(tally.views)


@pytest.mark.parametrize("huge", HUGE, ids=["one word", "capitals", "arabic", "welsh"])
def test_no_page_with_a_huge_note_runs_off_the_wall(app, wall, huge):
    tally = room(2, themes=THEMES[:2], huge=huge)
    assert [running_off(app, wall, tally, view) for view in range(len(tally.views))] == [0] * len(tally.views)


def test_what_does_not_fit_is_noticed(app, wall):
    assert running_off(app, wall, room(1), None) > 20
    assert wall.evaluate("getComputedStyle(document.querySelector('.note')).fontSize") == "36.48px"


# The phone


@pytest.fixture
def phone(browser: Browser, app: Flask) -> Iterator[Page]:
    """The form, which keeps drafts and what it sends as phone.js would."""
    page = browser.new_page(viewport={"width": 360, "height": 740})
    with app.app_context():
        exercise = {"id": "asks", "kind": "notes"}
        form = render_template("kinds/notes/form.html", langs=("en",), content=CONTENT, exercise=exercise)
    serve(page, f"<!doctype html><body><section>{form}</section><script type=module>{MOUNT}</script></body>")
    page.goto("http://cyd.local/")
    page.locator("input[type=radio]").first.check()
    yield page
    page.close()


MOUNT = """
import { mount } from "/static/js/kinds/notes.js";
const kept = (name) => JSON.parse(sessionStorage.getItem(name) ?? "null");
const keep = (name) => (value) => sessionStorage.setItem(name, JSON.stringify(value));
mount(document.querySelector("section"), {
  lang: "en",
  value: kept("value"),
  change: keep("value"),
  draft: { get: () => kept("draft"), set: keep("draft"), clear: () => sessionStorage.removeItem("draft") },
});
"""


def write(phone: Page, text: str, tick: bool | None = None) -> None:
    phone.locator("[data-text]").fill(text)
    if tick is not None:
        phone.get_by_label("May be quoted").set_checked(tick)
    phone.get_by_text("Send this note").click()


def sent(phone: Page) -> list[tuple[str, bool]]:
    notes = phone.evaluate('JSON.parse(sessionStorage.getItem("value")).notes')
    return [(note["text"], note["quotable"]) for note in notes]


def said_to_be_quotable(phone: Page) -> list[bool]:
    return [row.is_visible() for row in phone.locator("[data-may-be-quoted]").all()]


def test_a_note_may_be_quoted_if_it_was_ticked_and_the_next_one_as_the_last(phone):
    write(phone, "One")
    write(phone, "Two", tick=True)
    write(phone, "Three")
    assert sent(phone) == [("One", False), ("Two", True), ("Three", True)]
    assert said_to_be_quotable(phone) == [False, True, True]


def test_a_note_that_is_changed_keeps_its_own_tick_until_that_is_changed_too(phone):
    write(phone, "One")
    write(phone, "Two", tick=True)
    phone.get_by_text("Change").first.click()
    write(phone, "One!")
    assert sent(phone) == [("One!", False), ("Two", True)]
    assert phone.get_by_label("May be quoted").is_checked()
    phone.get_by_text("Change").last.click()
    write(phone, "Two", tick=False)
    assert sent(phone) == [("One!", False), ("Two", False)]


def test_the_last_choice_and_that_of_words_not_sent_yet_survive_a_reload(phone):
    write(phone, "One", tick=True)
    phone.reload()
    assert phone.get_by_label("May be quoted").is_checked()
    phone.locator("input[type=radio]").first.check()
    phone.locator("[data-text]").fill("Not sent")
    phone.get_by_label("May be quoted").uncheck()
    phone.reload()
    write(phone, "Sent")
    assert sent(phone) == [("One", True), ("Sent", False)]
