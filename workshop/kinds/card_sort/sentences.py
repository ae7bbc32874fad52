"""Sentences for the one-page summary that a card sort bears out."""

from workshop.gathered import Finding
from workshop.kinds.card_sort.cards import Content
from workshop.kinds.card_sort.sorts import Again, Study
from workshop.kinds.card_sort.table import Tally
from workshop.model import N_

SPOKEN = 10  # answers from which on a sentence is made of who moved


def findings(content: Content, tally: Tally, study: Study | None) -> tuple[Finding, ...]:
    found = (_clearest(tally), _most_split(tally), _most_moved(study.again if study else None))
    return tuple(finding for finding in found if finding is not None)


def _clearest(tally: Tally) -> Finding | None:
    homes = [(row, row.home) for row in tally.rows if row.home is not None]
    if not homes:
        return None
    row, home = max(homes, key=lambda found: found[0].agreement or 0)
    return Finding(
        f"{home.people}/{row.people}",
        N_("The clearest fit: “%(card)s”. %(votes)s of %(people)s people chose one role: %(pile)s."),
        {"card": row.card.title, "votes": home.people, "people": row.people, "pile": home.pile.title},
        0.5 + 0.3 * (row.agreement or 0),
    )


def _most_split(tally: Tally) -> Finding | None:
    if not tally.split:
        return None
    row = tally.split[0]
    first, second = sorted(row.cells, key=lambda cell: -cell.people)[:2]
    return Finding(
        f"{first.people}:{second.people}",
        N_(
            "The card that split the room most: “%(card)s”. %(first)s: %(votes)s people. %(second)s: %(others)s people."
        ),
        {
            "card": row.card.title,
            "first": first.pile.title,
            "votes": first.people,
            "second": second.pile.title,
            "others": second.people,
        },
        1.0 - (row.agreement or 0),
    )


def _most_moved(again: Again | None) -> Finding | None:
    rows = [row for row in again.most if row.moves.exact and row.moves.responses >= SPOKEN] if again else []
    if not rows:
        return None
    row = max(rows, key=lambda row: row.moves.weight)
    return Finding(
        f"{row.moves.moved}/{row.moves.people}",
        N_(
            "What moved most between the two sorts: “%(card)s”. "
            "%(moved)s of %(people)s people put it in another pile the second time."
        ),
        {"card": row.card.title, "moved": row.moves.moved, "people": row.moves.people},
        0.4 + 0.5 * row.moves.moved / row.moves.people,
    )
