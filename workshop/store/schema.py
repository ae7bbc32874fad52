"""The tables. Everything of a session is here, so that deleting, moving and backing up have one mechanism."""

from sqlalchemy import JSON, Boolean, Column, Float, Index, Integer, LargeBinary, MetaData, String, Table
from sqlalchemy import Text as LongText

metadata = MetaData()

setting = Table(
    "setting",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", String(200), nullable=False),
)

sign_in = Table(
    "sign_in",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("device", String(80), nullable=False),
    Column("created_at", Float, nullable=False),
    Column("seen_at", Float, nullable=False),
)

session = Table(
    "session",
    metadata,
    Column("code", String(7), primary_key=True),
    Column("workshop_id", String(80), nullable=False),
    Column("workshop", LongText, nullable=False),  # as it was run, the JSON that packs.parse reads
    Column("runner", String(200), nullable=False),
    Column("contact", String(200), nullable=False),
    Column("place", String(200), nullable=False),
    Column("created_at", Float, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("moved", Integer, nullable=False),
    Column("current", String(40)),
    Column("steps", JSON, nullable=False),
    Column("visits", JSON, nullable=False),
    Column("timer", JSON),
    Column("blank", Boolean, nullable=False),
    Column("ended_at", Float),
    Column("answered_day", Integer),
    Column("seats", JSON, nullable=False),  # perspective ("" for none) -> [phones, people, tables]
    Column("groups", JSON),  # of perspectives, once they are fixed
    Column("frozen", JSON, nullable=False),  # exercise -> its content, where opening it took something from another
    Column("published", String(10)),  # the key of its public record
    Column("issued", Boolean, nullable=False),
)

participant = Table(
    "participant",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("session", String(7), nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("place_code", String(6), nullable=False),
    Column("language", String(2), nullable=False),
    Column("perspective", String(40)),
    Column("size", Integer, nullable=False),
    Index("participant_place", "session", "place_code", unique=True),
    Index("participant_size", "session", "size"),
)

# The latest value counts. While `pending`, the wall still shows `wall`: {value, size, perspective}, or nothing.
response = Table(
    "response",
    metadata,
    Column("session", String(7), primary_key=True),
    Column("participant", String(16), primary_key=True),
    Column("exercise", String(40), primary_key=True),
    Column("n", Integer, nullable=False),
    Column("value", JSON, nullable=False),
    Column("size", Integer, nullable=False),
    Column("perspective", String(40)),
    Column("late", Boolean, nullable=False),
    Column("pending", Boolean, nullable=False),
    Column("wall", JSON),
    Column("revision", Integer, nullable=False),
    Index("response_changes", "session", "exercise", "revision"),
)

note = Table(
    "note",
    metadata,
    Column("session", String(7), primary_key=True),
    Column("participant", String(16), primary_key=True),
    Column("exercise", String(40), primary_key=True),
    Column("id", String(32), primary_key=True),
    Column("group", String(40), nullable=False),
    Column("lang", String(2), nullable=False),
    Column("text", LongText, nullable=False),
    Column("released", Boolean, nullable=False),
    Column("hidden", Boolean, nullable=False),
    Column("reason", String(200), nullable=False),
    Column("starred", Boolean, nullable=False),
    Column("accepted", Boolean, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    Column("quotable", Boolean, nullable=False),
    Column("themes", JSON, nullable=False),
    Column("merged_into", String(48)),
    Column("apart", JSON, nullable=False),
    Column("parts", JSON, nullable=False),
    Column("revision", Integer, nullable=False),
    Index("note_changes", "session", "exercise", "revision"),
    Index("note_by_id", "session", "id"),
)

theme = Table(
    "theme",
    metadata,
    Column("session", String(7), primary_key=True),
    Column("exercise", String(40), primary_key=True),
    Column("id", String(40), primary_key=True),
    Column("cy", String(200), nullable=False),
    Column("en", String(200), nullable=False),
    Column("position", Integer, nullable=False),
)

# What a change to notes and themes changed: the columns of those notes, and all the exercise's themes, as before it.
undo = Table(
    "undo",
    metadata,
    Column("session", String(7), primary_key=True),
    Column("exercise", String(40), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("notes", JSON, nullable=False),
    Column("themes", JSON, nullable=False),
)

# What the facilitator wrote and chose for a session's write-up.
write_up = Table(
    "write_up",
    metadata,
    Column("session", String(7), primary_key=True),
    Column("edits", JSON, nullable=False),
)

photo = Table(
    "photo",
    metadata,
    Column("session", String(7), primary_key=True),
    Column("id", String(16), primary_key=True),
    Column("data", LargeBinary, nullable=False),
)

# A write-up as it was published or brought in: it outlives its session. `public`: whoever has the key may read it.
record = Table(
    "record",
    metadata,
    Column("key", String(10), primary_key=True),
    Column("session", String(7), unique=True),  # None once that is deleted, and where it was brought in
    Column("title", JSON, nullable=False),  # Text
    Column("began", Float, nullable=False),
    Column("report", LargeBinary, nullable=False),  # the JSON of workshop/record.py
    Column("public", Boolean, nullable=False),
    Column("first_at", Float),
    Column("updated_at", Float, nullable=False),
    Column("why_lacking", JSON, nullable=False),  # Text: why one language lacks something
    Column("deeds", JSON, nullable=False),  # what came of it: [{asked, did, when}]
)
