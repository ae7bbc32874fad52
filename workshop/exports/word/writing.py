"""The blocks of the write-up, put one by one into a Word file."""

from typing import Any

from docx.document import Document as File
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from workshop.exports.blocks import (
    Block,
    Document,
    Heading,
    List,
    Paragraph,
    Picture,
    Quote,
    Section,
    Span,
    Table,
    every_block,
    every_span,
)
from workshop.exports.word import tables
from workshop.exports.word.look import TEXT_WIDTH
from workshop.exports.word.pictures import Pictures
from workshop.exports.word.runs import Words, child

STYLES = {
    "mark-line": "Mark",
    "sub": "Subtitle",
    "lead": "Lead",
    "question": "Question",
    "by": "Status",
    "how": "Remark",
    "few": "Remark",
    "seen-legend": "Remark",
    "caption": "Caption",
}
DEEPEST = 3  # levels of lists that have styles
BETWEEN_ITEMS = "   ·   "
INDENT = 360  # of each level of a list


class Writer:
    def __init__(self, file: File, document: Document, faces: list[str]) -> None:
        self._file = file
        self._document = document
        self._words = Words(file.part, document.lang, _places(document))
        self._pictures = Pictures(file.part, faces)

    def write(self) -> None:
        body = self._file.element.body
        for old in list(body)[:-1]:
            body.remove(old)
        page = body[-1]  # what Word says of the page comes last
        body.remove(page)
        after_cover = False
        for section in self._document.sections:
            self._section(body, section, after_cover)
            after_cover = "cover" in section.classes
        if len(body) == 0:
            self._words.paragraph(body, "Normal", ())
        body.append(page)

    def _section(self, body: Any, section: Section, after_cover: bool) -> None:
        begins = len(body)
        self._blocks(body, section.blocks, cover="cover" in section.classes, ids=section.ids)
        if (section.new_page or after_cover) and begins and len(body) > begins:
            first = body[begins]
            if first.tag != qn("w:p"):
                first = self._words.paragraph(body, "Gap", ())
                body.insert(begins, first)
            about = first.find(qn("w:pPr"))
            keeps = [one for one in about if one.tag in (qn("w:pStyle"), qn("w:keepNext"), qn("w:keepLines"))]
            about.insert(len(keeps), OxmlElement("w:pageBreakBefore"))
            if body[begins - 1].find(f"{qn('w:pPr')}/{qn('w:pStyle')}[@{qn('w:val')}='Gap']") is not None:
                body.remove(body[begins - 1])  # below a table that fills its page it would make an empty one

    def _blocks(
        self, into: Any, blocks: tuple[Block, ...], *, cover: bool = False, level: int = 0, ids: tuple[str, ...] = ()
    ) -> None:
        """`level` is that of the list around them, 0 for none; `ids` belong to the first."""
        for number, block in enumerate(blocks):
            here = (*ids, *block.ids) if number == 0 else block.ids
            match block:
                case Heading():
                    style = "Title" if cover and block.level == 1 else f"Heading{min(max(block.level - 1, 1), 5)}"
                    self._words.paragraph(into, style, block.spans, here)
                case Paragraph():
                    self._words.paragraph(into, self._style(block, level), block.spans, here, **_keeps(blocks, number))
                case List() if block.run_on:
                    self._run_on(into, block, cover, here)
                case List():
                    self._list(into, block, level + 1, here)
                case Quote():
                    self._quote(into, block, here)
                case Picture():
                    self._picture(into, block, level, here)
                case Table():
                    self._table(into, block, level, here)
                case Section():
                    self._blocks(into, block.blocks, level=level, ids=here)

    def _style(self, paragraph: Paragraph, level: int) -> str:
        named = next((style for name, style in STYLES.items() if name in paragraph.classes), None)
        return named or (_levelled("ListContinue", level) if level else "Normal")

    def _run_on(self, into: Any, block: List, cover: bool, ids: tuple[str, ...]) -> None:
        items = [tuple(every_span(item)) for item in block.items]
        if cover:
            for item in items:
                self._words.paragraph(into, "Facts", item, ids)
            return
        spans: list[Span] = []
        for item in items:
            between = (Span(BETWEEN_ITEMS, self._document.lang),) if spans else ()
            spans += [*between, *item]
        self._words.paragraph(into, "Normal", spans, ids)

    def _list(self, into: Any, block: List, level: int, ids: tuple[str, ...]) -> None:
        """The first paragraph of an item carries its mark; the rest follows on its indent."""
        style = {"bullet": "ListBullet", "number": "ListNumber", "none": "Entry"}[block.marks]
        number = {"numbered": self._new_count(level, block.start)} if block.marks == "number" else {}
        for place, item in enumerate(block.items):
            here = ids if place == 0 else ()
            rest = item
            if item and isinstance(item[0], Paragraph):
                first = item[0]
                keep = {"keepNext": None} if len(item) > 1 and isinstance(item[1], Paragraph) else {}
                self._words.paragraph(into, _levelled(style, level), first.spans, (*here, *first.ids), **number, **keep)
                here, rest = (), item[1:]
            self._blocks(into, rest, level=level, ids=here)

    def _new_count(self, level: int, start: int) -> str:
        """A numbering of its own, so that it begins where the list does."""
        numbering = self._file.part.numbering_part.element
        like = {1: 5, 2: 6, 3: 7}[min(level, DEEPEST)]
        abstract = numbering.xpath(f'./w:num[@w:numId="{like}"]/w:abstractNumId')[0].get(qn("w:val"))
        number = numbering.add_num(int(abstract))
        number.add_lvlOverride(ilvl=0).add_startOverride(start)
        return str(number.numId)

    def _quote(self, into: Any, block: Quote, ids: tuple[str, ...]) -> None:
        for number, one in enumerate(block.blocks):
            here = (*ids, *one.ids) if number == 0 else one.ids
            if isinstance(one, Paragraph):
                last = number == len(block.blocks) - 1
                style = "QuoteStatus" if "by" in one.classes else "Quote"
                self._words.paragraph(into, style, one.spans, here, **({} if last else {"keepNext": None}))
            else:
                self._blocks(into, (one,), ids=here)
        self._words.paragraph(into, "Gap", ())

    def _picture(self, into: Any, block: Picture, level: int, ids: tuple[str, ...]) -> None:
        drawn = self._pictures.inline(block)
        if drawn is None:
            instead = (Span(block.alt, block.lang, italic=True),) if block.alt else ()
            self._words.paragraph(into, _levelled("ListContinue", level) if level else "Normal", instead, ids)
            return
        paragraph = self._words.paragraph(into, "Picture", (), ids)
        child(child(paragraph, "w:r"), "w:drawing").append(drawn)

    def _table(self, into: Any, block: Table, level: int, ids: tuple[str, ...]) -> None:
        in_cell = into.tag == qn("w:tc")
        if block.caption or not in_cell:
            style = "Caption" if block.caption else "Gap"
            self._words.paragraph(into, style, block.caption, ids)
        tables.write(into, block, self._cell, TEXT_WIDTH // 2 if in_cell else TEXT_WIDTH)
        self._words.paragraph(into, "Gap", ())

    def _cell(self, box: Any, blocks: tuple[Block, ...], centred: bool, head: bool, keep: bool) -> None:
        keeps: dict[str, str | None] = {"keepNext": None} if keep else {}
        align: dict[str, str | None] = {"align": "center"} if centred else {}
        style = "TableHead" if head else "TableWords"
        for block in blocks:
            if isinstance(block, Paragraph):
                self._words.paragraph(box, style, block.spans, block.ids, **keeps, **align)
            elif isinstance(block, List):
                for item in block.items:  # there is no room for a list's indent
                    mark = (Span("• ", self._document.lang),) if block.marks == "bullet" else ()
                    if item and isinstance(item[0], Paragraph):
                        self._words.paragraph(box, style, (*mark, *item[0].spans), item[0].ids, **keeps)
                        item = item[1:]
                    self._blocks(box, item)
            else:
                self._blocks(box, (block,))
        if len(box) < 2 or box[-1].tag != qn("w:p"):  # Word calls a cell broken that does not end with a paragraph
            self._words.paragraph(box, style, ())


def _keeps(blocks: tuple[Block, ...], number: int) -> dict[str, str | None]:
    """What is said of a picture, a list or a table just below it stays with it."""
    below = blocks[number + 1] if number + 1 < len(blocks) else None
    return {"keepNext": None} if isinstance(below, Picture) else {}


def _levelled(style: str, level: int) -> str:
    return style if level <= 1 else f"{style}{min(level, DEEPEST)}"


def _places(document: Document) -> dict[str, str]:
    """A bookmark's name for each id that a link in the document leads to."""
    wanted = {span.link[1:] for span in every_span(document.sections) if span.link.startswith("#")}
    there = {id_ for block in every_block(document.sections) for id_ in block.ids}
    return {id_: f"place{number}" for number, id_ in enumerate(sorted(wanted & there), 1)}
