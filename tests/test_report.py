"""The write-up as a value. Times are epoch seconds; the room was an hour in `notes`, with a break in it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tests.kinds.room import content, gathered
from workshop.compare import Comparison, compare
from workshop.gathered import PUBLISHED_FROM, SHOWN_FROM, Gathered, Note, Notes, Response
from workshop.kinds import KINDS
from workshop.model import Exercise, Group, Perspective, Seats, Session, Step, Visit, Workshop
from workshop.report import FINDINGS, Given, Report, build_report
from workshop.text import Text

NOTHING = Given()


def exercise(id: str, kind: str, **more: object) -> Exercise:
    return Exercise(id=id, kind=kind, title=Text(en=id), minutes=5, content=content(kind).model_copy(update=more))


WORKSHOP = Workshop(
    id="test",
    title=Text(en="Test"),
    perspectives=tuple(Perspective(id=id, title=Text(en=id)) for id in ("councillor", "officer")),
    agenda=(
        exercise("welcome", "info"),
        exercise("asks", "notes"),
        exercise("roles", "card_sort"),
        exercise("pressures", "pressure_map"),
        exercise("commitment", "notes", actions=True),
    ),
)
ASKED = ("asks", "roles", "pressures", "commitment")
SESSION = Session(
    "BCDFGHJ",
    WORKSHOP,
    "Ada",
    "ada@example.org",
    created_at=900.0,
    visits=tuple(Visit(id, 1000.0 + 600 * n) for n, id in enumerate(("welcome", *ASKED))),
    steps={id: Step(revealed=True, opened=2, closed=3) for id in ASKED},
)


def reported(
    session: Session = SESSION,
    given: Mapping[str, Given] | None = None,
    *,
    by_perspective: Mapping[str | None, tuple[int, int]] | None = None,
    now: float = 4000.0,
    whole: bool = False,
    k: int = SHOWN_FROM,
) -> Report:
    seats = {id: Seats(phones, people) for id, (phones, people) in (by_perspective or {None: (4, 9)}).items()}
    session = replace(session, seats=seats)
    return build_report(session, lambda exercise: (given or {}).get(exercise.id, NOTHING), now=now, whole=whole, k=k)


def answers(kind: str, raws: list[Any]) -> Given:
    return Given(gathered(kind, content(kind), raws))


def wrote(*notes: Note) -> Given:
    starred = tuple(note for note in notes if note.starred and note.state == "shown")
    return Given(Gathered(notes=Notes.of(notes)), starred)


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


def section(report: Report, id: str):
    return next(section for section in report.sections if section.exercise.id == id)


def note(id: str, **state: Any) -> Note:
    return Note(id, "asks", "q0", "en", id, **state)


# When


def test_an_exercise_took_the_minutes_that_the_room_was_there():
    report = reported()
    assert [(s.exercise.id, s.began, s.took) for s in report.sections] == [
        ("welcome", 1000.0, 10),
        ("asks", 1600.0, 10),
        ("roles", 2200.0, 10),
        ("pressures", 2800.0, 10),
        ("commitment", 3400.0, 10),
    ]


def test_what_the_room_came_back_to_took_both_times_and_began_the_first():
    visits = (Visit("asks", 1000.0), Visit("roles", 1300.0), Visit("asks", 1600.0))
    report = reported(replace(SESSION, visits=visits, ended_at=2200.0))
    assert (section(report, "asks").began, section(report, "asks").took) == (1000.0, 15)
    assert section(report, "roles").took == 5


def test_the_last_exercise_goes_on_until_the_end_or_until_now():
    assert section(reported(now=3520.0), "commitment").took == 2
    assert section(reported(replace(SESSION, ended_at=3700.0), now=99999.0), "commitment").took == 5


def test_where_the_room_never_was_nothing_is_told():
    report = reported(replace(SESSION, visits=SESSION.visits[:1]), {"roles": answers("card_sort", [])}, whole=True)
    roles = section(report, "roles")
    assert (roles.began, roles.took, roles.tally, roles.study, roles.quotes) == (None, None, None, None, ())


def test_a_session_that_never_began_began_when_it_was_made():
    assert reported(replace(SESSION, visits=())).began == 900.0
    assert reported().began == 1000.0


# What the room was shown


def test_a_tally_that_was_not_revealed_is_only_in_the_facilitators_version():
    hidden = replace(SESSION, steps={**SESSION.steps, "roles": Step(opened=2, closed=3)})
    given = {"roles": answers("card_sort", [{"placed": {"c0": "organiser"}}])}
    assert section(reported(hidden, given), "roles").tally is None
    told = section(reported(hidden, given, whole=True), "roles")
    assert (told.tally.responses, told.revealed) == (1, False)


def test_an_unrevealed_exercise_gives_no_findings_and_no_quotes():
    hidden = replace(SESSION, steps={})
    notes = (note("a", released=True, starred=True),)
    given = {
        "roles": answers("card_sort", [{"placed": {"c0": "organiser"}}] * 9),
        "asks": wrote(*notes),
        "commitment": wrote(*notes),
    }
    report = reported(hidden, given)
    assert (report.findings, section(report, "asks").quotes, report.actions) == ((), (), ())
    assert reported(hidden, given, whole=True).findings == ()
    assert section(reported(hidden, given, whole=True), "roles").tally is not None


def test_an_info_asks_nothing_and_is_told_without_a_reveal():
    welcome = section(reported(), "welcome")
    assert (welcome.asked, welcome.revealed) == (False, False)
    assert welcome.tally is not None


def test_only_starred_notes_that_the_room_saw_and_whose_writer_agreed_are_quoted():
    chosen = {"released": True, "starred": True, "quotable": True}
    notes = (
        note("quoted", **chosen),
        note("plain", released=True, quotable=True),
        note("waits", starred=True, quotable=True),
        note("hidden", hidden=True, **chosen),
        note("withdrawn", withdrawn=True, **chosen),
        note("private", released=True, starred=True),
    )
    asks = section(reported(given={"asks": wrote(*notes)}), "asks")
    assert ([n.id for n in asks.quotes], asks.waiting) == (["quoted"], 1)


def test_commitments_that_were_starred_are_the_actions_three_at_most():
    notes = tuple(note(f"n{n}", released=True, starred=True, quotable=n != 1) for n in range(5))
    report = reported(given={"commitment": wrote(*notes)})
    assert [n.id for n in report.actions] == ["n0", "n2", "n3"]


# Findings


def test_the_three_findings_that_are_most_worth_saying_come_first():
    sort = [{"placed": {"c0": "organiser", "c1": "sponsor" if n % 2 else "organiser"}} for n in range(10)]
    strong = {"pressure": "p1", "source": "party", "strength": 5, "visibility": "hidden"}
    given = {
        "asks": answers("notes", [KINDS["notes"].SAMPLE.responses[0]] * 3),
        "roles": answers("card_sort", sort),
        "pressures": answers("pressure_map", [{"placed": [strong]}] * 6),
    }
    report = reported(given=given)
    weights = [finding.weight for finding in report.findings]
    assert len(weights) == FINDINGS
    assert weights == sorted(weights, reverse=True)
    assert [finding.number for finding in report.findings] == ["6/6", "6/6", "10/10"]


# Who took part


def test_perspectives_are_told_when_each_has_enough_people():
    report = reported(by_perspective={"councillor": (SHOWN_FROM, 9), "officer": (SHOWN_FROM, 5)})
    assert [(p.id, n) for p, n in report.perspectives] == [("councillor", 9), ("officer", 5)]


def test_a_perspective_that_nobody_has_is_left_out():
    assert [(p.id, n) for p, n in reported(by_perspective={"councillor": (8, 8)}).perspectives] == [("councillor", 8)]


def test_one_small_group_hides_all_of_them():
    assert reported(by_perspective={"councillor": (20, 20), "officer": (SHOWN_FROM - 1, 30)}).perspectives == ()


def test_a_few_people_who_did_not_say_hide_them_too_because_the_rest_could_be_worked_out():
    assert reported(by_perspective={"councillor": (20, 20), None: (SHOWN_FROM - 1, 4)}).perspectives == ()
    assert len(reported(by_perspective={"councillor": (20, 20), None: (SHOWN_FROM, 5)}).perspectives) == 1


def test_an_exercise_that_was_left_open_when_people_went_home_does_not_say_how_long_it_took():
    last = section(reported(now=99999.0), "commitment")
    assert (last.began, last.took) == (3400.0, None)


def test_what_is_still_open_stands_in_no_version():
    steps = {**SESSION.steps, "roles": Step(accepting=True, opened=4)}
    assert section(reported(replace(SESSION, steps=steps), whole=True), "roles").tally is None


def test_people_phones_and_tables_are_as_they_joined():
    session = replace(SESSION, seats={"councillor": Seats(3, 8, 1), None: Seats(1, 1, 0)})
    report = build_report(session, lambda exercise: NOTHING, now=4000.0, whole=False, k=SHOWN_FROM)
    assert report.seats == Seats(4, 9, 1)


def test_a_public_write_up_tells_perspectives_only_of_ten_and_more():
    seats = {"councillor": (PUBLISHED_FROM, 12), "officer": (PUBLISHED_FROM - 1, 30)}
    assert reported(by_perspective=seats, k=PUBLISHED_FROM).perspectives == ()
    told = reported(by_perspective=seats | {"officer": (PUBLISHED_FROM, 30)}, k=PUBLISHED_FROM)
    assert ([(p.id, n) for p, n in told.perspectives], told.k) == ([("councillor", 12), ("officer", 30)], 10)


# Perspectives side by side, and what came late


def test_perspectives_stand_side_by_side_only_where_the_room_saw_the_answers():
    compared = side_by_side()
    given = {"roles": replace(answers("card_sort", SORTS), comparison=compared)}
    assert section(reported(given=given), "roles").comparison == compared
    hidden = replace(SESSION, steps={**SESSION.steps, "roles": Step(opened=2, closed=3)})
    assert section(reported(hidden, given, whole=True), "roles").comparison is None


def test_answers_that_came_after_the_reveal_are_told_of():
    assert section(reported(given={"roles": Given(late=3)}), "roles").late == 3
