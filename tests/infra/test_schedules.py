"""Cloud Scheduler is brought in line with the register through its real client, and what isn't ours stays as it is."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from google.api_core import exceptions
from google.cloud import scheduler_v1 as api

from infra import register, schedules
from infra.jobs import PREFIX, declared, difference
from tests.infra.cloud import CLOUD
from tests.scheduler import PAGE, CloudScheduler

ROOT = Path(__file__).resolve().parents[2]
ARGUMENTS = [word for key, value in dataclasses.asdict(CLOUD).items() for word in (f"--{key}", value)]
DEFAULTS = "defaults: {timeout: 30, concurrency: 8, max_instances: 2, memory: 512Mi, cpu: 1, service_account: jobs}\n"
JOBS = {
    "send_reminders": "area: reminders, trigger: schedule, cron: '0 7 * * *', time_zone: Europe/Brussels",
    "deliver_mail": "area: mail, trigger: schedule, cron: '* * * * *', deadline: 300, retry: {count: 0}",
    "back_up": "area: backups, trigger: schedule, cron: '0 3 * * *', paused: true",
    "get_me": "area: organisations, trigger: http",
}


@pytest.fixture
def scheduler() -> Iterator[CloudScheduler]:
    server = CloudScheduler()
    yield server
    server.close()


@pytest.fixture
def run(scheduler: CloudScheduler, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Run the program on a register with these lines; its exit code and what it printed. `asked` then holds what it did."""
    path = tmp_path / "infra" / "functions.yaml"
    path.parent.mkdir()
    monkeypatch.setenv("QFACTS_REGISTER", str(path))

    def program(lines: dict[str, str], *more: str) -> tuple[int, list[str], str]:
        path.write_text(DEFAULTS + "functions:\n" + "".join(f"  {name}: {{{line}}}\n" for name, line in lines.items()))
        scheduler.asked.clear()
        code = schedules.main([*ARGUMENTS, *more], scheduler.client)
        printed = capsys.readouterr()
        scheduler.asked[:] = [call for call in scheduler.asked if call != "ListJobs"]
        return code, printed.out.splitlines(), printed.err

    return program


def job(scheduler: CloudScheduler, name: str) -> api.Job:
    """One of the jobs that are kept."""
    return scheduler.jobs[f"{CLOUD.parent}/jobs/{name}"]


def somebody_elses(scheduler: CloudScheduler, name: str = "nightly-report") -> api.Job:
    """A job that another team made in the same project."""
    made = api.Job(
        name=f"{CLOUD.parent}/jobs/{name}", schedule="0 1 * * *", pubsub_target=api.PubsubTarget(topic_name="projects/p/topics/t")
    )
    return scheduler.client.create_job(parent=CLOUD.parent, job=made)


def test_what_is_missing_is_created_just_as_the_register_says(scheduler: CloudScheduler, run: Any) -> None:
    code, lines, _ = run(JOBS)
    assert code == 0
    assert [line.split()[:2] for line in lines] == [["create", PREFIX + name] for name in ("back-up", "deliver-mail", "send-reminders")]
    assert scheduler.asked == ["CreateJob", "PauseJob", "CreateJob", "CreateJob"]
    made = job(scheduler, "qfacts-deliver-mail")
    assert (made.schedule, made.time_zone, made.attempt_deadline) == ("* * * * *", "Etc/UTC", timedelta(seconds=300))
    assert made.http_target.uri == "https://deliver-mail-123456789012.europe-west1.run.app"
    assert made.http_target.http_method == api.HttpMethod.POST
    assert made.http_target.oidc_token.service_account_email == CLOUD.account
    assert made.http_target.oidc_token.audience == "https://app.qfacts.example/api/deliver_mail"
    assert made.retry_config.retry_count == 0
    other = job(scheduler, "qfacts-send-reminders")
    assert (other.time_zone, other.attempt_deadline) == ("Europe/Brussels", timedelta(seconds=60))
    retry = other.retry_config
    assert (retry.retry_count, retry.max_doublings) == (3, 3)
    assert (retry.min_backoff_duration, retry.max_backoff_duration) == (timedelta(seconds=10), timedelta(seconds=120))
    assert sum(each.state == api.Job.State.PAUSED for each in scheduler.jobs.values()) == 1
    assert job(scheduler, "qfacts-back-up").state == api.Job.State.PAUSED


def test_a_second_run_does_nothing_even_after_a_run_by_hand(scheduler: CloudScheduler, run: Any) -> None:
    run(JOBS)
    assert len(scheduler.jobs) > PAGE, "the list must come in pages"
    scheduler.client.run_job(name=job(scheduler, "qfacts-send-reminders").name)
    assert job(scheduler, "qfacts-send-reminders").last_attempt_time is not None
    assert run(JOBS) == (0, ["Nothing to do: 3 schedules are as declared."], "")
    assert scheduler.asked == []


def test_a_dry_run_prints_one_line_a_job_and_changes_nothing(scheduler: CloudScheduler, run: Any) -> None:
    assert len(run(JOBS, "--dry-run")[1]) == 3
    assert (scheduler.jobs, scheduler.asked) == ({}, [])
    run(JOBS)
    before = {name: api.Job(each) for name, each in scheduler.jobs.items()}
    changed = {**JOBS, "send_reminders": JOBS["send_reminders"].replace("'0 7", "'30 7") + ", paused: true", "deliver_mail": JOBS["get_me"]}
    code, lines, _ = run({**changed, "back_up": JOBS["back_up"].replace("true", "false")}, "--dry-run")
    assert [line.split()[:2] for line in lines] == [
        ["resume", "qfacts-back-up"],
        ["delete", "qfacts-deliver-mail"],
        ["update", "qfacts-send-reminders"],
    ]
    assert lines[1].endswith("no longer declared")
    assert lines[2].endswith("schedule: '0 7 * * *' -> '30 7 * * *'; pause")
    assert (code, scheduler.jobs, scheduler.asked) == (0, before, [])


@pytest.mark.parametrize("resumes", [False, True])
def test_what_differs_is_updated_and_nothing_else(scheduler: CloudScheduler, run: Any, resumes: bool) -> None:
    run(JOBS)
    scheduler.update_resumes = resumes
    changed = {name: line.replace("'0 ", "'15 ") for name, line in JOBS.items()}
    code, lines, _ = run({**changed, "deliver_mail": JOBS["deliver_mail"].replace("count: 0", "count: 5, max_backoff: 60")})
    assert (code, len(lines)) == (0, 3)
    assert "retry_config.count: 0 -> 5; retry_config.max_backoff: 120 -> 60" in lines[1]
    assert [job(scheduler, PREFIX + name).schedule for name in ("back-up", "send-reminders")] == ["15 3 * * *", "15 7 * * *"]
    assert job(scheduler, "qfacts-back-up").state == api.Job.State.PAUSED, "an update never sets a paused job going"
    assert job(scheduler, "qfacts-deliver-mail").retry_config.retry_count == 5
    assert scheduler.asked.count("UpdateJob") == 3


def test_an_update_names_only_the_fields_that_differ(scheduler: CloudScheduler, run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    run(JOBS)
    masks: list[list[str]] = []
    update = scheduler.client.update_job

    def told(**given: Any) -> api.Job:
        masks.append(given["update_mask"]["paths"])
        return update(**given)

    monkeypatch.setattr(scheduler.client, "update_job", told)
    job(scheduler, "qfacts-send-reminders").time_zone = "Etc/UTC"
    target = job(scheduler, "qfacts-deliver-mail").http_target
    target.headers["X-By-Hand"], target.body = "1", b"{}"
    assert run(JOBS)[0] == 0
    assert masks == [["http_target"], ["time_zone"]]
    mended = job(scheduler, "qfacts-deliver-mail").http_target
    assert (dict(mended.headers), mended.body) == ({"User-Agent": "Google-Cloud-Scheduler"}, b"")


@pytest.mark.parametrize("state", [api.Job.State.UPDATE_FAILED, api.Job.State.DISABLED])
def test_a_job_that_cloud_scheduler_stopped_is_set_right(scheduler: CloudScheduler, run: Any, state: api.Job.State) -> None:
    run(JOBS)
    job(scheduler, "qfacts-deliver-mail").state = state
    code, lines, _ = run(JOBS)
    assert (code, [line.split()[0] for line in lines], scheduler.asked) == (0, ["update"], ["UpdateJob"])
    assert job(scheduler, "qfacts-deliver-mail").state == api.Job.State.ENABLED


def test_a_schedule_is_paused_and_resumed_by_its_line(scheduler: CloudScheduler, run: Any) -> None:
    run(JOBS)
    assert run({**JOBS, "deliver_mail": JOBS["deliver_mail"] + ", paused: true"})[1][0].split() == ["pause", "qfacts-deliver-mail"]
    assert job(scheduler, "qfacts-deliver-mail").state == api.Job.State.PAUSED
    assert run(JOBS)[1][0].split() == ["resume", "qfacts-deliver-mail"]
    assert job(scheduler, "qfacts-deliver-mail").state == api.Job.State.ENABLED


def test_what_is_no_longer_declared_is_deleted_and_nothing_of_somebody_else(scheduler: CloudScheduler, run: Any) -> None:
    theirs = [somebody_elses(scheduler, name) for name in ("nightly-report", "my-qfacts-job", "deliver-mail")]
    run(JOBS)
    assert run({"get_me": JOBS["get_me"]})[0] == 0
    assert scheduler.asked == ["DeleteJob"] * 3
    assert list(scheduler.jobs.values()) == theirs


def test_a_line_that_is_refused_keeps_no_other_from_being_done(scheduler: CloudScheduler, run: Any) -> None:
    thirtieth = "area: mail, trigger: schedule, cron: '0 0 30 2 *'"  # February's: five fields, and never
    code, lines, said = run({"archive_mail": thirtieth, **JOBS})
    assert (code, len(lines), len(scheduler.jobs)) == (1, 4, 3)
    assert said == "qfacts-archive-mail failed: 400 Schedule or time zone is invalid.\n"


def test_a_job_that_another_build_made_meanwhile_is_a_failure_that_says_so(scheduler: CloudScheduler, run: Any) -> None:
    run(JOBS)
    waiting = difference(schedules.CloudScheduler(scheduler.client, CLOUD.parent).present(), [])
    with pytest.raises(exceptions.AlreadyExists):
        schedules.CloudScheduler(scheduler.client, CLOUD.parent).carry_out(waiting[0])


def test_a_job_that_is_gone_meanwhile_counts_as_deleted(scheduler: CloudScheduler, run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    run(JOBS)
    here = schedules.CloudScheduler(scheduler.client, CLOUD.parent)
    found = here.present()
    scheduler.jobs.clear()
    monkeypatch.setattr(here, "present", lambda: found)
    assert schedules.bring_in_line(here, []) == 0


def test_a_moment_of_unavailability_is_waited_out_but_never_while_creating(scheduler: CloudScheduler, run: Any) -> None:
    run(JOBS)
    scheduler.unavailable = 2
    assert run(JOBS)[0] == 0
    here = schedules.CloudScheduler(scheduler.client, CLOUD.parent)
    waiting = difference(here.present(), [])
    scheduler.jobs.clear()
    scheduler.unavailable = 1
    with pytest.raises(exceptions.ServiceUnavailable):
        here.carry_out(waiting[0])
    assert scheduler.jobs == {}


def test_no_call_waits_for_ever(scheduler: CloudScheduler, run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedules, "TIME_LIMIT", 0.2)
    scheduler.delay = 1.5
    began = time.monotonic()
    code, lines, said = run(JOBS)
    assert (code, lines) == (1, [])
    assert "504" in said
    assert time.monotonic() - began < 1.5


def test_a_bad_register_is_a_sentence_and_touches_nothing(scheduler: CloudScheduler, run: Any) -> None:
    code, lines, said = run({"deliver_mail": "area: mail, trigger: schedule, cron: often"})
    assert (code, lines, scheduler.asked) == (1, [], [])
    assert said.startswith("The register's line for deliver_mail is wrong: cron 'often'")


@pytest.mark.parametrize("wrong", [["--origin", "https://app.qfacts.example/"], ["--number", "p"], ["--account", ""]])
def test_a_wrong_argument_is_refused(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        schedules.main([*ARGUMENTS, *wrong])
    assert "without a slash at the end" in capsys.readouterr().err


def test_the_program_without_credentials_ends_with_a_sentence(tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "NO_GCE_CHECK": "true", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "infra.schedules", *ARGUMENTS, "--dry-run"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1), done.stderr
    assert "credentials" in done.stderr


def test_every_schedule_of_the_register_is_declared_once() -> None:
    functions = register.read()
    made = declared(functions, CLOUD)
    assert [each.job for each in made] == [PREFIX + each.name.replace("_", "-") for each in register.scheduled(functions)]
    assert {each.http_target.audience for each in made} == {CLOUD.origin + each.path for each in register.scheduled(functions)}
    assert all(schedules.read(schedules.written(each, CLOUD.parent)) == each for each in made if not each.paused)
