"""The documentation's recipes are carried out on a copy of the repository: what they promise of a new step and a new kind holds."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.recipes.workshop import apply, copy, edits

RECIPES = ("adding-a-step.md", "adding-a-kind.md", "adding-a-field.md")
# What a newcomer runs: the domain's tables, the house, the matrix of roles. The machine's own tests stay with the repository itself.
CHECKS = (
    "tests/domain/kernel/test_workflow.py",
    "tests/house/test_words.py",
    "tests/house/test_functions.py",
    "tests/house/test_reference.py",
)


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy with every recipe carried out, and its reference written anew."""
    made = copy(tmp_path_factory.mktemp("workshop"))
    for recipe in RECIPES:
        for edit in edits(recipe):
            apply(edit, made)
    run(made, "-m", "infra.reference")
    return made


def run(at: Path, *words: str) -> str:
    """What a program of the copy prints; fails with it where the program does."""
    environment = {**os.environ, "PYTHONPATH": str(at)}
    environment = {name: value for name, value in environment.items() if not name.startswith(("QFACTS_", "PYTEST_"))}
    done = subprocess.run([sys.executable, *words], cwd=at, env=environment, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout[-6000:]}{done.stderr[-2000:]}"
    return done.stdout


def test_each_recipe_is_a_list_of_blocks_that_name_their_file() -> None:
    for recipe in RECIPES:
        found = edits(recipe)
        assert found, f"{recipe} has no blocks"


def test_a_carried_out_recipe_passes_the_tables_and_the_house(workshop: Path) -> None:
    run(workshop, "-m", "pytest", "-q", *CHECKS)


def test_what_a_new_step_kind_and_field_must_not_break_holds(workshop: Path) -> None:
    run(workshop, "-m", "pytest", "-q", "tests/recipes/flagged.py", "tests/recipes/suppliers.py", "tests/recipes/temperature.py")
