"""A phone of one to two tabs: the rules of `static/js/outbox.js` and docs/protocol.md, line by line."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.faults.machine.server import Server
from tests.faults.machine.watchers import Watcher
from workshop.gathered import Participant


@dataclass
class Entry:
    """An answer that is kept on the phone; refused ones stay to be read."""

    n: int
    rev: int
    value: Any
    refused: str = ""
    why: str = ""


@dataclass(eq=False)
class Packet:
    """An answer on the wire. `page` is the page that waits for the acknowledgement; who was reloaded waits no more."""

    tab: "Tab"
    page: int
    exercise: str
    sent: Entry

    @property
    def message(self) -> dict[str, Any]:
        return {"v": 1, "exercise": self.exercise, "n": self.sent.n, "rev": self.sent.rev, "value": self.sent.value}


@dataclass(eq=False)
class Phone:
    """What all tabs share: the seat, the storage, and what its person composed."""

    seat: Participant
    wire: list[Packet]
    tabs: list["Tab"] = field(default_factory=list)
    kept: dict[str, Entry] = field(default_factory=dict)
    composed: dict[str, list[tuple[int, Any]]] = field(default_factory=dict)  # by exercise, the last one last
    told: dict[tuple[str, int], Any] = field(default_factory=dict)  # exercise, n -> the value that was received
    let_go: set[str] = field(default_factory=set)  # exercises whose last answer the person or a wiped storage dropped

    def add_tab(self) -> "Tab":
        tab = Tab(self, Watcher(f"{self.seat.id} {len(self.tabs)}", "phone", self.seat.language))
        self.tabs.append(tab)
        return tab

    def wipe(self) -> None:
        """The browser empties its storage; what the pages hold in memory stays."""
        self.let_go |= self.kept.keys()
        self.kept.clear()

    def unsent(self) -> list[str]:
        return [exercise for exercise, entry in self.kept.items() if not entry.refused]


@dataclass(eq=False)
class Tab:
    """A page of the phone. One answer at a time is on its way; `stuck` got no acknowledgement in this round."""

    phone: Phone
    watcher: Watcher
    page: int = 0
    stored: dict[str, tuple[int, Any]] = field(default_factory=dict)
    waits: Packet | None = None
    stuck: set[str] = field(default_factory=set)
    unheard: list[tuple[str, Entry | None, Entry | None]] = field(default_factory=list)  # storage events

    # What the page hears

    def load(self, server: Server) -> None:
        """A new page: it knows what the server held when it was made, and watches."""
        self.page += 1
        self.stored, self.waits, self.stuck, self.unheard = {}, None, set(), []
        self.watcher.revision, self.watcher.fragments = 0, {}
        self.watch(server)

    def watch(self, server: Server) -> None:
        self.watcher.watch(server)
        self.learn(server.sockets.mine(self.phone.seat)["answers"])

    def learn(self, answers: Mapping[str, Any]) -> None:
        for exercise, one in answers.items():
            if one["n"] > self._stored(exercise):
                self.stored[exercise] = (one["n"], one["value"])
        self.drain()

    def hear_storage(self) -> None:
        """What another tab did. An entry that went away has arrived."""
        heard, self.unheard = self.unheard, []
        for exercise, was, now in heard:
            if now is None and was is not None and not was.refused:
                self.stored[exercise] = (was.n, was.value)

    def _keep(self, exercise: str, entry: Entry | None) -> None:
        was = self.phone.kept.get(exercise)
        if entry is None:
            self.phone.kept.pop(exercise, None)
        else:
            self.phone.kept[exercise] = entry
        for other in self.phone.tabs:
            if other is not self:
                other.unheard.append((exercise, was, entry))

    # What the person does

    def value(self, exercise: str) -> Any:
        entry = self.phone.kept.get(exercise)
        if entry is not None and not entry.refused:
            return entry.value
        return self.stored.get(exercise, (0, None))[1]

    def put(self, exercise: str, value: Any) -> None:
        entry = self.phone.kept.get(exercise)
        n = max(self._stored(exercise), entry.n if entry else 0) + 1
        self._keep(exercise, Entry(n, self.watcher.revision, value))
        self.phone.composed.setdefault(exercise, []).append((n, value))
        self.phone.let_go.discard(exercise)
        self.drain()

    def again(self, exercise: str) -> None:
        """The person still means what was superseded."""
        self.put(exercise, self.phone.kept[exercise].value)

    def dismiss(self, exercise: str) -> None:
        self._keep(exercise, None)
        self.phone.let_go.add(exercise)

    # Sending

    def drain(self) -> None:
        if self.waits is None:
            self._send_next()

    def give_up(self) -> None:
        """No acknowledgement in time, or one that said try again: the next one's turn, and then from the beginning."""
        if self.waits is not None:
            self.stuck.add(self.waits.exercise)
            self.waits = None
        self._send_next()
        if self.waits is None:
            self.stuck.clear()
            self._send_next()

    def _send_next(self) -> None:
        for exercise in self.phone.unsent():
            if exercise not in self.stuck:
                self.waits = Packet(self, self.page, exercise, self.phone.kept[exercise])
                self.phone.wire.append(self.waits)
                return

    def acknowledged(self, packet: Packet, ack: Mapping[str, Any]) -> None:
        """Only the page that asked hears it, and only while it still waits for it."""
        if packet.page != self.page or self.waits is not packet:
            return
        if ack.get("retry") or ack.get("gone"):
            self.give_up()
            return
        self.waits = None
        self._settle(packet.exercise, packet.sent, ack)
        self._send_next()
        if self.waits is None:
            self.stuck.clear()

    def _settle(self, exercise: str, sent: Entry, ack: Mapping[str, Any]) -> None:
        now, superseded = self.phone.kept.get(exercise), ack["status"] == "superseded"
        holds = (ack["n"], ack["value"]) if superseded else (sent.n, sent.value)
        if ack["ok"] and holds[0] >= self._stored(exercise):
            self.stored[exercise] = holds
        if ack["ok"] and not superseded:
            self.phone.told[exercise, sent.n] = sent.value
        if now is None or (now.n, now.value) != (sent.n, sent.value):
            return
        if ack["ok"] and not superseded:
            self._keep(exercise, None)
        else:
            self._keep(exercise, Entry(now.n, now.rev, now.value, ack["status"], ack.get("why", "")))

    def _stored(self, exercise: str) -> int:
        return self.stored.get(exercise, (0, None))[0]
