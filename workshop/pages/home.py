"""Where people arrive: the code box for everyone, workshops and sessions for the facilitator."""

import secrets
from typing import Any

from flask import Blueprint, abort, g, jsonify, render_template, request, url_for

from workshop.kinds import KINDS
from workshop.live import spelled
from workshop.model import Invalid, Unknown, Workshop
from workshop.pages import page_language, parts, see_other
from workshop.security import hashed, new_token, same
from workshop.words import told

home = Blueprint("home", __name__)


@home.get("/")
def index() -> Any:
    return render_template("home.html", langs=("cy", "en"), missed=False)


@home.post("/")
def find() -> Any:
    """A typed code leads to its session; case, spaces and dashes do not matter."""
    code = spelled(request.form.get("code", ""))
    if not known(code):
        return render_template("home.html", langs=("cy", "en"), missed=True), 404
    return see_other(url_for("phone.language", code=code))


def known(code: str) -> bool:
    """Whether a session has this code. Wrong ones are counted, in all, so that codes cannot be guessed.

    While too many are wrong, only who is in already and who scanned the QR code come through.
    """
    cyd = parts()
    try:
        session = cyd.store.session(code)
    except Unknown:
        session = None
    if cyd.misses.full():
        scanned = session and same(request.args.get("q", ""), cyd.door.keys.qr(code, session.created_at))
        if not scanned and not cyd.door.participant(request.cookies, code):
            abort(429)
    elif session is None:
        cyd.misses.add()
    return session is not None


@home.post("/enter")
def enter() -> Any:
    """Takes the key that stood behind '#' in a facilitator or screen link, and gives a cookie for it."""
    given = request.get_json(silent=True)
    if not isinstance(given, dict) or not isinstance(given.get("key"), str):
        abort(422)
    cyd = parts()
    code = spelled(str(given.get("code") or ""))
    answer = jsonify(ok=True)
    if code:
        try:
            session = cyd.store.session(code)
        except Unknown:
            abort(404)
        if not same(given["key"], cyd.door.keys.screen(code, session.created_at)):
            abort(404)
        cyd.door.cookies.set(answer, f"screen-{code}", given["key"], days=2)
        return answer
    if not same(given["key"], cyd.door.facilitator_key()):
        abort(404)
    token = new_token()
    row = {
        "id": secrets.token_hex(8),
        "token_hash": hashed(token),
        "device": _device(request.headers.get("User-Agent", "")),
        "created_at": cyd.clock(),
        "seen_at": cyd.clock(),
    }
    cyd.store.writer.do(lambda tx: tx.add_sign_in(**row))
    cyd.door.cookies.set(answer, "facilitator", token, days=30)
    return answer


@home.get("/workshops")
def workshops() -> Any:
    cyd = parts()
    with cyd.store.read() as read:
        sessions = read.sessions()
        joined = {session.code: session.joined for session in sessions}
        devices, records = read.sign_ins(), read.records()
    return render_template(
        "workshops.html", langs=(page_language(),), packs=cyd.packs, sessions=sessions, joined=joined, devices=devices,
        records=records, here=g.facilitator["id"], csrf=csrf(),
    )  # fmt: skip


@home.get("/workshops/<pack>")
def workshop(pack: str) -> Any:
    return _workshop(pack)


def _workshop(pack: str, wrong: Invalid | None = None) -> Any:
    cyd = parts()
    if pack not in cyd.packs:
        abort(404)
    why = told(page_language(), wrong.key, wrong.arguments) if wrong else ""
    workshop = cyd.packs[pack]
    return render_template(
        "workshop.html", langs=(page_language(),), workshop=workshop, csrf=csrf(), form=request.form,
        chosen=_cut(workshop), lengths=(workshop.minutes, *(cut.minutes for cut in workshop.cuts)),
        wrong=wrong, why=why, begin=cyd.clock(), previews=_previews(pack),
    ), 422 if wrong else 200  # fmt: skip


def _cut(workshop: Workshop) -> Workshop:
    """The run of the workshop that was chosen: the whole one, unless the form or the address names another."""
    raw = request.values.get("minutes", "")
    if not raw:
        return workshop
    try:
        return workshop.cut(int(raw))
    except (ValueError, Unknown):
        abort(404)


def _previews(pack: str) -> dict[str, str]:
    """What the phone shows while each exercise accepts answers."""
    langs = (page_language(),)
    return {
        exercise.id: render_template(
            f"kinds/{exercise.kind}/form.html", langs=langs, exercise=exercise, content=exercise.content
        )
        for exercise in parts().packs[pack].agenda
    }


@home.post("/workshops/<pack>")
def start(pack: str) -> Any:
    """Starts a session of the workshop."""
    cyd = parts()
    if pack not in cyd.packs:
        abort(404)
    form = request.form
    try:
        session = cyd.live.start(
            _cut(cyd.packs[pack]),
            runner=form.get("runner", ""),
            contact=form.get("contact", ""),
            place=form.get("place", ""),
        )
    except Invalid as wrong:
        return _workshop(pack, wrong)
    return see_other(url_for("console.show", code=session.code))


@home.post("/new-link")
def new_link() -> Any:
    """Replaces the facilitator link: the old one and every other device are out."""
    cyd = parts()
    counter, here = cyd.door.counter() + 1, g.facilitator["id"]

    def verb(tx: Any) -> None:
        tx.set_setting("facilitator_counter", str(counter))
        tx.delete_sign_ins(keep=here)

    cyd.store.writer.do(verb)
    cyd.sockets.recheck()
    link = cyd.links.facilitator(cyd.door.counter())
    return render_template("new_link.html", langs=(page_language(),), link=link)


@home.post("/revoke")
def revoke() -> Any:
    """Signs one device out; its sockets close."""
    one = request.form.get("id", "")
    parts().store.writer.do(lambda tx: tx.delete_sign_ins(only=one))
    parts().sockets.recheck()
    return see_other(url_for("home.workshops"))


@home.get("/help/<kind>")
def help(kind: str) -> Any:
    """A page of help about one kind of exercise, for facilitators."""
    if kind not in KINDS:
        abort(404)
    return render_template("help.html", langs=(page_language(),), kind=kind, kinds=tuple(KINDS))


@home.get("/healthz")
def healthz() -> Any:
    with parts().store.read() as read:
        read.ping()
    return jsonify(ok=True)


def csrf() -> str:
    return parts().door.keys.csrf(g.facilitator["token_hash"])


def _device(agent: str) -> str:
    """A browser's name for the list of devices, and nothing more of what it said about itself."""
    browsers = (("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari"))
    systems = (
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Mac", "Mac"),
        ("Windows", "Windows"),
        ("Linux", "Linux"),
    )
    browser = next((name for mark, name in browsers if mark in agent), "?")
    system = next((name for mark, name in systems if mark in agent), "?")
    return f"{browser}, {system}"
