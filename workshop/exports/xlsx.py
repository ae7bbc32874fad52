"""The write-up as a workbook: what it is, then a sheet for each section that has tables or lists of its own.

Numbers that were counted are numbers; everything else is text, and nothing is a formula or a link.
"""

import datetime
import io
import re
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from workshop.exports.blocks import (
    Block,
    Cell,
    Document,
    Heading,
    Level,
    List,
    Paragraph,
    Picture,
    Quote,
    Section,
    Table,
    every_span,
    is_contents,
    level,
    plain,
    read,
    said,
)

MOST = 32_000  # characters a cell may hold: the format allows 32,767
LONGEST_NAME = 31
WIDEST, NARROWEST = 60, 8  # of a column, in characters
# The format wants to know when: always the same, since it is the document that has a date, not this file of it.
NO_DATE = datetime.datetime(2000, 1, 1)
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_NUMBER = re.compile(r"([+\-−]?)(0|[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d{0,14})(?:\.(\d{1,6}))?(%?)")


def write(html: str) -> bytes:
    """The workbook; the same bytes for the same document."""
    document = read(html)
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, OPTIONS)
    book.set_properties(
        {
            "title": document.title[:255],
            "author": document.author[:255],
            "subject": document.subject[:255],
            "created": NO_DATE,
        }
    )
    _Book(book, document).write()
    book.close()
    return made.getvalue()


class _Book:
    def __init__(self, book: Any, document: Document) -> None:
        self._book = book
        self._document = document
        self._names: set[str] = set()
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def write(self) -> None:
        """What has no table and no list of its own is told on the first sheet."""
        about = [one for one in self._document.sections if not _has_sheet(one) and not is_contents(one)]
        top = (one for section in about for one in section.blocks if isinstance(one, Heading) and one.level == 1)
        title = next((said(one.spans) for one in top), self._document.title)
        self._sheet(title, [block for section in about for block in section.blocks])
        for section in self._document.sections:
            if _has_sheet(section):
                self._sheet(_title(section), list(section.blocks))

    def _sheet(self, title: str, blocks: list[Block]) -> None:
        sheet = self._book.add_worksheet(self._name(title))
        _Sheet(sheet, self._style, self._document.lang).write(blocks)

    def _name(self, title: str) -> str:
        """A name that the format allows and no other sheet has."""
        clean = " ".join(_NOT_IN_NAMES.sub(" ", title).split()).strip("' ")
        base = _cut(clean, LONGEST_NAME).strip("' ") or "–"
        name, number = base, 1
        while name.casefold() in self._names or name.casefold() == "history":  # which the format keeps for itself
            number += 1
            end = f" {number}"
            name = _cut(base, LONGEST_NAME - len(end)) + end
        self._names.add(name.casefold())
        return name

    def _style(self, **properties: Any) -> Any:
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format({"valign": "top", **properties})
        return self._formats[key]


def _cut(text: str, length: int) -> str:
    """As many whole characters as fit, counted as the format counts them."""
    while len(text.encode("utf-16-le")) // 2 > length:
        text = text[:-1]
    return text


def _title(section: Section) -> str:
    return next((said(block.spans) for block in section.blocks if isinstance(block, Heading)), "")


def _has_sheet(section: Section) -> bool:
    """Tables and lists of what people gave; those on the cover and in the summary are told with it."""
    if section.classes & {"cover", "one-page"}:
        return False
    return any(isinstance(block, Table) or (isinstance(block, List) and _typed(block)) for block in section.blocks)


def _typed(block: Block) -> bool:
    return any(span.typed for span in every_span((block,)))


class _Sheet:
    """One sheet, from top to bottom."""

    def __init__(self, sheet: Any, style: Any, lang: str) -> None:
        self._sheet, self._style, self._lang = sheet, style, lang
        self._row = 0
        self._widths: dict[int, int] = {}
        self._heading = ""

    def write(self, blocks: list[Block]) -> None:
        tables = [block for block in blocks if isinstance(block, Table)]
        self._blocks(blocks, alone=len(tables) == 1)
        for column, width in self._widths.items():
            self._sheet.set_column(column, column, min(max(width, NARROWEST), WIDEST) + 1)
        self._sheet.set_landscape()
        self._sheet.set_paper(9)  # A4
        self._sheet.fit_to_pages(1, 0)

    def _blocks(self, blocks: Any, alone: bool = False) -> None:
        for block in blocks:
            match block:
                case Heading():
                    self._row += bool(self._row)
                    self._heading = said(block.spans)
                    self._line(self._heading, bold=True, font_size={1: 16, 2: 14}.get(block.level, 12))
                case Paragraph():
                    self._line(said(block.spans), italic=all(span.status for span in block.spans))
                case Picture() if block.image:
                    self._line(block.alt, italic=True)
                case List():
                    self._items(block)
                case Quote():
                    self._note(plain(block.blocks), block.blocks)
                case Table():
                    self._table(block, alone)
                case Section():
                    self._blocks(block.blocks)

    def _line(self, words: str, **properties: Any) -> None:
        """Words that may run over the columns to the right."""
        if words:
            self._text(self._row, 0, words, **properties)
            self._row += 1

    def _items(self, block: List) -> None:
        for item in block.items:
            inner = tuple(one for one in item if isinstance(one, List | Table))
            words = tuple(one for one in item if one not in inner)
            if words and _typed(block):
                self._note(plain(words), words)
            elif words:
                self._line(plain(words))
            self._blocks(inner)

    def _note(self, words: str, blocks: tuple[Block, ...]) -> None:
        """Under what heading, the words, and the language where it is another one than the sheet's."""
        spans = list(every_span(blocks))
        lang = max(spans, key=lambda span: (span.typed, len(span.words))).lang if spans else self._lang
        self._text(self._row, 0, self._heading, text_wrap=True)
        self._text(self._row, 1, words, text_wrap=True, **({"reading_order": 2} if _rtl(spans) else {}))
        if lang != self._lang:
            self._text(self._row, 2, lang)
        self._measure(0, self._heading)
        self._measure(1, words)
        self._row += 1

    def _table(self, table: Table, alone: bool) -> None:
        """Its caption, its headings in bold and its rows; where it is the only one, the headings stay in sight."""
        flat: Level = level(table)
        self._row += bool(self._row)
        self._line(said(table.caption), italic=True)
        if any(flat.headings):
            for column, words in enumerate(flat.headings):
                self._text(self._row, column, words, bold=True, text_wrap=True, bottom=1)
                self._measure(column, max(words.split(), key=len, default=""))
            self._row += 1
            if alone:
                self._sheet.freeze_panes(self._row, flat.labels)
        for row in flat.rows:
            for column, cell in enumerate(row):
                if cell:
                    self._cell(column, cell)
            self._row += 1
        self._row += 1

    def _cell(self, column: int, cell: Cell) -> None:
        words = plain(cell.blocks)
        self._measure(column, words)
        number = None if cell.head or any(span.typed for span in every_span(cell.blocks)) else _number(words)
        if number:
            value, shown = number
            self._sheet.write_number(self._row, column, value, self._style(num_format=shown))
        else:
            rtl = {"reading_order": 2} if _rtl(list(every_span(cell.blocks))) else {}
            self._text(self._row, column, words, text_wrap=True, **rtl)

    def _text(self, row: int, column: int, words: str, **properties: Any) -> None:
        self._sheet.write_string(row, column, _cut(words, MOST), self._style(**properties))

    def _measure(self, column: int, words: str) -> None:
        self._widths[column] = max(self._widths.get(column, 0), len(words))


def _rtl(spans: list[Any]) -> bool:
    return bool(spans) and all(span.rtl for span in spans if span.words.strip())


def _number(words: str) -> tuple[float, str] | None:
    """The value and how it is shown, if the words are a number as both languages write it."""
    found = _NUMBER.fullmatch(words)
    if not found:
        return None
    sign, whole, part, percent = found.groups()
    value = float(whole.replace(",", "") + "." + (part or "0"))
    value = (-value if sign in ("-", "−") else value) / (100 if percent else 1)
    shown = ("#,##0" if "," in whole else "0") + (f".{'0' * len(part)}" if part else "") + percent
    return value, f"+{shown};-{shown};{shown}" if sign == "+" else shown
