"""What people gave, and what an exercise gathered from them, as values. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import Field

from workshop.model import Group
from workshop.text import Text

SHOWN_FROM = 5  # k: answers from which on a group is shown on its own, on any surface
PUBLISHED_FROM = 10  # the same for what leaves the room


@dataclass(frozen=True)
class Participant:
    """A phone in one session: a person, or a table of `size` people."""

    id: str
    session: str
    language: str
    perspective: str | None
    size: int
    place_code: str


@dataclass(frozen=True)
class Response:
    """What one participant gave to one exercise. `before` is what they gave to the exercise that this one is `of`."""

    value: Any
    size: int = 1
    perspective: str | None = None
    before: Any = None


@dataclass(frozen=True)
class Written:
    """A text as the phone sent it, with the id that the phone made. `group` is a kind's own word (a prompt's id).

    `parts` are pieces of it by name, where a kind shows them apart. `quotable`: the writer ticked "may be quoted".
    """

    id: str
    group: str
    lang: str
    text: str
    quotable: bool = False
    parts: Mapping[str, str] = field(default_factory=dict)


Unrecorded = Annotated[str, Field(exclude=True)]  # never in a record: what only the facilitator and we may know
NoteState = Literal["shown", "waiting", "hidden", "withdrawn", "gone"]


@dataclass(frozen=True)
class Note:
    """One short text inside a response and what the facilitator did to it.

    `merged_into` is the id of the note (or of the pack's pressure) that says the same; `apart` holds ids of notes that
    look alike and are not. `writer` is the participant: it tells people from notes when counting and is never shown.
    """

    id: str
    exercise: str
    group: str
    lang: str
    text: str
    released: bool = False
    hidden: bool = False
    reason: Unrecorded = ""
    starred: bool = False
    accepted: bool = False
    withdrawn: bool = False
    quotable: bool = False
    themes: tuple[str, ...] = ()
    merged_into: str | None = None
    apart: Annotated[tuple[str, ...], Field(exclude=True)] = ()
    parts: Mapping[str, str] = field(default_factory=dict)
    writer: Unrecorded = ""

    @property
    def state(self) -> NoteState:
        """What has become of it; `gone` was taken back before anybody saw it."""
        if self.withdrawn:
            return "withdrawn" if self.released else "gone"
        if self.hidden:
            return "hidden"
        return "shown" if self.released else "waiting"

    @property
    def quote(self) -> bool:
        """Whether it may stand as a quote: the facilitator chose it, the room saw it, its writer agreed."""
        return self.starred and self.quotable and self.state == "shown"


@dataclass(frozen=True)
class Theme:
    """A heading that the facilitator put notes under. `position` is its place among the others, from 1."""

    id: str
    title: Text
    position: int


@dataclass(frozen=True)
class Notes:
    """An exercise's notes as its tally needs them: those the room may see, those put on the map, how many wait."""

    shown: tuple[Note, ...] = ()  # withdrawn ones stay as a gap
    accepted: tuple[Note, ...] = ()
    waiting: int = 0
    themes: tuple[Theme, ...] = ()

    @classmethod
    def of(cls, notes: Iterable[Note], themes: Iterable[Theme] = ()) -> "Notes":
        every = tuple(notes)
        return cls(
            shown=tuple(note for note in every if note.state in ("shown", "withdrawn")),
            accepted=tuple(note for note in every if note.accepted and note.state in ("shown", "waiting")),
            waiting=sum(1 for note in every if note.state == "waiting"),
            themes=tuple(sorted(themes, key=lambda theme: theme.position)),
        )


@dataclass(frozen=True)
class Counts:
    """Sums of counts: by people (a table counts as many as it speaks for) and by responses (for certainty)."""

    people: Counter[tuple[str, ...]] = field(default_factory=Counter)
    responses: Counter[tuple[str, ...]] = field(default_factory=Counter)

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.people + other.people, self.responses + other.responses)


@dataclass(frozen=True)
class Turnout:
    """How many take part and how far they are. `people` and `responses` answered at least one item of this exercise."""

    joined: int = 0
    people: int = 0
    responses: int = 0
    finished: Annotated[int, Field(exclude=True)] = 0  # never in a record: private fields count in it

    @property
    def tables(self) -> bool:
        """Some answered as tables, so that people and answers differ."""
        return self.people != self.responses


@dataclass(frozen=True)
class Part:
    """What one group of perspectives gathered. It exists only where every group of the exercise has enough answers."""

    group: Group
    counts: Counts
    turnout: Turnout


@dataclass(frozen=True)
class Gathered:
    """What an exercise gathered, as one surface may see it: all that a tally is made of.

    `parts` are all groups or none; `k` is the least number of answers that any part of them may rest on.
    """

    counts: Counts = field(default_factory=Counts)
    turnout: Turnout = field(default_factory=Turnout)
    notes: Notes = field(default_factory=Notes)
    parts: tuple[Part, ...] = ()
    k: int = SHOWN_FROM


@dataclass(frozen=True)
class Option:
    """One of the things that can be said about an item. `id` is the last word of its count's key."""

    id: str
    title: Text
    shape: str | None = None


@dataclass(frozen=True)
class Item:
    """Something that everyone says one thing about, so that perspectives can be set side by side on it.

    `key` with an option's id behind it is what is counted. `sensitive`: that a whole group said one thing is softened.
    """

    key: tuple[str, ...]
    title: Text
    options: tuple[Option, ...]
    sensitive: bool = False


@dataclass(frozen=True)
class View:
    """One of the pictures that a revealed tally has: its message key for the console, with arguments."""

    key: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


def N_n(singular: str, plural: str) -> tuple[str, str]:
    """Marks a message that is said of one and of several, for the catalogue. It holds %(n)s."""
    return singular, plural


Arguments = Mapping[str, "int | float | str | Text | Sentence"]


@dataclass(frozen=True)
class Sentence:
    """A whole sentence as data, to be told in either language.

    `key` is a message, or its singular and its plural, of which `n` decides; `n` goes into it as %(n)s. An argument
    that is a Text is told in the same language, one that is a Sentence (a name made of words) too.
    """

    key: str | tuple[str, str]
    arguments: Arguments = field(default_factory=dict)
    n: int | None = None


Grade = Literal["clear", "leaning", "close", "few", "plain"]


@dataclass(frozen=True)
class Sure(Sentence):
    """How sure one may be of a finding, in a sentence; `kinds/sure.py` has the rules. `plain`: a count of itself."""

    grade: Grade = "plain"


Tells = Literal[
    "count", "differ", "eased", "gap", "hidden", "high", "home", "low", "missing", "moved", "outside", "prompt",
    "share", "shared", "split", "strongest", "theme", "top",
]  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """A sentence that the counts bear out, and one that says how sure one may be of it.

    `number` stands large beside it. `tells` is what sort of thing it says and `items` the ids of what it is about, so
    that a summary does not say the same twice. `weight`, 0 to 1, is how much it is worth saying, alike for all kinds.
    """

    number: str
    says: Sentence
    sure: Sure
    tells: Tells
    items: tuple[str, ...]
    weight: float


@dataclass(frozen=True)
class Sample:
    """A kind by example: raw content as an author writes it, responses that it reads, and some that it refuses."""

    content: Mapping[str, Any]
    responses: tuple[Mapping[str, Any], ...] = ()
    refused: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Person:
    """Somebody that a rehearsal imagines. `own`: answers pressure maps for themselves."""

    lang: str
    perspective: str | None
    own: bool
