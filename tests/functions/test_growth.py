"""Whatever grows in a step's body: ten times as much costs its thread at most fifteen times the time; the fields are the document's own."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest

from infra import openapi
from tests.builders import Company, company, invitation_token, visitor
from tests.functions.samples import DOORS, put_at, sample
from tests.product import Product

MOST = 15.0
LEAST = 0.004  # seconds of the processor; shorter requests measure the machine
TIMES = 2
LONGEST, WIDEST = 50_000, 100
Make = Callable[[int], Any]
DOCUMENT = openapi.document()


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema itself, without references, and of several the first that isn't null."""
    while True:
        if "$ref" in schema:
            schema = DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        elif "anyOf" in schema:
            schema = next(one for one in schema["anyOf"] if one.get("type") != "null")
        else:
            return schema


def smallest(schema: dict[str, Any], number: int = 0) -> Any:
    """A value that is as small as it may be; by its number it differs from others."""
    schema = resolved(schema)
    if "enum" in schema:
        return schema["enum"][number % len(schema["enum"])]
    match schema.get("type"):
        case "string":
            plain = {"uuid": str(UUID(int=number + 1)), "date": f"2030-01-{1 + number % 28:02}", "date-time": "2030-01-31T09:00:00Z"}
            return plain.get(schema.get("format", ""), f"Word {number}")
        case "integer" | "number":
            return max(1, schema.get("minimum", 1))
        case "boolean":
            return False
        case "array":
            return [smallest(schema["items"], one) for one in range(schema.get("minItems", 0))]
        case _:
            return {name: smallest(schema["properties"][name], number) for name in schema.get("required", ())}


def growing(schema: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], int, Make]]:
    """Where a value grows: its path, how far, and the value of a size."""
    schema = resolved(schema)
    if "enum" in schema or "format" in schema or len(path) > 4:
        return
    match schema.get("type"):
        case "string":
            most = min(schema.get("maxLength", LONGEST), LONGEST)
            if most >= 100:
                yield path, most, lambda size: "word " * (size // 5)
        case "array":
            item = schema["items"]
            if "enum" not in resolved(item):
                most = min(schema.get("maxItems", WIDEST), WIDEST)
                if most >= 10:
                    yield path, most, lambda size: [smallest(item, number) for number in range(size)]
                yield from growing(item, (*path, "0"))
        case "object":
            for name, one in schema.get("properties", {}).items():
                yield from growing(one, (*path, name))
            if schema.get("additionalProperties") is True:
                yield path, 1000, lambda size: {f"name {number}": "word" for number in range(size)}


FIELDS = [
    pytest.param(function, path, most, make, id=f"{function}-{'.'.join(path)}")
    for function, door in DOORS.items()
    if door.method == "POST"
    for path, most, make in growing(DOCUMENT["paths"][f"/api/{function}"]["post"]["requestBody"]["content"]["application/json"]["schema"])
]


@pytest.fixture(scope="module")
def headers(product: Product) -> dict[str, str]:
    """An admin who is QA too, so that every function but the founder's is open."""
    firm: Company = company(product, "action_owner")
    person = visitor(product)
    firm.admin.post("invite_member", email=person.email, role="qa", admin=True).ok
    product.post("accept_invitation", person.token, token=invitation_token(product, person.email)).ok
    product.post("accept_signing_policy", person.token, firm.id).ok
    return {"Authorization": f"Bearer {person.token}", "X-Organisation": firm.id, "Content-Type": "application/json"}


@pytest.mark.parametrize(("function", "path", "most", "make"), FIELDS)
def test_ten_times_as_much_in_a_field_costs_at_most_fifteen_times_as_much(
    product: Product, headers: dict[str, str], function: str, path: tuple[str, ...], most: int, make: Make
) -> None:
    def taken(size: int) -> float:
        data = json.dumps(put_at(sample(DOORS[function]), path, make(size))).encode()
        least = float("inf")
        for _ in range(TIMES):
            began = time.thread_time()
            status = product.client(function).post("/", headers=headers, data=data).status_code
            least = min(least, time.thread_time() - began)
            assert status < 500
        return least

    taken(1)
    once = taken(most // 10)
    assert taken(most) <= MOST * max(once, LEAST)
