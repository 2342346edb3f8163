"""The OpenAPI document is true: random requests made from it are answered as it says, and never with a fault of ours."""

from __future__ import annotations

import json
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from infra import register
from infra.local import place
from infra.local.product import Product as LocalProduct
from shared.domain.documents import documents
from tests.builders import as_superuser, company, visitor
from tests.functions.permissions import HTTP
from tests.functions.samples import DOORS
from tests.product import Product
from tests.storage import Storage

EXAMPLES = 12
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture(scope="module")
def mounted(product: Product) -> LocalProduct:
    """All functions behind one application, as on one machine."""
    return LocalProduct(tuple(one for one in register.read() if one.trigger == "http"), place.current())


@pytest.fixture(scope="module")
def schema(mounted: LocalProduct) -> Any:
    """The document as the product itself serves it."""
    return schemathesis.openapi.from_wsgi("/api/openapi.json", mounted)


JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def headers(product: Product) -> dict[str, str]:
    """An admin who is QA too, so that most functions are open."""
    firm = company(product, "action_owner")
    person = visitor(product)
    firm.admin.post("invite_member", email=person.email, role="qa", admin=True).ok
    from tests.builders import invitation_token

    product.post("accept_invitation", person.token, token=invitation_token(product, person.email)).ok
    product.post("accept_signing_policy", person.token, firm.id).ok
    # What reads the answers here doesn't unpack them; tests/doors/test_compression.py proves them.
    return {"Authorization": f"Bearer {person.token}", "X-Organisation": firm.id, "Accept-Encoding": "identity"}


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["as described", "otherwise"])
@pytest.mark.parametrize("function", HTTP)
def test_whatever_is_sent_is_answered_as_the_document_says(
    schema: Any, headers: dict[str, str], function: str, mode: GenerationMode, storage: Storage
) -> None:
    operation = schema[f"/api/{function}"][DOORS[function].method]
    try:
        cases = operation.as_strategy(generation_mode=mode)
    except Unsatisfiable:
        pytest.skip("this function takes nothing that could be wrong")

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def send(case: Any) -> None:
        case.headers = {**(case.headers or {}), **headers}
        case.call_and_validate(checks=CHECKS)

    send()


def test_the_document_holds_every_function_once() -> None:
    from infra import openapi

    document = openapi.document()
    assert set(document["paths"]) == {f"/api/{name}" for name in HTTP}
    assert document["openapi"].startswith("3.1")
    json.dumps(document)
    for path, methods in document["paths"].items():
        assert list(methods) == [DOORS[path.removeprefix("/api/")].method.lower()]
        operation = methods[next(iter(methods))]
        assert operation["summary"].endswith((".", ";", ",", "`")) or operation["summary"], path
        assert operation["description"], "for whom it is"


def test_an_etag_is_required_where_a_step_cant_do_without(product: Product, headers: dict[str, str]) -> None:
    from infra import openapi

    paths = openapi.document()["paths"]
    asked = {
        path.removeprefix("/api/"): one["required"]
        for path, methods in paths.items()
        for one in methods.get("post", {}).get("parameters", ())
        if one["name"] == "If-Match"
    }
    assert (asked["submit_change"], asked["edit_record"], asked["rename_team"], asked["create_document"]) == (True, True, False, False)
    made = product.send(
        "report_event", "POST", headers=headers | JSON, data=json.dumps({"title": "Spill", "type": "deviation"}).encode()
    ).ok
    step = json.dumps({"id": made["event"]["id"], "content": {"place": "Room 2"}}).encode()
    refused = product.send("edit_record", "POST", headers=headers | JSON, data=step).refused(428)
    assert refused["code"] == "if_match_missing"


def test_every_refusal_is_described_with_its_code_and_its_facts() -> None:
    from infra import openapi

    problem = openapi.document()["components"]["schemas"]["Problem"]
    assert {"code", "facts", "detail", "type"} <= set(problem["required"])
    assert set(problem["properties"]["errors"]["items"]["required"]) == {"field", "code", "detail", "facts"}
    assert {"changed_by", "changed_at", "needed", "open", "state"} <= set(problem["properties"])


def test_content_is_described_field_by_field() -> None:
    properties = documents.CONTENT.schema()["properties"]
    assert isinstance(properties, dict)
    assert set(properties) >= {"summary", "file_id", "audience"}


def test_the_trail_still_holds_after_all_that(product: Product, headers: dict[str, str]) -> None:
    verdict = product.send("verify_audit_trail", "GET", headers=headers)
    assert verdict.ok["intact"] is True
    assert as_superuser(product, "select count(*) from audit_entries")[0][0] > 0
