"""Phones' own clocks are wrong by a day: what they show and send goes by the server's."""

from tests.browser.conftest import Phone, Room
from tests.cast import eventually

DAY = 86_400_000
CLOCK = """window.ahead = %d;
const Real = Date;
window.Date = class extends Real {
  constructor(...given) {
    if (given.length) super(...given);
    else super(Real.now() + window.ahead);
  }
  static now() { return Real.now() + window.ahead; }
};"""


def test_phones_whose_clocks_are_wrong_by_a_day_count_down_with_the_room_and_are_received(room: Room) -> None:
    right = room.phone("en")
    wrong = [room.phone("cy", script=CLOCK % ahead) for ahead in (DAY, -DAY)]
    room.open("feel")
    for phone in (right, *wrong):
        phone.at("feel", "accepting")
        phone.press(phone.box(0, 4))
        phone.says("received")
    for phone in wrong:
        assert _counts_with(phone, right)
    wrong[0].page.evaluate("window.ahead = 0")  # its clock is put right meanwhile
    assert eventually(lambda: _counts_with(wrong[0], right), 30)


def _counts_with(phone: Phone, other: Phone) -> bool:
    """Whether both show the same time left, give or take what it takes to look, and to hear of the server's clock."""
    before, shown, after = (_left(one) for one in (other, phone, other))
    return after - 5 <= shown <= before + 5


def _left(phone: Phone) -> int:
    """Seconds; nothing once time is up."""
    minutes, _, seconds = phone.page.locator("#step .time-left").inner_text().partition(":")
    return int(minutes) * 60 + int(seconds)
