"""Notes that look alike: suggestions for whoever puts them under themes. Nothing moves by itself. Pure.

Two notes are as alike as the sets of their character trigrams: shared over all (Jaccard). Trigrams survive typing
mistakes, another order of words and Welsh mutations (cymuned, gymuned, chymuned, nghymuned). Notes are compared within
one language only, or the language itself would become the theme.
"""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from heapq import nsmallest
from itertools import chain, combinations, islice, product

import regex

ALIKE = 0.6  # from here on two notes say the same: every edited copy is found, 19 in 20 of what is found are copies
NEAR = 0.3  # from here on they speak of the same thing: of 421 pairs of our pack's examples three do, and rightly
KEPT = 50  # of a wording, the earlier ones that are kept as alike; a room that says one thing in 51 ways needs no more

_ACCENT = regex.compile(r"[\u0300-\u036f]")
_APOSTROPHE = regex.compile(r"['’‘ʼ`´]")
_BETWEEN = regex.compile(r"[\p{P}\p{Z}\p{C}\s]+")


@dataclass(frozen=True)
class Pair:
    """Two notes and how alike they are, 0 to 1."""

    a: str
    b: str
    likeness: float


@dataclass(eq=False)
class _Wording:
    """Notes that have the same trigrams, and how alike these are to those of wordings that were there before."""

    number: int  # which one came when
    lang: str
    trigrams: frozenset[str]
    notes: dict[str, None] = field(default_factory=dict)  # in the order in which they came
    earlier: dict["_Wording", float] = field(default_factory=dict)
    later: set["_Wording"] = field(default_factory=set)  # those that have this one among their earlier ones


class Lookalikes:
    """The notes of one exercise, compared as they come in. Ids are any strings.

    A note that is put or dropped costs what it shares with others, not a comparison with each: `_holders` says which
    wordings have a trigram.
    """

    def __init__(self) -> None:
        self._number = 0
        self._of: dict[str, _Wording] = {}  # by id
        self._wordings: dict[tuple[str, frozenset[str]], _Wording] = {}
        self._holders: defaultdict[tuple[str, str], set[_Wording]] = defaultdict(set)

    def put(self, id: str, lang: str, text: str) -> None:
        """Takes a note in; one whose id is known replaces what it said before."""
        key = lang, trigrams(text)
        wording = self._wordings.get(key) or self._new(*key)
        if id not in wording.notes:
            self.drop(id)
            self._of[id] = wording
            wording.notes[id] = None

    def drop(self, id: str) -> None:
        """Forgets a note; one that is not there is forgotten already."""
        wording = self._of.pop(id, None)
        if wording is None:
            return
        del wording.notes[id]
        if not wording.notes:
            self._forget(wording)

    def pairs(self, limit: int, apart: Set[tuple[str, str]] = frozenset()) -> tuple[Pair, ...]:
        """Pairs that look alike, the likest first, and of equally alike ones those that came first; at most `limit`.

        `apart` are pairs of ids, either way round, that somebody said are not the same.
        """
        same = ((1.0, one, one) for one in self._wordings.values() if len(one.notes) > 1 and one.trigrams)
        alike = ((n, early, late) for late in self._wordings.values() for early, n in late.earlier.items())
        # Two wordings make a pair of notes at least, so that no more of them are looked at than can be wanted.
        likest = nsmallest(limit + len(apart), chain(same, alike), key=_likest)
        every = (Pair(a, b, n) for n, one, other in likest for a, b in _ids(one, other))
        return tuple(islice((pair for pair in every if not {(pair.a, pair.b), (pair.b, pair.a)} & apart), limit))

    def near(self, id: str, limit: int) -> tuple[Pair, ...]:
        """The nearest notes to one, each as `b` of a pair, the likest first; nothing for a note that is not there."""
        wording = self._of.get(id)
        if wording is None:
            return ()
        found = (Pair(id, b, n) for other, n in self._alike(wording, NEAR) for b in other.notes if b != id)
        return tuple(nsmallest(limit, found, key=lambda pair: (-pair.likeness, pair.b)))

    def _new(self, lang: str, trigrams: frozenset[str]) -> _Wording:
        self._number += 1
        new = _Wording(self._number, lang, trigrams)
        new.earlier.update(nsmallest(KEPT, self._alike(new, ALIKE), key=lambda found: (-found[1], found[0].number)))
        for early in new.earlier:
            early.later.add(new)
        self._wordings[lang, trigrams] = new
        for one in trigrams:
            self._holders[lang, one].add(new)
        return new

    def _forget(self, wording: _Wording) -> None:
        del self._wordings[wording.lang, wording.trigrams]
        for one in wording.trigrams:
            self._holders[wording.lang, one].remove(wording)
            if not self._holders[wording.lang, one]:
                del self._holders[wording.lang, one]
        for early in wording.earlier:
            early.later.remove(wording)
        for late in wording.later:
            del late.earlier[wording]

    def _alike(self, wording: _Wording, least: float) -> Iterator[tuple[_Wording, float]]:
        """The wordings that are so alike to this one at least (itself too, if it is among them), and how much."""
        shared: Counter[_Wording] = Counter()
        for one in wording.trigrams:
            shared.update(self._holders.get((wording.lang, one), ()))
        for other, both in shared.items():
            likeness = both / (len(wording.trigrams) + len(other.trigrams) - both)
            if likeness >= least:
                yield other, likeness


def _likest(found: tuple[float, _Wording, _Wording]) -> tuple[float, int, int]:
    likeness, early, late = found
    return -likeness, late.number, early.number


def _ids(one: _Wording, other: _Wording) -> Iterator[tuple[str, str]]:
    return combinations(one.notes, 2) if one is other else product(one.notes, other.notes)


def trigrams(text: str) -> frozenset[str]:
    """Every three characters in a row of the folded text, which begins and ends with a space."""
    folded = fold(text)
    padded = f" {folded} "
    return frozenset(padded[n : n + 3] for n in range(len(padded) - 2)) if folded else frozenset()


def fold(text: str) -> str:
    """The words without what people type now one way and now another: case, accents, apostrophes, punctuation, spaces.

    Accents go because dŵr is often typed dwr; letters of other scripts keep their marks, which are vowels there.
    """
    bare = _ACCENT.sub("", unicodedata.normalize("NFKD", text))
    return str(_BETWEEN.sub(" ", _APOSTROPHE.sub("", unicodedata.normalize("NFKC", bare).casefold()))).strip()
