"""What is kept of write-ups: edits and photos go with their session, what was published stays."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.house import BEGIN, CODE, OTHER, House, opened
from workshop.model import Unknown
from workshop.record import Listed, Record
from workshop.report import Deed, Edits, Photo
from workshop.text import Text

CANARY = b"CanarybirdInAPhoto"
PHOTO = Photo(id="0" * 16, width=4, height=3, alt=Text(en="A wall"))
EDITS = Edits(texts={"title": Text(cy="Teitl", en="Canarytitle")}, order=("next",), photos=(PHOTO,), election=True)
RECORD = Record(
    key="BCDFGHJKMN",
    session=CODE,
    title=Text(cy="Teitl", en="Title"),
    began=BEGIN,
    report=b'{"cyd": 1}',
    public=True,
    first_at=BEGIN + 1,
    updated_at=BEGIN + 2,
    why_lacking=Text(en="No translator"),
    deeds=(Deed(Text(en="A bus"), Text(cy="Do", en="Yes"), "May"),),
)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with opened(tmp_path) as house:
        yield house


def edits(house: House, code: str = CODE) -> Edits:
    with house.store.read() as read:
        return read.edits(code)


def records(house: House) -> list[Listed]:
    with house.store.read() as read:
        return read.records()


def test_edits_come_back_as_they_were_put_and_only_in_their_session(house: House) -> None:
    house.store.writer.do(lambda tx: tx.write_up.put_edits(CODE, EDITS))
    assert (edits(house), edits(house, OTHER)) == (EDITS, Edits())
    house.store.writer.do(lambda tx: tx.write_up.put_edits(CODE, Edits()))
    assert edits(house) == Edits()


def test_an_edit_moves_the_revision_once_and_not_where_nothing_changed(house: House) -> None:
    before = house.at
    house.store.writer.do(lambda tx: tx.write_up.put_edits(CODE, EDITS))
    house.store.writer.do(lambda tx: tx.write_up.put_edits(CODE, EDITS))
    assert (house.at, house.beside().at) == (before + 1, 1)


def test_an_edit_of_a_session_that_is_not_there_is_unknown(house: House) -> None:
    with pytest.raises(Unknown):
        house.store.writer.do(lambda tx: tx.write_up.put_edits("ZZZZZZZ", EDITS))


def test_photos_are_kept_by_session(house: House) -> None:
    house.store.writer.do(lambda tx: tx.write_up.add_picture(CODE, "a" * 16, CANARY))
    house.store.writer.do(lambda tx: tx.write_up.add_picture(OTHER, "a" * 16, b"theirs"))
    house.store.writer.do(lambda tx: tx.write_up.remove_picture(OTHER, "b" * 16))
    with house.store.read() as read:
        assert (read.pictures(CODE), read.pictures(OTHER)) == ({"a" * 16: CANARY}, {"a" * 16: b"theirs"})


def test_a_record_comes_back_as_it_was_put_and_is_listed(house: House) -> None:
    house.store.writer.do(lambda tx: tx.write_up.put_record(RECORD))
    older = replace(RECORD, key="ZZZZZZZZZZ", session=None, public=False, first_at=None, updated_at=BEGIN)
    house.store.writer.do(lambda tx: tx.write_up.put_record(older))
    with house.store.read() as read:
        assert (read.record(RECORD.key), read.record(older.key)) == (RECORD, older)
    assert [(one.key, one.title, one.public) for one in records(house)] == [
        (RECORD.key, RECORD.title, True),
        (older.key, RECORD.title, False),
    ]
    house.store.writer.do(lambda tx: tx.write_up.put_record(replace(RECORD, report=b"{}")))
    assert len(records(house)) == 2


def test_a_record_that_is_not_there_is_unknown(house: House) -> None:
    with pytest.raises(Unknown), house.store.read() as read:
        read.record("NOTHING")
    with pytest.raises(Unknown):
        house.store.writer.do(lambda tx: tx.write_up.record("NOTHING"))


def test_deleting_a_session_takes_its_edits_and_photos_out_of_every_file_and_leaves_its_record(
    house: House, tmp_path: Path
) -> None:
    house.store.writer.do(lambda tx: tx.write_up.put_edits(CODE, EDITS))
    house.store.writer.do(lambda tx: tx.write_up.put_edits(OTHER, Edits(day="2027-03-01")))
    house.store.writer.do(lambda tx: tx.write_up.add_picture(CODE, PHOTO.id, CANARY * 1000))
    house.store.writer.do(lambda tx: tx.write_up.put_record(RECORD))
    house.live.delete(CODE)
    with house.store.read() as read:
        assert (read.edits(CODE), read.pictures(CODE)) == (Edits(), {})
        assert read.edits(OTHER) == Edits(day="2027-03-01")
        assert read.record(RECORD.key) == replace(RECORD, session=None)
    files = b"".join(file.read_bytes() for file in tmp_path.iterdir() if file.is_file())
    assert [word for word in (CANARY, b"Canarytitle") if word in files] == []


def test_a_record_that_is_removed_leaves_no_trace_in_the_files(house: House, tmp_path: Path) -> None:
    house.store.writer.do(lambda tx: tx.write_up.put_record(replace(RECORD, report=CANARY * 1000)))

    def remove(tx: object) -> None:
        tx.write_up.remove_record(RECORD.key)  # type: ignore[attr-defined]
        tx.scrub = True  # type: ignore[attr-defined]

    house.store.writer.do(remove)
    assert records(house) == []
    assert CANARY not in b"".join(file.read_bytes() for file in tmp_path.iterdir() if file.is_file())
