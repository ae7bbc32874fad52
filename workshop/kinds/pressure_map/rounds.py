"""A second round set against the first: what weighs more now, and what less."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workshop.gathered import SHOWN_FROM, Response
from workshop.kinds.pressure_map.answers import Content, Source, Value
from workshop.text import Text


@dataclass(frozen=True)
class Change:
    """One listed pressure: for how many people it weighs more now and for how many less.

    `before` and `after` are its loads on those who took part both times; None where they would tell what a few others
    said.
    """

    id: str
    title: Text
    source: Source
    up: int
    down: int
    before: float | None
    after: float | None


@dataclass(frozen=True)
class Study:
    """Everyone who took part both times, what changed most first. `enough` is False where so few did that it tells.

    Pressures that people wrote are written anew each time, so nothing says which is which: they are not among these.
    """

    people: int
    responses: int
    enough: bool
    rows: tuple[Change, ...]

    @property
    def loads(self) -> bool:
        return any(row.before is not None for row in self.rows)

    @property
    def end(self) -> int:
        """Where the axis of loads ends."""
        return max((min(5, int(max(row.before or 0, row.after or 0)) + 1) for row in self.rows), default=1)


def study(content: Content, responses: Sequence[Response], k: int = SHOWN_FROM) -> Study | None:
    if not content.paired:
        return None
    before = [r for r in responses if _took_part(r.before)]
    after = [r for r in responses if _took_part(r.value)]
    both = [r for r in after if _took_part(r.before)]
    # The pairs taken from the map of either round would leave what the few others said.
    alone = {len(before) - len(both), len(after) - len(both)}
    telling = any(0 < few < k for few in alone)
    enough = len(both) >= k or alone == {0}
    pairs = [(r.size, _strengths(r.before), _strengths(r.value)) for r in both]
    people = sum(r.size for r in both)
    rows = [_change(content, id, pairs, people, loads=not telling) for id in _picked(content, pairs)] if enough else []
    rows.sort(key=lambda row: (-abs((row.after or 0) - (row.before or 0)), -abs(row.up - row.down)))
    return Study(people, len(both), enough, tuple(rows))


def _took_part(value: Value | None) -> bool:
    return value is not None and bool(value.placed)


def _strengths(value: Value) -> dict[str, int]:
    return {placed.pressure: placed.strength or 0 for placed in value.placed}


def _picked(content: Content, pairs: Sequence[tuple[int, Mapping[str, int], Mapping[str, int]]]) -> list[str]:
    """The listed pressures that any of them picked, before or after, in the author's order."""
    seen = {id for _, before, after in pairs for id in (*before, *after)}
    return [pressure.id for pressure in content.pressures if pressure.id in seen]


def _change(
    content: Content,
    id: str,
    pairs: Sequence[tuple[int, Mapping[str, int], Mapping[str, int]]],
    people: int,
    *,
    loads: bool,
) -> Change:
    pressure = next(one for one in content.pressures if one.id == id)
    steps = [(size, before.get(id, 0), after.get(id, 0)) for size, before, after in pairs]
    return Change(
        id=id,
        title=pressure.title,
        source=next(one for one in content.sources if one.id == pressure.source),
        up=sum(size for size, before, after in steps if after > before),
        down=sum(size for size, before, after in steps if after < before),
        before=sum(size * before for size, before, _ in steps) / people if loads else None,
        after=sum(size * after for size, _, after in steps) / people if loads else None,
    )
