"""A 422 names every bad field, with a code and a sentence that no validator wrote; `field` and `detail` are those of the first."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.builders import Company, company
from tests.product import Answer, Product

JARGON = re.compile(r"Input|should|valid (string|integer)|Field required|value is|parsing|literal|keyword", re.IGNORECASE)


@pytest.fixture(scope="module")
def firm(product: Product) -> Company:
    """A company with somebody who writes."""
    return company(product, "action_owner", "qa")


def faults(answer: Answer) -> dict[str, str]:
    """The code of each bad field, once it is seen that the refusal speaks plainly and of the first."""
    errors: list[dict[str, Any]] = answer.refused(422)["errors"]
    assert (answer["field"], answer["detail"]) == (errors[0]["field"], errors[0]["detail"])
    for error in errors:
        assert error["detail"].endswith("."), error
        assert not JARGON.search(error["detail"]), error
    return {error["field"]: error["code"] for error in errors}


def test_every_bad_parameter_of_a_step_is_named(firm: Company) -> None:
    body: dict[str, Any] = {"title": "", "content": "none", "change_id": 7, "owner_id": "nobody", "nonsense": 1}
    assert faults(firm.action_owner.post("create_document", **body)) == {
        "title": "empty",
        "type": "missing",
        "content": "wrong_type",
        "change_id": "wrong_type",
        "owner_id": "wrong_type",
        "nonsense": "unknown",
    }


def test_every_bad_field_of_content_is_named(firm: Company) -> None:
    content = {"weather": "Rain", "description": 7, "place": "x" * 999, "occurred_at": "yesterday", "product": "Ampoule"}
    answer = firm.action_owner.post("report_event", title="Spill", type="deviation", content=content)
    assert list(faults(answer)) == ["content.weather", "content.description", "content.place", "content.occurred_at"]
    assert faults(answer)["content.weather"] == "unknown_field"


def test_every_bad_parameter_of_a_read_is_named(firm: Company) -> None:
    asked = {"limit": 1000, "status": "nonsense", "owner_id": "me", "updated_since": "2026-01-01", "severity": "huge", "nonsense": 1}
    assert faults(firm.qa.get("list_events", **asked)) == {
        "limit": "out_of_range",
        "status": "none_of_several",
        "owner_id": "wrong_type",
        "updated_since": "wrong_type",
        "severity": "not_among",
        "nonsense": "unknown",
    }


@pytest.mark.parametrize(
    ("function", "body", "code", "words"),
    [
        ("create_document", {"title": "x" * 301, "type": "sop"}, "too_long", "300 characters"),
        ("create_document", {"title": 7, "type": "sop"}, "wrong_type", "must be text"),
        ("open_investigation", {"event_ids": "one"}, "wrong_type", "must be a list"),
        ("open_investigation", {"event_ids": ["00000000-0000-4000-8000-000000000000"] * 101}, "too_many", "100 items"),
        ("start_upload", {"filename": "a.pdf", "media_type": "a/b", "size": "9", "sha256": "0"}, "wrong_type", "whole number"),
        ("propose_change", {"reason": "Why", "items": [7]}, "wrong_type", "named fields"),
    ],
)
def test_a_bad_field_is_told_in_plain_words(firm: Company, function: str, body: dict[str, Any], code: str, words: str) -> None:
    answer = firm.action_owner.post(function, **body)
    assert code in faults(answer).values()
    assert any(words in error["detail"] for error in answer["errors"])


def test_one_rule_that_refuses_is_one_error(firm: Company) -> None:
    assert faults(firm.action_owner.post("create_document", title="Weighing", type="disaster")) == {"type": "not_among"}
