"""The house rules for tests: sentences, divided by subject, without mocks, independent of one another (the design's rules 3, 9 and 10)."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.house.source import ROOT, imports, name, tree

TESTS = sorted((ROOT / "tests").rglob("*.py"))


@pytest.mark.parametrize("path", TESTS, ids=name)
def test_a_module_of_tests_stays_within_300_lines_and_imports_no_other(path: Path) -> None:
    """Rule 3, and rule 9: what several test, they build by the same builders, which stand in a module of their own."""
    assert len(path.read_text().splitlines()) <= 300, f"{name(path)} has {len(path.read_text().splitlines())} lines"
    taken = {one for one in imports(tree(path)) if any(part.startswith("test_") for part in one.split(".")[:-1])}
    assert not taken, f"{name(path)} imports {taken}"


def test_what_is_prepared_once_is_asked_of_one_place() -> None:
    """A fixture of the whole run that two modules import is made twice, and the second finds what the first made."""
    once = {
        ".".join((*path.relative_to(ROOT).with_suffix("").parts, node.name))
        for path in TESTS
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef) and any("scope='session'" in ast.unparse(one) for one in node.decorator_list)
    }
    assert "tests.app.vault.restoring" in once
    for path in TESTS:
        if path.name.startswith("test_"):
            assert not once.intersection(imports(tree(path))), f"{name(path)}: conftest.py alone imports it"


@pytest.mark.parametrize("path", sorted((ROOT / "tests").rglob("test_*.py")), ids=name)
def test_tests_are_sentences_and_never_mock_our_own_code(path: Path) -> None:
    """Rules 9 and 10."""
    module = tree(path)
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            assert node.name.count("_") >= 3, f"{name(path)}: {node.name} is no sentence"
    assert not {one for one in imports(module) if one.startswith(("unittest.mock", "mock"))}, name(path)
