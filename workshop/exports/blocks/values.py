"""The drawn write-up as plain values: what a reader reads, without how it looks."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

BETWEEN_BLOCKS = " · "  # where several paragraphs have to stand in one line
BETWEEN_ITEMS = "; "


@dataclass(frozen=True, slots=True)
class Span:
    """Words in one language and one manner; a line break inside them is "\\n"."""

    words: str
    lang: str
    rtl: bool = False
    bold: bool = False
    italic: bool = False
    link: str = ""  # http:, https:, mailto:, tel: or #id
    typed: bool = False  # by somebody, rather than said by Cyd
    status: bool = False  # says how a sentence came about: counted, said by participants, the facilitator's reading


Spans = tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """`ids` are what links lead to, `classes` what the document calls it."""

    ids: tuple[str, ...] = ()
    classes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Heading(Block):
    level: int  # 1 to 6
    spans: Spans


@dataclass(frozen=True, slots=True)
class Paragraph(Block):
    spans: Spans


@dataclass(frozen=True, slots=True)
class List(Block):
    """`marks` is "none" where the items bring their own; `run_on` where they read as one line."""

    items: tuple[tuple[Block, ...], ...]
    marks: Literal["bullet", "number", "none"] = "bullet"
    start: int = 1
    run_on: bool = False


@dataclass(frozen=True, slots=True)
class Quote(Block):
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Picture(Block):
    """A drawing has `svg`, a photo `image` and its `mimetype`; sizes in CSS pixels, 0 where the document says none."""

    alt: str
    lang: str
    svg: str = ""
    image: bytes = field(default=b"", repr=False)
    mimetype: str = ""
    width: float = 0
    height: float = 0


@dataclass(frozen=True, slots=True)
class Cell:
    blocks: tuple[Block, ...]
    head: bool = False
    scope: str = ""  # col, row, colgroup or rowgroup
    colspan: int = 1
    rowspan: int = 1
    marked: bool = False  # without words, but with something drawn, such as a bar
    classes: frozenset[str] = frozenset()


Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table(Block):
    """`body` has its rows in groups, as the document has them."""

    caption: Spans
    head: tuple[Row, ...]
    body: tuple[tuple[Row, ...], ...]


@dataclass(frozen=True, slots=True)
class Section(Block):
    blocks: tuple[Block, ...]
    new_page: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    title: str
    lang: str
    author: str
    subject: str
    sections: tuple[Section, ...]


def said(spans: Iterable[Span]) -> str:
    return "".join(span.words for span in spans)


def plain(blocks: Iterable[Block]) -> str:
    """All the words in one line."""
    lines = (_line(block).replace("\n", " ") for block in blocks)
    return BETWEEN_BLOCKS.join(line for line in lines if line)


def every_block(blocks: Iterable[Block]) -> Iterator[Block]:
    """These and all inside them, in the order of reading."""
    for block in blocks:
        yield block
        match block:
            case List():
                for item in block.items:
                    yield from every_block(item)
            case Quote() | Section():
                yield from every_block(block.blocks)
            case Table():
                for rows in (block.head, *block.body):
                    for row in rows:
                        for cell in row:
                            yield from every_block(cell.blocks)


def every_span(blocks: Iterable[Block]) -> Iterator[Span]:
    """In the order of reading."""
    for block in every_block(blocks):
        if isinstance(block, Heading | Paragraph):
            yield from block.spans
        elif isinstance(block, Table):
            yield from block.caption


def is_contents(section: Section) -> bool:
    """Whether it only says where in the document things are: lists in which all is a link to the document itself."""
    lists = [block for block in section.blocks if isinstance(block, List)]
    rest = [block for block in section.blocks if not isinstance(block, List | Heading)]
    return bool(lists) and not rest and all(span.link.startswith("#") for span in every_span(lists))


def _line(block: Block) -> str:
    match block:
        case Heading() | Paragraph():
            return said(block.spans)
        case List():
            return BETWEEN_ITEMS.join(plain(item) for item in block.items)
        case Quote() | Section():
            return plain(block.blocks)
        case Picture():
            return block.alt
        case Table():
            rows = (cell for rows in (block.head, *block.body) for row in rows for cell in row)
            words = [said(block.caption), *(plain(cell.blocks) for cell in rows)]
            return BETWEEN_ITEMS.join(word for word in words if word)
    return ""
