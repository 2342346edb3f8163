"""One area's functions as the image serves them, and a company whose members call them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.builders import Company, company
from tests.doors.served import Served, asked, imaged, running
from tests.product import Product

BODY_SECONDS = 5.0  # as docs/limits.md promises
SOON = 1.0  # seconds in which a read is answered whatever others do


@pytest.fixture(scope="module")
def area(firm: Company) -> Iterator[Served]:
    """The functions of organisations, each loaded."""
    with running(*imaged("organisations", "get_me", "list_teams", "create_team", "invite_member")) as served:
        for read in ("list_teams", "get_me"):  # loads it
            asked(served, f"/api/{read}", firm.operator.token, firm.id)
        yield served


@pytest.fixture(scope="module")
def firm(product: Product) -> Company:
    """A company with an Operator."""
    return company(product, "operator")


def others_read(served: Served, firm: Company) -> None:
    """A member's read is answered soon."""
    status, seconds = asked(served, "/api/list_teams", firm.operator.token, firm.id)
    assert (status, seconds < SOON) == (200, True), (status, seconds)
