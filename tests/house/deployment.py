"""The files of the deployment, read as text."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import hcl2
import yaml

from infra import register

ROOT = Path(__file__).parents[2]
INFRA = ROOT / "infra"
TERRAFORM = INFRA / "terraform"
MODULES = sorted(path for path in (TERRAFORM / "modules").iterdir() if path.is_dir())
ENVIRONMENTS = sorted(path for path in (TERRAFORM / "environments").iterdir() if path.is_dir())
FUNCTIONS = register.read(register.REGISTER)
DOCKERFILE = (INFRA / "Dockerfile").read_text()
BUILD_TEXT = (ROOT / "cloudbuild.yaml").read_text()
BUILD = yaml.safe_load(BUILD_TEXT)


def text(folder: Path) -> str:
    """All Terraform of one folder, without its comments."""
    whole = "\n".join(path.read_text() for path in sorted(folder.glob("*.tf")))
    return re.sub(r"^\s*#.*$", "", whole, flags=re.MULTILINE)


def module(name: str) -> str:
    """All Terraform of one module, without its comments."""
    return text(TERRAFORM / "modules" / name)


@cache
def terraform(path: Path) -> dict[str, Any]:
    """One file of Terraform."""
    with path.open() as file:
        return dict(hcl2.load(file))


def blocks(folder: Path, kind: str) -> dict[str, Any]:
    """The blocks of one `kind` (variable, module, output) in a folder, by their name."""
    found: dict[str, Any] = {}
    for path in folder.glob("*.tf"):
        for block in terraform(path).get(kind, []):
            found |= {name.strip('"'): body for name, body in block.items() if not name.startswith("__")}
    return found


def listed(expression: str, inside: str) -> list[str]:
    """The quoted words of the list that `expression` opens in the text `inside`."""
    found = re.search(re.escape(expression) + r"\s*\[([^\]]*)\]", inside)
    assert found, expression
    return re.findall(r'"([^"]+)"', found[1])


def step(identity: str) -> dict[str, Any]:
    """One step of the build."""
    return next(each for each in BUILD["steps"] if each["id"] == identity)
