"""A room in real browsers: the facilitator's console, a screen and phones, against the server as a process of its own.

Pages open http://cyd.local:<port>, which Chromium leads to loopback: like a phone on a laptop's network they have no
secure context. Whatever goes wrong in any page (see Watch) fails the test that it went wrong in.
"""

import mimetypes
import re
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    Route,
    WebSocket,
    expect,
    sync_playwright,
)

from tests import cast
from workshop import packs
from workshop.config import ROOT
from workshop.model import Exercise, Workshop
from workshop.rehearsal.camera import CHROMIUM_FLAGS, chromium
from workshop.rehearsal.server import OwnServer

WAIT = 20_000  # milliseconds until what never comes fails the test
PHONE = {"width": 360, "height": 740}
SOMETHING = {"date": "2027-03-04", "hours": "2.5"}  # for fields of these types

# Errors that a browser prints for what is meant to be so: a key's page says 401 until the key is exchanged.
EXPECTED = (r"401 .*/(workshops|screen/)",)
# What browsers print while nothing answers: for tests that cut the line themselves.
UNPLUGGED = r"net::ERR_|WebSocket connection to|Failed to fetch"


# What a network does that lets no WebSocket through: the attempt fails.
NO_SOCKET = """window.WebSocket = class {
  constructor() {
    setTimeout(() => {
      this.onerror?.(new Event('error'));
      this.onclose?.({ code: 1006, reason: '' });
    });
  }
  send() {}
  close() {}
};"""


class Watch:
    """Collects what no page may ever show: script errors, console errors, failed requests, requests to elsewhere."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.frames: dict[Page, list[str]] = {}
        self.requests: dict[Page, list[Request]] = {}
        self._origins: set[str] = set()
        self._allowed = list(EXPECTED)

    def allow(self, pattern: str) -> None:
        """What this test brings about itself."""
        self._allowed.append(pattern)

    def over(self, context: BrowserContext, origin: str) -> None:
        self._origins.add(urlsplit(origin).netloc)
        context.on("page", self._page)
        context.on("console", self._console)
        context.on("weberror", lambda wrong: self.problems.append(f"script: {wrong.error}"))
        context.on("request", self._request)
        context.on("requestfailed", self._failed)
        context.set_default_timeout(WAIT)

    def wrong(self) -> list[str]:
        return [one for one in self.problems if not any(re.search(pattern, one) for pattern in self._allowed)]

    def _page(self, page: Page) -> None:
        self.frames[page] = []
        self.requests[page] = []
        page.on("request", lambda request: self.requests[page].append(request))
        page.on("websocket", lambda one: self._websocket(page, one))

    def _websocket(self, page: Page, one: WebSocket) -> None:
        self._ours(one.url)
        one.on(
            "framereceived",
            lambda data: self.frames[page].append(data if isinstance(data, str) else repr(data)),
        )

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.problems.append(f"console: {message.text} {message.location['url']}")

    def _failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # given up by the browser itself, because the page went on
            self.problems.append(f"request: {request.method} {request.url} {request.failure}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith(("data:", "blob:")):
            self._ours(request.url)

    def _ours(self, url: str) -> None:
        if urlsplit(url).netloc not in self._origins:
            self.problems.append(f"elsewhere: {url}")


class Phone:
    """One participant's browser. By tap, or all by keyboard."""

    def __init__(self, room: "Room", context: BrowserContext, lang: str, keyboard: bool) -> None:
        self.room, self.context, self.lang, self.keyboard = room, context, lang, keyboard
        self.page = context.new_page()

    # Arriving

    def join(self, perspective: str | None = None, table: int | None = None, name: str = "") -> None:
        """From the QR code's address to the room."""
        self.page.goto(f"{self.room.url}/j/{self.room.code}")
        self.press(self.page.locator(f"a[hreflang={self.lang}]"))
        self.fill_in(perspective, table, name)

    def fill_in(self, perspective: str | None = None, table: int | None = None, name: str = "") -> None:
        form = self.page.locator("#join")
        if name:
            form.locator("#call-me").fill(name)
        self.speak_as(form, perspective, table)
        self.press(form.locator("button"))
        self.here()

    def speak_as(self, form: Locator, perspective: str | None = None, table: int | None = None) -> None:
        if perspective:
            self.press(form.locator(f"[name=perspective][value={perspective}]"))
        if table:
            if not form.locator("[name=table]").is_checked():
                self.press(form.locator("[name=table]"))
            form.locator("[name=size]").fill(str(table))

    def here(self) -> None:
        """On the phone's own page, with its socket up."""
        self.page.wait_for_url(f"**/s/{self.room.code}/{self.lang}")
        expect(self.page.locator("#phone[data-connected=true]")).to_be_attached()

    def open_you(self) -> Locator:
        """What stands under "You"."""
        you = self.page.locator("#you")
        if you.get_attribute("open") is None:
            self.press(you.locator("> summary"))
        return you

    # What it shows

    def at(self, exercise: str, state: str) -> None:
        found = f"#step > section[data-exercise='{exercise}'][data-state={state}]"
        expect(self.page.locator(found)).to_be_attached()

    def says(self, state: str) -> None:
        """The quiet line, and exactly one phrase of it."""
        line = self.page.locator("#state")
        expect(line).to_have_attribute("data-state", state)
        expect(line.locator(f"[data-when={state}]")).to_be_visible()
        assert line.locator("[data-when]:visible").count() == 1

    def sees(self) -> str:
        """The revealed tally, unfolded."""
        seen = self.page.locator("#seen")
        if not seen.is_visible():
            self.press(self.page.locator("#see > summary"))
        expect(seen).not_to_be_empty()
        return seen.inner_text()

    def received(self) -> str:
        """Everything that this phone's sockets ever heard."""
        return "\n".join(self.room.watch.frames[self.page])

    def box(self, statement: int, point: int) -> Locator:
        """A point of the n-th statement of its own list."""
        return self.page.locator("[data-statement]:visible").nth(statement).locator(f"input[value='{point}']")

    def stored(self, exercise: str) -> Any:
        """What the server holds of this phone's answer."""
        address = f"/s/{self.room.code}/{self.lang}/now"
        answers = self.page.evaluate("async (url) => (await (await fetch(url)).json()).mine.answers", address)
        return answers[exercise]["value"]

    # Answering

    def press(self, target: Locator) -> None:
        if self.keyboard:
            target.focus()
            self.page.keyboard.press("Enter" if target.evaluate("e => e.tagName === 'A'") else "Space")
        else:
            target.tap()

    def answer(self, exercise: Exercise, words: Sequence[str] = ()) -> None:
        """The whole exercise, whatever its kind, with these words of its own; returns once it says received."""
        self.at(exercise.id, "accepting")
        if exercise.kind == "scale":
            self.rate()
        elif exercise.kind == "card_sort":
            self.sort(exercise)
        elif exercise.kind == "notes":
            for number, text in enumerate(words):
                self.write(text, number)
        elif exercise.kind == "points":
            self.put_dots()
        elif exercise.kind == "form":
            typed = [field.id for field in exercise.content.fields if field.type in ("line", "text")]
            self.fill_form(exercise, dict(zip(typed, words[:1], strict=False)))
        else:
            self.map_pressures(*words[:1])
        self.says("received")

    def rate(self) -> None:
        """Every statement, now and, where it is asked, thinking back."""
        for number, five in enumerate(self.page.locator(".five:visible").all()):
            self.press(five.locator(f"input[value='{1 + number % 5}']"))

    def sort(self, exercise: Exercise, placed: Mapping[str, str] | None = None) -> None:
        """Every card, one after the other, into these piles or over all."""
        piles = [pile.id for pile in exercise.content.piles]
        titled = {card.title.in_(self.lang): card.id for card in exercise.content.dealt}
        cards = self.page.locator("[data-card]").count()
        assert cards == len(titled)
        for done in range(cards):
            before = self.page.locator("[data-task]").text_content()
            number = piles.index(placed[titled[str(before)]]) if placed else done % len(piles)
            if self.keyboard:
                self.page.keyboard.press(str(number + 1))
            else:
                self.page.locator(f"[data-pile={piles[number]}]").tap()
            if done + 1 < cards:
                self.page.wait_for_function(
                    "before => document.querySelector('[data-task]').textContent !== before",
                    arg=before,
                    polling="raf",
                )
        expect(self.page.locator("[data-done]")).to_be_visible()
        expect(self.page.locator("[data-all]")).to_be_visible()

    def write(self, text: str, prompt: int = 0) -> None:
        """One note, sent."""
        self.press(self.page.locator(".notes-form input[type=radio]").nth(prompt))
        area = self.page.locator("[data-text]")
        area.tap() if not self.keyboard else area.focus()
        self.page.keyboard.type(text)
        self.press(self.page.locator("[data-add]"))
        expect(self.page.locator("[data-notes] [data-words]").filter(has_text=text)).to_be_visible()

    def put_dots(self) -> None:
        """Every dot that there is, on the first things of this phone's own list."""
        free = self.page.locator("[data-pips] .free")
        things = self.page.locator("[data-item]")
        for number in range(free.count()):
            left = free.count()
            self.press(things.nth(number % things.count()).locator("input, [data-more]"))
            expect(free).to_have_count(left - 1)

    def fill_form(
        self, exercise: Exercise, words: Mapping[str, str], show: str = "anonymous", name: str = "", kept: str = ""
    ) -> None:
        """These words, and something in whatever else is wanted.

        `show` says who may see it: private, anonymous or named; `kept` is a field that stays private all the same.
        """
        for field in exercise.content.fields:
            if field.wanted or field.id in words:
                self.fill_field(field.id, words.get(field.id) or SOMETHING.get(field.type, "rhywbeth"))
        if kept:
            self.press(self.page.locator("[data-keeping] > summary"))
            self.press(self.page.locator(f"[data-keep][value={kept}]"))
        self.press(self.page.locator(f".shows input[value={show}]"))
        if name:
            self.page.locator("[data-name]").fill(name)
            self.page.keyboard.press("Tab")

    def fill_field(self, field: str, given: str = "") -> None:
        """One field of a form; of a choice the first."""
        blank = self.page.locator(f"[data-field='{field}']")
        folded = self.page.locator("[data-more]:not([open])").filter(has=blank)
        if folded.count():
            self.press(folded.locator("> summary"))
        if blank.get_attribute("data-type") == "choice":
            self.press(blank.locator("input").first)
        else:
            blank.locator("[data-input]").fill(given)
            self.page.keyboard.press("Tab")

    def map_pressures(self, own: str = "") -> None:
        """As many as are asked for, rated, and what would ease the first."""
        pick, rate, ease = (self.page.locator(f"[data-stage={name}]") for name in ("pick", "rate", "ease"))
        least = int(str(self.page.locator("[data-least]").get_attribute("data-least")))
        for number in range(least):
            self.press(pick.locator("[data-source]").nth(number * 2))
        if own:
            pick.locator("[data-text]").focus()
            self.page.keyboard.type(own)
            self.press(pick.locator("[data-add]"))
            expect(pick.locator("[data-own]")).to_contain_text(own)
        total = least + bool(own)
        expect(pick.locator("[data-picked]")).to_have_text(str(total))
        self.press(pick.locator("[data-forward]"))
        for number in range(total):
            expect(rate.locator("[data-number]")).to_have_text(str(number + 1))
            self.press(rate.locator("[name$='-strength'][value='4']"))
            self.press(rate.locator("[name$='-seen'][value=hidden]"))
            self.press(rate.locator("[data-forward]"))
        self.press(ease.locator("[data-eases] input").first)


class Room:
    """A session with its console open; a screen and phones as a test asks for them."""

    def __init__(
        self, browser: Browser, server: OwnServer, watch: Watch, keys: Any, pack: str, minutes: int | None = None
    ) -> None:
        self.browser, self.server, self.watch, self._keys = browser, server, watch, keys
        whole = packs.load(ROOT / "exercises" / pack / "workshop.toml")
        self.workshop: Workshop = whole.cut(minutes) if minutes else whole
        self.url = f"http://cyd.local:{server.port}"
        self.contexts: list[BrowserContext] = []
        self.facilitator = self.context(storage_state=keys, viewport={"width": 1366, "height": 768})
        self.console = self.facilitator.new_page()
        self._last_press = -1000.0
        self._start(pack, minutes)

    def _start(self, pack: str, minutes: int | None) -> None:
        run = f"&minutes={minutes}" if minutes else ""
        self.console.goto(f"{self.url}/workshops/{pack}?lang=en{run}")
        self.console.locator("[name=runner]").fill("Cyngor Sir Enghraifft")
        self.console.locator("[name=contact]").fill("ada@example.org")
        self.console.locator("form:has([name=runner]) button").click()
        expect(self.console.locator("body[data-connected=true]")).to_be_attached()
        self.code = str(self.console.locator("#console").get_attribute("data-code"))

    def context(self, **options: Any) -> BrowserContext:
        context = self.browser.new_context(reduced_motion="reduce", **options)
        self.watch.over(context, self.url)
        self.contexts.append(context)
        return context

    def close(self) -> None:
        for context in self.contexts:
            context.close()

    # Who comes in

    def phone(
        self, lang: str = "en", *, join: bool = True, keyboard: bool = False, script: str = "", **about: Any
    ) -> Phone:
        """Another phone; `about` is what it says of itself when it joins, `script` runs before any of ours."""
        context = self.context(viewport=PHONE, is_mobile=True, has_touch=True)
        if script:
            context.add_init_script(script)
        phone = Phone(self, context, lang, keyboard)
        if join:
            phone.join(**about)
        return phone

    def screen(self) -> Page:
        """The projector, on another machine, by the link that the console gives."""
        link = urlsplit(str(self.console.locator(f"header a[href*='/screen/{self.code}#']").get_attribute("href")))
        page = self.context(viewport={"width": 1920, "height": 1080}).new_page()
        page.goto(f"{self.url}{link.path}#{link.fragment}")
        expect(page.locator("body[data-connected=true]")).to_be_attached()
        assert urlsplit(page.url).fragment == ""
        return page

    def second_console(self) -> Page:
        page = self.facilitator.new_page()
        page.goto(f"{self.url}/c/{self.code}?lang=en")
        expect(page.locator("body[data-connected=true]")).to_be_attached()
        return page

    def crowd(self, people: int, lang: str = "en", **about: str) -> list[cast.Phone]:
        """Phones of more people, which are no browsers."""
        return [cast.phone(self.server, self.code, lang, **about) for _ in range(people)]

    def answers(self, exercise: str, value: Any, *people: cast.Phone) -> None:
        """Each of these says the same, and for the first time."""
        for one in people:
            answer = one.put_answer(exercise, 1, value, one.now()["revision"])
            assert answer.json == {"ok": True, "status": "received", "n": 1}

    def writes(self, exercise: str, *texts: str) -> list[str]:
        """Notes to the first prompt, each by somebody else, in this order; their ids."""
        prompt = self.exercise(exercise).content.prompts[0].id
        notes = [{"id": secrets.token_hex(8), "prompt": prompt, "lang": "en", "text": text} for text in texts]
        for note, one in zip(notes, self.crowd(len(notes)), strict=True):
            self.answers(exercise, {"notes": [note]}, one)
        return [note["id"] for note in notes]

    def table(self, exercise: str) -> "NotesTable":
        """The notes table of the exercise, in a window of its own beside the console."""
        return NotesTable(self, exercise)

    # What the facilitator does

    def exercise(self, exercise: str) -> Exercise:
        return self.workshop.exercise(exercise)

    def go_to(self, exercise: str) -> None:
        """By the run sheet."""
        row = self.console.locator(f"#agenda [data-verb=go_to]:has([name=exercise][value='{exercise}'])")
        row.locator("button").click()
        expect(self.console.locator("#agenda [aria-current=step]")).to_contain_text(
            str(self.exercise(exercise).title.en)
        )

    def open(self, exercise: str) -> Exercise:
        """To the exercise, and its answers open."""
        self.go_to(exercise)
        assert self.next() == "open"
        return self.exercise(exercise)

    def offers(self, console: Page | None = None) -> str:
        """What Next would do: verb, exercise, view."""
        return str((console or self.console).evaluate(f"({OFFERS})()"))

    def next(self, key: str = "") -> str:
        """Presses Next, or the key, and waits until the console offers something else; the verb it did."""
        before = self.offers()
        button = self.console.locator("#next [data-key=next] button")
        self._take_time()
        with self.console.expect_response("**/do/**"):
            self.console.keyboard.press(key) if key else button.click()
        self._pressed()
        self.console.wait_for_function(f"before => ({OFFERS})() !== before", arg=before, polling="raf")
        return before.split(" ")[0]

    def key(self, key: str) -> None:
        """A key of the console that does something at once."""
        with self.console.expect_response("**/do/**"):
            self.console.keyboard.press(key)

    def ask_to_end(self) -> Locator:
        """Next, when there is nothing more; the question that comes then."""
        self._take_time()
        self.console.locator("#next [data-verb=end] button").click()
        return self.console.locator("#sure")

    def end(self) -> None:
        self.ask_to_end().locator("button[value=yes]").click()
        expect(self.console.locator("#next [data-verb=reopen]")).to_be_visible()

    def _pressed(self) -> None:
        self._last_press = float(self.console.evaluate("performance.now()"))

    def _take_time(self) -> None:
        """The console takes no second press of Next within 600 ms."""
        self.console.wait_for_function("last => performance.now() - last > 620", arg=self._last_press, polling="raf")

    def answered(self, phones: int) -> None:
        """How many phones have answered, as the console counts them."""
        expect(self.console.locator("#now meter")).to_have_js_property("value", phones)

    def note(self, text: str) -> Locator:
        """Where the console has these words as somebody's note, and not as something to merge another one into."""
        return self.console.locator("#notes li").filter(has=self.console.locator("bdi", has_text=text))

    def hide(self, text: str) -> None:
        """With the first of the reasons."""
        note = self.note(text)
        note.locator("details > summary").click()
        note.locator("[data-verb=hide] button").first.click()
        expect(note.locator("[data-verb=unhide]")).to_be_visible()


class NotesTable:
    """The facilitator's page where an exercise's notes are put under themes."""

    def __init__(self, room: Room, exercise: str) -> None:
        self.page = room.facilitator.new_page()
        self.page.goto(f"{room.url}/c/{room.code}/themes/{exercise}?lang=en")
        expect(self.page.locator("body[data-connected=true]")).to_be_attached()

    def column(self, title: str = "") -> Locator:
        """The column of the theme; without a title, of what lies in none."""
        columns = self.page.locator("[data-theme]")
        return columns.filter(has=self.page.locator("h2", has_text=title or "In no theme yet"))

    def card(self, text: str) -> Locator:
        """The card that has this note on top."""
        return self.page.locator("[data-note]").filter(has=self.page.locator(".pick", has_text=text))

    def cards(self, title: str = "") -> list[str]:
        """What lies on top in the column, from the newest to the oldest."""
        return self.column(title).locator(".pick bdi").all_inner_texts()

    def has(self, title: str, texts: Sequence[str]) -> None:
        """Waits until just these lie in the column, in any order."""
        expect(self.column(title).locator(".pick bdi")).to_have_count(len(texts))
        for text in texts:
            expect(self.column(title).locator(".pick bdi").filter(has_text=text)).to_have_count(1)

    def pick(self, *texts: str) -> None:
        for text in texts:
            self.card(text).locator("input[name=notes]").check()

    def add(self, cy: str, en: str, *texts: str) -> None:
        """A new theme with these notes in it."""
        self.pick(*texts)
        form = self.page.locator(".new-theme")
        form.locator("[name=cy]").fill(cy)
        form.locator("[name=en]").fill(en)
        form.locator("button").click()
        self.has(en or cy, texts)


OFFERS = """() => {
  const form = document.querySelector('#next form');
  const field = (name) => form.elements[name]?.value ?? '';
  return [form.dataset.verb, field('exercise'), field('view')].join(' ').trim();
}"""


# Fixtures


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=WAIT)
    with sync_playwright() as playwright:
        flags = [*CHROMIUM_FLAGS, "--host-resolver-rules=MAP cyd.local 127.0.0.1"]
        browser = playwright.chromium.launch(executable_path=chromium(), args=flags)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnServer]:
    """One server for every test that does not stop it."""
    server = OwnServer(tmp_path_factory.mktemp("cyd") / "data").start()
    yield server
    server.stop()


@pytest.fixture(scope="package")
def keys(browser: Browser, server: OwnServer) -> Any:
    """The facilitator's cookies, from the link that the server prints."""
    return enter(browser, server)


def enter(browser: Browser, server: OwnServer) -> Any:
    """Opens the facilitator's link once; what the browser then holds."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"http://cyd.local:{server.port}/workshops#{server.key}")
    page.locator("a[href$='/workshops/demo']").wait_for()
    assert urlsplit(page.url).fragment == ""
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def rooms(browser: Browser, watch: Watch) -> Iterator[Callable[..., Room]]:
    """Makes rooms; in the end nothing may have gone wrong in any of their pages, nor in the servers."""
    made: list[Room] = []
    said: dict[OwnServer, str] = {}

    def make(server: OwnServer, keys: Any, pack: str = "demo", minutes: int | None = None) -> Room:
        said.setdefault(server, server.log)
        made.append(Room(browser, server, watch, keys, pack, minutes))
        return made[-1]

    yield make
    for one in made:
        one.close()
    assert watch.wrong() == []
    assert [server.log.removeprefix(before) for server, before in said.items()] == [""] * len(said)


@pytest.fixture
def room(rooms: Callable[..., Room], server: OwnServer, keys: Any) -> Room:
    """A session of the short pack that has every kind."""
    return rooms(server, keys)


@pytest.fixture(scope="package")
def mortal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnServer]:
    server = OwnServer(tmp_path_factory.mktemp("mortal") / "data").start()
    yield server
    server.stop()


@pytest.fixture(scope="package")
def mortal_keys(browser: Browser, mortal: OwnServer) -> Any:
    return enter(browser, mortal)


@pytest.fixture
def own_server(mortal: OwnServer) -> OwnServer:
    """A server that the test may kill."""
    return mortal if mortal.process else mortal.start()


@pytest.fixture
def own_room(rooms: Callable[..., Room], own_server: OwnServer, mortal_keys: Any) -> Room:
    return rooms(own_server, mortal_keys)


def serve(page: Page, html: str = "") -> None:
    """Gives the page our style sheets, scripts and fonts, and `html` as the page itself."""

    def fulfil(route: Route) -> None:
        path = route.request.url.split("/", 3)[3]
        if not path.startswith("static/"):
            route.fulfill(body=html, content_type="text/html; charset=utf-8")
            return
        file = ROOT / path
        route.fulfill(body=file.read_bytes(), content_type=mimetypes.guess_type(file.name)[0] or "font/woff2")

    page.route("http://cyd.local/**", fulfil)


def block(route: Route) -> None:
    """What a network does that does not let it through."""
    route.abort()


__all__ = ["NO_SOCKET", "UNPLUGGED", "NotesTable", "OwnServer", "Phone", "Room", "Watch", "block", "serve"]
