"""How a session moves. Times are epoch seconds; each `kept` is one verb's change on disk, one revision further."""

from dataclasses import replace

import pytest
from pydantic import ValidationError

from workshop.gathered import Note
from workshop.model import (
    KEEP_DAYS,
    LATE_SECONDS,
    Cut,
    CutExercise,
    Exercise,
    Invalid,
    Phase,
    Refused,
    Session,
    Step,
    Timer,
    Unknown,
    Value,
    Visit,
    Workshop,
    parse,
)
from workshop.text import Text

ALONE, TOGETHER = Phase(title=Text(en="alone"), minutes=2), Phase(title=Text(en="together"), minutes=3)
WORKSHOP = Workshop(
    id="test",
    title=Text(en="Test"),
    agenda=(
        Exercise(id="welcome", kind="info", title=Text(en="Welcome"), minutes=5),
        Exercise(id="asks", kind="notes", title=Text(en="Asks"), minutes=5, phases=(ALONE, TOGETHER)),
        Exercise(id="roles", kind="card_sort", title=Text(en="Roles"), minutes=10),
    ),
)
NEW = Session("BCDFGHJ", WORKSHOP, "Ada", "ada@example.org", created_at=1000.0)


def kept(session: Session) -> Session:
    """As the store leaves it: one revision further."""
    return replace(session, revision=session.revision + 1)


def at(exercise: str) -> Session:
    return kept(NEW.gone_to(exercise, at=1, now=1000.0))


def opened() -> Session:
    session = at("asks")
    return kept(session.opened("asks", at=session.revision, now=1010.0))


def closed() -> Session:
    session = opened()
    return kept(session.closed("asks", at=session.revision, now=1100.0))


def revealed() -> Session:
    session = closed()
    return kept(session.revealed("asks", at=session.revision, now=1110.0))


# Going, opening, closing, revealing


def test_a_new_session_is_nowhere():
    assert (NEW.current, NEW.exercise, NEW.timer, NEW.visits) == (None, None, None, ())
    assert NEW.step("asks") == Step()


def test_going_to_an_info_starts_its_timer_and_notes_the_visit():
    session = at("welcome")
    assert session.current == "welcome"
    assert session.timer == Timer(lengths=(300,), began=1000.0)
    assert session.visits == (Visit("welcome", 1000.0),)


def test_going_to_an_exercise_that_asks_starts_no_timer_and_opens_nothing():
    session = at("asks")
    assert session.timer is None
    assert session.step("asks") == Step()


def test_going_where_the_room_is_notes_no_second_visit():
    session = at("welcome").gone_to("welcome", at=2, now=1050.0)
    assert session.visits == (Visit("welcome", 1000.0),)


def test_going_to_what_is_not_on_the_agenda_is_unknown():
    with pytest.raises(Unknown):
        NEW.gone_to("nowhere", at=1, now=1000.0)


def test_opening_takes_answers_and_starts_the_phases():
    session = opened()
    assert session.step("asks") == Step(accepting=True, opened=3)
    assert session.timer == Timer(lengths=(120, 180), began=1010.0)


def test_an_info_cannot_be_opened():
    with pytest.raises(Refused, match="There is nothing to answer here"):
        at("welcome").opened("welcome", at=2, now=1010.0)


def test_only_the_exercise_that_the_room_is_at_can_be_opened():
    with pytest.raises(Refused, match="The room is at another exercise now"):
        at("welcome").opened("asks", at=2, now=1010.0)


def test_closing_keeps_the_timer_and_shows_nothing():
    session = closed()
    assert session.step("asks") == Step(opened=3, closed=4, closed_at=1100.0)
    assert session.timer == Timer(lengths=(120, 180), began=1010.0)


def test_closing_what_is_closed_does_not_move_the_time_of_the_close():
    session = closed().closed("asks", at=4, now=2000.0)
    assert session.step("asks") == Step(opened=3, closed=4, closed_at=1100.0)


def test_reveal_closes():
    session = opened().revealed("asks", at=3, now=1100.0)
    assert session.step("asks") == Step(revealed=True, opened=3, closed=4, closed_at=1100.0)


def test_revealing_after_the_close_leaves_the_close_where_it_was():
    assert revealed().step("asks") == Step(revealed=True, opened=3, closed=4, closed_at=1100.0)


def test_a_view_is_turned_and_never_before_the_first():
    assert revealed().viewed("asks", 2, at=5).step("asks").view == 2
    assert revealed().viewed("asks", -1, at=5).step("asks").view == 0


def test_opening_again_hides_what_was_revealed_and_begins_at_the_first_view():
    session = kept(revealed().viewed("asks", 2, at=5))
    assert session.opened("asks", at=6, now=1200.0).step("asks") == Step(
        accepting=True, opened=7, closed=4, closed_at=1100.0
    )


def test_leaving_an_open_exercise_closes_it():
    session = opened().gone_to("roles", at=3, now=1100.0)
    assert session.step("asks") == Step(opened=3, closed=4, closed_at=1100.0)
    assert session.current == "roles"


def test_going_back_shows_what_was_revealed_and_opens_nothing():
    session = kept(revealed().gone_to("roles", at=5, now=1200.0)).gone_to("asks", at=6, now=1300.0)
    assert session.step("asks") == revealed().step("asks")
    assert session.visits == (Visit("asks", 1000.0), Visit("roles", 1200.0), Visit("asks", 1300.0))


def test_going_somewhere_or_opening_ends_the_blank_screen():
    dark = replace(at("asks"), blank=True)
    assert dark.gone_to("roles", at=2, now=1050.0).blank is False
    assert dark.opened("asks", at=2, now=1050.0).blank is False


# Two facilitators


def test_two_people_pressing_next_move_one_step():
    session = at("welcome")
    first = kept(session.gone_to("asks", at=2, now=1050.0))
    with pytest.raises(Refused, match="Someone else moved the session just now"):
        first.gone_to("roles", at=2, now=1050.1)


@pytest.mark.parametrize(
    "verb",
    [
        lambda s: s.gone_to("roles", at=2, now=1050.0),
        lambda s: s.opened("asks", at=2, now=1050.0),
        lambda s: s.closed("asks", at=2, now=1050.0),
        lambda s: s.revealed("asks", at=2, now=1050.0),
        lambda s: s.viewed("asks", 1, at=2),
        lambda s: s.extended(60, at=2, now=1050.0),
        lambda s: s.ended(at=2, now=1050.0),
    ],
    ids=["go_to", "open", "close", "reveal", "view", "extend", "end"],
)
def test_every_verb_that_moves_is_refused_to_who_has_not_seen_the_last_move(verb):
    with pytest.raises(Refused, match="Someone else moved the session just now"):
        verb(opened())


def test_undoing_the_end_is_refused_to_who_has_not_seen_it():
    ended = kept(at("welcome").ended(at=2, now=1050.0))
    with pytest.raises(Refused, match="Someone else moved the session just now"):
        ended.reopened(at=2)


def test_answers_and_pauses_do_not_come_between_two_presses():
    session = replace(opened(), revision=40)  # thirty-seven answers later
    paused = kept(session.paused(True, now=1050.0))
    assert paused.closed("asks", at=3, now=1060.0).step("asks").accepting is False


# Answers and when they come


def test_an_answer_to_an_open_exercise_is_in_time():
    assert opened().check_accepts("asks", made_at=3, now=1020.0) is False


def test_an_answer_made_while_open_is_late_but_counted_for_a_minute_after_the_close():
    assert closed().check_accepts("asks", made_at=3, now=1100.0) is True
    assert closed().check_accepts("asks", made_at=3, now=1100.0 + LATE_SECONDS) is True


def test_an_answer_that_comes_later_than_that_is_refused():
    with pytest.raises(Refused, match="This closed before your answer arrived"):
        closed().check_accepts("asks", made_at=3, now=1100.1 + LATE_SECONDS)


def test_an_answer_made_after_the_close_is_refused_at_once():
    with pytest.raises(Refused, match="This closed before your answer arrived"):
        closed().check_accepts("asks", made_at=4, now=1100.0)


def test_an_answer_to_what_never_opened_is_refused():
    with pytest.raises(Refused, match="This closed before your answer arrived"):
        at("asks").check_accepts("asks", made_at=2, now=1000.0)


def test_an_answer_is_still_late_after_the_room_has_gone_on_or_ended():
    on = kept(opened().gone_to("roles", at=3, now=1100.0))
    over = kept(opened().ended(at=3, now=1100.0))
    assert on.check_accepts("asks", made_at=3, now=1130.0) is True
    assert over.check_accepts("asks", made_at=3, now=1130.0) is True


# The end


def test_the_end_closes_and_stops_the_timer():
    session = opened().ended(at=3, now=1100.0)
    assert session.step("asks") == Step(opened=3, closed=4, closed_at=1100.0)
    assert (session.ended_at, session.timer) == (1100.0, None)


@pytest.mark.parametrize(
    "verb",
    [
        lambda s: s.gone_to("roles", at=6, now=1300.0),
        lambda s: s.opened("asks", at=6, now=1300.0),
        lambda s: s.closed("asks", at=6, now=1300.0),
        lambda s: s.revealed("asks", at=6, now=1300.0),
        lambda s: s.viewed("asks", 1, at=6),
        lambda s: s.extended(60, at=6, now=1300.0),
        lambda s: s.paused(True, now=1300.0),
        lambda s: s.ended(at=6, now=1300.0),
    ],
    ids=["go_to", "open", "close", "reveal", "view", "extend", "pause", "end"],
)
def test_after_the_end_nothing_moves(verb):
    ended = kept(revealed().ended(at=5, now=1200.0))
    with pytest.raises(Refused, match="This session has ended"):
        verb(ended)


def test_the_end_can_be_undone_and_the_room_goes_on_where_it_was():
    ended = kept(opened().ended(at=3, now=1200.0))
    session = kept(ended.reopened(at=4))
    assert (session.ended_at, session.current) == (None, "asks")
    assert session.step("asks").accepting is False
    assert session.revealed("asks", at=5, now=1300.0).step("asks").revealed is True


def test_the_end_cannot_be_undone_while_the_write_up_is_published():
    published = replace(kept(opened().ended(at=3, now=1200.0)), published="BCDFGHJKMN")
    with pytest.raises(Refused, match="The write-up is published"):
        published.reopened(at=4)
    assert replace(published, published=None).reopened(at=4).ended_at is None


def test_what_has_not_ended_cannot_be_undone():
    with pytest.raises(Refused, match="This session has not ended"):
        at("welcome").reopened(at=2)


def test_answers_are_kept_thirty_days_after_the_end_or_after_the_day_of_the_last_answer():
    day = 86400
    assert NEW.keeps_until == 1000.0 + KEEP_DAYS * day
    assert replace(NEW, answered_day=10).keeps_until == (11 + KEEP_DAYS) * day
    assert replace(NEW, answered_day=10, ended_at=5000.0).keeps_until == 5000.0 + KEEP_DAYS * day


# The timer


def test_phases_follow_one_another_and_the_last_stays():
    timer = Timer(lengths=(120, 180), began=1000.0)
    assert [timer.phase(1000.0 + s) for s in (0, 119, 120, 299, 300, 9999)] == [0, 0, 1, 1, 1, 1]


def test_a_timer_that_has_not_begun_yet_is_in_its_first_phase():
    assert Timer(lengths=(120, 180), began=1000.0).phase(900.0) == 0


def test_one_more_minute_goes_to_the_phase_that_runs():
    timer = Timer(lengths=(120, 180), began=1000.0)
    assert timer.extended(60, now=1010.0).lengths == (180, 180)
    assert timer.extended(60, now=1130.0).lengths == (120, 240)


def test_one_more_minute_when_time_is_up_is_a_minute_from_now():
    timer = Timer(lengths=(120, 180), began=1000.0)
    assert timer.extended(60, now=1400.0).lengths == (120, 180 + 100 + 60)


def test_a_pause_moves_the_rest_on_by_its_length():
    timer = Timer(lengths=(120,), began=1000.0)
    paused = timer.paused(now=1030.0)
    assert [paused.elapsed(now) for now in (1030.0, 1090.0)] == [30.0, 30.0]
    assert paused.resumed(now=1090.0) == Timer(lengths=(120,), began=1060.0)


def test_pausing_and_resuming_twice_is_as_once():
    timer = Timer(lengths=(120,), began=1000.0)
    paused = timer.paused(now=1030.0)
    assert paused.paused(now=1050.0) == paused
    assert timer.resumed(now=1050.0) == timer


def test_a_session_extends_and_pauses_the_timer_that_runs():
    assert opened().extended(60, at=3, now=1020.0).timer == Timer(lengths=(180, 180), began=1010.0)
    paused = opened().paused(True, now=1020.0)
    assert paused.timer == Timer(lengths=(120, 180), began=1010.0, paused_at=1020.0)
    assert paused.paused(False, now=1030.0).timer == Timer(lengths=(120, 180), began=1020.0)


def test_without_a_timer_there_is_nothing_to_extend_or_pause():
    for verb in (lambda s: s.extended(60, at=2, now=1020.0), lambda s: s.paused(True, now=1020.0)):
        with pytest.raises(Refused, match="No timer is running"):
            verb(at("asks"))


# Values


def test_phases_must_fill_the_minutes():
    with pytest.raises(ValidationError, match="the phases take 5 minutes but the exercise has 6"):
        Exercise(id="asks", kind="notes", title=Text(), minutes=6, phases=(ALONE, TOGETHER))


def test_a_workshop_lasts_as_long_as_its_exercises():
    assert WORKSHOP.minutes == 20


# Shorter runs

FOLLOWED = WORKSHOP.model_copy(
    update={
        "agenda": (
            *WORKSHOP.agenda,
            Exercise(id="again", kind="card_sort", title=Text(en="Again"), minutes=10, of="roles"),
        )
    }
)


def with_cuts(*cuts: Cut, workshop: Workshop = FOLLOWED) -> Workshop:
    return Workshop(**{**workshop.__dict__, "cuts": cuts})


def cut(*exercises: tuple[str, int] | tuple[str, int, tuple[int, ...]], reading: tuple[str, ...] = ()) -> Cut:
    kept = [CutExercise(id=id, minutes=minutes, phases=tuple(*rest)) for id, minutes, *rest in exercises]
    return Cut(exercises=tuple(kept), reading=reading)


def told(*cuts: Cut) -> str:
    with pytest.raises(ValidationError) as error:
        with_cuts(*cuts)
    return str(error.value.errors()[0]["msg"]).removeprefix("Value error, ")


def test_a_shorter_run_has_its_exercises_with_their_minutes_there_and_nothing_else():
    workshop = with_cuts(cut(("welcome", 2), ("roles", 9), ("again", 4)), cut(("asks", 3, (1, 2)), ("roles", 8)))
    shorter = workshop.cut(15)
    assert [(one.id, one.minutes, one.of) for one in shorter.agenda] == [
        ("welcome", 2, None),
        ("roles", 9, None),
        ("again", 4, "roles"),
    ]
    assert (shorter.minutes, shorter.cuts, shorter.reading, shorter.id) == (15, (), (), "test")
    assert [one.content for one in shorter.agenda] == [workshop.exercise(one.id).content for one in shorter.agenda]
    assert workshop.minutes == 30


def test_an_exercise_of_a_shorter_run_has_phases_of_its_own_or_none():
    workshop = with_cuts(cut(("asks", 3, (1, 2)), ("roles", 8)), cut(("asks", 4)))
    assert [(phase.title.en, phase.minutes) for phase in workshop.cut(11).exercise("asks").phases] == [
        ("alone", 1),
        ("together", 2),
    ]
    assert workshop.cut(4).exercise("asks").phases == ()


def test_the_run_of_all_the_minutes_is_the_whole_one_and_any_other_is_unknown():
    workshop = with_cuts(cut(("welcome", 2)))
    assert workshop.cut(30) is workshop
    for minutes in (0, 3, 31):
        with pytest.raises(Unknown):
            workshop.cut(minutes)


def test_what_people_read_beforehand_stands_beside_the_agenda():
    shorter = with_cuts(cut(("welcome", 2), reading=("roles", "asks"))).cut(2)
    assert [one.id for one in shorter.reading] == ["roles", "asks"]
    assert [one.id for one in shorter.agenda] == ["welcome"]


def test_a_shorter_run_that_does_not_fit_is_told():
    welcome = ("welcome", 2)
    assert told(cut(("nowhere", 2))) == "the cut of 2 minutes has 'nowhere', which is not on the agenda"
    assert told(cut(welcome, reading=("nowhere",))) == "the cut of 2 minutes has 'nowhere', which is not on the agenda"
    order = "the cut of 4 minutes changes the order of the agenda or names one twice"
    assert (told(cut(("asks", 2), welcome)), told(cut(welcome, welcome))) == (order, order)
    assert told(cut(("again", 2))) == "the cut of 2 minutes keeps 'again' without 'roles'"
    assert told(cut(("asks", 3, (3,)))) == "a cut gives 'asks' 1 phases; it has 2"
    assert told(cut(("roles", 3, (3,)))) == "a cut gives 'roles' 1 phases; it has 0"
    assert told(cut(("asks", 3, (1, 1)))) == "a cut gives 'asks' phases that do not add up to 3 minutes"
    both = "the cut of 2 minutes both does 'welcome' and leaves it to be read"
    assert told(cut(welcome, reading=("welcome",))) == both
    needs = "the cut of 2 minutes has 'again' to read, which needs 'roles'"
    assert told(cut(welcome, reading=("again",))) == needs


def test_runs_are_told_apart_by_their_minutes():
    assert told(cut(("welcome", 2)), cut(("roles", 2))) == "two runs take 2 minutes; a run is told by its minutes"
    assert told(cut(("welcome", 30))) == "two runs take 30 minutes; a run is told by its minutes"


class Pair(Value):
    left: int
    right: int = 0


def test_parsing_names_the_field_that_is_wrong_and_converts_nothing():
    assert parse(Pair, {"left": 1}) == Pair(left=1, right=0)
    for raw, field in (({"left": "1"}, "left"), ({"left": 1, "more": 2}, "more"), (None, "value"), ({}, "left")):
        with pytest.raises(Invalid) as error:
            parse(Pair, raw)
        assert error.value.field == field


def test_a_note_is_shown_only_when_released_and_never_while_hidden_or_taken_back():
    states = {
        (withdrawn, hidden, released): Note("n", "e", "g", "cy", "t", released, hidden, withdrawn=withdrawn).state
        for withdrawn in (False, True)
        for hidden in (False, True)
        for released in (False, True)
    }
    assert states == {
        (False, False, False): "waiting",
        (False, False, True): "shown",
        (False, True, False): "hidden",
        (False, True, True): "hidden",
        (True, False, False): "gone",
        (True, False, True): "withdrawn",
        (True, True, False): "gone",
        (True, True, True): "withdrawn",
    }
