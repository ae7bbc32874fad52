"""Perspectives side by side: which groups are shown, what all of them share, where they differ, how sure one may be.

Everything here counts answers: a table's answer is one, however many people it speaks for (`Counts.people` is the
room's picture, not this one). Pure; the seed of the shuffles is handed in.

Suppression. A breakdown shows all groups or none, and groups are a partition of the room, so nothing can be worked
back by taking the groups from the whole. Three thresholds, all about answers and never about people:

- a group needs `k` answers to the exercise (`parts`, `compare`: the same rule, so that they show at the same time);
- an item needs `k` answers of every group, else it is left out for all of them;
- on a sensitive item a group of fewer than ten, all of whom or all but two at most said the same thing, would tell
  what each of them said (`kinds.few` says why two). "Nearly all" beside the other groups' numbers would not hide it:
  the whole room minus the others is the group. And said of unanimous groups only, it would be another word for
  unanimous. So such an item has no numbers for any group and no part in lists, distances or test; it is a `Nearly`.
  Where just one group is that small, the `Nearly` names it: for every room in which that group is unanimous there is
  another one, with the same counts for the whole, in which it is not, that looks the same from here. Where several are
  that small, naming one could be read against the silence about the others, so none is named.
"""

from workshop.compare.chance import CHANCE
from workshop.compare.found import findings
from workshop.compare.groups import fixed_groups, parts
from workshop.compare.side_by_side import compare, said, set_side_by_side
from workshop.compare.values import Comparison, Nearly, Page, Row, Share, Side

__all__ = [
    "CHANCE",
    "Comparison",
    "Nearly",
    "Page",
    "Row",
    "Share",
    "Side",
    "compare",
    "findings",
    "fixed_groups",
    "parts",
    "said",
    "set_side_by_side",
]
