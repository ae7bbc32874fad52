"""Themes and what else the facilitator does to notes; groups of perspectives; the write-up's edits, photos and records.

Sessions from before are as if nothing of it had been done to them yet.
"""

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    _add("session", {"seats": "{}", "groups": None, "frozen": "{}", "published": None, "issued": "0"})
    _add("note", {"quotable": "0", "themes": "[]", "merged_into": None, "apart": "[]", "parts": "{}"})
    op.drop_index("ix_participant_session", "participant")
    op.create_index("participant_size", "participant", ["session", "size"])
    op.create_index("note_changes", "note", ["session", "exercise", "revision"])
    op.create_index("note_by_id", "note", ["session", "id"])
    _new_tables()
    _count_seats()
    _leave_out_actions()


COLUMNS: Mapping[str, Any] = {
    "seats": sa.JSON(),
    "groups": sa.JSON(),
    "frozen": sa.JSON(),
    "published": sa.String(10),
    "issued": sa.Boolean(),
    "quotable": sa.Boolean(),
    "themes": sa.JSON(),
    "merged_into": sa.String(48),
    "apart": sa.JSON(),
    "parts": sa.JSON(),
}


def _add(table: str, columns: dict[str, str | None]) -> None:
    """New columns; `None` may be empty, anything else is what the rows that are there get."""
    with op.batch_alter_table(table) as batch:
        for name, given in columns.items():
            default = None if given is None else sa.text(f"'{given}'")
            batch.add_column(sa.Column(name, COLUMNS[name], nullable=given is None, server_default=default))
    with op.batch_alter_table(table, recreate="always") as batch:
        for name, given in columns.items():
            if given is not None:
                batch.alter_column(name, server_default=None)


def _new_tables() -> None:
    op.create_table(
        "theme",
        sa.Column("session", sa.String(7), primary_key=True),
        sa.Column("exercise", sa.String(40), primary_key=True),
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("cy", sa.String(200), nullable=False),
        sa.Column("en", sa.String(200), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
    )
    op.create_table(
        "undo",
        sa.Column("session", sa.String(7), primary_key=True),
        sa.Column("exercise", sa.String(40), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("notes", sa.JSON, nullable=False),
        sa.Column("themes", sa.JSON, nullable=False),
    )
    op.create_table(
        "write_up",
        sa.Column("session", sa.String(7), primary_key=True),
        sa.Column("edits", sa.JSON, nullable=False),
    )
    op.create_table(
        "photo",
        sa.Column("session", sa.String(7), primary_key=True),
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "record",
        sa.Column("key", sa.String(10), primary_key=True),
        sa.Column("session", sa.String(7), unique=True),
        sa.Column("title", sa.JSON, nullable=False),
        sa.Column("began", sa.Float, nullable=False),
        sa.Column("report", sa.LargeBinary, nullable=False),
        sa.Column("public", sa.Boolean, nullable=False),
        sa.Column("first_at", sa.Float),
        sa.Column("updated_at", sa.Float, nullable=False),
        sa.Column("why_lacking", sa.JSON, nullable=False),
        sa.Column("deeds", sa.JSON, nullable=False),
    )


def _count_seats() -> None:
    """Who joined is in the session's row now: perspective ("" for none) -> [phones, people, tables]."""
    connection = op.get_bind()
    seats: dict[str, dict[str, list[int]]] = {}
    for code, perspective, size in connection.execute(sa.text("select session, perspective, size from participant")):
        taken = seats.setdefault(code, {}).setdefault(perspective or "", [0, 0, 0])
        taken[0] += 1
        taken[1] += size
        taken[2] += size > 1
    for code, taken_by in seats.items():
        values = {"code": code, "seats": json.dumps(taken_by)}
        connection.execute(sa.text("update session set seats = :seats where code = :code"), values)


def _leave_out_actions() -> None:
    """What notes and forms said of themselves (`actions`) is said by the exercise's chapter now."""
    connection = op.get_bind()
    for code, raw in connection.execute(sa.text("select code, workshop from session")).all():
        workshop = json.loads(raw)
        for exercise in workshop["agenda"]:
            if exercise.get("content", {}).pop("actions", False):
                exercise["chapter"] = "commitments"
        values = {"code": code, "workshop": json.dumps(workshop, ensure_ascii=False)}
        connection.execute(sa.text("update session set workshop = :workshop where code = :code"), values)
