"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "setting",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("value", sa.String(200), nullable=False),
    )
    op.create_table(
        "sign_in",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("device", sa.String(80), nullable=False),
        sa.Column("created_at", sa.Float, nullable=False),
        sa.Column("seen_at", sa.Float, nullable=False),
    )
    op.create_table(
        "session",
        sa.Column("code", sa.String(7), primary_key=True),
        sa.Column("workshop_id", sa.String(80), nullable=False),
        sa.Column("workshop", sa.Text, nullable=False),
        sa.Column("runner", sa.String(200), nullable=False),
        sa.Column("contact", sa.String(200), nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("created_at", sa.Float, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("moved", sa.Integer, nullable=False),
        sa.Column("current", sa.String(40)),
        sa.Column("steps", sa.JSON, nullable=False),
        sa.Column("visits", sa.JSON, nullable=False),
        sa.Column("timer", sa.JSON),
        sa.Column("blank", sa.Boolean, nullable=False),
        sa.Column("ended_at", sa.Float),
        sa.Column("answered_day", sa.Integer),
    )
    op.create_table(
        "participant",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("session", sa.String(7), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("place_code", sa.String(6), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("perspective", sa.String(40)),
        sa.Column("size", sa.Integer, nullable=False),
    )
    op.create_index("ix_participant_session", "participant", ["session"])
    op.create_index("participant_place", "participant", ["session", "place_code"], unique=True)
    op.create_table(
        "response",
        sa.Column("session", sa.String(7), primary_key=True),
        sa.Column("participant", sa.String(16), primary_key=True),
        sa.Column("exercise", sa.String(40), primary_key=True),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("value", sa.JSON, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("perspective", sa.String(40)),
        sa.Column("late", sa.Boolean, nullable=False),
        sa.Column("pending", sa.Boolean, nullable=False),
        sa.Column("wall", sa.JSON),
        sa.Column("revision", sa.Integer, nullable=False),
    )
    op.create_index("response_changes", "response", ["session", "exercise", "revision"])
    op.create_table(
        "note",
        sa.Column("session", sa.String(7), primary_key=True),
        sa.Column("participant", sa.String(16), primary_key=True),
        sa.Column("exercise", sa.String(40), primary_key=True),
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("group", sa.String(40), nullable=False),
        sa.Column("lang", sa.String(2), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("released", sa.Boolean, nullable=False),
        sa.Column("hidden", sa.Boolean, nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("starred", sa.Boolean, nullable=False),
        sa.Column("accepted", sa.Boolean, nullable=False),
        sa.Column("withdrawn", sa.Boolean, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
    )
