"""Events and signed steps on them, made through the functions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.builders import (
    Colleague,
    Company,
    company,
)
from tests.product import Answer, Product


@pytest.fixture
def firm(product: Product) -> Company:
    """A company with somebody who reports, two QA and two who only read."""
    return company(product, "action_owner", "qa", "second_qa", "operator", "inspector")


def now(by: Colleague, found: dict[str, Any]) -> dict[str, Any]:
    """The event as it is now."""
    return dict(by.get("get_event", id=found["id"]).ok.body)


def signed(by: Colleague, function: str, meaning: str, found: dict[str, Any], **more: object) -> Answer:
    """A signed step on the event, as `by` sees it now."""
    body = {"id": found["id"], "etag": now(by, found)["etag"], "reason": "On second thoughts", **more}
    return by.sign(function, "event", found["id"], meaning, **body)


def ago(hours: float) -> str:
    """A moment in the past, as the API writes it."""
    return (datetime.now(UTC) - timedelta(hours=hours)).isoformat(timespec="seconds")


def step(found: dict[str, Any], name: str) -> dict[str, Any]:
    """One of the buttons."""
    return next(one for one in found["open_steps"] if one["step"] == name)
