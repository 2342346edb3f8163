"""The services and schedules of the register agree with the code, with Terraform, image and build, and with the database's connections."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path

import pytest

from infra import jobs, register
from shared.db import database
from shared.doors import service
from tests.house.deployment import (
    BUILD,
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
    text,
)

SERVICES = register.services(FUNCTIONS)
HEADROOM = 0.8
LONGEST_SERVICE = 49  # characters, Cloud Run's limit
LONGEST_SEGMENT = 63  # characters of a DNS name; Cloud Run divides a service's name and the project's number, 12 digits, by a hyphen


def test_terraform_takes_the_services_as_the_register_gives_them() -> None:
    """What a service holds is what Terraform's variable holds, in type and name, and all of it is used."""
    variable = module("functions").partition('variable "services"')[2].partition("}))")[0]
    typed = dict(re.findall(r"^    (\w+)\s*= (.*)$", variable, re.MULTILINE))
    kinds = {"int": "number", "str": "string", "bool": "bool", "tuple[str, ...]": "list(string)"}
    assert typed == {each.name: kinds[str(each.type)] for each in fields(register.Service) if each.name != "name"}
    for key in typed:
        assert re.search(rf"\b(?:each\.value|service)\.{key}\b", module("functions")), f"{key} is declared and not used"
    for folder in [*ENVIRONMENTS, TERRAFORM / "modules" / "product"]:
        name = "functions" if folder.name == "product" else "product"
        assert blocks(folder, "module")[name]["services"] == "${var.services}"


def test_every_key_of_a_function_reaches_its_service_its_schedule_or_the_local_stack() -> None:
    keys = {each.name for each in fields(register.Function)} - {"name", "root"}
    assert keys == {each.name for each in fields(register.Service)} & keys | set(register.OF_SCHEDULES)
    declared = (INFRA / "jobs.py").read_text()
    assert all(f"function.{key}" in declared for key in register.OF_SCHEDULES if key != "local_seconds")


def test_schedules_are_declared_in_one_place() -> None:
    whole = "\n".join(text(folder) for folder in [*MODULES, *ENVIRONMENTS])
    assert "google_cloud_scheduler" not in whole
    assert {"roles/cloudscheduler.admin"} <= set(listed("deployer =", module("accounts")))
    assert "scheduler" in listed("for_each = toset(", module("accounts")), "the deployer hands the schedules their account"
    assert '"serviceAccount:${var.accounts["scheduler"]}"' in module("functions")
    command = step("schedules")["args"][1]
    assert "qfacts-scheduler@$PROJECT_ID.iam" in command
    assert [each["id"] for each in BUILD["steps"]].index("schedules") > [each["id"] for each in BUILD["steps"]].index("deploy")


def most_connections(services: Iterable[register.Service]) -> int:
    """How many connections stand open at most: while a deployment is going on, old and new instances stand side by side."""
    return 2 * sum(database.POOL_SIZE * service.max_instances for service in services)


def allowed(folder: Path) -> float:
    """How many connections of an environment's database the functions may use."""
    return float(HEADROOM * blocks(folder, "module")["product"]["max_connections"])


@pytest.mark.parametrize("folder", ENVIRONMENTS, ids=lambda folder: folder.name)
def test_twice_all_connections_leave_room(folder: Path) -> None:
    assert most_connections(SERVICES) < allowed(folder)
    assert '"max_connections"             = tostring(var.max_connections)' in module("database")


@pytest.mark.parametrize("folder", ENVIRONMENTS, ids=lambda folder: folder.name)
def test_a_hundred_functions_in_thirteen_areas_leave_room_too(folder: Path, tmp_path: Path) -> None:
    """As many as the whole product has: 85 that people call, 3 of which take their time, 13 schedules and 2 webhooks."""
    defaults = next(line for line in register.REGISTER.read_text().splitlines() if line.startswith("defaults:"))
    lines = [f"  take_step_{number}: {{area: area_{number % 13}, trigger: http, service_account: web}}" for number in range(82)]
    lines += [f"  take_long_{number}: {{area: area_{number}, trigger: http, service_account: web, timeout: 300}}" for number in range(3)]
    job = "trigger: schedule, cron: '0 3 * * *', service_account: jobs, timeout: 300, deadline: 300, concurrency: 1"
    lines += [f"  run_job_{number}: {{area: area_{number}, {job}}}" for number in range(13)]
    lines += [f"  receive_{number}: {{area: area_{number}, trigger: webhook, service_account: jobs}}" for number in range(2)]
    path = tmp_path / "infra" / "functions.yaml"
    path.parent.mkdir()
    path.write_text("\n".join([defaults, "functions:", *lines]))
    functions = register.read(path)
    services = register.services(functions)
    assert (len(functions), len(services)) == (100, 13 + 3 + 13 + 2)
    assert most_connections(services) < allowed(folder)
    assert 2 * sum(database.POOL_SIZE * function.max_instances for function in functions) > allowed(folder), "alone they wouldn't fit"


def test_services_have_names_that_cloud_run_takes() -> None:
    names = [service.host for service in SERVICES]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z][a-z0-9-]*[a-z0-9]", name) and len(name) <= LONGEST_SERVICE for name in names)
    assert all(len(f"{name}-{'0' * 12}") <= LONGEST_SEGMENT for name in names), "a longer one has no address that can be foretold"
    assert 'replace(each.key, "_", "-")' in module("functions")


def test_a_schedule_and_its_function_mean_the_same_audience() -> None:
    whole = module("functions")
    cloud = jobs.Cloud(project="p", number="1", region="r", origin="https://o", account="a")
    audiences = {each.http_target.audience for each in jobs.declared(FUNCTIONS, cloud)}
    assert audiences == {f"https://o{function.path}" for function in register.scheduled(FUNCTIONS)}
    assert 'f"{config.current().origin}/api/{name}"' in (ROOT / "shared/doors/schedule.py").read_text()
    assert re.search(r'custom_audiences = .* \[for function in each\.value\.functions : "\$\{var\.origin\}/api/\$\{function\}"\]', whole)
    assert {function.path for function in FUNCTIONS} == {f"/api/{function.name}" for function in FUNCTIONS}


def test_every_function_that_is_called_from_outside_has_its_address() -> None:
    assert 'glob = "/api/${rewrites.key}"' in module("hosting")
    assert "service_id = rewrites.value" in module("hosting")
    assert re.search(
        r"for function in service\.functions : function => google_cloud_run_v2_service\.this\[name\]\.name", module("functions")
    )
    assert 'service if service.trigger != "schedule"' in module("functions")
    assert service.API == "/api/"


def test_a_service_that_people_call_is_never_the_schedulers() -> None:
    for each in SERVICES:
        found = [register.find(FUNCTIONS, name) for name in each.functions]
        assert {one and one.trigger for one in found} == {each.trigger}
        assert each.trigger == "http" or not each.shared


def test_a_function_is_found_where_the_image_has_it() -> None:
    home = re.findall(r"^WORKDIR (\S+)$", DOCKERFILE, re.MULTILINE)
    assert len(home) == 1
    source = '${each.value.shared ? "" : "/${each.key}.py"}'
    assert f'FUNCTION_SOURCE      = "{home[0]}/functions/${{each.value.area}}{source}"' in module("functions")
    assert 'FUNCTION_TARGET      = join(",", each.value.functions)' in module("functions")
    assert f'PYTHONPATH           = "{home[0]}"' in module("functions")
    for function in FUNCTIONS:
        assert function.source == ROOT / "functions" / function.area / f"{function.name}.py"


@pytest.mark.parametrize("declared", SERVICES, ids=lambda declared: declared.name)
def test_the_image_runs_every_service_as_terraform_names_it(declared: register.Service, tmp_path: Path) -> None:
    """The image's own command, with programs in the servers' place that say who they are, and the area's real entry."""
    for name in ("functions-framework", "gunicorn"):
        (tmp_path / name).write_text(f"#!/bin/sh\necho {name} $FUNCTION_SOURCE $FUNCTION_TARGET $@\n")
        (tmp_path / name).chmod(0o755)
    source, target = ROOT / "functions" / declared.area, ",".join(declared.functions)
    environment = {
        "PATH": f"{tmp_path}:/bin:/usr/bin",
        "PORT": "8080",
        "THREADS": str(declared.concurrency),
        "FUNCTION_SOURCE": str(source if declared.shared else source / f"{declared.name}.py"),
        "FUNCTION_TARGET": target,
    }
    command = json.loads(re.findall(r"^CMD (.*)$", DOCKERFILE, re.MULTILINE)[0])
    said = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=10, check=True).stdout.split()
    assert said[:3] == ["gunicorn" if declared.shared else "functions-framework", *list(environment.values())[-2:]]
    if declared.shared:
        assert said[-1] == "shared.doors.service:create()"
        assert said[said.index("--threads") + 1] == str(declared.concurrency)
        assert set(service.Service([source / f"{name}.py" for name in declared.functions]).sources) == {
            f"/api/{name}" for name in declared.functions
        }


def test_terraform_is_given_the_services_that_were_printed() -> None:
    printed = re.search(r"python -m infra\.register > (\S+)", step("services")["args"][1])
    assert printed
    assert f"-var-file={printed[1]}" in step("deploy")["args"][1]
