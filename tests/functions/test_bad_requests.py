"""Headers, queries, methods and media types that can't be are refused with a sentence, and nothing at all is written."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest

from shared.doors.arrival import MOST_BYTES
from tests.functions.permissions import HTTP
from tests.functions.refusals import DRAFT, nothing_written, raw, refused
from tests.functions.samples import DOORS, sample
from tests.functions.world import World
from tests.product import Product

STEPS = [name for name in HTTP if DOORS[name].method == "POST"]
# An id is written in one way: other spellings of a UUID would be other names of the same thing, in the trail and in logs.
AN_ID = "0192f0c1-7b7c-7000-8000-00000000000a"
ODD_IDS = (AN_ID.replace("-", ""), f"{{{AN_ID}}}", f"urn:uuid:{AN_ID}", f" {AN_ID}", AN_ID[:-1], "1", "")

HEADERS: list[tuple[str, dict[str, str], str]] = [
    ("two etags", {"If_Match": '"1", "2"'}, "If-Match"),
    ("a weak etag", {"If_Match": 'W/"1"'}, "If-Match"),
    ("any etag", {"If_Match": "*"}, "If-Match"),
    ("words", {"If_Match": '"one"'}, "If-Match"),
    ("half an etag", {"If_Match": '"1'}, "If-Match"),
    ("an empty etag", {"If_Match": ""}, "If-Match"),
    ("a huge number", {"If_Match": f'"{"9" * 400}"'}, "If-Match"),
    ("Arabic digits", {"If_Match": '"\u0661"'}, "If-Match"),
    ("a key of 256 characters", {"Idempotency_Key": "k" * 256}, "Idempotency-Key"),
    ("an empty key", {"Idempotency_Key": ""}, "Idempotency-Key"),
    ("a key in Latin-1", {"Idempotency_Key": "k\u00e9y"}, "Idempotency-Key"),
    ("an organisation's name", {"X_Organisation": "Company"}, "X-Organisation"),
    ("two organisations", {"X_Organisation": f"{uuid4()},{uuid4()}"}, "X-Organisation"),
    ("no hyphens", {"X_Organisation": uuid4().hex}, "X-Organisation"),
    ("braces", {"X_Organisation": f"{{{uuid4()}}}"}, "X-Organisation"),
]


@pytest.mark.parametrize(("headers", "field"), [row[1:] for row in HEADERS], ids=[row[0] for row in HEADERS])
def test_headers_that_cant_be_are_refused(product: Product, ours: World, headers: dict[str, str], field: str) -> None:
    sent = {name: value.encode().decode("latin-1") for name, value in headers.items()}
    with nothing_written(product):
        refused(raw(product, ours, "create_document", json.dumps(DRAFT).encode(), **sent), 422, field)


@pytest.mark.parametrize("name", ["HTTP_IF_MATCH", "HTTP_IDEMPOTENCY_KEY", "HTTP_X_ORGANISATION"])
def test_a_line_break_in_a_header_is_refused(product: Product, ours: World, name: str) -> None:
    """No honest server passes one on; the function doesn't rely on it."""
    by = ours.person("qa")
    environ = {"HTTP_AUTHORIZATION": f"Bearer {by.token}", "HTTP_X_ORGANISATION": by.organisation, name: '"1"\r\nX-Evil: 1'}
    with nothing_written(product):
        answer = product.client("create_document").post(
            "/", data=json.dumps(DRAFT), content_type="application/json", environ_overrides=environ
        )
        assert answer.status_code == 422
        assert "X-Evil" not in answer.headers
        assert answer.json["field"].lower() == name.removeprefix("HTTP_").replace("_", "-").lower()


def test_a_missing_organisation_is_named(product: Product, ours: World) -> None:
    refused(product.post("create_document", ours.person("qa").token, None, **DRAFT), 422, "X-Organisation")


QUERIES: list[tuple[str, dict[str, Any], str]] = [
    ("list_documents", {"colour": "red"}, "colour"),
    ("list_documents", {"limit": 0}, "limit"),
    ("list_documents", {"limit": 101}, "limit"),
    ("list_documents", {"limit": "ten"}, "limit"),
    ("list_documents", {"limit": "1.5"}, "limit"),
    ("list_documents", {"limit": "9" * 5000}, "limit"),
    ("list_documents", {"status": "open"}, "status"),
    ("list_documents", {"type": "novel"}, "type"),
    ("list_documents", {"limit": ["1", "2"]}, "limit"),
    ("list_documents", {"q": ""}, "q"),
    ("list_documents", {"q": "x" * 201}, "q"),
    ("list_documents", {"from_": "1"}, "from_"),
    ("list_changes", {"mine": "perhaps"}, "mine"),
    ("list_approval_requests", {"state": "lost"}, "state"),
    ("compare_versions", {"id": str(uuid4()), "from": 0, "to": 1}, "from"),
    ("compare_versions", {"id": str(uuid4()), "from_": 1, "to": 1}, "from"),
    ("compare_versions", {"id": str(uuid4()), "from": 1, "to": 10**12}, "to"),
    ("get_document", {}, "id"),
    *[("get_document", {"id": given}, "id") for given in ODD_IDS],
    *[("list_documents", {"team_id": given}, "team_id") for given in ODD_IDS],
]


@pytest.mark.parametrize(("function", "query", "field"), QUERIES)
def test_queries_that_cant_be_are_refused(product: Product, ours: World, function: str, query: dict[str, Any], field: str) -> None:
    refused(ours.person("qa").get(function, **query), 422, field)


@pytest.mark.parametrize("given", ODD_IDS)
def test_an_id_written_in_another_way_is_refused(product: Product, ours: World, given: str) -> None:
    with nothing_written(product):
        refused(ours.person("action_owner").post("discard_change", change_id=given, etag='"1"'), 422, "change_id")


@pytest.mark.parametrize("q", ["'", "a & | !", "it's:*", "%_\\", "<->", "a" * 200, "日本語", "-1' or '1'='1"])
def test_a_search_takes_words_and_never_a_command(product: Product, ours: World, q: str) -> None:
    assert ours.person("qa").get("list_documents", q=q).ok["items"] == []


@pytest.mark.parametrize("function", STEPS)
def test_every_step_refuses_what_isnt_its_own(product: Product, ours: World, function: str) -> None:
    door = DOORS[function]
    by = next(one for one in ours.firm.people.values() if not door.organisation or door.who.groups & {"member", *_groups(ours, one)})
    with nothing_written(product):
        answer = product.post(function, by.token, by.organisation, **sample(door), status="effective")
        refused(answer, 422, "status", "no such field")
        product.send(function, "GET", headers={"Authorization": f"Bearer {by.token}"}).refused(405)


def _groups(world: World, person: object) -> set[str]:
    return {name for name, one in world.firm.people.items() if one is person}


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE"])
def test_the_wrong_method_is_refused_and_the_right_one_named(product: Product, ours: World, method: str) -> None:
    by = ours.person("qa")
    headers = {"Authorization": f"Bearer {by.token}", "X-Organisation": by.organisation}
    with nothing_written(product):
        answer = product.send("create_document", method, headers=headers)
    assert answer.status == 405
    assert answer.headers["Allow"] == "POST"
    assert product.send("get_document", "POST", headers=headers).refused(405).headers["Allow"] == "GET"


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/xml",
        "",
        "application/json; charset=latin-1",
        "application/json; charset=utf-16",
    ],
)
def test_only_json_in_utf8_is_read(product: Product, ours: World, content_type: str) -> None:
    with nothing_written(product):
        refused(raw(product, ours, "create_document", json.dumps(DRAFT).encode(), content_type), 415, None, "application/json in UTF-8")


def test_a_body_that_is_too_large_is_refused(product: Product, ours: World) -> None:
    with nothing_written(product):
        refused(raw(product, ours, "create_document", b" " * (MOST_BYTES + 1)), 413, None, "start_upload")
        by = ours.person("qa")
        environ = {
            "HTTP_AUTHORIZATION": f"Bearer {by.token}",
            "HTTP_X_ORGANISATION": by.organisation,
            "CONTENT_LENGTH": "",
            "wsgi.input_terminated": True,
        }
        answer = product.client("create_document").post(
            "/", data=b" " * (MOST_BYTES + 2), content_type="application/json", environ_overrides=environ
        )
        assert answer.status_code == 413, "what doesn't say its length is counted"


def test_lists_and_changes_have_an_end(product: Product, ours: World) -> None:
    with nothing_written(product):
        items = [{"record_id": str(uuid4())} for _ in range(101)]
        refused(ours.person("qa").post("propose_change", reason="Why", items=items), 422, "items")
        twice = [{"record_id": ours.ids["draft"]}] * 2
        refused(ours.person("qa").post("propose_change", reason="Why", items=twice), 422, "items", "twice")
        teams = [str(uuid4())] * 2
        refused(ours.person("qa").post("create_document", **DRAFT, content={"audience": {"team_ids": teams}}), 422)


FILES: list[tuple[str, dict[str, Any], str]] = [
    ("a path", {"filename": "../../x.pdf"}, "filename"),
    ("a header", {"filename": "a.pdf\r\nX: y"}, "filename"),
    ("a program", {"filename": "a.exe"}, "filename"),
    ("another type", {"media_type": "text/html"}, "media_type"),
    ("a picture that runs", {"filename": "a.svg", "media_type": "image/svg+xml"}, "filename"),
    ("no bytes", {"size": 0}, "size"),
    ("less than none", {"size": -1}, "size"),
    ("51 MiB", {"size": 51 * 1024 * 1024}, "size"),
    ("half a byte", {"size": 1.5}, "size"),
    ("a hash of another kind", {"sha256": "d41d8cd98f00b204e9800998ecf8427e"}, "sha256"),
    ("size as text", {"size": "10"}, "size"),
]


@pytest.mark.parametrize(("given", "field"), [row[1:] for row in FILES], ids=[row[0] for row in FILES])
def test_files_that_mislead_are_refused_before_they_come(product: Product, ours: World, given: dict[str, Any], field: str) -> None:
    with nothing_written(product):
        body = {"filename": "a.pdf", "media_type": "application/pdf", "size": 10, "sha256": "0" * 64, **given}
        refused(ours.person("action_owner").post("start_upload", **body), 422, field)
