"""The write-up as JSON: it comes back the same, tells nobody what they may not know, and takes nothing on trust."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from copy import deepcopy
from dataclasses import replace
from typing import Any

import jsonschema
import orjson
import pytest
from flask import Flask, render_template
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.test_pictures import JPEG, PNG
from tests.test_report import reported, whole_room
from tests.written import (
    ADVICE,
    CODE,
    HIDDEN,
    REASON,
    ROOMS,
    WAITING,
    app_in,
    parts_of,
    report_of,
    run,
    strings,
)
from workshop import record
from workshop.config import ROOT
from workshop.kinds import KINDS
from workshop.model import Invalid
from workshop.pages.record import _check_drawn
from workshop.report import Deed, Edits, Issue, Photo, Picture, Report
from workshop.text import LANGUAGES, Text


@pytest.fixture(scope="module")
def rooms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, tuple[Flask, Report]]]:
    """An empty room, a small and a large one, each with the write-up of the whole workshop."""
    made: dict[str, tuple[Flask, Report]] = {}
    with ExitStack() as stack:
        for name, each in ROOMS.items():
            app = stack.enter_context(app_in(tmp_path_factory.mktemp(name)))
            run(app, each)
            made[name] = app, report_of(app)
        yield made


@pytest.fixture(scope="module")
def raw(rooms: dict[str, tuple[Flask, Report]]) -> Any:
    """The record of the small room, as JSON."""
    return json.loads(record.dump(dressed(rooms["small"][1])))


def dressed(report: Report) -> Report:
    """With all that a session alone does not bring: photos, a logo, words of the facilitator, deeds and dates."""

    def photo(n: int, chapter: str) -> Photo:
        return Photo(id=f"{n:016x}", width=40, height=20, alt=Text(en="A wall", cy="Wal"), chapter=chapter)

    return replace(
        report,
        photos=(Picture(photo(1, "did"), JPEG), Picture(photo(2, "exercise:sort"), PNG)),
        logo=Picture(photo(3, ""), PNG),
        comments={"comment-sort": Text(en="A reading\nin two lines", cy="Darlleniad")},
        thanks=Text(en="Thank you <b>all</b> & %(n)s"),
        day="2027-03-01",
        deeds=(Deed(Text(en="A bus", cy="Bws"), Text(en="It runs"), "May"),),
        issue=Issue(1_800_000_000.0, 1_800_500_000.0, Text(en="No translator yet")),
    )


def drawn(app: Flask, report: Report) -> dict[str, str]:
    made = {}
    for lang in LANGUAGES:
        with app.app_context():
            made[lang] = render_template("report/print.html", langs=(lang,), report=report)
    return made


every_room = pytest.mark.parametrize("room", ROOMS)


# There and back


@every_room
@pytest.mark.parametrize("dress", [lambda report: report, dressed], ids=["plain", "dressed"])
def test_what_comes_back_dumps_the_same_bytes_and_draws_the_same_document(
    rooms: Any, room: str, dress: Callable[[Report], Report]
) -> None:
    app, report = rooms[room][0], dress(rooms[room][1])
    back = record.load(record.dump(report))
    assert record.dump(back) == record.dump(report)
    assert drawn(app, back) == drawn(app, report)


@every_room
def test_what_is_brought_in_from_elsewhere_is_not_changed(rooms: Any, room: str) -> None:
    held = record.dump(dressed(rooms[room][1]))
    assert record.dump(record.brought(held)) == held


def test_words_with_line_breaks_and_wide_spaces_come_in_as_their_author_wrote_them(raw: Any) -> None:
    changed = changes(raw, workshop={**raw["workshop"], "purpose": {"en": "One.\n\n  Two:\n three.", "cy": ""}})
    assert record.brought(changed).workshop.purpose.en == "One.\n\n  Two:\n three."


@pytest.mark.parametrize(
    "chosen", [Edits(election=True), Edits(hidden=("annex", "people")), Edits(hidden=("exercises",))]
)
def test_a_write_up_with_things_left_out_comes_back_the_same(app: Flask, chosen: Edits) -> None:
    report = reported(given=whole_room(), edits=chosen)
    back = record.load(record.dump(report))
    assert record.dump(back) == record.dump(report)
    assert drawn(app, back) == drawn(app, report)


def test_every_kind_is_in_it_with_an_answer_and_a_tally(rooms: Any) -> None:
    sections = rooms["large"][1].sections
    assert {section.exercise.kind for section in sections if section.tally is not None} == set(KINDS)
    assert [section.exercise.id for section in sections if section.asked and not section.turnout.responses] == []
    assert len(rooms["large"][1].compared) > 0
    studied = [one.exercise.id for one in sections if one.study is not None]
    assert studied == ["sort", "sort-again", "load-again", "trust-again", "feel-again"]


# Its schema


@every_room
@pytest.mark.parametrize("dress", [lambda report: report, dressed], ids=["plain", "dressed"])
def test_it_is_what_the_schema_says(rooms: Any, room: str, dress: Callable[[Report], Report]) -> None:
    schema = record.schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(record.dump(dress(rooms[room][1]))), schema)


@pytest.mark.parametrize("change", [{"cyd": 2}, {"began": "yesterday"}, {"chapters": "all"}, {"sections": [{}]}])
def test_the_schema_refuses_what_a_program_would_stumble_over(raw: Any, change: dict[str, Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**raw, **change}, record.schema())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({name: value for name, value in raw.items() if name != next(iter(change))}, record.schema())


# What nobody may know


def words_of(app: Flask, report: Report) -> str:
    """Everything that a reader can get: the record and both pages."""
    return record.dump(report).decode() + "".join(drawn(app, report).values())


@every_room
def test_speaker_notes_hidden_notes_and_reasons_and_what_was_never_shown_are_not_in_it(rooms: Any, room: str) -> None:
    app, report = rooms[room]
    seen = words_of(app, report)
    assert [word for word in (ADVICE, HIDDEN, REASON, WAITING) if word in seen] == []
    names = set(strings(json.loads(record.dump(report))))
    assert (
        names & {"speaker_notes", "reason", "apart", "writer", "seats_by_perspective", "token", "token_hash"} == set()
    )


@every_room
def test_nobody_who_took_part_can_be_found_in_it(rooms: Any, room: str) -> None:
    app, report = rooms[room]
    with parts_of(app).store.read() as read:
        rows = read._connection.exec_driver_sql("select id, place_code, token_hash from participant").all()
    seen = words_of(app, report)
    assert len(rows) == {"empty": 0, "small": 9, "large": 45}[room]
    assert [one for row in rows for one in row if one in seen] == []


def test_the_answers_themselves_are_not_in_it(rooms: Any) -> None:
    """No value that a phone sent stands in the record as it was sent."""
    app, report = rooms["small"]
    with parts_of(app).store.read() as read:
        values = [row.value for row in read._connection.exec_driver_sql("select value from response").all()]
    inside = json.loads(record.dump(report))

    def parts(one: Any) -> Iterator[Any]:
        yield one
        for piece in one.values() if isinstance(one, dict) else one if isinstance(one, list) else ():
            yield from parts(piece)

    every = [json.dumps(one, sort_keys=True) for one in parts(inside) if isinstance(one, dict)]
    assert [one for one in map(json.loads, values) if one and json.dumps(one, sort_keys=True) in every] == []


def test_how_many_spoke_from_a_perspective_is_in_it_only_where_each_has_ten(rooms: Any) -> None:
    few, many = (json.loads(record.dump(rooms[room][1])) for room in ("small", "large"))
    assert few["perspectives"] == []
    assert [(one["id"], n) for one, n in many["perspectives"]] == [
        ("councillor", 11),
        ("officer", 17),
        ("community", 11),
    ]
    assert [one["comparison"] for one in few["sections"]] == [None] * len(few["sections"])
    assert few["seats"] == {"phones": 9, "people": 14, "tables": 1}


def test_what_a_small_room_keeps_by_perspective_has_no_number_in_it(rooms: Any) -> None:
    """Of their own list two councillors rated: nothing of it is told, and so nothing of it is kept."""
    (feel,) = (one for one in json.loads(record.dump(rooms["small"][1]))["sections"] if one["exercise"] == "feel")
    own = json.dumps(feel["tally"]["lists"][1])
    assert '"people": [' not in own.replace('"people": []', "")


# From elsewhere


def changes(raw: Any, **fields: Any) -> bytes:
    return orjson.dumps({**raw, **fields})


def at(raw: Any, *path: Any, put: Any) -> bytes:
    """The record with one place in it changed."""
    whole = deepcopy(raw)
    place = whole
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = put
    return orjson.dumps(whole)


def number_of(raw: Any, id: str) -> int:
    return next(n for n, one in enumerate(raw["sections"]) if one["exercise"] == id)


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"null", b"[]", b"7", b'"cyd"', b"{}", b'{"cyd": 1}', b'{"cyd": 2}', b"\xff\xfe", b'{"cyd":1,"cyd":1}',
     b'{"cyd": 1, "workshop": [], "sections": []}', b'{"cyd": 1, "workshop": {"id": 1}, "sections": 7}',
     b"[" * 5000 + b"]" * 5000, b'{"a":' * 900 + b"1" + b"}" * 900, b'{"cyd": 1e400}', b'{"cyd": NaN}', b"PK\x03\x04"],
)  # fmt: skip
def test_what_is_no_record_is_invalid(raw: bytes) -> None:
    with pytest.raises(Invalid) as error:
        record.brought(raw)
    assert error.value.field == "record"


def test_a_field_that_is_not_ours_is_left_out(raw: Any) -> None:
    assert record.dump(record.brought(changes(raw, extra="canary"))) == record.dump(record.brought(changes(raw)))


def test_a_record_that_is_too_large_is_invalid_before_it_is_read() -> None:
    with pytest.raises(Invalid, match="too large"):
        record.brought(b" " * (record.LARGEST + 1))


WRONG: dict[str, Callable[[Any], bytes]] = {
    "of a newer version": lambda raw: changes(raw, cyd=2),
    "with a chapter that is not ours": lambda raw: changes(raw, chapters=["../../base"]),
    "with a chapter that draws itself": lambda raw: changes(raw, chapters=["body"]),
    "with a chapter a thousand times": lambda raw: changes(raw, chapters=["annex"] * 1000),
    "with an exercise that is not on the agenda": lambda raw: at(raw, "sections", 0, "exercise", put="nowhere"),
    "with fewer exercises": lambda raw: changes(raw, sections=raw["sections"][1:]),
    "with more exercises": lambda raw: changes(raw, sections=raw["sections"] * 2),
    "in another order": lambda raw: changes(raw, sections=raw["sections"][::-1]),
    "with another kind's tally": lambda raw: at(
        raw, "sections", number_of(raw, "sort"), "tally", put=raw["sections"][number_of(raw, "trust")]["tally"]
    ),
    "with another kind's study": lambda raw: at(
        raw, "sections", number_of(raw, "sort-again"), "study",
        put=raw["sections"][number_of(raw, "feel-again")]["study"],
    ),
    "with a study where the kind has none": lambda raw: at(
        raw, "sections", number_of(raw, "ideas"), "study", put={"x": 1}
    ),
    "of a kind that is not ours": lambda raw: at(raw, "workshop", "agenda", 1, "kind", put="rank"),
    "with a photo that is no base64": lambda raw: at(raw, "photos", 0, "data", put="<svg/>"),
    "with a photo of another name": lambda raw: at(raw, "photos", 0, "photo", "id", put="../../etc/passwd"),
    "with a message of a gigabyte": lambda raw: at(raw, "findings", 0, "says", "key", put="%(n)999999999d"),
    "with a message that wants an attribute": lambda raw: at(raw, "findings", 0, "says", "key", put="%(n)r"),
    "with people without end": lambda raw: at(raw, "seats", "people", put=2**62),
    "with less than nobody": lambda raw: at(raw, "seats", "phones", put=-(2**62)),
    "that began before there was time": lambda raw: changes(raw, began=-1e300),
    "that was changed after the end of time": lambda raw: at(raw, "issue", "updated", put=1e300),
    "that is deleted in a year that no calendar has": lambda raw: changes(raw, answers_until=1e15),
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG.keys())
def test_a_record_that_was_tampered_with_is_invalid(raw: Any, wrong: Callable[[Any], bytes]) -> None:
    with pytest.raises(Invalid):
        record.brought(wrong(raw))


DRAWN_WRONG: dict[str, Callable[[Any], bytes]] = {
    "day": lambda raw: changes(raw, day="one fine day"),
    "message without its argument": lambda raw: at(raw, "findings", 0, "says", "key", put="%(nobody)s"),
}


@pytest.mark.parametrize("wrong", DRAWN_WRONG.values(), ids=DRAWN_WRONG.keys())
def test_a_record_that_cannot_be_drawn_is_invalid(rooms: Any, raw: Any, wrong: Callable[[Any], bytes]) -> None:
    report = record.brought(wrong(raw))
    with rooms["small"][0].test_request_context(), pytest.raises(Invalid):
        _check_drawn(report)


def test_words_from_elsewhere_are_cleaned_as_if_somebody_had_typed_them(rooms: Any, raw: Any) -> None:
    nasty = "A\x00 <script>alert(1)</script>\u202egnp.exe\u2066 \ue000" + "\u0301" * 40
    whole = deepcopy(raw)

    def everywhere(value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            return {key: everywhere(one, key) if key != "sentence" else one for key, one in value.items()}
        if isinstance(value, list):
            return [everywhere(one, name) for one in value]
        return nasty if name in ("en", "words", "text", "runner", "contact", "when") and value else value

    report = record.brought(orjson.dumps(everywhere(whole)))
    for html in drawn(rooms["small"][0], report).values():
        assert [mark for mark in ("\x00", "\u202e", "\u2066", "\ue000", "<script", "\u0301" * 9) if mark in html] == []
        assert "&lt;script&gt;" in html


# Mutations: what a program that writes records wrongly might make, and what somebody with a grudge would.

ODD = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**63), 2**64 - 1), st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=12), st.sampled_from(["", "%", "%(n)s", "%s", "../../x", "<script>", "\u202e\x00", "cy"]),
    st.just([]), st.just({}), st.just([[[]]]), st.just({"en": "x"}),
)  # fmt: skip


def mutated(raw: Any, data: st.DataObject) -> Any:
    """The record with one to three places in it taken out, doubled, swapped or replaced by something odd."""
    whole = deepcopy(raw)
    for _ in range(data.draw(st.integers(1, 3))):
        place = whole
        while True:
            inside = sorted(place) if isinstance(place, dict) else list(range(len(place)))
            if not inside:
                break
            step = data.draw(st.sampled_from(inside))
            if isinstance(place[step], dict | list) and place[step] and data.draw(st.integers(0, 9)):
                place = place[step]
                continue
            how = data.draw(st.sampled_from(["odd", "gone", "double", "list"]))
            if how == "odd":
                place[step] = deepcopy(data.draw(ODD))
            elif how == "gone":
                del place[step]
            elif how == "double" and isinstance(place, list):
                place.insert(step, deepcopy(place[step]))
            else:
                place[step] = [place[step]]
            break
    return whole


fuzzed = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@settings(fuzzed, max_examples=400)
@given(data=st.data())
def test_a_mutated_record_is_invalid_or_comes_back_as_it_was_taken(raw: Any, data: st.DataObject) -> None:
    try:
        report = record.brought(orjson.dumps(mutated(raw, data)))
    except Invalid:
        return
    assert record.dump(record.load(record.dump(report))) == record.dump(report)


@settings(fuzzed, max_examples=60)
@given(data=st.data())
def test_a_mutated_record_is_invalid_or_can_be_drawn_and_named(rooms: Any, raw: Any, data: st.DataObject) -> None:
    app = rooms["small"][0]
    try:
        report = record.brought(orjson.dumps(mutated(raw, data)))
        with app.test_request_context():
            _check_drawn(report)
    except Invalid:
        return
    for html in drawn(app, report).values():
        assert ("<script" in html, "\x00" in html) == (False, False)


def test_the_code_of_the_session_is_not_in_it(rooms: Any) -> None:
    assert [room for room, (_, report) in rooms.items() if CODE in record.dump(report).decode()] == []


def test_the_schema_that_is_written_down_is_the_one_that_holds() -> None:
    written = (ROOT / "docs/record.schema.json").read_text(encoding="utf-8")
    assert json.loads(written) == json.loads(json.dumps(record.schema()))
