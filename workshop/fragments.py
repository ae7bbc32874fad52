"""Named pieces of each surface's HTML. Pages and broadcasts use the same functions, so what is pushed is what a fresh
page shows. An unrevealed tally is never rendered for phone or screen.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

from flask import Flask, render_template
from flask_babel import force_locale

from workshop import kinds
from workshop.compare import Comparison
from workshop.gathered import Participant, View
from workshop.live import next_step
from workshop.model import LATE_TOGETHER, Exercise, Seats, Session, Step, asks
from workshop.store import Read, Store
from workshop.tallies import Sums, Tallies
from workshop.text import LANGUAGES
from workshop.theming import arranged

BOTH = "both"  # the screen's "language"


MOST_NOTES = 60  # of the latest notes beside the console; the notes table has them all


@dataclass(frozen=True)
class State:
    """Everything that surfaces show of a session, all of one moment."""

    session: Session
    joined: Seats
    tables: list[Participant]
    exercise: Exercise | None
    step: Step
    sums: Sums | None
    tally: Any  # what has come in; for the console alone
    wall: Any  # None until revealed
    study: Any
    comparison: Comparison | None

    @property
    def views(self) -> tuple[View, ...]:
        """The pictures that the wall has, or will have once it is revealed."""
        if self.wall is not None:
            return (*self.wall.views, *(self.comparison.views if self.comparison else ()))
        return tuple(self.tally.views) if self.tally is not None else ()


class Fragments:
    """Renders surfaces. `connected(code)` is how many phones are connected; `join(session)` and
    `write_up(key)` what QR codes say; `trouble()` what is wrong with the disk.

    A surface is `screen`, `phone`, `console`, or `themes:` with the id of an exercise whose notes are being themed.
    """

    def __init__(
        self,
        app: Flask,
        store: Store,
        tallies: Tallies,
        connected: Callable[[str], int],
        join: Callable[[Session], str],
        write_up: Callable[[str], str],
        trouble: Callable[[], str | None],
    ) -> None:
        self._app, self._store, self._tallies, self._trouble = app, store, tallies, trouble
        self._connected, self._join, self._write_up = connected, join, write_up

    def render(self, surface: str, code: str, lang: str) -> tuple[int, dict[str, str]]:
        """The surface's fragments by name, and the revision they are of. `lang` is "both" for the screen."""
        with self._app.app_context(), force_locale("cy" if lang == BOTH else lang):
            name, _, exercise = surface.partition(":")
            with self._store.read() as read:
                if name == "themes":
                    return self._themes(read, code, exercise, lang)
                state = self.state(read, code)
                draw = {"screen": self._screen, "phone": self._phone, "console": self._console}[name]
                return state.session.revision, draw(read, state, lang)

    def state(self, read: Read, code: str) -> State:
        session = read.session(code)
        exercise, sums, tally, wall, study, comparison = session.exercise, None, None, None, None, None
        step = session.step(exercise.id) if exercise else Step()
        if exercise:
            kind = kinds.KINDS[exercise.kind]
            sums = self._tallies.of(read, session, exercise)
            # Perspectives stand side by side only after the close, for the facilitator too.
            live = replace(sums.live, parts=()) if step.accepting else sums.live
            tally = kind.tally(exercise.content, live)
            if step.revealed or not asks(exercise):
                wall = kind.tally(exercise.content, sums.wall)
                study = self._tallies.study(read, session, exercise, wall=True)
                comparison = self._tallies.comparison(read, session, exercise, wall=True)
        tables = read.tables(code) if session.joined.tables else []
        return State(session, session.joined, tables, exercise, step, sums, tally, wall, study, comparison)

    def tally(self, code: str, lang: str) -> str:
        """The current tally as a phone reads it, once it is revealed; else nothing."""
        with self._store.read() as read:
            state = self.state(read, code)
        if state.wall is None or state.exercise is None or not asks(state.exercise):
            return ""
        with self._app.app_context(), force_locale(lang):
            drawn = draw_tally(state.exercise.kind, (lang,), full=True, tally=state.wall, study=state.study)
            return drawn + (draw_comparison(state.comparison, (lang,), full=True) if state.comparison else "")

    def _screen(self, read: Read, state: State, lang: str) -> dict[str, str]:
        session = state.session
        context = {
            "state": state,
            "langs": LANGUAGES,
            "join": self._join(session),
            "write_up": self._write_up(session.published) if session.published else None,
        }
        drawn = ""
        if state.wall is not None and state.exercise is not None:
            view, pictures = state.step.view, len(state.wall.views)
            if state.comparison is not None and view >= pictures:
                drawn = draw_comparison(state.comparison, LANGUAGES, full=False, view=view - pictures)
            else:
                drawn = draw_tally(
                    state.exercise.kind, LANGUAGES, full=False, view=view, tally=state.wall, study=state.study
                )
        return {
            "head": render_template("screen/_head.html", **context),
            "stage": render_template("screen/_stage.html", **context, tally=drawn),
        }

    def _phone(self, read: Read, state: State, lang: str) -> dict[str, str]:
        return {"step": render_template("phone/_step.html", state=state, langs=(lang,))}

    def _console(self, read: Read, state: State, lang: str) -> dict[str, str]:
        exercise, session = state.exercise, state.session
        verb, arguments = next_step(session, len(state.views))
        context = {
            "state": state,
            "langs": (lang,),
            "views": state.views,
            "next": {"verb": verb, **arguments},
            "connected": self._connected(session.code),
            "trouble": self._trouble(),
            "early": exercise is not None and state.step.accepting and _not_yet(exercise, state.tally),
            "secret": exercise is not None and kinds.secret_until_closed(exercise.kind),
            "notes": self._tallies.notes(read, session, exercise, MOST_NOTES) if exercise else (),
            "acceptable": bool(exercise and kinds.notes_count_once_accepted(exercise.kind)),
            "themed": bool(exercise and kinds.takes_themes(exercise.kind)),
            "targets": kinds.targets(exercise.kind, exercise.content) if exercise else (),
            "late_together": LATE_TOGETHER,
            "most_notes": MOST_NOTES,
            "can_undo": exercise is not None and read.can_undo(session.code, exercise.id),
        }
        drawn = ""
        if exercise and asks(exercise) and not context["early"]:
            study = comparison = None
            if not state.step.accepting:  # they need whole responses, and perspectives only after the close
                study = self._tallies.study(read, session, exercise, wall=False)
                comparison = self._tallies.comparison(read, session, exercise, wall=False)
            drawn = draw_tally(exercise.kind, (lang,), full=True, tally=state.tally, study=study)
            drawn += draw_comparison(comparison, (lang,), full=True) if comparison else ""
        names = ("top", "agenda", "now", "tally", "notes", "next")
        return {name: render_template(f"console/_{name}.html", **context, tally=drawn) for name in names}

    def _themes(self, read: Read, code: str, exercise: str, lang: str) -> tuple[int, dict[str, str]]:
        """The notes table: columns of themes, and what looks alike."""
        session = read.session(code)
        asked = session.workshop.exercise(exercise)
        notes = self._tallies.notes(read, session, asked)
        themes = read.themes(code, exercise)
        context = {
            "state": SimpleNamespace(session=session, exercise=asked, step=session.step(exercise)),
            "langs": (lang,),
            "table": arranged(
                notes,
                themes,
                self._tallies.lookalikes(read, session, asked),
                self._tallies.of(read, session, asked).live.counts.people,
            ),
            "can_undo": read.can_undo(code, exercise),
        }
        names = ("columns", "rail", "act")
        return session.revision, {name: render_template(f"themes/_{name}.html", **context) for name in names}


def _not_yet(exercise: Exercise, tally: Any) -> bool:
    """Not even the facilitator sees it while answers come: dots, and perspectives side by side."""
    return kinds.secret_until_closed(exercise.kind) or bool(getattr(tally, "by_perspective", False))


def draw_tally(
    kind: str, langs: tuple[str, ...], *, full: bool, tally: Any, study: Any, view: int = 0, annex: bool = True
) -> str:
    """The one picture of a tally for wall, phone, console and paper. `full`: everything, else the view's page.

    `annex`: with what the write-up keeps for its annex.
    """
    shown = min(view, len(tally.views) - 1)
    return render_template(
        f"kinds/{kind}/tally.html", langs=langs, full=full, view=shown, tally=tally, study=study, annex=annex
    )


def draw_annex(kind: str, langs: tuple[str, ...], tally: Any) -> str:
    """What the write-up lists word by word in its annex."""
    return render_template(f"kinds/{kind}/annex.html", langs=langs, tally=tally, full=True)


def draw_comparison(
    comparison: Comparison, langs: tuple[str, ...], *, full: bool, view: int = 0, level: int = 3
) -> str:
    """Perspectives side by side, for the same surfaces; drawn after the picture of the whole room.

    `level` is that of its headings.
    """
    shown = min(view, len(comparison.views) - 1)
    return render_template("compare.html", langs=langs, full=full, view=shown, comparison=comparison, level=level)
