"""A write-up as a file, in every format. The drawn document goes to the press; JSON and ZIP are put together here."""

import re
import zipfile
from collections.abc import Hashable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from flask import Response, abort, render_template

from workshop import packs
from workshop.exports import FORMATS
from workshop.exports.press import NoFile
from workshop.model import N_
from workshop.pages import drawn_at_ease, parts
from workshop.record import dump, without_notes
from workshop.report import Report
from workshop.text import LANGUAGES
from workshop.words import iso_day, told

WHY_NO_FILE = {
    "slow": N_("This file took too long to make. The web page has everything that it would have."),
    "pango": N_(
        "This computer lacks Pango, the library that draws the PDF. The README says how to install it. "
        "The web page has everything that the PDF would have."
    ),
    "busy": N_("Many files of this write-up are being made just now. Try again in a minute."),
    "failed": N_("This file could not be made. The web page has everything that it would have."),
}
MADE = tuple(FORMATS)  # by the press, in one language each
WHOLE = {"json": "application/json", "zip": "application/zip"}  # in both languages


@dataclass(frozen=True)
class Drawing:
    """A write-up that files are made of. `of` changes with every change to it; `code` is whose turn it takes."""

    report: Report
    of: Hashable
    code: str
    back: str  # the address of its web page

    @property
    def name(self) -> str:
        """What its files are called: letters, digits and dashes, whatever a record from elsewhere says."""
        day = self.report.day or iso_day(self.report.began)
        return re.sub(r"[^A-Za-z0-9-]+", "-", f"{self.report.workshop.id[:80]}-{day}")


def page(template: str, drawing: Drawing, lang: str, **more: Any) -> str:
    """The write-up as a web page, drawn once for each state of it: a whole room asks for it in the same minute."""
    return parts().drawn.once(
        (template, drawing.of, lang),
        lambda: drawn_at_ease(template, langs=(lang,), report=drawing.report, **more),
    )


def file(drawing: Drawing, lang: str, format: str) -> Any:
    """The write-up in one language as a file, or a page that says why there is none."""
    if format not in FORMATS:
        abort(404)
    try:
        body = made(drawing, lang, format)
    except NoFile as error:
        return _none(error, lang, drawing)
    made_of = FORMATS[format]
    how = "inline" if format == "pdf" else "attachment"
    name = f"{drawing.name}-{lang}{made_of.suffix}"
    return Response(body, mimetype=None, content_type=made_of.mimetype, headers=_named(how, name))


def whole(drawing: Drawing, format: str, lang: str) -> Any:
    """The write-up in both languages: the record as JSON, or a ZIP of everything."""
    try:
        if format == "json":
            body = parts().drawn.once(("record.json", drawing.of), lambda: dump(drawing.report))
        else:
            body = parts().press.whole(lambda: _zipped(drawing), of=drawing.of, code=drawing.code)
    except NoFile as error:
        return _none(error, lang, drawing)
    return Response(body, content_type=WHOLE[format], headers=_named("attachment", f"{drawing.name}.{format}"))


def made(drawing: Drawing, lang: str, format: str) -> bytes:
    html = page("report/print.html", drawing, lang)
    return parts().press.make(format, html, of=(drawing.of, lang), code=drawing.code)


def _zipped(drawing: Drawing) -> bytes:
    """Every format in both languages, the photos, the workshop, and a page that says what is what."""
    report, out = drawing.report, BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as folder:  # most of it is compressed already

        def put(name: str, body: bytes) -> None:
            folder.writestr(zipfile.ZipInfo(f"{drawing.name}/{name}"), body)  # without the time of this machine

        put("README.txt", _readme(drawing).encode())
        for lang in LANGUAGES:
            for format in MADE:
                put(f"write-up-{lang}{FORMATS[format].suffix}", made(drawing, lang, format))
        put("record.json", dump(report))
        put("workshop.toml", packs.written(without_notes(report.workshop)).encode())
        for picture in (*report.photos, *((report.logo,) if report.logo else ())):
            put(f"photos/{picture.photo.id}{picture.suffix}", picture.data)
    return out.getvalue()


def _readme(drawing: Drawing) -> str:
    return "\n\n".join(render_template("report/readme.txt", langs=(lang,), report=drawing.report) for lang in LANGUAGES)


def _none(error: NoFile, lang: str, drawing: Drawing) -> Any:
    why = told(lang, WHY_NO_FILE[error.reason], {})
    return render_template("error.html", langs=(lang,), why=why, back=drawing.back), 503


def _named(how: str, name: str) -> dict[str, str]:
    return {"Content-Disposition": f'{how}; filename="{name}"'}
