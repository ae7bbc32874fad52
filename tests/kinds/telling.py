"""Findings as people read them in English."""

from collections.abc import Iterable

from flask import Flask

from workshop.gathered import Finding
from workshop.words import sentence


def told(app: Flask, findings: Iterable[Finding]) -> list[tuple[str, str, str]]:
    """The large number, the sentence, and how sure one may be of it."""
    with app.app_context():
        return [(one.number, str(sentence("en", one.says)), str(sentence("en", one.sure))) for one in findings]
