"""What a pressure map bears out in a sentence."""

from collections.abc import Iterable

from workshop.gathered import Finding
from workshop.kinds.pressure_map.answers import Content
from workshop.kinds.pressure_map.gap import Gap
from workshop.kinds.pressure_map.rounds import Study
from workshop.kinds.pressure_map.weight import Row
from workshop.kinds.pressure_map.whole_map import Tally
from workshop.model import N_

ENOUGH = 5  # people from whom on a sentence is made


def findings(content: Content, tally: Tally, study: Study | None) -> tuple[Finding, ...]:
    return (*_heaviest(tally), *_most_hidden(tally.rows), *(_widest_gap(tally.gap) if tally.gap else ()))


def _heaviest(tally: Tally) -> Iterable[Finding]:
    if tally.rows and tally.people >= ENOUGH:
        top = tally.rows[0]
        yield Finding(
            f"{top.people}/{tally.people}",
            N_(
                "The pressure that weighs most: “%(pressure)s”. "
                "%(placed)s of %(people)s people chose it; strength %(mean)s out of 5."
            ),
            {"pressure": top.title, "placed": top.people, "people": tally.people, "mean": round(top.mean, 1)},
            0.6 + 0.08 * top.load,
        )


def _most_hidden(rows: Iterable[Row]) -> Iterable[Finding]:
    hidden = [row for row in rows if row.hidden and sum(row.seen) >= ENOUGH]
    if hidden:
        row = max(hidden, key=lambda one: (one.seen[0], one.load))
        yield Finding(
            f"{row.seen[0]}/{sum(row.seen)}",
            N_(
                "The pressure most often called hidden from outside: “%(pressure)s”. "
                "%(hidden)s of %(people)s people said so."
            ),
            {"pressure": row.title, "hidden": row.seen[0], "people": sum(row.seen)},
            0.5 + 0.4 * row.seen[0] / sum(row.seen),
        )


def _widest_gap(gap: Gap) -> Iterable[Finding]:
    """Only what chance does not explain, taking into account that it is the widest of several."""
    clear = [one for one in gap.rows if one.clear]
    if clear:
        one = max(clear, key=lambda row: abs(row.load))
        inside = N_(
            "What is hardest to see from outside: “%(pressure)s”. Of those who answered for themselves %(own)s of "
            "%(own_people)s chose it; of those who guessed, %(guess)s of %(guess_people)s did."
        )
        outside = N_(
            "What looks heavier from outside than people say it is: “%(pressure)s”. Of those who answered for "
            "themselves %(own)s of %(own_people)s chose it; of those who guessed, %(guess)s of %(guess_people)s did."
        )
        key = inside if one.load > 0 else outside
        yield Finding(
            f"{one.load:+.1f}".replace("-", "−"),
            key,
            {
                "pressure": one.row.title,
                "own": one.own.people,
                "own_people": one.own.taken,
                "guess": one.guess.people,
                "guess_people": one.guess.taken,
            },
            min(1.0, 0.7 + 0.1 * abs(one.load)),
        )
