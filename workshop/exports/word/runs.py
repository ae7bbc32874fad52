"""Paragraphs and the words in them, as WordprocessingML."""

from collections.abc import Iterable, Mapping
from typing import Any

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from workshop.exports.blocks import Span
from workshop.exports.word.look import locale


class Words:
    """Writes spans into paragraphs of one file; `places` gives the bookmark for each id that a link leads to."""

    def __init__(self, part: Any, lang: str, places: Mapping[str, str]) -> None:
        self._part = part
        self._lang = lang
        self._places = places
        self._marked: set[str] = set()

    def paragraph(
        self, into: Any, style: str, spans: Iterable[Span], ids: Iterable[str] = (), **properties: str | None
    ) -> Any:
        """A new paragraph at the end of `into`; each property is an element of w:pPr with this value or none."""
        spans = tuple(spans)
        made = _child(into, "w:p")
        about = _child(made, "w:pPr")
        _child(about, "w:pStyle", style)
        for name in ("keepNext", "keepLines", "pageBreakBefore"):
            if name in properties:
                _child(about, f"w:{name}")
        if "numbered" in properties:
            number = _child(about, "w:numPr")
            _child(number, "w:numId", properties["numbered"])
        if spans and all(span.rtl for span in spans):
            _child(about, "w:bidi")
        if "align" in properties:
            _child(about, "w:jc", properties["align"])
        self._bookmarks(made, ids)
        for span in spans:
            self._say(made, span)
        return made

    def _bookmarks(self, paragraph: Any, ids: Iterable[str]) -> None:
        for id_ in ids:
            if id_ in self._places and id_ not in self._marked:
                self._marked.add(id_)
                number = str(len(self._marked))
                start = _child(paragraph, "w:bookmarkStart")
                start.set(qn("w:id"), number)
                start.set(qn("w:name"), self._places[id_])
                _child(paragraph, "w:bookmarkEnd").set(qn("w:id"), number)

    def _say(self, paragraph: Any, span: Span) -> None:
        into = self._linked(paragraph, span.link) if span.link else paragraph
        run = _child(into, "w:r")
        about = _child(run, "w:rPr")
        if span.link or span.status:
            _child(about, "w:rStyle", "Hyperlink" if span.link else "StatusWords")
        if span.bold:
            _child(about, "w:b")
            _child(about, "w:bCs")
        if span.italic:
            _child(about, "w:i")
            _child(about, "w:iCs")
        if span.rtl:
            _child(about, "w:rtl")
        if span.lang != self._lang or span.rtl:
            _child(about, "w:lang").set(qn("w:bidi" if span.rtl else "w:val"), locale(span.lang))
        for number, line in enumerate(span.words.split("\n")):
            if number:
                _child(run, "w:br")
            text = _child(run, "w:t")
            text.text = line.replace("\t", " ").replace("\r", " ")
            text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")

    def _linked(self, paragraph: Any, link: str) -> Any:
        if link.startswith("#") and link[1:] not in self._places:
            return paragraph
        made = _child(paragraph, "w:hyperlink")
        if link.startswith("#"):
            made.set(qn("w:anchor"), self._places[link[1:]])
        else:
            made.set(qn("r:id"), self._part.relate_to(link, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
        return made


def _child(parent: Any, name: str, value: str | None = None) -> Any:
    made = OxmlElement(name)
    if value is not None:
        made.set(qn("w:val"), value)
    parent.append(made)
    return made


child = _child
