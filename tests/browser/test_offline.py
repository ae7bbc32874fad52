"""Phones that lose the network, open twice, or may keep nothing."""

from playwright.sync_api import Route, expect

from tests.browser.conftest import NO_SOCKET, UNPLUGGED, OwnServer, Phone, Room, block
from tests.cast import eventually

NO_STORAGE = """Object.defineProperty(window, 'localStorage', {
  get() { throw new DOMException('The operation is insecure.', 'SecurityError'); },
});"""


def test_what_is_answered_without_network_is_sent_when_it_is_back_and_nobody_reloads(room: Room) -> None:
    room.watch.allow(UNPLUGGED)
    phone = room.phone("en")
    room.open("ideas")
    phone.at("ideas", "accepting")
    phone.page.evaluate("window.sameLoad = true")
    phone.context.set_offline(True)
    phone.write("A library of tools")
    phone.says("kept")
    expect(phone.page.locator("#phone[data-connected=false]")).to_be_attached()
    room.answered(0)
    phone.context.set_offline(False)
    phone.says("received")
    room.answered(1)
    expect(room.console.locator("#notes")).to_contain_text("A library of tools")
    assert phone.page.evaluate("window.sameLoad") is True


def test_a_phone_that_was_offline_while_the_room_went_on_lands_where_the_room_is(room: Room) -> None:
    room.watch.allow(UNPLUGGED)
    phone = room.phone("en")
    room.open("feel")
    phone.at("feel", "accepting")
    phone.context.set_offline(True)
    expect(phone.page.locator("#phone[data-connected=false]")).to_be_attached()
    room.open("ideas")
    phone.context.set_offline(False)
    phone.at("ideas", "accepting")
    phone.write("Late but here")
    phone.says("received")


def test_an_answer_made_offline_before_the_close_is_received_though_it_arrives_late(room: Room) -> None:
    room.watch.allow(UNPLUGGED)
    phone = room.phone("en")
    room.open("feel")
    phone.at("feel", "accepting")
    phone.press(phone.box(0, 3))
    phone.says("received")
    phone.context.set_offline(True)
    expect(phone.page.locator("#phone[data-connected=false]")).to_be_attached()
    phone.press(phone.box(1, 5))
    phone.says("kept")
    assert room.next() == "close"
    phone.context.set_offline(False)
    phone.at("feel", "closed")
    phone.says("received")
    assert phone.stored("feel")["ratings"] == {"know-whats-on": 3, "would-miss": 5}


def test_an_answer_that_was_not_sent_when_its_page_closed_is_sent_by_the_next_page(
    own_room: Room, own_server: OwnServer
) -> None:
    own_room.watch.allow(UNPLUGGED)
    phone = own_room.phone("en")
    own_room.open("feel")
    phone.at("feel", "accepting")
    own_server.kill()
    phone.press(phone.box(0, 5))
    phone.says("kept")
    phone.page.close()
    own_server.start()
    phone.page = phone.context.new_page()
    phone.page.goto(f"{own_room.url}/j/{own_room.code}")
    phone.here()
    phone.at("feel", "accepting")
    phone.says("received")
    expect(phone.box(0, 5)).to_be_checked()
    own_room.answered(1)


def test_words_not_yet_sent_survive_a_reload(room: Room) -> None:
    phone = room.phone("en")
    room.open("ideas")
    phone.at("ideas", "accepting")
    phone.press(phone.page.locator(".notes-form input[type=radio]").nth(1))
    phone.page.locator("[data-text]").tap()
    phone.page.keyboard.type("Half a thou")
    phone.says("draft")
    phone.page.reload()
    phone.at("ideas", "accepting")
    expect(phone.page.locator("[data-text]")).to_have_value("Half a thou")
    phone.says("draft")
    expect(phone.page.locator(".notes-form input[type=radio]").nth(1)).to_be_checked()


def test_two_tabs_of_one_phone_are_one_person_and_each_shows_what_the_other_said(room: Room) -> None:
    phone = room.phone("en")
    room.open("ideas")
    phone.at("ideas", "accepting")
    other = Phone(room, phone.context, "en", keyboard=False)
    other.page.goto(phone.page.url)
    other.here()
    other.at("ideas", "accepting")
    phone.write("From the first tab")
    phone.says("received")
    other.page.bring_to_front()
    expect(other.page.locator("[data-notes] [data-words]")).to_have_text(["From the first tab"])
    other.write("From the second tab")
    other.says("received")
    room.answered(1)
    expect(room.console.locator("#top b").nth(1)).to_have_text("1")
    texts = [note["text"] for note in phone.stored("ideas")["notes"]]
    assert texts == ["From the first tab", "From the second tab"]
    expect(phone.page.locator("[data-notes] [data-words]")).to_have_text(texts)


def test_what_one_tab_sent_before_the_storage_was_emptied_takes_no_later_answer_with_it(room: Room) -> None:
    room.watch.allow(UNPLUGGED)
    phone = room.phone("en", script=NO_SOCKET, join=False)
    phone.context.route("**/socket.io/**", block)
    phone.join()
    room.open("feel")
    other = Phone(room, phone.context, "en", keyboard=False)
    other.page.goto(phone.page.url)
    held: list[Route] = []
    waits = [True]
    phone.context.route("**/feel?lang=en", lambda route: held.append(route) if waits else route.continue_())
    for number, (tab, point) in enumerate(((phone, 1), (other, 5)), start=1):
        tab.page.bring_to_front()
        tab.at("feel", "accepting")
        tab.page.evaluate("localStorage.clear()")
        tab.press(tab.box(0, point))
        tab.says("kept")
        assert eventually(lambda tab=tab, number=number: tab.page.evaluate("true") and len(held) == number)
    waits.clear()
    for tab, route in zip((phone, other), held, strict=True):
        with tab.page.expect_response("**/feel?lang=en"):
            route.continue_()
    expect(other.page.locator("#state")).to_have_attribute("data-state", "refused")
    other.press(other.page.locator("#again"))
    other.says("received")
    assert list(other.stored("feel")["ratings"].values()) == [5]


def test_an_answer_that_another_one_overtook_can_be_sent_again(room: Room) -> None:
    phone = room.phone("en")
    room.open("ideas")
    phone.at("ideas", "accepting")
    note = {
        "id": "0123456789abcdef",
        "prompt": room.exercise("ideas").content.prompts[0].id,
        "lang": "en",
        "text": "Elsewhere",
    }
    message = {"v": 1, "exercise": "ideas", "n": 1, "rev": 1, "value": {"notes": [note]}}
    sent = phone.page.evaluate(
        """async (message) => {
            const headers = { "content-type": "application/json" };
            const answer = await fetch(`/s/${document.getElementById("phone").dataset.code}/ideas`, {
                method: "PUT", headers, body: JSON.stringify(message),
            });
            return answer.json();
        }""",
        message,
    )
    assert sent == {"ok": True, "status": "received", "n": 1}
    phone.press(phone.page.locator(".notes-form input[type=radio]").first)
    phone.page.locator("[data-text]").fill("Mine")
    phone.press(phone.page.locator("[data-add]"))
    expect(phone.page.locator("#state")).to_have_attribute("data-state", "refused")
    expect(phone.page.locator("[data-notes] [data-words]")).to_have_text(["Elsewhere"])
    phone.press(phone.page.locator("#again"))
    phone.says("received")
    expect(phone.page.locator("[data-notes] [data-words]")).to_have_text(["Mine"])
    assert [note["text"] for note in phone.stored("ideas")["notes"]] == ["Mine"]


def test_a_phone_that_may_keep_nothing_says_so_and_works(room: Room) -> None:
    phone = room.phone("en", script=NO_STORAGE)
    expect(phone.page.locator("#no-storage")).to_be_visible()
    room.open("feel")
    phone.answer(room.exercise("feel"))
    room.answered(1)
    room.watch.allow(UNPLUGGED)
    phone.context.set_offline(True)
    expect(phone.page.locator("#phone[data-connected=false]")).to_be_attached()
    phone.press(phone.box(0, 5))
    phone.says("kept")
    phone.context.set_offline(False)
    phone.says("received")
    assert phone.stored("feel")["ratings"]["know-whats-on"] == 5


def test_a_phone_that_may_keep_something_does_not_say_that_it_cannot(room: Room) -> None:
    expect(room.phone("en").page.locator("#no-storage")).to_be_hidden()
