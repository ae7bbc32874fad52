"""Made-up people on the real protocol: phones that answer over sockets, and a facilitator who presses buttons."""

import asyncio
import re
from collections.abc import Mapping
from html import unescape
from typing import Any

import aiohttp
import socketio

from workshop.rehearsal.people import Imagined

WAIT = 60.0  # seconds until a rehearsal that hangs says so


def session(url: str) -> aiohttp.ClientSession:
    """A browser's cookies and the Origin that it would send."""
    return aiohttp.ClientSession(
        cookie_jar=aiohttp.CookieJar(unsafe=True),
        headers={"Origin": url},
        timeout=aiohttp.ClientTimeout(total=WAIT),
    )


class Phone:
    """A phone over the real protocol."""

    def __init__(self, imagined: Imagined, url: str, code: str) -> None:
        self.imagined, self._url, self._code = imagined, url, code
        self.http = session(url)
        self._client: Any = socketio.AsyncClient(http_session=self.http, reconnection=False)
        self._client.on("frame", self._frame)
        self.revision = 0
        self._n = 0

    async def join(self) -> None:
        lang = self.imagined.person.lang
        form = {"perspective": self.imagined.person.perspective or ""}
        if self.imagined.size > 1:
            form |= {"table": "1", "size": str(self.imagined.size)}
        for _ in range(2 if self.imagined.twice else 1):
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
        before = self.imagined.first.get(exercise)
        if before is not None:
            await self._send(exercise, before, made_at)
        return await self._send(exercise, value, made_at)

    async def _send(self, exercise: str, value: Any, made_at: int | None) -> str:
        self._n += 1
        message = {"v": 1, "exercise": exercise, "n": self._n, "rev": made_at or self.revision, "value": value}
        ack = await self._client.call("respond", message, timeout=WAIT)
        if self.imagined.twice:
            again = await self._client.call("respond", message, timeout=WAIT)
            if again != ack:
                raise RuntimeError(f"{exercise}: sent twice, answered {ack} and then {again}")
        if not ack.get("ok"):
            raise RuntimeError(f"{exercise}: {ack}")
        return str(ack["status"])

    async def leave(self) -> None:
        if self._client.connected:
            await self._client.disconnect()
        await self.http.close()

    async def offered(self) -> list[str]:
        """The ids of what the form on this phone offers to choose between."""
        async with self.http.get(f"{self._url}/s/{self._code}/{self.imagined.person.lang}/now") as answer:
            step = (await answer.json())["fragments"]["step"]
        return re.findall(r'data-item="([^"]+)"', step)

    def _frame(self, frame: dict[str, Any]) -> None:
        self.revision = max(self.revision, frame["revision"])


class Facilitator:
    """Presses the buttons over HTTP, as the console does."""

    def __init__(self, url: str, key: str) -> None:
        self.url, self._key = url, key
        self.http = session(url)
        self._csrf = ""
        self.code = ""

    async def start(self, pack: str, runner: str, contact: str, place: str, minutes: int | None = None) -> str:
        async with self.http.post(f"{self.url}/enter", json={"key": self._key}) as answer:
            answer.raise_for_status()
        async with self.http.get(f"{self.url}/workshops/{pack}?lang=en") as answer:
            found = re.search(r'name="csrf" value="([^"]+)"', await answer.text())
        assert found is not None
        self._csrf = found[1]
        form = {"csrf": self._csrf, "runner": runner, "contact": contact, "place": place}
        if minutes is not None:
            form["minutes"] = str(minutes)
        async with self.http.post(f"{self.url}/workshops/{pack}", data=form) as answer:
            answer.raise_for_status()
            self.code = str(answer.url).rsplit("/", 1)[-1]
        return self.code

    async def now(self, page: str = "") -> dict[str, Any]:
        """The fragments of the console, or of another page of it."""
        async with self.http.get(f"{self.url}/c/{self.code}{page}/now") as answer:
            answer.raise_for_status()
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

    async def theme(self, exercise: str, titles: list[dict[str, Any]]) -> None:
        """Puts an exercise's notes under these themes by the words that each has, and merges what looks alike.

        A title is {cy, en, words}; what fits no theme stays in none, as in a real room.
        """
        page = f"/themes/{exercise}"
        fragments = (await self.now(page))["fragments"]
        for note, other in self._lookalikes(fragments["rail"])[:3]:
            await self.do("merge", exercise=exercise, notes=other, into=note)
        left = dict(self._cards((await self.now(page))["fragments"]["columns"]))
        for title in titles:
            fitting = [id for id, text in left.items() if any(word in text.lower() for word in title["words"])]
            for id in fitting:
                del left[id]
            await self.do("add_theme", exercise=exercise, cy=title["cy"], en=title["en"], notes=" ".join(fitting))

    @staticmethod
    def _cards(columns: str) -> list[tuple[str, str]]:
        found = re.findall(r'data-note="([0-9a-z]+)".*?<bdi[^>]*>(.*?)</bdi>', columns, re.DOTALL)
        return [(id, unescape(text)) for id, text in found]

    @staticmethod
    def _lookalikes(rail: str) -> list[tuple[str, str]]:
        return re.findall(r'name="notes" value="(\w+)">\s*<input type="hidden" name="into" value="(\w+)"', rail)

    async def write(self, texts: Mapping[str, Mapping[str, str]]) -> None:
        """Fills in the write-up: field -> language -> words."""
        for field, words in texts.items():
            for lang, typed in words.items():
                await self._edit("write", field=field, lang=lang, words=typed, was="")

    async def publish(self) -> str:
        """Makes the write-up public as it stands; its key."""
        why = {"cy": "Ymarfer yw hwn.", "en": "This is a rehearsal."}  # where a language lacks something
        await self._edit("publish", seen=str((await self.now())["revision"]), **why)
        async with self.http.get(f"{self.url}/c/{self.code}/write-up") as answer:
            found = re.search(r"/w/(\w+)", await answer.text())
        assert found is not None
        return found[1]

    async def _edit(self, verb: str, **fields: str) -> None:
        headers = {"X-CSRF-Token": self._csrf}
        async with self.http.post(f"{self.url}/c/{self.code}/write-up/{verb}", data=fields, headers=headers) as answer:
            if answer.status != 200:
                raise RuntimeError(f"{verb}: {answer.status} {await answer.text()}")

    async def file(self, address: str) -> bytes:
        patient = aiohttp.ClientTimeout(total=10 * WAIT)  # longer than the server gives itself
        async with self.http.get(f"{self.url}{address}", timeout=patient) as answer:
            answer.raise_for_status()
            return await answer.read()
