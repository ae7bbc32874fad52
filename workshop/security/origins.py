"""Whether a request comes from a page of ours."""

import ipaddress
import socket
from typing import Any
from urllib.parse import urlsplit

from workshop.config import Config


class Origins:
    """Whether a request comes from a page of ours.

    With PUBLIC_URL only that is good. Without it the Origin must equal scheme://Host, and Host must be a name that no
    stranger can point at us: an IP address, localhost, this machine's name or a *.local name.
    """

    def __init__(self, config: Config) -> None:
        self._public_url = config.public_url

    def good(self, environ: Any, *, missing: bool = False) -> bool:
        """`missing`: what a request without an Origin is."""
        origin = environ.get("HTTP_ORIGIN")
        if origin is None:
            return missing
        if self._public_url is not None:
            return bool(origin == self._public_url)
        host = environ.get("HTTP_HOST", "")
        return bool(origin == f"{environ.get('wsgi.url_scheme', 'http')}://{host}") and _is_ours(host)


def _is_ours(host: str) -> bool:
    name = (urlsplit(f"//{host}").hostname or "").lower()
    if name == "localhost" or name.endswith(".local") or name == socket.gethostname().lower():
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
