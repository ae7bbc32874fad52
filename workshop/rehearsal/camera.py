"""Pictures of the surfaces, taken by the machine's own Chromium while a rehearsal plays."""

import asyncio
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from workshop.rehearsal.watch import Seat

WAIT = 60.0  # seconds until a page that does not connect says so


class Camera:
    """Takes pictures of three surfaces in a real browser; both languages on phones."""

    SIZES = {"console": (1366, 768), "screen": (1920, 1080), "phone-cy": (360, 760), "phone-en": (360, 760)}

    def __init__(self, out: Path, theme: Any) -> None:
        self._out, self._theme = out, theme
        self._pages: dict[str, Any] = {}
        self._playwright: Any = None
        self._url = ""
        self._taken = 0

    async def open(self, url: str, seats: Sequence[Seat]) -> None:
        from playwright.async_api import async_playwright

        self._playwright = await async_playwright().start()
        self._browser = await self._playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS)
        self._url = url
        for seat in seats:
            name, address = seat.name, seat.address
            width, height = self.SIZES[name]
            context = await self._browser.new_context(
                viewport={"width": width, "height": height}, color_scheme=self._theme, reduced_motion="reduce"
            )
            await context.add_cookies([{"url": url, "name": n, "value": v} for n, v in seat.cookies.items()])
            self._pages[name] = await context.new_page()
            await self._pages[name].goto(f"{url}{address}")
            await self._pages[name].wait_for_selector("[data-connected=true]", timeout=WAIT * 1000)

    async def take(self, step: str, *surfaces: str) -> None:
        """A picture of every surface, or of those named, once each has what is current."""
        self._taken += 1
        await asyncio.sleep(0.35)  # a tick of the server's, so that all has arrived
        for name, page in self._pages.items():
            if name not in (surfaces or self.SIZES):
                continue
            file = f"{self._taken:02d}-{step}-{name}.png"
            await page.screenshot(path=self._out / file, full_page=name.startswith("phone"))

    async def reload_phones(self) -> None:
        """The phones of the pictures share a seat with a simulated one: loaded anew they show what it answered."""
        for name, page in self._pages.items():
            if name.startswith("phone"):
                await page.reload()
                await page.wait_for_selector("[data-connected=true]", timeout=WAIT * 1000)

    async def also(self, name: str, address: str) -> None:
        """One more page of the facilitator's, loaded anew each time."""
        if self._playwright is None:
            return
        if name not in self._pages:
            self._pages[name] = await self._pages["console"].context.new_page()
        await self._pages[name].goto(f"{self._url}{address}")
        await self._pages[name].wait_for_selector("[data-connected=true]", timeout=WAIT * 1000)

    async def page(self, name: str, address: str, file: str) -> None:
        if name not in self._pages:
            return
        page = self._pages[name]
        await page.goto(address)
        await page.screenshot(path=self._out / file, full_page=True)

    async def close(self) -> None:
        if self._playwright is None:
            return
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
