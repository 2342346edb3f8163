"""The stack on one machine as a whole: it comes up, it heals, it ends cleanly however it is ended, and it keeps its data."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from infra.local import demo_organisation
from infra.local.http_call import Answer, Unreachable, call, send_json
from infra.local.place import CHECKOUT, OFFSETS, is_free
from tests.stack import Stack, home, start, stop

ENDED = 10  # seconds in which everything must be gone after a SIGKILL


def sign_in(stack: Stack, email: str, method: str = "signInWithPassword") -> Answer:
    """The emulator's answer to a sign-in, or to a sign-up."""
    account = {"email": email, "password": demo_organisation.PASSWORD, "returnSecureToken": True}
    return send_json("POST", f"{stack.identity}/identitytoolkit.googleapis.com/v1/accounts:{method}?key=any", account)


def eventually(question: Callable[[], bool], seconds: float = 60) -> bool:
    """Whether `question()` becomes true in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if question():
            return True
        time.sleep(0.2)
    return False


def processes_of(stack: Stack) -> list[psutil.Process]:
    """The processes that the stack noted down, as long as they live."""
    notes = json.loads((stack.place.run / "processes.json").read_text())
    found = []
    for _, pid, birth in notes:
        try:
            process = psutil.Process(pid)
            found += [process, *process.children(recursive=True)] if process.create_time() == birth else []
        except psutil.NoSuchProcess:
            continue
    return found


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that still run."""
    return [process for process in processes if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]


def test_health_says_ready_and_the_pages_answer(stack: Stack) -> None:
    assert call("GET", f"{stack.origin}/health").json == {"status": "ready"}
    for path in ("/", "/local", "/docs", "/docs/swagger-ui-bundle.js", "/docs/start.js", "/mail", "/mail/messages", "/local/certs"):
        assert call("GET", stack.origin + path).status == 200, path


def test_an_unknown_function_is_a_problem_that_nobody_caches(stack: Stack) -> None:
    for name in ("no_such_function", "get_me/more", "..%2fget_me"):
        answer = call("GET", f"{stack.origin}/api/{name}")
        assert (answer.status, answer.headers["content-type"]) == (404, "application/problem+json")
        assert answer.headers["cache-control"] == "no-store"


def test_the_pages_name_no_other_host(stack: Stack) -> None:
    for path in ("/", "/local", "/docs", "/docs/start.js"):
        text = call("GET", stack.origin + path).body.decode()
        assert all(part.startswith(("127.0.0.1", "localhost")) for part in text.split("://")[1:]), path


def test_everything_listens_on_this_machine_only(stack: Stack) -> None:
    listening = [
        connection.laddr.ip
        for process in processes_of(stack)
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert len(listening) >= 5
    assert set(listening) == {"127.0.0.1"}


def test_the_demo_people_sign_in_and_belong_to_demo_pharma(stack: Stack) -> None:
    for person in demo_organisation.FOUNDERS:
        token = sign_in(stack, person.email).json["idToken"]
        me = call("GET", f"{stack.origin}/api/get_me", headers={"Authorization": f"Bearer {token}"}).json
        (membership,) = me["memberships"]
        assert (membership["organisation"]["name"], membership["role"]) == (demo_organisation.ORGANISATION, person.role)
        assert membership["admin"] == (person.local == "admin")


def test_a_scheduled_function_can_be_run_now_and_says_its_counts(stack: Stack) -> None:
    assert isinstance(json.loads(stack.run_job("take_documents_into_effect")), dict)


def test_a_second_stack_in_the_same_home_is_refused(stack: Stack) -> None:
    second = subprocess.run(
        [sys.executable, "-m", "infra.local.start"],
        cwd=CHECKOUT,
        env={**stack.environment(), "QFACTS_PORT": str(stack.place.ports.product + 100)},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert second.returncode == 1
    assert f"already runs with the data in {stack.place.home}: {stack.origin}" in second.stderr


def test_a_part_that_dies_is_started_again(stack: Stack) -> None:
    postmaster = int((stack.place.postgres / "postmaster.pid").read_text().split()[0])
    os.kill(postmaster, signal.SIGKILL)
    assert eventually(lambda: not psutil.pid_exists(postmaster))
    assert eventually(stack.is_ready, 30), stack.output.read_text()
    assert "The database ended by itself" in stack.output.read_text()
    token = sign_in(stack, "qa@demo.qfacts.example").json["idToken"]

    def answers() -> bool:
        return call("GET", f"{stack.origin}/api/get_me", headers={"Authorization": f"Bearer {token}"}).status == 200

    assert eventually(answers, 10)


KEPT_SECONDS = 30  # the copy is made every few seconds; how long one takes is up to how busy the machine is


def is_kept(stack: Stack, email: str) -> bool:
    """Whether an account is in a copy of the accounts on disk, which the next start reads."""
    copies = (stack.place.home / "identity").rglob("accounts.json")
    return any(email in copy.read_text(encoding="utf-8") for copy in copies)


def test_a_killed_stack_leaves_no_process_and_starts_again_with_its_people(stack: Stack) -> None:
    assert sign_in(stack, "someone@example.org", "signUp").status == 200
    assert eventually(lambda: is_kept(stack, "someone@example.org"), KEPT_SECONDS), "what was written before the last seconds is kept"
    processes = processes_of(stack)
    assert len(processes) >= 5
    stop(stack, signal.SIGKILL)
    assert eventually(lambda: alive(processes) == [], ENDED), alive(processes)

    again = start(stack.place.home, stack.place.ports)
    try:
        began = time.monotonic()
        again.wait()
        assert sign_in(again, "someone@example.org").status == 200
        assert sign_in(again, "qa@demo.qfacts.example").status == 200
        assert time.monotonic() - began < 120
        processes = processes_of(again)
        stop(again, signal.SIGINT)
        assert not alive(processes)
        assert "Stopped." in again.output.read_text()
        assert all(is_free(again.place.ports.of(part)) for part in OFFSETS)
    finally:
        stop(again)


def test_a_stack_that_is_stopped_while_starting_ends_at_once() -> None:
    with home() as directory:
        stack = start(Path(directory))
        assert eventually((stack.place.run / "processes.json").exists)
        time.sleep(1)
        processes = processes_of(stack)
        stop(stack)
        assert stack.process.returncode == 0
        assert not alive(processes)
        with pytest.raises(Unreachable):
            call("GET", f"{stack.origin}/health")
