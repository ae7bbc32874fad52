"""The print pack: what is put on walls and tables before a session, each sheet as a web page and as PDF."""

from typing import Any

import segno
from flask import Blueprint, Response, abort, g, render_template, request, url_for
from markupsafe import Markup

from workshop.exports.press import NoFile
from workshop.model import N_, Invalid, Session, Unknown
from workshop.pages import parts
from workshop.security import hashed
from workshop.sheets import (
    CODE_MM,
    COPIES,
    SHEETS,
    Choice,
    chosen,
    decks,
    gaps,
    has_lines,
    laid_out,
    postcards,
    reading_distance,
    sheets_of,
    slips,
    timetable,
)
from workshop.text import LANGUAGES
from workshop.words import told

WHY_NO_PDF = {
    "slow": N_("The PDF took too long to make. Ask for fewer copies: the printer can make more of each page."),
    "pango": N_(
        "This computer lacks Pango, the library that draws the PDF. The README says how to install it. "
        "The web page has everything that the PDF would have."
    ),
    "busy": N_("Many files of this session are being made just now. Try again in a minute."),
    "failed": N_("The PDF could not be made. Ask for fewer copies: the printer can make more of each page."),
}
ALL = "all"
NAMES = f"<any({', '.join(repr(name) for name in (ALL, *SHEETS))}):sheet>"

sheets = Blueprint("sheets", __name__, url_prefix="/c/<code>/sheets/<any(cy,en):lang>")


@sheets.get("")
def show(code: str, lang: str) -> Any:
    """What there is to print, how it looks, and how many of it."""
    return _overview(code, lang)


@sheets.get(f"/{NAMES}")
def page(code: str, lang: str, sheet: str) -> Any:
    return _sheets("sheets/page.html", code, lang, sheet)


@sheets.get(f"/{NAMES}.pdf")
def pdf(code: str, lang: str, sheet: str) -> Any:
    drawn = _sheets("sheets/print.html", code, lang, sheet)
    if not isinstance(drawn, str):
        return drawn
    try:
        body = parts().press.make("pdf", drawn, of=(code, hashed(drawn)), code=code)
    except NoFile as error:
        why = told(lang, WHY_NO_PDF[error.reason], {})
        back = url_for("sheets.show", code=code, lang=lang, **_chosen(_session(code)).query)
        return render_template("error.html", langs=(lang,), why=why, back=back), 503
    name = f"{_session(code).workshop.id}-{sheet}-{lang}.pdf"
    return Response(body, mimetype="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'})


def _sheets(template: str, code: str, lang: str, sheet: str) -> Any:
    """The sheets that were asked for as HTML; the overview where the address says what cannot be."""
    session = _session(code)
    if sheet != ALL and sheet not in sheets_of(session.workshop):
        abort(404)
    try:
        choice = _chosen(session)
    except Invalid as wrong:
        return _overview(code, lang, wrong)
    names = choice.sheets if sheet == ALL else (sheet,)
    return render_template(template, sheet=sheet, names=names, **_context(session, lang, choice))


def _overview(code: str, lang: str, wrong: Invalid | None = None) -> Any:
    session = _session(code)
    try:
        choice = _chosen(session)
    except Invalid as error:
        choice, wrong = chosen(session.workshop, {}, session.joined.people), wrong or error
    return render_template(
        "sheets/show.html",
        has=sheets_of(session.workshop),
        wrong=wrong,
        why=told(lang, wrong.key, wrong.arguments) if wrong else "",
        form=request.args,
        asked=choice.query,
        copies=COPIES,
        local=parts().config.public_url is None,
        names=choice.sheets,
        sample=choice.one_of_each,
        **_context(session, lang, choice),
    ), 422 if wrong else 200


def _context(session: Session, lang: str, choice: Choice) -> dict[str, Any]:
    """What the sheets are drawn from, in one language."""
    g.lang = lang
    join = parts().links.join(session)
    rows, ends = timetable(session.workshop, choice.begins)
    return {
        "langs": (lang,),
        "session": session,
        "workshop": session.workshop,
        "choice": choice,
        "join": join,
        "poster_langs": LANGUAGES if choice.both else (lang,),
        "poster_code": _qr(join, CODE_MM[choice.paper], lang),
        "poster_distance": reading_distance(CODE_MM[choice.paper]),
        "tent_code": _qr(join, CODE_MM["tent"], lang),
        "tent_distance": reading_distance(CODE_MM["tent"]),
        "decks": [(deck, laid_out(deck.cards, lang, large=choice.large)) for deck in decks(session.workshop)],
        "slips": slips(session.workshop),
        "postcards": postcards(session.workshop),
        "rows": rows,
        "ends": ends,
        "gaps": gaps,
        "has_lines": has_lines,
        "query": choice.query,
    }


def _qr(address: str, width: int, lang: str) -> Markup:
    """The code as SVG, `width` millimetres wide, in black: the paper around it is its margin."""
    code = segno.make(address, error="m", micro=False)
    scale = width / code.symbol_size(scale=1, border=0)[0]
    title = told(lang, N_("QR code: it opens %(address)s"), {"address": address.partition("?")[0]})
    return Markup(
        code.svg_inline(scale=scale, border=0, unit="mm", title=title, svgclass="code", lineclass=None, dark="#000")
    )


def _chosen(session: Session) -> Choice:
    return chosen(session.workshop, dict(request.args.lists()), session.joined.people)


def _session(code: str) -> Session:
    try:
        return parts().store.session(code)
    except Unknown:
        abort(404)
