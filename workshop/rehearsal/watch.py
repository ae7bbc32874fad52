"""A split page that shows screen, console and phones of a rehearsal side by side while it plays.

Cyd lets nobody frame it, and frames of one origin share their cookies. So each frame has a small server of its own on
loopback that passes everything on to the rehearsal's server with the cookies of its own seat, and lets itself be
framed.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp
from aiohttp import web

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "upgrade", "content-encoding", "content-length", "host"}
NOT_PASSED_BACK = HOP_BY_HOP | {
    "set-cookie",
    "x-frame-options",
    "content-security-policy",
    "cross-origin-opener-policy",
}
LAYOUT = """
body { margin: 0; height: 100vh; display: grid; gap: 6px; background: #1d1b2e; }
body { grid-template: 1fr 1.15fr / minmax(0, 2.2fr) repeat(3, minmax(0, 1fr)); }
iframe { border: 0; width: 100%; height: 100%; background: #fff; }
.screen { grid-area: 1 / 1; } .console { grid-area: 2 / 1; } .phone { grid-row: 1 / 3; }
@media (max-width: 1500px) {
  body { grid-template: 60vh 90vh 90vh / repeat(3, minmax(0, 1fr)); height: auto; }
  .screen { grid-area: 1 / 1 / 2 / 4; } .console { grid-area: 2 / 1 / 3 / 4; } .phone { grid-row: 3; }
}
"""


@dataclass(frozen=True)
class Seat:
    """One frame: what it shows, and whose cookies it goes with."""

    name: str
    address: str
    cookies: Mapping[str, str]


class Watch:
    """Serves the page and its frames on 127.0.0.1 until it is closed. `opened` is set when somebody looks."""

    def __init__(self, url: str, port: int) -> None:
        self._url, self._port = url, port
        self.opened = asyncio.Event()
        self._runners: list[web.AppRunner] = []
        self._http: aiohttp.ClientSession | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._port}/"

    async def start(self, seats: list[Seat]) -> None:
        self._http = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=True)
        frames = []
        for number, seat in enumerate(seats, start=1):
            await self._serve(self._port + number, self._passing_on(seat))
            address = f"http://127.0.0.1:{self._port + number}{seat.address}"
            surface = seat.name.partition("-")[0]
            frames.append(f'<iframe class="{surface}" title="{seat.name}" src="{address}"></iframe>')
        html = f"<!doctype html><title>Rehearsal</title><style>{LAYOUT}</style>{''.join(frames)}"

        async def page(request: web.Request) -> web.Response:
            self.opened.set()
            return web.Response(text=html, content_type="text/html")

        await self._serve(self._port, page)

    async def close(self) -> None:
        for runner in self._runners:
            await runner.cleanup()
        if self._http is not None:
            await self._http.close()

    async def _serve(self, port: int, handler: object) -> None:
        app = web.Application(client_max_size=1024**2)
        app.router.add_route("*", "/{path:.*}", handler)  # type: ignore[arg-type]
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        self._runners.append(runner)

    def _passing_on(self, seat: Seat) -> object:
        cookies = "; ".join(f"{name}={value}" for name, value in seat.cookies.items())

        async def handler(request: web.Request) -> web.StreamResponse:
            assert self._http is not None
            headers = {name: value for name, value in request.headers.items() if name.lower() not in HOP_BY_HOP}
            headers |= {"Cookie": cookies, "Origin": self._url}
            if request.headers.get("Upgrade", "").lower() == "websocket":
                return await self._socket(request, cookies)
            async with self._http.request(
                request.method,
                self._url + str(request.rel_url),
                headers=headers,
                data=await request.read(),
                allow_redirects=False,
            ) as answer:
                kept = [(name, value) for name, value in answer.headers.items() if name.lower() not in NOT_PASSED_BACK]
                return web.Response(body=await answer.read(), status=answer.status, headers=dict(kept))

        return handler

    async def _socket(self, request: web.Request, cookies: str) -> web.WebSocketResponse:
        assert self._http is not None
        near = web.WebSocketResponse()
        await near.prepare(request)
        headers = {"Cookie": cookies, "Origin": self._url}
        async with self._http.ws_connect(self._url + str(request.rel_url), headers=headers) as far:

            async def pump(source: object, sink: object) -> None:
                async for message in source:  # type: ignore[attr-defined]
                    if message.type is aiohttp.WSMsgType.TEXT:
                        await sink.send_str(message.data)  # type: ignore[attr-defined]
                    elif message.type is aiohttp.WSMsgType.BINARY:
                        await sink.send_bytes(message.data)  # type: ignore[attr-defined]
                await sink.close()  # type: ignore[attr-defined]

            await asyncio.gather(pump(near, far), pump(far, near))
        return near
