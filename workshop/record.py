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
from pydantic import TypeAdapter, ValidationError

from workshop import kinds, packs
from workshop.model import N_, Invalid, Workshop
from workshop.report import Deed, Issue, Report, Section
from workshop.text import Text

VERSION = 1
LARGEST = 24 * 1024 * 1024  # bytes of JSON: twelve photos and a thousand people
_MADE = {"exercise", "tally", "study"}  # what a section holds in its kind's own words


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
        issue = None if self.first_at is None else Issue(self.first_at, self.updated_at, self.why_lacking)
        return replace(load(self.report), issue=issue, deeds=self.deeds)


def dump(report: Report) -> bytes:
    """The report as JSON (UTF-8). Photos are in it as base64."""
    raw = _adapter(Report).dump_python(report, mode="json", exclude={"workshop", "sections"})
    workshop = {"id": report.workshop.id, **packs.dump(report.workshop)}
    sections = [_section(section) for section in report.sections]
    return orjson.dumps({"cyd": VERSION, "workshop": workshop, **raw, "sections": sections}, option=orjson.OPT_INDENT_2)


def load(raw: bytes) -> Report:
    """The report that the JSON holds, or Invalid."""
    if len(raw) > LARGEST:
        raise Invalid("record", N_("This file is too large."))
    try:
        held = orjson.loads(raw)
        if not isinstance(held, dict) or held.pop("cyd", None) != VERSION:
            raise Invalid("record", N_("This is not a record that Cyd made, or a newer Cyd made it."))
        planned = held.pop("workshop")
        workshop = packs.parse(planned, id=str(planned.pop("id")), where="record")
        sections = [_loaded(workshop, section) for section in held.pop("sections")]
        value = _adapter(Report).validate_python({**held, "workshop": workshop, "sections": sections})
    except (orjson.JSONDecodeError, packs.PackError, ValidationError, RecursionError) as error:
        raise Invalid("record", N_("This is not a record that Cyd made, or a newer Cyd made it.")) from error
    except (KeyError, TypeError, ValueError, AttributeError, LookupError, binascii.Error) as error:
        raise Invalid("record", N_("This is not a record that Cyd made, or a newer Cyd made it.")) from error
    assert isinstance(value, Report)
    return value


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
