"""The workbook, opened with another library: sheets, numbers as numbers, and nothing that computes or leads away."""

import io
import re
import zipfile
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kinds.test_contract import contents, drawn, every_kind
from workshop.exports import xlsx

HEAD = (
    '<!doctype html><html lang="en"><head><title>The hall: write-up</title><meta name="author" content="Us">'
    '<meta name="description" content="A hall"></head><body><main>'
)
TABLE = (
    "<table><caption>How many</caption><thead><tr><th scope=col>What</th><th scope=col>n</th></tr></thead>"
    "<tbody><tr><th scope=row>007</th><td>{}</td></tr></tbody></table>"
)


def made(body: str) -> bytes:
    return xlsx.write(f"{HEAD}{body}</main></body></html>")


def book(body: str) -> Any:
    return openpyxl.load_workbook(io.BytesIO(made(body)))


def rows(sheet: Any) -> list[list[Any]]:
    return [[cell for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)]


def xml(workbook: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(workbook)) as file:
        return "".join(file.read(name).decode() for name in file.namelist())


def html(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def test_the_first_sheet_says_what_it_is_and_each_section_with_tables_has_its_own():
    sheets = book(
        '<section class="cover"><h1>The hall</h1><ul class="facts"><li>4 people</li></ul></section>'
        f"<section><h2>Moods</h2><p>Counted</p>{TABLE.format(3)}</section>"
        "<section><h2>How to read the numbers</h2><p>Slowly.</p></section>"
    )
    assert {sheet.title: rows(sheet) for sheet in sheets} == {
        "The hall": [["The hall"], ["4 people"], [], ["How to read the numbers"], ["Slowly."]],
        "Moods": [["Moods"], ["Counted"], [], ["How many"], ["What", "n"], ["007", 3]],
    }
    assert sheets["Moods"].freeze_panes == "B6"
    assert [cell.font.bold for cell in sheets["Moods"][5]] == [True, True]


@pytest.mark.parametrize(
    ("words", "value", "shown"),
    [
        ("12", 12, "0"),
        ("0", 0, "0"),
        ("1,234", 1234, "#,##0"),
        ("0.92", 0.92, "0.00"),
        ("4.0", 4, "0.0"),
        ("45%", 0.45, "0%"),
        ("−1.2", -1.2, "0.0"),
        ("+0.6", 0.6, "+0.0;-0.0;0.0"),
    ],
)
def test_what_was_counted_is_a_number_shown_as_it_was_printed(words, value, shown):
    cell = book(f"<section><h2>A</h2>{TABLE.format(words)}</section>")["A"]["B5"]
    assert (cell.value, cell.number_format) == (value, shown)


@pytest.mark.parametrize(
    "words", ["–", "5=", "22:06", "7 of 9", "2–4", "007", "1e5", "1.2.3", "12,34", "<bdi>12</bdi>", "nan"]
)
def test_everything_else_and_whatever_people_typed_is_text(words):
    cell = book(f"<section><h2>A</h2>{TABLE.format(words)}</section>")["A"]["B5"]
    assert (cell.value, cell.data_type) == (re.sub("<.*?>", "", words), "s")


def test_notes_stand_beside_their_theme_with_their_language_where_it_is_another():
    sheet = book(
        "<section><h2>Ideas</h2><h3>Food</h3><ul><li><bdi>Lunch</bdi></li><li><bdi lang=cy>Cinio</bdi></li>"
        "<li><bdi lang=ar>غداء</bdi></li></ul></section>"
    )["Ideas"]
    assert rows(sheet)[3:] == [["Food", "Lunch"], ["Food", "Cinio", "cy"], ["Food", "غداء", "ar"]]
    assert [sheet.cell(row, 2).alignment.readingOrder for row in (4, 5, 6)] == [0, 0, 2]


def test_names_of_sheets_are_legal_and_no_two_are_the_same():
    titles = ("A/B: what?", "a b what", "x" * 40, "x" * 50, "'", "History", "👩‍👩‍👧‍👦" * 5, "[*]")
    sheets = book("".join(f"<section><h2>{title}</h2>{TABLE.format(1)}</section>" for title in titles)).sheetnames[1:]
    assert sheets[:6] == ["A B what", "a b what 2", "x" * 31, "x" * 29 + " 2", "–", "History 2"]
    assert [name for name in sheets if len(name.encode("utf-16-le")) > 62] == []
    assert len({name.casefold() for name in sheets}) == len(titles)


@given(st.text(st.sampled_from("=+-@'{}\"<&:/ht") | st.characters(codec="utf-8"), max_size=40))
def test_no_text_becomes_a_formula_or_a_link(text):
    for typed in (text, f"={text}", f"http://a.example/{html(text)}", f"mailto:{text}", f"{{={text}}}"):
        body = f"<section><h2>{html(typed)}</h2><ul><li><bdi>{html(typed)}</bdi></li></ul>{TABLE.format(html(typed))}"
        workbook = made(body)
        assert re.findall(r"<f[ >]|<hyperlink|relationships/hyperlink", xml(workbook)) == []
        sheets = openpyxl.load_workbook(io.BytesIO(workbook))
        kinds = {
            cell.data_type for sheet in sheets for row in sheet.iter_rows() for cell in row if cell.value is not None
        }
        assert kinds <= {"s", "n"}


def test_a_text_that_is_too_long_for_a_cell_is_cut():
    assert len(book(f"<section><h2>A</h2>{TABLE.format('x' * 40_000)}</section>")["A"]["B5"].value) == 32_000


def test_a_list_that_only_leads_into_the_document_is_left_out():
    sheets = book(
        '<section class="cover"><h1>T</h1></section><section><h2>Contents</h2><ol><li><a href="#a">A</a></ol>'
    )
    assert [rows(sheet) for sheet in sheets] == [[["T"]]]


def test_the_same_document_gives_the_same_bytes_and_says_what_it_is():
    body = f"<section><h2>A</h2>{TABLE.format(1)}</section>"
    assert made(body) == made(body)
    about = book(body).properties
    assert (about.title, about.creator, about.subject, about.created.year) == (
        "The hall: write-up",
        "Us",
        "A hall",
        2000,
    )


@every_kind
def test_every_kind_gives_a_sheet_with_what_was_counted(app, kind):
    with app.app_context():
        body = "".join(list(drawn(kind, what, "huge", ("en",)))[-1] for what in contents(kind))
    workbook = made(f'<section class="cover"><h1>T</h1></section><section><h2>Kind</h2>{body}</section>')
    assert re.findall(r"<f[ >]|<hyperlink", xml(workbook)) == []
    sheets = openpyxl.load_workbook(io.BytesIO(workbook))
    numbers = sum(
        1 for sheet in sheets for row in sheet.iter_rows() for cell in row if cell.data_type == "n" and cell.value
    )
    assert (numbers > 0) == (kind != "info")
