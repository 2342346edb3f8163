"""The product for tests: every function as functions-framework loads it in the cloud, on the embedded PostgreSQL and the real emulator."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from infra import register
from shared.db import database
from shared.outside import config
from tests.database import Server, copy_of
from tests.identity import PROJECT, Emulator

if TYPE_CHECKING:
    from flask import Flask

ORIGIN = "http://127.0.0.1:8080"
ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Answer:
    """What a function answered."""

    status: int
    body: Any
    headers: dict[str, str]

    def __getitem__(self, name: str) -> Any:
        return self.body[name]

    @property
    def ok(self) -> Answer:
        """This answer, if the function did what was asked."""
        assert self.status == 200, f"{self.status}: {self.body}"
        return self

    def refused(self, status: int, *words: str) -> Answer:
        """This answer, if it is that refusal and its sentence holds the words."""
        assert self.status == status, f"{self.status}: {self.body}"
        assert self.headers["Content-Type"] == "application/problem+json"
        assert self.headers["Cache-Control"] == "no-store"
        for word in words:
            assert word.lower() in self.body["detail"].lower(), self.body["detail"]
        return self


@dataclass
class Product:
    """All functions behind one call."""

    emulator: Emulator
    server: Server
    database_name: str
    clients: dict[str, Any] = field(default_factory=dict)
    kept: Any = None  # a superuser's connection, while this is the product that serves

    def client(self, function: str) -> Any:
        """The function's own WSGI application, loaded once."""
        if function not in self.clients:
            import functions_framework

            found = register.find(register.read(), function)
            assert found is not None, f"{function} isn't in the register"
            os.environ.pop("FUNCTION_SIGNATURE_TYPE", None)
            made: Callable[..., Flask] = functions_framework.create_app
            self.clients[function] = made(function, str(found.source), "http").test_client()
        return self.clients[function]

    def send(
        self, function: str, method: str, *, headers: dict[str, str], query: dict[str, object] | None = None, data: bytes | None = None
    ) -> Answer:
        """One raw request."""
        response = self.client(function).open("/", method=method, headers=headers, query_string=query, data=data)
        text = response.get_data(as_text=True)
        body = json.loads(text) if text else None
        if response.status_code == 200:
            promised(function, method).validate(body)
        return Answer(response.status_code, body, dict(response.headers))

    def get(self, function: str, token: str, organisation: str | None = None, /, **query: object) -> Answer:
        """A read."""
        return self.send(
            function, "GET", headers=_headers(token, organisation), query={name: _plain(value) for name, value in query.items()}
        )

    def post(self, function: str, token: str, organisation: str | None = None, /, **body: Any) -> Answer:
        """A step; `etag=` goes into If-Match, `key=` into Idempotency-Key, `headers=` are sent as they are."""
        headers = body.pop("headers", {})
        extra = {"If-Match": str(body.pop("etag"))} if "etag" in body else {}
        extra |= {"Idempotency-Key": str(body.pop("key"))} if "key" in body else {}
        sent = {**_headers(token, organisation), "Content-Type": "application/json", **extra, **headers}
        return self.send(function, "POST", headers=sent, data=json.dumps(body, default=str).encode())

    def superuser(self) -> Any:
        """A connection that may do everything."""
        return self.server.connect(self.database_name)

    @contextmanager
    def asking(self) -> Iterator[Any]:
        """A superuser's connection for a statement or two: the one that is kept, or one for now."""
        connection = self.kept or self.superuser()
        try:
            yield connection
        finally:
            if connection is not self.kept:
                connection.close()


@pytest.fixture
def triggerless(product: Product) -> Iterator[Any]:
    """A superuser's own connection beside the triggers: for rows as an older version left them, or as somebody altered them unseen."""
    connection = product.superuser()
    connection.run("set session_replication_role = replica")
    yield connection
    connection.close()


@cache
def promised(function: str, method: str) -> Any:
    """What OpenAPI promises of a function's answer: every answer in every test is held to it."""
    import jsonschema_rs

    document = _openapi()
    operation = document["paths"].get(f"/api/{function}", {}).get(method.lower())
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"] if operation else {}
    return jsonschema_rs.validator_for({**schema, "components": document["components"]}, validate_formats=True)


@cache
def _openapi() -> dict[str, Any]:
    from infra import openapi

    return openapi.document()


def _headers(token: str, organisation: str | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} | ({"X-Organisation": organisation} if organisation else {})


def _plain(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else value


@pytest.fixture(scope="session")
def product(identity_server: Emulator, server: Server, template: str) -> Iterator[Product]:
    """One product for the whole run; each test founds organisations of its own."""
    with copy_of(server, template) as name, serving(Product(identity_server, server, name)) as made:
        yield made


@pytest.fixture(scope="module")
def own_product(product: Product, template: str) -> Iterator[Product]:
    """The same functions on a database of the module's own: what goes through every organisation meets those of a few tests, not of all.

    A module takes it by `from tests.product import own_product as product`.
    """
    with copy_of(product.server, template) as name, serving(replace(product, database_name=name)) as made:
        yield made


@contextmanager
def serving(product: Product) -> Iterator[Product]:
    """The product, with this process's configuration pointing at it."""
    environment = {
        "QFACTS_PROJECT": PROJECT,
        "QFACTS_ORIGIN": ORIGIN,
        "QFACTS_DATABASE_SOCKET": product.server.socket,
        "QFACTS_DATABASE_NAME": product.database_name,
        "FIREBASE_AUTH_EMULATOR_HOST": product.emulator.host,
        "QFACTS_POOL_SIZE": "8",
        "NO_PROXY": "127.0.0.1",
    }
    with pytest.MonkeyPatch.context() as patch:
        for variable, value in environment.items():
            patch.setenv(variable, value)
        patch.setattr(database, "_current", None)
        config.current.cache_clear()
        product.kept = product.superuser()
        yield product
        product.kept.close()
        database.current().close()
    config.current.cache_clear()
