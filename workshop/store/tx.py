"""One transaction as a unit of work: a session's row is read once and written once, responses go in one statement.

A verb checks before it writes, and writes only through the Tx. So a verb that is refused leaves nothing behind and its
neighbours in the batch need no savepoint. Verbs must be re-runnable: no clock, no randomness, no emit inside.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from workshop.gathered import Participant, Written
from workshop.model import Session, Unknown
from workshop.store.answer_tx import Answer, AnswerTx, Key, Outcome, shown, upsert
from workshop.store.direct import Direct
from workshop.store.note_tx import NoteTx
from workshop.store.remembered import Remembered
from workshop.store.rows import MOVING, Workshops, all_columns, moving_columns, participant_of, session_of
from workshop.store.schema import note, participant, photo, response, session, setting, sign_in, theme, undo, write_up
from workshop.store.write_up_tx import WriteUpTx


class Raced(Exception):
    """Another server changed the session between our read and our write; the batch runs again."""


LOAD = select(session).where(session.c.code == bindparam("code")).with_for_update()
UNCHANGED = (session.c.code == bindparam("b_code")) & (session.c.revision == bindparam("b_revision"))
# Something changed beside its row.
BUMP = Direct(update(session).where(UNCHANGED).values(revision=bindparam("revision")))
SAVE = update(session).where(UNCHANGED).values({name: bindparam(name) for name in (*MOVING, "revision")})


class Tx:
    """See the module. `scrub` asks the writer to leave no trace of deleted rows in the database's files."""

    def __init__(self, connection: Connection, workshops: Workshops, remembered: Remembered) -> None:
        self._connection = connection
        self._workshops = workshops
        self._remembered = remembered
        self._sessions: dict[str, _Held] = {}
        self._deleted: list[str] = []
        self.scrub = False
        self._answers = AnswerTx(connection, remembered, self._next, self.touch, self._write_texts)
        self.notes = NoteTx(connection, self._answers.settle, self.touch, self._upsert)
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
        revision = self._next(code)
        self._sessions[code].changed = True
        return revision

    def _next(self, code: str) -> int:
        return self.session(code).revision + 1

    def is_unchanged(self, code: str, revision: int) -> bool:
        """Whether nothing of the session changed since this revision, in this transaction either."""
        unmoved = self.session(code).revision == revision and not self._sessions[code].changed
        return unmoved and not self._answers.waiting

    def add_session(self, new: Session) -> None:
        self._connection.execute(insert(session), all_columns(new))

    def delete_session(self, code: str) -> None:
        self.session(code)
        self._answers.settle()
        self.write_up.let_go(code)
        for table in (response, note, theme, undo, participant, write_up, photo):
            self._connection.execute(delete(table).where(table.c.session == code))
        self._connection.execute(delete(session).where(session.c.code == code))
        del self._sessions[code]
        self._answers.participants = {at: who for at, who in self._answers.participants.items() if at[0] != code}
        self._deleted.append(code)
        self.scrub = True

    # Participants

    def add_participant(self, new: Participant, token_hash: str) -> None:
        self.put(self.session(new.session).seated(new.perspective, new.size))
        columns = {
            name: getattr(new, name) for name in ("id", "session", "place_code", "language", "perspective", "size")
        }
        self._connection.execute(insert(participant), {**columns, "token_hash": token_hash})
        self._answers.participants[new.session, new.id] = new

    def move_participant(self, who: Participant, token_hash: str) -> None:
        """The seat goes on on another phone; the former one's cookie no longer fits."""
        self._connection.execute(update(participant).where(participant.c.id == who.id), {"token_hash": token_hash})

    def change_participant(self, who: Participant, **columns: Any) -> None:
        """Language, perspective or size. Answers given before count with them, on the wall from the next reveal."""
        mine = participant.c.id == who.id
        now = participant_of(self._connection.execute(select(participant).where(mine)).mappings().one())
        self._connection.execute(update(participant).where(mine), columns)
        self._answers.participants[now.session, now.id] = replace(now, **columns)
        counted = {name: columns[name] for name in ("perspective", "size") if name in columns}
        if not counted:
            return
        self._answers.settle()
        after = {"perspective": now.perspective, "size": now.size, **counted}
        left = self.session(who.session).seated(now.perspective, now.size, -1)
        self.put(left.seated(after["perspective"], after["size"]))
        revision = self.touch(who.session)
        held = self.session(who.session)
        mine = (response.c.session == who.session) & (response.c.participant == who.id)
        for row in self._connection.execute(select(response).where(mine)).mappings().all():
            changed = {**row, **counted, "revision": revision}
            if held.step(row["exercise"]).revealed and not row["pending"]:
                changed |= {"pending": True, "wall": shown(row)}
            self._upsert(response, [changed], ("session", "participant", "exercise"))

    # Responses

    def keep(self, answer: Answer) -> Outcome:
        """Takes the answer into this transaction; the outcome is filled in when it is flushed."""
        return self._answers.keep(self.session(answer.participant.session), answer)

    def answered(self, code: str, exercise: str) -> bool:
        """Whether anybody answered it."""
        self._answers.settle()
        where = (response.c.session == code) & (response.c.exercise == exercise)
        return self._connection.execute(select(response.c.n).where(where).limit(1)).first() is not None

    def waiting(self, code: str, exercise: str) -> dict[str, set[str | None]]:
        """Whose answers wait beside the wall, each with the perspectives in which the wall would change."""
        self._answers.settle()
        mine = (response.c.session == code) & (response.c.exercise == exercise) & response.c.pending
        asked = select(response.c.participant, response.c.perspective, response.c.wall).where(mine)
        return {
            row.participant: {row.perspective} | ({row.wall["perspective"]} if row.wall else set())
            for row in self._connection.execute(asked)
        }

    def show_late(self, code: str, exercise: str, participants: Iterable[str]) -> None:
        """What waited beside the wall of these participants is on it from now on."""
        self._answers.settle()
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
        self._answers.settle()
        for held in self._sessions.values():
            if not held.changed:
                continue
            values = {"b_code": held.was.code, "b_revision": held.was.revision, "revision": held.was.revision + 1}
            if held.now == held.was:
                done = BUMP.run(self._connection, values)
            else:
                done = self._connection.execute(SAVE, {**values, **moving_columns(held.now)})
            if done.rowcount != 1:
                raise Raced(held.was.code)
            held.now = replace(held.now, revision=held.was.revision + 1)

    def remember(self) -> None:
        """What the next transaction need not read. Only once this one is committed."""
        with self._remembered.lock:
            for code in self._deleted:
                self._remembered.forget(code)
            self._remembered.sessions.take({code: held.now for code, held in self._sessions.items()})
            self._remembered.participants.take(self._answers.participants)

    def _write_texts(self, texts: Mapping[Key, Sequence[Written]]) -> None:
        self.notes.keep(texts, self.touch)

    def _upsert(self, table: Any, rows: Iterable[Mapping[str, Any]], key: tuple[str, ...]) -> None:
        self._connection.execute(upsert(table, key, self._connection.dialect.name), list(rows))


@dataclass
class _Held:
    was: Session
    now: Session = field(init=False)
    changed: bool = False

    def __post_init__(self) -> None:
        self.now = replace(self.was)
