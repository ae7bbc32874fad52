"""A data folder with a session of the shipped pack in it and seats for thousands of phones, made without traffic."""

import shutil
import time
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import orjson

from tests.cast import PACK
from workshop import packs
from workshop.config import ROOT
from workshop.gathered import Participant
from workshop.live import Live
from workshop.model import Workshop
from workshop.security import Keys, hashed
from workshop.store import Answer, Store, Tx
from workshop.store.writer import MOST_TOGETHER

EXERCISE = "roles"  # the card sort: sixteen cards
DATABASE = "cyd.sqlite3"


def workshop() -> Workshop:
    return packs.load_all(ROOT / "exercises")[PACK]


def values() -> list[bytes]:
    """Answers to the card sort as JSON, every card in some pile, no two alike."""
    content = workshop().exercise(EXERCISE).content
    cards, piles = [card.id for card in content.dealt], [pile.id for pile in content.piles]
    return [
        orjson.dumps({"placed": {card: piles[(n * step + n // 7) % len(piles)] for step, card in enumerate(cards, 1)}})
        for n in range(60)
    ]


@dataclass(frozen=True)
class Made:
    """A folder to serve from, kept as it is: every run serves a copy."""

    folder: Path
    code: str
    perspectives: tuple[str | None, ...]

    def copied(self, to: Path) -> Path:
        shutil.copytree(self.folder, to)
        return to

    def cookie(self, seat: int) -> str:
        return f"cyd-{self.code}=seat-{seat}"

    @cached_property
    def screen_cookie(self) -> str:
        store = Store(self.folder / DATABASE)
        with store.read() as read:
            key = Keys(self.folder).screen(self.code, read.session(self.code).created_at)
        store.close()
        return f"cyd-screen-{self.code}={key}"


def made(folder: Path, seats: int, answered: int = 0) -> Made:
    """Half of the phones speak Welsh, all perspectives are there; the first `answered` have sorted the cards."""
    store = Store(folder / DATABASE)
    Keys(folder)
    live = Live(store, lambda code: None, time.time)
    code = live.start(workshop(), runner="Ada", contact="ada@example.org").code
    perspectives = (*(one.id for one in workshop().perspectives), None)
    people = [
        Participant(f"{n:016x}", code, ("cy", "en")[n % 2], perspectives[n % len(perspectives)], 1, f"{n:06d}")
        for n in range(seats)
    ]
    sorted_cards = [orjson.loads(value) for value in values()]

    def seated(tx: Tx) -> None:
        for n, who in enumerate(people):
            tx.add_participant(who, hashed(f"seat-{n}"))

    def gave(start: int, tx: Tx) -> None:
        for n, who in enumerate(people[start : min(start + MOST_TOGETHER, answered)], start):
            tx.keep(Answer(who, EXERCISE, 1, sorted_cards[n % len(sorted_cards)], False))

    store.writer.do(seated)
    for verb in (live.go_to, live.open):
        with store.read() as read:
            at = read.session(code).revision
        verb(code, at, EXERCISE)
    for start in range(0, answered, MOST_TOGETHER):  # as they come: no commit holds more
        store.writer.do(partial(gave, start))
    store.close()
    return Made(folder, code, perspectives)
