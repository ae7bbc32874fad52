"""One round of everything: what each server is put through, and the numbers that come of it.

Every server has the machine to itself while it is measured, and all of them have their turn within a round, so that a
slow spell of the machine falls on all. Seconds, unless a name says something else.
"""

import asyncio
import json
import re
import sqlite3
from collections.abc import Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter
from typing import Any
from urllib.parse import urlencode

from bench import made, served
from bench.load import Crowd, Line, connected, p95
from bench.made import EXERCISE, Made
from bench.polling import Http, opened, polling
from bench.served import Served, reference
from tests.cast import Facilitator, ada
from tests.exports import made_up
from tests.faults.disk import slow_commits
from tests.house import CODE as WRITTEN_UP
from workshop.broadcast import TICK
from workshop.rehearsal.server import OwnServer

PHONES = 1000
MANY_PHONES = 3000
TIMES = 3  # a burst is repeated so often within a round
FLOOD = 4.0
SLOW = 20  # milliseconds that a commit takes longer
PAGES_OF = 70  # people whose write-up has about forty pages
STORED = 10_000
BETWEEN = 0.007  # seconds between two answers while something else goes on

Numbers = dict[str, float]


@dataclass
class Bench:
    """What the rounds share: folders made once, a seed, and what was lost altogether."""

    folder: Path
    random: Random
    seats: Made
    stored: Made
    written_up: Made
    lost: int = 0
    runs: int = 0
    steps: dict[str, str] = field(default_factory=dict)

    def scratch(self) -> Path:
        self.runs += 1
        return self.folder / f"run-{self.runs}"


def prepared(folder: Path) -> Bench:
    with made_up.held(folder / "written-up", made.PACK, PAGES_OF):
        pass
    return Bench(
        folder,
        Random(7),
        made.made(folder / "seats", MANY_PHONES),
        made.made(folder / "stored", STORED, answered=STORED),
        made.made(folder / "written-up", 200),
    )


# Cyd


class Room:
    """Cyd with a screen and a console that watch, and a crowd of phones."""

    def __init__(self, bench: Bench, seats: Made, server: OwnServer, serving: Served, phones: int) -> None:
        self.bench, self.made, self.server, self.served = bench, seats, server, serving
        self.ada: Facilitator = ada(server)
        self._screen_cookie = (
            seats.screen_cookie
        )  # worked out now: while it is nobody's phone is served by this process
        self.crowd = self.crowd_of(phones)

    def crowd_of(self, phones: int, way: Any = connected) -> Crowd:
        return Crowd(self.served.port, phones, self._auth, self.made.cookie, EXERCISE, made.values(), way)

    def _auth(self, seat: int) -> Mapping[str, Any]:
        return {"surface": "phone", "code": self.made.code, "lang": ("cy", "en")[seat % 2]}

    async def watched(self) -> None:
        """The projector and the facilitator's console look on."""
        self.screen = await self._surface("screen", "cy", self._screen_cookie)
        self.console = await self._surface("console", "en", self._cookie)

    @property
    def _cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.ada.cookies.items())

    async def _surface(self, surface: str, lang: str, cookie: str) -> Line:
        auth = {"surface": surface, "code": self.made.code, "lang": lang}
        line = await connected(self.served.port, auth, cookie)
        await line.ask(b'["watch"]')
        return line

    async def press(self, verb: str) -> None:
        """As the facilitator, beside the phones."""
        form = urlencode({"exercise": EXERCISE, "at": 1_000_000}).encode()
        http = await opened(self.served.port, self._cookie)
        more = f"X-CSRF-Token: {self.ada.csrf}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        status, said = await http.ask("POST", f"/c/{self.made.code}/do/{verb}", form, more)
        http.transport.close()
        if status != 200:
            raise RuntimeError(f"{verb}: {status} {said.decode()[:200]}")

    def check(self) -> None:
        """Everything that was acknowledged is in the database, and all phones were served to the end."""
        if self.crowd.refused or self.crowd.dropped:
            raise RuntimeError(f"{self.crowd.dropped} closed, refused: {self.crowd.refused[:1]}")
        with closing(sqlite3.connect(self.server.data / made.DATABASE)) as line:
            rows = line.execute("select participant, n from response where session = ?", (self.made.code,))
            kept = dict(rows.fetchall())
        wanted = {f"{seat:016x}": n for seat, n in enumerate(self.crowd.acked) if n}
        self.bench.lost += sum(kept.get(who, 0) < n for who, n in wanted.items())


@asynccontextmanager
async def room(bench: Bench, seats: Made, phones: int, **environment: str) -> Any:
    data = seats.copied(bench.scratch() / "data")
    with served.cyd(data, **environment) as (serving, server):
        room = Room(bench, seats, server, serving, phones)
        yield room
        room.check()


async def cyd(bench: Bench) -> Numbers:
    """A thousand phones: joining, answering in every way, a step opened, a restart."""
    numbers: Numbers = {}
    async with room(bench, bench.seats, PHONES) as here:
        crowd, serving = here.crowd, here.served
        numbers |= await joining(crowd, serving)
        await here.watched()
        bursts, full = [], 0.0
        for n in range(TIMES):
            count = _counting(here.screen, PHONES) if n == 0 else None
            bursts.append(p95(await crowd.within(1.0, bench.random)))
            if count is not None:
                full = await count - crowd.last_sent
        numbers |= {"burst": median(bursts), "full": full}
        numbers["taps"] = median([p95(await crowd.within(0.1, bench.random)) for _ in range(TIMES)])
        used = serving.cpu
        numbers["flood"], taken = await crowd.flood(FLOOD)
        numbers["cpu an answer"] = (serving.cpu - used) / len(taken)
        numbers["flood p99"] = sorted(taken)[int(len(taken) * 0.99)]
        numbers["open"] = median([await _opening(here) for _ in range(TIMES)])
        bench.steps |= await _step(here)
        numbers |= await _page(here)
        here.check()
        here.server.stop()
        here.served = crowd_served = served.start(here.server)
        crowd.port = crowd_served.port
        numbers["storm"] = await crowd.come(together=PHONES)
    return numbers


async def joining(crowd: Crowd, serving: Served) -> Numbers:
    used, held = serving.cpu, serving.memory
    seconds = await crowd.come()
    return {
        "join all": seconds,
        "join cpu": (serving.cpu - used) / crowd.count,
        "KiB a phone": (serving.memory - held) / crowd.count,
    }


async def _opening(here: Room) -> float:
    """From the facilitator's press until the last phone has the form."""
    closed = here.crowd.listen(b"closed")
    await here.press("close")
    await closed.all()
    await asyncio.sleep(2 * TICK)  # nobody presses twice within a tick
    accepting = here.crowd.listen(b"accepting")
    began = perf_counter()
    await here.press("open")
    return await accepting.all() - began


async def _step(here: Room) -> dict[str, str]:
    """What phones were sent, for the references to send too."""
    found = {}
    for lang in ("cy", "en"):
        auth = {"surface": "phone", "code": here.made.code, "lang": lang}
        line = await connected(here.served.port, auth, here.made.cookie(PHONES))
        packet = await line.ask(b'["watch"]')
        found[lang] = json.loads(packet[packet.index(b"[") :])[0]["fragments"]["step"]
        line.transport.disconnect()
    return found


async def _page(here: Room) -> Numbers:
    """Processor time of a joining page, the form that it sends, and the phone's page that follows."""
    http: Http = await opened(here.served.port, "none=none")
    path, times = f"/j/{here.made.code}/en", 200
    used = here.served.cpu
    for _ in range(times):
        assert (await http.ask("GET", path))[0] == 200
        status, _ = await http.ask("POST", path, b"perspective=", "Content-Type: application/x-www-form-urlencoded\r\n")
        assert status == 303
    both = (here.served.cpu - used) / times
    http.transport.close()
    http = await opened(here.served.port, here.made.cookie(PHONES))
    used = here.served.cpu
    for _ in range(times):
        assert (await http.ask("GET", f"/s/{here.made.code}/en"))[0] == 200
    http.transport.close()
    return {"page cpu": both, "phone page cpu": (here.served.cpu - used) / times}


def _counting(screen: Line, people: int) -> Any:
    """When the projector shows that so many have answered; to be awaited."""
    shown: asyncio.Future[float] = asyncio.get_running_loop().create_future()

    def event(at: float, packet: bytes) -> None:
        found = re.search(rb'class=\\"turnout\\"><p><b>(\d+)', packet)
        if found and int(found[1]) == people and not shown.done():
            shown.set_result(at)

    screen.on_event = event
    return asyncio.wait_for(shown, 30)


async def cyd_many(bench: Bench) -> Numbers:
    async with room(bench, bench.seats, MANY_PHONES) as here:
        await here.crowd.come()
        await here.watched()
        return {"burst": median([p95(await here.crowd.within(1.0, bench.random)) for _ in range(2)])}


async def cyd_slow(bench: Bench) -> Numbers:
    """Commits that take longer: a delay in every sync of the writer's file."""
    async with room(bench, bench.seats, PHONES, **slow_commits(bench.scratch(), SLOW)) as here:
        await here.crowd.come()
        await here.watched()
        return {"burst": median([p95(await here.crowd.within(1.0, bench.random)) for _ in range(TIMES)])}


async def cyd_polling(bench: Bench) -> Numbers:
    async with room(bench, bench.seats, PHONES) as here:
        here.crowd = here.crowd_of(PHONES, polling)
        await here.crowd.come()
        await here.watched()
        taken = [await here.crowd.within(1.0, bench.random) for _ in range(TIMES)]
        await here.crowd.leave()
        here.crowd.lines = []
        return {
            "burst": median([p95(one) for one in taken]),
            "p50": median([median(one) for one in taken]),
        }


async def cyd_printing(bench: Bench) -> Numbers:
    """Answers while a PDF of about forty pages is made, against answers while none is."""
    async with room(bench, bench.written_up, 200) as here:
        await here.crowd.come()
        await here.watched()
        http = await opened(here.served.port, here._cookie)
        assert (await http.ask("GET", f"/r/{WRITTEN_UP}/cy"))[0] == 200  # as a facilitator looks it through first
        end = perf_counter() + 4
        idle = p95(await here.crowd.steadily(BETWEEN, lambda: perf_counter() < end))
        printing = asyncio.ensure_future(http.ask("GET", f"/r/{WRITTEN_UP}/en.pdf"))
        busy = p95(await here.crowd.steadily(BETWEEN, lambda: not printing.done()))
        status, pdf = printing.result()
        assert (status, pdf[:4]) == (200, b"%PDF")
        return {"idle": idle, "busy": busy}


async def cyd_stored(bench: Bench) -> Numbers:
    """Ten thousand answers are stored and nobody has looked: how long the others wait while the console looks first."""
    async with room(bench, bench.stored, 100) as here:
        await here.crowd.come()
        for n in range(here.crowd.count):
            here.crowd.n[n] = 1  # what is stored of them
        await here.crowd.steadily(BETWEEN, iter([True] * 50 + [False]).__next__)
        looking = asyncio.ensure_future(here.watched())
        taken = await here.crowd.steadily(0.002, lambda: not looking.done())
        await looking
        return {"wait": max(taken)}


# References


def _folder(bench: Bench) -> Path:
    folder = bench.scratch()
    folder.mkdir()
    steps = bench.steps or {"cy": "cy", "en": "en"}
    (folder / "step.json").write_text(json.dumps(steps), encoding="utf-8")
    return folder


def _crowd(serving: Served, phones: int) -> Crowd:
    return Crowd(
        serving.port,
        phones,
        lambda seat: {"seat": str(seat), "lang": ("cy", "en")[seat % 2]},
        lambda seat: "",
        EXERCISE,
        made.values(),
    )


async def plain(bench: Bench) -> Numbers:
    with reference("plain", _folder(bench)) as serving:
        crowd = _crowd(serving, PHONES)
        await crowd.come()
        taps = median([p95(await crowd.within(0.1, bench.random)) for _ in range(TIMES)])
        flood, _ = await crowd.flood(FLOOD)
        return {"taps": taps, "flood": flood}


async def plain_many(bench: Bench) -> Numbers:
    with reference("plain", _folder(bench)) as serving:
        crowd = _crowd(serving, MANY_PHONES)
        await crowd.come()
        return {"burst": median([p95(await crowd.within(1.0, bench.random)) for _ in range(2)])}


async def bare(bench: Bench) -> Numbers:
    with reference("bare", _folder(bench)) as serving:
        crowd = _crowd(serving, PHONES)
        await crowd.come()
        used = serving.cpu
        flood, taken = await crowd.flood(FLOOD)
        return {"flood": flood, "cpu an answer": (serving.cpu - used) / len(taken)}


async def raw(bench: Bench) -> Numbers:
    with reference("raw", _folder(bench)) as serving:
        crowd = _crowd(serving, PHONES)
        await crowd.come()
        burst = median([p95(await crowd.within(1.0, bench.random)) for _ in range(TIMES)])
        flood, _ = await crowd.flood(FLOOD / 2)
        return {"burst": burst, "flood": flood}


async def node(bench: Bench) -> Numbers:
    with reference("node", _folder(bench)) as serving:
        crowd = _crowd(serving, PHONES)
        numbers = await joining(crowd, serving)
        numbers["flood"], _ = await crowd.flood(FLOOD / 2)
        opening = []
        for _ in range(TIMES):
            arrived = crowd.listen(b"frame")
            began = perf_counter()
            await crowd.lines[0].ask(b'["open"]')
            opening.append(await arrived.all() - began)
        numbers["open"] = median(opening)
        await crowd.leave()
        numbers["storm"] = await crowd.come(together=PHONES)
        return numbers


TURNS: Mapping[str, Any] = {
    "cyd": cyd,
    "node": node,
    "plain": plain,
    "bare": bare,
    "raw": raw,
    "cyd, 3,000": cyd_many,
    "plain, 3,000": plain_many,
    "cyd, slow commits": cyd_slow,
    "cyd, polling": cyd_polling,
    "cyd, printing": cyd_printing,
    "cyd, 10,000 stored": cyd_stored,
}
