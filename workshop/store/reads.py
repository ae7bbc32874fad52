"""What can be asked of the database. A Read is one transaction: everything in it is of one moment."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, bindparam, func, select

from workshop.gathered import Note, Participant, Theme
from workshop.model import Session, Unknown
from workshop.record import Listed, Record
from workshop.report import Edits
from workshop.store.direct import Direct
from workshop.store.remembered import Remembered
from workshop.store.rows import (
    PARTICIPANT_COLUMNS,
    Workshops,
    listed_of,
    note_of,
    participant_of,
    record_of,
    session_of,
    theme_of,
)
from workshop.store.schema import (
    note,
    participant,
    photo,
    record,
    response,
    session,
    setting,
    sign_in,
    theme,
    undo,
    write_up,
)

SESSION = select(session).where(session.c.code == bindparam("code"))
REVISION = Direct(select(session.c.revision).where(session.c.code == bindparam("code")))
SESSIONS = select(session).order_by(session.c.created_at.desc())
PARTICIPANT = Direct(
    select(*(participant.c[name] for name in PARTICIPANT_COLUMNS)).where(
        participant.c.session == bindparam("code"), participant.c.token_hash == bindparam("token_hash")
    )
)
PARTICIPANT_AT = select(participant).where(
    participant.c.session == bindparam("code"), participant.c.place_code == bindparam("place_code")
)
TABLES = (
    select(participant)
    .where(participant.c.session == bindparam("code"), participant.c.size > 1)
    .order_by(participant.c.id)
)
BY_ID = select(participant).where(participant.c.session == bindparam("code"), participant.c.id == bindparam("id"))
# Everything of one revision was committed together, so that nothing ever comes in before the last row that was seen.
CHANGED = Direct(
    select(
        response.c.participant,
        response.c.value,
        response.c.size,
        response.c.perspective,
        response.c.pending,
        response.c.wall,
        response.c.revision,
    )
    .where(
        response.c.session == bindparam("code"),
        response.c.exercise == bindparam("exercise"),
        response.c.revision >= bindparam("revision"),
        (response.c.revision > bindparam("revision")) | (response.c.participant > bindparam("participant")),
    )
    .order_by(response.c.revision, response.c.participant)
    .limit(bindparam("most"))
)
MINE = Direct(
    select(response.c.exercise, response.c.n, response.c.value).where(
        response.c.session == bindparam("code"), response.c.participant == bindparam("participant")
    )
)
NOTES = (
    select(note)
    .where(
        note.c.session == bindparam("code"),
        note.c.exercise == bindparam("exercise"),
        note.c.revision > bindparam("seen"),
    )
    .order_by(note.c.revision)
)
THEMES = (
    select(theme)
    .where(theme.c.session == bindparam("code"), theme.c.exercise == bindparam("exercise"))
    .order_by(theme.c.position)
)
UNDO = select(func.count()).where(undo.c.session == bindparam("code"), undo.c.exercise == bindparam("exercise"))
EDITS = select(write_up.c.edits).where(write_up.c.session == bindparam("code"))
PHOTOS = select(photo.c.id, photo.c.data).where(photo.c.session == bindparam("code"))
RECORD = select(record).where(record.c.key == bindparam("key"))
LISTED = select(*(record.c[field.name] for field in fields(Listed))).where(record.c.key == bindparam("key"))
RECORDS = select(*(record.c[field.name] for field in fields(Listed))).order_by(record.c.updated_at.desc())
SETTING = select(setting.c.value).where(setting.c.name == bindparam("name"))
SIGN_IN = select(sign_in).where(sign_in.c.token_hash == bindparam("token_hash"))
SIGN_INS = select(sign_in).order_by(sign_in.c.created_at)


class Changed(NamedTuple):
    """A response that changed. While `pending` the wall still shows `wall` of it: value, size and perspective."""

    participant: str
    value: Any
    size: int
    perspective: str | None
    pending: bool
    wall: Any
    revision: int


@dataclass(frozen=True)
class Kept:
    """A participant's stored answer to one exercise."""

    n: int
    value: Any


class Read:
    """One read transaction."""

    def __init__(self, connection: Connection, workshops: Workshops, remembered: Remembered) -> None:
        self._remembered = remembered
        self.taken: set[Hashable] = set()  # what tallies took in of this moment already
        self._connection = connection
        self._workshops = workshops

    def close(self) -> None:
        self._connection.close()

    def session(self, code: str) -> Session:
        known = self._remembered.sessions.get(code)
        if known is not None and REVISION.run(self._connection, {"code": code}).fetchone() == (known.revision,):
            return known
        row = self._connection.execute(SESSION, {"code": code}).mappings().first()
        if row is None:
            raise Unknown(code)
        return session_of(row, self._workshops)

    def sessions(self) -> list[Session]:
        """All sessions, newest first."""
        return [session_of(row, self._workshops) for row in self._connection.execute(SESSIONS).mappings()]

    def participant(self, code: str, token_hash: str) -> Participant | None:
        row = PARTICIPANT.run(self._connection, {"code": code, "token_hash": token_hash}).fetchone()
        return Participant(**dict(zip(PARTICIPANT_COLUMNS, row, strict=True))) if row else None

    def participant_at(self, code: str, place_code: str) -> Participant | None:
        row = self._connection.execute(PARTICIPANT_AT, {"code": code, "place_code": place_code}).mappings().first()
        return participant_of(row) if row else None

    def participant_by_id(self, code: str, id: str) -> Participant:
        row = self._connection.execute(BY_ID, {"code": code, "id": id}).mappings().first()
        if row is None:
            raise Unknown(id)
        return participant_of(row)

    def tables(self, code: str) -> list[Participant]:
        """The phones that speak for a table, in no meaningful order."""
        rows = self._connection.execute(TABLES, {"code": code}).mappings()
        return [participant_of(row) for row in rows]

    def changed(
        self, code: str, exercise: str, seen: tuple[int, str] = (0, ""), most: int | None = None
    ) -> list[Changed]:
        """Responses that changed after `seen`, the revision and participant of the last one known; so many at most."""
        values = {"code": code, "exercise": exercise, "revision": seen[0], "participant": seen[1]}
        limit = 1_000_000 if most is None else most
        return [
            Changed(who, orjson.loads(value), size, perspective, bool(pending), orjson.loads(wall or b"null"), revision)
            for who, value, size, perspective, pending, wall, revision in CHANGED.run(
                self._connection, {**values, "most": limit}
            )
        ]

    def mine(self, code: str, participant_id: str) -> dict[str, Kept]:
        """What this participant gave, by exercise."""
        rows = MINE.run(self._connection, {"code": code, "participant": participant_id})
        return {exercise: Kept(n, orjson.loads(value)) for exercise, n, value in rows}

    def notes(self, code: str, exercise: str, seen: int = 0) -> list[tuple[int, Note]]:
        """The exercise's notes that changed after revision `seen`, each with the revision at which it last did."""
        values = {"code": code, "exercise": exercise, "seen": seen}
        return [(row["revision"], note_of(row)) for row in self._connection.execute(NOTES, values).mappings()]

    def themes(self, code: str, exercise: str) -> tuple[Theme, ...]:
        """The exercise's themes in their order."""
        rows = self._connection.execute(THEMES, {"code": code, "exercise": exercise}).mappings()
        return tuple(theme_of(row) for row in rows)

    def can_undo(self, code: str, exercise: str) -> bool:
        """Whether there is a change to notes or themes to take back."""
        return bool(self._connection.execute(UNDO, {"code": code, "exercise": exercise}).scalar())

    def edits(self, code: str) -> Edits:
        """What the facilitator wrote and chose for the write-up."""
        raw = self._connection.execute(EDITS, {"code": code}).scalar()
        return Edits() if raw is None else Edits.model_validate(raw)

    def pictures(self, code: str) -> dict[str, bytes]:
        """Photos and logo of the write-up, by id."""
        return {row.id: row.data for row in self._connection.execute(PHOTOS, {"code": code})}

    def record(self, key: str) -> Record:
        """A write-up that was published or brought in."""
        row = self._connection.execute(RECORD, {"key": key}).mappings().first()
        if row is None:
            raise Unknown(key)
        return record_of(row)

    def listed(self, key: str) -> Listed:
        """What a list says of it, without the record itself."""
        row = self._connection.execute(LISTED, {"key": key}).mappings().first()
        if row is None:
            raise Unknown(key)
        return listed_of(row)

    def records(self) -> list[Listed]:
        """All of them, the latest first."""
        return [listed_of(row) for row in self._connection.execute(RECORDS).mappings()]

    def setting(self, name: str) -> str | None:
        return self._connection.execute(SETTING, {"name": name}).scalar()

    def sign_in(self, token_hash: str) -> Mapping[str, Any] | None:
        row = self._connection.execute(SIGN_IN, {"token_hash": token_hash}).mappings().first()
        return dict(row) if row else None

    def sign_ins(self) -> list[Mapping[str, Any]]:
        return [dict(row) for row in self._connection.execute(SIGN_INS).mappings()]

    def ping(self) -> None:
        self._connection.execute(select(1))
