"""The write-up as Markdown: CommonMark, with tables as GitHub has them.

Whatever people typed is only words here: it cannot become markup, HTML or a link. Drawings give their description,
since their numbers stand beside them.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from workshop.exports.blocks import (
    Block,
    Cell,
    Heading,
    List,
    Paragraph,
    Picture,
    Quote,
    Section,
    Span,
    Table,
    every_span,
    level,
    plain,
    read,
    said,
)

BETWEEN_ITEMS = " · "
_SPECIAL = re.compile(r"[\\`*_\[\]<>&|~$#]")
_LINK_BEGINS = re.compile(r"(?i)(?<=https)(:)(?=//)|(?<=http)(:)(?=//)|(?<=ftp)(:)(?=//)|(?<=www)(\.)")
_LINE_BEGINS = re.compile(r"(?m)^([ ]*)([-+=:])")
_NUMBER_BEGINS = re.compile(r"(?m)^([ ]*[0-9]{1,9})([.)])(?=\s|$)")
_NOT_IN_ADDRESS = re.compile(r"[^!#$%&'*+,\-./0-9:;=?@A-Z_a-z~]")


def write(html: str) -> bytes:
    """The whole file, UTF-8."""
    document = read(html)
    parts = [part for section in document.sections for part in _parts(section.blocks)]
    return ("\n\n".join(parts) + "\n").encode("utf-8", "replace")


def escaped(words: str) -> str:
    """The words as Markdown that says just these words."""
    words = _SPECIAL.sub(r"\\\g<0>", words)
    words = _LINK_BEGINS.sub(r"\\\g<0>", words)
    words = _LINE_BEGINS.sub(r"\1\\\2", words)
    return _NUMBER_BEGINS.sub(r"\1\\\2", words)


def _parts(blocks: Sequence[Block]) -> Iterator[str]:
    """Each block as text that an empty line sets apart from the next."""
    after_list = False  # two lists with the same mark would be one
    for block in blocks:
        other_mark = after_list and isinstance(block, List) and not block.run_on
        after_list = isinstance(block, List) and not block.run_on and not other_mark
        match block:
            case Heading():
                yield "#" * block.level + " " + _inline(block.spans).replace("\\\n", " ")
            case Paragraph():
                yield _inline(block.spans)
            case List() if block.run_on:
                yield BETWEEN_ITEMS.join(_inline(tuple(every_span(item))) for item in block.items)
            case List():
                yield _list(block, other_mark)
            case Quote():
                yield _indented("\n\n".join(_parts(block.blocks)), "> ", "> ")
            case Picture() if block.alt:
                yield _inline((Span(block.alt, block.lang, italic=True),))
            case Table():
                yield from _table(block)
            case Section():
                yield from _parts(block.blocks)


def _list(block: List, other_mark: bool) -> str:
    items = []
    for number, item in enumerate(block.items, block.start):
        bullet = "*" if other_mark else "-"
        mark = f"{number}{')' if other_mark else '.'} " if block.marks == "number" else f"{bullet} "
        items.append(_indented("\n\n".join(_parts(item)), mark, " " * len(mark)))
    loose = any(len(item) > 1 for item in block.items)
    return ("\n\n" if loose else "\n").join(items)


def _indented(text: str, first: str, rest: str) -> str:
    lines = ((rest + line).rstrip(" ") for line in text.split("\n"))
    return first + "\n".join(lines)[len(rest) :]


def _table(table: Table) -> Iterator[str]:
    """The caption, then the rows; a group's heading stands in the first of its rows."""
    if table.caption:
        yield _inline((Span(said(table.caption), "", italic=True),))
    flat = level(table)
    if not flat.headings:
        return
    lines = [[escaped(words) for words in flat.headings], ["---"] * len(flat.headings)]
    above: Cell | None = None
    for row in flat.rows:
        cells = [_cell(cell) for cell in row]
        if flat.labels > 1 and row[0] is not None and row[0] is above:
            cells[0] = ""
        above = row[0]
        lines.append(cells)
    yield "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def _cell(cell: Cell | None) -> str:
    if cell is None:
        return ""
    if len(cell.blocks) == 1 and isinstance(cell.blocks[0], Paragraph):
        return _inline(cell.blocks[0].spans).replace("\\\n", " ")
    return escaped(plain(cell.blocks))


def _inline(spans: Sequence[Span]) -> str:
    """The words with their emphasis and links, where Markdown can say them."""
    groups = [(key, said(group)) for key, group in groupby(spans, _look)]
    texts = [words for _, words in groups]
    made = ""
    for place, ((mark, link), words) in enumerate(groups):
        before, after = "".join(texts[:place])[-1:], "".join(texts[place + 1 :])[:1]
        made += _said(
            words, mark if _sets_apart(words, before, after) else "", link, begins=made.endswith("\n") or not made
        )
    return made


def _look(span: Span) -> tuple[str, str]:
    mark = "**" if span.bold else "*" if span.italic or span.status else ""
    return mark, "" if span.link.startswith("#") else span.link


def _sets_apart(words: str, before: str, after: str) -> bool:
    """Whether marks around these words would be read as marks: they must not touch a word, and not be empty."""
    inner = words.strip()
    touches = (before.isalnum() and words[0] == inner[:1]) or (after.isalnum() and words[-1] == inner[-1:])
    return bool(inner) and "\n" not in words and not touches


def _said(words: str, mark: str, link: str, *, begins: bool) -> str:
    inner = words.strip(" ")
    lead, trail = words[: len(words) - len(words.lstrip(" "))], words[len(words.rstrip(" ")) :]
    if not inner:
        return words
    text = escaped(inner) if begins or mark else escaped("x" + inner)[1:]
    text = text.replace("\n", "\\\n")
    if link:
        address = _NOT_IN_ADDRESS.sub(lambda one: "".join(f"%{byte:02X}" for byte in one[0].encode()), link)
        text = f"[{text}](<{address}>)"
    return f"{lead}{mark}{text}{mark}{trail}"
