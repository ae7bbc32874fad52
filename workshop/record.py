"""The write-up as JSON, and back: what is kept of a published one, and the portable record that opens without Cyd.

A record holds finished tallies, with everything suppressed that the write-up suppresses: no answer can be had back
from it. Its schema is docs/record.schema.json, and `load(dump(report))` draws the same document.
"""

import binascii
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import orjson
import regex
from pydantic import TypeAdapter, ValidationError

from workshop import kinds, packs
from workshop.model import N_, Exercise, Invalid, Unknown, Workshop
from workshop.report import CHAPTERS, Deed, Issue, Report, Section
from workshop.text import Text, clean

VERSION = 1
LARGEST = 24 * 1024 * 1024  # bytes of JSON: twelve photos and a thousand people
NOT_OURS = N_("This is not a record that Cyd made, or a newer Cyd made it.")

_MADE = {"exercise", "tally", "study"}  # what a section holds in its kind's own words
_TIMES = {"began", "ended", "answers_until", "first", "updated"}  # epoch seconds
_LATEST = 2.0**36  # the year 4147: a date that can be told
_MOST = 1_000_000  # of anything else that is counted: a picture may draw each of them
_MESSAGE = regex.compile(r"(?:[^%]|%%|%\(\w+\)s)*+")  # takes its arguments as they are, at no other width


@dataclass(frozen=True)
class Listed:
    """What a list says of a record."""

    key: str
    title: Text
    began: float
    public: bool
    updated_at: float


@dataclass(frozen=True)
class Record:
    """A write-up that was published or brought in: it outlives its session. Times are epoch seconds.

    `public`: whoever has the `key` may read it.
    """

    key: str
    session: str | None  # None once that is deleted, and where it was brought in
    title: Text
    began: float
    report: bytes  # what `dump` gave
    public: bool
    first_at: float | None  # None for a draft that was brought in
    updated_at: float
    why_lacking: Text = Text()  # why one language lacks something
    deeds: tuple[Deed, ...] = ()

    def drawn(self) -> Report:
        """The report as its readers see it: with its dates, and with what came of it."""
        return self._dated(load(self.report))

    def beside(self, draft: Report) -> Report:
        """The draft of its session, with what came of it; and with its dates where nothing in it waits to go out."""
        return self._dated(draft) if self.report == dump(draft) else replace(draft, deeds=self.deeds)

    def _dated(self, report: Report) -> Report:
        issue = None if self.first_at is None else Issue(self.first_at, self.updated_at, self.why_lacking)
        return replace(report, issue=issue, deeds=self.deeds)


def dump(report: Report) -> bytes:
    """The report as JSON (UTF-8). Photos are in it as base64; speaker notes are the facilitator's, and are not."""
    raw = _adapter(Report).dump_python(report, mode="json", exclude={"workshop", "sections"})
    workshop = {"id": report.workshop.id, **packs.dump(report.workshop)}
    for exercise in (*workshop["agenda"], *workshop["reading"]):
        exercise.pop("speaker_notes")
    sections = [_section(section) for section in report.sections]
    return orjson.dumps({"cyd": VERSION, "workshop": workshop, **raw, "sections": sections}, option=orjson.OPT_INDENT_2)


def without_notes(workshop: Workshop) -> Workshop:
    """The workshop without its speaker notes, which are the facilitator's."""

    def bare(exercises: tuple[Exercise, ...]) -> tuple[Exercise, ...]:
        return tuple(exercise.model_copy(update={"speaker_notes": Text()}) for exercise in exercises)

    return workshop.model_copy(update={"agenda": bare(workshop.agenda), "reading": bare(workshop.reading)})


def load(raw: bytes) -> Report:
    """The report that the JSON holds, or Invalid."""
    if len(raw) > LARGEST:
        raise Invalid("record", N_("This file is too large."))
    try:
        held = orjson.loads(raw)
        if not isinstance(held, dict) or held.pop("cyd", None) != VERSION:
            raise Invalid("record", NOT_OURS)
        planned = held.pop("workshop")
        workshop = packs.parse(planned, id=str(planned.pop("id")), where="record")
        sections = [_loaded(workshop, section) for section in held.pop("sections")]
        value = _adapter(Report).validate_python({**held, "workshop": workshop, "sections": sections})
    except (orjson.JSONDecodeError, packs.PackError, ValidationError, RecursionError) as error:
        raise Invalid("record", NOT_OURS) from error
    except (KeyError, TypeError, ValueError, AttributeError, LookupError, Unknown, binascii.Error) as error:
        raise Invalid("record", NOT_OURS) from error
    assert isinstance(value, Report)
    if [section.exercise for section in value.sections] != list(workshop.agenda):
        raise Invalid("record", NOT_OURS)
    if not set(value.chapters) <= set(CHAPTERS) or len(set(value.chapters)) < len(value.chapters):
        raise Invalid("record", NOT_OURS)
    return value


def brought(raw: bytes) -> Report:
    """The report in a record from elsewhere, its words cleaned as if they had been typed here; or Invalid."""
    if len(raw) > LARGEST:
        raise Invalid("record", N_("This file is too large."))
    try:
        return load(orjson.dumps(_checked(orjson.loads(raw))))
    except (orjson.JSONDecodeError, orjson.JSONEncodeError, RecursionError) as error:
        raise Invalid("record", NOT_OURS) from error


def _checked(raw: Any, name: str = "") -> Any:
    """What stands under this name, with clean words; Invalid where a number or message could not come from us."""
    if isinstance(raw, dict):
        return {key: _checked(value, key) for key, value in raw.items()}
    if isinstance(raw, list):
        return [_checked(value, name) for value in raw]
    if isinstance(raw, str):
        if name == "key" and not _MESSAGE.fullmatch(raw):
            raise Invalid("record", NOT_OURS)
        return raw if name == "data" else _cleaned(raw)
    if isinstance(raw, int | float) and not (0 <= raw <= _LATEST if name in _TIMES else abs(raw) <= _MOST):
        raise Invalid("record", NOT_OURS)
    return raw


def _cleaned(words: str) -> str:
    """As they are, with the author's own line breaks, unless there is something in them that nobody may type."""
    cleaned = clean(words, lines=True)
    same = cleaned.translate(_SPACE) == words.translate(_SPACE)
    return words if same else cleaned


_SPACE = str.maketrans("", "", " \n")


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a record. A workshop has the shape that docs/packs.md describes."""
    made = {f"{kind}-{n}": one for kind in kinds.KINDS for n, one in enumerate(kinds.made(kind)) if one is not None}
    adapters = {"report": _adapter(Report)} | {name: _adapter(one) for name, one in made.items()}
    places, defined = TypeAdapter.json_schemas(
        [(name, "serialization", adapter) for name, adapter in adapters.items()], ref_template="#/$defs/{model}"
    )
    parts = defined["$defs"]
    section, report = parts["Section"], parts["Report"]
    section["properties"]["exercise"] = {"type": "string", "description": "id of one of the workshop's exercises"}
    for number, name in enumerate(("tally", "study")):
        found = [places[f"{kind}-{number}", "serialization"] for kind in kinds.KINDS if f"{kind}-{number}" in made]
        section["properties"][name] = {"anyOf": [*found, {"type": "null"}]}
    report["properties"] = {
        "cyd": {"const": VERSION},
        **report["properties"],
        "workshop": {"type": "object", "required": ["id", "title", "agenda"]},
    }
    report["required"] = ["cyd", *report["required"]]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A write-up made by Cyd",
        "$ref": "#/$defs/Report",
        "$defs": parts,
    }


def _section(section: Section) -> dict[str, Any]:
    raw = _adapter(Section).dump_python(section, mode="json", exclude=_MADE)
    tally, study = kinds.made(section.exercise.kind)
    return {
        "exercise": section.exercise.id,
        **raw,
        "tally": _adapter(tally).dump_python(section.tally, mode="json") if section.tally is not None else None,
        "study": _adapter(study).dump_python(section.study, mode="json") if section.study is not None else None,
    }


def _loaded(workshop: Workshop, raw: Mapping[str, Any]) -> Section:
    exercise = workshop.exercise(raw["exercise"])
    tally, study = kinds.made(exercise.kind)
    held = {
        **raw,
        "exercise": exercise,
        "tally": None if raw["tally"] is None else _adapter(tally).validate_python(raw["tally"]),
        "study": None if raw["study"] is None else _adapter(study).validate_python(raw["study"]),
    }
    section = _adapter(Section).validate_python(held)
    assert isinstance(section, Section)
    return section


@cache
def _adapter(of: Any) -> TypeAdapter[Any]:
    return TypeAdapter(of)
