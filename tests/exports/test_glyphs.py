"""Letters on paper: what is shipped is drawn with it, and what no font has is printed as its number."""

import subprocess

import pytest

from tests.exports import coverage
from tests.exports.corpus import TEXTS
from workshop.config import ROOT
from workshop.exports import faces, glyphs, pdf

FONTS = ROOT / "static/fonts"
SHIPPED = ("emoji", "Arabic", "Greek", "Cyrillic", "Devanagari", "Welsh", "decomposed")


def said(text: str) -> str:
    made = pdf.write(f"<html lang=en><link rel=stylesheet href=asset:///css/paper-fonts.css><title>t</title><p>{text}")
    return subprocess.run(["pdftotext", "-", "-"], input=made, capture_output=True, check=True).stdout.decode().strip()


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("a\ue000b", "a[U+E000]b"),
        ("a\U0010fffdb", "a[U+10FFFD]b"),
        ("a\ufffeb", "a[U+FFFE]b"),
        ("a\x07b", "a[U+0007]b"),
        ("a\u0378b", "a[U+0378]b"),  # unassigned, so that no font has it
        ("one\u2028two", "one two"),
        ("gwasan\u00adaeth", "gwasanaeth"),
        ("one\ttwo\nthree", "one two three"),
    ],
)
def test_what_cannot_be_drawn_is_printed_as_its_number(text: str, printed: str) -> None:
    assert said(text) == printed


@pytest.mark.parametrize("name", SHIPPED)
def test_no_font_of_the_machine_is_needed_for(name: str) -> None:
    assert faces.unknown(TEXTS[name]) - set("\u2028\u2029") == set()


def test_only_the_files_that_a_document_needs_are_loaded() -> None:
    def families(text: str) -> list[str]:
        return [line.split('"')[1] for line in faces.rules(text).splitlines()]

    assert families("Pobl hŷn, dŵr a thŷ – “ie” €5") == []
    assert families("Ελλάδα") == ["Cyd Greek", "Cyd Greek"]
    assert families("a → b") == ["Cyd Math"]
    assert families("👍🏽") == ["Cyd Emoji"]


def test_what_each_font_has_is_written_down() -> None:
    assert (FONTS / "coverage.json").read_text(encoding="utf-8") == coverage.written()


def test_every_font_for_paper_is_named_in_the_sheet_in_the_order_in_which_it_is_asked() -> None:
    sheet = (ROOT / "static/css/paper-fonts.css").read_text(encoding="utf-8")
    stack = next(line for line in sheet.splitlines() if line.startswith("html {"))
    places = [
        stack.index(f'"{family}"')
        for family in dict.fromkeys(face.family for group in faces.FALLBACKS for face in group)
    ]
    assert places == sorted(places)
    assert all(f"fonts/{file}" in sheet for file in faces.ATKINSON)


def test_every_font_is_in_the_readme_with_its_sum() -> None:
    readme = (FONTS / "README.md").read_text(encoding="utf-8")
    files = sorted([*FONTS.glob("*.woff2"), *FONTS.glob("OFL*.txt")])
    sums = subprocess.run(
        ["sha256sum", *[file.name for file in files]], cwd=FONTS, capture_output=True, text=True, check=True
    )
    assert [line for line in sums.stdout.splitlines() if f"    {line}\n" not in readme] == []


def test_a_word_that_no_line_can_hold_gets_places_to_break_and_nothing_else_does() -> None:
    word = "gwasanaethau" * 10
    html = f'<p class="{word}" title="{word}">{word} &amp; {word[:60]}</p><img src="data:image/png;base64,{word}">'
    made = glyphs.breakable(html)
    assert made.replace("\u200b", "") == html
    assert made.count("\u200b") == 5
    assert said(word).replace("\n", "").replace("\u200b", "") == word


def test_a_long_word_is_never_broken_within_what_reads_as_one() -> None:
    family = "👨‍👩‍👧‍👦" * 20
    assert glyphs.breakable(family) == family
    assert "\u200b\u0301" not in glyphs.breakable("e\u0301" * 100)
