from typing import Any

import html5lib
import pytest
from flask import render_template
from pydantic import ValidationError

from tests.kinds.room import content, gathered, tallied
from tests.kinds.telling import told
from workshop import kinds
from workshop.fragments import draw_tally
from workshop.gathered import Note, Notes, Theme
from workshop.kinds import points
from workshop.kinds.points import Content, Item, Tally, Value
from workshop.model import Refused
from workshop.text import Text

LETTERS = [{"id": letter, "title": {"cy": f"Peth {letter}", "en": f"Thing {letter}"}} for letter in "abcdef"]
ONE_EACH = content("points", items=LETTERS, dots=3, most_each=1)
UP_TO_THREE = content("points", items=LETTERS, dots=5, most_each=3)
OF_NOTES = content("points", items=[], dots=None, most_each=1, of_earlier=True)


def dots(**given: int) -> dict[str, dict[str, int]]:
    return {"dots": given}


def ranked(tally: Tally) -> list[tuple[str, int, int, int | None, bool]]:
    return [(row.item.id, row.dots, row.people, row.place, row.tied) for row in tally.rows]


def note(id: str, *themes: str, lang: str = "en", **state: Any) -> Note:
    return Note(id, "e", "g", lang, f"said {id}", themes=themes, **state)


def theme(id: str, position: int) -> Theme:
    return Theme(id, Text(cy=f"Thema {id}", en=f"Theme {id}"), position)


def ids(content: Content) -> list[str]:
    return [item.id for item in content.items]


# How many dots


@pytest.mark.parametrize(
    ("items", "given"),
    [(2, 1), (3, 2), (4, 2), (5, 3), (6, 3), (12, 3), (13, 3), (14, 4), (16, 4), (17, 4), (18, 5), (20, 5), (60, 5)],
)
def test_left_to_us_a_person_has_a_quarter_of_the_items_three_to_five_and_of_a_few_at_most_half(items, given):
    some = [{"id": f"i{n}", "title": {"en": "x"}} for n in range(items)]
    assert content("points", items=some, dots=None, most_each=1).given == given


def test_a_person_never_has_more_dots_than_the_items_take():
    taken = points.frozen(OF_NOTES.model_copy(update={"dots": 9}), None, THEMED)
    assert (len(taken.items), taken.given) == (2, 2)
    assert taken.model_copy(update={"most_each": 3}).given == 6


def test_before_it_opens_the_dots_are_the_authors_or_the_fewest():
    assert [OF_NOTES.given, OF_NOTES.model_copy(update={"dots": 7}).given] == [3, 7]


@pytest.mark.parametrize(
    "changes",
    [
        {"items": LETTERS[:1], "dots": None},
        {"items": [], "dots": None},
        {"items": [LETTERS[0], LETTERS[0]], "dots": None},
        {"items": [{"id": f"i{n}", "title": {"en": "x"}} for n in range(61)]},
        {"dots": 2, "most_each": 3},
        {"items": LETTERS[:2], "dots": 3, "most_each": 1},
        {"dots": 0},
        {"dots": 21},
        {"most_each": 0},
    ],
)
def test_content_that_does_not_add_up_is_refused(changes):
    with pytest.raises(ValidationError):
        content("points", **{"items": LETTERS, **changes})


# Counting


def test_dots_are_counted_and_so_are_the_people_behind_them():
    raws = [dots(a=3, b=2), dots(a=3), dots(b=1), dots(c=1), dots()]
    tally = tallied("points", UP_TO_THREE, raws)
    assert ranked(tally) == [
        ("a", 6, 2, 1, False),
        ("b", 3, 2, 2, False),
        ("c", 1, 1, 3, False),
        ("d", 0, 0, None, False),
        ("e", 0, 0, None, False),
        ("f", 0, 0, None, False),
    ]
    assert (tally.people, tally.responses, tally.tables) == (4, 4, False)


def test_of_as_many_dots_those_from_more_people_come_first():
    tally = tallied("points", UP_TO_THREE, [dots(a=3), dots(b=1), dots(b=1), dots(b=1)])
    assert ranked(tally)[:2] == [("b", 3, 3, 1, False), ("a", 3, 1, 2, False)]


def test_as_many_dots_from_as_many_people_share_a_place_in_the_authors_order():
    tally = tallied("points", ONE_EACH, [dots(f=1, b=1), dots(b=1, f=1, e=1), dots(c=1)])
    assert ranked(tally)[:5] == [
        ("b", 2, 2, 1, True),
        ("f", 2, 2, 1, True),
        ("c", 1, 1, 3, True),
        ("e", 1, 1, 3, True),
        ("a", 0, 0, None, False),
    ]


def test_a_tables_dots_count_for_everyone_at_it():
    tally = tallied("points", UP_TO_THREE, [dots(a=2), dots(b=3), dots()], sizes=[6, 1, 4])
    assert ranked(tally)[:2] == [("a", 12, 6, 1, False), ("b", 3, 1, 2, False)]
    assert (tally.people, tally.responses, tally.tables) == (7, 2, True)


def test_a_bar_is_as_long_as_its_share_of_the_most_dots_and_never_vanishes():
    counts = [(100, "a"), (50, "b"), (1, "c")]
    raws = [dots(**{letter: 1}) for n, letter in counts for _ in range(n)]
    sizes = [10 if raw == dots(a=1) else 1 for raw in raws]
    shares = [row.share for row in tallied("points", ONE_EACH, raws, sizes=sizes).rows]
    assert shares == [100, 5, 1, 0, 0, 0]


def test_progress_is_dots_used_of_dots_given():
    progress = [points.progress(UP_TO_THREE, Value(dots=used)) for used in ({}, {"a": 2}, {"a": 3, "b": 2})]
    assert progress == [(0, 5), (2, 5), (5, 5)]


def test_dots_on_a_theme_that_was_taken_away_are_nobodys():
    value = Value(dots={"gone": 1, "a": 1})
    assert points.count(ONE_EACH, value) == {("dots", "a"): 1, ("people", "a"): 1, ("voted",): 1}
    assert points.count(ONE_EACH, Value(dots={"gone": 1})) == {}
    assert points.progress(ONE_EACH, value) == (1, 3)


def test_nobody_not_even_the_facilitator_sees_what_comes_in():
    assert kinds.secret_until_closed("points") is True


# Pages of the wall


def test_a_page_of_the_wall_has_at_most_eight_rows_and_fewer_where_titles_are_long():
    def sizes(title: str, items: int, langs: tuple[str, ...] = ("cy", "en")) -> list[int]:
        some = [{"id": f"i{n}", "title": {lang: f"{title} {n} {lang}" for lang in langs}} for n in range(items)]
        many = content("points", items=some, dots=3, most_each=1)
        return [len(page) for page in tallied("points", many, [dots(i0=1)]).pages]

    assert sizes("short", 20) == [8, 8, 4]
    assert sizes("short", 20, ("cy",)) == [8, 8, 4]
    assert sizes("long " * 19, 20) == [4, 4, 4, 4, 4]
    assert sizes("longer " * 200, 3) == [1, 1, 1]


def test_a_room_without_a_dot_has_one_page_and_says_so(app):
    for raws in ([], [dots(), dots()]):
        tally = tallied("points", ONE_EACH, raws)
        assert [view.arguments for view in tally.views] == [{"page": 1, "pages": 1}]
        assert drawn(app, tally) == ["Nobody put a dot on anything."]


# What it takes from the exercise before

THEMED = Notes.of(
    [
        note("n1", "t1", released=True),
        note("n2", "t2", "t4", released=True),
        note("n3", "t3"),
        note("n4", "t5", released=True, hidden=True),
        note("n5", "t6", released=True, withdrawn=True),
    ],
    [theme("t2", 1), theme("t1", 4), theme("t3", 2), theme("t5", 3), theme("t6", 5)],
)


def test_themes_that_the_room_can_see_a_note_of_are_taken_in_their_order():
    taken = points.frozen(OF_NOTES, None, THEMED)
    assert [(item.id, item.title.en, item.taken) for item in taken.items] == [
        ("t2", "Theme t2", True),
        ("t1", "Theme t1", True),
    ]


def test_what_is_taken_stands_behind_the_authors_own_items_and_keeps_out_of_their_ids():
    own = content("points", items=[LETTERS[0], {"id": "t1", "title": {"en": "Mine"}}], dots=None, of_earlier=True)
    taken = points.frozen(own, None, THEMED)
    assert [(item.id, item.title.en) for item in taken.items] == [
        ("a", "Thing a"),
        ("t1", "Mine"),
        ("t2", "Theme t2"),
        ("t1-2", "Theme t1"),
    ]


def test_opened_again_it_takes_what_there_is_then():
    once = points.frozen(OF_NOTES, None, THEMED)
    assert points.frozen(once, None, THEMED) == once
    more = Notes.of([note("n9", "t9", released=True)], [*THEMED.themes[1:], theme("t9", 9)])
    assert ids(points.frozen(once, None, Notes(THEMED.shown + more.shown, (), 0, more.themes))) == ["t1", "t9"]


def test_what_was_taken_can_be_kept_and_read_again():
    once = points.frozen(OF_NOTES, None, THEMED)
    assert Content.model_validate(once.model_dump(mode="json")) == once


def test_cards_in_use_are_taken():
    sort = content("card_sort")
    assert ids(points.frozen(OF_NOTES, sort, Notes())) == [f"c{n}" for n in range(10)]


def test_pressures_are_taken_and_those_of_peoples_own_that_were_accepted_and_say_something_else():
    own = [
        note("aaaaaaaa1", lang="cy", accepted=True, released=True),
        note("aaaaaaaa2", lang="en", accepted=True, released=True),
        note("aaaaaaaa3", accepted=False, released=True),
        note("aaaaaaaa4", accepted=True, merged_into="p1", released=True),
        note("aaaaaaaa5", accepted=True, hidden=True, released=True),
        note("aaaaaaaa6", accepted=True, released=False),
    ]
    taken = points.frozen(OF_NOTES, content("pressure_map"), Notes.of(own))
    assert ids(taken) == [*(f"p{n}" for n in range(6)), "aaaaaaaa1", "aaaaaaaa2"]
    assert taken.items[-2:] == (
        Item(id="aaaaaaaa1", title=Text(cy="said aaaaaaaa1"), lang="cy", taken=True),
        Item(id="aaaaaaaa2", title=Text(en="said aaaaaaaa2"), lang="en", taken=True),
    )


def test_it_does_not_open_before_there_are_two_things_to_choose_between():
    one_theme = Notes(THEMED.shown, (), 0, THEMED.themes[:1])
    with pytest.raises(Refused) as error:
        points.frozen(OF_NOTES, content("notes"), one_theme)
    assert error.value.key.startswith("Nothing to choose between yet.")
    one_card = content("card_sort", cards=[{"id": "c1", "title": {"en": "x"}}])
    with pytest.raises(Refused) as error:
        points.frozen(OF_NOTES, one_card, Notes())
    assert error.value.key == "The earlier exercise has fewer than two things to choose between."


def test_it_does_not_open_with_more_than_sixty_things():
    cards = [{"id": f"c{n}", "title": {"en": "x"}} for n in range(61)]
    with pytest.raises(Refused) as error:
        points.frozen(OF_NOTES, content("card_sort", cards=cards), Notes())
    assert error.value.arguments == {"most": 60}
    assert len(points.frozen(OF_NOTES, content("card_sort", cards=cards[:60]), Notes()).items) == 60


# What is shown


def drawn(app, tally: Tally, langs: tuple[str, ...] = ("en",)) -> list[str]:
    """The words of the tally as paper has it, one for each element that has some."""
    with app.app_context():
        html = draw_tally("points", langs, full=True, tally=tally, study=None)
    return words(html)


def words(html: str) -> list[str]:
    tree = html5lib.parseFragment(html, namespaceHTMLElements=False)
    return [" ".join(text.split()) for text in tree.itertext() if text.strip()]


def test_where_a_person_has_one_dot_for_each_thing_people_are_said_once(app):
    said = drawn(app, tallied("points", ONE_EACH, [dots(a=1, b=1), dots(a=1)]))
    heads = ["Place", "What there was to choose between", "Share", "People"]
    assert said[:11] == ["2 people, up to 3 dots each", *heads, "1", "Thing a", "2", "2", "Thing b", "1"]


def test_where_dots_may_pile_up_both_numbers_are_said(app):
    said = drawn(app, tallied("points", UP_TO_THREE, [dots(a=3, b=1), dots(a=2)]))
    assert said[4:6] == ["Dots", "People"]
    assert said[6:10] == ["1", "Thing a", "5", "2"]


def test_what_is_level_is_marked_and_explained(app):
    said = drawn(app, tallied("points", ONE_EACH, [dots(a=1, b=1)]))
    assert [word for word in said if "=" in word] == ["1=", "1=", "With “=”: level, so they share a place."]
    assert [word for word in drawn(app, tallied("points", ONE_EACH, [dots(a=1)])) if "=" in word] == []


def test_tables_are_said_where_people_and_answers_differ(app):
    said = drawn(app, tallied("points", ONE_EACH, [dots(a=1), dots(a=1)], sizes=[6, 1]))
    assert said[0] == "7 people in 2 answers, up to 3 dots each"


def test_before_it_opens_form_and_tally_say_where_the_things_come_from(app):
    tally = points.tally(OF_NOTES, gathered("points", OF_NOTES, []))
    assert drawn(app, tally) == ["What there is to choose between comes from the earlier exercise."]
    with app.app_context():
        exercise = {"id": "e", "kind": "points"}
        form = render_template("kinds/points/form.html", langs=("en",), content=OF_NOTES, exercise=exercise)
    assert words(form)[1].startswith("What there is to choose between comes from the earlier exercise")
    assert "<input" not in form


# Findings


@pytest.mark.parametrize(("answers", "found"), [(4, 0), (5, 1)])
def test_what_most_chose_is_found_from_five_answers_on(answers, found):
    tally = tallied("points", ONE_EACH, [dots(a=1, b=1)] + [dots(a=1)] * (answers - 1))
    assert len(points.findings(ONE_EACH, tally, None)) == found


def test_a_table_of_six_is_one_answer_and_makes_no_finding():
    assert points.findings(ONE_EACH, tallied("points", ONE_EACH, [dots(a=1)], sizes=[6]), None) == ()


def chosen(app, what, *raws, **more):
    return told(app, points.findings(what, tallied("points", what, raws, **more), None))


def test_what_most_chose_is_said_with_how_many_and_how_sure(app):
    assert chosen(app, ONE_EACH, *[dots(a=1)] * 12, *[dots(b=1)] * 3) == [
        (
            "12/15",
            "Chosen most often: “Thing a”. Of 15 people, 12 put a dot on it.",
            "Clear: 12 of 15 answers; the next, 3 of 15.",
        )
    ]
    ((_, _, sure),) = chosen(app, ONE_EACH, *[dots(a=1)] * 8, *[dots(b=1)] * 5)
    assert sure == "Leaning: 8 of 13 answers; the next, 5 of 13. The order could be chance."


def test_where_dots_may_pile_up_they_are_said_and_one_answer_can_bring_as_many_as_it_may(app):
    top, more = chosen(app, UP_TO_THREE, *[dots(a=3)] * 3, *[dots(b=1)] * 5, *[dots(c=1)] * 2)
    assert top == (
        "3/10",
        "The most dots: “Thing a”. Of 10 people, 3 chose it, with 9 dots in all.",
        "Close: 2 more answers could make it level.",
    )
    assert more == (
        "5/10",
        "Chosen by more people, with fewer dots each: “Thing b”. 5 of 10 people chose it.",
        "Close: 2 more answers could make it level.",
    )


def test_a_tie_is_told_as_a_tie(app):
    level = "Level: one more answer could decide it."
    assert chosen(app, ONE_EACH, *[dots(a=1, b=1)] * 5) == [
        ("5/5", "Level at the top: “Thing a” and “Thing b”. Of 5 people, 5 chose each.", level)
    ]
    assert chosen(app, ONE_EACH, *[dots(a=1, b=1, c=1)] * 5) == [
        ("5/5", "Nothing leads: 3 are level at the top. Of 5 people, 5 chose each.", level)
    ]


def test_where_a_few_tables_outweigh_more_answers_it_is_said(app):
    ((number, _, sure),) = chosen(app, ONE_EACH, *[dots(a=1)] * 3, *[dots(b=1)] * 5, sizes=[4] * 3 + [1] * 5)
    assert number == "12/17"
    assert sure == "Not certain: if each table counts as one answer, another leads."
