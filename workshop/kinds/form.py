"""form: typed fields, a sentence made of what is filled in, and a checklist. Each person says who may see their answer.

What the author or the writer keeps private never leaves the answer: it is in no count, no note and no tally.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Literal

import regex
from pydantic import Field, model_validator

from workshop.gathered import Finding, Gathered, Note, Person, Sample, View, Written
from workshop.kinds.fields import HOURS, MONTHS, FormField, within
from workshop.kinds.notes import Help
from workshop.model import N_, Id, Invalid, parse
from workshop.model import Value as Base
from workshop.text import Text, clean

Show = Literal["private", "anonymous", "named"]
SHOWS: tuple[Show, ...] = ("private", "anonymous", "named")

LONGEST_NAME = 80
MOST_ALTOGETHER = 6000  # characters of all fields of one phone: they cross the wire together
MOST_SAID = 1500  # characters of the fields in the sentence: as many as a projector shows at once
ENOUGH = 5  # answers from which on a sentence is made of them

LINES_A_PAGE = 18.0  # of cards that fit one projector page, two side by side
LETTERS_A_LINE = 44
CARD = 1.5  # lines that a card takes beside its words
MOST_LINES = LINES_A_PAGE - CARD  # of one card at half the width
LARGE_LINES = 10  # of one card beside another that still fit in large letters
CARDS_A_PAGE = 4
BLOCKS_A_VIEW = 2  # tables that stand side by side on the wall

NAMES = ("Mair", "Huw", "Ceri", "Anwen", "Dai", "Nia", "Pauline", "Tariq", "Beth o Lanarth")  # of rehearsals

_PLACE = regex.compile(r"\{([a-z0-9-]+)\}")


class Tick(Base):
    """One line of the checklist: ticked where all its fields are filled in. Never a score."""

    id: Id
    title: Text
    fields: tuple[str, ...] = Field(min_length=1)


class Content(Base):
    """`sentence`: clauses with {fields}; see `said`. `columns`: ids of the fields that the write-up's table has.

    `actions`: what people say here is what they will do; starred ones stand on the first page of the write-up.
    """

    question: Text
    fields: tuple[FormField, ...] = Field(min_length=1, max_length=20)
    sentence: tuple[Text, ...] = ()
    ticks: tuple[Tick, ...] = Field(default=(), max_length=8)
    columns: tuple[str, ...] = Field(default=(), max_length=6)
    help: tuple[Help, ...] = ()
    actions: bool = False

    @model_validator(mode="after")
    def _ids_fit(self) -> "Content":
        fields = {field.id: field for field in self.fields}
        if len(fields) != len(self.fields):
            raise ValueError("two fields have the same id")
        if "name" in fields:
            raise ValueError("no field can have the id 'name': it is the writer's")
        if len({tick.id for tick in self.ticks}) != len(self.ticks):
            raise ValueError("two ticks have the same id")
        named = [*self.columns, *(field for tick in self.ticks for field in tick.fields)]
        for clause in self.sentence:
            asked = set(_PLACE.findall(clause.cy)) if clause.cy else set(_PLACE.findall(clause.en))
            if clause.cy and clause.en and asked != set(_PLACE.findall(clause.en)):
                raise ValueError(f"the clause {clause.en!r} has other fields in Welsh")
            named += asked
        if strange := [id for id in named if id not in fields]:
            raise ValueError(f"there is no field {strange[0]!r}; the fields are {', '.join(fields)}")
        if private := [id for id in self.columns if fields[id].private]:
            raise ValueError(f"the column {private[0]!r} is private; nobody else can see it")
        return self

    @model_validator(mode="after")
    def _fits_wire_and_wall(self) -> "Content":
        most = {field.id: field.most for field in self.fields}
        if sum(most.values()) > MOST_ALTOGETHER:
            raise ValueError(f"the fields take {sum(most.values())} characters; a phone can send {MOST_ALTOGETHER}")
        if (spoken := sum(most[id] for id in self.spoken)) > MOST_SAID:
            raise ValueError(f"the fields of the sentence take {spoken} characters; a projector shows {MOST_SAID}")
        return self

    @property
    def spoken(self) -> set[str]:
        """The fields that stand in the sentence."""
        return {id for clause in self.sentence for text in (clause.cy, clause.en) for id in _PLACE.findall(text)}

    def field(self, id: str) -> FormField | None:
        return next((field for field in self.fields if field.id == id), None)

    def months(self, lang: str) -> tuple[str, ...]:
        return MONTHS[lang]

    def hours(self, lang: str) -> tuple[str, str]:
        return HOURS[lang]


class Value(Base):
    """`filled`: field id -> what was given: a date as yyyy-mm-dd, a choice as its option's id. What is
    skipped is missing.

    `kept` are fields that the writer keeps to themselves. Nothing is shown unless they chose so.
    """

    id: str = Field(pattern=r"^[0-9a-z]{8,32}$")  # made on the phone
    lang: Literal["cy", "en"]
    filled: dict[str, str] = Field(max_length=40)
    kept: tuple[str, ...] = Field(default=(), max_length=40)
    show: Show = "private"
    name: str = Field(default="", max_length=1000)
    quotable: bool = False


@dataclass(frozen=True)
class Piece:
    """Some words of a sentence: the author's, or `given` by the writer."""

    words: str
    given: bool


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


# Reading


def read(content: Content, raw: Any) -> Value:
    if isinstance(raw, Mapping) and isinstance(raw.get("kept"), list):
        raw = {**raw, "kept": tuple(raw["kept"])}
    value = parse(Value, raw)
    if strange := [id for id in (*value.filled, *value.kept) if content.field(id) is None]:
        raise Invalid(f"filled.{strange[0]}", N_("That field is not in this form."))
    filled = {field.id: field.read(value.filled[field.id]) for field in content.fields if field.id in value.filled}
    if value.show == "named" and not clean(value.name):
        raise Invalid("name", N_("Write your name, or choose another way to show this."))
    return value.model_copy(
        update={
            "filled": {id: given for id, given in filled.items() if given},
            "kept": tuple(field.id for field in content.fields if field.id in value.kept and not field.private),
            "name": within("name", value.name, LONGEST_NAME) if value.show == "named" else "",
        }
    )


# What others may see


def public(content: Content, value: Value) -> dict[str, str]:
    """What was filled in and may be seen by others: nothing, unless the writer chose to show it."""
    if value.show == "private":
        return {}
    secret = {field.id for field in content.fields if field.private} | set(value.kept)
    return {id: given for id, given in value.filled.items() if id not in secret}


def count(content: Content, value: Value) -> Counter[tuple[str, ...]]:
    if not value.filled:
        return Counter()
    seen = public(content, value)
    counts: Counter[tuple[str, ...]] = Counter({("answered",): 1, ("shown", value.show if seen else "private"): 1})
    for field in content.fields:
        if field.id in seen:
            counts["given", field.id] = 1
            if field.type == "choice":
                counts["chose", field.id, seen[field.id]] = 1
    for tick in content.ticks:
        if all(id in seen for id in tick.fields):
            counts["ticked", tick.id] = 1
    return counts


def progress(content: Content, value: Value) -> tuple[int, int]:
    """Finished once all that is wanted is there; whatever else is filled in makes an answer all the same."""
    wanted = {field.id for field in content.fields if field.wanted}
    return len(value.filled), max(1, len(wanted | value.filled.keys()))


def written(content: Content, value: Value) -> tuple[Written, ...]:
    seen = public(content, value)
    if not seen:
        return ()
    listed = "; ".join(_in_words(content, id, given, value.lang) for id, given in seen.items())
    text = "".join(piece.words for piece in said(content, seen, value.lang)) or listed
    parts = seen | ({"name": value.name} if value.show == "named" else {})
    return (Written(value.id, value.show, value.lang, text, value.quotable, parts),)


# The sentence


def said(content: Content, filled: Mapping[str, str], lang: str) -> tuple[Piece, ...]:
    """The sentence of what is filled in, without holes; static/js/kinds/form.js says it live in the same way.

    A clause is said where all its fields are filled. One without fields, such as a question mark, is said where the
    sentence has begun. Clauses are joined by a space, but for those that begin with a mark. A sentence begins with a
    capital letter and without a mark.
    """
    pieces: list[Piece] = []
    begun = False
    for clause in content.sentence:
        words = clause.in_(lang)
        asked = _PLACE.findall(words)
        if not words or not (asked or begun) or not all(id in filled for id in asked):
            continue
        if begun:
            joined = words if words[0] in ",;:.?!" else f" {words}"
        else:
            joined = (" " if pieces else "") + words.lstrip(" ,;:")
        pieces += _filled_in(content, joined, filled, lang, capital=not begun)
        begun = words[-1] not in ".?!"
    return tuple(pieces)


def _filled_in(content: Content, clause: str, filled: Mapping[str, str], lang: str, *, capital: bool) -> list[Piece]:
    pieces = []
    for n, words in enumerate(_PLACE.split(clause)):
        given = n % 2 == 1
        spoken = _in_words(content, words, filled[words], lang) if given else words
        if capital and spoken.strip():
            spoken, capital = _capital(spoken), False
        if spoken:
            pieces.append(Piece(spoken, given))
    return pieces


def _capital(words: str) -> str:
    start = len(words) - len(words.lstrip())
    return words[:start] + words[start : start + 1].upper() + words[start + 1 :]


def _in_words(content: Content, id: str, given: str, lang: str) -> str:
    """What stands in a field, as a sentence in `lang` says it: the author's full stop closes it, not the writer's."""
    field = content.field(id)
    spoken = field.in_both(given, said=True) if field else None
    return spoken.in_(lang) if spoken else given.rstrip(" .") or given


# The tally


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
    clauses = [_PLACE.findall(clause.in_(lang)) for clause in content.sentence]
    return {id for asked in clauses if all(id in filled for id in asked) for id in asked}


def _blocks(content: Content, answers: Counter[tuple[str, ...]]) -> tuple[Block, ...]:
    """None where nobody shares anything."""
    shown = answers["shown", "anonymous"] + answers["shown", "named"]
    if not shown:
        return ()
    blocks = []
    for field in content.fields:
        if field.type == "choice" and not field.private:
            rows = tuple(Row(one.title, one.shape, answers["chose", field.id, one.id]) for one in field.options)
            blocks.append(Block(field.heading, rows, sum(row.answers for row in rows)))
    if content.ticks:
        rows = tuple(Row(tick.title, None, answers["ticked", tick.id]) for tick in content.ticks)
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


def findings(content: Content, tally: Tally, study: None) -> tuple[Finding, ...]:
    if tally.dated is None or tally.shown < ENOUGH:
        return ()
    return (
        Finding(
            f"{tally.dated}/{tally.shown}",
            N_("%(shown)s answers were shared, %(dated)s of them with a date. The question: “%(question)s”"),
            {"shown": tally.shown, "dated": tally.dated, "question": content.question},
            0.35,
        ),
    )


def imagine(content: Content, random: Random, person: Person, hints: Mapping[str, Any]) -> Any:
    """One of the pack's examples, or something made up; some keep it private, some keep a field, some sign."""
    given = list(hints.get("forms", ()))
    if "forms" in hints and not given:
        return None
    one: Mapping[str, Any] = random.choice(given) if given else _made_up(content, random, person.lang)
    show = one.get("show") or random.choices(SHOWS, (2, 5, 3))[0]
    kept = random.sample(sorted(one["filled"]), 1) if one["filled"] and random.random() < 0.15 else []
    return {
        "id": f"{random.getrandbits(64):016x}",
        "lang": one["lang"],
        "filled": {id: str(words) for id, words in one["filled"].items()},
        "kept": one.get("kept", kept),
        "show": show,
        "name": one.get("name", random.choice(NAMES)) if show == "named" else "",
        "quotable": random.random() < 0.6,
    }


def _made_up(content: Content, random: Random, lang: str) -> dict[str, Any]:
    """Most of what is wanted and half of the rest, each field in the words of its title."""
    filled = {}
    for field in content.fields:
        made = {
            "choice": random.choice(field.options).id if field.options else "",
            "date": f"2027-{random.randint(1, 12):02}-{random.randint(1, 28):02}",
            "hours": random.choice(("1", "2.5", "4", "6", "12")),
        }
        if random.random() < (0.9 if field.wanted else 0.5):
            filled[field.id] = made.get(field.type) or field.title.in_(lang)[: field.most]
    return {"lang": lang, "filled": filled}


def _raw(filled: Any, **more: Any) -> dict[str, Any]:
    return {"id": "aaaaaaaa1", "lang": "en", "filled": filled, **more}


_HOST = {"id": "host", "title": {"cy": "Croesawydd", "en": "Host"}, "shape": "circle"}
_COOK = {"id": "cook", "title": {"cy": "Cogydd", "en": "Cook"}, "said": {"cy": "cogydd", "en": "a cook"}}
SAMPLE = Sample(
    content={
        "question": {"cy": "Beth wnewch chi?", "en": "What will you do?"},
        "fields": [
            {"id": "do", "type": "line", "title": {"cy": "Beth", "en": "What"}, "wanted": True, "longest": 40},
            {"id": "role", "type": "choice", "title": {"cy": "Rôl", "en": "Role"}, "options": [_HOST, _COOK]},
            {"id": "hours", "type": "hours", "title": {"cy": "Oriau", "en": "Hours"}},
            {"id": "until", "type": "date", "title": {"cy": "Tan", "en": "Until"}, "wanted": True},
            {"id": "why", "type": "text", "title": {"cy": "Pam", "en": "Why"}, "extra": True},
            {"id": "check", "type": "text", "title": {"cy": "Gwirio", "en": "Check"}, "private": True, "extra": True},
        ],
        "sentence": [
            {"cy": "Byddaf yn {do}", "en": "I will {do}"},
            {"cy": "fel {role}", "en": "as {role}"},
            {"cy": ", am {hours}", "en": ", for {hours}"},
            {"cy": ", tan {until}", "en": ", until {until}"},
            {"cy": ".", "en": "."},
            {"cy": "Achos: {why}.", "en": "Because: {why}."},
        ],
        "ticks": [
            {"id": "one-thing", "title": {"cy": "Un peth", "en": "One thing"}, "fields": ["do"]},
            {"id": "time", "title": {"cy": "Amser", "en": "Time"}, "fields": ["hours", "until"]},
        ],
        "columns": ["do", "role", "until"],
        "actions": True,
    },
    responses=(
        _raw({"do": "coginio cawl", "role": "cook"}, lang="cy", show="anonymous"),
        _raw(
            {"do": "open up", "hours": "2,5", "until": "2028-02-29", "why": "It is cold.", "check": "My back"},
            **{"id": "bbbbbbbb1", "kept": ["why"], "show": "named", "name": "Mair", "quotable": True},
        ),
        _raw({"do": "sing", "role": "host"}, id="cccccccc1"),
        _raw({}, id="dddddddd1"),
    ),
    refused=(
        *(_raw({"until": date}) for date in ("2027-02-29", "2027-04-31", "2027-13-01", "1999-12-31", "4 March")),
        *(_raw({"hours": hours}) for hours in ("lots", "0", "0.4", "1000.1", "2.55", "-6", 6)),
        *(_raw(filled) for filled in ({"nothing": "x"}, {"role": "clown"}, {"do": "x" * 41}, ["do"], None)),
        *(_raw({"do": "sing"}, show="named", **name) for name in ({}, {"name": "\u200b "}, {"name": "x" * 81})),
        _raw({"do": "sing"}, kept=["nothing"]),
        _raw({"do": "sing"}, show="everyone"),
        _raw({"do": "sing"}, lang="fr"),
        _raw({"do": "sing"}, id="ID WITH SPACE"),
        {"id": "aaaaaaaa1", "lang": "en"},
        {},
        None,
    ),
)
