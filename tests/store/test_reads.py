"""What can be asked of the database: of one moment, and of one session."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.store.ways_in import BEN, CARI, CODE, DEMO, DOT, OTHER, furnish, keep, opened, session, write
from workshop.model import Note, Session, Step, Timer, Unknown, Visit
from workshop.store import Joined, Kept, Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(tmp_path / "cyd.sqlite3") as store:
        furnish(store)
        yield store


def test_a_session_comes_back_as_it_was_put(store: Store) -> None:
    def verb(tx: object) -> Session:
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
        )
        tx.put(moved)
        return moved

    put = store.writer.do(verb)
    assert session(store) == replace(put, revision=put.revision + 1)
    assert session(store).workshop == DEMO


def test_everything_in_one_read_is_of_one_moment(store: Store) -> None:
    with store.read() as read:
        before = read.session(CODE).revision
        keep(store, 1, {"a": 1})
        assert (read.session(CODE).revision, read.mine(CODE, "ben"), read.changed(CODE, "jobs", 0)) == (before, {}, [])
    assert session(store).revision == before + 1


def test_changed_gives_the_rows_after_a_revision_and_no_others(store: Store) -> None:
    keep(store, 1, {"a": 1})
    seen = session(store).revision
    keep(store, 1, {"a": 2}, who=CARI)
    keep(store, 1, {"a": 3}, who=DOT)
    keep(store, 1, {"a": 4}, exercise="feel")
    with store.read() as read:
        assert [(row["participant"], row["value"]) for row in read.changed(CODE, "jobs", seen)] == [("cari", {"a": 2})]
        assert [row["participant"] for row in read.changed(CODE, "jobs", 0)] == ["ben", "cari"]


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
    with store.read() as read:
        assert (read.joined(CODE), read.joined(OTHER)) == (Joined(2, 5, 1), Joined(1, 1, 0))
        assert (read.by_perspective(CODE), read.by_perspective(OTHER)) == (
            {"staff": (1, 1), None: (1, 4)},
            {None: (1, 1)},
        )


def test_what_is_mine_is_nobody_else_s(store: Store) -> None:
    keep(store, 4, {"a": 1})
    keep(store, 1, {"a": 2}, who=CARI)
    with store.read() as read:
        assert read.mine(CODE, "ben") == {"jobs": Kept(4, {"a": 1})}
        assert read.mine(OTHER, "ben") == {}


def test_notes_are_of_one_session_and_the_latest_change_comes_first(store: Store) -> None:
    write(store, 1, one="First")
    write(store, 1, CARI, two="Second")
    write(store, 1, DOT, dots="Dot's own")
    write(store, 2, one="First, changed")
    with store.read() as read:
        assert read.notes(CODE, "ideas") == (
            Note("one", "ideas", "keep", "en", "First, changed"),
            Note("two", "ideas", "keep", "en", "Second"),
        )
        assert read.notes(CODE, "jobs") == ()


def test_a_code_that_no_session_has_is_unknown(store: Store) -> None:
    with store.read() as read, pytest.raises(Unknown):
        read.session("ZZZZZZZ")
