"""What every kind promises, asked of each: it reads its samples, its counts add, and it draws for wall and paper."""

import json
import logging
import re
from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any

import html5lib
import pytest
from flask import Flask, render_template
from pydantic import BaseModel

from tests.kinds.room import content, counted, gathered, imagined, noted, tallied
from workshop import kinds
from workshop.config import ROOT
from workshop.exports import pdf
from workshop.fragments import draw_tally
from workshop.gathered import SHOWN_FROM, Counts, Gathered, Response
from workshop.kinds import KINDS
from workshop.model import Invalid
from workshop.sheets import gaps
from workshop.text import LANGUAGES

ASKING = [kind for kind in KINDS if KINDS[kind].SAMPLE.responses]
LANGS = [("cy", "en"), ("cy",), ("en",)]
ROOMS = ["empty", "small", "huge"]
HUGE = 300  # people

every_kind = pytest.mark.parametrize("kind", KINDS)
every_kind_that_asks = pytest.mark.parametrize("kind", ASKING)
in_each_language = pytest.mark.parametrize("lang", LANGUAGES)
in_one_or_both = pytest.mark.parametrize("langs", LANGS, ids="+".join)


def contents(kind: str) -> list[Any]:
    """The sample, and where a kind can be asked a second time, that too."""
    once = content(kind)
    return [once, once.model_copy(update={"paired": True})] if hasattr(once, "paired") else [once]


def values(kind: str) -> list[Any]:
    return [KINDS[kind].read(content(kind), raw) for raw in KINDS[kind].SAMPLE.responses]


def answered(kind: str, what: Any, room: str) -> tuple[Any, Any]:
    """The tally of a room, empty to huge, with all its notes on the wall, and its study."""
    raws = {"empty": [], "small": list(KINDS[kind].SAMPLE.responses), "huge": imagined(kind, what, HUGE)}[room]
    notes = noted(kind, what, raws, released=True, starred=True, accepted=True)
    tally = KINDS[kind].tally(what, gathered(kind, what, raws, notes=notes))
    read = [KINDS[kind].read(what, raw) for raw in raws]
    return tally, kinds.study(kind, what, [Response(value, before=value) for value in read], SHOWN_FROM)


def drawn(kind: str, what: Any, room: str, langs: tuple[str, ...]) -> Iterator[str]:
    """Every picture of that room: each view of the wall, then all of it as paper has it."""
    tally, study = answered(kind, what, room)
    for view in range(len(tally.views)):
        yield draw_tally(kind, langs, full=False, view=view, tally=tally, study=study)
    yield draw_tally(kind, langs, full=True, tally=tally, study=study)


def parsed(html: str) -> Any:
    """The fragment as a tree; HTML that a browser would have to repair raises."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parseFragment(html, container="div")


def elements(tree: Any) -> list[Any]:
    return [element for element in tree.iter() if isinstance(element.tag, str)]


# Reading


@every_kind
def test_the_sample_content_and_its_answers_are_read(kind):
    assert len(values(kind)) == len(KINDS[kind].SAMPLE.responses)


@every_kind
def test_what_the_sample_refuses_is_invalid_and_says_which_field(kind):
    for raw in KINDS[kind].SAMPLE.refused:
        with pytest.raises(Invalid) as error:
            KINDS[kind].read(content(kind), raw)
        assert error.value.field


@every_kind
@pytest.mark.parametrize("raw", [None, [], "", 0, True, 1.5, {"": {}}, {"placed": None}, {"notes": {}}, {"ratings": 7}])
def test_whatever_else_a_phone_sends_is_invalid(kind, raw):
    with pytest.raises(Invalid):
        KINDS[kind].read(content(kind), raw)


@every_kind
def test_an_answer_nested_too_deep_is_invalid(kind):
    deep: Any = 1
    for _ in range(5000):
        deep = [deep]
    for raw in (deep, {"placed": deep}, {"notes": deep}, {"ratings": deep}):
        with pytest.raises(Invalid):
            KINDS[kind].read(content(kind), raw)


@every_kind
def test_a_value_survives_json_and_reading_it_again(kind):
    for value in values(kind):
        stored = json.loads(json.dumps(value.model_dump(mode="json")))
        assert KINDS[kind].Value.model_validate(stored) == value
        assert KINDS[kind].read(content(kind), stored) == value


@every_kind
def test_progress_never_gives_more_than_was_asked(kind):
    for value in values(kind):
        given, asked = KINDS[kind].progress(content(kind), value)
        assert 0 <= given <= asked


# Counting


@every_kind_that_asks
def test_every_count_is_of_words_and_positive(kind):
    for value in values(kind):
        for key, n in KINDS[kind].count(content(kind), value).items():
            assert [type(part) for part in key] == [str] * len(key)
            assert n > 0


@every_kind_that_asks
def test_counting_does_not_depend_on_order_and_can_be_undone(kind):
    what = content(kind)
    raws = imagined(kind, what, 40)
    shuffled = Random(1).sample(raws, len(raws))
    assert counted(kind, what, raws) == counted(kind, what, shuffled)
    counts = [KINDS[kind].count(what, KINDS[kind].read(what, raw)) for raw in raws]
    sums: Counter[tuple[str, ...]] = Counter()
    for one in counts:
        sums.update(one)
    for one in reversed(counts):
        sums.subtract(one)
    assert +sums == Counter()
    assert -sums == Counter()


@every_kind_that_asks
def test_two_halves_of_a_room_add_up_to_the_whole(kind):
    what = content(kind)
    raws = imagined(kind, what, 40)
    (one, _), (other, _), (whole, _) = (counted(kind, what, part) for part in (raws[:13], raws[13:], raws))
    assert Counts(one.people + other.people, one.responses + other.responses) == whole


@every_kind
def test_an_empty_room_gives_a_tally_with_a_view(kind):
    for what in contents(kind):
        tally = KINDS[kind].tally(what, Gathered())
        assert len(tally.views) >= 1
        assert kinds.findings(kind, what, tally, kinds.study(kind, what, (), SHOWN_FROM)) == ()


@every_kind_that_asks
def test_what_made_up_people_answer_is_read_and_the_same_seed_answers_the_same(kind):
    assert imagined(kind, content(kind), 50) == imagined(kind, content(kind), 50)
    assert len(imagined(kind, content(kind), 50)) == 50
    assert len({json.dumps(raw) for raw in imagined(kind, content(kind), 50)}) > 1


# The form


def ids(value: Any) -> Iterator[str]:
    """The ids of everything in a content that can be answered; a card that is not in use cannot."""
    if isinstance(value, BaseModel):
        if getattr(value, "use", True) and hasattr(value, "id"):
            yield value.id
        for name in type(value).model_fields:
            yield from ids(getattr(value, name))
    elif isinstance(value, tuple):
        for one in value:
            yield from ids(one)


def form(app: Flask, kind: str, lang: str) -> list[Any]:
    """The elements of the form as a phone shows it."""
    with app.app_context():
        exercise = {"id": "exercise", "kind": kind}
        html = render_template(f"kinds/{kind}/form.html", langs=(lang,), content=content(kind), exercise=exercise)
    return elements(parsed(html))


def controls(form: list[Any]) -> list[Any]:
    return [element for element in form if element.tag in ("button", "input", "select", "textarea")]


def offered(form: list[Any]) -> set[str]:
    """What the form's controls, and what stands around them, are for."""
    around = [element for element in form if controls(elements(element))]
    named = [element.attrib.items() for element in around]
    return {value for items in named for name, value in items if name == "value" or name.startswith("data-")}


@every_kind
@in_each_language
def test_the_form_offers_a_control_for_every_item_and_for_nothing_that_is_not_in_use(app, kind, lang):
    assert set(ids(content(kind))) - offered(form(app, kind, lang)) == set()
    assert "spare" not in offered(form(app, kind, lang))


@every_kind_that_asks
def test_the_form_offers_a_control_for_every_key_that_is_counted(app, kind):
    counts, _ = counted(kind, content(kind), imagined(kind, content(kind), HUGE))
    assert {word for key in counts.people for word in key[1:]} - offered(form(app, kind, "en")) == set()


@every_kind
@in_each_language
def test_every_control_of_the_form_stands_in_a_label_or_has_words_of_its_own(app, kind, lang):
    every = form(app, kind, lang)
    inside_a_label = [inner for element in every if element.tag == "label" for inner in controls(elements(element))]
    nameless = [e for e in controls(every) if e not in inside_a_label and not "".join(e.itertext()).strip()]
    assert [element.attrib for element in nameless] == []


def test_an_info_offers_nothing_to_fill_in(app):
    assert [element.tag for element in controls(form(app, "info", "en"))] == []


# The tally, drawn


@every_kind
@in_one_or_both
@pytest.mark.parametrize("room", ROOMS)
def test_every_view_of_the_tally_is_html_that_needs_no_repair(app, kind, langs, room):
    with app.app_context():
        for what in contents(kind):
            for html in drawn(kind, what, room, langs):
                assert elements(parsed(html)) != []


@every_kind
@pytest.mark.parametrize("room", ROOMS)
def test_no_view_of_the_tally_is_blank(app, kind, room):
    with app.app_context():
        for what in contents(kind):
            for html in drawn(kind, what, room, ("en",)):
                assert "".join(parsed(html).itertext()).strip() != ""


@every_kind
def test_every_length_and_tint_that_is_drawn_is_in_the_stylesheet(app, kind):
    sheet = (ROOT / "static/css/tally.css").read_text(encoding="utf-8")
    known = set(re.findall(r"\.((?:n|w|tint)\d+)\b", sheet))
    used = set()
    with app.app_context():
        for what in contents(kind):
            for room in ROOMS:
                for html in drawn(kind, what, room, ("cy", "en")):
                    used |= set(re.findall(r"\b(?:n|w|tint)\d+\b", " ".join(re.findall(r'class="([^"]*)"', html))))
    assert used - known - {"tint0"} == set()  # a tint of nothing is no tint


@every_kind
@in_one_or_both
def test_a_picture_speaks_only_the_languages_it_is_asked_for(app, kind, langs):
    with app.app_context():
        for what in contents(kind):
            for html in drawn(kind, what, "empty", langs):
                spoken = {element.get("lang") for element in elements(parsed(html))} - {None}
                assert spoken == (set(langs) if len(langs) > 1 else set())


@every_kind
def test_drawings_have_a_title_and_no_styles(app, kind):
    with app.app_context():
        for what in contents(kind):
            for html in drawn(kind, what, "huge", ("cy", "en")):
                for element in elements(parsed(html)):
                    assert "style" not in element.attrib
                    if element.tag.endswith("svg"):
                        assert element[0].tag.endswith("title")


@pytest.mark.parametrize("kind", ["notes", "pressure_map"])
def test_what_people_wrote_is_never_markup(app, kind):
    what = content(kind)
    text = "<b>Tom & 'Jerry'</b>"
    own = {"id": "aaaaaaaa1", "lang": "en", "text": text}
    raw = {
        "notes": {"notes": [{**own, "prompt": "q0"}]},
        "pressure_map": {"placed": [{"pressure": "own:aaaaaaaa1", "source": "party", "strength": 5}], "own": [own]},
    }[kind]
    tally = tallied(kind, what, [raw], notes=noted(kind, what, [raw], released=True, accepted=True))
    with app.app_context():
        tree = parsed(draw_tally(kind, ("en",), full=True, tally=tally, study=None))
    assert text in ["".join(element.itertext()) for element in elements(tree) if element.tag == "bdi"]


# What only the annex of a write-up shows


@every_kind
@in_each_language
@pytest.mark.parametrize("room", ROOMS)
def test_without_its_annex_a_tally_draws_the_same_picture_and_holds_no_words_but_those(app, kind, lang, room):
    for what in contents(kind):
        tally, study = answered(kind, what, room)
        bare = kinds.without_annex(kind, tally)
        with app.app_context():
            whole, rest = (
                draw_tally(kind, (lang,), full=True, tally=one, study=study, annex=False) for one in (tally, bare)
            )
        assert rest == whole
        assert (bare == tally) == (not kinds.has_annex(kind) or room == "empty")


# Paper


@every_kind_that_asks
@in_each_language
@pytest.mark.parametrize("large", [False, True])
def test_every_kind_that_asks_has_a_slip_that_has_each_items_words(app, kind, lang, large):
    for what in contents(kind):
        given = {"content": what, "exercise": {"id": "exercise", "kind": kind}, "perspectives": (), "gaps": gaps}
        with app.app_context():
            html = render_template(f"kinds/{kind}/slip.html", langs=(lang,), large=large, **given)
        said = "".join(parsed(html).itertext())
        assert [words for words in item_words(what, lang) if words not in said] == []
        assert "Spare" not in said


def item_words(value: Any, lang: str) -> Iterator[str]:
    """The words of everything in a content that can be answered."""
    if isinstance(value, BaseModel):
        if getattr(value, "use", True) and hasattr(value, "id"):
            yield value.title.in_(lang)
        for name in type(value).model_fields:
            yield from item_words(getattr(value, name), lang)
    elif isinstance(value, tuple):
        for one in value:
            yield from item_words(one, lang)


@every_kind
@in_each_language
def test_the_paper_version_is_drawn_without_a_warning(app, kind, lang, caplog):
    sheets = "".join(re.findall(r"<link[^>]*>", (ROOT / "templates/report/print.html").read_text(encoding="utf-8")))
    with app.app_context():
        body = "".join(list(drawn(kind, what, room, (lang,)))[-1] for what in contents(kind) for room in ROOMS)
    html = f'<!doctype html><html lang="{lang}"><head><title>{kind}</title>{sheets}</head><body>{body}</body></html>'
    with caplog.at_level(logging.WARNING):
        document = pdf.write(html)
    assert document.startswith(b"%PDF")
    assert [record.getMessage() for record in caplog.records] == []
