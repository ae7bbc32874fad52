"""The projector."""

from typing import Any

from flask import Blueprint, abort, jsonify, render_template

from workshop.fragments import BOTH
from workshop.model import Unknown
from workshop.pages import parts

screen = Blueprint("screen", __name__)


@screen.get("/screen/<code>")
def show(code: str) -> Any:
    return render_template("screen/show.html", langs=("cy", "en"), code=code, current=_current(code))


@screen.get("/screen/<code>/now")
def now(code: str) -> Any:
    """What `watch` gives, for networks that block sockets."""
    return jsonify(ok=True, **_current(code))


def _current(code: str) -> dict[str, Any]:
    try:
        return parts().broadcast.current(code, "screen", BOTH)
    except Unknown:
        abort(404)
