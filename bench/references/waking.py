"""How a greenlet waits for the writer's thread."""

from collections.abc import Callable
from typing import Any

import gevent
from gevent.hub import Waiter


def wait(give: Callable[..., None], *what: Any) -> None:
    """Hands `what` to the writer; returns once it is on disk."""
    hub = gevent.get_hub()
    waiter: Any = Waiter(hub)
    done = hub.loop.async_()
    done.start(waiter.switch, None)
    try:
        give(*what, done.send)
        waiter.get()
    finally:
        done.stop()
        done.close()
