"""The deployment agrees with the code: Terraform, image and build are read here as text, for nothing of them runs on one machine."""

from __future__ import annotations

import ast
import importlib.util
import json
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from infra import migrate, schedules
from shared.domain.signing import signatures
from shared.doors import door
from shared.google import bigquery, files
from shared.outside import config, reader, scanner
from shared.outside.foreign import confinement
from tests.house.deployment import (
    BUILD,
    BUILD_TEXT,
    DOCKERFILE,
    ENVIRONMENTS,
    FUNCTIONS,
    INFRA,
    MODULES,
    ROOT,
    TERRAFORM,
    blocks,
    listed,
    module,
    step,
    terraform,
    text,
)

FRAMEWORK = {"FUNCTION_SOURCE", "FUNCTION_TARGET", "PYTHONPATH", "THREADS"}


@pytest.mark.parametrize("path", sorted(TERRAFORM.rglob("*.tf")), ids=lambda path: str(path.relative_to(TERRAFORM)))
def test_terraform_can_be_read(path: Path) -> None:
    assert terraform(path)


@pytest.mark.parametrize("folder", [*MODULES, *ENVIRONMENTS], ids=lambda folder: folder.name)
def test_what_a_module_takes_is_declared_and_used(folder: Path) -> None:
    used = set(re.findall(r"\bvar\.(\w+)", text(folder)))
    assert used == set(blocks(folder, "variable"))


@pytest.mark.parametrize("folder", [*MODULES, *ENVIRONMENTS], ids=lambda folder: folder.name)
def test_a_module_is_given_all_that_it_needs_and_nothing_else(folder: Path) -> None:
    for name, call in blocks(folder, "module").items():
        called = (folder / call["source"].strip('"')).resolve()
        variables = blocks(called, "variable")
        given = {key for key in call if not key.startswith("__")} - {"source", "depends_on"}
        needed = {key for key, body in variables.items() if "default" not in body}
        assert needed <= given <= set(variables), name
        asked = set(re.findall(rf"\bmodule\.{name}\.(\w+)", text(folder)))
        assert asked <= set(blocks(called, "output")), name


@pytest.mark.parametrize("folder", [*MODULES, *ENVIRONMENTS], ids=lambda folder: folder.name)
def test_what_terraform_refers_to_is_there(folder: Path) -> None:
    whole = text(folder)
    made = {(kind, name) for kind, name in re.findall(r'^(?:resource|data) "(\w+)" "(\w+)"', whole, re.MULTILINE)}
    meant = set(re.findall(r"(?<![\w.\"/])(?:data\.)?(google_\w+)\.(\w+)", whole))
    assert meant <= made
    local = "".join(re.findall(r"^locals \{\n(.*?)^\}", whole, re.MULTILINE | re.DOTALL))
    declared = set(re.findall(r"^  (\w+)\s+= ", local, re.MULTILINE))
    assert set(re.findall(r"\blocal\.(\w+)", whole)) <= declared


def test_a_function_is_given_what_the_code_reads() -> None:
    whole = module("functions")
    given = set(re.findall(r"\b((?:QFACTS|FUNCTION|SENDGRID|PYTHON)\w*|THREADS)\s*=", whole))
    read = {f"QFACTS_{field.name.upper()}" for field in fields(config.Config)} - set(config.LOCAL_ONLY)
    assert given == read | FRAMEWORK | {"SENDGRID_API_KEY"}
    assert config.parse({"K_SERVICE": "get-me", **dict.fromkeys(given, "x")}).project == "x"


@pytest.mark.parametrize("name", [*config.LOCAL_ONLY, "THREADED_TIMEOUT_ENABLED", "QFACTS_POOL_SIZE"])
def test_nothing_local_is_deployed(name: str) -> None:
    deployed = [DOCKERFILE, BUILD_TEXT, *(path.read_text() for path in TERRAFORM.rglob("*.tf"))]
    assert not any(name in each for each in deployed)


def test_the_accounts_of_the_register_exist_and_can_log_in() -> None:
    needed = {function.service_account for function in FUNCTIONS}
    accounts = re.search(r"^  accounts = \{(.*?)^  \}", module("accounts"), re.MULTILINE | re.DOTALL)
    assert accounts
    existing = set(re.findall(r"^\s+(\w+)\s+= \"", accounts[1], re.MULTILINE))
    assert needed <= existing
    logins = set(listed("for name in", module("product")))
    assert logins == needed | {"migrator"}
    assert set(re.findall(r"qfacts-(\w+)@", BUILD_TEXT)) <= existing
    assert set(re.findall(r"--login \"qfacts-(\w+)@", BUILD_TEXT)) == needed


def test_the_environments_differ_by_values_only() -> None:
    staging, production = (set(blocks(folder, "module")["product"]) for folder in ENVIRONMENTS)
    assert [folder.name for folder in ENVIRONMENTS] == ["production", "staging"]
    assert staging == production


def test_a_browser_may_send_exactly_the_headers_that_are_signed() -> None:
    tree = ast.parse((ROOT / "shared/google/files.py").read_text())
    upload = next(each for each in tree.body if isinstance(each, ast.FunctionDef) and each.name == "upload_url")
    signed = next(ast.unparse(each.value) for each in ast.walk(upload) if isinstance(each, ast.Assign) and isinstance(each.value, ast.Dict))
    assert listed("response_header =", module("files")) == re.findall(r"'([a-z-]+)':", signed)
    assert listed("method          =", module("files")) == ["PUT"]


def test_failed_signings_raise_the_alarm_when_they_lock() -> None:
    signing = [function.name for function in FUNCTIONS if "challenge_id:" in function.source.read_text()]
    assert sorted(listed("signing_functions =", module("product"))) == sorted(signing)
    alarm = re.search(r"failed_signings = \{.*?count\s+= (\d+)\s+seconds = (\d+)", module("alerts"), re.DOTALL)
    assert alarm
    assert [int(each) for each in alarm.groups()] == [signatures.LOCK_AFTER, 60 * signatures.LOCK_MINUTES]


def test_analysts_read_the_dataset_that_the_export_fills() -> None:
    whole = module("warehouse")
    assert re.findall(r'(?:dataset_id|location)\s+= "(\w+)"', whole) == [bigquery.DATASET, bigquery.LOCATION]
    granted = dict(re.findall(r'role\s+= "roles/bigquery\.(\w+)"\n\s+member\s+= "(\w+):', whole))
    assert granted == {"dataEditor": "serviceAccount", "dataViewer": "group", "jobUser": "group"}
    [export] = [function for function in FUNCTIONS if function.service_account == "usage"]
    assert export.name == "export_usage"


def test_the_server_keeps_values_out_of_its_log_as_the_migrations_want() -> None:
    wanted = (INFRA / "migrations/versions/0001_roles.py").read_text()
    for name, value in re.findall(r'"(log_\w+)"\s+= "(\w+)"', module("database")):
        assert f"{name} = ''{value}''" in wanted


def test_the_connector_asks_for_the_private_address() -> None:
    assert re.search(r"ipv4_enabled\s+= false", module("database"))
    assert re.search(r'Connector\([^)]*ip_type="private"', (ROOT / "shared/db/database.py").read_text(), re.IGNORECASE)


def test_the_image_holds_what_functions_need_and_nothing_else() -> None:
    copied = re.findall(r"^COPY (\S+) \S+$", DOCKERFILE, re.MULTILINE)
    assert sorted(copied) == ["functions/", "requirements.txt", "shared/"]
    assert not re.search(r"^ADD ", DOCKERFILE, re.MULTILINE)
    kept = {line for line in (INFRA / "Dockerfile.dockerignore").read_text().splitlines() if line.startswith("!")}
    assert kept == {f"!{name.rstrip('/')}" for name in copied}
    for path in [*(ROOT / "functions").rglob("*.py"), *(ROOT / "shared").rglob("*.py")]:
        assert not re.search(r"^\s*(?:from|import) (?:infra|tests)\b", path.read_text(), re.MULTILINE), path


def test_the_image_is_pinned_and_runs_as_nobody() -> None:
    base = re.findall(r"^FROM (.*)$", DOCKERFILE, re.MULTILINE)
    assert len(base) == 1
    assert re.fullmatch(r"python:3\.12\.\d+-slim-\w+", base[0])
    assert "pip install --no-cache-dir --require-hashes --requirement requirements.txt" in DOCKERFILE
    user = re.findall(r"^USER (\d+):(\d+)$", DOCKERFILE, re.MULTILINE)
    assert len(user) == 1
    assert "0" not in user[0]
    commands = re.findall(r"^CMD (.*)$", DOCKERFILE, re.MULTILINE)
    assert len(commands) == 1
    assert json.loads(commands[0])[:2] == ["sh", "-c"]


def test_the_build_goes_from_checking_to_smoke() -> None:
    assert [each["id"] for each in BUILD["steps"]] == [
        "check",
        "test",
        "build and push",
        "migrate",
        "services",
        "deploy",
        "schedules",
        "smoke",
    ]
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert {word for each in BUILD["steps"] if each["entrypoint"] == "make" for word in each["args"]} <= targets
    assert (ROOT / re.findall(r"--file (\S+)", BUILD_TEXT)[0]) == INFRA / "Dockerfile"
    assert (ROOT / step("deploy")["dir"]).parent == TERRAFORM / "environments"


@pytest.mark.parametrize("program", [migrate, schedules], ids=lambda program: program.__name__)
def test_the_build_runs_modules_and_options_that_exist(
    program: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in re.findall(r"python -m ([\w.]+)", BUILD_TEXT):
        assert importlib.util.find_spec(name), name
    command = step(program.__name__.removeprefix("infra."))["args"][1]
    options = set(re.findall(r"(?<= )--[a-z]+", command[command.index(program.__name__) :]))
    monkeypatch.setattr("sys.argv", ["program", "--help"])
    with pytest.raises(SystemExit):
        program.main()
    said = capsys.readouterr().out
    assert options <= set(re.findall(r"--[a-z]+", said))
    assert set(re.findall(r"(?<!\[)(--[a-z]+) [A-Z]", said.partition("\n\n")[0])) <= options, "all that it asks for is given"


def test_the_smoke_test_is_python() -> None:
    assert step("smoke")["args"][0] == "-c"
    assert ast.parse(step("smoke")["args"][1])


def test_the_build_says_what_a_trigger_sets() -> None:
    head = BUILD_TEXT[: BUILD_TEXT.index("steps:")]
    assert set(re.findall(r"^#   (_[A-Z]+) ", head, re.MULTILINE)) == set(re.findall(r"\$\{(_[A-Z]+)\}", BUILD_TEXT))


def test_only_those_act_as_jobs_that_the_scheduler_or_a_webhook_calls() -> None:
    jobs = {one.service_account for one in FUNCTIONS if one.trigger != "http"}
    assert set(re.findall(r'--job "qfacts-(\w+)@', BUILD_TEXT)) == jobs
    assert jobs & {one.service_account for one in FUNCTIONS if one.trigger == "http"} == set()


def test_what_deletes_has_an_account_of_its_own_and_may_do_nothing_else_outside_the_database() -> None:
    accounts = module("accounts")
    assert {one.name for one in FUNCTIONS if one.service_account == "purger"} == {"purge", "delete_orphaned_files"}
    for role, permissions in {"eraser": ["firebaseauth.users.delete"], "collector": ["storage.objects.delete"]}.items():
        assert listed("permissions =", accounts[accounts.index(f'"google_project_iam_custom_role" "{role}"') :]) == permissions
    assert "firebaseauth.admin" not in accounts
    assert re.search(r"^\s*(?:jobs|purger)\s*=\s*concat", accounts, re.MULTILINE) is None


def test_what_stops_answering_is_replaced() -> None:
    """By gunicorn where the worker's main thread stands still, by Cloud Run where the process answers no probe."""
    [command] = re.findall(r"^CMD (.*)$", DOCKERFILE, re.MULTILINE)
    limits = [*re.findall(r"--timeout (\d+)", command), *re.findall(r"^ENV CLOUD_RUN_TIMEOUT_SECONDS=(\d+)$", DOCKERFILE, re.MULTILINE)]
    assert len(limits) == 2
    assert all(0 < int(each) <= 120 for each in limits)
    whole = module("functions")
    probe = re.search(r"liveness_probe \{.*?path = \"(\S+)\"", whole, re.DOTALL)
    assert probe
    assert probe[1] == door.HEALTH
    threads = re.search(r"THREADS\s+= tostring\(each\.value\.concurrency \+ (\d)\)", whole)
    assert threads, "the probe needs a thread of its own, and gunicorn limits requests where there is only one"
    assert int(threads[1]) >= 1


def test_an_upload_ends_before_its_function_does() -> None:
    """Waiting for a place, receiving, reading and scanning, each as long as it may take."""
    [finish] = [function for function in FUNCTIONS if function.name == "finish_upload"]
    longest = files.WAIT_LIMIT + files.READ_LIMIT + reader.DEADLINE + scanner.CONNECT + scanner.DEADLINE
    assert longest < finish.timeout
    assert finish.memory == "512Mi"
    assert files.AT_ONCE * (confinement.MEMORY + 50 * 1024 * 1024) < 0.85 * 512 * 1024 * 1024
