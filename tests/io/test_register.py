"""The register of functions is read strictly: what it says is what is deployed."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra import register

DEFAULTS = "defaults: {timeout: 30, concurrency: 8, max_instances: 2, memory: 512Mi, cpu: 1, service_account: web}\n"


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
