"""The verbs: what each one changes, when it is refused, and that it is announced after it is on disk."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from workshop import packs
from workshop.config import ROOT
from workshop.gathered import Note, Participant, Written
from workshop.live import Live, next_step, spelled
from workshop.model import Invalid, Refused, Session, Step, Unknown
from workshop.security import hashed
from workshop.store import Store, Tx

DEMO = packs.load(ROOT / "exercises" / "demo" / "workshop.toml")
DAY = 86400.0
BEGIN = 1_800_000_000.0


@dataclass
class House:
    """Live over a store of its own, with a clock that stands still until it is moved."""

    store: Store
    now: float = BEGIN
    announced: list[tuple[str, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.live = Live(self.store, self.hear, lambda: self.now)
        self.code = self.live.start(DEMO, runner="Ada", contact="ada@example.org").code
        self.other = self.live.start(DEMO, runner="Eve", contact="eve@example.org").code
        self.ben = self.join("ben")
        self.dot = self.join("dot", self.other)

    def hear(self, code: str) -> None:
        """What is announced can already be read, by whoever asks."""
        try:
            self.announced.append((code, self.session(code).revision))
        except Unknown:
            self.announced.append((code, 0))

    def join(self, token: str, code: str | None = None, **more: Any) -> Participant:
        given = {"language": "cy", "perspective": None, "size": 1, **more}
        return self.live.join(code or self.code, hashed(token), **given)

    def session(self, code: str | None = None) -> Session:
        with self.store.read() as read:
            return read.session(code or self.code)

    @property
    def at(self) -> int:
        return self.session().revision

    def go(self, exercise: str, *verbs: str) -> None:
        for verb in ("go_to", *verbs):
            getattr(self.live, verb)(self.code, self.at, exercise)

    def respond(
        self, value: Any, n: int = 1, *, who: Participant | None = None, exercise: str = "jobs", rev: int = 0
    ) -> str:
        raw = {"v": 1, "exercise": exercise, "n": n, "rev": rev or self.at, "value": value}
        return self.live.respond(who or self.ben, raw).status

    def notes(self, code: str | None = None) -> dict[str, Note]:
        with self.store.read() as read:
            return {note.id: note for _, note in read.notes(code or self.code, "ideas") if note.state != "gone"}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    store = Store(tmp_path / "cyd.sqlite3")
    yield House(store)
    store.close()


def note(text: str, id: str = "aaaaaaaa") -> dict[str, Any]:
    return {"notes": [{"id": id, "prompt": "keep", "lang": "en", "text": text}]}


# Starting and joining


def test_codes_have_seven_letters_that_cannot_be_mistaken_for_others(house: House) -> None:
    codes = {house.live.start(DEMO, runner="Ada", contact="x").code for _ in range(50)}
    assert len(codes) == 50
    assert {len(code) for code in codes} == {7}
    assert set("".join(codes)) - set("23456789BCDFGHJKMNPQRSTVWXYZ") == set()


@pytest.mark.parametrize("given", [{"runner": " ", "contact": "x"}, {"runner": "Ada", "contact": "\u200b"}])
def test_a_session_says_who_runs_it_and_how_to_reach_them(house: House, given: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        house.live.start(DEMO, **given)


def test_a_code_may_be_typed_in_any_case_with_spaces_and_dashes() -> None:
    assert spelled(" bcd-fg hj ") == "BCDFGHJ"


def test_whoever_joins_has_a_seat_and_the_session_is_announced(house: House) -> None:
    before = house.at
    house.announced.clear()
    cari = house.join("cari", perspective="staff", size=4, language="en")
    assert (cari.session, cari.perspective, cari.size, cari.language) == (house.code, "staff", 4, "en")
    assert house.announced == [(house.code, before + 1)]
    with house.store.read() as read:
        assert read.participant(house.code, hashed("cari")) == cari


@pytest.mark.parametrize("wrong", [{"perspective": "nobody"}, {"size": 0}, {"size": 13}, {"size": -1}])
def test_a_seat_needs_a_listed_perspective_and_a_table_of_two_to_twelve(house: House, wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        house.join("cari", **wrong)


def test_nobody_new_joins_once_the_session_has_ended_until_the_end_is_undone(house: House) -> None:
    house.live.end(house.code, house.at)
    with pytest.raises(Refused):
        house.join("late")
    house.live.reopen(house.code, house.at)
    assert house.join("late").session == house.code


def test_a_place_code_moves_the_seat_and_the_former_phone_is_out(house: House) -> None:
    moved = house.live.rejoin(house.code, house.ben.place_code.lower(), hashed("ben's other phone"))
    with house.store.read() as read:
        found = [read.participant(house.code, hashed(token)) for token in ("ben", "ben's other phone")]
    assert (moved, found) == (house.ben, [None, house.ben])


def test_a_place_code_of_another_session_moves_nothing(house: House) -> None:
    with pytest.raises(Unknown):
        house.live.rejoin(house.code, house.dot.place_code, hashed("thief"))


def test_what_a_participant_speaks_as_can_be_changed_until_the_end(house: House) -> None:
    house.live.change(house.ben, language="en", perspective="staff", size=3)
    with house.store.read() as read:
        ben = read.participant(house.code, hashed("ben"))
    assert ben is not None
    assert (ben.language, ben.perspective, ben.size) == ("en", "staff", 3)
    house.live.end(house.code, house.at)
    with pytest.raises(Refused):
        house.live.change(ben, language="en", perspective=None, size=1)


def test_the_facilitator_corrects_how_many_sit_at_a_table_and_no_other_sessions(house: House) -> None:
    table = house.join("table", size=6)
    house.live.resize(house.code, table.id, 4)
    with house.store.read() as read:
        assert [one.size for one in read.tables(house.code)] == [4]
    with pytest.raises(Invalid):
        house.live.resize(house.code, table.id, 13)
    with pytest.raises(Unknown):
        house.live.resize(house.other, table.id, 3)


# Answering


def test_an_answer_is_received_while_the_exercise_is_open(house: House) -> None:
    house.go("jobs", "open")
    assert house.respond({"placed": {"c1": "paid"}}) == "received"
    with house.store.read() as read:
        assert read.mine(house.code, house.ben.id)["jobs"].value == {"placed": {"c1": "paid"}}


@pytest.mark.parametrize("verbs", [(), ("open", "close"), ("open", "reveal")])
def test_an_answer_made_while_the_exercise_is_not_open_is_refused(house: House, verbs: tuple[str, ...]) -> None:
    house.go("jobs", *verbs)
    with pytest.raises(Refused):
        house.respond({"placed": {"c1": "paid"}})


def test_an_answer_made_while_open_is_late_for_sixty_seconds_and_then_refused_for_good(house: House) -> None:
    house.go("jobs", "open")
    made_at = house.at
    house.live.close(house.code, house.at, "jobs")
    house.now += 60
    assert house.respond({"placed": {"c1": "paid"}}, rev=made_at) == "late"
    house.now += 1
    with pytest.raises(Refused):
        house.respond({"placed": {"c1": "none"}}, 2, rev=made_at)


def test_an_answer_of_before_the_exercise_was_opened_again_is_not_taken_for_a_late_one(house: House) -> None:
    house.go("jobs", "open", "close")
    made_at = house.at
    with pytest.raises(Refused):
        house.respond({"placed": {"c1": "paid"}}, rev=made_at)


@pytest.mark.parametrize(
    "raw",
    [
        None,
        [],
        {},
        {"v": 2, "exercise": "jobs", "n": 1, "rev": 1, "value": {"placed": {}}},
        {"v": 1, "exercise": "jobs", "n": 0, "rev": 1, "value": {"placed": {}}},
        {"v": 1, "exercise": "jobs", "n": "1", "rev": 1, "value": {"placed": {}}},
        {"v": 1, "exercise": "jobs", "n": 1, "rev": -1, "value": {"placed": {}}},
        {"v": 1, "exercise": "jobs", "n": 1, "rev": 1, "value": {"placed": {}}, "more": 1},
        {"v": 1, "exercise": "jobs", "n": 1, "rev": 1, "value": {"placed": {"c1": "nowhere"}}},
        {"v": 1, "exercise": "jobs", "n": 1, "rev": 1, "value": None},
        {"v": 1, "exercise": "hall", "n": 1, "rev": 1, "value": {}},
    ],
)
def test_what_can_never_be_an_answer_is_invalid_and_changes_nothing(house: House, raw: Any) -> None:
    house.go("jobs", "open")
    before = house.at
    with pytest.raises(Invalid):
        house.live.respond(house.ben, raw)
    assert house.at == before


def test_an_answer_to_an_exercise_that_is_not_there_is_unknown(house: House) -> None:
    with pytest.raises(Unknown):
        house.respond({}, exercise="nowhere")


# Moving


def test_two_who_press_next_together_move_one_step(house: House) -> None:
    seen = house.at
    house.live.go_to(house.code, seen, "hall")
    with pytest.raises(Refused):
        house.live.go_to(house.code, seen, "feel")
    assert house.session().current == "hall"


def test_answers_joining_and_hiding_do_not_stop_whoever_presses_next(house: House) -> None:
    house.go("ideas", "open")
    seen = house.at
    house.respond(note("Buses"), exercise="ideas")
    house.live.hide(house.code, "aaaaaaaa")
    house.join("cari")
    house.live.close(house.code, seen, "ideas")
    assert house.session().step("ideas").accepting is False


def test_revealing_closes_and_going_on_closes_and_going_back_opens_nothing(house: House) -> None:
    house.go("jobs", "open", "reveal")
    steps = [house.session().step("jobs")]
    house.go("feel", "open")
    house.go("jobs")
    steps += [house.session().step("jobs"), house.session().step("feel")]
    assert [(s.accepting, s.revealed) for s in steps] == [(False, True), (False, True), (False, False)]


def test_the_end_closes_what_is_open_and_undoing_it_opens_nothing(house: House) -> None:
    house.go("jobs", "open")
    house.now += 5
    house.live.end(house.code, house.at)
    ended = house.session()
    house.live.reopen(house.code, house.at)
    assert (ended.ended_at, ended.step("jobs").accepting) == (BEGIN + 5, False)
    assert (house.session().ended_at, house.session().step("jobs").accepting) == (None, False)


@pytest.mark.parametrize(
    "verb",
    [
        ("go_to", "feel"),
        ("open", "jobs"),
        ("close", "jobs"),
        ("reveal", "jobs"),
        ("view", "jobs", 1),
        ("extend",),
        ("end",),
    ],
)
def test_an_ended_session_moves_no_more(house: House, verb: tuple[Any, ...]) -> None:
    house.go("jobs", "open")
    house.live.end(house.code, house.at)
    name, *arguments = verb
    with pytest.raises(Refused):
        getattr(house.live, name)(house.code, house.at, *arguments)


@pytest.mark.parametrize("verb", ["open", "close", "reveal"])
def test_a_verb_for_an_exercise_where_the_room_is_not_is_refused(house: House, verb: str) -> None:
    house.go("jobs")
    with pytest.raises(Refused):
        getattr(house.live, verb)(house.code, house.at, "feel")


def test_one_minute_more_and_a_pause_move_the_timer(house: House) -> None:
    house.go("feel", "open")
    house.live.extend(house.code, house.at)
    house.now += 30
    house.live.pause(house.code, True)
    house.now += 100
    house.live.pause(house.code, False)
    timer = house.session().timer
    assert timer is not None
    assert (timer.lengths, timer.began, timer.paused_at) == ((180,), BEGIN + 100, None)


def test_every_verb_is_announced_once_it_can_be_read(house: House) -> None:
    house.announced.clear()
    house.go("ideas", "open")
    house.respond(note("Buses"), exercise="ideas")
    for verb in (house.live.hide, house.live.unhide, house.live.star, house.live.unstar, house.live.accept):
        verb(house.code, "aaaaaaaa")
    house.live.blank(house.code, True)
    house.live.pause(house.code, True)
    house.live.reveal(house.code, house.at, "ideas")
    house.live.release(house.code, "ideas")
    house.live.view(house.code, house.at, "ideas", 1)
    house.live.end(house.code, house.at)
    house.live.reopen(house.code, house.at)
    revisions = [revision for _, revision in house.announced]
    assert revisions == list(range(revisions[0], revisions[0] + 15))
    assert {code for code, _ in house.announced} == {house.code}


# Notes


def test_notes_that_come_after_the_reveal_wait_until_they_are_released(house: House) -> None:
    house.go("ideas", "open")
    house.respond(note("Early"), exercise="ideas")
    made_at = house.at
    house.live.reveal(house.code, house.at, "ideas")
    cari = house.join("cari")
    house.respond(note("Late", "bbbbbbbb"), exercise="ideas", who=cari, rev=made_at)
    assert {id: one.state for id, one in house.notes().items()} == {"aaaaaaaa": "shown", "bbbbbbbb": "waiting"}
    house.live.release(house.code, "ideas")
    assert {id: one.state for id, one in house.notes().items()} == {"aaaaaaaa": "shown", "bbbbbbbb": "shown"}


def test_nothing_is_released_before_the_reveal(house: House) -> None:
    house.go("ideas", "open")
    house.respond(note("Early"), exercise="ideas")
    with pytest.raises(Refused):
        house.live.release(house.code, "ideas")


@pytest.mark.parametrize("verb", ["hide", "unhide", "star", "unstar", "accept"])
def test_a_note_of_another_session_is_not_there(house: House, verb: str) -> None:
    house.live.go_to(house.other, house.session(house.other).revision, "ideas")
    house.live.open(house.other, house.session(house.other).revision, "ideas")
    house.respond(note("Dot's own"), exercise="ideas", who=house.dot, rev=house.session(house.other).revision)
    before = house.notes(house.other)
    with pytest.raises(Unknown):
        getattr(house.live, verb)(house.code, "aaaaaaaa")
    assert house.notes(house.other) == before


def test_a_note_has_an_id_that_no_other_note_of_the_session_has(house: House) -> None:
    same = note("Buses")["notes"][0]
    pressure = {"pressure": f"own:{same['id']}", "source": "community", "strength": 5, "visibility": "hidden"}
    own = {"placed": [pressure], "own": [{"id": same["id"], "lang": "en", "text": "Something rude"}]}
    house.go("ideas", "open")
    house.respond({"notes": [same]}, exercise="ideas")
    house.respond({"notes": [same]}, exercise="ideas", n=2)
    with pytest.raises(Invalid):
        house.respond({"notes": [same]}, who=house.join("cari"), exercise="ideas")
    house.go("load", "open")
    with pytest.raises(Invalid):
        house.respond(own, exercise="load")


def test_two_phones_that_claim_an_id_in_one_transaction_do_not_both_get_it(house: House) -> None:
    written, cari = (Written("aaaaaaaa", "keep", "en", "Buses"),), house.join("cari")

    def verb(tx: Tx) -> list[str]:
        outcomes = []
        for who in (house.ben, cari):
            try:
                tx.notes.check_free(who, "ideas", written)
                outcomes.append("free")
            except Invalid as error:
                outcomes.append(error.field)
        return outcomes

    assert house.store.writer.do(verb) == ["free", "id"]


# Next


def test_next_leads_through_the_whole_workshop_to_the_end(house: House) -> None:
    said = []
    views = {"hall": 1, "feel": 2, "jobs": 2, "ideas": 1, "load": 5}
    agenda = tuple(DEMO.exercise(id) for id in views)
    house.code = house.live.start(DEMO.model_copy(update={"agenda": agenda}), runner="Ada", contact="x").code
    while house.session().ended_at is None:
        session = house.session()
        verb, arguments = next_step(session, views.get(session.current or "", 0))
        said.append(verb)
        getattr(house.live, verb)(house.code, house.at, **arguments)
    answered = ["go_to", "open", "close", "reveal"]
    assert said == ["go_to", *answered, "view", *answered, "view", *answered, *answered, *["view"] * 4, "end"]
    assert next_step(house.session(), 0) == ("reopen", {})
    assert {step for step in house.session().steps.values() if step.accepting} == set()
    assert house.session().step("load") == Step(False, True, 4, *_opened_and_closed(house))


def _opened_and_closed(house: House) -> tuple[int | None, int | None, float | None]:
    step = house.session().step("load")
    assert step.opened is not None
    return step.opened, step.opened + 1, BEGIN


# Keeping and deleting


def codes(house: House) -> set[str]:
    with house.store.read() as read:
        return {session.code for session in read.sessions()}


def test_a_deleted_session_is_gone_and_the_one_beside_it_is_not(house: House) -> None:
    house.announced.clear()
    house.live.delete(house.code)
    assert codes(house) == {house.other}
    assert house.announced == [(house.code, 0)]
    with house.store.read() as read:
        assert (read.participant(house.code, hashed("ben")), read.participant(house.other, hashed("dot"))) == (
            None,
            house.dot,
        )


def test_a_session_is_swept_thirty_days_after_it_ended_and_no_sooner(house: House) -> None:
    house.go("jobs", "open")
    house.now += 3 * DAY
    house.live.end(house.code, house.at)
    house.live.go_to(house.other, house.session(house.other).revision, "jobs")
    house.live.open(house.other, house.session(house.other).revision, "jobs")
    house.now += 20 * DAY
    house.respond({"placed": {"c1": "paid"}}, who=house.dot, rev=house.session(house.other).revision)
    house.now += 10 * DAY
    assert house.live.sweep() == []
    house.now += 1
    assert house.live.sweep() == [house.code]
    assert codes(house) == {house.other}


def test_a_session_that_nobody_ended_is_swept_thirty_days_after_the_day_of_its_last_answer(house: House) -> None:
    house.live.delete(house.other)
    house.go("jobs", "open")
    house.now += 10 * DAY
    house.respond({"placed": {"c1": "paid"}})
    house.now = (house.now // DAY + 1) * DAY + 30 * DAY
    assert house.live.sweep() == []
    house.now += 1
    assert (house.live.sweep(), codes(house)) == ([house.code], set())


def test_a_session_that_nobody_used_is_swept_thirty_days_after_it_was_made(house: House) -> None:
    house.now += 30 * DAY
    assert house.live.sweep() == []
    house.now += 1
    assert (set(house.live.sweep()), codes(house)) == ({house.code, house.other}, set())


def test_undoing_the_end_takes_back_the_day_of_deletion(house: House) -> None:
    house.live.delete(house.other)
    house.go("jobs", "open")
    house.live.end(house.code, house.at)
    house.now += 29 * DAY
    house.live.reopen(house.code, house.at)
    house.live.open(house.code, house.at, "jobs")
    house.respond({"placed": {"c1": "paid"}})
    house.now += 2 * DAY
    assert (house.live.sweep(), codes(house)) == ([], {house.code})
