"""How templates speak: texts of the pack and messages of the catalogue, in the one or two languages of the surface.

A template has `langs` in its context: both on the projector, one anywhere else. Every function here writes each.
"""

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import segno
from babel.dates import format_date, format_time
from babel.support import NullTranslations, Translations
from flask import Flask
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from workshop.config import ROOT
from workshop.drawing import arrows
from workshop.gathered import Finding, Sentence
from workshop.model import N_
from workshop.text import LANGUAGES, Text

ALSO_IN = {
    "cy": N_("This write-up is also available in Welsh."),
    "en": N_("This write-up is also available in English."),
}
CATALOGUES: Mapping[str, NullTranslations] = {
    lang: Translations.load(ROOT / "workshop" / "translations", [lang]) for lang in LANGUAGES
}
NAMES = {"cy": "Cymraeg", "en": "English"}


def setup(app: Flask) -> None:
    """Gives every template its words."""
    app.jinja_env.filters["unescape"] = lambda words: Markup(Markup(words).unescape())  # for what is no HTML
    app.jinja_env.filters["trusted"] = Markup  # HTML that one of our own templates drew
    app.jinja_env.globals.update(
        text=text,
        say=say,
        say_n=say_n,
        finding=finding,
        in_language=told_in,
        also_in=ALSO_IN,
        how_sure=how_sure,
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
        words = CATALOGUES[lang].ungettext(singular, plural, n)
        spoken.append((words % {"n": n, **_in(lang, arguments)}, lang))
    return _each(context, spoken)


@pass_context
def finding(context: Context, one: Finding) -> Markup:
    """What was found."""
    return _each(context, [(sentence(lang, one.says), lang) for lang in context["langs"]])


@pass_context
def how_sure(context: Context, one: Finding) -> Markup:
    """How sure one may be of it."""
    return _each(context, [(sentence(lang, one.sure), lang) for lang in context["langs"]])


def sentence(lang: str, one: Sentence) -> Markup:
    """A sentence in one language; words in it that are there in the other one only are marked as such."""
    numbers = {} if one.n is None else {"n": one.n}
    spoken = CATALOGUES[lang]
    words = spoken.ugettext(one.key) if isinstance(one.key, str) else spoken.ungettext(*one.key, one.n or 0)
    given = {name: _put(lang, value) for name, value in one.arguments.items()}
    return escape(words) % {**given, **numbers}


def _put(lang: str, value: Any) -> Any:
    if isinstance(value, Sentence):
        return sentence(lang, value)
    if not isinstance(value, Text):
        return value
    words, spoken = value.spoken(lang)
    words = words.rstrip(".")
    return words if spoken == lang else Markup('<bdi lang="%s">%s</bdi>') % (spoken, words)


def told(lang: str, key: str, arguments: Mapping[str, Any]) -> str:
    """A message in one language."""
    words: str = CATALOGUES[lang].ugettext(key)
    return words % _in(lang, arguments) if arguments else words


def told_in(lang: str, key: str) -> str:
    """A message in a language that is not the page's; its place says so by `lang`."""
    return told(lang, key, {})


@pass_context
def day(context: Context, at: float) -> Markup:
    """A date, in the time of the machine that the server runs on."""
    return _dated(context, datetime.fromtimestamp(at).date())


@pass_context
def long_date(context: Context, iso: str) -> Markup:
    """A calendar date, given as 2027-03-04, in words."""
    return _dated(context, date.fromisoformat(iso))


def _dated(context: Context, day: date) -> Markup:
    return _each(context, [(format_date(day, "d MMMM y", locale=lang), lang) for lang in context["langs"]])


def iso_day(at: float) -> str:
    """A date as 2027-03-04, in the time of the machine that the server runs on."""
    return datetime.fromtimestamp(at).date().isoformat()


def clock(at: float) -> str:
    """Hours and minutes, the same in both languages."""
    return str(format_time(datetime.fromtimestamp(at), "HH:mm", locale="en"))


@lru_cache(maxsize=64)
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
