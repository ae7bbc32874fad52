"""`python -m workshop.backup make|restore`: a backup beside a Cyd that runs on, and the way back from it.

A backup is a folder with `cyd.sqlite3` and `secret` in it. It has its name only once it is whole, checked and on disk.
"""

import argparse
import os
import shutil
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import chain, count
from pathlib import Path
from threading import Timer
from typing import Any

from workshop.config import Config, ConfigError
from workshop.folder import open_folder, own_as_folder
from workshop.store import schemas

DATABASE, SECRET = "cyd.sqlite3", "secret"
BUSY_SECONDS = 30
COUNTED = {"session": "sessions", "participant": "participants", "response": "answers", "note": "notes"}
# So many revisions a session is taken to have lost for each second of its life, at most: pages that were open before a
# restore hold a revision from after the backup, and would take nothing from a server that counts on from an older one.
REVISIONS_A_SECOND = 1000


class Failed(Exception):
    """It was not done, and nothing that was there has changed; the words are for whoever asked for it."""


def make(data: Path, to: Path) -> str:
    """A backup of the data folder at `to`, where there must be nothing yet; what it holds, in words."""
    database, unfinished = data / DATABASE, to.with_name(f"{to.name}.unfinished")
    if not database.is_file():
        raise Failed(f"There is no Cyd database in {data}.")
    if to.exists():
        raise Failed(f"{to} is there already; a backup never overwrites anything.")
    with _saying_what_failed(to.parent):
        to.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            unfinished.mkdir(mode=0o700)
        except FileExistsError:
            raise Failed(f"{unfinished} is in the way: delete it, unless another backup is at it.") from None
        try:
            copy = unfinished / DATABASE
            os.close(os.open(copy, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            with _saying_if_slow(f"Copying {_size(database)} ..."), closing(_open(database)) as line:
                _check_schema(line, database)
                line.execute("vacuum into ?", (str(copy),))
            if (data / SECRET).is_file():
                _copy(data / SECRET, unfinished / SECRET)
            found = check(copy)
            for one in (*unfinished.iterdir(), unfinished):
                _sync(one)
            unfinished.rename(to)
            _sync(to.parent)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
    lacks = "" if (to / SECRET).is_file() else "\nThere was no secret beside it: links will be others after a restore."
    return f"Made {to}\n{found}, {_size(to / DATABASE)}{lacks}"


def restore(data: Path, source: Path) -> str:
    """Puts a backup into the data folder and keeps what was there aside in it; what there is now, in words."""
    if not (source / DATABASE).is_file():
        raise Failed(f"There is no backup in {source}: no {DATABASE}.")
    lock = open_folder(data)  # nobody may write meanwhile
    staged = data / "restore.unfinished"
    with _saying_what_failed(data):
        shutil.rmtree(staged, ignore_errors=True)
        try:
            staged.mkdir(mode=0o700)
            with _saying_if_slow(f"Copying {_size(source / DATABASE)} ..."):
                for name in (DATABASE, f"{DATABASE}-wal", SECRET):  # a -wal: where it was kept aside after a kill
                    if (source / name).is_file():
                        _copy(source / name, staged / name)
                with closing(_open(staged / DATABASE)) as line:
                    _check_schema(line, source / DATABASE)
                    _count_on(line)
                found = check(staged / DATABASE)
            kept = _kept_aside(data)
            for name in (f"{DATABASE}-wal", f"{DATABASE}-shm"):  # of the former database: they would break this one
                (data / name).unlink(missing_ok=True)
            for name in (DATABASE, SECRET):
                if (staged / name).is_file():
                    _sync(staged / name)
                    (staged / name).replace(data / name)
                    own_as_folder(data / name)
            _sync(data)
        finally:
            shutil.rmtree(staged, ignore_errors=True)
            os.close(lock)
    was = f"\nWhat was there is in {kept}: delete it once you no longer need it." if kept else ""
    return f"Restored {data} from {source}\n{found}{was}"


def check(file: Path) -> str:
    """Reads a copy that nobody has open from end to end; what is in it, in words."""
    with closing(_open(file, "mode=ro&immutable=1")) as line:
        schema = _check_schema(line, file)
        broken = [row[0] for row in line.execute("pragma integrity_check(1)")]
        if broken != ["ok"]:
            raise Failed(f"{file} is damaged: {broken[0]}")
        counts = [f"{_one(line, f'select count(*) from {table}')} {words}" for table, words in COUNTED.items()]
    return f"{', '.join(counts)}, schema {schema}"


def _check_schema(line: sqlite3.Connection, file: Path) -> str:
    tables = {name for (name,) in line.execute("select name from sqlite_master where type = 'table'")}
    if not tables >= {"alembic_version", *COUNTED}:
        raise Failed(f"{file} is not a database of Cyd's.")
    schema = _one(line, "select version_num from alembic_version")
    if schema not in schemas():
        raise Failed(f"{file} is of a newer Cyd, schema {schema}; this one knows {schemas()[-1]}. Use the newer one.")
    return str(schema)


def _one(line: sqlite3.Connection, question: str) -> Any:
    return next(line.execute(question), (None,))[0]


def _count_on(line: sqlite3.Connection) -> None:
    """Lets revisions go on from beyond any that a page may have seen after the backup was made."""
    lost = f"cast(max(0, {time.time()!r} - created_at) * {REVISIONS_A_SECOND} as integer)"
    line.execute(f"update session set moved = revision + {lost}, revision = revision + {lost}")
    line.execute("pragma wal_checkpoint(truncate)")


def _kept_aside(data: Path) -> Path | None:
    """What is in the data folder now, in a folder of its own; None where there is nothing."""
    there = [data / name for name in (DATABASE, f"{DATABASE}-wal", SECRET) if (data / name).is_file()]
    if not there:
        return None
    unfinished = data / "before.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)  # of one that was killed; what it was to keep is still in place
    unfinished.mkdir(mode=0o700)
    own_as_folder(unfinished)
    for file in there:
        try:
            os.link(file, unfinished / file.name)
        except OSError:  # a file system without links
            _copy(file, unfinished / file.name)
    _sync(unfinished)
    names = (f"before-{_stamp()}{again}" for again in chain([""], (f"-{n}" for n in count(2))))
    aside = next(data / name for name in names if not (data / name).exists())
    return unfinished.rename(aside)


def _open(file: Path, how: str = "mode=rw") -> sqlite3.Connection:
    address = f"{file.resolve().as_uri()}?{how}"
    return sqlite3.connect(address, uri=True, isolation_level=None, timeout=BUSY_SECONDS)


def _copy(file: Path, to: Path) -> None:
    with file.open("rb") as given, os.fdopen(os.open(to, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as taken:
        shutil.copyfileobj(given, taken, 1 << 20)
    own_as_folder(to)


def _sync(path: Path) -> None:
    line = os.open(path, os.O_RDONLY)
    try:
        os.fsync(line)
    finally:
        os.close(line)


def _size(file: Path) -> str:
    return f"{file.stat().st_size / 1e6:.1f} MB"


def _stamp() -> str:
    return time.strftime("%Y-%m-%d-%H%M%S")


@contextmanager
def _saying_if_slow(words: str) -> Iterator[None]:
    timer = Timer(1.0, print, (words,), {"flush": True})
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


@contextmanager
def _saying_what_failed(folder: Path) -> Iterator[None]:
    """What the system or the database says, in words that say where."""
    try:
        yield
    except sqlite3.Error as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_NOTADB:
            raise Failed("That is not a database of Cyd's.") from None
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            raise Failed(f"Another program held the database for {BUSY_SECONDS} s. Try again.") from None
        raise Failed(_no_room(folder, str(error))) from None
    except OSError as error:
        raise Failed(_no_room(folder, error.strerror or str(error))) from None


def _no_room(folder: Path, why: str) -> str:
    near = next(one for one in (folder, *folder.parents) if one.exists())
    return f"Nothing was made in {folder}: {why}. There are {shutil.disk_usage(near).free / 1e6:.0f} MB free."


def _path(given: str) -> Path:
    return Path(given).expanduser()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m workshop.backup", description="DATA names the data folder.")
    does = parser.add_subparsers(dest="does", required=True)
    does.add_parser("make").add_argument("--to", type=_path, help="the folder to make; backups/cyd-... if not said")
    does.add_parser("restore").add_argument("--from", type=_path, dest="source", required=True, help="a backup")
    asked = parser.parse_args()
    try:
        data = Config.from_environment({"DATA": os.environ.get("DATA", "")}).data
        if asked.does == "make":
            print(make(data, asked.to or data.parent / "backups" / f"cyd-{_stamp()}"))
        else:
            print(restore(data, asked.source))
    except (Failed, ConfigError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
