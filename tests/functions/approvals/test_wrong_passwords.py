"""A wrong password in the signing dialogue is counted as a failed signing (21 CFR 11.300(d))."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.builders import Company, as_superuser, company, document, mails, submitted
from tests.product import Product


@pytest.fixture
def firm(product: Product) -> Company:
    return company(product, "action_owner", "qa", "second_qa")


@pytest.fixture
def request_(firm: Company) -> dict[str, Any]:
    """A request that waits for QA."""
    return dict(submitted(firm.action_owner, document(firm.action_owner)["change"])["approval_request"])


def begun(firm: Company, request: dict[str, Any]) -> str:
    """QA begins to approve."""
    return firm.qa.start("approval_request", request["id"], "approved")


@pytest.mark.clause("11.300")
def test_a_wrong_password_in_the_dialogue_counts_and_locks_like_any_other(
    product: Product, firm: Company, request_: dict[str, Any]
) -> None:
    started = begun(firm, request_)
    told = [firm.qa.post("report_failed_signing", challenge_id=started).ok for _ in range(5)]
    assert [(one["failures"], one["left"]) for one in told] == [(1, 4), (2, 3), (3, 2), (4, 1), (5, 0)]
    assert [one["locked_until"] is None for one in told] == [True, True, True, True, False]
    assert [template for template, _ in mails(product, firm.admin.email)].count("signing_locked") == 1
    body = {"approval_request_id": request_["id"], "challenge_id": started, "etag": request_["etag"]}
    product.post("approve_request", firm.qa.fresh_token(), firm.id, **body).refused(403, "locked for 15 minutes")
    kept = [one for one in firm.qa.get("list_audit_trail", limit=100).ok["items"] if one["table_name"] == "signing_failures"]
    assert [one["new"]["cause"] for one in kept] == ["The identity provider refused the password."] * 5


@pytest.mark.clause("11.300")
def test_a_wrong_password_is_reported_for_an_own_open_signing_only(product: Product, firm: Company, request_: dict[str, Any]) -> None:
    started = begun(firm, request_)
    firm.second_qa.post("report_failed_signing", challenge_id=started).refused(404, "no such signing challenge of yours")
    firm.qa.post("report_failed_signing", challenge_id=str(UUID(int=7))).refused(404)
    body = {"approval_request_id": request_["id"], "challenge_id": started, "etag": request_["etag"]}
    product.post("approve_request", firm.qa.fresh_token(), firm.id, **body).ok
    firm.qa.post("report_failed_signing", challenge_id=started).refused(409, "used already")
    late = firm.qa.start("audit_trail", firm.id, "reviewed", finding="None", **{"from": "2026-01-01", "to": "2026-01-31"})
    as_superuser(product, "update challenges set expires_at = now() where ceremony_id = :id", firm.id, id=late)
    firm.qa.post("report_failed_signing", challenge_id=late).refused(409, "has expired")
    assert as_superuser(product, "select count(*) from signing_failures where organisation_id = :id", firm.id, id=firm.id) == [[0]]
