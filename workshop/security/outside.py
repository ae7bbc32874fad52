"""What stands around everything that is served: headers, and what never gets in."""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs

from workshop.config import Config
from workshop.security.cookies import Cookies
from workshop.security.origins import Origins

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
HEADERS = [
    ("Content-Security-Policy", CSP),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
]
HTTPS_HEADERS = [
    ("Strict-Transport-Security", "max-age=31536000"),
    ("Cross-Origin-Opener-Policy", "same-origin"),  # plain HTTP pages cannot have it and browsers complain
]


class Outside:
    """What stands around everything that is served, the socket's requests too: headers, and what never gets in."""

    def __init__(self, app: Callable[..., Iterable[bytes]], config: Config) -> None:
        self._app = app
        self._origins = Origins(config)
        self._headers = HEADERS + (HTTPS_HEADERS if Cookies(config).https else [])
        self._ours = {name.lower() for name, _ in self._headers} | {"server"}

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        # Without the header no browser gets compression for its socket: 90 KiB a phone, and no bomb's door.
        environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        path = environ.get("PATH_INFO", "")

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            kept = [(name, value) for name, value in headers if name.lower() not in self._ours]
            if not path.startswith("/static/") and not any(name.lower() == "cache-control" for name, _ in kept):
                kept.append(("Cache-Control", "no-store"))
            return start_response(status, kept + self._headers, *rest)

        if path.startswith("/socket.io") and self._refuse(environ):
            start("403 Forbidden", [("Content-Type", "text/plain")])
            return [b"refused"]
        return self._app(environ, start)

    def _refuse(self, environ: dict[str, Any]) -> bool:
        query = parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True)
        upgrade = "websocket" in environ.get("HTTP_UPGRADE", "").lower()
        # A browser's own polling GETs carry no Origin; upgrades and POSTs always do.
        polling_get = environ.get("REQUEST_METHOD") == "GET" and not upgrade
        return "j" in query or not self._origins.good(environ, missing=polling_get)
