"""The data folder: it lies on a disk of this machine, and one process at a time has it."""

import os
from contextlib import suppress
from pathlib import Path

from workshop.config import ConfigError

try:
    import fcntl
except ImportError:  # Windows has none: there nobody is kept out
    fcntl = None  # type: ignore[assignment]

MOUNTS = Path("/proc/self/mounts")  # Linux; elsewhere nobody is asked
SHARES = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "ceph", "lustre", "glusterfs", "sshfs", "davfs"}


def open_folder(folder: Path) -> int:
    """Makes the data folder where there is none, and takes it for this process until that ends or closes what it got.

    Locks on a network share lie, and SQLite rests on them; two processes would not hear of each other's answers.
    """
    share = share_of(MOUNTS.read_text(errors="replace"), folder.resolve()) if MOUNTS.exists() else None
    if share:
        raise ConfigError(f"DATA: {folder} is on a network share ({share}); it must be on a disk of this machine")
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise ConfigError(f"DATA: {folder} cannot be used: {error.strerror}") from None
    own_as_folder(folder / "lock")
    if fcntl:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(lock)
            raise ConfigError(f"DATA: a Cyd is running on {folder}; stop it first, or name another folder") from None
    return lock


def share_of(mounts: str, folder: Path) -> str | None:
    """The kind of network share that the folder lies on by this list of mounts, or None. The last of a place counts."""
    kinds: dict[Path, str] = {}
    for line in mounts.splitlines():
        parts = line.split(" ")
        if len(parts) > 2:
            written = parts[1].encode().decode("unicode_escape")  # \040 is a space
            kinds[Path(written.encode("latin-1").decode(errors="replace"))] = parts[2].removeprefix("fuse.")
    for place in (folder, *folder.parents):
        if place in kinds:
            return kinds[place] if kinds[place] in SHARES else None
    return None


def own_as_folder(file: Path) -> None:
    """What root puts into somebody's folder is theirs, or their Cyd could not open it."""
    of = file.parent.stat()
    with suppress(OSError):
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            os.chown(file, of.st_uid, of.st_gid)
