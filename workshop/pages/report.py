"""The write-up before it is published: its draft, and the editor beside it. For the facilitator alone."""

from collections.abc import Callable
from functools import partial
from typing import Any, Literal

import gevent
from flask import Blueprint, abort, g, jsonify, render_template, request, url_for
from gevent.lock import Semaphore

from workshop.fragments import NAP
from workshop.gathered import PUBLISHED_FROM
from workshop.kinds import takes_themes
from workshop.model import N_, Exercise, Invalid, Refused, Session, Unknown
from workshop.pages import page_language, parts, see_other
from workshop.pages.formats import Drawing, file, page, whole
from workshop.pages.home import csrf
from workshop.pages.verbs import Fields, arguments, scripted, tried
from workshop.pictures import Made, remade
from workshop.publishing import CHANGED, Publishing
from workshop.report import CHAPTERS, FIELDS, FIXED, MOST_PHOTOS, Given, Report, build_report, lacking
from workshop.store import Read

report = Blueprint("report", __name__)

ONE_PICTURE = Semaphore(1)  # at a time: each takes up to half a gigabyte

CHAPTER_TITLES = {
    "summary": N_("In one page"),
    "people": N_("Who took part"),
    "did": N_("What we did"),
    "exercises": N_("The exercises"),
    "perspectives": N_("Where perspectives agree and differ"),
    "asks": N_("What people will ask for"),
    "commitments": N_("What people will do"),
    "questions": N_("Open questions"),
    "confidence": N_("Before and after"),
    "next": N_("What happens next"),
    "reading": N_("About this write-up"),
    "annex": N_("Every note"),
}

# Verb -> how its arguments are read from the form.
VERBS: dict[str, tuple[Callable[..., None], Fields]] = {
    "write": (Publishing.write, {"field": str, "lang": str, "words": str, "was": str}),
    "date": (Publishing.date, {"day": str}),
    "show": (Publishing.show, {"place": str, "shown": lambda raw: raw == "1"}),
    "move": (Publishing.move, {"chapter": str, "by": int}),
    "quote": (Publishing.quote, {"exercise": str, "notes": str}),
    "near_election": (Publishing.near_election, {"near": lambda raw: raw == "1"}),
    "describe_photo": (Publishing.describe_photo, {"photo": str, "cy": str, "en": str, "chapter": str}),
    "remove_photo": (Publishing.remove_photo, {"photo": str}),
    "remove_logo": (Publishing.remove_logo, {}),
}


@report.get("/r/<code>/<any(cy,en):lang>")
def show(code: str, lang: str) -> Any:
    """The draft as a web page."""
    g.lang = lang
    return page("report/show.html", draft(code, lang), lang, code=code)


@report.get("/r/<code>/<any(cy,en):lang>.<any(pdf,docx,md,xlsx,csv,html):format>")
def made(code: str, lang: str, format: str) -> Any:
    g.lang = lang
    return file(draft(code, lang), lang, format)


@report.get("/r/<code>/record.<any(json,zip):format>")
def everything(code: str, format: str) -> Any:
    return whole(draft(code, page_language()), format, page_language())


@report.get("/r/<code>/photos/<id>")
def photo(code: str, id: str) -> Any:
    with parts().store.read() as read:
        data = read.pictures(code).get(id)
    return picture(data)


def picture(data: bytes | None) -> Any:
    if data is None:
        abort(404)
    kind = "image/png" if data.startswith(b"\x89PNG") else "image/jpeg"
    return data, 200, {"Content-Type": kind, "Cache-Control": "private, max-age=3600"}


@report.get("/r/<code>/working")
def working(code: str) -> Any:
    """Which files are being made, and for how many seconds."""
    return jsonify([{"format": one.format, "seconds": round(one.seconds), "begun": one.begun}
                    for one in parts().press.working(code)])  # fmt: skip


@report.get("/c/<code>/write-up")
def edit(code: str) -> Any:
    parts().press.warm()  # files will be asked for soon
    return _editor(code)


@report.post(f"/c/<code>/write-up/<any({','.join(VERBS)}):verb>")
def change(code: str, verb: str) -> Any:
    """One edit. Answers JSON to the script and the page to a browser without it."""
    function, fields = VERBS[verb]
    given = arguments(fields)
    return _done(code, lambda: function(parts().publishing, code, **given))


@report.post("/c/<code>/write-up/<any(photo,logo):what>")
def add_picture(code: str, what: str) -> Any:
    """Takes a photo or the logo in."""
    form, sent = request.form, request.files.get("file")

    def verb() -> None:
        if sent is None:
            raise Invalid("file", N_("Choose a picture first."))
        with ONE_PICTURE:
            made = gevent.get_hub().threadpool.apply(_tried, (sent.read(), what))  # the room goes on meanwhile
        if isinstance(made, Invalid):
            raise made
        cy, en, publishing = form.get("cy", ""), form.get("en", ""), parts().publishing
        if what == "logo":
            publishing.set_logo(code, made, cy=cy, en=en)
        else:
            chapter = form.get("chapter") or "did"
            publishing.add_photo(code, made, cy=cy, en=en, chapter=chapter, agreed=bool(form.get("agreed")))

    return _done(code, verb)


def _tried(raw: bytes, what: Literal["photo", "logo"]) -> Made | Invalid:
    """What a thread raises is logged as if it were a fault of ours."""
    try:
        return remade(raw, what)
    except Invalid as wrong:
        return wrong


@report.post("/c/<code>/write-up/publish")
def publish(code: str) -> Any:
    form = request.form

    def verb() -> None:
        with parts().store.read() as read:
            session = read.session(code)
            if form.get("seen", "") != str(session.revision):
                raise Refused(CHANGED)
            made_of = _report(read, session)
        parts().publishing.publish(
            code, made_of, session.revision, cy=form.get("cy", ""), en=form.get("en", ""), sure=bool(form.get("sure"))
        )

    return _done(code, verb)


@report.post("/c/<code>/write-up/withdraw")
def withdraw(code: str) -> Any:
    def verb() -> None:
        with parts().store.read() as read:
            key = read.session(code).published
        if key is not None:
            parts().publishing.withdraw(key)
            parts().forget(key)

    return _done(code, verb)


def draft(code: str, lang: str) -> Drawing:
    """The write-up as it stands, with what the facilitator made of it."""
    _count(code)
    with parts().store.read() as read:
        try:
            session = read.session(code)
        except Unknown:
            abort(404)
        made_of = _beside_public(read, session, _report(read, session))
    now = parts().clock() if session.ended_at is None else 0  # how long things took goes on
    of = (code, session.created_at, session.revision, now)
    return Drawing(made_of, of, code, url_for("report.show", code=code, lang=lang))


def _report(read: Read, session: Session) -> Report:
    """With k = 10, as it may leave the room."""
    cyd, given = parts(), partial(_given, read, session)
    edits, pictures = read.edits(session.code), read.pictures(session.code)
    return build_report(session, given, now=cyd.clock(), k=PUBLISHED_FROM, edits=edits, pictures=pictures)


def _given(read: Read, session: Session, exercise: Exercise) -> Given:
    """Once revealed, what stands on the wall counts: a single answer that came later could be told from the
    difference."""
    tallies, wall = parts().tallies, session.step(exercise.id).revealed
    sums = tallies.of(read, session, exercise, PUBLISHED_FROM)
    return Given(
        gathered=sums.wall if wall else sums.live,
        study=tallies.study(read, session, exercise, wall=wall, k=PUBLISHED_FROM),
        comparison=tallies.comparison(read, session, exercise, wall=wall, k=PUBLISHED_FROM),
    )


def _count(code: str) -> None:
    """Has each exercise counted by itself, ahead of what needs all of them: between two the others have their turn."""
    cyd = parts()
    try:
        session = cyd.store.session(code)
    except Unknown:
        abort(404)
    for exercise in session.workshop.agenda:
        cyd.fragments.take_in(code, exercise.id)
        with cyd.store.read() as read:
            _given(read, session, exercise)
        gevent.sleep(NAP)


def _beside_public(read: Read, session: Session, made_of: Report) -> Report:
    """With the dates of the public one where nothing waits to be published, and with what came of it."""
    return read.record(session.published).beside(made_of) if session.published else made_of


def _editor(code: str, why: str = "") -> Any:
    cyd = parts()
    _count(code)
    with cyd.store.read() as read:
        try:
            session = read.session(code)
        except Unknown:
            abort(404)
        bare, edits = _report(read, session), read.edits(code)
        made_of = _beside_public(read, session, bare)
        waiting = {e.id: cyd.tallies.of(read, session, e) for e in session.workshop.agenda}
        notes = {e.id: cyd.tallies.notes(read, session, e) for e in session.workshop.agenda if takes_themes(e.kind)}
        published = read.record(session.published) if session.published else None
    return render_template(
        "edit/show.html",
        langs=(page_language(),), session=session, report=made_of, edits=edits, sums=waiting, notes=notes, why=why,
        published=published, lacks=lacking(bare), chapters=CHAPTERS, fields=FIELDS, fixed=FIXED,
        most_photos=MOST_PHOTOS, link=_link(session), csrf=csrf(),
        fresh=made_of.issue is not None,  # nothing waits to be published
    )  # fmt: skip


def _link(session: Session) -> str | None:
    return parts().links.record(session.published) if session.published else None


def _done(code: str, verb: Callable[[], None]) -> Any:
    """Does it and says how it went: to the script as JSON, to a browser without one as the page."""
    wrong = tried(verb)
    if scripted():
        return (jsonify(ok=False, why=wrong[0]), wrong[1]) if wrong else jsonify(ok=True, revision=_revision(code))
    return (_editor(code, wrong[0]), wrong[1]) if wrong else see_other(url_for("report.edit", code=code))


def _revision(code: str) -> int:
    with parts().store.read() as read:
        return read.session(code).revision
