"""The drawn write-up read once, for all formats that are not HTML."""

from workshop.exports.blocks.reading import read
from workshop.exports.blocks.tables import Level, level
from workshop.exports.blocks.values import (
    Block,
    Cell,
    Document,
    Heading,
    List,
    Paragraph,
    Picture,
    Quote,
    Section,
    Span,
    Spans,
    Table,
    every_block,
    every_span,
    is_contents,
    plain,
    said,
)

__all__ = [
    "Block",
    "Cell",
    "Document",
    "Heading",
    "Level",
    "List",
    "Paragraph",
    "Picture",
    "Quote",
    "Section",
    "Span",
    "Spans",
    "Table",
    "every_block",
    "every_span",
    "is_contents",
    "level",
    "plain",
    "read",
    "said",
]
