"""points: dot voting. A few dots each, put on the themes of earlier notes or on any list of things.

Secret until closed, so that nobody follows the crowd, and in another order on every phone. People are counted as well
as dots: many dots from few people are not many people.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from workshop.gathered import Arguments, Finding, Gathered, N_n, Notes, Person, Sample, Sentence, Sure, View
from workshop.kinds import sure
from workshop.kinds.card_sort import Content as CardSort
from workshop.kinds.pressure_map import Content as PressureMap
from workshop.model import N_, Id, Invalid, Refused, parse
from workshop.model import Value as Base
from workshop.text import LANGUAGES, Text

SECRET_UNTIL_CLOSED = True
FOLLOWS = ("notes", "card_sort", "pressure_map")
FEWEST, MOST = 2, 60  # items that a vote can be about
FEWEST_DOTS, MOST_DOTS = 3, 5  # where the author leaves the number to us
ROWS_A_PAGE = 8  # in two languages at a projector's type size
LINES_A_PAGE = 17  # of titles that fit one projector page
LETTERS_A_LINE = 54
BRIEF_ROWS = 5  # with titles of one line each, these stand larger


class Item(Base):
    """Something to put dots on. `lang`: words of a participant, in that language only.

    `taken`: it comes from the earlier exercise, not from the author.
    """

    id: Id
    title: Text
    lang: Literal["cy", "en"] | None = None
    taken: bool = False


class Content(Base):
    """`dots` for each person (None: see `given`), at most `most_each` of them on one item.

    `of_earlier`: what the exercise that this one is `of` came to is added to `items` when it opens.
    """

    question: Text
    items: tuple[Item, ...] = Field(default=(), max_length=MOST)
    dots: int | None = Field(default=None, ge=1, le=20)
    most_each: int = Field(default=1, ge=1, le=10)
    of_earlier: bool = False

    @model_validator(mode="after")
    def _adds_up(self) -> "Content":
        if len({item.id for item in self.items}) != len(self.items):
            raise ValueError("two items have the same id")
        if not self.of_earlier and len(self.items) < FEWEST:
            raise ValueError(f"there must be at least {FEWEST} items, or `of` the exercise that they come from")
        if self.dots is not None and self.most_each > self.dots:
            raise ValueError(f"most_each is {self.most_each}, but nobody has more dots than {self.dots}")
        if self.dots is not None and not self.of_earlier and self.dots > len(self.items) * self.most_each:
            raise ValueError(f"dots is {self.dots}, but the items take only {len(self.items) * self.most_each}")
        return self

    @property
    def given(self) -> int:
        """Dots that one person has, never more than the items take.

        Left to us, a quarter of the items, 3 to 5; of a few items at most half, since whoever can choose all chooses
        nothing. While the items are not known yet, what the author says or the fewest.
        """
        if not self.items:
            return self.dots or FEWEST_DOTS
        n = len(self.items)
        quarter = max(FEWEST_DOTS, min(MOST_DOTS, (n + 2) // 4))
        return min(self.dots or min(quarter, (n + 1) // 2), n * self.most_each)


class Value(Base):
    """Item id -> dots, 1 or more. What got none is missing."""

    dots: dict[str, Annotated[int, Field(ge=1)]] = Field(max_length=MOST)


@dataclass(frozen=True)
class Row:
    """One item: dots, the people who gave them, and `share`, the percentage that its dots are of the most dots.

    `place` is shared by items with as many dots from as many people (`tied`); None without a dot. `answers` and
    `answer_dots` are people and dots with a table counted as one: how sure one may be rests on these.
    """

    item: Item
    dots: int
    people: int
    share: int
    place: int | None
    tied: bool
    answers: int
    answer_dots: int


@dataclass(frozen=True)
class Tally:
    """`people` and `responses` put at least one dot; `rows` by dots, then by people, then in the author's order."""

    question: Text
    given: int
    most_each: int
    rows: tuple[Row, ...]
    pages: tuple[tuple[Row, ...], ...]
    people: int
    responses: int
    views: tuple[View, ...]

    @property
    def tables(self) -> bool:
        """Some answered as tables, so that people and answers differ."""
        return self.people != self.responses

    @property
    def brief(self) -> bool:
        """So few and short that the wall can have them in larger letters."""
        return len(self.rows) <= BRIEF_ROWS and all(_lines(row.item) <= len(LANGUAGES) for row in self.rows)


def frozen(content: Content, earlier: Any, notes: Notes) -> Content:
    """With what the earlier exercise came to behind the author's own items; Refused below two or above sixty.

    Content that is frozen already gets what the earlier exercise has come to since.
    """
    kept = [item for item in content.items if not item.taken]
    used = {item.id for item in kept}
    for item in _items_of(earlier, notes):
        id = next(id for id in _ids(item.id) if id not in used)
        used.add(id)
        kept.append(item.model_copy(update={"id": id}))
    if len(kept) > MOST:
        raise Refused(N_("That is too much to choose between: at most %(most)s."), most=MOST)
    if len(kept) < FEWEST:
        if isinstance(earlier, CardSort | PressureMap):
            raise Refused(N_("The earlier exercise has fewer than two things to choose between."))
        raise Refused(
            N_("Nothing to choose between yet. First show the earlier notes, and put them under two themes or more.")
        )
    return content.model_copy(update={"items": tuple(kept)})


def planned(content: Content) -> Content:
    """As the author wrote it: without what came from the earlier exercise."""
    return content.model_copy(update={"items": tuple(item for item in content.items if not item.taken)})


def without(content: Content, note: str) -> Content:
    """Without this note of the earlier exercise; the dots on it are nobody's then."""
    kept = tuple(item for item in content.items if not (item.taken and item.id == note))
    return content.model_copy(update={"items": kept})


def _items_of(earlier: Any, notes: Notes) -> Iterable[Item]:
    """Cards in use, pressures with those of people's own that were accepted, or themes that the room can see."""
    if isinstance(earlier, CardSort):
        return [Item(id=card.id, title=card.title, taken=True) for card in earlier.dealt]
    if isinstance(earlier, PressureMap):
        listed = [Item(id=pressure.id, title=pressure.title, taken=True) for pressure in earlier.pressures]
        own = [note for note in notes.accepted if note.merged_into is None and note.state == "shown"]
        return [
            *listed,
            *(
                Item(id=n.id, title=Text(cy=n.text), lang="cy", taken=True)
                if n.lang == "cy"
                else Item(id=n.id, title=Text(en=n.text), lang="en", taken=True)
                for n in own
            ),
        ]
    seen = {theme for note in notes.shown if note.state == "shown" for theme in note.themes}
    return [Item(id=theme.id, title=theme.title, taken=True) for theme in notes.themes if theme.id in seen]


def _ids(wanted: str) -> Iterable[str]:
    """The id, and others to take where one of the author's own items has it."""
    yield wanted
    yield from (f"{wanted[:36]}-{n}" for n in range(2, MOST + 2))


def read(content: Content, raw: Any) -> Value:
    value = parse(Value, raw)
    known = {item.id for item in content.items}
    for item, dots in value.dots.items():
        if item not in known:
            raise Invalid(f"dots.{item}", N_("That is not among the things to choose between."))
        if dots > content.most_each:
            raise Invalid(f"dots.{item}", N_("At most %(most)s dots on one thing."), most=content.most_each)
    if sum(value.dots.values()) > content.given:
        raise Invalid("dots", N_("At most %(given)s dots altogether."), given=content.given)
    return value


def count(content: Content, value: Value) -> Counter[tuple[str, ...]]:
    """Dots on something that is no longer there, since a theme was taken away, are nobody's."""
    counts: Counter[tuple[str, ...]] = Counter()
    for item, dots in _on_items(content, value).items():
        counts["dots", item] = dots
        counts["people", item] = 1
        counts["voted",] = 1
    return counts


def progress(content: Content, value: Value) -> tuple[int, int]:
    return min(sum(_on_items(content, value).values()), content.given), content.given


def _on_items(content: Content, value: Value) -> dict[str, int]:
    return {item.id: value.dots[item.id] for item in content.items if item.id in value.dots}


def tally(content: Content, gathered: Gathered) -> Tally:
    people, responses = gathered.counts.people, gathered.counts.responses
    rows = _rows(content, people, responses)
    pages = _pages(rows) if people["voted",] else ((),)
    return Tally(
        question=content.question,
        given=content.given,
        most_each=content.most_each,
        rows=rows,
        pages=pages,
        people=people["voted",],
        responses=responses["voted",],
        views=tuple(
            View(N_("Dots, page %(page)s of %(pages)s"), {"page": n + 1, "pages": len(pages)})
            for n in range(len(pages))
        ),
    )


def _rows(content: Content, counts: Counter[tuple[str, ...]], responses: Counter[tuple[str, ...]]) -> tuple[Row, ...]:
    def weight(item: Item) -> tuple[int, int]:
        return counts["dots", item.id], counts["people", item.id]

    ordered = sorted(content.items, key=weight, reverse=True)  # stable: equals stay in the author's order
    weights = [weight(item) for item in ordered]
    most = max((dots for dots, _ in weights), default=0)
    return tuple(
        Row(
            item=item,
            dots=dots,
            people=people,
            share=max(1, round(100 * dots / most)) if dots else 0,
            place=weights.index((dots, people)) + 1 if dots else None,
            tied=dots > 0 and weights.count((dots, people)) > 1,
            answers=responses["people", item.id],
            answer_dots=responses["dots", item.id],
        )
        for item, (dots, people) in zip(ordered, weights, strict=True)
    )


def _pages(rows: Sequence[Row]) -> tuple[tuple[Row, ...], ...]:
    """As many rows a page as the wall has room for."""
    pages: list[list[Row]] = [[]]
    lines = 0
    for row in rows:
        need = _lines(row.item)
        if pages[-1] and (len(pages[-1]) == ROWS_A_PAGE or lines + need > LINES_A_PAGE):
            pages.append([])
            lines = 0
        pages[-1].append(row)
        lines += need
    return tuple(tuple(page) for page in pages)


def _lines(item: Item) -> int:
    """Lines of the title on the wall, in both languages, or in one where it is the same in both."""
    said = {item.title.in_(lang) for lang in LANGUAGES}
    return sum(1 + (len(words) - 1) // LETTERS_A_LINE for words in said)


def findings(content: Content, tally: Tally, study: None) -> tuple[Finding, ...]:
    return tuple(_found(tally)) if tally.responses >= sure.ENOUGH else ()


def _found(tally: Tally) -> Iterable[Finding]:
    """What got the most dots, or what is level there; and what most people chose, where that is something else."""
    top = [row for row in tally.rows if row.place == 1]
    row, number = top[0], f"{top[0].people}/{tally.people}"
    items, strength = tuple(one.item.id for one in top), row.people / tally.people
    certain = sure.level() if len(top) > 1 else _lead(tally, row, tally.rows[1])
    says = _top(tally, top)
    yield Finding(number, says, certain, "top", items, sure.weight("top", strength, certain.grade))
    by_people = sorted(tally.rows, key=lambda one: -one.people)
    many, next_ = by_people[:2]
    if many.people > max(row.people, next_.people):
        says = Sentence(
            N_("Chosen by more people, with fewer dots each: “%(item)s”. %(people)s of %(voted)s people chose it."),
            {"item": many.item.title, "people": many.people, "voted": tally.people},
        )
        certain = sure.leads(many.answers, tally.responses, next_.answers, tables=tally.tables)
        weight = sure.weight("shared", many.people / tally.people, certain.grade)
        yield Finding(f"{many.people}/{tally.people}", says, certain, "shared", (many.item.id,), weight)


def _top(tally: Tally, top: Sequence[Row]) -> Sentence:
    row = top[0]
    given: Arguments = {"item": row.item.title, "people": row.people, "voted": tally.people}
    if len(top) == 2:
        key = N_("Level at the top: “%(item)s” and “%(other)s”. Of %(voted)s people, %(people)s chose each.")
        return Sentence(key, {**given, "other": top[1].item.title})
    if len(top) > 2:
        key = N_("Nothing leads: %(level)s are level at the top. Of %(voted)s people, %(people)s chose each.")
        return Sentence(key, {"level": len(top), "voted": tally.people, "people": row.people})
    if tally.most_each == 1:
        return Sentence(N_("Chosen most often: “%(item)s”. Of %(voted)s people, %(people)s put a dot on it."), given)
    key_n = N_n(
        "The most dots: “%(item)s”. Of %(voted)s people, %(people)s chose it, with %(n)s dot in all.",
        "The most dots: “%(item)s”. Of %(voted)s people, %(people)s chose it, with %(n)s dots in all.",
    )
    return Sentence(key_n, given, n=row.dots)


def _lead(tally: Tally, row: Row, second: Row) -> Sure:
    """One more answer can bring as many dots as one thing may have."""
    dots = row.answer_dots - second.answer_dots
    lead = -(-dots // tally.most_each) if dots else row.answers - second.answers
    return sure.leads(row.answers, tally.responses, second.answers, tables=tally.tables, lead=lead)


def imagine(content: Content, random: Random, person: Person, hints: Mapping[str, Any]) -> Any:
    """A few favourites that most rooms would have, and some that a perspective has of its own."""
    if not content.items:
        return None
    dots: Counter[str] = Counter()
    for _ in range(content.given if random.random() < 0.85 else random.randint(0, content.given)):
        left = [item for item in content.items if dots[item.id] < content.most_each]
        dots[random.choices(left, [_appeal(item, person, hints) for item in left])[0].id] += 1
    return {"dots": dict(dots)}


def _appeal(item: Item, person: Person, hints: Mapping[str, Any]) -> float:
    hinted = hints.get("weights", {}).get(item.id)
    if isinstance(hinted, Mapping):  # a pressure's, as the map that comes before has them
        hinted = hinted.get("pick")
    if hinted is not None:
        return float(hinted) + 0.01
    everyone, own = Random(item.id).random(), Random(f"{person.perspective} {item.id}").random()
    return 1 / (0.15 + 0.6 * everyone + 0.4 * own)


SAMPLE = Sample(
    content={
        "question": {"cy": "Beth sydd bwysicaf?", "en": "What matters most?"},
        "items": [
            *({"id": f"i{n}", "title": {"cy": f"Peth {n}", "en": f"Thing {n}"}} for n in range(10)),
            {"id": "said", "title": {"cy": "Bws bob awr"}, "lang": "cy"},
        ],
        "dots": 4,
        "most_each": 2,
    },
    responses=(
        {"dots": {"i0": 1, "i3": 2, "said": 1}},
        {"dots": {"i3": 1}},
        {"dots": {}},
    ),
    refused=(
        {"dots": {"nothing": 1}},
        {"dots": {"i0": 0}},
        {"dots": {"i0": -1}},
        {"dots": {"i0": 3}},
        {"dots": {"i0": 2, "i1": 2, "i2": 1}},
        {"dots": {"i0": True}},
        {"dots": {"i0": "1"}},
        {"dots": ["i0"]},
        {"dots": {}, "more": 1},
        {},
        None,
    ),
)
