"""How a page does what a form or a script asks for, and what it says where that went wrong."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import abort, request

from workshop.model import N_, Invalid, Refused, Unknown
from workshop.pages import page_language
from workshop.store import Busy
from workshop.words import told

Fields = Mapping[str, Callable[[str], Any]]  # name -> how it is read from the form


def arguments(fields: Fields) -> dict[str, Any]:
    """What the form holds in these fields, several of one name with a space between; 422 where one cannot be read."""
    try:
        return {name: read(" ".join(request.form.getlist(name))) for name, read in fields.items()}
    except ValueError:
        abort(422)


def tried(verb: Callable[[], Any]) -> tuple[str, int] | None:
    """Does it. What went wrong in the reader's words, with the status that says so; None where all is well."""
    try:
        verb()
    except Unknown:
        return _said(N_("That is not there any more."), {}), 404
    except Invalid as wrong:
        return _said(wrong.key, wrong.arguments), 422
    except Refused as wrong:
        return _said(wrong.key, wrong.arguments), 409
    except Busy:
        return _said(N_("The disk does not take anything just now. Nothing changed; try again."), {}), 503
    return None


def scripted() -> bool:
    """Whether a script asks, which takes JSON; a browser without it takes a page."""
    return "X-CSRF-Token" in request.headers


def _said(key: str, given: Mapping[str, Any]) -> str:
    return told(page_language(), key, given)
