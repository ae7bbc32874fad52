"""What the environment may set. A wrong value stops the start and names the variable."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent


class ConfigError(Exception):
    """A variable of the environment that cannot be used; the message names it."""


@dataclass(frozen=True)
class Config:
    """`port` is where looking for a free one starts; `public_url` what links and QR codes say, without a last slash."""

    host: str = "0.0.0.0"
    port: int = 8050
    data: Path = ROOT / "data"
    public_url: str | None = None
    exercises: Path = ROOT / "exercises"

    @property
    def database(self) -> Path:
        return self.data / "cyd.sqlite3"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Config":
        return cls(
            host=environment.get("HOST") or cls.host,
            port=_port(environment.get("PORT")),
            data=Path(environment.get("DATA") or cls.data).expanduser().resolve(),
            public_url=_public_url(environment.get("PUBLIC_URL")),
        )


def _port(raw: str | None) -> int:
    if not raw:
        return Config.port
    if not raw.isdecimal() or not 0 < int(raw) < 65536:
        raise ConfigError(f"PORT: {raw!r} is not a port; it must be a number from 1 to 65535")
    return int(raw)


def _public_url(raw: str | None) -> str | None:
    if not raw:
        return None
    parts = urlsplit(raw)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ConfigError(f"PUBLIC_URL: {raw!r} is not an address like https://cyd.example.org")
    usual = {"http": 80, "https": 443}[parts.scheme]
    port = "" if parts.port in (None, usual) else f":{parts.port}"
    return f"{parts.scheme}://{parts.hostname}{port}"  # as browsers write an origin
