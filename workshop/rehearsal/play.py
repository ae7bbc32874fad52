"""A whole workshop with made-up people, from joining to the write-up."""

import asyncio
import json
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from workshop import kinds, packs
from workshop.config import ROOT
from workshop.gathered import Gathered
from workshop.model import Exercise, Workshop, asks
from workshop.rehearsal.camera import Camera
from workshop.rehearsal.people import Imagined, imagine_room
from workshop.rehearsal.server import OwnServer
from workshop.rehearsal.watch import Seat, Watch
from workshop.rehearsal.wire import Facilitator, Phone
from workshop.text import Text

WATCH_PORT = 18060
LOOK = 4.0  # seconds that somebody who watches has for each picture
FORMATS = ("pdf", "docx", "md", "xlsx", "csv", "html")
DOOR = 50  # phones that join at once
PATIENCE = 120.0  # seconds that a watched rehearsal waits for somebody to open the page


@dataclass(frozen=True)
class Rehearsal:
    """What to play, and with whom. `minutes` names one of the pack's shorter runs, `data` a folder to keep."""

    pack: str = "all-in-this-together"
    people: int = 30
    seed: int = 7
    out: Path = Path("rehearsal")
    data: Path | None = None
    theme: str = "light"
    minutes: int | None = None
    watch: bool = False
    pictures: bool = True


def play(rehearsal: Rehearsal, tell: Callable[[str], None] = print) -> None:
    asyncio.run(_play(rehearsal, tell))


async def _play(rehearsal: Rehearsal, tell: Callable[[str], None]) -> None:
    folder = ROOT / "exercises" / rehearsal.pack
    whole = packs.load(folder / "workshop.toml")
    workshop = whole.cut(rehearsal.minutes) if rehearsal.minutes else whole
    hints = packs.hints(folder)
    room = imagine_room(workshop, hints, rehearsal.people, rehearsal.seed)
    rehearsal.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        server = OwnServer(rehearsal.data or Path(scratch) / "data").start()
        try:
            await _Run(rehearsal, server, workshop, hints, room, tell).through()
        finally:
            server.stop()
            if log := server.log.strip():
                tell(f"the server said:\n{log}")
    answers = [{"size": one.size, "perspective": one.person.perspective, "answers": one.answers} for one in room]
    (rehearsal.out / "answers.json").write_text(json.dumps(answers, ensure_ascii=False, indent=1), encoding="utf-8")


class _Run:
    """One run, over a server that is up."""

    def __init__(
        self,
        rehearsal: Rehearsal,
        server: OwnServer,
        workshop: Workshop,
        hints: dict[str, Any],
        room: list[Imagined],
        tell: Callable[[str], None],
    ) -> None:
        self._rehearsal, self._server, self._workshop, self._hints = rehearsal, server, workshop, hints
        self._room, self._tell = room, tell
        self._ada = Facilitator(server.url, server.key)
        self._in: list[Phone] = []  # who has joined so far
        self._camera = Camera(rehearsal.out, rehearsal.theme)
        self._watch = Watch(server.url, WATCH_PORT)

    async def through(self) -> None:
        code = await self._ada.start(
            self._workshop.id, "Cyngor Sir Enghraifft", "cyd@example.org", "Neuadd Goffa, Llandysul",
            self._rehearsal.minutes,
        )  # fmt: skip
        everyone = [Phone(one, self._server.url, code) for one in self._room]
        late = [phone for phone in everyone if phone.imagined.joins]
        self._tell(f"{len(everyone)} phones for {code}, {len(late)} of them late")
        await self._join([phone for phone in everyone if not phone.imagined.joins])
        try:
            await self._look_on(code)
            await self._take("lobby")
            for number, exercise in enumerate(self._workshop.agenda):
                await self._join([phone for phone in late if phone.imagined.joins == number])
                await self._exercise(exercise)
            await self._ada.do("end")
            await self._take("ended")
            await self._write_up(code)
        finally:
            await self._camera.close()
            await self._watch.close()
            await asyncio.gather(*(phone.leave() for phone in everyone))
            await self._ada.http.close()

    async def _join(self, phones: list[Phone]) -> None:
        """So many at once as come through a door: a busy machine lets nobody wait too long."""
        for n in range(0, len(phones), DOOR):
            await asyncio.gather(*(phone.join() for phone in phones[n : n + DOOR]))
        self._in += phones

    async def _look_on(self, code: str) -> None:
        """Opens the surfaces for the camera and for who watches. Their phones share seats with made-up ones."""
        seats = [
            Seat("screen", f"/screen/{code}", _cookies(self._ada)),
            Seat("console", f"/c/{code}", _cookies(self._ada)),
        ]
        for name, lang, nth in (("phone-cy", "cy", 0), ("phone-en", "en", 0), ("phone-three", "en", 1)):
            speakers = [phone for phone in self._in if phone.imagined.person.lang == lang]
            if len(speakers) > nth:
                seats.append(Seat(name, f"/s/{code}/{lang}", _cookies(speakers[nth])))
        if self._rehearsal.pictures:
            await self._camera.open(self._server.url, [seat for seat in seats if seat.name in Camera.SIZES])
        if self._rehearsal.watch:
            await self._watch.start(seats)
            self._tell(f"Watch it at {self._watch.address} - it begins when the page is open")
            await asyncio.wait_for(self._watch.opened.wait(), PATIENCE)
            await asyncio.sleep(LOOK)

    async def _exercise(self, exercise: Exercise) -> None:
        await self._ada.do("go_to", exercise=exercise.id)
        if not asks(exercise):
            self._tell(f"{exercise.id}: {exercise.kind}")
            views = len(kinds.KINDS[exercise.kind].tally(exercise.content, Gathered()).views)
            await self._views(exercise, views, f"{exercise.id}")
            return
        await self._ada.do("open", exercise=exercise.id)
        await self._imagine_what_was_frozen(exercise)
        if self._rehearsal.pictures:
            await self._camera.take(f"{exercise.id}-asked", "phone-cy", "phone-en")
        slow = [phone for phone in self._in if phone.imagined.slow]
        quick = [phone for phone in self._in if not phone.imagined.slow]
        outcomes = list(await asyncio.gather(*(phone.answer(exercise.id) for phone in quick)))
        await self._camera.reload_phones()
        await self._take(f"{exercise.id}-open")
        outcomes += await asyncio.gather(*(phone.answer(exercise.id) for phone in slow[1:]))
        seen = [phone.revision for phone in slow[:1]]
        await self._ada.do("close", exercise=exercise.id)
        for phone, revision in zip(slow[:1], seen, strict=True):
            outcomes.append(await phone.answer(exercise.id, made_at=revision))  # before it heard of the close
        await self._ada.tidy()
        own = self._hints.get(exercise.id, {}).get("themes", [])
        if own and kinds.takes_themes(exercise.kind):
            await self._ada.theme(exercise.id, own)
            await self._take(f"{exercise.id}-table", *await self._open_table(exercise))
        await self._ada.do("reveal", exercise=exercise.id)
        counted = ", ".join(f"{outcomes.count(one)} {one}" for one in sorted(set(outcomes))) or "nobody"
        self._tell(f"{exercise.id}: {exercise.kind}, {counted}")
        shown = len(re.findall(r'data-verb="view"', (await self._ada.now())["fragments"]["now"])) or 1
        await self._views(exercise, shown, f"{exercise.id}-shown")

    async def _open_table(self, exercise: Exercise) -> list[str]:
        await self._camera.also("table", f"/c/{self._ada.code}/themes/{exercise.id}?lang=en")
        return ["table"]

    async def _views(self, exercise: Exercise, views: int, name: str) -> None:
        for view in range(views or 1):
            if view:
                await self._ada.do("view", exercise=exercise.id, view=view)
            await self._take(f"{name}-{view + 1}", *(("screen",) if view else ()))

    async def _imagine_what_was_frozen(self, exercise: Exercise) -> None:
        """What there is to choose between came with the opening: everyone makes up their mind now."""
        if not getattr(exercise.content, "of_earlier", False) or not self._in:
            return
        offered = await self._in[0].offered()
        made_of = type(exercise.content).model_fields["items"].annotation.__args__[0]
        items = tuple(made_of(id=id, title=Text(en=id)) for id in offered)
        content = exercise.content.model_copy(update={"items": items})
        for number, one in enumerate(self._room):
            random = Random(f"{self._rehearsal.seed} {number} {exercise.id}")
            if random.random() < 0.95:
                one.answers[exercise.id] = kinds.imagine(exercise.kind, content, random, one.person, {})

    async def _take(self, step: str, *surfaces: str) -> None:
        if self._rehearsal.pictures:
            await self._camera.take(step, *surfaces)
        if self._rehearsal.watch:
            await asyncio.sleep(LOOK)

    async def _write_up(self, code: str) -> None:
        """Fills it in as the pack imagines it, publishes it, and fetches it in every format as its readers would."""
        await self._ada.write(self._hints.get("write_up", {}))
        key = await self._ada.publish()
        await self._take("published")
        for lang in ("cy", "en"):
            for format in FORMATS:
                self._keep(f"write-up-{lang}.{format}", await self._ada.file(f"/w/{key}/{lang}.{format}"))
            await self._camera.page(f"phone-{lang}", f"{self._server.url}/w/{key}/{lang}", f"write-up-{lang}.png")
        for format in ("json", "zip"):
            self._keep(f"record.{format}", await self._ada.file(f"/w/{key}/record.{format}"))
        self._tell(f"the write-up in every format is in {self._rehearsal.out}")

    def _keep(self, name: str, body: bytes) -> None:
        (self._rehearsal.out / name).write_bytes(body)


def _cookies(who: Facilitator | Phone) -> dict[str, str]:
    return {cookie.key: cookie.value for cookie in who.http.cookie_jar}
