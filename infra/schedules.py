"""Brings Cloud Scheduler in line with the register: creates, updates, pauses, resumes and deletes the product's own schedules.

Run as `python -m infra.schedules --project P --number N --region R --origin URL --account E [--dry-run]` after each deployment. The
register is the only place where a schedule is declared; a second run finds nothing to do. Jobs without our prefix are left alone.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable
from dataclasses import astuple
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from infra import register
from infra.jobs import Action, Cloud, Retrying, Schedule, Target, declared, difference

if TYPE_CHECKING:
    from google.cloud.scheduler_v1 import CloudSchedulerClient, Job

TIME_LIMIT = 20.0  # seconds for one attempt of a call
PATIENCE = 60.0  # seconds for a call with the attempts that are made again
ADDED = {"User-Agent", "Content-Type"}  # headers that Cloud Scheduler adds by itself


def read(job: Job) -> Schedule:
    """A job of Cloud Scheduler as it is found, without what it adds by itself."""
    from google.cloud.scheduler_v1 import HttpMethod, HttpTarget, Job, OAuthToken

    target, retry = job.http_target, job.retry_config
    others = [f"{name}: {value}" for name, value in sorted(target.headers.items()) if name not in ADDED]
    others += ["a body"] if target.body else []
    others += ["an OAuth token"] if target.oauth_token != OAuthToken() else []
    others += ["no HTTP target"] if target == HttpTarget() else []
    return Schedule(
        job=job.name.rsplit("/", 1)[-1],
        description=job.description,
        schedule=job.schedule,
        time_zone=job.time_zone,
        http_target=Target(
            uri=target.uri.rstrip("/"),
            account=target.oidc_token.service_account_email,
            audience=target.oidc_token.audience,
            method=HttpMethod(target.http_method).name,
            others=", ".join(others),
        ),
        retry_config=Retrying(
            count=retry.retry_count,
            min_backoff=_seconds(retry.min_backoff_duration),  # type: ignore[arg-type]  # found as anybody may have set it
            max_backoff=_seconds(retry.max_backoff_duration),  # type: ignore[arg-type]  # the same
            max_doublings=retry.max_doublings,
            longest=_seconds(retry.max_retry_duration),
        ),
        attempt_deadline=_seconds(job.attempt_deadline),
        paused=job.state == Job.State.PAUSED,
        broken=job.state in {Job.State.DISABLED, Job.State.UPDATE_FAILED},
    )


def _seconds(duration: timedelta | None) -> float:
    seconds = duration.total_seconds() if duration else 0.0
    return int(seconds) if seconds.is_integer() else seconds


def written(schedule: Schedule, parent: str) -> Job:
    """The job that Cloud Scheduler is asked to keep."""
    from google.cloud.scheduler_v1 import HttpTarget, Job, OidcToken, RetryConfig

    target, retry = schedule.http_target, schedule.retry_config
    return Job(
        name=f"{parent}/jobs/{schedule.job}",
        description=schedule.description,
        schedule=schedule.schedule,
        time_zone=schedule.time_zone,
        http_target=HttpTarget(
            uri=target.uri,
            http_method=target.method,
            oidc_token=OidcToken(service_account_email=target.account, audience=target.audience),
        ),
        retry_config=RetryConfig(
            retry_count=retry.count,
            min_backoff_duration=timedelta(seconds=retry.min_backoff),
            max_backoff_duration=timedelta(seconds=retry.max_backoff),
            max_doublings=retry.max_doublings,
        ),
        attempt_deadline=timedelta(seconds=schedule.attempt_deadline),
    )


class CloudScheduler:
    """Cloud Scheduler in one project and region. Every call has a time limit; those that may be repeated are, while it is unavailable."""

    def __init__(self, client: CloudSchedulerClient, parent: str) -> None:
        from google.api_core.exceptions import ServiceUnavailable
        from google.api_core.retry import Retry, if_exception_type

        self.client = client
        self.parent = parent
        self.again: dict[str, Any] = {"timeout": TIME_LIMIT, "retry": Retry(if_exception_type(ServiceUnavailable), timeout=PATIENCE)}

    def present(self) -> list[Schedule]:
        """All jobs that are there, ours or not."""
        return [read(job) for job in self.client.list_jobs(request={"parent": self.parent, "page_size": 100}, **self.again)]

    def carry_out(self, action: Action) -> None:
        """Do it. A job that is to be paused is paused again where creating or updating it left it running, and the reverse."""
        name = f"{self.parent}/jobs/{action.job}"
        if action.wanted is None:
            self.client.delete_job(name=name, **self.again)
            return
        job = written(action.wanted, self.parent)
        if action.kind == "create":  # never asked twice: it may have been made although no answer came
            found = read(self.client.create_job(parent=self.parent, job=job, timeout=TIME_LIMIT, retry=None))
        elif action.kind == "update":
            found = read(self.client.update_job(job=job, update_mask={"paths": list(action.changed)}, **self.again))
        else:
            assert action.found is not None, "pausing and resuming are about a job that is there"
            found = action.found
        if found.paused != action.wanted.paused:
            settle = self.client.pause_job if action.wanted.paused else self.client.resume_job
            settle(name=name, **self.again)


def bring_in_line(scheduler: CloudScheduler, wanted: Iterable[Schedule], *, dry_run: bool = False) -> int:
    """Print and, unless it is a dry run, do what differs; how many actions failed. One that fails doesn't keep the others from it."""
    from google.api_core.exceptions import GoogleAPIError, NotFound

    wanted, failed = tuple(wanted), 0
    actions = difference(wanted, scheduler.present())
    for action in actions:
        print(action, flush=True)
        try:
            if not dry_run:
                scheduler.carry_out(action)
        except GoogleAPIError as error:
            if action.kind == "delete" and isinstance(error, NotFound):
                continue  # gone already, as it should be
            failed += 1
            print(f"{action.job} failed: {' '.join(str(error).split())}", file=sys.stderr)
    if not actions:
        print(f"Nothing to do: {len(wanted)} schedules are as declared.")
    return failed


def main(arguments: list[str] | None = None, client: CloudSchedulerClient | None = None) -> int:
    """0 where Cloud Scheduler is as the register says, or would be."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--project", required=True, help="the project's id")
    parser.add_argument("--number", required=True, help="the project's number, a part of its services' addresses")
    parser.add_argument("--region", required=True, help="where the services and the schedules are")
    parser.add_argument("--origin", required=True, help="where the product answers, without a slash at the end")
    parser.add_argument("--account", required=True, help="the service account in whose name the schedules call")
    parser.add_argument("--dry-run", action="store_true", help="print what differs, one line a job, and change nothing")
    given = vars(parser.parse_args(arguments))
    dry_run = given.pop("dry_run")
    cloud = Cloud(**given)
    if not re.fullmatch(r"https?://[^/]+", cloud.origin) or not cloud.number.isdigit() or not all(astuple(cloud)):
        parser.error("The origin is https:// and a domain, without a slash at the end; the number is digits; nothing is empty.")

    from google.api_core.exceptions import GoogleAPIError
    from google.auth.exceptions import GoogleAuthError
    from google.cloud.scheduler_v1 import CloudSchedulerClient

    try:
        wanted = declared(register.read(), cloud)
        scheduler = CloudScheduler(client or CloudSchedulerClient(), cloud.parent)
        return 1 if bring_in_line(scheduler, wanted, dry_run=dry_run) else 0
    except (register.BadRegister, GoogleAPIError, GoogleAuthError) as error:
        print(" ".join(str(error).split()), file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
