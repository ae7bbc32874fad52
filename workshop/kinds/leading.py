"""The theme or the prompt that most people wrote about, in a sentence. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from workshop.gathered import Arguments, Finding, Sentence, Tells
from workshop.kinds import sure
from workshop.model import N_
from workshop.text import Text


@dataclass(frozen=True)
class Said:
    """A theme or a prompt, and who wrote about it: people, and answers."""

    id: str
    title: Text
    people: int
    answers: int


@dataclass(frozen=True)
class Keys:
    """What is said where nobody wrote about another one, where somebody did, where two are level and where more are."""

    alone: str
    before: str
    level: str
    several: str


THEMES = Keys(
    N_("The theme that most people wrote about: “%(first)s”, %(people)s of %(wrote)s people."),
    N_(
        "The theme that most people wrote about: “%(first)s”, %(people)s of %(wrote)s people. "
        "Next: “%(second)s”, %(others)s."
    ),
    N_("Two themes are level at the top: “%(first)s” and “%(second)s”, each with %(people)s of %(wrote)s people."),
    N_("No theme leads: %(level)s are level at the top, each with %(people)s of %(wrote)s people."),
)
PROMPTS = Keys(
    N_("The question that most people wrote to: “%(first)s”, %(people)s of %(wrote)s people."),
    N_(
        "The question that most people wrote to: “%(first)s”, %(people)s of %(wrote)s people. "
        "Next: “%(second)s”, %(others)s."
    ),
    N_("Two questions are level at the top: “%(first)s” and “%(second)s”, each with %(people)s of %(wrote)s people."),
    N_("No question leads: %(level)s are level at the top, each with %(people)s of %(wrote)s people."),
)


def leader(ones: Sequence[Said], people: int, answers: int, tells: Tells, keys: Keys) -> Iterable[Finding]:
    """The one with most of the people who wrote, and the next; two that are level together, of more how many."""
    first, *rest = sorted(ones, key=lambda one: -one.people)
    level = [one for one in (first, *rest) if one.people == first.people]
    if first.answers < sure.ENOUGH:
        return
    given: Arguments = {"first": first.title, "people": first.people, "wrote": people}
    second = rest[0] if rest and rest[0].people else None
    tables = people != answers
    if len(level) > 2:
        given = {"level": len(level), "people": first.people, "wrote": people}
        says, certain = Sentence(keys.several, given), sure.level()
    elif second is None:
        says, certain = Sentence(keys.alone, given), sure.leads(first.answers, answers, 0, tables=tables)
    elif len(level) == 2:
        says, certain = Sentence(keys.level, {**given, "second": second.title}), sure.level()
    else:
        says = Sentence(keys.before, {**given, "second": second.title, "others": second.people})
        certain = sure.leads(first.answers, answers, second.answers, tables=tables)
    weight = sure.weight(tells, first.people / people, certain.grade)
    yield Finding(f"{first.people}/{people}", says, certain, tells, tuple(one.id for one in level), weight)
