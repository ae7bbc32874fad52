"""Pictures that the document carries in itself are drawn in the PDF, behind the wall of the press too."""

import subprocess
from base64 import b64encode
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from workshop.exports.press import Press

SHEETS = "".join(f'<link rel="stylesheet" href="asset:///css/{name}.css">' for name in ("tokens", "tally"))
TRIANGLE = (143, 54, 0)  # as tally.css has it


@pytest.fixture(scope="module")
def press() -> Iterator[Press]:
    press = Press()
    yield press
    press.close()


def colours(press: Press, body: str, folder: Path) -> set[tuple[int, ...]]:
    html = f"<!doctype html><html lang=en><head><title>t</title>{SHEETS}</head><body>{body}</body></html>"
    file = folder / "made.pdf"
    file.write_bytes(press.make("pdf", html, of=body, code="A"))
    subprocess.run(["pdftoppm", "-r", "60", "-png", "-singlefile", str(file), str(folder / "page")], check=True)
    with Image.open(folder / "page.png") as page:
        return {colour for _, colour in page.convert("RGB").getcolors(1 << 24)}


@pytest.mark.parametrize("kind", ["jpeg", "png"])
def test_a_photo_is_drawn(press: Press, tmp_path: Path, kind: str) -> None:
    out = BytesIO()
    Image.new("RGB", (90, 60), (0, 160, 0)).save(out, kind.upper())
    address = f"data:image/{kind};base64,{b64encode(out.getvalue()).decode()}"
    seen = colours(press, f'<h1>t</h1><p><img src="{address}" alt="A green wall" width="90" height="60"></p>', tmp_path)
    assert any(red < 12 and 148 < green < 172 and blue < 12 for red, green, blue in seen)


def test_the_shape_of_a_role_is_drawn(press: Press, tmp_path: Path) -> None:
    seen = colours(press, '<h1><span class="shape triangle"></span>Advocate</h1>', tmp_path)
    assert TRIANGLE in seen
