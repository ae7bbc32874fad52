"""Keys, and the links that carry them."""

import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from workshop.model import Session


class Keys:
    """Everything that is derived from the secret in the data folder; the keys themselves are stored nowhere."""

    def __init__(self, folder: Path) -> None:
        file = folder / "secret"
        if not file.exists():
            folder.mkdir(parents=True, exist_ok=True)
            file.touch(mode=0o600)
            file.write_text(secrets.token_hex(32), encoding="ascii")
        self._secret = file.read_text(encoding="ascii").encode()

    def facilitator(self, counter: int) -> str:
        """128 bits; the same at every start until `counter` is raised."""
        return self._derive(f"facilitator {counter}")

    def screen(self, code: str, created_at: float) -> str:
        return self._derive(f"screen {code} {created_at}")

    def qr(self, code: str, created_at: float) -> str:
        """What a QR code carries beside the session code, so that it opens even while typed codes are being guessed."""
        return self._derive(f"qr {code} {created_at}")[:8]

    def csrf(self, token_hash: str) -> str:
        return self._derive(f"csrf {token_hash}")

    def _derive(self, purpose: str) -> str:
        digest = hmac.new(self._secret, purpose.encode(), sha256).digest()[:16]
        return urlsafe_b64encode(digest).rstrip(b"=").decode()


class Links:
    """The addresses that people open. `address()` is what they start with, such as http://192.168.1.20:8050."""

    def __init__(self, keys: Keys, address: Callable[[], str]) -> None:
        self._keys, self.address = keys, address

    def join(self, session: Session) -> str:
        """What the QR code says."""
        return f"{self.address()}/j/{session.code}?q={self._keys.qr(session.code, session.created_at)}"

    def screen(self, session: Session) -> str:
        """For the projector on any machine; the key stands where no server sees it."""
        return f"{self.address()}/screen/{session.code}#{self._keys.screen(session.code, session.created_at)}"

    def record(self, key: str) -> str:
        """Of a published write-up."""
        return f"{self.address()}/w/{key}"

    def facilitator(self, counter: int) -> str:
        return f"{self.address()}/workshops#{self._keys.facilitator(counter)}"


def same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(errors="replace"), other.encode(errors="replace"))


def new_token() -> str:
    return secrets.token_urlsafe(16)


def hashed(token: str) -> str:
    """What is stored of a token. A plain hash is enough at 128 random bits."""
    return sha256(token.encode()).hexdigest()
