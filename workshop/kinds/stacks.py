"""Notes as they stand together: merged ones under the note that stands for them, stacks under a heading. Pure."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from workshop.gathered import Note
from workshop.text import Text

LONG = 500  # characters


@dataclass(frozen=True)
class Piece:
    """A note, or as much of its words as fits a column of the wall."""

    note: Note
    words: str
    begins: bool = True
    ends: bool = True


@dataclass(frozen=True)
class Stack:
    """One thing that was said: a note, then those merged into it; on the wall as much of that as fits a column.

    `times` is how many notes say it. `top`: its first piece is the note that stands for the others.
    """

    pieces: tuple[Piece, ...]
    times: int = 1
    top: bool = True

    @property
    def head(self) -> Note:
        return self.pieces[0].note

    @property
    def long(self) -> bool:
        """On paper it takes the whole width: in a narrow column it would go on over the page."""
        return sum(len(piece.words) for piece in self.pieces) > LONG


@dataclass(frozen=True)
class Group:
    """What stands under one heading: a theme with its people, or a prompt. `loose`: in no theme, while others are."""

    title: Text
    people: int | None
    loose: bool
    stacks: tuple[Stack, ...] = ()


def stacked(shown: Sequence[Note]) -> list[Stack]:
    """Every note once; starred ones first, else by the ids that phones made at random.

    Where the note that stands for others may not be shown itself, the first of them stands for them.
    """
    together: defaultdict[tuple[bool, str], list[Note]] = defaultdict(list)
    for note in sorted(shown, key=lambda note: (not note.starred, note.id)):
        together[note.state == "shown", note.merged_into or note.id].append(note)
    stacks = []
    for (_, id), notes in together.items():
        notes.sort(key=lambda note: note.id != id)
        stacks.append(Stack(tuple(Piece(note, note.text) for note in notes), len(notes)))
    return stacks
