"""Everything to read has a contrast of 7:1 at least (WCAG 2.2, 1.4.6), in the light theme and in the dark one."""

import re

import pytest

from workshop.config import ROOT

LEAST = 7.0
SHEETS = {name: (ROOT / f"static/css/{name}.css").read_text(encoding="utf-8") for name in ("tokens", "tally", "dark")}
TEXTS = ("text", "muted")
GROUNDS = ("surface", "raised", "sunken")


def tokens(theme: str) -> dict[str, str]:
    """The custom properties of a theme, down to their hex colours; dark redefines some of the light ones."""
    css = SHEETS["tokens"] + (SHEETS["dark"] if theme == "dark" else "")
    raw = dict(re.findall(r"--([\w-]+):\s*([^;]+);", css))
    found = {}
    for name, value in raw.items():
        while alias := re.fullmatch(r"var\(--([\w-]+)\)", value):
            value = raw[alias[1]]
        found[name] = value
    return found


def coloured(theme: str) -> dict[str, tuple[str, str]]:
    """Every rule of the tally that says both what is read and on which ground: selector -> (text, ground)."""
    css = re.sub(r"/\*.*?\*/", "", SHEETS["dark" if theme == "dark" else "tally"], flags=re.S)
    rules = re.findall(r"([^{};]+)\{([^{}]*)\}", css)
    found = {}
    for selector, body in rules:
        ground = re.search(r"background(?:-color)?:\s*(#[0-9a-fA-F]{3,6})", body)
        text = re.search(r"(?<![\w-])color:\s*(#[0-9a-fA-F]{3,6})", body)
        if ground and text:
            found[selector.strip()] = (text[1], ground[1])
    return found


def luminance(colour: str) -> float:
    """Relative luminance of #rgb or #rrggbb, as WCAG defines it."""
    digits = colour.removeprefix("#")
    digits = "".join(d * 2 for d in digits) if len(digits) == 3 else digits
    channels = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_that_of_the_definition():
    assert contrast("#fff", "#000000") == 21.0
    assert round(contrast("#767676", "#ffffff"), 2) == 4.54  # the well-known grey that just passes 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("text", TEXTS)
def test_text_can_be_read_on_every_ground(theme, text, ground):
    colours = tokens(theme)
    assert contrast(colours[text], colours[ground]) >= LEAST


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_stands_on_a_button_can_be_read(theme):
    colours = tokens(theme)
    assert contrast(colours["on-action"], colours["action"]) >= LEAST


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_numbers_can_be_read_on_every_tint(theme):
    hard = {
        selector: round(contrast(*pair), 2) for selector, pair in coloured(theme).items() if contrast(*pair) < LEAST
    }
    assert hard == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_shade_has_ten_tints(theme):
    tints = {selector for selector in coloured(theme) if re.fullmatch(r"\.\w+\.tint\d+", selector)}
    shades = ("circle", "triangle", "diamond", "square", "slate", "ink")
    assert tints == {f".{shade}.tint{n}" for shade in shades for n in range(1, 11)}


def test_dark_gives_a_colour_to_whatever_light_colours():
    assert set(coloured("light")) - set(coloured("dark")) == set()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_darker_means_more(theme):
    """Within a shade each tint differs more from the ground than the one before, so that shade and number agree."""
    pairs, ground = coloured(theme), tokens(theme)["surface"]
    for shade in ("circle", "triangle", "diamond", "square", "slate", "ink"):
        steps = [contrast(pairs[f".{shade}.tint{n}"][1], ground) for n in range(1, 11)]
        assert steps == sorted(steps)
