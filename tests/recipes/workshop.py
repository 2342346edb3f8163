"""A copy of the repository in which the recipes of the documentation are carried out, block by block."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("functions", "shared", "infra", "tests", "docs", "pyproject.toml", "README.md", "requirements.txt", "cloudbuild.yaml")
BLOCK = re.compile(r"^```(diff|python) (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Edit:
    """One block of a recipe: a patch of a file, or a whole new one."""

    path: str
    whole: bool
    text: str


def edits(recipe: str) -> list[Edit]:
    """The blocks of a page of the documentation that name a file, in their order."""
    page = (ROOT / "docs" / recipe).read_text(encoding="utf-8")
    return [Edit(path, form == "python", text) for form, path, text in BLOCK.findall(page)]


def apply(edit: Edit, root: Path) -> None:
    """Carry one block out; fails where the lines that it says are there stand nowhere, or twice."""
    target = root / edit.path
    if edit.whole:
        assert not target.exists(), f"{edit.path} is there already"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(edit.text, encoding="utf-8")
        return
    before = "".join(f"{line[1:]}\n" for line in edit.text.splitlines() if not line.startswith("+"))
    after = "".join(f"{line[1:]}\n" for line in edit.text.splitlines() if not line.startswith("-"))
    present = target.read_text(encoding="utf-8")
    assert present.count(before) == 1, f"the recipe's lines stand {present.count(before)} times in {edit.path}:\n{before}"
    target.write_text(present.replace(before, after), encoding="utf-8")


def copy(to: Path) -> Path:
    """The repository as it stands here, without what its tools leave."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, to / name, ignore=shutil.ignore_patterns("__pycache__", "node_modules", ".terraform"))
        else:
            shutil.copy(source, to / name)
    for name in (".venv", ".local"):
        if (ROOT / name).exists():
            (to / name).symlink_to(ROOT / name)
    return to
