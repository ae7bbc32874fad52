"""The write-up as one HTML file that needs nothing else: to send, to keep, to open without a network.

It looks like the web page rather than like paper, holds its style sheets, two font files and photos in itself, and
tells the browser to load nothing at all.
"""

import base64
import mimetypes
import re
from functools import cache
from pathlib import Path

STATIC = Path(__file__).resolve().parent.parent.parent / "static"
TYPES = {".woff2": "font/woff2", ".svg": "image/svg+xml", ".png": "image/png"}
# What takes the place of paper's sheets; all others are the same on both.
IN_PLACE_OF = {"paper-fonts": ("fonts",), "tokens": ("tokens", "base"), "paper": ("web",)}
LAST = ("narrow", "dark")
DARK_ON_SCREEN = "@media screen and (prefers-color-scheme: dark)"  # and not on paper
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; base-uri 'none'; form-action 'none'"
)
ALONE = ".cover { margin-top: 20px; }"  # no bar stands above it

_SHEET = re.compile(r'<link rel="stylesheet" href="asset:///css/([a-z-]+)\.css">\s*')
_URL = re.compile(r"""url\((["']?)(?!data:)([^"')]+)\1\)""")


def write(html: str) -> bytes:
    """The document with everything in it, as UTF-8."""
    sheets = [name for found in _SHEET.findall(html) for name in IN_PLACE_OF.get(found, (found,))]
    style = "".join(_sheet(name) for name in (*sheets, *LAST)) + ALONE
    head = (
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f'<link rel="icon" href="{_data(STATIC / "img/cyd.svg")}">\n'
        f"<style>{style}</style>\n"
    )
    bare = _SHEET.sub("", html)
    before, charset, after = bare.partition('<meta charset="utf-8">\n')
    return (before + charset + head + after).encode("utf-8", "replace")


@cache
def _sheet(name: str) -> str:
    """The style sheet with what it loads in it."""
    file = STATIC / "css" / f"{name}.css"
    css = file.read_text(encoding="utf-8").replace("@media (prefers-color-scheme: dark)", DARK_ON_SCREEN)
    return _URL.sub(lambda url: f'url("{_data((file.parent / url[2]).resolve())}")', css)


def _data(file: Path) -> str:
    if not file.is_relative_to(STATIC):
        raise ValueError("not ours")
    kind = TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0]
    return f"data:{kind};base64,{base64.b64encode(file.read_bytes()).decode()}"
