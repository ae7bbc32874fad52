"""The write-up as PDF, to PDF/UA-1."""

import re
from base64 import b64decode
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import unquote_to_bytes

import weasyprint
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from workshop.exports import faces, glyphs, tags
from workshop.exports.confined import STATIC

KINDS = {".css": "text/css", ".woff2": "font/woff2", ".svg": "image/svg+xml"}
SHEETS = ("reset", "tokens", "tally", "report", "paper", "sheets")
LINK = re.compile(rf'<link rel="stylesheet" href="asset:///css/({"|".join(SHEETS)})\.css">')
FOOTNOTES = re.compile(r"^::(footnote|note)-.*$", re.MULTILINE)
TRIES = 3  # until every character has a glyph

tags.add_what_is_left_out()


def prepare() -> Iterator[None]:
    """What documents need, done before there is one, step by step."""
    _without_footnotes()
    _sheets(("reset", "tokens", "tally", "report", "paper"))
    yield
    for file in faces.files():
        faces.opened(file)
        yield


def write(html: str) -> bytes:
    """The document as PDF. It sees our own style sheets and fonts, and what it carries in itself; nothing else."""
    html = glyphs.breakable(glyphs.told(html))
    unknown = faces.unknown(html)
    if unknown:  # asked beforehand, because to print everything twice takes twice as long
        html = glyphs.told(html, glyphs.lost(_written(f"<html lang=en><p>{' '.join(sorted(unknown))}")[0]))
    for _ in range(TRIES):
        document, made = _written(html)
        lost = glyphs.lost(document)
        if not lost:
            break
        html = glyphs.told(html, lost)
    return made


def _written(html: str) -> tuple[Any, bytes]:
    fonts, fetcher = FontConfiguration(), _fetcher()
    sheets = [_sheets(tuple(LINK.findall(html)))]
    if rules := faces.rules(html):
        sheets.append(weasyprint.CSS(string=rules, url_fetcher=fetcher, font_config=fonts))
    page = _Page(string=LINK.sub("", html), base_url="asset:///", url_fetcher=fetcher)
    document = page.render(font_config=fonts, stylesheets=sheets, pdf_variant="pdf/ua-1", pdf_tags=True)
    return document, document.write_pdf(pdf_variant="pdf/ua-1", pdf_tags=True)


@cache
def _sheets(names: tuple[str, ...]) -> weasyprint.CSS:
    """Ours, read once, and as one, since every element is held against each. Not those with fonts: these belong to
    one document."""
    whole = "\n".join((STATIC / "css" / f"{name}.css").read_text(encoding="utf-8") for name in names)
    return weasyprint.CSS(string=whole, base_url="asset:///css/", url_fetcher=_fetcher())


class _Page(weasyprint.HTML):  # type: ignore[misc]
    """WeasyPrint's own sheet has rules for the marker and five sorts of footnote of every element, so that each gets
    six styles beside its own: a quarter of the memory, a tenth of the time. Here items have markers and nothing has
    footnotes."""

    def _ua_stylesheets(self, forms: bool = False) -> list[weasyprint.CSS]:
        return [_without_footnotes()]


@cache
def _without_footnotes() -> weasyprint.CSS:
    said = (files("weasyprint") / "css" / "html5_ua.css").read_text(encoding="utf-8")
    return weasyprint.CSS(string=FOOTNOTES.sub("", said).replace("\n::marker {", "\nli::marker {"))


def _fetcher() -> URLFetcher:
    return Assets(allowed_protocols=("data", "asset"), allow_redirects=False)


class Assets(URLFetcher):  # type: ignore[misc]
    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        if url.startswith("data:"):  # read here: the library that would is behind the wall
            kind, _, held = url.removeprefix("data:").partition(",")
            body = b64decode(held) if kind.endswith(";base64") else unquote_to_bytes(held)
            return URLFetcherResponse(url, body, {"Content-Type": kind.partition(";")[0] or "text/plain"})
        file = (STATIC / url.removeprefix("asset:///")).resolve()
        if not url.startswith("asset:///") or not file.is_relative_to(STATIC):
            raise ValueError("not ours")
        body = faces.opened(file.name) if file.suffix == ".woff2" else file.read_bytes()
        return URLFetcherResponse(url, body, {"Content-Type": KINDS[file.suffix]})
