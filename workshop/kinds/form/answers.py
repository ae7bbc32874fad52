"""What a phone sends, and what others may see of it."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from workshop.gathered import Written
from workshop.kinds.form.content import Content
from workshop.kinds.form.fields import within
from workshop.kinds.form.sentence import in_words, said
from workshop.model import N_, Invalid, parse
from workshop.model import Value as Base
from workshop.text import clean

Show = Literal["private", "anonymous", "named"]
SHOWS: tuple[Show, ...] = ("private", "anonymous", "named")

LONGEST_NAME = 80


class Value(Base):
    """`filled`: field id -> what was given: a date as yyyy-mm-dd, a choice as its option's id. What is
    skipped is missing.

    `kept` are fields that the writer keeps to themselves. Nothing is shown unless they chose so.
    """

    id: str = Field(pattern=r"^[0-9a-z]{8,32}$")  # made on the phone
    lang: Literal["cy", "en"]
    filled: dict[str, str] = Field(max_length=40)
    kept: tuple[str, ...] = Field(default=(), max_length=40)
    show: Show = "private"
    name: str = Field(default="", max_length=1000)
    quotable: bool = False


def read(content: Content, raw: Any) -> Value:
    if isinstance(raw, Mapping) and isinstance(raw.get("kept"), list):
        raw = {**raw, "kept": tuple(raw["kept"])}
    value = parse(Value, raw)
    if strange := [id for id in (*value.filled, *value.kept) if content.field(id) is None]:
        raise Invalid(f"filled.{strange[0]}", N_("That field is not in this form."))
    filled = {field.id: field.read(value.filled[field.id]) for field in content.fields if field.id in value.filled}
    if value.show == "named" and not clean(value.name):
        raise Invalid("name", N_("Write your name, or choose another way to show this."))
    return value.model_copy(
        update={
            "filled": {id: given for id, given in filled.items() if given},
            "kept": tuple(field.id for field in content.fields if field.id in value.kept and not field.private),
            "name": within("name", value.name, LONGEST_NAME) if value.show == "named" else "",
        }
    )


def public(content: Content, value: Value) -> dict[str, str]:
    """What was filled in and may be seen by others: nothing, unless the writer chose to show it."""
    if value.show == "private":
        return {}
    secret = {field.id for field in content.fields if field.private} | set(value.kept)
    return {id: given for id, given in value.filled.items() if id not in secret}


def count(content: Content, value: Value) -> Counter[tuple[str, ...]]:
    if not value.filled:
        return Counter()
    seen = public(content, value)
    counts: Counter[tuple[str, ...]] = Counter({("answered",): 1, ("shown", value.show if seen else "private"): 1})
    for field in content.fields:
        if field.id in seen:
            counts["given", field.id] = 1
            if field.type == "choice":
                counts["chose", field.id, seen[field.id]] = 1
    for tick in content.ticks:
        if all(id in seen for id in tick.fields):
            counts["ticked", tick.id] = 1
    return counts


def progress(content: Content, value: Value) -> tuple[int, int]:
    """Finished once all that is wanted is there; whatever else is filled in makes an answer all the same."""
    wanted = {field.id for field in content.fields if field.wanted}
    return len(value.filled), max(1, len(wanted | value.filled.keys()))


def written(content: Content, value: Value) -> tuple[Written, ...]:
    seen = public(content, value)
    if not seen:
        return ()
    listed = "; ".join(in_words(content, id, given, value.lang) for id, given in seen.items())
    text = "".join(piece.words for piece in said(content, seen, value.lang)) or listed
    parts = seen | ({"name": value.name} if value.show == "named" else {})
    return (Written(value.id, value.show, value.lang, text, value.quotable, parts),)
