"""Each row of the table of waits over HTTP: who must act finds it, is told at once and reminded; when it is overdue, others are told."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from shared.domain.waiting.waits import BY_NAME
from tests.builders import (
    Company,
    approve,
    as_superuser,
    document,
    effective_document,
    event,
    mails,
    proposed,
    submitted,
    triage,
    triaged_event,
)
from tests.functions.capa_plans import builders as plans
from tests.functions.courses import QUIZ, answered, completed, only, training
from tests.functions.deliveries import Deliver, deliver, slot
from tests.functions.mail.mornings import AWAKE, awake
from tests.product import Product
from tests.product import own_product as product
from tests.storage import Storage

__all__ = ["deliver", "product"]

QAS = {"qa", "second_qa", "third_qa"}
OF_RECORD = "update records set due_on = {day} where id = :id"
OF_ASSIGNMENT = "update assignments set due_on = {day} where id = :id"


def firm(product: Product) -> Company:
    """A company where it is a working morning, with people of every role."""
    made = awake(product, "action_owner", "qa", "second_qa", "third_qa", "operator", "second_operator", "inspector")
    made.join("doer", "action_owner")
    return made


def given_away(firm: Company) -> str:
    """A plan that its maker gave to another."""
    made = firm.action_owner.post("create_capa_plan", title="Leaks", content={}, owner_id=firm.doer.id).ok["capa_plan"]
    return str(made["id"])


def to_report(firm: Company) -> str:
    made = event(firm.action_owner, type="complaint")
    reportable = {"decision": "yes", "rule": "other", "aware_on": "2026-02-02", "deadline": "2035-01-01"}
    body = {"severity": "critical", "containment": "Held", "reportable": reportable}
    return str(triage(firm.qa, made, **body).ok["event"]["id"])


def inquiry(firm: Company) -> str:
    made = triaged_event(firm.action_owner, firm.qa)
    body = {"event_ids": [made["id"]], "owner_id": firm.doer.id, "content": {}}
    return str(firm.action_owner.post("open_investigation", **body).ok["investigation"]["id"])


def action(firm: Company) -> dict[str, Any]:
    plan = plans.implementing(firm)
    return {"plan": plan["id"], **plan["actions"][0]}


def done(firm: Company) -> dict[str, Any]:
    made = action(firm)
    plans.take(firm.doer, "complete_action", made, evidence="Done").ok
    return made


def carried_out_plan(firm: Company) -> str:
    made = done(firm)
    plans.take(firm.qa, "verify_action", made).ok
    return str(made["plan"])


def checked_plan(firm: Company) -> str:
    return str(plans.verified(firm, plans.implementing(firm))["id"])


def lifted(firm: Company) -> str:
    made = effective_document(firm.action_owner, firm.qa)
    etag = firm.qa.get("get_document", id=made["id"]).ok["etag"]
    firm.qa.sign("suspend_document", "document", made["id"], "suspended", id=made["id"], reason="Wrong dose", etag=etag).ok
    return str(made["id"])


def learnt(firm: Company) -> str:
    training(firm, audience={"person_ids": [firm.operator.id]})
    return str(only(firm.operator)["id"])


def attended(firm: Company) -> str:
    training(firm, method="on_the_job", trainer_id=firm.second_operator.id, audience={"person_ids": [firm.operator.id]})
    found = only(firm.operator)
    completed(firm.operator, found).ok
    return str(found["id"])


def locked(firm: Company) -> str:
    training(firm, quiz=QUIZ, audience={"person_ids": [firm.operator.id]})
    for _ in range(2):
        answered(firm.operator, only(firm.operator), rightly=False).ok
    [found] = firm.qa.get("get_worklist", what="reassign").ok["items"]
    return str(found["subject"]["id"])


def invited(firm: Company) -> str:
    made = firm.admin.post("invite_member", email="new@test.qfacts.example", role="operator").ok["invitation"]
    as_superuser(firm.product, "update invitations set expires_at = now() + interval '1 day' where id = :id", firm.id, id=made["id"])
    return str(made["id"])


def unreached(firm: Company) -> str:
    sql = (
        "insert into mail_suppressions (event_id, organisation_id, address_sha256, reason, at)"
        " values (:event, :o, address_digest(:email), 'bounce', now())"
    )
    as_superuser(firm.product, sql, firm.id, event=str(uuid4()), o=firm.id, email=firm.operator.email)
    return firm.operator.id


def followed_up(firm: Company) -> str:
    follow_up = {"description": "Tell them", "owner_id": firm.doer.id, "due_on": "2035-01-01"}
    change = proposed(firm.action_owner, effective_document(firm.action_owner, firm.qa), follow_ups=[follow_up])
    [action] = approve(firm.qa, submitted(firm.action_owner, change)["approval_request"]).ok["change"]["actions"]
    plans.take(firm.doer, "complete_action", action, evidence="Told").ok
    plans.take(firm.qa, "verify_action", action).ok
    return str(change["id"])


def hindered(firm: Company) -> str:
    change = proposed(firm.action_owner, effective_document(firm.action_owner, firm.qa), effective_on="2035-01-01")
    approve(firm.qa, submitted(firm.action_owner, change)["approval_request"]).ok
    as_superuser(firm.product, "update changes set effective_on = current_date - 2 where id = :id", firm.id, id=change["id"])
    return str(change["id"])


@dataclass(frozen=True)
class Case:
    """How something begins to wait, for whom, who is told by which mail at once (who made it wait knows), and what moves its day."""

    make: Callable[[Company], str]
    holders: set[str]
    told: set[str]
    template: str
    day: str


OWNER, DOER = {"action_owner"}, {"doer"}
NOON = "({day} - {days}::int + interval '12 hours') at time zone '{zone}'"
EVENING = "({day} + interval '23 hours 59 minutes') at time zone '{zone}'"
DEADLINE = "update records set content = jsonb_set(content, '{{reportable,deadline}}', to_jsonb(({day})::text)) where id = :id"
WINDOW = "update records set content = jsonb_set(content, '{{effectiveness,not_before}}', to_jsonb(({day})::text)) where id = :id"
WW = "work_waiting"
CASES = {
    "triage": Case(lambda firm: str(event(firm.action_owner)["id"]), QAS, QAS, WW, OF_RECORD),
    "report_to_authority": Case(to_report, QAS, QAS - {"qa"}, WW, DEADLINE),
    "close_event": Case(lambda firm: str(triaged_event(firm.action_owner, firm.qa)["id"]), OWNER, OWNER, WW, OF_RECORD),
    "conclude": Case(inquiry, DOER, DOER, WW, OF_RECORD),
    "plan": Case(given_away, DOER, DOER, WW, OF_RECORD),
    "implement": Case(lambda firm: str(plans.implementing(firm)["id"]), OWNER, set(), "", OF_RECORD),
    "verify_plan": Case(carried_out_plan, QAS, QAS - {"qa"}, WW, f"update records set status_since = {NOON} where id = :id"),
    "check_effectiveness": Case(checked_plan, OWNER, OWNER, WW, WINDOW),
    "review": Case(lambda firm: str(effective_document(firm.action_owner, firm.qa)["id"]), OWNER, set(), "", OF_RECORD),
    "lift": Case(lifted, OWNER, OWNER, WW, OF_RECORD),
    "submit": Case(
        lambda firm: str(document(firm.action_owner)["change"]["id"]),
        OWNER,
        set(),
        "",
        f"update changes set status_since = {NOON} where id = :id",
    ),
    "approve": Case(
        lambda firm: str(submitted(firm.action_owner, document(firm.action_owner)["change"])["approval_request"]["id"]),
        QAS,
        QAS,
        "approval_requested",
        f"update approval_requests set expires_at = {EVENING} where id = :id",
    ),
    "close_change": Case(followed_up, QAS, set(), "", f"update changes set status_since = {NOON} where id = :id"),
    "hindered_change": Case(hindered, QAS, set(), "", "update changes set effective_on = {day} - 1 where id = :id"),
    "learn": Case(learnt, {"operator"}, {"operator"}, "training_assigned", OF_ASSIGNMENT),
    "assess": Case(attended, {"second_operator"}, {"second_operator"}, WW, OF_ASSIGNMENT),
    "reassign": Case(locked, QAS, QAS, "training_locked", OF_ASSIGNMENT),
    "act": Case(lambda firm: str(action(firm)["id"]), DOER, DOER, WW, "update actions set due_on = {day} where id = :id"),
    "verify_action": Case(lambda firm: str(done(firm)["id"]), QAS, QAS, WW, f"update actions set completed_at = {NOON} where id = :id"),
    "decide_extension": Case(
        lambda firm: str(plans.extension(firm.doer, action(firm)).ok["extension"]["id"]),
        QAS,
        QAS,
        "extension_requested",
        "update extensions set due_on_before = {day}, due_on = {day} + 30 where id = :id",
    ),
    "renew_invitation": Case(invited, {"admin"}, set(), "", f"update invitations set expires_at = {EVENING} where id = :id"),
    "mend_address": Case(unreached, {"admin"}, set(), "", f"update mail_suppressions set at = {NOON} where :id::uuid is not null"),
}
# Whom it escalates to after how many days, where it isn't QA after a week and the admins after two.
ESCALATED: dict[str, dict[str, int]] = {
    "report_to_authority": {"qa": 0, "admins": 0},
    "decide_extension": {"admins": 14},
    "approve": {},
    "renew_invitation": {},
    "mend_address": {"qa": 7},
}
MEMBERS = {"qa": QAS, "admins": {"admin"}}


def moved(product: Product, firm: Company, what: str, subject_id: str, days: int) -> None:
    """Something falls due so many days from today, and the day's digests haven't gone out."""
    day = f"((now() at time zone '{AWAKE}')::date + ({days}))"
    sql = CASES[what].day.format(day=day, zone=AWAKE, days=BY_NAME[what].days or 0)
    as_superuser(product, sql, firm.id, id=subject_id)
    as_superuser(product, "delete from reminder_days where organisation_id = :o", firm.id, o=firm.id)
    as_superuser(product, "delete from mails where template = 'reminder_digest'")


def reminded(product: Product, firm: Company, what: str, subject_id: str) -> dict[str, list[str]]:
    """Who is reminded of it, as what."""
    found: dict[str, list[str]] = {}
    for name, person in firm.people.items():
        digests = [facts["things"] for template, facts in mails(product, person.email) if template == "reminder_digest"]
        if told := [one["told"] for things in digests for one in things if (one["what"], one["id"]) == (what, subject_id)]:
            found[name] = told
    return found


def test_every_row_has_a_case() -> None:
    assert set(CASES) == set(BY_NAME)


@pytest.mark.parametrize("what", CASES)
def test_who_must_act_is_told_and_nobody_else_until_it_is_overdue(product: Product, deliver: Deliver, storage: Storage, what: str) -> None:
    company, case, wait = firm(product), CASES[what], BY_NAME[what]
    subject_id = case.make(company)
    if what == "review":
        moved(product, company, what, subject_id, 9)

    found = {name: person.get("get_worklist", what=what, limit=100).ok["items"] for name, person in company.people.items()}
    assert {name for name, items in found.items() if [one["subject"]["id"] for one in items] == [subject_id]} == case.holders
    assert {name for name, items in found.items() if items} == case.holders
    told = {
        name: [template for template, facts in mails(product, one.email) if template == case.template and is_about(facts, what, subject_id)]
        for name, one in company.people.items()
    }
    assert {name: mails for name, mails in told.items() if mails} == {name: [case.template] for name in case.told}

    for days in sorted({0, *wait.reminded}):
        moved(product, company, what, subject_id, days)
        deliver("send_reminders", slot()).ok
        assert reminded(product, company, what, subject_id) == {name: ["owner"] for name in case.holders}, f"{days} days ahead"
        assert deliver("send_reminders", slot(1)).ok["mails"] == 0, "nothing twice"
    moved(product, company, what, subject_id, 1)
    deliver("send_reminders", slot(2)).ok
    assert reminded(product, company, what, subject_id) == {}, "a day without a milestone"

    again = ["owner"] if wait.again else []
    others = ESCALATED.get(what, {"qa": 7, "admins": 14})
    for late in (1, 8, 15):
        moved(product, company, what, subject_id, -late)
        deliver("send_reminders", slot(3)).ok
        repeated = again if wait.again == 7 or late == 1 else []
        expected = {name: repeated for name in case.holders if repeated}
        for group, after in others.items():
            if late == after + 1:
                expected = {**{name: [group] for name in MEMBERS[group] - case.holders}, **expected}
        assert reminded(product, company, what, subject_id) == expected, f"{late} days late"


def is_about(facts: dict[str, Any], what: str, subject_id: str) -> bool:
    """Whether a mail is about it: those of more time and of trainings name what they are about, of which there is one."""
    return facts.get("task", what) == what and (subject_id in json.dumps(facts) or what in {"decide_extension", "learn"})
