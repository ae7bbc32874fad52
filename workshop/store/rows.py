"""Rows to values and back."""

from collections.abc import Mapping
from dataclasses import asdict, astuple, fields
from typing import Any

import orjson
from sqlalchemy import RowMapping

from workshop import kinds, packs
from workshop.gathered import Note, Participant, Theme
from workshop.model import Group, Seats, Session, Step, Timer, Visit, Workshop
from workshop.record import Listed, Record
from workshop.report import Deed
from workshop.text import Text

Row = RowMapping | dict[str, Any]


class Workshops:
    """Sessions' workshops, parsed once: they change only where opening an exercise froze its content."""

    MOST = 200

    def __init__(self) -> None:
        self._parsed: dict[tuple[str, float, bytes], tuple[Workshop, Mapping[str, Any]]] = {}

    def of(self, row: Row) -> tuple[Workshop, Mapping[str, Any]]:
        """The workshop as the session has it now, and the contents that were frozen into it."""
        key = (row["code"], row["created_at"], orjson.dumps(row["frozen"]))
        if key not in self._parsed:
            if len(self._parsed) >= self.MOST:
                self._parsed.pop(next(iter(self._parsed)), None)
            where = f"session {row['code']}"
            workshop = packs.parse(orjson.loads(row["workshop"]), id=row["workshop_id"], where=where)
            frozen = {
                id: kinds.KINDS[workshop.exercise(id).kind].Content.model_validate(raw)
                for id, raw in row["frozen"].items()
            }
            agenda = tuple(
                exercise.model_copy(update={"content": frozen[exercise.id]}) if exercise.id in frozen else exercise
                for exercise in workshop.agenda
            )
            self._parsed[key] = workshop.model_copy(update={"agenda": agenda}), frozen
        return self._parsed[key]

    def forget(self, code: str) -> None:
        for key in [key for key in self._parsed if key[0] == code]:
            del self._parsed[key]


def session_of(row: Row, workshops: Workshops) -> Session:
    timer = row["timer"]
    workshop, frozen = workshops.of(row)
    return Session(
        code=row["code"],
        workshop=workshop,
        frozen=frozen,
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
        seats={perspective or None: Seats(*seats) for perspective, seats in row["seats"].items()},
        groups=None if row["groups"] is None else tuple(_group_of(group) for group in row["groups"]),
        published=row["published"],
        issued=row["issued"],
    )


def _group_of(raw: Mapping[str, Any]) -> Group:
    title = Text(**raw["title"]) if raw["title"] is not None else None
    return Group(tuple(raw["perspectives"]), title, raw["others"], raw["own"])


def _group_column(group: Group) -> dict[str, Any]:
    title = group.title.model_dump() if group.title is not None else None
    return {"perspectives": group.perspectives, "title": title, "others": group.others, "own": group.own}


# What a session's verbs change.
MOVING = (
    "moved", "current", "steps", "visits", "timer", "blank", "ended_at", "answered_day", "seats", "groups", "frozen",
    "published", "issued",
)  # fmt: skip


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
        "seats": {perspective or "": astuple(seats) for perspective, seats in session.seats.items()},
        "groups": None if session.groups is None else [_group_column(group) for group in session.groups],
        "frozen": {id: content.model_dump(mode="json", exclude_none=True) for id, content in session.frozen.items()},
        "published": session.published,
        "issued": session.issued,
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


PARTICIPANT_COLUMNS = ("id", "session", "language", "perspective", "size", "place_code")


def participant_of(row: Row) -> Participant:
    return Participant(**{name: row[name] for name in PARTICIPANT_COLUMNS})


def note_of(row: Row) -> Note:
    names = (
        "id", "exercise", "group", "lang", "text", "released", "hidden", "reason", "starred", "accepted", "withdrawn",
        "quotable", "merged_into", "parts",
    )  # fmt: skip
    columns: dict[str, Any] = {name: row[name] for name in names}
    columns |= {name: tuple(row[name]) for name in ("themes", "apart")}
    return Note(**columns, writer=row["participant"])


def listed_of(row: Row) -> Listed:
    return Listed(**{**row, "title": Text(**row["title"])})


def record_of(row: Row) -> Record:
    deeds = tuple(Deed(Text(**one["asked"]), Text(**one["did"]), one["when"]) for one in row["deeds"])
    texts = {name: Text(**row[name]) for name in ("title", "why_lacking")}
    return Record(**{**row, **texts, "deeds": deeds})


def record_columns(kept: Record) -> dict[str, Any]:
    deeds = [{"asked": one.asked.model_dump(), "did": one.did.model_dump(), "when": one.when} for one in kept.deeds]
    columns = {field.name: getattr(kept, field.name) for field in fields(kept)}
    texts = {"title": kept.title.model_dump(), "why_lacking": kept.why_lacking.model_dump()}
    return {**columns, **texts, "deeds": deeds}


def theme_of(row: Row) -> Theme:
    return Theme(row["id"], Text(cy=row["cy"], en=row["en"]), row["position"])
