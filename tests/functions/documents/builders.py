"""Documents and changes of them, made through the functions."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import (
    Company,
    approve,
    company,
    submitted,
)
from tests.product import Product


@pytest.fixture
def firm(product: Product) -> Company:
    """A company with an author, two QA and an operator."""
    return company(product, "action_owner", "qa", "second_qa", "operator")


def applied(firm: Company, change: dict[str, Any]) -> dict[str, Any]:
    """The answer of the approval of a change."""
    return dict(approve(firm.qa, submitted(firm.action_owner, change)["approval_request"]).ok.body)
