"""Sums that one more answer changes at the cost of what it holds. Pure.

What came and what went are counted apart, because counting up is what Python does in C. The whole room is the sum of
its perspectives, made when somebody looks, which is far less often than somebody answers.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from workshop.gathered import Counts, Turnout

Key = tuple[str, ...]


class Counted(NamedTuple):
    """What one participant adds: keys as often as they count, for so many people."""

    keys: tuple[Key, ...]
    size: int
    perspective: str | None
    given: bool
    finished: bool


@dataclass
class Sum:
    """Counts by response, and what tables add to them as people. Of a change, numbers may be below nothing."""

    came: Counter[Key] = field(default_factory=Counter)
    went: Counter[Key] = field(default_factory=Counter)
    coming: list[Key] = field(default_factory=list)  # not yet counted: many at once cost least
    going: list[Key] = field(default_factory=list)
    more: Counter[Key] = field(default_factory=Counter)  # people beyond the first of each table
    people: int = 0
    answered: int = 0
    finished: int = 0

    def put(self, one: Counted) -> None:
        self.coming += one.keys
        self._turn(one, 1)

    def drop(self, one: Counted) -> None:
        self.going += one.keys
        self._turn(one, -1)

    def _turn(self, one: Counted, sign: int) -> None:
        if one.size > 1:
            for key in one.keys:
                self.more[key] += sign * (one.size - 1)
        self.people += sign * one.given * one.size
        self.answered += sign * one.given
        self.finished += sign * one.finished

    def settle(self) -> None:
        """Counts what has come and gone since."""
        if self.coming:
            self.came.update(self.coming)
            self.coming.clear()
        if self.going:
            self.went.update(self.going)
            self.going.clear()

    def __add__(self, other: "Sum") -> "Sum":
        self.settle()
        other.settle()
        return Sum(
            came=_both(self.came, other.came),
            went=_both(self.went, other.went),
            more=_both(self.more, other.more),
            people=self.people + other.people,
            answered=self.answered + other.answered,
            finished=self.finished + other.finished,
        )

    def counts(self) -> Counts:
        """Without what has come down to nothing."""
        self.settle()
        went, more = self.went, self.more
        responses = Counter({key: left for key, n in self.came.items() if (left := n - went[key]) > 0})
        people = Counter({key: n + more[key] for key, n in responses.items()}) if more else responses
        return Counts(people, responses)

    def turnout(self, joined: int) -> Turnout:
        return Turnout(joined, self.people, self.answered, self.finished)


def _both(one: Counter[Key], other: Counter[Key]) -> Counter[Key]:
    both = one.copy()
    both.update(other)
    return both


Side = Mapping[str | None, Sum]  # by perspective


def together(one: Side, other: Side) -> Side:
    """Both, perspective by perspective."""
    return {name: one.get(name, NOTHING) + other.get(name, NOTHING) for name in {*one, *other}} if other else one


def whole(side: Side) -> Sum:
    return sum(side.values(), NOTHING)


NOTHING = Sum()
