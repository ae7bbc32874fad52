"""What the facilitator does to notes while people talk: themes, merging look-alikes, and taking it back.

Nothing here changes what anybody wrote: a merged note keeps its words under the one that stands for it. None of these
verbs moves the session, so two people can theme while a third presses Next.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from workshop import kinds
from workshop.gathered import Note, Theme
from workshop.lookalikes import Lookalikes
from workshop.model import N_, Invalid, Refused, Unknown, line
from workshop.store import Store, Tx
from workshop.text import Text

MOST_THEMES = 30
MOST_PAIRS = 8  # suggestions at a time: more than a person looks at while a room talks
MOST_NEAR = 6
MOST_LOOKED_AT = 30  # of the latest notes in no theme, for near ones: the table is drawn anew with every change
LONGEST_TITLE = 80  # characters; it has to be read from the back row


class Theming:
    """The verbs about themes and look-alikes, over one store. Lists of notes are ids, separated by spaces."""

    def __init__(self, store: Store, announce: Callable[[str], None]) -> None:
        self._store, self._announce = store, announce

    def add_theme(self, code: str, exercise: str, cy: str, en: str, notes: str = "") -> None:
        """A new theme, the last in the order, with these notes in it. One language is enough to begin with."""
        title, id = _title(cy, en), f"t{secrets.token_hex(4)}"

        def verb(tx: Tx) -> None:
            self._check_takes_themes(tx, code, exercise)
            themes = tx.notes.themes(code, exercise)
            if len(themes) >= MOST_THEMES:
                raise Refused(N_("At most %(most)s themes: nobody can talk about more."), most=MOST_THEMES)
            position = max((theme.position for theme in themes), default=0) + 1
            new = Theme(id, title, position)
            moved = {note.id: {"themes": [new.id]} for note in _stacks(tx.notes.of(code, exercise), notes.split())}
            tx.notes.change(code, exercise, moved, [*themes, new])

        self._do(code, exercise, verb)

    def rename_theme(self, code: str, exercise: str, theme: str, cy: str, en: str) -> None:
        title = _title(cy, en)

        def verb(tx: Tx) -> None:
            themes = tx.notes.themes(code, exercise)
            _check_known(themes, theme)
            renamed = [replace(one, title=title) if one.id == theme else one for one in themes]
            tx.notes.change(code, exercise, {}, renamed)

        self._do(code, exercise, verb)

    def remove_theme(self, code: str, exercise: str, theme: str) -> None:
        """The theme goes, its notes stay, in no theme or in those that they are in besides."""

        def verb(tx: Tx) -> None:
            themes = tx.notes.themes(code, exercise)
            _check_known(themes, theme)
            left = {
                note.id: {"themes": [one for one in note.themes if one != theme]}
                for note in tx.notes.of(code, exercise)
                if theme in note.themes
            }
            tx.notes.change(code, exercise, left, [one for one in themes if one.id != theme])

        self._do(code, exercise, verb)

    def move(self, code: str, exercise: str, notes: str, theme: str) -> None:
        """These notes, with what is merged into them, into one theme and no other; "" is no theme."""

        def verb(tx: Tx) -> None:
            if theme:
                _check_known(tx.notes.themes(code, exercise), theme)
            moved = _stacks(tx.notes.of(code, exercise), notes.split())
            tx.notes.change(code, exercise, {note.id: {"themes": [theme] if theme else []} for note in moved})

        self._do(code, exercise, verb)

    def copy(self, code: str, exercise: str, notes: str, theme: str) -> None:
        """These notes into one more theme: a note that says two things counts in both."""

        def verb(tx: Tx) -> None:
            _check_known(tx.notes.themes(code, exercise), theme)
            copied = _stacks(tx.notes.of(code, exercise), notes.split())
            themes = {note.id: {"themes": list(dict.fromkeys((*note.themes, theme)))} for note in copied}
            tx.notes.change(code, exercise, themes)

        self._do(code, exercise, verb)

    def merge(self, code: str, exercise: str, notes: str, into: str) -> None:
        """These notes say the same as `into`: a note, one of the workshop's own items, or "" for the first of them."""

        def verb(tx: Tx) -> None:
            asked = tx.session(code).workshop.exercise(exercise)
            every = tx.notes.of(code, exercise)
            by_id = {note.id: note for note in every}
            targets = {id for id, _ in kinds.targets(asked.kind, asked.content)}
            chosen = notes.split()
            merged = _stacks(every, chosen)
            head_id = into or next(iter(chosen), "")
            if into in targets:
                changed = {note.id: {"merged_into": into, "accepted": True} for note in merged}
            elif head_id in by_id:
                head = _head(by_id, by_id[head_id])
                accepted = head.accepted or kinds.notes_count_once_accepted(asked.kind)
                changed = {
                    note.id: {"merged_into": head.id, "themes": list(head.themes), "accepted": accepted}
                    for note in merged
                    if note.id != head.id
                }
                changed[head.id] = {"accepted": accepted}
            else:
                raise Unknown(into)
            tx.notes.change(code, exercise, changed)

        self._do(code, exercise, verb)

    def split(self, code: str, exercise: str, note: str) -> None:
        """Takes a stack of merged notes apart: each stands for itself again, in the theme where the stack was."""

        def verb(tx: Tx) -> None:
            every = tx.notes.of(code, exercise)
            apart = [one for one in every if note in (one.id, one.merged_into) and one.merged_into is not None]
            if not apart:
                raise Refused(N_("Nothing is merged here."))
            tx.notes.change(code, exercise, {one.id: {"merged_into": None} for one in apart})

        self._do(code, exercise, verb)

    def keep_apart(self, code: str, exercise: str, note: str, other: str) -> None:
        """The two look alike and are not the same: nobody is asked about them again."""

        def verb(tx: Tx) -> None:
            by_id = {one.id: one for one in tx.notes.of(code, exercise)}
            if note not in by_id or other not in by_id:
                raise Unknown(note)
            tx.notes.change(code, exercise, {note: {"apart": list(dict.fromkeys((*by_id[note].apart, other)))}})

        self._do(code, exercise, verb)

    def undo(self, code: str, exercise: str) -> None:
        """Takes back the last change to this exercise's notes and themes, whoever made it."""

        def verb(tx: Tx) -> None:
            if not tx.notes.undo(code, exercise):
                raise Refused(N_("There is nothing to undo."))

        self._do(code, exercise, verb)

    @staticmethod
    def _check_takes_themes(tx: Tx, code: str, exercise: str) -> None:
        if not kinds.takes_themes(tx.session(code).workshop.exercise(exercise).kind):
            raise Refused(N_("The notes of this exercise are not put into themes."))

    def _do(self, code: str, exercise: str, verb: Callable[[Tx], None]) -> None:
        def known(tx: Tx) -> None:
            tx.session(code).workshop.exercise(exercise)
            verb(tx)

        self._store.writer.do(known)
        self._announce(code)


# The notes table: notes and themes as they lie before the facilitator


@dataclass(frozen=True)
class Stack:
    """A note that stands for itself, and those that were merged into it."""

    note: Note
    merged: tuple[Note, ...]


@dataclass(frozen=True)
class Column:
    """A theme with its stacks; without a theme, what lies in none. `people` wrote to it."""

    theme: Theme | None
    stacks: tuple[Stack, ...]
    people: int


@dataclass(frozen=True)
class Suggestion:
    """Two notes that look alike and that nobody has said are not the same."""

    note: Note
    other: Note


@dataclass(frozen=True)
class Near:
    """A note that lies in no theme, and others that are near it."""

    note: Note
    others: tuple[Note, ...]


@dataclass(frozen=True)
class NotesTable:
    columns: tuple[Column, ...]  # what lies in no theme first
    hidden: tuple[Note, ...]
    alike: tuple[Suggestion, ...]
    near: tuple[Near, ...]


def arranged(
    notes: Sequence[Note], themes: Sequence[Theme], lookalikes: Lookalikes, people: Mapping[tuple[str, ...], int]
) -> NotesTable:
    """The table of an exercise's notes, newest first in each column. `people` are the exercise's counts."""
    there = [note for note in notes if note.state in ("shown", "waiting")]
    heads = {note.id: note for note in there if note.merged_into is None}
    merged: dict[str, list[Note]] = {}
    for note in there:
        if note.merged_into is not None:
            merged.setdefault(note.merged_into, []).append(note)
    # The one that stood for them was hidden or taken back: they stand for themselves again.
    for head in [head for head in merged if head not in heads]:
        heads |= {note.id: note for note in merged.pop(head)}
    stacks = [Stack(note, tuple(merged.get(note.id, ()))) for note in heads.values()]
    known = {theme.id for theme in themes}
    columns = [Column(None, tuple(s for s in stacks if not known & set(s.note.themes)), people.get(("unsorted",), 0))]
    for theme in themes:
        its = tuple(stack for stack in stacks if theme.id in stack.note.themes)
        columns.append(Column(theme, its, people.get(("theme", theme.id), 0)))
    loose = [stack.note for stack in columns[0].stacks]
    return NotesTable(
        columns=tuple(columns),
        hidden=tuple(note for note in notes if note.state == "hidden"),
        alike=_alike(heads, lookalikes),
        near=_near(loose, heads, lookalikes),
    )


def _alike(heads: Mapping[str, Note], lookalikes: Lookalikes) -> tuple[Suggestion, ...]:
    found = []
    for pair in lookalikes.pairs(10 * MOST_PAIRS):
        note, other = heads.get(pair.a), heads.get(pair.b)
        if note and other and pair.b not in note.apart and pair.a not in other.apart:
            found.append(Suggestion(note, other))
    return tuple(found[:MOST_PAIRS])


def _near(loose: Sequence[Note], heads: Mapping[str, Note], lookalikes: Lookalikes) -> tuple[Near, ...]:
    """Notes of no theme with the most near ones; each note is in one suggestion at most."""
    found, used = [], set()
    for note in loose[:MOST_LOOKED_AT]:
        ids = {pair.b if pair.a == note.id else pair.a for pair in lookalikes.near(note.id, MOST_NEAR)}
        others = tuple(
            heads[id]
            for id in sorted(ids)
            if id in heads and id not in used and id not in note.apart and note.id not in heads[id].apart
        )
        if len(others) > 1 and note.id not in used:
            found.append(Near(note, others))
            used |= {note.id, *(other.id for other in others)}
    return tuple(sorted(found, key=lambda near: -len(near.others))[:3])


# What the verbs need


def _stacks(every: Sequence[Note], ids: Sequence[str]) -> list[Note]:
    """The notes of these ids with those that are merged into them; Unknown where one is not there."""
    known = {note.id for note in every}
    if missing := set(ids) - known:
        raise Unknown(min(missing))
    return [note for note in every if note.id in ids or note.merged_into in ids]


def _head(by_id: dict[str, Note], note: Note) -> Note:
    """The note that stands for this one."""
    return by_id.get(note.merged_into or "", note)


def _check_known(themes: Sequence[Theme], id: str) -> None:
    if not any(theme.id == id for theme in themes):
        raise Unknown(id)


def _title(cy: str, en: str) -> Text:
    title = Text(cy=line("cy", cy, longest=LONGEST_TITLE), en=line("en", en, longest=LONGEST_TITLE))
    if not title.cy and not title.en:
        raise Invalid("en", N_("Fill this in."))
    return title
