"""What the store's tests share: a store in a file of its own, a session in it, and answers to give."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from workshop import packs
from workshop.config import ROOT
from workshop.gathered import Note, Participant, Written
from workshop.model import Session, Step
from workshop.store import Answer, Outcome, Store, Tx

DEMO = packs.load(ROOT / "exercises" / "demo" / "workshop.toml")
CODE, OTHER = "BCDFGHJ", "KMNPQRS"
BEN = Participant("ben", CODE, "cy", None, 1, "222222")
CARI = Participant("cari", CODE, "en", None, 4, "333333")
DOT = Participant("dot", OTHER, "en", None, 1, "222222")


@contextmanager
def opened(file: Path) -> Iterator[Store]:
    store = Store(file)
    try:
        yield store
    finally:
        store.close()


def furnish(store: Store) -> None:
    """Two sessions: Ben and Cari in one, Dot in the other."""

    def verb(tx: Tx) -> None:
        for code in (CODE, OTHER):
            tx.add_session(Session(code, DEMO, "Ada", "ada@example.org", 1000.0))
        for who in (BEN, CARI, DOT):
            tx.session(who.session)
            tx.add_participant(who, f"token of {who.id}")

    store.writer.do(verb)


def session(store: Store, code: str = CODE) -> Session:
    with store.read() as read:
        return read.session(code)


def reveal(store: Store, exercise: str, code: str = CODE) -> None:
    def verb(tx: Tx) -> None:
        was = tx.session(code)
        tx.put(replace(was, steps={**was.steps, exercise: Step(revealed=True)}))
        tx.show_late(code, exercise, tx.waiting(code, exercise))
        tx.notes.release(code, exercise)

    store.writer.do(verb)


def keep(
    store: Store, n: int, value: Any, *, who: Participant = BEN, exercise: str = "jobs", late: bool = False
) -> Outcome:
    return store.writer.do(lambda tx: tx.keep(Answer(who, exercise, n, value, late)))


def write(store: Store, n: int, who: Participant = BEN, **texts: str) -> Outcome:
    """An answer to the exercise `ideas` that holds these notes, by id."""
    written = tuple(Written(id, "keep", "en", text) for id, text in texts.items())
    value = {"notes": [{"id": one.id, "text": one.text} for one in written]}
    return store.writer.do(lambda tx: tx.keep(Answer(who, "ideas", n, value, False, written)))


def noted(id: str, text: str, **more: Any) -> Note:
    """The note as `write` leaves it, with some fields otherwise; Ben's unless told."""
    return Note(**{"id": id, "exercise": "ideas", "group": "keep", "lang": "en", "text": text, "writer": "ben", **more})


def rows(file: Path, question: str, *values: Any) -> list[tuple[Any, ...]]:
    """What another program sees in the database file."""
    line = sqlite3.connect(file)
    try:
        return line.execute(question, values).fetchall()
    finally:
        line.close()


def status(outcome: Outcome) -> tuple[str, int, Any]:
    return outcome.status, outcome.n, outcome.value
