"""The pressure map's geometry: SVG coordinates in a field of 1000 by 940, the councillor at its centre."""

import re
from itertools import pairwise
from math import cos, dist, hypot, pi, sin
from typing import Any

import pytest

from tests.kinds.room import content, tallied
from workshop.config import ROOT
from workshop.drawing import HEIGHT, LETTERS, LINE, MIDDLE, SPACE, WIDE, WIDTH, Arrow, Drawing, Line, arrows
from workshop.kinds.pressure_map.whole_map import Tally
from workshop.text import Text

CONTENT = content("pressure_map")
NAMES = ("council", "party", "community", "personal")
BOTH = ("cy", "en")


def mapped(*placed: tuple[str, int], others: int = 0) -> Tally:
    """One person placed these pressures with these strengths; `others` took part and placed another one."""
    source = {pressure.id: pressure.source for pressure in CONTENT.pressures}
    mine = {"placed": [{"pressure": id, "source": source[id], "strength": s} for id, s in placed]}
    theirs = {"placed": [{"pressure": "p5", "source": "party"}]}
    return tallied("pressure_map", CONTENT, [mine] + [theirs] * others)


def full(sources: int, strength: int = 5, **changes: Any) -> Tally:
    """Every source has four arrows of this strength, each picked by everybody."""
    one = CONTENT.sources[0].model_dump()
    short = {"cy": "Y pwyllgor", "en": "The committee"}
    what = content(
        "pressure_map",
        most=12,
        sources=[{**one, "id": name, "short": short} for name in NAMES[:sources]],
        pressures=[
            {"id": f"{name}{n}", "title": {"en": "x"}, "source": name} for name in NAMES[:sources] for n in range(4)
        ],
        **changes,
    )
    each = [
        {"placed": [{"pressure": f"{name}{n}", "source": name, "strength": strength} for n in range(4)]}
        for name in NAMES[:sources]
    ]
    every = {"placed": [one for raw in each for one in raw["placed"]][:12]}
    rest = {"placed": [one for raw in each for one in raw["placed"]][12:]}
    return tallied("pressure_map", what, [every, rest] if rest["placed"] else [every])


def points(arrow: Arrow) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in (pair.split(",") for pair in arrow.points.split())]


def reach_out(arrow: Arrow) -> float:
    """How far from the middle the arrow begins."""
    return max(dist(point, MIDDLE) for point in points(arrow))


def width(arrow: Arrow) -> float:
    first, *_, last = points(arrow)
    return dist(first, last)


def box(line: Line, anchor: str) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of some words; letters as wide as they are taken to be."""
    long = (len(line.words) + (2 if line.letter else 0)) * WIDE
    left = {"start": line.x, "end": line.x - long, "middle": line.x - long / 2}[anchor]
    return left, line.y - LETTERS + 8, left + long, line.y + 8


def apart(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


def names(drawing: Drawing) -> list[tuple[float, float, float, float]]:
    return [box(line, sector.anchor) for sector in drawing.sectors for line in sector.name]


def numbers(drawing: Drawing) -> list[tuple[float, float, float, float]]:
    every = [arrow for sector in drawing.sectors for arrow in sector.arrows]
    return [box(Line("", str(arrow.row.number), arrow.x, arrow.y), "middle") for arrow in every]


# Arrows


def test_every_source_has_a_sector_in_its_order_whether_or_not_anything_presses():
    sectors = arrows(mapped(("p1", 3)), BOTH).sectors
    assert [(s.source.id, len(s.arrows)) for s in sectors] == [("council", 0), ("party", 1)]


def test_the_first_source_of_two_stands_at_the_top_and_its_arrow_points_to_the_middle():
    drawing = arrows(mapped(("p0", 3)), BOTH)
    (arrow,) = drawing.sectors[0].arrows
    tip = points(arrow)[3]
    assert tip == (MIDDLE[0], round(MIDDLE[1] - drawing.radius - SPACE))
    assert all(y <= tip[1] for _, y in points(arrow))


@pytest.mark.parametrize("sources", [1, 2, 3, 4])
def test_sectors_are_equal_and_go_round_clockwise(sources):
    drawn = arrows(full(sources), BOTH).sectors
    lines = [(sector.line[2] - MIDDLE[0], sector.line[3] - MIDDLE[1]) for sector in drawn]
    turn = 2 * pi / sources
    for (x, y), (next_x, next_y) in pairwise(lines):
        turned = (x * cos(turn) - y * sin(turn), x * sin(turn) + y * cos(turn))
        assert (next_x, next_y) == pytest.approx(turned, abs=0.2)


@pytest.mark.parametrize("strength", [1, 2, 3, 4, 5])
def test_an_arrow_begins_at_the_ring_of_its_mean_strength(strength):
    drawing = arrows(mapped(("p0", strength), others=200), BOTH)
    (arrow,) = drawing.sectors[0].arrows
    assert abs(reach_out(arrow) - drawing.rings[strength - 1]) < 2


def test_a_pressure_that_more_people_feel_has_a_wider_arrow():
    (everyone,) = arrows(mapped(("p0", 3)), BOTH).sectors[0].arrows
    (a_tenth,) = arrows(mapped(("p0", 3), others=9), BOTH).sectors[0].arrows
    assert (round(width(everyone)), round(width(a_tenth))) == (44, 14)


def test_a_pressure_of_which_nobody_said_how_strong_it_is_has_the_shortest_arrow():
    raws = [{"placed": [{"pressure": "p0", "source": "council"}]}]
    drawing = arrows(tallied("pressure_map", CONTENT, raws), BOTH)
    assert abs(reach_out(drawing.sectors[0].arrows[0]) - drawing.rings[0]) < 3


@pytest.mark.parametrize("sources", [1, 2, 3, 4])
@pytest.mark.parametrize("strength", [1, 3, 5])
def test_everything_stays_in_the_picture_and_no_writing_stands_on_other_writing(sources, strength):
    drawing = arrows(full(sources, strength), BOTH)
    written = [*names(drawing), *numbers(drawing)]
    drawn = [(x, y) for sector in drawing.sectors for arrow in sector.arrows for x, y in points(arrow)]
    drawn += [corner for left, top, right, bottom in written for corner in ((left, top), (right, bottom))]
    assert [point for point in drawn if not (0 <= point[0] <= WIDTH and 0 <= point[1] <= HEIGHT)] == []
    assert [(one, other) for n, one in enumerate(written) for other in written[n + 1 :] if not apart(one, other)] == []


@pytest.mark.parametrize("strength", [3, 5])
@pytest.mark.parametrize("sources", [3, 4])
def test_no_arrow_touches_another_even_where_everybody_picked_all(sources, strength):
    """Each keeps within its share of the circle, seen from the middle."""
    drawing = arrows(full(sources, strength), BOTH)
    every = [arrow for sector in drawing.sectors for arrow in sector.arrows]
    share = pi / len(every)
    for arrow in every:
        tip = points(arrow)[3]
        straight = (tip[0] - MIDDLE[0], tip[1] - MIDDLE[1])
        for x, y in points(arrow):
            there = (x - MIDDLE[0], y - MIDDLE[1])
            along = (there[0] * straight[0] + there[1] * straight[1]) / (hypot(*there) * hypot(*straight))
            assert along >= cos(share)


# Words


@pytest.mark.parametrize("sources", [1, 2, 3, 4])
def test_every_source_is_named_in_a_corner_of_its_own_in_each_language_with_its_letter(sources):
    sectors = arrows(full(sources), BOTH).sectors
    assert [[(line.lang, line.words, line.letter) for line in sector.name] for sector in sectors] == [
        [("cy", "Y pwyllgor", "c"), ("en", "The committee", "c")]
    ] * sources
    assert len({(sector.anchor, sector.name[0].y < MIDDLE[1]) for sector in sectors}) == sources


def test_four_sources_have_the_corner_that_lies_in_their_sector():
    sectors = arrows(full(4), BOTH).sectors
    assert [(sector.anchor, sector.name[0].y < MIDDLE[1]) for sector in sectors] == [
        ("start", True), ("end", True), ("end", False), ("start", False)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cy", "en", "lines"),
    [
        ("Chi", "You", ["Chi", "You"]),
        ("Y cynghorydd", "The councillor", ["Y", "cynghorydd", "The", "councillor"]),
        ("Gwirfoddolwr y neuadd", "Volunteer at the hall", ["Gwirfoddolwr", "y neuadd", "Volunteer", "at the hall"]),
        ("Personol", "Personol", ["Personol", "Personol"]),
    ],
)
def test_the_words_in_the_middle_stand_on_lines_that_fit_its_circle_and_are_never_smaller(cy, en, lines):
    drawing = arrows(full(4, centre={"cy": cy, "en": en}), BOTH)
    assert [line.words for line in drawing.centre] == lines
    assert [line.y for line in drawing.centre] == [drawing.centre[0].y + LINE * n for n in range(len(lines))]
    for line in drawing.centre:
        left, top, right, bottom = box(line, "middle")
        corners = [(x, y) for x in (left, right) for y in (top + 6, bottom - 6)]
        assert max(dist(corner, MIDDLE) for corner in corners) <= drawing.radius


def test_words_that_are_missing_in_a_language_stand_once_in_the_other():
    drawing = arrows(full(1, centre=Text(en="You").model_dump()), BOTH)
    assert [(line.lang, line.words) for line in drawing.centre] == [("en", "You")]


def test_one_language_is_drawn_alone():
    drawing = arrows(full(4), ("en",))
    assert {line.lang for sector in drawing.sectors for line in sector.name} == {"en"}
    assert [line.words for line in drawing.centre] == ["You"]


def test_what_is_written_can_be_read_on_a_projector_of_1080_lines():
    sheet = (ROOT / "static/css/screen.css").read_text(encoding="utf-8")
    share = float(re.search(r"\.pressures \{ width: (\d+)vw", sheet)[1])
    assert LETTERS / WIDTH * share / 100 * 1920 >= 28
