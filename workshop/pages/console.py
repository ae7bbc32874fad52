"""The facilitator's console: watch over the socket, act over HTTP."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, jsonify, render_template, request, url_for

from workshop.kinds import takes_themes
from workshop.live import Live
from workshop.model import Unknown
from workshop.pages import page_language, parts, see_other
from workshop.pages.home import csrf
from workshop.pages.verbs import Fields, arguments, scripted, tried
from workshop.theming import Theming

console = Blueprint("console", __name__)

# Verb -> how its arguments are read from the form. `at` is the revision that the facilitator had seen.
VERBS: dict[str, tuple[Callable[..., None], Fields]] = {
    "go_to": (Live.go_to, {"at": int, "exercise": str}),
    "open": (Live.open, {"at": int, "exercise": str}),
    "close": (Live.close, {"at": int, "exercise": str}),
    "reveal": (Live.reveal, {"at": int, "exercise": str}),
    "view": (Live.view, {"at": int, "exercise": str, "view": int}),
    "extend": (Live.extend, {"at": int}),
    "end": (Live.end, {"at": int}),
    "reopen": (Live.reopen, {"at": int}),
    "pause": (Live.pause, {"pause": lambda raw: raw == "1"}),
    "blank": (Live.blank, {"blank": lambda raw: raw == "1"}),
    "hide": (Live.hide, {"note": str, "reason": str}),
    "unhide": (Live.unhide, {"note": str}),
    "star": (Live.star, {"note": str}),
    "unstar": (Live.unstar, {"note": str}),
    "accept": (Live.accept, {"note": str}),
    "resize": (Live.resize, {"participant": str, "size": int}),
    "release": (Live.release, {"exercise": str}),
    "add_theme": (Theming.add_theme, {"exercise": str, "cy": str, "en": str, "notes": str}),
    "rename_theme": (Theming.rename_theme, {"exercise": str, "theme": str, "cy": str, "en": str}),
    "remove_theme": (Theming.remove_theme, {"exercise": str, "theme": str}),
    "move": (Theming.move, {"exercise": str, "notes": str, "theme": str}),
    "copy": (Theming.copy, {"exercise": str, "notes": str, "theme": str}),
    "merge": (Theming.merge, {"exercise": str, "notes": str, "into": str}),
    "split": (Theming.split, {"exercise": str, "note": str}),
    "keep_apart": (Theming.keep_apart, {"exercise": str, "note": str, "other": str}),
    "undo": (Theming.undo, {"exercise": str}),
}
MOVING = {name for name, (_, fields) in VERBS.items() if "at" in fields}
THEMING = {name for name, (function, _) in VERBS.items() if function.__qualname__.startswith("Theming.")}


@console.get("/c/<code>")
def show(code: str) -> Any:
    try:
        current = parts().broadcast.current(code, "console", page_language())
        session = parts().store.session(code)
    except Unknown:
        abort(404)
    links = {"join": parts().links.join(session), "screen": parts().links.screen(session)}
    return render_template(
        "console/show.html", langs=(page_language(),), session=session, current=current, csrf=csrf(), links=links
    )


@console.get("/c/<code>/now")
def now(code: str) -> Any:
    """What `watch` gives, for networks that block sockets."""
    try:
        return jsonify(ok=True, **parts().broadcast.current(code, "console", page_language()))
    except Unknown:
        abort(404)


@console.get("/c/<code>/themes/<exercise>")
def themes(code: str, exercise: str) -> Any:
    """The notes table: an exercise's notes, to be put under themes while people talk or afterwards."""
    try:
        current = _themes_now(code, exercise)
        session = parts().store.session(code)
    except Unknown:
        abort(404)
    return render_template(
        "themes/show.html", langs=(page_language(),), session=session, exercise=session.workshop.exercise(exercise),
        current=current, csrf=csrf(),
    )  # fmt: skip


@console.get("/c/<code>/themes/<exercise>/now")
def themes_now(code: str, exercise: str) -> Any:
    try:
        return jsonify(ok=True, **_themes_now(code, exercise))
    except Unknown:
        abort(404)


def _themes_now(code: str, exercise: str) -> dict[str, Any]:
    if not takes_themes(parts().store.session(code).workshop.exercise(exercise).kind):
        raise Unknown(exercise)
    return parts().broadcast.current(code, f"themes:{exercise}", page_language())


@console.post("/c/<code>/do/<verb>")
def do(code: str, verb: str) -> Any:
    """One verb. Answers JSON to the script and a page to a browser without it."""
    if verb not in VERBS:
        abort(404)
    function, fields = VERBS[verb]
    given = arguments(fields)
    wrong = tried(lambda: function(parts().theming if verb in THEMING else parts().live, code, **given))
    if scripted():
        return (jsonify(ok=False, why=wrong[0]), wrong[1]) if wrong else jsonify(ok=True)
    if wrong:
        return render_template("error.html", langs=(page_language(),), why=wrong[0]), wrong[1]
    if verb in THEMING:
        return see_other(url_for("console.themes", code=code, exercise=given["exercise"]))
    return see_other(url_for("console.show", code=code))


@console.route("/c/<code>/delete", methods=["GET", "POST"])
def deletion(code: str) -> Any:
    """Says what will be lost; deletes it when the code is typed."""
    try:
        session = parts().store.session(code)
    except Unknown:
        abort(404)
    typed = request.form.get("code", "").replace(" ", "").upper()
    if request.method == "POST" and typed == code:
        parts().live.delete(code)
        parts().forget(code)
        return see_other(url_for("home.workshops"))
    return render_template(
        "console/deletion.html", langs=(page_language(),), session=session, joined=session.joined, csrf=csrf(),
        missed=request.method == "POST",
    ), 422 if request.method == "POST" else 200  # fmt: skip
