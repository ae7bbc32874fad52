"""What fits the projector, so that nothing runs off it: how many lines words take, and which cards fill a page. Pure.

Lengths are in hundredths of the wall's width, as in screen.css; widths of words are in em of their own size.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from unicodedata import category, east_asian_width

import regex

from workshop.kinds.stacks import Group, Piece, Stack
from workshop.text import LANGUAGES, Text

COLUMN = 47.0  # height of a column of cards, or of a table with its caption
CARD = 2.7  # what stands round the lines of a card
LINE, EM = 2.4, 21.5  # of a note: the height of a line, and how wide it is
MERGED_LINE, MERGED_EM, MERGED = 1.9, 26.5, 0.5  # the same of one that is merged into another, and the space before it
QUOTE_EM = 1.5  # of a line, what the mark of a quote takes
HEADING_LINE, HEADING_EM, HEADING = 2.1, 24.5, 1.8

_WORD = regex.compile(r"\S+\s*|\s+")
_CHARACTER = regex.compile(r"\X")
_NARROW, _WIDE = set("fijlrtI!\"'()*,-./:;[]`{|} ’‘“”"), set("mwMWŵŴ@%")


def pages(groups: Sequence[Group]) -> tuple[tuple[Group, ...], ...]:
    """Two columns a page, filled one after the other; a group that goes on over the page is named again."""
    found: list[list[Group]] = []
    column, room = 1, 0.0
    for group in groups:
        heading = _heading_height(group)
        named = False  # on this page
        for stack in group.stacks:
            for part in _parts(_said_once(stack), COLUMN - heading):
                need = _height(part)
                if need + (0.0 if named else heading) > room:
                    column, room = 1 - column, COLUMN
                    if column == 0:
                        found.append([])
                        named = False
                if not named:
                    found[-1].append(replace(group, stacks=()))
                    named, room = True, room - heading
                found[-1][-1] = replace(group, stacks=(*found[-1][-1].stacks, part))
                room -= need
    return tuple(tuple(page) for page in found)


def _heading_height(group: Group) -> float:
    titles = spoken(group.title) if group.people is None else [f"{in_one_line(group.title)} 0000"]
    count = sum(len(lines(title, HEADING_EM)) for title in titles) + 2 * group.loose
    return HEADING_LINE * count + HEADING


def _said_once(stack: Stack) -> Stack:
    """The stack with what is the same letter by letter once, as a quote if it may be one; `times` still counts all."""
    found: dict[str, Piece] = {}
    for piece in stack.pieces:
        if piece.words not in found or (piece.note.quote and not found[piece.words].note.quote):
            found[piece.words] = piece
    return replace(stack, pieces=tuple(found.values()))


def _height(stack: Stack) -> float:
    return CARD + sum(
        MERGED_LINE * len(_lines(piece, merged=True)) + MERGED if merged else LINE * len(_lines(piece, merged=False))
        for piece, merged in _pieces(stack)
    )


def _parts(stack: Stack, room: float) -> Iterator[Stack]:
    """The stack; where it is higher than a column has room, in as many parts as it takes."""
    if _height(stack) <= room:
        yield stack
        return
    found: list[Piece] = []
    left, top = room - CARD, True
    for piece, merged in _pieces(stack):
        line, before = (MERGED_LINE, MERGED) if merged else (LINE, 0.0)
        words = _lines(piece, merged=merged)
        at = 0
        while at < len(words):
            fit = int((left - before) / line)
            if found and fit < min(2, len(words) - at):
                yield replace(stack, pieces=tuple(found), top=top)
                found, left, top = [], room - CARD, not merged
                continue
            end = at + max(1, fit)
            found.append(Piece(piece.note, "".join(words[at:end]).strip(), at == 0, end >= len(words)))
            left -= line * min(fit, len(words) - at) + before
            at = end
    yield replace(stack, pieces=tuple(found), top=top)


def _pieces(stack: Stack) -> Iterator[tuple[Piece, bool]]:
    """Every piece, and whether it is one that was merged into another."""
    return ((piece, number > 0 or not stack.top) for number, piece in enumerate(stack.pieces))


def _lines(piece: Piece, *, merged: bool) -> list[str]:
    return lines(piece.words, (MERGED_EM if merged else EM) - QUOTE_EM * piece.note.quote)


def spoken(title: Text) -> list[str]:
    """The words that the wall shows: both languages, and the one there is where the other is missing."""
    return list(dict.fromkeys(title.in_(lang) for lang in LANGUAGES))


def in_one_line(title: Text) -> str:
    return " · ".join(spoken(title))


def lines(text: str, em: float) -> list[str]:
    """The text line by line, as a browser breaks it; put together again they are the text. One line at least."""
    found, line, used = [], "", 0.0
    for word in _WORD.findall(text):
        if line and used + _em(word.rstrip()) > em:
            found.append(line)
            line, used = "", 0.0
        for piece in [word] if _em(word.rstrip()) <= em else _CHARACTER.findall(word):
            if line and used + _em(piece.rstrip()) > em:
                found.append(line)
                line, used = "", 0.0
            line, used = line + piece, used + _em(piece)
    return [*found, line]


def _em(words: str) -> float:
    return sum(map(_letter_em, words))


@lru_cache(maxsize=4096)
def _letter_em(letter: str) -> float:
    """About how wide a letter is in Atkinson Hyperlegible, rather too much than too little."""
    if letter in _NARROW:
        return 0.33
    if letter in _WIDE:
        return 0.88
    if category(letter) == "So":
        return 1.4  # emoji
    if east_asian_width(letter) in "WF":
        return 1.05
    if category(letter) in ("Mn", "Me", "Cf"):
        return 0.0
    return 0.68 if letter.isupper() else 0.56
