"""How sure one may be of what a sentence says, and how much it is worth saying. Pure; all of it counts answers.

What a sentence claims is one of four things, and each has its rule. The intervals are Wilson's of 95 % (methods.md 2.4,
5.1), and no label is given below five answers (methods.md 2.5), so findings begin there.

- One thing leads the next (`leads`): *close* where one or two more answers could make it level, *clear* where the two
  intervals do not overlap, else *leaning*.
- Most said one thing (`most`): *close* as above, *clear* where the interval lies above half (methods.md 2.5, "clear
  home"), else *leaning*.
- A room is split (`splits`): *close* as above, else it is said how large the largest part is.
- More moved one way than the other (`moved`): as `most`, of those who moved.

Below ten answers what would be leaning is *few*: that is where a row of few begins (`few.LEAST`). Nothing is called
significant: the numbers are printed. Where tables answered, an answer stands for several people and the picture shows
people, so the sentences have no numbers of answers (`tables`).
"""

from math import ceil

from workshop.certainty import wilson
from workshop.gathered import Grade, N_n, Sure, Tells
from workshop.kinds.few import LEAST
from workshop.model import N_

ENOUGH = 5  # answers from which on a sentence is made
CLOSE = 2  # more answers that could make it level

# What a sentence is worth before its numbers are looked at. First what nobody could see without a tool: what cannot be
# seen from outside, where perspectives differ, where a room is split. Last what was merely counted.
WORTH: dict[Tells, float] = {
    "gap": 0.65, "differ": 0.65, "split": 0.6,
    "hidden": 0.5, "home": 0.5, "share": 0.5, "moved": 0.5, "strongest": 0.5, "top": 0.5,
    "outside": 0.45, "eased": 0.45, "theme": 0.45, "shared": 0.4,
    "high": 0.35, "low": 0.35, "prompt": 0.3, "missing": 0.3, "count": 0.15,
}  # fmt: skip
STRENGTH = 0.3  # what the numbers can add
KEEPS: dict[Grade, float] = {"clear": 1.0, "plain": 1.0, "leaning": 0.85, "close": 0.8, "few": 0.65}


def weight(tells: Tells, strength: float, grade: Grade) -> float:
    """How much a sentence is worth saying, 0 to 1. `strength`, 0 to 1: how far its numbers go."""
    return round((WORTH[tells] + STRENGTH * max(0.0, min(1.0, strength))) * KEEPS[grade], 3)


def leads(first: int, of: int, second: int, other: int | None = None, *, tables: bool, lead: int | None = None) -> Sure:
    """`first` of `of` answers before `second` of `other` (the same, if None).

    `lead`: what is between them in answers, where that is not the difference.
    """
    other = of if other is None else other
    lead = first - second if lead is None else lead
    if near := _close(lead, tables=tables):
        return near
    clear = wilson(first, of)[0] > wilson(second, other)[1]
    told = {"first": first, "of": of, "second": second, "other": other}
    if clear and not tables:
        return Sure(N_("Clear: %(first)s of %(of)s answers; the next, %(second)s of %(other)s."), told, grade="clear")
    if clear:
        return _clear_of_tables()
    if tables:
        return _unclear_of_tables(of)
    if of < LEAST:
        words = N_("Too few answers to be sure: %(first)s of %(of)s; the next, %(second)s of %(other)s.")
        return Sure(words, told, grade="few")
    words = N_("Leaning: %(first)s of %(of)s answers; the next, %(second)s of %(other)s. The order could be chance.")
    return Sure(words, told, grade="leaning")


def most(part: int, of: int, *, tables: bool) -> Sure:
    """More than half: `part` of `of` answers."""
    clear = wilson(part, of)[0] > 0.5
    if not clear and (near := _close(2 * part - of, tables=tables)):
        return near
    told = {"part": part, "of": of}
    if clear and not tables:
        return Sure(N_("Clear: %(part)s of %(of)s answers."), told, grade="clear")
    if clear:
        return _clear_of_tables()
    if tables:
        return _unclear_of_tables(of)
    if of < LEAST:
        return Sure(N_("Too few answers to be sure: %(part)s of %(of)s."), told, grade="few")
    return Sure(N_("Leaning: %(part)s of %(of)s answers. It could be chance."), told, grade="leaning")


def splits(first: int, second: int, of: int, *, tables: bool) -> Sure:
    """No answer has a clear majority: the two largest parts of `of` answers."""
    if near := _close(first - second, tables=tables):
        return near
    if tables:
        return Sure(N_("No clear majority, with each table counted as one answer."), grade="leaning")
    words = N_("No clear majority: the most common answer has %(first)s of %(of)s.")
    return Sure(words, {"first": first, "of": of}, grade="leaning")


def moved(first: int, second: int, of: int, *, tables: bool) -> Sure:
    """`first` answers moved one way and `second` the other, of `of` that were compared."""
    if near := _close(first - second, tables=tables):
        return near
    clear = wilson(first, first + second)[0] > 0.5
    if tables:
        return _clear_of_tables() if clear else _unclear_of_tables(of)
    told = {"first": first, "second": second}
    if clear:
        return Sure(N_("Clear: %(first)s moved this way, %(second)s the other."), told, grade="clear")
    words = N_("Leaning: %(first)s moved this way, %(second)s the other. It could be chance.")
    return Sure(words, told, grade="leaning")


def apart(lead: int, *, clear: bool, few: bool, first: float, second: float, tables: bool) -> Sure:
    """One mean before the next: `lead` is how many answers could make them level, `clear` that their intervals do not
    overlap; `first` and `second` are what the picture shows of them."""
    if near := _close(lead, tables=tables):
        return near
    told = {"first": first, "second": second}
    if clear:
        key = N_("Clear: shared out over everyone it weighs %(first)s out of 5, the next %(second)s.")
        return Sure(key, told, grade="clear")
    if few:
        key = N_(
            "Too few answers to be sure: shared out over everyone it weighs %(first)s out of 5, the next %(second)s."
        )
        return Sure(key, told, grade="few")
    key = N_("Leaning: shared out over everyone it weighs %(first)s out of 5, the next %(second)s. It could be chance.")
    return Sure(key, told, grade="leaning")


def level() -> Sure:
    """A tie that is told as one."""
    return Sure(N_("Level: one more answer could decide it."), grade="close")


def counted() -> Sure:
    return Sure(N_("This is a count; nothing in it is estimated."))


def by_tables() -> Sure:
    """Of people who answered at tables, where how many answers these were is not known."""
    return Sure(N_("Counted in people: a table gives one answer, so this is less sure than it looks."), grade="leaning")


def ranged() -> Sure:
    """Of other things no exact numbers may be told, so one of them may be before this."""
    return Sure(N_("Not certain: of some of the others only a range may be told."), grade="close")


def _close(lead: float, *, tables: bool) -> Sure | None:
    """Where one or two more answers could make it level, or where it is."""
    if lead < 0:
        return Sure(N_("Not certain: if each table counts as one answer, another leads."), grade="close")
    if lead == 0:
        return Sure(N_("Level, if each table counts as one answer."), grade="close") if tables else level()
    if lead > CLOSE:
        return None
    if tables:
        return Sure(
            N_("Close: one or two more answers could make it level. (Each table counts as one answer.)"), grade="close"
        )
    key = N_n("Close: %(n)s more answer could make it level.", "Close: %(n)s more answers could make it level.")
    return Sure(key, n=ceil(lead), grade="close")


def _clear_of_tables() -> Sure:
    return Sure(N_("Clear, with each table counted as one answer."), grade="clear")


def _unclear_of_tables(of: int) -> Sure:
    if of < LEAST:
        return Sure(N_("Too few answers to be sure: each table gives one."), grade="few")
    return Sure(N_("Leaning, with each table counted as one answer. It could be chance."), grade="leaning")
