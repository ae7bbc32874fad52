"""Which words of a write-up are there in one language only."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from pydantic import BaseModel

from workshop.report.edits import FIELDS
from workshop.report.value import Report
from workshop.text import Text


@dataclass(frozen=True)
class Lack:
    """Words that `lang` lacks. `field` is a field of the facilitator's, or "workshop", "theme", "photo", "deeds"."""

    field: str
    lang: str
    words: str  # as they stand in the other language


def lacking(report: Report) -> tuple[Lack, ...]:
    """In the order of the fields, each once. What participants wrote stands as they wrote it and lacks nothing."""
    own = {name: getattr(report, name) for name in FIELDS}
    planned = report.workshop
    found: dict[tuple[str, str], Lack] = {}

    def look(field: str, where: Any) -> None:
        for text in _texts(where):
            lang = "" if bool(text.cy) == bool(text.en) else "en" if text.cy else "cy"
            if lang:
                words = text.cy or text.en
                found.setdefault((lang, words), Lack(field, lang, words))

    for name, text in own.items():
        look(name, text)
    for name, text in report.comments.items():
        look(name, text)
    for picture in (*report.photos, *((report.logo,) if report.logo else ())):
        look("photo", picture.photo.alt)
    for section in report.sections:
        look("theme", getattr(section.tally, "themes", ()))
    look("deeds", [(deed.asked, deed.did) for deed in report.deeds])
    look(
        "workshop",
        [text for text in _texts(report.workshop) if text not in (planned.title, planned.subtitle, planned.purpose)],
    )
    return tuple(found.values())


def _texts(value: Any) -> Iterator[Text]:
    """Every Text in a value, however deep."""
    if isinstance(value, Text):
        yield value
        return
    for part in _parts(value):
        yield from _texts(part)


def _parts(value: Any) -> Iterable[Any]:
    if getattr(value, "taken", False):  # from an exercise, or a participant: said there
        return ()
    if isinstance(value, BaseModel):  # speaker notes are never in the write-up
        return [getattr(value, name) for name in type(value).model_fields if name != "speaker_notes"]
    if is_dataclass(value):
        return [getattr(value, field.name) for field in fields(value)]
    if isinstance(value, Mapping):
        return value.values()
    return value if isinstance(value, tuple | list) else ()
