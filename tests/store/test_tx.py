"""One transaction as a unit of work: answers by n, notes, what the wall keeps, and deletion."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import gevent
import pytest

from tests.store.ways_in import (
    BEN,
    CARI,
    CODE,
    DOT,
    OTHER,
    furnish,
    keep,
    noted,
    opened,
    reveal,
    rows,
    session,
    status,
    write,
)
from workshop.gathered import Note
from workshop.model import Unknown
from workshop.store import Answer, Store, Tx, writer


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(tmp_path / "cyd.sqlite3") as store:
        furnish(store)
        yield store


def notes(store: Store, code: str = CODE) -> dict[str, Note]:
    with store.read() as read:
        return {note.id: note for _, note in read.notes(code, "ideas")}


def wall(store: Store) -> dict[str, tuple[object, object]]:
    """Who answered `jobs`: what came in, and what stands on the wall of it."""
    with store.read() as read:
        shown = {}
        for row in read.changed(CODE, "jobs"):
            now = {name: getattr(row, name) for name in ("value", "size", "perspective")}
            shown[row.participant] = (now, row.wall if row.pending else now)
        return shown


def said(value: object, size: int = 1, perspective: str | None = None) -> dict[str, object]:
    return {"value": value, "size": size, "perspective": perspective}


# Answers by n


def test_the_same_n_with_the_same_value_is_received_again(store: Store) -> None:
    assert status(keep(store, 1, {"a": 1})) == ("received", 1, {"a": 1})
    assert status(keep(store, 1, {"a": 1})) == ("received", 1, {"a": 1})


def test_the_same_n_with_another_value_is_superseded_and_told_what_is_stored(store: Store) -> None:
    keep(store, 1, {"a": 1})
    assert status(keep(store, 1, {"a": 2})) == ("superseded", 1, {"a": 1})
    assert wall(store) == {"ben": (said({"a": 1}), said({"a": 1}))}


def test_an_older_n_is_superseded_even_with_the_value_that_is_stored(store: Store) -> None:
    keep(store, 7, {"a": 1})
    assert status(keep(store, 6, {"a": 1})) == ("superseded", 7, {"a": 1})


def test_a_larger_n_replaces_the_value_and_leaves_one_row(store: Store, tmp_path: Path) -> None:
    keep(store, 1, {"a": 1})
    assert status(keep(store, 5, {"a": 2})) == ("received", 5, {"a": 2})
    assert rows(tmp_path / "cyd.sqlite3", "select n, value from response") == [(5, '{"a":2}')]


def test_a_repeat_and_a_superseded_answer_raise_no_revision(store: Store) -> None:
    keep(store, 2, {"a": 1})
    before = session(store).revision
    keep(store, 2, {"a": 1})
    keep(store, 2, {"a": 9})
    keep(store, 1, {"a": 1})
    assert session(store).revision == before


def test_an_answer_raises_the_revision_of_its_own_session_only(store: Store) -> None:
    before = session(store).revision, session(store, OTHER).revision
    keep(store, 1, {"a": 1})
    assert (session(store).revision, session(store, OTHER).revision) == (before[0] + 1, before[1])


def test_a_late_answer_that_comes_again_is_late_again(store: Store) -> None:
    assert status(keep(store, 1, {"a": 1}, late=True)) == ("late", 1, {"a": 1})
    assert status(keep(store, 1, {"a": 1})) == ("late", 1, {"a": 1})


def test_one_participant_s_answers_and_exercises_are_apart(store: Store) -> None:
    keep(store, 3, {"a": 1})
    assert status(keep(store, 1, {"a": 2}, who=CARI)) == ("received", 1, {"a": 2})
    assert status(keep(store, 1, {"a": 3}, exercise="feel")) == ("received", 1, {"a": 3})
    with store.read() as read:
        mine = {exercise: (one.n, one.value) for exercise, one in read.mine(CODE, "ben").items()}
    assert mine == {"jobs": (3, {"a": 1}), "feel": (1, {"a": 3})}


# What the wall keeps


def test_after_the_reveal_a_new_answer_waits_and_the_wall_has_nothing_of_it(store: Store) -> None:
    reveal(store, "jobs")
    keep(store, 1, {"a": 1}, late=True)
    assert wall(store) == {"ben": (said({"a": 1}), None)}


def test_after_the_reveal_a_changed_answer_waits_beside_the_former_one(store: Store) -> None:
    keep(store, 1, {"a": 1})
    reveal(store, "jobs")
    keep(store, 2, {"a": 2}, late=True)
    keep(store, 3, {"a": 3}, late=True)
    assert wall(store) == {"ben": (said({"a": 3}), said({"a": 1}))}


def test_showing_late_answers_brings_the_wall_up_to_date_with_these(store: Store) -> None:
    keep(store, 1, {"a": 1})
    reveal(store, "jobs")
    keep(store, 2, {"a": 2}, late=True)
    keep(store, 1, {"a": 3}, who=CARI, late=True)
    store.writer.do(lambda tx: tx.show_late(CODE, "jobs", ["ben", "nobody"]))
    assert wall(store) == {"ben": (said({"a": 2}), said({"a": 2})), "cari": (said({"a": 3}, 4), None)}


def test_what_waits_is_told_with_the_perspectives_in_which_the_wall_would_change(store: Store) -> None:
    keep(store, 1, {"a": 1})
    reveal(store, "jobs")
    store.writer.do(lambda tx: tx.change_participant(BEN, perspective="staff"))
    keep(store, 1, {"a": 3}, who=CARI, late=True)
    waiting = {"ben": {None, "staff"}, "cari": {None}}
    assert store.writer.do(lambda tx: tx.waiting(CODE, "jobs")) == waiting
    assert store.writer.do(lambda tx: (tx.waiting(CODE, "feel"), tx.waiting(OTHER, "jobs"))) == ({}, {})


def test_a_changed_perspective_or_table_size_waits_too_once_revealed(store: Store) -> None:
    keep(store, 1, {"a": 1})
    keep(store, 1, {"b": 1}, who=CARI)
    reveal(store, "jobs")
    store.writer.do(lambda tx: tx.change_participant(BEN, perspective="staff"))
    store.writer.do(lambda tx: tx.change_participant(CARI, size=6))
    assert wall(store) == {
        "ben": (said({"a": 1}, 1, "staff"), said({"a": 1}, 1, None)),
        "cari": (said({"b": 1}, 6), said({"b": 1}, 4)),
    }


def test_a_changed_table_size_counts_at_once_while_nothing_is_revealed(store: Store) -> None:
    keep(store, 1, {"b": 1}, who=CARI)
    store.writer.do(lambda tx: tx.change_participant(CARI, size=6))
    assert wall(store) == {"cari": (said({"b": 1}, 6), said({"b": 1}, 6))}


def test_another_language_changes_no_answer(store: Store) -> None:
    keep(store, 1, {"a": 1})
    before = session(store).revision
    store.writer.do(lambda tx: tx.change_participant(BEN, language="en"))
    assert session(store).revision == before


# Notes


def test_a_note_waits_until_it_is_revealed(store: Store) -> None:
    write(store, 1, one="Buses")
    assert notes(store) == {"one": noted("one", "Buses")}
    reveal(store, "ideas")
    assert notes(store) == {"one": noted("one", "Buses", released=True)}


def test_a_changed_note_is_unstarred_and_unreleased(store: Store) -> None:
    write(store, 1, one="Buses", two="Trams")
    reveal(store, "ideas")
    for id in ("one", "two"):
        store.writer.do(lambda tx, id=id: tx.notes.change(CODE, "ideas", {id: {"starred": True}}))
    write(store, 2, one="More buses", two="Trams")
    assert notes(store) == {
        "one": noted("one", "More buses"),
        "two": noted("two", "Trams", released=True, starred=True),
    }


def test_a_note_that_was_released_leaves_withdrawn_where_it_stood(store: Store) -> None:
    write(store, 1, one="Buses")
    reveal(store, "ideas")
    store.writer.do(lambda tx: tx.notes.change(CODE, "ideas", {"one": {"starred": True}}))
    write(store, 2)
    assert notes(store) == {"one": noted("one", "", released=True, withdrawn=True)}


def test_a_note_that_nobody_was_shown_leaves_a_row_without_words_when_it_is_taken_back(
    store: Store, tmp_path: Path
) -> None:
    write(store, 1, one="Buses", two="Trams")
    write(store, 2, two="Trams")
    assert notes(store) == {"one": noted("one", "", withdrawn=True), "two": noted("two", "Trams")}
    assert notes(store)["one"].state == "gone"
    assert rows(tmp_path / "cyd.sqlite3", "select id, text, parts from note order by id") == [
        ("one", "", "{}"),
        ("two", "Trams", "{}"),
    ]


def test_a_note_that_was_taken_back_unseen_waits_anew_when_it_is_written_again(store: Store) -> None:
    write(store, 1, one="Buses")
    write(store, 2)
    write(store, 3, one="Buses")
    assert notes(store) == {"one": noted("one", "Buses")}


def test_only_a_note_that_changed_gets_the_revision_of_the_change(store: Store) -> None:
    write(store, 1, one="Buses", two="Trams")
    seen = session(store).revision
    write(store, 2, one="Buses", two="More trams")
    write(store, 3, one="Buses", two="More trams")
    with store.read() as read:
        assert [(at, note.id) for at, note in read.notes(CODE, "ideas", seen)] == [(seen + 1, "two")]


def test_a_changed_note_stays_in_its_theme_and_stands_for_itself_again(store: Store) -> None:
    write(store, 1, one="Buses", two="Trams")
    themed = {"themes": ["t1"], "merged_into": "two", "apart": ["two"], "accepted": True}
    store.writer.do(lambda tx: tx.notes.change(CODE, "ideas", {"one": themed}))
    write(store, 2, one="More buses", two="Trams")
    assert notes(store)["one"] == noted("one", "More buses", themes=("t1",))


def test_a_note_that_is_written_again_after_it_was_withdrawn_waits_anew(store: Store) -> None:
    write(store, 1, one="Buses")
    reveal(store, "ideas")
    write(store, 2)
    write(store, 3, one="Buses")
    assert notes(store) == {"one": noted("one", "Buses")}


def test_a_hidden_note_stays_hidden_when_it_is_changed_and_when_the_room_reveals(store: Store) -> None:
    write(store, 1, one="Mrs Jones")
    store.writer.do(lambda tx: tx.notes.change(CODE, "ideas", {"one": {"hidden": True, "reason": "names a person"}}))
    write(store, 2, one="Mrs J")
    reveal(store, "ideas")
    assert notes(store) == {"one": noted("one", "Mrs J", hidden=True, reason="names a person")}


def test_an_answer_that_comes_again_leaves_its_notes_as_the_facilitator_marked_them(store: Store) -> None:
    write(store, 1, one="Buses")
    reveal(store, "ideas")
    store.writer.do(lambda tx: tx.notes.change(CODE, "ideas", {"one": {"starred": True}}))
    write(store, 1, one="Buses")
    assert notes(store) == {"one": noted("one", "Buses", released=True, starred=True)}


def test_a_note_of_another_session_cannot_be_marked(store: Store) -> None:
    write(store, 1, DOT, dots="Dot's own")
    with pytest.raises(Unknown):
        store.writer.do(lambda tx: tx.notes.change(CODE, "ideas", {"dots": {"hidden": True}}))
    assert notes(store, OTHER) == {"dots": noted("dots", "Dot's own", writer="dot")}


def test_two_phones_that_made_the_same_note_id_keep_two_notes(store: Store, tmp_path: Path) -> None:
    write(store, 1, one="Ben's")
    write(store, 1, CARI, one="Cari's")
    assert rows(tmp_path / "cyd.sqlite3", "select participant, text from note order by participant") == [
        ("ben", "Ben's"),
        ("cari", "Cari's"),
    ]


# Deletion

CANARY = "canarybird"


def trace(folder: Path, word: str) -> list[str]:
    """Names of the database's files that hold the word's bytes."""
    return [file.name for file in sorted(folder.iterdir()) if word.encode() in file.read_bytes()]


def test_a_deleted_session_leaves_no_trace_in_any_file_of_the_database(store: Store, tmp_path: Path) -> None:
    write(store, 1, one=CANARY)
    write(store, 2, one=CANARY + " again")
    keep(store, 1, {"placed": {CANARY: "paid"}})
    write(store, 1, DOT, dots="Dot's own")
    assert trace(tmp_path, CANARY) == ["cyd.sqlite3-wal"]
    store.writer.do(lambda tx: tx.delete_session(CODE))
    assert trace(tmp_path, CANARY) == []
    with pytest.raises(Unknown):
        session(store)
    assert notes(store, OTHER) == {"dots": noted("dots", "Dot's own", writer="dot")}


def test_deletion_leaves_no_trace_of_what_an_earlier_checkpoint_wrote_into_the_main_file(
    store: Store, tmp_path: Path
) -> None:
    write(store, 1, one=CANARY)
    rows(tmp_path / "cyd.sqlite3", "pragma wal_checkpoint(truncate)")
    assert trace(tmp_path, CANARY) == ["cyd.sqlite3"]
    store.writer.do(lambda tx: tx.delete_session(CODE))
    assert trace(tmp_path, CANARY) == []


def test_deletion_in_one_commit_with_other_verbs_takes_everything(store: Store, tmp_path: Path) -> None:
    def verb(tx: Tx) -> None:
        tx.keep(Answer(BEN, "jobs", 9, {"placed": {CANARY: "paid"}}, False))
        tx.delete_session(CODE)

    store.writer.do(verb)
    assert rows(tmp_path / "cyd.sqlite3", "select count(*) from response where session = ?", CODE) == [(0,)]
    assert trace(tmp_path, CANARY) == []


def test_a_program_that_reads_on_and_on_after_a_deletion_holds_up_no_later_commit_and_then_the_trace_goes(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(store, 1, one=CANARY)
    monkeypatch.setattr(writer, "SCRUB_MILLISECONDS", 1000)
    with closing(sqlite3.connect(tmp_path / "cyd.sqlite3", isolation_level=None)) as reader:
        reader.execute("begin")
        reader.execute("select count(*) from note").fetchone()
        store.writer.do(lambda tx: tx.delete_session(CODE))
        assert "cyd.sqlite3-wal" in trace(tmp_path, CANARY)
        with gevent.Timeout(30):  # where each of them waited this would be minutes
            for n in range(1, 200):
                assert keep(store, n, {"placed": {"c1": "paid"}}, who=DOT).status == "received"
        assert "cyd.sqlite3-wal" in trace(tmp_path, CANARY)
    keep(store, 200, {"placed": {"c1": "paid"}}, who=DOT)
    assert trace(tmp_path, CANARY) == []
