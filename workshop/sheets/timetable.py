"""The facilitator's run sheet."""

from dataclasses import dataclass

from workshop.kinds.form import Content as Form
from workshop.model import Exercise, Phase, Workshop, asks
from workshop.sheets.cards import decks


@dataclass(frozen=True)
class Row:
    """An exercise at its time, its phases at theirs, and the sheets to have at hand."""

    at: str
    exercise: Exercise
    phases: tuple[tuple[str, Phase], ...]
    ready: tuple[str, ...]


def timetable(workshop: Workshop, begins: int) -> tuple[tuple[Row, ...], str]:
    """Every exercise with the clock time at which it begins, and when the last one ends."""
    with_cards = {deck.exercise.id for deck in decks(workshop)}
    rows, at = [], begins
    for exercise in workshop.agenda:
        phases, then = [], at
        for phase in exercise.phases:
            phases.append((clock_time(then), phase))
            then += phase.minutes
        first = next((one for one in workshop.agenda if one.id == exercise.of), exercise)
        ready = {
            "cards": exercise.id in with_cards or (first.kind == exercise.kind and first.id in with_cards),
            "slips": asks(exercise),
            "postcards": isinstance(exercise.content, Form),
        }
        rows.append(Row(clock_time(at), exercise, tuple(phases), tuple(name for name, there in ready.items() if there)))
        at += exercise.minutes
    return tuple(rows), clock_time(at)


def clock_time(minutes: int) -> str:
    """Hours and minutes of so many minutes after midnight; after the next midnight it begins again."""
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"
