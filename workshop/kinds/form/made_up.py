"""Made-up people, and the kind by example."""

from collections.abc import Mapping
from random import Random
from typing import Any

from workshop.gathered import Person, Sample
from workshop.kinds.form.answers import SHOWS
from workshop.kinds.form.content import Content

NAMES = ("Mair", "Huw", "Ceri", "Anwen", "Dai", "Nia", "Pauline", "Tariq", "Beth o Lanarth")  # of rehearsals


def imagine(content: Content, random: Random, person: Person, hints: Mapping[str, Any]) -> Any:
    """One of the pack's examples, or something made up; some keep it private, some keep a field, some sign."""
    given = list(hints.get("forms", ()))
    if "forms" in hints and not given:
        return None
    one: Mapping[str, Any] = random.choice(given) if given else _made_up(content, random, person.lang)
    show = one.get("show") or random.choices(SHOWS, (2, 5, 3))[0]
    kept = random.sample(sorted(one["filled"]), 1) if one["filled"] and random.random() < 0.15 else []
    return {
        "id": f"{random.getrandbits(64):016x}",
        "lang": one["lang"],
        "filled": {id: str(words) for id, words in one["filled"].items()},
        "kept": one.get("kept", kept),
        "show": show,
        "name": one.get("name", random.choice(NAMES)) if show == "named" else "",
        "quotable": random.random() < 0.6,
    }


def _made_up(content: Content, random: Random, lang: str) -> dict[str, Any]:
    """Most of what is wanted and half of the rest, each field in the words of its title."""
    filled = {}
    for field in content.fields:
        made = {
            "choice": random.choice(field.options).id if field.options else "",
            "date": f"2027-{random.randint(1, 12):02}-{random.randint(1, 28):02}",
            "hours": random.choice(("1", "2.5", "4", "6", "12")),
        }
        if random.random() < (0.9 if field.wanted else 0.5):
            filled[field.id] = made.get(field.type) or field.title.in_(lang)[: field.most]
    return {"lang": lang, "filled": filled}


def _raw(filled: Any, **more: Any) -> dict[str, Any]:
    return {"id": "aaaaaaaa1", "lang": "en", "filled": filled, **more}


_HOST = {"id": "host", "title": {"cy": "Croesawydd", "en": "Host"}, "shape": "circle"}
_COOK = {"id": "cook", "title": {"cy": "Cogydd", "en": "Cook"}, "said": {"cy": "cogydd", "en": "a cook"}}
SAMPLE = Sample(
    content={
        "question": {"cy": "Beth wnewch chi?", "en": "What will you do?"},
        "fields": [
            {"id": "do", "type": "line", "title": {"cy": "Beth", "en": "What"}, "wanted": True, "longest": 40},
            {"id": "role", "type": "choice", "title": {"cy": "Rôl", "en": "Role"}, "options": [_HOST, _COOK]},
            {"id": "hours", "type": "hours", "title": {"cy": "Oriau", "en": "Hours"}},
            {"id": "until", "type": "date", "title": {"cy": "Tan", "en": "Until"}, "wanted": True},
            {"id": "why", "type": "text", "title": {"cy": "Pam", "en": "Why"}, "extra": True},
            {"id": "check", "type": "text", "title": {"cy": "Gwirio", "en": "Check"}, "private": True, "extra": True},
        ],
        "sentence": [
            {"cy": "Byddaf yn {do}", "en": "I will {do}"},
            {"cy": "fel {role}", "en": "as {role}"},
            {"cy": ", am {hours}", "en": ", for {hours}"},
            {"cy": ", tan {until}", "en": ", until {until}"},
            {"cy": ".", "en": "."},
            {"cy": "Achos: {why}.", "en": "Because: {why}."},
        ],
        "ticks": [
            {"id": "one-thing", "title": {"cy": "Un peth", "en": "One thing"}, "fields": ["do"]},
            {"id": "time", "title": {"cy": "Amser", "en": "Time"}, "fields": ["hours", "until"]},
        ],
        "columns": ["do", "role", "until"],
    },
    responses=(
        _raw({"do": "coginio cawl", "role": "cook"}, lang="cy", show="anonymous"),
        _raw(
            {"do": "open up", "hours": "2,5", "until": "2028-02-29", "why": "It is cold.", "check": "My back"},
            **{"id": "bbbbbbbb1", "kept": ["why"], "show": "named", "name": "Mair", "quotable": True},
        ),
        _raw({"do": "sing", "role": "host"}, id="cccccccc1"),
        _raw({}, id="dddddddd1"),
    ),
    refused=(
        *(_raw({"until": date}) for date in ("2027-02-29", "2027-04-31", "2027-13-01", "1999-12-31", "4 March")),
        *(_raw({"hours": hours}) for hours in ("lots", "0", "0.4", "1000.1", "2.55", "-6", 6)),
        *(_raw(filled) for filled in ({"nothing": "x"}, {"role": "clown"}, {"do": "x" * 41}, ["do"], None)),
        *(_raw({"do": "sing"}, show="named", **name) for name in ({}, {"name": "\u200b "}, {"name": "x" * 81})),
        _raw({"do": "sing"}, kept=["nothing"]),
        _raw({"do": "sing"}, show="everyone"),
        _raw({"do": "sing"}, lang="fr"),
        _raw({"do": "sing"}, id="ID WITH SPACE"),
        {"id": "aaaaaaaa1", "lang": "en"},
        {},
        None,
    ),
)
