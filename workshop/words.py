"""How templates speak: texts of the pack and messages of the catalogue, in the one or two languages of the surface.

A template has `langs` in its context: both on the projector, one anywhere else. Every function here writes each.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import segno
from flask import Flask
from flask_babel import force_locale, format_date, format_time, gettext, ngettext
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from workshop.drawing import arrows
from workshop.text import Text

NAMES = {"cy": "Cymraeg", "en": "English"}


def setup(app: Flask) -> None:
    """Gives every template its words."""
    app.jinja_env.filters["trusted"] = Markup  # HTML that one of our own templates drew
    app.jinja_env.globals.update(
        text=text,
        say=say,
        say_n=say_n,
        finding=finding,
        day=day,
        long_date=long_date,
        clock=clock,
        qr=qr,
        arrows=arrows,
        LANGUAGE_NAMES=NAMES,
    )


@pass_context
def text(context: Context, words: Text) -> Markup:
    """A text of the pack. Where a language is missing the other stands in, in its own `lang` and marked."""
    return _each(context, [words.spoken(lang) for lang in context["langs"]])


@pass_context
def say(context: Context, key: str, **arguments: Any) -> Markup:
    """A message of the catalogue; arguments that are Text are put in the same language."""
    return _each(context, [(told(lang, key, arguments), lang) for lang in context["langs"]])


@pass_context
def say_n(context: Context, singular: str, plural: str, n: int, **arguments: Any) -> Markup:
    """The same for a number of things; `%(n)s` is the number."""
    spoken = []
    for lang in context["langs"]:
        with force_locale(lang):
            spoken.append((ngettext(singular, plural, n, n=n, **_in(lang, arguments)), lang))
    return _each(context, spoken)


@pass_context
def finding(context: Context, one: Any) -> Markup:
    return _each(context, [(told(lang, one.key, one.arguments), lang) for lang in context["langs"]])


def told(lang: str, key: str, arguments: Mapping[str, Any]) -> str:
    """A message in one language."""
    with force_locale(lang):
        words = gettext(key)
    return str(words % _in(lang, arguments)) if arguments else str(words)


@pass_context
def day(context: Context, at: float) -> Markup:
    """A date, in the time of the machine that the server runs on."""
    spoken = []
    for lang in context["langs"]:
        with force_locale(lang):
            spoken.append((format_date(datetime.fromtimestamp(at), "d MMMM y", rebase=False), lang))
    return _each(context, spoken)


@pass_context
def long_date(context: Context, iso: str) -> Markup:
    """A calendar date, given as 2027-03-04, in words."""
    spoken = []
    for lang in context["langs"]:
        with force_locale(lang):
            spoken.append((format_date(date.fromisoformat(iso), "d MMMM y", rebase=False), lang))
    return _each(context, spoken)


def clock(at: float) -> str:
    """Hours and minutes, the same in both languages."""
    with force_locale("en"):
        return str(format_time(datetime.fromtimestamp(at), "HH:mm", rebase=False))


def qr(address: str) -> Markup:
    """A QR code as SVG without styles; white margin included."""
    code = segno.make(address, error="m", micro=False)
    return Markup(code.svg_inline(border=3, omitsize=True, svgclass="qr", lineclass=None, dark="#1d1b2e", light="#fff"))


def _in(lang: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a sentence; titles go into it without their own full stop."""
    return {
        name: value.in_(lang).rstrip(".") if isinstance(value, Text) else value for name, value in arguments.items()
    }


def _each(context: Context, spoken: list[tuple[str, str]]) -> Markup:
    """One language: the words, wrapped only where they are in the other one. Two: a span each, Welsh first."""
    if len(spoken) == 1:
        words, lang = spoken[0]
        if lang == context["langs"][0]:
            return Markup("%s") % words
        return Markup('<span lang="%s" class="other-language">%s</span>') % (lang, words)
    spans = [
        Markup('<span lang="%s" class="in-%s">%s</span>') % (lang, lang, escape(words)) for words, lang in _once(spoken)
    ]
    return Markup(" ").join(spans)


def _once(spoken: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Where both languages show the same words in the same language, they stand once."""
    return list(dict.fromkeys(spoken))
