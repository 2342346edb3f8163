"""QA reviews the audit trail, signs what was found, and that is itself recorded; an inspector reads everything and does nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from tests.builders import Colleague, Company, as_superuser, company, effective_document
from tests.product import Answer, Product

FINDING = "Nothing unusual; two late edits explained"


@pytest.fixture(scope="module")
def firm(product: Product) -> Company:
    """A company with a record in force."""
    made = company(product, "action_owner", "qa", "operator", "inspector")
    effective_document(made.action_owner, made.qa)
    return made


def review(by: Colleague, from_: str = "2020-01-01", to: str | None = None, finding: str = FINDING, **more: Any) -> Answer:
    """The trail reviewed from a day to now."""
    asked = {"from": from_, "to": to or datetime.now(UTC).isoformat(), "finding": finding, **more}
    beforehand = asked if 0 < len(finding.strip(" \u200b")) < 4000 else {**asked, "finding": FINDING}  # a bad one is refused when it begins
    challenge = by.start("audit_trail", by.organisation, "reviewed", **beforehand)
    return by.product.post("review_audit_trail", by.fresh_token(), by.organisation, challenge_id=challenge, **asked)


@pytest.mark.clause("Annex 11 §9")
def test_a_review_is_signed_with_its_finding_and_its_period(product: Product, firm: Company) -> None:
    [[before]] = as_superuser(product, "select count(*) from audit_entries where organisation_id = :o", firm.id, o=firm.id)
    done = review(firm.qa).ok["review"]
    signature = done["signature"]
    assert (done["finding"], done["reviewed_by"], done["signature_id"]) == (FINDING, firm.qa.id, signature["id"])
    assert (signature["meaning"], signature["subject_kind"], signature["valid"]) == ("reviewed", "audit_trail", True)
    assert signature["reason"] == f"{done['from_at']} to {done['to_at']}: {FINDING}"
    assert done["from_at"] == "2019-12-31T23:00:00.000000Z", "a day begins in the organisation's time zone"
    assert done["entries"] == before


@pytest.mark.clause("Annex 11 §9")
def test_a_review_is_in_the_trail_and_the_trail_still_holds(firm: Company) -> None:
    done = review(firm.qa).ok["review"]
    entries = firm.inspector.get("list_audit_trail", record_id=done["id"]).ok["items"]
    [kept] = [entry for entry in entries if entry["table_name"] == "trail_reviews"]
    assert (kept["operation"], kept["actor"], kept["new"]["finding"]) == ("insert", f"person:{firm.qa.id}", FINDING)
    assert firm.inspector.get("verify_audit_trail").ok["intact"] is True


def test_a_review_counts_the_entries_of_its_own_time_only(product: Product, firm: Company) -> None:
    rows = as_superuser(product, "select at from audit_entries where organisation_id = :o order by at", firm.id, o=firm.id)
    moments = sorted({row[0] for row in rows})
    first, last = moments[2], moments[5]
    done = review(firm.qa, first.isoformat(), last.isoformat()).ok["review"]
    assert done["entries"] == sum(1 for row in rows if first <= row[0] <= last) > 0
    assert review(firm.qa, "2020-01-01", "2020-01-31").ok["review"]["entries"] == 0


def test_a_review_until_today_ends_now(firm: Company) -> None:
    done = review(firm.qa, to=datetime.now(ZoneInfo("Europe/Brussels")).date().isoformat()).ok["review"]
    assert done["to_at"] == done["created_at"]


def test_a_period_that_cannot_be_reviewed_is_refused(firm: Company) -> None:
    assert review(firm.qa, "2026-02-01", "2026-01-31").refused(422, "ends before it begins")["field"] == "to"
    tomorrow = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    assert review(firm.qa, to=tomorrow).refused(422, "what hasn't happened yet")["field"] == "to"
    later = (datetime.now(UTC) + timedelta(minutes=10)).isoformat()
    review(firm.qa, to=later).refused(422, "what hasn't happened yet")


def test_a_review_without_a_finding_is_refused(firm: Company) -> None:
    for nothing in ("", "  ", "\u200b"):
        assert review(firm.qa, finding=nothing).refused(422)["field"] == "finding"
    review(firm.qa, finding="x" * 4001).refused(422)
    begin = {"subject_kind": "audit_trail", "subject_id": firm.id, "meaning": "reviewed"}
    period = {"from": "2020-01-01", "to": "2020-01-31"}
    for bad, field in (({}, "from"), (period, "finding"), ({**period, "finding": ""}, "finding"), ({**period, "finding": 7}, "finding")):
        assert firm.qa.post("start_signing", **begin, arguments=bad).refused(422)["field"] == f"arguments.{field}"
    unknown = {**period, "finding": FINDING, "severity": "minor"}
    assert firm.qa.post("start_signing", **begin, arguments=unknown).refused(422)["field"] == "arguments.severity"


@pytest.mark.clause("11.200(a)(1)")
def test_a_review_needs_a_fresh_sign_in_and_a_challenge_of_its_own(product: Product, firm: Company) -> None:
    qa = firm.qa
    asked = {"from": "2020-01-01", "to": datetime.now(UTC).isoformat(), "finding": FINDING}
    challenge = qa.start("audit_trail", firm.id, "reviewed", **asked)
    qa.post("review_audit_trail", challenge_id=challenge, **asked).refused(401, "Sign in again")
    fresh = qa.fresh_token()
    product.post("review_audit_trail", fresh, firm.id, challenge_id=challenge, **asked).ok
    product.post("review_audit_trail", fresh, firm.id, challenge_id=challenge, **asked).refused(409, "used already")
    qa.post("review_audit_trail", challenge_id=str(uuid4()), **asked).refused(404)


@pytest.mark.clause("11.10(g)")
def test_only_qa_reviews_the_trail_of_its_own_organisation(product: Product, firm: Company) -> None:
    begin = {"subject_kind": "audit_trail", "meaning": "reviewed"}
    firm.action_owner.post("start_signing", subject_id=firm.id, **begin).refused(403, "QA")
    firm.inspector.post("start_signing", subject_id=firm.id, **begin).refused(403)
    firm.qa.post("start_signing", subject_id=str(uuid4()), **begin).refused(404)
    other = company(product, "qa")
    other.qa.post("start_signing", subject_id=firm.id, **begin).refused(404)
    assert (
        firm.qa.post("start_signing", **begin | {"meaning": "approved"}, subject_id=firm.id).refused(422, "reviewed")["field"] == "meaning"
    )
