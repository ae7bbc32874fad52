"""The stack that Cyd stands on, tuned as Cyd tunes it, and nothing of Cyd's own work: it commits and acks."""

from group import Group  # before gevent patches anything  # isort: skip
from gevent import monkey

monkey.patch_all()

import gc  # noqa: E402
import json  # noqa: E402
import socket  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import orjson  # noqa: E402
from flask import Flask  # noqa: E402
from flask_socketio import SocketIO  # noqa: E402
from gevent.pywsgi import WSGIServer  # noqa: E402
from waking import wait  # noqa: E402

from workshop import guard  # noqa: E402
from workshop.sockets import Json  # noqa: E402

port, folder = int(sys.argv[1]), Path(sys.argv[2])
guard.install()
app = Flask("bare")
socketio = SocketIO(app, async_mode="gevent", async_handlers=False, json=Json, cors_allowed_origins="*")
server: Any = socketio.server
group = Group(str(folder / "bare.sqlite3"))
step = json.loads((folder / "step.json").read_text(encoding="utf-8"))
seats: dict[str, str] = {}


def connect(sid: str, environ: Any, auth: Any) -> None:
    seats[sid] = str(auth["seat"])


def watch(sid: str, data: Any = None) -> Any:
    server.enter_room(sid, "phones")
    wait(group.join, seats[sid])
    return {"ok": True, "revision": 1, "fragments": {"step": step["cy"]}}


def respond(sid: str, message: Any) -> Any:
    wait(group.keep, seats[sid], message["exercise"], message["n"], orjson.dumps(message["value"]).decode())
    return {"ok": True, "status": "received", "n": message["n"]}


for name, handler in (("connect", connect), ("watch", watch), ("respond", respond)):
    server.on(name, handler)

listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
listener.bind(("127.0.0.1", port))
listener.listen(2048)
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 50, 100)


def strip(environ: Any, start: Any) -> Any:
    environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
    return app(environ, start)


print("ready", flush=True)
WSGIServer(listener, strip, log=None).serve_forever()
