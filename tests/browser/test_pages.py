"""Every page as the people who open it have it: narrow, with large letters, without sockets."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NO_SOCKET, UNPLUGGED, Phone, Room, Watch, block
from tests.browser.published import publish
from workshop.kinds import KINDS
from workshop.model import asks

LONG = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch"

# Doubles every text, as a browser does that enlarges text only: sizes are taken first, for they inherit.
LARGE_TEXT = """() => {
  const all = [...document.querySelectorAll('body, body *')];
  const sizes = all.map((one) => parseFloat(getComputedStyle(one).fontSize));
  all.forEach((one, index) => one.style.setProperty('font-size', `${sizes[index] * 2}px`, 'important'));
}"""
# What stands out of the page to the right, unless something around it scrolls or clips it.
TOO_WIDE = """() => {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth && document.body.scrollWidth <= root.clientWidth) return [];
  const held = (one) => {
    for (let up = one.parentElement; up && up !== document.body; up = up.parentElement)
      if (getComputedStyle(up).overflowX !== 'visible') return true;
    return false;
  };
  return [...document.querySelectorAll('body *')]
    .filter((one) => one.getBoundingClientRect().right > root.clientWidth + 0.5 && !held(one))
    .map((one) => `${one.tagName.toLowerCase()}.${one.className} ${one.textContent.trim().slice(0, 40)}`)
    .concat([`page ${root.scrollWidth} wide in ${root.clientWidth}`]);
}"""


# Every page


def test_phone_pages_fit_a_narrow_phone_and_large_letters(room: Room) -> None:
    wrong: dict[str, object] = {}
    phone = room.phone("cy", join=False, keyboard=True)
    for name, page in _ways_in(room, phone):
        _check(page, name, wrong)
    phone.fill_in(perspective="volunteer", table=6)
    phone.open_you()
    _check(phone.page, "lobby", wrong)
    phone.press(phone.page.locator("#you > summary"))
    for exercise in room.workshop.agenda:
        room.go_to(exercise.id)
        phone.at(exercise.id, "waiting" if asks(exercise) else "info")
        _check(phone.page, f"{exercise.id} at first", wrong)
        if not asks(exercise):
            continue
        room.next()
        phone.at(exercise.id, "accepting")
        _check(phone.page, f"{exercise.id} open", wrong)
        phone.answer(exercise, (LONG,))
        _check(phone.page, f"{exercise.id} answered", wrong)
        room.next()
        phone.at(exercise.id, "closed")
        _check(phone.page, f"{exercise.id} closed", wrong)
        room.next()
        phone.at(exercise.id, "revealed")
        phone.sees()
        _check(phone.page, f"{exercise.id} revealed", wrong)
    while room.offers() != "end":
        room.next()
    room.end()
    phone.at("", "ended")
    _check(phone.page, "ended", wrong)
    expect(phone.page.locator("#step a")).to_have_count(0)  # the write-up is coming
    path = publish(room)
    expect(phone.page.locator("#step a")).to_have_count(3)
    _check(phone.page, "published", wrong)
    phone.page.goto(f"{room.url}{path}/cy")
    _check(phone.page, "write-up", wrong)
    _none(wrong)


def test_the_facilitators_pages_fit_a_narrow_phone_and_large_letters(room: Room) -> None:
    wrong: dict[str, object] = {}
    room.open("ideas")
    room.writes("ideas", LONG, f"{LONG} again", "A brass band")
    table = room.table("ideas")
    table.add("Cymunedau", "Communities", "A brass band")
    for details in table.page.locator("details").all():
        details.evaluate("e => { e.open = true; }")
    _check(table.page, "notes table", wrong)
    page = room.facilitator.new_page()
    for address in (
        "/workshops?",
        "/workshops/demo?",
        "/workshops/all-in-this-together?",
        "/workshops/all-in-this-together?minutes=45&",
        f"/c/{room.code}/delete?",
        f"/c/{room.code}/write-up?",
        *(f"/help/{kind}?" for kind in KINDS),
        f"/c/{room.code}?",
    ):
        page.goto(f"{room.url}{address}lang=cy")
        for row in page.locator("#agenda details").all():
            row.evaluate("e => { e.open = true; }")
        _check(page, address, wrong)
    _none(wrong)


def test_screen_and_console_have_one_heading_and_the_console_fits_at_every_step(room: Room) -> None:
    wrong: dict[str, object] = {}
    screen, phone = room.screen(), room.phone("en")
    _shape(screen, "screen, lobby", wrong)
    for exercise in room.workshop.agenda:
        room.go_to(exercise.id)
        first = exercise.content.question if asks(exercise) else exercise.content.paragraphs[0]
        expect(screen.locator("#stage")).to_contain_text(str(first.en))
        _shape(screen, f"screen, {exercise.id}", wrong)
        if asks(exercise):
            room.next()
            phone.answer(exercise, ("A long walk home",))
            room.answered(1)
            room.next()
            room.next()
            expect(screen.locator("#stage .result")).to_be_visible()
            _shape(screen, f"screen, {exercise.id} revealed", wrong)
        _shape(room.console, f"console, {exercise.id}", wrong)
        for width, height in ((768, 1024), (1024, 768), (1366, 768)):
            room.console.set_viewport_size({"width": width, "height": height})
            _width(room.console, f"console, {exercise.id} at {width}", wrong)
    while room.offers() != "end":
        room.next()
    room.end()
    expect(screen.locator("#stage .lobby")).to_be_visible()
    _shape(screen, "screen, ended", wrong)
    _shape(room.console, "console, ended", wrong)
    _none(wrong)


def _ways_in(room: Room, phone: Phone) -> Iterator[tuple[str, Page]]:
    """Everything before the room, errors too; ends on the joining page."""
    room.watch.allow("(404|422) ")
    page = phone.page
    page.goto(f"{room.url}/")
    yield "home", page
    page.locator("#code").fill("2222222")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    yield "home, wrong code", page
    page.goto(f"{room.url}/nothing-here")
    yield "not found", page
    page.goto(f"{room.url}/workshops")
    yield "without a key", page
    page.goto(f"{room.url}/j/{room.code}")
    yield "language", page
    page.goto(f"{room.url}/j/{room.code}/cy")
    page.locator("details:has([name=place]) summary").tap()
    page.locator("[name=place]").fill("222222")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    yield "joining, wrong place code", page
    page.goto(f"{room.url}/j/{room.code}/cy")
    yield "joining", page


def _check(page: Page, name: str, wrong: dict[str, object]) -> None:
    """Shape, and width: at 320 px, and at 360 px with letters of twice the size."""
    _shape(page, name, wrong)
    page.set_viewport_size({"width": 320, "height": 640})
    _width(page, f"{name}, 320 px", wrong)
    page.set_viewport_size({"width": 360, "height": 740})
    with _large_text(page):
        _width(page, f"{name}, 200% text", wrong)


def _none(wrong: dict[str, object]) -> None:
    """Fails with a line for each."""
    assert not wrong, "\n".join(f"{name}: {what}" for name, what in wrong.items())


def _shape(page: Page, name: str, wrong: dict[str, object]) -> None:
    """One heading of the page, a language, and no id twice."""
    headings = page.locator("h1:visible").count()
    if headings != 1 or page.locator("h1").count() != 1:
        wrong[f"{name}, h1"] = headings
    if page.locator("html").get_attribute("lang") not in ("cy", "en"):
        wrong[f"{name}, lang"] = page.locator("html").get_attribute("lang")
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((one) => one.id)")
    if twice := sorted({one for one in ids if ids.count(one) > 1}):
        wrong[f"{name}, ids"] = twice


def _width(page: Page, name: str, wrong: dict[str, object]) -> None:
    if out := page.evaluate(TOO_WIDE):
        wrong[f"{name}, too wide"] = out[:6]


@contextmanager
def _large_text(page: Page) -> Iterator[None]:
    page.evaluate(LARGE_TEXT)
    yield
    page.evaluate("document.querySelectorAll('[style]').forEach((one) => one.style.removeProperty('font-size'))")


# Codes and deleting


def test_a_wrong_code_says_so_and_a_right_one_is_found_however_it_is_typed(room: Room) -> None:
    room.watch.allow("404 ")
    phone = room.phone("en", join=False)
    phone.page.goto(f"{room.url}/")
    phone.page.locator("#code").fill("ZZZZZZZ")
    phone.press(phone.page.locator("form button"))
    expect(phone.page.get_by_role("alert")).to_be_visible()
    expect(phone.page.locator("#code")).to_have_attribute("aria-invalid", "true")
    phone.page.locator("#code").fill(f" {room.code[:4].lower()}-{room.code[4:].lower()} ")
    phone.press(phone.page.locator("form button"))
    phone.page.wait_for_url(f"**/j/{room.code}")


def test_a_session_is_deleted_only_by_its_code_and_then_everywhere(room: Room) -> None:
    room.watch.allow("(404|422) ")
    phone = room.phone("en")
    screen = room.screen()
    room.open("ideas")
    phone.answer(room.exercise("ideas"), ("Soon gone",))
    page = room.facilitator.new_page()
    page.goto(f"{room.url}/c/{room.code}/delete")
    page.locator("[name=code]").fill("2222222")
    page.locator("form:has([name=code]) button").click()
    expect(page.get_by_role("alert")).to_be_visible()
    phone.page.reload()
    phone.at("ideas", "accepting")
    expect(phone.page.locator("[data-notes] [data-words]")).to_have_text(["Soon gone"])
    page.locator("[name=code]").fill(room.code.lower())
    page.locator("form:has([name=code]) button").click()
    page.wait_for_url("**/workshops")
    assert room.code not in page.content()
    room.console.wait_for_url("**/workshops")
    screen.wait_for_url(f"{room.url}/")
    phone.page.wait_for_url(f"**/j/{room.code}")
    for address in (f"/c/{room.code}", f"/r/{room.code}/en", f"/j/{room.code}"):
        answer = page.goto(f"{room.url}{address}")
        assert answer is not None and answer.status == 404


# Networks that block


def test_where_websockets_are_blocked_long_polling_carries_everything(room: Room) -> None:
    phone = room.phone("en", script=NO_SOCKET)
    room.open("feel")
    phone.at("feel", "accepting")
    phone.answer(room.exercise("feel"))
    room.answered(1)
    _by(room.watch, phone.page, polling=True, put=False, now=False)


def test_where_sockets_are_blocked_altogether_plain_requests_carry_everything(room: Room) -> None:
    room.watch.allow(UNPLUGGED)
    phone = room.phone("en", script=NO_SOCKET, join=False)
    phone.page.route("**/socket.io/**", block)
    phone.join()
    room.open("feel")
    phone.at("feel", "accepting")
    phone.answer(room.exercise("feel"))
    room.answered(1)
    assert room.next() == "close"
    phone.at("feel", "closed")
    assert room.watch.frames[phone.page] == []
    _by(room.watch, phone.page, polling=None, put=True, now=True)


@pytest.mark.parametrize("surface", ["screen", "console"])
def test_screen_and_console_too_go_on_by_plain_requests(room: Room, surface: str) -> None:
    room.watch.allow(UNPLUGGED)
    context = room.context(storage_state=room.facilitator.storage_state())
    context.add_init_script(NO_SOCKET)
    page = context.new_page()
    page.route("**/socket.io/**", block)
    page.goto(f"{room.url}/{'screen' if surface == 'screen' else 'c'}/{room.code}?lang=en")
    question = str(room.open("ideas").content.question.en)
    if surface == "screen":
        expect(page.locator("#stage")).to_contain_text(question)
    else:
        expect(page.locator("#next [data-verb=close]")).to_be_visible()
    expect(page.locator("#lost")).to_be_hidden()
    _by(room.watch, page, polling=None, put=False, now=True)


def _by(watch: Watch, page: Page, *, polling: bool | None, put: bool, now: bool) -> None:
    """Which ways the page went."""
    asked = [(one.method, one.url) for one in watch.requests[page]]

    def found(method: str, url: str) -> bool:
        return any(m == method and re.search(url, u) for m, u in asked)

    if polling is not None:
        assert found("POST", r"/socket\.io/.*transport=polling") is polling
    assert found("PUT", "/s/") is put
    assert found("GET", "/now$") is now
