"""card_sort: every card into one of the piles that the author named (a closed sort), and the same sort again.

Definitions: n_i placements of card i, n_ij of those in pile j. Agreement P_i = sum_j n_ij (n_ij - 1) / (n_i (n_i - 1)),
the chance that two random responses agree (Fleiss 1971). Labels rest on responses, what is shown counts people.
"""

from workshop.kinds.card_sort.cards import SAMPLE, Card, Content, Pile, Value, count, imagine, items, progress, read
from workshop.kinds.card_sort.sentences import findings
from workshop.kinds.card_sort.sorts import Study, study
from workshop.kinds.card_sort.table import Tally, tally

FOLLOWS = ("card_sort",)  # the same sort again: what moved

__all__ = [
    "FOLLOWS",
    "SAMPLE",
    "Card",
    "Content",
    "Pile",
    "Study",
    "Tally",
    "Value",
    "count",
    "findings",
    "imagine",
    "items",
    "progress",
    "read",
    "study",
    "tally",
]
