"""Every number and note of the write-up in one tidy CSV file.

The first line has the technical words `section,table,row,column,value,language`, the same in every language so that a
script finds them. After it one line for each cell of each table, and one for each item of a list with the heading that
it stands under as `table`. UTF-8 with a byte order mark and CRLF, for spreadsheets; no cell is ever a formula.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator

from workshop.exports.blocks import (
    Block,
    Cell,
    Document,
    Heading,
    List,
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

COLUMNS = ("section", "table", "row", "column", "value", "language")
# How spreadsheets know a formula, full-width forms included; they pass over blanks and quotes before it.
_FORMULA = re.compile(r"[\s\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
_NUMBER = re.compile(r"-?\d+(\.\d+)?%?")
_SIGNED = re.compile(r"[+\u2212](\d+(?:\.\d+)?%?)")

Line = tuple[str, str, str, str, str, str]


def write(html: str) -> bytes:
    """The whole file."""
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\r\n")
    lines.writerow(COLUMNS)
    lines.writerows(tuple(safe(cell) for cell in line) for line in _lines(read(html)))
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8", "replace")


def safe(cell: str) -> str:
    """The cell, with an apostrophe before it where a spreadsheet might compute it. A plain number may be negative."""
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell


def _lines(document: Document) -> Iterator[Line]:
    for section in document.sections:
        if is_contents(section):
            continue
        title = next((said(one.spans) for one in section.blocks if isinstance(one, Heading)), "")
        yield from _of(section.blocks, title, "", document.lang)


def _of(blocks: Iterable[Block], section: str, heading: str, lang: str) -> Iterator[Line]:
    """The lines of these blocks; `heading` is the last one before them."""
    for block in blocks:
        match block:
            case Heading():
                heading = said(block.spans)
            case Table():
                yield from _table(block, section, said(block.caption) or heading, lang)
            case List():
                for item in block.items:
                    words = [one for one in item if not isinstance(one, List | Table)]
                    if words:
                        yield section, heading, "", "", plain(words), _language(words, lang)
                    yield from _of([one for one in item if isinstance(one, List | Table)], section, heading, lang)
            case Quote():
                yield section, heading, "", "", plain(block.blocks), _language(block.blocks, lang)
            case Section():
                yield from _of(block.blocks, section, heading, lang)


def _table(table: Table, section: str, name: str, lang: str) -> Iterator[Line]:
    flat = level(table)
    for row in flat.rows:
        label = " – ".join(words for cell in row[: flat.labels] if cell and (words := plain(cell.blocks)))
        values = [(place, cell) for place, cell in enumerate(row) if place >= flat.labels and cell]
        if not values and label:
            yield section, name, label, "", "", lang
        for place, cell in values:
            yield section, name, label, flat.headings[place], _value(cell), _language(cell.blocks, lang)


def _value(cell: Cell) -> str:
    """Its words; a number that Cyd printed with a sign as a program writes it."""
    words = plain(cell.blocks)
    found = _SIGNED.fullmatch(words)
    if not found or any(span.typed for span in every_span(cell.blocks)):
        return words
    return found[1] if words[0] == "+" else f"-{found[1]}"


def _language(blocks: Iterable[Block], lang: str) -> str:
    """That of most of the words."""
    letters: dict[str, int] = {}
    for span in every_span(blocks):
        letters[span.lang] = letters.get(span.lang, 0) + len(span.words.strip())
    return max(letters, key=lambda one: letters[one], default=lang)
