"""The shipped workshop from joining to the write-up, in real browsers: two phones, a screen and a console."""

import base64
import re
import subprocess
from collections.abc import Callable
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OwnServer, Phone, Room
from tests.browser.published import publish
from workshop.model import Exercise, asks

PACK = "all-in-this-together"
WELSH, ENGLISH = "Caneri Cymraeg", "English canary"
HIDDEN = "Hidden canary"  # by the facilitator, who alone may see it
PRIVATE = "Private canary"  # by its writer, who alone may see it
OWN = "Pressure canary"
CY_NAME, EN_NAME = "Mair", "Cari"


def test_a_room_goes_through_the_whole_pack_to_both_write_ups(
    rooms: Callable[..., Room], server: OwnServer, keys: Any, tmp_path: Path
) -> None:
    room = rooms(server, keys, PACK)
    screen = room.screen()
    expect(screen.locator("#stage")).to_contain_text(room.code)
    cy = room.phone("cy", keyboard=True, perspective="community", table=6)
    en = room.phone("en", perspective="councillor", name=EN_NAME)
    for phone in (cy, en):
        phone.at("", "lobby")
    opened = []
    for exercise in room.workshop.agenda:
        assert room.offers() == f"go_to {exercise.id}"
        assert room.next() == "go_to"
        expect(room.console.locator("#now h1")).to_have_text(str(exercise.title.en))
        if asks(exercise):
            _ask(room, screen, cy, en, exercise)
        else:
            _tell(room, screen, (cy, en), exercise)
        opened.append(exercise.id)
    assert opened == [exercise.id for exercise in room.workshop.agenda]
    assert room.offers() == "end"
    room.end()
    for phone in (cy, en):
        phone.at("", "ended")
    _check_secrets(room, screen, cy, en)
    _check_write_ups(room, cy, en, tmp_path)


def _tell(room: Room, screen: Page, phones: tuple[Phone, ...], exercise: Exercise) -> None:
    """An exercise that only tells: every page of it on the wall, all of it on every phone in its language."""
    for phone in phones:
        phone.at(exercise.id, "info")
        for paragraph in exercise.content.paragraphs:
            expect(phone.page.locator("#step")).to_contain_text(paragraph.in_(phone.lang))
    stage = screen.locator("#stage")
    for paragraph in exercise.content.paragraphs:
        for lang in ("cy", "en"):
            expect(stage.locator(f"[lang={lang}]").filter(has_text=paragraph.in_(lang))).to_be_visible()
    _every_view(room, screen)


def _ask(room: Room, screen: Page, cy: Phone, en: Phone, exercise: Exercise) -> None:
    """Opened, answered by both, closed, revealed, every view; nothing that was said is anywhere before the reveal."""
    stage = screen.locator("#stage")
    for phone in (cy, en):
        phone.at(exercise.id, "waiting")
    assert room.next() == "open"
    for lang in ("cy", "en"):
        expect(stage.locator(f"[lang={lang}]").filter(has_text=exercise.content.question.in_(lang))).to_be_visible()
    said = _say(exercise, cy, en)
    room.answered(2)
    expect(screen.locator("#head, #stage").get_by_text("2", exact=True).first).to_be_visible()
    _nothing_of(said, screen)
    assert room.next() == "close"
    for phone in (cy, en):
        phone.at(exercise.id, "closed")
    shown = [text for texts in said.values() for text in texts if HIDDEN not in text and PRIVATE not in text]
    for text in [one for one in said[en] if HIDDEN in one]:
        room.hide(text)
    if exercise.kind in ("notes", "form"):
        _mark(room, shown[0], "star")
    if exercise.kind == "pressure_map":
        _mark(room, said[en][0], "accept")
        shown = said[en]  # what the facilitator has not put on the map does not stand on it
    _nothing_of(said, screen)
    assert room.next() == "reveal"
    walls = "\n".join(_every_view(room, screen))
    for phone in (cy, en):
        phone.at(exercise.id, "revealed")
        seen = phone.sees()
        for one in _in_the_picture(exercise, phone.lang):
            assert _plain(one) in _plain(seen), (exercise.id, one)
        for text in shown:
            assert text in seen and text in walls, (exercise.id, text)
        assert HIDDEN not in seen + walls and PRIVATE not in seen + walls


def _every_view(room: Room, screen: Page) -> list[str]:
    """Presses Next through all pictures of the exercise; what the wall said in each, always something else."""
    stage = screen.locator("#stage")
    texts = [_settled(room, screen)]
    while room.offers().startswith("view"):
        before = stage.inner_html()
        assert room.next() == "view"
        screen.wait_for_function(
            "before => document.getElementById('stage').innerHTML !== before", arg=before, polling="raf"
        )
        texts.append(_settled(room, screen))
    assert all(one != following for one, following in pairwise(texts))
    return texts


def _settled(room: Room, screen: Page) -> str:
    """The wall's text once it is at the step where the console is, and not wider or taller than the wall."""
    expect(screen.locator("#stage .result")).to_be_visible()
    fits = "e => [e.scrollWidth <= e.clientWidth + 1, e.scrollHeight <= e.clientHeight + 1]"
    assert screen.locator("#stage").evaluate(fits) == [True, True], room.offers()
    return screen.locator("#stage").inner_text()


def _say(exercise: Exercise, cy: Phone, en: Phone) -> dict[Phone, list[str]]:
    """Both answer all of it; the words that each wrote, none of which is anywhere else."""
    said: dict[Phone, list[str]] = {cy: [], en: []}
    if exercise.kind == "notes":
        said = {cy: [f"{WELSH} {exercise.id}"], en: [f"{ENGLISH} {exercise.id}", f"{HIDDEN} {exercise.id}"]}
    if exercise.kind == "pressure_map":
        said = {cy: [f"{OWN} cy"], en: [f"{OWN} en"]}
    if exercise.kind == "form":
        return _fill_forms(exercise, cy, en)
    for phone, texts in said.items():
        phone.answer(exercise, texts)
    return said


def _fill_forms(exercise: Exercise, cy: Phone, en: Phone) -> dict[Phone, list[str]]:
    """Every way to be seen: signed but for a part, anonymous and hidden then, private, with the phone's own name."""
    secret = [f"{PRIVATE} {number}" for number in range(2)]
    if exercise.id == "ask":
        welsh, english = {"do": f"{WELSH} ask", "check": secret[0], "first-step": secret[1]}, {"do": f"{HIDDEN} ask"}
        cy.fill_form(exercise, welsh, show="named", name=CY_NAME, kept="first-step")
        en.fill_form(exercise, english, show="anonymous")
    else:
        welsh, english = {"do": secret[0], "with": secret[1]}, {"do": f"{ENGLISH} commitment"}
        cy.fill_form(exercise, welsh, show="private")
        en.fill_form(exercise, english, show="named")
    for phone in (cy, en):
        phone.says("received")
    return {cy: list(welsh.values()), en: list(english.values())}


def _mark(room: Room, text: str, verb: str) -> None:
    """Stars a note or puts a pressure on the map."""
    button = room.note(text).locator(f"[data-verb={verb}] button")
    button.click()
    expect(button).to_have_count(0)


def _nothing_of(said: dict[Phone, list[str]], screen: Page) -> None:
    """None of what was written is on the screen, on the other phone, or in anything that their sockets heard."""
    for writer, texts in said.items():
        for page in (screen, *(phone.page for phone in said if phone is not writer)):
            reached = "\n".join(writer.room.watch.frames[page]) + page.content()
            assert [text for text in texts if text in reached] == [], page.url


def _check_secrets(room: Room, screen: Page, cy: Phone, en: Phone) -> None:
    """In all that they ever heard, no other page has a private word, nor any but the console a hidden one."""
    for secret, knowing in ((PRIVATE, (cy.page,)), (HIDDEN, (en.page, room.console))):
        pages = [page for page in (screen, room.console, cy.page, en.page) if page not in knowing]
        assert [page.url for page in pages if secret in "\n".join(room.watch.frames[page])] == []


def _in_the_picture(exercise: Exercise, lang: str) -> list[str]:
    """Titles that the revealed picture cannot do without."""
    if exercise.kind == "card_sort":
        return [card.title.in_(lang) for card in exercise.content.dealt]
    if exercise.kind == "notes":
        return [prompt.title.in_(lang) for prompt in exercise.content.prompts]
    if exercise.kind == "pressure_map":
        return [exercise.content.pressures[0].title.in_(lang)]
    if exercise.kind == "form":
        return [tick.title.in_(lang) for tick in exercise.content.ticks]
    return [one.title.in_(lang) for one in exercise.content.lists]


def _plain(text: str) -> str:
    return " ".join(text.split())


# The write-up


def _check_write_ups(room: Room, cy: Phone, en: Phone, scratch: Path) -> None:
    expect(en.page.locator("#step")).to_contain_text("The write-up is coming")
    assert cy.page.locator("#step a").count() == 0
    path = publish(room)
    given = [(room.console, f"/r/{room.code}/{lang}.pdf") for lang in ("cy", "en")]  # the draft, for the facilitator
    for phone in (cy, en):
        link = phone.page.locator("#step a[href$='.pdf']")
        expect(link).to_have_attribute("href", re.compile(rf"/{phone.lang}\.pdf$"))
        given.append((phone.page, str(link.get_attribute("href"))))
    langs = []
    for page, address in given:
        lang = address[-6:-4]
        langs.append(lang)
        _check_pdf(room, _download(page, address), lang, scratch)
    assert sorted(langs) == ["cy", "cy", "en", "en"]
    en.page.locator(f"#step a[href='{path}/en']").tap()
    expect(en.page.locator("h1")).to_have_text(str(room.workshop.title.en))
    for exercise in room.workshop.agenda:
        if exercise.kind == "notes":
            expect(en.page.get_by_text(f"{ENGLISH} {exercise.id}").first).to_be_visible()
    for name in (CY_NAME, EN_NAME):
        expect(en.page.get_by_text(name, exact=True).first).to_be_visible()
    for secret in (HIDDEN, PRIVATE):
        expect(en.page.get_by_text(secret)).to_have_count(0)
    en.page.locator("a[hreflang=cy]").tap()
    expect(en.page.locator("h1")).to_have_text(str(room.workshop.title.cy))


def _download(page: Page, address: str) -> bytes:
    """The file behind a link of the page, fetched as the browser would: with its cookies."""
    answer = page.evaluate(
        """async (address) => {
          const answer = await fetch(address);
          const reader = new FileReader();
          reader.readAsDataURL(await answer.blob());
          await new Promise((resolve) => reader.addEventListener('load', resolve));
          return [answer.status, answer.headers.get('content-type'), reader.result.split(',')[1]];
        }""",
        address,
    )
    assert answer[:2] == [200, "application/pdf"]
    return base64.b64decode(answer[2])


def _check_pdf(room: Room, body: bytes, lang: str, scratch: Path) -> None:
    other = "en" if lang == "cy" else "cy"
    assert body.startswith(b"%PDF")
    with pikepdf.open(BytesIO(body)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert len(pdf.Root.StructTreeRoot.K) > 0
        assert str(pdf.Root.Lang)[:2] == lang
        with pdf.open_metadata() as about:
            assert about["pdfuaid:part"] == "1"
            assert room.workshop.title.in_(lang) in str(about["dc:title"])
    file = scratch / f"{lang}.pdf"
    file.write_bytes(body)
    told = subprocess.run(["pdftotext", str(file), "-"], capture_output=True, check=True, text=True).stdout
    text = _plain(told)
    for exercise in room.workshop.agenda:
        assert _plain(exercise.title.in_(lang)) in text, exercise.id
        assert exercise.title.in_(lang) == exercise.title.in_(other) or exercise.title.in_(other) not in text
        if asks(exercise):
            assert _plain(exercise.content.question.in_(lang)) in text, exercise.id
        if exercise.kind == "notes":
            assert f"{WELSH} {exercise.id}" in text and f"{ENGLISH} {exercise.id}" in text
    assert [one for one in (f"{WELSH} ask", CY_NAME, f"{ENGLISH} commitment", EN_NAME) if one not in text] == []
    assert HIDDEN not in text and PRIVATE not in text
    assert _plain(room.workshop.purpose.in_(lang)) in text
    assert _plain(room.workshop.purpose.in_(other)) not in text


@pytest.mark.parametrize("size", [(1920, 1080), (1024, 768)], ids=str)
def test_no_question_is_cut_off_the_wall_while_it_is_open(
    rooms: Callable[..., Room], server: OwnServer, keys: Any, size: tuple[int, int]
) -> None:
    room = rooms(server, keys, PACK)
    screen = room.screen()
    screen.set_viewport_size({"width": size[0], "height": size[1]})
    for exercise in (one for one in room.workshop.agenda if asks(one)):
        room.open(exercise.id)
        expect(screen.locator("#stage .turnout")).to_be_in_viewport(ratio=1)
