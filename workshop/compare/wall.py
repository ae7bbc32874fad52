"""How much of a comparison a wall shows at a time."""

from collections.abc import Sequence
from typing import Any, Literal

from workshop.compare.values import Nearly, Page, Row, Side
from workshop.gathered import View
from workshop.model import N_
from workshop.text import Text

PAGES = 2  # of one list on a wall: as much as a room can talk about; the write-up has all of it
ROWS_A_PAGE = 5
WALL = 938  # pixels under the head of a wall of 1080
LINE, SHARE_LINE, GAP = 36, 38, 16  # of these: a line of type, a group's line, and what keeps rows apart
HEADING, CHANCE_LINE, CAUTION, TAIL = 58, 53, 79, 43  # each in both languages
LEGEND_LETTERS = 118  # in a line of the wall
TITLE_LETTERS, OPTION_LETTERS = 58, 32  # in one language's half of the wall; in the option's column, both languages

_KEYS = {
    "shared": (N_("What all perspectives share"), N_("What all perspectives share, page %(page)s of %(pages)s")),
    "differ": (N_("Where perspectives differ"), N_("Where perspectives differ, page %(page)s of %(pages)s")),
    "nearly": (
        N_("Where one perspective is nearly of one mind"),
        N_("Where one perspective is nearly of one mind, page %(page)s of %(pages)s"),
    ),
}


def pages(
    sides: Sequence[Side],
    left_out: int,
    compared: int,
    shared: Sequence[Row],
    differ: Sequence[Row],
    nearly: Sequence[Nearly],
) -> tuple[Page, ...]:
    """What is shared before what is not; each has a page even where all it says is that there is nothing."""
    tails = 1 + (left_out > 0)
    room = WALL - HEADING - LINE - SHARE_LINE * _legend_lines(sides) - CAUTION - TAIL * tails
    same = _paged(shared, [(_height(row), "") for row in shared], room)
    other = _paged(differ, [(LINE + _height(row), str(row.flagged)) for row in differ], room)
    heights = [(LINE * (1 + _title_lines(one.item.title)) + GAP, "") for one in nearly]
    kept_back = _paged(nearly, heights, WALL - HEADING - CAUTION - TAIL)
    return (
        *(_page("shared", n, same, rows=rows) for n, rows in enumerate(same[:PAGES]) if compared),
        *(_page("differ", n, other, rows=rows) for n, rows in enumerate(other[:PAGES]) if compared),
        *(_page("nearly", n, kept_back, nearly=these) for n, these in enumerate(kept_back[:PAGES]) if nearly),
    )


def _page(about: Literal["shared", "differ", "nearly"], n: int, full: Sequence[Sequence[Any]], **shown: Any) -> Page:
    of = min(len(full), PAGES)
    one, several = _KEYS[about]
    view = View(one) if of == 1 else View(several, {"page": n + 1, "pages": of})
    more = sum(len(page) for page in full[PAGES:]) if n == of - 1 else 0
    return Page(about, view, more=more, **shown)


def _paged(things: Sequence[Any], sizes: Sequence[tuple[int, str]], room: int) -> list[tuple[Any, ...]]:
    """Things in their order, as many to a page as fit; at least one page, which may be empty.

    `sizes` are the height of each, and what it stands under: a heading, if any, where that changes or a page begins.
    """
    full: list[tuple[Any, ...]] = [()]
    left, heading = room, ""
    for thing, (height, under) in zip(things, sizes, strict=True):
        headed = height + CHANCE_LINE * (under != heading)
        if full[-1] and (headed > left or len(full[-1]) == ROWS_A_PAGE):
            full.append(())
            left, headed = room, height + CHANCE_LINE * (under != "")
        full[-1] += (thing,)
        left, heading = left - headed, under
    return full


def _legend_lines(sides: Sequence[Side]) -> int:
    """Lines of the groups' names with their answers, in both languages: "name: 9 ateb, name and others: 9 answers"."""
    lines, used = 1, 0
    for side in sides:
        letters = 34 + (len(side.group.title.cy) + len(side.group.title.en) + 21 if side.group.title else 23)
        if used and used + letters > LEGEND_LETTERS:
            lines, used = lines + 1, 0
        used += letters
    return lines


def _height(row: Row) -> int:
    """Of a row on a wall: its title, then a line for each group beside the option in both languages."""
    option = -(-(len(row.option.title.cy) + len(row.option.title.en) + 5) // OPTION_LETTERS)
    return LINE * _title_lines(row.item.title) + max(SHARE_LINE * len(row.shares), LINE * option) + GAP


def _title_lines(title: Text) -> int:
    return -(-max(len(title.cy), len(title.en), 1) // TITLE_LETTERS)
