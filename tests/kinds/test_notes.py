import time
from random import Random
from typing import Any

import html5lib
import pytest
from flask import Flask

from tests.kinds.room import content, counted, noted, tallied
from tests.kinds.telling import told
from workshop.fragments import draw_tally
from workshop.gathered import Gathered, Note, Notes, Person, Theme, Written
from workshop.kinds import notes, wall
from workshop.kinds.notes import QUOTE_LINES, SAID_EM, Tally
from workshop.model import Invalid
from workshop.text import Text

CONTENT = content("notes")  # prompts q0 and q1; at most 3 notes of 40 characters
ONE_PROMPT = content("notes", prompts=[{"id": "q0", "title": {"en": "Question"}}])
WALES = "\U0001f3f4\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f"
BUSES = Theme("buses", Text(cy="Bysiau", en="Buses"), 1)
CARERS = Theme("carers", Text(cy="Gofalwyr", en="Carers"), 2)
LETTERS = Theme("letters", Text(en="Letters"), 3)
THEMES = (CARERS, LETTERS, BUSES)  # in no order: their positions say it


def raw(*texts: str, prompt: str = "q0", **more: Any) -> dict[str, Any]:
    every = enumerate(texts)
    return {"notes": [{"id": f"aaaaaaaa{n}", "prompt": prompt, "lang": "en", "text": t, **more} for n, t in every]}


def note(id: str, text: str = "Words", group: str = "q0", **state: Any) -> Note:
    return Note(id, "asks", group, "en", text, **state)


def shown(id: str, text: str = "Words", group: str = "q0", **state: Any) -> Note:
    return note(id, text, group, released=True, **state)


def quote(id: str, text: str = "Words", **state: Any) -> Note:
    return shown(id, text, starred=True, quotable=True, **state)


def tally(*gathered: Note, themes: tuple[Theme, ...] = (), what: Any = CONTENT) -> Tally:
    made: Tally = tallied("notes", what, (), notes=gathered, themes=themes)
    return made


def grouped(tally: Tally) -> list[tuple[str, list[list[str]]]]:
    """By heading, the ids of each stack."""
    return [
        (group.title.en, [[piece.note.id for piece in stack.pieces] for stack in group.stacks])
        for group in tally.groups
    ]


def drawn(app: Flask, tally: Tally, view: int | None = None) -> Any:
    """What the wall shows of one view; without one, everything as paper has it."""
    with app.app_context():
        html = draw_tally("notes", ("en",), full=view is None, view=view or 0, tally=tally, study=None)
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parseFragment(html, container="div")


def words(tree: Any, path: str) -> list[str]:
    return [" ".join("".join(element.itertext()).split()) for element in tree.iterfind(path)]


# Reading


def test_a_note_is_cleaned_when_it_is_read():
    value = notes.read(CONTENT, raw(" Dw\u0302r\u202e \n bws "))
    assert [one.text for one in value.notes] == ["Dŵr bws"]


def test_length_is_counted_as_people_count():
    assert notes.read(CONTENT, raw(WALES * 40)).notes[0].text == WALES * 40
    with pytest.raises(Invalid, match="Too long: at most 40 characters"):
        notes.read(CONTENT, raw(WALES * 41))


def test_a_note_of_nothing_but_invisible_characters_is_told():
    with pytest.raises(Invalid, match="Write something first"):
        notes.read(CONTENT, raw("\u200b\u202e \u0000"))


def test_more_notes_than_the_author_allows_are_told():
    with pytest.raises(Invalid, match="At most 3 notes"):
        notes.read(CONTENT, raw("a", "b", "c", "d"))


def test_a_note_may_be_quoted_only_if_its_writer_ticked_it():
    ticked = [notes.read(CONTENT, raw("a", **tick)).notes[0].quotable for tick in ({}, {"quotable": True})]
    assert ticked == [False, True]
    for almost in ("true", 1, None):
        with pytest.raises(Invalid):
            notes.read(CONTENT, raw("a", quotable=almost))


def test_the_facilitators_note_carries_words_language_prompt_and_tick():
    value = notes.read(CONTENT, raw("Buses", prompt="q1", quotable=True))
    assert notes.written(CONTENT, value) == (Written("aaaaaaaa0", "q1", "en", "Buses", quotable=True),)


# Counting


def test_two_notes_of_one_person_to_a_prompt_count_one_person():
    tally = tallied("notes", CONTENT, [raw("a", "b"), raw("c"), raw("d", prompt="q1")])
    assert [one.people for one in tally.prompts] == [2, 1]


def test_a_table_that_wrote_counts_its_people():
    assert [one.people for one in tallied("notes", CONTENT, [raw("a"), raw("b")], sizes=[6, 1]).prompts] == [7, 0]


def test_one_note_is_a_finished_answer_and_no_note_is_none():
    assert notes.progress(CONTENT, notes.read(CONTENT, raw("a", "b"))) == (1, 1)
    assert notes.progress(CONTENT, notes.read(CONTENT, raw())) == (0, 1)


def test_notes_keep_their_id_prompt_language_and_words():
    expected = Note("aaaaaaaa0", "exercise", "q1", "en", "Buses", writer="0")
    assert noted("notes", CONTENT, [raw("Buses", prompt="q1")]) == (expected,)


def test_a_theme_counts_people_and_not_notes():
    """One person with three notes in two themes, a table of six, and somebody with one in and one out."""
    every = [
        shown("a", themes=("buses",), writer="0"),
        shown("b", themes=("buses", "carers"), writer="0"),
        shown("c", themes=("buses",), writer="1"),
        shown("d", themes=("carers",), writer="2"),
        note("e", writer="2"),
    ]
    answers = [raw("a"), raw("b"), raw("c")]
    made = tallied("notes", CONTENT, answers, sizes=[1, 6, 1], notes=every, themes=THEMES)
    assert [(one.theme.id, one.people) for one in made.themes] == [("buses", 7), ("carers", 2), ("letters", 0)]
    assert made.unsorted == 1


def test_hidden_and_withdrawn_notes_put_nobody_in_a_theme():
    every = [
        shown("a", themes=("buses",), writer="0", hidden=True),
        shown("b", themes=("buses",), writer="1", withdrawn=True),
    ]
    assert counted("notes", CONTENT, [raw("a"), raw("b")], notes=every)[0].people == {("prompt", "q0"): 2}


# What the room may see


def test_only_released_notes_are_shown_and_a_withdrawn_one_leaves_its_mark():
    made = tally(
        shown("a"), note("b"), shown("c", hidden=True), shown("d", withdrawn=True), shown("e", group="q1"),
    )  # fmt: skip
    assert grouped(made) == [("Question 0", [["a"], ["d"]]), ("Question 1", [["e"]])]
    assert made.waiting == 1


def test_starred_notes_come_first_and_the_others_by_their_random_ids():
    assert grouped(tally(shown("c"), shown("a"), shown("b", starred=True))) == [("Question 0", [["b"], ["a"], ["c"]])]


def test_notes_stand_by_theme_in_the_facilitators_order_and_then_by_prompt():
    made = tally(
        shown("a", themes=("carers",)),
        shown("b", themes=("buses", "carers")),
        shown("c", group="q1"),
        shown("d", themes=("gone",)),
        themes=THEMES,
    )
    assert grouped(made) == [
        ("Buses", [["b"]]),
        ("Carers", [["a"], ["b"]]),
        ("Question 0", [["d"]]),
        ("Question 1", [["c"]]),
    ]
    assert [group.loose for group in made.groups] == [False, False, True, True]


def test_merged_notes_stand_under_the_one_that_speaks_for_them_and_not_by_themselves():
    made = tally(
        shown("d", "More buses", themes=("buses",)),
        shown("a", "Buses!", merged_into="d", themes=("buses",)),
        shown("b", "A bus", merged_into="d", themes=("buses",), starred=True),
        shown("c", "Trees"),
        themes=THEMES,
    )
    assert grouped(made) == [("Buses", [["d", "b", "a"]]), ("Question 0", [["c"]])]
    assert [(stack.times, [piece.words for piece in stack.pieces]) for stack in made.groups[0].stacks] == [
        (3, ["More buses", "A bus", "Buses!"])
    ]


@pytest.mark.parametrize("head", [note("d"), shown("d", hidden=True), shown("d", withdrawn=True)])
def test_where_the_one_that_speaks_for_others_is_not_there_the_first_of_them_does(head):
    made = tally(head, shown("b", merged_into="d"), shown("a", merged_into="d"), shown("c"))
    stacks = [["a", "b"], ["c"]] + ([["d"]] if head.withdrawn else [])
    assert grouped(made) == [("Question 0", stacks)]


def test_every_note_stands_once_however_notes_were_merged():
    random = Random(3)
    ids = [f"{n:02}" for n in range(60)]
    every = [
        shown(id, merged_into=random.choice([*ids, None, None, "gone"]), withdrawn=random.random() < 0.1) for id in ids
    ]
    stand = [piece.note.id for group in tally(*every).groups for stack in group.stacks for piece in stack.pieces]
    assert sorted(stand) == ids


# Quotes


def test_a_starred_note_is_marked_as_a_quote_only_if_its_writer_agreed(app):
    tree = drawn(
        app, tally(quote("a", "Yes"), shown("b", "No", starred=True), shown("c", "Only ticked", quotable=True))
    )
    assert words(tree, ".//li[@class='note starred quote']/bdi") == ["Yes"]
    assert words(tree, ".//li[@class='note starred']/bdi") == ["No"]
    assert words(tree, ".//li[@class='note']/bdi") == ["Only ticked"]
    assert words(tree, ".//span[@class='quote-mark']") == ["“"]


def test_the_largest_themes_each_have_a_quote_under_them():
    every = [
        quote("a", "Both", themes=("buses", "carers"), writer="0"),
        quote("b", "Letters", themes=("letters",), writer="1"),
        quote("c", "Carers one", themes=("carers",), writer="2"),
        shown("d", themes=("buses",), starred=True, writer="3"),
        shown("e", themes=("buses",), quotable=True, writer="4"),
        shown("f", themes=("small",), writer="5"),
    ]
    themes = (*THEMES, Theme("small", Text(en="Small"), 4), Theme("empty", Text(en="Empty"), 5))
    made = tallied("notes", CONTENT, [raw("x")] * 6, notes=every, themes=themes)
    rows = [(row.title.en, row.people, row.quote.text if row.quote else None) for row in made.rows]
    assert rows == [
        ("Buses", 3, "Both"),
        ("Carers", 2, "Carers one"),
        ("Letters", 1, "Letters"),
        ("Small", 1, None),
        ("Empty", 0, None),
    ]


def test_a_quote_that_would_take_the_page_does_not_stand_under_a_theme():
    long = "words " * 60
    assert len(wall.lines(long, SAID_EM)) > QUOTE_LINES
    made = tally(quote("a", long, themes=("buses",)), quote("b", "Short", themes=("buses",)), themes=(BUSES,))
    assert [row.quote.text for row in made.rows if row.quote] == ["Short"]


def test_who_did_not_agree_is_quoted_nowhere(app):
    every = [shown("a", "Secretly starred", themes=("buses",), starred=True), quote("b", "Agreed", themes=("carers",))]
    made = tally(*every, themes=THEMES)
    assert words(drawn(app, made, 0), ".//tr[@class='said']//bdi") == ["Agreed"]
    assert words(drawn(app, made), ".//span[@class='quote-mark']") == ["“"]


# The pictures


def test_the_themes_stand_by_people_and_what_is_in_none_comes_last(app):
    every = [
        shown("a", themes=("carers",), writer="0"),
        shown("b", themes=("carers",), writer="1"),
        shown("c", themes=("buses",), writer="2"),
        *(shown(f"d{n}", writer=str(n)) for n in range(3, 6)),
    ]
    made = tallied("notes", CONTENT, [raw("x")] * 6, notes=every, themes=THEMES)
    tree = drawn(app, made, 0)
    assert words(tree, ".//tbody//th") == ["Carers", "Buses", "Letters", "Not in a theme"]
    assert words(tree, ".//td[@class='count']") == ["2", "1", "0", "3"]
    lengths = [element.get("class") for element in tree.iterfind(".//td[@class='bar-cell']/div")]
    assert lengths == ["length n67", "length n33", "length n0", "length n100"]


def test_everything_has_the_themes_with_their_people_then_the_prompts_then_every_note(app):
    every = [shown("a", themes=("buses",), writer="0"), shown("b", merged_into="a", themes=("buses",), writer="1")]
    made = tallied("notes", CONTENT, [raw("x"), raw("y")], notes=[*every, shown("c", writer="1")], themes=(BUSES,))
    tree = drawn(app, made)
    assert words(tree, ".//tbody//th") == ["Buses", "Not in a theme", "Question 0", "Question 1"]
    assert words(tree, ".//h3") == ["Buses: 2 people", "Not in a theme"]
    assert words(tree, ".//h4") == ["Question 0"]
    assert words(tree, ".//b[@class='times']") == ["×2"]
    assert len(words(tree, ".//bdi")) == 3


def test_without_themes_nothing_speaks_of_them(app):
    tree = drawn(app, tally(shown("a"), shown("b", group="q1")))
    assert words(tree, ".//h3") == ["Question 0", "Question 1"]
    assert words(tree, ".//tbody//th") == ["Question 0", "Question 1"]
    assert "theme" not in "".join(tree.itertext())


def test_several_prompts_begin_with_a_view_of_how_many_wrote_to_each():
    keys = [view.key for view in tally(shown("a")).views]
    assert keys == ["How many wrote to each prompt", "Notes, page %(page)s of %(pages)s"]


def test_themes_begin_with_the_themes():
    keys = [view.key for view in tally(shown("a"), themes=THEMES, what=ONE_PROMPT).views]
    assert keys == ["The themes", "Notes, page %(page)s of %(pages)s"]


def test_more_themes_than_fit_a_page_go_on_over_it():
    many = tuple(Theme(f"t{n}", Text(cy=f"Thema {n}", en=f"Theme {n}"), n) for n in range(1, 31))
    made = tally(themes=many)
    assert [view.arguments for view in made.views] == [{"page": n, "pages": 3} for n in (1, 2, 3)]
    assert {view.key for view in made.views} == {"How many people wrote, page %(page)s of %(pages)s"}
    assert [row.title for page in made.bars for row in page] == [theme.title for theme in many]


def test_one_prompt_goes_straight_to_its_notes():
    keys = [view.key for view in tally(shown("a"), what=ONE_PROMPT).views]
    assert keys == ["Notes, page %(page)s of %(pages)s"]


def test_one_prompt_without_notes_still_has_a_view():
    assert [view.key for view in tally(what=ONE_PROMPT).views] == ["How many wrote to each prompt"]


# Pages of the wall


def paged(made: Tally) -> list[list[tuple[str, list[str]]]]:
    """Page by page, each heading on it with the ids that its cards begin with."""
    return [[(g.title.en, [stack.head.id for stack in g.stacks]) for g in page] for page in made.pages]


def test_short_notes_to_several_prompts_share_a_page():
    assert paged(tally(shown("a"), shown("b", group="q1"))) == [[("Question 0", ["a"]), ("Question 1", ["b"])]]


def test_notes_that_do_not_fit_go_over_the_page_and_their_heading_is_named_again():
    column = "word " * 80  # more than half a column
    made = tally(*(shown(id, column, themes=("buses",)) for id in "abc"), themes=(BUSES,))
    assert paged(made) == [[("Buses", ["a", "b"])], [("Buses", ["c"])]]


def test_a_note_longer_than_a_column_goes_on_in_the_next():
    long = "word " * 399 + "end"
    made = tally(shown("a", long))
    cards = [stack for page in made.pages for group in page for stack in group.stacks]
    assert " ".join(stack.pieces[0].words for stack in cards) == long
    assert [stack.pieces[0].begins for stack in cards] == [True] + [False] * (len(cards) - 1)
    assert [stack.pieces[0].ends for stack in cards] == [False] * (len(cards) - 1) + [True]
    assert len(made.pages) == 2


@pytest.mark.parametrize("letter", ["w", "W", "漢", "😀", "ا", "👨\u200d👩\u200d👧\u200d👦"])
def test_a_huge_note_without_a_space_is_cut_between_what_people_call_letters(letter):
    made = tally(shown("a", letter * 2001))
    cards = [stack for page in made.pages for group in page for stack in group.stacks]
    assert "".join(stack.pieces[0].words for stack in cards) == letter * 2001
    assert {len(stack.pieces[0].words) % len(letter) for stack in cards} == {0}


def test_a_high_stack_goes_on_in_the_next_column_and_says_once_how_many_it_is(app):
    every = [shown(f"{n:02}", f"Said in way number {n}", merged_into=f"{0:02}" if n else None) for n in range(60)]
    made = tally(*every, what=ONE_PROMPT)
    cards = [stack for page in made.pages for group in page for stack in group.stacks]
    assert [piece.note.id for stack in cards for piece in stack.pieces] == [f"{n:02}" for n in range(60)]
    assert [stack.top for stack in cards] == [True] + [False] * (len(cards) - 1)
    trees = [drawn(app, made, view) for view in range(len(made.views))]
    assert [times for tree in trees for times in words(tree, ".//b[@class='times']")] == ["×60"]


def test_a_long_note_that_others_are_merged_into_says_once_how_many_it_is(app):
    made = tally(shown("a", "word " * 300), shown("b", merged_into="a"), what=ONE_PROMPT)
    assert len([stack for group in made.pages[0] for stack in group.stacks if stack.top]) == 2
    assert words(drawn(app, made, 0), ".//b[@class='times']") == ["×2"]


def test_what_is_the_same_letter_by_letter_stands_once_on_the_wall_and_every_time_on_paper(app):
    every = [shown("a", "Yes"), shown("b", "Yes", merged_into="a"), quote("c", "Yes", merged_into="a")]
    made = tally(*every, what=ONE_PROMPT)
    assert words(drawn(app, made, 0), ".//li[@class='note starred quote']/bdi") == ["Yes"]
    assert words(drawn(app, made, 0), ".//bdi") == ["Yes"]
    assert words(drawn(app, made, 0), ".//b[@class='times']") == ["×3"]
    assert words(drawn(app, made), ".//bdi") == ["Yes"] * 3


def test_every_one_of_a_thousand_notes_stands_on_exactly_one_page():
    every = [shown(f"{n:04}", "x" * (n % 190), f"q{n % 2}") for n in range(1000)]
    stand = [id for page in paged(tally(*every)) for _, ids in page for id in ids]
    assert stand == [f"{n:04}" for half in (0, 1) for n in range(half, 1000, 2)]


def test_a_line_is_what_fits_and_the_lines_together_are_the_text():
    assert wall.lines("one two three", 5.0) == ["one two ", "three"]
    assert wall.lines("", 5.0) == [""]
    assert wall.lines("nn nnnnnnnnnnnn", 3.0) == ["nn ", "nnnnn", "nnnnn", "nn"]


# A tally is made at every push


def test_making_a_tally_costs_the_same_however_many_notes_there_are():
    """A hundred times with 20,000 notes in it, in less time than it takes to look at each of them once or twice."""
    many = Notes.of((shown(f"{n:05}", themes=("buses",)) for n in range(20_000)), [BUSES])
    began = time.process_time()
    sorted(many.shown, key=lambda one: (not one.starred, one.id))
    once = time.process_time() - began
    began = time.process_time()
    for _ in range(100):
        notes.tally(CONTENT, Gathered(notes=many))
    assert time.process_time() - began < 2 * once


# Findings


COUNT = "This is a count; nothing in it is estimated."


def themed(app, *people: int, **more: Any):
    """What is found where so many people wrote about buses, carers and letters."""
    every = [theme for theme, n in zip(("buses", "carers", "letters"), people, strict=False) for _ in range(n)]
    given = [shown(str(n), themes=(theme,), writer=str(n)) for n, theme in enumerate(every)]
    made = tallied("notes", ONE_PROMPT, [raw("x")] * len(every), notes=given, themes=THEMES, **more)
    return told(app, notes.findings(ONE_PROMPT, made, None))


@pytest.mark.parametrize(
    ("people", "number", "sentence", "sure"),
    [
        (
            (5, 4),
            "5/9",
            "The theme that most people wrote about: “Buses”, 5 of 9 people. Next: “Carers”, 4.",
            "Close: 1 more answer could make it level.",
        ),
        (
            (6, 2),
            "6/8",
            "The theme that most people wrote about: “Buses”, 6 of 8 people. Next: “Carers”, 2.",
            "Too few answers to be sure: 6 of 8; the next, 2 of 8.",
        ),
        (
            (12, 2),
            "12/14",
            "The theme that most people wrote about: “Buses”, 12 of 14 people. Next: “Carers”, 2.",
            "Clear: 12 of 14 answers; the next, 2 of 14.",
        ),
        (
            (12, 6),
            "12/18",
            "The theme that most people wrote about: “Buses”, 12 of 18 people. Next: “Carers”, 6.",
            "Leaning: 12 of 18 answers; the next, 6 of 18. The order could be chance.",
        ),
        (
            (5, 0),
            "5/5",
            "The theme that most people wrote about: “Buses”, 5 of 5 people.",
            "Clear: 5 of 5 answers; the next, 0 of 5.",
        ),
        (
            (5, 5),
            "5/10",
            "Two themes are level at the top: “Buses” and “Carers”, each with 5 of 10 people.",
            "Level: one more answer could decide it.",
        ),
        (
            (5, 5, 5),
            "5/15",
            "No theme leads: 3 are level at the top, each with 5 of 15 people.",
            "Level: one more answer could decide it.",
        ),
    ],
)
def test_the_theme_that_most_people_wrote_about_is_found(app, people, number, sentence, sure):
    first, count = themed(app, *people)
    assert first == (number, sentence, sure)
    n = sum(people)
    assert count == (str(n), f"{n} people wrote, and the room saw {n} notes.", COUNT)


def test_below_five_people_no_theme_leads_and_below_five_answers_nothing_is_said(app):
    assert [sentence for _, sentence, _ in themed(app, 4, 3)] == ["7 people wrote, and the room saw 7 notes."]
    assert themed(app, 4) == []


def test_a_theme_of_tables_has_no_numbers_of_answers(app):
    first, _ = themed(app, 5, 1, sizes=[6] * 6)
    assert first == (
        "30/36",
        "The theme that most people wrote about: “Buses”, 30 of 36 people. Next: “Carers”, 6.",
        "Too few answers to be sure: each table gives one.",
    )


def test_one_note_that_the_room_saw_is_said_in_the_singular(app):
    given = [shown("0", writer="0"), *(note(str(n), writer=str(n)) for n in range(1, 5))]
    made = tallied("notes", ONE_PROMPT, [raw("x")] * 5, notes=given)
    assert told(app, notes.findings(ONE_PROMPT, made, None)) == [
        ("1", "5 people wrote, and the room saw 1 note.", COUNT)
    ]


def test_without_themes_the_prompt_that_most_wrote_to_is_found_where_there_is_a_choice(app):
    most = [raw(letter, prompt="q1") for letter in "bcdef"]
    ((number, sentence, _),) = told(app, notes.findings(CONTENT, tallied("notes", CONTENT, [raw("a"), *most]), None))
    assert (number, sentence) == (
        "5/6",
        "The question that most people wrote to: “Question 1”, 5 of 6 people. Next: “Question 0”, 1.",
    )
    assert notes.findings(ONE_PROMPT, tallied("notes", ONE_PROMPT, [raw("a")] * 6), None) == ()
    assert notes.findings(CONTENT, tallied("notes", CONTENT, ()), None) == ()


# Rehearsals


def test_about_half_of_what_made_up_people_write_may_be_quoted():
    random = Random(1)
    hints = {"notes": [{"prompt": "q0", "lang": "en", "text": "Buses"}, {"prompt": "q1", "lang": "cy", "text": "Dŵr"}]}
    raws = [notes.imagine(CONTENT, random, Person("en", None, False), hints) for _ in range(100)]
    ticked = [one.quotable for each in raws for one in notes.read(CONTENT, each).notes]
    assert (len(ticked), 70 < sum(ticked) < 130) == (200, True)
