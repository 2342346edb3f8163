"""What takes long comes after the transaction: files are compared and printouts laid out with the connection given back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from flask import Flask

from infra import openapi
from shared.app.call import Call
from shared.db import database
from shared.domain.kernel.errors import Conflict
from shared.domain.kernel.sentences import Sentence
from shared.domain.people import people
from shared.doors.http import query
from tests.functions.samples import DOORS
from tests.functions.world import World
from tests.product import Product


@pytest.fixture
def one_connection(product: Product, monkeypatch: pytest.MonkeyPatch) -> Iterator[database.Database]:
    """A database with a single connection, for which nobody waits long."""
    small = database.Database.on_socket(product.server.socket, product.database_name, size=1)
    small.connections.patience = 0.3
    monkeypatch.setattr(database, "_current", small)
    yield small
    small.close()


def called(entrance: Any, world: World) -> Any:
    """The response of a function that isn't in the register, to a member."""
    by = world.person("qa")
    with Flask(__name__).test_request_context("/", headers={"Authorization": f"Bearer {by.token}", "X-Organisation": by.organisation}):
        from flask import request

        return entrance(request)


def test_the_answer_is_made_when_the_connection_was_given_back(ours: World, one_connection: database.Database) -> None:
    def asks_again(found: Mapping[str, object]) -> Mapping[str, object]:
        with one_connection.transaction(role="qfacts_application") as tx:
            return {**found, "again": tx.row("select 1 as one").one}

    @query(who=people.STAFF, after=asks_again)
    def read_something(call: Call) -> Mapping[str, object]:
        """Read something."""
        return {"read": call.tx.row("select 1 as one").one}

    response = called(read_something, ours)
    assert (response.status_code, response.get_json()) == (200, {"read": 1, "again": 1})

    @query(who=people.STAFF)
    def read_within(call: Call) -> Mapping[str, object]:
        """Read something, and ask again within the transaction."""
        return asks_again({"read": call.tx.row("select 1 as one").one})

    assert called(read_within, ours).status_code == 503


def test_a_refusal_afterwards_is_a_problem_document(ours: World, one_connection: database.Database) -> None:
    def refuses(_: object) -> Mapping[str, object]:
        raise Conflict(Sentence("too_long", "The printout would be too long."))

    @query(who=people.STAFF, after=refuses)
    def read_much(_call: Call) -> Mapping[str, object]:
        """Read much."""
        return {}

    response = called(read_much, ours)
    assert (response.status_code, response.headers["Content-Type"]) == (409, "application/problem+json")
    with one_connection.transaction(role="qfacts_application") as tx:
        assert tx.row("select 1 as one").one == 1


def shapes(name: str, document: dict[str, Any]) -> set[str]:
    """The names of every shape in a function's answer."""
    waiting, found = [document["paths"][f"/api/{name}"][DOORS[name].method.lower()]["responses"]["200"]], set[str]()
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            reference = str(one.get("$ref", "")).rpartition("/")[2]
            if reference in document["components"]["schemas"] and reference not in found:
                found.add(reference)
                waiting.append(document["components"]["schemas"][reference])
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
    return found


def test_every_read_that_shows_differences_compares_after_its_transaction() -> None:
    document = openapi.document()
    comparing = {name for name, door in DOORS.items() if door.method == "GET" and "Difference" in shapes(name, document)}
    assert comparing >= {"get_change", "get_approval_request", "compare_versions", "get_record_history", "export_record"}
    assert {name for name in comparing if DOORS[name].after is None} == set()
