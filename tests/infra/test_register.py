"""The register of functions is read strictly: what it says is what is deployed."""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from pathlib import Path

import pytest
from croniter import croniter
from hypothesis import given, settings
from hypothesis import strategies as st

from infra import register

DEFAULTS = "defaults: {timeout: 30, concurrency: 8, max_instances: 2, memory: 512Mi, cpu: 1, service_account: web}\n"
PURGE = "area: purge, trigger: schedule"


def read(tmp_path: Path, lines: str, defaults: str = DEFAULTS) -> tuple[register.Function, ...]:
    """The register with these lines under `functions:`."""
    path = tmp_path / "infra" / "functions.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"{defaults}functions:\n{lines}")
    return register.read(path)


def test_a_line_overrides_the_defaults_and_names_its_file(tmp_path: Path) -> None:
    (function,) = read(tmp_path, "  back_up: {area: backups, trigger: schedule, cron: '0 3 * * *', timeout: 600, deadline: 600}\n")
    assert (function.timeout, function.concurrency, function.deadline) == (600, 8, 600)
    assert function.path == "/api/back_up"
    assert function.source == tmp_path / "functions" / "backups" / "back_up.py"


def test_a_schedule_retries_by_the_defaults_but_for_what_its_line_says(tmp_path: Path) -> None:
    defaults = DEFAULTS.replace("service_account", "retry: {count: 2, min_backoff: 5}, service_account")
    lines = "  back_up: {area: a, trigger: schedule, cron: '0 3 * * *', retry: {count: 5}, paused: true}\n"
    lines += "  purge: {area: a, trigger: schedule, cron: '0 3 * * *'}\n"
    back_up, purge = read(tmp_path, lines, defaults)
    assert back_up.retry == register.Retry(count=5, min_backoff=5, max_backoff=120, max_doublings=3)
    assert purge.retry == register.Retry(count=2, min_backoff=5)
    assert (back_up.paused, purge.paused) == (True, False)


def test_an_empty_register_has_no_functions(tmp_path: Path) -> None:
    assert read(tmp_path, "") == ()


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ("  get_me: {area: people, trigger: http, memmory: 1Gi}\n", "get_me is wrong: unknown: memmory"),
        ("  get_me: {trigger: http}\n", "get_me is wrong: missing: area"),
        ("  get_me: {area: people, trigger: http, timeout: soon}\n", "timeout must be a whole number"),
        ("  get_me: {area: people, trigger: http, timeout: true}\n", "timeout must be a whole number"),
        ("  get_me: {area: people, trigger: pubsub}\n", "trigger must be one of http, schedule, webhook"),
        ("  purge: {area: purge, trigger: schedule}\n", "a scheduled function has a cron line"),
        ("  get_me: {area: people, trigger: http, cron: '* * * * *'}\n", "a scheduled function has a cron line"),
        ("  get_me: {area: people, trigger: http, local_seconds: 2}\n", "local_seconds is for scheduled functions"),
        ("  get_me: {area: people, trigger: http, retry: {count: 1}}\n", "retry is for scheduled functions"),
        ("  get_me: {area: people, trigger: http, paused: true}\n", "paused is for scheduled functions"),
        (f"  purge: {{{PURGE}, cron: daily}}\n", "cron 'daily' isn't five fields"),
        (f"  purge: {{{PURGE}, cron: '60 * * * *'}}\n", r"cron '60 \* \* \* \*' isn't five fields"),
        (f"  purge: {{{PURGE}, cron: '0 3 * * *', time_zone: Europe/Brussel}}\n", "isn't in the time zone database"),
        (f"  purge: {{{PURGE}, cron: '0 3 * * *', time_zone: ../../etc/passwd}}\n", "isn't in the time zone database"),
        (f"  purge: {{{PURGE}, cron: '0 3 * * *', time_zone: Europe}}\n", "isn't in the time zone database"),
        (f"  purge: {{{PURGE}, cron: '0 3 * * *', deadline: 1801}}\n", "deadline must be from 15 to 1800 seconds"),
        (f"  purge: {{{PURGE}, cron: '0 3 * * *', paused: 1}}\n", "paused must be true or false"),
        (f"  purge: {{{PURGE}, cron: '0 3 * * *', retry: 3}}\n", "retry must be a mapping"),
        (f"  purge: {{{PURGE}, cron: '0 3 * * *', retry: {{tries: 3}}}}\n", "unknown: retry.tries"),
        (f"  purge: {{{PURGE}, cron: '0 3 * * *', retry: {{count: -1}}}}\n", "retry.count must be a whole number, not negative"),
        (f"  purge: {{{PURGE}, cron: '0 3 * * *', retry: {{count: 6}}}}\n", "retry.count is at most 5"),
        (f"  purge: {{{PURGE}, cron: '0 3 * * *', retry: {{min_backoff: 121}}}}\n", "retry.min_backoff is at most retry.max_backoff"),
        ("  get_me: {area: a, trigger: http}\n  get_me: {area: b, trigger: http}\n", "names get_me twice"),
        ("  get_me: {area: [\n", "isn't YAML"),
    ],
)
def test_a_wrong_line_is_refused_naming_the_function(tmp_path: Path, lines: str, sentence: str) -> None:
    with pytest.raises(register.BadRegister, match=sentence):
        read(tmp_path, lines)


def test_an_unknown_part_is_refused(tmp_path: Path) -> None:
    with pytest.raises(register.BadRegister, match="unknown part: functionz"):
        read(tmp_path, "", "functionz: {}\n")


def test_a_missing_register_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(register.BadRegister, match="can't be read: No such file"):
        register.read(tmp_path / "functions.yaml")


def test_every_cron_line_of_the_register_has_a_next_moment() -> None:
    for function in register.scheduled(register.read()):
        now = dt.datetime.now(dt.UTC)
        assert croniter(function.cron, now).get_next(dt.datetime) > now


parts = st.integers(0, 61).map(str) | st.just("*")
ranges = st.builds("{}-{}".format, st.integers(0, 61), st.integers(0, 61))
steps = st.builds("{}/{}".format, parts | ranges, st.integers(0, 70))
cron_fields = st.lists(parts | ranges | steps, min_size=1, max_size=3).map(",".join)


@settings(deadline=None)
@given(st.lists(cron_fields, min_size=4, max_size=6).map(" ".join) | st.text(alphabet="0159*/-, a", max_size=15))
def test_what_is_taken_for_a_cron_line_the_local_scheduler_reads_too(line: str) -> None:
    if register.is_cron(line):
        assert croniter.is_valid(line)


@pytest.mark.parametrize("line", ["* * * * *", "*/5 * * * *", "7 0-6,18-23 1 */3 1-5", "0 3 31 12 7", "0-30/10 3 * * 0"])
def test_ordinary_cron_lines_are_taken(line: str) -> None:
    assert register.is_cron(line)


@pytest.mark.parametrize(
    "line", ["", "* * * *", "* * * * * *", "*  * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "5-1 * * * *", "5/2 * * * *", "@daily"]
)
def test_what_cloud_scheduler_would_refuse_is_no_cron_line(line: str) -> None:
    assert not register.is_cron(line)


def services(tmp_path: Path, lines: str) -> dict[str, tuple[str, ...]]:
    """The services of a register with these lines, and their functions; those of an area are marked by a star."""
    return {("*" if each.shared else "") + each.name: each.functions for each in register.services(read(tmp_path, lines))}


def test_the_functions_of_an_area_that_agree_share_its_service(tmp_path: Path) -> None:
    lines = """
  export_record: {area: records, trigger: http, timeout: 120}
  add_note: {area: records, trigger: http}
  sign_link: {area: records, trigger: http, service_account: files}
  link_records: {area: records, trigger: http, timeout: 30}
  list_changes: {area: changes, trigger: http}
  lapse_changes: {area: changes, trigger: schedule, cron: "0 3 * * *"}
  receive_mail_events: {area: mail, trigger: webhook}
  receive_more: {area: mail, trigger: webhook}
"""
    assert services(tmp_path, lines) == {
        "export_record": ("export_record",),
        "*records": ("add_note", "link_records"),
        "sign_link": ("sign_link",),
        "*changes": ("list_changes",),
        "lapse_changes": ("lapse_changes",),
        "receive_mail_events": ("receive_mail_events",),
        "receive_more": ("receive_more",),
    }


lines_of_areas = st.dictionaries(
    st.from_regex(r"[a-z]{1,3}_[a-z]{1,3}", fullmatch=True),
    st.builds(
        "area: {}, trigger: {}, timeout: {}, service_account: {}".format,
        st.sampled_from(["records", "files"]),
        st.sampled_from(["http", "http", "webhook", "schedule, cron: '* * * * *'"]),
        st.sampled_from([30, 30, 120]),
        st.sampled_from(["web", "web", "files"]),
    ),
)


@settings(deadline=None)
@given(lines_of_areas)
def test_every_function_runs_in_one_service_with_the_account_and_time_that_its_line_gives(lines: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        functions = read(Path(folder), "".join(f"  {name}: {{{line}}}\n" for name, line in lines.items()))
    made = register.services(functions)
    assert sorted(name for service in made for name in service.functions) == sorted(lines)
    assert len({service.name for service in made}) == len(made)
    assert len([service for service in made if service.shared]) == len({each.area for each in functions if each.trigger == "http"})
    for service in made:
        for name in service.functions:
            function = register.find(functions, name)
            assert function is not None
            assert all(getattr(function, key) == getattr(service, key) for key in ("area", "trigger", "service_account", *register.SCALING))
        assert service.shared == (service.name == service.area)
        assert service.shared or service.functions == (service.name,)


def test_the_services_are_printed_as_terraform_reads_variables(capsys: pytest.CaptureFixture[str]) -> None:
    register.main()
    printed = json.loads(capsys.readouterr().out)
    assert list(printed) == ["services"]
    assert set(printed["services"]) == {service.name for service in register.services(register.read())}
    assert all("name" not in each and each["functions"] for each in printed["services"].values())
