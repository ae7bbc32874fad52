"""The room as the machine plays it: who is there, what is on the wire, which life the server is in."""

import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine

from tests.faults.machine.ledger import check_seen, revision, rows
from tests.faults.machine.phone import Packet, Phone, Tab
from tests.faults.machine.server import Server
from tests.faults.machine.watchers import Watcher
from tests.house import BEGIN, CODE
from workshop.gathered import Participant
from workshop.live import next_step
from workshop.model import Invalid, Refused, Unknown

WATCHED = (("screen", "both"), ("console", "en"), ("themes:ideas", "en"))


class Play(RuleBasedStateMachine):
    """What the rules are made of."""

    server: Server

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="cyd-machine-")
        self.now, self.serial, self.highest = BEGIN, 0, 0
        self.counted: tuple[Server, int] | None = None
        self.phones: list[Phone] = []
        self.wire: list[Packet] = []
        self.others = [Watcher(f"{surface} {lang}", surface, lang) for surface, lang in WATCHED]

    def starts(self, file: Path) -> Server:
        return Server(file, self.hears, lambda: self.now)

    @property
    def tabs(self) -> list[Tab]:
        return [tab for phone in self.phones for tab in phone.tabs]

    @property
    def watchers(self) -> list[Watcher]:
        return [*self.others, *(tab.watcher for tab in self.tabs)]

    def hears(self, event: str, data: Any, room: str) -> None:
        """What the server emits reaches whoever is in the room and has a line."""
        for one in self.watchers:
            if one.room == room and one.up:
                one.hear(event, data)
                if event == "frame":
                    check_seen(self.server, one.surface, one.fragments)

    # People

    def sits_down(self, seat: Participant) -> None:
        self.phones.append(Phone(seat, self.wire))
        self.phones[-1].add_tab().load(self.server)

    def accepting(self) -> list[Tab]:
        return [tab for tab in self.tabs if tab.watcher.step[1] == "accepting"]

    def composed(self, tab: Tab, exercise: str, choice: int) -> Any:
        self.serial += 1
        if exercise == "sort":
            return {"placed": {f"c{choice % 3}": ("left", "right", "neither")[choice % 4 % 3]}}
        if exercise == "feel":
            return {"ratings": {"s0" if choice % 2 else "own0": 1 + choice % 5}}
        notes = list((tab.value(exercise) or {"notes": []})["notes"])
        text = f"canary{self.serial}"
        if len(notes) < 3 and choice % 3:
            id = f"{tab.phone.seat.id}x{self.serial}"
            notes.append({"id": id, "prompt": "keep", "lang": "en", "text": text, "quotable": False})
        elif notes and choice % 2:
            notes[0] = {**notes[0], "text": text}
        else:
            notes = notes[1:]
        return {"notes": notes}

    # The server

    def arrive(self, which: list[int], twice: bool, beside: str | None, fate: str) -> None:
        packets = [self.wire[one % len(self.wire)] for one in which]
        if not twice:
            self.wire[:] = [packet for packet in self.wire if packet not in packets]
        asks: list[Callable[[], Any]] = [lambda packet=packet: self.answer(packet) for packet in packets]
        if beside is not None:
            asks.append(self.press(beside))
        before, was = rows(self.server), revision(self.server)
        told, left = self.server.together(*asks, stop=fate if fate in ("write", "commit") else None)
        if fate == "ack":
            left = self.server.killed()
        if fate not in ("unheard", "ack"):
            for packet, ack in zip(packets, told, strict=False):
                if ack is not None:
                    packet.tab.acknowledged(packet, ack)
        if left is not None:
            self.goes_on(left)
        if beside is None:
            grown = revision(self.server) - was
            assert grown == (rows(self.server) != before), "repeats raise no revision, and a commit raises it once"

    def answer(self, packet: Packet) -> Any:
        return self.server.sockets.answer(packet.tab.phone.seat, packet.message, "en")[1]

    def goes_on(self, file: Path) -> None:
        self.server.close()
        self.server = self.starts(file)
        for one in self.watchers:
            one.lose()

    # The facilitator

    def press(self, verb: str, exercise: str = "", view: int = 0, stale: bool = False) -> Callable[[], Any]:
        live = self.server.live
        seen = self.others[1].revision
        with self.server.store.read() as read:
            session = read.session(CODE)
        here: dict[str, Any] = {"exercise": session.current or "ideas"}
        verbs: dict[str, list[tuple[str, dict[str, Any]]]] = {
            "next": [next_step(session, 2)],
            "go_to": [("go_to", {"exercise": exercise})],
            "ask": [("go_to", {"exercise": exercise}), ("open", {"exercise": exercise})],
            "view": [("view", {**here, "view": view})],
            "end": [("end", {})],
        }
        presses = verbs.get(verb, [(verb, here)])
        if session.ended_at is not None:
            presses = [("reopen", {})]

        def pressed() -> None:
            for one, more in presses:
                with suppress(Refused, Unknown):
                    getattr(live, one)(CODE, seen if stale else revision(self.server), **more)

        return (lambda: live.blank(CODE, not session.blank)) if verb == "blank" else pressed

    def tries(self, verb: Callable[[], Any]) -> None:
        """What is refused changes nothing."""
        was = revision(self.server)
        try:
            verb()
        except (Refused, Unknown, Invalid):
            assert revision(self.server) == was
