"""The sentence that is made of what is filled in."""

from collections.abc import Mapping
from dataclasses import dataclass

from workshop.kinds.form.content import PLACE, Content


@dataclass(frozen=True)
class Piece:
    """Some words of a sentence: the author's, or `given` by the writer."""

    words: str
    given: bool


def said(content: Content, filled: Mapping[str, str], lang: str) -> tuple[Piece, ...]:
    """The sentence of what is filled in, without holes; static/js/kinds/form.js says it live in the same way.

    A clause is said where all its fields are filled. One without fields, such as a question mark, is said where the
    sentence has begun. Clauses are joined by a space, but for those that begin with a mark. A sentence begins with a
    capital letter and without a mark.
    """
    pieces: list[Piece] = []
    begun = False
    for clause in content.sentence:
        words = clause.in_(lang)
        asked = PLACE.findall(words)
        if not words or not (asked or begun) or not all(id in filled for id in asked):
            continue
        if begun:
            joined = words if words[0] in ",;:.?!" else f" {words}"
        else:
            joined = (" " if pieces else "") + words.lstrip(" ,;:")
        pieces += _filled_in(content, joined, filled, lang, capital=not begun)
        begun = words[-1] not in ".?!"
    return tuple(pieces)


def _filled_in(content: Content, clause: str, filled: Mapping[str, str], lang: str, *, capital: bool) -> list[Piece]:
    pieces = []
    for n, words in enumerate(PLACE.split(clause)):
        given = n % 2 == 1
        spoken = in_words(content, words, filled[words], lang) if given else words
        if capital and spoken.strip():
            spoken, capital = _capital(spoken), False
        if spoken:
            pieces.append(Piece(spoken, given))
    return pieces


def _capital(words: str) -> str:
    start = len(words) - len(words.lstrip())
    return words[:start] + words[start : start + 1].upper() + words[start + 1 :]


def in_words(content: Content, id: str, given: str, lang: str) -> str:
    """What stands in a field, as a sentence in `lang` says it: the author's full stop closes it, not the writer's."""
    field = content.field(id)
    spoken = field.in_both(given, said=True) if field else None
    return spoken.in_(lang) if spoken else given.rstrip(" .") or given
