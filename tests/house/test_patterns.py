"""No pattern can be made to search for ever: a group that is repeated holds nothing that is repeated without an end."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted((ROOT / "shared").rglob("*.py")) + sorted((ROOT / "functions").rglob("*.py"))
PARSER: Any = importlib.import_module("re._parser")
REPEATS = {"MAX_REPEAT", "MIN_REPEAT"}
# Of our own text, and each repetition begins or ends with a sign that its insides can't hold: there is one way to divide a text.
DELIMITED = {r"(?:--[^\n]*\n)*", r"[a-z]+(?:[_ ][a-z]+){0,9}"}


def backtracks(pattern: str | bytes) -> bool:
    """Whether a repeated part holds one that is repeated without an end: each way to divide the text would be tried."""
    return any(_endless(item) for times, item in _repeats(PARSER.parse(pattern)) if times > 1)


def _repeats(parsed: Any) -> Iterator[tuple[int, Any]]:
    """Every repetition in a pattern: how often at most, and of what."""
    for name, given in parsed:
        if str(name) in REPEATS:
            yield int(given[1]), given[2]
        for part in _parts(given):
            yield from _repeats(part)


def _parts(given: Any) -> Iterator[Any]:
    """The patterns within what one instruction was given."""
    if isinstance(given, PARSER.SubPattern):
        yield given
    elif isinstance(given, (tuple, list)):
        for one in given:
            yield from _parts(one)


def _endless(parsed: Any) -> bool:
    return any(times == PARSER.MAXREPEAT for times, _ in _repeats(parsed))


def patterns(path: Path) -> Iterator[str | bytes]:
    """The patterns of a module: those that it keeps, and those that it hands over as they are."""
    if path.is_relative_to(ROOT / "shared"):
        module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        yield from (value.pattern for value in vars(module).values() if isinstance(value, re.Pattern))
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
            continue
        if isinstance(node.func.value, ast.Name) and node.func.value.id == "re" and isinstance(node.args[0], ast.Constant):
            given = node.args[0].value
            if isinstance(given, (str, bytes)) and node.func.attr != "escape":
                yield given


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_pattern_repeats_what_repeats_without_an_end(path: Path) -> None:
    found = [pattern for pattern in patterns(path) if backtracks(pattern) and pattern not in DELIMITED]
    assert not found, f"{path.name}: look for it step by step instead"


@pytest.mark.parametrize(
    "pattern",
    [r"(?:<!--.*?-->\s*)*x", r"(a+)+", rb"(\s*,)*;", r"(?:a|b*)+", r"((a*)b){2,9}", r"(?:<\?xml[^>]*>\s*|a)*", r"(?:(?:a{2,}))*?b"],
)
def test_one_that_does_is_seen(pattern: str | bytes) -> None:
    assert backtracks(pattern)


@pytest.mark.parametrize("pattern", [r"(ab)+", r"(a{1,3})+", r"a*b*c*", r"(?:a*)?", rb"/[A-Z]*#[0-9]{2}", r"[a-z]+(?:_x){0,9}"])
def test_one_that_doesnt_is_left_alone(pattern: str | bytes) -> None:
    assert not backtracks(pattern)


def test_the_patterns_of_foreign_bytes_are_among_those_that_are_looked_at() -> None:
    assert len(list(patterns(ROOT / "shared/outside/foreign/pdfs.py"))) >= 4
    assert list(patterns(ROOT / "shared/domain/files/file_types.py"))
