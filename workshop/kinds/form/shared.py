"""What the room shared: the counts, the sentences a few a page, the table of the write-up."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from workshop.gathered import Gathered, Note, View
from workshop.kinds.form.answers import SHOWS, Show
from workshop.kinds.form.content import PLACE, Content
from workshop.kinds.form.fields import FormField
from workshop.kinds.form.sentence import Piece, said
from workshop.model import N_
from workshop.text import Text

LINES_A_PAGE = 18.0  # of cards that fit one projector page, two side by side
LETTERS_A_LINE = 44
CARD = 1.5  # lines that a card takes beside its words
MOST_LINES = LINES_A_PAGE - CARD  # of one card at half the width
LARGE_LINES = 10  # of one card beside another that still fit in large letters
CARDS_A_PAGE = 4
BLOCKS_A_VIEW = 2  # tables that stand side by side on the wall


@dataclass(frozen=True)
class Entry:
    """An answer as the room may see it, in the language it was written in; `name` where the writer gave one.

    What a field holds is the writer's own words, or a date, hours or choice in both languages; `cells` has it column by
    column. What the sentence leaves out stands `above` it on the wall where it is in a column, and `below` it in the
    write-up where it is not. A withdrawn answer has no words: it is a gap where it stood.
    """

    lang: str
    pieces: tuple[Piece, ...] = ()
    above: tuple[str | Text, ...] = ()
    below: tuple[tuple[Text, str | Text], ...] = ()
    cells: tuple[str | Text | None, ...] = ()
    name: str = ""
    starred: bool = False
    withdrawn: bool = False


@dataclass(frozen=True)
class Row:
    """Something that can be chosen or ticked, and the answers that have it."""

    title: Text
    shape: str | None
    answers: int
    id: str


@dataclass(frozen=True)
class Block:
    """A table of counts: a choice by its `title`, or the checklist, which has none. `of` answers can have it."""

    title: Text | None
    rows: tuple[Row, ...]
    of: int


@dataclass(frozen=True)
class Page:
    """Entries that fit the wall together. `size` is how large their letters may be."""

    entries: tuple[Entry, ...]
    size: Literal["large", "middle", "small"]


@dataclass(frozen=True)
class Tally:
    """Answers, not people, are counted: a table makes one. `blocks` stand two a view, before the entries' pages."""

    question: Text
    people: int
    answers: int
    shows: tuple[tuple[Show, int], ...]
    dated: int | None  # shown answers with a date; None where none is asked for
    blocks: tuple[Block, ...]
    columns: tuple[FormField, ...]
    entries: tuple[Entry, ...]
    pages: tuple[Page, ...]
    views: tuple[View, ...]

    @property
    def shown(self) -> int:
        return sum(n for show, n in self.shows if show != "private")

    @property
    def counted(self) -> tuple[tuple[Block, ...], ...]:
        """The tables as they stand on the wall: at least one view, since the first has the figures too."""
        starts = range(0, max(1, len(self.blocks)), BLOCKS_A_VIEW)
        return tuple(self.blocks[n : n + BLOCKS_A_VIEW] for n in starts)

    @property
    def named(self) -> bool:
        return any(entry.name for entry in self.entries)


def tally(content: Content, gathered: Gathered) -> Tally:
    answers = gathered.counts.responses
    columns = tuple(field for id in content.columns if (field := content.field(id)))
    noted = sorted(gathered.notes.shown, key=lambda note: (not note.starred, note.id))
    entries = tuple(_entry(content, columns, note) for note in noted)
    dates = sorted((f for f in content.fields if f.type == "date" and not f.private), key=lambda f: not f.wanted)
    blocks, pages = _blocks(content, answers), _pages(entries)
    counted = max(1, (len(blocks) + 1) // BLOCKS_A_VIEW)
    views = [(N_("Counts, page %(page)s of %(pages)s"), n + 1, counted) for n in range(counted)]
    views += [(N_("Answers, page %(page)s of %(pages)s"), n + 1, len(pages)) for n in range(len(pages))]
    return Tally(
        question=content.question,
        people=gathered.counts.people["answered",],
        answers=answers["answered",],
        shows=tuple((show, answers["shown", show]) for show in SHOWS),
        dated=answers["given", dates[0].id] if dates else None,
        blocks=blocks,
        columns=columns,
        entries=entries,
        pages=pages,
        views=tuple(View(key, {"page": page, "pages": of}) for key, page, of in views),
    )


def _entry(content: Content, columns: Sequence[FormField], note: Note) -> Entry:
    if note.state != "shown":
        return Entry(note.lang, withdrawn=True)
    seen = {field: note.parts[field.id] for field in content.fields if field.id in note.parts}
    held = {field.id: field.in_both(given) or given for field, given in seen.items()}
    pieces = said(content, note.parts, note.lang)
    rest = [field for field in seen if field.id not in _spoken(content, held, note.lang)]
    return Entry(
        lang=note.lang,
        pieces=pieces,
        above=tuple(held[field.id] for field in rest if field in columns or not pieces),
        below=tuple((field.heading, held[field.id]) for field in rest if field not in columns or not pieces),
        cells=tuple(held.get(field.id) for field in columns),
        name=note.parts.get("name", ""),
        starred=note.starred,
    )


def _spoken(content: Content, filled: Mapping[str, Any], lang: str) -> set[str]:
    """The fields that the sentence says."""
    clauses = [PLACE.findall(clause.in_(lang)) for clause in content.sentence]
    return {id for asked in clauses if all(id in filled for id in asked) for id in asked}


def _blocks(content: Content, answers: Counter[tuple[str, ...]]) -> tuple[Block, ...]:
    """None where nobody shares anything."""
    shown = answers["shown", "anonymous"] + answers["shown", "named"]
    if not shown:
        return ()
    blocks = []
    for field in content.fields:
        if field.type == "choice" and not field.private:
            rows = tuple(Row(one.title, one.shape, answers["chose", field.id, one.id], one.id) for one in field.options)
            blocks.append(Block(field.heading, rows, sum(row.answers for row in rows)))
    if content.ticks:
        rows = tuple(Row(tick.title, None, answers["ticked", tick.id], tick.id) for tick in content.ticks)
        blocks.append(Block(None, rows, shown))
    return tuple(blocks)


def _pages(entries: Sequence[Entry]) -> tuple[Page, ...]:
    """Two cards a row, as many rows as fit the wall; what is too long for half its width has a page to itself."""
    pages: list[list[Entry]] = []
    room, rest = 0.0, list(entries)
    while rest:
        row = rest[:2] if all(_lines(entry) <= MOST_LINES for entry in rest[:2]) else rest[:1]
        need = max(_lines(entry) for entry in row) + CARD
        if not pages or need > room or len(pages[-1]) + len(row) > CARDS_A_PAGE:
            pages.append([])
            room = LINES_A_PAGE
        pages[-1] += row
        room -= need
        rest = rest[len(row) :]
    return tuple(_page(page) for page in pages)


def _page(entries: Sequence[Entry]) -> Page:
    """One card has the whole width, and so twice the room; two in large letters need a little less."""
    longest = max(_lines(entry) for entry in entries)
    if longest > 2 * MOST_LINES:
        return Page(tuple(entries), "small")
    large = longest <= MOST_LINES if len(entries) == 1 else len(entries) == 2 and longest <= LARGE_LINES
    return Page(tuple(entries), "large" if large else "middle")


def _lines(entry: Entry) -> int:
    """Lines of a card at half the width, in middle letters."""
    above = sum(_letters(one if isinstance(one, str) else one.cy + one.en) for one in entry.above)
    letters = sum(_letters(piece.words) for piece in entry.pieces)
    return bool(above) + above // LETTERS_A_LINE + 1 + letters // LETTERS_A_LINE + bool(entry.name)


def _letters(text: str) -> int:
    """Capitals, and what is no alphabet, are about twice as wide as other letters."""
    return len(text) + sum(1 for letter in text if letter.isupper() or letter > "\u2e7f")


def without_annex(tally: Tally) -> Tally:
    """Without the sentences: the table stays. The pages of the wall go too, because they hold them."""
    entries = tuple(replace(entry, pieces=(), above=(), below=()) for entry in tally.entries)
    return replace(tally, entries=entries, pages=(), views=tally.views[: len(tally.counted)])


def actions(tally: Tally) -> tuple[tuple[str, str, bool], ...]:
    """The shared sentences: those starred first, then those that say most of what the table has a column for."""
    said = [entry for entry in tally.entries if entry.pieces and not entry.withdrawn]
    said.sort(key=lambda entry: (not entry.starred, -sum(cell is not None for cell in entry.cells)))
    return tuple((entry.lang, "".join(piece.words for piece in entry.pieces), entry.starred) for entry in said)
