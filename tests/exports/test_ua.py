"""PDF/UA-1 as veraPDF understands it, whatever people type."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.exports import corpus, made_up, verapdf
from workshop.exports import pdf

LACKING = verapdf.lacking()
pytestmark = pytest.mark.skipif(LACKING is not None, reason=f"veraPDF was not asked: {LACKING}")


@pytest.fixture(scope="module")
def judge() -> Iterator[verapdf.Judge]:
    with verapdf.judge() as judge:
        yield judge


@pytest.mark.parametrize("lang", ["en", "cy"])
@pytest.mark.parametrize("name", corpus.TEXTS)
def test_it_conforms(judge: verapdf.Judge, tmp_path: Path, name: str, lang: str) -> None:
    file = tmp_path / "made.pdf"
    file.write_bytes(pdf.write(corpus.document(corpus.TEXTS[name], lang)))
    assert judge.broken(file) == []


def test_the_judge_hears_what_does_not_conform(judge: verapdf.Judge, tmp_path: Path) -> None:
    file = tmp_path / "made.pdf"
    file.write_bytes(pdf.write("<html><h1>Neither language nor title</h1><h4>And a level is left out</h4>"))
    assert [rule.split()[0] for rule in judge.broken(file)] == ["7.1-9", "7.2-29", "7.4.2-1"]


@pytest.fixture(scope="module", params=["demo", "all-in-this-together"])
def ended(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A whole session of made-up people."""
    with made_up.held(tmp_path_factory.mktemp("data"), request.param, people=30) as app:
        yield app


@pytest.mark.parametrize("lang", ["en", "cy"])
def test_a_whole_write_up_conforms(judge: verapdf.Judge, tmp_path: Path, ended: Flask, lang: str) -> None:
    file = tmp_path / "made.pdf"
    file.write_bytes(pdf.write(made_up.document(ended, lang)))
    assert judge.broken(file) == []
