"""The server's disk takes nothing for a while: the phone keeps the answer and says so, and so does the console."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Room, Watch, enter
from tests.faults.disk import Disk
from workshop.rehearsal.server import OwnServer

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="nothing can be preloaded beneath SQLite")


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    return Disk(tmp_path / "disk")


@pytest.fixture
def full_room(browser: Browser, watch: Watch, tmp_path: Path, disk: Disk) -> Iterator[Room]:
    """A room on a server with a disk that does as it is told."""
    server = OwnServer(tmp_path / "data", **disk.environment())
    try:
        server.start()
        room = Room(browser, server, watch, enter(browser, server), "demo")
        yield room
        room.close()
        assert watch.wrong() == []
        assert "Traceback" not in server.log
    finally:
        server.stop()


def test_an_answer_that_a_full_disk_does_not_take_is_kept_and_received_once_there_is_room(
    full_room: Room, disk: Disk
) -> None:
    phone = full_room.phone("en")
    full_room.open("feel")
    phone.at("feel", "accepting")
    phone.press(phone.box(0, 4))
    phone.says("received")
    trouble = full_room.console.locator("#top .trouble")
    expect(trouble).to_have_count(0)
    disk.do("no-space")
    phone.press(phone.box(1, 2))
    phone.says("kept")
    expect(trouble).to_have_attribute("role", "alert")
    expect(trouble).to_be_visible()
    disk.undo("no-space")
    phone.says("received")
    expect(trouble).to_have_count(0)
    expect(phone.box(0, 4)).to_be_checked()
    expect(phone.box(1, 2)).to_be_checked()
