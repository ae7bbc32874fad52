"""The notes table beside the console: two windows of one facilitator put notes under themes while people write."""

from collections.abc import Sequence

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import NotesTable, Room

FOCUSED = """() => document.activeElement.matches('input[name=notes]')
  ? document.activeElement.closest('[data-note]').querySelector('.pick').innerText.trim() : ''"""


@pytest.fixture
def opened(room: Room) -> Room:
    """The room while it writes ideas."""
    room.open("ideas")
    return room


def themed(room: Room, **themes: Sequence[str]) -> NotesTable:
    """The notes table with these themes, named the same in both languages, and notes in them."""
    for texts in themes.values():
        room.writes("ideas", *texts)
    table = room.table("ideas")
    for title, texts in themes.items():
        table.add(title, title, *texts)
    return table


def picked(table: NotesTable, words: str, *texts: str) -> None:
    """Just these are picked, as the boxes, the cards and the line say."""
    expect(table.page.locator("[data-how-many]")).to_have_text(words)
    expect(table.page.locator("[data-note].on .pick")).to_have_count(len(texts))
    for text in texts:
        expect(table.card(text)).to_have_class("card on")
        expect(table.card(text).locator("input[name=notes]")).to_be_checked()
    expect(table.page.locator("input[name=notes]:checked")).to_have_count(len(texts))


def tab_to(page: Page, text: str, key: str = "Tab") -> None:
    """By keyboard to the note, from wherever the focus is."""
    passed = []
    while (here := str(page.evaluate(f"({FOCUSED})()"))) != text:
        passed.append(here)
        assert len(passed) < 40, passed
        page.keyboard.press(key)


# While people write


def test_a_note_is_on_the_table_as_soon_as_it_is_received(opened: Room) -> None:
    table = opened.table("ideas")
    expect(table.column()).to_contain_text("Notes come here as people write them.")
    for lang, text in (("cy", "Te prynhawn i bawb"), ("en", "Keep the stage")):
        phone = opened.phone(lang)
        phone.at("ideas", "accepting")
        phone.write(text)
        phone.says("received")
        expect(table.card(text).locator(f"bdi[lang={lang}]")).to_have_text(text)
    assert table.cards() == ["Keep the stage", "Te prynhawn i bawb"]


def test_what_is_picked_stays_picked_while_others_write(opened: Room) -> None:
    table = themed(opened, Music=[])
    opened.writes("ideas", "A choir", "A brass band", "A lunch club")
    table.has("", ["A choir", "A brass band", "A lunch club"])
    table.pick("A choir", "A brass band")
    picked(table, "2 notes picked", "A choir", "A brass band")
    opened.writes("ideas", "A late one")
    expect(table.card("A late one")).to_be_visible()
    picked(table, "2 notes picked", "A choir", "A brass band")
    table.page.keyboard.press("1")
    table.has("Music", ["A choir", "A brass band"])
    table.has("", ["A lunch club", "A late one"])
    picked(table, "Pick notes, then say where they belong")


def test_a_picked_note_that_somebody_else_hides_is_picked_no_longer(opened: Room) -> None:
    opened.writes("ideas", "A choir", "A brass band")
    table = opened.table("ideas")
    table.pick("A choir", "A brass band")
    opened.hide("A choir")
    expect(table.card("A choir")).to_have_count(0)
    picked(table, "1 note picked", "A brass band")


def test_a_name_that_is_being_typed_survives_whatever_arrives(opened: Room) -> None:
    table, other = themed(opened, Music=["A choir"]), opened.table("ideas")
    name = table.page.locator(".new-theme [name=en]")
    name.press_sequentially("Foo")
    rename = table.column("Music").locator(".rename")
    rename.locator("summary").click()
    rename.locator("[name=cy]").fill("Canu")
    name.focus()
    opened.writes("ideas", "A late one")
    expect(table.card("A late one")).to_be_visible()
    other.add("Bwyd", "Lunch", "A late one")
    table.has("Lunch", ["A late one"])
    expect(name).to_be_focused()
    table.page.keyboard.type("d")
    expect(name).to_have_value("Food")
    expect(rename.locator("[name=cy]")).to_have_value("Canu")


def test_what_another_window_renames_is_in_the_fields_here_too(opened: Room) -> None:
    table, other = themed(opened, Music=["A choir"]), opened.table("ideas")
    for one, name in ((table, "Songs"), (other, "Singing")):
        rename = one.page.locator(".rename")
        rename.locator("summary").click()
        rename.locator("[name=en]").fill(name)
        rename.locator("form[data-verb=rename_theme] button").click()
        expect(rename.locator("form")).to_have_count(2)
        expect(table.column(name)).to_be_visible()
        expect(other.column(name)).to_be_visible()
    expect(table.page.locator(".rename [name=en]")).to_have_value("Singing")


# Moving


def test_notes_are_picked_and_moved_by_keyboard_alone(opened: Room) -> None:
    table = themed(opened, Music=[], Food=[])
    opened.writes("ideas", "A lunch club", "A brass band", "A choir")
    table.has("", ["A choir", "A brass band", "A lunch club"])
    keyboard = table.page.keyboard
    for text in ("A choir", "A brass band"):
        tab_to(table.page, text)
        keyboard.press("Space")
    picked(table, "2 notes picked", "A choir", "A brass band")
    keyboard.press("1")
    table.has("Music", ["A choir", "A brass band"])
    expect(table.page.locator("#announce")).to_contain_text("Music")
    # Nothing is picked: the note that the keyboard is on goes.
    tab_to(table.page, "A lunch club", "Shift+Tab")
    keyboard.press("2")
    table.has("Food", ["A lunch club"])
    tab_to(table.page, "A choir")
    keyboard.press("0")
    table.has("", ["A choir"])
    assert table.cards("Music") == ["A brass band"]


def test_the_keyboard_stays_at_the_note_that_it_moved(opened: Room) -> None:
    table = themed(opened, Music=[])
    opened.writes("ideas", "A brass band", "A choir")
    table.has("", ["A choir", "A brass band"])
    tab_to(table.page, "A choir")
    table.page.keyboard.press("1")
    table.has("Music", ["A choir"])
    expect(table.card("A choir").locator("input[name=notes]")).to_be_focused()


def test_escape_picks_nothing(opened: Room) -> None:
    table = themed(opened, Music=[])
    opened.writes("ideas", "A choir")
    table.pick("A choir")
    table.page.keyboard.press("Escape")
    picked(table, "Pick notes, then say where they belong")


def test_the_list_of_keys_opens_and_closes_and_meanwhile_keys_move_nothing(opened: Room) -> None:
    table = themed(opened, Music=[])
    opened.writes("ideas", "A choir")
    table.pick("A choir")
    table.page.keyboard.press("?")
    help = table.page.locator("#help")
    expect(help).to_be_visible()
    table.page.keyboard.press("1")
    help.get_by_role("button", name="Close").click()
    expect(help).to_be_hidden()
    picked(table, "1 note picked", "A choir")
    table.has("", ["A choir"])


def test_buttons_move_what_is_picked_and_nothing_else(opened: Room) -> None:
    table = themed(opened, Music=[], Food=[])
    opened.writes("ideas", "A choir", "A lunch club", "A stage")
    table.pick("A choir", "A lunch club")
    table.page.locator(".moves").get_by_role("button", name="Food").click()
    table.has("Food", ["A choir", "A lunch club"])
    table.has("", ["A stage"])
    table.pick("A choir")
    table.page.locator(".moves").get_by_role("button", name="No theme").click()
    table.has("", ["A choir", "A stage"])
    table.has("Food", ["A lunch club"])


def test_a_note_that_says_two_things_can_lie_in_two_themes(opened: Room) -> None:
    table = themed(opened, Music=["A choir and soup"], Food=[])
    table.pick("A choir and soup")
    table.page.locator(".also summary").click()
    table.page.locator(".also").get_by_role("button", name="Food").click()
    table.has("Food", ["A choir and soup"])
    table.has("Music", ["A choir and soup"])
    expect(table.column("Food").locator("h2")).to_contain_text("1 person")


def test_dragging_takes_along_what_is_picked(opened: Room) -> None:
    table = themed(opened, Music=[], Food=[])
    opened.writes("ideas", "A choir", "A brass band", "A lunch club")
    table.has("", ["A choir", "A brass band", "A lunch club"])
    table.card("A lunch club").drag_to(table.column("Food").locator("h2"))
    table.has("Food", ["A lunch club"])
    table.pick("A choir", "A brass band")
    table.card("A choir").drag_to(table.column("Music").locator("h2"))
    table.has("Music", ["A choir", "A brass band"])
    table.card("A brass band").drag_to(table.column().locator("h2"))
    table.has("", ["A brass band"])
    expect(table.page.locator(".column.over")).to_have_count(0)


# Themes


def test_a_new_theme_has_both_languages_and_takes_what_is_picked(opened: Room) -> None:
    opened.writes("ideas", "A choir", "A lunch club")
    table = opened.table("ideas")
    table.add("Cerddoriaeth", "Music", "A choir")
    expect(table.page.locator(".new-theme input")).to_have_count(2)
    for field in table.page.locator(".new-theme input").all():
        expect(field).to_have_value("")
    table.has("", ["A lunch club"])
    table.page.locator("header a[hreflang=cy]").click()
    expect(table.page.locator("body[data-connected=true]")).to_be_attached()
    expect(table.column("Cerddoriaeth").locator(".pick")).to_have_text("A choir")


def test_enter_in_the_name_makes_the_theme_and_moves_nothing_elsewhere(opened: Room) -> None:
    table = themed(opened, Food=["A lunch club"])
    opened.writes("ideas", "A choir")
    table.pick("A choir")
    table.page.keyboard.press("n")
    expect(table.page.locator(".new-theme [name=cy]")).to_be_focused()
    table.page.keyboard.type("Canu")
    table.page.keyboard.press("Tab")
    table.page.keyboard.type("Singing")
    table.page.keyboard.press("Enter")
    table.has("Singing", ["A choir"])
    table.has("Food", ["A lunch club"])


def test_a_theme_of_one_language_says_which_is_missing_until_it_is_there(opened: Room) -> None:
    opened.writes("ideas", "A choir")
    table = opened.table("ideas")
    table.add("", "Music", "A choir")
    missing = table.column("Music").locator(".lacks")
    expect(missing).to_have_text("The Welsh is still missing")
    rename = table.column("Music").locator(".rename")
    rename.locator("summary").click()
    rename.locator("[name=cy]").fill("Cerddoriaeth")
    rename.locator("[name=en]").fill("Music and song")
    rename.locator("form[data-verb=rename_theme] button").click()
    table.has("Music and song", ["A choir"])
    expect(missing).to_have_count(0)
    expect(table.page.locator(".rename[open]")).to_have_count(0)


def test_a_theme_without_any_name_is_refused_and_what_is_picked_stays_so(opened: Room) -> None:
    opened.watch.allow("422")
    opened.writes("ideas", "A choir")
    table = opened.table("ideas")
    table.pick("A choir")
    table.page.locator(".new-theme button").click()
    expect(table.page.locator("#toast")).to_have_text("Fill this in.")
    picked(table, "1 note picked", "A choir")


def test_the_notes_of_a_theme_that_is_removed_stay(opened: Room) -> None:
    table = themed(opened, Music=["A choir"])
    table.column("Music").locator(".rename summary").click()
    table.column("Music").locator("[data-verb=remove_theme] button").click()
    table.has("", ["A choir"])
    expect(table.column("Music")).to_have_count(0)


# Notes that say the same


def test_merged_notes_keep_both_texts_and_come_apart_again(opened: Room) -> None:
    table = themed(opened, Food=["A lunch club"])
    opened.writes("ideas", "Soup once a week", "Somewhere to eat")
    table.pick("A lunch club", "Soup once a week", "Somewhere to eat")
    table.page.keyboard.press("m")
    merged = table.card("A lunch club").locator(".merged")
    expect(merged.locator("summary")).to_have_text("with 2 that say the same")
    merged.locator("summary").click()
    assert sorted(merged.locator("li bdi").all_inner_texts()) == ["Somewhere to eat", "Soup once a week"]
    table.has("Food", ["A lunch club"])
    expect(table.column("Food").locator("h2")).to_contain_text("3 people")
    merged.locator("[data-verb=split] button").click()
    table.has("Food", ["A lunch club", "Soup once a week", "Somewhere to eat"])


def test_the_first_one_picked_stands_for_the_others(opened: Room) -> None:
    opened.writes("ideas", "A lunch club", "Soup once a week")
    table = opened.table("ideas")
    table.has("", ["Soup once a week", "A lunch club"])
    table.pick("A lunch club", "Soup once a week")
    table.page.get_by_role("button", name="Merge: they say the same").click()
    expect(table.card("Soup once a week")).to_have_count(0)
    assert table.cards() == ["A lunch club"]


def test_a_suggestion_is_merged_or_never_made_again(opened: Room) -> None:
    opened.writes("ideas", "Open the hall on Sundays", "Open the hall on sunday")
    opened.writes("ideas", "Paint the front door red", "Paint the front door bred")
    table = opened.table("ideas")
    suggested = table.page.locator("#rail li").filter(has_text="These two look alike")
    expect(suggested).to_have_count(2)
    suggested.filter(has_text="Open the hall").get_by_role("button", name="Merge").click()
    expect(suggested).to_have_count(1)
    head = table.card("Open the hall")
    expect(head.locator(".merged summary")).to_have_text("with 1 that says the same")
    suggested.filter(has_text="Paint").get_by_role("button", name="Not the same").click()
    expect(suggested).to_have_count(0)
    table.page.reload()
    expect(table.page.locator("body[data-connected=true]")).to_be_attached()
    expect(suggested).to_have_count(0)
    expect(table.card("Paint the front door")).to_have_count(2)


def test_notes_that_are_near_each_other_can_be_picked_together(opened: Room) -> None:
    near = ["A film night for families", "A quiz night for families", "A games night for families"]
    opened.writes("ideas", *near, "New chairs")
    table = opened.table("ideas")
    table.page.get_by_role("button", name="Pick them all").click()
    picked(table, "3 notes picked", *near)


# Stars, hiding, undoing


def test_stars_and_hidden_notes_are_the_same_on_table_and_console(opened: Room) -> None:
    opened.writes("ideas", "A choir", "Huw is always late")
    table = opened.table("ideas")
    console = opened.console.locator("#notes li")
    table.card("A choir").locator("[data-verb=star] button").click()
    expect(table.card("A choir")).to_have_class("card starred")
    expect(console.filter(has_text="A choir").locator("[data-verb=unstar]")).to_be_visible()
    hide = table.card("Huw").locator(".hide")
    hide.locator("summary").click()
    hide.get_by_role("button", name="names a person").click()
    hidden = table.page.locator(".hidden-note")
    expect(hidden).to_contain_text("names a person")
    assert table.cards() == ["A choir"]
    expect(console.filter(has_text="Huw")).to_contain_text("names a person")
    hidden.locator("[data-verb=unhide] button").click()
    table.has("", ["A choir", "Huw is always late"])
    expect(hidden).to_have_count(0)


def test_undo_takes_back_the_last_change_whoever_made_it(opened: Room) -> None:
    table = themed(opened, Music=["A choir"])
    note = opened.console.locator("#notes li").filter(has_text="A choir")
    expect(note.locator("select")).to_have_value(str(table.column("Music").get_attribute("data-theme")))
    note.locator("select").select_option(label="no theme")
    table.has("", ["A choir"])
    table.page.keyboard.press("u")
    table.has("Music", ["A choir"])
    table.pick("A choir")
    table.page.keyboard.press("0")
    table.has("", ["A choir"])
    opened.console.locator("#notes [data-verb=undo] button").click()
    table.has("Music", ["A choir"])
    table.page.locator("#act [data-verb=undo] button").click()
    expect(table.column("Music")).to_have_count(0)
    table.has("", ["A choir"])
    expect(table.page.locator("#act [data-verb=undo] button")).to_be_disabled()


# The wall


def test_themes_are_on_no_wall_and_no_phone_before_the_reveal_and_then_with_their_people(opened: Room) -> None:
    screen, phone = opened.screen(), opened.phone("en")
    table = themed(opened, Cerddoriaeth=["A choir", "A brass band"], Bwyd=["A lunch club"])
    table.pick("A choir", "A brass band")
    table.page.keyboard.press("m")
    expect(table.page.locator(".merged")).to_be_visible()
    opened.answered(3)
    assert opened.next() == "close"
    phone.at("ideas", "closed")
    words = ("choir", "brass", "lunch", "Cerddoriaeth", "Bwyd")
    for page in (screen, phone.page):
        reached = "\n".join(opened.watch.frames[page]) + page.content()
        assert [word for word in words if word in reached] == []
    assert opened.next() == "reveal"
    rows = screen.locator("#stage tbody tr")
    expect(rows.locator(".count")).to_have_text(["2", "1"])
    expect(rows.locator("th [lang=en]")).to_have_text(["Cerddoriaeth", "Bwyd"])
    assert opened.next() == "view"
    expect(screen.locator("#stage")).to_contain_text("A lunch club")
    expect(screen.locator("#stage")).to_contain_text("A brass band")
    assert "Cerddoriaeth" in phone.sees()


# Without scripts


@pytest.fixture
def plain(opened: Room) -> BrowserContext:
    """The facilitator's browser, with scripts switched off."""
    return opened.context(storage_state=opened.facilitator.storage_state(), java_script_enabled=False)


def test_the_table_works_without_scripts(opened: Room, plain: BrowserContext) -> None:
    table = themed(opened, Music=[])
    opened.writes("ideas", "A choir", "A brass band", "A lunch club")
    table.has("", ["A choir", "A brass band", "A lunch club"])
    page = plain.new_page()
    address = f"{opened.url}/c/{opened.code}/themes/ideas"
    page.goto(f"{address}?lang=en")
    for text in ("A choir", "A brass band"):
        page.get_by_label(text).check()
    page.locator(".moves").get_by_role("button", name="Music").click()
    page.wait_for_url(address)
    assert page.locator("[data-number='1'] .pick").all_inner_texts() == ["A brass band", "A choir"]
    page.get_by_label("A lunch club").check()
    page.locator(".new-theme [name=en]").fill("Food")
    page.locator(".new-theme [name=en]").press("Enter")
    expect(page.locator("[data-number='2'] .pick")).to_have_text("A lunch club")
    page.locator("#act [data-verb=undo] button").click()
    expect(page.locator("[data-number='2']")).to_have_count(0)
    table.has("Music", ["A choir", "A brass band"])
    table.has("", ["A lunch club"])


def test_the_console_works_without_scripts(opened: Room, plain: BrowserContext) -> None:
    phone = opened.phone("en")
    page = plain.new_page()
    page.goto(f"{opened.url}/c/{opened.code}?lang=en")
    page.get_by_role("button", name="Close answers").click()
    phone.at("ideas", "closed")
    page.get_by_role("button", name="Reveal").click()
    phone.at("ideas", "revealed")
