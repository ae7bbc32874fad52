"""The Word file, opened with the library, as XML, and with LibreOffice where that is there."""

import base64
import io
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from lxml import etree
from PIL import Image

from tests.kinds.test_contract import contents, drawn, every_kind
from workshop.exports import word

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")


def page(body: str, lang: str = "en") -> str:
    return (
        f'<!doctype html><html lang="{lang}"><head><title>The hall: write-up</title><meta name="author" content="Us">'
        f"</head><body><main>{body}</main></body></html>"
    )


def opened(body: str, lang: str = "en") -> Any:
    return docx.Document(io.BytesIO(word.write(page(body, lang))))


def xml(body: str, lang: str = "en", part: str = "word/document.xml") -> Any:
    with zipfile.ZipFile(io.BytesIO(word.write(page(body, lang)))) as file:
        return etree.fromstring(file.read(part))


def attributes(tree: Any, element: str, name: str) -> list[str]:
    return [one.get(qn(name)) for one in tree.iter(qn(element))]


# Paragraphs


def test_headings_lists_quotes_and_captions_have_their_real_styles():
    file = opened(
        '<section class="cover"><h1>T</h1><p class="sub">S</p><ul class="facts"><li>D</li></ul></section>'
        '<section class="page"><h2>A</h2><h3>B</h3><h4>C</h4><p>x</p><ul><li>a<ul><li>b</li></ul></li></ul>'
        '<ol><li>c</li></ol><blockquote><p>q</p><p class="by">Said</p></blockquote>'
        "<table><caption>K</caption><tr><td>1</td></tr></table></section>"
    )
    assert [(one.style.name, one.text) for one in file.paragraphs if one.text] == [
        ("Title", "T"),
        ("Subtitle", "S"),
        ("Facts", "D"),
        ("Heading 1", "A"),
        ("Heading 2", "B"),
        ("Heading 3", "C"),
        ("Normal", "x"),
        ("List Bullet", "a"),
        ("List Bullet 2", "b"),
        ("List Number", "c"),
        ("Quote", "q"),
        ("Quote Status", "Said"),
        ("Caption", "K"),
    ]


def test_sections_that_begin_a_page_do_so_and_the_cover_stands_alone():
    file = opened(
        '<section class="cover"><h1>T</h1></section><section><h2>A</h2></section><section><h2>B</h2></section>'
        '<section class="page"><h2>C</h2></section>'
    )
    assert [one.text for one in file.paragraphs if one.paragraph_format.page_break_before] == ["A", "C"]


def test_nothing_stands_between_a_table_and_the_page_that_begins_after_it():
    tree = xml('<section><h2>A</h2><table><tr><td>1</table></section><section class="page"><h2>B</h2></section>')
    assert [element.tag for element in tree[0]] == [qn(f"w:{name}") for name in ("p", "p", "tbl", "p", "sectPr")]


def test_two_numbered_lists_count_each_from_its_own_start():
    tree = xml('<ol><li>a</li><li>b</li></ol><ol start="4"><li>c</li></ol>')
    numbers = attributes(tree, "w:numId", "w:val")
    assert numbers[0] == numbers[1] != numbers[2]
    numbering = xml('<ol><li>a</li><li>b</li></ol><ol start="4"><li>c</li></ol>', part="word/numbering.xml")
    assert attributes(numbering, "w:startOverride", "w:val") == ["1", "4"]


def test_links_lead_where_they_led():
    file = opened(
        '<p><a href="https://a.example/">out</a> <a href="#x">in</a> <a href="#none">no</a></p><h2 id="x">X</h2>'
    )
    (out, inside) = file.element.body.iter(qn("w:hyperlink"))
    assert file.part.rels[out.get(qn("r:id"))].target_ref == "https://a.example/"
    assert inside.get(qn("w:anchor")) == file.element.body.find(f".//{qn('w:bookmarkStart')}").get(qn("w:name"))


# Languages


@pytest.mark.parametrize(("lang", "named"), [("cy", "cy-GB"), ("en", "en-GB")])
def test_the_file_says_its_language(lang, named):
    assert xml("<p>a</p>", lang, "word/styles.xml").find(f".//{qn('w:lang')}").get(qn("w:val")) == named
    assert opened("<p>a</p>", lang).core_properties.language == lang


def test_words_in_another_language_say_so_and_words_from_the_right_run_from_there():
    tree = xml('<p>a <span lang="cy">b</span></p><p lang="ar"><bdi>سلام</bdi></p>')
    runs = {"".join(run.itertext()): run.find(qn("w:rPr")) for run in tree.iter(qn("w:r"))}
    assert runs["a "].find(qn("w:lang")) is None
    assert runs["b"].find(qn("w:lang")).get(qn("w:val")) == "cy-GB"
    assert runs["سلام"].find(qn("w:lang")).get(qn("w:bidi")) == "ar"
    assert runs["سلام"].find(qn("w:rtl")) is not None
    assert len(list(tree.iter(qn("w:bidi")))) == 1


# Tables

TABLE = (
    "<table><caption>How many</caption><thead><tr><th scope=col>What</th><th scope=col>n</th></tr></thead>"
    "<tbody><tr><th scope=row>A long title that takes room on the line</th><td>12</td></tr></tbody></table>"
)


def test_a_table_repeats_its_heading_keeps_its_rows_whole_and_has_a_title():
    tree = xml(TABLE)
    heads, bodies = tree.iter(qn("w:tr"))
    assert (heads.find(f".//{qn('w:tblHeader')}") is not None, bodies.find(f".//{qn('w:tblHeader')}")) == (True, None)
    assert len(list(tree.iter(qn("w:cantSplit")))) == 2
    assert attributes(tree, "w:tblCaption", "w:val") == attributes(tree, "w:tblDescription", "w:val") == ["How many"]
    assert [[cell.text for cell in row.cells] for row in opened(TABLE).tables[0].rows] == [
        ["What", "n"],
        ["A long title that takes room on the line", "12"],
    ]


def test_columns_of_words_are_wider_than_columns_of_numbers_and_fill_the_page():
    words, numbers = (int(width) for width in attributes(xml(TABLE), "w:gridCol", "w:w"))
    assert words > 5 * numbers
    assert words + numbers == 9638


def test_a_group_with_one_row_needs_no_spanned_cell():
    tree = xml(
        "<table><thead><tr><th scope=col>x<th scope=col>y</tr></thead><tbody><tr><th scope=rowgroup colspan=2>A</tr>"
        "<tr><td>1<td>2</tr></tbody></table>"
    )
    assert [["".join(cell.itertext()) for cell in row.iter(qn("w:tc"))] for row in tree.iter(qn("w:tr"))] == [
        ["", "x", "y"],
        ["A", "1", "2"],
    ]


def test_a_group_with_several_rows_keeps_its_heading_over_them():
    tree = xml(
        "<table><tbody><tr><th scope=rowgroup colspan=2>A</tr><tr><th scope=row>b<td>2</tr>"
        "<tr><th scope=row>c<td>3</tr></tbody></table>"
    )
    assert attributes(tree, "w:gridSpan", "w:val") == ["2"]


def test_a_cell_that_reaches_down_is_merged_and_every_cell_ends_with_a_paragraph():
    tree = xml("<table><tr><td rowspan=2>a<td>b</tr><tr><td><table><tr><td>c</table></tr></table>")
    assert attributes(tree, "w:vMerge", "w:val") == ["restart", "continue"]
    assert {cell[-1].tag for cell in tree.iter(qn("w:tc"))} == {qn("w:p")}


# Pictures


def test_a_drawing_is_a_picture_with_its_title_as_description():
    svg = '<svg viewBox="0 0 40 20" width="40" height="20"><title>A bar</title><rect width="40" height="20"/></svg>'
    file = opened(svg)
    assert [shape._inline.docPr.get("descr") for shape in file.inline_shapes] == ["A bar"]
    (image,) = [part for part in file.part.package.iter_parts() if part.partname.endswith(".png")]
    assert Image.open(io.BytesIO(image.blob)).size == (80, 40)


def test_the_words_in_a_drawing_are_drawn_in_our_face_in_both_weights():
    """Where no face were found, nothing would be drawn."""
    for weight in (400, 800):
        svg = (
            '<svg viewBox="0 0 200 40" width="200" height="40" font-family="Atkinson Hyperlegible Next">'
            f'<title>t</title><text x="2" y="30" font-size="30" font-weight="{weight}">ŵŷ tŷ</text></svg>'
        )
        (image,) = [part for part in opened(svg).part.package.iter_parts() if part.partname.endswith(".png")]
        dark = sum(1 for value in Image.open(io.BytesIO(image.blob)).convert("L").get_flattened_data() if value < 128)
        assert dark > 1000


def test_a_photo_keeps_its_shape_and_fits_the_page():
    stream = io.BytesIO()
    Image.new("RGB", (3000, 1000), "navy").save(stream, "JPEG")
    source = base64.b64encode(stream.getvalue()).decode()
    file = opened(f'<figure><img alt="The hall" src="data:image/jpeg;base64,{source}"></figure>')
    (shape,) = file.inline_shapes
    assert (shape._inline.docPr.get("descr"), round(shape.width.mm), round(shape.height.mm)) == ("The hall", 150, 50)


def test_a_picture_that_cannot_be_read_leaves_its_description():
    assert [one.text for one in opened('<img alt="The hall" src="data:image/png;base64,AAAA">').paragraphs] == [
        "The hall"
    ]


# The file

HOSTILE = (
    "]]>",
    "\x00\x01\x1b",
    "\ud800",
    "a" + "\u0301" * 500,
    "x" * 10_000,
    "<b>&amp;",
    "\u202eabc",
    "👩‍👩‍👧‍👦",
    "\ufffe",
)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_what_people_type_never_breaks_the_file(text):
    typed = text.replace("&", "&amp;").replace("<", "&lt;")
    body = (
        f"<h2>{typed}</h2><ul><li><bdi>{typed}</bdi></li></ul><table><caption>{typed}</caption><tr><td>{typed}</table>"
    )
    file = opened(body)
    assert len({paragraph.text for paragraph in file.paragraphs if paragraph.text}) == 1


def test_the_same_document_gives_the_same_bytes_and_says_nothing_of_when():
    assert word.write(page("<p>a</p>")) == word.write(page("<p>a</p>"))
    with zipfile.ZipFile(io.BytesIO(word.write(page("<p>a</p>")))) as file:
        assert {info.date_time[0] for info in file.infolist()} == {1980}
        core = file.read("docProps/core.xml").decode()
    assert re.findall(r"<dcterms:\w+|python-docx", core) == []


def test_the_file_says_what_it_is_and_every_foot_has_title_and_page():
    file = opened("<p>a</p>")
    assert (file.core_properties.title, file.core_properties.author) == ("The hall: write-up", "Us")
    foot = file.sections[0].footer._element
    assert attributes(foot, "w:fldSimple", "w:instr") == [" TITLE ", " PAGE ", " NUMPAGES "]
    assert round(file.sections[0].page_width.mm) == 210


@every_kind
def test_every_style_that_a_kind_is_written_in_exists(app, kind):
    with app.app_context():
        body = "".join(list(drawn(kind, what, "huge", ("en",)))[-1] for what in contents(kind))
    with zipfile.ZipFile(io.BytesIO(word.write(page(f"<section>{body}</section>")))) as file:
        document, styles = (etree.fromstring(file.read(f"word/{name}.xml")) for name in ("document", "styles"))
    used = {name for kind in ("w:pStyle", "w:rStyle", "w:tblStyle") for name in attributes(document, kind, "w:val")}
    assert used - set(attributes(styles, "w:style", "w:styleId")) == set()
    rows = list(document.iter(qn("w:tr")))
    assert [row for row in rows if sum(_span(cell) for cell in row.iter(qn("w:tc"))) != _columns(row)] == []


def _span(cell: Any) -> int:
    span = cell.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}")
    return int(span.get(qn("w:val"))) if span is not None else 1


def _columns(row: Any) -> int:
    return len(row.getparent().find(qn("w:tblGrid")))


@pytest.mark.skipif(not OFFICE, reason="LibreOffice is not here: it shows whether other programs can read the file")
def test_libreoffice_reads_it_and_finds_the_same_words(tmp_path: Path):
    html = page(
        f'<section class="cover"><h1>Tŷ</h1></section><section><h2>A</h2>{TABLE}<ol><li>dŵr</li></ol></section>'
    )
    (tmp_path / "a.docx").write_bytes(word.write(html))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [str(OFFICE), profile, "--headless", "--convert-to", "txt:Text (encoded):UTF8", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(tmp_path / "a.docx")], check=True, capture_output=True)
    words = (tmp_path / "a.txt").read_text(encoding="utf-8-sig").split()
    title = "A long title that takes room on the line"
    assert " ".join(words) == f"Tŷ A How many What n {title} 12 1. dŵr"
