"""What is over goes, what the law keeps stays (21 CFR 11.10(c)); twice in a row or ten times at once, nothing more goes."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from shared.app.purging import RULES
from shared.queries.audit_trail import REGULATED
from tests.builders import Company, as_superuser, at_once, company, effective_document, event
from tests.functions.deliveries import Deliver, deliver, slot
from tests.product import Product
from tests.product import own_product as product

__all__ = ["deliver", "product"]
OLD = "now() - interval '60 days'"


def count(product: Product, table: str, condition: str = "true", **values: Any) -> int:
    return int(as_superuser(product, f"select count(*) from {table} where {condition}", **values)[0][0])


def aged(product: Product, firm: Company) -> None:
    """Everything of the firm's workings as if it were two months ago."""
    as_superuser(product, f"update challenges set expires_at = {OLD} where organisation_id = :o", firm.id, o=firm.id)
    as_superuser(product, f"update mails set status = 'sent', sent_at = {OLD} where organisation_id = :o", firm.id, o=firm.id)


@pytest.fixture
def firm(product: Product) -> Company:
    """A company with a signed record, an unused challenge, mail, and invitations of every kind."""
    made = company(product, "action_owner", "qa")
    effective_document(made.action_owner, made.qa)
    made.qa.start("audit_trail", made.id, "reviewed", **{"from": "2020-01-01", "to": "2020-01-31", "finding": "Nothing"})
    made.admin.post("invite_member", email=f"late-{made.id}@test.qfacts.example", role="operator").ok
    return made


def test_what_is_over_goes_and_what_was_signed_stays(product: Product, deliver: Deliver, firm: Company) -> None:
    own = {"o": firm.id}
    challenges = count(product, "challenges", "organisation_id = :o", **own)
    signatures = count(product, "signatures", "organisation_id = :o", **own)
    assert challenges == signatures + 1
    aged(product, firm)
    as_superuser(
        product,
        "insert into job_runs (job, slot, run_id, started_at, lease_until, finished_at)"
        f" values ('x', :slot, gen_random_uuid(), {OLD}, {OLD}, {OLD})",
        slot=str(uuid4()),
    )
    key = str(uuid4())
    firm.admin.post("create_team", name="Kept", key=key).ok
    as_superuser(product, f"update idempotency_keys set created_at = {OLD} where key = :key", key=key)
    counts = deliver("purge", slot()).ok
    assert counts["challenges"] >= 1
    assert (
        count(product, "challenges", "organisation_id = :o", **own)
        == signatures
        == count(product, "signatures", "organisation_id = :o", **own)
    )
    assert count(product, "mails", "organisation_id = :o", **own) == 0
    assert count(product, "idempotency_keys", "key = :key", key=key) == 0
    assert count(product, "job_runs", "job = 'x'") == 0
    assert firm.qa.get("verify_audit_trail").ok["intact"] is True


def test_the_dashboards_tallies_are_added_up(product: Product, deliver: Deliver, firm: Company) -> None:
    keys = "(select from tallies where organisation_id = :o group by measure, kind, day, days) k"
    shown = firm.qa.get("get_dashboard").ok.body
    rows, kept = count(product, "tallies", "organisation_id = :o", o=firm.id), count(product, keys, o=firm.id)
    assert rows > kept
    assert deliver("purge", slot(9)).ok["tallies"] >= rows - kept
    assert count(product, "tallies", "organisation_id = :o", o=firm.id) <= kept, "one row a key, and none that comes to nothing"
    assert firm.qa.get("get_dashboard").ok.body == shown


def test_of_an_invitation_only_the_used_or_long_expired_secret_goes(product: Product, deliver: Deliver, firm: Company) -> None:
    deliver("purge", slot(1)).ok
    rows = as_superuser(product, "select status, secret_sha256 is null from invitations where organisation_id = :o", firm.id, o=firm.id)
    assert sorted(map(tuple, rows)) == [("accepted", True), ("accepted", True), ("open", False)]
    as_superuser(product, f"update invitations set expires_at = {OLD} where organisation_id = :o and status = 'open'", firm.id, o=firm.id)
    deliver("purge", slot(2)).ok
    assert count(product, "invitations", "organisation_id = :o and secret_sha256 is null", o=firm.id) == 3
    shown = firm.admin.get("list_invitations").ok["items"]
    assert len(shown) == 3
    entry = next(entry for entry in firm.qa.get("list_audit_trail", record_id=shown[0]["id"]).ok["items"] if entry["step"] == "purge")
    assert (entry["actor"], entry["operation"]) == ("system:purge", "update")
    assert firm.qa.get("verify_audit_trail").ok["intact"] is True


def test_the_second_run_finds_nothing_and_ten_at_once_do_it_once(product: Product, deliver: Deliver, firm: Company) -> None:
    aged(product, firm)
    answers = at_once(product, *[lambda own, minute=minute: deliver("purge", slot(100 + minute), own) for minute in range(10)])
    assert all(answer.status in {200, 503} for answer in answers)
    assert sum(answer["challenges"] for answer in answers if answer.status == 200) >= 1
    again = deliver("purge", slot(120)).ok
    assert [again[rule.name] for rule in RULES] == [0] * len(RULES)


def test_under_legal_hold_nothing_of_the_organisation_goes(product: Product, deliver: Deliver, firm: Company) -> None:
    firm.admin.post("update_organisation", legal_hold=True).ok
    aged(product, firm)
    before = [count(product, table, "organisation_id = :o", o=firm.id) for table in ("challenges", "mails")]
    assert deliver("purge", slot(130)).ok["held"] >= 1
    assert [count(product, table, "organisation_id = :o", o=firm.id) for table in ("challenges", "mails")] == before
    firm.admin.post("update_organisation", legal_hold=False).ok
    deliver("purge", slot(131)).ok
    assert count(product, "mails", "organisation_id = :o", o=firm.id) == 0


def test_what_an_inspector_reads_is_in_no_rule() -> None:
    """But for an invitation's secret, which opens nothing any more."""
    assert {rule.table for rule in RULES} & set(REGULATED) == {"invitations"}
    assert [rule.clears for rule in RULES if rule.table == "invitations"] == ["secret_sha256"]
    assert all(re.fullmatch("[a-z_]+", rule.table) for rule in RULES)


@pytest.mark.clause("11.10(c)")
def test_a_record_is_deleted_by_nobody_before_its_retention_ends(product: Product, firm: Company) -> None:
    made = event(firm.action_owner)
    delete = "delete from records where id = :id"

    def refusal() -> str:
        with pytest.raises(Exception, match="refused") as refused:
            as_superuser(product, delete, firm.id, id=made["id"])
        return str(refused.value)

    assert "kept for 10 years after its end" in refusal()
    ended = "update records set closed_at = now() - interval '11 years' where id = :id"
    as_superuser(product, ended, firm.id, id=made["id"])
    firm.admin.post("update_organisation", retention_years={"event": 15}).ok
    assert "kept for 15 years" in refusal()
    firm.admin.post("update_organisation", retention_years={"event": 10}, legal_hold=True).ok
    assert "legal hold" in refusal()
    with pytest.raises(Exception, match="permission denied"):
        role(product, "qfacts_job", delete, made["id"])
    firm.admin.post("update_organisation", retention_years={"event": 4}).refused(422)


@pytest.mark.clause("11.10(e)")
def test_a_record_whose_retention_is_over_is_told_and_stays_with_its_trail(product: Product, deliver: Deliver, firm: Company) -> None:
    made = event(firm.action_owner)
    before = deliver("purge", slot(140)).ok["retention_over"]
    ended = "update records set closed_at = now() - interval '11 years' where id = :id"
    as_superuser(product, ended, firm.id, id=made["id"])
    assert deliver("purge", slot(141)).ok["retention_over"] == before + 1
    assert deliver("purge", slot(142)).ok["retention_over"] == before + 1
    for settings in ({"retention_years": {"event": 12}}, {"retention_years": {}, "legal_hold": True}):
        firm.admin.post("update_organisation", **settings).ok
        assert deliver("purge", slot(143 + len(settings))).ok["retention_over"] == before
    assert firm.qa.get("get_event", id=made["id"]).ok["number"] == made["number"]
    assert firm.qa.get("list_audit_trail", record_id=made["id"]).ok["items"]
    assert firm.qa.get("verify_audit_trail").ok["intact"] is True


def role(product: Product, name: str, sql: str, record_id: str) -> Any:
    connection = product.superuser()
    try:
        connection.run(f"set role {name}")
        return connection.run(sql, id=record_id)
    finally:
        connection.close()


def test_slots_of_these_tests_lie_in_the_past() -> None:
    assert slot() < datetime.now(UTC) - timedelta(hours=1)
