"""Around one commit: who is told what and when, and what a kill leaves behind. And no transaction outlives its turn."""

import sqlite3
import traceback
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import gevent
import greenlet
import pytest
from flask import Flask
from sqlalchemy import Engine, event

from tests.faults.machine.ledger import revision, rows
from tests.faults.machine.server import Server, begun
from tests.house import BEGIN, CODE
from workshop.gathered import Participant
from workshop.pages import Parts

PLACED = {"placed": {"c0": "left"}}
RECEIVED = {"ok": True, "status": "received", "n": 1}
SURFACES = (("screen", "both"), ("phone", "cy"), ("console", "en"), ("themes:ideas", "cy"))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """The card sort is open, and three phones have joined."""
    file = tmp_path / "1.sqlite3"
    file.write_bytes(begun("sort")[0])
    server = started(file)
    yield server
    server.close()


@pytest.fixture
def ben() -> Participant:
    return begun("sort")[1][0]


def started(file: Path) -> Server:
    return Server(file, lambda *sent: None, lambda: BEGIN)


def answer(server: Server, who: Participant) -> Any:
    message = {"v": 1, "exercise": "sort", "n": 1, "rev": revision(server), "value": PLACED}
    return server.sockets.answer(who, message, "en")[1]


@pytest.mark.parametrize("stop", ["write", "commit"])
def test_who_is_killed_before_the_commit_has_told_nobody_and_sending_again_keeps_it_once(
    server: Server, ben: Participant, stop: str
) -> None:
    told, left = server.together(lambda: answer(server, ben), stop=stop)
    assert told == [None]
    assert left is not None
    again = started(left)
    found = [rows(again), answer(again, ben), rows(again), again.rows("pragma integrity_check")]
    again.close()
    assert found == [{}, RECEIVED, {(ben.id, "sort"): (1, PLACED)}, [("ok",)]]


def test_who_is_killed_after_the_commit_has_kept_it_and_sending_again_changes_nothing(
    server: Server, ben: Participant
) -> None:
    server.together(lambda: answer(server, ben))
    before = revision(server)
    again = started(server.killed())
    found = [rows(again), answer(again, ben), rows(again), revision(again)]
    again.close()
    kept = {(ben.id, "sort"): (1, PLACED)}
    assert found == [kept, RECEIVED, kept, before]


def test_who_was_told_that_an_answer_is_received_finds_no_transaction_open(server: Server, ben: Participant) -> None:
    assert answer(server, ben) == RECEIVED
    with closing(sqlite3.connect(server.file, timeout=0, isolation_level=None)) as line:
        line.execute("begin immediate")
        assert line.execute("select n from response").fetchall() == [(1,)]


# No other greenlet has its turn while a transaction is open: it would find the database held, or an old state of it.


@contextmanager
def held_over_a_switch() -> Iterator[list[str]]:
    """Where a greenlet of this thread gave up its turn inside a transaction."""
    found: list[str] = []
    open: set[int] = set()

    def here() -> int:
        return id(greenlet.getcurrent())

    def traced(what: str, about: Any) -> None:
        if what in ("switch", "throw") and id(about[0]) in open:
            found.append("".join(traceback.format_stack(limit=8)))

    def begun(_: Any) -> None:
        open.add(here())

    def ended(_: Any) -> None:
        open.discard(here())

    hooks = (("begin", begun), ("commit", ended), ("rollback", ended))
    for name, hook in hooks:
        event.listen(Engine, name, hook)
    former = greenlet.settrace(traced)
    try:
        yield found
    finally:
        greenlet.settrace(former)
        for name, hook in hooks:
            event.remove(Engine, name, hook)


def test_a_switch_inside_a_transaction_would_be_seen(server: Server) -> None:
    with held_over_a_switch() as found:
        with server.store.read():
            pass
        gevent.sleep(0)
        assert found == []
        with server.store.read():
            gevent.sleep(0)
        assert len(found) == 1


def test_no_transaction_is_open_while_answers_verbs_and_pushes_take_turns(server: Server, ben: Participant) -> None:
    with held_over_a_switch() as found:
        for surface, lang in SURFACES:
            server.broadcast.watch(f"a {surface}", CODE, surface, lang)
        for verb in ("close", "open", "reveal"):
            server.together(
                lambda: answer(server, ben),
                lambda: server.sockets.mine(ben),
                lambda verb=verb: getattr(server.live, verb)(CODE, 1000, "sort"),
            )
            server.push()
    assert found == []


def test_no_transaction_is_open_while_a_page_waits(app: Flask) -> None:
    """Every page that anybody gets without a key, and the screen's and console's of a session."""
    cyd: Parts = app.extensions["cyd"]
    browser = app.test_client()
    paths = [str(rule) for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments]
    with held_over_a_switch() as found:
        cyd.broadcast.beat()
        told = {browser.get(path).status_code for path in paths}
    assert found == []
    assert 200 in told
