"""What the facilitator makes of a write-up: every field, its limits, and that nobody writes over words unseen."""

import pytest

from tests.test_report import WORKSHOP, photo
from workshop.model import Invalid, Refused, Unknown
from workshop.report import CHAPTERS, FIELDS, FIXED, MOST_PHOTOS, Edits
from workshop.report.edits import LONGEST_COMMENT, MOST_QUOTES
from workshop.text import Text, length

LIMITS = {**FIELDS, "comment-roles": LONGEST_COMMENT}
FAMILY = "👩‍👩‍👧‍👦"  # one character to whoever sees it, seven in memory


def written(field: str, words: str, was: str = "", lang: str = "en", edits: Edits | None = None) -> Edits:
    return (edits or Edits()).written(WORKSHOP, field, lang, words, was)


# Words


@pytest.mark.parametrize("field", LIMITS)
def test_every_field_takes_words_in_each_language_by_itself(field):
    both = written(field, "Geiriau", lang="cy", edits=written(field, "Words"))
    assert both.text(field) == Text(cy="Geiriau", en="Words")
    assert written(field, "", was="Words", edits=both).text(field) == Text(cy="Geiriau")


@pytest.mark.parametrize(("field", "longest"), LIMITS.items())
def test_every_field_takes_as_many_characters_as_it_says_as_people_count_them(field, longest):
    assert written(field, "x" * longest).text(field).en == "x" * longest
    assert written(field, FAMILY * longest).text(field).en == FAMILY * longest
    for words in ("x" * (longest + 1), FAMILY * (longest + 1), "e" + "\u0301\u0302" * 8 + "x" * longest):
        with pytest.raises(Invalid) as error:
            written(field, words)
        assert (error.value.field, error.value.arguments) == (field, {"longest": longest})


def test_few_characters_that_are_a_flood_in_memory_are_too_long():
    one = "👩" + "\u200d👩" * 4
    assert length(one * 120) == 120
    with pytest.raises(Invalid):
        written("title", one * 120)


def test_what_no_page_can_hold_is_taken_out_and_line_breaks_stay():
    words = "One\x00\x1b\u202e two\u2066\r\n\r\n three\ufeff\ue000\ud800"
    assert written("purpose", words).text("purpose").en == "One two\nthree"


def test_words_that_are_taken_away_leave_nothing_behind():
    assert written("title", " \u200b ", was="Words", edits=written("title", "Words")) == Edits()


@pytest.mark.parametrize(
    "field", ["", "nothing", "began", "comment", "comment-", "comment-nowhere", "comment-welcome", "texts"]
)
def test_a_field_that_is_not_there_is_unknown(field):
    with pytest.raises(Unknown):
        written(field, "x")


def test_what_somebody_else_wrote_meanwhile_is_not_written_over_and_both_stay_apart():
    first = written("title", "Ada's")
    with pytest.raises(Refused):
        written("title", "Bob's", was="", edits=first)
    assert first.text("title").en == "Ada's"
    assert written("title", "Bob's", was="Ada's", edits=first).text("title").en == "Bob's"


def test_the_other_language_may_have_changed_meanwhile():
    first = written("title", "Teitl", lang="cy")
    assert written("title", "Title", edits=first).text("title") == Text(cy="Teitl", en="Title")


def test_the_same_words_sent_twice_are_no_conflict():
    first = written("title", "Words")
    assert written("title", "Words", was="", edits=first) == first


def test_what_was_seen_is_compared_as_it_was_kept():
    first = written("purpose", "One\r\nTwo  three")
    assert written("purpose", "Four", was=" One\nTwo three\r\n", edits=first).text("purpose").en == "Four"


# Order


def test_a_chapter_moves_one_place_and_back():
    down = Edits().moved("summary", 1)
    assert down.chapters == (CHAPTERS[1], CHAPTERS[0], *CHAPTERS[2:])
    assert down.moved("summary", -1) == Edits()


@pytest.mark.parametrize("by", [-1, -99, -(10**30)])
def test_the_first_stays_first(by):
    assert Edits().moved(CHAPTERS[0], by) == Edits()
    assert Edits().moved(CHAPTERS[-1], by * 99).chapters[0] == CHAPTERS[-1]


@pytest.mark.parametrize("by", [1, 99, 10**30])
def test_the_last_stays_last(by):
    assert Edits().moved(CHAPTERS[-1], by) == Edits()
    assert Edits().moved(CHAPTERS[0], by * 99).chapters[-1] == CHAPTERS[0]


def test_every_chapter_is_there_once_whatever_was_moved():
    edits = Edits()
    for number, chapter in enumerate(CHAPTERS * 3):
        edits = edits.moved(chapter, number % 7 - 3)
        assert sorted(edits.chapters) == sorted(CHAPTERS)


def test_a_chapter_that_came_with_a_newer_version_stands_behind_those_before_it():
    older = Edits(order=("people", "summary", "reading"))
    assert older.chapters[:4] == ("people", "summary", "did", "exercises")
    assert older.chapters[-2:] == ("reading", "annex")


# Hidden


@pytest.mark.parametrize("name", [*(one for one in CHAPTERS if one not in FIXED), "exercise:roles", "exercise:welcome"])
def test_a_chapter_or_an_exercise_is_hidden_and_shown_again(name):
    hidden = Edits().put(WORKSHOP, name, hidden=True)
    assert (hidden.hidden, hidden.put(WORKSHOP, name, hidden=True).hidden) == ((name,), (name,))
    assert hidden.put(WORKSHOP, name, hidden=False) == Edits()


@pytest.mark.parametrize("name", FIXED)
def test_how_to_read_the_numbers_is_never_hidden(name):
    with pytest.raises(Refused):
        Edits().put(WORKSHOP, name, hidden=True)


@pytest.mark.parametrize("name", ["", "nowhere", "roles", "exercise:", "exercise:nowhere", "exercise:exercise:roles"])
def test_what_is_not_there_cannot_be_hidden_or_hold_a_photo(name):
    with pytest.raises(Unknown):
        Edits().put(WORKSHOP, name, hidden=True)
    with pytest.raises(Unknown):
        Edits().pictured(WORKSHOP, photo(1, name))


def test_a_chapter_that_is_not_there_cannot_be_moved():
    with pytest.raises(Unknown):
        Edits().moved("nowhere", 1)


# Quotes and photos


def test_quotes_stand_in_their_order_each_once():
    edits = Edits().quoted(WORKSHOP, "ideas", ("b", "a", "b", ""))
    assert edits.quotes == {"ideas": ("b", "a")}
    assert edits.quoted(WORKSHOP, "ideas", ()).quotes == {"ideas": ()}


def test_there_are_at_most_twelve_quotes_of_an_exercise():
    ids = tuple(f"n{n}" for n in range(MOST_QUOTES + 1))
    assert len(Edits().quoted(WORKSHOP, "ideas", ids[:-1]).quotes["ideas"]) == 12
    with pytest.raises(Invalid):
        Edits().quoted(WORKSHOP, "ideas", ids)


def test_an_exercise_that_is_not_there_has_no_quotes():
    with pytest.raises(Unknown):
        Edits().quoted(WORKSHOP, "nowhere", ())


def pictured(count: int) -> Edits:
    edits = Edits()
    for n in range(count):
        edits = edits.pictured(WORKSHOP, photo(n))
    return edits


def test_there_are_at_most_twelve_photos_and_a_full_album_can_still_be_described():
    full = pictured(MOST_PHOTOS)
    assert len(full.photos) == 12
    with pytest.raises(Invalid):
        full.pictured(WORKSHOP, photo(99))
    described = full.pictured(WORKSHOP, photo(3, "next"))
    assert [one.chapter for one in described.photos] == ["did"] * 3 + ["next"] + ["did"] * 8


def test_a_photo_that_is_taken_out_leaves_the_others_in_their_order():
    edits = pictured(3)
    assert edits.without_photo(photo(1).id).photos == (photo(0), photo(2))
    with pytest.raises(Unknown):
        edits.photo("nothing")


def test_a_photo_needs_words_for_those_who_cannot_see_it_in_one_language_at_least():
    with pytest.raises(Invalid) as error:
        Edits().pictured(WORKSHOP, photo(1).model_copy(update={"alt": Text()}))
    assert error.value.field == "alt"
    assert len(Edits().pictured(WORKSHOP, photo(1).model_copy(update={"alt": Text(cy="Wal")})).photos) == 1


# Kept


def test_edits_survive_being_kept_as_json():
    edits = pictured(2).moved("next", -3).put(WORKSHOP, "exercise:roles", hidden=True).quoted(WORKSHOP, "ideas", ("a",))
    edits = written("title", FAMILY, edits=edits).dated("2027-03-01").model_copy(update={"logo": photo(7, "")})
    assert Edits.model_validate_json(edits.model_dump_json()) == edits
