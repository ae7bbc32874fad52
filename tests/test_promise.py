"""docs/delivery-promise.md: every sentence that promises something names tests, and every test that it names exists."""

import ast
import re
from functools import cache

import pytest

from workshop.config import ROOT

PAGE = (ROOT / "docs" / "delivery-promise.md").read_text(encoding="utf-8")
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
ENDS_WITH_ONE = re.compile(NAMED.pattern + r"\Z")
NOT_PROMISED = "What is not promised"
FAULTS = {*range(1, 27), 28, 30, 32, 33, 34, 36}


def sections() -> dict[str, str]:
    """The text under each heading."""
    _, *parts = re.split(r"^## ", PAGE, flags=re.MULTILINE)
    return {heading: text for heading, _, text in (part.partition("\n") for part in parts)}


def items(text: str) -> list[str]:
    """Its list items, each on one line."""
    found = re.findall(r"^- .*(?:\n  .*)*", text, flags=re.MULTILINE)
    return [" ".join(item.split()) for item in found]


def rows() -> dict[int, str]:
    """The table of faults: number -> row."""
    return {int(number): row for row, number in re.findall(r"^(\| F(\d+) \|.*)$", PAGE, flags=re.MULTILINE)}


@cache
def found_in(file: str) -> set[str]:
    """What pytest finds there: functions, and a machine of Hypothesis that is given a name."""
    found: set[str] = set()
    for node in ast.parse((ROOT / file).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign):
            found |= {one.id for one in node.targets if isinstance(one, ast.Name)}
    return {name for name in found if name.startswith(("test_", "Test"))}


@pytest.mark.parametrize("file", sorted({file for file, _ in NAMED.findall(PAGE)}))
def test_every_test_on_the_page_exists(file: str) -> None:
    assert (ROOT / file).is_file()
    assert {name for where, name in NAMED.findall(PAGE) if where == file} - found_in(file) == set()


def test_whatever_looks_like_a_test_on_the_page_is_read_as_one() -> None:
    assert len(NAMED.findall(PAGE)) == PAGE.count("::") > 100


def test_every_item_of_the_promise_ends_with_a_test() -> None:
    promised = [item for heading, text in sections().items() if heading != NOT_PROMISED for item in items(text)]
    assert len(promised) > 30
    assert [item for item in promised if not ENDS_WITH_ONE.search(item)] == []


def test_what_is_not_promised_is_said() -> None:
    assert len(items(sections()[NOT_PROMISED])) > 4


def test_every_fault_of_the_table_has_a_test_and_says_whether_it_is_the_whole_of_it() -> None:
    assert rows().keys() == FAULTS
    for row in rows().values():
        _, _, fault, tested, tests, _ = (cell.strip() for cell in row.split("|"))
        assert fault
        assert tested.startswith(("whole", "partly: "))
        assert NAMED.search(tests), row


def test_the_promise_itself_stands_at_the_head_of_the_page() -> None:
    quoted = " ".join(line.removeprefix("> ") for line in PAGE.splitlines() if line.startswith("> "))
    assert quoted == (
        "**When a phone says *received*, the answer is on the server's disk and will be in the record, even if the"
        " server is killed in that instant; until then the phone keeps it, says so, and keeps trying.**"
    )
