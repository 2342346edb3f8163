"""The register of functions (`infra/functions.yaml`): what is deployed, in which service, how it is triggered and how it scales.

Run as `python -m infra.register` it prints the services for Terraform. Nothing but the standard library and PyYAML is needed.
"""

from __future__ import annotations

import json
import os
import re
import zoneinfo
from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any

REGISTER = Path(__file__).with_name("functions.yaml")
TRIGGERS = ("http", "schedule", "webhook")
OF_SCHEDULES = ("cron", "time_zone", "retry", "deadline", "paused", "local_seconds")
DEADLINES = range(15, 1801)  # seconds that Cloud Scheduler may wait for an answer
MOST_RETRIES = 5  # Cloud Scheduler's limit
CRON_FIELDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))  # minute, hour, day, month, day of the week
CRON_PART = re.compile(r"(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:/([1-9]\d?))?")
KINDS = {"int": "a whole number", "str": "text", "bool": "true or false", "Retry": "a mapping"}


class BadRegister(ValueError):  # noqa: N818 - the register is bad
    """The register can't be used; the sentence names the function and what to mend."""


@dataclass(frozen=True, kw_only=True)
class Retry:
    """How a failed run is tried again: `count` times, after `min_backoff` seconds, doubled `max_doublings` times up to `max_backoff`."""

    count: int = 3
    min_backoff: int = 10
    max_backoff: int = 120
    max_doublings: int = 3


@dataclass(frozen=True, kw_only=True)
class Function:
    """One line of the register: one file, one endpoint, one name.

    `timeout` and `deadline` are in seconds (of a request; of a scheduled attempt), `local_seconds` is how often the scheduler of
    the stack on one machine runs it instead of by its `cron`. One that is `paused` keeps its schedule and isn't called.
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
    retry: Retry = field(default_factory=Retry)
    deadline: int = 60
    paused: bool = False
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

    @property
    def running(self) -> tuple[object, ...]:
        """As whom and how it runs: functions of one area that agree in this may share a service."""
        return (self.service_account, *(getattr(self, name) for name in SCALING))


SCALING = ("timeout", "concurrency", "max_instances", "min_instances", "memory", "cpu")


@dataclass(frozen=True, kw_only=True)
class Service:
    """What Cloud Run runs: the functions of one area that people call, sharing instances and connections, or one function alone.

    A shared one bears its area's name and finds its functions by their path; one alone bears its function's name.
    """

    name: str
    area: str
    trigger: str
    shared: bool
    functions: tuple[str, ...]
    service_account: str
    timeout: int
    concurrency: int
    max_instances: int
    min_instances: int
    memory: str
    cpu: int

    @property
    def host(self) -> str:
        """Its name as Cloud Run takes it."""
        return self.name.replace("_", "-")


def read(path: Path | None = None) -> tuple[Function, ...]:
    """Every function of the register (QFACTS_REGISTER moves it), in its order; raises BadRegister."""
    path = path or Path(os.environ.get("QFACTS_REGISTER", "") or REGISTER)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        message = f"The register {path} can't be read: {error.strerror}."
        raise BadRegister(message) from error
    return _functions(text, path.resolve().parents[1])


@cache
def _functions(text: str, root: Path) -> tuple[Function, ...]:
    """Those that the register's text tells of; reading YAML takes a fifth of a second, so the same text is read once."""
    document = _load(text)
    unknown = set(document) - {"defaults", "functions"}
    if unknown:
        message = f"The register has an unknown part: {', '.join(sorted(unknown))}."
        raise BadRegister(message)
    defaults = document.get("defaults") or {}
    return tuple(_function(name, line or {}, defaults, root) for name, line in (document.get("functions") or {}).items())


def find(functions: tuple[Function, ...], name: str) -> Function | None:
    """The function called `name`, or None."""
    return next((function for function in functions if function.name == name), None)


def scheduled(functions: tuple[Function, ...]) -> tuple[Function, ...]:
    """Those that Cloud Scheduler calls."""
    return tuple(function for function in functions if function.trigger == "schedule")


def services(functions: tuple[Function, ...]) -> tuple[Service, ...]:
    """The services that run these functions.

    Functions that people call share their area's service where they agree in account and scaling with most of the area. The others
    are alone: what takes long, what the scheduler calls and what another service calls must not hold up what people wait for.
    """
    usual: dict[str, Counter[tuple[object, ...]]] = {}
    for function in functions:
        if function.trigger == "http":
            usual.setdefault(function.area, Counter())[function.running] += 1
    together: dict[tuple[str, bool], list[Function]] = {}
    for function in functions:
        shared = function.trigger == "http" and function.running == usual[function.area].most_common(1)[0][0]
        together.setdefault((function.area if shared else function.name, shared), []).append(function)
    return tuple(_service(name, each, shared=shared) for (name, shared), each in together.items())


def _service(name: str, functions: list[Function], *, shared: bool) -> Service:
    one = functions[0]
    settings = {key: getattr(one, key) for key in ("area", "trigger", "service_account", *SCALING)}
    return Service(name=name, shared=shared, functions=tuple(each.name for each in functions), **settings)


def _function(name: str, own: Mapping[str, Any], defaults: Mapping[str, Any], root: Path) -> Function:
    line = {**defaults, **own}
    kinds = {each.name: each for each in fields(Function) if each.name not in {"name", "root"}}
    problems = [f"unknown: {key}" for key in line if key not in kinds]
    problems += [f"missing: {key}" for key, each in kinds.items() if each.default is each.default_factory is MISSING and key not in line]
    problems += [each for part in (defaults, own) for each in _of_other_kinds(part, {key: str(kind.type) for key, kind in kinds.items()})]
    if not problems and line["trigger"] != "schedule":
        problems = [f"{key} is for scheduled functions" for key in own if key in OF_SCHEDULES and key != "cron"]
    if not problems:
        line["retry"] = {**defaults.get("retry", {}), **own.get("retry", {})}
        problems = _faults_of_retrying(line["retry"]) or _inconsistencies(line)
    if problems:
        message = f"The register's line for {name} is wrong: {'; '.join(problems)}."
        raise BadRegister(message)
    return Function(name=name, root=root, **{**line, "retry": Retry(**line["retry"])})


def _of_other_kinds(line: Mapping[str, Any], kinds: Mapping[str, str]) -> list[str]:
    """Values that aren't what their key holds."""
    given = {key: "Retry" if isinstance(value, dict) else type(value).__name__ for key, value in line.items() if key in kinds}
    return [f"{key} must be {KINDS[kinds[key]]}" for key, kind in given.items() if kind != kinds[key]]


def _faults_of_retrying(retry: Mapping[str, Any]) -> list[str]:
    """What Cloud Scheduler wouldn't take as a retry policy."""
    known = {each.name for each in fields(Retry)}
    problems = [f"unknown: retry.{key}" for key in retry if key not in known]
    problems += [f"retry.{key} must be a whole number, not negative" for key, value in retry.items() if type(value) is not int or value < 0]
    if problems:
        return problems
    made = Retry(**retry)
    if made.count > MOST_RETRIES:
        problems.append(f"retry.count is at most {MOST_RETRIES}")
    if made.min_backoff > made.max_backoff:
        problems.append("retry.min_backoff is at most retry.max_backoff")
    return problems


def _inconsistencies(line: Mapping[str, Any]) -> list[str]:
    """What fits its type but not the rest of the line."""
    problems = []
    if line["trigger"] not in TRIGGERS:
        problems.append(f"trigger must be one of {', '.join(TRIGGERS)}")
    if (line["trigger"] == "schedule") != bool(line.get("cron")):
        problems.append("a scheduled function has a cron line, and no other has one")
    elif line.get("cron") and not is_cron(line["cron"]):
        problems.append(f"cron {line['cron']!r} isn't five fields of numbers, ranges, lists and steps")
    if not _is_time_zone(line.get("time_zone", "Etc/UTC")):
        problems.append(f"time_zone {line['time_zone']!r} isn't in the time zone database")
    if line.get("deadline", DEADLINES[0]) not in DEADLINES:
        problems.append(f"deadline must be from {DEADLINES[0]} to {DEADLINES[-1]} seconds")
    return problems


def _is_time_zone(name: str) -> bool:
    try:
        return bool(zoneinfo.ZoneInfo(name))
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False


def is_cron(line: str) -> bool:
    """Whether this is a cron line as Cloud Scheduler and the local scheduler both read it: numbers only, five fields."""
    given = line.split(" ")
    return len(given) == len(CRON_FIELDS) and all(
        _is_cron_part(part, *limits) for one, limits in zip(given, CRON_FIELDS, strict=True) for part in one.split(",")
    )


def _is_cron_part(part: str, least: int, most: int) -> bool:
    """One of the parts that commas divide: `*`, `5`, `5-10`, each with an optional step."""
    found = CRON_PART.fullmatch(part)
    if found is None or (found[3] and not found[2] and "*" not in part):
        return False
    ends = [int(each) for each in found.group(1, 2) if each]
    return ends == sorted(ends) and all(least <= each <= most for each in ends)


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


def main() -> None:
    """Print the services as Terraform reads variables (`-var-file`)."""
    print(json.dumps({"services": {service.name: _without_name(service) for service in services(read())}}, indent=1))


def _without_name(service: Service) -> dict[str, Any]:
    return {key: value for key, value in asdict(service).items() if key != "name"}


if __name__ == "__main__":
    main()
