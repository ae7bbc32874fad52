"""What an author writes of a card sort, what a phone sends, and how that is counted."""

from collections import Counter
from collections.abc import Mapping
from functools import cached_property
from random import Random
from typing import Any, Literal

from pydantic import Field, model_validator

from workshop.gathered import Item, Option, Person, Sample
from workshop.model import N_, Id, Invalid, parse
from workshop.model import Value as Base
from workshop.text import Text

KEPT = 0.75  # of what made-up people said the first time

SPARE_MARKS = ("plain", "cross")  # for piles without a shape, in their order

Shape = Literal["circle", "triangle", "diamond", "square"]


class Pile(Base):
    """A pile. `extra` piles ("more than one", "it depends") count like the others but can never be a card's home."""

    id: Id
    title: Text
    short: Text | None = None
    text: Text | None = None
    shape: Shape | None = None
    extra: bool = False

    @property
    def head(self) -> Text:
        return self.short or self.title

    @property
    def colour(self) -> str:
        return self.shape or "slate"


class Card(Base):
    """A card. `role` is the pile it was written for: it orders rows for the talk and is no right answer."""

    id: Id
    title: Text
    role: str | None = None
    use: bool = True


class Content(Base):
    """`shuffle_piles`: phones differ in the order of the piles too (extra ones stay last). `by_row`: the wall adds one
    card at a time. `paired`: the same sort again, to be set against the first.
    """

    question: Text
    piles: tuple[Pile, ...] = Field(min_length=2)
    cards: tuple[Card, ...] = Field(min_length=1)
    shuffle_piles: bool = False
    by_row: bool = False
    paired: bool = False

    @model_validator(mode="after")
    def _ids_fit(self) -> "Content":
        piles, cards = [p.id for p in self.piles], [c.id for c in self.cards]
        if len(set(piles)) != len(piles) or len(set(cards)) != len(cards):
            raise ValueError("two cards or two piles have the same id")
        for card in self.cards:
            if card.role is not None and card.role not in piles:
                raise ValueError(f"card {card.id!r} has the role {card.role!r}; the piles are {', '.join(piles)}")
        return self

    @cached_property
    def dealt(self) -> tuple[Card, ...]:
        """The cards in use; the others wait in the pack."""
        return tuple(card for card in self.cards if card.use)

    @cached_property
    def ids(self) -> tuple[frozenset[str], frozenset[str]]:
        """Of the piles, and of the cards in use."""
        return frozenset(pile.id for pile in self.piles), frozenset(card.id for card in self.dealt)

    @property
    def marks(self) -> Mapping[str, str]:
        """What stands for each pile in a picture; piles without a shape share a colour, so they need it most."""
        spare = iter(SPARE_MARKS)
        return {pile.id: pile.shape or next(spare, SPARE_MARKS[0]) for pile in self.piles}


class Value(Base):
    """Card id -> pile id. A card not yet placed is missing."""

    placed: dict[str, str] = Field(max_length=200)


def read(content: Content, raw: Any) -> Value:
    value = parse(Value, raw)
    piles, cards = content.ids
    for card, pile in value.placed.items():
        if card not in cards:
            raise Invalid(f"placed.{card}", N_("That card is not in this exercise."))
        if pile not in piles:
            raise Invalid(f"placed.{card}", N_("That pile is not in this exercise."))
    return value


def count(content: Content, value: Value) -> Counter[tuple[str, ...]]:
    return Counter(("placed", card, pile) for card, pile in value.placed.items())


def progress(content: Content, value: Value) -> tuple[int, int]:
    return len(value.placed), len(content.dealt)


def items(content: Content) -> tuple[Item, ...]:
    options = tuple(Option(pile.id, pile.head, pile.shape) for pile in content.piles)
    return tuple(Item(("placed", card.id), card.title, options) for card in content.dealt)


def imagine(content: Content, random: Random, person: Person, hints: Mapping[str, Any]) -> Any:
    """`hints["before"]`, if it is given, is what this person answered the first time: most of it stays."""
    weights: Mapping[str, Mapping[str, int]] = hints.get("roles", {})
    before: Mapping[str, str] = (hints.get("before") or {}).get("placed", {})
    piles = [pile.id for pile in content.piles]
    placed = {}
    for card in content.dealt:
        given = weights.get(card.id) or {pile: 6 if pile == card.role else 1 for pile in piles}
        kept = card.id in before and random.random() < KEPT
        chances = [given.get(pile, 0) + 0.01 for pile in piles]
        if content.paired:  # after the talk a room leans to where most already were
            chances = [chance**2 for chance in chances]
        placed[card.id] = before[card.id] if kept else random.choices(piles, chances)[0]
    return {"placed": placed}


SAMPLE = Sample(
    content={
        "question": {"cy": "Pa rôl?", "en": "Which role?"},
        "piles": [
            {"id": "organiser", "title": {"cy": "Trefnydd", "en": "Organiser"}, "shape": "circle"},
            {"id": "sponsor", "title": {"cy": "Noddwr", "en": "Sponsor"}, "shape": "square"},
            {"id": "none", "title": {"cy": "Dim un", "en": "None"}, "extra": True},
        ],
        "cards": [
            {
                "id": f"c{n}",
                "title": {"cy": f"Cerdyn {n}", "en": f"Card {n}"},
                "role": "organiser" if n < 5 else "sponsor",
            }
            for n in range(10)
        ]
        + [{"id": "spare", "title": {"cy": "Sbâr", "en": "Spare"}, "use": False}],
    },
    responses=(
        {"placed": {f"c{n}": "organiser" for n in range(10)}},
        {"placed": {"c1": "none"}},
        {"placed": {}},
    ),
    refused=(
        {"placed": {"c1": "nowhere"}},
        {"placed": {"nothing": "sponsor"}},
        {"placed": {"spare": "sponsor"}},
        {"placed": {"c1": 3}},
        {"placed": []},
        {"placed": {}, "more": 1},
        None,
        [],
    ),
)
