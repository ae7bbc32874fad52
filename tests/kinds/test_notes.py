import pytest

from tests.kinds.room import content, noted, tallied
from workshop.kinds import notes
from workshop.kinds.notes import LETTERS_A_LINE, LINES_A_PAGE, Tally
from workshop.model import Invalid, Note

CONTENT = content("notes")  # prompts q0 and q1; at most 3 notes of 40 characters
ONE_PROMPT = content("notes", prompts=[{"id": "q0", "title": {"en": "Question"}}])
WALES = "\U0001f3f4\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f"


def raw(*texts: str, prompt: str = "q0") -> dict[str, object]:
    return {"notes": [{"id": f"aaaaaaaa{n}", "prompt": prompt, "lang": "en", "text": t} for n, t in enumerate(texts)]}


def note(id: str, text: str = "Words", group: str = "q0", **state: bool) -> Note:
    return Note(id, "asks", group, "en", text, **state)


def shown(tally: Tally) -> list[list[str]]:
    return [[one.id for one in prompt.notes] for prompt in tally.prompts]


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


# Counting


def test_two_notes_of_one_person_to_a_prompt_count_one_person():
    tally = tallied("notes", CONTENT, [raw("a", "b"), raw("c"), raw("d", prompt="q1")])
    assert [one.people for one in tally.prompts] == [2, 1]
    assert tally.most == 2


def test_a_table_that_wrote_counts_its_people():
    assert [one.people for one in tallied("notes", CONTENT, [raw("a"), raw("b")], sizes=[6, 1]).prompts] == [7, 0]


def test_one_note_is_a_finished_answer_and_no_note_is_none():
    assert notes.progress(CONTENT, notes.read(CONTENT, raw("a", "b"))) == (1, 1)
    assert notes.progress(CONTENT, notes.read(CONTENT, raw())) == (0, 1)


def test_notes_keep_their_id_prompt_language_and_words():
    assert noted("notes", CONTENT, [raw("Buses", prompt="q1")]) == (Note("aaaaaaaa0", "exercise", "q1", "en", "Buses"),)


# What the room may see


def test_only_released_notes_are_shown_and_a_withdrawn_one_leaves_its_mark():
    gathered = [
        note("a", released=True),
        note("b"),
        note("c", released=True, hidden=True),
        note("d", released=True, withdrawn=True),
        note("e", group="q1", released=True),
    ]
    tally = tallied("notes", CONTENT, (), notes=gathered)
    assert shown(tally) == [["a", "d"], ["e"]]
    assert tally.waiting == 1


def test_starred_notes_come_first_and_the_others_by_their_random_ids():
    gathered = [note("c", released=True), note("a", released=True), note("b", released=True, starred=True)]
    assert shown(tallied("notes", CONTENT, (), notes=gathered)) == [["b", "a", "c"], []]


def paged(*gathered: Note) -> list[list[tuple[str, list[str]]]]:
    """Page by page, each prompt on it with the ids of its notes."""
    pages = tallied("notes", CONTENT, (), notes=gathered).pages
    return [[(group.prompt.id, [one.id for one in group.notes]) for group in page] for page in pages]


def test_short_notes_to_several_prompts_share_a_page():
    gathered = [note("a", released=True), note("b", group="q1", released=True)]
    assert paged(*gathered) == [[("q0", ["a"]), ("q1", ["b"])]]


def test_notes_that_do_not_fit_go_over_the_page_and_their_prompt_is_named_again():
    half = "x" * (LETTERS_A_LINE * (LINES_A_PAGE // 2 - 4))  # two of these fill a page with its heading
    gathered = [note(id, half, released=True) for id in "abc"]
    assert paged(*gathered) == [[("q0", ["a", "b"])], [("q0", ["c"])]]


def test_a_note_longer_than_a_page_has_one_to_itself():
    gathered = [note("a", released=True), note("b", "x" * 2000, released=True), note("c", released=True)]
    assert paged(*gathered) == [[("q0", ["a"])], [("q0", ["b"])], [("q0", ["c"])]]


def test_every_note_stands_on_exactly_one_page():
    gathered = [note(f"{n:03}", "x" * (n % 190), f"q{n % 2}", released=True) for n in range(300)]
    stand = [id for page in paged(*gathered) for _, ids in page for id in ids]
    assert stand == [f"{n:03}" for half in (0, 1) for n in range(half, 300, 2)]


def test_several_prompts_begin_with_a_view_of_how_many_wrote_to_each():
    tally = tallied("notes", CONTENT, (), notes=[note("a", released=True)])
    assert [view.key for view in tally.views] == ["How many wrote to each prompt", "Notes, page %(page)s of %(pages)s"]


def test_one_prompt_goes_straight_to_its_notes():
    tally = tallied("notes", ONE_PROMPT, (), notes=[note("a", released=True)])
    assert [view.key for view in tally.views] == ["Notes, page %(page)s of %(pages)s"]


def test_one_prompt_without_notes_still_has_a_view():
    assert [view.key for view in tallied("notes", ONE_PROMPT, ()).views] == ["How many wrote to each prompt"]


def test_the_prompt_that_most_wrote_to_is_found_where_there_is_a_choice():
    most = [raw(letter, prompt="q1") for letter in "bcdef"]
    (found,) = notes.findings(CONTENT, tallied("notes", CONTENT, [raw("a"), *most]), None)
    assert (found.number, found.arguments["prompt"].en) == ("5", "Question 1")
    few_or_tied = [most[:4], [*most, *(raw(letter) for letter in "ghijk")]]
    assert [notes.findings(CONTENT, tallied("notes", CONTENT, raws), None) for raws in few_or_tied] == [(), ()]
    assert notes.findings(ONE_PROMPT, tallied("notes", ONE_PROMPT, [raw("a")]), None) == ()
    assert notes.findings(CONTENT, tallied("notes", CONTENT, ()), None) == ()
