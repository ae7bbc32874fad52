"""Templates keep to what the content security policy allows, and every message has its Welsh."""

import ast
import io
import re
from collections.abc import Iterator
from functools import cache

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po
from jinja2 import StrictUndefined, meta

from workshop import packs
from workshop.config import ROOT
from workshop.gathered import Gathered
from workshop.kinds import KINDS

FOLDER = ROOT / "templates"
TRANSLATIONS = ROOT / "workshop/translations"
TEMPLATES = {str(file.relative_to(FOLDER)): file.read_text(encoding="utf-8") for file in sorted(FOLDER.rglob("*.html"))}
# As `make translations` has them.
KEYWORDS = {**DEFAULT_KEYWORDS, "say": None, "say_n": (1, 2), "N_": None, "N_n": (1, 2)}
PACKS = packs.load_all(ROOT / "exercises")
KEY_AT = {"Invalid": 1, "Refused": 0, "View": 0, "Finding": 1}  # which argument is the message key

every_template = pytest.mark.parametrize("name", TEMPLATES)
every_language = pytest.mark.parametrize("lang", ["cy", "en"])


def without_jinja(source: str) -> str:
    """The HTML that is there whatever the expressions say; each expression stands as one letter."""
    source = re.sub(r"\{#.*?#\}", "", source, flags=re.S)
    return re.sub(r"\{%.*?%\}", " ", re.sub(r"\{\{.*?\}\}", "x", source, flags=re.S), flags=re.S)


def tags(name: str) -> Iterator[tuple[str, str]]:
    """Every tag of a template with its attributes as they are written."""
    yield from re.findall(r"<([a-zA-Z][\w-]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>", without_jinja(TEMPLATES[name]))


def attributes(written: str) -> list[str]:
    return re.findall(r"([\w:@.-]+)\s*=", re.sub(r"=\s*\"[^\"]*\"", "=", written))


# Templates


@every_template
def test_every_template_compiles_and_finds_the_ones_it_names(app, name):
    app.jinja_env.get_template(name)
    named = meta.find_referenced_templates(app.jinja_env.parse(TEMPLATES[name]))
    assert [other for other in named if other is not None and other not in TEMPLATES] == []


def test_a_name_that_is_not_there_is_an_error_and_everything_is_escaped(app):
    assert app.jinja_env.undefined is StrictUndefined
    assert app.jinja_env.autoescape is True


@every_template
def test_no_template_has_a_style_attribute_or_element(name):
    assert [tag for tag, written in tags(name) if tag == "style" or "style" in attributes(written)] == []


@every_template
def test_no_template_has_a_script_of_its_own(name):
    scripts = [written for tag, written in tags(name) if tag == "script"]
    assert [s for s in scripts if "src" not in attributes(s) and 'type="application/json"' not in s] == []


@every_template
def test_no_template_has_an_event_handler_or_a_script_address(name):
    for _, written in tags(name):
        assert [attribute for attribute in attributes(written) if attribute.startswith("on")] == []
        assert "javascript:" not in written


@every_template
def test_every_attribute_is_quoted(name):
    for tag, written in tags(name):
        unquoted = re.findall(r"[\w:-]+\s*=(?!\s*\")[^\s>]*", re.sub(r"=\s*\"[^\"]*\"", "", written))
        assert unquoted == [], tag


@every_template
def test_no_text_of_a_pack_stands_in_an_attribute(name):
    """It would bring markup where its language is missing. `say` brings none on surfaces of one language."""
    for value in re.findall(r"[\w-]+=\"((?:\{\{.*?\}\}|\{%.*?%\}|[^\"])*)\"", TEMPLATES[name]):
        assert re.findall(r"\btext\(", value) == []


@every_template
def test_only_what_our_own_templates_drew_goes_unescaped(name):
    """Markup of ours: fragments, pictures, and what the macro `fragment` makes of a fragment."""
    source = re.sub(r"\{% macro fragment\(html, csrf\) %\}.*?\{% endmacro %\}", "", TEMPLATES[name])
    assert re.findall(r"\|\s*safe\b|\bMarkup\b|autoescape", source) == []
    trusted = re.findall(r"(\S+)\s*\|\s*trusted", re.sub(r"(draw_\w+)\(.*?\)\|", r"\1|", source))
    trusted += re.findall(r"\bfragment\((.*?), csrf\)", source)
    ours = r"current\.fragments\.\w+|previews\[exercise\.id\]|tally|draw_tally|draw_annex|draw_comparison"
    assert [one for one in trusted if not re.fullmatch(ours, one)] == []


# Messages


@cache
def said() -> frozenset[str]:
    """Every message that code and templates say: the singular where there are two."""
    with (TRANSLATIONS / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    found = extract_from_dir(ROOT, methods, options, keywords=KEYWORDS)
    return frozenset(message if isinstance(message, str) else message[0] for _, _, message, _, _ in found)


@cache
def catalogue(lang: str) -> Catalog:
    with (TRANSLATIONS / lang / "LC_MESSAGES/messages.po").open("rb") as file:
        return read_po(file, locale=lang)


def translations(lang: str) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Each message of the catalogue: its one or two English forms, and its translations."""
    for message in catalogue(lang):
        if message.id:
            one = isinstance(message.id, str)
            yield ((message.id,), (message.string,)) if one else (tuple(message.id), tuple(message.string))


def places(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)\w", text))


@every_language
def test_the_catalogue_holds_what_is_said_and_nothing_else(lang):
    held = {english[0] for english, _ in translations(lang)}
    assert (sorted(said() - held), sorted(held - said())) == ([], [])


def test_every_message_has_its_welsh():
    assert [english[0] for english, welsh in translations("cy") if not all(welsh)] == []


def test_no_welsh_is_a_guess_that_nobody_looked_at():
    assert [message.id for message in catalogue("cy") if message.id and message.fuzzy] == []


def test_the_welsh_has_the_places_that_the_english_has():
    """Where there are several forms, one may do without its number ("two people"), but none has another place."""
    wrong = []
    for english, welsh in translations("cy"):
        needed = set().union(*(places(form) for form in english))
        for form in filter(None, welsh):
            if places(form) - needed or (len(english) == 1 and needed - places(form)):
                wrong.append(form)
    assert wrong == []


def messages(mo: bytes) -> list[tuple[str, str]]:
    return sorted((str(message.id), str(message.string)) for message in read_mo(io.BytesIO(mo)) if message.id)


@every_language
def test_what_is_compiled_is_what_is_written(lang):
    fresh = io.BytesIO()
    write_mo(fresh, catalogue(lang))
    compiled = (TRANSLATIONS / lang / "LC_MESSAGES/messages.mo").read_bytes()
    assert messages(compiled) == messages(fresh.getvalue())


@pytest.mark.parametrize(
    "file", sorted((ROOT / "workshop").rglob("*.py")), ids=lambda file: str(file.relative_to(ROOT))
)
def test_every_message_key_in_the_code_is_marked_for_the_catalogue(file):
    """A key that stands under a name was marked where it is written, or comes from who marked it."""
    unmarked = []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KEY_AT:
            key = node.args[KEY_AT[node.func.id]]
            marked = isinstance(key, ast.Call) and isinstance(key.func, ast.Name) and key.func.id == "N_"
            named = isinstance(key, ast.Name | ast.Attribute | ast.Subscript)
            if not named and not (marked and isinstance(key.args[0], ast.Constant)):
                unmarked.append(node.lineno)
    assert unmarked == []


def test_every_name_of_a_picture_is_marked_for_the_catalogue():
    """Of every exercise of every pack, and of the sample of every kind, in an empty room."""
    contents = [(exercise.kind, exercise.content) for pack in PACKS.values() for exercise in pack.agenda]
    contents += [(kind, module.Content.model_validate(module.SAMPLE.content)) for kind, module in KINDS.items()]
    shown = {view.key for kind, content in contents for view in KINDS[kind].tally(content, Gathered()).views}
    assert len(shown) >= len(KINDS) - 1
    assert shown - said() == set()
