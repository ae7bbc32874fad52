"""The pressure map's geometry: SVG coordinates in a field of 1000 by 940, the councillor at its centre."""

from math import dist

from tests.kinds.room import content, tallied
from workshop.drawing import INNER, MIDDLE, Arrow, arrows
from workshop.kinds.pressure_map import Tally

CONTENT = content("pressure_map")


def mapped(*placed: tuple[str, int], others: int = 0) -> Tally:
    """One person placed these pressures with these strengths; `others` took part and placed another one."""
    source = {pressure.id: pressure.source for pressure in CONTENT.pressures}
    mine = {"placed": [{"pressure": id, "source": source[id], "strength": s} for id, s in placed]}
    theirs = {"placed": [{"pressure": "p5", "source": "party"}]}
    return tallied("pressure_map", CONTENT, [mine] + [theirs] * others)


def points(arrow: Arrow) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in (pair.split(",") for pair in arrow.points.split())]


def reach_out(arrow: Arrow) -> float:
    """How far from the middle the arrow begins."""
    return max(dist(point, MIDDLE) for point in points(arrow))


def width(arrow: Arrow) -> float:
    first, *_, last = points(arrow)
    return dist(first, last)


def test_every_source_has_a_sector_in_its_order_whether_or_not_anything_presses():
    sectors = arrows(mapped(("p1", 3)))
    assert [(s.source.id, len(s.arrows)) for s in sectors] == [("council", 0), ("party", 1)]


def test_the_first_source_stands_at_the_top_and_its_arrow_points_to_the_middle():
    (arrow,) = arrows(mapped(("p0", 3)))[0].arrows
    tip = points(arrow)[3]
    assert tip == (MIDDLE[0], MIDDLE[1] - INNER)
    assert all(y <= tip[1] for _, y in points(arrow))


def test_a_stronger_pressure_has_a_longer_arrow():
    longer, shorter = arrows(mapped(("p1", 5), ("p2", 3)))[1].arrows
    assert [longer.row.id, shorter.row.id] == ["p1", "p2"]
    assert reach_out(longer) > reach_out(shorter) + 50


def test_a_pressure_that_more_people_feel_has_a_wider_arrow():
    (everyone,) = arrows(mapped(("p0", 3)))[0].arrows
    (a_tenth,) = arrows(mapped(("p0", 3), others=9))[0].arrows
    assert (round(width(everyone)), round(width(a_tenth))) == (44, 14)


def test_everything_that_is_drawn_stays_in_the_picture():
    raws = [
        {"placed": [{"pressure": f"p{n}", "source": source, "strength": 5} for n in range(5)]}
        for source in ("council", "party")
    ]
    for raw in raws:
        for sector in arrows(tallied("pressure_map", CONTENT, [raw])):
            drawn = [sector.letter, *(point for arrow in sector.arrows for point in points(arrow))]
            drawn += [(arrow.x, arrow.y) for arrow in sector.arrows]
            assert [p for p in drawn if not (0 <= p[0] <= 1000 and 0 <= p[1] <= 940)] == []
