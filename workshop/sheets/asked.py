"""Which sheets a facilitator wants printed, how many and how large."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import regex

from workshop.model import N_, Invalid, Workshop
from workshop.sheets.cards import decks
from workshop.sheets.slips import postcards, slips

SHEETS = ("poster", "tents", "cards", "slips", "postcards", "run-sheet")

COPIES = range(1, 301)  # of anything; more is a slip of the hand
PEOPLE = 20  # in the room, where nobody says
A_TABLE = 6  # people
ONE_WITHOUT_PHONE_IN = 5  # a set of slips is printed for so many people
SETS = 10  # of slips at most, unless somebody asks for more: the printer repeats pages faster than we draw them
BEGINS = 10 * 60  # minutes after midnight

Paper = Literal["a4", "a3"]


@dataclass(frozen=True)
class Choice:
    """What a facilitator wants printed. `paper` is the poster's; `both` says that it speaks both languages.

    `slips` are sets, for people without a phone; `begins` is minutes after midnight. `query` are the fields that say
    this, as they were filled in.
    """

    sheets: tuple[str, ...]
    paper: Paper = "a4"
    large: bool = False
    both: bool = True
    people: int = PEOPLE
    tables: int = -(-PEOPLE // A_TABLE)
    slips: int = -(-PEOPLE // ONE_WITHOUT_PHONE_IN)
    postcards: int = PEOPLE
    begins: int = BEGINS
    query: Mapping[str, Any] = field(default_factory=dict)

    @property
    def one_of_each(self) -> "Choice":
        """As few as show what the sheets look like."""
        return replace(self, tables=1, slips=1, postcards=4)


FIELDS = ("paper", "large", "languages", "people", "tables", "slips", "postcards", "begins")


def chosen(workshop: Workshop, raw: Mapping[str, Sequence[str]], people: int = 0) -> Choice:
    """What the fields of an address or a form say, or Invalid with the one that is wrong. What is empty follows from
    the number of people; `people` is how many are there already.
    """
    first = {name: raw[name][0].strip() for name in FIELDS if raw.get(name)}
    room = _number("people", first, max(COPIES[0], min(people or PEOPLE, COPIES[-1])))
    has = sheets_of(workshop)
    sheets = tuple(sheet for sheet in has if sheet in raw["print"]) if "print" in raw else has
    if not sheets or ("chosen" in raw and "print" not in raw):
        raise Invalid("print", N_("Choose at least one sheet."))
    return Choice(
        sheets=sheets,
        paper="a3" if first.get("paper") == "a3" else "a4",
        large=first.get("large") == "1",
        both=first.get("languages") != "one",
        people=room,
        tables=_number("tables", first, -(-room // A_TABLE)),
        slips=_number("slips", first, min(SETS, -(-room // ONE_WITHOUT_PHONE_IN))),
        postcards=_number("postcards", first, room),
        begins=_minutes("begins", first, BEGINS),
        query={name: value for name, value in first.items() if value} | ({"print": sheets} if sheets != has else {}),
    )


def _number(name: str, given: Mapping[str, str], otherwise: int) -> int:
    if not given.get(name):
        return otherwise
    number = int(given[name]) if regex.fullmatch(r"[0-9]{1,6}", given[name]) else 0
    if number not in COPIES:
        raise Invalid(name, N_("Write a number from %(least)s to %(most)s."), least=COPIES[0], most=COPIES[-1])
    return number


def _minutes(name: str, given: Mapping[str, str], otherwise: int) -> int:
    if not given.get(name):
        return otherwise
    found = regex.fullmatch(r"([01]?[0-9]|2[0-3])[:.]([0-5][0-9])", given[name])
    if found is None:
        raise Invalid(name, N_("Write a time in hours and minutes, such as 10:00."))
    return int(found[1]) * 60 + int(found[2])


def sheets_of(workshop: Workshop) -> tuple[str, ...]:
    """The sheets that there is something to print on, in the order in which they are needed."""
    empty = {
        "cards": not decks(workshop),
        "slips": not slips(workshop),
        "postcards": not postcards(workshop),
    }
    return tuple(sheet for sheet in SHEETS if not empty.get(sheet))
