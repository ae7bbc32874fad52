"""Data folders of every schema that a released or landed Cyd had open in this one, with everything that was in them.

`schemas/` holds one database for each schema and pack: a rehearsal that ran to its end with the Cyd of that time.
"""

import gzip
from pathlib import Path

import pytest
from flask import g

from tests.store.ways_in import rows
from workshop import create_app
from workshop.config import Config
from workshop.kinds import KINDS
from workshop.model import Seats
from workshop.pages.formats import page
from workshop.pages.report import draft
from workshop.store import migrate

SCHEMAS = Path(__file__).parent / "schemas"
every_schema = pytest.mark.parametrize("packed", sorted(SCHEMAS.glob("*.gz")), ids=lambda file: file.name.split(".")[0])


@pytest.fixture
def file(packed: Path, tmp_path: Path) -> Path:
    """The data folder's database as the older Cyd left it."""
    file = tmp_path / "cyd.sqlite3"
    file.write_bytes(gzip.decompress(packed.read_bytes()))
    return file


@every_schema
def test_nothing_that_people_gave_is_lost(packed: Path, file: Path) -> None:
    asked = (
        "select participant, exercise, n, value, size, perspective, late from response order by participant, exercise",
        "select id, participant, exercise, lang, text, released, hidden, reason, starred from note order by id",
        "select id, token_hash, place_code, language, perspective, size from participant order by id",
        "select code, runner, contact, place, created_at, revision, ended_at from session",
    )
    before = [rows(file, one) for one in asked]
    migrate(file)
    assert [rows(file, one) for one in asked] == before
    assert before[0]


@every_schema
def test_its_sessions_open_count_and_give_a_write_up_in_both_languages(packed: Path, file: Path) -> None:
    app = create_app(Config(data=file.parent), lambda: "http://127.0.0.1")
    store = app.extensions["cyd"].store
    try:
        with store.read() as read:
            (session,) = read.sessions()
            assert session.joined == Seats(3, 3, 0)
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
    finally:
        store.close()
