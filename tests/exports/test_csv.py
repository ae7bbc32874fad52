"""The CSV file: one tidy line for each number and each note, and never a formula."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workshop.exports import csv as our_csv

HEAD = '<!doctype html><html lang="en"><head><title>T</title></head><body><main>'
BEGINS_A_FORMULA = "=+-@\uff1d\uff0b\uff0d\uff20"


def lines(body: str) -> list[list[str]]:
    made = our_csv.write(f"{HEAD}{body}</main></body></html>").decode("utf-8-sig")
    header, *rest = csv.reader(io.StringIO(made, newline=""), strict=True)
    assert header == ["section", "table", "row", "column", "value", "language"]
    return rest


def html(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def test_each_cell_of_a_table_is_a_line_with_what_it_is_about():
    assert lines(
        "<section><h2>Moods</h2><table><caption>3 people</caption><thead><tr><th scope=col>S</th><th scope=col>1</th>"
        "<th scope=col>2</th></tr></thead><tbody><tr><th scope=row>Well</th><td>1</td><td>2</td></tr></table></section>"
    ) == [["Moods", "3 people", "Well", "1", "1", "en"], ["Moods", "3 people", "Well", "2", "2", "en"]]


def test_the_heading_of_a_group_of_rows_is_part_of_each_rows_name():
    assert lines(
        "<section><h2>A</h2><h3>T</h3><table><tbody><tr><th scope=rowgroup colspan=2>Card</tr>"
        "<tr><th scope=row>Us<td>1</tr><tr><th scope=row>You<td>2</tr></table></section>"
    ) == [["A", "T", "Card – Us", "", "1", "en"], ["A", "T", "Card – You", "", "2", "en"]]


def test_each_note_is_a_line_with_its_theme_and_its_language():
    assert lines(
        '<section><h2>Ideas</h2><h3>Food</h3><ul><li><bdi lang="cy">Cinio</bdi><ul><li>Lunch</li></ul></li></ul>'
        '<blockquote lang="cy"><p>Ie</p><p lang="en">S</p></blockquote></section>'
    ) == [
        ["Ideas", "Food", "", "", "Cinio", "cy"],
        ["Ideas", "Food", "", "", "Lunch", "en"],
        ["Ideas", "Food", "", "", "Ie · S", "cy"],
    ]


def test_a_table_of_contents_is_no_data():
    assert lines('<section><h2>Contents</h2><ol><li><a href="#a">A</a></li></ol></section>') == []


def test_lines_end_as_spreadsheets_expect_and_a_mark_says_utf_8():
    made = our_csv.write(f'{HEAD}<ul><li>ŵ, "a"</li></ul>')
    assert made == '\ufeffsection,table,row,column,value,language\r\n,,,,"ŵ, ""a""",en\r\n'.encode()


@pytest.mark.parametrize(("cell", "value"), [("-1.5", "-1.5"), ("−0.3", "-0.3"), ("+2", "2"), ("5%", "5%"), ("–", "–")])
def test_a_signed_number_that_we_printed_is_a_plain_number(cell, value):
    assert lines(f"<table><tr><td>{cell}</td></tr></table>") == [["", "", "", "", value, "en"]]


@pytest.mark.parametrize("cell", ["+2", "=1", "-2+3", "@A1", "＝1", "＋1", "－1", "＠a", " =1", "-"])
def test_what_people_typed_that_looks_like_a_formula_gets_an_apostrophe(cell):
    assert lines(f"<table><tr><td><bdi>{cell}</bdi></td></tr></table>") == [["", "", "", "", f"'{cell.strip()}", "en"]]


@given(st.text(st.sampled_from(BEGINS_A_FORMULA + "\t\r\n '\"1a,;") | st.characters(codec="utf-8"), max_size=30))
def test_no_cell_of_any_text_is_a_formula(text):
    safe = our_csv.safe(text)
    assert safe in (text, f"'{text}")
    if safe[:1] in (*BEGINS_A_FORMULA, "\t", "\r", "\n") and safe:
        assert float(safe.rstrip("%").replace("-", "", 1)) >= 0
    body = f"<h2>{html(text)}</h2><table><caption>{html(text)}</caption><thead><tr><th>{html(text)}</tr></thead>"
    for line in lines(f"<section>{body}<tbody><tr><td><bdi>{html(text)}</bdi></tr></tbody></table></section>"):
        for cell in line:
            assert cell == our_csv.safe(cell)
