"""What kinds of exercise have of their own on phone, wall and console: dots, a second sort, thinking back, comparisons.

The same goes for what is about kinds as such: their pages of help, and the runs of a workshop that leave some out.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, render_template
from playwright.sync_api import Browser, expect

from tests import cast
from tests.browser.conftest import OwnServer, Phone, Room, serve
from tests.kinds.room import content
from workshop.model import asks

THEMES = ("Arts", "Bread", "Chess", "Dance", "Evenings", "Films")


# Dots


@pytest.fixture
def voting(room: Room) -> Room:
    """The room while it puts three dots each on six themes of its own ideas."""
    _ideas_in_themes(room)
    room.open("first")
    return room


def _ideas_in_themes(room: Room) -> None:
    """Ideas that the room was shown, each in a theme of its own."""
    room.open("ideas")
    notes = room.writes("ideas", *(f"More {theme.lower()}" for theme in THEMES))
    for verb in ("close", "reveal"):
        assert room.next() == verb
    ada = cast.ada(room.server)
    for theme, note in zip(THEMES, notes, strict=True):
        answer = ada.do(room.code, "add_theme", exercise="ideas", cy=f"{theme} cy", en=theme, notes=note)
        assert answer.json == {"ok": True}


def _box(phone: Phone, theme: str) -> Any:
    return phone.page.get_by_label(theme, exact=True)


def _order(phone: Phone) -> list[str]:
    """The things to choose between as they stand on this phone."""
    phone.at("first", "accepting")
    return [str(row.get_attribute("data-item")) for row in phone.page.locator("[data-item]").all()]


def test_what_there_is_to_choose_between_are_the_packs_own_things_and_the_themes_that_the_room_saw(room: Room) -> None:
    _ideas_in_themes(room)
    room.hide("More films")
    room.table("ideas").add("Gwag", "Empty")
    phone = room.phone("en")
    own = [str(item.title.en) for item in room.open("first").content.items]
    phone.at("first", "accepting")
    assert sorted(phone.page.locator("[data-item]").all_inner_texts()) == sorted([*own, *THEMES[:-1]])


def test_nobody_can_put_more_dots_than_they_have(voting: Room) -> None:
    phone = voting.phone("en")
    phone.at("first", "accepting")
    left = phone.page.locator("[data-left]")
    for n, theme in enumerate(THEMES[:3]):
        expect(left).to_have_text(f"Dots left: {3 - n} of 3")
        expect(phone.page.locator("[data-pips] .free")).to_have_count(3 - n)
        phone.press(_box(phone, theme))
    expect(left).to_have_text("No dots left. Take one back to move it.")
    expect(phone.page.locator("[data-item] input:disabled")).to_have_count(len(_order(phone)) - 3)
    phone.says("received")
    phone.press(_box(phone, "Bread"))
    expect(left).to_have_text("Dots left: 1 of 3")
    for box in phone.page.locator("[data-item] input").all():
        expect(box).to_be_enabled()


@pytest.mark.parametrize("keyboard", [False, True], ids=["tap", "keyboard"])
def test_dots_that_are_moved_count_where_they_are_in_the_end(voting: Room, keyboard: bool) -> None:
    phone = voting.phone("en", keyboard=keyboard)
    phone.at("first", "accepting")
    for theme in ("Arts", "Bread", "Chess", "Bread"):
        phone.press(_box(phone, theme))
    phone.says("received")
    assert list(phone.stored("first")["dots"].values()) == [1, 1]
    phone.press(_box(phone, "Films"))
    phone.says("received")
    phone.page.reload()
    phone.at("first", "accepting")
    expect(phone.page.locator("[data-item] input:checked")).to_have_count(3)
    for theme in ("Arts", "Chess", "Films"):
        expect(_box(phone, theme)).to_be_checked()
    screen = voting.screen()
    for verb in ("close", "reveal"):
        assert voting.next() == verb
    rows = screen.locator("#stage tbody tr").filter(has=screen.locator(".place", has_text="1="))
    expect(rows.locator("th [lang=en]")).to_have_text(["Arts", "Chess", "Films"])
    expect(rows.locator("th [lang=cy]")).to_have_text(["Arts cy", "Chess cy", "Films cy"])
    expect(rows.locator(".count")).to_have_text(["1", "1", "1"])


def test_several_dots_go_on_one_thing_by_plus_and_minus_and_the_keyboard_stays_there(
    browser: Browser, app: Flask
) -> None:
    asked = content("points", dots=4, most_each=3)
    with app.app_context():
        exercise = {"id": "vote", "kind": "points"}
        form = render_template("kinds/points/form.html", langs=("en",), content=asked, exercise=exercise)
    page = browser.new_page()
    serve(page, f"<!doctype html><body><section>{form}</section><script type=module>{MOUNT}</script></body>")
    page.goto("http://cyd.local/")
    first, second = (page.locator(f"[data-item={item.id}]") for item in asked.items[:2])
    sent = []
    for row, button, presses in ((first, "more", 4), (second, "more", 2), (first, "less", 4)):
        row.locator(f"[data-{button}]").focus()
        for _ in range(presses):
            page.keyboard.press("Space")
        expect(row.locator(f"[data-{button}]")).to_be_focused()
        expect(row.locator(f"[data-{button}]")).to_have_attribute("aria-disabled", "true")
        sent.append(page.evaluate("window.sent.dots"))
    one, other = asked.items[0].id, asked.items[1].id
    assert sent == [{one: 3}, {one: 3, other: 1}, {other: 1}]
    expect(page.locator("[data-left]")).to_have_text("Dots left: 3 of 4")
    page.close()


MOUNT = """
import { mount } from "/static/js/kinds/points.js";
mount(document.querySelector("section"), { seed: "7", value: null, change: (value) => { window.sent = value; } });
"""


def test_every_phone_has_an_order_of_its_own_and_keeps_it(voting: Room) -> None:
    phones = [voting.phone(lang) for lang in ("en", "cy", "en")]
    orders = [_order(phone) for phone in phones]
    assert len({tuple(order) for order in orders}) > 1
    assert len({tuple(sorted(order)) for order in orders}) == 1
    phones[0].page.reload()
    phones[0].here()
    assert _order(phones[0]) == orders[0]


def test_dots_are_on_no_surface_before_the_close_not_even_on_the_console(voting: Room) -> None:
    screen, phone = voting.screen(), voting.phone("en")
    phone.at("first", "accepting")
    items = _order(phone)
    voting.answers("first", {"dots": {items[0]: 1, items[1]: 1}}, *voting.crowd(4))
    voting.answered(4)
    tally = voting.console.locator("#tally")
    expect(tally).to_contain_text("Nobody sees this before answers are closed, not even you.")
    expect(tally.locator("table")).to_have_count(0)
    assert voting.next() == "close"
    expect(tally.locator("tbody .count")).to_have_text(["4", "4", *"000000"])
    phone.at("first", "closed")
    for page in (screen, phone.page):
        assert "dotted" not in "\n".join(voting.watch.frames[page]) + page.content()


# A second sort


def test_the_second_sort_has_the_same_cards_and_says_what_moved(room: Room) -> None:
    screen, phone = room.screen(), room.phone("en")
    others = room.crowd(11)
    before = {card.id: "volunteers" for card in room.exercise("jobs").content.dealt}
    _sort(room, "jobs", phone, others, before)
    _sort(room, "jobs-again", phone, others, {**before, "c4": "paid"})
    expect(screen.locator("#stage h3")).to_contain_text("What moved")
    moved = screen.locator("#stage .moved-most tbody tr")
    expect(moved.locator("th [lang=en]")).to_have_text(["Test the fire alarms."])
    expect(moved.locator(".flow")).to_contain_text(re.compile(r"Volunteers → .*Paid: 12$"))
    assert "On average, a person moved 1 of 6 cards." in phone.sees()


def _sort(room: Room, exercise: str, phone: Phone, others: list[cast.Phone], placed: dict[str, str]) -> None:
    """Everyone sorts the cards in this way, and it is revealed."""
    asked = room.open(exercise)
    phone.at(exercise, "accepting")
    phone.sort(asked, placed)
    phone.says("received")
    room.answers(exercise, {"placed": placed}, *others)
    for verb in ("close", "reveal"):
        assert room.next() == verb
    phone.at(exercise, "revealed")


# Thinking back


def test_now_and_thinking_back_are_two_answers_to_the_same_statements(room: Room) -> None:
    phone = room.phone("en", perspective="resident")
    room.open("feel-after")
    phone.at("feel-after", "accepting")
    asked = {which: _statements(phone, which) for which in ("statement", "back")}
    first, second = asked["statement"]
    assert asked["back"] == [first, second]
    _rate(phone, "statement", first, 4)
    phone.says("received")
    assert phone.stored("feel-after") == {"ratings": {first: 4}}
    for which, statement, point in (("back", first, 2), ("back", second, 1), ("back", second, 3)):
        _rate(phone, which, statement, point)
    _rate(phone, "statement", second, 5)
    phone.says("received")
    assert phone.stored("feel-after") == {"ratings": {first: 4, second: 5}, "back": {first: 2, second: 3}}
    phone.page.reload()
    phone.here()
    phone.at("feel-after", "accepting")
    chosen = phone.page.locator(".five:visible input:checked")
    assert [one.get_attribute("value") for one in chosen.all()] == ["4", "5", "2", "3"]


def test_who_moved_is_shown_by_what_people_said_then_and_by_what_they_think_of_it_now(room: Room) -> None:
    phone, others = room.phone("en", perspective="resident"), room.crowd(11, perspective="resident")
    statements = [one.id for one in room.exercise("feel").content.lists[0].statements]
    then, now, back = ({one: point for one in statements} for point in (4, 4, 2))
    for exercise, value in (("feel", {"ratings": then}), ("feel-after", {"ratings": now, "back": back})):
        room.open(exercise)
        phone.at(exercise, "accepting")
        for which, ratings in (("statement", value["ratings"]), ("back", value.get("back", {}))):
            for statement, point in ratings.items():
                _rate(phone, which, statement, point)
        phone.says("received")
        room.answers(exercise, value, *others)
        for verb in ("close", "reveal"):
            assert room.next() == verb
    phone.at("feel-after", "revealed")
    phone.sees()
    moved = phone.page.locator("#seen .scale-moved tbody").first
    expect(moved.locator("tr").filter(has_text="At the time")).to_contain_text("0120")
    expect(moved.locator("tr").filter(has_text="Thinking back")).to_contain_text("1200")


def _statements(phone: Phone, which: str) -> list[str]:
    return [str(five.get_attribute(f"data-{which}")) for five in phone.page.locator(f"[data-{which}]:visible").all()]


def _rate(phone: Phone, which: str, statement: str, point: int) -> None:
    phone.press(phone.page.locator(f"[data-{which}='{statement}'] input[value='{point}']"))


# Perspectives side by side


@pytest.mark.parametrize("volunteers", [5, 4])
def test_perspectives_are_side_by_side_from_five_answers_each_on_wall_phone_and_console(
    room: Room, volunteers: int
) -> None:
    screen, phone = room.screen(), room.phone("en", perspective="resident")
    exercise = room.open("jobs")
    phone.answer(exercise)
    for perspective, people, pile in (("resident", 5, "volunteers"), ("volunteer", volunteers, "paid")):
        placed = {card.id: pile for card in exercise.content.dealt}
        room.answers("jobs", {"placed": placed}, *room.crowd(people, perspective=perspective))
    room.answered(6 + volunteers)
    expect(room.console.locator("#tally .compare")).to_have_count(0)
    for verb in ("close", "reveal"):
        assert room.next() == verb
    phone.at("jobs", "revealed")
    compared = int(volunteers == 5)
    differ = "Where perspectives differ"
    assert phone.sees().count(differ) == compared
    expect(room.console.locator("#tally .compare")).to_have_count(compared)
    walls = [screen.locator("#stage").inner_text()]
    while room.offers().startswith("view"):
        room.next()
        expect(screen.locator("#stage")).not_to_have_text(walls[-1], use_inner_text=True)
        walls.append(screen.locator("#stage").inner_text())
    assert any(differ in wall for wall in walls) is (volunteers == 5)
    if compared:
        legend = phone.page.locator("#seen .legend").last.inner_text()
        assert "Resident and others: 6 answers" in legend and "Volunteer: 5 answers" in legend


# Shorter runs


@pytest.mark.parametrize("minutes", [60, 45])
def test_a_shorter_run_is_started_from_its_page_and_what_it_leaves_out_is_read_while_people_join(
    rooms: Callable[..., Room], server: OwnServer, keys: Any, minutes: int
) -> None:
    room = rooms(server, keys, "all-in-this-together", minutes)
    assert room.workshop.minutes == minutes
    start = room.facilitator.new_page()
    start.goto(f"{room.url}/workshops/all-in-this-together?lang=en")
    start.get_by_role("link", name=f"{minutes} minutes").click()
    expect(start.locator("[name=minutes]")).to_have_value(str(minutes))
    titles = [str(exercise.title.en) for exercise in room.workshop.agenda]
    assert start.locator("#agenda .what").all_inner_texts() == titles
    reading = [str(exercise.title.en) for exercise in room.workshop.reading]
    expect(start.locator(".notice").filter(has_text="To read beforehand")).to_contain_text(", ".join(reading))
    assert room.console.locator("#agenda .run-row span:not(.min)").all_inner_texts() == titles
    expect(room.console.locator("#agenda .planned")).to_have_text(f"{minutes} minutes planned")
    for lang in ("cy", "en"):
        _reads(room, room.phone(lang))
    assert room.next() == "go_to"
    expect(room.console.locator("#now h1")).to_have_text(titles[0])


def _reads(room: Room, phone: Phone) -> None:
    """All of what is left to be read stands on the phone while people join, each to be unfolded."""
    phone.at("", "lobby")
    folded = phone.page.locator(".reading details")
    titles = [exercise.title.in_(phone.lang) for exercise in room.workshop.reading]
    assert folded.locator("> summary").all_inner_texts() == titles
    for exercise, one in zip(room.workshop.reading, folded.all(), strict=True):
        phone.press(one.locator("> summary"))
        listed = exercise.content.prompts if asks(exercise) else exercise.content.cards
        for item in listed:
            expect(one.get_by_text(item.title.in_(phone.lang), exact=True)).to_be_visible()


def test_the_whole_workshop_has_nothing_to_read_beforehand(
    rooms: Callable[..., Room], server: OwnServer, keys: Any
) -> None:
    room = rooms(server, keys, "all-in-this-together")
    phone = room.phone("en")
    phone.at("", "lobby")
    expect(phone.page.locator(".reading")).to_have_count(0)
    expect(room.console.locator("#agenda .planned")).to_have_text("90 minutes planned")


# Help, and what a phone loads


def test_the_console_says_what_each_kind_is_for_and_leads_to_a_page_about_it(room: Room) -> None:
    for exercise in {one.kind: one for one in room.workshop.agenda}.values():
        room.go_to(exercise.id)
        line = room.console.locator("#now .help-line")
        expect(line.locator("a")).to_have_attribute("href", f"/help/{exercise.kind}")
        with room.facilitator.expect_page() as opened:
            line.locator("a").click()
        page = opened.value
        name, said = page.locator("h1").inner_text(), page.locator("main > .lead").inner_text()
        assert line.inner_text() == f"{said} More about it"
        page.locator("header a[hreflang=cy]").click()
        page.wait_for_url("**?lang=cy")
        expect(page.locator("html")).to_have_attribute("lang", "cy")
        expect(page.locator("h1")).not_to_have_text(name)
        page.locator("header a[hreflang=en]").click()
        expect(page.locator("h1")).to_have_text(name)
        page.close()


@pytest.mark.parametrize("pack", ["all-in-this-together", "demo"])
def test_a_phone_loads_the_kinds_of_its_workshop_and_no_others(
    rooms: Callable[..., Room], server: OwnServer, keys: Any, pack: str
) -> None:
    room = rooms(server, keys, pack)
    phone = room.phone("en")
    asked = [request.url.rpartition("/js/kinds/")[2] for request in room.watch.requests[phone.page]]
    wanted = sorted({exercise.kind for exercise in room.workshop.agenda if asks(exercise)})
    assert sorted({one for one in asked if one.endswith(".js") and "/" not in one}) == [f"{kind}.js" for kind in wanted]
