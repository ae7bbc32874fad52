"""What people write on: answer slips, and postcards to take along."""

from dataclasses import dataclass
from typing import Any

import regex

from workshop.kinds.form import Content as Form
from workshop.kinds.form.content import PLACE
from workshop.kinds.form.fields import FormField
from workshop.kinds.scale import Content as Scale
from workshop.model import Exercise, Perspective, Workshop, asks
from workshop.text import Text

ROOM_FOR_LINES = 3  # gaps: a postcard whose sentence has no more also has lines for a first step and a date


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


def postcards(workshop: Workshop) -> tuple[Exercise, ...]:
    """The exercises whose answers people take along on a card: what they ask for and what they will do."""
    return tuple(exercise for exercise in workshop.agenda if isinstance(exercise.content, Form))


def has_lines(content: Form) -> bool:
    """Whether its postcard has room for a first step and a date beside the sentence."""
    return len(content.spoken) <= ROOM_FOR_LINES
