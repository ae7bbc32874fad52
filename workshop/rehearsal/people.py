"""Made-up people: what they will answer and how they behave, from the seed alone."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

from workshop import kinds
from workshop.gathered import Person
from workshop.model import Exercise, Workshop, asks

TABLES = (4, 5, 6, 3)  # sizes of the tables that share a phone
DEALT = ("notes", "own", "forms")  # examples in a pack's answers.toml that only one person each says

# What somebody in every room writes: rude, long, odd, hostile to software, off the point. Nobody real is meant.
ODD = {
    "en": (
        "This is a complete waste of a Tuesday evening.",
        "Bloody useless, the lot of them.",
        "Cllr Nobody-Atall is a liar and everyone knows it",
        "ok",
        "🚲🚲🚲 👩‍👩‍👧‍👦 yes!!!",
        "<b>Can it do bold?</b> <script>alert('hello')</script>",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "It was better before. Then it was worse. Then they moved the bus stop, and nobody asked, and my neighbour, "
        "who is eighty-three, walks to the main road in the dark; I said so at every meeting and it is in no minutes.",
    ),
    "cy": (
        "Gwastraff amser llwyr, a dw i'n colli'r rygbi.",
        "Hen lol!",
        "iawn",
        "Tŷ â tho to, ac ŵyn ar y bryn 🐑🐑🐑",
        "Roedd hi'n well o'r blaen. Wedyn yn waeth. Wedyn symudwyd y safle bws heb ofyn i neb, ac mae fy nghymydog, "
        "sy'n wyth deg tair oed, yn cerdded i'r ffordd fawr yn y tywyllwch; dywedais hynny ym mhob cyfarfod ers hynny.",
        "عندي فكرة: حافلة كل ساعة",
    ),
}


@dataclass(frozen=True)
class Imagined:
    """One phone of the rehearsal: who it speaks as, for how many, how it behaves, and what it will answer.

    `joins` is the number of the exercise at which it comes in. `first` holds what it answers before it changes its
    mind. `twice`: taps everything twice. `slow` ones answer late, those who `drop` lose their signal first.
    """

    person: Person
    size: int = 1
    joins: int = 0
    slow: bool = False
    drops: bool = False
    twice: bool = False
    answers: dict[str, Any] = field(default_factory=dict)
    first: dict[str, Any] = field(default_factory=dict)


def imagine_room(workshop: Workshop, hints: dict[str, Any], people: int, seed: int) -> list[Imagined]:
    """Everyone and their answers. Both languages, every perspective, tables, and every kind of trouble."""
    dealt = deal(hints, people, seed)
    return [_imagine(workshop, hints, dealt[number], number, Random(f"{seed} {number}")) for number in range(people)]


def _imagine(workshop: Workshop, hints: dict[str, Any], dealt: dict[str, Any], number: int, random: Random) -> Imagined:
    chosen = random.choice(workshop.perspectives) if workshop.perspectives and random.random() < 0.95 else None
    person = Person(spoken(number), chosen.id if chosen else None, bool(chosen and chosen.own))
    answers: dict[str, Any] = {}
    first: dict[str, Any] = {}
    for exercise in workshop.agenda:
        if not asks(exercise) or random.random() < 0.06:
            continue  # nothing to say this time
        told = {"roles": hints.get("roles", {}), "weights": hints.get("weights", {}), **dealt.get(exercise.id, {})}
        if exercise.of in answers:
            told["before"] = answers[exercise.of]
        value = kinds.imagine(exercise.kind, exercise.content, random, person, told)
        if value is None:
            continue
        if number % 9 == 4:
            value = skipping(value, random)
        if number % 5 == 1:
            first[exercise.id] = kinds.imagine(exercise.kind, exercise.content, random, person, told)
        answers[exercise.id] = oddly(exercise, value, number, person.lang, random)
    return Imagined(
        person,
        size=TABLES[number // 4 % len(TABLES)] if number % 8 == 4 and number < 8 * len(TABLES) else 1,
        joins=1 + number % max(1, len(workshop.agenda) - 1) if number % 9 == 8 else 0,
        slow=number % 7 == 3,
        drops=number % 6 == 5,
        twice=number % 10 == 6,
        answers=answers,
        first=first,
    )


def skipping(value: dict[str, Any], random: Random) -> dict[str, Any]:
    """The answer of somebody who leaves a third of the items out."""
    skipped = dict(value)
    for name in ("placed", "ratings"):
        items = skipped.get(name)
        if isinstance(items, dict):
            skipped[name] = {key: one for key, one in items.items() if random.random() > 0.35}
    return skipped


def oddly(exercise: Exercise, value: dict[str, Any], number: int, lang: str, random: Random) -> dict[str, Any]:
    """Every seventh phone writes something odd where it may write what it likes."""
    notes = value.get("notes")
    if exercise.kind != "notes" or number % 7 != 2 or not notes:
        return value
    text = random.choice(ODD["cy" if lang == "cy" else "en"])[: exercise.content.longest]
    odd = {**notes[0], "id": f"{random.getrandbits(64):016x}", "lang": lang, "text": text}
    return {**value, "notes": [*notes[: exercise.content.most - 1], odd]}


def deal(hints: dict[str, Any], people: int, seed: int) -> list[dict[str, Any]]:
    """Each of the pack's example texts to one person; in a room larger than that, others say nearly the same."""
    dealt: list[dict[str, Any]] = [{} for _ in range(people)]
    for exercise, given in hints.items():
        for name in DEALT:
            if not isinstance(given, dict) or name not in given:
                continue
            texts = list(given[name])
            Random(f"{seed} {exercise}").shuffle(texts)
            for number in range(people):
                dealt[number].setdefault(exercise, {})[name] = []
            for language in ("cy", "en"):
                speakers = [number for number in range(people) if spoken(number) == language]
                spoken_texts = [text for text in texts if text["lang"] == language]
                if not spoken_texts or not speakers:
                    continue
                for index, text in enumerate(spoken_texts):
                    dealt[speakers[index % len(speakers)]][exercise][name].append(text)
                for index, number in enumerate(speakers[len(spoken_texts) :]):
                    if index % 2:
                        dealt[number][exercise][name].append(
                            said_otherwise(spoken_texts[index % len(spoken_texts)], index)
                        )
    return dealt


def said_otherwise(text: dict[str, Any], number: int) -> dict[str, Any]:
    """The same again as somebody else would type it: never longer."""
    if "text" not in text:
        return text
    words = text["text"]
    ways = (
        words.lower(),
        words.rstrip("."),
        words.replace(",", ""),
        words.upper() if len(words) < 40 else words.title(),
    )
    return {**text, "text": ways[number // 2 % len(ways)]}


def spoken(number: int) -> str:
    """The language of the phone with this number."""
    return "cy" if number % 5 in (0, 3) else "en"
