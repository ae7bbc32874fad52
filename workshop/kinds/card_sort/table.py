"""A room's cards as the wall and the write-up show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from typing import Literal

from workshop.certainty import wilson
from workshop.gathered import Counts, Gathered, View
from workshop.kinds.card_sort.agreement import agreement, alpha, shares
from workshop.kinds.card_sort.cards import Card, Content, Pile
from workshop.model import N_
from workshop.text import Text

ROWS_A_PAGE = 8  # in two languages at a projector's type size
LINES_A_PAGE, LINE = 18, 54  # lines of cards' words that fit beside the heads, and letters on a line
SPLIT_CARDS = 3  # as many as a room can talk about
SPLIT_BELOW = 0.6  # agreement under which a card is worth talking about
ENOUGH = 5  # placements under which no label is given
BARS_FROM = 15  # answers from which on agreement is worth drawing, and alpha worth printing

Label = Literal["home", "leaning", "split", "outside", "few"]


@dataclass(frozen=True)
class Cell:
    """People who placed the card here: the tenth (0 to 10) and the percent of the card's people that this is.

    The percents of a row add up to 100, so that they fill a bar.
    """

    pile: Pile
    people: int
    tint: int
    percent: int


@dataclass(frozen=True)
class Row:
    card: Card
    cells: tuple[Cell, ...]
    people: int
    responses: int
    agreement: float | None
    label: Label
    home: Cell | None  # the role that most responses chose, where the label is "home"
    votes: tuple[int, ...]  # answers per pile, on which the label rests

    @property
    def most(self) -> Cell:
        """The pile that most responses chose."""
        return self.cells[max(range(len(self.votes)), key=lambda n: self.votes[n])]

    @property
    def voices(self) -> tuple[Cell, ...]:
        """The piles to begin the talk with, by people: the first two, or three where two are second.

        Only the first where more are second, and none where no pile is first.
        """
        most = sorted(self.cells, key=lambda cell: -cell.people)
        second = [cell for cell in most[1:] if cell.people == most[1].people > 0]
        if len(second) <= 2:
            return (most[0], *second)
        return (most[0],) if most[0].people > second[0].people else ()


@dataclass(frozen=True)
class Picture:
    """One view of the wall. Of counts: the rows that stand, and those of the same page that are still to come."""

    shows: Literal["moved", "counts", "split"]
    rows: tuple[Row, ...] = ()
    waiting: tuple[Row, ...] = ()


@dataclass(frozen=True)
class Tally:
    """`rows` go by role and then by agreement. `bars`: enough answered to draw that; `alpha` is None below."""

    question: Text
    piles: tuple[Pile, ...]
    marks: Mapping[str, str]
    rows: tuple[Row, ...]
    split: tuple[Row, ...]
    pictures: tuple[Picture, ...]
    views: tuple[View, ...]
    people: int
    responses: int
    bars: bool
    alpha: float | None

    @property
    def tables(self) -> bool:
        """People were counted through tables, so people and answers differ."""
        return self.people != self.responses


def tally(content: Content, gathered: Gathered) -> Tally:
    counts, turnout = gathered.counts, gathered.turnout
    order = {pile.id: n for n, pile in enumerate(content.piles)}
    dealt = [_row(content, card, counts) for card in content.dealt]
    rows = tuple(sorted(dealt, key=lambda r: (order.get(r.card.role or "", len(order)), -(r.agreement or 0))))
    talked = [r for r in dealt if r.responses >= ENOUGH and r.agreement is not None and r.agreement < SPLIT_BELOW]
    split = tuple(sorted(talked, key=lambda r: r.agreement or 0)[:SPLIT_CARDS])
    shown = [*_pictures(content, rows), (Picture("split", split), View(N_("The cards that split us most")))]
    if content.paired:
        shown.insert(0, (Picture("moved"), View(N_("What moved"))))
    bars = turnout.responses >= BARS_FROM
    return Tally(
        question=content.question,
        piles=content.piles,
        marks=content.marks,
        rows=rows,
        split=split,
        pictures=tuple(picture for picture, _ in shown),
        views=tuple(view for _, view in shown),
        people=turnout.people,
        responses=turnout.responses,
        bars=bars,
        alpha=alpha([_votes(content, card, counts) for card in content.dealt]) if bars else None,
    )


def _pictures(content: Content, rows: tuple[Row, ...]) -> list[tuple[Picture, View]]:
    """The counts, a page at a time, or each page row by row."""
    pages = _pages(rows)
    if not content.by_row:
        key = N_("Counts, page %(page)s of %(pages)s")
        return [
            (Picture("counts", page), View(key, {"page": n, "pages": len(pages)})) for n, page in enumerate(pages, 1)
        ]
    key = N_("Counts, card %(card)s of %(cards)s")
    stand = [(page[:n], page[n:]) for page in pages for n in range(1, len(page) + 1)]
    return [
        (Picture("counts", standing, waiting), View(key, {"card": n, "cards": len(rows)}))
        for n, (standing, waiting) in enumerate(stand, 1)
    ]


def _pages(rows: tuple[Row, ...]) -> list[tuple[Row, ...]]:
    """As few pages as hold the rows on a wall, and then as even as they go: no row stands alone on the last."""
    fewest = _cut(rows, LINES_A_PAGE)
    shorter = (_cut(rows, most) for most in range(1, LINES_A_PAGE))
    return next((pages for pages in shorter if len(pages) == len(fewest)), fewest)


def _cut(rows: tuple[Row, ...], most: int) -> list[tuple[Row, ...]]:
    """Pages of up to eight rows and `most` lines; a row that is longer has a page of its own."""
    pages: list[list[Row]] = []
    full = most
    for row in rows:
        if full + lines(row.card) > most or len(pages[-1]) == ROWS_A_PAGE:
            pages.append([])
            full = 0
        pages[-1].append(row)
        full += lines(row.card)
    return [tuple(page) for page in pages]


def lines(card: Card) -> int:
    """How many lines of a wall the card's words take, in both languages."""
    return _lines(card.title.in_("cy"), card.title.in_("en"))


@lru_cache(maxsize=1000)
def _lines(cy: str, en: str) -> int:
    return sum(ceil(len(words) / LINE) for words in {cy, en})


def _row(content: Content, card: Card, counts: Counts) -> Row:
    people = [counts.people["placed", card.id, pile.id] for pile in content.piles]
    votes = _votes(content, card, counts)
    total = sum(people)
    cells = tuple(
        Cell(pile, n, _tenth(n, total), percent)
        for pile, n, percent in zip(content.piles, people, shares(people), strict=True)
    )
    named = label(content.piles, votes)
    roles = [n for n, pile in enumerate(content.piles) if not pile.extra]
    home = cells[max(roles, key=lambda n: votes[n])] if named == "home" else None
    return Row(card, cells, total, sum(votes), agreement(votes), named, home, votes)


def _votes(content: Content, card: Card, counts: Counts) -> tuple[int, ...]:
    return tuple(counts.responses["placed", card.id, pile.id] for pile in content.piles)


def _tenth(part: int, whole: int) -> int:
    return 0 if part <= 0 or whole <= 0 else max(1, min(10, round(10 * part / whole)))


def label(piles: Sequence[Pile], votes: Sequence[int]) -> Label:
    """clear home: a role's Wilson 95% lower bound over half. split: the first two within one vote (this wins).

    outside: the same bound for an extra pile. methods.md 2.5 would call such a card split, though its agreement may be
    1.00: everybody agreed that no one role fits. That is not a split, and a room that reads so believes no other label.
    """
    n = sum(votes)
    if n < ENOUGH:
        return "few"
    first, second = sorted(votes, reverse=True)[:2]
    if first - second <= 1:
        return "split"
    home = max((v for pile, v in zip(piles, votes, strict=True) if not pile.extra), default=0)
    if wilson(first, n)[0] > 0.5:
        return "home" if home == first else "outside"
    return "leaning" if home / n >= 0.5 else "split"
