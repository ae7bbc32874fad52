"""Keys, cookies, CSRF, headers, limits, and the one table of who may do what."""

from workshop.security.access import ACCESS, EVENTS, Who
from workshop.security.door import Door
from workshop.security.keys import Keys, Links, hashed, new_token, same
from workshop.security.misses import Misses
from workshop.security.outside import CSP, Outside

__all__ = [
    "ACCESS",
    "CSP",
    "EVENTS",
    "Door",
    "Keys",
    "Links",
    "Misses",
    "Outside",
    "Who",
    "hashed",
    "new_token",
    "same",
]
