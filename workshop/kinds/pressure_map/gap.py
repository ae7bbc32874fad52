"""What those under pressure report, set against what everybody else guesses: what cannot be seen from outside.

Both sides are sums of the parts that perspectives are shown in. The gap of a pressure is its load on those who
answered for themselves less the load that others guess, with the same for reach, and for mean strength where at least
k of each side picked it.

The interval is Welch's for a difference of two means: an answer adds its strength to a pressure, or 0, and strengths
are counted, so mean and variance of a side are exact from sums. It stands in for a bootstrap, which would have to keep
and draw from whole answers by perspective; at these numbers the two come out alike, Welch's a little wider, as it
should be with few (a test compares them). It counts answers, of which a table gives one, where loads count people.

Who might be recognised. Everybody sees the room's own map, so a number of one side gives the other's away: a pressure
is compared with all its numbers or with none, never with those of one side. With none stand:

- those that one or two answered for themselves: a load that rests on one answer is that answer, and whoever gave one
  of two could work out the other. What others guess is no statement about themselves and may rest on one of them;
- those that nobody of the one side and fewer than three of the other picked: else the ones above, left over, would
  be known by how many there are in all;
- of a sensitive source, where a side has fewer than ten answers: those that all of it picked but two at most, or none
  of it but two at most. Nobody is then told by what all of them said, not even to one of them who said otherwise (the
  margin is that of `few`). Where it was most of those who answered for themselves, that word alone stands there; but
  not where the other side is small too, as then what is left unsaid would tell.

What is left out fits several numbers, to whoever knows the room's map, these words and their own answer; or one number
that tells of nobody, one or two among more, and then which of the room's strengths are theirs stays open.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from workshop.gathered import Counts, Gathered, Part
from workshop.kinds.few import APART, LEAST
from workshop.kinds.pressure_map.intervals import SURE, Interval, Sums, of_means, of_shares
from workshop.kinds.pressure_map.weight import Row, Weight, counted
from workshop.text import Text

ROWS_A_PAGE = 7  # in two languages, with room for a few long names
FEW = 3  # answers about oneself that a number rests on at least, unless there are none

Told = Literal["all", "most", "few", "nothing"]


@dataclass(frozen=True)
class Side:
    """Those who answered for themselves, or those who guessed. `titles` are their perspectives' if each has one."""

    titles: tuple[Text, ...]
    people: int
    responses: int


@dataclass(frozen=True)
class Compared:
    """One pressure, own against guess, in people. `clear`: more than chance explains among all that are compared."""

    row: Row
    own: Weight
    guess: Weight
    interval: Interval | None
    reach_interval: Interval
    strength: float | None  # own mean strength less the others', where enough picked it on both sides
    clear: bool

    @property
    def load(self) -> float:
        return self.own.load - self.guess.load

    @property
    def reach(self) -> float:
        return self.own.reach - self.guess.reach


@dataclass(frozen=True)
class Most:
    """A pressure that most of those who answered for themselves picked: no more is told of it."""

    row: Row


@dataclass(frozen=True)
class Gap:
    """`rows` go from what others see least to what they think heaviest. `few`: one or two picked it for themselves."""

    own: Side
    guess: Side
    most: tuple[Most, ...]
    rows: tuple[Compared, ...]
    few: tuple[Row, ...]

    @property
    def lines(self) -> tuple[Most | Compared, ...]:
        return (*self.most, *self.rows)

    @property
    def pages(self) -> int:
        return max(1, -(-len(self.lines) // ROWS_A_PAGE))

    @property
    def end(self) -> int:
        """Where the axis of loads ends."""
        return max((min(5, int(max(one.own.load, one.guess.load)) + 1) for one in self.rows), default=1)

    def page(self, number: int) -> tuple[Most | Compared, ...]:
        return self.lines[number * ROWS_A_PAGE : (number + 1) * ROWS_A_PAGE]


def gap(gathered: Gathered, rows: Iterable[Row]) -> Gap | None:
    """None where the sides cannot be told apart, or where one of them is too small to be shown."""
    if any(part.group.own is None for part in gathered.parts):
        return None
    own, guess = (_side(gathered.parts, own=own) for own in (True, False))
    if min(counts.responses["took part",] for counts in (own[1], guess[1])) < gathered.k:
        return None
    told: dict[Told, list[Row]] = {"all": [], "most": [], "few": [], "nothing": []}
    for row in rows:
        ours, theirs = (counted(counts.responses, row.id) for counts in (own[1], guess[1]))
        told[verdict(ours.people, ours.taken, theirs.people, theirs.taken, sensitive=row.sensitive)].append(row)
    compared = [_compared(row, own[1], guess[1], gathered.k, len(told["all"])) for row in told["all"]]
    compared.sort(key=lambda one: (-one.load, one.row.number))
    most = tuple(Most(row) for row in told["most"])
    return Gap(own[0], guess[0], most, tuple(compared), tuple(told["few"]))


def verdict(own: int, own_taken: int, guess: int, guess_taken: int, *, sensitive: bool) -> Told:
    """What may be told of a pressure that so many answers of each side picked, of so many that took part."""
    together = own + guess
    if sensitive and (_alike(own, own_taken) or _alike(guess, guess_taken)):
        # "Most" is all of them, all but one, or all but two: said only where the whole map leaves each of these open.
        open_ = own_taken <= together <= own_taken + guess_taken - APART
        most = own >= own_taken - APART and guess_taken >= LEAST and own_taken < LEAST
        return "most" if most and open_ else "nothing"
    if own >= FEW or (own == 0 and guess >= FEW):
        return "all"
    softened = sensitive and min(own_taken, guess_taken) < LEAST
    return "few" if together >= FEW and not softened else "nothing"


def _alike(picked: int, taken: int) -> bool:
    """A small side of which nearly all said one thing, or nearly all kept from saying it: it would tell of each."""
    return taken < LEAST and not APART < picked < taken - APART


def _side(parts: Iterable[Part], *, own: bool) -> tuple[Side, Counts]:
    mine = [part for part in parts if part.group.own is own]
    counts = sum((part.counts for part in mine), Counts())
    titles = tuple(part.group.title for part in mine if part.group.title is not None)
    named = titles if len(titles) == len(mine) else ()
    return Side(named, counts.people["took part",], counts.responses["took part",]), counts


def _compared(row: Row, own: Counts, guess: Counts, k: int, compared: int) -> Compared:
    ours, theirs = counted(own.people, row.id), counted(guess.people, row.id)
    answers, others = counted(own.responses, row.id), counted(guess.responses, row.id)
    sums = [Sums(weight.taken, weight.total, weight.squares) for weight in (answers, others)]
    difference = ours.load - theirs.load
    # The more is compared, the wider it has to be for none of it to be chance (Bonferroni).
    wide = of_means(sums[0], sums[1], difference, SURE / compared)
    return Compared(
        row=row,
        own=ours,
        guess=theirs,
        interval=of_means(sums[0], sums[1], difference),
        reach_interval=of_shares(answers.people, answers.taken, others.people, others.taken, ours.reach - theirs.reach),
        strength=ours.mean - theirs.mean if min(answers.rated, others.rated) >= k else None,
        clear=wide is not None and not wide[0] <= 0 <= wide[1],
    )
