"""info: something to read together. It asks for nothing."""

from collections import Counter
from dataclasses import dataclass
from typing import Any, NoReturn

from workshop.gathered import Gathered, Sample, View
from workshop.model import N_, Invalid
from workshop.model import Value as Base
from workshop.text import Text

CARDS_A_PAGE = 2  # in two languages, large enough for the back row


class Card(Base):
    title: Text
    text: Text


class Content(Base):
    """Short paragraphs, and fact cards that are shown page by page."""

    paragraphs: tuple[Text, ...] = ()
    cards: tuple[Card, ...] = ()


class Value(Base):
    """Nothing is asked, so there is no value."""


@dataclass(frozen=True)
class Tally:
    paragraphs: tuple[Text, ...]
    pages: tuple[tuple[Card, ...], ...]
    views: tuple[View, ...]


def read(content: Content, raw: Any) -> NoReturn:
    raise Invalid("value", N_("There is nothing to answer here."))


def count(content: Content, value: Value) -> Counter[tuple[str, ...]]:
    return Counter()


def progress(content: Content, value: Value) -> tuple[int, int]:
    return 0, 0


def tally(content: Content, gathered: Gathered) -> Tally:
    cards = content.cards
    pages = tuple(cards[i : i + CARDS_A_PAGE] for i in range(0, len(cards), CARDS_A_PAGE))
    views = tuple(
        View(N_("Cards, page %(page)s of %(pages)s"), {"page": page + 1, "pages": len(pages)})
        for page in range(len(pages))
    )
    return Tally(content.paragraphs, pages, views or (View(N_("The text")),))


SAMPLE = Sample(
    content={
        "paragraphs": [{"cy": "Croeso.", "en": "Welcome."}],
        "cards": [
            {"title": {"cy": f"Cerdyn {n}", "en": f"Card {n}"}, "text": {"cy": "Testun.", "en": "Text."}}
            for n in range(3)
        ],
    },
    refused=({}, {"anything": 1}, None),
)
