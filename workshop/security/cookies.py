"""What cookies are called, and their flags."""

from flask import Response

from workshop.config import Config


class Cookies:
    """Cookie names and flags. `__Host-` and Secure wherever pages come by HTTPS; plain HTTP cannot have them."""

    def __init__(self, config: Config) -> None:
        self.https = bool(config.public_url and config.public_url.startswith("https:"))

    def name(self, what: str) -> str:
        return f"__Host-cyd-{what}" if self.https else f"cyd-{what}"

    def set(self, response: Response, what: str, value: str, days: int) -> None:
        response.set_cookie(
            self.name(what), value, max_age=days * 86400, path="/", httponly=True, samesite="Lax", secure=self.https
        )

    def clear(self, response: Response, what: str) -> None:
        response.delete_cookie(self.name(what), path="/", httponly=True, samesite="Lax", secure=self.https)
