"""How a pressure weighs on a person, from how many said which strength."""

from collections import Counter
from dataclasses import dataclass
from math import log2

from workshop.kinds.pressure_map.answers import Source
from workshop.text import Text

STRENGTHS = (1, 2, 3, 4, 5)
CLEAR_SOURCE = 0.6  # below this share the source that most name is contested


@dataclass(frozen=True)
class Weight:
    """What some say of one pressure: of `taken` who took part `people` picked it; `strengths` are people per 1 to 5."""

    taken: int
    people: int
    strengths: tuple[int, ...]

    @property
    def rated(self) -> int:
        return sum(self.strengths)

    @property
    def total(self) -> int:
        return sum(s * n for s, n in zip(STRENGTHS, self.strengths, strict=True))

    @property
    def squares(self) -> int:
        return sum(s * s * n for s, n in zip(STRENGTHS, self.strengths, strict=True))

    @property
    def reach(self) -> float:
        return self.people / self.taken if self.taken else 0.0

    @property
    def mean(self) -> float:
        """0 where nobody said how strong."""
        return self.total / self.rated if self.rated else 0.0

    @property
    def load(self) -> float:
        """The strength shared out over everyone, 0 to 5: one person's 5 does not weigh what many feel."""
        return self.total / self.taken if self.taken else 0.0

    @property
    def middle_half(self) -> tuple[float, float] | None:
        """Lower and upper quartile (the interquartile range), between neighbours in proportion."""
        return (self._at(0.25), self._at(0.75)) if self.rated else None

    @property
    def agreement(self) -> float | None:
        """The consensus of Tastle and Wierman (2007): 1 where all say the same, 0 where half stand at each end."""
        if self.rated < 2:
            return None
        shares = ((s, n / self.rated) for s, n in zip(STRENGTHS, self.strengths, strict=True) if n)
        return 1 + sum(share * log2(1 - abs(s - self.mean) / 4) for s, share in shares)

    def _at(self, share: float) -> float:
        place = share * (self.rated - 1)
        low, high = self._strength(int(place)), self._strength(min(int(place) + 1, self.rated - 1))
        return low + (place - int(place)) * (high - low)

    def _strength(self, index: int) -> int:
        """Of the person with this number when all stand in the order of their strengths."""
        for strength, n in zip(STRENGTHS, self.strengths, strict=True):
            if index < n:
                return strength
            index -= n
        raise IndexError(index)


@dataclass(frozen=True)
class Answers:
    """The same by answers, of which a table gives one: how sure one may be of a sentence rests on these."""

    weight: Weight
    hidden: int
    seen: int
    ease: int


@dataclass(frozen=True)
class Row(Weight):
    """One pressure as the whole room sees it.

    `number` is the one it is drawn with: sources in order, within each by load. `lang` is that of a participant's own
    words, which are in one language only. `seen` are people per hidden, partly, visible, `sources` people per source.
    """

    id: str
    number: int
    title: Text
    lang: str | None
    source: Source
    sensitive: bool
    seen: tuple[int, ...]
    sources: tuple[int, ...]
    ease: int
    answers: Answers

    @property
    def hidden(self) -> bool:
        """Most of those who said who can see it called it hidden."""
        return 2 * self.seen[0] > sum(self.seen) > 0

    @property
    def contested(self) -> bool:
        """No source is named by 60 % of those who picked it."""
        return 0 < max(self.sources) < CLEAR_SOURCE * sum(self.sources)


def counted(counts: Counter[tuple[str, ...]], pressure: str) -> Weight:
    """What these counts say of a pressure."""
    strengths = tuple(counts["strength", pressure, str(s)] for s in STRENGTHS)
    return Weight(counts["took part",], counts["picked", pressure], strengths)
