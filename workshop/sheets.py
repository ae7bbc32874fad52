"""What is printed before a session: which sheets it has, what stands on them, how many and how large. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import regex

from workshop.kinds.card_sort import Content as CardSort
from workshop.kinds.form import Content as Form
from workshop.kinds.form.content import PLACE
from workshop.kinds.form.fields import FormField
from workshop.kinds.info import Content as Info
from workshop.kinds.scale import Content as Scale
from workshop.model import N_, Exercise, Invalid, Perspective, Phase, Workshop, asks
from workshop.text import Text

SHEETS = ("poster", "tents", "cards", "slips", "postcards", "run-sheet")

COPIES = range(1, 301)  # of anything; more is a slip of the hand
PEOPLE = 20  # in the room, where nobody says
A_TABLE = 6  # people
ONE_WITHOUT_PHONE_IN = 5  # a set of slips is printed for so many people
SETS = 10  # of slips at most, unless somebody asks for more: the printer repeats pages faster than we draw them
BEGINS = 10 * 60  # minutes after midnight

CODE_MM = {"a4": 172, "a3": 262, "tent": 88}  # width of a QR code, without its white margin
WIDTHS_AWAY = 10

CARD_COLUMNS, CARD_ROWS, LARGE_CARD_ROWS = 2, 4, 3  # on A4
ROOM = (305, 560, 1300)  # letters on a card of one cell, of a row, of two rows; what has more gets the page
LARGE_ROOM = (165, 340, 800)
ROOM_FOR_LINES = 3  # gaps: a postcard whose sentence has no more also has lines for a first step and a date

Paper = Literal["a4", "a3"]


# --- What is asked for -------------------------------------------------------------------------------------------


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


# --- The code ----------------------------------------------------------------------------------------------------


def reading_distance(width: float) -> float:
    """How far away a QR code of so many millimetres can still be read, in metres, rounded down to tenths.

    Ten times its width. From there it takes up 5.7 degrees of what a phone's camera sees, which is about 65 across: of
    the 1080 pixels that phones look at codes with, 90 or so, which is nearly three for each of the 33 modules of our
    codes. A reader needs two; the rest is for shaking hands and bad light.
    """
    return int(width * WIDTHS_AWAY / 100) / 10


# --- Cards to cut out --------------------------------------------------------------------------------------------


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


# --- Slips -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Slip:
    """What one person writes on in one exercise. `content` is only what that person is asked.

    `perspectives` are those that answer this slip; `title` names them where others get another one.
    """

    exercise: Exercise
    content: Any
    perspectives: tuple[Perspective, ...]
    title: Text | None = None


def slips(workshop: Workshop) -> tuple[Slip, ...]:
    """One for each exercise that asks, and where perspectives rate statements of their own, one for each list."""
    found: list[Slip] = []
    for exercise in filter(asks, workshop.agenda):
        content = exercise.content
        if not isinstance(content, Scale) or content.whole:
            found.append(Slip(exercise, content, workshop.perspectives))
            continue
        for one in content.lists:
            speak = tuple(p for p in workshop.perspectives if content.list_for(p.id) is one)
            found.append(Slip(exercise, content.model_copy(update={"lists": (one,)}), speak, one.title))
    return tuple(found)


@dataclass(frozen=True)
class Gap:
    """Where something is to be written into a sentence."""

    field: FormField


def gaps(content: Form, lang: str) -> tuple[tuple[str, tuple[str | Gap, ...]], ...]:
    """The sentence of a form with gaps, clause by clause: the language it is in, its words and gaps in their order."""
    clauses: list[tuple[str, tuple[str | Gap, ...]]] = []
    for clause in content.sentence:
        words, spoken = clause.spoken(lang)
        pieces: list[str | Gap] = []
        for index, piece in enumerate(PLACE.split(words)):  # words and ids take turns
            blank = content.field(piece) if index % 2 else None
            if blank:
                pieces.append(Gap(blank))
            elif piece:
                pieces.append(piece)
        if clauses and pieces and not regex.match(r"[,.;:?!]", words):
            pieces.insert(0, " ")
        clauses.append((spoken, tuple(pieces)))
    return tuple(clauses)


# --- Postcards ---------------------------------------------------------------------------------------------------


def postcards(workshop: Workshop) -> tuple[Exercise, ...]:
    """The exercises whose answers people take along on a card: what they ask for and what they will do."""
    return tuple(exercise for exercise in workshop.agenda if isinstance(exercise.content, Form))


def has_lines(content: Form) -> bool:
    """Whether its postcard has room for a first step and a date beside the sentence."""
    return len(content.spoken) <= ROOM_FOR_LINES


# --- The run sheet -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """An exercise at its time, its phases at theirs, and the sheets to have at hand."""

    at: str
    exercise: Exercise
    phases: tuple[tuple[str, Phase], ...]
    ready: tuple[str, ...]


def timetable(workshop: Workshop, begins: int) -> tuple[tuple[Row, ...], str]:
    """Every exercise with the clock time at which it begins, and when the last one ends."""
    with_cards = {deck.exercise.id for deck in decks(workshop)}
    rows, at = [], begins
    for exercise in workshop.agenda:
        phases, then = [], at
        for phase in exercise.phases:
            phases.append((clock_time(then), phase))
            then += phase.minutes
        first = next((one for one in workshop.agenda if one.id == exercise.of), exercise)
        ready = {
            "cards": exercise.id in with_cards or (first.kind == exercise.kind and first.id in with_cards),
            "slips": asks(exercise),
            "postcards": isinstance(exercise.content, Form),
        }
        rows.append(Row(clock_time(at), exercise, tuple(phases), tuple(name for name, there in ready.items() if there)))
        at += exercise.minutes
    return tuple(rows), clock_time(at)


def clock_time(minutes: int) -> str:
    """Hours and minutes of so many minutes after midnight; after the next midnight it begins again."""
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"
