"""scale: statements rated 1 to 5, each perspective its own list; asked before and after, paired by participant."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Annotated, Any

from pydantic import Field, model_validator

from workshop.model import N_, Counts, Finding, Id, Invalid, Note, Person, Response, Sample, Turnout, View, parse
from workshop.model import Value as Base
from workshop.text import Text

POINTS = (1, 2, 3, 4, 5)
SPOKEN = 10  # answers from which on a sentence is made of them: of fewer, "all moved up" would name everyone
ENOUGH = 5  # k: a perspective's own list is shown from this many answers on


class Statement(Base):
    id: Id
    title: Text


class StatementList(Base):
    """Statements for the perspectives named; no perspective given means the first list."""

    id: Id
    title: Text
    perspectives: tuple[str, ...] = ()
    statements: tuple[Statement, ...] = Field(min_length=1)


class Content(Base):
    """`low` and `high` say what 1 and 5 mean. `paired`: asked a second time, to be set against the first."""

    question: Text
    low: Text
    high: Text
    lists: tuple[StatementList, ...] = Field(min_length=1)
    paired: bool = False

    @model_validator(mode="after")
    def _ids_differ(self) -> "Content":
        ids = [statement.id for one in self.lists for statement in one.statements]
        if len(ids) != len(set(ids)):
            raise ValueError("two statements have the same id")
        return self

    def list_of(self, statement: str) -> StatementList | None:
        return next((one for one in self.lists if any(s.id == statement for s in one.statements)), None)

    def list_for(self, perspective: str | None) -> StatementList:
        return next((one for one in self.lists if perspective in one.perspectives), self.lists[0])


class Value(Base):
    """Statement id -> rating, 1 to 5. What is skipped is missing, not zero."""

    ratings: dict[str, Annotated[int, Field(ge=1, le=5)]] = Field(max_length=100)


@dataclass(frozen=True)
class Row:
    """One statement: people per point, and how many rated it."""

    id: str
    title: Text
    cells: tuple[int, ...]
    people: int
    median: float | None


@dataclass(frozen=True)
class ListTally:
    """One list. `enough` is False where so few answered that it could point at somebody; `rows` is then empty."""

    id: str
    title: Text
    people: int
    responses: int
    enough: bool
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Tally:
    question: Text
    low: Text
    high: Text
    paired: bool
    lists: tuple[ListTally, ...]
    views: tuple[View, ...]

    @property
    def by_perspective(self) -> bool:
        """Each perspective has a list of its own, so the lists set perspectives side by side."""
        return len(self.lists) > 1


@dataclass(frozen=True)
class Moved:
    """One statement, before against after: people moved up, same, down.

    `slopes` is (before, after, people); empty where it would tell what single people said.
    """

    id: str
    title: Text
    up: int
    same: int
    down: int
    slopes: tuple[tuple[int, int, int], ...]

    @property
    def people(self) -> int:
        return self.up + self.same + self.down


@dataclass(frozen=True)
class MovedList:
    id: str
    title: Text
    people: int
    responses: int
    enough: bool
    rows: tuple[Moved, ...]


@dataclass(frozen=True)
class Study:
    """Everyone who answered both times, statement by statement."""

    lists: tuple[MovedList, ...]


def read(content: Content, raw: Any) -> Value:
    value = parse(Value, raw)
    lists = set()
    for statement in value.ratings:
        one = content.list_of(statement)
        if one is None:
            raise Invalid(f"ratings.{statement}", N_("That statement is not in this exercise."))
        lists.add(one.id)
    if len(lists) > 1:
        raise Invalid("ratings", N_("These statements are for different people; answer one list."))
    return value


def perspectives(content: Content) -> set[str]:
    return {perspective for one in content.lists for perspective in one.perspectives}


def count(content: Content, value: Value) -> Counter[tuple[str, ...]]:
    counts: Counter[tuple[str, ...]] = Counter(
        ("rated", statement, str(rating)) for statement, rating in value.ratings.items()
    )
    for statement in value.ratings:
        one = content.list_of(statement)
        if one:
            counts["list", one.id] = 1
    return counts


def progress(content: Content, value: Value) -> tuple[int, int]:
    one = next((content.list_of(s) for s in value.ratings), None) or content.lists[0]
    return len(value.ratings), len(one.statements)


def tally(content: Content, counts: Counts, turnout: Turnout, notes: Sequence[Note] = ()) -> Tally:
    lists = tuple(_list(content, one, counts) for one in content.lists)
    shown = tuple(
        View(N_("Answers, list %(page)s of %(pages)s"), {"page": n + 1, "pages": len(lists)}) for n in range(len(lists))
    )
    moved = (
        View(N_("Who moved, list %(page)s of %(pages)s"), {"page": n + 1, "pages": len(lists)})
        for n in range(len(lists))
    )
    views = (*moved, *shown) if content.paired else shown
    return Tally(content.question, content.low, content.high, content.paired, lists, views)


def _list(content: Content, one: StatementList, counts: Counts) -> ListTally:
    responses = counts.responses["list", one.id]
    enough = len(content.lists) == 1 or responses >= ENOUGH
    rows = tuple(_row(s, counts.people) for s in one.statements) if enough else ()
    return ListTally(one.id, one.title, counts.people["list", one.id], responses, enough, rows)


def _row(statement: Statement, people: Counter[tuple[str, ...]]) -> Row:
    cells = tuple(people["rated", statement.id, str(point)] for point in POINTS)
    return Row(statement.id, statement.title, cells, sum(cells), _median(cells))


def _median(cells: tuple[int, ...]) -> float | None:
    ratings = [point for point, cell in zip(POINTS, cells, strict=True) for _ in range(cell)]
    if not ratings:
        return None
    middle = len(ratings) // 2
    return float(ratings[middle]) if len(ratings) % 2 else (ratings[middle - 1] + ratings[middle]) / 2


def study(content: Content, responses: Sequence[Response]) -> Study | None:
    if not content.paired:
        return None
    return Study(tuple(_moved_list(content, one, responses) for one in content.lists))


def _moved_list(content: Content, one: StatementList, responses: Sequence[Response]) -> MovedList:
    ids = {s.id for s in one.statements}
    before = [r for r in responses if r.before is not None and ids & r.before.ratings.keys()]
    after = [r for r in responses if r.value is not None and ids & r.value.ratings.keys()]
    both = [r for r in after if r.before is not None and ids & r.before.ratings.keys()]
    enough = len(content.lists) == 1 or len(both) >= ENOUGH
    # The pairs taken from the counts of either time would leave what the few others said.
    alone = {len(before) - len(both), len(after) - len(both)}
    telling = any(0 < few < ENOUGH for few in alone)
    rows = tuple(_moved(s, both, slopes=not telling) for s in one.statements) if enough else ()
    return MovedList(one.id, one.title, sum(r.size for r in both), len(both), enough, rows)


def _moved(statement: Statement, pairs: Sequence[Response], *, slopes: bool) -> Moved:
    steps: Counter[tuple[int, int]] = Counter()
    for pair in pairs:
        before, after = pair.before.ratings.get(statement.id), pair.value.ratings.get(statement.id)
        if before is not None and after is not None:
            steps[before, after] += pair.size
    up = sum(n for (before, after), n in steps.items() if after > before)
    down = sum(n for (before, after), n in steps.items() if after < before)
    same = sum(steps.values()) - up - down
    shown = tuple((b, a, n) for (b, a), n in sorted(steps.items())) if slopes else ()
    return Moved(statement.id, statement.title, up, same, down, shown)


def findings(content: Content, tally: Tally, study: Study | None) -> tuple[Finding, ...]:
    rows = [
        row
        for one in (study.lists if study else ())
        for row in one.rows
        if row.people >= ENOUGH and one.responses >= SPOKEN
    ]
    if not rows:
        return ()
    most = max(rows, key=lambda row: (row.up - row.down) / row.people)
    if most.up <= most.down:
        return ()
    return (
        Finding(
            f"{most.up}/{most.people}",
            N_(
                "Confidence grew most here: “%(statement)s”. "
                "Of %(people)s people, %(up)s moved up and %(down)s moved down."
            ),
            {"statement": most.title, "people": most.people, "up": most.up, "down": most.down},
            0.4 + 0.5 * (most.up - most.down) / most.people,
        ),
    )


def imagine(content: Content, random: Random, person: Person, hints: Mapping[str, Any]) -> Any:
    one = content.list_for(person.perspective)
    middle = 3.5 if content.paired else 2.6
    return {"ratings": {s.id: max(1, min(5, round(random.gauss(middle, 0.9)))) for s in one.statements}}


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
    },
    responses=({"ratings": {"s0": 1, "s1": 5}}, {"ratings": {"c0": 3}}, {"ratings": {}}),
    refused=(
        {"ratings": {"s0": 6}},
        {"ratings": {"s0": "5"}},
        {"ratings": {"nobody": 1}},
        {"ratings": {"s0": 1, "c0": 1}},
        {"ratings": [1]},
        {},
        None,
        "5",
    ),
)
