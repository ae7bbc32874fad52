"""What can be asked of the database: of one moment, and of one session."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.store.ways_in import BEN, CARI, CODE, DEMO, DOT, OTHER, furnish, keep, noted, opened, session, write
from workshop.gathered import Theme
from workshop.model import Group, Seats, Session, Step, Timer, Unknown, Visit
from workshop.store import Answer, Kept, Store, Tx
from workshop.text import Text


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(tmp_path / "cyd.sqlite3") as store:
        furnish(store)
        yield store


def test_a_session_comes_back_as_it_was_put(store: Store) -> None:
    def verb(tx: Tx) -> Session:
        moved = replace(
            tx.session(CODE),
            moved=4,
            current="jobs",
            steps={"jobs": Step(True, False, 2, 3, 4, 5.5)},
            visits=(Visit("hall", 1.5), Visit("jobs", 2.5)),
            timer=Timer((60, 120), 1.5, 2.0),
            blank=True,
            ended_at=9.5,
            answered_day=20,
            seats={None: Seats(2, 5, 1), "staff": Seats(1, 1)},
            groups=(
                Group(("staff",), DEMO.perspectives[2].title, own=True),
                Group(("resident", "volunteer", None), None, others=True, own=None),
            ),
        )
        tx.put(moved)
        return moved

    put = store.writer.do(verb)
    assert session(store) == replace(put, revision=put.revision + 1)
    assert session(store).workshop == DEMO


def test_no_groups_yet_and_no_groups_at_all_are_told_apart(store: Store) -> None:
    assert session(store).groups is None
    store.writer.do(lambda tx: tx.put(replace(tx.session(CODE), groups=())))
    assert session(store).groups == ()


def test_content_that_was_frozen_comes_back_in_that_session_s_copy_and_in_no_other(store: Store) -> None:
    jobs = DEMO.exercise("jobs").content
    fewer = jobs.model_copy(update={"cards": jobs.cards[:2]})
    store.writer.do(lambda tx: tx.put(tx.session(CODE).with_content("jobs", fewer)))
    assert (session(store).workshop.exercise("jobs").content, session(store).frozen) == (fewer, {"jobs": fewer})
    assert (session(store, OTHER).workshop, session(store, OTHER).frozen) == (DEMO, {})


def test_everything_in_one_read_is_of_one_moment(store: Store) -> None:
    with store.read() as read:
        before = read.session(CODE).revision
        keep(store, 1, {"a": 1})
        assert (read.session(CODE).revision, read.mine(CODE, "ben"), read.changed(CODE, "jobs")) == (before, {}, [])
    assert session(store).revision == before + 1


def test_changed_gives_the_rows_after_a_revision_and_no_others(store: Store) -> None:
    keep(store, 1, {"a": 1})
    seen = session(store).revision
    keep(store, 1, {"a": 2}, who=CARI)
    keep(store, 1, {"a": 3}, who=DOT)
    keep(store, 1, {"a": 4}, exercise="feel")
    with store.read() as read:
        assert [(row.participant, row.value) for row in read.changed(CODE, "jobs", (seen, "ben"))] == [
            ("cari", {"a": 2})
        ]
        assert [row.participant for row in read.changed(CODE, "jobs")] == ["ben", "cari"]


def test_what_changed_in_one_commit_can_be_read_by_slices(store: Store) -> None:
    many = [replace(BEN, id=f"p{n}", place_code=f"P{n}") for n in range(7)]

    def verb(tx: Tx) -> None:
        for who in many:
            tx.add_participant(who, who.id)
            tx.keep(Answer(who, "jobs", 1, {"a": 1}, late=False))

    store.writer.do(verb)
    seen, slices = (0, ""), []
    with store.read() as read:
        while rows := read.changed(CODE, "jobs", seen, 3):
            slices.append([row.participant for row in rows])
            seen = (rows[-1].revision, rows[-1].participant)
    assert slices == [["p0", "p1", "p2"], ["p3", "p4", "p5"], ["p6"]]


def test_a_participant_is_found_by_the_token_of_that_session_only(store: Store) -> None:
    with store.read() as read:
        assert (read.participant(CODE, "token of ben"), read.participant(OTHER, "token of dot")) == (BEN, DOT)
        assert (read.participant(CODE, "token of dot"), read.participant(OTHER, "token of ben")) == (None, None)


def test_a_place_code_belongs_to_one_session(store: Store) -> None:
    with store.read() as read:
        found = [read.participant_at(code, place) for code in (CODE, OTHER) for place in ("222222", "333333")]
    assert found == [BEN, CARI, DOT, None]


def test_those_who_joined_are_counted_as_phones_people_and_tables_of_one_session(store: Store) -> None:
    store.writer.do(lambda tx: tx.change_participant(BEN, perspective="staff"))
    assert (session(store).joined, session(store, OTHER).joined) == (Seats(2, 5, 1), Seats(1, 1, 0))
    assert {perspective: seats for perspective, seats in session(store).seats.items() if seats.phones} == {
        "staff": Seats(1, 1, 0),
        None: Seats(1, 4, 1),
    }


def test_what_is_mine_is_nobody_else_s(store: Store) -> None:
    keep(store, 4, {"a": 1})
    keep(store, 1, {"a": 2}, who=CARI)
    with store.read() as read:
        assert read.mine(CODE, "ben") == {"jobs": Kept(4, {"a": 1})}
        assert read.mine(OTHER, "ben") == {}


def test_notes_are_of_one_session_and_come_in_the_order_of_their_last_change(store: Store) -> None:
    write(store, 1, one="First")
    write(store, 1, CARI, two="Second")
    write(store, 1, DOT, dots="Dot's own")
    write(store, 2, one="First, changed")
    with store.read() as read:
        assert [note for _, note in read.notes(CODE, "ideas")] == [
            noted("two", "Second", writer="cari"),
            noted("one", "First, changed"),
        ]
        assert read.notes(CODE, "jobs") == []


def test_notes_after_a_revision_are_those_that_changed_since(store: Store) -> None:
    write(store, 1, one="First", two="Second")
    seen = session(store).revision
    write(store, 2, one="First", two="Second, changed")
    with store.read() as read:
        assert read.notes(CODE, "ideas", seen) == [(seen + 1, noted("two", "Second, changed"))]


def test_themes_are_of_one_session_and_exercise_in_their_order(store: Store) -> None:
    themes = [Theme("t2", Text(cy="Dau", en="Two"), 2), Theme("t1", Text(en="One"), 1)]
    store.writer.do(lambda tx: tx.notes.change(CODE, "ideas", {}, themes))
    store.writer.do(lambda tx: tx.notes.change(OTHER, "ideas", {}, themes[:1]))
    with store.read() as read:
        assert read.themes(CODE, "ideas") == (themes[1], themes[0])
        assert (read.themes(OTHER, "ideas"), read.themes(CODE, "jobs")) == ((themes[0],), ())


def test_there_is_something_to_undo_only_where_something_was_done(store: Store) -> None:
    store.writer.do(lambda tx: tx.notes.change(CODE, "ideas", {}, [Theme("t1", Text(en="One"), 1)]))
    with store.read() as read:
        found = [read.can_undo(code, exercise) for code in (CODE, OTHER) for exercise in ("ideas", "load")]
    assert found == [True, False, False, False]


def test_a_code_that_no_session_has_is_unknown(store: Store) -> None:
    with store.read() as read, pytest.raises(Unknown):
        read.session("ZZZZZZZ")
