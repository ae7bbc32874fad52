"""What may be told of the answers that few people gave about themselves. Pure.

Who might learn something: a reader who knows who was in the room, and each of those who answered, who can take their
own answer away and see what the others gave. Three rules keep both from being certain of anybody's answer.

1. A row rests on k answers or more, counted for the row: a list may have enough answers and one of its statements not.
2. Of fewer than ten answers, a row that nearly all agree on tells which option "most" chose, and no number. "Nearly
   all" is all but two. All alike alone would not do: "most" would then mean everyone. All alike but one would not do
   either: that one sees a row without numbers, takes their own answer away, and knows that every other one is the
   same. With two the odd one out cannot tell whether somebody else differs, and everybody else knows still less.
3. What can be worked out by taking one row from another is held to the same rules as a row that is shown.

What is not kept from anybody: a table's answer counts as many people as it speaks for and can be told by its size; it
is what they agreed aloud. How many answered each list is no secret. Rows of the whole room are shown however few
answered, and from ten answers on a row may show that all are alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

LEAST = 10  # answers from which on a row may show that all are alike
APART = 2  # so many must differ from the rest before a row of fewer answers shows its numbers


@dataclass(frozen=True)
class Told:
    """What may be seen of a row: people per option; or only the option (its place) that most chose; or nothing.

    `answers` are the people by answers, of which a table gives one: how sure one may be rests on these.
    """

    people: tuple[int, ...] = ()
    most: int | None = None
    answers: tuple[int, ...] = field(default=(), compare=False)

    @property
    def something(self) -> bool:
        return bool(self.people) or self.most is not None

    @property
    def total(self) -> int:
        return sum(self.people)


def told(people: Sequence[int], responses: Sequence[int], k: int, *, sensitive: bool) -> Told:
    """A row of a group's own, by people and by answers per option. `sensitive`: rule 2 holds, else only rule 1."""
    if sum(responses) < k:
        return Told()
    if sensitive and alike(responses):
        return Told(most=max(range(len(responses)), key=lambda option: responses[option]))
    return Told(tuple(people), answers=tuple(responses))


def alike(responses: Sequence[int], apart: int = APART) -> bool:
    """Whether fewer than ten answered, and all of them but `apart` the same at most."""
    return 0 < sum(responses) < LEAST and max(responses) >= sum(responses) - apart


def may_be_worked_out(responses: Sequence[int], k: int, *, sensitive: bool) -> bool:
    """Rule 3: whether this row may be what is left of a larger one, so that anybody can work it out."""
    return sum(responses) == 0 or (sum(responses) >= k and not (sensitive and alike(responses)))
