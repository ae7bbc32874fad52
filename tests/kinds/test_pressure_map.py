"""What is answered, counted and mapped. Numbers are worked by hand, or by brute force from the answers themselves."""

from collections import Counter
from math import log2
from random import Random
from typing import Any

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kinds.room import content, gathered, noted, tallied
from tests.kinds.telling import told
from workshop.gathered import Counts, Gathered, Note, Notes, Person
from workshop.kinds import pressure_map
from workshop.kinds.pressure_map.weight import Row, Weight
from workshop.kinds.pressure_map.whole_map import Tally
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


@pytest.mark.parametrize(("party", "council", "contested"), [(2, 3, False), (1, 1, True), (4, 3, True), (1, 0, False)])
def test_a_source_is_contested_where_fewer_than_six_in_ten_name_it(party, council, contested):
    raws = [{"placed": [placed("p1", 3)]}] * party + [{"placed": [placed("p1", 3, source="council")]}] * council
    assert row(tallied("pressure_map", CONTENT, raws), "p1").contested is contested


# Weights


@given(st.lists(st.integers(1, 5), min_size=1, max_size=40))
def test_mean_and_quartiles_are_numpys(strengths):
    weight = Weight(len(strengths), len(strengths), tuple(strengths.count(s) for s in range(1, 6)))
    low, high = weight.middle_half
    assert [weight.mean, low, high] == pytest.approx([numpy.mean(strengths), *numpy.percentile(strengths, [25, 75])])


@given(st.lists(st.integers(1, 5), min_size=2, max_size=40))
def test_agreement_is_the_consensus_of_tastle_and_wierman(strengths):
    weight = Weight(len(strengths), len(strengths), tuple(strengths.count(s) for s in range(1, 6)))
    mean = sum(strengths) / len(strengths)
    assert weight.agreement == pytest.approx(
        1 + sum(log2(1 - abs(s - mean) / 4) for s in strengths) / len(strengths), abs=1e-9
    )


def test_agreement_is_one_where_all_say_the_same_and_none_where_half_stand_at_each_end():
    shapes = [(0, 0, 4, 0, 0), (4, 0, 0, 0, 4), (1, 0, 0, 0, 0), (0, 0, 0, 0, 0)]
    assert [Weight(9, sum(shape), shape).agreement for shape in shapes] == [1.0, 0.0, None, None]


# The map


def test_pressures_are_numbered_by_source_and_in_each_by_load():
    sectors = tallied("pressure_map", CONTENT, ROOM).sectors
    assert [(s.source.id, [(r.number, r.id) for r in s.rows], s.load) for s in sectors] == [
        ("council", [(1, "p0")], 0.5),
        ("party", [(2, "p1"), (3, "p2")], 3.25),
    ]


def test_the_loads_of_the_sources_add_up_to_that_of_the_whole():
    tally = tallied("pressure_map", CONTENT, ROOM)
    assert tally.load == sum(sector.load for sector in tally.sectors) == (5 + 2 + 4 + 3 + 1) / 4


def test_four_pressures_of_a_source_are_drawn_and_all_are_listed():
    raws = [{"placed": [placed(f"p{n}", n) for n in range(1, 6)]}]
    party = tallied("pressure_map", CONTENT, raws).sectors[1]
    assert [r.id for r in party.drawn] == ["p5", "p4", "p3", "p2"]
    assert [r.id for r in party.rows] == ["p5", "p4", "p3", "p2", "p1"]


def test_there_is_a_view_of_the_whole_one_of_each_source_and_one_of_what_would_be_eased():
    assert tallied("pressure_map", CONTENT, ()).pictures == (("map", 0),)
    tally = tallied("pressure_map", CONTENT, ROOM)
    assert [(view.key, {k: v.en for k, v in view.arguments.items()}) for view in tally.views] == [
        ("The whole map", {}),
        ("One source: %(source)s", {"source": "From the council"}),
        ("One source: %(source)s", {"source": "From the party"}),
        ("What coproduction would ease", {}),
    ]
    assert tally.pictures == (("map", 0), ("source", 0), ("source", 1), ("eased", 0))


@pytest.mark.parametrize("sources", [1, 2, 3, 4])
def test_an_author_may_have_one_to_four_sources(sources):
    names = ["council", "party", "community", "personal"][:sources]
    one = CONTENT.sources[0].model_dump()
    what = content(
        "pressure_map",
        sources=[{**one, "id": name} for name in names],
        pressures=[{"id": f"p{n}", "title": {"en": "x"}, "source": names[n % sources]} for n in range(6)],
    )
    raws = [{"placed": [placed(f"p{n}", 3, source=names[n % sources]) for n in range(4)]}]
    tally = tallied("pressure_map", what, raws)
    assert [len(sector.rows) for sector in tally.sectors] == [4 // sources + (n < 4 % sources) for n in range(sources)]
    assert len(tally.views) == sources + 2


def test_what_coproduction_would_ease_goes_by_how_many_name_it():
    eased = tallied("pressure_map", CONTENT, ROOM).eased
    assert [(r.id, r.ease) for r in eased] == [("p1", 2), ("p0", 1)]


def test_a_room_a_million_times_as_large_weighs_the_same_and_is_mapped_as_fast():
    small = gathered("pressure_map", CONTENT, ROOM)
    large = Counts(Counter({key: n * 1_000_000 for key, n in small.counts.people.items()}), small.counts.responses)
    one, other = (pressure_map.tally(CONTENT, Gathered(counts)) for counts in (small.counts, large))
    assert [(r.id, r.load, r.mean, r.seen[0]) for r in other.rows] == [
        (r.id, r.load, r.mean, r.seen[0] * 1_000_000) for r in one.rows
    ]


# Brute force: everything again, from the answers one by one


def answers(own: bool = False) -> st.SearchStrategy[list[Any]]:
    """Rooms of up to twelve answers; with `own` some of them wrote one or two pressures."""
    one = st.builds(
        lambda strength, seen, source: {"strength": strength, "visibility": seen, "source": source},
        st.none() | st.integers(1, 5),
        st.none() | st.sampled_from(["hidden", "partly", "visible"]),
        st.sampled_from(["council", "party"]),
    )
    listed = st.dictionaries(st.sampled_from([f"p{n}" for n in range(6)]), one, max_size=3)
    written = st.lists(one, max_size=2 if own else 0)
    return st.lists(st.tuples(listed, written, st.integers(0, 5), st.integers(1, 4)), max_size=12).map(
        lambda rooms: [_answer(number, *given) for number, given in enumerate(rooms)]
    )


def _answer(number: int, listed: Any, written: Any, ease: int, size: int) -> tuple[dict[str, Any], int]:
    own = [{"id": f"note{number:04}{n}", "lang": "en", "text": "x"} for n in range(len(written))]
    said = [{"pressure": id, **one} for id, one in listed.items()]
    said += [{"pressure": f"own:{note['id']}", **one} for note, one in zip(own, written, strict=True)]
    eased = said[ease]["pressure"] if ease < len(said) else None
    return {"placed": said, "own": own, "ease": eased}, size


@given(answers())
def test_every_number_of_the_map_is_the_one_counted_person_by_person(room):
    raws, sizes = [raw for raw, _ in room], [size for _, size in room]
    tally = tallied("pressure_map", CONTENT, raws, sizes=sizes)
    people = [raw for raw, size in room for _ in range(size) if raw["placed"]]  # as if each had a phone
    assert tally.people == len(people)
    said = [(one, raw["ease"] == one["pressure"]) for raw in people for one in raw["placed"]]
    assert {row.id for row in tally.rows} == {one["pressure"] for one, _ in said}
    for each in tally.rows:
        mine = [(one, ease) for one, ease in said if one["pressure"] == each.id]
        strengths = [one["strength"] for one, _ in mine if one["strength"]]
        seen = Counter(one["visibility"] for one, _ in mine)
        assert (each.people, each.reach) == (len(mine), len(mine) / len(people))
        assert each.load == pytest.approx(sum(strengths) / len(people))
        assert each.mean == pytest.approx(sum(strengths) / len(strengths) if strengths else 0)
        assert each.seen == (seen["hidden"], seen["partly"], seen["visible"])
        assert each.sources == tuple(sum(one["source"] == s for one, _ in mine) for s in ("council", "party"))
        assert each.ease == sum(ease for _, ease in mine)


@given(answers(own=True), st.randoms(use_true_random=False))
def test_neither_order_nor_repeats_change_the_map_and_a_table_counts_as_its_people(room, random):
    raws, sizes = [raw for raw, _ in room], [size for _, size in room]
    notes = noted("pressure_map", CONTENT, raws, accepted=True)
    order = random.sample(range(len(room)), len(room))
    shuffled = [Note(**{**vars(n), "writer": str(order.index(int(n.writer)))}) for n in notes]
    one = tallied("pressure_map", CONTENT, raws, sizes=sizes, notes=notes)
    other = tallied(
        "pressure_map", CONTENT, [raws[n] for n in order], sizes=[sizes[n] for n in order], notes=shuffled[::-1]
    )
    assert one == other
    apart = [n for n, size in enumerate(sizes) for _ in range(size)]
    same = [
        Note(**{**vars(note), "writer": str(place)})
        for place, n in enumerate(apart)
        for note in notes
        if note.writer == str(n)
    ]
    alone = gathered("pressure_map", CONTENT, [raws[n] for n in apart], notes=same)
    assert gathered("pressure_map", CONTENT, raws, sizes=sizes, notes=notes).counts.people == alone.counts.people


# Pressures that people wrote

WROTE = {
    "placed": [placed("own:aaaaaaaa1", 4, "partly", "council"), placed("p1", 2, "visible")],
    "own": [{"id": "aaaaaaaa1", "lang": "cy", "text": "Gormod o bapur"}],
    "ease": "own:aaaaaaaa1",
}
ALSO = {
    "placed": [placed("own:bbbbbbbb2", 2, "hidden", "council")],
    "own": [{"id": "bbbbbbbb2", "lang": "en", "text": "Too much paper"}],
    "ease": None,
}


def own_map(raws: list[Any], states: dict[str, dict[str, Any]]) -> Tally:
    """The map of these answers, with what the facilitator did to each note by its id; the rest is accepted."""
    notes = noted("pressure_map", CONTENT, raws)
    changed = [Note(**{**vars(n), "accepted": True, **states.get(n.id, {})}) for n in notes]
    return tallied("pressure_map", CONTENT, raws, notes=changed)


def weighed(tally: Tally) -> list[tuple[str, int, tuple[int, ...], int]]:
    return [(r.id, r.people, r.strengths, r.ease) for r in tally.rows]


def test_what_waits_to_be_accepted_adds_nothing():
    value = pressure_map.read(CONTENT, WROTE)
    waiting = noted("pressure_map", CONTENT, [WROTE])
    assert pressure_map.count_notes(CONTENT, value, waiting) == Counter()
    assert pressure_map.count_notes(CONTENT, value, ()) == Counter()
    assert {key for key in pressure_map.count(CONTENT, value) if key[-1].startswith("own:")} == set()


def test_an_own_pressure_counts_only_once_it_is_accepted():
    waiting = tallied("pressure_map", CONTENT, [WROTE], notes=noted("pressure_map", CONTENT, [WROTE]))
    assert [r.id for r in waiting.rows] == ["p1"]
    tally = own_map([WROTE], {})
    own = row(tally, "own:aaaaaaaa1")
    assert [r.id for r in tally.rows] == ["own:aaaaaaaa1", "p1"]
    assert (own.title, own.lang, own.source.id, own.load) == (Text(cy="Gormod o bapur"), "cy", "council", 4.0)


@pytest.mark.parametrize("state", ["hidden", "withdrawn"])
def test_an_accepted_pressure_that_is_hidden_or_taken_back_is_off_the_map(state):
    assert [r.id for r in own_map([WROTE], {"aaaaaaaa1": {state: True}}).rows] == ["p1"]


def test_whoever_wrote_a_pressure_took_part_whether_it_is_accepted_or_not():
    assert tallied("pressure_map", CONTENT, [WROTE]).people == 1


def test_one_that_is_merged_into_a_listed_pressure_counts_there():
    tally = own_map([ALSO], {"bbbbbbbb2": {"merged_into": "p0"}})
    assert weighed(tally) == [("p0", 1, (0, 1, 0, 0, 0), 0)]
    assert row(tally, "p0").sources == (1, 0)


def test_who_picked_that_one_too_counts_there_once_with_what_they_said_of_it():
    assert weighed(own_map([WROTE], {"aaaaaaaa1": {"merged_into": "p1"}})) == [("p1", 1, (0, 1, 0, 0, 0), 1)]


def test_one_that_is_merged_into_somebody_elses_counts_there_and_is_no_row_of_its_own():
    tally = own_map([WROTE, ALSO], {"bbbbbbbb2": {"merged_into": "aaaaaaaa1"}})
    assert weighed(tally)[0] == ("own:aaaaaaaa1", 2, (0, 1, 0, 1, 0), 1)
    assert [r.id for r in tally.rows] == ["own:aaaaaaaa1", "p1"]


@pytest.mark.parametrize("raws", [[WROTE, ALSO], [ALSO, WROTE]])
@pytest.mark.parametrize(
    ("head", "merged", "title"),
    [("aaaaaaaa1", "bbbbbbbb2", "Gormod o bapur"), ("bbbbbbbb2", "aaaaaaaa1", "Too much paper")],
)
def test_it_is_named_by_the_one_that_the_others_were_merged_into(raws, head, merged, title):
    (own,) = [r for r in own_map(raws, {merged: {"merged_into": head}}).rows if r.lang]
    assert own.title.in_(own.lang) == title


def test_who_wrote_the_same_twice_counts_once_with_what_they_said_of_the_one_that_stands():
    twice = {
        "placed": [placed("own:bbbbbbbb2", 1), placed("own:aaaaaaaa1", 5)],
        "own": [{"id": id, "lang": "en", "text": "x"} for id in ("aaaaaaaa1", "bbbbbbbb2")],
        "ease": "own:bbbbbbbb2",
    }
    assert weighed(own_map([twice], {"bbbbbbbb2": {"merged_into": "aaaaaaaa1"}})) == [
        ("own:aaaaaaaa1", 1, (0, 0, 0, 0, 1), 1)
    ]


@pytest.mark.parametrize("gone", ["hidden", "withdrawn"])
def test_where_the_one_that_stood_for_others_is_gone_one_of_them_names_the_pressure(gone):
    tally = own_map([WROTE, ALSO], {"bbbbbbbb2": {"merged_into": "aaaaaaaa1"}, "aaaaaaaa1": {gone: True}})
    (own,) = [r for r in tally.rows if r.lang]
    assert (own.title.en, own.people, own.load) == ("Too much paper", 1, 1.0)


def test_notes_may_be_merged_into_any_listed_pressure():
    assert pressure_map.targets(CONTENT)[0] == ("p0", Text(cy="Pwysau 0", en="Pressure 0"))
    assert [id for id, _ in pressure_map.targets(CONTENT)] == [f"p{n}" for n in range(6)]


@given(answers(own=True), st.lists(st.sampled_from(["", "p0", "p1", "first", "waiting", "hidden"]), max_size=24))
def test_reach_never_passes_everyone_however_notes_are_merged(room, deeds):
    raws, sizes = [raw for raw, _ in room], [size for _, size in room]
    notes = list(noted("pressure_map", CONTENT, raws))
    for n, deed in enumerate(deeds[: len(notes)]):
        into = notes[0].id if deed == "first" and n else deed if deed in ("p0", "p1") else None
        state = {"merged_into": into, "accepted": deed != "waiting", "hidden": deed == "hidden"}
        notes[n] = Note(**{**vars(notes[n]), **state})
    tally = tallied("pressure_map", CONTENT, raws, sizes=sizes, notes=notes)
    assert [r.id for r in tally.rows if r.reach > 1 or r.rated > r.people or sum(r.seen) > r.people] == []
    assert sum(r.ease for r in tally.rows) <= tally.people


def test_an_own_pressure_is_a_note_under_its_source():
    (note,) = noted("pressure_map", CONTENT, [WROTE])
    assert (note.id, note.group, note.lang, note.text) == ("aaaaaaaa1", "council", "cy", "Gormod o bapur")


def test_an_own_pressure_is_cleaned_and_no_longer_than_the_author_allows():
    one = {"placed": [placed("own:aaaaaaaa1")], "own": [{"id": "aaaaaaaa1", "lang": "en", "text": " a\u202eb "}]}
    assert pressure_map.read(CONTENT, one).own[0].text == "ab"
    one["own"][0]["text"] = "x" * 81
    with pytest.raises(Invalid, match="Too long: at most 80 characters"):
        pressure_map.read(CONTENT, one)


# Progress, findings, rehearsals


def test_a_pressure_is_done_when_its_strength_and_who_sees_it_are_said():
    def progress(raw: dict[str, Any]) -> tuple[int, int]:
        return pressure_map.progress(CONTENT, pressure_map.read(CONTENT, raw))

    assert [progress(raw) for raw in ROOM] == [(2, 3), (1, 3), (1, 3), (0, 3), (0, 3)]
    assert progress({"placed": [placed(f"p{n}", 1, "partly") for n in range(4)]}) == (4, 4)


def found(app, *raws, **more):
    return told(app, pressure_map.findings(CONTENT, tallied("pressure_map", CONTENT, raws, **more), None))


def test_what_weighs_most_is_found_from_five_answers_on(app):
    assert found(app, *ROOM) == []
    top, *_ = found(app, *ROOM, {"placed": [placed("p1", 4)]})
    assert top == (
        "4/5",
        "The pressure that weighs most: “Pressure 1”. 4 of 5 people chose it; strength 4.0 out of 5.",
        "Too few answers to be sure: shared out over everyone it weighs 3.2 out of 5, the next 0.4.",
    )


def test_strongest_hidden_shared_and_eased_are_said_with_how_sure(app):
    heavy, light = placed("p1", 5, "hidden"), placed("p2", 2)
    answers = [{"placed": [heavy, light], "ease": "p1"}] * 14 + [{"placed": [light], "ease": "p2"}] * 3
    assert found(app, *answers) == [
        (
            "14/17",
            "The pressure that weighs most: “Pressure 1”. 14 of 17 people chose it; strength 5.0 out of 5.",
            "Clear: shared out over everyone it weighs 4.1 out of 5, the next 2.0.",
        ),
        (
            "14/14",
            "Most call this pressure hidden from outside: “Pressure 1”. 14 of 14 people said so.",
            "Clear: 14 of 14 answers.",
        ),
        (
            "17/17",
            "The pressure that most people share: “Pressure 2”. 17 of 17 people chose it.",
            "Leaning: 17 of 17 answers; the next, 14 of 17. The order could be chance.",
        ),
        (
            "14/17",
            "What coproduction would ease, named most often: “Pressure 1”. Of 17 people who named one, 14 named this.",
            "Clear: 14 of 17 answers; the next, 3 of 17.",
        ),
    ]


def test_what_weighs_the_same_is_told_as_a_tie(app):
    level = "Level: one more answer could decide it."
    both = [placed("p1", 5), placed("p2", 5)]
    strongest, eased = found(app, *[{"placed": both, "ease": "p1"}] * 3, *[{"placed": both, "ease": "p2"}] * 3)
    assert strongest[1:] == (
        "The two pressures that weigh most are level: “Pressure 1” and “Pressure 2”. "
        "Shared out over everyone, each weighs 5.0 out of 5.",
        level,
    )
    assert eased[1:] == (
        "What coproduction would ease: “Pressure 1” and “Pressure 2” are level. "
        "Of 6 people who named one, 3 named each.",
        level,
    )


def test_what_two_strong_answers_could_turn_is_close(app):
    answers = [{"placed": [placed("p1", 5)]}] * 7 + [{"placed": [placed("p2", 5)]}] * 5
    assert found(app, *answers)[0][2] == "Close: 2 more answers could make it level."


def test_what_one_table_called_hidden_and_most_answers_did_not_is_not_said_to_be(app):
    answers = [{"placed": [placed("p1", 5, "hidden")]}] * 2 + [{"placed": [placed("p1", 5, "visible")]}] * 3
    assert row(tallied("pressure_map", CONTENT, answers, sizes=[6, 6, 1, 1, 1]), "p1").hidden
    assert len(found(app, *answers, sizes=[6, 6, 1, 1, 1])) == 1


def test_what_only_four_said_is_hidden_is_not_said_to_be(app):
    answers = [{"placed": [placed("p1", 5, "hidden")]}] * 4 + [{"placed": [placed("p1", 5)]}] * 2
    assert [number for number, _, _ in found(app, *answers)] == ["6/6"]
    hidden = found(app, *answers, {"placed": [placed("p1", 5, "visible")]})[1]
    assert hidden[1:] == (
        "Most call this pressure hidden from outside: “Pressure 1”. 4 of 5 people said so.",
        "Too few answers to be sure: 4 of 5.",
    )


def test_an_empty_room_has_nothing_to_find():
    assert pressure_map.findings(CONTENT, pressure_map.tally(CONTENT, Gathered(notes=Notes())), None) == ()


def test_made_up_people_guess_less_of_what_is_hidden_than_those_whom_it_presses():
    hints = {"weights": {"p1": {"hidden": 0.95}}}
    picked = {}
    for own in (True, False):
        random = Random(7)
        raws = [pressure_map.imagine(CONTENT, random, Person("cy", None, own), hints) for _ in range(200)]
        picked[own] = sum(one["pressure"] == "p1" for raw in raws for one in raw["placed"])
    assert picked[True] > 2 * picked[False]
