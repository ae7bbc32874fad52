"""The Markdown file: its blocks, and that what people typed stays what they typed."""

import re
import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from workshop.exports import markdown

HEAD = '<!doctype html><html lang="en"><head><title>T</title></head><body><main>'

# What people type, with more than its share of what Markdown makes something of.
typed = st.text(
    st.sampled_from("\\`*_{}[]()<>#+-.!|~&=:@/\"'$ \t1ax") | st.characters(codec="utf-8", exclude_characters="\r"),
    max_size=60,
)


def written(body: str) -> str:
    return markdown.write(f"{HEAD}{body}</main></body></html>").decode()


def html(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def test_each_block_is_written_as_markdown_has_it():
    assert written(
        '<section class="cover"><h1>T</h1></section><section><h2>A</h2><p>x <b>bold</b> <i>it</i></p>'
        '<p class="by">Counted</p><ul><li>a<ul><li>b</li></ul></li><li>c</li></ul><ol start="3"><li>d</li></ol>'
        '<blockquote><p>q</p><p class="by">Said</p></blockquote><p><a href="https://a.example/b c">out</a>'
        '<a href="https://a.example/(b)">out</a> <a href="#x">in</a></p></section>'
    ) == (
        "# T\n\n## A\n\nx **bold** *it*\n\n*Counted*\n\n- a\n\n  - b\n\n- c\n\n3) d\n\n> q\n>\n> *Said*\n\n"
        "out[out](<https://a.example/%28b%29>) in\n"
    )


def test_a_table_has_its_caption_above_it_and_pipes_in_cells_are_words():
    assert (
        written(
            "<table><caption>How many</caption><thead><tr><th>What</th><th>n</th></tr></thead>"
            "<tbody><tr><th scope=row>a | b</th><td>1.5</td></tr></tbody></table>"
        )
        == "*How many*\n\n| What | n |\n| --- | --- |\n| a \\| b | 1.5 |\n"
    )


def test_the_heading_of_a_group_stands_in_the_first_of_its_rows():
    assert (
        written(
            "<table><tbody><tr><th scope=rowgroup colspan=2>A</tr><tr><th scope=row>b<td>2</tr>"
            "<tr><th scope=row>c<td>3</tr></table>"
        )
        == "|  |  |  |\n| --- | --- | --- |\n| A | b | 2 |\n|  | c | 3 |\n"
    )


def test_a_drawing_and_a_photo_give_their_description():
    made = written(
        '<svg viewBox="0 0 1 1"><title>A bar</title></svg><img alt="The hall" src="data:image/png;base64,AAAA">'
    )
    assert made == "*A bar*\n\n*The hall*\n"


def test_two_lists_in_a_row_stay_two():
    assert written("<ul><li>a</li></ul><ul><li>b</li></ul>") == "- a\n\n* b\n"


def test_a_line_break_is_one_and_marks_that_would_touch_a_word_are_left_out():
    assert written("<p>a<br>- b</p><p>un<b>believ</b>able</p>") == "a\\\n\\- b\n\nunbelievable\n"


@given(typed)
def test_every_character_that_markdown_makes_something_of_has_a_backslash(text):
    made = markdown.escaped(text)
    assert re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", made) == text
    bare = re.sub(r"\\[!-/:-@\[-`{-~]", "", made)
    assert set(bare) & set("\\`*_[]<>&|~$#") == set()
    begins = re.compile(r" *([-+=:]|[0-9]{1,9}[.)](\s|$))")
    assert [line for line in made.split("\n") if begins.match(line)] == []


@given(typed)
@example("http://a.example www.a.example <b>x</b> [a](javascript:b) &lt; `c` ![d](e)")
@example("    four spaces")
@example("1) one")
def test_a_strict_parser_finds_only_words(text):
    """The same words, in one paragraph, one item, one quote, one cell and one heading."""
    parser = pytest.importorskip(
        "markdown_it", reason="markdown-it-py is not here: it reads the file as CommonMark says"
    )
    reader = parser.MarkdownIt("commonmark").enable("table")
    bdi = f"<bdi>{html(text)}</bdi>"
    body = f"<h2>{bdi}</h2><p>{bdi}</p><ul><li>{bdi}</li></ul><blockquote><p>{bdi}</p></blockquote>"
    body += f"<table><thead><tr><th>h</tr></thead><tbody><tr><td>{bdi}</td></tr></tbody></table>"
    words = " ".join(re.sub("[^\t\n\r\x20-\ud7ff\ue001-\ufffd\U00010000-\U0010ffff]", "\ufffd", text).split())
    inline = [token for token in reader.parse(written(body)) if token.type == "inline"]
    found = [" ".join("".join(child.content for child in token.children).split()) for token in inline]
    if words:
        assert found == [words, words, words, words, "h", words]
    assert {child.type for token in inline for child in token.children} <= {"text", "text_special"}


def test_ascii_punctuation_is_all_that_a_backslash_may_stand_before():
    assert set(re.findall(r"\\(.)", markdown.escaped(string.printable))) <= set(string.punctuation)
