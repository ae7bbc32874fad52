"""Phones answer, the wire delays, doubles and loses, the facilitator goes on, and the server dies at any moment.

Hypothesis looks for a course of events after which something that was promised is not so: see `machine/ledger.py` for
what is promised. `--hypothesis-profile=long` looks for longer, and elsewhere on every run.
"""

import sys
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from tests.faults.machine.ledger import (
    check_answers,
    check_fresh,
    check_notes,
    check_see,
    check_seen,
    check_sums,
    revision,
    rows,
)
from tests.faults.machine.phone import Tab
from tests.faults.machine.play import Play
from tests.faults.machine.server import EXERCISES, begun
from tests.house import CODE

LONG = settings.get_current_profile_name() == "long"
MOST_PHONES = 5
MOVES = ("next", "ask", "ask", "open", "open", "close", "reveal", "reveal", "view", "blank", "go_to", "end")

some = st.integers(0, 11)
packets = st.lists(some, min_size=1, max_size=3)
beside = st.sampled_from((None, None, None, "close", "reveal"))


class Machine(Play):
    @initialize(open=st.sampled_from(EXERCISES))
    def people_come(self, open: str) -> None:
        """Three phones, one of them a table and one with two tabs."""
        first = Path(self.folder.name) / "1.sqlite3"
        held, seats = begun(open)
        first.write_bytes(held)
        self.server = self.starts(first)
        for seat in seats:
            self.sits_down(seat)
        for one in self.others:
            one.watch(self.server)
        self.phones[0].add_tab().load(self.server)

    # People

    @precondition(lambda self: len(self.phones) < MOST_PHONES)
    @rule(lang=st.sampled_from(("cy", "en")), perspective=st.sampled_from(("councillor", "officer", None)))
    def somebody_comes_late(self, lang: str, perspective: str | None) -> None:
        token = f"token {len(self.phones)}"
        join = self.server.live.join
        self.tries(lambda: self.sits_down(join(CODE, token, language=lang, perspective=perspective, size=1)))

    @rule(who=some, perspective=st.sampled_from(("councillor", "officer", None)), size=st.sampled_from((1, 1, 4)))
    def somebody_speaks_as_another(self, who: int, perspective: str | None, size: int) -> None:
        seat = self.phones[who % len(self.phones)].seat
        with self.server.store.read() as read:
            now = read.participant_by_id(CODE, seat.id)
        change = self.server.live.change
        self.tries(lambda: change(now, language=now.language, perspective=perspective, size=size))

    @precondition(lambda self: self.accepting())
    @rule(who=st.lists(some, min_size=1, max_size=4), choice=some, sleepy=st.booleans())
    def people_answer(self, who: list[int], choice: int, sleepy: bool) -> None:
        """What they see may be long past: a phone without a line shows what it had."""
        for one in who:
            tab = self.accepting()[one % len(self.accepting())]
            if not sleepy:
                tab.hear_storage()
            exercise = tab.watcher.step[0]
            tab.put(exercise, self.composed(tab, exercise, choice + one))

    @rule(who=some, gives_up=st.booleans())
    def somebody_reads_what_was_refused(self, who: int, gives_up: bool) -> None:
        tab = self.tabs[who % len(self.tabs)]
        tab.hear_storage()
        refused = [exercise for exercise, entry in tab.phone.kept.items() if entry.refused]
        if refused and tab.phone.kept[refused[0]].refused == "superseded" and not gives_up:
            tab.again(refused[0])
        elif refused:
            tab.dismiss(refused[0])

    # Phones and the wire

    @rule(who=some)
    def a_phone_asks_again(self, who: int) -> None:
        self.tabs[who % len(self.tabs)].give_up()

    @rule(who=some, wiped=st.sampled_from(("", "", "open", "closed")))
    def a_page_is_loaded_again(self, who: int, wiped: str) -> None:
        """Perhaps with an empty storage, as browsers empty it for closed pages; or it is emptied under open ones."""
        tab = self.tabs[who % len(self.tabs)]
        if wiped:
            tab.phone.wipe()
        for one in {"": [tab], "open": [], "closed": tab.phone.tabs}[wiped]:
            one.load(self.server)

    @precondition(lambda self: self.wire)
    @rule(which=some)
    def the_wire_loses_a_packet(self, which: int) -> None:
        self.wire.pop(which % len(self.wire))

    @rule(who=some, noticed=st.booleans())
    def somebody_loses_the_line(self, who: int, noticed: bool) -> None:
        """The server notices when the phone hangs up, or much later."""
        watcher = self.watchers[who % len(self.watchers)]
        watcher.lose()
        if noticed:
            self.server.broadcast.leave(watcher.sid, CODE)

    @rule()
    def everybody_finds_the_line(self) -> None:
        """A heartbeat comes; whoever is behind, or had no line, watches again."""
        self.server.broadcast.beat()
        for one in (*self.tabs, *self.others):
            seen = one.watcher if isinstance(one, Tab) else one
            if not seen.up or seen.behind:
                one.watch(self.server)
                check_seen(self.server, seen.surface, seen.fragments)

    # The server

    @precondition(lambda self: self.wire)
    @rule(which=packets, twice=st.booleans(), beside=beside, heard=st.sampled_from((True, True, False)))
    def packets_arrive(self, which: list[int], twice: bool, beside: str | None, heard: bool) -> None:
        """At once, in any order, some again and again, perhaps beside a press of the facilitator's."""
        self.arrive(which, twice, beside, "heard" if heard else "unheard")

    @precondition(lambda self: self.wire)
    @rule(which=packets, beside=beside, at=st.sampled_from(("write", "commit", "commit", "ack")))
    def the_server_is_killed_while_packets_arrive(self, which: list[int], beside: str | None, at: str) -> None:
        """Before it wrote anything, before the commit, or before the acknowledgement."""
        self.arrive(which, True, beside, at)

    @rule(gently=st.booleans())
    def the_server_is_killed(self, gently: bool) -> None:
        """Or told to stop; and started again."""
        if gently:
            self.server.close()
        self.goes_on(self.server.file if gently else self.server.killed())

    @rule()
    def pushes(self) -> None:
        """Everything that was announced is through."""
        self.server.push()
        check_fresh(self.server, self.watchers)
        check_see(self.server)

    @rule(seconds=st.sampled_from((1.0, 20.0, 61.0)))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    # The facilitator

    @rule(verb=st.sampled_from(MOVES), exercise=st.sampled_from(EXERCISES), view=st.integers(0, 2), stale=st.booleans())
    def the_facilitator_moves(self, verb: str, exercise: str, view: int, stale: bool) -> None:
        """With `stale` from a console that may not have seen what went before."""
        self.press(verb, exercise, view, stale)()

    @rule(which=some, verb=st.sampled_from(("hide", "hide", "unhide", "star", "theme", "release")))
    def the_facilitator_deals_with_notes(self, which: int, verb: str) -> None:
        every = self.server.rows("select id from note where session = ? order by id", CODE)
        note = every[which % len(every)][0] if every else ""
        verbs = {
            "theme": lambda: self.server.theming.add_theme(CODE, "ideas", "", f"Theme {which}", note),
            "release": lambda: self.server.live.release(CODE, "ideas"),
        }
        self.tries(verbs.get(verb, lambda: getattr(self.server.live, verb)(CODE, note)))

    # What is so after every step, and in the end

    @invariant()
    def what_was_acknowledged_is_there_and_nothing_is_lost(self) -> None:
        check_answers(self.server, self.phones)
        check_notes(self.server)

    @invariant()
    def the_revision_only_grows(self) -> None:
        now = revision(self.server)
        assert now >= max([self.highest, *(one.revision for one in self.watchers)])
        self.highest = now

    @invariant()
    def sums_are_those_counted_from_nothing(self) -> None:
        seen = (self.server, revision(self.server))
        if seen != self.counted:
            check_sums(self.server)
        self.counted = seen

    def everything_is_let_through(self) -> None:
        """Every line is up and every packet arrives: then nothing waits on any phone, and everybody sees what is so."""
        self.everybody_finds_the_line()
        for _ in range(20):
            for tab in self.tabs:
                tab.hear_storage()
                tab.give_up()
            packets, self.wire[:] = list(self.wire), []
            for packet in packets:
                packet.tab.acknowledged(packet, self.answer(packet))
            if not any(phone.unsent() for phone in self.phones):
                break
        assert [phone.unsent() for phone in self.phones] == [[]] * len(self.phones)
        self.pushes()
        for tab in self.tabs:
            tab.watch(self.server)
            for exercise, held in tab.stored.items():
                assert held == rows(self.server)[tab.phone.seat.id, exercise]

    def teardown(self) -> None:
        try:
            if sys.exc_info()[0] is None:
                self.everything_is_let_through()
                self.what_was_acknowledged_is_there_and_nothing_is_lost()
                self.sums_are_those_counted_from_nothing()
        finally:
            self.server.close()
            self.folder.cleanup()


TestMachine = Machine.TestCase
TestMachine.settings = settings(
    max_examples=3000 if LONG else 120,
    stateful_step_count=80 if LONG else 40,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)
