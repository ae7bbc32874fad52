"""From the drawn HTML document to blocks.

Elements that are not known here give their words. What is decoration (`aria-hidden`, empty marks, bars in tables) is
left out; what only screen readers hear ("unseen") is kept, because in a file without the looks it says what the looks
said: the heading of a column, or that a note is a quote.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Literal

import lxml.html  # type: ignore[import-untyped]

from workshop.exports.blocks import pictures, tables
from workshop.exports.blocks.spans import Manner, collapsed, held, runs_rightwards, safe_link, spoken, tag
from workshop.exports.blocks.values import (
    Block,
    Document,
    Heading,
    List,
    Paragraph,
    Picture,
    Quote,
    Row,
    Section,
    Span,
    Spans,
    Table,
    plain,
    said,
)

CONTAINERS = (
    *("address", "article", "aside", "body", "center", "dd", "details", "dialog", "div", "dt", "fieldset"),
    *("figcaption", "figure", "footer", "form", "header", "hgroup", "hr", "legend", "li", "main", "nav", "option"),
    *("p", "pre", "search", "section", "summary", "tbody", "td", "th", "tr"),
)
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
LISTS = ("ul", "ol", "menu", "dl")
SILENT = frozenset(("script", "style", "template", "head", "link", "meta"))
BOLD = frozenset(("b", "strong", "dt", "summary"))
ITALIC = frozenset(("i", "em", "cite", "dfn", "var"))
RUN_ON = frozenset(("legend", "figures", "stack-bar", "slope-ways", "facts"))  # lists that are drawn as one line
NEW_PAGE = frozenset(("cover", "page"))  # as the paper's style sheet has it
SHORT_MARK = 12  # characters: a bold number that is drawn beside its paragraph


def read(html: str) -> Document:
    """The whole document. Never raises for what is in it; a document without words gives one without sections."""
    root = lxml.html.document_fromstring(held(html) or "<html></html>")
    lang = tag(root.get("lang"), "en")
    meta = {one.get("name"): held(one.get("content") or "") for one in root.iter("meta") if one.get("name")}
    body = root.find(".//main")
    body = root.find("body") if body is None else body
    title = collapsed([spoken(root.findtext(".//title") or "", Manner(lang))])
    return Document(
        title=said(title),
        lang=lang,
        author=meta.get("author", ""),
        subject=meta.get("description", ""),
        sections=tuple(_sections(body, Manner(lang))) if body is not None else (),
    )


def _sections(body: Any, manner: Manner) -> Iterator[Section]:
    """The document's outer sections; what stands between them is one too."""
    loose = _Flow(frozenset())
    for child in _children(body, loose, manner):
        if child.tag != "section":
            _take(child, loose, _manner(child, manner))
            continue
        if between := loose.end():
            yield Section(between)
            loose = _Flow(frozenset())
        classes = _classes(child)
        ids = (child.get("id"),) if child.get("id") else ()
        blocks = tuple(_read(child, _manner(child, manner)))
        if blocks:
            yield Section(blocks, bool(classes & NEW_PAGE), ids=ids, classes=classes)
    if between := loose.end():
        yield Section(between)


class _Flow:
    """Blocks as they come: words gather into a paragraph until something else begins."""

    def __init__(self, classes: frozenset[str]) -> None:
        self.classes = classes
        self.blocks: list[Block] = []
        self.ids: list[str] = []  # for whatever comes next
        self.has_mark = False  # a short bold mark stood beside the first paragraph
        self._run: list[Span] = []
        self._loose = False  # the first block is words that stand in no element of their own

    def hear(self, words: str | None, manner: Manner) -> None:
        if words:
            self._run.append(spoken(words, manner))

    def part(self) -> None:
        """The paragraph ends here."""
        spans, self._run = collapsed(self._run), []
        if spans:
            self._loose = not self.blocks
            self.add(Paragraph(spans, classes=self.classes))

    def add(self, block: Block) -> None:
        first = self.blocks[0] if len(self.blocks) == 1 and self._loose else None
        if isinstance(first, Paragraph) and isinstance(block, Paragraph) and _is_mark(first.spans):
            blank = replace(first.spans[-1], words=" ", bold=False)
            self.ids, self.blocks, self.has_mark = [*first.ids, *self.ids], [], True
            block = replace(block, spans=(*first.spans, blank, *block.spans))
        self.blocks.append(replace(block, ids=(*self.ids, *block.ids)))
        self.ids = []

    def end(self) -> tuple[Block, ...]:
        self.part()
        return tuple(self.blocks)


def _read(element: Any, manner: Manner, classes: frozenset[str] | None = None) -> tuple[Block, ...]:
    """What an element holds; its own loose words are paragraphs of its classes."""
    flow = _Flow(_classes(element) if classes is None else classes)
    _words(element, flow, manner)
    return flow.end()


def _words(element: Any, flow: _Flow, manner: Manner) -> None:
    for child in _children(element, flow, manner):
        _take(child, flow, _manner(child, manner))


def _children(element: Any, flow: _Flow, manner: Manner) -> Iterator[Any]:
    """The child elements that a reader meets; the words between them are said."""
    flow.hear(element.text, manner)
    before = None
    for child in element:
        if isinstance(child.tag, str) and not _silent(child):
            if before is not None and not before.tail and before.get("class") and child.get("class"):
                flow.hear(" ", manner)  # two marked pieces that only the style sheet keeps apart
            yield child
        before = child
        flow.hear(child.tail, manner)


def _silent(element: Any) -> bool:
    return element.tag in SILENT or element.get("aria-hidden") == "true" or element.get("hidden") is not None


def _take(element: Any, flow: _Flow, manner: Manner) -> None:
    """Adds an element to the flow, as what it is."""
    if element.get("id"):
        flow.ids.append(held(element.get("id")))
    if element.tag == "br":
        flow.hear("\n", replace(manner, kept=True))
    elif element.tag in BLOCKS:
        flow.part()
        BLOCKS[element.tag](element, flow, manner)
    else:
        _words(element, flow, manner)


def _container(element: Any, flow: _Flow, manner: Manner) -> None:
    classes = _classes(element) | ({"caption"} if element.tag == "figcaption" else frozenset())
    inner = _Flow(flow.classes if element.tag == "p" and not classes else classes)
    inner.ids, flow.ids = flow.ids, []
    _words(element, inner, manner)
    for block in inner.end():
        flow.add(block)
    flow.ids += inner.ids


def _picture(element: Any, flow: _Flow, manner: Manner) -> None:
    picture = pictures.of(element, manner.lang)
    if picture:
        flow.add(picture)
    else:
        flow.hear(element.get("alt"), manner)


def _quote(element: Any, flow: _Flow, manner: Manner) -> None:
    flow.add(Quote(_read(element, manner, frozenset()), classes=_classes(element)))


def _heading(element: Any, flow: _Flow, manner: Manner) -> None:
    """Its words in one line; a picture in it follows."""
    blocks = _read(element, manner)
    run: list[Span] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            run += [replace(run[-1], words=" "), *block.spans] if run else block.spans
    if run:
        flow.add(Heading(int(element.tag[1]), collapsed(run), classes=_classes(element)))
    for block in blocks:
        if isinstance(block, Picture):
            flow.add(block)


def _list(element: Any, flow: _Flow, manner: Manner) -> None:
    """A list of definitions has its terms and what they mean as items in turn."""
    ordered = element.tag == "ol"
    start = int(element.get("start")) if (element.get("start") or "").isdecimal() else 1
    items = []
    marked_by_hand = True
    for child in element:
        if not isinstance(child.tag, str) or _silent(child):
            continue
        item = _Flow(_classes(child))
        _words(child, item, _manner(child, manner))
        if blocks := item.end():
            items.append(blocks)
            counted = ordered and plain(blocks).startswith(f"{start + len(items) - 1}.")
            marked_by_hand &= item.has_mark or counted
    marks: Literal["bullet", "number", "none"] = "number" if ordered else "bullet"
    classes = _classes(element)
    if items:
        by_hand = marked_by_hand or element.tag == "dl"
        flow.add(List(tuple(items), "none" if by_hand else marks, start, bool(classes & RUN_ON), classes=classes))


def _is_mark(spans: Spans) -> bool:
    """Such as the number of a finding, which is drawn beside what it is of."""
    return len(said(spans)) <= SHORT_MARK and all(span.bold for span in spans)


def _table(element: Any, flow: _Flow, manner: Manner) -> None:
    caption = element.find("caption")
    told = _read(caption, _manner(caption, manner)) if caption is not None else ()
    spans = [span for block in told if isinstance(block, Paragraph) for span in block.spans]
    head: tuple[Row, ...] = ()
    body = []
    for of_head, lines in tables.parts(element):
        rows = tuple(tables.row(line, lambda cell: _read(cell, _manner(cell, manner))) for line in lines)
        if of_head:
            head += rows
        else:
            body.append(rows)
    flow.add(tables.without_drawn_columns(Table(tuple(spans), head, tuple(body), classes=_classes(element))))


def _manner(element: Any, outer: Manner) -> Manner:
    """The manner of an element's words, from what is around it and its own."""
    name = element.tag
    rtl = outer.rtl
    direction = element.get("dir") or ("auto" if name == "bdi" else "")
    if direction == "auto":
        rtl = runs_rightwards("".join(element.itertext()))
    elif direction:
        rtl = direction == "rtl"
    return replace(
        outer,
        lang=tag(element.get("lang"), outer.lang),
        rtl=rtl,
        bold=outer.bold or name in BOLD,
        italic=outer.italic or name in ITALIC,
        link=safe_link(element.get("href")) if name == "a" else outer.link,
        typed=outer.typed or name == "bdi",
        status=outer.status or "by" in _classes(element),
        kept=outer.kept or name == "pre",
    )


def _classes(element: Any) -> frozenset[str]:
    return frozenset((element.get("class") or "").split())


BLOCKS = {
    **dict.fromkeys(CONTAINERS, _container),
    **dict.fromkeys(HEADINGS, _heading),
    **dict.fromkeys(LISTS, _list),
    **dict.fromkeys(("img", "svg"), _picture),
    "blockquote": _quote,
    "table": _table,
}
