"""After every verb of a whole workshop the last fragment pushed is what a fresh GET gives, in each language.

And what the room has not been shown is in nothing that screen or phone ever received.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest

from tests.cast import PACK, Browser, Facilitator, Phone, Socket, ada, hang_up, phone, projector, running
from workshop import kinds, packs
from workshop.config import ROOT
from workshop.gathered import Person
from workshop.model import Exercise, asks

FOLDER = ROOT / "exercises" / PACK
WORKSHOP = packs.load(FOLDER / "workshop.toml")
HINTS = packs.hints(FOLDER)
SHOWN, WAITING, HIDDEN, OWN = "Sparrowhawk", "Nightjar", "Redshank", "Oystercatcher"
THEME, OTHER_THEME = "Kestrel", "Merlin"  # what the facilitator calls themes
THEMED = "contact"  # the exercise whose notes table is watched
VIEWS = {"info": 2, "scale": 2, "card_sort": 3, "pressure_map": 3, "notes": 2, "points": 2, "form": 2}
ENDS = (("phone cy", "step"), ("phone en", "step"), ("screen", "stage"))  # where the way to the write-up stands


@dataclass
class Show:
    """The room: two phones, the screen, two consoles and two notes tables watch; six more phones only answer."""

    ada: Facilitator
    code: str
    dot: Phone
    others: list[Phone]
    sockets: dict[str, Socket]
    fresh: dict[str, tuple[Browser, str]]
    played: list[str] = field(default_factory=list)
    n: int = 0
    key: str = ""  # of the published write-up

    def check(self, what: str) -> None:
        """Everybody who watches has what a fresh GET gives."""
        self.played.append(what)
        for name, socket in self.sockets.items():
            browser, path = self.fresh[name]
            assert socket.until(lambda s=socket, b=browser, p=path: s.fragments == current(b, p)), (
                f"{name} after {what}"
            )
            assert socket.revisions == sorted(socket.revisions), f"{name} after {what}"

    def do(self, verb: str, **form: Any) -> None:
        answer = self.ada.do(self.code, verb, **form)
        assert answer.json == {"ok": True}, (verb, form)
        self.check(f"{verb} {form.get('exercise', '')}")

    def publish(self) -> None:
        """The write-up goes out; phones and screen get its address."""
        form = {"seen": self.ada.revision(self.code), "en": "No translator yet"}
        assert self.ada.post(f"/c/{self.code}/write-up/publish", form).status == 200
        self.check("publish")
        self.key = re.findall(r"/w/(\w{10})", self.sockets["phone en"].fragments["step"])[0]
        assert [self.key in self.sockets[name].fragments[part] for name, part in ENDS] == [True] * 3

    def withdraw(self) -> None:
        assert self.ada.post(f"/c/{self.code}/write-up/withdraw", {}).status == 200
        self.check("withdraw")
        assert [self.key in self.sockets[name].fragments[part] for name, part in ENDS] == [False] * 3

    def answer(self, exercise: Exercise, phones: list[Phone]) -> None:
        """These phones answer as a rehearsal would; notes carry the names of birds."""
        self.n += 1
        for number, one in enumerate(phones):
            perspective = "councillor" if number % 2 else "officer"
            person = Person(one.lang, perspective, perspective == "councillor")
            random = Random(f"{exercise.id} {number} {self.n}")
            value = kinds.imagine(exercise.kind, exercise.content, random, person, HINTS.get(exercise.id, {}))
            got = one.put_answer(exercise.id, self.n, value, self.ada.revision(self.code))
            assert got.json["status"] == "received", got.json
        self.check(f"answers to {exercise.id}")

    def note(self, who: Phone, exercise: Exercise, *texts: str, rev: int | None = None) -> str:
        """Notes of these texts, each under an id made of its first letters."""
        self.n += 1
        notes = [
            {"id": f"{text[:8].lower():x<8}", "prompt": exercise.content.prompts[0].id, "lang": who.lang, "text": text}
            for text in texts
        ]
        at = self.ada.revision(self.code) if rev is None else rev
        got = who.put_answer(exercise.id, self.n, {"notes": notes}, at)
        self.check(f"notes to {exercise.id}")
        return str(got.json["status"])

    def received(self, *names: str) -> str:
        """Everything that these ever got through their sockets, unread or shown."""
        return "\n".join(line for name in names for line in self.sockets[name].heard)


def current(browser: Browser, path: str) -> Any:
    return browser.get(path).json["fragments"]


def open_everything(facilitator: Facilitator, code: str) -> Show:
    server = facilitator.server
    ben = phone(server, code, "cy", perspective="officer")
    cari = phone(server, code, "en", perspective="councillor", table="1", size="4")
    others = [phone(server, code, "cy" if n % 2 else "en", perspective="councillor") for n in range(6)]
    screen = projector(facilitator, code)
    sockets = {
        "phone cy": ben.socket(),
        "phone en": cari.socket(),
        "screen": Socket(screen, {"surface": "screen", "code": code}),
        "console cy": facilitator.console(code, "cy"),
        "console en": facilitator.console(code, "en"),
        "themes cy": Socket(facilitator, {"surface": f"themes:{THEMED}", "code": code, "lang": "cy"}),
        "themes en": Socket(facilitator, {"surface": f"themes:{THEMED}", "code": code, "lang": "en"}),
    }
    fresh: dict[str, tuple[Browser, str]] = {
        "phone cy": (ben, f"/s/{code}/cy/now"),
        "phone en": (cari, f"/s/{code}/en/now"),
        "screen": (screen, f"/screen/{code}/now"),
        "console cy": (facilitator, f"/c/{code}/now?lang=cy"),
        "console en": (facilitator, f"/c/{code}/now?lang=en"),
        "themes cy": (facilitator, f"/c/{code}/themes/{THEMED}/now?lang=cy"),
        "themes en": (facilitator, f"/c/{code}/themes/{THEMED}/now?lang=en"),
    }
    for socket in sockets.values():
        assert socket.watch()["ok"]
    dot = phone(server, facilitator.start(), "en")
    return Show(facilitator, code, dot, [ben, cari, *others], sockets, fresh)


@pytest.fixture(scope="module")
def show(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Show]:
    """The whole workshop, played from the lobby to the end; every step is checked on the way."""
    with running(tmp_path_factory.mktemp("fresh")) as server:
        facilitator = ada(server)
        show = open_everything(facilitator, facilitator.start())
        dots = show.dot.socket()
        dots.watch()
        show.sockets["dot"] = dots
        show.fresh["dot"] = (show.dot, f"/s/{show.dot.code}/en/now")
        show.check("watching")
        play(show)
        yield show
        hang_up()


def play(show: Show) -> None:
    for exercise in WORKSHOP.agenda:
        show.do("go_to", exercise=exercise.id)
        if asks(exercise):
            show.do("open", exercise=exercise.id)
            show.answer(exercise, show.others)
            {THEMED: play_notes, "pressures": play_pressures, "roles": play_close}.get(exercise.id, play_reveal)(
                show, exercise
            )
        for view in range(1, VIEWS[exercise.kind]):
            show.do("view", exercise=exercise.id, view=view)
    show.do("go_to", exercise="roles")
    show.do("end")
    show.do("reopen")
    show.do("end")
    show.publish()
    show.withdraw()
    show.publish()


def play_reveal(show: Show, exercise: Exercise) -> None:
    show.do("reveal", exercise=exercise.id)


def play_close(show: Show, exercise: Exercise) -> None:
    """The slow way round, with everything that stands beside the course."""
    show.do("extend")
    show.do("pause", pause="1")
    show.do("pause", pause="0")
    show.do("blank", blank="1")
    show.do("blank", blank="0")
    show.do("close", exercise=exercise.id)
    show.do("open", exercise=exercise.id)
    open_at = show.ada.revision(show.code)
    show.do("reveal", exercise=exercise.id)
    show.n += 1
    for one in show.others[:5]:
        value = {"placed": {exercise.content.dealt[0].id: exercise.content.piles[0].id}}
        assert one.put_answer(exercise.id, show.n, value, open_at).json["status"] == "late"
        show.check("a late answer")
    show.do("reveal", exercise=exercise.id)


def play_notes(show: Show, exercise: Exercise) -> None:
    ben, cari, third = show.others[:3]
    assert show.note(ben, exercise, SHOWN) == "received"
    assert show.note(cari, exercise, HIDDEN) == "received"
    show.do("hide", note=f"{HIDDEN[:8].lower()}", reason="names a person")
    play_themes(show, exercise)
    open_at = show.ada.revision(show.code)
    unshown(show, SHOWN, HIDDEN, THEME, OTHER_THEME)
    show.do("reveal", exercise=exercise.id)
    assert show.note(third, exercise, WAITING, rev=open_at) == "late"
    show.do("star", note=SHOWN[:8].lower())
    show.do("unstar", note=SHOWN[:8].lower())
    turn_pages(show, exercise)
    seen = show.received("screen") + "".join(one.see() for one in show.others[:2])
    assert [bird in seen for bird in (SHOWN, WAITING, HIDDEN)] == [True, False, False]
    show.do("release", exercise=exercise.id)
    turn_pages(show, exercise)
    seen = show.received("screen") + "".join(one.see() for one in show.others[:2])
    assert [bird in seen for bird in (SHOWN, WAITING, HIDDEN)] == [True, True, False]
    show.do("hide", note=SHOWN[:8].lower(), reason="")
    assert (THEME in show.received("screen"), OTHER_THEME in show.received("screen")) == (True, False)
    assert SHOWN not in show.sockets["screen"].fragments["stage"] + show.others[0].see()
    show.do("unhide", note=SHOWN[:8].lower())


def play_themes(show: Show, exercise: Exercise) -> None:
    """Every verb of the notes table, while the room sees nothing of it."""
    here, shown, hidden = {"exercise": exercise.id}, SHOWN[:8].lower(), HIDDEN[:8].lower()
    show.do("add_theme", **here, cy="Cudyll", en="A theme", notes=shown)
    show.do("rename_theme", **here, theme=themes(show)[0], cy="Cudyll", en=THEME)
    show.do("add_theme", **here, cy="Cudyll bach", en=OTHER_THEME, notes="")
    first, second = themes(show)
    show.do("copy", **here, notes=shown, theme=second)
    show.do("move", **here, notes=shown, theme="")
    show.do("undo", **here)
    show.do("keep_apart", **here, note=shown, other=hidden)
    show.do("merge", **here, notes=hidden, into=shown)
    show.do("split", **here, note=shown)
    show.do("remove_theme", **here, theme=second)
    assert themes(show) == [first]
    assert (THEME in show.received("themes en"), SHOWN in show.sockets["themes en"].fragments["columns"]) == (
        True,
        True,
    )


def themes(show: Show) -> list[str]:
    """The ids of the themes, as the notes table has them."""
    return re.findall(r'id="column-(t\w+)"', show.sockets["themes en"].fragments["columns"])


def turn_pages(show: Show, exercise: Exercise) -> None:
    """Every page of the notes, by the buttons that the console offers."""
    offered = show.sockets["console en"].fragments["now"].count('name="view"')
    assert offered > 1
    for view in range(1, offered):
        show.do("view", exercise=exercise.id, view=view)


def play_pressures(show: Show, exercise: Exercise) -> None:
    show.n += 1
    source = exercise.content.sources[0].id
    own = {
        "placed": [{"pressure": "own:oysterca", "source": source, "strength": 5, "visibility": "hidden"}],
        "own": [{"id": "oysterca", "lang": "en", "text": OWN}],
    }
    got = show.others[1].put_answer(exercise.id, show.n, own, show.ada.revision(show.code))
    assert got.json["status"] == "received", got.json
    show.check("a pressure of one's own")
    unshown(show, OWN)
    show.do("reveal", exercise=exercise.id)
    assert OWN not in show.received("screen") + show.others[0].see()
    show.do("accept", note="oysterca")
    for view in (1, 0):
        show.do("view", exercise=exercise.id, view=view)
    assert OWN in show.others[0].see()


def unshown(show: Show, *birds: str) -> None:
    """Before a reveal: no tally and no note anywhere but on the consoles."""
    seen = show.received("screen", "phone cy", "phone en")
    assert [bird for bird in birds if bird in seen] == []
    for number, one in enumerate(show.others[:2]):
        assert one.see() == "", number
    stage = show.sockets["screen"].fragments["stage"]
    assert ("<table" in stage, '<svg class="pressures"' in stage, 'class="ask"' in stage) == (False, False, True)


# What the play shows


def test_every_surface_holds_what_a_fresh_page_gives_after_every_verb(show: Show) -> None:
    verbs = {what.split(" ")[0] for what in show.played}
    assert verbs >= {
        "go_to", "open", "close", "reveal", "view", "extend", "pause", "blank", "hide", "unhide", "star", "unstar",
        "accept", "release", "end", "reopen", "add_theme", "rename_theme", "remove_theme", "move", "copy", "merge",
        "split", "keep_apart", "undo", "publish", "withdraw",
    }  # fmt: skip
    show.check("everything")


def test_every_exercise_of_the_workshop_was_played(show: Show) -> None:
    visited = [what.split(" ")[1] for what in show.played if what.startswith("go_to")]
    assert visited == [*(exercise.id for exercise in WORKSHOP.agenda), "roles"]


def test_welsh_and_english_differ_on_phone_and_console_and_both_stand_on_the_screen(show: Show) -> None:
    for surface in ("phone", "console"):
        welsh, english = (show.sockets[f"{surface} {lang}"].heard for lang in ("cy", "en"))
        frames = [[line for line in lines if line.startswith('42["frame"')] for lines in (welsh, english)]
        assert frames[0] and frames[1]
        assert set(frames[0]) & set(frames[1]) == set()
    title = WORKSHOP.exercise("roles").title
    in_welsh, in_english = show.received("phone cy"), show.received("phone en")
    assert (title.cy in in_welsh, title.en in in_welsh) == (True, False)
    assert (title.cy in in_english, title.en in in_english) == (False, True)
    assert (title.cy in show.received("screen"), title.en in show.received("screen")) == (True, True)


def test_speaker_notes_reach_the_consoles_and_never_a_phone_or_the_screen(show: Show) -> None:
    said = [note for exercise in WORKSHOP.agenda for note in (exercise.speaker_notes.cy, exercise.speaker_notes.en)]
    told = [note for exercise in WORKSHOP.agenda for note in (exercise.speaker_notes.cy.split(":")[0],)]
    seen = show.received("screen", "phone cy", "phone en", "dot")
    assert [note for note in (*said, *told) if note in seen] == []
    consoles = show.received("console cy", "console en")
    assert [exercise.id for exercise in WORKSHOP.agenda if _escaped(exercise.speaker_notes.en) not in consoles] == []


def test_hidden_notes_stand_in_nothing_that_phones_or_the_screen_received(show: Show) -> None:
    pages = show.received("screen", "phone cy", "phone en", "dot")
    pages += "".join(one.get(f"/w/{show.key}/{one.lang}").text for one in show.others[:2])
    pages += show.others[0].get(f"/w/{show.key}/record.json").text
    assert HIDDEN not in pages
    assert HIDDEN in show.received("console cy", "console en")


def test_what_is_personal_stands_in_no_fragment(show: Show) -> None:
    drawn = {name: "".join(socket.fragments.values()) for name, socket in show.sockets.items()}
    secrets = [value for one in show.others for value in (*one.cookies.values(), one.now()["mine"]["place"])]
    assert [value for value in secrets if value in "".join(drawn.values())] == []
    ids = [one.now()["mine"]["seed"] for one in show.others]  # consoles name tables by theirs, to correct them
    seen = "".join(html for name, html in drawn.items() if not name.startswith(("console", "themes")))
    assert [value for value in ids if value in seen] == []


def test_dot_in_the_other_session_received_nothing_but_her_own(show: Show) -> None:
    heard = [line for line in show.sockets["dot"].heard if not line.startswith(('42["heartbeat"', "2"))]
    assert [line[:3] for line in heard] == ["431"]
    assert [word for word in (show.code, SHOWN, WAITING, OWN) if word in show.received("dot")] == []
    for path in (f"/s/{show.code}/en/now", f"/s/{show.code}/en/see", f"/r/{show.code}/en", f"/screen/{show.code}/now"):
        assert show.dot.get(path).status in (401, 404)
    assert show.key not in show.received("dot")


def _escaped(text: str) -> str:
    """As it stands in a frame: HTML inside JSON."""
    return text.replace("'", "&#39;").replace('"', "&#34;")
