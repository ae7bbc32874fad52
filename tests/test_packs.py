from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from pydantic import BaseModel

from workshop import packs
from workshop.config import ROOT
from workshop.kinds import KINDS
from workshop.model import Workshop
from workshop.packs import PackError
from workshop.text import Text

EXERCISES = ROOT / "exercises"
SHIPPED = packs.load_all(EXERCISES)

TITLE = {"cy": "Teitl", "en": "Title"}
RAW: dict[str, Any] = {
    "title": TITLE,
    "agenda": [
        {"id": "first", "kind": "scale", "title": TITLE, "minutes": 5, "content": dict(KINDS["scale"].SAMPLE.content)},
        {"id": "again", "kind": "scale", "title": TITLE, "minutes": 5, "of": "first"},
    ],
}


def texts(value: Any, path: str = "") -> Iterator[tuple[str, Text]]:
    """Every Text inside, with where it stands."""
    if isinstance(value, Text):
        yield path, value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from texts(getattr(value, name), f"{path}.{name}")
    elif isinstance(value, tuple):
        for n, one in enumerate(value):
            yield from texts(one, f"{path}.{n}")


def wrong(change: dict[str, Any], number: int = 0) -> str:
    """What is said of RAW with one exercise changed; None takes a field out."""
    raw = deepcopy(RAW)
    raw["agenda"][number].update(change)
    raw["agenda"][number] = {name: value for name, value in raw["agenda"][number].items() if value is not None}
    with pytest.raises(PackError) as error:
        packs.parse(raw, id="p", where="p/workshop.toml")
    return str(error.value)


# What is shipped


def test_two_packs_are_shipped_and_the_ready_made_workshop_comes_first():
    assert list(SHIPPED) == ["all-in-this-together", "demo"]


def test_the_ready_made_workshop_takes_ninety_minutes():
    assert SHIPPED["all-in-this-together"].minutes == 90


def test_the_demonstration_has_an_exercise_of_every_kind():
    assert {exercise.kind for exercise in SHIPPED["demo"].agenda} == set(KINDS)


@pytest.mark.parametrize("pack", SHIPPED.values(), ids=SHIPPED.keys())
def test_every_text_of_a_shipped_pack_is_in_both_languages_or_in_none(pack: Workshop):
    one_language = [path for path, text in texts(pack) if bool(text.cy) != bool(text.en)]
    assert one_language == []


@pytest.mark.parametrize("pack", SHIPPED.values(), ids=SHIPPED.keys())
def test_every_exercise_of_a_shipped_pack_has_a_title_and_speaker_notes(pack: Workshop):
    assert [e.id for e in pack.agenda if not (e.title.cy and e.speaker_notes.cy)] == []


@pytest.mark.parametrize("pack", SHIPPED.values(), ids=SHIPPED.keys())
def test_what_is_dumped_reads_back_the_same(pack: Workshop):
    assert packs.parse(packs.dump(pack), id=pack.id, where="dump") == pack


@pytest.mark.parametrize("pack", SHIPPED.values(), ids=SHIPPED.keys())
def test_the_perspectives_that_scales_name_are_those_of_the_pack(pack: Workshop):
    known = {perspective.id for perspective in pack.perspectives}
    for exercise in pack.agenda:
        if exercise.kind == "scale":
            assert {id for one in exercise.content.lists for id in one.perspectives} <= known


def test_a_pack_without_hints_for_rehearsals_has_none(tmp_path):
    assert packs.hints(tmp_path) == {}
    assert packs.hints(EXERCISES / "all-in-this-together") != {}


# Shorter runs


@pytest.mark.parametrize("pack", SHIPPED.values(), ids=SHIPPED.keys())
def test_the_shorter_runs_of_a_shipped_pack_take_the_minutes_that_they_say(pack: Workshop):
    for cut in pack.cuts:
        shorter = pack.cut(cut.minutes)
        assert shorter.minutes == cut.minutes < pack.minutes
        assert [sum(phase.minutes for phase in one.phases) for one in shorter.agenda if one.phases] == [
            one.minutes for one in shorter.agenda if one.phases
        ]


def test_the_ready_made_workshop_runs_in_ninety_sixty_and_forty_five_minutes():
    pack = SHIPPED["all-in-this-together"]
    assert [pack.minutes, *(cut.minutes for cut in pack.cuts)] == [90, 60, 45]


def test_what_a_shorter_run_leaves_out_or_to_be_read_is_not_on_its_agenda():
    pack = SHIPPED["all-in-this-together"]
    for cut in pack.cuts:
        shorter = pack.cut(cut.minutes)
        assert shorter.reading
        assert {one.id for one in shorter.agenda} & {one.id for one in shorter.reading} == set()
        assert all(one == pack.exercise(one.id) for one in shorter.reading)


@pytest.mark.parametrize("pack", SHIPPED.values(), ids=SHIPPED.keys())
def test_a_shorter_run_that_is_dumped_reads_back_the_same(pack: Workshop):
    for cut in pack.cuts:
        shorter = pack.cut(cut.minutes)
        assert packs.parse(packs.dump(shorter), id=pack.id, where="dump") == shorter


@pytest.mark.parametrize(
    ("cut", "said"),
    [
        ({"exercises": []}, "cuts.0.exercises: Tuple should have at least 1 item after validation, not 0"),
        ({"exercises": [{"id": "first"}]}, "cuts.0.exercises.0.minutes: Field required"),
        ({"exercises": [{"id": "first", "minutes": 0}]}, "greater than or equal to 1"),
        ({"exercises": [{"id": "first", "minutes": 2}], "reads": []}, "cuts.0.reads: Extra inputs are not permitted"),
        (
            {"exercises": [{"id": "nowhere", "minutes": 2}]},
            "the cut of 2 minutes has 'nowhere', which is not on the agenda",
        ),
        ({"exercises": [{"id": "again", "minutes": 2}]}, "the cut of 2 minutes keeps 'again' without 'first'"),
        (
            {"exercises": [{"id": "first", "minutes": 2}], "reading": ["again"]},
            "the cut of 2 minutes has 'again' to read, which needs 'first'",
        ),
        ({"exercises": [{"id": "first", "minutes": 10}]}, "two runs take 10 minutes; a run is told by its minutes"),
    ],
)
def test_a_wrong_shorter_run_stops_the_pack(cut: dict[str, Any], said: str):
    with pytest.raises(PackError) as error:
        packs.parse({**deepcopy(RAW), "cuts": [cut]}, id="p", where="p/workshop.toml")
    assert str(error.value).startswith("p/workshop.toml: ")
    assert str(error.value).splitlines()[0].endswith(said)


# One exercise from another


def test_an_exercise_of_an_earlier_one_takes_its_content_and_is_paired():
    first, again = packs.parse(deepcopy(RAW), id="p", where="p").agenda
    assert first.content.paired is False
    assert again.content == first.content.model_copy(update={"paired": True})


def test_what_an_exercise_of_an_earlier_one_says_itself_wins():
    raw = deepcopy(RAW)
    raw["agenda"][1]["content"] = {"question": {"en": "And now?"}}
    assert packs.parse(raw, id="p", where="p").agenda[1].content.question == Text(en="And now?")


# What authors get wrong


def test_a_kind_that_is_none_is_told_with_those_there_are():
    allowed = "info, scale, card_sort, notes, points, pressure_map, form"
    assert wrong({"kind": "quiz"}) == (
        f"p/workshop.toml: exercise 'first': kind: 'quiz' is not a kind; allowed are {allowed}"
    )
    assert wrong({"kind": ["scale"]}) == (
        f"p/workshop.toml: exercise 'first': kind: ['scale'] is not a kind; allowed are {allowed}"
    )


def test_a_missing_field_of_the_content_is_named():
    content = {k: v for k, v in RAW["agenda"][0]["content"].items() if k != "low"}
    assert wrong({"content": content}) == "p/workshop.toml: exercise 'first': content: low: Field required"


def test_a_misspelt_field_is_named():
    assert wrong({"minuts": 5}) == "p/workshop.toml: exercise 'first': minuts: Extra inputs are not permitted"


def test_minutes_out_of_range_are_told_with_the_range():
    assert wrong({"minutes": 0}) == (
        "p/workshop.toml: exercise 'first': minutes: Input should be greater than or equal to 1"
    )


def test_every_mistake_has_a_line_of_its_own():
    assert wrong({"minutes": 0, "minuts": 5}).splitlines() == [
        "p/workshop.toml: exercise 'first': minutes: Input should be greater than or equal to 1",
        "p/workshop.toml: exercise 'first': minuts: Extra inputs are not permitted",
    ]


def test_phases_that_do_not_fill_the_minutes_are_told_with_both_sums():
    assert wrong({"phases": [{"title": TITLE, "minutes": 3}]}) == (
        "p/workshop.toml: exercise 'first': the phases take 3 minutes but the exercise has 5"
    )


def test_an_exercise_of_none_that_came_before_is_told():
    for of in ("nowhere", "again", ["first"]):
        assert wrong({"of": of}, number=1) == (
            f"p/workshop.toml: exercise 'again': of: {of!r} is not an earlier exercise of the kind scale"
        )


def test_two_exercises_of_one_id_are_told():
    assert wrong({"id": "first"}, number=1) == (
        "p/workshop.toml: exercise 'first': id: another exercise has the same id"
    )


def test_an_exercise_without_an_id_is_told_by_its_number():
    assert wrong({"id": None}, number=1) == (
        "p/workshop.toml: exercise 2: id: every exercise needs an id of letters, digits and dashes"
    )


@pytest.mark.parametrize("pack", SHIPPED.values(), ids=SHIPPED.keys())
def test_a_workshop_that_is_written_as_toml_loads_as_the_same(pack: Workshop, tmp_path):
    file = tmp_path / pack.id / "workshop.toml"
    file.parent.mkdir()
    file.write_text(packs.written(pack), encoding="utf-8")
    assert packs.load(file) == pack


@pytest.mark.parametrize("chapter", ["summary", "annex", "exercises", "nowhere", "", 7])
def test_an_exercise_stands_in_no_chapter_that_is_not_for_exercises(chapter):
    said = wrong({"chapter": chapter})
    assert said.startswith("p/workshop.toml: exercise 'first': chapter: Input should be 'asks', 'commitments',")


def test_content_that_is_no_table_is_told():
    said = "p/workshop.toml: exercise 'again': content: it must be a table of fields"
    assert wrong({"content": "text"}, number=1) == said


@pytest.mark.parametrize("agenda", [None, [], "long", {}])
def test_a_pack_without_an_agenda_is_told(agenda):
    with pytest.raises(PackError, match=r"p: agenda: there must be at least one \[\[agenda\]\] exercise"):
        packs.parse({"title": TITLE, "agenda": agenda}, id="p", where="p")


def test_a_card_of_no_pile_is_told_with_the_piles():
    sample = deepcopy(dict(KINDS["card_sort"].SAMPLE.content))
    sample["cards"][0]["role"] = "nobody"
    assert wrong({"kind": "card_sort", "content": sample}).endswith(
        "content: card 'c0' has the role 'nobody'; the piles are organiser, sponsor, none"
    )


def test_a_pressure_of_no_source_is_told_with_the_sources():
    sample = deepcopy(dict(KINDS["pressure_map"].SAMPLE.content))
    sample["pressures"][0]["source"] = "moon"
    assert wrong({"kind": "pressure_map", "content": sample}).endswith(
        "content: pressure 'p0' comes from 'moon'; the sources are council, party"
    )


def test_a_file_that_is_no_toml_is_told_with_its_line(tmp_path):
    file = tmp_path / "workshop.toml"
    file.write_text("title.cy = \n")
    with pytest.raises(PackError, match=r"workshop.toml: Invalid value \(at line 1, column 12\)"):
        packs.load(file)


def test_a_file_that_is_too_large_is_not_read(tmp_path):
    file = tmp_path / "workshop.toml"
    file.write_bytes(b"#" * (packs.LARGEST + 1))
    with pytest.raises(PackError, match="larger than 256 KiB"):
        packs.load(file)
