"""Named pieces of each surface's HTML. Pages and broadcasts use the same functions, so what is pushed is what a fresh
page shows. An unrevealed tally is never rendered for phone or screen.

A piece is drawn anew only where something that it shows changed: each says of what it is made. A whole room that joins,
comes back or answers at once costs one drawing.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from types import SimpleNamespace
from typing import Any, NamedTuple

import gevent
from flask import Flask, render_template
from gevent.lock import BoundedSemaphore

from workshop import kinds
from workshop.bounded import Bounded
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
SLICE = 60  # answers taken in while everybody waits
BREATH = 0.002  # seconds between two slices: counting leaves most of the time to those who answer meanwhile
NAP = 0.0001  # seconds; gevent.sleep(0) would not let sockets be read


@dataclass(frozen=True)
class State:
    """Everything that surfaces show of a session, all of one moment; worked out where it is asked for."""

    session: Session
    read: Read
    tallies: Tallies

    @cached_property
    def joined(self) -> Seats:
        return self.session.joined

    @cached_property
    def tables(self) -> list[Participant]:
        return self.read.tables(self.session.code) if self.joined.tables else []

    @cached_property
    def exercise(self) -> Exercise | None:
        return self.session.exercise

    @cached_property
    def step(self) -> Step:
        return self.session.step(self.exercise.id) if self.exercise else Step()

    @cached_property
    def sums(self) -> Sums | None:
        return self.tallies.of(self.read, self.session, self.exercise) if self.exercise else None

    @cached_property
    def tally(self) -> Any:
        """What has come in; for the console alone."""
        if self.exercise is None or self.sums is None:
            return None
        # Perspectives stand side by side only after the close, for the facilitator too.
        if self.step.accepting:
            live, of = replace(self.sums.live, parts=()), "live, without parts"
        else:
            live, of = self.sums.live, "live"
        return self.tallies.tally(self.read, self.session, self.exercise, live, of)

    @property
    def shown(self) -> bool:
        """Whether the room may see what the exercise has to show."""
        return self.exercise is not None and (self.step.revealed or not asks(self.exercise))

    @cached_property
    def wall(self) -> Any:
        """What the room may see of the tally; None until revealed."""
        if self.exercise is None or self.sums is None or not self.shown:
            return None
        return self.tallies.tally(self.read, self.session, self.exercise, self.sums.wall, "wall")

    @cached_property
    def study(self) -> Any:
        if self.exercise is None or not self.shown:
            return None
        return self.tallies.study(self.read, self.session, self.exercise, wall=True)

    @cached_property
    def comparison(self) -> Comparison | None:
        if self.exercise is None or not self.shown:
            return None
        return self.tallies.comparison(self.read, self.session, self.exercise, wall=True)

    @cached_property
    def views(self) -> tuple[View, ...]:
        """The pictures that the wall has, or will have once it is revealed."""
        if self.wall is not None:
            return (*self.wall.views, *(self.comparison.views if self.comparison else ()))
        return tuple(self.tally.views) if self.tally is not None else ()

    def settle(self) -> None:
        """Works out everything now: what is drawn later has nothing to read from."""
        assert (self.tables, self.tally, self.wall, self.study, self.comparison) is not None

    @cached_property
    def counted(self) -> Hashable:
        """Other than it was once anything changed that a tally, a study or a comparison is made of."""
        if self.exercise is None:
            return None
        return self.tallies.version(self.read, self.session, self.exercise)


class Piece(NamedTuple):
    """One fragment: `draw()` gives its HTML from values alone. `made_of` is all that it shows; None: not known."""

    name: str
    made_of: Any
    draw: Callable[[], str]


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
        self._counting: Bounded[str, BoundedSemaphore] = Bounded(200)
        self._pieces: Bounded[tuple[str, str, str], tuple[Any, str]] = Bounded(1000)  # code, surface and lang, name

    def render(self, surface: str, code: str, lang: str) -> tuple[int, dict[str, str]]:
        """The surface's fragments by name, and the revision they are of. `lang` is "both" for the screen."""
        if surface == "phone":  # it shows nothing that anybody answered: who comes back need not be counted first
            session = self._store.session(code)
            return session.revision, self._drawn(code, f"phone {lang}", self._phone(session, lang))
        name, _, exercise = surface.partition(":")
        self.take_in(code, exercise)
        with self._store.read() as read:
            state = self.state(read, code)
            if name == "themes":
                pieces = self._themes(state, state.session.workshop.exercise(exercise), lang)
            else:
                pieces = self._screen(state) if name == "screen" else self._console(state, lang)
        return state.session.revision, self._drawn(code, f"{surface} {lang}", pieces)

    def take_in(self, code: str, exercise: str) -> None:
        """Has what has gathered by now counted in slices, so that nobody waits long for who looks after thousands."""
        session = self._store.session(code)
        asked = session.workshop.exercise(exercise) if exercise else session.exercise
        if code not in self._counting:
            self._counting[code] = BoundedSemaphore()
        with self._counting[code]:  # two who look at once count once
            while asked is not None:
                with self._store.read() as read:
                    if self._tallies.take_in(read, session, asked, SLICE):
                        return
                gevent.sleep(BREATH)

    def count(self, code: str) -> None:
        """Has some of what came in counted, ahead of the next drawing."""
        session = self._store.session(code)
        if session.exercise is not None:
            with self._store.read() as read:
                self._tallies.take_in(read, session, session.exercise, SLICE)

    def forget(self, code: str) -> None:
        for key in [key for key in self._pieces if key[0] == code]:
            del self._pieces[key]

    def state(self, read: Read, code: str) -> State:
        return State(read.session(code), read, self._tallies)

    def tally(self, code: str, lang: str) -> str:
        """The current tally as a phone reads it, once it is revealed; else nothing."""
        with self._store.read() as read:
            state = self.state(read, code)
            if state.wall is None or state.exercise is None or not asks(state.exercise):
                return ""
            with self._app.app_context():
                drawn = draw_tally(state.exercise.kind, (lang,), full=True, tally=state.wall, study=state.study)
                return drawn + (draw_comparison(state.comparison, (lang,), full=True) if state.comparison else "")

    def _drawn(self, code: str, room: str, pieces: Sequence[Piece]) -> dict[str, str]:
        """Each as it was drawn last, where it is made of the same; after one that is not the others have their turn."""
        drawn = {}
        for piece in pieces:
            key = (code, room, piece.name)
            held = self._pieces.get(key)
            if held is None or piece.made_of is None or held[0] != piece.made_of:
                with self._app.app_context():
                    held = self._pieces[key] = (piece.made_of, piece.draw())
                gevent.sleep(NAP)
            drawn[piece.name] = held[1]
        return drawn

    def _phone(self, session: Session, lang: str) -> list[Piece]:
        made_of = replace(_moving(session), groups=None, visits=(), blank=False, moved=0)
        state = SimpleNamespace(
            session=session,
            exercise=session.exercise,
            step=session.step(session.current) if session.current else Step(),
        )

        def draw() -> str:
            return render_template("phone/_step.html", state=state, langs=(lang,))

        return [Piece("step", made_of, draw)]

    def _screen(self, state: State) -> list[Piece]:
        session = state.session
        join, write_up = self._join(session), self._write_up(session.published) if session.published else None
        moving, wall = _moving(session), (state.counted, state.joined.phones) if state.shown else None
        answered = None if state.shown else state.sums and state.sums.live.turnout.responses
        state.settle()

        def head() -> str:
            return render_template("screen/_head.html", state=state, langs=LANGUAGES)

        def stage() -> str:
            return render_template(
                "screen/_stage.html", state=state, langs=LANGUAGES, join=join, write_up=write_up, tally=_on_wall(state)
            )

        of_stage = (moving, wall, join, write_up, state.joined.phones, answered)
        return [Piece("head", (moving, wall), head), Piece("stage", of_stage, stage)]

    def _console(self, state: State, lang: str) -> list[Piece]:
        exercise, session = state.exercise, state.session
        state.settle()
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
            "acceptable": bool(exercise and kinds.notes_count_once_accepted(exercise.kind)),
            "themed": bool(exercise and kinds.takes_themes(exercise.kind)),
            "targets": kinds.targets(exercise.kind, exercise.content) if exercise else (),
            "late_together": LATE_TOGETHER,
            "most_notes": MOST_NOTES,
            "can_undo": exercise is not None and state.read.can_undo(session.code, exercise.id),
            "notes": self._tallies.notes(state.read, session, exercise, MOST_NOTES) if exercise else (),
        }
        moving = _moving(session)
        made_of = {
            "top": (moving.workshop, state.joined, context["connected"], state.tables, context["trouble"]),
            "agenda": moving,
            "now": (moving, state.joined, state.counted, state.views),
            "tally": (moving, state.counted, session.groups),
            "notes": (moving, context["notes"], context["can_undo"], state.sums and state.sums.live.notes),
            "next": (moving, state.views),
        }

        tally = str if context["early"] else _for_facilitator(state, lang)

        def draw(name: str) -> str:
            return render_template(f"console/_{name}.html", **context, tally=tally() if name == "tally" else "")

        return [Piece(name, of, partial(draw, name)) for name, of in made_of.items()]

    def _themes(self, state: State, asked: Exercise, lang: str) -> list[Piece]:
        """The notes table: columns of themes, and what looks alike."""
        session, read = state.session, state.read
        notes = self._tallies.notes(read, session, asked)
        themes = read.themes(session.code, asked.id)
        context = {
            "state": SimpleNamespace(session=session, exercise=asked, step=session.step(asked.id)),
            "langs": (lang,),
            "table": arranged(
                notes,
                themes,
                self._tallies.lookalikes(read, session, asked),
                self._tallies.of(read, session, asked).live.counts.people,
            ),
            "can_undo": read.can_undo(session.code, asked.id),
        }
        names = ("columns", "rail", "act")
        return [Piece(name, None, partial(render_template, f"themes/_{name}.html", **context)) for name in names]


def _moving(session: Session) -> Session:
    """What of a session verbs change: all but what grows while people join and answer."""
    return replace(session, revision=0, seats={}, answered_day=None)


def _on_wall(state: State) -> str:
    if state.wall is None or state.exercise is None:
        return ""
    view, pictures = state.step.view, len(state.wall.views)
    if state.comparison is not None and view >= pictures:
        return draw_comparison(state.comparison, LANGUAGES, full=False, view=view - pictures)
    return draw_tally(state.exercise.kind, LANGUAGES, full=False, view=view, tally=state.wall, study=state.study)


def _for_facilitator(state: State, lang: str) -> Callable[[], str]:
    """What has come in, all of it, revealed or not; to be drawn."""
    exercise = state.exercise
    if exercise is None or not asks(exercise):
        return str
    study = comparison = None
    if not state.step.accepting:  # they need whole responses, and perspectives only after the close
        study = state.tallies.study(state.read, state.session, exercise, wall=False)
        comparison = state.tallies.comparison(state.read, state.session, exercise, wall=False)

    def draw() -> str:
        drawn = draw_tally(exercise.kind, (lang,), full=True, tally=state.tally, study=study)
        return drawn + (draw_comparison(comparison, (lang,), full=True) if comparison else "")

    return draw


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
