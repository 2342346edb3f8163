"""One process for the functions of an area: each answers at its own path as it would alone, and nothing else does."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug.test import Client, TestResponse, create_environ, run_wsgi_app

from infra.local.http_call import Unreachable, call
from shared.doors import service
from shared.doors.problem import SECURITY
from shared.doors.service import Service
from shared.outside import config
from tests.builders import company
from tests.ports import free_port, launcher
from tests.product import Product

if TYPE_CHECKING:
    from flask import Flask

ROOT = Path(__file__).resolve().parents[2]
FUNCTIONS = ROOT / "functions"
AREA = [FUNCTIONS / "organisations" / f"{name}.py" for name in ("get_me", "list_teams", "create_team")]
DOCKERFILE = (ROOT / "infra/Dockerfile").read_text()
COMMAND = tuple(json.loads(re.findall(r"^CMD (.*)$", DOCKERFILE, re.MULTILINE)[0]))


@pytest.fixture
def area() -> Service:
    return Service(AREA)


def said(answer: TestResponse) -> dict[str, Any]:
    """The object that a function answered."""
    assert isinstance(answer.json, dict)
    return answer.json


def test_two_functions_of_an_area_answer_from_one_service(area: Service, product: Product) -> None:
    admin = company(product).admin
    headers = {"Authorization": f"Bearer {admin.token}", "X-Organisation": admin.organisation}
    made = Client(area).post("/api/create_team", json={"name": "Shared"}, headers=headers)
    assert (made.status_code, said(made)["team"]["name"]) == (200, "Shared")
    listed = Client(area).get("/api/list_teams?limit=1", headers=headers)
    assert [team["name"] for team in said(listed)["items"]] == ["Shared"]
    assert listed.json == product.get("list_teams", admin.token, admin.organisation, limit=1).body


def test_a_function_is_loaded_when_it_is_first_asked_for(area: Service) -> None:
    assert area.loaded == {}
    refused = Client(area).post("/api/get_me")
    assert (refused.status_code, refused.headers["Allow"]) == (405, "GET")
    assert list(area.loaded) == ["/api/get_me"]
    assert said(Client(area).get("/api/create_team"))["detail"] == "create_team is a POST."
    assert list(area.loaded) == ["/api/get_me", "/api/create_team"]


@pytest.mark.parametrize(
    "path",
    [
        "no_such_function",
        "download_file",
        "take_documents_into_effect",
        "get_me/",
        "get_me/more",
        "../get_me",
        "get_me.py",
        "GET_ME",
        "",
        "x" * 9000,
    ],
)
def test_what_isnt_of_this_area_is_a_problem_that_nobody_caches(area: Service, path: str) -> None:
    for method in ("GET", "POST"):
        answer = Client(area).open(f"/api/{path}", method=method)
        assert (answer.status_code, answer.content_type) == (404, "application/problem+json")
        assert said(answer)["detail"] == "There is no such function."
        assert answer.headers["X-Request-Id"] == said(answer)["request_id"]
        assert {name: answer.headers.get(name) for name in SECURITY} == SECURITY
    assert area.loaded == {}


@pytest.mark.parametrize("path", ["/", "", "/get_me", "get_me", "/robots.txt", "//api/get_me"])
def test_nothing_answers_outside_of_the_api(area: Service, path: str) -> None:
    environ = {**create_environ(), "PATH_INFO": path}
    body, status, _ = run_wsgi_app(area, environ)
    assert status == "404 NOT FOUND"
    assert json.loads(b"".join(body))["status"] == 404


def test_first_requests_at_once_load_a_function_once(area: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    make = area._make
    loads: list[str] = []

    def slowly(*source: str) -> Any:
        loads.append(source[0])
        time.sleep(0.05)
        return make(*source)

    monkeypatch.setattr(area, "_make", slowly)
    statuses: list[int] = []
    threads = [threading.Thread(target=lambda: statuses.append(Client(area).post("/api/get_me").status_code)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert (loads, statuses) == (["get_me"], [405] * 8)


def test_a_function_that_cant_be_loaded_is_never_a_bare_500(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "broken_step.py").write_text("raise ValueError('a secret')\n")
    (tmp_path / "other_step.py").write_text("def other_step(request):\n    return 'here'\n")
    both = Service([tmp_path / "broken_step.py", tmp_path / "other_step.py"])
    answer = Client(both).post("/api/broken_step")
    assert (answer.status_code, answer.content_type) == (500, "application/problem+json")
    assert "secret" not in answer.text + capsys.readouterr().out
    assert Client(both).get("/api/other_step").text == "here"
    (tmp_path / "broken_step.py").write_text("def broken_step(request):\n    return 'mended, after all'\n")
    assert Client(both).get("/api/broken_step").text == "mended, after all"


def test_a_service_without_a_functions_file_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(config.Misconfigured, match=r"There is no function at .*get_you\.py"):
        Service([FUNCTIONS / "organisations" / "get_you.py"])


def test_a_service_with_an_emulator_variable_does_not_start_in_the_cloud(monkeypatch: pytest.MonkeyPatch) -> None:
    variables = {"K_SERVICE": "organisations", "FUNCTION_SOURCE": str(FUNCTIONS / "organisations"), "FUNCTION_TARGET": "get_me"}
    for name, value in {**variables, "FIREBASE_AUTH_EMULATOR_HOST": "127.0.0.1:9099"}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(config.Misconfigured, match="FIREBASE_AUTH_EMULATOR_HOST"):
        service.create()


@pytest.fixture
def serve() -> Iterator[Any]:
    """Starts the image's own command with the variables that Terraform sets; returns the origin once it answers."""
    started: list[subprocess.Popen[bytes]] = []

    def start(source: Path, target: str, command: tuple[str, ...] = COMMAND, **more: str) -> str:
        origin = f"http://127.0.0.1:{(port := free_port())}"
        environment = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "PORT": str(port),
            "THREADS": "8",
            "PYTHONPATH": str(ROOT),
            "FUNCTION_SOURCE": str(source),
            "FUNCTION_TARGET": target,
            **dict(re.findall(r"^ENV (CLOUD_RUN_\w+)=(\S+)$", DOCKERFILE, re.MULTILINE)),
            **more,
        }
        started.append(subprocess.Popen([*launcher(), "/bin/sh", *command[1:]], env=environment, start_new_session=True))
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                call("GET", f"{origin}/robots.txt", timeout=5)
            except Unreachable:
                time.sleep(0.1)
            else:
                return origin
        raise TimeoutError(origin)

    yield start
    for process in started:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


def test_the_image_ends_at_once_where_an_area_must_not_be_served() -> None:
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PORT": str(free_port()),
        "THREADS": "8",
        "PYTHONPATH": str(ROOT),
        "FUNCTION_SOURCE": str(FUNCTIONS / "organisations"),
        "FUNCTION_TARGET": "get_me",
        "K_SERVICE": "organisations",
        "FIREBASE_AUTH_EMULATOR_HOST": "127.0.0.1:9099",
    }
    done = subprocess.run(["/bin/sh", *COMMAND[1:]], env=environment, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode != 0
    assert "FIREBASE_AUTH_EMULATOR_HOST" in done.stderr


def test_the_image_serves_an_area_or_a_function_alone(serve: Any) -> None:
    shared = serve(FUNCTIONS / "organisations", "get_me,create_team")
    assert call("POST", f"{shared}/api/get_me", body=b"{}").json["detail"] == "get_me is a GET."
    assert call("GET", f"{shared}/api/create_team").json["detail"] == "create_team is a POST."
    assert call("GET", f"{shared}/api/list_teams").status == 404
    alone = serve(FUNCTIONS / "files" / "finish_upload.py", "finish_upload")
    for path in ("/", "/api/finish_upload"):
        assert call("GET", alone + path).json["detail"] == "finish_upload is a POST."


def test_the_liveness_probe_is_answered_by_an_area_and_by_a_function_alone(serve: Any) -> None:
    for source, target in ((FUNCTIONS / "organisations", "get_me"), (FUNCTIONS / "files" / "finish_upload.py", "finish_upload")):
        answer = call("GET", f"{serve(source, target)}/health")
        assert (answer.status, answer.json) == (200, {"status": "alive"})


@pytest.mark.parametrize("door", ["organisations/get_me", "usage/export_usage", "mail/receive_mail_events"])
def test_every_kind_of_door_answers_the_probe_and_nothing_else_without_a_token(door: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import functions_framework

    monkeypatch.delenv("FUNCTION_SIGNATURE_TYPE", raising=False)
    name = door.partition("/")[2]
    made: Callable[..., Flask] = functions_framework.create_app
    client = made(name, str(FUNCTIONS / f"{door}.py"), "http").test_client()
    assert client.get("/health").json == {"status": "alive"}
    assert client.get("/health/more").status_code >= 400


@pytest.mark.parametrize("alone", [False, True])
def test_a_worker_that_stands_still_is_replaced(serve: Any, alone: bool) -> None:
    """As one does in which something holds Python's lock: no thread of it answers."""
    import psutil

    command = tuple(part.replace("--timeout 60", "--timeout 2") for part in COMMAND)
    source = FUNCTIONS / "files" / ("finish_upload.py" if alone else "")
    origin = serve(source, "finish_upload", command, CLOUD_RUN_TIMEOUT_SECONDS="2")
    port = int(origin.rpartition(":")[2])
    serving = [each for each in psutil.process_iter(["cmdline"]) if _serves(each, port)]
    worker = max(serving, key=lambda each: each.create_time())
    worker.suspend()
    until, answered = time.monotonic() + 30, False
    while time.monotonic() < until and not answered:
        try:
            answered = call("GET", f"{origin}/health", timeout=2).status == 200
        except (Unreachable, TimeoutError):
            time.sleep(0.2)
    assert answered
    assert not psutil.pid_exists(worker.pid) or worker.status() == psutil.STATUS_ZOMBIE


def _serves(process: Any, port: int) -> bool:
    """Whether it is of the server on this port."""
    import psutil

    try:
        return process.environ().get("PORT") == str(port) and process.name() not in {"sh", "dash"}
    except psutil.Error:
        return False
