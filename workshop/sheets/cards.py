"""Cards to cut out: what stands on them, and where on a page."""

from collections.abc import Iterable
from dataclasses import dataclass

from workshop.kinds.card_sort import Content as CardSort
from workshop.kinds.info import Content as Info
from workshop.model import Exercise, Workshop
from workshop.text import Text

CARD_COLUMNS, CARD_ROWS, LARGE_CARD_ROWS = 2, 4, 3  # on A4
ROOM = (305, 560, 1300)  # letters on a card of one cell, of a row, of two rows; what has more gets the page
LARGE_ROOM = (165, 340, 800)


@dataclass(frozen=True)
class Card:
    """One card: a header card of a pile (`shape` stands for the pile), a card to sort, or a fact to read."""

    title: Text
    text: Text = Text()
    shape: str = ""

    def letters(self, lang: str) -> int:
        """How many letters of its text it has room for the words of: titles are set larger, those of piles most."""
        return int(len(self.title.in_(lang)) * (2.2 if self.shape else 1.5)) + len(self.text.in_(lang))


@dataclass(frozen=True)
class Deck:
    """The cards of one exercise. Those to sort do not say which pile they were written for: none is right."""

    exercise: Exercise
    cards: tuple[Card, ...]


@dataclass(frozen=True)
class Place:
    """A card on a page: over how many columns and rows, and how close its letters must stand (0 to 2)."""

    card: Card
    columns: int
    rows: int
    close: int


def decks(workshop: Workshop) -> tuple[Deck, ...]:
    """Card sorts, each once however often it is asked, and what there is to read; in the order of the agenda."""
    found = []
    for exercise in (*workshop.agenda, *workshop.reading):
        content = exercise.content
        cards: tuple[Card, ...] = ()
        if isinstance(content, CardSort) and exercise.of is None:
            cards = tuple(Card(pile.title, pile.text or Text(), content.marks[pile.id]) for pile in content.piles)
            cards += tuple(Card(card.title) for card in content.dealt)
        elif isinstance(content, Info):
            cards = tuple(Card(card.title, card.text) for card in content.cards)
        if cards:
            found.append(Deck(exercise, cards))
    return tuple(found)


def laid_out(cards: Iterable[Card], lang: str, *, large: bool) -> tuple[tuple[Place, ...], ...]:
    """Pages of cards in their order. A card with much on it takes a whole row, or more of them."""
    rows = LARGE_CARD_ROWS if large else CARD_ROWS
    pages: list[list[Place]] = []
    used = rows * CARD_COLUMNS  # cells of the last page
    for card in cards:
        place = _place(card, lang, large, rows)
        if place.columns == CARD_COLUMNS:
            used += used % CARD_COLUMNS
        if used + place.columns * place.rows > rows * CARD_COLUMNS:
            pages.append([])
            used = 0
        pages[-1].append(place)
        used += place.columns * place.rows
    return tuple(tuple(page) for page in pages)


def _place(card: Card, lang: str, large: bool, rows: int) -> Place:
    letters = card.letters(lang)
    cell, row, two = LARGE_ROOM if large else ROOM
    columns = 1 if letters <= cell else CARD_COLUMNS
    taken = 1 if letters <= row else 2 if letters <= two else rows
    room = (cell if columns == 1 else row if taken == 1 else two) or 1
    return Place(card, columns, taken, min(2, int(3 * letters / room)))
