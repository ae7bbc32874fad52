"""The database loses a table under a running server: every handler says that nothing was kept, and all goes on."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest

from tests.cast import Closed, Polling, Room, gather, hang_up, running

EXERCISE = "jobs"
VALUE = {"placed": {"c1": "paid"}}
RETRY = {"ok": False, "retry": True, "after_ms": 2000}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    with running(tmp_path_factory.mktemp("handlers")) as server:
        yield gather(server, "demo")


@pytest.fixture
def room(house: Room) -> Iterator[Room]:
    room = gather(house.server, "demo", house.ada)
    room.ada.go(room.code, EXERCISE, "open")
    yield room
    hang_up()


@contextmanager
def without(room: Room, table: str) -> Iterator[None]:
    """As long as this lasts no statement about the table works."""
    with closing(sqlite3.connect(room.server.data / "cyd.sqlite3", isolation_level=None, timeout=15)) as line:
        line.execute(f"alter table {table} rename to taken_away")
        try:
            yield
        finally:
            line.execute(f"alter table taken_away rename to {table}")


def message(n: int, rev: int) -> dict[str, Any]:
    return {"v": 1, "exercise": EXERCISE, "n": n, "rev": rev, "value": VALUE}


@pytest.mark.parametrize("table", ["session", "response"])  # who answers is remembered
def test_an_answer_that_cannot_be_kept_is_told_to_come_again_by_every_way_and_is_received_then(
    room: Room, table: str
) -> None:
    ben, polling, rev = room.ben.socket(), Polling(room.cari, room.cari.auth), room.ada.revision(room.code)
    ben.watch()
    with without(room, table):
        heard = [ben.ask("respond", message(1, rev)), polling.ask("respond", message(1, rev))]
        put = room.ben.put_answer(EXERCISE, 1, VALUE, rev)
    assert heard == [RETRY] * 2
    assert put.status in (500, 503)  # 500 where not even whose seat it is can be read
    assert [ben.ask("respond", message(1, rev)), polling.ask("respond", message(1, rev))] == [
        {"ok": True, "status": "received", "n": 1}
    ] * 2


@pytest.mark.parametrize("table", ["response"])  # session and seat are remembered
def test_who_watches_while_nothing_can_be_read_is_told_to_come_again(room: Room, table: str) -> None:
    ben = room.ben.socket()
    with without(room, table):
        heard = ben.ask("watch")
    assert heard == RETRY
    assert ben.watch()["ok"] is True


def test_who_sits_down_while_nothing_can_be_read_is_hung_up_on_and_sits_down_the_next_time(room: Room) -> None:
    with without(room, "participant"), pytest.raises(Closed):
        room.ben.socket()
    assert "message handler error" not in room.server.log  # what the library says where it hangs up on nobody
    ben = room.ben.socket()
    assert ben.watch()["ok"] is True
    assert room.ada.get(f"/c/{room.code}/now").json["fragments"]["top"].count("<b>1</b> connected") == 1


def test_who_leaves_while_nothing_can_be_read_is_gone(room: Room) -> None:
    ben, cari = room.ben.socket(), room.cari.socket()
    assert ben.watch()["ok"] and cari.watch()["ok"]
    with without(room, "session"):
        ben.wire.send("41")
        assert cari.ask("nosuch") == {"ok": False, "status": "invalid"}
    top = room.ada.get(f"/c/{room.code}/now").json["fragments"]["top"]
    assert "<b>1</b> connected" in top


def test_a_frame_that_could_not_be_drawn_is_made_up_for_by_the_next(room: Room) -> None:
    ben = room.ben.socket()
    ben.watch()
    assert room.ada.do(room.code, "close", exercise=EXERCISE).status == 200
    with without(room, "response"):
        assert room.ada.post(f"/c/{room.code}/do/blank", {"blank": "1"}).status == 200
        assert ben.ask("nosuch") == {"ok": False, "status": "invalid"}
    assert room.ada.do(room.code, "reveal", exercise=EXERCISE).status == 200
    assert ben.until(lambda: 'data-state="revealed"' in ben.fragments["step"])
    assert ben.fragments == room.ben.now()["fragments"]
