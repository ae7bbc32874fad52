"""The phone: language, one joining page, then one thing to do at a time."""

from typing import Any

from flask import Blueprint, abort, g, jsonify, make_response, render_template, request, url_for

from workshop.live import spelled
from workshop.model import KEEP_DAYS, N_, Invalid, Refused, Session, Unknown
from workshop.pages import parts, see_other
from workshop.pages.home import known
from workshop.security import hashed, new_token
from workshop.words import iso_day, told

phone = Blueprint("phone", __name__)

SEAT_DAYS = 40  # the cookie outlives the answers it belongs to


@phone.get("/j/<code>")
def language(code: str) -> Any:
    """First the language, both equal. A phone that is in already goes straight on."""
    if code != spelled(code):
        return see_other(url_for("phone.language", code=spelled(code)))
    if parts().door.participant(request.cookies, code):
        return see_other(url_for("phone.resume", code=code))
    return render_template("phone/language.html", langs=("cy", "en"), session=_session(code), q=request.args.get("q"))


@phone.get("/j/<code>/<any(cy,en):lang>")
def join(code: str, lang: str) -> Any:
    if parts().door.participant(request.cookies, code):
        return see_other(url_for("phone.show", code=code, lang=lang))
    return _join(code, lang)


def _join(code: str, lang: str, wrong: Invalid | Refused | None = None) -> Any:
    g.lang = lang
    session = _session(code)
    why = told(lang, wrong.key, wrong.arguments) if wrong else ""
    q, keeps_until = request.args.get("q"), (session.ended_at or parts().clock()) + KEEP_DAYS * 86400

    def draw() -> str:
        return render_template(
            "phone/join.html", q=q, langs=(lang,), session=session, form=request.form, why=why, wrong=wrong,
            keeps_until=keeps_until,
        )  # fmt: skip

    first = ("join", code, lang, q, session.ended_at, iso_day(keeps_until))  # alike for everybody who scans the code
    alike = not request.form and q in (None, parts().door.keys.qr(code, session.created_at))
    page = parts().drawn.once(first, draw) if alike else draw()
    return page, 422 if isinstance(wrong, Invalid) else 409 if wrong else 200


@phone.post("/j/<code>/<any(cy,en):lang>")
def joined(code: str, lang: str) -> Any:
    """Takes a seat."""
    g.lang = lang
    _session(code)
    if parts().door.participant(request.cookies, code):
        return see_other(url_for("phone.resume", code=code))
    token = new_token()
    form = request.form
    size = form.get("size", "1") if form.get("table") else "1"
    try:
        parts().live.join(
            code,
            hashed(token),
            language=lang,
            perspective=form.get("perspective"),
            size=_number(size),
        )
    except (Invalid, Refused) as wrong:
        return _join(code, lang, wrong)
    return _seated(code, lang, token)


@phone.post("/j/<code>/<any(cy,en):lang>/place")
def rejoin(code: str, lang: str) -> Any:
    """A place code moves its seat to this phone."""
    g.lang = lang
    _session(code)
    if parts().misses.full():
        abort(429)
    token = new_token()
    try:
        who = parts().live.rejoin(code, request.form.get("place", ""), hashed(token))
    except Unknown:
        parts().misses.add()
        return _join(code, lang, Invalid("place", N_("No one here has this place code.")))
    parts().sockets.drop(who)
    return _seated(code, lang, token)


def _seated(code: str, lang: str, token: str) -> Any:
    response = make_response(see_other(url_for("phone.show", code=code, lang=lang)))
    parts().door.cookies.set(response, code, token, days=SEAT_DAYS)
    return response


@phone.get("/s/<code>")
def resume(code: str) -> Any:
    return see_other(url_for("phone.show", code=code, lang=g.participant.language))


@phone.get("/s/<code>/<any(cy,en):lang>")
def show(code: str, lang: str) -> Any:
    g.lang = lang
    session = _session(code)
    current = parts().broadcast.current(code, "phone", lang)
    return render_template(
        "phone/show.html", langs=(lang,), session=session, current=current, mine=parts().sockets.mine(g.participant)
    )


@phone.get("/s/<code>/<any(cy,en):lang>/now")
def now(code: str, lang: str) -> Any:
    """What `watch` gives, for phones whose network blocks sockets."""
    current = parts().broadcast.current(code, "phone", lang)
    return jsonify(ok=True, mine=parts().sockets.mine(g.participant), **current)


@phone.get("/s/<code>/<any(cy,en):lang>/see")
def see(code: str, lang: str) -> Any:
    """The revealed tally, for who cannot see the wall."""
    key = ("see", code, parts().store.session(code).revision, lang)
    return parts().drawn.once(key, lambda: parts().fragments.tally(code, lang))


@phone.put("/s/<code>/<exercise>")
def respond(code: str, exercise: str) -> Any:
    """The same JSON as the socket's `respond`."""
    if (request.content_length or 0) > 16384:
        abort(413)
    message = request.get_json(silent=True)
    if isinstance(message, dict) and message.get("exercise") != exercise:
        message = None  # the address and the message disagree: neither can be believed
    status, ack = parts().sockets.put(g.participant, message, request.args.get("lang", g.participant.language))
    return jsonify(ack), status


@phone.post("/s/<code>/me")
def change(code: str) -> Any:
    """What the participant speaks as, and for how many; until the end."""
    size = request.form.get("size", "1") if request.form.get("table") else "1"
    lang = request.form.get("lang", g.participant.language)
    try:
        parts().live.change(
            g.participant,
            language=lang,
            perspective=request.form.get("perspective"),
            size=_number(size),
        )
    except (Invalid, Refused) as wrong:
        g.lang = lang
        return render_template("error.html", langs=(lang,), why=told(lang, wrong.key, wrong.arguments)), 422
    return see_other(url_for("phone.show", code=code, lang=lang))


@phone.post("/s/<code>/hand-on")
def hand_on(code: str) -> Any:
    """The next person on this phone: the seat stays, this phone forgets it."""
    response = make_response(see_other(url_for("phone.language", code=code)))
    parts().door.cookies.clear(response, code)
    return response


def _number(raw: str) -> int:
    """A table size as it was typed; 0, which no table has, where it is none."""
    return int(raw) if raw.isdecimal() and len(raw) < 4 else 0


def _session(code: str) -> Session:
    if not g.participant and not known(code):  # who has a seat is not held up by others' wrong codes
        abort(404)
    return parts().store.session(code)
