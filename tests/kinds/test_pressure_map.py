"""Numbers worked by hand: reach = placed / took part, load = sum of strengths / took part."""

from typing import Any

import pytest

from tests.kinds.room import content, noted, tallied
from workshop.kinds import pressure_map
from workshop.kinds.pressure_map import Row, Tally
from workshop.model import Invalid
from workshop.text import Text

CONTENT = content("pressure_map")  # p0 comes from the council, p1 to p5 from the party


def placed(
    pressure: str, strength: int | None = None, seen: str | None = None, source: str = "party"
) -> dict[str, Any]:
    given = {"pressure": pressure, "source": source, "strength": strength, "visibility": seen}
    return {name: value for name, value in given.items() if value is not None}


ROOM = [
    {"placed": [placed("p1", 5, "hidden"), placed("p0", 2, "visible", "council")], "ease": "p0"},
    {"placed": [placed("p1", 4, "hidden")], "ease": "p1"},
    {"placed": [placed("p1", 3, "visible"), placed("p2", 1)], "ease": "p1"},
    {"placed": [placed("p2")]},  # picked, and nothing said about it: took part all the same
    {"placed": []},  # did not
]
OWN = {
    "placed": [placed("own:aaaaaaaa1", 4, "partly", "council"), placed("p1", 2, "visible")],
    "own": [{"id": "aaaaaaaa1", "lang": "cy", "text": "Gormod o bapur"}],
    "ease": "own:aaaaaaaa1",
}


def row(tally: Tally, id: str) -> Row:
    return next(row for row in tally.rows if row.id == id)


# Counting


def test_reach_mean_and_load_are_those_worked_by_hand():
    tally = tallied("pressure_map", CONTENT, ROOM)
    assert tally.people == 4
    assert [(r.id, r.people, r.reach, r.mean, r.load) for r in tally.rows] == [
        ("p1", 3, 0.75, 4.0, 3.0),
        ("p0", 1, 0.25, 2.0, 0.5),
        ("p2", 2, 0.5, 1.0, 0.25),  # two picked it, one said how strong
    ]


def test_strengths_and_who_can_see_are_counted_and_what_is_skipped_is_missing():
    tally = tallied("pressure_map", CONTENT, ROOM)
    assert (row(tally, "p1").strengths, row(tally, "p1").seen) == ((0, 0, 1, 1, 1), (2, 0, 1))
    assert (row(tally, "p2").strengths, row(tally, "p2").seen) == ((1, 0, 0, 0, 0), (0, 0, 0))


def test_one_strong_voice_does_not_top_what_many_feel():
    raws = [{"placed": [placed("p1", 5)]}] + [{"placed": [placed("p2", 2)]}] * 3
    assert [(r.id, r.load) for r in tallied("pressure_map", CONTENT, raws).rows] == [("p2", 1.5), ("p1", 1.25)]


def test_a_table_counts_its_people():
    tally = tallied("pressure_map", CONTENT, ROOM[:2], sizes=[3, 1])
    assert (tally.people, row(tally, "p1").people, row(tally, "p1").load) == (4, 4, (3 * 5 + 4) / 4)


@pytest.mark.parametrize(
    ("seen", "hidden"),
    [(["hidden", "visible"], False), (["hidden", "hidden", "partly"], True), (["partly"], False), ([None], False)],
)
def test_a_pressure_is_hidden_when_more_than_half_of_those_who_said_call_it_so(seen, hidden):
    raws = [{"placed": [placed("p1", 3, one)]} for one in seen]
    assert row(tallied("pressure_map", CONTENT, raws), "p1").hidden is hidden


def test_a_pressure_stands_with_the_source_that_most_name_and_with_the_authors_on_a_tie():
    party, council = {"placed": [placed("p0", 3)]}, {"placed": [placed("p0", 3, source="council")]}
    assert row(tallied("pressure_map", CONTENT, [party, party, council]), "p0").source.id == "party"
    assert row(tallied("pressure_map", CONTENT, [party, council]), "p0").source.id == "council"


# The map


def test_pressures_are_numbered_by_source_and_in_each_by_load():
    sectors = tallied("pressure_map", CONTENT, ROOM).sectors
    assert [(s.source.id, [(r.number, r.id) for r in s.rows], s.load) for s in sectors] == [
        ("council", [(1, "p0")], 0.5),
        ("party", [(2, "p1"), (3, "p2")], 3.25),
    ]


def test_four_pressures_of_a_source_are_drawn_and_all_are_listed():
    raws = [{"placed": [placed(f"p{n}", n) for n in range(1, 6)]}]
    party = tallied("pressure_map", CONTENT, raws).sectors[1]
    assert [r.id for r in party.drawn] == ["p5", "p4", "p3", "p2"]
    assert [r.id for r in party.rows] == ["p5", "p4", "p3", "p2", "p1"]


def test_there_is_a_view_of_the_whole_and_one_of_each_source():
    views = tallied("pressure_map", CONTENT, ()).views
    assert [(view.key, {k: v.en for k, v in view.arguments.items()}) for view in views] == [
        ("The whole map", {}),
        ("One source: %(source)s", {"source": "From the council"}),
        ("One source: %(source)s", {"source": "From the party"}),
    ]


def test_what_coproduction_would_ease_goes_by_how_many_name_it():
    eased = tallied("pressure_map", CONTENT, ROOM).eased
    assert [(r.id, r.ease) for r in eased] == [("p1", 2), ("p0", 1)]


# Pressures that people wrote


def test_an_own_pressure_counts_only_once_it_is_accepted():
    assert [
        r.id for r in tallied("pressure_map", CONTENT, [OWN], notes=noted("pressure_map", CONTENT, [OWN])).rows
    ] == ["p1"]
    accepted = noted("pressure_map", CONTENT, [OWN], accepted=True)
    tally = tallied("pressure_map", CONTENT, [OWN], notes=accepted)
    own = row(tally, "own:aaaaaaaa1")
    assert [r.id for r in tally.rows] == ["own:aaaaaaaa1", "p1"]
    assert (own.title, own.lang, own.source.id, own.load) == (Text(cy="Gormod o bapur"), "cy", "council", 4.0)


@pytest.mark.parametrize("state", ["hidden", "withdrawn"])
def test_an_accepted_pressure_that_is_hidden_or_taken_back_is_off_the_map(state):
    gone = noted("pressure_map", CONTENT, [OWN], accepted=True, **{state: True})
    assert [r.id for r in tallied("pressure_map", CONTENT, [OWN], notes=gone).rows] == ["p1"]


def test_whoever_wrote_a_pressure_took_part_whether_it_is_accepted_or_not():
    assert tallied("pressure_map", CONTENT, [OWN]).people == 1


def test_an_own_pressure_is_a_note_under_its_source():
    (note,) = noted("pressure_map", CONTENT, [OWN])
    assert (note.id, note.group, note.lang, note.text) == ("aaaaaaaa1", "council", "cy", "Gormod o bapur")


def test_an_own_pressure_is_cleaned_and_no_longer_than_the_author_allows():
    one = {"placed": [placed("own:aaaaaaaa1")], "own": [{"id": "aaaaaaaa1", "lang": "en", "text": " a\u202eb "}]}
    assert pressure_map.read(CONTENT, one).own[0].text == "ab"
    one["own"][0]["text"] = "x" * 81
    with pytest.raises(Invalid, match="Too long: at most 80 characters"):
        pressure_map.read(CONTENT, one)


# Progress and findings


def test_a_pressure_is_done_when_its_strength_and_who_sees_it_are_said():
    def progress(raw: dict[str, Any]) -> tuple[int, int]:
        return pressure_map.progress(CONTENT, pressure_map.read(CONTENT, raw))

    assert [progress(raw) for raw in ROOM] == [(2, 3), (1, 3), (1, 3), (0, 3), (0, 3)]
    assert progress({"placed": [placed(f"p{n}", 1, "partly") for n in range(4)]}) == (4, 4)


def test_what_weighs_most_is_found_and_what_is_hidden_only_from_five_people_on():
    assert pressure_map.findings(CONTENT, tallied("pressure_map", CONTENT, ROOM), None) == ()
    more = [*ROOM, {"placed": [placed("p1", 4)]}]
    (top,) = pressure_map.findings(CONTENT, tallied("pressure_map", CONTENT, more), None)
    assert (top.number, top.arguments["pressure"].en, top.arguments["mean"]) == ("4/5", "Pressure 1", 4.0)
    raws = [{"placed": [placed("p1", 5, "hidden")]}] * 4 + [{"placed": [placed("p1", 5, "visible")]}]
    _, hidden = pressure_map.findings(CONTENT, tallied("pressure_map", CONTENT, raws), None)
    assert (hidden.number, hidden.arguments["pressure"].en) == ("4/5", "Pressure 1")


def test_an_empty_room_has_nothing_to_find():
    assert pressure_map.findings(CONTENT, tallied("pressure_map", CONTENT, ()), None) == ()
