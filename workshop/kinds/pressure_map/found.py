"""What a pressure map bears out in sentences."""

from collections.abc import Iterable, Sequence
from math import ceil

from workshop.gathered import Arguments, Finding, Sentence, Sure, Tells
from workshop.kinds import sure
from workshop.kinds.few import LEAST
from workshop.kinds.pressure_map.answers import Content
from workshop.kinds.pressure_map.gap import Gap
from workshop.kinds.pressure_map.intervals import Interval, Sums, of_mean
from workshop.kinds.pressure_map.rounds import Study
from workshop.kinds.pressure_map.weight import STRENGTHS, Row, Weight
from workshop.kinds.pressure_map.whole_map import Tally
from workshop.model import N_


def findings(content: Content, tally: Tally, study: Study | None) -> tuple[Finding, ...]:
    return (
        *(_gap(tally.gap) if tally.gap else ()),
        *_strongest(tally),
        *_hidden(tally),
        *_shared(tally),
        *_eased(tally),
        *(_changed(study) if study else ()),
    )


def _found(number: str, says: Sentence, certain: Sure, tells: Tells, rows: Sequence[Row], strength: float) -> Finding:
    weight = sure.weight(tells, strength, certain.grade)
    return Finding(number, says, certain, tells, tuple(row.id for row in rows), weight)


def _tables(tally: Tally) -> bool:
    return tally.people != tally.answers


def _strongest(tally: Tally) -> Iterable[Finding]:
    rated = [row for row in tally.rows if row.rated]
    if not rated or tally.answers < sure.ENOUGH:
        return
    top, level = rated[0], [row for row in rated if row.load == rated[0].load]
    number = f"{top.people}/{tally.people}"
    if len(level) > 1:
        key = N_(
            "The two pressures that weigh most are level: “%(pressure)s” and “%(other)s”. "
            "Shared out over everyone, each weighs %(load)s out of 5."
        )
        given: Arguments = {"pressure": top.title, "other": level[1].title, "load": round(top.load, 1)}
        if len(level) == 2:
            yield _found(number, Sentence(key, given), sure.level(), "strongest", level, top.load / 5)
        return
    says = Sentence(
        N_(
            "The pressure that weighs most: “%(pressure)s”. "
            "%(placed)s of %(people)s people chose it; strength %(mean)s out of 5."
        ),
        {"pressure": top.title, "placed": top.people, "people": tally.people, "mean": round(top.mean, 1)},
    )
    yield _found(number, says, _heavier(rated, tally), "strongest", [top], top.load / 5)


def _heavier(rated: Sequence[Row], tally: Tally) -> Sure:
    """Whether the first weighs more than the next: *close* where two answers of full strength could make it level,
    *clear* where the 95 % intervals of the two loads (Student) do not overlap."""
    top, *others = rated
    if not others:
        return sure.leads(top.answers.weight.people, tally.answers, 0, tables=_tables(tally))
    ours, theirs = top.answers.weight, others[0].answers.weight
    ends, tops = _load(theirs), _load(ours)
    return sure.apart(
        ceil((ours.total - theirs.total) / STRENGTHS[-1]) if ours.total >= theirs.total else -1,
        clear=ends is not None and tops is not None and tops[0] > ends[1],
        few=tally.answers < LEAST,
        first=round(top.load, 1),
        second=round(others[0].load, 1),
        tables=_tables(tally),
    )


def _load(weight: Weight) -> Interval | None:
    return of_mean(Sums(weight.taken, weight.total, weight.squares))


def _hidden(tally: Tally) -> Iterable[Finding]:
    """Of what most call hidden, by people and by answers, that which most people do."""
    hidden = [
        row
        for row in tally.rows
        if row.hidden and row.answers.seen >= sure.ENOUGH and 2 * row.answers.hidden > row.answers.seen
    ]
    if hidden:
        row = max(hidden, key=lambda one: (one.seen[0], one.load))
        says = Sentence(
            N_("Most call this pressure hidden from outside: “%(pressure)s”. %(hidden)s of %(people)s people said so."),
            {"pressure": row.title, "hidden": row.seen[0], "people": sum(row.seen)},
        )
        certain = sure.most(row.answers.hidden, row.answers.seen, tables=_tables(tally))
        yield _found(f"{row.seen[0]}/{sum(row.seen)}", says, certain, "hidden", [row], row.seen[0] / sum(row.seen))


def _shared(tally: Tally) -> Iterable[Finding]:
    """What most people chose, where that is one pressure and not the one that weighs most."""
    by_reach = sorted(tally.rows, key=lambda row: -row.people)
    if len(by_reach) < 2 or tally.answers < sure.ENOUGH:
        return
    row, second = by_reach[:2]
    if row.people == second.people or row is tally.rows[0]:
        return
    says = Sentence(
        N_("The pressure that most people share: “%(pressure)s”. %(placed)s of %(people)s people chose it."),
        {"pressure": row.title, "placed": row.people, "people": tally.people},
    )
    ours, theirs = row.answers.weight.people, second.answers.weight.people
    certain = sure.leads(ours, tally.answers, theirs, tables=_tables(tally))
    yield _found(f"{row.people}/{tally.people}", says, certain, "shared", [row], row.reach)


def _eased(tally: Tally) -> Iterable[Finding]:
    """What most say that coproduction would ease; two that are level are named together, of more how many."""
    named = sum(row.answers.ease for row in tally.rows)
    if named < sure.ENOUGH:
        return
    level = [row for row in tally.eased if row.ease == tally.eased[0].ease]
    top, number, strength = level[0], f"{level[0].ease}/{tally.named}", level[0].ease / tally.named
    given: Arguments = {"pressure": top.title, "ease": top.ease, "people": tally.named}
    if len(level) > 2:
        key = N_(
            "No pressure leads among what coproduction would ease: %(level)s are level. "
            "Of %(people)s people who named one, %(ease)s named each."
        )
        says = Sentence(key, {"level": len(level), "ease": top.ease, "people": tally.named})
        yield _found(number, says, sure.level(), "eased", level, strength)
        return
    if len(level) == 2:
        key = N_(
            "What coproduction would ease: “%(pressure)s” and “%(other)s” are level. "
            "Of %(people)s people who named one, %(ease)s named each."
        )
        says = Sentence(key, {**given, "other": level[1].title})
        yield _found(number, says, sure.level(), "eased", level, strength)
        return
    says = Sentence(
        N_(
            "What coproduction would ease, named most often: “%(pressure)s”. "
            "Of %(people)s people who named one, %(ease)s named this."
        ),
        given,
    )
    second = tally.eased[1].answers.ease if len(tally.eased) > 1 else 0
    certain = sure.leads(top.answers.ease, named, second, tables=_tables(tally))
    yield _found(number, says, certain, "eased", [top], strength)


def _gap(gap: Gap) -> Iterable[Finding]:
    """Only what chance does not explain, taking into account that it is the widest of several."""
    clear = [one for one in gap.rows if one.clear]
    if not clear:
        return
    one = max(clear, key=lambda row: abs(row.load))
    inside = N_(
        "What is hardest to see from outside: “%(pressure)s”. Shared out over the %(own_people)s people who answered "
        "for themselves it weighs %(own)s out of 5; the %(guess_people)s who guessed put it at %(guess)s."
    )
    outside = N_(
        "What looks heavier from outside than it is: “%(pressure)s”. Shared out over the %(own_people)s people who "
        "answered for themselves it weighs %(own)s out of 5; the %(guess_people)s who guessed put it at %(guess)s."
    )
    says = Sentence(
        inside if one.load > 0 else outside,
        {
            "pressure": one.row.title,
            "own": round(one.own.load, 1),
            "own_people": one.own.taken,
            "guess": round(one.guess.load, 1),
            "guess_people": one.guess.taken,
        },
    )
    assert one.interval is not None  # what is clear has one
    low, high = (_signed(end) for end in one.interval)
    key = N_("Clear: the gap lies between %(low)s and %(high)s, more than chance explains among all compared.")
    certain = Sure(key, {"low": low, "high": high}, grade="clear")
    yield _found(_signed(one.load), says, certain, "gap", [one.row], abs(one.load) / 3)


def _signed(number: float) -> str:
    """As the picture writes it."""
    written = f"{number:+.1f}"
    return "0.0" if written in ("+0.0", "-0.0") else written.replace("-", "−")


def _changed(study: Study) -> Iterable[Finding]:
    """The pressure for which most people changed one way rather than the other, from ten answers on."""
    rows = [row for row in study.rows if row.up != row.down]
    if not rows or study.responses < LEAST:
        return
    row = max(rows, key=lambda one: abs(one.up - one.down))
    more = N_(
        "What weighs on more people than before: “%(pressure)s”. "
        "Of %(people)s people who took part both times, %(up)s now feel it more and %(down)s less."
    )
    less = N_(
        "What weighs on fewer people than before: “%(pressure)s”. "
        "Of %(people)s people who took part both times, %(down)s now feel it less and %(up)s more."
    )
    says = Sentence(
        more if row.up > row.down else less,
        {"pressure": row.title, "people": study.people, "up": row.up, "down": row.down},
    )
    most, least = max(row.up, row.down), min(row.up, row.down)
    if study.people != study.responses:
        certain = sure.by_tables()
    else:
        certain = sure.moved(most, least, study.people, tables=False)
    weight = sure.weight("moved", (most - least) / study.people, certain.grade)
    yield Finding(f"{most}/{study.people}", says, certain, "moved", (row.id,), weight)
