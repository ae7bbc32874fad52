import json
from collections import Counter
from random import Random
from typing import Any

import html5lib
import pytest
from pydantic import ValidationError

from tests.kinds.room import content, counted, gathered, imagined, noted, tallied
from tests.kinds.telling import told
from workshop import packs
from workshop.config import ROOT
from workshop.fragments import draw_tally
from workshop.gathered import Note, Person
from workshop.kinds import form
from workshop.kinds.form import answers
from workshop.kinds.form.shared import LETTERS_A_LINE, Entry, Tally
from workshop.model import Invalid
from workshop.text import Text

# do (line, wanted), role (host or cook), hours, until (date, wanted), why (text), check (text, private)
CONTENT = content("form")
FULL = {
    "do": "open the hall",
    "role": "cook",
    "hours": "2.5",
    "until": "2027-03-04",
    "why": "It is cold.",
    "check": "My back",
}
BARE: dict[str, Any] = {"sentence": [], "ticks": [], "columns": []}


def raw(filled: dict[str, str], **more: Any) -> dict[str, Any]:
    return {"id": "aaaaaaaa1", "lang": "en", "filled": filled, "show": "anonymous", **more}


def read(filled: dict[str, str], **more: Any) -> form.Value:
    return form.read(CONTENT, raw(filled, **more))


def sentence(filled: dict[str, str], lang: str = "en") -> str:
    return "".join(piece.words for piece in form.said(CONTENT, filled, lang))


def room(*raws: dict[str, Any], **state: Any) -> Tally:
    """The tally of these answers, all on the wall."""
    given = [{**one, "id": f"aaaaaaaa{n}"} for n, one in enumerate(raws, start=1)]
    notes = noted("form", CONTENT, given, **{"released": True, **state})
    return tallied("form", CONTENT, given, notes=notes)


def words(entry: Entry) -> str:
    return "".join(piece.words for piece in entry.pieces)


def drawn(app: Any, tally: Tally, lang: str = "en") -> str:
    """Everything that any surface shows of it."""
    views = [(False, view) for view in range(len(tally.views))]
    with app.app_context():
        return "".join(
            draw_tally("form", (lang,), full=full, view=view, tally=tally, study=None)
            for full, view in [*views, (True, 0)]
        )


# Reading


def test_what_was_filled_in_is_kept_in_the_order_of_the_fields_and_in_one_form():
    value = read({"why": " It \n is\u202e cold. ", "hours": "06,0", "until": " 2028-02-29 ", "do": "sw\u0302n"})
    assert list(value.filled.items()) == [
        ("do", "sŵn"),
        ("hours", "6"),
        ("until", "2028-02-29"),
        ("why", "It is cold."),
    ]


@pytest.mark.parametrize(("written", "read_as"), [("0.5", "0.5"), ("1", "1"), ("2,5", "2.5"), ("1000", "1000")])
def test_hours_may_be_written_with_a_comma(written, read_as):
    assert read({"hours": written}).filled == {"hours": read_as}


@pytest.mark.parametrize("day", ["2000-01-01", "2024-02-29", "2100-12-31"])
def test_dates_from_2000_to_2100_are_read(day):
    assert read({"until": day}).filled == {"until": day}


@pytest.mark.parametrize("day", ["2100-02-29", "2027-02-29", "2027-06-31", "2101-01-01", "2027-1-1", "٢٠٢٧-٠١-٠١"])
def test_a_day_that_the_calendar_does_not_have_is_told_with_its_field(day):
    with pytest.raises(Invalid, match="That is not a date between 2000 and 2100") as error:
        read({"until": day})
    assert error.value.field == "filled.until"


def test_a_field_of_which_nothing_is_left_is_missing():
    assert read({"do": "\u200b \u0000", "until": "", "role": " "}).filled == {}


def test_every_mistake_names_its_field():
    mistakes = [{"do": "x" * 41}, {"role": "clown"}, {"hours": "lots"}, {"other": "x"}]
    named = []
    for mistake in mistakes:
        with pytest.raises(Invalid) as error:
            read(mistake)
        named.append((error.value.field, error.value.key))
    assert named == [
        ("filled.do", "Too long: at most %(longest)s characters."),
        ("filled.role", "Choose one of those listed."),
        ("filled.hours", "Write hours as a number from 0.5 to 1000, such as 6 or 2.5."),
        ("filled.other", "That field is not in this form."),
    ]


def test_kept_fields_stand_once_in_the_order_of_the_fields_and_private_ones_need_not_be_named():
    assert read(FULL, kept=["why", "check", "do", "why"]).kept == ("do", "why")


def test_who_chooses_nothing_keeps_it_private():
    value = form.read(CONTENT, {"id": "aaaaaaaa1", "lang": "en", "filled": {"do": "sing"}})
    assert (value.show, value.name, value.quotable) == ("private", "", False)


def test_a_name_is_cleaned_and_kept_only_with_what_is_shown_with_a_name():
    assert read(FULL, show="named", name=" Mair\u202e \n Huws ").name == "Mair Huws"
    assert [read(FULL, show=show, name="Mair").name for show in ("anonymous", "private")] == ["", ""]


def test_with_my_name_needs_a_name():
    with pytest.raises(Invalid, match="Write your name, or choose another way to show this") as error:
        read(FULL, show="named", name=" \u200b")
    assert error.value.field == "name"


# Privacy

SECRET = "zzsecretzz"
FILLED = {**FULL, "why": f"{SECRET}why", "do": f"{SECRET}do"}
WAYS = {
    "private": raw({**FILLED, "check": f"{SECRET}check"}, show="private", name=f"{SECRET}name"),
    "kept": raw({**FILLED, "check": f"{SECRET}check"}, kept=["do", "why"], name=f"{SECRET}name"),
    "kept with a name": raw(FILLED, kept=["do", "why"], show="named", name="Mair"),
    "all of it kept": raw({**FILLED, "check": f"{SECRET}check"}, kept=list(FILLED)),
    "by the author": raw({**FULL, "check": f"{SECRET}check"}),
}
every_way = pytest.mark.parametrize("way", WAYS)


@every_way
def test_what_is_private_is_in_no_count_and_no_note(way):
    value = form.read(CONTENT, WAYS[way])
    assert SECRET in str(value.filled)
    assert SECRET not in str(form.count(CONTENT, value))
    assert SECRET not in str(form.written(CONTENT, value))


@every_way
@pytest.mark.parametrize("people", [1, 8])
def test_what_is_private_is_in_no_tally_no_finding_and_on_no_surface(app, way, people):
    tally = room(*[WAYS[way]] * people)
    assert SECRET not in repr(tally)
    assert SECRET not in str(form.findings(CONTENT, tally, None))
    assert SECRET not in drawn(app, tally)


def test_a_private_answer_counts_as_one_answer_and_as_nothing_else():
    assert form.count(CONTENT, read(FULL, show="private")) == Counter({("answered",): 1, ("shown", "private"): 1})
    assert form.written(CONTENT, read(FULL, show="private")) == ()


def test_an_answer_all_of_which_is_kept_counts_as_a_private_one():
    kept = read(FULL, show="named", name="Mair", kept=["do", "role", "hours", "until", "why"])
    assert form.count(CONTENT, kept) == form.count(CONTENT, read(FULL, show="private"))
    assert form.written(CONTENT, kept) == ()


def test_a_kept_choice_or_date_is_not_counted():
    counts = form.count(CONTENT, read(FULL, kept=["role", "until"]))
    assert counts == Counter(
        {
            ("answered",): 1,
            ("shown", "anonymous"): 1,
            ("given", "do"): 1,
            ("given", "hours"): 1,
            ("given", "why"): 1,
            ("ticked", "one-thing"): 1,
        }
    )


def test_what_is_shown_is_one_note_with_its_public_fields():
    (note,) = form.written(CONTENT, read(FULL, show="named", name="Mair", kept=["hours"], quotable=True))
    assert (note.id, note.group, note.lang, note.quotable) == ("aaaaaaaa1", "named", "en", True)
    assert note.text == "I will open the hall as a cook, until 4 March 2027. Because: It is cold."
    assert note.parts == {
        "do": "open the hall",
        "role": "cook",
        "until": "2027-03-04",
        "why": "It is cold.",
        "name": "Mair",
    }


def test_an_anonymous_note_has_no_name():
    (note,) = form.written(CONTENT, read(FULL, name="Mair"))
    assert (note.group, note.parts) == ("anonymous", {id: FULL[id] for id in FULL if id != "check"})


def test_a_withdrawn_answer_is_a_gap_without_words_on_the_wall_and_is_left_out_of_the_write_up(app):
    tally = room(raw(FULL, show="named", name="Mair"), withdrawn=True)
    assert tally.entries == (Entry("en", withdrawn=True),)
    with app.app_context():
        wall = draw_tally("form", ("en",), full=False, view=1, tally=tally, study=None)
        whole = draw_tally("form", ("en",), full=True, tally=tally, study=None)
    assert "withdrawn" in wall
    assert "No answers to show" in whole
    assert [word for word in ("withdrawn", "Mair", "open the hall") if word in whole] == []


# The sentence


def test_the_sentence_says_every_clause_that_is_whole():
    assert sentence(FULL) == ("I will open the hall as a cook, for 2.5 hours, until 4 March 2027. Because: It is cold.")
    assert sentence(FULL, "cy") == (
        "Byddaf yn open the hall fel cogydd, am 2.5 awr, tan 4 Mawrth 2027. Achos: It is cold."
    )


@pytest.mark.parametrize(
    ("filled", "said"),
    [
        ({}, ""),
        ({"do": "sing"}, "I will sing."),
        ({"do": "sing", "until": "2027-12-31"}, "I will sing, until 31 December 2027."),
        ({"role": "host"}, "As Host."),
        ({"hours": "1"}, "For 1 hour."),
        ({"why": "because. "}, "Because: because."),
        ({"do": "sing...", "why": "..."}, "I will sing. Because: ...."),
        ({"do": "{role}"}, "I will {role}."),
        ({"check": "private"}, ""),
    ],
)
def test_the_sentence_has_no_holes_and_begins_with_a_capital_letter(filled, said):
    assert sentence(filled) == said


def test_no_part_of_what_may_be_filled_in_leaves_a_hole_or_two_marks():
    random = Random(1)
    for _ in range(200):
        filled = {id: given for id, given in FULL.items() if random.random() < 0.5}
        said = sentence(filled)
        assert [mark for mark in ("{", "}", "  ", " ,", " .", ",.", "..", ",,") if mark in said] == []
        assert said[:1] == said[:1].upper()


def test_a_clause_without_fields_ends_only_what_has_begun():
    clauses = ["Would you {do}", "?", "then {why}", "!", "Bye"]
    asking = content("form", sentence=[{"cy": clause, "en": clause} for clause in clauses])
    given = [{}, {"do": "sing"}, {"why": "rest"}, {"do": "sing", "why": "rest"}]
    said = ["".join(piece.words for piece in form.said(asking, one, "en")) for one in given]
    assert said == ["", "Would you sing?", "Then rest!", "Would you sing? Then rest!"]


def test_the_sentence_tells_the_writers_words_from_the_authors():
    pieces = form.said(CONTENT, {"do": "sing"}, "en")
    assert [(piece.words, piece.given) for piece in pieces] == [("I will ", False), ("sing", True), (".", False)]


def test_where_the_sentence_has_nothing_to_say_the_note_lists_what_was_filled_in():
    silent = content("form", sentence=[])
    value = form.read(silent, raw({"do": "sing", "role": "cook", "until": "2027-01-01"}, lang="cy"))
    assert [note.text for note in form.written(silent, value)] == ["sing; cogydd; 1 Ionawr 2027"]


# Counting


def test_a_table_is_one_answer_of_many_people():
    raws = [raw(FULL), raw({"role": "cook"})]
    tally = tallied("form", CONTENT, raws, sizes=[6, 1])
    assert (tally.people, tally.answers, tally.shown) == (7, 2, 2)
    assert [(row.title.en, row.answers) for row in tally.blocks[0].rows] == [("Host", 0), ("Cook", 2)]


def test_an_answer_that_was_taken_back_counts_nothing():
    assert counted("form", CONTENT, [raw({})])[0].responses == Counter()


def test_progress_wants_what_the_author_wants_and_takes_what_people_give():
    given = [{}, {"do": "sing"}, {"why": "cold"}, {"do": "sing", "until": "2027-01-01"}, FULL]
    assert [form.progress(CONTENT, read(filled)) for filled in given] == [(0, 2), (1, 2), (1, 3), (2, 2), (6, 6)]


def test_where_nothing_is_wanted_anything_finishes_it():
    fields = [{"id": "do", "type": "line", "title": {"en": "What"}}]
    free = content("form", **{**BARE, "fields": fields})
    progress = [form.progress(free, form.read(free, raw(filled))) for filled in ({}, {"do": "sing"})]
    assert progress == [(0, 1), (1, 1)]


def test_a_tick_counts_where_all_its_fields_can_be_seen():
    raws = [raw(FULL), raw(FULL, kept=["hours"]), raw({"do": "sing", "hours": "1"}), raw(FULL, show="private")]
    ticks = tallied("form", CONTENT, raws).blocks[-1]
    assert [(row.title.en, row.answers) for row in ticks.rows] == [("One thing", 3), ("Time", 1)]
    assert ticks.of == 3


# The tally


def test_private_answers_are_told_as_a_number():
    tally = room(raw(FULL), raw(FULL, show="private"), raw(FULL, show="named", name="Mair"), raw({}))
    assert tally.answers == 3
    assert dict(tally.shows) == {"private": 1, "anonymous": 1, "named": 1}
    assert len(tally.entries) == 2


def test_starred_answers_come_first_and_the_others_by_their_random_ids():
    notes = [Note(id, "e", "anonymous", "en", id, released=True, starred=id == "b", parts={"do": id}) for id in "cab"]
    tally = tallied("form", CONTENT, (), notes=notes)
    assert [words(entry) for entry in tally.entries] == ["I will b.", "I will a.", "I will c."]


def test_only_what_was_released_is_shown():
    assert room(raw(FULL), released=False).entries == ()
    assert room(raw(FULL), hidden=True).entries == ()


def test_the_table_has_the_columns_with_dates_and_choices_in_both_languages():
    (entry,) = room(raw({"do": "sing", "until": "2027-08-01"}, lang="cy")).entries
    assert [field.id for field in room().columns] == ["do", "role", "until"]
    assert entry.cells == ("sing", None, Text(cy="1 Awst 2027", en="1 August 2027"))


def test_what_the_sentence_leaves_out_stands_above_it_or_below_it():
    clauses = [{"cy": "Byddaf yn {do}.", "en": "I will {do}."}]
    brief = content("form", sentence=clauses)
    notes = noted("form", brief, [raw(FULL)], released=True)
    (entry,) = tallied("form", brief, [raw(FULL)], notes=notes).entries
    assert entry.above == (Text(cy="Cogydd", en="Cook"), Text(cy="4 Mawrth 2027", en="4 March 2027"))
    assert [(heading.en, one) for heading, one in entry.below] == [
        ("Hours", Text(cy="2.5 awr", en="2.5 hours")),
        ("Why", "It is cold."),
    ]


def pages(*letters: int) -> list[tuple[int, str]]:
    """How many cards each page has and how large its letters are, for sentences of so many letters."""
    field = {"id": "do", "type": "text", "title": {"en": "What"}, "longest": 1500}
    long = content("form", **{**BARE, "fields": [field], "sentence": [{"cy": "{do}", "en": "{do}"}]})
    notes = [
        Note(f"{n:03}", "e", "anonymous", "en", "", released=True, parts={"do": "x" * n_letters})
        for n, n_letters in enumerate(letters)
    ]
    return [(len(page.entries), page.size) for page in tallied("form", long, (), notes=notes).pages]


LINE = LETTERS_A_LINE


def test_few_answers_stand_in_large_letters_and_more_stand_four_a_page():
    assert pages() == []
    assert pages(5 * LINE) == [(1, "large")]
    assert pages(5 * LINE, 5 * LINE) == [(2, "large")]
    for letters in (1, 5 * LINE):
        assert pages(*[letters] * 9) == [(4, "middle"), (4, "middle"), (1, "large")]


def test_long_answers_stand_two_a_page_and_very_long_ones_alone():
    assert pages(*[12 * LINE] * 4) == [(2, "middle"), (2, "middle")]
    assert pages(20 * LINE, 2 * LINE, 34 * LINE) == [(1, "middle"), (1, "large"), (1, "small")]


def test_every_answer_stands_on_exactly_one_page():
    sizes = [7 * n % 1500 for n in range(1, 300)]
    assert sum(n for n, _ in pages(*sizes)) == len(sizes)


def test_the_counts_come_before_the_answers():
    tally = room(raw(FULL))
    assert [(view.key, view.arguments) for view in tally.views] == [
        ("Counts, page %(page)s of %(pages)s", {"page": 1, "pages": 1}),
        ("Answers, page %(page)s of %(pages)s", {"page": 1, "pages": 1}),
    ]


def test_where_nobody_shares_anything_no_table_of_noughts_is_shown():
    assert room(raw(FULL, show="private")).blocks == ()
    assert len(room().views) == 1


def test_what_people_wrote_is_never_markup(app):
    text = "<b>Tom & 'Jerry'</b>"
    html = drawn(app, room(raw({"do": text, "why": text}, show="named", name=text)))
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parseFragment(html)
    assert {"".join(one.itertext()) for one in tree.iter("bdi")} == {text}
    assert [one.get("class") for one in tree.iter("b") if "Tom" in "".join(one.itertext())] == []


COUNT = "This is a count; nothing in it is estimated."


def test_what_was_shared_chosen_and_missing_is_found_from_five_shared_answers_on(app):
    shared = [raw(FULL)] * 3 + [raw({"do": "sing"})] * 2
    assert told(app, form.findings(CONTENT, room(*shared), None)) == [
        ("3/5", "What is missing most often: “Time”. 3 of 5 shared answers have it.", COUNT),
        ("3/5", "5 of 5 answers were shared with the room. Of these, 3 have a date.", COUNT),
    ]
    assert form.findings(CONTENT, room(*shared[:4], raw(FULL, show="private")), None) == ()


def test_what_is_private_is_in_no_sentence_but_that_it_was(app):
    given = [raw({"do": "sing", "role": "cook"})] * 5 + [raw(FULL, show="private")] * 3
    assert told(app, form.findings(CONTENT, room(*given), None)) == [
        (
            "5/5",
            "“Role”: the answer given most often is “Cook”, in 5 of 5.",
            "Clear: 5 of 5 answers; the next, 0 of 5.",
        ),
        ("0/5", "What is missing most often: “Time”. 0 of 5 shared answers have it.", COUNT),
        ("0/5", "5 of 8 answers were shared with the room. Of these, 0 have a date.", COUNT),
    ]


def test_without_dates_and_ticks_there_is_how_many_were_written(app):
    fields = [{"id": "do", "type": "line", "title": {"en": "What"}}]
    undated = content("form", **{**BARE, "fields": fields})
    tally = form.tally(undated, gathered("form", undated, [raw({"do": "x"})] * 9))
    assert told(app, form.findings(undated, tally, None)) == [
        ("9/9", "9 answers were written, and 9 of them shared with the room.", COUNT)
    ]


# What an author may write


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"columns": ["nowhere"]}, "there is no field 'nowhere'"),
        ({"columns": ["check"]}, "the column 'check' is private"),
        ({"sentence": [{"en": "I {nowhere}", "cy": "{nowhere}"}]}, "there is no field 'nowhere'"),
        ({"sentence": [{"en": "I {do}", "cy": "Byddaf"}]}, "has other fields in Welsh"),
        ({"ticks": [{"id": "t", "title": {"en": "T"}, "fields": ["nowhere"]}]}, "there is no field 'nowhere'"),
        ({"fields": [{"id": "do", "type": "line", "title": {"en": "A"}}] * 2}, "two fields have the same id"),
        ({"fields": [{"id": "name", "type": "line", "title": {"en": "A"}}]}, "no field can have the id 'name'"),
        ({"fields": [{"id": "do", "type": "choice", "title": {"en": "A"}}]}, "a choice has some"),
        ({"fields": [{"id": "do", "type": "date", "title": {"en": "A"}, "longest": 9}]}, "for lines and texts"),
        (
            {**BARE, "fields": [{"id": f"f{n}", "type": "text", "title": {"en": "A"}} for n in range(16)]},
            "the fields take 6400 characters; a phone can send 6000",
        ),
    ],
)
def test_what_does_not_fit_together_is_told(change, said):
    with pytest.raises(ValidationError, match=said):
        content("form", **change)


# What made-up people say


def test_an_example_of_the_pack_is_said_by_who_it_is_dealt_to():
    forms = [{"lang": "cy", "filled": {"do": "canu", "hours": 6}, "show": "named", "name": "Ceri"}]
    made = form.imagine(CONTENT, Random(1), Person("cy", None, False), {"forms": forms})
    value = form.read(CONTENT, made)
    assert (value.lang, value.filled, value.show, value.name) == ("cy", {"do": "canu", "hours": "6"}, "named", "Ceri")


def test_who_is_dealt_no_example_says_nothing():
    assert form.imagine(CONTENT, Random(1), Person("cy", None, False), {"forms": []}) is None


def test_made_up_people_choose_all_three_ways():
    assert {one["show"] for one in imagined("form", CONTENT, 60)} == set(answers.SHOWS)


EXAMPLES = [
    (pack, exercise.content, one)
    for pack in ("all-in-this-together", "demo")
    for exercise in packs.load(ROOT / "exercises" / pack / "workshop.toml").agenda
    if exercise.kind == "form"
    for one in packs.hints(ROOT / "exercises" / pack).get(exercise.id, {}).get("forms", ())
]


def test_every_example_of_the_packs_can_be_sent():
    assert len(EXAMPLES) >= 40
    for _, what, one in EXAMPLES:
        made = form.imagine(what, Random(1), Person(one["lang"], None, False), {"forms": [one]})
        value = form.read(what, json.loads(json.dumps(made)))
        assert value.filled == {field.id: one["filled"][field.id] for field in what.fields if field.id in one["filled"]}
