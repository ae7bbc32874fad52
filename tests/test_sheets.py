"""What is printed before a session: which sheets there are, what stands on them, and who may ask for them."""

import re
from collections.abc import Callable
from typing import Any

import html5lib
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from workshop import packs
from workshop.config import ROOT
from workshop.kinds import KINDS
from workshop.model import Cut, CutExercise, Exercise, Invalid, Perspective, Workshop
from workshop.sheets import (
    CODE_MM,
    Card,
    Gap,
    chosen,
    clock_time,
    decks,
    gaps,
    has_lines,
    laid_out,
    postcards,
    reading_distance,
    sheets_of,
    slips,
    timetable,
)
from workshop.sheets.cards import CARD_COLUMNS, CARD_ROWS, LARGE_CARD_ROWS
from workshop.text import Text

PACKS = packs.load_all(ROOT / "exercises")
AITT, DEMO = PACKS["all-in-this-together"], PACKS["demo"]
URL = "http://127.0.0.1:8050"
ALL = ("poster", "tents", "cards", "slips", "postcards", "run-sheet")


def workshop(*exercises: Exercise, **more: Any) -> Workshop:
    return Workshop(id="test", title=Text(cy="Prawf", en="Test"), agenda=exercises, **more)


def exercise(kind: str, id: str = "one", **more: Any) -> Exercise:
    """With the content of the kind's own sample."""
    content = KINDS[kind].Content.model_validate(KINDS[kind].SAMPLE.content)
    given = {"kind": kind, "id": id, "title": Text(cy=id, en=id), "minutes": 5, "content": content}
    return Exercise(**given | more)


# What there is


def test_a_session_of_every_kind_has_every_sheet() -> None:
    assert sheets_of(DEMO) == ALL


@pytest.mark.parametrize(
    ("kinds", "without"),
    [
        (("scale",), {"cards", "postcards"}),
        (("scale", "card_sort"), {"postcards"}),
        (("form",), {"cards"}),
        (("info",), {"slips", "postcards"}),
    ],
)
def test_a_sheet_that_nothing_would_stand_on_is_not_offered(kinds: tuple[str, ...], without: set[str]) -> None:
    made = workshop(*(exercise(kind, kind.replace("_", "-")) for kind in kinds))
    assert set(ALL) - set(sheets_of(made)) == without


# What is asked for


def ask(here: int = 0, **fields: str) -> Any:
    return chosen(DEMO, {name: [value] for name, value in fields.items()}, here)


def test_the_numbers_of_copies_follow_from_the_people() -> None:
    assert (ask().people, ask().tables, ask().slips, ask().postcards) == (20, 4, 4, 20)
    choice = ask(people="31")
    assert (choice.people, choice.tables, choice.slips, choice.postcards) == (31, 6, 7, 31)
    choice = ask(people="300")
    assert (choice.people, choice.tables, choice.slips, choice.postcards) == (300, 50, 10, 300)


def test_who_is_there_already_counts_until_somebody_says_another_number() -> None:
    assert ask(12).people == 12
    assert ask(12, people="30").people == 30
    assert ask(4000).people == 300


def test_a_number_of_copies_may_be_given_for_each_sheet() -> None:
    choice = ask(people="31", tables="2", slips="", postcards="300")
    assert (choice.tables, choice.slips, choice.postcards) == (2, 7, 300)


@pytest.mark.parametrize("field", ["people", "tables", "slips", "postcards"])
@pytest.mark.parametrize("absurd", ["0", "301", "-1", "9" * 40, "many", "1e2", "2.5", "١٢"])
def test_an_absurd_number_of_copies_is_refused_and_said_where(field: str, absurd: str) -> None:
    with pytest.raises(Invalid) as error:
        ask(**{field: absurd})
    assert (error.value.field, error.value.arguments) == (field, {"least": 1, "most": 300})


@pytest.mark.parametrize(("given", "minutes"), [("9:05", 545), ("09.05", 545), ("23:59", 1439), ("", 600)])
def test_the_session_begins_when_the_clock_says(given: str, minutes: int) -> None:
    assert ask(begins=given).begins == minutes


@pytest.mark.parametrize("given", ["24:00", "10", "ten", "10:60", "10:00:00"])
def test_what_is_no_time_of_day_is_refused(given: str) -> None:
    with pytest.raises(Invalid) as error:
        ask(begins=given)
    assert error.value.field == "begins"


def test_some_sheets_or_all_but_never_none() -> None:
    assert chosen(DEMO, {"print": ["slips", "poster", "nonsense"]}).sheets == ("poster", "slips")
    assert chosen(DEMO, {"chosen": ["1"], "print": ["tents"]}).sheets == ("tents",)
    for none in ({"chosen": ["1"]}, {"print": ["nonsense"]}):
        with pytest.raises(Invalid) as error:
            chosen(DEMO, none)
        assert error.value.field == "print"


# The code


def test_codes_are_as_wide_as_their_distance_needs() -> None:
    assert CODE_MM["a4"] >= 170
    assert CODE_MM["a3"] >= 260
    assert [reading_distance(CODE_MM[paper]) for paper in ("a4", "a3", "tent")] == [1.7, 2.6, 0.8]
    assert [reading_distance(width) for width in (20, 100, 109.9)] == [0.2, 1.0, 1.0]


# Cards


def test_every_card_in_use_is_cut_out_once_however_often_it_is_sorted() -> None:
    by_id = {deck.exercise.id: [card.title.en for card in deck.cards] for deck in decks(AITT)}
    assert list(by_id) == ["welcome", "law", "roles"]
    content = AITT.exercise("roles").content
    assert by_id["roles"] == [one.title.en for one in (*content.piles, *content.dealt)]
    assert [deck.exercise.id for deck in decks(DEMO)].count("jobs-again") == 0


def test_no_card_to_sort_says_where_it_was_written_to_sit() -> None:
    content = AITT.exercise("roles").content
    cards = decks(AITT)[-1].cards
    assert [card.shape for card in cards[: len(content.piles)]] == [content.marks[pile.id] for pile in content.piles]
    assert {(card.shape, card.text) for card in cards[len(content.piles) :]} == {("", Text())}


def test_what_a_shorter_run_leaves_to_be_read_is_among_the_cards() -> None:
    assert [deck.exercise.id for deck in decks(AITT.cut(60))] == ["welcome", "roles", "law"]


@pytest.mark.parametrize(("large", "pages"), [(False, 5), (True, 7)])
def test_forty_cards_take_no_more_pages_than_they_need(large: bool, pages: int) -> None:
    cards = [Card(Text(en=f"Card {n}")) for n in range(40)]
    assert len(laid_out(cards, "en", large=large)) == pages


@given(lengths=st.lists(st.integers(1, 4000), max_size=60), large=st.booleans())
def test_every_card_lies_on_a_page_in_its_order_and_no_page_holds_more_than_fits(
    lengths: list[int], large: bool
) -> None:
    cards = [Card(Text(cy="x" * length)) for length in lengths]
    pages = laid_out(cards, "cy", large=large)
    assert [place.card for page in pages for place in page] == cards
    rows = LARGE_CARD_ROWS if large else CARD_ROWS
    for page in pages:
        used = 0
        for place in page:
            used += used % CARD_COLUMNS if place.columns == CARD_COLUMNS else 0
            used += place.columns * place.rows
        assert 0 < used <= rows * CARD_COLUMNS


# Slips


def test_each_list_of_a_scale_is_a_slip_of_those_who_answer_it() -> None:
    found = [
        (slip.exercise.id, slip.title and slip.title.en, [p.id for p in slip.perspectives]) for slip in slips(AITT)
    ]
    everybody = ["councillor", "officer", "community", "undisclosed"]
    before = [
        ("confidence-before", "Professionals and community", ["officer", "community", "undisclosed"]),
        ("confidence-before", "Councillors", ["councillor"]),
    ]
    asked = ["pressures", "contact", "already", "could-do", "roles", "ask", "commitment"]
    after = [("confidence-after", title, speak) for _, title, speak in before]
    assert found == [*before, *((id, None, everybody) for id in asked), *after]


def test_a_slip_asks_only_its_own_list() -> None:
    assert [[one.id for one in slip.content.lists] for slip in slips(DEMO)[:2]] == [["everyone"], ["volunteers-list"]]


def test_without_perspectives_there_is_one_slip_with_nothing_to_choose() -> None:
    (slip,) = slips(workshop(exercise("notes")))
    assert slip.perspectives == ()


def test_perspectives_that_no_list_names_answer_the_first() -> None:
    people = tuple(Perspective(id=id, title=Text(en=id)) for id in ("councillor", "visitor"))
    found = slips(workshop(exercise("scale"), perspectives=people))
    assert [[p.id for p in slip.perspectives] for slip in found] == [["visitor"], ["councillor"]]


def spoken(id: str, lang: str) -> str:
    clauses = gaps(AITT.exercise(id).content, lang)
    return "".join(f"[{piece.field.id}]" if isinstance(piece, Gap) else piece for _, all in clauses for piece in all)


def test_the_sentence_of_a_form_has_a_gap_for_each_field_in_both_languages() -> None:
    assert spoken("commitment", "en") == (
        "I will [do], [with], by [by]. First step within 48 hours: [first]. Who will ask me how it went: [asks]."
    )
    assert spoken("commitment", "cy") == (
        "Byddaf yn [do], [with], erbyn [by]. Cam cyntaf o fewn 48 awr: [first]. "
        "Pwy fydd yn gofyn i mi sut aeth hi: [asks]."
    )


def test_postcards_are_of_forms_and_have_lines_where_the_sentence_leaves_room() -> None:
    assert [one.id for one in postcards(AITT)] == ["ask", "commitment"]
    assert [has_lines(one.content) for one in postcards(AITT)] == [False, False]
    assert [has_lines(one.content) for one in postcards(DEMO)] == [True]


# The run sheet


@pytest.mark.parametrize(("minutes", "ends", "exercises"), [(90, "11:30", 12), (60, "11:00", 10), (45, "10:45", 8)])
def test_the_run_sheet_has_the_times_of_the_run_that_was_chosen(minutes: int, ends: str, exercises: int) -> None:
    rows, end = timetable(AITT.cut(minutes), 600)
    assert (len(rows), rows[0].at, end) == (exercises, "10:00", ends)


def test_phases_begin_where_the_one_before_them_ends() -> None:
    row = next(row for row in timetable(AITT, 600)[0] if row.exercise.id == "pressures")
    assert [row.at, *(at for at, _ in row.phases)] == ["10:10", "10:10", "10:15", "10:18"]


def test_it_says_what_to_have_at_hand() -> None:
    ready = {row.exercise.id: row.ready for row in timetable(DEMO, 600)[0]}
    assert ready["jobs"] == ready["jobs-again"] == ("cards", "slips")
    assert ready["offer"] == ("slips", "postcards")
    assert ready["feel"] == ("slips",)


def test_a_session_may_go_on_past_midnight() -> None:
    assert [clock_time(minutes) for minutes in (0, 1439, 1440, 1525)] == ["00:00", "23:59", "00:00", "01:25"]


# The pages


Get = Callable[..., Any]


@pytest.fixture
def get(app: Flask) -> Get:
    """Asks for pages as the facilitator does."""
    client = app.test_client()
    key = app.extensions["cyd"].door.facilitator_key()
    assert client.post("/enter", json={"key": key}, headers={"Origin": URL}, base_url=URL).status_code == 200
    return lambda path: client.get(path, base_url=URL)


def begun(app: Flask, what: Workshop = DEMO) -> str:
    return str(app.extensions["cyd"].live.start(what, runner="Neuadd y Bont", contact="ada@example.org").code)


def words(html: str) -> str:
    tree = html5lib.HTMLParser(namespaceHTMLElements=False).parse(html)
    return re.sub(r"\s+", " ", " ".join("".join(tree.find("body").itertext()).split()))


@pytest.mark.parametrize("pack", PACKS)
@pytest.mark.parametrize("lang", ["cy", "en"])
@pytest.mark.parametrize("more", ["", "&large=1", "&paper=a3&languages=one"])
def test_every_sheet_is_a_page_that_needs_no_repair(app: Flask, get: Get, pack: str, lang: str, more: str) -> None:
    code = begun(app, PACKS[pack])
    for path in ("", *(f"/{sheet}" for sheet in (*ALL, "all"))):
        answer = get(f"/c/{code}/sheets/{lang}{path}?slips=1&tables=2&postcards=5{more}")
        assert answer.status_code == 200
        tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(answer.text)
        assert tree.get("lang") == lang
        assert "".join(tree.find("head/title").itertext()).strip() != ""
        headings = [int(e.tag[1]) for e in tree.iter() if isinstance(e.tag, str) and re.fullmatch("h[1-6]", e.tag)]
        assert headings[0] == 1
        assert [(a, b) for a, b in zip(headings, headings[1:], strict=False) if b > a + 1] == []
        assert [e.attrib for e in tree.iter("th") if e.get("scope") not in ("col", "row")] == []


def test_what_cannot_be_printed_is_not_there(app: Flask, get: Get) -> None:
    code = begun(app, workshop(exercise("scale")))
    for path in (
        f"/c/{code}/sheets/en/postcards",
        f"/c/{code}/sheets/en/postcards.pdf",
        f"/c/{code}/sheets/en/mugs",
        f"/c/{code}/sheets/de",
        f"/c/{code}/sheets/de/poster.pdf",
        "/c/BBBBBBB/sheets/en",
        "/c/BBBBBBB/sheets/en/poster",
        "/c/BBBBBBB/sheets/en/all.pdf",
    ):
        assert (path, get(path).status_code) == (path, 404)


def test_sheets_are_the_facilitators(app: Flask) -> None:
    """Dot holds nothing of this session."""
    code, dot = begun(app), app.test_client()
    for path in ("", "/run-sheet", "/all.pdf"):
        answer = dot.get(f"/c/{code}/sheets/en{path}", base_url=URL)
        assert (answer.status_code, code in answer.text) == (401, False)


@pytest.mark.parametrize("path", ["", "/slips", "/all.pdf"])
def test_too_many_copies_lead_back_to_the_overview_that_says_why(app: Flask, get: Get, path: str) -> None:
    answer = get(f"/c/{begun(app)}/sheets/en{path}?chosen=1&print=slips&slips=9999")
    assert answer.status_code == 422
    assert "Write a number from 1 to 300." in answer.text
    assert re.findall(r'name="(\w+)"[^>]*value="9999" aria-invalid="true"', answer.text) == ["slips"]


def test_the_code_is_printed_without_its_key_in_any_words(app: Flask, get: Get) -> None:
    code = begun(app)
    key = re.search(r"q=([\w-]{8})", app.extensions["cyd"].links.join(_session(app, code)))
    answer = get(f"/c/{code}/sheets/en/all")
    assert key and key[1] not in answer.text
    assert "127.0.0.1:8050" in words(answer.text)


def _session(app: Flask, code: str) -> Any:
    with app.extensions["cyd"].store.read() as read:
        return read.session(code)


def test_the_poster_speaks_welsh_and_english_unless_one_is_asked_for(app: Flask, get: Get) -> None:
    code = begun(app, AITT)
    both = words(get(f"/c/{code}/sheets/en/poster").text)
    assert both.index(AITT.title.cy) < both.index(AITT.title.en)
    assert AITT.title.cy not in words(get(f"/c/{code}/sheets/en/poster?languages=one").text)
    assert AITT.title.en not in words(get(f"/c/{code}/sheets/cy/tents").text)


def test_a_missing_language_is_stood_in_for_and_marked(app: Flask, get: Get) -> None:
    only = Text(en="Only in English")
    made = workshop(exercise("notes", title=only), exercise("form", "two"))
    for sheet in ("slips", "run-sheet"):
        html = get(f"/c/{begun(app, made)}/sheets/cy/{sheet}").text
        assert '<span lang="en" class="other-language">Only in English</span>' in html


def test_a_part_without_words_and_a_session_that_has_ended_are_no_trouble(app: Flask, get: Get) -> None:
    live = app.extensions["cyd"].live
    code = begun(app, workshop(exercise("scale", part=Text()), exercise("notes", "two", part=Text(en="Later"))))
    live.end(code, at=_session(app, code).revision)
    assert get(f"/c/{code}/sheets/en").status_code == 200
    assert "Later" in words(get(f"/c/{code}/sheets/en/run-sheet").text)


def test_the_run_sheet_says_the_notes_in_full_and_leaves_out_what_was_cut(app: Flask, get: Get) -> None:
    cut = Cut(exercises=(CutExercise(id="one", minutes=3),), reading=())
    made = workshop(exercise("scale", speaker_notes=Text(en="Say it twice.")), exercise("notes", "two"), cuts=(cut,))
    said = words(get(f"/c/{begun(app, made.cut(3))}/sheets/en/run-sheet?begins=19:30").text)
    assert "19:30–19:33" in said
    assert "Say it twice." in said
    assert "two" not in said.split()


def test_dots_on_what_is_not_known_yet_have_lines_to_write_on(app: Flask, get: Get) -> None:
    html = get(f"/c/{begun(app)}/sheets/en/slips?slips=1").text
    assert html.count("blank-line") == 8
    assert "It is read out how many dots you have." in html
