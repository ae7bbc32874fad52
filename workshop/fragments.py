"""Named pieces of each surface's HTML. Pages and broadcasts use the same functions, so what is pushed is what a fresh
page shows. An unrevealed tally is never rendered for phone or screen.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, render_template
from flask_babel import force_locale

from workshop import kinds
from workshop.live import next_step
from workshop.model import LATE_TOGETHER, Exercise, Note, Participant, Session, Step, asks
from workshop.store import Joined, Read, Store
from workshop.tallies import Sums, Tallies
from workshop.text import LANGUAGES

BOTH = "both"  # the screen's "language"


@dataclass(frozen=True)
class State:
    """Everything that surfaces show of a session, all of one moment."""

    session: Session
    joined: Joined
    tables: list[Participant]
    exercise: Exercise | None
    step: Step
    sums: Sums | None
    notes: tuple[Note, ...]
    tally: Any  # what has come in; for the console alone
    wall: Any  # None until revealed
    study: Any


class Fragments:
    """Renders surfaces. `connected(code)` is how many phones are connected; `join(session)` what its QR code says."""

    def __init__(
        self,
        app: Flask,
        store: Store,
        tallies: Tallies,
        connected: Callable[[str], int],
        join: Callable[[Session], str],
    ) -> None:
        self._app, self._store, self._tallies = app, store, tallies
        self._connected, self._join = connected, join

    def render(self, surface: str, code: str, lang: str) -> tuple[int, dict[str, str]]:
        """The surface's fragments by name, and the revision they are of. `lang` is "both" for the screen."""
        with self._store.read() as read:
            state = self.state(read, code)
        with self._app.app_context(), force_locale("cy" if lang == BOTH else lang):
            draw = {"screen": self._screen, "phone": self._phone, "console": self._console}[surface]
            return state.session.revision, draw(state, lang)

    def state(self, read: Read, code: str) -> State:
        session = read.session(code)
        exercise, sums, tally, wall, study = session.exercise, None, None, None, None
        notes: tuple[Note, ...] = ()
        step = session.step(exercise.id) if exercise else Step()
        if exercise:
            kind = kinds.KINDS[exercise.kind]
            sums = self._tallies.of(read, session, exercise)
            notes = read.notes(code, exercise.id)
            tally = kind.tally(exercise.content, sums.live, sums.live_turnout, notes)
            if step.revealed or not asks(exercise):
                wall = kind.tally(exercise.content, sums.wall, sums.wall_turnout, notes)
                study = self._tallies.study(read, session, exercise, wall=True)
        return State(session, read.joined(code), read.tables(code), exercise, step, sums, notes, tally, wall, study)

    def tally(self, code: str, lang: str) -> str:
        """The current tally as a phone reads it, once it is revealed; else nothing."""
        with self._store.read() as read:
            state = self.state(read, code)
        if state.wall is None or state.exercise is None or not asks(state.exercise):
            return ""
        with self._app.app_context(), force_locale(lang):
            return self._draw_tally(state, (lang,), full=True, tally=state.wall, study=state.study)

    def _screen(self, state: State, lang: str) -> dict[str, str]:
        context = {"state": state, "langs": LANGUAGES, "join": self._join(state.session)}
        drawn = ""
        if state.wall is not None:
            drawn = self._draw_tally(state, LANGUAGES, full=False, tally=state.wall, study=state.study)
        return {
            "head": render_template("screen/_head.html", **context),
            "stage": render_template("screen/_stage.html", **context, tally=drawn),
        }

    def _phone(self, state: State, lang: str) -> dict[str, str]:
        return {"step": render_template("phone/_step.html", state=state, langs=(lang,))}

    def _console(self, state: State, lang: str) -> dict[str, str]:
        views = state.tally.views if state.tally is not None else ()
        # Perspectives are set side by side only after the close, for the facilitator too.
        early = state.step.accepting and getattr(state.tally, "by_perspective", False)
        verb, arguments = next_step(state.session, len((state.wall or state.tally).views) if views else 0)
        context = {
            "state": state,
            "langs": (lang,),
            "views": (state.wall.views if state.wall else views),
            "next": {"verb": verb, **arguments},
            "connected": self._connected(state.session.code),
            "early": early,
            "acceptable": bool(state.exercise and kinds.notes_count_once_accepted(state.exercise.kind)),
            "late_together": LATE_TOGETHER,
        }
        drawn = ""
        if state.tally is not None and state.exercise and asks(state.exercise) and not early:
            with self._store.read() as read:
                study = self._tallies.study(read, state.session, state.exercise, wall=False)
            drawn = self._draw_tally(state, (lang,), full=True, tally=state.tally, study=study)
        names = ("top", "agenda", "now", "tally", "notes", "next")
        return {name: render_template(f"console/_{name}.html", **context, tally=drawn) for name in names}

    @staticmethod
    def _draw_tally(state: State, langs: tuple[str, ...], *, full: bool, tally: Any, study: Any) -> str:
        assert state.exercise is not None
        return draw_tally(state.exercise.kind, langs, full=full, view=state.step.view, tally=tally, study=study)


def draw_tally(kind: str, langs: tuple[str, ...], *, full: bool, tally: Any, study: Any, view: int = 0) -> str:
    """The one picture of a tally for wall, phone, console and paper. `full`: everything, else the view's page."""
    shown = min(view, len(tally.views) - 1)
    return render_template(f"kinds/{kind}/tally.html", langs=langs, full=full, view=shown, tally=tally, study=study)
