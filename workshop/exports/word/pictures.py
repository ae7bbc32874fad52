"""Pictures in the Word file: drawings drawn as PNG, photos as they are, each with its words for who cannot see it."""

import io
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import resvg_py
from docx.image.exceptions import InvalidImageStreamError, UnexpectedEndOfFileError, UnrecognizedImageError
from docx.oxml.shape import CT_Inline
from docx.shared import Emu, Mm
from fontTools.merge import Merger, Options  # type: ignore[import-untyped]

from workshop.exports.blocks import Block, Picture, every_block

STATIC = Path(__file__).resolve().parents[3] / "static"
WEIGHTS = (400, 600, 700, 800)
INK = "#1d1b2e"
UNREADABLE = (ValueError, InvalidImageStreamError, UnexpectedEndOfFileError, UnrecognizedImageError)
PIXEL = 9525  # EMU of a CSS pixel
DENSITY = 2  # pixels drawn for each CSS pixel
# Millimetres. A drawing that says no size is one of several small ones, as the lines of who moved are.
WIDEST_DRAWING, SMALL_DRAWING, WIDEST_PHOTO, TALLEST = 118, 34, 150, 150


class Pictures:
    """Puts pictures into runs of one file."""

    def __init__(self, part: Any, fonts: list[str]) -> None:
        self._part = part
        self._fonts = fonts
        self._count = 0

    def inline(self, picture: Picture) -> Any | None:
        """The element to put into a run; nothing where the picture cannot be drawn or read."""
        try:
            width, height = _size(picture) if picture.svg else (0, 0)
            image = self._drawn(picture, width) if picture.svg else picture.image
            relation, read = self._part.get_or_add_image(io.BytesIO(image))
            if not picture.svg:
                width, height = _fitted(read.px_width, read.px_height, WIDEST_PHOTO, PIXEL)
        except UNREADABLE:
            return None
        self._count += 1
        made = CT_Inline.new_pic_inline(self._count, relation, f"{self._count}", Emu(width), Emu(height))
        for about in made.xpath("./wp:docPr | .//pic:cNvPr"):
            about.set("descr", picture.alt)
            about.set("name", f"{self._count}")
        return made

    def _drawn(self, picture: Picture, width: int) -> bytes:
        """A PNG of the drawing, `width` in EMU when printed."""
        return bytes(
            resvg_py.svg_to_bytes(
                svg_string=picture.svg.replace("<svg ", f'<svg color="{INK}" ', 1),
                width=round(width / PIXEL * DENSITY),
                font_files=self._fonts,
                font_family="Atkinson Hyperlegible Next",
                sans_serif_family="Atkinson Hyperlegible Next",
                languages=[picture.lang],
                background="#ffffff",
            )
        )


def _size(picture: Picture) -> tuple[int, int]:
    """Width and height in EMU."""
    box = re.search(r'viewBox="([^"]*)"', picture.svg)
    numbers = [float(n) for n in re.findall(r"-?[\d.]+", box[1])] if box else []
    width, height = picture.width, picture.height
    if len(numbers) == 4 and not (width and height):
        return _fitted(numbers[2], numbers[3], SMALL_DRAWING, 0)
    return _fitted(width, height, WIDEST_DRAWING, PIXEL)


def _fitted(width: float, height: float, widest: int, scale: int) -> tuple[int, int]:
    """The size at `scale` EMU for each unit (0: as wide as allowed), made smaller where it is too wide or tall."""
    if width <= 0 or height <= 0:
        raise ValueError("a picture without a size")
    most = min(Mm(widest) / width, Mm(TALLEST) / height)
    factor = min(scale, most) if scale else most
    return round(width * factor), round(height * factor)


@contextmanager
def fonts(blocks: Iterable[Block]) -> Iterator[list[str]]:
    """Files of our face in the weights that the drawings use, for as long as they are needed.

    The library that draws reads no WOFF2, and takes a missing letter from any weight: so both files of a weight, which
    have the letters of English and those of Welsh, become one.
    """
    used = {weight for block in every_block(blocks) for weight in _weights(block)}
    with tempfile.TemporaryDirectory(prefix="cyd-") as folder:
        made = []
        for weight in sorted(used):
            file = Path(folder) / f"{weight}.ttf"
            file.write_bytes(_face(weight))
            made.append(str(file))
        yield made


@cache
def _face(weight: int) -> bytes:
    options = Options()
    options.drop_tables = ["GSUB", "GPOS", "GDEF", "kern"]
    names = (f"atkinson-hyperlegible-next-{part}-{weight}-normal.woff2" for part in ("latin", "latin-ext"))
    font = Merger(options).merge([str(STATIC / "fonts" / name) for name in names])
    font.flavor = None
    made = io.BytesIO()
    font.save(made)
    return made.getvalue()


def prepare() -> None:
    """Puts the faces together once, for all files that this process and its forks make."""
    for weight in WEIGHTS:
        _face(weight)


def _weights(block: Block) -> set[int]:
    """The weights of ours that are nearest to those that a drawing names; none for anything else."""
    if not isinstance(block, Picture) or "<text" not in block.svg:
        return set()
    named = {int(weight) for weight in re.findall(r'font-weight="(\d{3})"', block.svg)} | {400}
    return {min(WEIGHTS, key=lambda ours: abs(ours - weight)) for weight in named}
