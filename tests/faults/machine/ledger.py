"""What must be true whatever happened: each check compares what people know with what is in the database."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from tests.faults.machine.phone import Phone
from tests.faults.machine.server import EXERCISES, WORKSHOP, Server
from tests.faults.machine.watchers import Watcher
from tests.house import CODE
from workshop import kinds
from workshop.tallies import Tallies

CANARY = re.compile(r"canary\d+")

Rows = dict[tuple[str, str], tuple[int, Any]]


def rows(server: Server) -> Rows:
    """By participant and exercise: n and value. There is one row of each."""
    found = server.rows("select participant, exercise, n, value from response where session = ?", CODE)
    by_key = {(who, exercise): (n, json.loads(value)) for who, exercise, n, value in found}
    assert len(by_key) == len(found)
    return by_key


def revision(server: Server) -> int:
    return int(server.rows("select revision from session where code = ?", CODE)[0][0])


def check_answers(server: Server, phones: Iterable[Phone]) -> None:
    """What was acknowledged is there, once; what was composed is there, or on its phone, or refused with a reason."""
    stored = rows(server)
    for phone in phones:
        mine = {exercise: stored.pop((phone.seat.id, exercise), (0, None)) for exercise in EXERCISES}
        for exercise, (n, value) in mine.items():
            assert n == 0 or (n, value) in phone.composed[exercise]
        heard = [(exercise, n, value) for (exercise, n), value in phone.told.items()]
        heard += [(exercise, *held) for tab in phone.tabs for exercise, held in tab.stored.items()]
        for exercise, n, value in heard:
            assert mine[exercise][0] > n or mine[exercise] == (n, value), f"lost: {exercise} {n} {value}"
        for exercise, composed in phone.composed.items():
            if exercise in phone.let_go:
                continue
            last, kept = composed[-1], phone.kept.get(exercise)
            if kept is not None and (kept.n, kept.value) == last:
                assert bool(kept.refused) == bool(kept.why)
            else:
                assert mine[exercise] == last or mine[exercise][0] > last[0], f"lost: {exercise} {last}"
    assert stored == {}


def check_notes(server: Server) -> None:
    """The table of notes holds the words of the answers that count, each once."""
    found = server.rows("select participant, id, text from note where session = ? and not withdrawn", CODE)
    said = [
        (who, note["id"], note["text"])
        for (who, exercise), (_, value) in rows(server).items()
        if exercise == "ideas"
        for note in value["notes"]
    ]
    assert sorted(found) == sorted(said)


def check_sums(server: Server, exercises: Iterable[str] = EXERCISES) -> None:
    """Sums that are kept up to date are those counted from nothing, by the same code and row by row."""
    with server.store.read() as read:
        session = read.session(CODE)
        for id in exercises:
            exercise = session.workshop.exercise(id)
            kept, anew = (tallies.of(read, session, exercise) for tallies in (server.tallies, Tallies()))
            for side in ("live", "wall"):
                one, other = getattr(kept, side), getattr(anew, side)
                assert (one.counts, one.turnout, one.parts) == (other.counts, other.turnout, other.parts)
                assert (set(map(str, one.notes.shown)), one.notes.waiting) == (
                    set(map(str, other.notes.shown)),
                    other.notes.waiting,
                )
                assert _plain(one.counts.people) == _counted(server, id, wall=side == "wall"), (id, side)
            assert kept.late == anew.late


def _plain(counts: Mapping[tuple[str, ...], int]) -> Counter[tuple[str, ...]]:
    """Without what depends on what the facilitator did with notes."""
    return Counter({key: n for key, n in counts.items() if key[0] not in ("theme", "unsorted")})


def _counted(server: Server, id: str, *, wall: bool) -> Counter[tuple[str, ...]]:
    kind, content = kinds.KINDS[WORKSHOP.exercise(id).kind], WORKSHOP.exercise(id).content
    asked = "select value, size, pending, wall from response where session = ? and exercise = ?"
    people: Counter[tuple[str, ...]] = Counter()
    for value, size, pending, stands in server.rows(asked, CODE, id):
        counted = {"value": json.loads(value), "size": size}
        if wall and pending:
            counted = json.loads(stands or "null")
        if counted is not None:
            given = kind.count(content, kind.Value.model_validate(counted["value"]))
            people.update({key: n * counted["size"] for key, n in given.items()})
    return people


# What is seen


def check_seen(server: Server, surface: str, fragments: Mapping[str, str]) -> None:
    """Phones see nobody's words, the screen those that may be seen; neither sees a tally that is not revealed."""
    if surface not in ("phone", "screen"):
        return
    seen = "".join(fragments.values())
    may = set()
    if surface == "screen":
        shown = "select text from note where session = ? and released and not hidden and not withdrawn"
        may = {text for (text,) in server.rows(shown, CODE)}
    assert set(CANARY.findall(seen)) - may == set()
    if surface == "phone" or not _revealed(server):
        assert ("<table" in seen, "<svg class" in seen, "result" in seen) == (False, False, False)


def check_see(server: Server) -> None:
    """What a phone may look at on its own: nothing before the reveal, then what may be on the wall."""
    seen = server.fragments.tally(CODE, "en")
    assert (seen != "") == _revealed(server)
    check_seen(server, "screen", {"see": seen})


def check_fresh(server: Server, watchers: Iterable[Watcher]) -> None:
    """Everybody who watches has what a fresh page gives."""
    pages: dict[str, dict[str, str]] = {}
    for one in watchers:
        if one.up and not one.behind:
            if one.room not in pages:
                pages[one.room] = server.fresh(one.surface, one.lang)
            assert one.fragments == pages[one.room], f"{one.room} is not fresh"


def _revealed(server: Server) -> bool:
    with server.store.read() as read:
        session = read.session(CODE)
    return session.current is not None and session.step(session.current).revealed
