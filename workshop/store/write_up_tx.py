"""What one transaction does to write-ups: the facilitator's edits and photos, and records of what was published."""

from collections.abc import Callable

from sqlalchemy import Connection, delete, insert, select, update

from workshop.model import Unknown
from workshop.record import Record
from workshop.report import Edits
from workshop.store.rows import record_columns, record_of
from workshop.store.schema import photo, record, write_up


class WriteUpTx:
    """Part of a Tx: see there. `touch` marks the session as changed; `upsert` writes rows by their key."""

    def __init__(self, connection: Connection, touch: Callable[[str], int], upsert: Callable[..., None]) -> None:
        self._connection, self._touch, self._upsert = connection, touch, upsert

    def edits(self, code: str) -> Edits:
        raw = self._connection.execute(select(write_up.c.edits).where(write_up.c.session == code)).scalar()
        return Edits() if raw is None else Edits.model_validate(raw)

    def put_edits(self, code: str, edits: Edits) -> None:
        """Nothing is written where nothing changed."""
        if edits != self.edits(code):
            self._touch(code)
            self._upsert(write_up, [{"session": code, "edits": edits.model_dump(mode="json")}], ("session",))

    def add_picture(self, code: str, id: str, data: bytes) -> None:
        self._connection.execute(insert(photo), {"session": code, "id": id, "data": data})

    def remove_picture(self, code: str, id: str) -> None:
        self._connection.execute(delete(photo).where(photo.c.session == code, photo.c.id == id))

    def record(self, key: str) -> Record:
        row = self._connection.execute(select(record).where(record.c.key == key)).mappings().first()
        if row is None:
            raise Unknown(key)
        return record_of(row)

    def put_record(self, kept: Record) -> None:
        self._upsert(record, [record_columns(kept)], ("key",))

    def remove_record(self, key: str) -> None:
        self._connection.execute(delete(record).where(record.c.key == key))

    def let_go(self, code: str) -> None:
        """The session goes, what was published of it stays."""
        self._connection.execute(update(record).where(record.c.session == code), {"session": None})
