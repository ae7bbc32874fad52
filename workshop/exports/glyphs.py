"""Characters that no font here can draw: each is printed as its number, `[U+E000]`, so that nothing is lost unseen."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

SPACES = {"\t", "\n", "\r", "\f"}  # control characters that are white space
# Line and paragraph separators, since HTML breaks lines in its own way; hints where to, because they take long to try.
HINTS = str.maketrans({"\u2028": " ", "\u2029": " ", "\u00ad": None})
LONG_WORD = re.compile(r"<[^>]*>|[^\s<>&;]{80,}")  # and tags, so that what is in them is left alone
EVERY = 20  # letters


def told(html: str, lost: Iterable[str] = ()) -> str:
    """The document with these characters as their numbers; and always those that mean nothing in print."""
    letters = {letter for letter in set(html) if _means_nothing(letter)} | set(lost)
    return html.translate(HINTS | {ord(letter): f"[U+{ord(letter):04X}]" for letter in letters})


def breakable(html: str) -> str:
    """The document with places to break in words that no line can hold: to look for them takes long otherwise."""
    return LONG_WORD.sub(lambda found: _broken(found[0]), html)


def _broken(word: str) -> str:
    if word.startswith("<"):
        return word
    parts = [word[n : n + EVERY] for n in range(0, len(word), EVERY)]
    made = parts[0]
    for part in parts[1:]:
        made += f"\u200b{part}" if made[-1].isalnum() and part[0].isalnum() else part
    return made


def lost(document: Any) -> set[str]:
    """What WeasyPrint found no glyph for in a document that it has written."""
    letters: set[str] = set()
    for font in document.fonts.values():
        letters |= {chr(point) for point in font.missing}
        letters |= set(font.to_unicode.get(0, ""))
    return letters


def _means_nothing(letter: str) -> bool:
    point = ord(letter)
    if point < 0x80:
        return unicodedata.category(letter) == "Cc" and letter not in SPACES
    return unicodedata.category(letter) in ("Cc", "Co", "Cs") or point & 0xFFFE == 0xFFFE or 0xFDD0 <= point <= 0xFDEF
