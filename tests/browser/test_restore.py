"""The disk is lost in the middle of a session, and a backup from a few minutes before is put in its place."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import UNPLUGGED, OwnServer, Room
from workshop.config import ROOT


def back_up(server: OwnServer, to: Path) -> None:
    run("make", "--to", str(to), data=server.data)


def lose_and_restore(server: OwnServer, backup: Path) -> None:
    server.kill()
    shutil.rmtree(server.data)
    run("restore", "--from", str(backup), data=server.data)
    server.start()


def run(*words: str, data: Path) -> None:
    environment = {**os.environ, "DATA": str(data)}
    subprocess.run([sys.executable, "-m", "workshop.backup", *words], cwd=ROOT, env=environment, check=True)


def test_a_phone_that_stayed_open_gives_back_what_was_received_after_the_backup(
    own_room: Room, own_server: OwnServer, tmp_path: Path
) -> None:
    own_room.watch.allow(UNPLUGGED)
    changed, new = own_room.phone("en"), own_room.phone("cy")
    own_room.open("feel")
    changed.at("feel", "accepting")
    new.at("feel", "accepting")
    changed.press(changed.box(0, 4))
    changed.says("received")
    back_up(own_server, tmp_path / "backup")
    changed.press(changed.box(1, 2))
    new.press(new.box(0, 5))
    for phone in (changed, new):
        phone.says("received")
        phone.page.evaluate("window.sameLoad = true")
    own_room.answered(2)

    lose_and_restore(own_server, tmp_path / "backup")
    own_room.answered(2)
    for phone in (changed, new):
        phone.here()
        phone.says("received")
        assert phone.page.evaluate("window.sameLoad") is True
    assert changed.stored("feel") == {"ratings": {"know-whats-on": 4, "would-miss": 2}}
    assert new.stored("feel") == {"ratings": {"know-whats-on": 5}}


def test_a_phone_that_was_opened_again_shows_what_the_backup_holds_and_counts_on_from_there(
    own_room: Room, own_server: OwnServer, tmp_path: Path
) -> None:
    own_room.watch.allow(UNPLUGGED)
    phone = own_room.phone("en")
    own_room.open("feel")
    phone.at("feel", "accepting")
    phone.press(phone.box(0, 4))
    phone.says("received")
    back_up(own_server, tmp_path / "backup")
    phone.press(phone.box(1, 2))
    phone.says("received")
    address = phone.page.url
    phone.page.goto("about:blank")

    lose_and_restore(own_server, tmp_path / "backup")
    phone.page.goto(address)
    phone.here()
    phone.says("received")
    expect(phone.box(0, 4)).to_be_checked()
    expect(phone.box(1, 2)).not_to_be_checked()
    phone.press(phone.box(1, 3))
    phone.says("received")
    assert phone.stored("feel") == {"ratings": {"know-whats-on": 4, "would-miss": 3}}


def test_an_answer_that_the_restored_session_takes_no_longer_is_said_to_be_lost(
    own_room: Room, own_server: OwnServer, tmp_path: Path
) -> None:
    own_room.watch.allow(UNPLUGGED)
    own_room.watch.allow("409 .*/feel")  # where the answer goes as a PUT
    phone = own_room.phone("en")
    back_up(own_server, tmp_path / "backup")
    exercise = own_room.open("feel")
    phone.at("feel", "accepting")
    phone.press(phone.box(0, 4))
    phone.says("received")

    lose_and_restore(own_server, tmp_path / "backup")
    told = phone.page.locator("#refusals")
    expect(told).to_contain_text(str(exercise.title.en))
    expect(told).to_contain_text("it is not counted")


def test_pages_that_stayed_open_follow_the_restored_session_from_where_it_was(
    own_room: Room, own_server: OwnServer, tmp_path: Path
) -> None:
    own_room.watch.allow(UNPLUGGED)
    screen, phone = own_room.screen(), own_room.phone("en")
    own_room.open("feel")
    phone.at("feel", "accepting")
    back_up(own_server, tmp_path / "backup")
    for _ in range(3):
        own_room.next()  # closed, revealed, on: changes that the backup knows nothing of
    assert own_room.offers() != "close feel"

    lose_and_restore(own_server, tmp_path / "backup")
    phone.at("feel", "accepting")
    question = str(own_room.exercise("feel").content.question.cy)
    expect(screen.locator("#stage")).to_contain_text(question)
    expect(own_room.console.locator("#next form[data-verb=close]")).to_be_attached()
    own_room.next()
    phone.at("feel", "closed")
