"""What setting perspectives side by side leads to, as values."""

from dataclasses import dataclass
from typing import Literal

from workshop.compare.chance import CHANCE
from workshop.gathered import Item, Option, View
from workshop.model import Group


@dataclass(frozen=True)
class Side:
    """One group in a comparison: how many of its answers there are, and the mark that it is drawn with."""

    group: Group
    n: int
    mark: str


@dataclass(frozen=True)
class Share:
    """`part` of the `n` answers that a group gave on an item; `low` and `high` are Wilson's 95% interval, 0 to 1."""

    part: int
    n: int
    low: float
    high: float


@dataclass(frozen=True)
class Row:
    """One item with the option that is drawn, and each group's share of it in the order of the groups.

    `distance` is the largest total variation between two groups over all options of the item, 0 to 1, and `tenths`
    the whole tenths of it: at least so many in ten would have to change their answer. `p` is that of the test, None
    where there was none; `flagged` rows differ by more than shuffling explains.
    """

    item: Item
    option: Option
    shares: tuple[Share, ...]
    distance: float
    tenths: int
    p: float | None
    flagged: bool


@dataclass(frozen=True)
class Nearly:
    """A sensitive item on which nearly all of a small group said one thing. Holds no number, on purpose.

    `group` and `option` are None where several groups are small: then it is not said which one it was.
    """

    item: Item
    group: Group | None
    option: Option | None


@dataclass(frozen=True)
class Page:
    """What a wall shows at a time. `nearly` is filled on pages about it, `rows` on the others.

    `more`: how many of the list the wall does not show, said on its last page.
    """

    about: Literal["shared", "differ", "nearly"]
    view: View
    rows: tuple[Row, ...] = ()
    nearly: tuple[Nearly, ...] = ()
    more: int = 0


@dataclass(frozen=True)
class Comparison:
    """Groups set side by side. `compared` items have numbers; `left_out` lacked answers of a group.

    `shared`: every group's first choice is the same and at least six in ten of each made it; the smallest share is
    largest first. `differ`: at least two in ten would have to change their answer; furthest apart first. What is
    shared is among them only if flagged. `p` is None where there was no test, and `exact` where nothing was drawn at
    random; `shuffles` is out of how many it is. `tables`: some answers speak for several people.
    """

    groups: tuple[Side, ...]
    compared: int
    left_out: int
    shared: tuple[Row, ...]
    differ: tuple[Row, ...]
    nearly: tuple[Nearly, ...]
    p: float | None
    exact: bool
    shuffles: int
    tables: bool
    k: int
    pages: tuple[Page, ...]

    @property
    def views(self) -> tuple[View, ...]:
        return tuple(page.view for page in self.pages)

    @property
    def beyond_chance(self) -> bool:
        """The groups differ by more than shuffling explains."""
        return self.p is not None and self.p < CHANCE
