"""notes: several short notes to prompts. Notes are listed; a prompt counts the people who wrote to it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Literal

from pydantic import Field, model_validator

from workshop.model import N_, Counts, Finding, Id, Invalid, Note, Person, Sample, Turnout, View, Written, parse
from workshop.model import Value as Base
from workshop.text import Text, clean, length

LINES_A_PAGE = 34  # of notes that fit one projector page, in its two columns
LETTERS_A_LINE = 42
ENOUGH = 5  # people from whom on a sentence is made
MOST_ALTOGETHER = 6000  # characters of all notes of one phone: they cross the wire together
MOST_CODE_POINTS = 8  # for each character that a person sees: enough for a family emoji, no room for a flood


class Prompt(Base):
    id: Id
    title: Text


class Help(Base):
    title: Text
    items: tuple[Text, ...]


class Content(Base):
    """`most` notes a phone, each up to `longest` characters (grapheme clusters).

    `actions`: what people say here is what they will do; starred ones stand on the first page of the write-up.
    """

    question: Text
    prompts: tuple[Prompt, ...] = Field(min_length=1)
    help: tuple[Help, ...] = ()
    most: int = Field(default=5, ge=1, le=20)
    longest: int = Field(default=200, ge=20, le=2000)
    actions: bool = False

    @model_validator(mode="after")
    def _ids_differ(self) -> "Content":
        if len({p.id for p in self.prompts}) != len(self.prompts):
            raise ValueError("two prompts have the same id")
        if self.most * self.longest > MOST_ALTOGETHER:
            raise ValueError(f"most times longest is {self.most * self.longest}; a phone can send {MOST_ALTOGETHER}")
        return self


class OneNote(Base):
    """The phone makes the id, so that a note sent twice is one note."""

    id: str = Field(pattern=r"^[0-9a-z]{8,32}$")
    prompt: str
    lang: Literal["cy", "en"]
    text: str = Field(max_length=8000)


class Value(Base):
    notes: tuple[OneNote, ...] = Field(max_length=20)


@dataclass(frozen=True)
class PromptTally:
    """A prompt, how many people wrote to it, and its notes as the room may see them."""

    prompt: Prompt
    people: int
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class Group:
    """A prompt with some of its notes, as they stand together on a page."""

    prompt: Prompt
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class Tally:
    """`waiting` notes came in after the last reveal and stand behind a button."""

    question: Text
    prompts: tuple[PromptTally, ...]
    pages: tuple[tuple[Group, ...], ...]
    most: int
    waiting: int
    views: tuple[View, ...]


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
    return tuple(Written(note.id, note.prompt, note.lang, note.text) for note in value.notes)


def tally(content: Content, counts: Counts, turnout: Turnout, notes: Sequence[Note] = ()) -> Tally:
    public = sorted((n for n in notes if n.state in ("shown", "withdrawn")), key=lambda n: (not n.starred, n.id))
    prompts = tuple(
        PromptTally(prompt, counts.people["prompt", prompt.id], tuple(n for n in public if n.group == prompt.id))
        for prompt in content.prompts
    )
    pages = _pages(prompts)
    views = (View(N_("How many wrote to each prompt")),) if len(prompts) > 1 or not pages else ()
    noted = (
        View(N_("Notes, page %(page)s of %(pages)s"), {"page": n + 1, "pages": len(pages)}) for n in range(len(pages))
    )
    waiting = sum(1 for n in notes if n.state == "waiting")
    return Tally(
        content.question, prompts, pages, max((p.people for p in prompts), default=0), waiting, (*views, *noted)
    )


def _pages(prompts: Sequence[PromptTally]) -> tuple[tuple[Group, ...], ...]:
    """As many notes a page as fit the wall; a prompt that goes on over the page is named again."""
    pages: list[list[Group]] = []
    room = 0.0
    for one in prompts:
        heading = sum(_lines(one.prompt.title.in_(lang)) for lang in ("cy", "en")) + 0.7
        started = False
        for note in one.notes:
            need = _lines(note.text if note.state == "shown" else "") + 1.3
            if not pages or room < need + (0 if started else heading):
                pages.append([])
                room, started = LINES_A_PAGE, False
            if not started:
                pages[-1].append(Group(one.prompt, ()))
                room, started = room - heading, True
            pages[-1][-1] = Group(one.prompt, (*pages[-1][-1].notes, note))
            room -= need
    return tuple(tuple(page) for page in pages)


def _lines(text: str) -> int:
    return 1 + len(text) // LETTERS_A_LINE


def findings(content: Content, tally: Tally, study: None) -> tuple[Finding, ...]:
    if len(tally.prompts) < 2 or tally.most == 0:
        return ()
    top, second = sorted(tally.prompts, key=lambda one: -one.people)[:2]
    if top.people < ENOUGH or top.people == second.people:
        return ()
    return (
        Finding(
            str(top.people),
            N_("The question that most people wrote to: “%(prompt)s”. People who wrote: %(people)s."),
            {"prompt": top.prompt.title, "people": top.people},
            0.45,
        ),
    )


def imagine(content: Content, random: Random, person: Person, hints: Mapping[str, Any]) -> Any:
    given = list(hints.get("notes", ()))
    if "notes" not in hints:
        prompt = random.choice(content.prompts)
        given = [{"prompt": prompt.id, "lang": person.lang, "text": prompt.title.in_(person.lang)[: content.longest]}]
    if not given:
        return None
    chosen = random.sample(given, min(len(given), content.most))
    ids = (f"{random.getrandbits(64):016x}" for _ in chosen)
    return {"notes": [{"id": id, **note} for id, note in zip(ids, chosen, strict=True)]}


SAMPLE = Sample(
    content={
        "question": {"cy": "Beth?", "en": "What?"},
        "prompts": [{"id": f"q{n}", "title": {"cy": f"Cwestiwn {n}", "en": f"Question {n}"}} for n in range(2)],
        "most": 3,
        "longest": 40,
    },
    responses=(
        {"notes": [{"id": "aaaaaaaa1", "prompt": "q0", "lang": "cy", "text": "Dŵr a bŷs"}]},
        {"notes": [{"id": f"bbbbbbbb{n}", "prompt": "q1", "lang": "en", "text": "Buses"} for n in range(3)]},
        {"notes": []},
    ),
    refused=(
        {"notes": [{"id": "aaaaaaaa1", "prompt": "nowhere", "lang": "en", "text": "x"}]},
        {"notes": [{"id": "aaaaaaaa1", "prompt": "q0", "lang": "en", "text": "\u200b\u0000 "}]},
        {"notes": [{"id": "aaaaaaaa1", "prompt": "q0", "lang": "en", "text": "x" * 41}]},
        {"notes": [{"id": "aaaaaaaa1", "prompt": "q0", "lang": "fr", "text": "x"}]},
        {"notes": [{"id": "ID WITH SPACE", "prompt": "q0", "lang": "en", "text": "x"}]},
        {"notes": [{"id": f"bbbbbbbb{n}", "prompt": "q1", "lang": "en", "text": "x"} for n in range(4)]},
        {"notes": [{"id": "bbbbbbbb1", "prompt": "q1", "lang": "en", "text": "x"}] * 2},
        {"notes": "many"},
        {},
        None,
    ),
)
