"""Sums of what has come in and of what stands on the wall, over a real store."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.house import PILES, House, note_id, opened
from workshop import kinds
from workshop.gathered import Counts, Notes, Participant, Turnout
from workshop.model import Refused, Unknown
from workshop.tallies import Sums, Tallies

PERSPECTIVES = ("councillor", "officer", "community", None)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with opened(tmp_path) as house:
        yield house


@pytest.fixture
def sorting(house: House) -> House:
    """The card sort is open."""
    house.go("sort", "open")
    return house


def sort(house: House, who: Participant, pile: int) -> str:
    return house.answer(who, "sort", {"placed": {"c0": PILES[pile]["id"]}})


def placed(**people: int) -> dict[tuple[str, ...], int]:
    return {("placed", "c0", pile): n for pile, n in people.items()}


# What has come in


def test_an_empty_room_has_empty_sums(sorting: House) -> None:
    sums = sorting.sums("sort")
    assert (sums.live.counts.people, sums.live.turnout, sums.late, sums.wall.parts) == ({}, Turnout(), 0, ())


def test_a_changed_answer_moves_and_does_not_add(sorting: House) -> None:
    ben = sorting.join("ben")
    sort(sorting, ben, 0)
    assert sorting.sums("sort").live.counts.people == placed(left=1)
    sort(sorting, ben, 1)
    assert sorting.sums("sort").live.counts.people == placed(right=1)


def test_a_table_counts_as_many_people_and_one_response(sorting: House) -> None:
    sort(sorting, sorting.join("table", size=6), 0)
    sort(sorting, sorting.join("ben"), 0)
    sorting.join("cari")
    sums = sorting.sums("sort").live
    assert (sums.counts.people, sums.counts.responses) == (placed(left=7), placed(left=2))
    assert sums.turnout == Turnout(joined=3, people=7, responses=2, finished=0)


def test_one_item_makes_an_answer_and_all_of_them_finish_it(sorting: House) -> None:
    everything = {card: "left" for card in ("c0", "c1", "c2")}
    sorting.answer(sorting.join("ben", size=2), "sort", {"placed": everything})
    sorting.answer(sorting.join("cari"), "sort", {"placed": {"c1": "left"}})
    sorting.answer(sorting.join("dai"), "sort", {"placed": {}})
    assert sorting.sums("sort").live.turnout == Turnout(joined=3, people=3, responses=2, finished=1)


def test_dot_s_answers_count_in_her_own_session_only(sorting: House) -> None:
    dots = sorting.beside()
    dots.go("sort", "open")
    sort(dots, dots.join("dot"), 1)
    assert (sorting.sums("sort").live.counts.people, dots.sums("sort").live.counts.people) == ({}, placed(right=1))


def test_what_memory_holds_of_a_session_is_forgotten_and_of_another_is_not(sorting: House) -> None:
    sort(sorting, sorting.join("ben"), 0)
    dots = sorting.beside()
    sorting.sums("sort"), dots.sums("sort")
    sorting.tallies.forget(sorting.code)
    assert {key[0] for key in sorting.tallies._exercises} == {dots.code}


# What stands on the wall


def test_late_answers_wait_beside_the_wall_until_five_are_shown_together(sorting: House) -> None:
    everyone = sorting.joins(None, 7)
    sort(sorting, everyone[0], 0)
    sort(sorting, everyone[1], 0)
    sorting.do("reveal", "sort")
    assert sort(sorting, everyone[0], 1) == "late"
    for late in everyone[2:5]:
        sort(sorting, late, 1)
    with pytest.raises(Refused):
        sorting.do("reveal", "sort")
    sort(sorting, everyone[5], 1)
    sums = sorting.sums("sort")
    assert (sums.wall.counts.people, sums.live.counts.people) == (placed(left=2), placed(left=1, right=5))
    assert (sums.late, sums.wall.turnout.responses, sums.live.turnout.responses) == (5, 2, 6)
    sorting.do("reveal", "sort")
    sums = sorting.sums("sort")
    assert (sums.wall, sums.late) == (sums.live, 0)


def test_a_table_that_was_corrected_after_the_reveal_waits_too(sorting: House) -> None:
    table = sorting.join("table", size=6)
    sort(sorting, table, 0)
    sorting.do("reveal", "sort")
    sorting.live.resize(sorting.code, table.id, 4)
    sums = sorting.sums("sort")
    assert (sums.wall.counts.people, sums.live.counts.people) == (placed(left=6), placed(left=4))
    assert (sums.wall.turnout.people, sums.live.turnout.people) == (6, 4)


# Perspectives


def halves(house: House, councillors: int = 5, officers: int = 5) -> tuple[list[Participant], list[Participant]]:
    """Councillors who answered left, officers who answered right; revealed."""
    groups = house.joins("councillor", councillors), house.joins("officer", officers)
    for pile, group in enumerate(groups):
        for who in group:
            sort(house, who, pile)
    house.do("reveal", "sort")
    return groups


def parted(house: House, side: str = "wall", **more: Any) -> dict[tuple[str | None, ...], Any]:
    """By group: what it gathered, how many answered in how many answers."""
    gathered = getattr(house.sums("sort", **more), side)
    return {
        part.group.perspectives: (dict(part.counts.people), part.turnout.people, part.turnout.responses)
        for part in gathered.parts
    }


COUNCILLORS, REST = ("councillor",), ("officer", "community", None)


def test_each_group_has_its_own_sums_and_turnout(sorting: House) -> None:
    halves(sorting, officers=6)
    sorting.join("a latecomer", "officer")
    assert parted(sorting) == {COUNCILLORS: (placed(left=5), 5, 5), REST: (placed(right=6), 6, 6)}
    assert [part.turnout.joined for part in sorting.sums("sort").live.parts] == [5, 7]


def test_all_groups_are_told_or_none(sorting: House) -> None:
    councillors, officers = sorting.joins("councillor", 5), sorting.joins("officer", 9)
    for who in (*councillors[:4], *officers):
        sort(sorting, who, 0)
    sorting.do("reveal", "sort")
    assert parted(sorting) == {}
    assert sorting.session().groups is not None
    assert parted(sorting, k=4).keys() == {COUNCILLORS, REST}


def test_five_are_enough_for_the_wall_and_too_few_for_what_is_published(sorting: House) -> None:
    halves(sorting, officers=30)
    assert (parted(sorting).keys(), parted(sorting, k=10)) == ({COUNCILLORS, REST}, {})


def test_a_table_is_one_answer_of_its_group(sorting: House) -> None:
    for who in (*sorting.joins("councillor", 5), *sorting.joins("officer", 4), sorting.join("table", "officer", 12)):
        sort(sorting, who, 0)
    sorting.do("reveal", "sort")
    assert parted(sorting, k=5)[REST] == (placed(left=16), 16, 5)
    assert parted(sorting, k=6) == {}


def test_nothing_is_parted_before_the_first_reveal(sorting: House) -> None:
    for who in (*sorting.joins("councillor", 5), *sorting.joins("officer", 5)):
        sort(sorting, who, 0)
    assert (parted(sorting), parted(sorting, "live")) == ({}, {})


def test_a_perspective_that_was_changed_after_the_reveal_moves_the_sums_and_not_the_wall(sorting: House) -> None:
    councillors, _ = halves(sorting, councillors=6, officers=5)
    before = parted(sorting)
    sorting.change(councillors[0], "officer")
    assert parted(sorting) == before
    assert {group: n for group, (_, _, n) in parted(sorting, "live").items()} == {COUNCILLORS: 5, REST: 6}
    for late in sorting.joins("community", 4):
        sort(sorting, late, 2)
    with pytest.raises(Refused):  # the councillors' row would change by one
        sorting.do("reveal", "sort")
    for who in councillors[1:5]:
        sort(sorting, who, 2)
    sorting.do("reveal", "sort")
    assert parted(sorting) == parted(sorting, "live")
    assert parted(sorting)[COUNCILLORS][0] == placed(left=1, neither=4)
    assert parted(sorting)[REST][0] == placed(left=1, right=5, neither=4)


def test_late_answers_wait_until_there_are_five_of_their_group(sorting: House) -> None:
    councillors, officers = sorting.joins("councillor", 12), sorting.joins("officer", 12)
    for who in (*councillors[:5], *officers[:5]):
        sort(sorting, who, 0)
    sorting.do("reveal", "sort")
    for who in (*councillors[5:9], officers[5]):
        sort(sorting, who, 1)
    with pytest.raises(Refused):
        sorting.do("reveal", "sort")
    sort(sorting, councillors[9], 1)
    sorting.do("reveal", "sort")
    assert parted(sorting) == {COUNCILLORS: (placed(left=5, right=5), 10, 10), REST: (placed(left=5), 5, 5)}
    assert (sorting.sums("sort").late, sorting.sums("sort").wall.turnout.responses) == (1, 15)


def test_late_answers_to_lists_of_their_own_wait_until_there_are_five_of_their_perspective(house: House) -> None:
    house.go("feel", "open")
    councillors, officers = house.joins("councillor", 12), house.joins("officer", 12)
    for who in (*councillors[:6], *officers[:6]):
        house.answer(who, "feel", {"ratings": {"own0" if who in councillors else "s0": 1}})
    house.do("reveal", "feel")
    for who in (*councillors[6:7], *officers[6:12]):
        house.answer(who, "feel", {"ratings": {"own0" if who in councillors else "s0": 5}})
    house.do("reveal", "feel")
    counted = house.sums("feel").wall.counts.people
    assert [counted["rated", id, "5"] for id in ("own0", "s0")] == [0, 6]


def test_who_changes_perspective_before_the_reveal_counts_where_they_are_now(sorting: House) -> None:
    councillors, officers = sorting.joins("councillor", 6), sorting.joins("officer", 5)
    for who in (*councillors, *officers):
        sort(sorting, who, 0)
    sorting.change(councillors[0], "officer")
    sorting.do("reveal", "sort")
    assert {group: n for group, (_, _, n) in parted(sorting).items()} == {COUNCILLORS: 5, REST: 6}


# Notes that count


@pytest.fixture
def noting(house: House) -> House:
    house.go("ideas", "open")
    return house


def themed(sums: Sums, side: str) -> dict[str, int]:
    counted = getattr(sums, side).counts.people
    return {key[-1]: n for key, n in counted.items() if key[0] in ("theme", "unsorted")}


def test_a_theme_counts_people_and_not_notes(noting: House) -> None:
    noting.write(noting.join("ben"), a="Buses", b="Trams", c="Lunch")
    noting.write(noting.join("table", size=6), d="More buses")
    theme = noting.add_theme("Buses", "a", "b", "d")
    assert themed(noting.sums("ideas"), "live") == {theme: 7, "unsorted": 1}


def test_a_theme_on_the_wall_counts_who_has_a_note_there_that_the_room_may_see(noting: House) -> None:
    noting.write(noting.join("ben"), a="Buses", b="Trams")
    cari = noting.join("cari")
    noting.write(cari, c="More buses")
    theme = noting.add_theme("Buses", "a", "b", "c")
    assert themed(noting.sums("ideas"), "wall") == {}
    noting.live.hide(noting.code, note_id("a"))
    noting.live.hide(noting.code, note_id("c"))
    noting.do("reveal", "ideas")
    assert themed(noting.sums("ideas"), "wall") == {theme: 1}
    noting.live.hide(noting.code, note_id("b"))
    assert (themed(noting.sums("ideas"), "wall"), themed(noting.sums("ideas"), "live")) == ({}, {})
    noting.live.unhide(noting.code, note_id("a"))
    noting.live.unhide(noting.code, note_id("c"))
    assert themed(noting.sums("ideas"), "live") == {theme: 2}
    assert themed(noting.sums("ideas"), "wall") == {}  # they were hidden when the others were shown
    noting.live.release(noting.code, "ideas")
    assert themed(noting.sums("ideas"), "wall") == {theme: 2}


def test_a_note_that_was_taken_back_counts_no_more_whether_or_not_it_was_seen(noting: House) -> None:
    ben, cari = noting.join("ben"), noting.join("cari")
    noting.write(ben, a="Buses")
    theme = noting.add_theme("Buses", "a")
    assert themed(noting.sums("ideas"), "live") == {theme: 1}
    noting.write(ben)
    assert (themed(noting.sums("ideas"), "live"), noting.sums("ideas").live.notes.waiting) == ({}, 0)
    noting.write(cari, b="Trams")
    noting.do("reveal", "ideas")
    assert themed(noting.sums("ideas"), "wall") == {"unsorted": 1}
    noting.write(cari)
    shown = noting.sums("ideas").wall.notes.shown
    assert (themed(noting.sums("ideas"), "wall"), [note.state for note in shown]) == ({}, ["withdrawn"])


def test_notes_are_listed_as_shown_or_accepted_and_the_others_only_counted(noting: House) -> None:
    noting.write(noting.join("ben"), a="Buses", b="Trams")
    noting.do("reveal", "ideas")
    noting.write(noting.join("cari"), c="More buses", d="Lunch")
    noting.live.accept(noting.code, note_id("c"))
    noting.live.hide(noting.code, note_id("a"))
    notes = noting.sums("ideas").wall.notes
    assert [[note.id for note in some] for some in (notes.shown, notes.accepted)] == [[note_id("b")], [note_id("c")]]
    assert notes.waiting == 2


def pressure(name: str) -> dict[str, Any]:
    return {
        "placed": [{"pressure": f"own:{note_id(name)}", "source": "party", "strength": 5, "visibility": "hidden"}],
        "own": [{"id": note_id(name), "lang": "en", "text": f"Pressure {name}"}],
    }


def test_a_pressure_of_somebody_s_own_counts_once_it_is_accepted_and_on_the_wall_at_once(house: House) -> None:
    house.go("load", "open")
    house.answer(house.join("ben", size=3), "load", pressure("x"))
    house.do("reveal", "load")
    key = ("picked", f"own:{note_id('x')}")
    assert [house.sums("load").wall.counts.people[one] for one in (("took part",), key)] == [3, 0]
    house.live.accept(house.code, note_id("x"))
    assert (house.sums("load").wall.counts.people[key], house.sums("load").live.counts.people[key]) == (3, 3)
    house.live.hide(house.code, note_id("x"))
    assert (house.sums("load").wall.counts.people[key], house.sums("load").live.counts.people[key]) == (0, 0)


def test_a_late_pressure_that_is_accepted_counts_on_the_wall_only_with_the_other_late_answers(house: House) -> None:
    house.go("load", "open")
    house.do("reveal", "load")
    house.answer(house.join("ben"), "load", pressure("x"))
    house.live.accept(house.code, note_id("x"))
    key = ("picked", f"own:{note_id('x')}")
    assert (house.sums("load").wall.counts.people[key], house.sums("load").live.counts.people[key]) == (0, 1)


# Content that was taken from another exercise


def test_sums_are_made_anew_for_content_that_was_frozen_anew(noting: House) -> None:
    noting.write(noting.join("ben"), a="Buses", b="Lunch")
    noting.add_theme("Buses", "a")
    lunch = noting.add_theme("Lunch", "b")
    noting.do("reveal", "ideas")
    noting.go("vote", "open")
    assert noting.sums("vote").live.counts.people == {}
    noting.do("close", "vote")
    third = noting.add_theme("Both", "a")
    noting.do("open", "vote")
    noting.answer(noting.join("cari", size=2), "vote", {"dots": {third: 1, lunch: 2}})
    live = noting.sums("vote").live.counts.people
    assert live == noting.sums("vote", Tallies()).live.counts.people
    assert {key: n for key, n in live.items() if key[0] == "dots"} == {("dots", third): 2, ("dots", lunch): 4}
    assert [item.id for item in noting.session().workshop.exercise("vote").content.items] == [lunch, third]


# Any course of events


class Walk:
    """A room in which anything may happen next; whatever is refused changes nothing."""

    EXERCISES = ("ideas", "load", "sort", "feel", "trust", "ask", "vote", "sort-again")

    def __init__(self, house: House, seed: int) -> None:
        self.house, self.random = house, Random(seed)
        self.people: list[Participant] = []
        self.done: Counter[str] = Counter()
        for perspective in PERSPECTIVES:
            self.people += house.joins(perspective, 5)
        house.go("ideas", "open")

    def step(self) -> None:
        verbs = {
            self.joins: 4, self.answers: 30, self.changes: 6, self.corrects: 2, self.moves: 8, self.marks: 10,
            self.releases: 2, self.themes_notes: 20, self.waits: 1,
        }  # fmt: skip
        verb = self.random.choices([*verbs], [*verbs.values()])[0]
        try:
            verb()
            self.done[verb.__name__] += 1
        except (Refused, Unknown):
            self.done["refused"] += 1

    def joins(self) -> None:
        perspective = self.random.choice(PERSPECTIVES)
        size = self.random.choice((1, 1, 1, 2, 7))
        self.people += self.house.joins(perspective, 1, size=size)

    def who(self) -> Participant:
        return self.random.choice(self.people)

    def changes(self) -> None:
        self.house.change(self.who(), self.random.choice(PERSPECTIVES), self.random.choice((1, 3)))

    def corrects(self) -> None:
        self.house.live.resize(self.house.code, self.who().id, self.random.choice((1, 5)))

    def moves(self) -> None:
        current = self.house.session().current
        if self.random.random() < 0.5:
            self.house.go(self.random.choice(("ideas", "load", *self.EXERCISES)), "open")
        elif current is not None:
            self.house.do(self.random.choice(("open", "close", "reveal", "reveal")), current)

    def releases(self) -> None:
        self.house.live.release(self.house.code, self.random.choice(self.EXERCISES))

    def waits(self) -> None:
        self.house.now += 61

    def answers(self) -> None:
        exercise, who = self.house.session().current or "ideas", self.who()
        self.house.answer(who, exercise, self.value(exercise, f"w{self.people.index(who)}x"))

    def value(self, exercise: str, mine: str) -> Any:
        """`mine` begins the ids of this person's notes, some of which come again with other words."""
        choose, chance = self.random.choice, self.random.random
        if exercise == "ideas":
            some = self.random.sample(range(6), self.random.randint(0, 4))
            return {
                "notes": [
                    {
                        "id": note_id(f"{mine}{n + 1}"), "prompt": choose(("keep", "try")), "lang": "en",
                        "text": choose(("Buses", "More buses", "Trams")), "quotable": chance() < 0.5,
                    }
                    for n in some
                ]
            }  # fmt: skip
        if exercise == "load":
            listed = [one(f"p{n}", choose) for n in self.random.sample(range(4), self.random.randint(0, 2))]
            if chance() < 0.6:
                return {"placed": listed}
            own = pressure(f"{mine}{choose((1, 2))}")
            return {**own, "placed": listed + own["placed"]}
        if exercise in ("sort", "sort-again"):
            return {"placed": {f"c{n}": choose(PILES)["id"] for n in range(3) if chance() < 0.7}}
        if exercise == "trust":
            return {"ratings": {"s0": self.random.randint(1, 5)}}
        if exercise == "feel":
            return {"ratings": {id: self.random.randint(1, 5) for id in choose((("s0",), ("own0", "own1"), ("own1",)))}}
        if exercise == "vote":
            items = self.house.session().workshop.exercise("vote").content.items
            if not items:
                raise Refused("there are no themes to vote on yet")
            return {"dots": {choose(items).id: choose((1, 2))}}
        filled = {id: f"words {self.random.getrandbits(8)}" for id in ("do", "why", "check") if chance() < 0.7}
        return {
            "id": note_id(mine), "lang": "cy", "filled": filled,
            "show": choose(("private", "anonymous")),
        }  # fmt: skip

    def note(self) -> tuple[str, str]:
        """An exercise and the id of one of its notes."""
        every = [note for exercise in ("ideas", "load", "ask") for note in self.house.notes(exercise).values()]
        if not every:
            raise Unknown("nobody wrote anything yet")
        found = self.random.choice(sorted(every, key=lambda note: note.id))
        return found.exercise, found.id

    def marks(self) -> None:
        _, note = self.note()
        verb = self.random.choice(("hide", "hide", "unhide", "star", "unstar", "accept", "accept"))
        getattr(self.house.live, verb)(self.house.code, note)

    def themes_notes(self) -> None:
        exercise, note = self.note()
        _, other = self.note()
        theme = self.random.choice([theme.id for theme in self.house.themes(exercise)] or ["gone"])
        arguments = {
            "add_theme": ("", f"Theme {self.random.getrandbits(16)}", note),
            "rename_theme": (theme, "", "Other"),
            "remove_theme": (theme,),
            "move": (note, self.random.choice((theme, ""))),
            "copy": (note, theme),
            "merge": (f"{note} {other}", self.random.choice(("", other, "p1"))),
            "split": (note,),
            "keep_apart": (note, other),
            "undo": (),
        }
        verb = self.random.choice([*arguments, "undo", "merge"])
        self.house.theme(verb, *arguments[verb], exercise=exercise)


def one(pressure: str, choose: Any) -> dict[str, Any]:
    return {"pressure": pressure, "source": choose(("council", "party")), "strength": choose((None, 1, 5))}


def unordered(sums: Sums) -> Sums:
    """The same with notes in an order of their own."""

    def tidy(notes: Notes) -> Notes:
        by_id = {name: sorted(getattr(notes, name), key=lambda n: (n.id, n.writer)) for name in ("shown", "accepted")}
        return replace(notes, **{name: tuple(some) for name, some in by_id.items()})

    live, wall = (replace(side, notes=tidy(side.notes)) for side in (sums.live, sums.wall))
    return Sums(live, wall, sums.late)


def by_definition(house: House, exercise: str) -> Counts:
    """What came in, counted answer by answer from what is stored."""
    asked = house.session().workshop.exercise(exercise)
    with house.store.read() as read:
        rows = read.changed(house.code, exercise)
        notes = [note for _, note in read.notes(house.code, exercise)]
    people: Counter[tuple[str, ...]] = Counter()
    responses: Counter[tuple[str, ...]] = Counter()
    for row in rows:
        value = kinds.KINDS[asked.kind].Value.model_validate(row.value)
        mine = [n for n in notes if n.writer == row.participant and n.state in ("shown", "waiting")]
        counts = kinds.KINDS[asked.kind].count(asked.content, value)
        counts += kinds.count_notes(asked.kind, asked.content, value, mine)
        responses += counts
        people += Counter({key: n * row.size for key, n in counts.items()})
    return Counts(people, responses)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_sums_kept_up_to_date_are_those_built_from_nothing_and_groups_add_up(
    house: House, seed: int
) -> None:
    walk = Walk(house, seed)
    for _ in range(160):
        walk.step()
        looked_at = house.session().current
        for exercise in {looked_at, walk.random.choice(walk.EXERCISES)}:
            kept = house.sums(exercise, k=0)
            assert unordered(kept) == unordered(house.sums(exercise, Tallies(), k=0)), (exercise, walk.done)
            assert kept.live.counts == by_definition(house, exercise)
            for side in (kept.live, kept.wall):
                if side.parts:
                    assert sum((part.counts for part in side.parts), Counts()) == side.counts
                    assert sum(part.turnout.responses for part in side.parts) == side.turnout.responses
                    assert sum(part.turnout.people for part in side.parts) == side.turnout.people
                    assert sum(part.turnout.finished for part in side.parts) == side.turnout.finished
                    assert sum(part.turnout.joined for part in side.parts) == side.turnout.joined
    assert min(walk.done[verb] for verb in ("joins", "answers", "changes", "moves", "marks", "themes_notes")) > 3


@pytest.mark.parametrize("seed", range(2))
def test_whatever_happens_what_needs_whole_answers_is_made_anew_when_they_change(house: House, seed: int) -> None:
    walk = Walk(house, 100 + seed)
    for _ in range(80):
        walk.step()
        with house.store.read() as read:
            session = read.session(house.code)
            for exercise in ("sort", "sort-again", "trust"):
                asked = session.workshop.exercise(exercise)
                for wall in (False, True):
                    kept, fresh = (
                        (
                            tallies.study(read, session, asked, wall=wall),
                            tallies.comparison(read, session, asked, wall=wall, k=1),
                        )
                        for tallies in (house.tallies, Tallies())
                    )
                    assert kept == fresh
