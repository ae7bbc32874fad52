"""The import law and the other rules of docs/architecture.md that can be read off the source."""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from workshop.config import ROOT

# Each may import itself, what stands beside it and what stands before it; nothing that comes after.
LAYERS = [
    {"bounded", "config", "folder"},
    {"text", "model", "gathered", "certainty"},
    {"kinds"},
    {"compare", "drawing", "lookalikes"},
    {"findings", "packs", "report", "sheets"},
    {"record"},
    {"store"},
    {"sums"},
    {"live", "pictures", "publishing", "theming", "tallies"},
    {"words", "fragments"},
    {"broadcast", "sockets", "guard", "security", "pages", "exports"},
    {"__init__"},
]
# One speaks the wire like any phone, the other is a command of its own.
BESIDE = {
    "rehearsal": {"config", "gathered", "kinds", "model", "packs", "rehearsal", "text"},
    "backup": {"backup", "config", "folder", "store"},
}
WEB = {"flask", "flask_socketio", "jinja2", "markupsafe", "werkzeug"}
DATABASE = {"alembic", "sqlalchemy"}
NUMBERS = {"numpy", "scipy"}
PURE = {
    "text",
    "model",
    "gathered",
    "certainty",
    "kinds",
    "compare",
    "drawing",
    "lookalikes",
    "findings",
    "report",
    "sheets",
    "sums",
}
PURE_IMPORTS = {
    "base64",
    "collections",
    "dataclasses",
    "functools",
    "heapq",
    "itertools",
    "math",
    "numpy",
    "pydantic",
    "random.Random",
    "regex",
    "typing",
    "unicodedata",
    "workshop",
}
TALKERS = {"app.py", "workshop/backup.py"}  # what it prints is what it is for
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "handler"}

SOURCES = sorted((ROOT / "workshop").rglob("*.py"))
every_module = pytest.mark.parametrize("file", SOURCES, ids=lambda file: str(file.relative_to(ROOT)))


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def part(file: Path) -> str:
    """Which part of the workshop a file belongs to: the first name under workshop/."""
    return file.relative_to(ROOT / "workshop").parts[0].removesuffix(".py")


def imported(file: Path) -> Iterator[str]:
    """Every name that a file imports, anywhere in it, with its module in front."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def parts_of_ours(file: Path) -> set[str]:
    ours = {name.split(".")[1] for name in imported(file) if name.startswith("workshop.")}
    known = {part(source) for source in SOURCES}
    return {name if name in known else "__init__" for name in ours}


def calls(file: Path) -> Iterator[tuple[str, ast.Call]]:
    """Every call in a file with the last name of what it calls."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name):
                yield node.func.id, node
            elif isinstance(node.func, ast.Attribute):
                yield node.func.attr, node


def who_imports(libraries: set[str]) -> set[str]:
    return {part(file) for file in SOURCES if {name.split(".")[0] for name in imported(file)} & libraries}


@every_module
def test_a_module_imports_only_what_stands_before_or_beside_it(file):
    allowed: set[str] = set()
    for layer in LAYERS:
        allowed |= layer
        if part(file) in layer:
            break
    else:
        assert part(file) in BESIDE, (
            "the import law does not know this part yet; docs/architecture.md says where it goes"
        )
        allowed = BESIDE[part(file)]
    assert parts_of_ours(file) - allowed == set()


def test_nothing_left_of_fragments_imports_flask():
    left = {name for layer in LAYERS[:8] for name in layer}
    assert who_imports(WEB) & left == set()


def test_only_the_store_imports_the_database_library():
    assert who_imports(DATABASE) == {"store"}


def test_kinds_know_nothing_of_store_pages_or_templates():
    known = {name for file in SOURCES if part(file) == "kinds" for name in parts_of_ours(file)}
    assert known - {"gathered", "certainty"} == {"kinds", "model", "text"}


def test_only_comparing_and_kinds_calculate_with_arrays():
    assert who_imports(NUMBERS) - {"compare", "kinds"} == set()


def test_only_one_module_opens_pictures():
    assert who_imports({"PIL"}) == {"pictures"}


def test_exports_never_touch_the_store():
    known = {name for file in SOURCES if part(file) == "exports" for name in parts_of_ours(file)}
    assert known & {"store", "live", "tallies", "pages"} == set()


@pytest.mark.parametrize("file", [f for f in SOURCES if part(f) in PURE], ids=lambda f: str(f.relative_to(ROOT)))
def test_pure_modules_import_no_time_no_chance_and_no_files(file):
    names = {name for name in imported(file) if name.split(".")[0] not in PURE_IMPORTS}
    assert names - PURE_IMPORTS == set()


@pytest.mark.parametrize("file", [f for f in SOURCES if part(f) in PURE], ids=lambda f: str(f.relative_to(ROOT)))
def test_pure_modules_make_no_chance_and_open_nothing(file):
    """A generator is made from a seed that was handed in, or not at all."""
    drawn = {
        name for name, call in calls(file) if name in ("Random", "default_rng") and not (call.args + call.keywords)
    }
    world = {"SystemRandom", "open", "input", "__import__", "exec", "eval", "loadtxt", "fromfile", "seed"}
    assert drawn | ({name for name, _ in calls(file)} & world) == set()


def test_packs_read_files_and_nothing_else_of_the_world():
    world = {name for name in imported(ROOT / "workshop/packs.py") if name.split(".")[0] in sys.stdlib_module_names}
    assert {name.split(".")[0] for name in world} - PURE_IMPORTS == {"pathlib", "tomllib"}


@every_module
def test_nothing_is_emitted_without_saying_to_whom(file):
    for name, call in calls(file):
        if name in ("emit", "_emit"):
            named = {keyword.arg for keyword in call.keywords}
            third = name == "_emit" and len(call.args) == 3  # broadcast's own: event, data, room
            assert "to" in named or third, f"line {call.lineno}: emit without to="


@pytest.mark.parametrize("file", [ROOT / "app.py", *SOURCES], ids=lambda file: str(file.relative_to(ROOT)))
def test_only_what_is_meant_to_talk_prints(file):
    prints = [call.lineno for name, call in calls(file) if name in ("print", "pprint")]
    assert prints == [] or str(file.relative_to(ROOT)) in TALKERS


@every_module
def test_flasks_session_is_never_called_session(file):
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.ImportFrom) and node.module == "flask":
            assert [alias.name for alias in node.names if alias.name == "session" and alias.asname != "cookie"] == []


def test_no_file_has_a_name_that_says_nothing():
    assert [str(file) for file in SOURCES if file.stem in VAGUE] == []


def test_app_py_is_the_only_python_at_the_top():
    assert [file.name for file in ROOT.glob("*.py")] == ["app.py"]
