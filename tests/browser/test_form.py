"""A form on a phone: its live sentence, its checklist, and who may see it."""

from random import Random

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import NO_SOCKET, UNPLUGGED, Phone, Room, block
from workshop.kinds import form

WORDS = ("", "agor y neuadd", "Éire", "...", "two. sentences.", "  spaced   out ", "ŵyl", "{what}", "<b>x</b>", "pam?")
TYPED = {"what": WORDS, "hours": ("", "1", "2,5", "12.0"), "from": ("", "2027-03-04")}


def fill(phone: Phone, field: str, words: str) -> None:
    phone.page.locator(f"[data-input={field}]").fill(words)
    phone.page.keyboard.press("Tab")


def show(phone: Phone, how: str) -> None:
    phone.press(phone.page.locator(f".shows input[value={how}]"))


def revealed(room: Room) -> str:
    """Everything that the projector shows of what came in, view after view."""
    screen = room.screen()
    assert (room.next(), room.next()) == ("close", "reveal")
    stage = screen.locator("#stage")
    expect(stage.locator(".figures")).to_be_visible()
    seen = [stage.inner_text()]
    while room.offers().startswith("view"):
        room.next()
        expect(stage).not_to_have_text(seen[-1], use_inner_text=True)
        seen.append(stage.inner_text())
    return "\n".join(seen)


@pytest.mark.parametrize("lang", ["cy", "en"])
def test_the_phone_says_the_same_sentence_as_the_server(room: Room, lang: str) -> None:
    content = room.open("offer").content
    phone = room.phone(lang)
    phone.at("offer", "accepting")
    random = Random(7)
    for _ in range(15):
        filled = {field: random.choice(words) for field, words in TYPED.items()}
        for field, words in filled.items():
            fill(phone, field, words)
        value = form.read(content, {"id": "aaaaaaaa1", "lang": lang, "filled": filled})
        said = "".join(piece.words for piece in form.said(content, value.filled, lang))
        expect(phone.page.locator("[data-sentence]")).to_have_text(said)
    phone.says("received")


def test_what_nobody_chose_to_show_is_on_no_surface(room: Room) -> None:
    room.open("offer")
    phone, other = room.phone("en", name="Jo"), room.phone("cy")
    phone.at("offer", "accepting")
    fill(phone, "what", "mend the gate")
    phone.says("received")
    room.answered(1)
    wall = revealed(room)
    assert "private" in wall
    everywhere = [wall, phone.sees(), other.sees(), other.received(), room.console.locator("body").inner_text()]
    assert [word for surface in everywhere for word in ("mend", "Jo") if word in surface] == []


@pytest.mark.parametrize("keyboard", [False, True], ids=["tap", "keyboard"])
def test_what_is_shown_with_a_name_has_the_name_of_the_phone_and_not_what_is_kept(room: Room, keyboard: bool) -> None:
    room.open("offer")
    phone = room.phone("en", keyboard=keyboard, name="Jo")
    phone.at("offer", "accepting")
    fill(phone, "what", "mend the gate")
    fill(phone, "hours", "2,5")
    show(phone, "named")
    expect(phone.page.locator("[data-seen]")).to_have_text("I offer to mend the gate, about 2.5 hours a month.")
    expect(phone.page.locator("[data-signed]")).to_have_text("Jo")
    phone.press(phone.page.locator("[data-keeping] summary"))
    phone.press(phone.page.locator("[data-keep][value=hours]"))
    expect(phone.page.locator("[data-seen]")).to_have_text("I offer to mend the gate.")
    phone.says("received")
    wall = revealed(room)
    assert ["I offer to mend the gate." in wall, "Jo" in wall, "2.5" in wall] == [True, True, False]


def test_what_is_kept_before_the_rest_is_shown_never_leaves_its_phone(room: Room) -> None:
    exercise = room.open("offer")
    phone = room.phone("en")
    phone.at("offer", "accepting")
    phone.fill_form(exercise, {"what": "mend the gate", "hours": "7.5"}, show="anonymous", kept="hours")
    phone.says("received")
    expect(room.note("mend the gate")).to_be_visible()
    assert "7.5" not in "\n".join(room.watch.frames[room.console])


def test_until_there_is_a_name_nothing_is_shown_with_a_name(room: Room) -> None:
    room.open("offer")
    phone = room.phone("en")
    phone.at("offer", "accepting")
    fill(phone, "what", "mend the gate")
    show(phone, "named")
    expect(phone.page.locator("[data-nameless]")).to_be_visible()
    phone.says("draft")
    assert "mend" not in revealed(room)


def test_what_cannot_be_read_is_told_beside_it_and_nothing_is_lost(room: Room) -> None:
    room.open("offer")
    phone = room.phone("en")
    phone.at("offer", "accepting")
    fill(phone, "what", "mend the gate")
    fill(phone, "hours", "lots")
    expect(phone.page.locator("[data-field=hours] [data-wrong]")).to_be_visible()
    phone.says("draft")
    phone.page.reload()
    phone.here()
    expect(phone.page.locator("[data-input=what]")).to_have_value("mend the gate")
    expect(phone.page.locator("[data-input=hours]")).to_have_value("lots")


def test_what_arrives_while_somebody_types_on_is_not_called_all(room: Room) -> None:
    """The first field goes off when it is left; its receipt comes once the second, which cannot be sent, is typed."""
    room.watch.allow(UNPLUGGED)
    phone = room.phone("en", script=NO_SOCKET, join=False)
    held: list[Route] = []
    phone.page.route("**/socket.io/**", block)
    phone.page.route(f"**/s/{room.code}/offer?*", lambda route: held.append(route))
    phone.join()
    room.open("offer")
    phone.at("offer", "accepting")
    with phone.page.expect_request(f"**/s/{room.code}/offer?*"):
        fill(phone, "what", "mend the gate")
    fill(phone, "hours", "lots")
    with phone.page.expect_response(f"**/s/{room.code}/offer?*"):
        held[0].continue_()
    phone.says("draft")
    assert phone.stored("offer")["filled"] == {"what": "mend the gate"}


def test_an_open_tick_leads_to_its_field_and_is_done_when_that_is_filled(room: Room) -> None:
    room.open("offer")
    phone = room.phone("cy", keyboard=True)
    phone.at("offer", "accepting")
    tick = phone.page.locator("[data-tick=one-thing]")
    phone.press(tick.locator("[data-open]"))
    expect(phone.page.locator("[data-input=what]")).to_be_focused()
    phone.page.keyboard.type("trwsio'r giât")
    expect(tick.locator("[data-done]")).to_be_visible()
    phone.says("received")


def test_taken_back_it_is_gone_and_undone_it_is_there_again(room: Room) -> None:
    room.open("offer")
    phone = room.phone("en")
    phone.at("offer", "accepting")
    fill(phone, "what", "mend the gate")
    show(phone, "anonymous")
    phone.says("received")
    note = room.console.locator("#notes li").filter(has_text="mend the gate")
    expect(note).to_be_visible()
    phone.press(phone.page.locator("[data-take]"))
    expect(note).to_have_count(0)
    expect(phone.page.locator("[data-input=what]")).to_have_value("")
    phone.press(phone.page.locator("[data-undo]"))
    expect(note).to_be_visible()
    expect(phone.page.locator("[data-input=what]")).to_have_value("mend the gate")
