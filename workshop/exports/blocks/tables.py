"""Tables: which cell stands where, what of them is only drawn, and each as plain rows under plain columns."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from workshop.exports.blocks.values import Block, Cell, Row, Table, plain

BETWEEN_HEADINGS = " – "
MOST_SPANNED = 200


def parts(table: Any) -> Iterator[tuple[bool, list[Any]]]:
    """The rows of each thead (true), tbody and tfoot, in the order of reading; rows outside of any are a body."""
    for head, names in ((True, ("thead",)), (False, ("tr",)), (False, ("tbody",)), (False, ("tfoot",))):
        found = [part for part in table if part.tag in names]
        if names == ("tr",):
            if found:
                yield head, found
            continue
        for part in found:
            yield head, [row for row in part if row.tag == "tr"]


def row(row: Any, read: Callable[[Any], tuple[Block, ...]]) -> Row:
    return tuple(_cell(cell, read(cell)) for cell in row if cell.tag in ("td", "th"))


def _cell(cell: Any, blocks: tuple[Block, ...]) -> Cell:
    return Cell(
        blocks,
        head=cell.tag == "th",
        scope=cell.get("scope") or "",
        colspan=_spanned(cell.get("colspan")),
        rowspan=_spanned(cell.get("rowspan")),
        marked=not blocks and len(cell) > 0,
        classes=frozenset((cell.get("class") or "").split()),
    )


def _spanned(text: str | None) -> int:
    return min(max(int(text), 1), MOST_SPANNED) if text and text.isdecimal() else 1


@dataclass(frozen=True, slots=True)
class Place:
    """Where a cell begins."""

    row: int
    column: int
    cell: Cell


def places(rows: tuple[Row, ...]) -> list[Place]:
    """Where the cells of one part of a table stand, from its spans, in the order of reading."""
    taken: set[tuple[int, int]] = set()
    found = []
    for y, row in enumerate(rows):
        x = 0
        for cell in row:
            while (y, x) in taken:
                x += 1
            found.append(Place(y, x, cell))
            down = range(y, min(y + cell.rowspan, len(rows)))
            taken.update((below, right) for below in down for right in range(x, x + cell.colspan))
            x += cell.colspan
    return found


def width(table: Table) -> int:
    every = [place for rows in (table.head, *table.body) for place in places(rows)]
    return max((place.column + place.cell.colspan for place in every), default=0)


def without_drawn_columns(table: Table) -> Table:
    """The table without columns that hold bars or other marks and no words below their heading."""
    body = [place for rows in table.body for place in places(rows)]
    drawn = set()
    for column in range(width(table)):
        own = [place.cell for place in body if place.column == column and place.cell.colspan == 1]
        if own and any(cell.marked for cell in own) and not any(cell.blocks for cell in own):
            drawn.add(column)
    if not drawn:
        return table
    body_without = tuple(_without(rows, drawn) for rows in table.body)
    return replace(table, head=_without(table.head, drawn), body=body_without)


def _without(rows: tuple[Row, ...], columns: set[int]) -> tuple[Row, ...]:
    kept: list[list[Cell]] = [[] for _ in rows]
    for place in places(rows):
        covered = range(place.column, place.column + place.cell.colspan)
        left = len([column for column in covered if column not in columns])
        if left:
            kept[place.row].append(replace(place.cell, colspan=left))
    return tuple(tuple(row) for row in kept)


@dataclass(frozen=True, slots=True)
class Level:
    """A table without spanned cells: the first `labels` columns say what a row is about."""

    headings: tuple[str, ...]
    labels: int
    rows: tuple[tuple[Cell | None, ...], ...]


def level(table: Table) -> Level:
    """Headings over several rows are put together; the heading of a group of rows is the first label of each."""
    groups = [_level_rows(rows) for rows in table.body]
    rows = [row for group in groups for row in group]
    grouped = any(row.group for row in rows)
    own = max((len(row.heads) for row in rows), default=0)
    columns = sorted({column for row in rows for column in row.values})
    over = _headings(table.head)
    label_places = [place for row in rows for place in row.heads]
    labels = [over.get(column, "") for column in sorted({place.column for place in label_places})[:own]]
    labels += [""] * (own - len(labels))
    return Level(
        headings=(*([""] if grouped else []), *labels, *(over.get(column, "") for column in columns)),
        labels=own + grouped,
        rows=tuple(
            (
                *([row.group] if grouped else []),
                *(place.cell for place in row.heads),
                *([None] * (own - len(row.heads))),
                *(row.values.get(column) for column in columns),
            )
            for row in rows
        ),
    )


def _headings(head: tuple[Row, ...]) -> dict[int, str]:
    """The words over each column."""
    over: dict[int, list[str]] = {}
    for place in places(head):
        words = plain(place.cell.blocks)
        for column in range(place.column, place.column + place.cell.colspan):
            if words:
                over.setdefault(column, []).append(words)
    return {column: BETWEEN_HEADINGS.join(words) for column, words in over.items()}


@dataclass(slots=True)
class _LevelRow:
    group: Cell | None
    heads: list[Place]
    values: dict[int, Cell]


def _level_rows(rows: tuple[Row, ...]) -> list[_LevelRow]:
    """The rows of one group; one that only heads the group gives its words, and cells that reach down, to the next."""
    made: list[_LevelRow] = []
    group: Cell | None = None
    waiting: dict[int, Cell] = {}
    by_row: dict[int, list[Place]] = {}
    for place in places(rows):
        by_row.setdefault(place.row, []).append(place)
    for _, row in sorted(by_row.items()):
        titles = [place for place in row if place.cell.head and place.cell.scope == "rowgroup"]
        heads = [place for place in row if place.cell.head and place.cell.scope != "rowgroup"]
        values = {place.column: place.cell for place in row if not place.cell.head}
        if titles:
            group = titles[0].cell
        if titles and not heads and all(cell.rowspan > 1 for cell in values.values()):
            waiting = values
            continue
        made.append(_LevelRow(group, heads, {**waiting, **values}))
        waiting = {}
    if group and not made:
        made.append(_LevelRow(group, [], waiting))
    return made
