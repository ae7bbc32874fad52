"""card_sort: every card into one of the piles that the author named (a closed sort).

Definitions: n_i placements of card i, n_ij of those in pile j. Agreement P_i = sum_j n_ij (n_ij - 1) / (n_i (n_i - 1)),
the chance that two random responses agree (Fleiss 1971). Labels rest on responses, what is shown counts people.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from random import Random
from typing import Any, Literal

from pydantic import Field, model_validator

from workshop.model import N_, Counts, Finding, Id, Invalid, Note, Person, Sample, Turnout, View, parse
from workshop.model import Value as Base
from workshop.text import Text

ROWS_A_PAGE = 8  # in two languages at a projector's type size
SPLIT_CARDS = 3  # as many as a room can talk about
SPLIT_BELOW = 0.6  # agreement under which a card is worth talking about
ENOUGH = 5  # placements under which no label is given

Shape = Literal["circle", "triangle", "diamond", "square"]
Label = Literal["home", "leaning", "split", "few"]


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


class Card(Base):
    """A card. `role` is the pile it was written for: it orders rows for the talk and is no right answer."""

    id: Id
    title: Text
    role: str | None = None
    use: bool = True


class Content(Base):
    question: Text
    piles: tuple[Pile, ...] = Field(min_length=2)
    cards: tuple[Card, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _ids_fit(self) -> "Content":
        piles, cards = [p.id for p in self.piles], [c.id for c in self.cards]
        if len(set(piles)) != len(piles) or len(set(cards)) != len(cards):
            raise ValueError("two cards or two piles have the same id")
        for card in self.cards:
            if card.role is not None and card.role not in piles:
                raise ValueError(f"card {card.id!r} has the role {card.role!r}; the piles are {', '.join(piles)}")
        return self

    @property
    def dealt(self) -> tuple[Card, ...]:
        """The cards in use; the others wait in the pack."""
        return tuple(card for card in self.cards if card.use)


class Value(Base):
    """Card id -> pile id. A card not yet placed is missing."""

    placed: dict[str, str] = Field(max_length=200)


@dataclass(frozen=True)
class Cell:
    """People who placed the card here, and the tenth (0 to 10) of the card's people that this is."""

    pile: Pile
    people: int
    tint: int


@dataclass(frozen=True)
class Row:
    card: Card
    cells: tuple[Cell, ...]
    people: int
    responses: int
    agreement: float | None
    label: Label
    home: Cell | None  # the role that most responses chose, where the label is "home"


@dataclass(frozen=True)
class Tally:
    question: Text
    piles: tuple[Pile, ...]
    rows: tuple[Row, ...]
    pages: tuple[tuple[Row, ...], ...]
    split: tuple[Row, ...]
    tables: bool  # people were counted through tables, so people and answers differ
    people: int
    responses: int
    views: tuple[View, ...]


def read(content: Content, raw: Any) -> Value:
    value = parse(Value, raw)
    piles, cards = {p.id for p in content.piles}, {c.id for c in content.dealt}
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


def tally(content: Content, counts: Counts, turnout: Turnout, notes: Sequence[Note] = ()) -> Tally:
    order = {pile.id: n for n, pile in enumerate(content.piles)}
    rows = [_row(content, card, counts) for card in content.dealt]
    by_role = sorted(rows, key=lambda r: (order.get(r.card.role or "", len(order)), -(r.agreement or 0)))
    pages = tuple(tuple(by_role[i : i + ROWS_A_PAGE]) for i in range(0, len(by_role), ROWS_A_PAGE))
    talked = [r for r in rows if r.responses >= ENOUGH and r.agreement is not None and r.agreement < SPLIT_BELOW]
    split = tuple(sorted(talked, key=lambda r: r.agreement or 0)[:SPLIT_CARDS])
    views = tuple(
        View(N_("Counts, page %(page)s of %(pages)s"), {"page": n + 1, "pages": len(pages)}) for n in range(len(pages))
    )
    return Tally(
        content.question,
        content.piles,
        tuple(by_role),
        pages,
        split,
        turnout.people != turnout.responses,
        turnout.people,
        turnout.responses,
        (*views, View(N_("The cards that split us most"))),
    )


def _row(content: Content, card: Card, counts: Counts) -> Row:
    people = [counts.people["placed", card.id, pile.id] for pile in content.piles]
    votes = [counts.responses["placed", card.id, pile.id] for pile in content.piles]
    total = sum(people)
    cells = tuple(Cell(pile, n, _tenth(n, total)) for pile, n in zip(content.piles, people, strict=True))
    named = label(content.piles, votes)
    roles = [n for n, pile in enumerate(content.piles) if not pile.extra]
    home = cells[max(roles, key=lambda n: votes[n])] if named == "home" else None
    return Row(card, cells, total, sum(votes), agreement(votes), named, home)


def _tenth(part: int, whole: int) -> int:
    return 0 if part <= 0 or whole <= 0 else max(1, min(10, round(10 * part / whole)))


def agreement(votes: Sequence[int]) -> float | None:
    """Fleiss's P_i: the chance that two random responses put the card in the same pile; None below two."""
    n = sum(votes)
    return sum(v * (v - 1) for v in votes) / (n * (n - 1)) if n > 1 else None


def label(piles: Sequence[Pile], votes: Sequence[int]) -> Label:
    """clear home: a role's Wilson 95% lower bound over half. split: the first two within one vote (this wins)."""
    n = sum(votes)
    if n < ENOUGH:
        return "few"
    first, second = sorted(votes, reverse=True)[:2]
    if first - second <= 1:
        return "split"
    home = max((v for pile, v in zip(piles, votes, strict=True) if not pile.extra), default=0)
    if wilson_lower(home, n) > 0.5:
        return "home"
    return "leaning" if home / n >= 0.5 else "split"


def wilson_lower(part: int, n: int, z: float = 1.959964) -> float:
    """The lower end of Wilson's 95% score interval for part out of n (Wilson 1927)."""
    if n == 0:
        return 0.0
    share = part / n
    middle = share + z * z / (2 * n)
    return (middle - z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))) / (1 + z * z / n)


def findings(content: Content, tally: Tally, study: None) -> tuple[Finding, ...]:
    found = []
    homes = [row for row in tally.rows if row.home is not None]
    if homes:
        row = max(homes, key=lambda r: r.agreement or 0)
        top = row.home
        assert top is not None
        found.append(
            Finding(
                f"{top.people}/{row.people}",
                N_("The clearest fit: “%(card)s”. %(votes)s of %(people)s people chose one role: %(pile)s."),
                {"card": row.card.title, "votes": top.people, "people": row.people, "pile": top.pile.title},
                0.5 + 0.3 * (row.agreement or 0),
            )
        )
    if tally.split:
        row = tally.split[0]
        first, second = sorted(row.cells, key=lambda cell: -cell.people)[:2]
        found.append(
            Finding(
                f"{first.people}:{second.people}",
                N_(
                    "The card that split the room most: “%(card)s”. "
                    "%(first)s: %(votes)s people. %(second)s: %(others)s people."
                ),
                {
                    "card": row.card.title,
                    "first": first.pile.title,
                    "votes": first.people,
                    "second": second.pile.title,
                    "others": second.people,
                },
                1.0 - (row.agreement or 0),
            )
        )
    return tuple(found)


def imagine(content: Content, random: Random, person: Person, hints: Mapping[str, Any]) -> Any:
    weights: Mapping[str, Mapping[str, int]] = hints.get("roles", {})
    piles = [pile.id for pile in content.piles]
    placed = {}
    for card in content.dealt:
        given = weights.get(card.id) or {pile: 6 if pile == card.role else 1 for pile in piles}
        placed[card.id] = random.choices(piles, [given.get(pile, 0) + 0.01 for pile in piles])[0]
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
