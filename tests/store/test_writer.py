"""The one writer: what callers are told, and what is on disk when they are."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event, get_ident
from typing import Any

import gevent
import pytest
from sqlalchemy import event

from tests.cast import PATIENCE
from tests.store.ways_in import BEN, CARI, CODE, DOT, furnish, keep, opened, rows, session, status
from workshop.model import Invalid, Refused, Unknown
from workshop.store import Answer, Busy, Store, Tx


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(tmp_path / "cyd.sqlite3") as store:
        furnish(store)
        yield store


def together(store: Store, *verbs: Any) -> list[Any]:
    """All verbs in the queue before the writer looks; what each caller got, or was raised."""
    busy, gathered = Event(), Event()

    def first(tx: Tx) -> None:
        busy.set()
        gathered.wait(PATIENCE)  # on the writer's own thread: it looks again when every caller stands in the queue

    def ask(verb: Any) -> Any:
        try:
            return store.writer.do(verb)
        except Exception as error:
            return error

    gate = gevent.spawn(ask, first)
    gevent.sleep(0)
    assert busy.wait(PATIENCE)
    asking = [gevent.spawn(ask, verb) for verb in verbs]
    gevent.sleep(0)
    gathered.set()
    gevent.joinall([gate, *asking], raise_error=True)
    return [one.value for one in asking]


def answer(who: Any, n: int, value: Any, exercise: str = "jobs") -> Any:
    return lambda tx: tx.keep(Answer(who, exercise, n, value, False))


def test_what_do_returns_is_already_in_the_file(store: Store, tmp_path: Path) -> None:
    keep(store, 1, {"placed": {"c1": "paid"}})
    assert rows(tmp_path / "cyd.sqlite3", "select participant, n, value from response") == [
        ("ben", 1, '{"placed":{"c1":"paid"}}')
    ]


def test_answers_that_wait_together_are_committed_together(store: Store) -> None:
    commits: list[int] = []
    event.listen(store._writer_engine, "commit", lambda _: commits.append(1))
    kept = together(store, *(answer(who, n, {"n": n}) for n in range(1, 41) for who in (BEN, CARI, DOT)))
    assert [one.status for one in kept] == ["received"] * 120
    assert len(commits) == 2  # the one that held the queue, and all that had gathered


def test_answers_in_one_commit_are_judged_one_after_the_other(store: Store) -> None:
    kept = together(
        store, answer(BEN, 2, {"a": 2}), answer(BEN, 1, {"a": 1}), answer(BEN, 2, {"a": 2}), answer(BEN, 2, {"a": 9})
    )
    assert [status(one) for one in kept] == [
        ("received", 2, {"a": 2}),
        ("superseded", 2, {"a": 2}),
        ("received", 2, {"a": 2}),
        ("superseded", 2, {"a": 2}),
    ]


def test_one_commit_raises_the_revision_by_one_and_another_session_s_not_at_all(store: Store) -> None:
    before, dot = session(store).revision, session(store, DOT.session).revision
    together(store, *(answer(who, n, {"n": n}) for n in range(1, 20) for who in (BEN, CARI)))
    assert (session(store).revision, session(store, DOT.session).revision) == (before + 1, dot)


@pytest.mark.parametrize(
    "refusal", [Refused("No."), Invalid("field", "No."), Unknown("x")], ids=lambda e: type(e).__name__
)
def test_a_verb_that_is_refused_leaves_its_neighbours_committed(store: Store, refusal: Exception) -> None:
    def refuse(tx: Tx) -> None:
        tx.session(CODE)
        raise refusal

    first, refused, last = together(store, answer(BEN, 1, {"a": 1}), refuse, answer(CARI, 1, {"a": 2}))
    assert (status(first), refused, status(last)) == (("received", 1, {"a": 1}), refusal, ("received", 1, {"a": 2}))
    with store.read() as read:
        assert [read.mine(CODE, who.id)["jobs"].value for who in (BEN, CARI)] == [{"a": 1}, {"a": 2}]


def test_an_unforeseen_error_in_one_verb_leaves_its_neighbours_committed(store: Store) -> None:
    unforeseen = ZeroDivisionError("not ours")

    def break_(tx: Tx) -> None:
        tx.put(replace(tx.session(CODE), blank=True))
        raise unforeseen

    first, broken, last = together(store, answer(BEN, 1, {"a": 1}), break_, answer(CARI, 1, {"a": 2}))
    assert (status(first), broken, status(last)) == (("received", 1, {"a": 1}), unforeseen, ("received", 1, {"a": 2}))
    with store.read() as read:
        assert [read.mine(CODE, who.id)["jobs"].value for who in (BEN, CARI)] == [{"a": 1}, {"a": 2}]
    assert session(store).blank is False


def test_a_full_database_gives_all_who_wait_back_at_once_and_takes_them_when_there_is_room(store: Store) -> None:
    limit(store, 1)  # SQLite's own limit of pages, which is never less than there are
    long = {"a": "x" * 100_000}
    tries: list[int] = []
    event.listen(store._writer_engine, "rollback", lambda _: tries.append(1))
    refused = together(store, *(answer(who, 1, long) for who in (BEN, CARI, DOT)))
    assert [type(one) for one in refused] == [Busy] * 3
    assert (tries, store.writer.trouble) == ([1], "failing")
    limit(store, 100_000)
    kept = together(store, *(answer(who, 1, long) for who in (BEN, CARI, DOT)))
    assert [status(one) for one in kept] == [("received", 1, long)] * 3
    assert store.writer.trouble is None


def limit(store: Store, pages: int) -> None:
    store.writer.do(lambda tx: tx._connection.exec_driver_sql(f"pragma max_page_count={pages}").fetchall())


def test_verbs_run_one_after_the_other_on_a_thread_of_the_writer_s_own(store: Store) -> None:
    inside: list[int] = []
    most: list[int] = []

    def verb(tx: Tx) -> int:
        inside.append(1)
        most.append(len(inside))
        tx.session(CODE)
        inside.pop()
        return get_ident()

    threads = set(together(store, *[verb] * 20)) | {store.writer.do(verb)}
    assert len(threads) == 1
    assert get_ident() not in threads
    assert set(most) == {1}


def test_the_writer_goes_on_after_an_unforeseen_error(store: Store) -> None:
    with pytest.raises(ZeroDivisionError):
        store.writer.do(lambda tx: 1 // 0)
    assert status(keep(store, 1, {"a": 1})) == ("received", 1, {"a": 1})


def test_stopping_finishes_what_is_queued(tmp_path: Path) -> None:
    with opened(tmp_path / "cyd.sqlite3") as store:
        furnish(store)
        asking = [gevent.spawn(keep, store, n, {"n": n}) for n in range(1, 30)]
        gevent.sleep(0)
    gevent.joinall(asking, raise_error=True)
    assert rows(tmp_path / "cyd.sqlite3", "select n from response") == [(29,)]
