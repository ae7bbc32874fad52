"""Makes the pictures that the README and docs/kinds.md show: `make screenshots` plays rehearsals and keeps some."""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from workshop.config import ROOT
from workshop.rehearsal.play import Rehearsal, play

WORKSHOP, DEMO = "all-in-this-together", "demo"
WIDEST = 1280  # pixels of a picture in docs/kinds.md
PHONE = (360, 760)  # as much of a phone's page as a phone shows
COLOURS = 256
PAGES = (1, 2, 5)  # of the write-up that docs/write-up.md shows
GAP = 12  # pixels between two pages

README = {
    "phone": "*-roles-asked-phone-en.png",
    "screen": "*-roles-shown-1-screen.png",
    "console": "*-roles-shown-1-console.png",
}

# kind-<name>.png, from the pictures of a pack's rehearsal; of several that fit, the last that was taken.
KINDS = {
    "info-phone": (DEMO, "*-hall-1-phone-en.png"),
    "info-screen": (DEMO, "*-hall-1-screen.png"),
    "scale-phone": (WORKSHOP, "*-confidence-before-open-phone-en.png"),
    "scale-screen": (WORKSHOP, "*-confidence-before-shown-1-screen.png"),
    "scale-moved": (WORKSHOP, "*-confidence-after-shown-1-screen.png"),
    "card_sort-phone": (WORKSHOP, "*-roles-asked-phone-en.png"),
    "card_sort-screen": (WORKSHOP, "*-roles-shown-1-screen.png"),
    "card_sort-split": (DEMO, "*-jobs-shown-2-screen.png"),
    "notes-phone": (WORKSHOP, "*-could-do-open-phone-en.png"),
    "notes-screen": (DEMO, "*-ideas-shown-1-screen.png"),
    "notes-table": (DEMO, "*-ideas-table-table.png"),
    "points-phone": (DEMO, "*-first-open-phone-en.png"),
    "points-screen": (DEMO, "*-first-shown-1-screen.png"),
    "pressure_map-phone": (WORKSHOP, "*-pressures-open-phone-en.png"),
    "pressure_map-screen": (WORKSHOP, "*-pressures-shown-1-screen.png"),
    "pressure_map-gap": (DEMO, "*-load-shown-*-screen.png"),
    "form-phone": (WORKSHOP, "*-ask-open-phone-en.png"),
    "form-screen": (WORKSHOP, "*-ask-shown-*-screen.png"),
    "side-by-side": (WORKSHOP, "*-roles-shown-*-screen.png"),
}


def main() -> None:
    images = ROOT / "docs" / "images"
    images.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        taken = {pack: Path(scratch) / pack for pack in (WORKSHOP, DEMO)}
        for pack, out in taken.items():
            play(Rehearsal(pack=pack, out=out))
        for name, pattern in README.items():
            shutil.copy(last_taken(taken[WORKSHOP], pattern), images / f"{name}.png")
        for name, (pack, pattern) in KINDS.items():
            keep(last_taken(taken[pack], pattern), images / f"kind-{name}.png")
        write_up = taken[WORKSHOP] / "write-up-en.pdf"
        pages([2], write_up).save(images / "report.png")
        for lang in ("cy", "en"):
            few = pages(PAGES, taken[WORKSHOP] / f"write-up-{lang}.pdf")
            few.quantize(COLOURS).save(images / f"write-up-{lang}.png", optimize=True)


def pages(numbers: Sequence[int], pdf: Path) -> Image.Image:
    """Pages of a PDF beside each other."""
    drawn = []
    with tempfile.TemporaryDirectory() as scratch:
        for number in numbers:
            one = ["-f", str(number), "-l", str(number), "-r", "70", "-png", "-singlefile"]
            subprocess.run(["pdftoppm", *one, str(pdf), f"{scratch}/page"], check=True)
            with Image.open(f"{scratch}/page.png") as page:
                drawn.append(page.convert("RGB"))
    width, height = drawn[0].size
    row = Image.new("RGB", (len(drawn) * (width + GAP) - GAP, height), (136, 136, 136))
    for place, page in enumerate(drawn):
        row.paste(page, (place * (width + GAP), 0))
    return row


def last_taken(taken: Path, pattern: str) -> Path:
    """The last of the pictures with such a name: they begin with the number in which they were taken."""
    return max(taken.glob(pattern), key=lambda file: int(re.match(r"\d+", file.name)[0]))


def keep(picture: Path, image: Path) -> None:
    """A projector's picture made smaller, a phone's cut to what its screen shows."""
    with Image.open(picture) as taken:
        if "phone" in picture.stem:
            kept = taken.crop((0, 0, min(taken.width, PHONE[0]), min(taken.height, PHONE[1])))
        else:
            kept = taken.copy()
            kept.thumbnail((WIDEST, WIDEST))
        kept.convert("RGB").quantize(COLOURS).save(image, optimize=True)  # a third of the bytes, and looks the same


if __name__ == "__main__":
    main()
