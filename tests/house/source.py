"""The source of the house, as syntax."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@cache
def tree(path: Path) -> ast.Module:
    """A module's syntax."""
    return ast.parse(path.read_text(encoding="utf-8"))


def name(path: Path) -> str:
    """A file as messages name it."""
    return str(path.relative_to(ROOT))


@cache
def imports(module: ast.AST) -> list[str]:
    """Every module that is imported anywhere in it."""
    nodes = [node for node in ast.walk(module) if isinstance(node, (ast.Import, ast.ImportFrom))]
    found = [one.name for node in nodes if isinstance(node, ast.Import) for one in node.names]
    found += [
        full
        for node in nodes
        if isinstance(node, ast.ImportFrom) and node.module and not node.level
        for full in (node.module, *(f"{node.module}.{one.name}" for one in node.names))
    ]
    return found
