"""Tables of the Word file: where cells go, and how wide each column is."""

from collections.abc import Callable, Iterator
from typing import Any

from docx.oxml.ns import qn

from workshop.exports.blocks import Block, Cell, Level, Paragraph, Span, Table, level, plain, said
from workshop.exports.blocks.tables import Place, places, width
from workshop.exports.word.look import SUNKEN, TEXT_WIDTH
from workshop.exports.word.runs import child

LETTER = 98  # twentieths of a point: what a letter of a table takes on average
WIDE_LETTER = 116  # in a single word, which has to fit even in the face that stands in
PADDING = 200
LONGEST_WORD = 18  # letters; longer ones are broken
ENOUGH = 70  # letters: a column of long texts asks for no more
NARROW = 9  # letters: what is no longer in any row is a number, or as short
TALL = 1500  # letters: a row that may not be split would leave its page empty
FEW_ROWS = 8  # such a table stays on one page

Fill = Callable[[Any, tuple[Block, ...], bool, bool, bool], None]


def write(into: Any, table: Table, fill: Fill, room: int = TEXT_WIDTH) -> None:
    """Puts the table at the end of `into`.

    `fill(cell, blocks, centred, head, keep)` writes what a cell holds. Where each group of rows has one row of numbers
    only, its heading becomes that row's, so that no cell spans others.
    """
    rows = list(_levelled(table) if _each_group_has_one_row(table) else _as_drawn(table))
    columns = max((place.column + place.cell.colspan for _, row in rows for place in row), default=0)
    if not columns:
        return
    widths = _widths([place for _, row in rows for place in row], columns, room)
    centred = _centred(rows, columns)
    made = child(into, "w:tbl")
    _about(made, table, widths)
    for number, (head, row) in enumerate(rows):
        keep = head or (len(rows) <= FEW_ROWS and number < len(rows) - 1) or _is_title(row, columns)
        line = child(made, "w:tr")
        about = child(line, "w:trPr")
        if sum(len(plain(place.cell.blocks)) for place in row) < TALL:
            child(about, "w:cantSplit")
        if head:
            child(about, "w:tblHeader")
        for column, place, begins in _across(rows, number, columns):
            cell = place.cell if place else Cell(())
            box = child(line, "w:tc")
            _box(box, sum(widths[column : column + cell.colspan]), cell, begins, _is_title(row, columns) and not head)
            bold = head or _is_title(row, columns)
            fill(box, cell.blocks if begins else (), column in centred, bold, keep)


Rows = list[tuple[bool, list[Place]]]  # whether a row is one of headings, and the cells that begin in it


def _each_group_has_one_row(table: Table) -> bool:
    titles = [[row for row in rows if any(cell.scope == "rowgroup" for cell in row)] for rows in table.body]
    return any(titles) and all(len(rows) - len(heads) == 1 for rows, heads in zip(table.body, titles, strict=True))


def _levelled(table: Table) -> Iterator[tuple[bool, list[Place]]]:
    flat: Level = level(table)
    if table.head:
        yield True, [Place(0, column, _heading(words)) for column, words in enumerate(flat.headings)]
    for y, row in enumerate(flat.rows):
        yield False, [Place(y, x, _single(cell, x < flat.labels)) for x, cell in enumerate(row)]


def _heading(words: str) -> Cell:
    return Cell((Paragraph((Span(words, ""),)),) if words else (), head=True)


def _single(cell: Cell | None, label: bool) -> Cell:
    return Cell(cell.blocks, head=cell.head, classes=cell.classes) if cell else Cell((), head=label)


def _as_drawn(table: Table) -> Iterator[tuple[bool, list[Place]]]:
    most = width(table)
    for head, rows in ((True, table.head), *((False, rows) for rows in table.body)):
        by_row: dict[int, list[Place]] = {number: [] for number in range(len(rows))}
        for place in places(rows):
            by_row[place.row].append(place)
        for row in by_row.values():
            yield head, [place for place in row if place.column < most]


def _is_title(row: list[Place], columns: int) -> bool:
    """A row that heads those below it."""
    return len(row) == 1 and row[0].cell.head and row[0].cell.colspan == columns and columns > 1


def _across(rows: Rows, number: int, columns: int) -> Iterator[tuple[int, Place | None, bool]]:
    """The cells of a row from left to right: column, the cell that is there, whether it begins in this row."""
    head, row = rows[number]
    starts = {place.column: place for place in row}
    column = 0
    while column < columns:
        place = starts.get(column)
        begins = place is not None
        if place is None:
            for above in range(number - 1, -1, -1):
                over = next((one for one in rows[above][1] if one.column == column), None)
                if over:
                    reaches = over.cell.rowspan > number - above and rows[above][0] == head
                    place = over if reaches and over.row + number - above < over.row + over.cell.rowspan else None
                    break
        yield column, place, begins
        column += place.cell.colspan if place else 1


def _about(made: Any, table: Table, widths: list[int]) -> None:
    about = child(made, "w:tblPr")
    child(about, "w:tblStyle", "WriteUp")
    whole = child(about, "w:tblW")
    whole.set(qn("w:w"), str(sum(widths)))
    whole.set(qn("w:type"), "dxa")
    child(about, "w:tblLayout").set(qn("w:type"), "fixed")
    looks = child(about, "w:tblLook")
    looks.set(qn("w:firstRow"), "1" if table.head else "0")
    looks.set(qn("w:firstColumn"), "1" if any(row[0].head for rows in table.body for row in rows if row) else "0")
    looks.set(qn("w:noHBand"), "1")
    looks.set(qn("w:noVBand"), "1")
    caption = said(table.caption)
    if caption:
        child(about, "w:tblCaption", caption[:250])
        child(about, "w:tblDescription", caption)
    grid = child(made, "w:tblGrid")
    for one in widths:
        child(grid, "w:gridCol").set(qn("w:w"), str(one))


def _box(box: Any, wide: int, cell: Cell, begins: bool, title: bool) -> None:
    about = child(box, "w:tcPr")
    size = child(about, "w:tcW")
    size.set(qn("w:w"), str(wide))
    size.set(qn("w:type"), "dxa")
    if cell.colspan > 1:
        child(about, "w:gridSpan", str(cell.colspan))
    if cell.rowspan > 1:
        child(about, "w:vMerge", "restart" if begins else "continue")
    if title:
        shade = child(about, "w:shd", "clear")
        shade.set(qn("w:color"), "auto")
        shade.set(qn("w:fill"), SUNKEN)


def _widths(cells: list[Place], columns: int, room: int) -> list[int]:
    """Twentieths of a point: first what the longest word needs, then by how much there is to read."""
    least, wanted = [0] * columns, [0] * columns
    for place in cells:
        if place.cell.colspan > 1:
            continue
        words = plain(place.cell.blocks)
        longest = max((len(word) for word in words.split()), default=1)
        least[place.column] = max(least[place.column], round(min(longest, LONGEST_WORD) * WIDE_LETTER))
        wanted[place.column] = max(wanted[place.column], round(min(len(words), ENOUGH) * LETTER))
    least = [one + PADDING for one in least]
    wanted = [max(one + PADDING, low) for one, low in zip(wanted, least, strict=True)]
    if sum(least) >= room:
        made = [one * room // sum(least) for one in least]
    elif sum(wanted) > room:
        share = (room - sum(least)) / (sum(wanted) - sum(least))
        made = [low + int((one - low) * share) for low, one in zip(least, wanted, strict=True)]
    else:
        made = [one + (room - sum(wanted)) * one // sum(wanted) for one in wanted]
    made[made.index(max(made))] += room - sum(made)
    return made


def _centred(rows: Rows, columns: int) -> set[int]:
    """The columns of numbers and other short cells."""
    own: dict[int, list[str]] = {column: [] for column in range(columns)}
    for head, row in rows:
        for place in row:
            if not head and place.cell.colspan == 1:
                own[place.column].append("words" * 9 if place.cell.head else plain(place.cell.blocks))
    return {column for column, texts in own.items() if texts and all(len(text) <= NARROW for text in texts)}
