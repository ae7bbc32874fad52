"""What a card sort bears out in sentences: clear homes, splits, what lies outside the roles, what moved."""

from collections.abc import Iterable, Sequence

from workshop.gathered import Arguments, Finding, Grade, N_n, Sentence, Sure, Tells
from workshop.kinds import sure
from workshop.kinds.card_sort.cards import Content
from workshop.kinds.card_sort.moving import Moves
from workshop.kinds.card_sort.sorts import Again, Moved, Study
from workshop.kinds.card_sort.table import Row, Tally
from workshop.model import N_
from workshop.text import Text

SPOKEN = 10  # answers from which on a sentence is made of who moved


def findings(content: Content, tally: Tally, study: Study | None) -> tuple[Finding, ...]:
    again = study.again if study else None
    return (*_homes(tally), *_split(tally), *_outside(tally), *(_moved(again) if again else ()))


def _homes(tally: Tally) -> Iterable[Finding]:
    """How many cards have a clear home, and the clearest; or that none has."""
    homes = [row for row in tally.rows if row.home is not None]
    judged = [row for row in tally.rows if row.label != "few"]
    if homes:
        row = max(homes, key=lambda one: one.agreement or 0)
        top = row.most
        says = Sentence(
            N_n(
                "%(n)s of %(cards)s cards has a clear home: “%(card)s”. "
                "%(votes)s of %(people)s people chose one role for it: %(pile)s.",
                "%(n)s of %(cards)s cards have a clear home; none is clearer than “%(card)s”. "
                "%(votes)s of %(people)s people chose one role for it: %(pile)s.",
            ),
            {
                "cards": len(tally.rows), "card": row.card.title, "votes": top.people, "people": row.people,
                "pile": top.pile.title,
            },
            n=len(homes),
        )  # fmt: skip
        yield _finding(f"{top.people}/{row.people}", says, _most(tally, row), "home", row)
    elif len(judged) > 1:
        says = Sentence(
            N_(
                "No card has a clear home: of the %(cards)s cards that enough people placed, "
                "on none did clearly more than half choose one role."
            ),
            {"cards": len(judged)},
        )
        certain = sure.counted()
        yield Finding(f"0/{len(judged)}", says, certain, "home", (), sure.weight("home", 0, certain.grade))


def _split(tally: Tally) -> Iterable[Finding]:
    """The first of the split cards, as the picture shows them; not where most of that card went to one pile."""
    if not tally.split or tally.split[0].label in ("home", "outside"):
        return
    row = tally.split[0]
    said = row.voices
    given: dict[str, Text | int] = {"card": row.card.title, "people": row.people}
    for name, count, voice in zip(("first", "second", "third"), "abc", said, strict=False):
        given |= {name: voice.pile.head, count: voice.people}
    keys = (
        N_("This card split the room: “%(card)s”. Its %(people)s people went in every direction."),
        N_(
            "This card split the room: “%(card)s”. "
            "Of %(people)s people %(a)s said “%(first)s”, the others went in every direction."
        ),
        N_("This card split the room: “%(card)s”. Of %(people)s people %(a)s said “%(first)s” and %(b)s “%(second)s”."),
        N_(
            "This card split the room: “%(card)s”. "
            "Of %(people)s people %(a)s said “%(first)s”, %(b)s “%(second)s” and %(c)s “%(third)s”."
        ),
    )
    first, second = sorted(row.votes, reverse=True)[:2]
    certain = sure.splits(first, second, row.responses, tables=tally.tables)
    # A split that one answer could turn is a split all the same: what it is worth goes by how many answered.
    grade: Grade = "few" if row.responses < SPOKEN else "clear"
    weight = sure.weight("split", 1 - (row.agreement or 0), grade)
    number = ":".join(str(voice.people) for voice in said) or str(row.people)
    says = Sentence(keys[len(said)], given)
    yield Finding(number, says, certain, "split", (row.card.id,), weight)


def _outside(tally: Tally) -> Iterable[Finding]:
    rows = [row for row in tally.rows if row.label == "outside"]
    if not rows:
        return
    row = max(rows, key=lambda one: one.agreement or 0)
    top = row.most
    says = Sentence(
        N_n(
            "%(n)s of %(cards)s cards lies outside the roles: “%(card)s”. "
            "%(votes)s of %(people)s people chose this for it: %(pile)s.",
            "%(n)s of %(cards)s cards lie outside the roles; none is clearer than “%(card)s”. "
            "%(votes)s of %(people)s people chose this for it: %(pile)s.",
        ),
        {
            "cards": len(tally.rows), "card": row.card.title, "votes": top.people, "people": row.people,
            "pile": top.pile.title,
        },
        n=len(rows),
    )  # fmt: skip
    yield _finding(f"{top.people}/{row.people}", says, _most(tally, row), "outside", row)


def _most(tally: Tally, row: Row) -> Sure:
    return sure.most(max(row.votes), row.responses, tables=tally.tables)


def _finding(number: str, says: Sentence, certain: Sure, tells: Tells, row: Row) -> Finding:
    weight = sure.weight(tells, row.agreement or 0, certain.grade)
    return Finding(number, says, certain, tells, (row.card.id,), weight)


def _moved(again: Again) -> Iterable[Finding]:
    """The card that most people moved, or one of those, where that may be told and no other is known to have more."""
    exact = [row for row in again.most if row.moves.exact and row.moves.responses >= SPOKEN]
    if not exact:
        return
    row = max(exact, key=lambda one: one.moves.moved)
    others = [one.moves for one in again.rows if one is not row]
    if any(one.least > row.moves.moved for one in others):
        return
    if any(one.most > row.moves.moved for one in others):
        certain = sure.ranged()
    elif again.people != again.responses:
        certain = sure.by_tables()
    else:
        certain = _first(row.moves, others)
    weight = sure.weight("moved", row.moves.moved / row.moves.people, certain.grade)
    number, says = f"{row.moves.moved}/{row.moves.people}", _how(row)
    yield Finding(number, says, certain, "moved", (row.card.id,), weight)


def _first(row: Moves, others: Sequence[Moves]) -> Sure:
    """Of the cards that others moved, all exact, or at most as many as moved this one."""
    second = max(others, key=lambda one: one.most, default=None)
    if second is None:
        return sure.leads(row.moved, row.people, 0, tables=False)
    if not second.exact:
        return sure.ranged()
    return sure.leads(row.moved, row.people, second.moved, second.people, tables=False)


def _how(row: Moved) -> Sentence:
    """How many moved the card, and the largest movement where it may be named."""
    given: Arguments = {"card": row.card.title, "moved": row.moves.moved, "people": row.moves.people}
    if not row.movements:
        return Sentence(
            N_(
                "No card was moved by more people between the two sorts: “%(card)s”. "
                "%(moved)s of %(people)s people put it in another pile the second time."
            ),
            given,
        )
    step = row.movements[0]
    return Sentence(
        N_(
            "No card was moved by more people between the two sorts: “%(card)s”. "
            "%(moved)s of %(people)s people put it in another pile the second time; "
            "%(step)s of them took it from “%(start)s” to “%(end)s”."
        ),
        {**given, "step": step.people, "start": step.start.head, "end": step.end.head},
    )
