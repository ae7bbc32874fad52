"""What tests of faults may use."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cast import running
from tests.faults.room import FaultyRoom
from workshop.rehearsal.server import OwnServer


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnServer]:
    """One that the tests of a file share: nobody kills it."""
    with running(tmp_path_factory.mktemp("faults")) as server:
        yield server


@pytest.fixture
def room(server: OwnServer) -> Iterator[FaultyRoom]:
    """A session of its own for each test."""
    room = FaultyRoom.of(server)
    try:
        yield room
    finally:
        room.close()


@pytest.fixture
def own_room(tmp_path: Path) -> Iterator[FaultyRoom]:
    """A session on a server of its own, which may be killed."""
    with running(tmp_path) as server:
        room = FaultyRoom.of(server)
        try:
            yield room
        finally:
            room.close()
