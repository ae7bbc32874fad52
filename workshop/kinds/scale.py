"""scale: statements rated 1 to 5, each perspective its own list; asked before and after, paired by participant."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Literal

from workshop.gathered import Finding, Gathered, Item, Option, Person, Sample, View
from workshop.kinds.few import Told, told
from workshop.kinds.paired import Study, least_pairs, study
from workshop.kinds.rated import ListTally, Row, found
from workshop.kinds.ratings import POINTS, Content, Statement, StatementList, Value
from workshop.model import N_, Invalid, parse
from workshop.text import Text

__all__ = ["Content", "Value", "study"]  # parts of the kind that stand beside it

FOLLOWS = ("scale",)  # asked a second time: after against before
ROWS_A_PAGE = 5  # in two languages at a projector's type size

Picture = Literal["moved", "slopes", "answers"]


@dataclass(frozen=True)
class Page:
    """What one view of the wall shows: rows `first` to `last` (without it) of the list with that place."""

    picture: Picture
    list: int
    first: int
    last: int


@dataclass(frozen=True)
class Tally:
    """`pages` are what the `views` show, in the same order."""

    question: Text
    low: Text
    high: Text
    paired: bool
    lists: tuple[ListTally, ...]
    pages: tuple[Page, ...]
    views: tuple[View, ...]

    @property
    def by_perspective(self) -> bool:
        """Each perspective has a list of its own, so the lists set perspectives side by side."""
        return len(self.lists) > 1


def read(content: Content, raw: Any) -> Value:
    value = parse(Value, raw)
    if value.back and not content.looks_back:
        raise Invalid("back", N_("This exercise does not ask you to think back."))
    lists = set()
    for field, given in (("ratings", value.ratings), ("back", value.back)):
        for statement in given:
            one = content.list_of(statement)
            if one is None:
                raise Invalid(f"{field}.{statement}", N_("That statement is not in this exercise."))
            lists.add(one.id)
    if len(lists) > 1:
        raise Invalid("ratings", N_("These statements are for different people; answer one list."))
    return value


def perspectives(content: Content) -> set[str]:
    return {perspective for one in content.lists for perspective in one.perspectives}


def items(content: Content) -> tuple[Item, ...]:
    """Perspectives can be set side by side only where they rate the same statements."""
    points = tuple(Option(str(point), Text(cy=str(point), en=str(point))) for point in POINTS)
    statements = content.lists[0].statements if content.whole else ()
    return tuple(Item(("rated", s.id), s.title, points, content.sensitive) for s in statements)


def count(content: Content, value: Value) -> Counter[tuple[str, ...]]:
    """The ratings as they are now; what was said thinking back is told only as a comparison, which `study` makes."""
    counts: Counter[tuple[str, ...]] = Counter(
        ("rated", statement, str(rating)) for statement, rating in value.ratings.items()
    )
    for statement in value.ratings:
        one = content.list_of(statement)
        if one:
            counts["list", one.id] = 1
    return counts


def progress(content: Content, value: Value) -> tuple[int, int]:
    """Who has not looked back is finished all the same."""
    one = next((content.list_of(s) for s in value.ratings), None) or content.lists[0]
    return len(value.ratings), len(one.statements)


def tally(content: Content, gathered: Gathered) -> Tally:
    lists = tuple(_list(content, one, gathered) for one in content.lists)
    pages = tuple(_pages(content, lists, gathered.k))
    views = tuple(_view(content, page) for page in pages)
    return Tally(content.question, content.low, content.high, content.paired, lists, pages, views)


def _list(content: Content, one: StatementList, gathered: Gathered) -> ListTally:
    counts = gathered.counts
    responses = counts.responses["list", one.id]
    enough = content.whole or responses >= gathered.k
    rows = tuple(_row(content, s, gathered) for s in one.statements) if enough else ()
    return ListTally(one.id, one.title, counts.people["list", one.id], responses, enough, rows)


def _row(content: Content, statement: Statement, gathered: Gathered) -> Row:
    keys = [("rated", statement.id, str(point)) for point in POINTS]
    people = tuple(gathered.counts.people[key] for key in keys)
    responses = tuple(gathered.counts.responses[key] for key in keys)
    if content.whole:
        return Row(statement.id, statement.title, Told(people, answers=responses))
    return Row(statement.id, statement.title, told(people, responses, gathered.k, sensitive=content.sensitive))


def _pages(content: Content, lists: tuple[ListTally, ...], k: int) -> Iterable[Page]:
    """Who moved, then the lines (not where there can be none), then what was answered; list by list each."""
    pictures: tuple[Picture, ...] = ("moved", "slopes", "answers") if content.paired else ("answers",)
    for picture in pictures:
        for place, one in enumerate(lists):
            if picture == "slopes" and one.responses < least_pairs(content, k):
                continue
            rows = len(content.lists[place].statements)
            for first in range(0, rows, ROWS_A_PAGE):
                yield Page(picture, place, first, min(first + ROWS_A_PAGE, rows))


_VIEWS = {
    "moved": (N_("Who moved: %(list)s"), N_("Who moved: %(list)s, %(page)s of %(pages)s")),
    "slopes": (N_("Lines, before to after: %(list)s"), N_("Lines, before to after: %(list)s, %(page)s of %(pages)s")),
    "answers": (N_("Answers: %(list)s"), N_("Answers: %(list)s, %(page)s of %(pages)s")),
}


def _view(content: Content, page: Page) -> View:
    one = content.lists[page.list]
    pages = -(-len(one.statements) // ROWS_A_PAGE)
    alone, several = _VIEWS[page.picture]
    if pages == 1:
        return View(alone, {"list": one.title})
    return View(several, {"list": one.title, "page": page.first // ROWS_A_PAGE + 1, "pages": pages})


def findings(content: Content, tally: Tally, study: Study | None) -> tuple[Finding, ...]:
    return found(tally.lists, study)


def imagine(content: Content, random: Random, person: Person, hints: Mapping[str, Any]) -> Any:
    """After is a little higher than before; looking back, more than half see themselves lower than they said then."""
    one = content.list_for(person.perspective)
    ratings = {s.id: _about(random, 3.5 if content.paired else 2.6) for s in one.statements}
    if not content.looks_back or random.random() < 0.12:
        return {"ratings": ratings}
    start = 1.9 if random.random() < 0.6 else 2.8
    return {"ratings": ratings, "back": {s.id: _about(random, start) for s in one.statements}}


def _about(random: Random, middle: float) -> int:
    return max(1, min(5, round(random.gauss(middle, 0.9))))


_STATEMENTS = [{"id": f"s{n}", "title": {"cy": f"Gosodiad {n}", "en": f"Statement {n}"}} for n in range(3)]
SAMPLE = Sample(
    content={
        "question": {"cy": "Pa mor hyderus?", "en": "How confident?"},
        "low": {"cy": "dim o gwbl", "en": "not at all"},
        "high": {"cy": "iawn", "en": "very"},
        "lists": [
            {"id": "all", "title": {"cy": "Pawb", "en": "Everyone"}, "statements": _STATEMENTS},
            {
                "id": "councillors",
                "title": {"cy": "Cynghorwyr", "en": "Councillors"},
                "perspectives": ["councillor"],
                "statements": [{"id": "c0", "title": {"cy": "Gwn i", "en": "I know"}}],
            },
        ],
        "thinking_back": True,  # asked only where it is a second time
    },
    responses=({"ratings": {"s0": 1, "s1": 5}}, {"ratings": {"c0": 3}}, {"ratings": {}}),
    refused=(
        {"ratings": {"s0": 6}},
        {"ratings": {"s0": "5"}},
        {"ratings": {"nobody": 1}},
        {"ratings": {"s0": 1, "c0": 1}},
        {"ratings": {"s0": 1}, "back": {"s0": 1}},
        {"ratings": [1]},
        {},
        None,
        "5",
    ),
)
