"""Geometry of drawings that are not tables. Pure: numbers in, coordinates out."""

from dataclasses import dataclass
from math import cos, pi, sin

from workshop.kinds.pressure_map import Row, Source, Tally

MIDDLE = (500.0, 470.0)
INNER, OUTER = 132.0, 400.0  # radii between which arrows run
HEAD = 34.0  # length of an arrow's head


@dataclass(frozen=True)
class Arrow:
    """An inward arrow: its outline as SVG points, and where its number stands."""

    row: Row
    points: str
    x: float
    y: float


@dataclass(frozen=True)
class Sector:
    """A source's part of the map: its arrows, where its letter stands, and the line that begins it."""

    source: Source
    arrows: tuple[Arrow, ...]
    letter: tuple[float, float]
    line: tuple[float, float, float, float]


def arrows(tally: Tally) -> tuple[Sector, ...]:
    """The pressure map: equal sectors, the first at the top; length is mean strength, width is reach."""
    drawn = []
    width = 2 * pi / len(tally.sectors)
    for index, sector in enumerate(tally.sectors):
        centre = -pi / 2 + index * width
        rows = sector.drawn
        spread = width * 0.72
        found = []
        for n, row in enumerate(rows):
            offset = 0.0 if len(rows) == 1 else spread * (n / (len(rows) - 1) - 0.5)
            found.append(_arrow(row, centre + offset))
        edge = centre - width / 2
        begin, end = _at(edge, INNER), _at(edge, OUTER + 30)
        drawn.append(Sector(sector.source, tuple(found), _at(edge + 0.12, OUTER + 38), (*begin, *end)))
    return tuple(drawn)


def _arrow(row: Row, angle: float) -> Arrow:
    far = INNER + (OUTER - INNER) * max(0.3, row.mean / 5)
    half = 5 + 17 * row.reach
    neck = INNER + HEAD
    sideways = angle + pi / 2

    def point(radius: float, across: float) -> str:
        x, y = _at(angle, radius)
        return f"{x + across * cos(sideways):.0f},{y + across * sin(sideways):.0f}"

    outline = [
        point(far, -half), point(neck, -half), point(neck, -half - 14), point(INNER, 0),
        point(neck, half + 14), point(neck, half), point(far, half),
    ]  # fmt: skip
    x, y = _at(angle, far + 26)
    return Arrow(row, " ".join(outline), round(x), round(y + 11))


def _at(angle: float, radius: float) -> tuple[float, float]:
    return round(MIDDLE[0] + radius * cos(angle), 1), round(MIDDLE[1] + radius * sin(angle), 1)
