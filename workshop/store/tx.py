"""One transaction as a unit of work: a session's row is read once and written once, responses go in one statement.

A verb checks before it writes, and writes only through the Tx. So a verb that is refused leaves nothing behind and its
neighbours in the batch need no savepoint. Verbs must be re-runnable: no clock, no randomness, no emit inside.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Literal

from sqlalchemy import Connection, bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from workshop.gathered import Participant, Written
from workshop.model import Session, Unknown
from workshop.store.note_tx import NoteTx
from workshop.store.remembered import Remembered
from workshop.store.rows import MOVING, Row, Workshops, all_columns, moving_columns, participant_of, session_of
from workshop.store.schema import note, participant, photo, response, session, setting, sign_in, theme, undo, write_up
from workshop.store.write_up_tx import WriteUpTx

Status = Literal["received", "late", "superseded"]


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


class Raced(Exception):
    """Another server changed the session between our read and our write; the batch runs again."""


LOAD = select(session).where(session.c.code == bindparam("code")).with_for_update()
UNCHANGED = (session.c.code == bindparam("b_code")) & (session.c.revision == bindparam("b_revision"))
BUMP = update(session).where(UNCHANGED).values(revision=bindparam("revision"))  # something changed beside its row
SAVE = update(session).where(UNCHANGED).values({name: bindparam(name) for name in (*MOVING, "revision")})
THEIRS = (
    (response.c.session == bindparam("code"))
    & (response.c.exercise == bindparam("exercise"))
    & response.c.participant.in_(bindparam("participants", expanding=True))
)
BRIEF = select(response.c.participant, response.c.n, response.c.pending).where(THEIRS)
WHOLE = select(response).where(THEIRS)
PARTICIPANTS = select(participant).where(participant.c.id.in_(bindparam("ids", expanding=True)))


class Tx:
    """See the module. `scrub` asks the writer to leave no trace of deleted rows in the database's files."""

    def __init__(self, connection: Connection, workshops: Workshops, remembered: Remembered) -> None:
        self._connection = connection
        self._workshops = workshops
        self._remembered = remembered
        self._sessions: dict[str, _Held] = {}
        self._participants: dict[tuple[str, str], Participant] = {}
        self._deleted: list[str] = []
        self._answers: list[tuple[Session, Answer, Outcome]] = []
        self.scrub = False
        self.notes = NoteTx(connection, self._settle, self.touch, self._upsert)
        self.write_up = WriteUpTx(connection, self.touch, self._upsert)

    # Sessions

    def session(self, code: str) -> Session:
        """As it stands in this transaction, with what earlier verbs of the batch did to it."""
        if code in self._deleted:
            raise Unknown(code)
        if code not in self._sessions:
            known = self._remembered.sessions.get(code)
            self._sessions[code] = _Held(known if known is not None else self._load(code))
        return self._sessions[code].now

    def _load(self, code: str) -> Session:
        row = self._connection.execute(LOAD, {"code": code}).mappings().first()
        if row is None:
            raise Unknown(code)
        return session_of(row, self._workshops)

    def put(self, changed: Session) -> None:
        """The session as a verb left it; nothing is written where nothing changed."""
        held = self._sessions[changed.code]
        if changed != held.now:
            held.now, held.changed = changed, True

    def touch(self, code: str) -> int:
        """Something of the session changed beside its row: the revision at which it did."""
        self.session(code)
        self._sessions[code].changed = True
        return self._sessions[code].now.revision + 1

    def is_unchanged(self, code: str, revision: int) -> bool:
        """Whether nothing of the session changed since this revision, in this transaction either."""
        return self.session(code).revision == revision and not self._sessions[code].changed and not self._answers

    def add_session(self, new: Session) -> None:
        self._connection.execute(insert(session), all_columns(new))

    def delete_session(self, code: str) -> None:
        self.session(code)
        self._settle()
        self.write_up.let_go(code)
        for table in (response, note, theme, undo, participant, write_up, photo):
            self._connection.execute(delete(table).where(table.c.session == code))
        self._connection.execute(delete(session).where(session.c.code == code))
        del self._sessions[code]
        self._participants = {key: who for key, who in self._participants.items() if key[0] != code}
        self._deleted.append(code)
        self.scrub = True

    # Participants

    def add_participant(self, new: Participant, token_hash: str) -> None:
        self.put(self.session(new.session).seated(new.perspective, new.size))
        columns = {
            name: getattr(new, name) for name in ("id", "session", "place_code", "language", "perspective", "size")
        }
        self._connection.execute(insert(participant), {**columns, "token_hash": token_hash})
        self._participants[new.session, new.id] = new

    def move_participant(self, who: Participant, token_hash: str) -> None:
        """The seat goes on on another phone; the former one's cookie no longer fits."""
        self._connection.execute(update(participant).where(participant.c.id == who.id), {"token_hash": token_hash})

    def change_participant(self, who: Participant, **columns: Any) -> None:
        """Language, perspective or size. Answers given before count with them, on the wall from the next reveal."""
        mine = participant.c.id == who.id
        now = participant_of(self._connection.execute(select(participant).where(mine)).mappings().one())
        self._connection.execute(update(participant).where(mine), columns)
        self._participants[now.session, now.id] = replace(now, **columns)
        counted = {name: columns[name] for name in ("perspective", "size") if name in columns}
        if not counted:
            return
        self._settle()
        after = {"perspective": now.perspective, "size": now.size, **counted}
        left = self.session(who.session).seated(now.perspective, now.size, -1)
        self.put(left.seated(after["perspective"], after["size"]))
        revision = self.touch(who.session)
        held = self.session(who.session)
        mine = (response.c.session == who.session) & (response.c.participant == who.id)
        for row in self._connection.execute(select(response).where(mine)).mappings().all():
            changed = {**row, **counted, "revision": revision}
            if held.step(row["exercise"]).revealed and not row["pending"]:
                changed |= {"pending": True, "wall": _shown(row)}
            self._upsert(response, [changed], ("session", "participant", "exercise"))

    # Responses

    def keep(self, answer: Answer) -> Outcome:
        """Takes the answer into this transaction; the outcome is filled in when it is flushed."""
        outcome = Outcome()
        self._answers.append((self.session(answer.participant.session), answer, outcome))
        return outcome

    def answered(self, code: str, exercise: str) -> bool:
        """Whether anybody answered it."""
        self._settle()
        where = (response.c.session == code) & (response.c.exercise == exercise)
        return self._connection.execute(select(response.c.n).where(where).limit(1)).first() is not None

    def waiting(self, code: str, exercise: str) -> dict[str, set[str | None]]:
        """Whose answers wait beside the wall, each with the perspectives in which the wall would change."""
        self._settle()
        mine = (response.c.session == code) & (response.c.exercise == exercise) & response.c.pending
        asked = select(response.c.participant, response.c.perspective, response.c.wall).where(mine)
        return {
            row.participant: {row.perspective} | ({row.wall["perspective"]} if row.wall else set())
            for row in self._connection.execute(asked)
        }

    def show_late(self, code: str, exercise: str, participants: Iterable[str]) -> None:
        """What waited beside the wall of these participants is on it from now on."""
        self._settle()
        revision = self.touch(code)
        mine = (response.c.session == code) & (response.c.exercise == exercise) & response.c.pending
        theirs = mine & response.c.participant.in_(list(participants))
        self._connection.execute(update(response).where(theirs), {"pending": False, "wall": None, "revision": revision})

    # The server's own

    def set_setting(self, name: str, value: str) -> None:
        self._upsert(setting, [{"name": name, "value": value}], ("name",))

    def add_sign_in(self, **columns: Any) -> None:
        self._connection.execute(insert(sign_in), columns)

    def see_sign_in(self, id: str, seen_at: float) -> None:
        self._connection.execute(update(sign_in).where(sign_in.c.id == id), {"seen_at": seen_at})

    def delete_sign_ins(
        self, *, keep: str | None = None, only: str | None = None, unseen_since: float | None = None
    ) -> None:
        statement = delete(sign_in)
        if keep is not None:
            statement = statement.where(sign_in.c.id != keep)
        if only is not None:
            statement = statement.where(sign_in.c.id == only)
        if unseen_since is not None:
            statement = statement.where(sign_in.c.seen_at < unseen_since)
        self._connection.execute(statement)

    # The end

    def flush(self) -> None:
        """Writes what was gathered. The caller commits."""
        self._settle()
        for held in self._sessions.values():
            if not held.changed:
                continue
            values = {"b_code": held.was.code, "b_revision": held.was.revision, "revision": held.was.revision + 1}
            if held.now != held.was:
                values |= moving_columns(held.now)
            if self._connection.execute(BUMP if held.now == held.was else SAVE, values).rowcount != 1:
                raise Raced(held.was.code)
            held.now = replace(held.now, revision=held.was.revision + 1)

    def remember(self) -> None:
        """What the next transaction need not read. Only once this one is committed."""
        with self._remembered.lock:
            for code in self._deleted:
                self._remembered.forget(code)
            self._remembered.sessions.take({code: held.now for code, held in self._sessions.items()})
            self._remembered.participants.take(self._participants)

    def _settle(self) -> None:
        """Writes the answers gathered so far, each judged against what the one before it left."""
        if not self._answers:
            return
        gathered, self._answers = self._answers, []
        stored = self._stored(gathered)
        self._look_up([answer.participant for _, answer, _ in gathered])
        changed: dict[tuple[str, str, str], Answer] = {}
        for held, answer, outcome in gathered:
            key = (answer.participant.session, answer.participant.id, answer.exercise)
            row = stored.get(key)
            if row is not None and answer.n <= row["n"]:
                repeated = answer.n == row["n"] and answer.value == row["value"]
                outcome.status = ("late" if row["late"] else "received") if repeated else "superseded"
            else:
                revision = self.touch(held.code)
                speaker = self._participants.get(key[:2], answer.participant)  # as they are now, not when they sent it
                stored[key] = row = _row(row, answer, speaker, revision, held.step(answer.exercise).revealed)
                changed[key] = answer
                outcome.status = "late" if answer.late else "received"
            outcome.n, outcome.value = row["n"], row["value"]
        if changed:
            self._upsert(response, [stored[key] for key in changed], ("session", "participant", "exercise"))
            texts = {key: answer.written for key, answer in changed.items() if answer.written is not None}
            if texts:
                self.notes.keep(texts, self.touch)

    def _stored(self, gathered: list[tuple[Session, Answer, Outcome]]) -> dict[tuple[str, str, str], dict[str, Any]]:
        """The rows that decide what becomes of these answers. An older one that shows on no wall decides nothing."""
        asked: dict[tuple[str, str], dict[str, int]] = {}  # session, exercise -> participant -> the smallest n
        shown: set[tuple[str, str]] = set()
        for held, answer, _ in gathered:
            key = (answer.participant.session, answer.exercise)
            least = asked.setdefault(key, {})
            least[answer.participant.id] = min(answer.n, least.get(answer.participant.id, answer.n))
            if held.step(answer.exercise).revealed:
                shown.add(key)
        rows: dict[tuple[str, str, str], dict[str, Any]] = {}
        for (code, exercise), least in asked.items():
            values = {"code": code, "exercise": exercise, "participants": list(least)}
            brief = self._connection.execute(BRIEF, values).all()
            judging = [who for who, n, pending in brief if n >= least[who] or pending or (code, exercise) in shown]
            if judging:
                whole = self._connection.execute(WHOLE, {**values, "participants": judging}).mappings()
                rows |= {(code, row["participant"], exercise): dict(row) for row in whole}
        return rows

    def _look_up(self, participants: list[Participant]) -> None:
        """These participants as they are now."""
        strange = []
        for who in participants:
            key = (who.session, who.id)
            if key not in self._participants:
                known = self._remembered.participants.get(key)
                if known is not None:
                    self._participants[key] = known
                else:
                    strange.append(who.id)
        if strange:
            found = self._connection.execute(PARTICIPANTS, {"ids": strange}).mappings()
            self._participants |= {(row["session"], row["id"]): participant_of(row) for row in found}

    def _upsert(self, table: Any, rows: Iterable[Mapping[str, Any]], key: tuple[str, ...]) -> None:
        self._connection.execute(_upsert(table, key, self._connection.dialect.name), list(rows))


@cache
def _upsert(table: Any, key: tuple[str, ...], dialect: str) -> Any:
    statement = (postgresql if dialect == "postgresql" else sqlite).insert(table)
    others = {c.name: statement.excluded[c.name] for c in table.c if c.name not in key}
    return statement.on_conflict_do_update(index_elements=key, set_=others)


@dataclass
class _Held:
    was: Session
    now: Session = field(init=False)
    changed: bool = False

    def __post_init__(self) -> None:
        self.now = replace(self.was)


def _row(old: Row | None, answer: Answer, speaker: Participant, revision: int, revealed: bool) -> dict[str, Any]:
    waits = revealed or bool(old and old["pending"])
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
        "wall": None if not waits or old is None else old["wall"] if old["pending"] else _shown(old),
        "revision": revision,
    }


def _shown(row: Row) -> dict[str, Any]:
    return {"value": row["value"], "size": row["size"], "perspective": row["perspective"]}
