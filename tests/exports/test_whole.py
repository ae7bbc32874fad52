"""The self-contained file: opened from disk in a real browser, it asks for nothing and fits every screen."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.kinds.test_contract import contents, drawn
from workshop.config import ROOT
from workshop.exports import whole
from workshop.kinds import KINDS
from workshop.rehearsal.camera import CHROMIUM_FLAGS, chromium

HEAD = re.search(
    r"<link.*>(?=\n</head>)", (ROOT / "templates/report/print.html").read_text(encoding="utf-8"), re.DOTALL
)


def page(body: str) -> str:
    assert HEAD
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>The hall: write-up</title>\n'
        f"{HEAD[0]}\n</head>\n<body>\n<main>{body}</main>\n</body>\n</html>\n"
    )


@pytest.fixture(scope="module")
def every_kind(app) -> str:
    """A write-up with a cover and every kind of exercise, as a full room answered it."""
    with app.app_context():
        bodies = {
            kind: "".join(list(drawn(kind, what, "huge", ("en",)))[-1] for what in contents(kind)) for kind in KINDS
        }
    sections = (f'<section class="exercise {kind}"><h2>{kind}</h2>{body}</section>' for kind, body in bodies.items())
    return page('<section class="cover"><h1>Every kind</h1></section>' + "".join(sections))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.mark.parametrize("width", [360, 1366])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_opened_from_disk_it_loads_nothing_runs_nothing_and_fits(every_kind, browser, tmp_path: Path, width, scheme):
    file = tmp_path / "write-up.html"
    file.write_bytes(whole.write(every_kind))
    view = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    asked: list[str] = []
    said: list[str] = []
    view.on("request", lambda request: asked.append(request.url))
    view.on("console", lambda message: said.append(message.text))
    view.goto(file.as_uri())
    view.evaluate("document.fonts.ready")
    assert [url for url in asked if not url.startswith("data:")] == [file.as_uri()]
    assert said == []
    assert view.evaluate("document.documentElement.scrollWidth") == width
    loaded = view.evaluate(
        "document.fonts.load('16px \"Atkinson Hyperlegible Next\"', 'aŵ').then((faces) => faces.length)"
    )
    assert loaded == 2
    dark = view.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (dark == "rgb(21, 19, 31)") == (scheme == "dark")
    view.close()


def test_a_script_or_an_image_from_elsewhere_that_got_in_would_do_nothing(browser, tmp_path: Path):
    file = tmp_path / "write-up.html"
    body = (
        "<script>document.title = 'ran'</script><img src='http://127.0.0.1:9/x.png' alt='' onerror='document.title=1'>"
    )
    file.write_bytes(whole.write(page(body)))
    view = browser.new_page()
    failed: list[str | None] = []
    view.on("requestfailed", lambda request: failed.append(request.failure))
    view.goto(file.as_uri())
    assert view.title() == "The hall: write-up"
    assert {failure for failure in failed if failure} <= {"csp"}
    view.close()


def test_on_paper_it_is_dark_on_light_with_its_bars_whatever_the_screen_was(every_kind, browser, tmp_path: Path):
    file = tmp_path / "write-up.html"
    file.write_bytes(whole.write(every_kind))
    view = browser.new_page(color_scheme="dark")
    view.goto(file.as_uri())
    view.emulate_media(media="print", color_scheme="dark")
    looks = view.evaluate("getComputedStyle(document.querySelector('.length')).getPropertyValue('print-color-adjust')")
    ink = view.evaluate("getComputedStyle(document.querySelector('p')).color")
    paper = view.evaluate("getComputedStyle(document.body).backgroundColor")
    view.close()
    assert (looks, ink, paper) == ("exact", "rgb(29, 27, 46)", "rgb(255, 255, 255)")


def test_nothing_in_it_leads_out_and_the_words_are_those_of_the_document(every_kind):
    made = whole.write(every_kind).decode()
    assert re.findall(r"asset:|<script|@import|url\((?![\"']?data:)", made) == []
    assert re.findall(r'<(?:link|img|source|iframe)[^>]*(?:href|src)="(?!data:)', made) == []
    assert made.partition("<body>")[2] == every_kind.partition("<body>")[2]
    assert "default-src 'none'" in made and 'name="viewport"' in made


def test_the_sheets_are_those_of_the_web_page_and_not_of_paper(every_kind):
    made = whole.write(every_kind).decode()
    for name, there in (
        ("web", True),
        ("dark", True),
        ("report", True),
        ("tally", True),
        ("base", True),
        ("paper", False),
    ):
        first = (ROOT / f"static/css/{name}.css").read_text(encoding="utf-8").splitlines()[0]
        assert (first in made) == there, name


def test_without_photos_it_stays_small(every_kind):
    assert len(whole.write(every_kind)) - len(every_kind.encode()) < 200_000


def test_the_same_document_gives_the_same_bytes(every_kind):
    assert whole.write(every_kind) == whole.write(every_kind)
