"""Plain Flask-SocketIO, its documented way: default handlers and settings, a durable group commit, and acks."""

from group import Group  # before gevent patches anything  # isort: skip
from gevent import monkey

monkey.patch_all()

import json  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

from flask import Flask, request  # noqa: E402
from flask_socketio import SocketIO, join_room  # noqa: E402
from waking import wait  # noqa: E402

port, folder = int(sys.argv[1]), Path(sys.argv[2])
app = Flask("plain")
socketio = SocketIO(app, async_mode="gevent", cors_allowed_origins="*")
group = Group(str(folder / "plain.sqlite3"))
step = json.loads((folder / "step.json").read_text(encoding="utf-8"))
seats: dict[str, str] = {}


@socketio.on("connect")
def connect(auth: Any) -> None:
    seats[request.sid] = str(auth["seat"])


@socketio.on("watch")
def watch() -> Any:
    join_room("phones")
    wait(group.join, seats[request.sid])
    return {"ok": True, "revision": 1, "fragments": {"step": step["cy"]}}


@socketio.on("respond")
def respond(message: Any) -> Any:
    wait(group.keep, seats[request.sid], message["exercise"], message["n"], json.dumps(message["value"]))
    return {"ok": True, "status": "received", "n": message["n"]}


print("ready", flush=True)
socketio.run(app, host="127.0.0.1", port=port)
