"""The published write-up, for whoever has its address; and what the facilitator does with it afterwards."""

from collections.abc import Callable
from typing import Any

import gevent
from flask import Blueprint, abort, g, render_template, request, url_for

from workshop.model import Invalid, Unknown
from workshop.pages import page_language, parts, see_other
from workshop.pages.formats import Drawing, file, page, whole
from workshop.pages.home import csrf
from workshop.pages.report import picture
from workshop.pages.verbs import tried
from workshop.record import NOT_OURS, Record, brought
from workshop.report import Report
from workshop.text import LANGUAGES

record = Blueprint("record", __name__)


@record.get("/w/<key>")
def read(key: str) -> Any:
    """In the language that was chosen before, or that the browser prefers."""
    return see_other(url_for("record.show", key=key, lang=page_language()))


@record.get("/w/<key>/<any(cy,en):lang>")
def show(key: str, lang: str) -> Any:
    g.lang = lang
    return page("record/show.html", drawing(key, lang), lang, key=key)


@record.get("/w/<key>/<any(cy,en):lang>.<any(pdf,docx,md,xlsx,csv,html):format>")
def made(key: str, lang: str, format: str) -> Any:
    g.lang = lang
    return file(drawing(key, lang), lang, format)


@record.get("/w/<key>/record.<any(json,zip):format>")
def everything(key: str, format: str) -> Any:
    return whole(drawing(key, page_language()), format, page_language())


@record.get("/w/<key>/photos/<id>")
def photo(key: str, id: str) -> Any:
    report = drawing(key, "en").report
    pictures = (*report.photos, *((report.logo,) if report.logo else ()))
    return picture(next((one.data for one in pictures if one.photo.id == id), None))


def drawing(key: str, lang: str) -> Drawing:
    with parts().store.read() as read:
        try:
            listed = read.listed(key)
        except Unknown:
            abort(404)
    of = (key, listed.updated_at, listed.public)
    report = parts().drawn.once(of, lambda: _kept(key).drawn())
    return Drawing(report, of, key, url_for("record.show", key=key, lang=lang))


def _kept(key: str) -> Record:
    with parts().store.read() as read:
        try:
            return read.record(key)
        except Unknown:
            abort(404)


@record.get("/w/<key>/after")
def after(key: str) -> Any:
    """For the facilitator: what came of it, and taking it back."""
    return _after(key)


def _after(key: str, why: str = "") -> Any:
    kept = _kept(key)
    return render_template(
        "record/after.html", langs=(page_language(),), kept=kept, report=drawing(key, page_language()).report, why=why,
        link=parts().links.record(key), csrf=csrf(),
    )  # fmt: skip


@record.post("/w/<key>/deeds")
def add_deed(key: str) -> Any:
    fields = ("asked_cy", "asked_en", "did_cy", "did_en", "when")
    given = {name: request.form.get(name, "") for name in fields}
    return _done(key, lambda: parts().publishing.add_deed(key, **given))


@record.post("/w/<key>/deeds/<int:number>/remove")
def remove_deed(key: str, number: int) -> Any:
    rows = request.form.get("rows", -1, type=int)
    return _done(key, lambda: parts().publishing.remove_deed(key, number, rows))


@record.post("/w/<key>/public")
def make_public(key: str) -> Any:
    return _done(key, lambda: parts().publishing.make_public(key))


@record.post("/w/<key>/withdraw")
def withdraw(key: str) -> Any:
    def verb() -> None:
        parts().publishing.withdraw(key)
        parts().forget(key)

    return _done(key, verb, url_for("home.workshops"))


@record.post("/records")
def bring_in() -> Any:
    """A record that another Cyd made, as JSON."""
    sent = request.files.get("file")
    key = ""

    def verb() -> None:
        nonlocal key
        report = gevent.get_hub().threadpool.apply(_brought, (sent.read() if sent else b"",))  # the room goes on
        if isinstance(report, Invalid):
            raise report
        _check_drawn(report)
        key = parts().publishing.bring_in(report)

    if wrong := tried(verb):
        back = url_for("home.workshops")
        return render_template("error.html", langs=(page_language(),), why=wrong[0], back=back), wrong[1]
    return see_other(url_for("record.after", key=key))


def _brought(raw: bytes) -> Report | Invalid:
    """What a thread raises is logged as if it were a fault of ours."""
    try:
        return brought(raw)
    except Invalid as wrong:
        return wrong


def _check_drawn(report: Report) -> None:
    """Invalid where it cannot be drawn: its numbers do not fit each other, so it was made by hand."""
    try:
        for lang in LANGUAGES:
            render_template("report/print.html", langs=(lang,), report=report)
    except Exception as error:  # whatever a template stumbles over
        raise Invalid("record", NOT_OURS) from error


def _done(key: str, verb: Callable[[], None], then: str | None = None) -> Any:
    wrong = tried(verb)
    return (_after(key, wrong[0]), wrong[1]) if wrong else see_other(then or url_for("record.after", key=key))
