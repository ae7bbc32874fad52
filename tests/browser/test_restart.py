"""The server dies in the middle of an exercise, as in a power cut, and comes back: all goes on by itself."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import UNPLUGGED, OwnServer, Phone, Room


def test_an_answer_tapped_while_the_server_is_dead_becomes_received_by_itself(
    own_room: Room, own_server: OwnServer
) -> None:
    own_room.watch.allow(UNPLUGGED)
    phone = own_room.phone("en")
    own_room.open("feel")
    phone.at("feel", "accepting")
    phone.press(phone.box(0, 4))
    phone.says("received")
    phone.page.evaluate("window.sameLoad = true")
    own_server.kill()
    phone.press(phone.box(1, 2))
    phone.says("kept")
    _lost(phone.page)
    own_server.start()
    phone.says("received")
    expect(phone.box(0, 4)).to_be_checked()
    expect(phone.box(1, 2)).to_be_checked()
    assert phone.page.evaluate("window.sameLoad") is True
    own_room.next()
    own_room.next()
    phone.at("feel", "revealed")
    phone.page.reload()
    _stored(phone, {"know-whats-on": 4, "would-miss": 2})


def test_screen_and_console_go_on_where_they_were_after_the_server_died(own_room: Room, own_server: OwnServer) -> None:
    own_room.watch.allow(UNPLUGGED)
    screen = own_room.screen()
    phone = own_room.phone("cy")
    own_room.open("ideas")
    phone.at("ideas", "accepting")
    phone.write("Te prynhawn")
    phone.says("received")
    own_room.answered(1)
    assert own_room.offers() == "close ideas"
    question = own_room.exercise("ideas").content.question
    expect(screen.locator("#stage")).to_contain_text(question.cy)
    own_server.kill()
    for page in (screen, own_room.console):
        expect(page.locator("#lost")).to_be_visible()
        _lost(page)
    expect(screen.locator("#stage")).to_contain_text(question.cy)
    own_server.start()
    for page in (screen, own_room.console, phone.page):
        expect(page.locator("[data-connected=true]")).to_be_attached()
    for page in (screen, own_room.console):
        expect(page.locator("#lost")).to_be_hidden()
    expect(screen.locator("#stage")).to_contain_text(question.cy)
    own_room.answered(1)
    assert own_room.offers() == "close ideas"
    own_room.next()
    phone.at("ideas", "closed")
    own_room.next()
    own_room.next()
    expect(screen.locator("#stage")).to_contain_text("Te prynhawn")


def _lost(page: Page) -> None:
    expect(page.locator("[data-connected=false]")).to_be_attached()


def _stored(phone: Phone, ratings: dict[str, int]) -> None:
    """What the server holds for this phone, as the page that it sends says."""
    mine = phone.page.evaluate("JSON.parse(document.getElementById('mine').textContent)")
    assert mine["answers"]["feel"]["value"] == {"ratings": ratings}
