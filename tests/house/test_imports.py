"""Imports point one way, those for types included (the design's rule 1)."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# What each room may import from, besides itself: whoever stands further down knows nothing of whoever stands above.
BESIDE = frozenset({"answers", "db", "google", "outside", "queries"})
MOST_IN_A_STEP = 100  # modules of ours: every kind and its waits, since a change may be about any, and no read of another subject
ROOMS = {
    "functions": BESIDE | {"app", "doors", "domain"},
    "doors": BESIDE | {"app", "domain"},
    "app": BESIDE | {"domain"},
    **dict.fromkeys(BESIDE, BESIDE | {"domain"}),
    "domain": frozenset[str](),
}
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for folder in ("functions", "shared")
    for path in sorted((ROOT / folder).rglob("*.py"))
}


def room(module: str) -> str:
    """The room that a module stands in: `shared.domain.kernel.text` in `domain`."""
    first, _, rest = module.partition(".")
    return rest.partition(".")[0] if first == "shared" else first


@cache
def imported(module: str) -> frozenset[str]:
    """Everything that a module imports, anywhere in it and for whatever purpose, modules of our own by their whole names."""
    return frozenset(_imported(ast.parse(MODULES[module].read_text(encoding="utf-8"))))


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports name the whole module"
            for one in node.names:
                whole = f"{node.module}.{one.name}"
                yield whole if whole in MODULES else str(node.module)


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_one_way(module: str) -> None:
    for other in imported(module):
        if other.partition(".")[0] in {"functions", "infra", "tests"}:
            pytest.fail(f"{module} imports {other}: nobody imports a function, a test, or what runs on one machine only")
        if other.startswith("shared."):
            assert room(other) in ROOMS[room(module)] | {room(module)}, f"{module} imports {other}: that is the wrong way"


@pytest.mark.parametrize("module", [module for module in MODULES if room(module) == "domain"])
def test_the_domain_imports_the_standard_library_and_itself_only(module: str) -> None:
    for other in imported(module):
        assert other.startswith("shared.domain") or other.partition(".")[0] in sys.stdlib_module_names, f"{module} imports {other}"


@pytest.mark.parametrize("module", [module for module in MODULES if module.startswith("shared.domain.kernel.")])
def test_the_kernel_imports_nothing_else_of_the_domain(module: str) -> None:
    for other in imported(module):
        assert not other.startswith("shared.") or other.startswith("shared.domain.kernel"), f"{module} imports {other}"


def test_no_imports_go_in_a_circle() -> None:
    assert not circle(MODULES)


def circle(modules: dict[str, Path]) -> list[str]:
    """The modules of one circle, in their order; empty where there is none."""
    done: set[str] = set()
    way: list[str] = []

    def walk(module: str) -> list[str]:
        if module in way:
            return way[way.index(module) :]
        if module in done:
            return []
        way.append(module)
        for other in sorted(imported(module) & modules.keys()):
            if found := walk(other):
                return found
        done.add(way.pop())
        return []

    return next((found for module in modules if (found := walk(module))), [])


def test_a_step_imports_its_own_subject() -> None:
    """Rule 6: a cold start pays for every module."""
    script = f"""
import runpy, sys
sys.path.insert(0, {str(ROOT)!r})
runpy.run_path({str(ROOT / "functions/changes/submit_change.py")!r})
print([name for name, module in sys.modules.items() if name.startswith("shared.") and not module.__file__.endswith("__init__.py")])
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    found = ast.literal_eval(done.stdout)
    assert 0 < len(found) <= MOST_IN_A_STEP
    assert not {"shared.queries.shown_records", "shared.queries.links", "shared.domain.records.line_changes"} & set(found)
