"""The write-up: as a web page first, as PDF second, in each language."""

from typing import Any

from flask import Blueprint, Response, abort, g, render_template, url_for

from workshop.exports.press import NoFile
from workshop.gathered import PUBLISHED_FROM, SHOWN_FROM
from workshop.model import N_, Exercise, Session, Unknown
from workshop.pages import parts
from workshop.report import Given, Report, build_report
from workshop.words import told

WHY_NO_PDF = {
    "slow": N_("The PDF took too long to make. The web page has everything that it would have."),
    "pango": N_(
        "This computer lacks Pango, the library that draws the PDF. The README says how to install it. "
        "The web page has everything that the PDF would have."
    ),
    "busy": N_("Many files of this write-up are being made just now. Try again in a minute."),
    "failed": N_("The PDF could not be made. The web page has everything that it would have."),
}

report = Blueprint("report", __name__)


@report.get("/r/<code>/<any(cy,en):lang>")
def show(code: str, lang: str) -> Any:
    g.lang = lang
    return _drawn("report/show.html", code, lang)


@report.get("/r/<code>/<any(cy,en):lang>.pdf")
def pdf(code: str, lang: str) -> Any:
    g.lang = lang
    html = _drawn("report/print.html", code, lang)
    try:
        body = parts().press.make("pdf", html, of=(code, lang, html), code=code)
    except NoFile as error:
        why = told(lang, WHY_NO_PDF[error.reason], {})
        return render_template(
            "error.html", langs=(lang,), why=why, back=url_for("report.show", code=code, lang=lang)
        ), 503
    name = f"{_session(code).workshop.id}-{lang}.pdf"
    return Response(body, mimetype="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'})


def _drawn(template: str, code: str, lang: str) -> str:
    """The write-up as HTML. After the end a whole room asks for it at once: it is drawn once for each state of it."""
    session, whole = _session(code), bool(g.facilitator)

    def draw() -> str:
        return render_template(template, langs=(lang,), report=_report(code), code=code, whole=whole)

    if session.ended_at is None:
        return draw()  # how long things took goes on
    return parts().drawn.page((template, code, session.created_at, session.revision, lang, whole), draw)


def _session(code: str) -> Session:
    with parts().store.read() as read:
        try:
            return read.session(code)
        except Unknown:
            abort(404)


def _report(code: str) -> Report:
    cyd, whole = parts(), bool(g.facilitator)
    k = SHOWN_FROM if whole else PUBLISHED_FROM
    with cyd.store.read() as read:
        session = read.session(code)

        def given(exercise: Exercise) -> Given:
            # Once revealed, what stands on the wall: a single answer that came later could be told from the difference.
            wall = session.step(exercise.id).revealed
            sums = cyd.tallies.of(read, session, exercise, k)
            gathered = sums.wall if wall else sums.live
            return Given(
                gathered=gathered,
                starred=tuple(note for note in gathered.notes.shown if note.starred and note.state == "shown"),
                study=cyd.tallies.study(read, session, exercise, wall=wall, k=k),
                comparison=cyd.tallies.comparison(read, session, exercise, wall=wall, k=k),
                late=sums.late,
            )

        return build_report(session, given, now=cyd.clock(), whole=whole, k=k)
