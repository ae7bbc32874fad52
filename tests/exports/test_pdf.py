"""The PDF itself: that it says what the page says."""

import re
import subprocess
from pathlib import Path

import pytest

from workshop.config import ROOT
from workshop.exports import pdf

SHEETS = "".join(re.findall(r"<link[^>]*>", (ROOT / "templates/report/print.html").read_text(encoding="utf-8")))


@pytest.mark.parametrize("weight", ["p", "h2", "b"])
def test_welsh_letters_are_printed_as_themselves_beside_any_others(tmp_path: Path, weight: str) -> None:
    words = "Beth? Pobl hŷn; dŵr, tŷ, ŵyn, Ŵ Ŷ â ê î ô û: 'ie'"
    body = f"<body><{weight}>{words}</{weight}></body>"
    html = f"<!doctype html><html lang=cy><head><title>t</title>{SHEETS}</head>{body}</html>"
    file = tmp_path / "welsh.pdf"
    file.write_bytes(pdf.write(html))
    said = subprocess.run(["pdftotext", str(file), "-"], capture_output=True, check=True, text=True).stdout
    assert said.strip().splitlines()[0] == words


def test_no_rule_makes_styles_for_pseudo_elements_of_every_element() -> None:
    everywhere = {pseudo for _, _, _, pseudo, _ in pdf._without_footnotes().matcher.other_selectors}
    assert everywhere == {None}
