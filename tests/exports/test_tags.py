"""The structure of the PDF, read back: what WeasyPrint leaves out and `tags.py` adds, and what must stay as it is."""

import io
from collections.abc import Iterator
from typing import Any

import pikepdf
import pytest

from tests.exports import corpus
from workshop.exports import pdf


def page(body: str, lang: str = "en") -> str:
    return f'<!doctype html><html lang="{lang}"><title>The title</title><main><h1>First</h1>{body}</main></html>'


class Read:
    """A PDF as a screen reader finds it."""

    def __init__(self, html: str) -> None:
        self.pdf = pikepdf.open(io.BytesIO(pdf.write(html)))
        self.root = self.pdf.Root.StructTreeRoot.K[0]

    def elements(self, element: Any = None, lang: str = "") -> Iterator[tuple[Any, str]]:
        """Each element with the language that it is in."""
        element = self.root if element is None else element
        lang = str(element.get("/Lang", lang or self.pdf.Root.get("/Lang", "")))
        yield element, lang
        for kid in kids(element):
            assert kid.P.objgen == element.objgen, "an element does not know where it is"
            yield from self.elements(kid, lang)

    def every(self, tag: str) -> list[Any]:
        return [element for element, _ in self.elements() if f"/{tag}" == element.S]

    def langs(self, tag: str) -> list[str]:
        return [lang for element, lang in self.elements() if f"/{tag}" == element.S]


def kids(element: Any) -> list[Any]:
    inside = element.get("/K", [])
    inside = inside if isinstance(inside, pikepdf.Array) else [inside]
    return [kid for kid in inside if isinstance(kid, pikepdf.Dictionary) and "/S" in kid]


def tags_in(element: Any) -> list[str]:
    return [str(kid.S) for kid in kids(element)]


def test_a_header_cell_says_what_it_heads() -> None:
    read = Read(
        page(
            "<table><caption>c</caption><thead><tr><th scope=col>a</th><th scope=colgroup colspan=2>b</th></tr></thead>"
            "<tbody><tr><th scope=row>c</th><td>d</td><td>e</td></tr>"
            "<tr><th scope=rowgroup>f</th><td>g</td><td>h</td></tr></tbody></table>"
        )
    )
    assert [str(cell.A.Scope) for cell in read.every("TH")] == ["/Column", "/Column", "/Row", "/Row"]
    assert [str(cell.A.O) for cell in read.every("TH")] == ["/Table"] * 4
    assert [int(cell.A.get("/ColSpan", 1)) for cell in read.every("TH")] == [1, 2, 1, 1]
    assert ["/Scope" in cell.A for cell in read.every("TD")] == [False] * 4


@pytest.mark.parametrize(("lang", "other"), [("en", "cy"), ("cy", "en")])
def test_a_passage_in_the_other_language_says_so_and_what_comes_back_from_it_too(lang: str, other: str) -> None:
    read = Read(
        page(
            f"<p>ours</p><p lang={other}>theirs</p>"
            f"<blockquote lang={other}><p>theirs</p><p lang={lang}>ours</p></blockquote>"
            f"<ul><li lang={other}>theirs</li><li>ours <span lang={other}>theirs</span></li></ul>"
            f"<table><tr><th scope=row lang={other}>theirs</th><td>ours</td></tr></table>",
            lang,
        )
    )
    assert str(read.pdf.Root.Lang) == lang
    assert read.langs("P") == [lang, other, other, lang]
    assert read.langs("LBody") == [other, lang]
    assert read.langs("TH") + read.langs("TD") == [other, lang]
    assert [str(element.Lang) for element in read.every("BlockQuote")] == [other]


def test_a_passage_goes_on_in_its_language_on_the_next_page() -> None:
    read = Read(page("<section lang=cy><p>un</p><p style='break-before: page'>dau</p></section>"))
    assert len(read.pdf.pages) == 2
    assert read.langs("P") == ["cy", "cy"]


def test_a_language_is_told_only_where_it_changes() -> None:
    read = Read(page("<section lang=cy><p>un</p><ul><li>dau</li></ul></section>"))
    assert [str(element.S) for element, _ in read.elements() if "/Lang" in element] == ["/Sect"]


def test_figures_have_words_and_never_the_same_twice() -> None:
    image = f'<img src="{corpus.IMAGE}" alt="A  dot">'
    svg = "<svg width=9 height=9><title>A dot</title><rect width=9 height=9 /></svg>"
    read = Read(page(f"{image}{svg}<img src='{corpus.IMAGE}' alt='Another'>{image}"))
    assert [str(figure.Alt) for figure in read.every("Figure")] == ["A dot", "A dot (2)", "Another", "A dot (3)"]


def test_a_picture_without_words_is_no_figure() -> None:
    read = Read(page(f"<p>Words <img src='{corpus.IMAGE}' alt=''></p>"))
    assert read.every("Figure") == []


def test_a_figure_says_where_on_the_page_it_is() -> None:
    read = Read(
        "<html lang=en><title>t</title><style>@page { size: 400px 400px; margin: 0 } * { margin: 0; padding: 0 } "
        f"img {{ display: block; width: 100px; height: 40px }}</style><body><img src='{corpus.IMAGE}' alt=a>"
    )
    assert [float(at) for at in read.every("Figure")[0].A.BBox] == [0, 270, 75, 300]


LISTS = {
    "with markers": ("<ul><li>one</li><li>two</li></ul>", ["/Lbl", "/LBody"]),
    "numbered": ("<ol><li>one</li></ol>", ["/Lbl", "/LBody"]),
    "with markers and blocks": ("<ul><li><p>one</p><p>two</p></li></ul>", ["/Lbl", "/LBody"]),
    "with markers and a list inside": ("<ul><li>one<ul><li>two</li></ul></li></ul>", ["/Lbl", "/LBody"]),
    "without markers": ("<ul style='list-style: none'><li>one</li></ul>", ["/LBody"]),
    "without markers, with blocks": ("<ul style='list-style: none'><li><p>one</p><p>two</p></li></ul>", ["/LBody"]),
    "in a row": ("<ul style='list-style: none'><li style='display: inline-block'>one</li></ul>", ["/LBody"]),
    "in a row with spaces": (
        "<ul style='list-style: none'>"
        "<li style='display: inline-block'>one</li> <li style='display: inline-block'>two</li>\n</ul>",
        ["/LBody"],
    ),
    "afloat": ("<ul style='list-style: none'><li style='float: left'>one</li></ul>", ["/LBody"]),
}


@pytest.mark.parametrize("name", LISTS)
def test_the_items_of_a_list_are_a_label_and_a_body(name: str) -> None:
    body, expected = LISTS[name]
    read = Read(page(body))
    assert [tags_in(item) for item in read.every("LI")] == [expected] * len(read.every("LI"))
    assert len(read.every("LI")) == body.count("<li")
    for one in read.every("L"):
        assert set(tags_in(one)) <= {"/LI", "/L"}


def test_what_stands_beside_a_marker_stands_in_the_body_of_its_item() -> None:
    read = Read(page("<ul><li><p>one</p><p>two</p></li></ul>"))
    assert [tags_in(body) for body in read.every("LBody")] == [["/P", "/P"]]


def test_headings_are_bookmarks() -> None:
    read = Read(page("<h2>Second</h2><h3>Third</h3><h2>Fourth</h2>"))

    def tree(items: Any) -> list[Any]:
        return [(item.title, tree(item.children)) for item in items]

    with read.pdf.open_outline() as outline:
        assert tree(outline.root) == [("First", [("Second", [("Third", [])]), ("Fourth", [])])]


def test_the_document_says_what_it_is_called() -> None:
    read = Read(page("", "cy"))
    assert bool(read.pdf.Root.ViewerPreferences.DisplayDocTitle)
    assert str(read.pdf.docinfo.Title) == "The title"
    with read.pdf.open_metadata() as about:
        assert (about["dc:title"], about["pdfuaid:part"]) == ("The title", "1")
    assert str(read.pdf.Root.Lang) == "cy"


@pytest.mark.parametrize("name", corpus.TEXTS)
def test_whatever_people_type_stands_in_its_place(name: str) -> None:
    read = Read(corpus.document(corpus.TEXTS[name], "en"))
    assert {str(cell.A.Scope) for cell in read.every("TH")} == {"/Column", "/Row"}
    assert {str(quote.Lang) for quote in read.every("BlockQuote")} == {"cy"}
    alts = [str(figure.Alt) for figure in read.every("Figure")]
    assert (len(alts), len(set(alts)), "" in alts) == (3, 3, False)
    assert {tag for item in read.every("LI") for tag in tags_in(item)} == {"/Lbl", "/LBody"}
