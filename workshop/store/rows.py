"""Rows to values and back."""

from dataclasses import asdict
from typing import Any

import orjson
from sqlalchemy import RowMapping

from workshop import packs
from workshop.model import Note, Participant, Session, Step, Timer, Visit, Workshop

Row = RowMapping | dict[str, Any]


class Workshops:
    """Sessions' workshops, parsed once: what a session runs never changes while it lives."""

    MOST = 200

    def __init__(self) -> None:
        self._parsed: dict[tuple[str, float], Workshop] = {}

    def of(self, row: Row) -> Workshop:
        key = (row["code"], row["created_at"])
        if key not in self._parsed:
            if len(self._parsed) >= self.MOST:
                self._parsed.pop(next(iter(self._parsed)), None)
            where = f"session {row['code']}"
            self._parsed[key] = packs.parse(orjson.loads(row["workshop"]), id=row["workshop_id"], where=where)
        return self._parsed[key]


def session_of(row: Row, workshops: Workshops) -> Session:
    timer = row["timer"]
    return Session(
        code=row["code"],
        workshop=workshops.of(row),
        runner=row["runner"],
        contact=row["contact"],
        place=row["place"],
        created_at=row["created_at"],
        revision=row["revision"],
        moved=row["moved"],
        current=row["current"],
        steps={exercise: Step(**step) for exercise, step in row["steps"].items()},
        visits=tuple(Visit(*visit) for visit in row["visits"]),
        timer=Timer(tuple(timer["lengths"]), timer["began"], timer["paused_at"]) if timer else None,
        blank=row["blank"],
        ended_at=row["ended_at"],
        answered_day=row["answered_day"],
    )


def moving_columns(session: Session) -> dict[str, Any]:
    """What a session's verbs change, as columns."""
    return {
        "moved": session.moved,
        "current": session.current,
        "steps": {exercise: asdict(step) for exercise, step in session.steps.items()},
        "visits": [[visit.exercise, visit.at] for visit in session.visits],
        "timer": asdict(session.timer) if session.timer else None,
        "blank": session.blank,
        "ended_at": session.ended_at,
        "answered_day": session.answered_day,
    }


def all_columns(session: Session) -> dict[str, Any]:
    return {
        "code": session.code,
        "workshop_id": session.workshop.id,
        "workshop": orjson.dumps(packs.dump(session.workshop)).decode(),
        "runner": session.runner,
        "contact": session.contact,
        "place": session.place,
        "created_at": session.created_at,
        "revision": session.revision,
        **moving_columns(session),
    }


def participant_of(row: Row) -> Participant:
    names = ("id", "session", "language", "perspective", "size", "place_code")
    return Participant(**{name: row[name] for name in names})


def note_of(row: Row) -> Note:
    names = (
        "id", "exercise", "group", "lang", "text", "released", "hidden", "reason", "starred", "accepted", "withdrawn",
    )  # fmt: skip
    return Note(**{name: row[name] for name in names})
