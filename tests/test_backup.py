"""`python -m workshop.backup`: what it makes, what it refuses, and in what words. Beside running servers: faults/."""

import os
import resource
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.cast import eventually
from tests.store.ways_in import furnish, keep, opened, rows
from workshop.backup import restore
from workshop.config import ROOT
from workshop.folder import open_folder

# Restores into copy after copy of a data folder. Each time it is killed one step later, until it lives to the end.
KILLED_AT_EACH = """
import os, shutil, signal, sys
from itertools import count
from pathlib import Path
from workshop.backup import restore

data, backup = map(Path, sys.argv[1:])
for number in count(1):
    copy = data.with_name(f"{number:03}")
    shutil.copytree(data, copy)
    child = os.fork()
    if child == 0:
        left = number

        def one_less(event, _):
            global left
            if event in ("open", "os.mkdir", "os.link", "os.rename", "os.remove", "os.rmdir", "sqlite3.connect"):
                left -= 1
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(one_less)
        restore(copy, backup)
        os._exit(0)
    if os.WIFEXITED(os.waitpid(child, 0)[1]):
        break
"""

FOUND = "2 sessions, 3 participants, 1 answers, 0 notes, schema 0002"


def run(data: Path, *words: str, before: Callable[[], None] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "workshop.backup", *words],
        cwd=ROOT, env={**os.environ, "DATA": str(data)}, capture_output=True, text=True, timeout=120, check=False,
        preexec_fn=before,
    )  # fmt: skip


def refused(data: Path, *words: str, before: Callable[[], None] | None = None) -> str:
    """What it says when it does not do it: on standard error alone, without a traceback."""
    done = run(data, *words, before=before)
    assert (done.returncode, done.stdout) == (1, ""), done
    assert "Traceback" not in done.stderr
    return done.stderr


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def modes(folder: Path) -> dict[str, int]:
    return {one.name: stat.S_IMODE(one.stat().st_mode) for one in (folder, *folder.iterdir())}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The folder of a Cyd that was stopped."""
    folder = tmp_path / "data"
    with opened(folder / "cyd.sqlite3") as store:
        furnish(store)
        keep(store, 1, {"a": 1})
    (folder / "secret").write_text("s" * 64)
    (folder / "secret").chmod(0o600)
    return folder


@pytest.fixture
def backup(data: Path, tmp_path: Path) -> Path:
    assert run(data, "make", "--to", str(tmp_path / "backup")).returncode == 0
    return tmp_path / "backup"


def _as_a_kill_leaves_it(data: Path) -> dict[str, bytes]:
    """Something newer in it than the backup has, still in the -wal file, and another secret; what is in which file."""
    with opened(data / "cyd.sqlite3") as store:
        keep(store, 2, {"a": 2})
        was = {name: (data / name).read_bytes() for name in ("cyd.sqlite3", "cyd.sqlite3-wal")} | {"secret": b"other"}
    assert was["cyd.sqlite3-wal"]
    for name, body in was.items():
        (data / name).write_bytes(body)
    return was


# Making one


def test_a_backup_is_a_folder_for_its_owner_alone_with_the_database_and_the_secret(data: Path, tmp_path: Path) -> None:
    before = contents(data)
    done = run(data, "make")
    (made,) = (tmp_path / "backups").iterdir()
    megabytes = f"{(made / 'cyd.sqlite3').stat().st_size / 1e6:.1f} MB"
    assert (done.returncode, done.stdout, done.stderr) == (0, f"Made {made}\n{FOUND}, {megabytes}\n", "")
    assert modes(tmp_path / "backups") == {"backups": 0o700, made.name: 0o700}
    assert modes(made) == {made.name: 0o700, "cyd.sqlite3": 0o600, "secret": 0o600}
    assert rows(made / "cyd.sqlite3", "select * from response") == rows(data / "cyd.sqlite3", "select * from response")
    assert contents(data) == before


def test_a_backup_never_takes_the_place_of_anything(data: Path, tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.mkdir()
    assert refused(data, "make", "--to", str(there)) == (
        f"{there} is there already; a backup never overwrites anything.\n"
    )
    assert list(there.iterdir()) == []


def test_where_there_is_no_database_it_says_so_and_makes_nothing(tmp_path: Path) -> None:
    assert refused(tmp_path / "data", "make") == f"There is no Cyd database in {tmp_path / 'data'}.\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("other", ["text", "another database", "nothing"])
def test_what_is_not_cyds_is_not_taken_for_it(tmp_path: Path, other: str) -> None:
    data = tmp_path / "data"
    data.mkdir()
    file = data / "cyd.sqlite3"
    file.write_text("Dear diary, " * 1000 if other == "text" else "")
    if other == "another database":
        with closing(sqlite3.connect(file)) as line:
            line.execute("create table recipe (title)")
    assert "not a database of Cyd's" in refused(data, "make")
    assert list((tmp_path / "backups").iterdir()) == []


def test_a_database_of_a_newer_cyd_is_left_to_that_one(data: Path, backup: Path, tmp_path: Path) -> None:
    for folder in (data, backup):
        with closing(sqlite3.connect(folder / "cyd.sqlite3")) as line:
            line.execute("update alembic_version set version_num = '9999'")
            line.commit()
    said = f"{data / 'cyd.sqlite3'} is of a newer Cyd, schema 9999; this one knows 0002. Use the newer one.\n"
    assert refused(data, "make") == said
    before = contents(data)
    said = f"{backup / 'cyd.sqlite3'} is of a newer Cyd, schema 9999; this one knows 0002. Use the newer one.\n"
    assert refused(data, "restore", "--from", str(backup)) == said
    assert contents(data) == {**before, "lock": b""}


def test_a_disk_that_takes_no_more_is_said_to_be_so_and_nothing_half_is_left(data: Path, tmp_path: Path) -> None:
    def small() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))

    said = refused(data, "make", before=small)
    assert said.startswith(f"Nothing was made in {tmp_path / 'backups'}: ")
    assert said.endswith(" MB free.\n")
    assert list((tmp_path / "backups").iterdir()) == []


def test_a_killed_backup_leaves_none_that_could_be_taken_for_one(data: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(data / "cyd.sqlite3", isolation_level=None)) as line:
        line.execute("pragma journal_mode=delete")
        line.execute("begin exclusive")  # it waits in the middle
        making = subprocess.Popen(
            [sys.executable, "-m", "workshop.backup", "make", "--to", str(tmp_path / "backup")],
            cwd=ROOT,
            env={**os.environ, "DATA": str(data)},
        )
        unfinished = tmp_path / "backup.unfinished" / "cyd.sqlite3"
        assert eventually(unfinished.exists, 60)
        making.send_signal(signal.SIGKILL)
        making.wait()
    assert not (tmp_path / "backup").exists()
    assert refused(data, "make", "--to", str(tmp_path / "backup")) == (
        f"{unfinished.parent} is in the way: delete it, unless another backup is at it.\n"
    )
    shutil.rmtree(unfinished.parent)
    assert run(data, "make", "--to", str(tmp_path / "backup")).returncode == 0


def test_what_takes_longer_than_a_second_says_what_it_is_at(data: Path) -> None:
    with closing(sqlite3.connect(data / "cyd.sqlite3", isolation_level=None)) as line:
        line.execute("pragma journal_mode=delete")
        line.execute("begin exclusive")
        making = subprocess.Popen(
            [sys.executable, "-u", "-m", "workshop.backup", "make"],
            cwd=ROOT, env={**os.environ, "DATA": str(data)}, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert making.stdout is not None
        assert making.stdout.readline() == f"Copying {(data / 'cyd.sqlite3').stat().st_size / 1e6:.1f} MB ...\n"
        line.execute("commit")
    assert FOUND in making.communicate(timeout=60)[0]
    assert making.returncode == 0


# And back


def test_restoring_keeps_what_was_there_aside_and_lets_no_old_log_into_the_new_database(
    data: Path, backup: Path
) -> None:
    was = _as_a_kill_leaves_it(data)
    done = run(data, "restore", "--from", str(backup))
    (aside,) = data.glob("before-*")
    assert (done.returncode, done.stderr, done.stdout) == (
        0,
        "",
        f"Restored {data} from {backup}\n{FOUND}\n"
        f"What was there is in {aside}: delete it once you no longer need it.\n",
    )
    assert contents(aside) == was
    assert modes(aside)[aside.name] == 0o700
    assert {one.name for one in data.iterdir()} == {"cyd.sqlite3", "secret", "lock", aside.name}
    assert modes(data) | {data.name: 0, aside.name: 0} == {
        data.name: 0, aside.name: 0, "cyd.sqlite3": 0o600, "secret": 0o600, "lock": 0o600
    }  # fmt: skip
    assert rows(data / "cyd.sqlite3", "select n, value from response") == [(1, '{"a":1}')]
    assert (data / "secret").read_text() == "s" * 64

    # What was kept aside is itself something to restore from.
    assert run(data, "restore", "--from", str(aside)).returncode == 0
    assert rows(data / "cyd.sqlite3", "select n, value from response") == [(2, '{"a":2}')]
    assert (data / "secret").read_text() == "other"


def test_a_restore_that_is_killed_at_any_step_loses_nothing_and_is_done_again(
    data: Path, backup: Path, tmp_path: Path
) -> None:
    was = _as_a_kill_leaves_it(data)
    command = [sys.executable, "-W", "error", "-c", KILLED_AT_EACH, str(data), str(backup)]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, timeout=120, check=False)
    assert done.returncode == 0
    killed = sorted(tmp_path.glob("[0-9]*"))
    assert len(killed) > 20
    for copy in killed:
        kept = [*copy.glob("before-*"), copy]
        assert any(contents(one).items() >= was.items() for one in kept), copy
        restore(copy, backup)
        assert rows(copy / "cyd.sqlite3", "select n, value from response") == [(1, '{"a":1}')]
        assert (copy / "secret").read_text() == "s" * 64
        assert not list(copy.glob("*.unfinished"))
        assert any(contents(one).items() >= was.items() for one in copy.glob("before-*"))


def test_a_backup_can_be_restored_where_there_was_nothing_and_is_not_changed_by_it(
    backup: Path, tmp_path: Path
) -> None:
    before = contents(backup)
    new = tmp_path / "elsewhere" / "data"
    done = run(new, "restore", "--from", str(backup))
    assert (done.returncode, done.stdout) == (0, f"Restored {new} from {backup}\n{FOUND}\n")
    assert modes(new) == {"data": 0o700, "cyd.sqlite3": 0o600, "secret": 0o600, "lock": 0o600}
    assert contents(backup) == before


def test_revisions_go_on_beyond_what_any_page_has_seen(data: Path, backup: Path) -> None:
    seen = []
    for _ in range(2):  # and again where the first time did not help
        assert run(data, "restore", "--from", str(backup)).returncode == 0
        seen.append(rows(data / "cyd.sqlite3", "select code, revision, moved from session order by code"))
    for (_, first, _), (_, second, moved) in zip(*seen, strict=True):
        assert second > first > 1_000_000
        assert second >= moved > first  # a button that was pressed before it is stale


def test_a_folder_that_a_cyd_runs_on_is_not_restored_into(data: Path, backup: Path) -> None:
    held = open_folder(data)
    before = contents(data)
    said = f"DATA: a Cyd is running on {data}; stop it first, or name another folder\n"
    assert refused(data, "restore", "--from", str(backup)) == said
    assert contents(data) == before
    os.close(held)


def test_a_damaged_backup_takes_the_place_of_nothing(data: Path, backup: Path) -> None:
    broken = bytearray((backup / "cyd.sqlite3").read_bytes())
    broken[4096 * 3 : 4096 * 6] = bytes(4096 * 3)
    (backup / "cyd.sqlite3").write_bytes(broken)
    before = contents(data)
    assert refused(data, "restore", "--from", str(backup))
    assert contents(data) == {**before, "lock": b""}


def test_where_there_is_no_backup_nothing_is_touched(data: Path, tmp_path: Path) -> None:
    assert refused(data, "restore", "--from", str(tmp_path)) == f"There is no backup in {tmp_path}: no cyd.sqlite3.\n"
