"""Words in a line: blanks as a browser has them, and no character that a file of words cannot hold."""

import re
import unicodedata
from dataclasses import dataclass, replace

from workshop.exports.blocks.values import Span, Spans

# What XML 1.0 cannot hold, lone surrogates among it.
_UNHELD = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BLANKS = re.compile("[ \t\n\r\f]+")
_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_LINK = re.compile(r"(https?://|mailto:|tel:|#)\S+", re.IGNORECASE)

BREAK = "\ue000"  # stands for <br> until blanks are collapsed
_AROUND_BREAK = re.compile(f" ?{BREAK} ?")


@dataclass(frozen=True, slots=True)
class Manner:
    """How words are meant, from all the elements that they stand in."""

    lang: str
    rtl: bool = False
    bold: bool = False
    italic: bool = False
    link: str = ""
    typed: bool = False
    status: bool = False
    kept: bool = False  # blanks and line ends, as in <pre>


def held(text: str) -> str:
    """The text with U+FFFD for every character that XML cannot hold."""
    return _UNHELD.sub("\ufffd", text)


def tag(lang: str | None, else_: str) -> str:
    """A language tag, if it is one."""
    return lang if lang and _TAG.fullmatch(lang) else else_


def safe_link(href: str | None) -> str:
    """The address, if it is of a kind that a reader may follow out of a file; otherwise nothing."""
    return href.strip() if href and _LINK.fullmatch(href.strip()) else ""


def runs_rightwards(words: str) -> bool:
    """Whether the first strong character belongs to a script that is written from the right."""
    for character in words:
        strong = unicodedata.bidirectional(character)
        if strong in ("L", "R", "AL"):
            return strong != "L"
    return False


def spoken(words: str, manner: Manner) -> Span:
    words = held(words).replace(BREAK, "\ufffd")
    if manner.kept:
        words = words.replace("\n", BREAK)
    return Span(
        words,
        lang=manner.lang,
        rtl=manner.rtl,
        bold=manner.bold,
        italic=manner.italic,
        link=manner.link,
        typed=manner.typed,
        status=manner.status,
    )


def collapsed(run: list[Span]) -> Spans:
    """The spans as one paragraph: single blanks, none at either end of a line, alike neighbours as one."""
    made: list[Span] = []
    blank = True  # one before, or the start of a line
    for span in run:
        words = _AROUND_BREAK.sub("\n", _BLANKS.sub(" ", span.words))
        words = words.lstrip(" ") if blank else words
        if not words:
            continue
        if words[0] == "\n" and made:
            made[-1] = replace(made[-1], words=made[-1].words.rstrip(" "))
        blank = words[-1] in " \n"
        if made and replace(made[-1], words="") == replace(span, words=""):
            made[-1] = replace(span, words=made[-1].words + words)
        else:
            made.append(replace(span, words=words))
    return _trimmed(made)


def _trimmed(made: list[Span]) -> Spans:
    while made and not made[-1].words.rstrip(" \n"):
        made.pop()
    while made and not made[0].words.lstrip(" \n"):
        made.pop(0)
    if made:
        made[-1] = replace(made[-1], words=made[-1].words.rstrip(" \n"))
        made[0] = replace(made[0], words=made[0].words.lstrip(" \n"))
    return tuple(span for span in made if span.words)
