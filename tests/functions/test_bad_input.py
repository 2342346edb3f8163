"""Bad input is refused with a sentence that names the field, and nothing at all is written."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from tests.functions.refusals import DRAFT, nothing_written, raw, refused
from tests.functions.world import World
from tests.product import Product

DEEP = b"[" * 10_000 + b"]" * 10_000
JSON: list[tuple[str, bytes, str]] = [
    ("duplicate keys", b'{"title": "A", "title": "B", "type": "sop"}', "title"),
    ("duplicate keys within", b'{"title": "A", "type": "sop", "content": {"summary": "a", "summary": "b"}}', "summary"),
    ("NaN", b'{"title": "A", "type": "sop", "content": {"review_interval_months": NaN}}', "body"),
    ("Infinity", b'{"title": "A", "type": "sop", "content": {"review_interval_months": -Infinity}}', "body"),
    ("a number beyond all", b'{"title": "A", "type": "sop", "content": {"review_interval_months": 1e400}}', "body"),
    ("a number of 5000 digits", b'{"title": "A", "type": "sop", "content": {"review_interval_months": ' + b"9" * 5000 + b"}}", "body"),
    (
        "a number too large to be exact",
        b'{"title": "A", "type": "sop", "content": {"review_interval_months": 9007199254740993}}',
        "content.review_interval_months",
    ),
    ("nested 10,000 deep", b'{"title": ' + DEEP + b"}", "body"),
    ("nested 10,000 deep in objects", b'{"a": ' * 10_000 + b"1" + b"}" * 10_000, "body"),
    ("nested 40 deep", b'{"content": ' + b"[" * 40 + b"]" * 40 + b"}", "body"),
    ("an array", b'[{"title": "A"}]', "body"),
    ("a text", b'"title"', "body"),
    ("null", b"null", "body"),
    ("nothing", b"", "body"),
    ("half of it", b'{"title": "A"', "body"),
    ("two values", b'{"title": "A", "type": "sop"} {}', "body"),
    ("a byte order mark", b'\xef\xbb\xbf{"title": "A", "type": "sop"}', "body"),
    ("UTF-16", '{"title": "A", "type": "sop"}'.encode("utf-16"), "body"),
    ("Latin-1", '{"title": "Ä", "type": "sop"}'.encode("latin-1"), "body"),
    ("a lone surrogate", b'{"title": "\\ud800", "type": "sop"}', "title"),
    ("a comment", b'{"title": "A", /* why */ "type": "sop"}', "body"),
    ("an unknown field", b'{"title": "A", "type": "sop", "colour": "red"}', "colour"),
    ("an unknown field of the content", b'{"title": "A", "type": "sop", "content": {"colour": "red"}}', "content.colour"),
    ("a field named as in Python", b'{"title": "A", "type": "sop", "call": 1}', "call"),
    *[
        (f"{name}, which is ours to say", json.dumps({**DRAFT, name: value}).encode(), name)
        for name, value in {
            "status": "effective",
            "number": "SOP-2026-9999",
            "organisation_id": str(uuid4()),
            "id": str(uuid4()),
            "version": 7,
            "created_by": str(uuid4()),
            "created_at": "2020-01-01T00:00:00Z",
            "revision": 3,
            "owner_id": str(uuid4()),
        }.items()
    ],
    ("a number for a text", b'{"title": 7, "type": "sop"}', "title"),
    ("a text for an object", b'{"title": "A", "type": "sop", "content": "none"}', "content"),
    (
        "a truth for a number",
        b'{"title": "A", "type": "sop", "content": {"review_interval_months": true}}',
        "content.review_interval_months",
    ),
    ("an array for an id", b'{"title": "A", "type": "sop", "change_id": []}', "change_id"),
]


@pytest.mark.parametrize(("data", "field"), [row[1:] for row in JSON], ids=[row[0] for row in JSON])
def test_json_that_two_readers_could_understand_differently_is_refused(product: Product, ours: World, data: bytes, field: str) -> None:
    with nothing_written(product):
        refused(raw(product, ours, "create_document", data), 422, field)


TEXT = {
    "a null": "A\u0000B",
    "an escape": "A\u001b[31mB",
    "a right-to-left override": "A\u202eB",
    "an isolate": "A\u2066B",
    "delete": "A\u007fB",
    "a zero-width space alone": "\u200b\u200b",
    "white space alone": " \t ",
    "nothing": "",
    "a line break": "A\nB",
    "a megabyte": "A" * 1_000_000,
    "one character too many": "A" * 301,
}


@pytest.mark.parametrize("text", TEXT.values(), ids=TEXT)
def test_text_that_nobody_can_read_is_refused(product: Product, ours: World, text: str) -> None:
    with nothing_written(product):
        refused(raw(product, ours, "create_document", json.dumps({**DRAFT, "title": text}).encode()), 422, "title")


@pytest.mark.parametrize("field", ["reason", "summary", "name", "q"])
def test_every_kind_of_text_is_judged(product: Product, ours: World, field: str) -> None:
    with nothing_written(product):
        if field == "q":
            refused(ours.person("qa").get("list_documents", q="A\u0000B"), 422, "q")
        elif field == "name":
            refused(ours.person("admin").post("create_team", name="A\u202eB"), 422, "name")
        elif field == "reason":
            refused(ours.person("qa").post("create_document", **DRAFT, reason="\u200b"), 422, "reason")
        else:
            refused(ours.person("qa").post("create_document", **DRAFT, content={"summary": "\u0007"}), 422)


DAYS = {
    "the 30th of February": "2030-02-30",
    "the 29th of February 2031": "2031-02-29",
    "the year 9999": "9999-12-31",
    "the year 10000": "10000-01-01",
    "a day that has passed": "2020-01-01",
    "a moment": "2030-01-01T10:00:00Z",
    "seconds": "1893456000",
    "a number": 1900000000,
    "words": "tomorrow",
    "another order": "31-12-2030",
    "a month 13": "2030-13-01",
    "nothing": "",
}


@pytest.mark.parametrize("day", DAYS.values(), ids=DAYS)
def test_days_that_cant_be_are_refused(product: Product, ours: World, day: object) -> None:
    with nothing_written(product):
        body = {"reason": "Why", "items": [{"record_id": ours.ids["draft"]}], "effective_on": day}
        refused(raw(product, ours, "propose_change", json.dumps(body).encode()), 422, "effective_on")


@pytest.mark.parametrize(
    "moment", ["2030-03-31T02:30:00", "2030-02-30T00:00:00Z", "yesterday", "1893456000", "", "2030-02-30", "2030-01-01T25:00:00Z"]
)
def test_moments_that_cant_be_or_mean_two_things_are_refused(product: Product, ours: World, moment: str) -> None:
    """A time without its zone means two moments (or, in a summer-time gap, none)."""
    refused(ours.person("qa").get("list_audit_trail", **{"from": moment}), 422, "from")


@pytest.mark.parametrize(
    "moment",
    ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "0001-01-01", "9999-12-31"],
)
def test_the_ends_of_time_break_nothing(product: Product, ours: World, moment: str) -> None:
    for name in ("from", "to"):
        answer = ours.person("qa").get("list_audit_trail", **{name: moment})
        assert answer.status == 200 or (answer.status == 422 and answer["field"] == name), answer.body
