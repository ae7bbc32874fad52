"""What all kinds promise of their sentences: whatever a room answers, they can be told, and their numbers are shown."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from random import Random
from typing import Any

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.kinds.room import gathered, noted
from tests.kinds.telling import told
from tests.kinds.test_contract import ASKING, contents
from workshop import kinds
from workshop.config import ROOT
from workshop.gathered import PUBLISHED_FROM, SHOWN_FROM, Finding, Person, Response, Sentence, Sure, Theme
from workshop.kinds import KINDS, sure
from workshop.model import Group
from workshop.text import Text

THEMES = [Theme(f"t{n}", Text(cy=f"Thema {n}", en=f"Theme {n}"), n) for n in range(3)]
OWN = Group(("councillor",), Text(en="Councillor"), own=True)
OTHERS = Group((None,), None, others=True)
LIMIT = settings(max_examples=60, deadline=None)

every_kind_that_asks = pytest.mark.parametrize("kind", ASKING)
# A seed, how many different answers there are, and how often each is given: few of them make ties and landslides.
rooms = st.tuples(
    st.integers(0, 10_000),
    st.lists(st.integers(1, 12), min_size=0, max_size=6),
    st.sampled_from([1, 1, 3]),
    st.sampled_from([SHOWN_FROM, PUBLISHED_FROM]),
)


def found(kind: str, what: Any, seed: int, times: list[int], size: int, k: int) -> tuple[Any, Any, Any]:
    """Tally, study and findings of a room, its notes under themes and its answers in two groups if it is large."""
    random = Random(seed)
    who = [Person("en", None, own=n % 2 == 0) for n in range(len(times))]
    drawn = [(kinds.imagine(kind, what, random, one, {}), n) for one, n in zip(who, times, strict=True)]
    raws = [_renamed(raw, f"{place}x{n}") for place, (raw, often) in enumerate(drawn) for n in range(often)]
    notes = [
        type(note)(**{**vars(note), "themes": (f"t{random.randrange(3)}",)})
        for note in noted(kind, what, raws, released=True, accepted=True)
    ]
    half = len(raws) // 2
    groups = [(OWN, range(half)), (OTHERS, range(half, len(raws)))] if half >= k else []
    room = gathered(kind, what, raws, sizes=[size] * len(raws), notes=notes, themes=THEMES, groups=groups, k=k)
    tally = KINDS[kind].tally(what, room)
    values = [KINDS[kind].read(what, raw) for raw in raws]
    before = [values[random.randrange(len(values))] for _ in values]
    pairs = [Response(value, size, before=first) for value, first in zip(values, before, strict=True)]
    study = kinds.study(kind, what, pairs, k)
    return tally, study, kinds.findings(kind, what, tally, study)


def _renamed(value: Any, suffix: str) -> Any:
    """The same answer with ids of its own for what was written in it."""
    if isinstance(value, dict):
        return {
            name: f"{one[:8]}{suffix}" if name == "id" and isinstance(one, str) else _renamed(one, suffix)
            for name, one in value.items()
        }
    if isinstance(value, list):
        return [_renamed(one, suffix) for one in value]
    return f"own:{value[4:12]}{suffix}" if isinstance(value, str) and value.startswith("own:") else value


def numbers(value: Any) -> Iterator[float]:
    """All numbers in a value, how many of a thing there are, and what a row of them adds up to, whole and by ends."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return
    if isinstance(value, int | float):
        yield round(value, 1)
    elif isinstance(value, tuple | list):
        yield len(value)
        if value and all(isinstance(one, int) for one in value):
            yield from (sum(value), sum(value[:2]), sum(value[3:]))
        for one in value:
            yield from numbers(one)
    elif is_dataclass(value):
        for name in (field.name for field in fields(value)):
            yield from numbers(getattr(value, name))
        for name in ("load", "mean", "named", "shown", "total", "moved"):
            yield from numbers(getattr(value, name, None))


def counts(kind: str, tally: Any) -> Iterator[float]:
    """How many cards have a label, and how many things are level: a sentence may say that."""
    if kind == "card_sort":
        yield from range(len(tally.rows) + 1)
    if kind == "points":
        yield sum(1 for row in tally.rows if row.place == 1)
    if kind == "notes":
        yield from (2, 3)
        yield sum(1 for note in tally.notes.shown if note.state == "shown")
    if kind == "pressure_map":
        yield from range(len(tally.rows) + 1)
    if kind == "form":
        yield sum(1 for entry in tally.entries if not entry.withdrawn)
        for n in range(len(tally.columns)):
            yield sum(1 for entry in tally.entries if entry.cells and entry.cells[n] is not None)


def arguments(one: Sentence) -> Iterator[float]:
    if one.n is not None:
        yield one.n
    for value in one.arguments.values():
        if isinstance(value, int | float):
            yield value
        elif isinstance(value, Sentence):
            yield from arguments(value)


def forms(one: Sentence) -> tuple[str, ...]:
    return (one.key,) if isinstance(one.key, str) else one.key


@cache
def marked() -> frozenset[str]:
    """Every message that the code marks for the catalogue: both forms where there are two."""
    keywords = {**DEFAULT_KEYWORDS, "N_": None, "N_n": (1, 2)}
    every = extract_from_dir(ROOT / "workshop", [("**.py", "python")], keywords=keywords)
    return frozenset(
        one for _, _, message, _, _ in every for one in ([message] if isinstance(message, str) else message)
    )


def check(one: Finding) -> None:
    for said in (one.says, one.sure):
        given = set(said.arguments) | ({"n"} if said.n is not None else set())
        assert isinstance(said.key, tuple) == (said.n is not None)
        for form in forms(said):
            assert form in marked()
            assert set(re.findall(r"%\((\w+)\)s", form)) - given == set()
            assert re.findall(r"%(?!\(\w+\)s)", form) == []
    assert 0 <= one.weight <= 1
    assert isinstance(one.sure, Sure)


@every_kind_that_asks
@LIMIT
@given(room=rooms)
def test_whatever_a_room_answers_its_findings_can_be_told_and_every_number_in_them_is_shown(app, kind, room):
    for what in contents(kind):
        tally, study, findings = found(kind, what, *room)
        known = {*numbers(tally), *numbers(study), *counts(kind, tally), 0}
        for one in findings:
            check(one)
            assert {round(n, 1) for n in (*arguments(one.says), *arguments(one.sure))} - known - {1, 2} == set()
        assert [one.weight for one in findings] == sorted((one.weight for one in findings), reverse=True)
        for _, sentence, how_sure in told(app, findings):
            assert "%(" not in sentence + how_sure
            assert "significan" not in sentence + how_sure


@every_kind_that_asks
def test_a_large_room_gives_something_to_say(kind):
    what = contents(kind)[0]
    assert found(kind, what, 7, [1] * 60, 1, SHOWN_FROM)[2] != ()


@every_kind_that_asks
@pytest.mark.parametrize("people", [0, 1, 4])
def test_below_five_answers_no_kind_says_anything(kind, people):
    for what in contents(kind):
        assert found(kind, what, 7, [1] * people, 1, SHOWN_FROM)[2] == ()


# How sure


@pytest.mark.parametrize(
    ("first", "of", "second", "grade"),
    [
        (5, 5, 5, "close"),
        (5, 9, 4, "close"),
        (6, 9, 4, "close"),
        (7, 9, 4, "few"),
        (7, 10, 4, "leaning"),
        (12, 15, 3, "clear"),
        (5, 5, 0, "clear"),
        (20, 40, 15, "leaning"),
        (30, 40, 12, "clear"),
    ],
)
def test_what_leads_is_close_clear_leaning_or_of_too_few(first, of, second, grade):
    assert sure.leads(first, of, second, tables=False).grade == grade
    assert sure.leads(first, of, second, tables=True).grade == grade


# The least parts that methods.md 2.4 has for a Wilson bound above half, and one less.
@pytest.mark.parametrize(("part", "of"), [(7, 8), (9, 10), (10, 12), (12, 15), (15, 20), (18, 25), (21, 30), (27, 40)])
def test_a_majority_is_clear_from_where_the_interval_lies_above_half(part, of):
    assert sure.most(part, of, tables=False).grade == "clear"
    assert sure.most(part - 1, of, tables=False).grade == ("few" if of < 10 else "leaning")


def test_a_majority_that_two_answers_could_turn_is_close():
    assert [sure.most(part, 20, tables=False).grade for part in (10, 11, 12)] == ["close", "close", "leaning"]


@pytest.mark.parametrize("tables", [False, True])
def test_no_sentence_about_tables_has_a_number_of_answers(tables):
    cases = [sure.leads(a, 12, b, tables=tables) for a in range(13) for b in range(13)]
    cases += [sure.most(a, 12, tables=tables) for a in range(13)]
    cases += [sure.splits(a, b, 12, tables=tables) for a in range(13) for b in range(a)]
    cases += [sure.moved(a, b, 12, tables=tables) for a in range(13) for b in range(a)]
    assert any([*arguments(one)] for one in cases) is not tables


def test_what_is_level_or_turned_by_counting_a_table_as_one_answer_says_so():
    said = [sure.leads(4, 12, second, tables=True).key for second in (4, 5)]
    assert said == [
        "Level, if each table counts as one answer.",
        "Not certain: if each table counts as one answer, another leads.",
    ]


def test_what_is_sure_weighs_more_than_the_same_where_it_is_not():
    weights = [sure.weight("top", 0.5, grade) for grade in ("clear", "leaning", "close", "few")]
    assert weights == sorted(weights, reverse=True)
    assert len(set(weights)) == 4
