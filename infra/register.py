"""The register of functions (`infra/functions.yaml`): what is deployed, how it is triggered and how it scales."""

from __future__ import annotations

import os
from collections.abc import Hashable, Mapping
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any

REGISTER = Path(__file__).with_name("functions.yaml")
TRIGGERS = ("http", "schedule", "webhook")


class BadRegister(ValueError):  # noqa: N818 - the register is bad
    """The register can't be used; the sentence names the function and what to mend."""


@dataclass(frozen=True, kw_only=True)
class Function:
    """One line of the register: one file, one endpoint, one deployment.

    `timeout` and `deadline` are in seconds (of a request; of a scheduled attempt), `local_seconds` is how often the scheduler of
    the stack on one machine runs it instead of by its `cron`.
    """

    name: str
    area: str
    trigger: str
    service_account: str
    timeout: int
    concurrency: int
    max_instances: int
    memory: str
    cpu: int
    min_instances: int = 0
    cron: str = ""
    time_zone: str = "Etc/UTC"
    deadline: int = 60
    local_seconds: int = 0
    root: Path = REGISTER.parents[1]

    @property
    def source(self) -> Path:
        """The file that functions-framework loads (FUNCTION_SOURCE); its target is `name`."""
        return self.root / "functions" / self.area / f"{self.name}.py"

    @property
    def path(self) -> str:
        """Where it answers, below the product's origin."""
        return f"/api/{self.name}"


def read(path: Path | None = None) -> tuple[Function, ...]:
    """Every function of the register (QFACTS_REGISTER moves it), in its order; raises BadRegister."""
    path = path or Path(os.environ.get("QFACTS_REGISTER", "") or REGISTER)
    try:
        document = _load(path.read_text(encoding="utf-8"))
    except OSError as error:
        message = f"The register {path} can't be read: {error.strerror}."
        raise BadRegister(message) from error
    unknown = set(document) - {"defaults", "functions"}
    if unknown:
        message = f"The register has an unknown part: {', '.join(sorted(unknown))}."
        raise BadRegister(message)
    defaults = document.get("defaults") or {}
    return tuple(
        _function(name, {**defaults, **(line or {})}, path.resolve().parents[1]) for name, line in (document.get("functions") or {}).items()
    )


def find(functions: tuple[Function, ...], name: str) -> Function | None:
    """The function called `name`, or None."""
    return next((function for function in functions if function.name == name), None)


def scheduled(functions: tuple[Function, ...]) -> tuple[Function, ...]:
    """Those that Cloud Scheduler calls."""
    return tuple(function for function in functions if function.trigger == "schedule")


def _function(name: str, line: Mapping[str, Any], root: Path) -> Function:
    kinds = {field.name: field for field in fields(Function) if field.name not in {"name", "root"}}
    problems = [f"unknown: {key}" for key in line if key not in kinds]
    problems += [f"missing: {key}" for key, field in kinds.items() if field.default is MISSING and key not in line]
    problems += [
        f"{key} must be a {'whole number' if kinds[key].type == 'int' else 'text'}"
        for key, value in line.items()
        if key in kinds and type(value).__name__ != kinds[key].type
    ]
    if not problems:
        problems = _inconsistencies(line)
    if problems:
        message = f"The register's line for {name} is wrong: {'; '.join(problems)}."
        raise BadRegister(message)
    return Function(name=name, root=root, **line)


def _inconsistencies(line: Mapping[str, Any]) -> list[str]:
    """What fits its type but not the rest of the line."""
    problems = []
    if line["trigger"] not in TRIGGERS:
        problems.append(f"trigger must be one of {', '.join(TRIGGERS)}")
    if (line["trigger"] == "schedule") != bool(line.get("cron")):
        problems.append("a scheduled function has a cron line, and no other has one")
    if line["trigger"] != "schedule" and line.get("local_seconds"):
        problems.append("local_seconds is for scheduled functions")
    return problems


def _load(text: str) -> dict[str, Any]:
    """YAML in which a key that stands twice is an error, not a silent replacement."""
    import yaml

    class Strict(yaml.SafeLoader):
        """Refuses duplicate keys."""

        def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002
            """The mapping of `node`; raises BadRegister where a key stands twice."""
            keys = [self.construct_object(key) for key, _ in node.value]
            if twice := sorted({str(key) for key in keys if keys.count(key) > 1}):
                message = f"The register names {', '.join(twice)} twice."
                raise BadRegister(message)
            return super().construct_mapping(node, deep)

    try:
        document = yaml.load(text, Strict)  # noqa: S506 - a SafeLoader
    except yaml.YAMLError as error:
        message = f"The register isn't YAML: {error}"
        raise BadRegister(message) from error
    if not isinstance(document, dict):
        message = "The register is empty."
        raise BadRegister(message)
    return document
