"""Themes, merging and undo over a real store, and the notes table. The notes are called a, b, c ..."""

from collections.abc import Callable, Iterator
from pathlib import Path

import gevent
import pytest

from tests.house import House, ids, note_id, opened
from workshop.gathered import Note, Theme
from workshop.lookalikes import Lookalikes
from workshop.model import Invalid, Refused, Unknown
from workshop.store.note_tx import MOST_UNDO
from workshop.text import Text
from workshop.theming import LONGEST_TITLE, MOST_THEMES, NotesTable, arranged


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Ben wrote a and b, Cari c and d; Dot wrote her own in the other session."""
    with opened(tmp_path) as house:
        house.go("ideas", "open")
        house.ben, house.cari = house.join("ben"), house.join("cari", size=4)
        house.write(house.ben, a="Buses", b="Trams")
        house.write(house.cari, c="More buses", d="A lunch club")
        dots = house.beside()
        dots.go("ideas", "open")
        house.dot = dots.join("dot")
        dots.write(house.dot, dots="Dot's own")
        yield house


def in_themes(house: House) -> dict[str, tuple[str, ...]]:
    """By note, the English titles of its themes."""
    titles = {theme.id: theme.title.en for theme in house.themes()}
    return {name: tuple(titles[id] for id in note.themes) for name, note in sorted(house.notes().items())}


def titles(house: House) -> list[tuple[str, str, int]]:
    return [(theme.title.cy, theme.title.en, theme.position) for theme in house.themes()]


def merged(house: House) -> dict[str, str | None]:
    return {name: note.merged_into and note.merged_into.rstrip("0") for name, note in sorted(house.notes().items())}


def people(house: House) -> dict[str, int]:
    """People by theme, "" for those with a note in none, as they came in."""
    names = {theme.id: theme.title.en for theme in house.themes()}
    counted = house.sums("ideas").live.counts.people
    return {names[key[1]] if len(key) > 1 else "": n for key, n in counted.items() if key[0] in ("theme", "unsorted")}


def everything(house: House) -> tuple[dict[str, Note], tuple[Theme, ...]]:
    return house.notes(), house.themes()


def words(house: House) -> dict[str, str]:
    return {name: note.text for name, note in sorted(house.notes().items())}


# Themes


def test_a_new_theme_is_the_last_and_takes_the_notes_that_were_picked(house: House) -> None:
    house.add_theme("Buses", "a", "c")
    house.theme("add_theme", " Cinio ", "", "")
    assert titles(house) == [("", "Buses", 1), ("Cinio", "", 2)]
    assert in_themes(house) == {"a": ("Buses",), "b": (), "c": ("Buses",), "d": ()}


def test_a_theme_made_after_another_was_removed_stands_last_all_the_same(house: House) -> None:
    first = house.add_theme("First")
    house.add_theme("Second")
    house.theme("remove_theme", first)
    house.add_theme("Third")
    assert [(en, position) for _, en, position in titles(house)] == [("Second", 2), ("Third", 3)]


@pytest.mark.parametrize(
    ("cy", "en"),
    [("", ""), (" \u200b", "\n"), ("", "x" * (LONGEST_TITLE + 1)), ("x" * (LONGEST_TITLE + 1), "Buses")],
)
def test_a_theme_needs_a_title_that_can_be_read_from_the_back_row(house: House, cy: str, en: str) -> None:
    theme = house.add_theme("Buses")
    before = house.at
    for verb, arguments in (("add_theme", (cy, en, "")), ("rename_theme", (theme, cy, en))):
        with pytest.raises(Invalid):
            house.theme(verb, *arguments)
    assert (titles(house), house.at) == ([("", "Buses", 1)], before)


def test_a_title_of_the_longest_length_is_taken(house: House) -> None:
    house.add_theme("x" * LONGEST_TITLE)
    assert titles(house) == [("", "x" * LONGEST_TITLE, 1)]


def test_there_are_thirty_themes_at_most(house: House) -> None:
    for n in range(MOST_THEMES):
        house.add_theme(f"Theme {n}")
    with pytest.raises(Refused):
        house.theme("add_theme", "", "One more", ids("a"))
    assert len(house.themes()) == MOST_THEMES
    assert set(in_themes(house).values()) == {()}


def test_renaming_changes_the_title_in_both_languages_and_nothing_else(house: House) -> None:
    theme = house.add_theme("Buses", "a")
    house.add_theme("Lunch")
    house.theme("rename_theme", theme, "Bysiau", "Getting there")
    assert titles(house) == [("Bysiau", "Getting there", 1), ("", "Lunch", 2)]
    assert in_themes(house)["a"] == ("Getting there",)


def test_a_theme_that_is_removed_leaves_its_notes_in_none_or_in_their_other_one(house: House) -> None:
    buses, _ = house.add_theme("Buses", "a", "b"), house.add_theme("Lunch", "d")
    house.theme("copy", ids("b"), house.themes()[1].id)
    house.theme("remove_theme", buses)
    assert in_themes(house) == {"a": (), "b": ("Lunch",), "c": (), "d": ("Lunch",)}
    assert words(house) == {"a": "Buses", "b": "Trams", "c": "More buses", "d": "A lunch club"}


# Moving and copying


def test_a_note_that_is_moved_lies_in_that_theme_and_in_no_other(house: House) -> None:
    buses, lunch = house.add_theme("Buses", "a"), house.add_theme("Lunch")
    house.theme("copy", ids("a"), lunch)
    house.theme("move", ids("a", "d"), lunch)
    assert in_themes(house) == {"a": ("Lunch",), "b": (), "c": (), "d": ("Lunch",)}
    house.theme("move", ids("d"), "")
    house.theme("move", ids("b"), buses)
    assert in_themes(house) == {"a": ("Lunch",), "b": ("Buses",), "c": (), "d": ()}


def test_a_note_that_is_copied_counts_in_both_themes_and_each_counts_people(house: House) -> None:
    buses = house.add_theme("Buses", "a", "b", "c")
    lunch = house.add_theme("Lunch", "d")
    assert people(house) == {"Buses": 5, "Lunch": 4}  # Ben once, Cari for her table of four
    house.theme("copy", ids("a"), lunch)
    house.theme("copy", ids("a"), lunch)
    assert in_themes(house)["a"] == ("Buses", "Lunch")
    assert people(house) == {"Buses": 5, "Lunch": 5}
    house.theme("move", ids("b"), "")
    house.theme("copy", ids("a"), buses)
    assert people(house) == {"Buses": 5, "Lunch": 5, "": 1}


# Merging and splitting


def test_a_merged_note_lies_under_its_head_in_the_head_s_theme_and_keeps_its_words(house: House) -> None:
    house.add_theme("Buses", "a")
    before = words(house)
    house.theme("merge", ids("c", "b"), note_id("a"))
    assert merged(house) == {"a": None, "b": "a", "c": "a", "d": None}
    assert in_themes(house) == {"a": ("Buses",), "b": ("Buses",), "c": ("Buses",), "d": ()}
    assert words(house) == before


def test_without_a_head_the_first_that_was_picked_stands_for_the_others(house: House) -> None:
    house.theme("merge", ids("c", "a"), "")
    assert merged(house) == {"a": "c", "b": None, "c": None, "d": None}


def test_a_stack_merged_into_a_stack_is_one_stack(house: House) -> None:
    house.theme("merge", ids("a", "b"), "")
    house.theme("merge", ids("c", "d"), "")
    house.theme("merge", ids("c"), note_id("a"))
    assert merged(house) == {"a": None, "b": "a", "c": "a", "d": "a"}
    assert words(house) == {"a": "Buses", "b": "Trams", "c": "More buses", "d": "A lunch club"}


def test_merging_into_a_merged_note_means_the_note_that_stands_for_it(house: House) -> None:
    house.theme("merge", ids("a", "b"), "")
    house.theme("merge", ids("c"), note_id("b"))
    assert merged(house) == {"a": None, "b": "a", "c": "a", "d": None}


def test_a_stack_moves_and_is_copied_as_a_whole(house: House) -> None:
    house.theme("merge", ids("a", "b"), "")
    buses = house.add_theme("Buses", "a")
    lunch = house.add_theme("Lunch")
    house.theme("copy", ids("a"), lunch)
    assert in_themes(house) == {"a": ("Buses", "Lunch"), "b": ("Buses", "Lunch"), "c": (), "d": ()}
    house.theme("move", ids("a"), buses)
    assert in_themes(house) == {"a": ("Buses",), "b": ("Buses",), "c": (), "d": ()}


def test_a_stack_that_is_split_leaves_each_note_where_the_stack_was(house: House) -> None:
    house.add_theme("Buses", "a")
    house.theme("merge", ids("b", "c"), note_id("a"))
    house.theme("split", note_id("a"))
    assert merged(house) == {"a": None, "b": None, "c": None, "d": None}
    assert in_themes(house) == {"a": ("Buses",), "b": ("Buses",), "c": ("Buses",), "d": ()}


def test_a_merged_note_can_be_taken_out_of_its_stack_alone(house: House) -> None:
    house.theme("merge", ids("a", "b", "c"), "")
    house.theme("split", note_id("b"))
    assert merged(house) == {"a": None, "b": None, "c": "a", "d": None}


def test_where_nothing_is_merged_nothing_can_be_split(house: House) -> None:
    with pytest.raises(Refused):
        house.theme("split", note_id("a"))


def test_merging_nothing_is_no_merge(house: House) -> None:
    with pytest.raises(Unknown):
        house.theme("merge", "", "")


# A pressure of somebody's own


@pytest.fixture
def pressed(house: House) -> House:
    """Ben wrote the pressures x and y, Cari z, to a map with listed ones."""
    house.go("load", "open")
    house.answer(house.ben, "load", own("x", "y"))
    house.answer(house.cari, "load", own("z"))
    return house


def own(*names: str) -> dict[str, object]:
    """An answer of pressures that its writer made up."""
    placed = [{"pressure": f"own:{note_id(name)}", "source": "party", "strength": 3} for name in names]
    texts = [{"id": note_id(name), "lang": "en", "text": f"Pressure {name}"} for name in names]
    return {"placed": placed, "own": texts}


def picked(house: House) -> dict[str, int]:
    counts = house.sums("load").live.counts.people
    return {key[1].removeprefix("own:").rstrip("0"): n for key, n in counts.items() if key[0] == "picked"}


def test_a_pressure_merged_into_a_listed_one_counts_there_at_once(pressed: House) -> None:
    assert picked(pressed) == {}
    pressed.theme("merge", ids("x"), "p1", exercise="load")
    assert picked(pressed) == {"p1": 1}
    x = pressed.notes("load")["x"]
    assert (x.merged_into, x.accepted) == ("p1", True)


def test_pressures_merged_into_one_another_count_people_and_not_notes(pressed: House) -> None:
    pressed.theme("merge", ids("x", "y", "z"), "", exercise="load")
    assert picked(pressed) == {"x": 5}
    assert {note.accepted for note in pressed.notes("load").values()} == {True}


def test_a_merge_of_pressures_that_is_undone_takes_them_off_the_map_again(pressed: House) -> None:
    pressed.theme("merge", ids("x"), "p1", exercise="load")
    pressed.theme("undo", exercise="load")
    assert (picked(pressed), pressed.notes("load")["x"].accepted) == ({}, False)


def test_pressures_are_put_into_no_themes(pressed: House) -> None:
    with pytest.raises(Refused):
        pressed.theme("add_theme", "", "Money", "", exercise="load")
    assert pressed.themes("load") == ()


def test_what_has_no_notes_has_no_themes_either(house: House) -> None:
    for exercise in ("welcome", "sort", "feel", "vote", "ask"):
        with pytest.raises(Refused):
            house.theme("add_theme", "", "Money", "", exercise=exercise)


# What is not there


def asked(note: str, theme: str) -> dict[str, tuple[str, ...]]:
    """Every verb about a note or a theme, asked of these; the verb is the first word."""
    return {
        "add_theme": ("", "New", note),
        "rename_theme": (theme, "", "New"),
        "remove_theme": (theme,),
        "move a note": (note, ""),
        "move into a theme": (ids("a"), theme),
        "copy a note": (note, theme),
        "copy into a theme": (ids("a"), theme),
        "merge a note": (note, note_id("a")),
        "merge into a note": (ids("a"), note),
        "keep_apart": (note, note_id("a")),
        "keep_apart from": (note_id("a"), note),
    }


ASKED = asked("", "")


@pytest.mark.parametrize("verb", ASKED)
def test_a_note_or_theme_that_is_nowhere_is_unknown_and_nothing_changes(house: House, verb: str) -> None:
    before = everything(house), house.at
    with pytest.raises(Unknown):
        house.theme(verb.split()[0], *asked("nothing", "nothing")[verb])
    assert (everything(house), house.at) == before


@pytest.mark.parametrize("verb", ASKED)
def test_a_note_or_theme_of_dot_s_session_is_unknown_and_stays_hers(house: House, verb: str) -> None:
    dots = house.beside()
    theme = dots.add_theme("Dot's theme", "dots")
    before = everything(house), house.at, everything(dots), dots.at
    with pytest.raises(Unknown):
        house.theme(verb.split()[0], *asked(note_id("dots"), theme)[verb])
    assert (everything(house), house.at, everything(dots), dots.at) == before


def test_an_exercise_that_is_not_on_the_agenda_is_unknown_to_every_verb(house: House) -> None:
    house.theme("merge", ids("a", "b"), "")
    before = house.at
    every = {**asked("", ""), "split": (note_id("a"),), "undo": ()}
    for exercise in ("nowhere", "", "could-be"):
        for verb, given in every.items():
            with pytest.raises(Unknown):
                house.theme(verb.split()[0], *given, exercise=exercise)
    assert house.at == before


def test_a_session_that_is_not_there_is_unknown(house: House) -> None:
    house.code = "ZZZZZZZ"
    for verb, given in asked(note_id("a"), "").items():
        with pytest.raises(Unknown):
            house.theme(verb.split()[0], *given)


def test_dot_s_stack_and_her_last_change_are_hers(house: House) -> None:
    dots = house.beside()
    dots.write(house.dot, dots="Dot's own", more="Dot's other one")
    dots.theme("merge", ids("dots", "more"), "")
    for verb, given in (("split", (note_id("dots"),)), ("undo", ())):
        with pytest.raises(Refused):
            house.theme(verb, *given)
    assert merged(dots) == {"dots": None, "more": "dots"}


# Undo

STEPS: dict[str, Callable[[House], None]] = {
    "add_theme": lambda house: house.theme("add_theme", "", "New", ids("a", "d")),
    "rename_theme": lambda house: house.theme("rename_theme", house.themes()[0].id, "Bysiau", "Getting there"),
    "remove_theme": lambda house: house.theme("remove_theme", house.themes()[0].id),
    "move": lambda house: house.theme("move", ids("a", "d"), house.themes()[1].id),
    "move into none": lambda house: house.theme("move", ids("a"), ""),
    "copy": lambda house: house.theme("copy", ids("a", "b"), house.themes()[1].id),
    "merge": lambda house: house.theme("merge", ids("a", "d"), ""),
    "merge of stacks": lambda house: house.theme("merge", ids("b", "a"), ""),
    "split": lambda house: house.theme("split", note_id("b")),
    "keep_apart": lambda house: house.theme("keep_apart", note_id("a"), note_id("d")),
    "star": lambda house: house.live.star(house.code, note_id("a")),
    "unstar": lambda house: house.live.unstar(house.code, note_id("b")),
    "accept": lambda house: house.live.accept(house.code, note_id("a")),
}


@pytest.fixture
def busy(house: House) -> House:
    """With two themes, a stack, a star and a hidden note, so that every step has something to change."""
    house.add_theme("Buses", "a", "b", "c")
    house.add_theme("Lunch")
    house.theme("merge", ids("b", "c"), "")
    house.live.star(house.code, note_id("b"))
    house.live.hide(house.code, note_id("d"), "hurtful")
    return house


@pytest.mark.parametrize("step", STEPS)
def test_a_step_that_is_undone_leaves_notes_themes_and_sums_as_they_were(busy: House, step: str) -> None:
    before, sums = everything(busy), busy.sums("ideas")
    STEPS[step](busy)
    assert everything(busy) != before
    busy.sums("ideas")
    busy.theme("undo")
    assert (everything(busy), busy.sums("ideas").live.counts) == (before, sums.live.counts)


def test_undo_never_shows_what_a_colleague_hid(house: House) -> None:
    house.live.star(house.code, note_id("a"))
    house.add_theme("Buses", "b")
    house.beside(house.code).live.hide(house.code, note_id("a"), "hurtful")
    for _ in range(2):
        house.theme("undo")
    hidden = house.notes()["a"]
    assert (hidden.hidden, hidden.reason, hidden.starred) == (True, "hurtful", False)
    with pytest.raises(Refused):
        house.theme("undo")


def test_steps_are_undone_last_first_whoever_made_them(house: House) -> None:
    stood = [everything(house)]
    other = house.beside(house.code)  # a second facilitator at another console
    steps = (
        (house, "add_theme"),
        (other, "rename_theme"),
        (house, "star"),
        (other, "merge"),
        (house, "keep_apart"),
    )
    for who, step in steps:
        STEPS[step](who)
        stood.append(everything(house))
    for who, left in zip((other, other, house, house, other), reversed(stood[:-1]), strict=True):
        who.theme("undo")
        assert everything(house) == left
    with pytest.raises(Refused):
        house.theme("undo")


def test_fifty_steps_can_be_undone_and_no_more(house: House) -> None:
    for n in range(MOST_UNDO + 5):
        house.theme("rename_theme" if n else "add_theme", *((house.themes()[0].id,) if n else ()), "", f"Title {n}", *(
            () if n else ("",)
        ))  # fmt: skip
    for n in range(MOST_UNDO):
        house.theme("undo")
        assert titles(house) == [("", f"Title {MOST_UNDO + 3 - n}", 1)]
    with pytest.raises(Refused):
        house.theme("undo")


def test_an_undone_step_makes_room_for_another(house: House) -> None:
    house.add_theme("First")
    house.theme("undo")
    house.add_theme("Second")
    house.theme("undo")
    assert titles(house) == []
    with pytest.raises(Refused):
        house.theme("undo")


@pytest.mark.parametrize(
    "again",
    [
        lambda house: house.theme("move", ids("a"), house.themes()[0].id),
        lambda house: house.theme("move", "", ""),
        lambda house: house.theme("copy", ids("a"), house.themes()[0].id),
        lambda house: house.theme("rename_theme", house.themes()[0].id, "", "Buses"),
        lambda house: house.theme("merge", ids("a", "b"), ""),
        lambda house: house.live.star(house.code, note_id("a")),
        lambda house: house.live.unhide(house.code, note_id("a")),
    ],
    ids=["move", "move nothing", "copy", "rename", "merge", "star", "unhide"],
)
def test_what_changes_nothing_is_no_step_to_undo(house: House, again: Callable[[House], None]) -> None:
    house.add_theme("Buses", "a", "b")
    house.theme("merge", ids("a", "b"), "")
    house.live.star(house.code, note_id("a"))
    before, left = house.at, everything(house)
    again(house)
    assert (house.at, everything(house)) == (before, left)
    house.theme("undo")
    assert house.notes()["a"].starred is False


def test_undo_is_of_one_exercise(pressed: House) -> None:
    pressed.add_theme("Buses", "a")
    pressed.theme("merge", ids("x"), "p1", exercise="load")
    pressed.theme("undo")
    assert (titles(pressed), picked(pressed)) == ([], {"p1": 1})


@pytest.mark.parametrize("step", STEPS)
def test_undo_brings_no_words_back_that_their_writer_took_back(busy: House, step: str) -> None:
    STEPS[step](busy)
    busy.write(busy.ben)
    busy.write(busy.cari)
    busy.theme("undo")
    with busy.store.read() as read:
        left = [note for _, note in read.notes(busy.code, "ideas")]
    assert [(note.state, note.text, note.parts, note.starred, note.themes) for note in left] == [
        ("gone", "", {}, False, ())
    ] * 4


@pytest.mark.parametrize("step", ["merge", "hide", "unstar"])
def test_undo_gives_a_note_that_was_written_anew_no_mark_that_the_facilitator_gave_to_other_words(
    pressed: House, step: str
) -> None:
    pressed.live.accept(pressed.code, note_id("x"))
    pressed.live.star(pressed.code, note_id("x"))
    if step == "merge":
        pressed.theme("merge", ids("x", "z"), "", exercise="load")
    else:
        getattr(pressed.live, step)(pressed.code, note_id("x"))
    value = own("x", "y")
    value["own"][0]["text"] = "Something else altogether"
    pressed.answer(pressed.ben, "load", value)
    pressed.theme("undo", exercise="load")
    anew = pressed.notes("load")["x"]
    assert (anew.text, anew.accepted, anew.starred) == ("Something else altogether", False, False)
    assert picked(pressed) == {}


def test_undo_does_not_touch_what_came_since(house: House) -> None:
    house.theme("merge", ids("a", "b"), "")
    house.write(house.join("late"), e="Benches")
    house.live.reveal(house.code, house.at, "ideas")
    house.theme("undo")
    assert merged(house) == {"a": None, "b": None, "c": None, "d": None, "e": None}
    assert {name: note.state for name, note in house.notes().items()} == dict.fromkeys("abcde", "shown")


# Several at a time


def test_two_facilitators_who_theme_at_once_both_get_what_they_did(house: House) -> None:
    """Every verb finds what the one before it left, even in one commit."""
    made = [gevent.spawn(house.theme, "add_theme", "", f"Theme {n}", ids("abcd"[n % 4])) for n in range(12)]
    gevent.joinall(made, raise_error=True)
    assert sorted(position for _, _, position in titles(house)) == list(range(1, 13))
    assert len({theme.id for theme in house.themes()}) == 12
    for _ in range(12):
        house.theme("undo")
    assert (titles(house), set(in_themes(house).values())) == ([], {()})


def test_a_theme_removed_by_one_is_unknown_to_the_other_who_puts_notes_into_it(house: House) -> None:
    buses = house.add_theme("Buses", "a")
    house.beside(house.code).theme("remove_theme", buses)
    with pytest.raises(Unknown):
        house.theme("move", ids("b"), buses)
    assert in_themes(house)["b"] == ()


def test_theming_does_not_come_between_two_presses_of_next(house: House) -> None:
    seen = house.at
    house.add_theme("Buses", "a")
    house.theme("undo")
    house.live.close(house.code, seen, "ideas")
    assert house.session().step("ideas").accepting is False


# The notes table


def table(house: House) -> NotesTable:
    with house.store.read() as read:
        session = read.session(house.code)
        asked = session.workshop.exercise("ideas")
        notes = house.tallies.notes(read, session, asked)
        people = house.tallies.of(read, session, asked).live.counts.people
        return arranged(notes, read.themes(house.code, "ideas"), house.tallies.lookalikes(read, session, asked), people)


def columns(house: House) -> list[tuple[str | None, list[tuple[str, list[str]]], int]]:
    return [
        (
            column.theme and column.theme.title.en,
            [(s.note.id.rstrip("0"), sorted(one.id.rstrip("0") for one in s.merged)) for s in column.stacks],
            column.people,
        )
        for column in table(house).columns
    ]


def alike(house: House) -> set[frozenset[str]]:
    return {frozenset((one.note.id.rstrip("0"), one.other.id.rstrip("0"))) for one in table(house).alike}


def test_what_lies_in_no_theme_stands_first_and_each_theme_has_its_stacks_and_its_people(house: House) -> None:
    house.add_theme("Buses", "a", "c")
    house.add_theme("Lunch")
    house.theme("merge", ids("a", "c"), "")
    assert columns(house) == [
        (None, [("d", []), ("b", [])], 5),
        ("Buses", [("a", ["c"])], 5),
        ("Lunch", [], 0),
    ]


def test_the_latest_change_stands_first(house: House) -> None:
    house.write(house.join("late"), e="Benches")
    house.live.star(house.code, note_id("a"))
    assert [name for name, _ in columns(house)[0][1]] == ["a", "e", "d", "c", "b"]


def test_a_head_that_is_hidden_frees_its_stack_and_takes_it_up_again_when_it_is_shown(house: House) -> None:
    house.add_theme("Buses", "a")
    house.theme("merge", ids("b", "c"), note_id("a"))
    house.live.hide(house.code, note_id("a"), "names a person")
    assert [note.id for note in table(house).hidden] == [note_id("a")]
    assert sorted(columns(house)[1][1]) == [("b", []), ("c", [])]
    house.live.unhide(house.code, note_id("a"))
    assert (columns(house)[1][1], table(house).hidden) == ([("a", ["b", "c"])], ())


def test_a_head_that_its_writer_took_back_frees_its_stack(house: House) -> None:
    house.theme("merge", ids("a", "c", "d"), "")
    house.write(house.ben, b="Trams")
    assert sorted(columns(house)[0][1]) == [("b", []), ("c", []), ("d", [])]


def test_a_theme_that_was_removed_holds_nothing_back(house: House) -> None:
    house.theme("remove_theme", house.add_theme("Buses", "a"))
    assert [title for title, _, _ in columns(house)] == [None]
    assert sorted(name for name, _ in columns(house)[0][1]) == ["a", "b", "c", "d"]


def test_notes_that_look_alike_are_suggested_until_they_are_merged_or_kept_apart(house: House) -> None:
    house.write(house.join("eleri"), e="More buses!", f="A lunch-club")
    assert alike(house) == {frozenset("ce"), frozenset("df")}
    house.theme("keep_apart", note_id("e"), note_id("c"))
    house.theme("merge", ids("f"), note_id("d"))
    assert alike(house) == set()
    house.write(house.join("ffion"), g="more buses")
    assert alike(house) == {frozenset("cg"), frozenset("eg")}


def test_notes_kept_apart_are_not_suggested_from_either_side(house: House) -> None:
    house.write(house.join("eleri"), e="More buses!")
    house.theme("keep_apart", note_id("c"), note_id("e"))
    assert alike(house) == set()
    house.theme("undo")
    assert alike(house) == {frozenset("ce")}


def test_hidden_and_merged_notes_are_no_longer_suggested(house: House) -> None:
    house.write(house.join("eleri"), e="More buses!")
    house.live.hide(house.code, note_id("e"))
    assert alike(house) == set()
    house.live.unhide(house.code, note_id("e"))
    assert alike(house) == {frozenset("ce")}
    house.theme("merge", ids("c"), note_id("d"))
    assert alike(house) == set()


def test_notes_in_two_languages_are_never_suggested_to_be_the_same(house: House) -> None:
    value = {"notes": [{"id": note_id("w"), "prompt": "keep", "lang": "cy", "text": "More buses"}]}
    house.answer(house.join("gwen"), "ideas", value)
    assert alike(house) == set()


def noted(id: str, words: str, **state: object) -> Note:
    return Note(id, "ideas", "keep", "en", words, **state)


def near(notes: list[Note], themes: tuple[Theme, ...] = ()) -> list[tuple[str, tuple[str, ...]]]:
    lookalikes = Lookalikes()
    for note in notes:
        lookalikes.put(note.id, note.lang, note.text)
    found = arranged(notes, themes, lookalikes, {}).near
    return [(one.note.id, tuple(other.id for other in one.others)) for one in found]


BUSES = [
    noted("a", "more buses in the evening"),
    noted("b", "a bus in the evening"),
    noted("c", "buses in the evenings"),
    noted("z", "a kitchen garden"),
]


def test_a_note_in_no_theme_with_several_near_it_is_a_suggestion_and_no_note_stands_in_two() -> None:
    assert near(BUSES) == [("a", ("b", "c"))]
    assert near(BUSES[:2]) == []


def test_what_lies_in_a_theme_is_near_others_but_asks_for_nothing() -> None:
    themed = [noted(one.id, one.text, themes=("t1",)) for one in BUSES]
    themes = (Theme("t1", Text(en="Buses"), 1),)
    assert near(themed, themes) == []
    assert near([BUSES[0], *themed[1:]], themes) == [("a", ("b", "c"))]


def test_what_is_kept_apart_from_a_note_is_not_near_it_from_either_side() -> None:
    assert near([noted("a", BUSES[0].text, apart=("b", "c")), *BUSES[1:]]) == []
