"""The functions of the scheduler, through their own door with really signed tokens: at least once delivered, exactly once done."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from shared.doors.problem import SECURITY
from tests.builders import approve, as_superuser, at_once, company, day_comes, document, effective_document, mails, proposed, submitted
from tests.functions.deliveries import JOBS, Deliver, deliver, entered, planned, slot
from tests.product import ORIGIN, Product
from tests.product import own_product as product

__all__ = ["deliver", "product"]


def test_what_waits_takes_effect_on_its_day_and_supersedes_the_former(product: Product, deliver: Deliver) -> None:
    firm = company(product, "action_owner", "qa", "operator")
    record = effective_document(firm.action_owner, firm.qa)
    later = {"effective_on": str(datetime.now(UTC).date() + timedelta(days=3))}
    approve(firm.qa, submitted(firm.action_owner, proposed(firm.action_owner, record, **later))["approval_request"]).ok
    coming = planned(product, firm, "One", "Two")
    deliver("take_documents_into_effect", slot()).ok
    assert firm.qa.get("get_document", id=record["id"]).ok["version"] == 1
    assert firm.qa.get("get_document", id=record["id"]).ok["waiting"]["version"] == 2
    day_comes(product, firm)
    counts = deliver("take_documents_into_effect", slot(1)).ok
    assert counts["documents"] >= 3
    history = firm.qa.get("get_record_history", id=record["id"]).ok["versions"]
    assert [(one["version"], one["status"]) for one in history] == [(2, "effective"), (1, "superseded")]
    assert history[0]["effective_at"] == history[1]["ended_at"]
    assert {firm.operator.get("get_document", id=one["id"]).ok["status"] for one in coming} == {"effective"}
    entry = firm.qa.get("list_audit_trail", record_id=record["id"]).ok["items"][0]
    assert (entry["actor"], entry["step"], entry["source"]) == ("system:take_documents_into_effect", "take_effect", "job")
    assert entry["cause"] == "the planned date came"
    assert deliver("take_documents_into_effect", slot(2)).ok["documents"] == 0


def test_what_takes_effect_after_its_owner_left_stays_with_the_successor(product: Product, deliver: Deliver) -> None:
    firm = company(product, "action_owner", "qa")
    leaver = firm.join("leaver", "action_owner")
    records = [effective_document(firm.action_owner, firm.qa), effective_document(leaver, firm.qa)]
    items = [{"record_id": records[0]["id"], "owner_id": leaver.id, "content": {"summary": "Clearer"}}, {"record_id": records[1]["id"]}]
    later = {"effective_on": str(datetime.now(UTC).date() + timedelta(days=3))}
    change = firm.action_owner.post("propose_change", reason="Clearer", items=items, **later).ok["change"]
    approve(firm.qa, submitted(firm.action_owner, change)["approval_request"]).ok
    firm.admin.post("deactivate_member", person_id=leaver.id, successor_id=firm.qa.id).ok
    day_comes(product, firm)
    deliver("take_documents_into_effect", slot()).ok
    shown = [firm.qa.get("get_document", id=one["id"]).ok for one in records]
    assert [(one["version"], one["owner"]["id"]) for one in shown] == [(2, firm.qa.id)] * 2


def test_what_is_planned_for_somebody_whose_role_has_ended_goes_back(product: Product, deliver: Deliver) -> None:
    firm = company(product, "action_owner", "qa", "second_qa")
    follow_up = {"description": "Tell them", "owner_id": firm.second_qa.id, "due_on": str(datetime.now(UTC).date() + timedelta(3))}
    change = proposed(firm.action_owner, effective_document(firm.action_owner, firm.qa), follow_ups=[follow_up])
    request = submitted(firm.action_owner, change)["approval_request"]
    deliver("expire_approval_requests", slot()).ok  # what other organisations have goes back with this one
    assert firm.qa.get("get_approval_request", id=request["id"]).ok["status"] == "open"
    ended = "update members set role_until = current_date - 2, revision = revision + 1 where person_id = :id"
    as_superuser(product, ended, firm.id, id=firm.second_qa.id)
    approve(firm.qa, request).refused(409, f"{change['number']}/F1", "name another owner")
    assert deliver("expire_approval_requests", slot(1)).ok["lapsed"] == 1
    assert firm.qa.get("get_approval_request", id=request["id"]).ok["status"] == "lapsed"


def test_the_day_is_the_organisations_own(product: Product, deliver: Deliver) -> None:
    firm = company(product, "action_owner", "qa")
    records = planned(product, firm, "One")
    day_comes(product, firm, "cast(now() at time zone 'Pacific/Kiritimati' as date)")  # UTC+14: the first place where a day begins
    firm.admin.post("update_organisation", time_zone="Pacific/Pago_Pago").ok  # UTC-11: always a day behind
    deliver("take_documents_into_effect", slot()).ok
    assert firm.qa.get("get_document", id=records[0]["id"]).ok["status"] == "approved"
    firm.admin.post("update_organisation", time_zone="Pacific/Kiritimati").ok
    deliver("take_documents_into_effect", slot(1)).ok
    assert firm.qa.get("get_document", id=records[0]["id"]).ok["status"] == "effective"


def test_ten_deliveries_of_one_slot_are_one_run(product: Product, deliver: Deliver) -> None:
    firm = company(product, "action_owner", "qa")
    records = planned(product, firm, "One")
    day_comes(product, firm)
    product.client("take_documents_into_effect")
    moment = slot()
    answers = at_once(product, *[lambda own: deliver("take_documents_into_effect", moment, own)] * 10)
    assert all(one.status in {200, 503} for one in answers)
    assert all(int(one.headers["Retry-After"]) > 0 for one in answers if one.status == 503)
    assert sum(one.status == 200 and "run_id" in one.body for one in answers) == 1
    again = deliver("take_documents_into_effect", moment).ok
    assert again["finished_before"] is True
    effects = [e for e in firm.qa.get("list_audit_trail", record_id=records[0]["id"]).ok["items"] if e["step"] == "take_effect"]
    assert len([entry for entry in effects if entry["table_name"] == "versions"]) == 1


def test_a_run_whose_holder_died_is_taken_over_after_its_lease(product: Product, deliver: Deliver) -> None:
    moment = slot()
    died = (
        "insert into job_runs (job, slot, run_id, started_at, lease_until, counts)"
        " values ('expire_approval_requests', :slot, :run, now(), now() + interval '1 minute', '{}')"
    )
    as_superuser(product, died, slot=moment.isoformat(), run=str(uuid4()))
    assert int(deliver("expire_approval_requests", moment).refused(503).headers["Retry-After"]) > 0
    as_superuser(product, "update job_runs set lease_until = now() - interval '1 s' where slot = :slot", slot=moment.isoformat())
    assert deliver("expire_approval_requests", moment).ok["organisations"] > 0


def test_a_run_by_hand_never_takes_the_next_slot(product: Product, deliver: Deliver) -> None:
    coming = datetime.now(UTC) + timedelta(minutes=5)
    first, second = (deliver("expire_approval_requests", coming).ok for _ in range(2))
    assert first["slot"] != second["slot"]
    assert first["slot"].startswith("by hand")
    assert deliver("expire_approval_requests", "not a time").ok["slot"].startswith("by hand")


def test_requests_that_cant_be_decided_any_more_lapse(product: Product, deliver: Deliver) -> None:
    firm = company(product, "action_owner", "qa")
    made = document(firm.action_owner)
    asked = submitted(firm.action_owner, made["change"])["approval_request"]
    other = submitted(firm.action_owner, document(firm.action_owner, "Other")["change"])["approval_request"]
    deliver("expire_approval_requests", slot()).ok
    assert firm.qa.get("get_approval_request", id=asked["id"]).ok["status"] == "open"
    as_superuser(product, "update approval_requests set expires_at = now() - interval '1 s' where id = :id", firm.id, id=asked["id"])
    assert deliver("expire_approval_requests", slot(1)).ok["lapsed"] >= 1
    lapsed = firm.qa.get("get_approval_request", id=asked["id"]).ok
    assert (lapsed["status"], lapsed["change"]["status"]) == ("lapsed", "draft")
    assert "expired" in lapsed["cause"]
    assert firm.qa.get("get_approval_request", id=other["id"]).ok["status"] == "open"
    template, facts = mails(product, firm.action_owner.email)[0]
    assert (template, facts["cause"]) == ("change_lapsed", lapsed["cause"])
    before = len(mails(product, firm.action_owner.email))
    deliver("expire_approval_requests", slot(2)).ok
    assert len(mails(product, firm.action_owner.email)) == before
    submitted(firm.action_owner, lapsed["change"])


def test_a_request_that_expired_isnt_approved_even_before_the_job_runs(product: Product) -> None:
    firm = company(product, "action_owner", "qa")
    request = submitted(firm.action_owner, document(firm.action_owner)["change"])["approval_request"]
    as_superuser(product, "update approval_requests set expires_at = now() - interval '1 s' where id = :id", firm.id, id=request["id"])
    body = {"subject_kind": "approval_request", "subject_id": request["id"], "meaning": "approved"}
    started = firm.qa.post("start_signing", **body)
    if started.status == 200:
        step = {"approval_request_id": request["id"], "challenge_id": started["challenge_id"], "etag": request["etag"]}
        product.post("approve_request", firm.qa.fresh_token(), firm.id, **step).refused(409, "expired")


@pytest.mark.clause("11.10(d)")
@pytest.mark.parametrize("job", JOBS)
def test_only_the_scheduler_may_call_its_functions(product: Product, deliver: Deliver, job: str) -> None:
    person = company(product).admin
    for headers in ({}, {"Authorization": f"Bearer {person.token}"}, {"Authorization": "Basic x"}):
        refused = product.send(job, "POST", headers=headers).refused(401)
        assert {name: refused.headers.get(name) for name in SECURITY} == SECURITY
    deliver(job, slot(), aud=f"{ORIGIN}/api/another").refused(401)
    deliver(job, slot(), email="somebody@example.com").refused(401)
    deliver(job, slot(), exp=int(time.time()) - 60, iat=int(time.time()) - 3600).refused(401)
    assert product.send(job, "GET", headers={}).refused(405).headers["Allow"] == "POST"


def test_a_run_goes_through_every_organisation(product: Product, deliver: Deliver) -> None:
    counts = deliver("take_documents_into_effect", slot(7)).ok
    organisations = as_superuser(product, "select count(*) from organisations")[0][0]
    assert counts["organisations"] == organisations


def test_one_organisations_fault_never_stops_the_others(product: Product, deliver: Deliver) -> None:
    broken, firm = company(product), company(product, "action_owner", "qa")
    records = planned(product, firm, "One")
    day_comes(product, firm)
    as_superuser(product, "update organisations set time_zone = 'Nowhere' where id = :id", broken.id, id=broken.id)
    try:
        counts = deliver("take_documents_into_effect", slot(8)).ok
    finally:
        as_superuser(product, "update organisations set time_zone = 'Etc/UTC' where id = :id", broken.id, id=broken.id)
    assert counts["failed"] == 1
    assert firm.qa.get("get_document", id=records[0]["id"]).ok["status"] == "effective"


def test_who_has_left_gets_no_mail_of_what_they_wrote(product: Product) -> None:
    firm = company(product, "action_owner", "qa", "second_qa")
    made = submitted(firm.action_owner, proposed(firm.action_owner, effective_document(firm.action_owner, firm.qa)))
    as_superuser(product, "delete from mails where organisation_id = :id", firm.id, id=firm.id)
    firm.admin.post("deactivate_member", person_id=firm.action_owner.id, successor_id=firm.second_qa.id).ok
    approve(firm.qa, firm.qa.get("get_approval_request", id=made["approval_request"]["id"]).ok.body).ok
    told = as_superuser(product, "select to_email from mails where organisation_id = :id", firm.id, id=firm.id)
    assert [firm.second_qa.email] in [list(row) for row in told]
    assert [firm.action_owner.email] not in [list(row) for row in told]


@pytest.mark.parametrize("job", ["take_documents_into_effect", "expire_approval_requests", "assign_retraining"])
def test_organisations_with_nothing_due_cost_a_job_nothing(product: Product, deliver: Deliver, job: str) -> None:
    """A stranger founds 154 organisations a second; at 7 ms a run each, they would hold up everybody's jobs for ever."""
    empty = [company(product).id for _ in range(4)][1:]  # of the first of all a job always says what it did
    with entered() as found:
        counts = deliver(job, slot(20)).ok
    assert not set(empty) & set(found)
    assert counts["organisations"] == as_superuser(product, "select count(*) from organisations")[0][0], (
        "they are gone through all the same"
    )


def test_a_job_enters_each_organisation_that_has_something_due(product: Product, deliver: Deliver) -> None:
    firm = company(product, "action_owner", "qa")
    records = planned(product, firm, "One")
    day_comes(product, firm)
    submitted(firm.action_owner, document(firm.action_owner)["change"])
    for number, job in enumerate(("take_documents_into_effect", "expire_approval_requests")):
        with entered() as found:
            deliver(job, slot(30 + number)).ok
        assert found.count(firm.id) == 1
    assert firm.qa.get("get_document", id=records[0]["id"]).ok["status"] == "effective"


def test_reminders_enter_an_organisation_once_a_morning(product: Product, deliver: Deliver) -> None:
    company(product)  # the first of all
    firm = company(product, "action_owner", "qa")
    as_superuser(
        product,
        "insert into reminder_days (organisation_id, day, since) values (cast(:id as uuid), current_date, current_date - 1)",
        firm.id,
        id=firm.id,
    )
    with entered() as found:
        deliver("send_reminders", slot(40)).ok
    assert firm.id not in found
    as_superuser(
        product, "update reminder_days set created_at = now() - interval '13 hours' where organisation_id = :id", firm.id, id=firm.id
    )
    with entered() as found:
        deliver("send_reminders", slot(41)).ok
    assert firm.id in found
