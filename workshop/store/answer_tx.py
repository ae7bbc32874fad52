"""The part of a transaction that is about answers: they gather, and go off in one statement.

Nearly every answer is new or newer than what is stored, and shows on no wall yet: the database itself says which were,
and nothing is read. Only for the others does somebody look at what is stored.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Literal

import orjson
from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from workshop.gathered import Participant, Written
from workshop.model import Session
from workshop.store.direct import Direct
from workshop.store.remembered import Remembered
from workshop.store.rows import Row, participant_of
from workshop.store.schema import participant, response

Status = Literal["received", "late", "superseded"]
Key = tuple[str, str, str]  # session, participant, exercise

KEY = ("session", "participant", "exercise")
STORED = select(response).where(
    response.c.session == bindparam("code"),
    response.c.exercise == bindparam("exercise"),
    response.c.participant.in_(bindparam("participants", expanding=True)),
)
PARTICIPANTS = select(participant).where(participant.c.id.in_(bindparam("ids", expanding=True)))


@dataclass
class Outcome:
    """What became of an answer: known once the transaction is flushed. `n` and `value` are what is stored now."""

    status: Status = "received"
    n: int = 0
    value: Any = None


@dataclass(frozen=True)
class Answer:
    """An answer on its way into the store, already read and allowed."""

    participant: Participant
    exercise: str
    n: int
    value: Any
    late: bool
    written: tuple[Written, ...] | None = None  # None: this kind has no texts

    @cached_property
    def key(self) -> Key:
        return self.participant.session, self.participant.id, self.exercise


@dataclass(frozen=True)
class Kept:
    """An answer that was given to this transaction. `revealed`: its exercise was by then."""

    answer: Answer
    outcome: Outcome
    revealed: bool

    def settled(self, status: Status, n: int, value: Any) -> None:
        self.outcome.status, self.outcome.n, self.outcome.value = status, n, value


class AnswerTx:
    """Answers of a Tx. `revision` is what a change of a session gets, `touch` says that there was one."""

    def __init__(
        self,
        connection: Connection,
        remembered: Remembered,
        revision: Callable[[str], int],
        touch: Callable[[str], int],
        texts: Callable[[Mapping[Key, Sequence[Written]]], None],
    ) -> None:
        self._connection, self._remembered = connection, remembered
        self._revision, self._touch, self._texts = revision, touch, texts
        self._kept: list[Kept] = []
        self.participants: dict[tuple[str, str], Participant] = {}

    def keep(self, session: Session, answer: Answer) -> Outcome:
        """Takes the answer into this transaction; the outcome is filled in when it is settled."""
        kept = Kept(answer, Outcome(), session.step(answer.exercise).revealed)
        self._kept.append(kept)
        return kept.outcome

    @property
    def waiting(self) -> bool:
        return bool(self._kept)

    def settle(self) -> None:
        """Writes the answers gathered so far, each judged against what the one before it left."""
        if not self._kept:
            return
        gathered, self._kept = self._kept, []
        self._look_up([one.answer.participant for one in gathered])
        often = Counter(one.answer.key for one in gathered)
        newer = self._put_newer([one for one in gathered if not one.revealed and often[one.answer.key] == 1])
        changed = newer | self._judge([one for one in gathered if one.answer.key not in newer])
        texts = {key: answer.written for key, answer in changed.items() if answer.written is not None}
        if texts:
            self._texts(texts)

    def _put_newer(self, kept: list[Kept]) -> dict[Key, Answer]:
        """Those that are newer than what is stored, written; what waits beside a wall goes on waiting there."""
        if not kept:
            return {}
        rows = [self._new(one) for one in kept]
        taken = set(NEWER.run_rows(self._connection, rows))
        for one in kept:
            if one.answer.key in taken:
                self._touch(one.answer.key[0])
                one.settled("late" if one.answer.late else "received", one.answer.n, one.answer.value)
        return {one.answer.key: one.answer for one in kept if one.answer.key in taken}

    def _new(self, kept: Kept) -> tuple[Any, ...]:
        """In the order of the table's columns, JSON as text."""
        answer, speaker = kept.answer, self._speaker(kept.answer)
        return (
            *answer.key, answer.n, orjson.dumps(answer.value).decode(), speaker.size, speaker.perspective,
            answer.late, False, "null", self._revision(answer.key[0]),
        )  # fmt: skip

    def _judge(self, kept: list[Kept]) -> dict[Key, Answer]:
        """Those that depend on what is stored: repeated, overtaken, twice in one transaction, or after a reveal."""
        stored = self._stored(kept)
        changed: dict[Key, Answer] = {}
        for one in kept:
            answer, row = one.answer, stored.get(one.answer.key)
            if row is not None and answer.n <= row["n"]:
                repeated = answer.n == row["n"] and answer.value == row["value"]
                status: Status = ("late" if row["late"] else "received") if repeated else "superseded"
            else:
                revision = self._touch(answer.key[0])
                stored[answer.key] = row = _row(row, one, self._speaker(answer), revision)
                changed[answer.key] = answer
                status = "late" if answer.late else "received"
            one.settled(status, row["n"], row["value"])
        if changed:
            rows = [stored[key] for key in changed]
            self._connection.execute(upsert(response, KEY, self._connection.dialect.name), rows)
        return changed

    def _stored(self, kept: list[Kept]) -> dict[Key, dict[str, Any]]:
        asked: dict[tuple[str, str], set[str]] = {}
        for code, who, exercise in (one.answer.key for one in kept):
            asked.setdefault((code, exercise), set()).add(who)
        rows: dict[Key, dict[str, Any]] = {}
        for (code, exercise), participants in asked.items():
            values = {"code": code, "exercise": exercise, "participants": list(participants)}
            for row in self._connection.execute(STORED, values).mappings():
                rows[code, row["participant"], exercise] = dict(row)
        return rows

    def _speaker(self, answer: Answer) -> Participant:
        """Who answers, as they are now, not when they sent it."""
        return self.participants.get(answer.key[:2], answer.participant)

    def _look_up(self, participants: Iterable[Participant]) -> None:
        strange = []
        for who in participants:
            key = (who.session, who.id)
            if key in self.participants:
                continue
            if (known := self._remembered.participants.get(key)) is not None:
                self.participants[key] = known
            else:
                strange.append(who.id)
        if strange:
            found = self._connection.execute(PARTICIPANTS, {"ids": strange}).mappings()
            self.participants |= {(row["session"], row["id"]): participant_of(row) for row in found}


@cache
def upsert(table: Any, key: tuple[str, ...], dialect: str) -> Any:
    """New rows come in; where one with this key is there, it becomes the new one."""
    statement = (postgresql if dialect == "postgresql" else sqlite).insert(table)
    others = {c.name: statement.excluded[c.name] for c in table.c if c.name not in key}
    return statement.on_conflict_do_update(index_elements=key, set_=others)


def _newer() -> Any:
    """For answers, only where `n` is larger than the stored one; gives back the keys of those it took."""
    statement = sqlite.insert(response)
    others = [c.name for c in response.c if c.name not in (*KEY, "pending", "wall")]
    newer = statement.on_conflict_do_update(
        index_elements=KEY,
        set_={name: statement.excluded[name] for name in others},
        where=response.c.n < statement.excluded.n,
    )
    return newer.returning(*(response.c[name] for name in KEY))


NEWER = Direct(_newer())


def _row(old: Row | None, kept: Kept, speaker: Participant, revision: int) -> dict[str, Any]:
    answer = kept.answer
    waits = kept.revealed or bool(old and old["pending"])
    return {
        "session": answer.participant.session,
        "participant": answer.participant.id,
        "exercise": answer.exercise,
        "n": answer.n,
        "value": answer.value,
        "size": speaker.size,
        "perspective": speaker.perspective,
        "late": answer.late,
        "pending": waits,
        "wall": None if not waits or old is None else old["wall"] if old["pending"] else shown(old),
        "revision": revision,
    }


def shown(row: Row) -> dict[str, Any]:
    """What a wall shows of a response."""
    return {"value": row["value"], "size": row["size"], "perspective": row["perspective"]}
