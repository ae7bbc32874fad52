"""What needs whole sorts: the typical one, who used a pile, and what moved when a room sorts again."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workshop.gathered import SHOWN_FROM, Response
from workshop.kinds.card_sort.agreement import agreement, category_agreement, closest
from workshop.kinds.card_sort.cards import Card, Content, Pile, Value
from workshop.kinds.card_sort.moving import LEAST_FLOW, Moves, Placing, moves
from workshop.kinds.card_sort.table import lines

MOVED_CARDS, MOVED_LINES = 6, 15  # what a wall holds beside the words of what moved
USES_FROM = 15  # answers from which on it is worth printing how alike people filled a pile
TYPICAL_FROM = 10  # whole sorts from which on one of them may be shown


@dataclass(frozen=True)
class Typical:
    """One real sort, the closest to all others, without a name: its cards by pile.

    `alone` are the cards that fewer than k answers put where this one did: who heard somebody say so would else know
    whose sort this is. `elsewhere`: how many cards the others put otherwise, on average. Of `people` who sorted all.
    """

    piles: tuple[tuple[Pile, tuple[Card, ...]], ...]
    alone: tuple[Card, ...]
    elsewhere: float
    cards: int
    people: int


@dataclass(frozen=True)
class PileUse:
    """A pile: the distinct cards in it, who used it and how alike (Spencer). Nothing of it where fewer than k did."""

    pile: Pile
    cards: int = 0
    people: int = 0
    agreement: float | None = None


@dataclass(frozen=True)
class Movement:
    """People who took the card from one pile to another."""

    start: Pile
    end: Pile
    people: int


@dataclass(frozen=True)
class Change:
    """A pile's people in the room's two tables."""

    pile: Pile
    before: int
    now: int


@dataclass(frozen=True)
class Moved:
    """One card, before against now. See `moving` for what may be told; `changes`, largest first, may be always.

    `before` and `now` are the agreement among those who placed it both times.
    """

    card: Card
    moves: Moves
    movements: tuple[Movement, ...]
    changes: tuple[Change, ...]
    before: float | None
    now: float | None


@dataclass(frozen=True)
class Again:
    """Everyone who answered both times; `rows` begin with what moved most, and `most` is what a wall has room for.

    `each`: cards that a person moved on average; None for too few. It is a whole number because the exact sum would
    give away cards of which nothing may be told.
    """

    people: int
    responses: int
    each: int | None
    cards: int
    rows: tuple[Moved, ...]
    most: tuple[Moved, ...]


@dataclass(frozen=True)
class Study:
    """What needs whole sorts. `uses` is empty and `typical` None for too few; `again` is None for a first sort."""

    typical: Typical | None
    uses: tuple[PileUse, ...]
    again: Again | None


def study(content: Content, responses: Sequence[Response], k: int = SHOWN_FROM) -> Study:
    given = [response for response in responses if response.value is not None and response.value.placed]
    return Study(
        typical=_typical(content, given, k),
        uses=_uses(content, given, k) if len(given) >= USES_FROM else (),
        again=_again(content, responses, k) if content.paired else None,
    )


def _typical(content: Content, given: Sequence[Response], k: int) -> Typical | None:
    whole = [r for r in given if len(r.value.placed) == len(content.dealt)]
    if len(whole) < max(TYPICAL_FROM, k):
        return None
    numbers = {pile.id: n for n, pile in enumerate(content.piles)}
    sorts = [tuple(numbers[r.value.placed[card.id]] for card in content.dealt) for r in whole]
    found = closest(sorts, [r.size for r in whole])
    assert found is not None  # ten are more than one
    nearest, elsewhere = found
    shared = Counter(step for r in given for step in r.value.placed.items())
    by_pile: dict[str, list[Card]] = {pile.id: [] for pile in content.piles}
    alone: list[Card] = []
    for card, number in zip(content.dealt, nearest, strict=True):
        pile = content.piles[number].id
        (by_pile[pile] if shared[card.id, pile] >= k else alone).append(card)
    if len(alone) > len(content.dealt) / 2:
        return None
    piles = tuple((pile, tuple(by_pile[pile.id])) for pile in content.piles)
    return Typical(piles, tuple(alone), elsewhere, len(content.dealt), sum(r.size for r in whole))


def _uses(content: Content, given: Sequence[Response], k: int) -> tuple[PileUse, ...]:
    cards: Counter[tuple[str, str]] = Counter()
    people: Counter[str] = Counter()
    answers: Counter[str] = Counter()
    for response in given:
        for card, pile in response.value.placed.items():
            cards[pile, card] += response.size
        for pile in set(response.value.placed.values()):
            people[pile] += response.size
            answers[pile] += 1
    found = []
    for pile in content.piles:
        inside, used = [n for (at, _), n in cards.items() if at == pile.id], people[pile.id]
        alike = category_agreement(sum(inside), len(inside), used)
        found.append(PileUse(pile, len(inside), used, alike) if answers[pile.id] >= k else PileUse(pile))
    return tuple(found)


def _again(content: Content, responses: Sequence[Response], k: int) -> Again:
    numbers = {pile.id: n for n, pile in enumerate(content.piles)}
    placings = [
        [(_at(r.before, card, numbers), _at(r.value, card, numbers), r.size) for r in responses]
        for card in content.dealt
    ]
    found = [_moved(content, card, given, k) for card, given in zip(content.dealt, placings, strict=True)]
    rows = tuple(sorted(found, key=lambda row: -row.moves.weight))
    people = answers = moved = 0
    for sort in zip(*placings, strict=True):
        steps = [(before, now, size) for before, now, size in sort if before is not None and now is not None]
        people += steps[0][2] if steps else 0
        answers += bool(steps)
        moved += sum(size for before, now, size in steps if before != now)
    most = [row for row in rows if row.moves.weight >= LEAST_FLOW][:MOVED_CARDS]
    while sum(lines(row.card) for row in most) > MOVED_LINES:
        most.pop()
    each = round(moved / people) if answers >= k else None
    return Again(people, answers, each, len(content.dealt), rows, tuple(most))


def _at(value: Value | None, card: Card, numbers: Mapping[str, int]) -> int | None:
    """The number of the pile; the first sort may have had others, and then the card was in none of these."""
    return numbers.get(value.placed.get(card.id, "")) if value is not None else None


def _moved(content: Content, card: Card, placings: Sequence[Placing], k: int) -> Moved:
    piles = content.piles
    found = moves(placings, len(piles), k)
    changes = [Change(pile, *tables) for pile, *tables in zip(piles, found.before, found.now, strict=True)]
    changes = [change for change in changes if change.before != change.now]
    return Moved(
        card=card,
        moves=found,
        movements=tuple(Movement(piles[flow.start], piles[flow.end], flow.people) for flow in found.flows),
        changes=tuple(sorted(changes, key=lambda change: -abs(change.now - change.before))),
        before=agreement(found.votes_before),
        now=agreement(found.votes_now),
    )
