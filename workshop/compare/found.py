"""What setting perspectives side by side bears out in sentences: what all share, where they differ most.

How sure: shuffling says of a difference whether it is more than chance explains (methods.md 5.2). Of what is shared
every perspective's Wilson interval has to lie above half. What was kept back as nearly of one mind is in no sentence.
"""

from collections.abc import Iterable

from workshop.compare.values import Comparison, Row, Side
from workshop.gathered import Finding, Sentence, Sure
from workshop.kinds import sure
from workshop.kinds.few import LEAST
from workshop.model import N_
from workshop.text import Text

BY_CHANCE = 0.5  # of its weight that a difference keeps where shuffling explains it


def findings(comparison: Comparison) -> tuple[Finding, ...]:
    """What all perspectives share before where they differ."""
    return (*_shared(comparison), *_differ(comparison))


def _shared(comparison: Comparison) -> Iterable[Finding]:
    """What is shared by the largest share of the perspective that shares it least."""
    if not comparison.shared:
        return
    row = comparison.shared[0]
    least = min(share.part / share.n for share in row.shares)
    tenths = min(10 * share.part // share.n for share in row.shares)
    all_of = tenths == 10
    key = (
        N_("What all perspectives share: “%(item)s”. Everybody in each of them gave this answer: “%(option)s”.")
        if all_of
        else N_(
            "What all perspectives share: “%(item)s”. "
            "At least %(tenths)s in 10 of each of them gave this answer: “%(option)s”."
        )
    )
    says = Sentence(key, {"item": row.item.title, "option": row.option.title, "tenths": tenths})
    if all(share.low > 0.5 for share in row.shares):
        certain = Sure(N_("Clear: more than half of every perspective, allowing for how few answered."), grade="clear")
    elif min(share.n for share in row.shares) < LEAST:
        certain = Sure(N_("Too few answers from a perspective to be sure."), grade="few")
    else:
        certain = Sure(N_("Leaning: in one perspective at least it could be chance."), grade="leaning")
    weight = sure.weight("share", least, certain.grade)
    yield Finding(f"{tenths}/10", says, certain, "share", (row.item.key[-1],), weight)


def _differ(comparison: Comparison) -> Iterable[Finding]:
    """Where the two perspectives furthest apart are; what shuffling does not explain goes first."""
    if not comparison.differ:
        return
    row = max(comparison.differ, key=lambda one: (one.flagged, one.distance))
    (more, a), (less, b) = _ends(comparison, row)
    everyone = N_(
        "Nowhere do perspectives differ more than here: “%(item)s”. "
        "All would have to change their answer. "
        "Who chose “%(option)s”: %(first)s, %(a)s of %(a_of)s; %(second)s, %(b)s of %(b_of)s."
    )
    some = N_(
        "Nowhere do perspectives differ more than here: “%(item)s”. "
        "At least %(tenths)s in 10 would have to change their answer. "
        "Who chose “%(option)s”: %(first)s, %(a)s of %(a_of)s; %(second)s, %(b)s of %(b_of)s."
    )
    says = Sentence(
        everyone if row.tenths == 10 else some,
        {
            "item": row.item.title,
            "tenths": row.tenths,
            "option": row.option.title,
            "first": _name(more),
            "a": row.shares[a].part,
            "a_of": row.shares[a].n,
            "second": _name(less),
            "b": row.shares[b].part,
            "b_of": row.shares[b].n,
        },
    )
    certain = _chance(row)
    weight = sure.weight("differ", row.distance, certain.grade) * (1 if row.flagged else BY_CHANCE)
    yield Finding(f"{row.tenths}/10", says, certain, "differ", (row.item.key[-1],), weight)


def _ends(comparison: Comparison, row: Row) -> tuple[tuple[Side, int], tuple[Side, int]]:
    """The perspective that chose the option most and the one that did least, each with its place."""
    places = sorted(range(len(row.shares)), key=lambda n: -row.shares[n].part / row.shares[n].n)
    first, last = places[0], places[-1]
    return (comparison.groups[first], first), (comparison.groups[last], last)


def _name(side: Side) -> Sentence | Text:
    """As the picture names it."""
    if side.group.title is None:
        return Sentence(N_("Everyone else"))
    if side.group.others:
        return Sentence(N_("%(perspective)s and others"), {"perspective": side.group.title})
    return side.group.title


def _chance(row: Row) -> Sure:
    if row.p is None:
        return Sure(N_("Too few answers to tell a difference from chance."), grade="few")
    if row.flagged:
        words = N_("Clear: more than shuffling explains. Fewer than 1 in 20 shuffles make as large a difference.")
        return Sure(words, grade="clear")
    words = N_("It could easily be chance: 1 in 20 shuffles or more make as large a difference.")
    return Sure(words, grade="few")
