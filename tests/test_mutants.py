"""Mutants break something: each one's text is still in its file, once, and its tests are there."""

import ast

import pytest

from tests.mutants import MUTANTS, Mutant, places
from workshop.config import ROOT


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_s_text_stands_once_in_its_file(mutant: Mutant) -> None:
    assert places(mutant) == 1


@pytest.mark.parametrize("mutant", [one for one in MUTANTS if one.file.endswith(".py")], ids=lambda one: one.name)
def test_a_broken_file_is_still_python_and_another_than_before(mutant: Mutant) -> None:
    text = (ROOT / mutant.file).read_text(encoding="utf-8")
    broken = text.replace(mutant.text, mutant.instead)
    assert ast.dump(ast.parse(broken)) != ast.dump(ast.parse(text))


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_the_tests_that_should_notice_are_there(mutant: Mutant) -> None:
    assert [test for test in mutant.tests if not (ROOT / test).exists()] == []


def test_no_two_mutants_have_one_name() -> None:
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)
