"""An attacker with every public output of a session cannot work a suppressed number back.

Twins: two sessions that differ only in who of two people said what, where one of them belongs to a group too small to
be shown. Sums over the whole room are the same in both. Everything that is public of them must be the same to the
byte: each fragment of the projector and of phones in both languages at every revision and in every view, what phones
read when they ask to see the wall, and the write-up once it is published: on the web, for paper and as a record. Then
no attacker, however clever, can tell from it which of the two said what. Controls show that the same comparison finds
what may be seen.
"""

import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from random import Random
from typing import Any

import pytest
from flask import Flask, render_template

from tests.house import (
    BEGIN,
    CARDS,
    CODE,
    FIELDS,
    MAP,
    OTHER,
    PILES,
    PROMPTS,
    RATED,
    RAW,
    House,
    exercise,
    note_id,
    text,
)
from workshop import create_app, packs
from workshop.config import Config
from workshop.gathered import Participant, Theme
from workshop.kinds import KINDS
from workshop.model import Refused
from workshop.pages import Parts
from workshop.pages.report import _report
from workshop.text import Text

STATEMENTS = [{"id": f"s{n}", "title": text(f"Statement s{n}")} for n in range(3)]
OWN_LISTS = [
    {"id": "everyone", "title": text("Everyone"), "statements": STATEMENTS},
    {
        "id": "communities",
        "title": text("The community's own"),
        "perspectives": ["community"],
        "statements": [{"id": f"own{n}", "title": text(f"Statement own{n}")} for n in range(3)],
    },
]
TICKS = [{"id": "one", "title": text("One thing"), "fields": ["do"]}]
WORKSHOP = packs.parse(
    {
        **RAW,
        "perspectives": [*RAW["perspectives"], {"id": "other", "title": text("Somebody else")}],
        "agenda": [
            exercise("ideas", "notes", {"prompts": PROMPTS, "most": 4, "longest": 100}),
            exercise("vote", "points", {"dots": 4, "most_each": 2}, of="ideas"),
            exercise("load", "pressure_map", MAP),
            exercise("sort", "card_sort", {"piles": PILES, "cards": CARDS}),
            exercise("trust", "scale", {**RATED, "lists": [{**OWN_LISTS[0]}]}),
            exercise("feel", "scale", {**RATED, "lists": OWN_LISTS, "thinking_back": True}),
            exercise("ask", "form", {"fields": FIELDS, "sentence": [text("I will {do}")], "ticks": TICKS}),
            exercise("sort-again", "card_sort", of="sort"),
            exercise("load-again", "pressure_map", of="load"),
            exercise("trust-again", "scale", of="trust"),
            exercise("feel-again", "scale", of="feel"),
        ],
    },
    id="test",
    where="test",
)
THEMES = [Theme(f"t{n}", Text(cy=f"Thema {n}", en=f"Theme {n}"), n) for n in (1, 2, 3)]


# Everything that is public


@dataclass
class Watched(House):
    """A session whose every public output is kept: what it is, and what it says."""

    app: Flask | None = None
    seen: list[tuple[str, str]] = field(default_factory=list)

    @property
    def cyd(self) -> Parts:
        assert self.app is not None
        return self.app.extensions["cyd"]

    def look(self, after: str) -> None:
        for surface, lang in (("screen", "both"), ("phone", "cy"), ("phone", "en")):
            revision, fragments = self.cyd.fragments.render(surface, self.code, lang)
            self.seen.append((f"{surface} {lang} after {after}", f"{revision} {sorted(fragments.items())}"))
        wall = self.cyd.fragments.tally(self.code, "cy")
        self.seen.append((f"see cy after {after}", wall))
        # Where there is nothing to see, there is nothing in either language.
        self.seen.append((f"see en after {after}", wall and self.cyd.fragments.tally(self.code, "en")))

    def do(self, verb: str, exercise: str, *arguments: Any) -> None:
        super().do(verb, exercise, *arguments)
        self.look(f"{verb} {exercise} {arguments}")

    def answer(self, who: Participant, exercise: str, value: Any) -> str:
        status = super().answer(who, exercise, value)
        self.look(f"an answer to {exercise}")
        return status

    def change(self, who: Participant, perspective: str | None, size: int = 1) -> None:
        super().change(who, perspective, size)
        self.look("a change")

    def views(self) -> None:
        """Every picture of what is revealed."""
        with self.store.read() as read:
            state = self.cyd.fragments.state(read, self.code)
            pictures = len(state.views)
        for view in range(1, pictures):
            self.do("view", str(state.session.current), view)

    def theme_notes(self, themes: Mapping[str, Sequence[str]]) -> None:
        """Under themes whose ids are the same in both twins."""
        moved = {note_id(name): {"themes": list(into)} for name, into in themes.items()}
        self.store.writer.do(lambda tx: tx.notes.change(self.code, "ideas", moved, THEMES))
        self.look("theming")

    def end(self) -> None:
        """The end, and the write-up as whoever has its address gets it."""
        self.live.end(self.code, self.at)
        self.look("the end")
        assert self.app is not None
        with self.app.test_request_context(), self.store.read() as read:
            session = read.session(self.code)
            report = _report(read, session)
        key = self.cyd.publishing.publish(self.code, report, session.revision, en="No translator yet")
        with self.app.test_client() as client:
            for lang in ("cy", "en"):
                page = client.get(f"/w/{key}/{lang}")
                assert page.status_code == 200
                self.seen.append((f"write-up {lang}", page.text.replace(key, "KEY")))
            self.seen.append(("record json", client.get(f"/w/{key}/record.json").text))
        with self.store.read() as read:
            published = read.record(key).drawn()
        for lang in ("cy", "en"):
            with self.app.app_context():
                printed = render_template("report/print.html", report=published, langs=(lang,))
                self.seen.append((f"paper {lang}", printed))
        self.cyd.publishing.withdraw(key)


@pytest.fixture(scope="module")
def apps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Flask]]:
    """Two servers with the same secret, so that even links are the same in both."""
    folders = [tmp_path_factory.mktemp(name) for name in ("one", "other")]
    made = []
    for folder in folders:
        if made:
            shutil.copy(folders[0] / "secret", folder / "secret")
        made.append(create_app(Config(data=folder), lambda: "http://127.0.0.1:8050", lambda: BEGIN))
    yield made
    for app in made:
        app.extensions["cyd"].store.close()


Course = Callable[[Watched, bool], None]  # the session, and whether the two people said what the other one did


def played(app: Flask, course: Course, swapped: bool) -> list[tuple[str, str]]:
    cyd: Parts = app.extensions["cyd"]
    house = Watched(cyd.store, WORKSHOP, app=app)
    try:
        course(house, swapped)
    finally:
        for code in (CODE, OTHER):
            house.live.delete(code)
            cyd.forget(code)
    return house.seen


def told_apart(apps: list[Flask], course: Course) -> list[str]:
    """By what of the public output the twins can be told apart, and the first place where it differs."""
    one, other = (played(app, course, swapped) for app, swapped in zip(apps, (False, True), strict=True))
    assert [what for what, _ in one] == [what for what, _ in other]
    assert len(one) > 10
    return [
        f"{what}: {difference(mine, theirs)}"
        for (what, mine), (_, theirs) in zip(one, other, strict=True)
        if mine != theirs
    ]


def difference(one: str, other: str) -> str:
    at = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return f"…{one[max(0, at - 60) : at + 40]}… against …{other[max(0, at - 60) : at + 40]}…"


# A room


def values(kind: str, random: Random, who: int, themes: Sequence[Theme] = THEMES) -> Any:
    """What somebody answers; notes and pressures have ids that differ from person to person."""
    if kind == "card_sort":
        return {"placed": {card["id"]: random.choice(PILES)["id"] for card in CARDS}}
    if kind == "scale":
        return {"ratings": {one["id"]: random.choice((1, 2, 3, 4, 5)) for one in STATEMENTS}}
    if kind == "points":
        return {"dots": {one.id: random.randint(1, 2) for one in random.sample(THEMES, 2)}}
    if kind == "notes":
        some = range(random.randint(1, 3))
        texts = [random.choice(("Buses", "A lunch club", "Trams to the hill")) for _ in some]
        return {
            "notes": [
                {"id": note_id(f"w{who}x{n + 1}"), "prompt": random.choice(PROMPTS)["id"], "lang": "en", "text": words}
                for n, words in enumerate(texts)
            ]
        }
    if kind == "pressure_map":
        listed = [placed(f"p{n}", random) for n in random.sample(range(4), 2)]
        if who % 3:
            return {"placed": listed, "ease": listed[0]["pressure"]}
        own = {"id": note_id(f"w{who}x1"), "lang": "en", "text": f"Too much of {random.choice(('paper', 'noise'))}"}
        return {"placed": [*listed, placed(f"own:{own['id']}", random)], "own": [own]}
    shared = random.choice(("anonymous", "named"))
    filled = {"do": f"mend thing {random.randint(1, 99)}", "why": "because", "check": "my own business"}
    name = f"Name {random.randint(1, 99)}" if shared == "named" else ""
    return {
        "id": note_id(f"w{who}x"), "lang": "en", "filled": filled, "show": shared, "name": name,
        "quotable": random.random() < 0.5,
    }  # fmt: skip


def placed(pressure: str, random: Random) -> dict[str, Any]:
    return {
        "pressure": pressure,
        "source": random.choice(("council", "party")),
        "strength": random.randint(1, 5),
        "visibility": random.choice(("hidden", "partly", "visible")),
    }


EXERCISE = {
    "card_sort": "sort", "scale": "trust", "points": "vote", "notes": "ideas", "pressure_map": "load", "form": "ask",
}  # fmt: skip


def ask(
    house: Watched,
    exercise: str,
    people: Sequence[Participant],
    given: Sequence[Any],
    *,
    late: Sequence[int] = (),
) -> None:
    """Everyone answers in turn; the facilitator takes in what has to be, shows it, and turns every page."""
    kind = house.workshop.exercise(exercise).kind
    if kind == "points" and not house.themes():
        some = {"notes": [{"id": note_id(f"n{n}"), "prompt": "keep", "lang": "en", "text": "x"} for n in range(3)]}
        ask(house, "ideas", people[:1], [some])
        house.theme_notes({f"n{n}": (theme.id,) for n, theme in enumerate(THEMES)})
    house.go(exercise, "open")
    for number, (who, value) in enumerate(zip(people, given, strict=True)):
        if number not in late:
            house.answer(who, exercise, value)
    house.do("reveal", exercise)
    if kind == "pressure_map":
        for number, note in enumerate(sorted(house.notes(exercise).values(), key=lambda one: one.id)):
            if number % 3 == 0:
                house.live.accept(house.code, note.id)
            elif number % 3 == 1:
                house.theme("merge", note.id, "p0", exercise=exercise)
            house.look("a pressure that was taken in")
    if kind == "notes" and exercise == "ideas" and len(people) > 1:
        notes = sorted(house.notes(exercise))
        house.theme_notes({name: (THEMES[number % 3].id,) for number, name in enumerate(notes) if number % 4})
    house.views()


def swap(given: list[Any], one: int, other: int, swapped: bool) -> list[Any]:
    if swapped:
        given[one], given[other] = given[other], given[one]
    return given


def shuffled(given: list[Any], among: Sequence[int], swapped: bool) -> list[Any]:
    """These people gave each other's answers, anybody anybody's."""
    if swapped:
        others = Random(len(given)).sample(among, len(among))
        for place, answer in zip(among, [given[other] for other in others], strict=True):
            given[place] = answer
    return given


def differing(kind: str, random: Random, people: int, one: int, other: int) -> list[Any]:
    """Answers in which these two did not say the same."""
    while True:
        given = [values(kind, random, who) for who in range(people)]
        if given[one] != given[other]:
            return given


every_kind = pytest.mark.parametrize("kind", EXERCISE)


# The same to the byte


@every_kind
def test_a_perspective_of_three_cannot_be_told_from_those_it_is_shown_with(apps: list[Flask], kind: str) -> None:
    """Three of the community count with the eight officers, beside eight councillors."""

    def course(house: Watched, swapped: bool) -> None:
        people = [*house.joins("councillor", 8), *house.joins("officer", 8), *house.joins("community", 3)]
        given = differing(kind, Random(f"{kind} three"), len(people), 16, 9)
        ask(house, EXERCISE[kind], people, swap(given, 16, 9, swapped))
        house.end()

    assert told_apart(apps, course) == []


@every_kind
def test_whoever_of_a_shared_group_said_what_it_is_all_the_same(apps: list[Flask], kind: str) -> None:
    def course(house: Watched, swapped: bool) -> None:
        people = [*house.joins("councillor", 8), *house.joins("officer", 6), *house.joins("community", 4)]
        given = differing(kind, Random(f"{kind} shared"), len(people), 16, 9)
        ask(house, EXERCISE[kind], people, shuffled(given, range(8, 18), swapped))
        house.end()

    assert told_apart(apps, course) == []


@every_kind
def test_where_three_of_a_perspective_answered_whoever_of_the_room_said_what_is_all_the_same(
    apps: list[Flask], kind: str
) -> None:
    """Six of the community are in the room and three of them answer: then no group is shown at all."""

    def course(house: Watched, swapped: bool) -> None:
        everyone = [*house.joins("councillor", 8), *house.joins("officer", 8), *house.joins("community", 6)]
        people = everyone[:19]
        given = differing(kind, Random(f"{kind} few"), len(people), 17, 2)
        ask(house, EXERCISE[kind], people, shuffled(given, range(19), swapped))
        house.end()

    assert told_apart(apps, course) == []


@every_kind
def test_who_gave_no_perspective_cannot_be_told_from_those_they_are_shown_with(apps: list[Flask], kind: str) -> None:
    def course(house: Watched, swapped: bool) -> None:
        people = [*house.joins("councillor", 8), *house.joins("officer", 8), *house.joins(None, 1)]
        given = differing(kind, Random(f"{kind} nobody"), len(people), 16, 12)
        ask(house, EXERCISE[kind], people, swap(given, 16, 12, swapped))
        house.end()

    assert told_apart(apps, course) == []


@every_kind
def test_a_table_of_a_small_perspective_cannot_be_told_from_another_of_its_size(apps: list[Flask], kind: str) -> None:
    def course(house: Watched, swapped: bool) -> None:
        people = [*house.joins("councillor", 8), *house.joins("officer", 6), *house.joins("officer", 2, size=6)]
        people += house.joins("community", 1, size=6)
        given = differing(kind, Random(f"{kind} table"), len(people), 16, 15)
        ask(house, EXERCISE[kind], people, swap(given, 16, 15, swapped))
        house.end()

    assert told_apart(apps, course) == []


@every_kind
def test_a_latecomer_with_a_perspective_of_their_own_cannot_be_told_from_those_they_are_shown_with(
    apps: list[Flask], kind: str
) -> None:
    """Groups were fixed at an earlier exercise; then somebody comes who speaks as nobody else does."""

    def course(house: Watched, swapped: bool) -> None:
        people = [*house.joins("councillor", 8), *house.joins("officer", 8)]
        first = "sort" if kind != "card_sort" else "trust"
        random = Random(f"{kind} late")
        ask(house, first, people, [values(house.workshop.exercise(first).kind, random, who) for who in range(16)])
        people += house.joins("other", 1)
        given = differing(kind, random, len(people), 16, 10)
        ask(house, EXERCISE[kind], people, swap(given, 16, 10, swapped))
        house.end()

    assert told_apart(apps, course) == []


@every_kind
def test_late_answers_of_which_fewer_than_five_came_are_told_nowhere(apps: list[Flask], kind: str) -> None:
    """Four of the community are late with whatever they say, and stay beside the wall and out of the write-up."""

    def course(house: Watched, swapped: bool) -> None:
        people = [*house.joins("councillor", 8), *house.joins("officer", 8), *house.joins("community", 6)]
        random = Random(f"{kind} too late")
        given = [values(kind, random, who) for who in range(len(people))]
        late = [values(kind, Random(f"{kind} {swapped}"), who) for who in range(18, 22)]
        ask(house, EXERCISE[kind], people[:18], given[:18])
        for who, value in zip(people[18:], late, strict=True):
            assert house.answer(who, EXERCISE[kind], value) == "late"
        with pytest.raises(Refused):
            house.do("reveal", EXERCISE[kind])
        house.end()

    assert told_apart(apps, course) == []


@every_kind
def test_late_answers_of_five_do_not_tell_the_one_of_them_who_is_of_another_group(apps: list[Flask], kind: str) -> None:
    """Four late councillors and a late officer: groups would change by one. They swap what they say."""

    def course(house: Watched, swapped: bool) -> None:
        people = [*house.joins("councillor", 12), *house.joins("officer", 9)]
        given = swap(differing(kind, Random(f"{kind} one late"), len(people), 20, 8), 20, 8, swapped)
        late = (8, 9, 10, 11, 20)
        ask(house, EXERCISE[kind], people, given, late=late)
        for number in late:
            assert house.answer(people[number], EXERCISE[kind], given[number]) == "late"
        with pytest.raises(Refused):
            house.do("reveal", EXERCISE[kind])
        house.views()
        house.end()

    assert told_apart(apps, course) == []


def test_late_ratings_of_five_do_not_tell_the_one_of_them_who_has_a_list_of_their_own(apps: list[Flask]) -> None:
    """Whatever the one of the community says; only four of them were there when groups were fixed."""

    def course(house: Watched, swapped: bool) -> None:
        people = [*house.joins("officer", 12), *house.joins("community", 4)]
        house.go("sort", "open", "reveal")
        people += house.joins("community", 3)
        random, mine = Random(1), Random(swapped)
        given = [values("scale", random, who) for who in range(12)]
        given += [{"ratings": {f"own{n}": random.randint(1, 5) for n in range(3)}} for _ in range(6)]
        given.append({"ratings": {f"own{n}": mine.randint(1, 5) for n in range(3)}})
        late = (8, 9, 10, 11, 18)
        ask(house, "feel", people, given, late=late)
        for number in late:
            assert house.answer(people[number], "feel", given[number]) == "late"
        with pytest.raises(Refused):
            house.do("reveal", "feel")
        house.end()

    assert told_apart(apps, course) == []


@every_kind
def test_who_changes_perspective_after_the_reveal_cannot_be_told_by_what_moves(apps: list[Flask], kind: str) -> None:
    """An officer turns councillor: the wall stays, in this exercise and beside the next."""

    def course(house: Watched, swapped: bool) -> None:
        people = [*house.joins("councillor", 8), *house.joins("officer", 8)]
        second = "sort" if kind != "card_sort" else "trust"
        random = Random(f"{kind} changing")
        given = differing(kind, random, len(people), 12, 13)
        ask(house, EXERCISE[kind], people, swap(given, 12, 13, swapped))
        house.change(people[12], "councillor")
        house.change(people[2], "community", 1)
        ask(house, second, people, [values(house.workshop.exercise(second).kind, random, who) for who in range(16)])
        house.go(EXERCISE[kind])
        house.views()
        house.end()

    assert told_apart(apps, course) == []


@pytest.mark.parametrize("first", ["sort", "trust", "load"])
def test_two_rounds_of_one_exercise_do_not_tell_either(apps: list[Flask], first: str) -> None:
    """Three of the community, who count with the officers, and some of everyone answer only once."""

    def course(house: Watched, swapped: bool) -> None:
        kind = house.workshop.exercise(first).kind
        people = [*house.joins("councillor", 8), *house.joins("officer", 8), *house.joins("community", 3)]
        random = Random(f"{first} twice")
        rounds = [differing(kind, random, len(people), 17, 10) for _ in range(2)]
        before, after = (swap(given, 17, 10, swapped) for given in rounds)
        # A phone makes new ids for the second round.
        after = json.loads(json.dumps(after).replace('"w', '"v').replace("own:w", "own:v"))
        ask(house, first, people[:-1], before[:-1])
        ask(house, f"{first}-again", people[1:], after[1:])
        house.end()

    assert told_apart(apps, course) == []


# A list of one's own


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("answered", [1, 4])
def test_ratings_of_fewer_than_five_on_their_own_list_are_told_nowhere(
    apps: list[Flask], answered: int, seed: int
) -> None:
    """Whatever they rate, before, after or thinking back."""

    def course(house: Watched, swapped: bool) -> None:
        others, own = house.joins("officer", 11), house.joins("community", answered)
        shared = Random(seed)
        mine = Random(f"{seed} {swapped}")
        for asked in ("feel", "feel-again"):
            given = [values("scale", shared, who) for who in range(len(others))]
            given += [{"ratings": {f"own{n}": mine.randint(1, 5) for n in range(3)}} for _ in own]
            if asked == "feel-again":
                for value in given[len(others) :]:
                    value["back"] = {f"own{n}": mine.randint(1, 5) for n in range(3)}
            ask(house, asked, [*others, *own], given)
        house.end()

    assert told_apart(apps, course) == []


@pytest.mark.parametrize("own", [5, 6, 9])
def test_that_a_small_group_all_rated_the_same_cannot_be_told_from_two_who_did_not(apps: list[Flask], own: int) -> None:
    """On a list of their own the numbers go, in the room, and nothing is left of them in the write-up."""

    def course(house: Watched, swapped: bool) -> None:
        others, few = house.joins("officer", 11), house.joins("community", own)
        random = Random(own)
        given = [values("scale", random, who) for who in range(len(others))]
        given += [{"ratings": {f"own{n}": 4 for n in range(3)}} for _ in few]
        if swapped:
            given[-1], given[-2] = ({"ratings": {f"own{n}": rating for n in range(3)}} for rating in (1, 2))
        ask(house, "feel", [*others, *few], given)
        house.end()

    assert told_apart(apps, course) == []


@pytest.mark.parametrize("option", [1, 5])
@pytest.mark.parametrize("small", [5, 9])
def test_that_a_small_group_all_gave_the_same_rating_cannot_be_told_from_one_who_did_not(
    apps: list[Flask], small: int, option: int
) -> None:
    """Perspectives rate the same statements: one of the small group and one of a large one swap what they said."""

    def course(house: Watched, swapped: bool) -> None:
        people = [*house.joins("officer", 14), *house.joins("community", small)]
        random = Random(small)
        given = [{"ratings": {"s0": 3, "s1": random.choice((2, 3)), "s2": 3}} for _ in range(14)]
        given += [{"ratings": {"s0": option, "s1": random.choice((2, 3)), "s2": 3}} for _ in range(small)]
        if swapped:
            given[0]["ratings"]["s0"], given[-1]["ratings"]["s0"] = option, 3
        ask(house, "trust", people, given)
        house.end()

    assert told_apart(apps, course) == []


# What the writer kept


@pytest.mark.parametrize("seed", range(3))
def test_what_is_kept_private_in_a_form_is_told_nowhere(apps: list[Flask], seed: int) -> None:
    """Forms that nobody else may see, fields that their writer keeps, and fields that the author made private."""

    def course(house: Watched, swapped: bool) -> None:
        people = [*house.joins("officer", 6), *house.joins("community", 6)]
        random, secret = Random(seed), Random(f"{seed} {swapped}")
        given = [values("form", random, who) for who in range(12)]
        for number, value in enumerate(given):
            words = f"secret {secret.randint(1, 10**9)}"
            if number % 3 == 0:
                value |= {"show": "private", "name": "", "filled": {id: words for id in ("do", "why", "check")}}
            elif number % 3 == 1:
                value["filled"] |= {"why": words, "check": words}
                value["kept"] = ["why"]
            else:
                value["filled"]["check"] = words
        ask(house, "ask", people, given)
        house.end()
        assert not [what for what, said in house.seen if "secret" in said]

    assert told_apart(apps, course) == []


def test_which_private_fields_were_filled_in_is_told_nowhere(apps: list[Flask]) -> None:
    def course(house: Watched, swapped: bool) -> None:
        people = house.joins("officer", 8)
        given = [values("form", Random(f"form {who}"), who) for who in range(8)]
        given[0] |= {"show": "private", "name": "", "filled": {"why": "a"} if swapped else {"do": "a", "check": "b"}}
        given[1]["filled"].pop("check", None)
        if swapped:
            given[1]["filled"]["check"] = "c"
        ask(house, "ask", people, given)
        house.end()

    assert told_apart(apps, course) == []


# Reading, rather than comparing


def words_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


@every_kind
def test_a_perspective_that_is_too_small_is_named_beside_no_number(apps: list[Flask], kind: str) -> None:
    """It is named on no wall and in no write-up at all; what holds it is named "and others"."""

    def course(house: Watched, swapped: bool) -> None:
        people = [*house.joins("councillor", 8), *house.joins("officer", 8), *house.joins("community", 3)]
        ask(house, EXERCISE[kind], people, [values(kind, Random(f"{kind} {who}"), who) for who in range(19)])
        house.end()
        seen.extend(house.seen)

    seen: list[tuple[str, str]] = []
    played(apps[0], course, False)
    record = json.loads(seen.pop([what for what, _ in seen].index("record json"))[1])
    assert (record["perspectives"], "Community member" in json.dumps(record["sections"])) == ([], False)
    assert [what for what, said in seen if "Community member" in words_of(said)] == []
    if kind in ("card_sort", "scale"):
        assert [what for what, said in seen if "Officer and others" in words_of(said)] != []
    assert [what for what, said in seen if re.search(r"\b(community|officer) \d", said)] == []


@every_kind
def test_nothing_public_says_who_anybody_is(apps: list[Flask], kind: str) -> None:
    def course(house: Watched, swapped: bool) -> None:
        people = [*house.joins("councillor", 6), *house.joins("officer", 6)]
        ask(house, EXERCISE[kind], people, [values(kind, Random(f"{kind} {who}"), who) for who in range(12)])
        house.end()
        for who in people:
            assert [what for what, said in house.seen if who.id in said or who.place_code in said] == []

    played(apps[0], course, False)


# The comparison would have found it


@every_kind
def test_control_other_sums_of_the_whole_room_are_seen(apps: list[Flask], kind: str) -> None:
    """Somebody says what they said the other time, and so the room does."""

    def course(house: Watched, swapped: bool) -> None:
        people = [*house.joins("councillor", 8), *house.joins("officer", 8)]
        given = [values(kind, Random(f"{kind} {who}"), who) for who in range(len(people))]
        given[3] = values(kind, Random(f"{kind} {'other' if swapped else 'one'}"), 3)
        ask(house, EXERCISE[kind], people, given)
        house.end()

    assert {found.split(" ")[0] for found in told_apart(apps, course)} >= {
        "screen",
        "see",
        "write-up",
        "record",
        "paper",
    }


@pytest.mark.parametrize("kind", ["card_sort", "scale", "pressure_map"])
def test_control_two_perspectives_that_are_large_enough_are_seen_apart(apps: list[Flask], kind: str) -> None:
    """All eight councillors say one thing and all eight officers another, or the other way round."""

    def course(house: Watched, swapped: bool) -> None:
        people = [*house.joins("councillor", 12), *house.joins("officer", 12)]
        one, other = (values(kind, Random(f"{kind} {side}"), 1) for side in ("one", "other"))
        if kind == "scale":
            one, other = ({"ratings": {f"s{n}": rating for n in range(3)}} for rating in (1, 5))
        given = [one] * 12 + [other] * 12
        ask(house, EXERCISE[kind], people, given[::-1] if swapped else given)
        house.end()

    assert {found.split(" ")[0] for found in told_apart(apps, course)} >= {
        "screen",
        "see",
        "write-up",
        "record",
        "paper",
    }


def test_control_what_a_form_shows_is_seen(apps: list[Flask]) -> None:
    def course(house: Watched, swapped: bool) -> None:
        given = [values("form", Random(f"form {who}"), who) for who in range(6)]
        given[2] |= {"show": "anonymous", "name": ""}
        given[2]["filled"]["do"] = "plant a tree" if swapped else "mend the light"
        ask(house, "ask", house.joins("officer", 6), given)
        house.end()

    assert {found.split(" ")[0] for found in told_apart(apps, course)} >= {
        "screen",
        "see",
        "write-up",
        "record",
        "paper",
    }


def test_every_kind_that_asks_for_something_is_attacked() -> None:
    assert set(EXERCISE) == set(KINDS) - {"info"}
    assert {house_kind(id) for id in EXERCISE.values()} == set(EXERCISE)


def house_kind(exercise: str) -> str:
    return WORKSHOP.exercise(exercise).kind
