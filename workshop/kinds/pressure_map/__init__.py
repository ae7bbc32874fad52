"""pressure_map: what presses on one person, from where, how strongly, and who can see it.

A is everyone who took part, R those who picked a pressure: reach R/A, strength the mean over those who said how strong,
load the sum of strengths over A (what pressures are ranked by, so that one person's 5 does not top the chart).
"""

from workshop.kinds.pressure_map.answers import (
    Content,
    Value,
    count,
    count_notes,
    progress,
    read,
    targets,
    written,
)
from workshop.kinds.pressure_map.found import findings
from workshop.kinds.pressure_map.made_up import SAMPLE, imagine
from workshop.kinds.pressure_map.rounds import study
from workshop.kinds.pressure_map.whole_map import tally

FOLLOWS = ("pressure_map",)  # asked a second time
NOTES_COUNT_ONCE_ACCEPTED = True  # what people write themselves counts when the facilitator puts it on the map

__all__ = [
    "FOLLOWS", "NOTES_COUNT_ONCE_ACCEPTED", "SAMPLE", "Content", "Value", "count", "count_notes", "findings",
    "imagine", "progress", "read", "study", "tally", "targets", "written",
]  # fmt: skip
