"""The fonts that are shipped for paper: which characters each file has, and which files a document needs.

A file is a family of its own, since WeasyPrint mixes up the glyphs of two that share family and weight; and a family
tells no more characters than it has, since Pango believes what it is told.
"""

import io
import json
from functools import cache
from typing import NamedTuple

from fontTools.ttLib import TTFont, woff2  # type: ignore[import-untyped]

from workshop.exports.confined import STATIC

FONTS = STATIC / "fonts"


class Face(NamedTuple):
    family: str
    weight: int
    file: str


def _noto(family: str, name: str, *weights: int) -> tuple[Face, ...]:
    return tuple(Face(f"Cyd {family}", weight, f"noto-{name}-{weight}-normal.woff2") for weight in weights)


# In this order they are asked for a character, after Atkinson. paper-fonts.css names the families in the same order.
FALLBACKS = (
    _noto("Latin", "sans-latin", 400, 700),
    _noto("Latin Ext", "sans-latin-ext", 400, 700),
    _noto("Greek", "sans-greek", 400, 700),
    _noto("Greek Ext", "sans-greek-ext", 400, 700),
    _noto("Cyrillic", "sans-cyrillic", 400, 700),
    _noto("Cyrillic Ext", "sans-cyrillic-ext", 400, 700),
    _noto("Vietnamese", "sans-vietnamese", 400),
    _noto("Arabic", "sans-arabic-arabic", 400, 700),
    _noto("Devanagari", "sans-devanagari", 400),
    _noto("Math", "sans-math-latin", 400),
    _noto("Emoji", "emoji-emoji", 400),
)
ATKINSON = tuple(
    f"atkinson-hyperlegible-next-{subset}-{weight}-normal.woff2"
    for subset in ("latin", "latin-ext")
    for weight in (400, 600, 700, 800)
)
UNSEEN = {0x200B, 0x200C, 0x200D, 0x2060, 0xFE0E, 0xFE0F, 0xFEFF}  # join or part letters, and need no glyph


def files() -> tuple[str, ...]:
    """Every font for paper; what most documents need first."""
    return (*ATKINSON, *(face.file for faces in FALLBACKS for face in faces))


def rules(text: str) -> str:
    """The @font-face rules of the files that this text needs beside Atkinson."""
    rest = {ord(letter) for letter in set(text)} - _has(ATKINSON[0]) - _has(ATKINSON[4]) - UNSEEN
    needed: list[Face] = []
    for faces in FALLBACKS:
        found = rest & _has(faces[0].file)
        if found:
            needed += faces
            rest -= found
    return "\n".join(
        f'@font-face {{ font-family: "{face.family}"; font-weight: {face.weight}; '
        f'src: url("asset:///fonts/{face.file}") format("woff2"); }}'
        for face in needed
    )


def unknown(text: str) -> set[str]:
    """The letters of it that no shipped file has."""
    shipped = frozenset().union(*(_has(file) for file in _coverage()))
    return {letter for letter in set(text) if ord(letter) not in shipped and not letter.isspace()}


@cache
def opened(file: str) -> bytes:
    """The font as TrueType: to unpack it takes longer than to use it."""
    unpacked = io.BytesIO()
    with (FONTS / file).open("rb") as packed:
        woff2.decompress(packed, unpacked)
    return unpacked.getvalue()


def counted() -> dict[str, list[list[int]]]:
    """Which characters each file has, as the files say: runs of code points, first and last. `coverage.json` keeps
    it, because to ask the files takes a second."""
    return {file: _runs(set(TTFont(io.BytesIO(opened(file))).getBestCmap())) for file in files()}


def _runs(points: set[int]) -> list[list[int]]:
    runs: list[list[int]] = []
    for point in sorted(points):
        if runs and runs[-1][1] == point - 1:
            runs[-1][1] = point
        else:
            runs.append([point, point])
    return runs


@cache
def _has(file: str) -> frozenset[int]:
    return frozenset(point for first, last in _coverage()[file] for point in range(first, last + 1))


@cache
def _coverage() -> dict[str, list[list[int]]]:
    told: dict[str, list[list[int]]] = json.loads((FONTS / "coverage.json").read_text(encoding="utf-8"))
    return told
