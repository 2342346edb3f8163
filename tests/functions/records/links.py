"""What the tests of links share."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import (
    Colleague,
    Company,
    company,
)
from tests.product import Product


@pytest.fixture
def firm(product: Product) -> Company:
    """A company with an author, QA and somebody to be trained."""
    return company(product, "action_owner", "qa", "operator", "inspector")


def trail(by: Colleague, found: dict[str, Any]) -> dict[str, Any]:
    """The trail on the first page of the history."""
    return dict(by.get("get_record_history", id=found["id"]).ok["trail"])
