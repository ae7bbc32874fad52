"""Makes the pictures that the README shows: `make screenshots` plays a rehearsal and keeps three of its pictures."""

import asyncio
import shutil
import subprocess
import tempfile
from pathlib import Path

from workshop.config import ROOT
from workshop.rehearsal import play

KEPT = {
    "phone": "*-roles-open-phone-en.png",
    "screen": "*-roles-shown-1-screen.png",
    "console": "*-roles-shown-1-console.png",
}


def main() -> None:
    images = ROOT / "docs" / "images"
    images.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "pictures"
        asyncio.run(play("all-in-this-together", 30, 7, out))
        for name, pattern in KEPT.items():
            shutil.copy(next(out.glob(pattern)), images / f"{name}.png")
        pages = ["-f", "2", "-l", "2", "-r", "70", "-png", "-singlefile"]
        subprocess.run(["pdftoppm", *pages, str(out / "write-up-en.pdf"), str(images / "report")], check=True)


if __name__ == "__main__":
    main()
