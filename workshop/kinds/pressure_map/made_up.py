"""A pressure map by example, and what made-up people answer to one."""

from collections.abc import Mapping
from random import Random
from typing import Any

from workshop.gathered import Person, Sample
from workshop.kinds.pressure_map.answers import OWN, VISIBILITIES, Content

UNSEEN = 0.8  # of a pressure that nobody outside sees, so much less often do others think


def imagine(content: Content, random: Random, person: Person, hints: Mapping[str, Any]) -> Any:
    """Others think less of what is hidden than those whom it presses; a second time everything presses less."""
    weights: Mapping[str, Mapping[str, float]] = hints.get("weights", {})
    left = list(content.pressures)
    placed: list[dict[str, Any]] = []
    for _ in range(random.randint(content.least, content.most)):
        if not left:
            break
        chances = [_chance(weights.get(p.id, {}), person) for p in left]
        pick = random.choices(left, chances)[0]
        left.remove(pick)
        placed.append(_imagined(content, pick.id, pick.source, weights.get(pick.id, {}), random))
    own: list[dict[str, Any]] = []
    texts = [one for one in hints.get("own", ()) if one["lang"] == person.lang]
    if texts and random.random() < 0.2 and len(placed) < content.most:
        id = f"{random.getrandbits(64):016x}"
        own.append({"id": id, **random.choice(texts)})
        placed.append(_imagined(content, OWN + id, random.choice(content.sources).id, {}, random))
    return {"placed": placed, "own": own, "ease": random.choice(placed)["pressure"] if placed else None}


def _chance(weight: Mapping[str, float], person: Person) -> float:
    seen = 1.0 if person.own else 1 - UNSEEN * weight.get("hidden", 0.0)
    return weight.get("pick", 1) * seen


def _imagined(
    content: Content, pressure: str, source: str, weights: Mapping[str, float], random: Random
) -> dict[str, Any]:
    mean = weights.get("strength", 3) - (0.7 if content.paired else 0)
    strength = max(1, min(5, round(random.gauss(mean, 0.9))))
    hidden = weights.get("hidden", 0.3)
    seen = random.choices(VISIBILITIES, [hidden, (1 - hidden) / 2, (1 - hidden) / 2])[0]
    return {"pressure": pressure, "source": source, "strength": strength, "visibility": seen}


SAMPLE = Sample(
    content={
        "question": {"cy": "Beth sy'n pwyso?", "en": "What presses?"},
        "think_own": {"cy": "Eich wythnos chi.", "en": "Your own week."},
        "think_guess": {"cy": "Eu hwythnos nhw.", "en": "Their week."},
        "sources": [
            {
                "id": id,
                "title": {"cy": f"Gan {id}", "en": f"From the {id}"},
                "short": {"cy": id, "en": id},
                "letter": {"cy": id[0], "en": id[0]},
                "sensitive": id == "party",
            }
            for id in ("council", "party")
        ],
        "pressures": [
            {
                "id": f"p{n}",
                "title": {"cy": f"Pwysau {n}", "en": f"Pressure {n}"},
                "source": "party" if n else "council",
            }
            for n in range(6)
        ],
    },
    responses=(
        {
            "placed": [
                {"pressure": "p1", "source": "party", "strength": 5, "visibility": "hidden"},
                {"pressure": "p0", "source": "council", "strength": 2, "visibility": "visible"},
                {"pressure": "own:aaaaaaaa1", "source": "council", "strength": 3, "visibility": "partly"},
            ],
            "own": [{"id": "aaaaaaaa1", "lang": "cy", "text": "Gormod o bapur"}],
            "ease": "p1",
        },
        {"placed": [{"pressure": "p1", "source": "council"}], "own": [], "ease": None},
        {"placed": []},
    ),
    refused=(
        {"placed": [{"pressure": "p9", "source": "party"}]},
        {"placed": [{"pressure": "p1", "source": "moon"}]},
        {"placed": [{"pressure": "p1", "source": "party", "strength": 0}]},
        {"placed": [{"pressure": "p1", "source": "party", "visibility": "perhaps"}]},
        {"placed": [{"pressure": f"p{n}", "source": "party"} for n in range(6)]},
        {"placed": [{"pressure": "p1", "source": "party"}] * 2},
        {"placed": [], "own": [{"id": "aaaaaaaa1", "lang": "en", "text": "left alone"}]},
        {"placed": [], "ease": "p1"},
        {},
        None,
    ),
)
