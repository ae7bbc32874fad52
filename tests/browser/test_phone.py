"""What people do with phones, screen and console, by tap and by keyboard."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import OwnServer, Phone, Room
from tests.browser.published import publish


def test_phones_on_a_laptops_network_have_no_secure_context_and_neither_do_these(room: Room) -> None:
    phone = room.phone("cy")
    for page in (phone.page, room.console):
        assert page.evaluate("window.isSecureContext") is False
        assert page.evaluate("typeof crypto.randomUUID") == "undefined"


# Seats


def test_changing_the_language_keeps_answers_and_words_not_yet_sent(room: Room) -> None:
    phone = room.phone("cy")
    exercise = room.open("ideas")
    phone.at("ideas", "accepting")
    phone.write("Cegin gymunedol")
    phone.says("received")
    phone.press(phone.page.locator(".notes-form input[type=radio]").nth(1))
    phone.page.locator("[data-text]").fill("Hanner brawddeg")
    phone.says("draft")
    phone.press(phone.page.locator("header a[hreflang=en]"))
    phone.lang = "en"
    phone.here()
    expect(phone.page.locator("html")).to_have_attribute("lang", "en")
    expect(phone.page.locator("#step")).to_contain_text(str(exercise.content.question.en))
    expect(phone.page.locator("[data-notes] [data-words]")).to_have_text(["Cegin gymunedol"])
    expect(phone.page.locator("[data-text]")).to_have_value("Hanner brawddeg")
    room.answered(1)


def test_who_comes_late_lands_on_the_current_step(room: Room) -> None:
    room.open("feel")
    late = room.phone("en")
    late.at("feel", "accepting")
    late.press(late.box(0, 2))
    late.says("received")
    room.next()
    room.next()
    later = room.phone("cy")
    later.at("feel", "revealed")


def test_reloading_going_back_and_scanning_again_keep_the_seat_and_its_answers(room: Room) -> None:
    phone = room.phone("en", name="Jo")
    place = phone.open_you().locator("b").inner_text()
    room.open("feel")
    phone.at("feel", "accepting")
    phone.press(phone.box(0, 2))
    phone.says("received")
    phone.page.reload()
    _same_seat(phone, place)
    phone.page.go_back()
    phone.page.go_forward()
    _same_seat(phone, place)
    phone.page.goto(f"{room.url}/j/{room.code}")
    _same_seat(phone, place)
    phone.page.goto(f"{room.url}/j/{room.code.lower()[:3]}-{room.code.lower()[3:]}")
    _same_seat(phone, place)
    expect(phone.page.locator("#call-me")).to_have_text("Jo")
    room.answered(1)
    _joined(room, 1)


def test_the_place_code_moves_the_seat_to_another_browser(room: Room) -> None:
    phone = room.phone("en", perspective="volunteer")
    room.open("feel")
    phone.at("feel", "accepting")
    phone.press(phone.box(1, 3))
    phone.says("received")
    place = phone.open_you().locator("b").inner_text()
    other = room.phone("cy", join=False)
    other.page.goto(f"{room.url}/j/{room.code}/cy")
    rejoin = other.page.locator("details:has([name=place])")
    other.press(rejoin.locator("summary"))
    rejoin.locator("[name=place]").fill(f"{place[:3].lower()} {place[3:].lower()}")
    other.press(rejoin.locator("button"))
    other.here()
    _same_seat(other, place)
    expect(other.box(1, 3)).to_be_checked()
    room.watch.allow("404 .*/now$")
    phone.page.wait_for_url(f"**/j/{room.code}")  # the former browser is out
    other.press(other.box(0, 5))
    other.says("received")
    room.answered(1)
    _joined(room, 1)


def test_a_wrong_place_code_is_told_and_moves_nothing(room: Room) -> None:
    phone = room.phone("en")
    other = room.phone("en", join=False)
    other.page.goto(f"{room.url}/j/{room.code}/en")
    room.watch.allow("422")
    rejoin = other.page.locator("details:has([name=place])")
    other.press(rejoin.locator("summary"))
    rejoin.locator("[name=place]").fill("222222")
    other.press(rejoin.locator("button"))
    expect(other.page.get_by_role("alert")).to_be_visible()
    expect(other.page.locator("[name=place]")).to_be_visible()
    expect(phone.page.locator("#phone[data-connected=true]")).to_be_attached()
    _joined(room, 1)


def test_the_next_person_on_this_phone_gets_a_fresh_seat(room: Room) -> None:
    phone = room.phone("en", perspective="volunteer", name="Huw")
    room.open("ideas")
    phone.at("ideas", "accepting")
    phone.write("What the first person said")
    phone.says("received")
    phone.page.locator("[data-text]").fill("What the first person had not sent")
    phone.says("draft")
    place = phone.open_you().locator("b").inner_text()
    phone.press(phone.page.locator("#hand-on button"))
    phone.page.wait_for_url(f"**/j/{room.code}")
    phone.press(phone.page.locator("a[hreflang=en]"))
    phone.fill_in()
    phone.at("ideas", "accepting")
    assert phone.open_you().locator("b").inner_text() != place
    assert phone.page.locator("#you [name=perspective]:checked").count() == 0
    expect(phone.page.locator("#call-me")).to_be_empty()
    assert "first person" not in phone.page.content()
    expect(phone.page.locator("[data-text]")).to_have_value("")
    phone.write("What the second person said")
    phone.says("received")
    room.answered(2)
    _joined(room, 2)


def test_a_table_counts_as_the_people_at_it_and_its_size_can_be_changed(room: Room) -> None:
    phone = room.phone("en", table=6)
    room.phone("cy")
    expect(room.console.locator("#top")).to_contain_text(re.compile(r"\b7\b"))
    room.open("jobs")
    phone.answer(room.exercise("jobs"))
    expect(room.console.locator("#tally caption")).to_contain_text(re.compile(r"\b6\b"))
    you = phone.open_you()
    phone.speak_as(you, table=4)
    phone.press(you.locator("form:has([name=size]) button"))
    phone.here()
    expect(room.console.locator("#top")).to_contain_text(re.compile(r"\b5\b"))
    expect(room.console.locator("#tally caption")).to_contain_text(re.compile(r"\b4\b"))
    phone.says("received")


def test_changing_the_perspective_changes_what_is_asked(room: Room) -> None:
    phone = room.phone("en", perspective="resident")
    room.open("feel")
    phone.at("feel", "accepting")
    expect(phone.page.locator("[data-list=everyone]")).to_be_visible()
    expect(phone.page.locator("[data-list=volunteers-list]")).to_be_hidden()
    you = phone.open_you()
    phone.speak_as(you, perspective="volunteer")
    phone.press(you.locator("form:has([name=perspective]) button"))
    phone.here()
    expect(phone.page.locator("[data-list=volunteers-list]")).to_be_visible()
    expect(phone.page.locator("[data-list=everyone]")).to_be_hidden()
    phone.press(phone.box(0, 1))
    phone.says("received")


def test_an_answer_sends_nothing_to_the_exercise_before(
    rooms: Callable[..., Room], server: OwnServer, keys: Any
) -> None:
    room = rooms(server, keys, "all-in-this-together")
    phone = room.phone("en")
    for exercise in ("confidence-before", "confidence-after"):
        phone.answer(room.open(exercise))
    assert '"status":"received"' in phone.received()
    assert '"status":"closed"' not in phone.received()


def test_see_it_here_follows_the_room_from_one_result_straight_to_another(room: Room) -> None:
    phone = room.phone("en")
    for exercise in ("ideas", "jobs"):
        phone.answer(room.open(exercise), ("Keep the stage",))
        for verb in ("close", "reveal"):
            assert room.next() == verb
        phone.at(exercise, "revealed")
    assert str(room.exercise("jobs").content.dealt[0].title.en) in phone.sees()
    room.go_to("ideas")
    phone.at("ideas", "revealed")
    assert "Keep the stage" in phone.sees()


# The facilitator


def test_a_note_that_is_hidden_disappears_from_the_screen_and_from_phones_at_once(room: Room) -> None:
    screen = room.screen()
    phone = room.phone("en")
    room.open("ideas")
    phone.at("ideas", "accepting")
    phone.write("Dance on Fridays")
    phone.write("Somebody by name")
    phone.says("received")
    room.answered(1)
    for verb in ("close", "reveal"):
        assert room.next() == verb
    while room.offers().startswith("view") and not screen.get_by_text("Somebody by name").is_visible():
        room.next()
        expect(screen.locator("#stage .note-list").first).to_be_visible()
    expect(screen.get_by_text("Somebody by name")).to_be_visible()
    assert "Somebody by name" in phone.sees()
    room.hide("Somebody by name")
    expect(screen.get_by_text("Somebody by name")).to_have_count(0)
    expect(screen.get_by_text("Dance on Fridays")).to_be_visible()
    phone.page.reload()
    phone.at("ideas", "revealed")
    assert "Dance on Fridays" in phone.sees()
    assert "Somebody by name" not in phone.sees()
    room.console.locator("#notes [data-verb=unhide] button").click()
    expect(screen.get_by_text("Somebody by name")).to_be_visible()


def test_a_blank_screen_shows_nothing_until_it_is_on_again(room: Room) -> None:
    screen = room.screen()
    phone = room.phone("en")
    question = str(room.open("feel").content.question.en)
    expect(screen.get_by_text(question)).to_be_visible()
    room.console.locator("#next [data-key=b] button").click()
    expect(screen.get_by_text(question)).to_have_count(0)
    phone.at("feel", "accepting")
    room.console.locator("#next [data-key=b] button").click()
    expect(screen.get_by_text(question)).to_be_visible()


def test_the_end_can_be_undone_and_the_room_goes_on_where_it_was(room: Room) -> None:
    screen = room.screen()
    phone = room.phone("en")
    last = room.workshop.agenda[-1].id
    phone.answer(room.open(last))
    while room.offers() != "end":
        room.next()
    room.ask_to_end().locator("button[value=no]").click()
    phone.at(last, "revealed")
    room.end()
    phone.at("", "ended")
    newcomer = room.phone("en", join=False)
    newcomer.page.goto(f"{room.url}/j/{room.code}/en")
    expect(newcomer.page.locator("h1")).to_be_visible()
    assert newcomer.page.locator("#join").count() == 0
    room.console.locator("#next [data-verb=reopen] button").click()
    phone.at(last, "revealed")
    expect(screen.locator("#stage .result")).to_be_visible()
    newcomer.page.reload()
    newcomer.fill_in()
    newcomer.at(last, "revealed")


def test_phones_wait_for_the_write_up_and_get_it_once_it_is_published_without_doing_anything(room: Room) -> None:
    screen, phone = room.screen(), room.phone("en")
    while room.offers() != "end":
        room.next()
    room.end()
    phone.at("", "ended")
    expect(phone.page.locator("#step")).to_contain_text("The write-up is coming")
    expect(screen.locator("#stage")).to_contain_text("The write-up is coming to your phone.")
    assert (phone.page.locator("#step a").count(), screen.locator("#stage .lobby svg").count()) == (0, 0)
    path = publish(room)
    expect(screen.locator("#stage .address")).to_contain_text(path)
    expect(screen.locator("#stage .lobby .qr-box svg")).to_be_visible()
    with phone.page.expect_download() as download:
        phone.press(phone.page.locator(f"#step a[href='{path}/en.html']"))
    assert re.fullmatch(r"demo-\d{4}-\d\d-\d\d-en\.html", download.value.suggested_filename)
    phone.press(phone.page.locator(f"#step a[href='{path}/en']"))
    expect(phone.page.locator("h1")).to_have_text(str(room.workshop.title.en))
    phone.page.go_back()
    phone.at("", "ended")


def test_two_consoles_that_press_next_at_the_same_moment_move_one_step(room: Room) -> None:
    second = room.second_console()
    room.watch.allow("409")
    phone = room.phone("en")
    room.go_to("feel")
    expect(second.locator("#next [data-verb=open]")).to_be_visible()
    held: list[tuple[Page, Route]] = []
    pages = (room.console, second)
    for page in pages:
        page.route("**/do/open", lambda route, page=page: held.append((page, route)))
        with page.expect_request("**/do/open"):
            page.locator("#next [data-verb=open] button").first.click()
    while len(held) < 2:
        second.wait_for_function("true", polling="raf")
    assert held[0][1].request.post_data == held[1][1].request.post_data
    for _, route in held:
        route.continue_()
    phone.at("feel", "accepting")
    for page in pages:
        expect(page.locator("#next [data-verb=close]")).to_be_visible()
        assert room.offers(page) == "close feel"
    assert [page.locator("#toast").is_visible() for page in pages].count(True) == 1


def test_a_second_press_within_the_blink_of_an_eye_does_nothing(room: Room) -> None:
    room.go_to("feel")
    with room.console.expect_request("**/do/open"):
        room.console.wait_for_function(
            """() => {
              const press = () => document.querySelector('#next [data-key=next] button').click();
              press(); press(); press();
              return true;
            }"""
        )
    expect(room.console.locator("#next [data-verb=close]")).to_be_visible()
    verbs = [one.url.rsplit("/", 1)[1] for one in room.watch.requests[room.console] if "/do/" in one.url]
    assert verbs == ["go_to", "open"]


# By keyboard alone


def test_a_whole_card_sort_goes_by_the_keys_one_to_six(
    rooms: Callable[..., Room], server: OwnServer, keys: Any
) -> None:
    room = rooms(server, keys, "all-in-this-together")
    phone = room.phone("en", keyboard=True)
    exercise = room.open("roles")
    assert len(exercise.content.piles) == 6
    phone.answer(exercise)
    room.answered(1)
    cards = len(exercise.content.dealt)
    expect(phone.page.locator("[data-progress]")).to_have_text(str(cards))
    chosen = phone.page.locator("[data-all] [data-chosen]").all_inner_texts()
    named = [str(pile.title.en) for pile in exercise.content.piles]
    assert [named.index(one) for one in chosen] == [number % 6 for number in range(cards)]
    phone.press(phone.page.locator("[data-card] button").nth(3))
    expect(phone.page.locator("[data-progress]")).to_have_text("4")
    phone.page.keyboard.press("1")
    expect(phone.page.locator("[data-all] [data-chosen]").nth(3)).to_have_text(named[0])
    phone.says("received")
    phone.page.reload()
    phone.at("roles", "accepting")
    expect(phone.page.locator("[data-all] [data-chosen]").nth(3)).to_have_text(named[0])


@pytest.mark.parametrize("key", ["ArrowRight", "PageDown", "n"])
def test_the_console_goes_on_by_the_key(room: Room, key: str) -> None:
    phone = room.phone("en")
    assert room.next(key) == "go_to"
    phone.at("hall", "info")


def test_the_console_is_driven_by_keys_alone(room: Room) -> None:
    screen = room.screen()
    phone = room.phone("en")
    console = room.console
    room.next("ArrowRight")
    while room.offers() != "go_to feel":
        assert room.next("PageDown") == "view"
    room.next("PageDown")
    assert room.next("PageDown") == "open"
    phone.at("feel", "accepting")
    timer = console.locator("#now [role=timer]")
    lengths = str(timer.get_attribute("data-lengths"))
    room.key("+")
    expect(timer).not_to_have_attribute("data-lengths", lengths)
    room.key("p")
    expect(timer).not_to_have_attribute("data-paused", "")
    room.key("p")
    expect(timer).to_have_attribute("data-paused", "")
    question = str(room.exercise("feel").content.question.en)
    for key in ("b", "."):
        expect(screen.get_by_text(question)).to_be_visible()
        room.key(key)
        expect(screen.get_by_text(question)).to_have_count(0)
        room.key(key)
    expect(screen.get_by_text(question)).to_be_visible()
    console.keyboard.press("?")
    expect(console.locator("#help")).to_be_visible()
    console.keyboard.press("Escape")
    expect(console.locator("#help")).to_be_hidden()
    assert room.next("ArrowRight") == "close"
    assert room.next("ArrowRight") == "reveal"
    phone.at("feel", "revealed")
    view = console.locator("#now [data-verb=view] button.on")
    first = view.inner_text()
    assert room.next("PageDown") == "view"
    expect(view).not_to_have_text(first)
    room.key("PageUp")
    expect(view).to_have_text(first)


def test_the_screen_enlarges_its_code_by_a_key(room: Room) -> None:
    screen = room.screen()
    room.go_to("feel")
    expect(screen.locator("#join-big")).to_be_hidden()
    screen.keyboard.press("c")
    expect(screen.locator("#join-big")).to_be_visible()
    expect(screen.locator("#join-big")).to_contain_text(room.code)
    screen.keyboard.press("c")
    expect(screen.locator("#join-big")).to_be_hidden()


def _same_seat(phone: Phone, place: str) -> None:
    phone.here()
    phone.at("feel", "accepting")
    phone.says("received")
    assert phone.open_you().locator("b").inner_text() == place


def _joined(room: Room, phones: int) -> None:
    """How many seats are taken, as the console says in its first number."""
    expect(room.console.locator("#top b").nth(1)).to_have_text(str(phones))
