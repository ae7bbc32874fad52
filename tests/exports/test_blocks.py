"""The drawn document as blocks: every word a reader could read is in them, once and in order."""

import base64
from collections.abc import Iterator
from typing import Any

import html5lib
import pytest

from tests.kinds.test_contract import ROOMS, contents, drawn, every_kind, in_each_language
from workshop.exports.blocks import (
    Block,
    Heading,
    List,
    Paragraph,
    Picture,
    Quote,
    Span,
    Table,
    every_block,
    every_span,
    level,
    plain,
    read,
    said,
)

DRAWN = {"Share", "Cyfran"}  # stands over bars; a column of nothing but bars is left out


def page(body: str, lang: str = "en") -> str:
    return f'<!doctype html><html lang="{lang}"><head><title>T</title></head><body><main>{body}</main></body></html>'


def blocks(body: str) -> tuple[Block, ...]:
    return tuple(block for section in read(page(body)).sections for block in section.blocks)


def paragraph(words: str, lang: str = "en", **more: Any) -> Paragraph:
    return Paragraph((Span(words, lang),), **more)


# Nothing is lost


@every_kind
@in_each_language
@pytest.mark.parametrize("room", ROOMS)
def test_every_word_of_every_kind_is_in_the_blocks_in_the_same_order(app, kind, lang, room):
    with app.app_context():
        for what in contents(kind):
            html = page("<section>" + list(drawn(kind, what, room, (lang,)))[-1] + "</section>", lang)
            assert letters(words_of(read(html).sections)) == letters(visible(html))


def test_elements_that_nobody_thought_of_give_their_words():
    html = page("<wild-thing>a <b>b</b><odd><p>c</p>d</odd></wild-thing><meter>e</meter><canvas>f</canvas>g")
    assert letters(words_of(read(html).sections)) == "abcdefg"


def letters(pieces: Iterator[str]) -> str:
    return "".join("".join(pieces).split())


def visible(html: str) -> Iterator[str]:
    """What can be read of a document, found by another parser: no decoration, and drawings by their title."""
    body = html5lib.parse(html, namespaceHTMLElements=False).find("body")
    return _visible(body)


def _visible(element: Any) -> Iterator[str]:
    for child, text in [(None, element.text), *((one, one.tail) for one in element)]:
        if child is not None and child.get("aria-hidden") != "true":
            if child.tag.endswith("svg"):
                yield "".join(child[0].itertext())
            elif child.tag != "th" or "".join(child.itertext()) not in DRAWN:
                yield from _visible(child)
        yield text or ""


def words_of(blocks: tuple[Block, ...]) -> Iterator[str]:
    for block in every_block(blocks):
        match block:
            case Picture():
                yield block.alt
            case Table():
                yield said(block.caption)
            case Heading() | Paragraph():
                yield said(block.spans)


# What things become


def test_headings_paragraphs_lists_and_quotes_keep_what_they_are():
    made = blocks(
        '<h2>A</h2><p class="by">B</p>loose<ol start="3"><li>C<ul><li>D</li></ul></li></ol><blockquote>E</blockquote>'
    )
    assert made == (
        Heading(2, (Span("A", "en"),)),
        paragraph_by("B"),
        paragraph("loose"),
        List(((paragraph("C"), List(((paragraph("D"),),))),), "number", 3),
        Quote((paragraph("E"),)),
    )


def paragraph_by(words: str) -> Paragraph:
    return Paragraph((Span(words, "en", status=True),), classes=frozenset({"by"}))


def test_blanks_are_those_of_a_browser():
    assert blocks("<p>\n a  <b> b </b>\n c<br> d </p>") == (
        Paragraph((Span("a ", "en"), Span("b ", "en", bold=True), Span("c\nd", "en"))),
    )


def test_pieces_that_only_the_style_sheet_keeps_apart_are_kept_apart():
    assert plain(blocks('<p><span class="end">Before</span><span class="end">After</span></p>')) == "Before After"
    assert plain(blocks("<p><span>I will </span><bdi>sing</bdi><span>.</span></p>")) == "I will sing."


def test_language_and_direction_go_down_to_every_span():
    made = blocks('<p>a <bdi lang="ar">سلام</bdi> <span lang="cy">b <i lang="no such">c</i></span></p>')
    assert [(span.words, span.lang, span.rtl) for span in every_span(made)] == [
        ("a ", "en", False),
        ("سلام", "ar", True),
        (" ", "en", False),
        ("b ", "cy", False),
        ("c", "cy", False),
    ]


@pytest.mark.parametrize("href", ["https://a.example/b?c=d", "http://a.example", "mailto:a@b.example", "tel:1", "#x"])
def test_a_link_that_may_be_followed_is_kept(href):
    assert [span.link for span in every_span(blocks(f'<p><a href="{href}">a</a></p>'))] == [href]


@pytest.mark.parametrize("href", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "/s/ABC", "//a", ""])
def test_any_other_link_is_only_words(href):
    assert list(every_span(blocks(f'<p><a href="{href}">a</a></p>'))) == [Span("a", "en")]


def test_an_id_goes_to_the_first_block_that_follows():
    made = blocks('<div id="a"><span id="b"></span><p>x</p></div><p id="c">y</p>')
    assert [block.ids for block in made] == [("a", "b"), ("c",)]


def test_decoration_is_left_out_and_what_only_a_screen_reader_hears_is_kept():
    made = blocks('<p><span aria-hidden="true">“</span><span class="unseen">Quote: </span>x</p><p hidden>y</p>')
    assert made == (paragraph("Quote: x"),)


def test_a_short_bold_mark_stands_in_one_line_with_its_paragraph():
    made = blocks('<ul><li><b class="n">3/4</b><p>Most.</p></li></ul>')
    assert plain(made) == "3/4 Most."
    assert [one.marks for one in made if isinstance(one, List)] == ["none"]


def test_numbers_that_a_list_brings_itself_are_not_given_twice():
    made = blocks("<ol><li><b>1.</b><p>a</p></li><li><b>2.</b><p>b</p></li></ol>")
    assert [one.marks for one in made if isinstance(one, List)] == ["none"]


def test_definitions_details_and_figures_are_read():
    image = base64.b64encode(b"\x89PNG").decode()
    made = blocks(
        "<dl><dt>a</dt><dd>b</dd></dl><details><summary>c</summary>d</details>"
        f'<figure><img alt="e" width="4" src="data:image/png;base64,{image}"><figcaption>f</figcaption></figure>'
    )
    assert made == (
        List(((Paragraph((Span("a", "en", bold=True),)),), (paragraph("b"),)), "none"),
        Paragraph((Span("c", "en", bold=True),)),
        paragraph("d"),
        Picture("e", "en", image=b"\x89PNG", mimetype="image/png", width=4),
        paragraph("f", classes=frozenset({"caption"})),
    )


def test_an_image_that_is_not_in_the_document_gives_its_description():
    assert blocks('<p>a <img src="https://a.example/x.png" alt="a hall"></p>') == (paragraph("a"), paragraph("a hall"))


def test_a_drawing_keeps_the_names_that_svg_spells_with_capitals():
    (picture,) = blocks('<svg viewBox="0 0 4 2" width="8"><title>T</title><clipPath/><path d="M0 0"/></svg>')
    assert isinstance(picture, Picture)
    assert (picture.alt, picture.width, picture.height) == ("T", 8, 4)
    assert 'viewBox="0 0 4 2"' in picture.svg and "<clipPath" in picture.svg


def test_what_no_file_of_words_can_hold_becomes_a_substitute():
    assert blocks("<p>a\x00b\ud800c&#1;d\ufffee</p>") == (paragraph("a\ufffdb\ufffdc\ufffdd\ufffde"),)


# Sections


def test_sections_say_whether_they_begin_a_page_and_what_stands_between_is_one_too():
    document = read(page('<section class="cover"><h1>A</h1></section>x<section><p>y</p></section><section></section>'))
    assert [(section.new_page, plain(section.blocks)) for section in document.sections] == [
        (True, "A"),
        (False, "x"),
        (False, "y"),
    ]


def test_a_document_without_words_has_no_sections():
    assert read("").sections == read(page("")).sections == ()


# Tables


def rows(body: str) -> tuple[tuple[str, ...], list[list[str]], int]:
    (table,) = [block for block in blocks(f"<table>{body}</table>") if isinstance(block, Table)]
    made = level(table)
    return made.headings, [[plain(cell.blocks) if cell else "" for cell in row] for row in made.rows], made.labels


def test_a_column_of_bars_is_left_out_and_an_empty_column_is_not():
    head = '<thead><tr><th scope="col">What</th><th scope="col">Share</th><th scope="col">By whom</th></tr></thead>'
    body = '<tbody><tr><th scope="row">a</th><td><div class="length n9"></div></td><td></td></tr></tbody>'
    assert rows(head + body) == (("What", "By whom"), [["a", ""]], 1)


def test_the_heading_of_a_group_of_rows_becomes_the_label_of_each():
    head = '<tr><th scope="col">x</th><th scope="col">y</th><th scope="col">z</th></tr>'
    assert rows(
        f"<thead>{head}</thead>"
        "<tbody><tr><th scope=rowgroup colspan=2>A</th><td rowspan=2>split</tr><tr><td>1<td>2</tr></tbody>"
        "<tbody><tr><th scope=rowgroup colspan=2>B</th><td rowspan=2>home</tr><tr><td>3<td>4</tr></tbody>"
    ) == (("", "x", "y", "z"), [["A", "1", "2", "split"], ["B", "3", "4", "home"]], 1)


def test_two_rows_of_headings_are_put_together():
    assert rows(
        '<thead><tr><th rowspan="2">S</th><th colspan="2">Then</th></tr><tr><th>Up</th><th>Down</th></tr></thead>'
        "<tbody><tr><th scope=row>a<td>1<td>2</tr><tr><th scope=row>b<td colspan=2>–</tr></tbody>"
    ) == (("S", "Then – Up", "Then – Down"), [["a", "1", "2"], ["b", "–", ""]], 1)


def test_tables_may_stand_in_lists_and_in_tables():
    inner = "<table><tr><td>x</td></tr></table>"
    (listed,) = blocks(f"<ul><li>{inner}</li></ul>")
    (table,) = blocks(f"<table><tr><td>{inner}</td></tr></table>")
    assert plain((listed,)) == plain((table,)) == "x"
