"""The data folder: one Cyd at a time, on a disk of this machine."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cast import running
from workshop import folder as data_folder
from workshop.config import ROOT, ConfigError
from workshop.folder import open_folder, share_of

MOUNTS = """\
/dev/sda1 / ext4 rw,relatime 0 0
proc /proc proc rw 0 0
nas:/export /mnt/nas nfs4 rw,vers=4.2 0 0
/dev/sdb1 /mnt/nas/local ext4 rw 0 0
//nas/cyd /mnt/cyd\\040w\\303\\263 cifs rw 0 0
ada@host: /home/ada/far fuse.sshfs rw 0 0
systemd-1 /mnt/later autofs rw 0 0
nas:/later /mnt/later nfs rw 0 0
nas:/gone /mnt/over nfs rw 0 0
tmpfs /mnt/over tmpfs rw 0 0
a line that is short
"""


@pytest.mark.parametrize(
    ("folder", "share"),
    [
        ("/", None),
        ("/home/ada/cyd/data", None),
        ("/mnt/nas", "nfs4"),
        ("/mnt/nas/cyd/data", "nfs4"),
        ("/mnt/nas/local/data", None),
        ("/mnt/nassau/data", None),
        ("/mnt/cyd wó/data", "cifs"),
        ("/home/ada/far/data", "sshfs"),
        ("/mnt/later/data", "nfs"),
        ("/mnt/over/data", None),
    ],
)
def test_the_nearest_mount_says_whether_a_folder_is_on_a_network_share(folder: str, share: str | None) -> None:
    assert share_of(MOUNTS, Path(folder)) == share


def test_a_folder_on_a_network_share_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"nas:/export {tmp_path.resolve()} nfs4 rw 0 0\n")
    monkeypatch.setattr(data_folder, "MOUNTS", mounts)
    with pytest.raises(ConfigError, match=r"^DATA: .*data is on a network share \(nfs4\); it must be"):
        open_folder(tmp_path / "data")
    assert not (tmp_path / "data").exists()


def test_a_folder_is_made_for_its_owner_and_has_one_holder_at_a_time(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "data"
    held = open_folder(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "lock").stat().st_mode) == 0o600
    with pytest.raises(ConfigError, match=r"^DATA: a Cyd is running on "):
        open_folder(folder)
    os.close(held)
    os.close(open_folder(folder))


def test_what_cannot_be_a_folder_is_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(ConfigError, match=r"^DATA: .*file cannot be used: "):
        open_folder(tmp_path / "file")


def test_a_second_server_on_the_same_folder_says_so_and_leaves_the_first_alone(tmp_path: Path) -> None:
    with running(tmp_path) as first:
        second = subprocess.run(
            [sys.executable, "-W", "error", "app.py"],
            cwd=ROOT,
            env={**os.environ, "DATA": str(first.data), "HOST": "127.0.0.1", "PORT": str(first.port + 1)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        said = f"Cyd cannot start.\nDATA: a Cyd is running on {first.data}; stop it first, or name another folder\n"
        assert (second.returncode, second.stdout, second.stderr) == (1, "", said)
        key = first.key
        first.kill()
        first.start()  # a killed one leaves the folder free
        assert first.key == key
