"""Data folders of every schema that `main` has had open in this Cyd, with everything that was in them.

`schemas/` holds one database for each schema and pack; its README says how they are made.
"""

import gzip
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g

from tests.cast import eventually
from tests.store.test_migrations import shape
from tests.store.ways_in import rows
from workshop import create_app
from workshop.config import ROOT, Config
from workshop.kinds import KINDS
from workshop.model import Seats, Session
from workshop.pages.formats import page
from workshop.pages.report import draft
from workshop.rehearsal.server import OwnServer
from workshop.store import migrate, schemas

SCHEMAS = Path(__file__).parent / "schemas"
ALL = sorted(SCHEMAS.glob("*.gz"))
every_schema = pytest.mark.parametrize("packed", ALL, ids=lambda file: file.name.split(".")[0])
older_schemas = pytest.mark.parametrize(
    "packed",
    [file for file in ALL if "demo" in file.name and not file.name.startswith(schemas()[-1])],
    ids=lambda file: file.name.split(".")[0],
)

# Migrates copy after copy of a database. Each time it is killed one statement later, until it lives to the end.
KILLED_AFTER_EACH = """
import os, shutil, signal, sys
from itertools import count
from pathlib import Path
from sqlalchemy import Engine, event
from workshop.store import migrate

file = Path(sys.argv[1])
for number in count(1):
    copy = file.with_name(f"{number:03}.sqlite3")
    shutil.copyfile(file, copy)
    child = os.fork()
    if child == 0:
        left = number

        @event.listens_for(Engine, "after_cursor_execute")
        def one_less(*_):
            global left
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        migrate(copy)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    print(os.waitstatus_to_exitcode(status), flush=True)
    if os.WIFEXITED(status):
        break
"""
MIGRATE = "import sys; from pathlib import Path; from workshop.store import migrate; migrate(Path(sys.argv[1]))"


@pytest.fixture
def file(packed: Path, tmp_path: Path) -> Path:
    """The data folder's database as the older Cyd left it."""
    file = tmp_path / "cyd.sqlite3"
    file.write_bytes(gzip.decompress(packed.read_bytes()))
    return file


def schema(file: Path) -> str:
    return str(rows(file, "select version_num from alembic_version")[0][0])


def columns(file: Path) -> dict[str, list[str]]:
    """All but what the schema is called, and the workshop, which a migration may write anew."""
    tables = [name for (name,) in rows(file, "select name from sqlite_master where type = 'table'")]
    return {
        table: [f'"{row[1]}"' for row in rows(file, f"pragma table_info({table})") if row[1] != "workshop"]
        for table in tables
        if table != "alembic_version"
    }


def content(file: Path, of: dict[str, list[str]]) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of these tables, in these columns."""
    return {
        table: sorted(rows(file, f"select {', '.join(names)} from {table}"), key=repr) for table, names in of.items()
    }


def run(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-c", *words]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


def test_there_is_a_database_of_every_schema_and_pack() -> None:
    """Whoever adds a migration adds these: schemas/README.md says how."""
    packs = [file.parent.name for file in (ROOT / "exercises").glob("*/workshop.toml")]
    assert {file.name for file in ALL} == {f"{one}-{pack}.sqlite3.gz" for one in schemas() for pack in packs}


@every_schema
def test_each_is_of_the_schema_that_it_is_named_after(packed: Path, file: Path) -> None:
    assert schema(file) == packed.name.partition("-")[0]


@every_schema
def test_what_was_in_it_is_in_it_afterwards_and_its_tables_are_exactly_ours(file: Path, tmp_path: Path) -> None:
    was = columns(file)
    before = content(file, was)
    assert before["response"] and before["participant"] and before["session"]
    migrate(file)
    fresh = tmp_path / "fresh.sqlite3"
    migrate(fresh)
    assert content(file, was) == before
    assert (schema(file), shape(file)) == (schemas()[-1], shape(fresh))
    assert rows(file, "pragma integrity_check") == [("ok",)]


# What it is good for afterwards


@pytest.fixture
def app(file: Path) -> Iterator[Flask]:
    """Cyd on this folder, an hour after the session began: later it would be past its time."""
    began = rows(file, "select created_at from session")[0][0]
    app = create_app(Config(data=file.parent), lambda: "http://localhost", lambda: float(began) + 3600)
    yield app
    app.extensions["cyd"].press.close()
    app.extensions["cyd"].store.close()


@pytest.fixture
def session(app: Flask) -> Session:
    with app.extensions["cyd"].store.read() as read:
        (session,) = read.sessions()
    return session


@every_schema
def test_its_session_opens_on_every_surface(app: Flask, session: Session, file: Path) -> None:
    title = session.workshop.title.in_("en")
    ada, ben = app.test_client(), app.test_client()
    ours = {"Origin": "http://localhost"}
    key = app.extensions["cyd"].door.facilitator_key()
    assert ada.post("/enter", json={"key": key}, headers=ours).json == {"ok": True}
    place = rows(file, "select place_code from participant")[0][0]
    seated = ben.post(f"/j/{session.code}/en/place", data={"place": place}, headers=ours)
    assert (seated.status_code, seated.location) == (303, f"/s/{session.code}/en")

    code = session.code
    tables = [f"/c/{code}/themes/{one.id}" for one in session.workshop.agenda if one.kind == "notes"]
    for who, address, words in (
        *((ada, one, title) for one in ("/workshops", f"/c/{code}", f"/screen/{code}", f"/c/{code}/write-up")),
        *((ada, one, code) for one in tables),
        *((ada, f"{one}/now", '"fragments"') for one in (f"/c/{code}", f"/screen/{code}", *tables)),
        (ben, f"/s/{code}/en", title),
        (ben, f"/s/{code}/en/now", '"fragments"'),
    ):
        answer = who.get(address, query_string={"lang": "en"})
        assert (answer.status_code, words in answer.text) == (200, True), address
    mine = ben.get(f"/s/{session.code}/en/now").json["mine"]
    asked = "select count(*) from response join participant on id = participant where place_code = ?"
    assert len(mine["answers"]) == rows(file, asked, place)[0][0]


@every_schema
def test_its_session_counts_and_gives_a_write_up_in_both_languages(app: Flask, session: Session) -> None:
    assert session.joined == Seats(3, 3, 0)
    with app.extensions["cyd"].store.read() as read:
        for exercise in session.workshop.agenda:
            kind = KINDS[exercise.kind]
            for row in read.changed(session.code, exercise.id):
                given, _ = kind.progress(exercise.content, kind.Value.model_validate(row.value))
                assert given or exercise.kind == "notes"
    for lang in ("cy", "en"):
        with app.test_request_context(f"/r/{session.code}/{lang}"):
            g.facilitator, g.participant, g.lang = True, None, lang
            drawn = page("report/print.html", draft(session.code, lang), lang)
        assert session.workshop.title.in_(lang).replace("'", "&#39;") in drawn
        assert drawn.count("<h2") > 5


@every_schema
def test_what_was_published_is_there_for_its_readers(app: Flask, session: Session) -> None:
    with app.extensions["cyd"].store.read() as read:
        published = [one.key for one in read.records() if one.public]
    assert len(published) == (session.published is not None)
    for key in published:
        for lang in ("cy", "en"):
            answer = app.test_client().get(f"/w/{key}/{lang}")
            assert answer.status_code == 200
            assert session.workshop.title.in_(lang).replace("'", "&#39;") in answer.text


# What goes wrong on the way


@older_schemas
def test_a_kill_after_any_statement_leaves_the_old_schema_or_the_new_and_the_next_start_goes_on(
    file: Path, tmp_path: Path
) -> None:
    was = columns(file)
    old = (schema(file), shape(file), content(file, was))
    done = run(KILLED_AFTER_EACH, str(file))
    ended = [int(line) for line in done.stdout.split()]
    assert (done.returncode, done.stderr) == (0, "")
    assert ended == [-signal.SIGKILL] * (len(ended) - 1) + [0]
    assert len(ended) > 20
    migrate(file)
    new = (schema(file), shape(file), content(file, was))
    for copy in sorted(tmp_path.glob("[0-9]*.sqlite3")):
        found = (schema(copy), shape(copy), content(copy, was))
        assert found in (old, new)
        assert rows(copy, "pragma integrity_check") == [("ok",)]
        migrate(copy)
        assert (schema(copy), shape(copy), content(copy, was)) == new


@older_schemas
def test_two_that_start_at_once_bring_it_up_to_date_once(file: Path) -> None:
    was = columns(file)
    before = content(file, was)
    with ThreadPoolExecutor(2) as pool:
        ended = list(pool.map(lambda _: run(MIGRATE, str(file)), range(2)))
    assert [(one.returncode, one.stderr) for one in ended] == [(0, "")] * 2
    assert (schema(file), content(file, was)) == (schemas()[-1], before)


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@older_schemas
def test_the_port_is_not_open_before_the_database_is_up_to_date(file: Path, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    file = file.rename(tmp_path / "data" / file.name)
    server = OwnServer(file.parent)
    with ThreadPoolExecutor(1) as pool, closing(sqlite3.connect(file, isolation_level=None)) as line:
        line.execute("pragma journal_mode=wal")
        line.execute("begin immediate")  # so that the migration stands still where it begins
        starting = pool.submit(server.start)
        assert eventually(lambda: server.process is not None and _has_open(server.process.pid, file), 60)
        with socket.socket() as phone:
            assert phone.connect_ex(("127.0.0.1", server.port)) != 0
        line.execute("rollback")
        starting.result(60)
    try:
        assert schema(file) == schemas()[-1]
        with socket.socket() as phone:
            assert phone.connect_ex(("127.0.0.1", server.port)) == 0
    finally:
        server.stop()


def _has_open(process: int, file: Path) -> bool:
    found = []
    for one in Path(f"/proc/{process}/fd").glob("*"):
        try:
            found.append(os.readlink(one))
        except OSError:
            continue  # closed meanwhile
    return str(file) in found
