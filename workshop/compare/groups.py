"""Who stands with whom, and what each group gathered."""

from collections.abc import Mapping, Sequence

from workshop.gathered import Counts, Part, Turnout
from workshop.model import Group, Perspective


def fixed_groups(perspectives: Sequence[Perspective], phones: Mapping[str | None, int], k: int) -> tuple[Group, ...]:
    """The partition of a session's perspectives, and of None (gave none), into groups of at least `k` phones each.

    Decided once, at the first reveal, from the phones that joined by then. A perspective with `k` phones stands
    alone; all others, None and whatever the workshop does not know are the rest. A rest of fewer than `k`, even an
    empty one (who comes late must fall somewhere, and never alone), goes to the smallest group of those who do not
    answer for themselves, or if there is none to the smallest. Groups stand in the workshop's order, the rest last;
    empty where fewer than two are left: only the whole room is shown.
    """
    known = {perspective.id: perspective for perspective in perspectives}
    alone = [perspective for perspective in known.values() if phones.get(perspective.id, 0) >= k]
    strangers = sorted(id for id in phones if id is not None and id not in known)
    rest = (*(id for id, one in known.items() if one not in alone), *strangers, None)
    groups = [Group((one.id,), one.title, own=one.own) for one in alone]
    if sum(phones.get(id, 0) for id in rest) >= k:
        groups.append(Group(rest, None, others=True, own=_own(rest, known)))
    elif alone:
        host = min(alone, key=lambda one: (one.own, phones.get(one.id, 0)))
        together = (host.id, *rest)
        groups[alone.index(host)] = Group(together, host.title, others=True, own=_own(together, known))
    return tuple(groups) if len(groups) > 1 else ()


def _own(members: Sequence[str | None], known: Mapping[str, Perspective]) -> bool | None:
    """Whether all, none or (None) some of these answer for themselves; who gave no perspective does not."""
    found = {id is not None and id in known and known[id].own for id in members}
    return found.pop() if len(found) == 1 else None


def places_of(groups: Sequence[Group]) -> Mapping[str | None, int]:
    return {perspective: n for n, group in enumerate(groups) for perspective in group.perspectives}


def group_of(places: Mapping[str | None, int], perspective: str | None) -> int:
    """The group's number; a perspective that no group names counts with those who gave none, so that all add up."""
    return places[perspective] if perspective in places else places[None]


def parts(
    groups: Sequence[Group], by_perspective: Mapping[str | None, tuple[Counts, Turnout]], k: int
) -> tuple[Part, ...]:
    """What each group gathered, in the order of the groups; nothing at all unless each has `k` answers."""
    if len(groups) < 2:
        return ()
    places = places_of(groups)
    sums = [(Counts(), Turnout())] * len(groups)
    for perspective, (counts, turnout) in by_perspective.items():
        place = group_of(places, perspective)
        sums[place] = (sums[place][0] + counts, _together(sums[place][1], turnout))
    if any(turnout.responses < k for _, turnout in sums):
        return ()
    return tuple(Part(group, *one) for group, one in zip(groups, sums, strict=True))


def _together(one: Turnout, other: Turnout) -> Turnout:
    return Turnout(
        one.joined + other.joined,
        one.people + other.people,
        one.responses + other.responses,
        one.finished + other.finished,
    )
