"""The schema comes up to date whole or not at all, whatever happens in the middle."""

import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, inspect

from tests.store.ways_in import BEN, CODE, furnish, keep, opened, rows
from workshop.config import ROOT
from workshop.rehearsal.server import OwnServer
from workshop.store import migrate, schemas
from workshop.store.schema import metadata

# A migration that is cut off after it has made one table, changed another and emptied a third.
CUT_OFF = """
import os, signal
import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = {down!r}

def upgrade():
    op.create_table("half", sa.Column("id", sa.Integer, primary_key=True))
    with op.batch_alter_table("response") as batch:
        batch.add_column(sa.Column("half", sa.Integer))
    op.execute("delete from note")
    if os.environ.get("CUT"):
        os.kill(os.getpid(), signal.SIGKILL)
"""

MIGRATE = """
import sys
from pathlib import Path
import workshop.store as store
store.MIGRATIONS = Path(sys.argv[2])
store.migrate(Path(sys.argv[1]))
"""


def tables(file: Path) -> set[str]:
    return {name for (name,) in rows(file, "select name from sqlite_master where type = 'table'")}


def head(file: Path) -> str:
    return str(rows(file, "select version_num from alembic_version")[0][0])


def shape(file: Path) -> Any:
    """Every table with its columns, keys and indexes, in an order that does not depend on how it came to be."""
    engine = create_engine(f"sqlite:///{file}")
    look = inspect(engine)
    tables = {
        table: (
            sorted((c["name"], str(c["type"]), c["nullable"]) for c in look.get_columns(table)),
            look.get_pk_constraint(table)["constrained_columns"],
            sorted((i["name"], i["column_names"], bool(i["unique"])) for i in look.get_indexes(table)),
            sorted(tuple(u["column_names"]) for u in look.get_unique_constraints(table)),
        )
        for table in look.get_table_names()
        if table != "alembic_version"
    }
    engine.dispose()
    return tables


def test_the_migrations_make_exactly_the_tables_that_the_code_speaks_of(tmp_path: Path) -> None:
    migrated, described = tmp_path / "migrated.sqlite3", tmp_path / "described.sqlite3"
    migrate(migrated)
    engine = create_engine(f"sqlite:///{described}")
    metadata.create_all(engine)
    engine.dispose()
    assert shape(migrated) == shape(described)


def test_migrating_again_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "cyd.sqlite3"
    with opened(file) as store:
        furnish(store)
        keep(store, 1, {"a": 1})
    before = rows(file, "select * from response")
    migrate(file)
    assert rows(file, "select * from response") == before


def test_only_the_owner_may_read_the_database(tmp_path: Path) -> None:
    file = tmp_path / "cyd.sqlite3"
    migrate(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.fixture
def next_version(tmp_path: Path) -> Path:
    """The project's migrations with one more after them."""
    folder = tmp_path / "migrations"
    shutil.copytree(ROOT / "workshop" / "store" / "migrations", folder, ignore=shutil.ignore_patterns("__pycache__"))
    last = max(file.name for file in (folder / "versions").glob("*.py")).partition("_")[0]
    (folder / "versions" / "9999_half.py").write_text(CUT_OFF.format(down=last), encoding="utf-8")
    return folder


def upgrade(file: Path, migrations: Path, **environment: str) -> int:
    command = [sys.executable, "-c", MIGRATE, str(file), str(migrations)]
    return subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT), **environment}, check=False).returncode


def test_a_kill_in_the_middle_of_a_migration_leaves_the_old_schema_with_everything_in_it(
    tmp_path: Path, next_version: Path
) -> None:
    file = tmp_path / "cyd.sqlite3"
    with opened(file) as store:
        furnish(store)
        keep(store, 1, {"a": 1}, who=BEN)
        store.writer.do(lambda tx: tx.set_setting("kept", "yes"))
    old = (head(file), tables(file), rows(file, "select * from response"), rows(file, "select * from setting"))

    assert upgrade(file, next_version, CUT="1") == -signal.SIGKILL
    assert (head(file), tables(file), rows(file, "select * from response"), rows(file, "select * from setting")) == old
    assert rows(file, "pragma integrity_check") == [("ok",)]

    with opened(file) as store, store.read() as read:  # the old version starts on it
        assert read.session(CODE).code == CODE


def test_the_next_start_after_a_killed_migration_finishes_it(tmp_path: Path, next_version: Path) -> None:
    file = tmp_path / "cyd.sqlite3"
    with opened(file) as store:
        furnish(store)
        keep(store, 1, {"a": 1})
    assert upgrade(file, next_version, CUT="1") == -signal.SIGKILL
    assert upgrade(file, next_version) == 0
    assert (head(file), tables(file) >= {"half", "response"}) == ("9999", True)
    assert rows(file, "select participant, value, half from response") == [("ben", '{"a":1}', None)]


def test_a_database_of_a_newer_cyd_is_refused_in_a_sentence_and_left_as_it_is(
    tmp_path: Path, next_version: Path
) -> None:
    data = tmp_path / "data"
    file = data / "cyd.sqlite3"
    with opened(file) as store:
        furnish(store)
    assert upgrade(file, next_version) == 0
    before = file.read_bytes()
    server = OwnServer(data)
    with pytest.raises(RuntimeError) as refused:
        server.start()
    server.stop()
    assert str(refused.value) == (
        "the server did not start: Cyd cannot start.\n"
        f"DATA: {file} is of a newer Cyd (its schema is 9999, this Cyd knows {schemas()[-1]}). "
        "Nothing in it was changed. Start the newer Cyd, or restore a backup from before the update.\n"
    )
    assert file.read_bytes() == before
    assert {one.name for one in data.iterdir()} == {"cyd.sqlite3", "lock"}


def test_a_database_that_another_process_is_writing_to_is_waited_for(tmp_path: Path) -> None:
    file = tmp_path / "cyd.sqlite3"
    with opened(file) as store:
        furnish(store)
        other = sqlite3.connect(file, isolation_level=None)
        try:
            other.execute("begin immediate")
            waiting = subprocess.Popen(
                [sys.executable, "-c", "import sys; from pathlib import Path; from workshop.store import migrate;"
                 "print('asking', flush=True); migrate(Path(sys.argv[1])); print('done')", str(file)],
                stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
            )  # fmt: skip
            assert waiting.stdout is not None
            assert waiting.stdout.readline() == "asking\n"
            other.execute("commit")
            assert waiting.communicate(timeout=30) == ("done\n", None)
        finally:
            other.close()
