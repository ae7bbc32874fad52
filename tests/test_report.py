"""The write-up as a value. Times are epoch seconds; the room was an hour in `notes`, with a break in it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.kinds.room import content, gathered, noted
from workshop.compare import Comparison, compare
from workshop.gathered import PUBLISHED_FROM, SHOWN_FROM, Gathered, Note, Notes, Response, Turnout
from workshop.kinds import KINDS
from workshop.model import Exercise, Group, Perspective, Seats, Session, Step, Visit, Workshop
from workshop.record import dump
from workshop.report import CHAPTERS, Edits, Given, Photo, Report, Section, build_report
from workshop.text import Text

NOTHING = Given()


def exercise(id: str, kind: str, chapter: Any = None) -> Exercise:
    return Exercise(id=id, kind=kind, title=Text(en=id), minutes=5, content=content(kind), chapter=chapter)


WORKSHOP = Workshop(
    id="test",
    title=Text(en="Test"),
    perspectives=tuple(Perspective(id=id, title=Text(en=id)) for id in ("councillor", "officer")),
    agenda=(
        exercise("welcome", "info"),
        exercise("ideas", "notes"),
        exercise("roles", "card_sort"),
        exercise("pressures", "pressure_map"),
        exercise("ask", "form", "asks"),
        exercise("wonder", "notes", "questions"),
        exercise("commitment", "notes", "commitments"),
        exercise("feel", "scale", "confidence"),
    ),
)
ASKED = ("ideas", "roles", "pressures", "ask", "wonder", "commitment", "feel")
SESSION = Session(
    "BCDFGHJ",
    WORKSHOP,
    "Ada",
    "ada@example.org",
    created_at=900.0,
    visits=tuple(Visit(id, 1000.0 + 600 * n) for n, id in enumerate(("welcome", *ASKED))),
    steps={id: Step(revealed=True, opened=2, closed=3) for id in ASKED},
)
QUOTABLE = {"released": True, "quotable": True}


def reported(
    session: Session = SESSION,
    given: Mapping[str, Given] | None = None,
    *,
    by_perspective: Mapping[str | None, tuple[int, int]] | None = None,
    now: float = 9000.0,
    k: int = SHOWN_FROM,
    edits: Edits | None = None,
    pictures: Mapping[str, bytes] | None = None,
) -> Report:
    seats = {id: Seats(phones, people) for id, (phones, people) in (by_perspective or {None: (4, 9)}).items()}
    session = replace(session, seats=seats)
    return build_report(
        session,
        lambda exercise: (given or {}).get(exercise.id, NOTHING),
        now=now,
        k=k,
        edits=edits,
        pictures=pictures,
    )


def answers(kind: str, raws: list[Any], **more: Any) -> Given:
    return Given(gathered(kind, content(kind), raws, **more))


def wrote(*notes: Note) -> Given:
    return Given(Gathered(turnout=Turnout(9, len(notes), len(notes), 0), notes=Notes.of(notes)))


SORTS = [{"placed": {"c0": "organiser" if n < 5 else "sponsor"}} for n in range(10)]


def side_by_side() -> Comparison:
    """Five councillors against five officers, of one mind each."""
    groups = tuple(Group((one.id,), one.title) for one in WORKSHOP.perspectives)
    roles = WORKSHOP.exercise("roles").content
    values = [KINDS["card_sort"].read(roles, raw) for raw in SORTS]
    responses = [Response(value, 1, "councillor" if n < 5 else "officer") for n, value in enumerate(values)]
    found = compare("card_sort", roles, responses, groups, SHOWN_FROM, seed=1)
    assert found is not None
    return found


def asks_shared() -> Given:
    """Six shared forms, each signed."""
    raws = [
        {**KINDS["form"].SAMPLE.responses[0], "id": f"aaaaaaaa{n}", "show": "named", "name": f"Signed {n}"}
        for n in range(6)
    ]
    notes = noted("form", content("form"), raws, released=True, starred=True)
    return answers("form", raws, notes=notes)


def whole_room(**notes: Any) -> dict[str, Given]:
    """Something in every exercise: notes that may be quoted, pressures, signed forms, perspectives side by side."""
    strong = {"pressure": "p1", "source": "party", "strength": 5, "visibility": "hidden"}
    said = {**QUOTABLE, "starred": True, **notes}
    ratings = KINDS["scale"].SAMPLE.responses[0]
    return {
        "ideas": wrote(*(note(f"idea{n}", **said) for n in range(6))),
        "roles": replace(answers("card_sort", SORTS), comparison=side_by_side()),
        "pressures": answers("pressure_map", [{"placed": [strong]}] * 6),
        "ask": asks_shared(),
        "wonder": wrote(*(note(f"wonder{n}", **said) for n in range(6))),
        "commitment": wrote(*(note(f"promise{n}", **said) for n in range(6))),
        "feel": answers("scale", [ratings] * 6),
    }


def section(report: Report, id: str) -> Section:
    return next(section for section in report.sections if section.exercise.id == id)


def note(id: str, **state: Any) -> Note:
    """What was withdrawn has no words any more: the store takes them away."""
    words = "" if state.get("withdrawn") else f"{id} in words"
    return Note(id, "ideas", "q0", "en", words, **state)


def quoted(report: Report, id: str = "ideas") -> list[str]:
    return [note.id for note in section(report, id).quotes]


def photo(n: int, chapter: str = "did") -> Photo:
    return Photo(id=f"{n:016x}", width=4, height=3, alt=Text(en=f"Photo {n}"), chapter=chapter)


# When


def test_an_exercise_took_the_minutes_that_the_room_was_there():
    report = reported()
    assert [(s.exercise.id, s.began, s.took) for s in report.sections] == [
        (id, 1000.0 + 600 * n, 10 if id != "feel" else 63) for n, id in enumerate(("welcome", *ASKED))
    ]


def test_what_the_room_came_back_to_took_both_times_and_began_the_first():
    visits = (Visit("ideas", 1000.0), Visit("roles", 1300.0), Visit("ideas", 1600.0))
    report = reported(replace(SESSION, visits=visits, ended_at=2200.0))
    assert (section(report, "ideas").began, section(report, "ideas").took) == (1000.0, 15)
    assert section(report, "roles").took == 5


def test_the_last_exercise_goes_on_until_the_end_or_until_now():
    assert section(reported(now=5320.0), "feel").took == 2
    assert section(reported(replace(SESSION, ended_at=5500.0), now=99999.0), "feel").took == 5


def test_an_exercise_that_was_left_open_when_people_went_home_does_not_say_how_long_it_took():
    last = section(reported(now=99999.0), "feel")
    assert (last.began, last.took) == (5200.0, None)


def test_where_the_room_never_was_nothing_is_told():
    report = reported(replace(SESSION, visits=SESSION.visits[:1]), whole_room())
    roles = section(report, "roles")
    assert (roles.began, roles.took, roles.tally, roles.study, roles.comparison) == (None, None, None, None, None)
    assert [one for one in CHAPTERS if one in report.chapters] == ["summary", "people", "did", "next", "reading"]


def test_a_session_that_never_began_began_when_it_was_made():
    assert reported(replace(SESSION, visits=())).began == 900.0
    assert reported().began == 1000.0


# What the room was shown


@pytest.mark.parametrize("step", [Step(), Step(opened=2, closed=3), Step(accepting=True, opened=4)])
def test_what_was_not_on_show_at_the_end_is_not_in_it(step):
    report = reported(replace(SESSION, steps=dict.fromkeys(ASKED, step)), whole_room())
    assert {one.exercise.id: (one.tally, one.quotes, one.findings, one.comparison) for one in report.sections} == {
        one.exercise.id: (one.tally if one.exercise.id == "welcome" else None, (), (), None) for one in report.sections
    }
    assert (report.findings, report.actions, report.compared, "annex" in report.chapters) == ((), (), (), False)
    raw = dump(report).decode()
    assert [word for word in ("in words", "Signed") if word in raw] == []


def test_an_exercise_that_was_not_on_show_says_so_in_its_chapter():
    report = reported(replace(SESSION, steps={}), whole_room())
    assert [one.exercise.id for one in report.of("exercises")] == ["ideas", "roles", "pressures"]


def test_an_info_asks_nothing_and_is_told_without_a_reveal():
    welcome = section(reported(), "welcome")
    assert (welcome.asked, welcome.told) == (False, False)
    assert welcome.tally is not None


# Quotes


NOTES = (
    note("starred", starred=True, **QUOTABLE),
    note("plain", **QUOTABLE),
    note("waits", starred=True, quotable=True),
    note("hidden", starred=True, hidden=True, **QUOTABLE),
    note("withdrawn", starred=True, withdrawn=True, **QUOTABLE),
    note("private", released=True, starred=True),
)
EVERY = tuple(one.id for one in NOTES)


def test_where_nothing_was_chosen_starred_notes_that_the_room_saw_and_whose_writer_agreed_are_quoted():
    assert quoted(reported(given={"ideas": wrote(*NOTES)})) == ["starred"]


def test_two_are_quoted_where_more_have_a_star():
    starred = tuple(note(f"n{n}", starred=True, **QUOTABLE) for n in range(5))
    assert quoted(reported(given={"ideas": wrote(*starred)})) == ["n0", "n1"]


def test_chosen_notes_are_quoted_in_their_order_without_a_star_but_never_without_the_writer_and_the_room():
    edits = Edits(quotes={"ideas": (*EVERY[::-1], "nowhere")})
    assert quoted(reported(given={"ideas": wrote(*NOTES)}, edits=edits)) == ["plain", "starred"]


def test_that_none_is_chosen_is_a_choice_too():
    assert quoted(reported(given={"ideas": wrote(*NOTES)}, edits=Edits(quotes={"ideas": ()}))) == []


@pytest.mark.parametrize("change", [{"hidden": True}, {"withdrawn": True}, {"released": False}, {"quotable": False}])
def test_a_note_that_was_chosen_and_is_then_hidden_or_taken_back_is_gone(change):
    edits = Edits(quotes={"ideas": ("plain",)})
    before, after = note("plain", **QUOTABLE), note("plain", **QUOTABLE | change)
    assert quoted(reported(given={"ideas": wrote(before)}, edits=edits)) == ["plain"]
    gone = reported(given={"ideas": wrote(after)}, edits=edits)
    assert quoted(gone) == []
    assert ("plain in words" in dump(gone).decode()) == (change == {"quotable": False})  # it stands in the annex


def test_notes_that_were_hidden_and_notes_that_wait_are_nowhere_in_it():
    raw = dump(reported(given={"ideas": wrote(*NOTES), "commitment": wrote(*NOTES)})).decode()
    words = [id for id in EVERY if f"{id} in words" in raw]
    assert words == ["starred", "plain", "private"]


def test_that_notes_wait_and_in_which_order_notes_came_is_not_in_it():
    some = tuple(note(id, **QUOTABLE) for id in "abcd")
    records = {
        dump(reported(given={"ideas": wrote(*came)})) for came in (some, some[::-1], (some[2], *some[:2], some[3]))
    }
    assert len(records) == 1
    waits = wrote(*some, note("waits"))
    alone = replace(waits, gathered=replace(waits.gathered, notes=Notes.of(some)))
    assert dump(reported(given={"ideas": waits})) == dump(reported(given={"ideas": alone}))


# What people will do


def test_commitments_that_were_starred_are_the_actions_three_at_most():
    notes = tuple(note(f"n{n}", released=True, starred=True, quotable=n != 1) for n in range(5))
    report = reported(given={"commitment": wrote(*notes), "ideas": wrote(*notes)})
    assert [(one.words, one.chosen) for one in report.actions] == [(f"n{n} in words", True) for n in (0, 2, 3)]


# Findings


def test_at_most_three_findings_come_to_the_first_page_and_none_from_what_is_left_out():
    report = reported(given=whole_room())
    assert len(report.findings) == 3
    every = [one for told in report.sections for one in (*told.findings, *told.differences)]
    assert [one for one in report.findings if one not in every] == []
    bare = reported(given=whole_room(), edits=Edits(hidden=tuple(f"exercise:{id}" for id in ASKED)))
    assert bare.findings == ()


# Who took part


def test_perspectives_are_told_when_each_has_enough_phones():
    report = reported(by_perspective={"councillor": (SHOWN_FROM, 9), "officer": (SHOWN_FROM, 5)})
    assert [(p.id, n) for p, n in report.perspectives] == [("councillor", 9), ("officer", 5)]


def test_a_perspective_that_nobody_has_is_left_out():
    assert [(p.id, n) for p, n in reported(by_perspective={"councillor": (8, 8)}).perspectives] == [("councillor", 8)]


def test_one_small_group_hides_all_of_them():
    assert reported(by_perspective={"councillor": (20, 20), "officer": (SHOWN_FROM - 1, 30)}).perspectives == ()


def test_a_few_people_who_did_not_say_hide_them_too_because_the_rest_could_be_worked_out():
    assert reported(by_perspective={"councillor": (20, 20), None: (SHOWN_FROM - 1, 4)}).perspectives == ()
    assert len(reported(by_perspective={"councillor": (20, 20), None: (SHOWN_FROM, 5)}).perspectives) == 1


def test_people_phones_and_tables_are_as_they_joined():
    session = replace(SESSION, seats={"councillor": Seats(3, 8, 1), None: Seats(1, 1, 0)})
    report = build_report(session, lambda exercise: NOTHING, now=4000.0, k=SHOWN_FROM)
    assert report.seats == Seats(4, 9, 1)


def test_a_public_write_up_tells_perspectives_only_of_ten_and_more():
    seats = {"councillor": (PUBLISHED_FROM, 12), "officer": (PUBLISHED_FROM - 1, 30)}
    assert reported(by_perspective=seats, k=PUBLISHED_FROM).perspectives == ()
    told = reported(by_perspective=seats | {"officer": (PUBLISHED_FROM, 30)}, k=PUBLISHED_FROM)
    assert ([(p.id, n) for p, n in told.perspectives], told.k) == ([("councillor", 12), ("officer", 30)], 10)


# Chapters


def test_a_whole_workshop_has_every_chapter_in_its_order():
    assert reported(given=whole_room()).chapters == CHAPTERS


def test_chapters_stand_in_the_order_that_was_chosen():
    edits = Edits().moved("next", -9).moved("annex", -2)
    order = ("next", *[one for one in CHAPTERS if one not in ("next", "annex", "confidence", "reading")])
    assert reported(given=whole_room(), edits=edits).chapters == (*order, "annex", "confidence", "reading")


def test_what_has_nothing_to_show_is_no_chapter():
    agenda = tuple(one for one in WORKSHOP.agenda if one.chapter is None)
    bare = replace(SESSION, workshop=WORKSHOP.model_copy(update={"agenda": agenda}), visits=SESSION.visits[:4])
    assert reported(bare).chapters == ("summary", "people", "did", "exercises", "next", "reading")


def test_open_questions_are_a_chapter_where_an_exercise_or_the_facilitator_has_some():
    bare = replace(SESSION, visits=SESSION.visits[:1])
    assert "questions" not in reported(bare).chapters
    assert "questions" in reported(bare, edits=Edits(texts={"questions": Text(en="Who pays?")})).chapters
    assert "questions" in reported().chapters


def test_an_annex_is_there_only_where_somebody_wrote_something_that_is_told_of():
    nobody = {"ideas": wrote()}
    assert "annex" not in reported(given=nobody).chapters
    assert "annex" in reported(given={"ideas": wrote(note("a", released=True))}).chapters
    hidden = Edits(hidden=("exercise:ideas",))
    assert "annex" not in reported(given={"ideas": wrote(note("a", released=True))}, edits=hidden).chapters


# What is hidden leaves nothing behind


def test_an_exercise_that_is_left_out_leaves_nothing_of_it_anywhere():
    edits = Edits(
        hidden=tuple(f"exercise:{id}" for id in ASKED),
        texts={f"comment-{id}": Text(en="A comment that nobody reads") for id in ASKED},
        quotes={id: EVERY for id in ASKED},
        photos=tuple(photo(n, f"exercise:{id}") for n, id in enumerate(ASKED)),
    )
    pictures = {one.id: b"pixels" for one in edits.photos}
    report = reported(given=whole_room(), edits=edits, pictures=pictures)
    assert report.chapters == ("summary", "people", "did", "next", "reading")
    assert (report.findings, report.actions, report.compared, report.comments, report.photos) == ((), (), (), {}, ())
    for told in report.sections[1:]:
        assert told == Section(told.exercise, told.began, told.took, left_out=True)
    raw = dump(report).decode()
    assert [word for word in ("in words", "Signed", "nobody reads", "cGl4ZWxz") if word in raw] == []


@pytest.mark.parametrize("id", ASKED)
def test_leaving_one_exercise_out_changes_nothing_of_the_others(id):
    whole, without = reported(given=whole_room()), reported(given=whole_room(), edits=Edits(hidden=(f"exercise:{id}",)))
    assert [one for one in without.sections if one.exercise.id != id] == [
        one for one in whole.sections if one.exercise.id != id
    ]


HIDES = {
    "summary": lambda report: (report.purpose, report.findings, report.actions) == (Text(), (), ()),
    "people": lambda report: report.organisations == Text(),
    "exercises": lambda report: section(report, "pressures").tally is None,
    "perspectives": lambda report: report.compared == () and section(report, "roles").differences == (),
    "asks": lambda report: section(report, "ask").findings == (),
    "commitments": lambda report: section(report, "commitment").quotes == (),
    "questions": lambda report: report.questions == Text(),
    "confidence": lambda report: section(report, "feel").tally is None,
    "next": lambda report: report.next == Text(),
    "annex": lambda report: (
        [word for word in ("idea3 in words", "wonder4 in words") if word in dump(report).decode()] == []
    ),
}


@pytest.mark.parametrize("chapter", HIDES)
def test_what_a_hidden_chapter_shows_is_not_in_it(chapter):
    texts = {field: Text(en=f"Words of {field}") for field in ("purpose", "organisations", "questions", "next")}
    photos = tuple(photo(n, one) for n, one in enumerate(CHAPTERS))
    pictures = {one.id: b"pixels" for one in photos}

    def made(hidden: tuple[str, ...]) -> Report:
        return reported(given=whole_room(), edits=Edits(texts=texts, photos=photos, hidden=hidden), pictures=pictures)

    whole, without = made(()), made((chapter,))
    assert (HIDES[chapter](whole), HIDES[chapter](without)) == (False, True)
    assert without.chapters == tuple(one for one in CHAPTERS if one != chapter)
    assert [one.photo.chapter for one in without.photos] == list(without.chapters)


def test_with_every_chapter_hidden_that_may_be_nothing_of_what_people_gave_is_in_the_record():
    edits = Edits(hidden=tuple(one for one in CHAPTERS if one != "reading"))
    report = reported(given=whole_room(), by_perspective={"councillor": (9, 9), "officer": (9, 9)}, edits=edits)
    assert (report.chapters, report.perspectives) == (("reading",), ())
    assert [one.tally for one in report.sections if one.asked] == [None] * len(ASKED)


# While an election is near


def test_while_an_election_is_near_there_are_no_names_quotes_photos_and_no_annex_anywhere():
    edits = Edits(photos=(photo(1),), quotes={"ideas": ("idea1",)}, logo=photo(2, ""))
    pictures = {one: b"pixels" for one in (f"{1:016x}", f"{2:016x}")}
    there = reported(given=whole_room(), edits=edits, pictures=pictures)
    near = reported(given=whole_room(), edits=edits.model_copy(update={"election": True}), pictures=pictures)
    assert [word for word in ("in words", "Signed") if word not in dump(there).decode()] == []
    assert [word for word in ("in words", "Signed") if word in dump(near).decode()] == []
    assert (near.photos, near.actions, [one.quotes for one in near.sections]) == ((), (), [()] * len(near.sections))
    assert near.chapters == CHAPTERS[:-1]
    assert (near.election, near.logo is not None) == (True, True)


def test_what_people_promised_in_their_own_words_is_a_quote_too():
    agenda = tuple(one.model_copy(update={"chapter": "commitments"}) for one in WORKSHOP.agenda if one.id == "ask")
    session = replace(SESSION, workshop=WORKSHOP.model_copy(update={"agenda": agenda}), visits=(Visit("ask", 1000.0),))
    there, near = (reported(session, {"ask": asks_shared()}, edits=Edits(election=near)) for near in (False, True))
    assert (len(there.actions), near.actions) == (3, ())


def test_an_election_changes_no_count():
    there, near = (reported(given=whole_room(), edits=Edits(election=near)) for near in (False, True))
    assert [one.turnout for one in near.sections] == [one.turnout for one in there.sections]
    for id in ("roles", "pressures", "feel"):
        assert section(near, id) == section(there, id)
    assert section(near, "ask").tally.blocks == section(there, "ask").tally.blocks
    assert len(section(near, "ask").tally.entries) == 6


# Edits beside the counts


EDITED = Edits(
    texts={
        **{field: Text(cy=f"{field} yn Gymraeg", en=f"{field} in English") for field in ("title", "subtitle", "place")},
        **{field: Text(en=f"{field} in English") for field in ("purpose", "thanks", "organisation", "next")},
        "comment-roles": Text(en="A reading"),
    },
    day="2027-03-01",
)


def test_what_the_facilitator_wrote_stands_over_what_was_planned_language_by_language():
    planned = WORKSHOP.model_copy(update={"purpose": Text(cy="Pwrpas", en="Purpose")})
    report = reported(replace(SESSION, workshop=planned, place="Hall"), edits=EDITED)
    assert (report.title, report.day) == (Text(cy="title yn Gymraeg", en="title in English"), "2027-03-01")
    assert report.purpose == Text(cy="Pwrpas", en="purpose in English")
    assert (report.place.en, report.comment("roles").en, report.comment("ideas")) == (
        "place in English", "A reading", Text(),
    )  # fmt: skip
    assert (reported(replace(SESSION, place="Hall")).place, reported().title) == (
        Text(cy="Hall", en="Hall"), WORKSHOP.title,
    )  # fmt: skip


def test_an_edit_changes_no_count():
    plain, edited = reported(given=whole_room()), reported(given=whole_room(), edits=EDITED)
    assert (edited.sections, edited.findings, edited.seats) == (plain.sections, plain.findings, plain.seats)


def test_an_answer_that_comes_late_changes_nothing_that_was_edited():
    more = {**whole_room(), "roles": answers("card_sort", SORTS * 2)}
    before, after = (reported(given=given, edits=EDITED) for given in (whole_room(), more))
    assert section(after, "roles").tally != section(before, "roles").tally
    for field in ("title", "subtitle", "place", "purpose", "thanks", "organisation", "next", "comments", "day"):
        assert getattr(after, field) == getattr(before, field)


def test_a_photo_without_its_pixels_is_left_out():
    edits = Edits(photos=(photo(1), photo(2)), logo=photo(3, ""))
    report = reported(edits=edits, pictures={f"{2:016x}": b"pixels"})
    assert ([one.photo.id for one in report.photos], report.logo) == ([f"{2:016x}"], None)


# Perspectives side by side


def test_perspectives_stand_side_by_side_only_where_the_room_saw_the_answers():
    compared = side_by_side()
    given = {"roles": replace(answers("card_sort", SORTS), comparison=compared)}
    assert section(reported(given=given), "roles").comparison == compared
    hidden = replace(SESSION, steps={**SESSION.steps, "roles": Step(opened=2, closed=3)})
    assert section(reported(hidden, given), "roles").comparison is None
