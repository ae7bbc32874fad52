"""The database: the only importer of SQLAlchemy. One writer thread, short read transactions."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, NullPool, create_engine, event

from workshop.config import ConfigError
from workshop.gathered import Participant
from workshop.model import Session
from workshop.store.answer_tx import Answer, Outcome
from workshop.store.checkpoint import Checkpoints
from workshop.store.place import Place
from workshop.store.reads import Changed, Kept, Read
from workshop.store.rows import Workshops
from workshop.store.tx import Tx
from workshop.store.writer import BUSY_MILLISECONDS, Busy, Verb, Writer

__all__ = ["Answer", "Busy", "Changed", "Kept", "Outcome", "Read", "Store", "Tx", "Verb", "schemas"]

MIGRATIONS = Path(__file__).parent / "migrations"


class Store:
    """Opens the database file, brings its schema up to date, and owns the writer."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        migrate(file)
        workshops = Workshops()
        self._workshops = workshops
        self._reader = _engine(file, begin="BEGIN", pooled=True)
        self._writer_engine = _engine(file, begin="BEGIN IMMEDIATE", checkpoints=False)
        place = Place(file)
        self._checkpoints = Checkpoints(file, place)
        self.writer = Writer(self._writer_engine, workshops, self._checkpoints.lock, place)
        # All of them now: one that is opened once the file has been moved away would make it anew, empty.
        with self._reader.connect(), self._reader.connect():
            # For one question alone: a statement by itself sees one moment without a transaction around it.
            self._glance = Read(self._reader.connect(), workshops, self.writer.remembered)

    @contextmanager
    def read(self) -> Iterator[Read]:
        """One read transaction; nothing in it may yield to another greenlet."""
        with self._reader.begin() as connection:
            yield Read(connection, self._workshops, self.writer.remembered)

    def session(self, code: str) -> Session:
        """The session as it was committed last; without reading where it is still known."""
        remembered = self.writer.remembered
        known = remembered.sessions.get(code)
        if known is None:
            with remembered.lock, self.read() as read:
                known = remembered.sessions[code] = read.session(code)
        return known

    def participant(self, code: str, id: str) -> Participant:
        """The participant as they are now; without reading where they are still known."""
        remembered = self.writer.remembered
        known = remembered.participants.get((code, id))
        if known is None:
            with remembered.lock, self.read() as read:
                known = remembered.participants[code, id] = read.participant_by_id(code, id)
        return known

    def seat(self, code: str, token_hash: str) -> Participant | None:
        """Whose seat this token opens. Asked with every phone that comes, so without a transaction around it."""
        return self._glance.participant(code, token_hash)

    def given(self, code: str, participant: str) -> dict[str, Kept]:
        """What this participant gave, by exercise; likewise."""
        return self._glance.mine(code, participant)

    def forget(self, code: str) -> None:
        """What memory holds of a session that was deleted."""
        self._workshops.forget(code)

    def close(self) -> None:
        self.writer.stop()
        self._checkpoints.stop()
        self._glance.close()
        self._reader.dispose()
        self._writer_engine.dispose()


def migrate(file: Path) -> None:
    """Whole or not at all: a kill in the middle leaves the old schema, and the next start goes on from there."""
    engine = _engine(file, begin="BEGIN IMMEDIATE", foreign_keys=False)
    settings = _migrations()
    try:
        with engine.begin() as connection:
            schema = MigrationContext.configure(connection).get_current_revision()
            if schema is not None and schema not in schemas():
                raise ConfigError(
                    f"DATA: {file} is of a newer Cyd (its schema is {schema}, this Cyd knows {schemas()[-1]}). "
                    "Nothing in it was changed. Start the newer Cyd, or restore a backup from before the update."
                )
            settings.attributes["connection"] = connection
            command.upgrade(settings, "head")
    finally:
        engine.dispose()
    file.chmod(0o600)


def schemas() -> list[str]:
    """Every schema that there has been, from the first to the present one."""
    steps = ScriptDirectory.from_config(_migrations()).walk_revisions()
    return [step.revision for step in steps][::-1]


def _migrations() -> AlembicConfig:
    settings = AlembicConfig()
    settings.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return settings


def _engine(
    file: Path, *, begin: str, foreign_keys: bool = True, pooled: bool = False, checkpoints: bool = True
) -> Engine:
    """`checkpoints`: commits move the -wal file into the database from time to time; else somebody else does."""
    engine = create_engine(
        f"sqlite:///{file}",
        poolclass=None if pooled else NullPool,
        hide_parameters=True,  # an answer never stands in an error's words
        connect_args={"check_same_thread": False},
        json_serializer=lambda value: orjson.dumps(value).decode(),
        json_deserializer=orjson.loads,
    )

    @event.listens_for(engine, "connect")
    def _connected(connection: sqlite3.Connection, _: Any) -> None:
        connection.isolation_level = None  # the driver's own BEGIN gives no snapshot; ours, below, does
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            f"busy_timeout={BUSY_MILLISECONDS}",
            f"foreign_keys={'ON' if foreign_keys else 'OFF'}",
            "secure_delete=ON",  # what is deleted is overwritten
            *(() if checkpoints else ("wal_autocheckpoint=0",)),
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        driver: Any = connection.connection.driver_connection  # beside SQLAlchemy, whose way costs ten times as much
        driver.execute(begin)

    return engine
