"""What a form bears out in sentences: how much was shared, what was chosen, what is missing most often.

They rest on what the room was shown. Of private answers there is only how many there are, as in the picture.
"""

from collections.abc import Iterable

from workshop.gathered import Finding, N_n, Sentence
from workshop.kinds import sure
from workshop.kinds.form.content import Content
from workshop.kinds.form.shared import Block, Tally
from workshop.model import N_


def findings(content: Content, tally: Tally, study: None) -> tuple[Finding, ...]:
    if tally.shown < sure.ENOUGH:
        return ()
    chosen = (finding for block in tally.blocks for finding in _chosen(block))
    return (*chosen, *_missing(tally), *_counted(tally))


def _chosen(block: Block) -> Iterable[Finding]:
    """What most shared answers chose where there was a choice; none where two are level."""
    if block.title is None or block.of < sure.ENOUGH:
        return
    first, second = [*sorted(block.rows, key=lambda row: -row.answers), None][:2]
    if first is None or second is None or first.answers == second.answers:
        return
    says = Sentence(
        N_("“%(question)s”: the answer given most often is “%(option)s”, in %(part)s of %(of)s."),
        {"question": block.title, "option": first.title, "part": first.answers, "of": block.of},
    )
    certain = sure.leads(first.answers, block.of, second.answers, tables=False)
    weight = sure.weight("prompt", first.answers / block.of, certain.grade)
    yield Finding(f"{first.answers}/{block.of}", says, certain, "prompt", (first.id,), weight)


def _missing(tally: Tally) -> Iterable[Finding]:
    """The line of the checklist that fewest have, or where there is none the column; none where two are level."""
    ticks = [row for block in tally.blocks if block.title is None for row in block.rows]
    rows, of = [(row.answers, row.title, row.id) for row in ticks], tally.shown
    if not rows:
        shared = [entry for entry in tally.entries if not entry.withdrawn]
        held = [sum(entry.cells[n] is not None for entry in shared) for n in range(len(tally.columns))]
        rows, of = [(n, field.heading, field.id) for n, field in zip(held, tally.columns, strict=True)], len(shared)
    rows.sort(key=lambda row: row[0])
    if of < sure.ENOUGH or not rows or rows[0][0] == of or (len(rows) > 1 and rows[0][0] == rows[1][0]):
        return
    part, title, id = rows[0]
    says = Sentence(
        N_("What is missing most often: “%(what)s”. %(part)s of %(of)s shared answers have it."),
        {"what": title, "part": part, "of": of},
    )
    certain = sure.counted()
    weight = sure.weight("missing", 1 - part / of, certain.grade)
    yield Finding(f"{part}/{of}", says, certain, "missing", (id,), weight)


def _counted(tally: Tally) -> Iterable[Finding]:
    certain = sure.counted()
    says = Sentence(
        N_n(
            "%(n)s answer was written, and %(shown)s of them shared with the room.",
            "%(n)s answers were written, and %(shown)s of them shared with the room.",
        ),
        {"shown": tally.shown},
        n=tally.answers,
    )
    number = f"{tally.shown}/{tally.answers}"
    if tally.dated is not None:
        says = Sentence(
            N_n(
                "%(shown)s of %(answers)s answers were shared with the room. Of these, %(n)s has a date.",
                "%(shown)s of %(answers)s answers were shared with the room. Of these, %(n)s have a date.",
            ),
            {"shown": tally.shown, "answers": tally.answers},
            n=tally.dated,
        )
        number = f"{tally.dated}/{tally.shown}"
    yield Finding(number, says, certain, "count", (), sure.weight("count", 0.5, certain.grade))
