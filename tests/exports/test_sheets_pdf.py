"""The print pack on paper: its sizes in millimetres, its letters in points, and nothing cut off."""

import html
import re
import subprocess
from collections.abc import Callable, Iterator
from io import BytesIO
from math import hypot
from pathlib import Path
from typing import Any, NamedTuple

import pikepdf
import pytest
import segno
from flask import Flask
from PIL import Image

from tests.exports import verapdf
from workshop import packs
from workshop.config import ROOT
from workshop.kinds import KINDS
from workshop.model import Exercise, Workshop
from workshop.text import Text

PACKS = packs.load_all(ROOT / "exercises")
URL = "http://127.0.0.1:8050"
RUNNER = "Partneriaeth Gwirfoddolwyr Neuaddau Pentref"
POINT = 25.4 / 72  # millimetres
PRINTS = ("", "&large=1", "&paper=a3", "&paper=a3&large=1&languages=one")
# Of everything in one file, a few: each takes seconds.
WHOLE = [
    ("all-in-this-together", "cy", "&large=1"),
    ("all-in-this-together", "cy", ""),
    ("demo", "cy", "&paper=a3&large=1&languages=one"),
    ("demo", "en", "&paper=a3"),
]

Print = Callable[..., bytes]


@pytest.fixture(scope="module")
def printed(app: Flask) -> Iterator[Print]:
    """The PDF that a facilitator gets, made by the press."""
    client = app.test_client()
    key = app.extensions["cyd"].door.facilitator_key()
    assert client.post("/enter", json={"key": key}, headers={"Origin": URL}, base_url=URL).status_code == 200
    codes: dict[str, str] = {}

    def make(what: Workshop, lang: str, sheet: str, more: str = "") -> bytes:
        if what.id not in codes:
            codes[what.id] = app.extensions["cyd"].live.start(what, runner=RUNNER, contact="ada@example.org").code
        path = f"/c/{codes[what.id]}/sheets/{lang}/{sheet}.pdf?slips=1&tables=2&postcards=5{more}"
        answer = client.get(path, base_url=URL)
        assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
        return bytes(answer.data)

    yield make
    app.extensions["cyd"].press.close()


# Reading a PDF back


class Word(NamedTuple):
    """A word and where it stands, in millimetres from the top left."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


def words(pdf: bytes, tmp_path: Path) -> list[list[Word]]:
    """The words of each page."""
    file = tmp_path / "words.pdf"
    file.write_bytes(pdf)
    run = subprocess.run(["pdftotext", "-bbox", str(file), "-"], capture_output=True, check=True, text=True)
    pages = run.stdout.split("<page ")[1:]
    found = r'<word xMin="(\S+)" yMin="(\S+)" xMax="(\S+)" yMax="(\S+)">(.*?)</word>'
    return [
        [Word(html.unescape(text), *(float(n) * POINT for n in box)) for *box, text in re.findall(found, page)]
        for page in pages
    ]


def picture(pdf: bytes, tmp_path: Path, page: int, dpi: int = 144) -> Image.Image:
    file = tmp_path / "page.pdf"
    file.write_bytes(pdf)
    command = ["pdftoppm", "-r", str(dpi), "-gray", "-f", str(page), "-l", str(page), str(file)]
    return Image.open(BytesIO(subprocess.run(command, capture_output=True, check=True).stdout))


def letter_sizes(pdf: bytes) -> Iterator[tuple[int, float]]:
    """The page (from 0) and the size in points of everything that is written."""
    with pikepdf.open(BytesIO(pdf)) as file:
        for number, page in enumerate(file.pages):
            matrix, size, kept = pikepdf.Matrix(), 0.0, []
            text = pikepdf.Matrix()
            for operands, operator in pikepdf.parse_content_stream(page):
                match str(operator):
                    case "q":
                        kept.append((matrix, size))
                    case "Q":
                        matrix, size = kept.pop()
                    case "cm":
                        matrix = pikepdf.Matrix(*map(float, operands)) @ matrix
                    case "Tf":
                        size = float(operands[1])
                    case "BT":
                        text = pikepdf.Matrix()
                    case "Tm":
                        text = pikepdf.Matrix(*map(float, operands))
                    case "Tj" | "TJ":
                        whole = text @ matrix
                        yield number, round(size * hypot(whole.c, whole.d), 2)


# The code


@pytest.mark.parametrize(
    ("paper", "least", "page"), [("a4", 170, (210, 297)), ("a3", 260, (297, 420))], ids=["a4", "a3"]
)
@pytest.mark.parametrize("large", ["", "&large=1"])
def test_the_code_on_the_poster_is_as_wide_as_it_says_and_can_be_read(
    app: Flask, printed: Print, tmp_path: Path, paper: str, least: int, page: tuple[int, int], large: str
) -> None:
    pdf = printed(PACKS["demo"], "cy", "poster", f"&paper={paper}{large}")
    image = picture(pdf, tmp_path, 1)
    a_millimetre = 144 / 25.4
    assert [round(side / a_millimetre) for side in image.size] == list(page)
    dark = image.point(lambda light: 255 * (light < 100))
    middle = dark.crop((0, int(0.3 * image.height), image.width, int(0.5 * image.height))).getbbox()
    assert middle is not None
    left, right = middle[0], middle[2]
    assert (right - left) / a_millimetre >= least
    code = expected(app)
    assert modules(dark, left, right, len(code)) == code


def modules(dark: Image.Image, left: int, right: int, n: int) -> list[list[bool]]:
    """The n x n squares of the code as they are printed between these columns."""
    size = (right - left) / n
    top = next(y for y in range(dark.height) if sum(dark.crop((left, y, right, y + 1)).tobytes()) >= 255 * 14 * size)
    return [
        [bool(dark.getpixel((left + int((x + 0.5) * size), top + int((y + 0.5) * size)))) for x in range(n)]
        for y in range(n)
    ]


def expected(app: Flask) -> list[list[bool]]:
    """The squares that say the address with its key."""
    cyd = app.extensions["cyd"]
    with cyd.store.read() as read:
        session = next(one for one in read.sessions() if one.runner == RUNNER and one.workshop.id == "demo")
    return [[bool(one) for one in row] for row in segno.make(cyd.links.join(session), error="m", micro=False).matrix]


# What is on it


@pytest.mark.parametrize(("pack", "lang", "more"), WHOLE)
def test_no_word_is_cut_off_by_the_edge_of_the_paper(
    printed: Print, tmp_path: Path, pack: str, lang: str, more: str
) -> None:
    pdf = printed(PACKS[pack], lang, "all", more)
    with pikepdf.open(BytesIO(pdf)) as file:
        sizes = [[float(side) * POINT for side in page.mediabox[2:]] for page in file.pages]
    for (width, height), page in zip(sizes, words(pdf, tmp_path), strict=True):
        assert page != []
        assert [w for w in page if w.left < 5 or w.top < 5 or w.right > width - 5 or w.bottom > height - 5] == []


@pytest.mark.parametrize("pack", PACKS)
@pytest.mark.parametrize("lang", ["cy", "en"])
@pytest.mark.parametrize("more", PRINTS)
def test_the_poster_is_one_page_that_ends_with_who_runs_it_and_the_distance(
    printed: Print, tmp_path: Path, pack: str, lang: str, more: str
) -> None:
    (page,) = words(printed(PACKS[pack], lang, "poster", more), tmp_path)
    said = [word.text for word in page]
    metres = "2.6" if "a3" in more else "1.7"
    assert [one in said for one in (*RUNNER.split(), metres)] == [True] * 5


@pytest.mark.parametrize(("pack", "lang", "more"), [one for one in WHOLE if "large" in one[2]])
def test_large_print_has_no_letter_under_18_points(printed: Print, pack: str, lang: str, more: str) -> None:
    """But for the page numbers of the run sheet."""
    assert {size for _, size in letter_sizes(printed(PACKS[pack], lang, "all", more)) if size < 18} == {9.0}


def test_normal_print_has_smaller_letters(printed: Print) -> None:
    assert min(size for _, size in letter_sizes(printed(PACKS["demo"], "en", "slips"))) < 11


LONG = "Sefyll gyda'r trigolion pan fo'r penderfyniad yn un anodd, ac egluro'n blaen beth na all newid a pham "


@pytest.mark.parametrize("large", ["", "&large=1"])
def test_forty_cards_long_and_short_stand_whole_on_their_own_pieces_of_paper(
    printed: Print, tmp_path: Path, large: str
) -> None:
    titles = [f"{n} {(LONG * 5)[: length * 7]}".strip() for n, length in enumerate((n % 25 for n in range(40)), 1000)]
    cards = [{"id": f"c{n}", "title": {"en": title}} for n, title in enumerate(titles)]
    piles = [
        {"id": id, "title": {"en": title}, "text": {"en": LONG[:99]}} for id, title in zip("ab", titles, strict=False)
    ]
    raw = {"question": {"en": "Which?"}, "piles": piles, "cards": cards}
    made = workshop("card_sort", raw, f"forty{len(large)}")
    texts = [*(f"{title} {LONG[:99].strip()}" for title in titles[:2]), *titles]
    found = []
    for page in words(printed(made, "en", "cards", large), tmp_path):
        found += pieces(page, 256 / (3 if large else 4))
    assert sorted(found) == sorted(texts)


def pieces(page: list[Word], height: float) -> list[str]:
    """The words of each card: those that stand between its cutting lines. A card begins with its number."""
    starts = [word for word in page if re.fullmatch("1[0-9]{3}", word.text)]
    found = []
    for start in starts:
        row = int((start.top - 20.5) // height)
        beside = [s for s in starts if s is not start and int((s.top - 20.5) // height) == row]
        left = 15 if start.left < 105 else 105
        right = 105 if beside and left == 15 else 195
        below = [int((s.top - 20.5) // height) for s in starts if int((s.top - 20.5) // height) > row]
        until = min(below, default=int(256 // height))
        inside = [
            w
            for w in page
            if left <= w.left
            and w.right <= right
            and w.top >= 20.5 + row * height
            and w.bottom <= 20.5 + until * height
        ]
        found.append(" ".join(word.text for word in inside))
    return found


def workshop(kind: str, raw: Any, id: str) -> Workshop:
    content = KINDS[kind].Content.model_validate(raw)
    one = Exercise(id="one", kind=kind, title=Text(en="One"), minutes=5, content=content)
    return Workshop(id=id, title=Text(en="A long title " * 12), agenda=(one,))


# Who cannot see it


@pytest.fixture(scope="module")
def judge() -> Iterator[verapdf.Judge]:
    if why := verapdf.lacking():
        pytest.skip(why)
    with verapdf.judge() as one:
        yield one


@pytest.mark.parametrize(("pack", "lang", "more"), WHOLE)
def test_every_sheet_conforms_to_pdf_ua(
    printed: Print, judge: verapdf.Judge, tmp_path: Path, pack: str, lang: str, more: str
) -> None:
    file = tmp_path / "sheets.pdf"
    file.write_bytes(printed(PACKS[pack], lang, "all", more))
    assert judge.broken(file) == []


@pytest.mark.parametrize("lang", ["cy", "en"])
def test_it_says_its_language_and_title_and_what_every_picture_is(printed: Print, lang: str) -> None:
    with pikepdf.open(BytesIO(printed(PACKS["demo"], lang, "all"))) as file:
        assert str(file.Root.Lang) == lang
        assert PACKS["demo"].title.in_(lang) in str(file.docinfo.get("/Title"))
        figures = list(tagged(file.Root.StructTreeRoot, "/Figure"))
        assert len(figures) == 1 + 2 * 2  # the poster's code and both faces of two tents
        assert ["/j/" in str(figure.Alt) for figure in figures] == [True] * 5
        scopes = [header.get("/A") for header in tagged(file.Root.StructTreeRoot, "/TH")]
        assert len(scopes) > 0


def tagged(element: Any, tag: str) -> Iterator[Any]:
    if not isinstance(element, pikepdf.Dictionary):
        return
    if element.get("/S") == tag:
        yield element
    children = element.get("/K", [])
    for child in children if isinstance(children, pikepdf.Array) else [children]:
        yield from tagged(child, tag)
