"""notes: several short notes to prompts, put under themes while people talk. Prompts and themes count people."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from random import Random
from typing import Any, Literal

from pydantic import Field, model_validator

from workshop.gathered import Finding, Gathered, N_n, Note, Notes, Person, Sample, Sentence, Theme, View, Written
from workshop.kinds import sure, wall
from workshop.kinds.leading import PROMPTS, THEMES, Said, leader
from workshop.kinds.stacks import Group, Stack, stacked
from workshop.model import N_, Id, Invalid, parse
from workshop.model import Value as Base
from workshop.text import Text, clean, length

TAKES_THEMES = True
ANNEX = True  # every note stands in the write-up's annex

MOST_ALTOGETHER = 6000  # characters of all notes of one phone: they cross the wire together
MOST_CODE_POINTS = 8  # for each character that a person sees: enough for a family emoji, no room for a flood
QUOTED = 3  # of the largest themes, those with a quote under them
QUOTE_LINES = 3  # a quote that stands there has so many at most

# The table of bars on the wall, measured as in `wall`: the lines of titles and quotes, and what stands round them.
THEME_LINE, THEME_EM = 2.4, 26.0
PROMPT_LINE, PROMPT_EM = 1.9, 33.5
BAR, CAPTION = 1.6, 4.4
SAID_LINE, SAID_EM, SAID = 2.4, 45.0, 1.0


class Prompt(Base):
    id: Id
    title: Text


class Help(Base):
    title: Text
    items: tuple[Text, ...]


class Content(Base):
    """`most` notes a phone, each up to `longest` characters (grapheme clusters)."""

    question: Text
    prompts: tuple[Prompt, ...] = Field(min_length=1)
    help: tuple[Help, ...] = ()
    most: int = Field(default=5, ge=1, le=20)
    longest: int = Field(default=200, ge=20, le=2000)

    @model_validator(mode="after")
    def _ids_differ(self) -> "Content":
        if len({p.id for p in self.prompts}) != len(self.prompts):
            raise ValueError("two prompts have the same id")
        if self.most * self.longest > MOST_ALTOGETHER:
            raise ValueError(f"most times longest is {self.most * self.longest}; a phone can send {MOST_ALTOGETHER}")
        return self


class OneNote(Base):
    """The phone makes the id, so that a note sent twice is one note. `quotable`: its writer ticked "may be quoted"."""

    id: str = Field(pattern=r"^[0-9a-z]{8,32}$")
    prompt: str
    lang: Literal["cy", "en"]
    text: str = Field(max_length=8000)
    quotable: bool = False


class Value(Base):
    notes: tuple[OneNote, ...] = Field(max_length=20)


@dataclass(frozen=True)
class PromptTally:
    """A prompt and how many people wrote to it, in how many answers."""

    prompt: Prompt
    people: int
    answers: int


@dataclass(frozen=True)
class ThemeTally:
    """A theme and how many people have a note in it, in how many answers."""

    theme: Theme
    people: int
    answers: int


@dataclass(frozen=True)
class Bar:
    """One row of the first picture. Without a title it is what lies in no theme."""

    title: Text | None
    people: int
    quote: Note | None = None


@dataclass(frozen=True)
class Tally:
    """What people wrote. `unsorted` people have a note in no theme.

    A tally is made at every push, with thousands of notes waiting: what costs as much as there are notes to show is
    made when it is asked for.
    """

    question: Text
    prompts: tuple[PromptTally, ...]
    themes: tuple[ThemeTally, ...]  # as the facilitator ordered them
    unsorted: int
    notes: Notes
    people: int  # who wrote, and in how many answers
    answers: int

    @property
    def waiting(self) -> int:
        """Notes that came in after the last reveal and stand behind a button."""
        return self.notes.waiting

    @cached_property
    def views(self) -> tuple[View, ...]:
        counted = [View(N_("The themes")) if self.themes else View(N_("How many wrote to each prompt"))]
        if len(self.bars) != 1:
            counted = _views(N_("How many people wrote, page %(page)s of %(pages)s"), len(self.bars))
        return (*counted, *_views(N_("Notes, page %(page)s of %(pages)s"), len(self.pages)))

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Everything that may be shown: theme by theme, then what lies in none, by prompt."""
        by_theme: defaultdict[str, list[Stack]] = defaultdict(list)
        by_prompt: defaultdict[str, list[Stack]] = defaultdict(list)
        known = {one.theme.id for one in self.themes}
        for stack in stacked(self.notes.shown):
            themes = [theme for theme in stack.head.themes if theme in known]
            for theme in themes:
                by_theme[theme].append(stack)
            if not themes:
                by_prompt[stack.head.group].append(stack)
        themed = (Group(one.theme.title, one.people, False, tuple(by_theme[one.theme.id])) for one in self.themes)
        loose = (
            Group(one.prompt.title, None, bool(self.themes), tuple(by_prompt[one.prompt.id])) for one in self.prompts
        )
        return tuple(group for group in (*themed, *loose) if group.stacks)

    @cached_property
    def rows(self) -> tuple[Bar, ...]:
        """People by theme, the largest first, the largest few with a quote; where there are no themes, by prompt."""
        if not self.themes:
            return self.by_prompt
        ranked = sorted(self.themes, key=lambda one: -one.people)
        quotes = _quotes([one.theme.id for one in ranked[:QUOTED]], self.notes.shown)
        rows = [Bar(one.theme.title, one.people, quotes.get(one.theme.id)) for one in ranked]
        return (*rows, Bar(None, self.unsorted)) if self.unsorted else tuple(rows)

    @property
    def by_prompt(self) -> tuple[Bar, ...]:
        return tuple(Bar(one.prompt.title, one.people) for one in self.prompts)

    @cached_property
    def bars(self) -> tuple[tuple[Bar, ...], ...]:
        """The rows by page of the wall. None where there is one prompt, no theme, and notes to go to at once."""
        if not self.themes and len(self.prompts) == 1 and self.pages:
            return ()
        pages: list[list[Bar]] = []
        room = 0.0
        for row in self.rows:
            need = _bar_height(row, theme=bool(self.themes))
            if not pages or need > room:
                pages.append([])
                room = wall.COLUMN - CAPTION
            pages[-1].append(row)
            room -= need
        return tuple(tuple(page) for page in pages)

    @cached_property
    def pages(self) -> tuple[tuple[Group, ...], ...]:
        return wall.pages(self.groups)


def _views(key: str, pages: int) -> list[View]:
    return [View(key, {"page": n + 1, "pages": pages}) for n in range(pages)]


def read(content: Content, raw: Any) -> Value:
    if isinstance(raw, Mapping) and isinstance(raw.get("notes"), list):
        raw = {**raw, "notes": tuple(raw["notes"])}
    value = parse(Value, raw)
    if len(value.notes) > content.most:
        raise Invalid("notes", N_("At most %(most)s notes."), most=content.most)
    if len({note.id for note in value.notes}) != len(value.notes):
        raise Invalid("notes", N_("This answer is not in a form that can be read."))
    prompts = {p.id for p in content.prompts}
    kept = []
    for note in value.notes:
        if note.prompt not in prompts:
            raise Invalid("notes.prompt", N_("That prompt is not in this exercise."))
        kept.append(note.model_copy(update={"text": written_text(note.text, content.longest)}))
    return Value(notes=tuple(kept))


def written_text(raw: str, longest: int) -> str:
    """Cleaned, or Invalid where nothing is left or it is too long."""
    text = clean(raw)
    if not text:
        raise Invalid("text", N_("Write something first."))
    if length(text) > longest or len(text) > MOST_CODE_POINTS * longest:
        raise Invalid("text", N_("Too long: at most %(longest)s characters."), longest=longest)
    return text


def count(content: Content, value: Value) -> Counter[tuple[str, ...]]:
    return Counter({("prompt", prompt): 1 for prompt in {note.prompt for note in value.notes}})


def progress(content: Content, value: Value) -> tuple[int, int]:
    """One note is a finished answer; nobody owes the room five."""
    return min(1, len(value.notes)), 1


def written(content: Content, value: Value) -> tuple[Written, ...]:
    return tuple(Written(note.id, note.prompt, note.lang, note.text, note.quotable) for note in value.notes)


def count_notes(content: Content, value: Value, notes: Sequence[Note]) -> Counter[tuple[str, ...]]:
    """One for each theme that any of a response's notes is in, so that a theme counts people and not notes."""
    counts: Counter[tuple[str, ...]] = Counter({("theme", theme): 1 for note in notes for theme in note.themes})
    if any(not note.themes for note in notes):
        counts["unsorted",] = 1
    return counts


def tally(content: Content, gathered: Gathered) -> Tally:
    people, answers = gathered.counts.people, gathered.counts.responses
    return Tally(
        question=content.question,
        prompts=tuple(PromptTally(p, people["prompt", p.id], answers["prompt", p.id]) for p in content.prompts),
        themes=tuple(ThemeTally(t, people["theme", t.id], answers["theme", t.id]) for t in gathered.notes.themes),
        unsorted=people["unsorted",],
        notes=gathered.notes,
        people=gathered.turnout.people,
        answers=gathered.turnout.responses,
    )


def _quotes(themes: Sequence[str], shown: Sequence[Note]) -> dict[str, Note]:
    """For each of these themes the first of its quotes that is short enough, none for two of them."""
    quotes = sorted((note for note in shown if note.quote), key=lambda note: note.id)
    fitting = [note for note in quotes if len(wall.lines(note.text, SAID_EM)) <= QUOTE_LINES]
    found: dict[str, Note] = {}
    for theme in themes:
        fresh = (note for note in fitting if theme in note.themes and note not in found.values())
        if quote := next(fresh, None):
            found[theme] = quote
    return found


def _bar_height(row: Bar, *, theme: bool) -> float:
    """The titles of themes are short: both languages stand in one line."""
    line, em = (THEME_LINE, THEME_EM) if theme else (PROMPT_LINE, PROMPT_EM)
    titles = [""] if row.title is None else [wall.in_one_line(row.title)] if theme else wall.spoken(row.title)
    said = SAID_LINE * len(wall.lines(row.quote.text, SAID_EM)) + SAID if row.quote else 0.0
    return line * sum(len(wall.lines(title, em)) for title in titles) + BAR + said


def without_annex(tally: Tally) -> Tally:
    """Without the notes: how many wrote about what stays."""
    return replace(tally, notes=Notes(themes=tally.notes.themes))


def actions(tally: Tally) -> tuple[tuple[str, str, bool], ...]:
    """The quotes: starred, and their writers agreed."""
    return tuple((note.lang, note.text, True) for note in tally.notes.shown if note.quote)


def findings(content: Content, tally: Tally, study: None) -> tuple[Finding, ...]:
    return tuple(_found(tally)) if tally.answers >= sure.ENOUGH else ()


def _found(tally: Tally) -> Iterable[Finding]:
    """The theme that most people wrote about, or the prompt where there are no themes; and how much the room saw."""
    if tally.themes:
        themes = [Said(one.theme.id, one.theme.title, one.people, one.answers) for one in tally.themes]
        yield from leader(themes, tally.people, tally.answers, "theme", THEMES)
    elif len(tally.prompts) > 1:
        prompts = [Said(one.prompt.id, one.prompt.title, one.people, one.answers) for one in tally.prompts]
        yield from leader(prompts, tally.people, tally.answers, "prompt", PROMPTS)
    if shown := sum(1 for note in tally.notes.shown if note.state == "shown"):
        key = N_n(
            "%(people)s people wrote, and the room saw %(n)s note.",
            "%(people)s people wrote, and the room saw %(n)s notes.",
        )
        says, certain = Sentence(key, {"people": tally.people}, n=shown), sure.counted()
        yield Finding(str(shown), says, certain, "count", (), sure.weight("count", 0.5, certain.grade))


def imagine(content: Content, random: Random, person: Person, hints: Mapping[str, Any]) -> Any:
    given = list(hints.get("notes", ()))
    if "notes" not in hints:
        prompt = random.choice(content.prompts)
        given = [{"prompt": prompt.id, "lang": person.lang, "text": prompt.title.in_(person.lang)[: content.longest]}]
    if not given:
        return None
    chosen = random.sample(given, min(len(given), content.most))
    return {
        "notes": [
            {"id": f"{random.getrandbits(64):016x}", "quotable": random.random() < 0.5, **note} for note in chosen
        ]
    }


SAMPLE = Sample(
    content={
        "question": {"cy": "Beth?", "en": "What?"},
        "prompts": [{"id": f"q{n}", "title": {"cy": f"Cwestiwn {n}", "en": f"Question {n}"}} for n in range(2)],
        "most": 3,
        "longest": 40,
    },
    responses=(
        {"notes": [{"id": "aaaaaaaa1", "prompt": "q0", "lang": "cy", "text": "Dŵr a bŷs", "quotable": True}]},
        {"notes": [{"id": f"bbbbbbbb{n}", "prompt": "q1", "lang": "en", "text": "Buses"} for n in range(3)]},
        {"notes": []},
    ),
    refused=(
        {"notes": [{"id": "aaaaaaaa1", "prompt": "nowhere", "lang": "en", "text": "x"}]},
        {"notes": [{"id": "aaaaaaaa1", "prompt": "q0", "lang": "en", "text": "\u200b\u0000 "}]},
        {"notes": [{"id": "aaaaaaaa1", "prompt": "q0", "lang": "en", "text": "x" * 41}]},
        {"notes": [{"id": "aaaaaaaa1", "prompt": "q0", "lang": "fr", "text": "x"}]},
        {"notes": [{"id": "aaaaaaaa1", "prompt": "q0", "lang": "en", "text": "x", "quotable": "yes"}]},
        {"notes": [{"id": "ID WITH SPACE", "prompt": "q0", "lang": "en", "text": "x"}]},
        {"notes": [{"id": f"bbbbbbbb{n}", "prompt": "q1", "lang": "en", "text": "x"} for n in range(4)]},
        {"notes": [{"id": "bbbbbbbb1", "prompt": "q1", "lang": "en", "text": "x"}] * 2},
        {"notes": "many"},
        {},
        None,
    ),
)
