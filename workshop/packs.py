"""Packs: a workshop as its author wrote it, in `exercises/<id>/workshop.toml`, read into a Workshop.

A wrong pack stops with the file, the exercise, the field and what is allowed there.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomlkit
from pydantic import ValidationError

from workshop.kinds import KINDS, follows, perspectives
from workshop.model import Workshop

LARGEST = 256 * 1024  # bytes of TOML


class PackError(Exception):
    """A pack that cannot be used, and why, in words for its author."""


def load_all(folder: Path) -> dict[str, Workshop]:
    """Every pack in the folder, by id, the ready-made workshop before the demonstration."""
    files = sorted(folder.glob("*/workshop.toml"), key=lambda f: (f.parent.name == "demo", f.parent.name))
    return {file.parent.name: load(file) for file in files}


def load(file: Path) -> Workshop:
    return parse(load_raw(file), id=file.parent.name, where=str(file))


def load_raw(file: Path) -> dict[str, Any]:
    if file.stat().st_size > LARGEST:
        raise PackError(f"{file}: larger than {LARGEST // 1024} KiB")
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PackError(f"{file}: {error}") from None


def hints(folder: Path) -> dict[str, Any]:
    """What rehearsals imagine people to answer in this pack; nothing where it has no `answers.toml`."""
    file = folder / "answers.toml"
    return load_raw(file) if file.exists() else {}


def parse(raw: Mapping[str, Any], *, id: str, where: str) -> Workshop:
    """A Workshop from what TOML (or the database, which keeps the same shape) holds; PackError says what is wrong."""
    agenda = raw.get("agenda")
    if not isinstance(agenda, list) or not agenda:
        raise PackError(f"{where}: agenda: there must be at least one [[agenda]] exercise")
    exercises, reading = _exercises(agenda, where), _exercises(raw.get("reading", []), where)
    try:
        workshop = Workshop.model_validate({**raw, "id": id, "agenda": exercises, "reading": reading})
    except ValidationError as error:
        raise PackError(_say(error, where, [e["id"] for e in exercises])) from None
    known = {perspective.id for perspective in workshop.perspectives}
    for made in workshop.agenda:
        strange = perspectives(made.kind, made.content) - known
        if known and strange:
            raise PackError(
                f"{where}: exercise {made.id!r}: content: perspectives: {', '.join(sorted(strange))} "
                f"is not one of the workshop's; they are {', '.join(sorted(known))}"
            )
    return workshop


def _exercises(agenda: Any, where: str) -> list[dict[str, Any]]:
    """The exercises with their contents read by their kinds."""
    if not isinstance(agenda, list):
        raise PackError(f"{where}: reading: it must be a list of exercises")
    seen: dict[str, Mapping[str, Any]] = {}
    exercises = []
    for number, exercise in enumerate(agenda, start=1):
        name = f"{where}: exercise {exercise.get('id', number)!r}" if isinstance(exercise, dict) else f"{where}: agenda"
        if not isinstance(exercise, dict) or not isinstance(exercise.get("id"), str):
            raise PackError(f"{name}: id: every exercise needs an id of letters, digits and dashes")
        if exercise["id"] in seen:
            raise PackError(f"{name}: id: another exercise has the same id")
        exercises.append({**exercise, "content": _content(exercise, seen, name)})
        seen[exercise["id"]] = exercise
    return exercises


def _content(exercise: Mapping[str, Any], seen: Mapping[str, Mapping[str, Any]], name: str) -> Any:
    kind = exercise.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise PackError(f"{name}: kind: {kind!r} is not a kind; allowed are {', '.join(KINDS)}")
    content = exercise.get("content", {})
    if not isinstance(content, Mapping):
        raise PackError(f"{name}: content: it must be a table of fields")
    if "of" in exercise:
        earlier = seen.get(exercise["of"]) if isinstance(exercise["of"], str) else None
        if not follows(kind):
            raise PackError(f"{name}: of: a {kind} follows no other exercise")
        if earlier is None or earlier.get("kind") not in follows(kind):
            allowed = " or ".join(follows(kind))
            raise PackError(f"{name}: of: {exercise['of']!r} is not an earlier exercise of the kind {allowed}")
        if earlier["kind"] == kind:
            if "of" in earlier:
                raise PackError(f"{name}: of: {exercise['of']!r} is a second time itself; follow the first one")
            content = {**earlier.get("content", {}), **content, "paired": True}
        else:
            content = {**content, "of_earlier": True}
    try:
        return KINDS[kind].Content.model_validate(content)
    except ValidationError as error:
        raise PackError(_say(error, f"{name}: content")) from None


def _say(error: ValidationError, where: str, exercises: list[str] | None = None) -> str:
    """One line a mistake: where, which field, and what is allowed."""
    lines = []
    for one in error.errors(include_url=False):
        place, path = [where], [str(part) for part in one["loc"]]
        if exercises and len(path) > 1 and path[0] == "agenda" and path[1].isdigit():
            place, path = [where, f"exercise {exercises[int(path[1])]!r}"], path[2:]
        lines.append(": ".join(filter(None, [*place, ".".join(path), one["msg"].removeprefix("Value error, ")])))
    return "\n".join(lines)


def written(workshop: Workshop) -> str:
    """The workshop as a workshop.toml that `load` reads."""
    return tomlkit.dumps(dump(workshop))


def dump(workshop: Workshop) -> dict[str, Any]:
    """The workshop in the shape that `parse` reads: what a session keeps of it."""
    raw = workshop.model_dump(mode="json", exclude={"id"}, exclude_none=True)
    pairs = zip((*workshop.agenda, *workshop.reading), (*raw["agenda"], *raw["reading"]), strict=True)
    for exercise, kept in pairs:
        kept["content"] = exercise.content.model_dump(mode="json", exclude_none=True)
        for name in ("paired", "of_earlier"):  # they follow from `of`
            kept["content"].pop(name, None)
    return raw
