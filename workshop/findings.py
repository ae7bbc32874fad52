"""Which of the sentences that were found stand on the first page, and which under their exercise. Pure."""

from collections.abc import Sequence
from typing import Any

from workshop import compare, kinds
from workshop.compare import Comparison
from workshop.gathered import Finding

WORTH_SAYING = 0.4  # weight from which on a sentence goes before a second one of the same exercise
AGAIN = 0.2  # weight that a sentence loses where one of its sort was picked already


def of_exercise(
    kind: str, content: Any, tally: Any, study: Any, comparison: Comparison | None = None
) -> tuple[Finding, ...]:
    """All that one exercise bears out, of the whole room and of perspectives; what is most worth saying first."""
    found = kinds.findings(kind, content, tally, study) + (compare.findings(comparison) if comparison else ())
    return tuple(sorted(found, key=lambda one: -one.weight))


def pick(found: Sequence[tuple[str, Finding]], most: int) -> tuple[tuple[str, Finding], ...]:
    """At most so many of (exercise id, finding), those first that are picked first.

    Never two about the same item. No second one of an exercise while another has one that is worth saying. Among
    the rest by weight, where one of a sort that was picked already counts for less.
    """
    picked: list[tuple[str, Finding]] = []
    left = list(found)
    while left and len(picked) < most:
        exercises = {exercise for exercise, _ in picked}
        sorts = {one.tells for _, one in picked}
        best = max(
            left,
            key=lambda pair: (
                pair[1].weight >= WORTH_SAYING and pair[0] not in exercises,
                pair[1].weight - AGAIN * (pair[1].tells in sorts),
            ),
        )
        picked.append(best)
        left = [pair for pair in left if pair is not best and not set(pair[1].items) & set(best[1].items)]
    return tuple(picked)
