"""What every measurement stands on: a real PostgreSQL, the functions as the framework loads them, and bare functions beside them."""

from __future__ import annotations

import base64
import json
import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from shared.db import database, transaction
from shared.db.statements import parameters
from shared.google import identity
from shared.outside import config
from tests.database import Server, running_server

EMULATOR = "127.0.0.1:1"  # never called: without the revocation check, a token is judged from its claims alone
BARE = Path(__file__).with_name("bare.py")


@dataclass
class Ground:
    """A running server with a migrated database, and the statements of the last request."""

    server: Server
    name: str = "bench"
    clients: dict[str, Any] = field(default_factory=dict)
    statements: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)

    def client(self, function: str) -> Any:
        """A function of the product."""
        if function not in self.clients:
            import functions_framework

            from infra import register

            found = register.find(register.read(), function)
            assert found is not None
            os.environ.pop("FUNCTION_SIGNATURE_TYPE", None)
            made: Callable[..., Flask] = functions_framework.create_app
            self.clients[function] = made(function, str(found.source), "http").test_client()
        return self.clients[function]

    def bare(self, target: str) -> Any:
        """A function of bare.py: functions-framework and pg8000, nothing else."""
        import functions_framework

        os.environ.pop("FUNCTION_SIGNATURE_TYPE", None)
        made: Callable[..., Flask] = functions_framework.create_app
        return made(target, str(BARE), "http").test_client()

    def get(self, function: str, token: str, organisation: str, **query: object) -> Any:
        """A read; raises AssertionError where it is refused."""
        headers = {"Authorization": f"Bearer {token}", "X-Organisation": organisation}
        response = self.client(function).get("/", headers=headers, query_string=query)
        assert response.status_code == 200, response.get_data(as_text=True)
        return response

    def post(self, function: str, token: str, organisation: str = "", etag: str = "", **body: object) -> Any:
        """A step's answer; raises AssertionError where it is refused."""
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        headers |= {"X-Organisation": organisation} if organisation else {}
        headers |= {"If-Match": etag} if etag else {}
        response = self.client(function).post("/", headers=headers, data=json.dumps(body))
        assert response.status_code == 200, response.get_data(as_text=True)
        return response.get_json()

    @contextmanager
    def recorded(self) -> Iterator[list[tuple[str, tuple[Any, ...]]]]:
        """The statements, with their values, of the requests inside."""
        kept: list[tuple[str, tuple[Any, ...]]] = []
        original = transaction.Transaction._run

        def run(self: Any, sql: str, values: Any) -> Any:
            statement, names = parameters(sql)
            kept.append((statement, tuple(values[name] for name in names)))
            return original(self, sql, values)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(transaction.Transaction, "_run", run)
            yield kept


def token(uid: str) -> str:
    """An ID token in the emulator's form, unsigned."""
    now = int(time.time())
    claims = {
        "iss": "https://securetoken.google.com/demo-qfacts",
        "aud": "demo-qfacts",
        "sub": uid,
        "user_id": uid,
        "email": f"{uid}@bench.qfacts.example",
        "email_verified": True,
        "auth_time": now - 5,
        "iat": now - 5,
        "exp": now + 3600,
        "firebase": {"identities": {}, "sign_in_provider": "password"},
    }
    parts = (json.dumps(part).encode() for part in ({"alg": "none", "typ": "JWT"}, claims))
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts) + "."


@contextmanager
def ground() -> Iterator[Ground]:
    """A server of its own, migrated, with this process's configuration pointing at it."""
    from infra import restorer
    from infra.migrate import migrate

    with running_server() as server:
        connection = server.connect()
        connection.run("create database bench")
        connection.close()
        migrate(server.socket, "bench", backups=("qfacts_login",))
        restorer.prepare(server.socket)
        os.environ |= {
            "QFACTS_PROJECT": "demo-qfacts",
            "QFACTS_ORIGIN": "http://127.0.0.1:8080",
            "QFACTS_DATABASE_SOCKET": server.socket,
            "QFACTS_DATABASE_NAME": "bench",
            "QFACTS_RESTORE_USER": restorer.LOGIN,
            "FIREBASE_AUTH_EMULATOR_HOST": EMULATOR,
            "QFACTS_POOL_SIZE": "16",
        }
        config.current.cache_clear()
        database._current = None
        identity.STANDING_SECONDS = float("inf")  # filling takes longer than a token is believed for, and there is nobody to ask
        yield Ground(server)
        database.current().close()


@dataclass
class Firm:
    """An organisation with tokens of its people."""

    id: str
    tokens: dict[str, str]


def firm(ground: Ground, *, staffed: bool = True) -> Firm:
    """An organisation with an admin; `staffed`, also an Action Owner and a QA, put there beside the doors (which breaks its trail)."""
    uids = {role: f"{role}{uuid4().hex[:8]}" for role in ("admin", "action_owner", "qa")}
    tokens = {role: token(uid) for role, uid in uids.items()}
    people = {role: ground.post("update_me", one, name=role.title())["person"]["id"] for role, one in tokens.items()}
    made = ground.post("create_organisation", tokens["admin"], name="Bench")["organisation"]["id"]
    connection = ground.server.connect(ground.name)
    connection.run("set session_replication_role = replica")
    for role in ("action_owner", "qa") if staffed else ():
        connection.run(
            "insert into members (organisation_id, person_id, role, admin, status, printed_name, policy_accepted_at)"
            " values (:o, :p, :r, false, 'active', :r, now())",
            o=made,
            p=people[role],
            r=role,
        )
    connection.close()
    return Firm(made, tokens)


def milliseconds(work: Callable[[], object], times: int) -> float:
    """The median time of one call, after three to warm up."""
    for _ in range(3):
        work()
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)


def side_by_side(ours: Callable[[], object], bare: Callable[[], object], times: int) -> tuple[float, float]:
    """Both medians, measured in turns so that a noisy machine is noisy to both."""
    for _ in range(3):
        ours(), bare()
    pairs: list[tuple[float, float]] = []
    for _ in range(times):
        first = time.perf_counter()
        ours()
        second = time.perf_counter()
        bare()
        pairs.append(((second - first) * 1000, (time.perf_counter() - second) * 1000))
    return statistics.median(one for one, _ in pairs), statistics.median(one for _, one in pairs)
