"""The fields of a form: what may be filled in, how it is read, and how it is said in both languages. Pure."""

from typing import Literal

import regex
from pydantic import Field, model_validator

from workshop.kinds.notes import written_text
from workshop.model import N_, Id, Invalid
from workshop.model import Value as Base
from workshop.text import Text, clean

LONGEST = {"line": 120, "text": 400}  # characters, where the author says nothing
MONTHS = {
    "cy": (
        "Ionawr", "Chwefror", "Mawrth", "Ebrill", "Mai", "Mehefin",
        "Gorffennaf", "Awst", "Medi", "Hydref", "Tachwedd", "Rhagfyr",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip
HOURS = {"cy": ("awr", "awr"), "en": ("hour", "hours")}  # one and several


_DATE = regex.compile(r"(20[0-9]{2}|2100)-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")
_HOURS = regex.compile(r"([0-9]{1,4})(?:[.,]([0-9]))?")


class Option(Base):
    """`said` is how it stands in the sentence, where that is not its title."""

    id: Id
    title: Text
    said: Text = Text()
    shape: Literal["circle", "triangle", "diamond", "square"] | None = None


class FormField(Base):
    """`private`: nobody but its writer ever sees it. `wanted`: part of a finished answer. `extra`: folded away.

    `short` stands for the title in tables.
    """

    id: Id
    type: Literal["line", "text", "choice", "date", "hours"]
    title: Text
    short: Text = Text()
    hint: Text = Text()
    options: tuple[Option, ...] = Field(default=(), max_length=8)
    longest: int | None = Field(default=None, ge=5, le=2000)
    private: bool = False
    wanted: bool = False
    extra: bool = False

    @model_validator(mode="after")
    def _fits_its_type(self) -> "FormField":
        if (self.type == "choice") != bool(self.options):
            raise ValueError(f"field {self.id!r}: options belong to a choice, and a choice has some")
        if len({option.id for option in self.options}) != len(self.options):
            raise ValueError(f"field {self.id!r}: two options have the same id")
        if self.longest is not None and self.type not in LONGEST:
            raise ValueError(f"field {self.id!r}: longest is for lines and texts")
        return self

    @property
    def most(self) -> int:
        """Characters that may be written; none where nothing is written freely."""
        return (self.longest or LONGEST[self.type]) if self.type in LONGEST else 0

    @property
    def heading(self) -> Text:
        return self.short if self.short.cy or self.short.en else self.title

    def option(self, id: str) -> Option | None:
        return next((option for option in self.options if option.id == id), None)

    def read(self, raw: str) -> str:
        """What was filled in, in its one form, or Invalid; nothing where nothing is left of it."""
        given, where = clean(raw), f"filled.{self.id}"
        if not given:
            return ""
        if self.type in LONGEST:
            return within(where, raw, self.most)
        if self.type == "choice" and self.option(given) is None:
            raise Invalid(where, N_("Choose one of those listed."))
        if self.type == "date" and not _is_date(given):
            raise Invalid(where, N_("That is not a date between 2000 and 2100."))
        return _hours(where, given) if self.type == "hours" else given

    def in_both(self, given: str, *, said: bool = False) -> Text | None:
        """What was given in both languages; None where it is the writer's own words. `said`: as a sentence has it."""
        if self.type == "date":
            year, month, day = (int(part) for part in given.split("-"))
            cy, en = (f"{day} {MONTHS[lang][month - 1]} {year}" for lang in ("cy", "en"))
            return Text(cy=cy, en=en)
        if self.type == "hours":
            cy, en = (f"{given} {HOURS[lang][given != '1']}" for lang in ("cy", "en"))
            return Text(cy=cy, en=en)
        option = self.option(given)
        if option and said and (option.said.cy or option.said.en):
            return option.said
        return option.title if option else None


def within(where: str, raw: str, longest: int) -> str:
    """Words of at most so many characters; Invalid names the field."""
    try:
        return written_text(raw, longest)
    except Invalid as error:
        raise Invalid(where, error.key, **error.arguments) from None


def _is_date(given: str) -> bool:
    found = _DATE.fullmatch(given)
    if found is None:
        return False
    year, month, day = (int(part) for part in found.groups())
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return day <= (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]


def _hours(where: str, given: str) -> str:
    found = _HOURS.fullmatch(given)
    tenths = 10 * int(found[1]) + int(found[2] or 0) if found else 0
    if not 5 <= tenths <= 10_000:
        raise Invalid(where, N_("Write hours as a number from 0.5 to 1000, such as 6 or 2.5."))
    return str(tenths // 10) + (f".{tenths % 10}" if tenths % 10 else "")
