"""Starts Cyd: builds the app, serves it, prints the links. `make run` ends here."""

from gevent import monkey

monkey.patch_all()

import contextlib  # noqa: E402
import errno  # noqa: E402
import gc  # noqa: E402
import io  # noqa: E402
import ipaddress  # noqa: E402
import logging  # noqa: E402
import os  # noqa: E402
import signal  # noqa: E402
import socket  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable  # noqa: E402
from typing import Any  # noqa: E402

import gevent  # noqa: E402
import segno  # noqa: E402
from flask import Flask  # noqa: E402
from gevent.pywsgi import WSGIHandler, WSGIServer  # noqa: E402

from workshop import create_app  # noqa: E402
from workshop.config import Config, ConfigError  # noqa: E402
from workshop.folder import open_folder  # noqa: E402
from workshop.packs import PackError  # noqa: E402

LOOK_SECONDS = 10
HEAD_BYTES = 2048  # read ahead, and held for as long as a phone stays
HEAD_SECONDS = 20  # for the head of a request, once it has begun to arrive
IDLE_SECONDS = 75  # between two requests on one connection
OPEN_FILES = 10_240  # the most that macOS gives
WARM_SECONDS = 20  # once whoever came back to a server that started has what they need
SWEEP_SECONDS = 3600  # a laptop that sleeps at night still sweeps every day that it is on


def addresses(config: Config) -> list[str]:
    """IPv4 addresses that phones on the same network can use; opening a datagram socket sends nothing."""
    if config.host not in ("0.0.0.0", ""):
        return [config.host]
    found = []
    for target in ("192.0.2.1", "10.255.255.255"):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect((target, 9))
                found.append(probe.getsockname()[0])
            except OSError:
                continue
    with contextlib.suppress(OSError):
        found += socket.gethostbyname_ex(socket.gethostname())[2]
    usable = [one for one in dict.fromkeys(found) if not one.startswith(("127.", "0."))]
    return usable or ["127.0.0.1"]


def listen(config: Config) -> socket.socket:
    """A listening socket on the wanted port, or on the next free one."""
    for port in range(config.port, config.port + 100):
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if os.name != "nt":  # there it would let two servers share the port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # long-polling waits 40 ms without it
        try:
            listener.bind((config.host, port))
            listener.listen(2048)
        except OSError as error:
            listener.close()
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                continue
            raise ConfigError(f"HOST: {config.host!r} is not an address of this machine") from None
        return listener
    raise ConfigError(f"PORT: nothing free from {config.port} to {config.port + 99}")


def check_reach(config: Config) -> None:
    """A server that the whole internet can reach must say its https address."""
    if config.public_url and config.public_url.startswith("https:"):
        return
    for one in addresses(config):
        try:
            public = ipaddress.ip_address(one).is_global
        except ValueError:
            continue
        if public:
            raise ConfigError(
                f"PUBLIC_URL: {one} is reachable from the internet; set PUBLIC_URL=https://... (docs/operations.md)"
            )


def greet(config: Config, port: int, link: str) -> None:
    bases = [config.public_url] if config.public_url else [f"http://{one}:{port}" for one in addresses(config)]
    print(f"\n  Cyd is running.\n\n  Facilitator (keep this link to yourself):\n    {link}\n")
    print("  For phones on the same network:")
    for base in bases:
        print(f"    {base}")
    print()
    segno.make(bases[0], error="l").terminal(out=sys.stdout, compact=True, border=2)
    print("  Stop with Ctrl+C.\n", flush=True)


class Here:
    """What links and QR codes start with. Looked up beside everything else, because a look-up may wait."""

    def __init__(self, config: Config) -> None:
        self._config, self.port = config, config.port
        self.look()

    def look(self) -> None:
        self.address = self._config.public_url or f"http://{addresses(self._config)[0]}:{self.port}"

    def look_forever(self) -> None:
        """A laptop changes its network."""
        while True:
            gevent.sleep(LOOK_SECONDS)
            self.look()


class Handler(WSGIHandler):  # type: ignore[misc]
    """Knows nobody's address, so that no log can."""

    def __init__(self, sock: Any, address: Any, server: Any) -> None:
        super().__init__(sock, ("-", 0), server, sock.makefile("rb", HEAD_BYTES))

    def read_requestline(self) -> str:
        with gevent.Timeout(IDLE_SECONDS, TimeoutError):
            return str(super().read_requestline())

    def read_request(self, raw_requestline: str) -> bool:
        """Who sends a head a letter at a time has its connection closed."""
        with gevent.Timeout(HEAD_SECONDS, TimeoutError):
            return bool(super().read_request(raw_requestline))

    def _handle_client_error(self, ex: Exception) -> Any:
        return None if isinstance(ex, OSError) else super()._handle_client_error(ex)

    def log_error(self, msg: str, *args: Any) -> None:
        """Keeps still about requests that cannot be read: they may hold anything."""


def open_files() -> None:
    """Each phone takes two files, and what a shell starts with is often 1,024: too few for a room of 600."""
    try:
        import resource
    except ImportError:  # Windows, which has no such limit
        return
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if most == resource.RLIM_INFINITY else min(OPEN_FILES, most)
    if now != resource.RLIM_INFINITY and now < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def warm(app: Flask) -> None:
    """Has every template compiled before somebody in the room is the first to need it."""
    for name in app.jinja_env.list_templates(extensions=["html", "txt"]):
        app.jinja_env.get_template(name)
        gevent.sleep(0.02)


def main(clock: Callable[[], float] = time.time) -> int:
    """Serves until it is told to stop; what the process ends with. `clock`: epoch seconds."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that lacks the QR code's blocks
    try:
        config = Config.from_environment(os.environ)
        open_files()
        check_reach(config)
        open_folder(config.data)  # for as long as this process lives

        here = Here(config)
        app = create_app(config, lambda: here.address, clock)
        listener = listen(config)  # not before the database is up to date: until then phones try again
        port = here.port = listener.getsockname()[1]
        here.look()
    except (ConfigError, PackError) as error:
        print(f"Cyd cannot start.\n{error}", file=sys.stderr)
        return 1
    cyd = app.extensions["cyd"]
    local = (
        config.public_url or f"http://{'localhost' if config.host in ('0.0.0.0', '127.0.0.1') else config.host}:{port}"
    )
    greet(config, port, f"{local}/workshops#{cyd.door.facilitator_key()}")

    def sweep_forever() -> None:
        while True:
            try:
                for code in cyd.live.sweep():
                    cyd.forget(code)
            except Exception:
                logging.exception("sweep")
            gevent.sleep(SWEEP_SECONDS)

    gevent.spawn(sweep_forever)
    gevent.spawn(here.look_forever)
    gevent.spawn_later(WARM_SECONDS, warm, app)
    gevent.spawn(cyd.sockets.beat_forever)
    gevent.spawn(cyd.sockets.greet_forever)
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)  # full collections over all connections would stop every phone
    server = WSGIServer(listener, app, log=None, error_log=sys.stderr, handler_class=Handler)
    for name in (signal.SIGTERM, signal.SIGINT):
        gevent.signal_handler(name, server.stop, 1)
    server.serve_forever()
    cyd.store.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
