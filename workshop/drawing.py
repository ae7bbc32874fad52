"""Geometry of drawings that are not tables. Pure: numbers in, coordinates out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, hypot, pi, sin
from typing import Literal

from workshop.kinds.pressure_map.answers import Source
from workshop.kinds.pressure_map.weight import STRENGTHS, Row
from workshop.kinds.pressure_map.whole_map import Tally
from workshop.text import Text

WIDTH, HEIGHT = 1000, 940
MIDDLE = (500.0, 470.0)
OUTER = 400.0  # where the strongest arrow begins
SPACE = 14.0  # between the middle and the tips of arrows
HEAD = 34.0  # length of an arrow's head
LETTERS = 36  # size of all writing in a drawing; on a projector of 1080 lines a unit is 0.845 px
LINE = 42.0  # from one line of it to the next
WIDE = 0.56 * LETTERS  # a letter on average, in bold
SMALLEST, LARGEST = 122.0, 200.0  # radius of the middle


@dataclass(frozen=True)
class Line:
    """Some words of a drawing, where they stand, and their language. `letter` goes before them in bold."""

    lang: str
    words: str
    x: float
    y: float
    letter: str = ""


@dataclass(frozen=True)
class Arrow:
    """An inward arrow: its outline as SVG points, and where its number stands."""

    row: Row
    points: str
    x: float
    y: float


@dataclass(frozen=True)
class Sector:
    """A source's part of the map: its arrows, its name in a corner that lies in it, and the line that begins it."""

    source: Source
    arrows: tuple[Arrow, ...]
    name: tuple[Line, ...]
    anchor: Literal["start", "end"]
    line: tuple[float, float, float, float]


@dataclass(frozen=True)
class Drawing:
    """The whole map. `rings` are the radii at which arrows of strength 1 to 5 begin; `radius` is the middle's."""

    sectors: tuple[Sector, ...]
    rings: tuple[float, ...]
    radius: float
    centre: tuple[Line, ...]


def arrows(tally: Tally, langs: Sequence[str]) -> Drawing:
    """The pressure map: equal sectors clockwise, the first at the top; length is mean strength, width is reach."""
    centre, radius = _middle(tally.centre, langs)
    inner = radius + SPACE
    width = 2 * pi / len(tally.sectors)
    # Four begin at the top left, so that each has a corner of the picture; fewer have the first straight above.
    first = -pi / 2 if len(tally.sectors) < 4 else -3 * pi / 4
    sectors = []
    for index, sector in enumerate(tally.sectors):
        angle = first + index * width
        slot = width / max(1, len(sector.drawn))
        drawn = [_arrow(row, angle - width / 2 + (n + 0.5) * slot, inner) for n, row in enumerate(sector.drawn)]
        edge = angle - width / 2
        line = (*_at(edge, inner + HEAD), *_at(edge, OUTER + 30))
        corner = _corner(angle)
        name = _name(sector.source, corner, langs)
        sectors.append(Sector(sector.source, tuple(drawn), name, "start" if corner[0] else "end", line))
    rings = tuple(round(inner + (OUTER - inner) * strength / 5) for strength in STRENGTHS)
    return Drawing(tuple(sectors), rings, radius, centre)


def _arrow(row: Row, angle: float, inner: float) -> Arrow:
    far = inner + (OUTER - inner) * max(1.0, row.mean) / 5
    half = 5 + 17 * row.reach
    neck = min(inner + HEAD, far - 4)
    sideways = angle + pi / 2

    def point(radius: float, across: float) -> str:
        x, y = _at(angle, radius)
        return f"{x + across * cos(sideways):.0f},{y + across * sin(sideways):.0f}"

    outline = [
        point(far, -half), point(neck, -half), point(neck, -half - 12), point(inner, 0),
        point(neck, half + 12), point(neck, half), point(far, half),
    ]  # fmt: skip
    x, y = _at(angle, far + 28)
    return Arrow(row, " ".join(outline), round(x), round(y + 12))


def _at(angle: float, radius: float) -> tuple[float, float]:
    return round(MIDDLE[0] + radius * cos(angle), 1), round(MIDDLE[1] + radius * sin(angle), 1)


def _corner(angle: float) -> tuple[bool, bool]:
    """The corner of the picture, as (left, top), nearest to the middle of a sector; one on the left where two are."""
    corners = {(True, True): -3 * pi / 4, (True, False): 3 * pi / 4, (False, True): -pi / 4, (False, False): pi / 4}
    return min(corners, key=lambda corner: round(1 - cos(corners[corner] - angle), 6))


def _name(source: Source, corner: tuple[bool, bool], langs: Sequence[str]) -> tuple[Line, ...]:
    left, top = corner
    spoken = _each(source.short, langs)
    first = LETTERS if top else HEIGHT - 12 - LINE * (len(spoken) - 1)
    return tuple(
        Line(lang, words, 4 if left else WIDTH - 4, first + LINE * n, source.letter.in_(lang))
        for n, (words, lang) in enumerate(spoken)
    )


def _middle(words: Text, langs: Sequence[str]) -> tuple[tuple[Line, ...], float]:
    """The words in the middle, wrapped so that the circle around them is as small as it can be, and its radius."""
    tries = [_stacked(words, langs, letters * WIDE) for letters in range(4, 30)]
    lines = min(tries, key=_radius)
    return lines, min(LARGEST, max(SMALLEST, _radius(lines)))


def _stacked(words: Text, langs: Sequence[str], width: float) -> tuple[Line, ...]:
    spoken = [(lang, line) for said, lang in _each(words, langs) for line in _wrapped(said, width)]
    top = MIDDLE[1] - LINE * (len(spoken) - 1) / 2 + 12  # a baseline lies below the middle of its letters
    return tuple(Line(lang, line, MIDDLE[0], top + LINE * n) for n, (lang, line) in enumerate(spoken))


def _radius(lines: Iterable[Line]) -> float:
    """Of the circle around the middle that holds these lines, with a little air."""
    return max(hypot(len(line.words) * WIDE / 2, abs(line.y - 12 - MIDDLE[1]) + LETTERS / 2) + 6 for line in lines)


def _each(words: Text, langs: Sequence[str]) -> list[tuple[str, str]]:
    """The words in each language; where they are the same words in the same language they stand once."""
    return list(dict.fromkeys(words.spoken(lang) for lang in langs))


def _wrapped(words: str, width: float) -> list[str]:
    """The words on lines of at most this width; a longer word has a line of its own."""
    lines: list[str] = []
    for word in words.split() or [""]:
        if lines and (len(lines[-1]) + 1 + len(word)) * WIDE <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
