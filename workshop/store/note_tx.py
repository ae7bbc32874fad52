"""The part of a transaction that is about notes and themes: what people wrote, and what the facilitator does to it.

Every change of the facilitator's can be taken back: what it changed is kept as it was before, for the last
MOST_UNDO changes of each exercise.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, tuple_, update

from workshop.gathered import Note, Participant, Theme, Written
from workshop.model import N_, Invalid, Unknown
from workshop.store.rows import note_of, theme_of
from workshop.store.schema import note, theme, undo

MOST_UNDO = 50
# What the facilitator changes about a note, and undo gives back.
UNMARKED: Mapping[str, Any] = {"starred": False, "accepted": False, "merged_into": None, "apart": []}
THEIRS = ("hidden", "reason", "starred", "accepted", "themes", "merged_into", "apart")
THEME = ("session", "exercise", "id", "cy", "en", "position")
KEY = ("session", "participant", "exercise", "id")
OWNER = tuple_(note.c.session, note.c.participant, note.c.exercise)
CHANGE = update(note).where(*(note.c[name] == bindparam(f"b_{name}") for name in KEY))

Owner = tuple[str, str, str]  # session, participant, exercise


class NoteTx:
    """Notes and themes of a Tx. `settle` writes the answers gathered so far; `touch` gives the revision of a change."""

    def __init__(
        self,
        connection: Connection,
        settle: Callable[[], None],
        touch: Callable[[str], int],
        upsert: Callable[[Any, Iterable[Mapping[str, Any]], tuple[str, ...]], None],
    ) -> None:
        self._connection, self._settle, self._touch, self._upsert = connection, settle, touch, upsert
        self._claimed: dict[tuple[str, str], tuple[str, str]] = {}  # session, note -> participant, exercise

    def of(self, code: str, exercise: str) -> list[Note]:
        """The exercise's notes as they stand in this transaction, in no meaningful order."""
        self._settle()
        rows = self._connection.execute(
            select(note).where(note.c.session == code, note.c.exercise == exercise).order_by(note.c.id)
        )
        return [note_of(row) for row in rows.mappings()]

    def themes(self, code: str, exercise: str) -> list[Theme]:
        """The exercise's themes in their order."""
        rows = self._connection.execute(
            select(theme).where(theme.c.session == code, theme.c.exercise == exercise).order_by(theme.c.position)
        )
        return [theme_of(row) for row in rows.mappings()]

    def exercise_of(self, code: str, id: str) -> str:
        """The exercise that a note belongs to; Unknown where this session has no such note."""
        self._settle()
        where = (note.c.session == code) & (note.c.id == id)
        found = self._connection.execute(select(note.c.exercise).where(where)).scalar()
        if found is None:
            raise Unknown(id)
        return str(found)

    # What people write

    def keep(self, texts: Mapping[Owner, Sequence[Written]], revision_of: Callable[[str], int]) -> None:
        """The texts of these answers as they are now: new ones come, changed ones wait again, missing ones go.

        A note that was taken back leaves a row without words, so that whoever counts hears of it.
        """
        found = self._connection.execute(select(note).where(OWNER.in_(list(texts)))).mappings().all()
        by_owner: dict[Owner, dict[str, dict[str, Any]]] = {owner: {} for owner in texts}
        for row in found:
            by_owner[row["session"], row["participant"], row["exercise"]][row["id"]] = dict(row)
        rows: list[dict[str, Any]] = []
        anew: dict[tuple[str, str], set[tuple[str, str]]] = {}  # session, exercise -> participant, note
        for owner, written in texts.items():
            mine = by_owner[owner]
            revision = revision_of(owner[0])
            for one in written:
                old = mine.pop(one.id, None)
                if old is None or old["withdrawn"] or _said(old) != _said(vars(one)):
                    rows.append(_new_row(owner, one, revision, old))
                    if old is not None:
                        anew.setdefault((owner[0], owner[2]), set()).add((owner[1], one.id))
                elif old["quotable"] != one.quotable:
                    rows.append({**old, "quotable": one.quotable, "revision": revision})
            rows += [_withdrawn(old, revision) for old in mine.values() if not old["withdrawn"]]
        if rows:
            self._upsert(note, rows, KEY)
        for (code, exercise), notes in anew.items():
            self._unmark(code, exercise, notes)

    def _unmark(self, code: str, exercise: str, notes: set[tuple[str, str]]) -> None:
        """Undo gives none of these back a mark that the facilitator gave to what they said before."""
        mine = (undo.c.session == code) & (undo.c.exercise == exercise)
        for step in self._connection.execute(select(undo).where(mine)).mappings().all():
            rows = [
                {**row, **{name: mark for name, mark in UNMARKED.items() if name in row}}
                if (row["participant"], row["id"]) in notes
                else row
                for row in step["notes"]
            ]
            if rows != step["notes"]:
                self._connection.execute(update(undo).where(mine, undo.c.number == step["number"]), {"notes": rows})

    # What the facilitator does

    def release(self, code: str, exercise: str) -> None:
        """Every note that is not hidden at this moment may be seen by the room."""
        self._settle()
        revision = self._touch(code)
        mine = (note.c.session == code) & (note.c.exercise == exercise)
        waiting = mine & ~note.c.released & ~note.c.hidden & ~note.c.withdrawn
        self._connection.execute(update(note).where(waiting), {"released": True, "revision": revision})

    def check_free(self, who: Participant, exercise: str, written: Sequence[Written]) -> None:
        """Phones make the ids of notes: none may be that of another phone's note, or of another exercise's."""
        mine = (who.id, exercise)
        ids = [one.id for one in written]
        where = (note.c.session == who.session) & note.c.id.in_(ids)
        columns = select(note.c.id, note.c.participant, note.c.exercise).where(where)
        owners = {(who.session, row.id): (row.participant, row.exercise) for row in self._connection.execute(columns)}
        for id in ids:
            key = (who.session, id)
            if owners.get(key, self._claimed.get(key, mine)) != mine:
                raise Invalid("id", N_("This answer is not in a form that can be read."))
        self._claimed |= {(who.session, id): mine for id in ids}

    def change(
        self,
        code: str,
        exercise: str,
        changed: Mapping[str, Mapping[str, Any]],
        themes: Sequence[Theme] | None = None,
        *,
        undoable: bool = True,
    ) -> None:
        """New columns for notes by id, and where given all the exercise's themes; can be undone as one step.

        What changes nothing is no step: who undoes would see nothing happen. Undoing gives back what the step changed
        and nothing else.
        """
        rows = self._rows(code, exercise, list(changed))
        if missing := changed.keys() - {row["id"] for row in rows}:
            raise Unknown(min(missing))
        rows = [row for row in rows if {**row, **changed[row["id"]]} != row]
        if themes is not None and list(themes) == self.themes(code, exercise):
            themes = None
        if not rows and themes is None:
            return
        before = [{name: row[name] for name in (*KEY, *changed[row["id"]])} for row in rows]
        if undoable:
            self._remember(code, exercise, before, None if themes is None else self._theme_rows(code, exercise))
        revision = self._touch(code)
        self._write([{**row, **changed[row["id"]]} for row in before], revision)
        if themes is not None:
            self._set_themes(code, exercise, [_theme_row(code, exercise, one) for one in themes])

    def undo(self, code: str, exercise: str) -> bool:
        """Takes the last change back; False where there is none."""
        self._settle()
        mine = (undo.c.session == code) & (undo.c.exercise == exercise)
        latest = select(undo).where(mine).order_by(undo.c.number.desc()).limit(1)
        last = self._connection.execute(latest).mappings().first()
        if last is None:
            return False
        revision = self._touch(code)
        rows = self._rows(code, exercise, [row["id"] for row in last["notes"]])
        there = {(row["participant"], row["id"]) for row in rows if not row["withdrawn"]}
        self._write([row for row in last["notes"] if (row["participant"], row["id"]) in there], revision)
        if last["themes"] is not None:
            self._set_themes(code, exercise, last["themes"])
        self._connection.execute(delete(undo).where(mine, undo.c.number == last["number"]))
        return True

    def _rows(self, code: str, exercise: str, ids: list[str]) -> list[dict[str, Any]]:
        self._settle()
        mine = (note.c.session == code) & (note.c.exercise == exercise) & note.c.id.in_(ids)
        return [dict(row) for row in self._connection.execute(select(note).where(mine)).mappings()]

    def _theme_rows(self, code: str, exercise: str) -> list[dict[str, Any]]:
        mine = (theme.c.session == code) & (theme.c.exercise == exercise)
        rows = self._connection.execute(select(theme).where(mine)).mappings()
        return [{name: row[name] for name in THEME} for row in rows]

    def _write(self, rows: Sequence[Mapping[str, Any]], revision: int) -> None:
        alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}  # by the columns that change
        for row in rows:
            names = tuple(name for name in THEIRS if name in row)
            values = {f"b_{name}": row[name] for name in KEY} | {name: row[name] for name in names}
            alike.setdefault(names, []).append({**values, "revision": revision})
        for names, values_of in alike.items():
            columns: dict[str, Any] = {name: bindparam(name) for name in (*names, "revision")}
            self._connection.execute(CHANGE.values(columns), values_of)

    def _set_themes(self, code: str, exercise: str, rows: Sequence[Mapping[str, Any]]) -> None:
        self._connection.execute(delete(theme).where(theme.c.session == code, theme.c.exercise == exercise))
        if rows:
            self._connection.execute(insert(theme), list(rows))

    def _remember(
        self, code: str, exercise: str, notes: Sequence[Mapping[str, Any]], themes: Sequence[Mapping[str, Any]] | None
    ) -> None:
        mine = (undo.c.session == code) & (undo.c.exercise == exercise)
        number = (self._connection.execute(select(func.max(undo.c.number)).where(mine)).scalar() or 0) + 1
        kept = {"session": code, "exercise": exercise, "number": number, "notes": list(notes), "themes": themes}
        self._connection.execute(insert(undo), kept)
        self._connection.execute(delete(undo).where(mine, undo.c.number <= number - MOST_UNDO))


def _said(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return row["text"], row["group"], row["lang"], row["parts"]


def _new_row(owner: Owner, one: Written, revision: int, old: Mapping[str, Any] | None) -> dict[str, Any]:
    """A note as it was written just now. What was hidden stays so; what lay in a theme stays there."""
    hidden = bool(old and old["hidden"])
    return {
        **dict(zip(KEY, (*owner, one.id), strict=True)),
        "group": one.group,
        "lang": one.lang,
        "text": one.text,
        "quotable": one.quotable,
        "parts": dict(one.parts),
        "released": False,
        "hidden": hidden,
        "reason": old["reason"] if old and hidden else "",
        "starred": False,
        "accepted": False,
        "withdrawn": False,
        "themes": old["themes"] if old else [],
        "merged_into": None,
        "apart": [],
        "revision": revision,
    }


def _withdrawn(row: Mapping[str, Any], revision: int) -> dict[str, Any]:
    blank = {
        "text": "",
        "parts": {},
        "quotable": False,
        "starred": False,
        "accepted": False,
        "themes": [],
        "merged_into": None,
    }
    return {**row, **blank, "withdrawn": True, "revision": revision}


def _theme_row(code: str, exercise: str, one: Theme) -> dict[str, Any]:
    return {
        "session": code,
        "exercise": exercise,
        "id": one.id,
        "cy": one.title.cy,
        "en": one.title.en,
        "position": one.position,
    }
