"""Simulated participants, who speak the wire like any phone, and a server of their own for them.

`python -m workshop.rehearsal --people 30 --seed 7 --out DIR` plays a pack from joining to the write-up. It leaves
both PDFs, what everyone answered, and pictures of phone, screen and console at each step in DIR. The same seed gives
the same answers.
"""

import argparse
import asyncio
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from workshop import kinds, packs
from workshop.config import ROOT
from workshop.model import Exercise, Person, Workshop, asks

TABLES = (4, 5, 6, 3)  # sizes of the tables that share a phone
WAIT = 60.0  # seconds until a rehearsal that hangs says so


class OwnServer:
    """A real server process on 127.0.0.1 with a data folder of its own. `link` is the facilitator's."""

    def __init__(self, data: Path, port: int = 18050, **environment: str) -> None:
        self.data, self._environment = data, environment
        self.port = port
        self.link = ""
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> "OwnServer":
        """Returns once it serves. Started again after a kill it keeps its port."""
        settings = {"DATA": str(self.data), "HOST": "127.0.0.1", "PORT": str(self.port), **self._environment}
        log = (self.data.parent / f"{self.data.name}.log").open("a", encoding="utf-8")
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", str(ROOT / "app.py")],
            env={**os.environ, **settings},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        log.close()
        said = []
        assert self.process.stdout is not None
        for line in self.process.stdout:
            said.append(line)
            found = re.search(r"(https?://[^/\s]+?(?::(\d+))?/workshops#\S+)", line)
            if found:
                self.link, self.port = found[1], int(found[2] or self.port)
            if "Ctrl+C" in line:
                return self
        raise RuntimeError(f"the server did not start: {''.join(said)}{self.log}")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def key(self) -> str:
        return self.link.partition("#")[2]

    @property
    def log(self) -> str:
        return (self.data.parent / f"{self.data.name}.log").read_text(encoding="utf-8")

    def kill(self) -> None:
        """As a power cut would: no goodbye."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self.process is None:
            return
        self.process.send_signal(how)
        self.process.wait(20)
        if self.process.stdout:
            self.process.stdout.close()
        self.process = None


# --- What they will say, from the seed alone ---------------------------------------------------------------------


@dataclass(frozen=True)
class Imagined:
    """One phone of the rehearsal: who it speaks as, for how many, how it behaves, and what it will answer."""

    person: Person
    size: int
    slow: bool
    drops: bool
    answers: dict[str, Any] = field(default_factory=dict)


def imagine_room(workshop: Workshop, hints: dict[str, Any], people: int, seed: int) -> list[Imagined]:
    """Everyone and their answers. Both languages, every perspective, four tables, some slow, some who lose signal."""
    room = []
    dealt = deal_notes(hints, people, seed)
    for number in range(people):
        random = Random(f"{seed} {number}")
        chosen = random.choice(workshop.perspectives) if workshop.perspectives and random.random() < 0.95 else None
        person = Person(spoken(number), chosen.id if chosen else None, bool(chosen and chosen.own))
        shared = {"roles": hints.get("roles", {}), "weights": hints.get("weights", {})}
        answers = {
            exercise.id: kinds.imagine(
                exercise.kind, exercise.content, random, person, {**shared, **dealt[number].get(exercise.id, {})}
            )
            for exercise in workshop.agenda
            if asks(exercise) and random.random() < 0.94
        }
        size = TABLES[number // 4 % len(TABLES)] if number % 8 == 4 and number < 8 * len(TABLES) else 1
        room.append(Imagined(person, size, slow=number % 7 == 3, drops=number % 6 == 5, answers=answers))
    return room


def deal_notes(hints: dict[str, Any], people: int, seed: int) -> list[dict[str, Any]]:
    """Each of the pack's example texts to one person only, so that a room does not say everything twice."""
    dealt: list[dict[str, Any]] = [{} for _ in range(people)]
    for exercise, given in hints.items():
        for name in ("notes", "own"):
            texts = list(given.get(name, ())) if isinstance(given, dict) else []
            Random(f"{seed} {exercise}").shuffle(texts)
            for number in range(people):
                dealt[number].setdefault(exercise, {})[name] = []
            for language in ("cy", "en"):
                speakers = [n for n in range(people) if (spoken(n) == language)]
                for index, text in enumerate(t for t in texts if t["lang"] == language):
                    if speakers:
                        dealt[speakers[index % len(speakers)]][exercise][name].append(text)
    return dealt


def spoken(number: int) -> str:
    """The language of the phone with this number."""
    return "cy" if number % 5 in (0, 3) else "en"


# --- Playing it --------------------------------------------------------------------------------------------------


class Phone:
    """A phone over the real protocol."""

    def __init__(self, imagined: Imagined, url: str, code: str) -> None:
        import aiohttp
        import socketio

        self.imagined, self._url, self._code = imagined, url, code
        self.http = aiohttp.ClientSession(
            cookie_jar=aiohttp.CookieJar(unsafe=True),
            headers={"Origin": url},
            timeout=aiohttp.ClientTimeout(total=WAIT),
        )
        self._client: Any = socketio.AsyncClient(http_session=self.http, reconnection=False)
        self._client.on("frame", self._frame)
        self.revision = 0
        self._n = 0

    async def join(self) -> None:
        lang = self.imagined.person.lang
        form = {"perspective": self.imagined.person.perspective or ""}
        if self.imagined.size > 1:
            form |= {"table": "1", "size": str(self.imagined.size)}
        async with self.http.post(f"{self._url}/j/{self._code}/{lang}", data=form) as answer:
            answer.raise_for_status()
        await self.connect()

    async def connect(self) -> None:
        auth = {"surface": "phone", "code": self._code, "lang": self.imagined.person.lang}
        await self._client.connect(self._url, headers={"Origin": self._url}, auth=auth, transports=["websocket"])
        current = await self._client.call("watch", timeout=WAIT)
        self.revision = current["revision"]

    async def answer(self, exercise: str, made_at: int | None = None) -> str:
        """Sends what this phone has to say; the slow take their time, those who drop come back first.

        `made_at` is the revision at which the person answered, where that was earlier than now.
        """
        value = self.imagined.answers.get(exercise)
        if value is None:
            return "silent"
        if self.imagined.slow:
            await asyncio.sleep(0.5)
        if self.imagined.drops:
            await self._client.disconnect()
            await asyncio.sleep(0.3)
            await self.connect()
        self._n += 1
        message = {"v": 1, "exercise": exercise, "n": self._n, "rev": made_at or self.revision, "value": value}
        ack = await self._client.call("respond", message, timeout=WAIT)
        if not ack.get("ok"):
            raise RuntimeError(f"{exercise}: {ack}")
        return str(ack["status"])

    async def leave(self) -> None:
        await self._client.disconnect()
        await self.http.close()

    def _frame(self, frame: dict[str, Any]) -> None:
        self.revision = max(self.revision, frame["revision"])


class Facilitator:
    """Presses the buttons over HTTP, as the console does."""

    def __init__(self, url: str, key: str) -> None:
        import aiohttp

        self.url, self._key = url, key
        self.http = aiohttp.ClientSession(
            cookie_jar=aiohttp.CookieJar(unsafe=True),
            headers={"Origin": url},
            timeout=aiohttp.ClientTimeout(total=WAIT),
        )
        self._csrf = ""
        self.code = ""

    async def start(self, pack: str, runner: str, contact: str, place: str) -> str:
        async with self.http.post(f"{self.url}/enter", json={"key": self._key}) as answer:
            answer.raise_for_status()
        async with self.http.get(f"{self.url}/workshops/{pack}?lang=en") as answer:
            found = re.search(r'name="csrf" value="([^"]+)"', await answer.text())
        assert found is not None
        self._csrf = found[1]
        form = {"csrf": self._csrf, "runner": runner, "contact": contact, "place": place}
        async with self.http.post(f"{self.url}/workshops/{pack}", data=form) as answer:
            answer.raise_for_status()
            self.code = str(answer.url).rsplit("/", 1)[-1]
        return self.code

    async def now(self) -> dict[str, Any]:
        async with self.http.get(f"{self.url}/c/{self.code}/now") as answer:
            return dict(await answer.json())

    async def do(self, verb: str, **fields: Any) -> None:
        form = {"at": str((await self.now())["revision"]), **{name: str(value) for name, value in fields.items()}}
        headers = {"X-CSRF-Token": self._csrf}
        async with self.http.post(f"{self.url}/c/{self.code}/do/{verb}", data=form, headers=headers) as answer:
            if answer.status != 200:
                raise RuntimeError(f"{verb}: {answer.status} {await answer.text()}")

    async def tidy(self) -> None:
        """What a facilitator does while notes come in: stars two, hides one, puts people's own pressures on the map."""
        notes = (await self.now())["fragments"]["notes"]
        found = {
            verb: re.findall(rf'do/{verb}".*?name="note" value="([0-9a-z]+)"', notes, re.DOTALL)
            for verb in ("star", "accept")
        }
        for note in found["star"][:2]:
            await self.do("star", note=note)
        for note in found["star"][-1:] if len(found["star"]) > 8 else ():
            await self.do("hide", note=note, reason="by mistake")
        for note in found["accept"][:2]:
            await self.do("accept", note=note)

    async def pdf(self, lang: str) -> bytes:
        async with self.http.get(f"{self.url}/r/{self.code}/{lang}.pdf") as answer:
            answer.raise_for_status()
            return await answer.read()


class Camera:
    """Takes pictures of three surfaces in a real browser; both languages on phones."""

    SIZES = {"console": (1366, 768), "screen": (1920, 1080), "phone-cy": (360, 760), "phone-en": (360, 760)}

    def __init__(self, out: Path, theme: Any) -> None:
        self._out, self._theme = out, theme
        self._pages: dict[str, Any] = {}
        self._taken = 0

    async def open(self, url: str, addresses: dict[str, str], cookies: dict[str, dict[str, str]]) -> None:
        from playwright.async_api import async_playwright

        self._playwright = await async_playwright().start()
        self._browser = await self._playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS)
        for name, address in addresses.items():
            width, height = self.SIZES[name]
            context = await self._browser.new_context(
                viewport={"width": width, "height": height}, color_scheme=self._theme, reduced_motion="reduce"
            )
            await context.add_cookies([{"url": url, "name": n, "value": v} for n, v in cookies[name].items()])
            self._pages[name] = await context.new_page()
            await self._pages[name].goto(f"{url}{address}")
            await self._pages[name].wait_for_selector("[data-connected=true]", timeout=WAIT * 1000)

    async def take(self, step: str, *surfaces: str) -> None:
        """A picture of every surface, or of those named, once each has what is current."""
        self._taken += 1
        await asyncio.sleep(0.35)  # a tick of the server's, so that all has arrived
        for name, page in self._pages.items():
            if surfaces and name not in surfaces:
                continue
            file = f"{self._taken:02d}-{step}-{name}.png"
            await page.screenshot(path=self._out / file, full_page=name.startswith("phone"))

    async def reload_phones(self) -> None:
        """The phones of the pictures share a seat with a simulated one: loaded anew they show what it answered."""
        for name, page in self._pages.items():
            if name.startswith("phone"):
                await page.reload()
                await page.wait_for_selector("[data-connected=true]", timeout=WAIT * 1000)

    async def page(self, name: str, address: str, file: str) -> None:
        page = self._pages[name]
        await page.goto(address)
        await page.screenshot(path=self._out / file, full_page=True)

    async def close(self) -> None:
        await self._browser.close()
        await self._playwright.stop()


CHROMIUM_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def chromium() -> str:
    """The system's Chromium or Chrome."""
    names = ("chromium", "chromium-browser", "google-chrome")
    mac = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
    found = next(filter(None, map(shutil.which, names)), mac)
    if not Path(found).exists():
        raise RuntimeError("no Chromium found: install it for the pictures")
    return found


async def play(
    pack: str, people: int, seed: int, out: Path, theme: str = "light", tell: Callable[[str], None] = print
) -> None:
    """The whole workshop, from joining to the write-up."""
    folder = ROOT / "exercises" / pack
    workshop = packs.load(folder / "workshop.toml")
    room = imagine_room(workshop, packs.hints(folder), people, seed)
    out.mkdir(parents=True, exist_ok=True)
    answers = [{"size": one.size, "perspective": one.person.perspective, "answers": one.answers} for one in room]
    (out / "answers.json").write_text(json.dumps(answers, ensure_ascii=False, indent=1), encoding="utf-8")
    with tempfile.TemporaryDirectory() as scratch:
        server = OwnServer(Path(scratch) / "data").start()
        try:
            await _play(server, workshop, room, out, theme, tell)
        finally:
            server.stop()
            if log := server.log.strip():
                tell(f"the server said:\n{log}")


async def _play(
    server: OwnServer, workshop: Workshop, room: list[Imagined], out: Path, theme: str, tell: Callable[[str], None]
) -> None:
    ada = Facilitator(server.url, server.key)
    code = await ada.start(workshop.id, "Cyngor Sir Enghraifft", "cyd@example.org", "Neuadd Goffa, Llandysul")
    phones = [Phone(one, server.url, code) for one in room]
    tell(f"{len(phones)} phones join {code}")
    await asyncio.gather(*(phone.join() for phone in phones[:-1]))
    camera = Camera(out, theme)
    seats = {"phone-cy": _seat(phones, "cy"), "phone-en": _seat(phones, "en")}
    addresses = {"console": f"/c/{code}?lang=en", "screen": f"/screen/{code}"}
    addresses |= {name: f"/s/{code}/{name[-2:]}" for name, seat in seats.items() if seat}
    jars = {
        name: _cookies(seat.http if seat else ada.http)
        for name, seat in {"console": None, "screen": None, **seats}.items()
    }
    await camera.open(server.url, addresses, jars)
    try:
        await camera.take("lobby")
        for number, exercise in enumerate(workshop.agenda):
            await _exercise(ada, camera, phones if number else phones[:-1], exercise, tell)
            if number == 0 and phones:
                await phones[-1].join()  # one who comes late lands on the current step
        await ada.do("end")
        await camera.take("ended")
        for lang in ("cy", "en"):
            (out / f"write-up-{lang}.pdf").write_bytes(await ada.pdf(lang))
            if f"phone-{lang}" in addresses:
                await camera.page(f"phone-{lang}", f"{server.url}/r/{code}/{lang}", f"write-up-{lang}.png")
        tell(f"write-up and pictures are in {out}")
    finally:
        await camera.close()
        await asyncio.gather(*(phone.leave() for phone in phones))
        await ada.http.close()


async def _exercise(
    ada: Facilitator, camera: Camera, phones: list[Phone], exercise: Exercise, tell: Callable[[str], None]
) -> None:
    await ada.do("go_to", exercise=exercise.id)
    views = _views(exercise)
    if not asks(exercise):
        tell(f"{exercise.id}: {exercise.kind}")
        for view in range(views or 1):
            if view:
                await ada.do("view", exercise=exercise.id, view=view)
            await camera.take(f"{exercise.id}-{view + 1}")
        return
    await ada.do("open", exercise=exercise.id)
    early = [phone for phone in phones if not phone.imagined.slow]
    slow = [phone for phone in phones if phone.imagined.slow]
    outcomes = list(await asyncio.gather(*(phone.answer(exercise.id) for phone in early)))
    await camera.reload_phones()
    await camera.take(f"{exercise.id}-open")
    late = slow[:1]
    outcomes += await asyncio.gather(*(phone.answer(exercise.id) for phone in slow[1:]))
    seen = [phone.revision for phone in late]
    await ada.do("close", exercise=exercise.id)
    for phone, revision in zip(late, seen, strict=True):
        outcomes.append(await phone.answer(exercise.id, made_at=revision))  # before it heard of the close
    await ada.tidy()
    await ada.do("reveal", exercise=exercise.id)
    tell(f"{exercise.id}: {exercise.kind}, " + ", ".join(f"{outcomes.count(o)} {o}" for o in sorted(set(outcomes))))
    shown = len(re.findall(r'data-verb="view"', (await ada.now())["fragments"]["now"])) or 1
    for view in range(shown):
        if view:
            await ada.do("view", exercise=exercise.id, view=view)
        await camera.take(f"{exercise.id}-shown-{view + 1}", *(("screen",) if view else ()))


def _views(exercise: Exercise) -> int:
    from workshop.model import Counts, Turnout

    return len(kinds.KINDS[exercise.kind].tally(exercise.content, Counts(), Turnout()).views)


def _seat(phones: list[Phone], lang: str) -> Phone | None:
    return next((phone for phone in phones[:-1] if phone.imagined.person.lang == lang), None)


def _cookies(http: Any) -> dict[str, str]:
    return {cookie.key: cookie.value for cookie in http.cookie_jar}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pack", default="all-in-this-together")
    parser.add_argument("--people", type=int, default=30)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path, default=Path("rehearsal"))
    parser.add_argument("--theme", choices=("light", "dark"), default="light")
    given = parser.parse_args()
    asyncio.run(play(given.pack, given.people, given.seed, given.out, given.theme))
    return 0


if __name__ == "__main__":
    sys.exit(main())
