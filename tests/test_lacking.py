"""Which words are there in one language only."""

from dataclasses import replace

import pytest

from tests.test_report import WORKSHOP, photo, reported, section, whole_room
from workshop.gathered import Gathered, Notes, Theme
from workshop.kinds import KINDS
from workshop.model import Perspective, Workshop
from workshop.report import FIELDS, Deed, Edits, Lack, Picture, Report, lacking
from workshop.text import Text

BOTH = Text(cy="Cymraeg", en="English")
PLANNED = Workshop(
    id="test",
    title=BOTH,
    agenda=tuple(one.model_copy(update={"title": BOTH}) for one in WORKSHOP.agenda if one.kind == "info"),
)


def complete(**changes: object) -> Report:
    """A write-up in which everything is in both languages."""
    return replace(reported(), **{"workshop": PLANNED, "title": BOTH, "subtitle": Text(), "sections": ()} | changes)


def test_what_is_in_both_languages_or_in_none_lacks_nothing() -> None:
    assert lacking(complete()) == ()
    assert lacking(complete(thanks=BOTH, comments={"comment-roles": BOTH})) == ()


@pytest.mark.parametrize("field", FIELDS)
def test_every_field_of_the_facilitators_is_looked_at(field: str) -> None:
    assert lacking(complete(**{field: Text(en="Words")})) == (Lack(field, "cy", "Words"),)
    assert lacking(complete(**{field: Text(cy="Geiriau")})) == (Lack(field, "en", "Geiriau"),)


def test_comments_photos_and_deeds_are_looked_at() -> None:
    report = complete(
        comments={"comment-roles": Text(en="A reading")},
        photos=(Picture(photo(1), b""),),
        deeds=(Deed(BOTH, Text(cy="Do")),),
    )
    assert lacking(report) == (
        Lack("comment-roles", "cy", "A reading"),
        Lack("photo", "cy", "Photo 1"),
        Lack("deeds", "en", "Do"),
    )


def test_the_logo_needs_words_in_both_languages_too() -> None:
    assert lacking(complete(logo=Picture(photo(1, ""), b""))) == (Lack("photo", "cy", "Photo 1"),)


def test_themes_are_looked_at_and_what_participants_wrote_is_not() -> None:
    ideas = section(reported(given=whole_room()), "ideas")
    themes = (Theme("a", Text(en="Buses"), 1), Theme("b", BOTH, 2))
    tally = KINDS["notes"].tally(ideas.exercise.content, replace_notes(ideas.tally.notes, themes))
    assert [one for one in lacking(complete(sections=(replace(ideas, tally=tally),))) if one.field == "theme"] == [
        Lack("theme", "cy", "Buses")
    ]
    every = lacking(complete(sections=reported(given=whole_room()).sections))
    assert [one for one in every if "in words" in one.words or "Signed" in one.words] == []


def replace_notes(notes: Notes, themes: tuple[Theme, ...]) -> object:
    return Gathered(notes=replace(notes, themes=themes))


def test_the_workshops_own_words_are_looked_at_but_speaker_notes_are_not() -> None:
    one = PLANNED.agenda[0].model_copy(update={"title": Text(en="Hello"), "speaker_notes": Text(en="Smile")})
    planned = PLANNED.model_copy(
        update={"agenda": (one,), "perspectives": (Perspective(id="a", title=Text(cy="Pobl")),)}
    )
    assert lacking(complete(workshop=planned)) == (Lack("workshop", "en", "Pobl"), Lack("workshop", "cy", "Hello"))


def test_what_the_facilitator_wrote_over_the_workshops_words_is_said_once() -> None:
    planned = PLANNED.model_copy(update={"title": Text(en="Plan")})
    report = complete(workshop=planned, title=Text(en="Plan"), thanks=Text(en="Plan"))
    assert lacking(report) == (Lack("title", "cy", "Plan"),)
    assert lacking(complete(workshop=planned)) == ()  # both languages stand over it


def test_what_is_hidden_lacks_nothing() -> None:
    texts = {"questions": Text(en="Who pays?"), "comment-roles": Text(en="A reading")}
    photos, pictures = (photo(1, "next"),), {photo(1).id: b""}
    seen = reported(given=whole_room(), edits=Edits(texts=texts, photos=photos), pictures=pictures)
    hidden = Edits(texts=texts, photos=photos, hidden=("questions", "exercise:roles", "next"))
    unseen = reported(given=whole_room(), edits=hidden, pictures=pictures)
    fields = {"questions", "comment-roles", "photo"}
    assert {one.field for one in lacking(seen)} >= fields
    assert {one.field for one in lacking(unseen)} & fields == set()
