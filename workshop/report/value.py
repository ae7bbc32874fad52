"""The write-up as one value, from which every format is drawn."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer

from workshop import kinds
from workshop.compare import Comparison
from workshop.gathered import Finding, Gathered, Note, Turnout
from workshop.model import Exercise, Perspective, Seats, Workshop, asks
from workshop.report.edits import Photo, chapter_of, comment
from workshop.text import Text


@dataclass(frozen=True)
class Given:
    """What an exercise gathered as the write-up may show it, and what rests on whole responses."""

    gathered: Gathered = field(default_factory=Gathered)
    study: Any = None
    comparison: Comparison | None = None


@dataclass(frozen=True)
class Said:
    """Words of a participant, in the language they were written in. `chosen` by the facilitator, or first by rule."""

    lang: str
    words: str
    chosen: bool = False


@dataclass(frozen=True)
class Section:
    """One exercise as it went. `began` is None where the room never was there; `took` where nobody can say.

    What it gathered is None where its answers were not on show at the end, and where the facilitator leaves it out.
    """

    exercise: Exercise
    began: float | None  # epoch seconds
    took: int | None  # minutes
    left_out: bool = False
    turnout: Turnout = field(default_factory=Turnout)
    tally: Any = None
    study: Any = None
    comparison: Comparison | None = None
    quotes: tuple[Note, ...] = ()
    findings: tuple[Finding, ...] = ()  # of the whole room
    differences: tuple[Finding, ...] = ()  # of perspectives

    @property
    def every(self) -> tuple[Finding, ...]:
        return self.findings + self.differences

    @property
    def asked(self) -> bool:
        return asks(self.exercise)

    @property
    def chapter(self) -> str:
        return chapter_of(self.exercise)

    @property
    def told(self) -> bool:
        """Whether it has a place of its own: the room was there, something was asked, and it is not left out."""
        return self.asked and self.began is not None and not self.left_out

    @property
    def annexed(self) -> bool:
        """Whether the annex tells of it too, word by word."""
        has = self.told and kinds.has_annex(self.exercise.kind)
        return has and self.tally is not None and self.turnout.responses > 0


def _base64(data: bytes) -> str:
    return b64encode(data).decode()


def _bytes(raw: Any) -> Any:
    return b64decode(raw, validate=True) if isinstance(raw, str) else raw


@dataclass(frozen=True)
class Picture:
    """A photo or logo with its bytes (JPEG or PNG)."""

    photo: Photo
    data: Annotated[bytes, PlainSerializer(_base64, return_type=str), BeforeValidator(_bytes)]

    @property
    def suffix(self) -> str:
        return ".png" if self.data.startswith(b"\x89PNG") else ".jpg"

    @property
    def inside(self) -> str:
        """The picture as an address that holds it."""
        return f"data:image/{'png' if self.suffix == '.png' else 'jpeg'};base64,{_base64(self.data)}"


@dataclass(frozen=True)
class Deed:
    """What came of it, filled in later: what was asked for, what was done, and when in the words of who did it."""

    asked: Text
    did: Text
    when: str = ""


@dataclass(frozen=True)
class Issue:
    """When a write-up was first published and last changed (epoch seconds), and why one language may lack something."""

    first: float
    updated: float
    why_lacking: Text = Text()


@dataclass(frozen=True)
class Report:
    """The record of a session. `perspectives` is empty where telling them could point at somebody."""

    workshop: Workshop
    runner: str
    contact: str
    organisation: Text
    logo: Picture | None
    title: Text
    subtitle: Text
    purpose: Text
    place: Text
    organisations: Text
    thanks: Text
    questions: Text
    next: Text
    comments: Mapping[str, Text]
    began: float
    ended: float | None
    day: str  # as YYYY-MM-DD where the facilitator gave it, else empty: then it is the day on which it began
    answers_until: float  # when what participants gave is deleted
    seats: Seats
    k: int  # answers from which on a group is shown
    perspectives: tuple[tuple[Perspective, int], ...]
    chapters: tuple[str, ...]  # those that are shown and have something to show, in their order
    findings: tuple[Finding, ...]
    actions: tuple[Said, ...]
    sections: tuple[Section, ...]
    photos: tuple[Picture, ...]
    election: bool
    deeds: tuple[Deed, ...] = ()
    issue: Issue | None = None

    def of(self, chapter: str) -> tuple[Section, ...]:
        """The exercises that a chapter tells of."""
        return tuple(section for section in self.sections if section.told and section.chapter == chapter)

    @property
    def compared(self) -> tuple[Section, ...]:
        """The exercises on which perspectives stand side by side."""
        return tuple(section for section in self.sections if section.comparison is not None)

    def comment(self, exercise: str) -> Text:
        return self.comments.get(comment(exercise), Text())

    def pictured(self, place: str) -> tuple[Picture, ...]:
        return tuple(picture for picture in self.photos if picture.photo.chapter == place)
