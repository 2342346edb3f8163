"""The schedules as plain data: what the register declares, what Cloud Scheduler has, and what leads from the one to the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields, is_dataclass
from typing import Any

from infra import register

PREFIX = "qfacts-"  # of the names of our jobs: a job of Cloud Scheduler has no labels
DESCRIPTION = "Made from the register, infra/functions.yaml: what is changed here, the next deployment undoes."


@dataclass(frozen=True, kw_only=True)
class Cloud:
    """Where the schedules are: the project with its number, the region, the product's origin, and the account in whose name they call."""

    project: str
    number: str
    region: str
    origin: str
    account: str

    @property
    def parent(self) -> str:
        """What Cloud Scheduler keeps the jobs under."""
        return f"projects/{self.project}/locations/{self.region}"


@dataclass(frozen=True, kw_only=True)
class Target:
    """What is called, and the token that proves it; `others` is what we never set: headers, a body, another kind of target or token."""

    uri: str
    account: str
    audience: str
    method: str = "POST"
    others: str = ""


@dataclass(frozen=True, kw_only=True)
class Retrying(register.Retry):
    """How a failed run is tried again, in seconds; `longest` limits it altogether and is 0 for no limit."""

    longest: float = 0


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """One job as it is declared or found. The fields from `description` to `attempt_deadline` are named as in Cloud Scheduler's own Job."""

    job: str
    description: str
    schedule: str
    time_zone: str
    http_target: Target
    retry_config: Retrying
    attempt_deadline: float
    paused: bool = False
    broken: bool = False  # Cloud Scheduler itself stopped it, or couldn't update it


SETTABLE = tuple(each.name for each in fields(Schedule))[1:-2]


@dataclass(frozen=True)
class Action:
    """What has to be done about one job, and why."""

    kind: str
    wanted: Schedule | None
    found: Schedule | None
    changed: tuple[str, ...] = ()

    @property
    def job(self) -> str:
        """The job's name."""
        known = self.wanted or self.found
        assert known is not None, "an action is about a job that is wanted, or there, or both"
        return known.job

    def __str__(self) -> str:
        return f"{self.kind:<7} {self.job:<44} {'; '.join(self._reasons())}".rstrip()

    def _reasons(self) -> Iterator[str]:
        if self.wanted is None:
            yield "no longer declared"
        elif self.found is None:
            yield f"{self.wanted.schedule} ({self.wanted.time_zone})" + (", paused" if self.wanted.paused else "")
        else:
            for name in self.changed:
                yield from _differences(name, getattr(self.found, name), getattr(self.wanted, name))
            if self.found.broken:
                yield "was stopped by Cloud Scheduler"
            if self.changed and self.found.paused != self.wanted.paused:
                yield "pause" if self.wanted.paused else "resume"


def _differences(name: str, found: Any, wanted: Any) -> Iterator[str]:
    """What differs, as `name: former -> new`, of the parts of a part too."""
    if is_dataclass(found):
        for part in fields(found):
            yield from _differences(f"{name}.{part.name}", getattr(found, part.name), getattr(wanted, part.name))
    elif found != wanted:
        yield f"{name}: {found!r} -> {wanted!r}"


def declared(functions: Iterable[register.Function], cloud: Cloud) -> tuple[Schedule, ...]:
    """The schedules of the register. Each calls its service itself, for Hosting would hang up after 60 seconds, with a token made out to
    the function's address under the origin: shared/doors/schedule.py accepts no other.
    """
    functions = tuple(functions)
    hosts = {name: service.host for service in register.services(functions) for name in service.functions}
    return tuple(
        Schedule(
            job=PREFIX + function.name.replace("_", "-"),
            description=DESCRIPTION,
            schedule=function.cron,
            time_zone=function.time_zone,
            http_target=Target(
                uri=f"https://{hosts[function.name]}-{cloud.number}.{cloud.region}.run.app",
                account=cloud.account,
                audience=cloud.origin + function.path,
            ),
            retry_config=Retrying(**asdict(function.retry)),
            attempt_deadline=function.deadline,
            paused=function.paused,
        )
        for function in register.scheduled(functions)
    )


def difference(wanted: Iterable[Schedule], present: Iterable[Schedule]) -> list[Action]:
    """What leads from the jobs that are present to those that are wanted: at most one action a job, and none for a job that isn't ours."""
    new = {each.job: each for each in wanted}
    old = {each.job: each for each in present if each.job.startswith(PREFIX)}
    return [action for job in sorted({*new, *old}) if (action := _action(new.get(job), old.get(job)))]


def _action(wanted: Schedule | None, found: Schedule | None) -> Action | None:
    if wanted is None:
        return Action("delete", None, found)
    if found is None:
        return Action("create", wanted, None)
    changed = tuple(name for name in SETTABLE if found.broken or getattr(found, name) != getattr(wanted, name))
    if changed:
        return Action("update", wanted, found, changed)
    if wanted.paused != found.paused:
        return Action("pause" if wanted.paused else "resume", wanted, found)
    return None
