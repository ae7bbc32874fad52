"""A session without a server: the verbs over a store of its own, with a clock that stands still until it is moved.

Beside it runs Dot's session of the same workshop, which must never see or change anything here.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workshop import packs
from workshop.gathered import Note, Participant, Theme
from workshop.live import Live
from workshop.model import Session, Workshop
from workshop.security import hashed
from workshop.store import Store
from workshop.tallies import Sums, Tallies
from workshop.theming import Theming

BEGIN = 1_800_000_000.0
CODE, OTHER = "BCDFGHJ", "KMNPQRS"


def text(words: str) -> dict[str, str]:
    return {"cy": f"{words} yn Gymraeg", "en": words}


def exercise(id: str, kind: str, content: Mapping[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    asked = {} if "of" in more and not content else {"question": text(f"Question {id}"), **(content or {})}
    return {"id": id, "kind": kind, "title": text(id), "minutes": 5, "content": asked, **more}


PROMPTS = [{"id": id, "title": text(f"Prompt {id}")} for id in ("keep", "try")]
PILES = [{"id": id, "title": text(f"Pile {id}")} for id in ("left", "right", "neither")]
CARDS = [{"id": f"c{n}", "title": text(f"Card {n}")} for n in range(3)]
SOURCES = [
    {"id": id, "title": text(f"From {id}"), "short": text(id), "letter": {"cy": id[0], "en": id[0]}}
    for id in ("council", "party")
]
PRESSURES = [{"id": f"p{n}", "title": text(f"Pressure {n}"), "source": ("council", "party")[n % 2]} for n in range(4)]
LISTS = [
    {"id": "everyone", "title": text("Everyone"), "statements": [{"id": "s0", "title": text("Statement s0")}]},
    {
        "id": "councillors",
        "title": text("Councillors"),
        "perspectives": ["councillor"],
        "statements": [{"id": f"own{n}", "title": text(f"Statement own{n}")} for n in range(2)],
    },
]
FIELDS = [
    {"id": "do", "type": "line", "title": text("Do"), "wanted": True},
    {"id": "why", "type": "text", "title": text("Why")},
    {"id": "check", "type": "text", "title": text("Check"), "private": True},
]

MAP = {
    "sources": SOURCES, "pressures": PRESSURES, "least": 1, "most": 3,
    "think_own": text("Own"), "think_guess": text("Guess"),
}  # fmt: skip
RATED = {"low": text("low"), "high": text("high")}

RAW: dict[str, Any] = {
    "title": text("A workshop"),
    "perspectives": [
        {"id": "councillor", "title": text("Councillor"), "own": True},
        {"id": "officer", "title": text("Officer")},
        {"id": "community", "title": text("Community member")},
    ],
    "agenda": [
        exercise("welcome", "info", {"paragraphs": [text("Welcome")]}) | {"content": {"paragraphs": [text("Welcome")]}},
        exercise("ideas", "notes", {"prompts": PROMPTS, "most": 4, "longest": 100}),
        exercise("vote", "points", {"dots": 3, "most_each": 2}, of="ideas"),
        exercise("load", "pressure_map", MAP),
        exercise("sort", "card_sort", {"piles": PILES, "cards": CARDS}),
        exercise("feel", "scale", {**RATED, "lists": LISTS}),
        exercise("trust", "scale", {**RATED, "lists": LISTS[:1]}),
        exercise("ask", "form", {"fields": FIELDS, "sentence": [text("I will {do}")]}),
        exercise("sort-again", "card_sort", of="sort"),
    ],
}
WORKSHOP = packs.parse(RAW, id="test", where="test")


@dataclass
class House:
    """What happens in it is announced to nobody; what is stored can be read."""

    store: Store
    workshop: Workshop = WORKSHOP
    now: float = BEGIN
    code: str = CODE
    ns: dict[tuple[str, str], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.live = Live(self.store, lambda code: None, lambda: self.now)
        self.theming = Theming(self.store, lambda code: None)
        self.tallies = Tallies()
        for code in (CODE, OTHER):
            begun = Session(code, self.workshop, "Ada", "ada@example.org", self.now)
            self.store.writer.do(lambda tx, begun=begun: tx.add_session(begun))

    def beside(self, code: str = OTHER) -> "House":
        """The same house seen from the other session."""
        other = object.__new__(House)
        other.__dict__ = {**self.__dict__, "code": code}
        return other

    # People

    def join(self, name: str, perspective: str | None = None, size: int = 1, lang: str = "en") -> Participant:
        return self.live.join(self.code, hashed(name), language=lang, perspective=perspective, size=size)

    def joins(self, perspective: str | None, people: int, **more: Any) -> list[Participant]:
        """So many phones that speak as this."""
        there = self.session().joined.phones
        return [self.join(f"{perspective} {there + n}", perspective, **more) for n in range(people)]

    def change(self, who: Participant, perspective: str | None, size: int = 1) -> None:
        with self.store.read() as read:
            now = read.participant_by_id(self.code, who.id)
        self.live.change(now, language=now.language, perspective=perspective, size=size)

    # The course

    def session(self) -> Session:
        with self.store.read() as read:
            return read.session(self.code)

    @property
    def at(self) -> int:
        return self.session().revision

    def do(self, verb: str, exercise: str, *arguments: Any) -> None:
        getattr(self.live, verb)(self.code, self.at, exercise, *arguments)

    def go(self, exercise: str, *verbs: str) -> None:
        for verb in ("go_to", *verbs):
            self.do(verb, exercise)

    def answer(self, who: Participant, exercise: str, value: Any) -> str:
        """The next answer of this phone, made while the exercise was open; what became of it."""
        n = self.ns[who.id, exercise] = self.ns.get((who.id, exercise), 0) + 1
        opened = self.session().step(exercise).opened
        raw = {"v": 1, "exercise": exercise, "n": n, "rev": opened or self.at, "value": value}
        return str(self.live.respond(who, raw).status)

    # Notes and themes

    def write(self, who: Participant, exercise: str = "ideas", **texts: str) -> str:
        """All notes of this phone, by id."""
        notes = [{"id": note_id(id), "prompt": "keep", "lang": "en", "text": words} for id, words in texts.items()]
        return self.answer(who, exercise, {"notes": notes})

    def theme(self, verb: str, *arguments: str, exercise: str = "ideas") -> None:
        getattr(self.theming, verb)(self.code, exercise, *arguments)

    def add_theme(self, title: str, *notes: str, exercise: str = "ideas") -> str:
        """A theme with these notes; its id."""
        self.theme("add_theme", "", title, ids(*notes), exercise=exercise)
        return self.themes(exercise)[-1].id

    def notes(self, exercise: str = "ideas") -> dict[str, Note]:
        """By the name that the test gave them; those that nobody can see any more are not among them."""
        with self.store.read() as read:
            return {named(note.id): note for _, note in read.notes(self.code, exercise) if note.state != "gone"}

    def themes(self, exercise: str = "ideas") -> tuple[Theme, ...]:
        with self.store.read() as read:
            return read.themes(self.code, exercise)

    # What it adds up to

    def sums(self, exercise: str, tallies: Tallies | None = None, **more: Any) -> Sums:
        with self.store.read() as read:
            session = read.session(self.code)
            return (tallies or self.tallies).of(read, session, session.workshop.exercise(exercise), **more)


def note_id(name: str) -> str:
    """An id such as phones make, of a name that a test can read."""
    return name.ljust(8, "0")


def named(id: str) -> str:
    return id.rstrip("0")


def ids(*names: str) -> str:
    return " ".join(map(note_id, names))


@contextmanager
def opened(folder: Path, workshop: Workshop = WORKSHOP) -> Iterator[House]:
    store = Store(folder / "cyd.sqlite3")
    try:
        yield House(store, workshop)
    finally:
        store.close()
