"""Phones that are frozen, killed, slow, wrong about the time, or whose storage fails; and a laptop that dies."""

import re
from typing import Any

from playwright.sync_api import Error, Page, Route, expect

from tests.browser.conftest import UNPLUGGED, OwnServer, Phone, Room, enter

# Storage that is full from the moment on when the page says so.
FULL = """{
  const set = Storage.prototype.setItem;
  Storage.prototype.setItem = function (key, value) {
    if (window.full) throw new DOMException('The quota has been exceeded.', 'QuotaExceededError');
    set.call(this, key, value);
  };
}"""
NO_STORAGE = """Object.defineProperty(window, 'localStorage', {
  get() { throw new DOMException('The operation is insecure.', 'SecurityError'); },
});"""
DAY = 86_400_000
# A phone whose clock is so many milliseconds off.
WRONG_CLOCK = """{
  const Real = Date;
  const off = %d;
  window.Date = class extends Real {
    constructor(...given) { given.length ? super(...given) : super(Real.now() + off); }
    static now() { return Real.now() + off; }
  };
}"""


def life(page: Page, state: str) -> None:
    """`frozen`, as phones do to pages that are not looked at, or `active` again."""
    session = page.context.new_cdp_session(page)
    session.send("Page.enable")
    session.send("Page.setWebLifecycleState", {"state": state})
    session.detach()


def away(phone: Phone) -> None:
    """Out of reach, and aware of it."""
    phone.context.set_offline(True)
    expect(phone.page.locator("#phone[data-connected=false]")).to_be_attached()


def sent(phone: Phone, exercise: str) -> Any:
    """What the server holds of this phone's answer: n and value."""
    address = f"/s/{phone.room.code}/{phone.lang}/now"
    return phone.page.evaluate(
        "async ([url, id]) => (await (await fetch(url)).json()).mine.answers[id]", [address, exercise]
    )


# Frozen


def test_a_phone_that_was_frozen_while_somebody_wrote_has_the_words_and_catches_up(room: Room) -> None:
    phone = room.phone("en")
    room.open("ideas")
    phone.at("ideas", "accepting")
    phone.press(phone.page.locator(".notes-form input[type=radio]").nth(1))
    phone.page.locator("[data-text]").fill("Half a thought")
    phone.says("draft")
    life(phone.page, "frozen")
    room.writes("ideas", "Meanwhile", "Others wrote")
    room.answered(2)
    room.key("+")
    life(phone.page, "active")
    expect(phone.page.locator("#step .timer")).to_have_attribute(
        "data-lengths", str(room.console.locator("#now [role=timer]").get_attribute("data-lengths"))
    )
    expect(phone.page.locator("[data-text]")).to_have_value("Half a thought")
    expect(phone.page.locator(".notes-form input[type=radio]").nth(1)).to_be_checked()
    phone.says("draft")
    phone.press(phone.page.locator("[data-add]"))
    phone.says("received")


def test_a_phone_that_was_frozen_while_the_room_went_on_is_where_the_room_is_and_lost_no_word(room: Room) -> None:
    phone = room.phone("en")
    room.open("ideas")
    phone.at("ideas", "accepting")
    phone.press(phone.page.locator(".notes-form input[type=radio]").first)
    phone.page.locator("[data-text]").fill("Not yet sent when the phone slept")
    phone.says("draft")
    life(phone.page, "frozen")
    room.open("feel")
    life(phone.page, "active")
    phone.at("feel", "accepting")
    phone.press(phone.box(0, 3))
    phone.says("received")
    room.go_to("ideas")
    room.console.locator("#next [data-verb=open] button").first.click()
    phone.at("ideas", "accepting")
    expect(phone.page.locator("[data-text]")).to_have_value("Not yet sent when the phone slept")
    phone.says("draft")


def test_a_page_that_comes_back_from_the_history_or_from_no_network_watches_again(room: Room) -> None:
    phone = room.phone("en")
    heard = room.watch.frames[phone.page]
    for event in ("new PageTransitionEvent('pageshow', { persisted: true })", "new Event('online')"):
        before = len(heard)
        phone.page.evaluate(f"window.dispatchEvent({event})")
        while not any('"mine"' in line for line in heard[before:]):
            phone.page.wait_for_timeout(20)
        expect(phone.page.locator("#phone[data-connected=true]")).to_be_attached()
    phone.page.evaluate("window.dispatchEvent(new Event('offline'))")
    room.open("feel")
    phone.at("feel", "accepting")
    phone.answer(room.exercise("feel"))


# Killed


def test_an_answer_that_was_not_sent_when_its_tab_was_killed_is_sent_by_the_next_that_opens(room: Room) -> None:
    room.watch.allow(UNPLUGGED)
    phone = room.phone("en")
    room.open("feel")
    phone.at("feel", "accepting")
    away(phone)
    phone.press(phone.box(0, 5))
    phone.says("kept")
    try:
        phone.page.goto("chrome://crash", timeout=5_000)
    except Error as crashed:
        assert "crash" in str(crashed).lower() or "ERR" in str(crashed) or "Timeout" in str(crashed)
    phone.page.close()
    phone.context.set_offline(False)
    phone.page = phone.context.new_page()
    phone.page.goto(f"{room.url}/j/{room.code}")
    phone.here()
    phone.at("feel", "accepting")
    phone.says("received")
    expect(phone.box(0, 5)).to_be_checked()
    room.answered(1)
    assert sent(phone, "feel") == {"n": 1, "value": {"ratings": {"know-whats-on": 5}}}


def test_two_tabs_that_were_offline_send_one_answer_and_both_say_received(room: Room) -> None:
    room.watch.allow(UNPLUGGED)
    phone = room.phone("en")
    room.open("feel")
    phone.at("feel", "accepting")
    other = Phone(room, phone.context, "en", keyboard=False)
    other.page.goto(phone.page.url)
    other.here()
    other.at("feel", "accepting")
    away(phone)
    phone.page.bring_to_front()
    phone.press(phone.box(0, 2))
    phone.says("kept")
    other.says("kept")
    expect(other.box(0, 2)).to_be_checked()
    other.page.bring_to_front()
    other.press(other.box(1, 4))
    other.says("kept")
    phone.context.set_offline(False)
    for tab in (phone, other):
        tab.says("received")
        expect(tab.box(0, 2)).to_be_checked()
        expect(tab.box(1, 4)).to_be_checked()
    room.answered(1)
    assert sent(phone, "feel") == {"n": 2, "value": {"ratings": {"know-whats-on": 2, "would-miss": 4}}}


# Storage


def test_storage_that_fills_up_in_the_middle_is_told_and_the_answer_arrives(room: Room) -> None:
    room.watch.allow(UNPLUGGED)
    for lang, waits in (("en", "Will send. Keep this page open"), ("cy", "Cadwch y dudalen hon ar agor")):
        phone = room.phone(lang, script=FULL)
        if lang == "en":
            room.open("feel")
        phone.at("feel", "accepting")
        away(phone)
        phone.press(phone.box(0, 1))
        phone.says("kept")
        notice = phone.page.locator("[role=status] #no-storage")
        expect(notice).to_be_hidden()
        phone.page.evaluate("window.full = true")
        phone.press(phone.box(0, 5))
        expect(notice).to_be_visible()
        phone.says("kept")
        expect(phone.page.locator("#state")).to_contain_text(waits)
        expect(phone.page.locator("#state [data-lasting=true]")).to_be_hidden()
        phone.context.set_offline(False)
        phone.says("received")
        # What was kept while there was room is old now: after a reload it is not sent after the newer one.
        phone.page.reload()
        phone.here()
        phone.says("received")
        expect(phone.box(0, 5)).to_be_checked()
        assert sent(phone, "feel") == {"n": 2, "value": {"ratings": {"know-whats-on": 5}}}


def test_what_waits_in_a_storage_that_is_full_is_sent_all_the_same(room: Room) -> None:
    room.watch.allow(UNPLUGGED)
    phone = room.phone("en", script=FULL)
    room.open("feel")
    phone.at("feel", "accepting")
    away(phone)
    phone.press(phone.box(0, 4))
    phone.says("kept")
    phone.context.add_init_script("window.full = true")
    phone.context.set_offline(False)
    phone.page.reload()
    phone.says("received")
    expect(phone.page.locator("#no-storage")).to_be_visible()
    assert sent(phone, "feel") == {"n": 1, "value": {"ratings": {"know-whats-on": 4}}}


def test_an_answer_outlives_its_storage_as_long_as_the_page_is_open(room: Room) -> None:
    room.watch.allow(UNPLUGGED)
    phone = room.phone("en")
    room.open("feel")
    phone.at("feel", "accepting")
    away(phone)
    phone.press(phone.box(0, 4))
    phone.says("kept")
    phone.page.evaluate("localStorage.clear()")
    phone.press(phone.box(1, 1))
    phone.says("kept")
    phone.page.evaluate("localStorage.clear()")
    phone.context.set_offline(False)
    phone.says("received")
    room.answered(1)
    assert sent(phone, "feel") == {"n": 2, "value": {"ratings": {"know-whats-on": 4, "would-miss": 1}}}


def test_whoever_changes_their_mind_after_the_storage_was_lost_is_not_called_late(room: Room) -> None:
    for script in (NO_STORAGE, "location.host && localStorage.clear()"):
        phone = room.phone("cy", script=script)
        if script == NO_STORAGE:
            room.open("feel")
        phone.at("feel", "accepting")
        for point in (1, 2, 3):
            phone.press(phone.box(0, point))
            phone.says("received")
        phone.page.reload()
        phone.here()
        phone.at("feel", "accepting")
        expect(phone.box(0, 3)).to_be_checked()
        phone.press(phone.box(0, 5))
        phone.says("received")
        assert sent(phone, "feel") == {"n": 4, "value": {"ratings": {"know-whats-on": 5}}}
        assert '"superseded"' not in phone.received()


# Networks and clocks


def test_on_a_network_of_the_slow_kind_a_phone_joins_answers_and_hears_that_it_was_received(room: Room) -> None:
    phone = room.phone("en", join=False)
    slow = phone.context.new_cdp_session(phone.page)
    slow.send("Network.enable")
    rate = {"offline": False, "latency": 800, "downloadThroughput": 20_000, "uploadThroughput": 20_000}
    slow.send("Network.emulateNetworkConditions", rate)
    for one in (phone.page, phone.context):
        one.set_default_timeout(90_000)
    phone.page.goto(f"{room.url}/j/{room.code}/en")
    phone.press(phone.page.locator("#join button"))
    phone.page.wait_for_url(f"**/s/{room.code}/en")
    expect(phone.page.locator("#phone[data-connected=true]")).to_be_attached(timeout=90_000)
    room.open("feel")
    phone.at("feel", "accepting")
    phone.press(phone.box(0, 5))
    phone.says("received")
    room.answered(1)


def test_a_phone_whose_clock_is_wrong_by_a_day_counts_down_with_the_room(room: Room) -> None:
    phones = [room.phone("en", script=WRONG_CLOCK % off) for off in (DAY, -DAY, 0)]
    room.open("feel")
    for phone in phones:
        phone.at("feel", "accepting")
    room.key("p")  # it stands still, so that it can be compared
    faces = []
    for phone in phones:
        expect(phone.page.locator("#step .timer")).not_to_have_attribute("data-paused", "")
        faces.append(phone.page.locator("#step .time-left").inner_text())
    assert faces == [room.console.locator("#now .time-left").inner_text()] * 3
    assert re.fullmatch(r"\d+:\d\d", faces[0])
    room.key("p")
    left = []
    for phone in phones:
        expect(phone.page.locator("#step .timer")).to_have_attribute("data-paused", "")
        expect(phone.page.locator("#step .time-left")).to_be_visible()
        left.append(seconds(phone.page.locator("#step .time-left").inner_text()))
    assert max(left) <= seconds(faces[0])
    assert min(left) > seconds(faces[0]) - 30  # a day off would be none left, or a day of it
    phones[0].press(phones[0].box(0, 5))
    phones[0].says("received")


def seconds(face: str) -> int:
    minutes, _, rest = face.partition(":")
    return int(minutes) * 60 + int(rest)


# The facilitator


def test_when_the_laptop_dies_another_goes_on_by_the_same_link_and_the_old_one_s_press_is_refused_in_words(
    room: Room, server: OwnServer
) -> None:
    room.watch.allow("409")
    phone = room.phone("en")
    room.open("feel")
    phone.at("feel", "accepting")
    held: list[Route] = []
    room.console.route("**/do/close", lambda route: held.append(route))
    take_time(room.console)
    with room.console.expect_request("**/do/close"):
        room.console.locator("#next [data-verb=close] button").first.click()
    # Another laptop opens the link and goes on, twice.
    context = room.context(storage_state=enter(room.browser, server))
    other = context.new_page()
    other.goto(f"{room.url}/c/{room.code}?lang=en")
    expect(other.locator("body[data-connected=true]")).to_be_attached()
    for verb, state in (("close", "closed"), ("reveal", "revealed")):
        take_time(other)
        other.locator(f"#next [data-verb={verb}] button").first.click()
        phone.at("feel", state)
    revision = int(
        phone.page.evaluate("fetch(location.pathname + '/now').then((a) => a.json()).then((a) => a.revision)")
    )
    while not held:
        room.console.wait_for_timeout(20)
    with room.console.expect_response("**/do/close") as answer:
        held[0].continue_()
    assert answer.value.status == 409
    said = answer.value.json()
    assert said["ok"] is False and said["why"]
    expect(room.console.locator("#toast")).to_contain_text(said["why"])
    phone.at("feel", "revealed")
    assert now(phone) == revision
    assert room.offers() == room.offers(other)


def take_time(console: Page) -> None:
    """A console takes no second press of Next within 600 ms."""
    began = console.evaluate("performance.now()")
    console.wait_for_function("began => performance.now() - began > 620", arg=began, polling="raf")


def now(phone: Phone) -> int:
    """The session's revision."""
    return int(phone.page.evaluate("async () => (await (await fetch(location.pathname + '/now')).json()).revision"))
