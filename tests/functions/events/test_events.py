"""The life of events: reported, judged by QA, investigated, closed by a change, cancelled, reopened; and those that recur."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.builders import (
    Company,
    at_once,
    event,
    triage,
    triaged_event,
    uploaded,
)
from tests.functions.events.builders import ago, firm, now, signed, step
from tests.product import Product
from tests.storage import Storage

__all__ = ["firm"]

RISK = {"severity": 5, "occurrence": 4, "detection": 3}


def test_an_event_is_reported_with_everything_known(firm: Company, storage: Storage) -> None:
    photo = uploaded(firm.action_owner)
    known: dict[str, Any] = {
        "occurred_at": ago(3),
        "detected_at": ago(2),
        "observed_by": "Ann",
        "product": "Ampoule",
        "batch": "B-17",
        "serial": "S-1",
        "udi": "U-1",
        "quantity": "12 of 400",
        "customer": "A hospital",
        "supplier": "A mill",
        "attachments": [photo],
    }
    made = event(firm.action_owner, type="Supplier non-conformity", **known)
    assert (made["kind"], made["type"], made["status"], made["version"]) == ("event", "supplier_non_conformity", "reported", 0)
    assert made["number"].startswith("EVT-")
    assert made["number"].endswith("-0001")
    assert made["owner"]["id"] == firm.action_owner.id
    assert {**made["content"], **known} == made["content"]
    assert [(file["id"], file["field"]) for file in made["files"]] == [(photo, "attachments")]
    assert (made["risk_number"], made["recurring"], made["signatures"], made["links"]) == (None, [], [], [])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"type": "disaster"}, "type"),
        ({"content": {"weather": "Rain"}}, "content.weather"),
        ({"content": {"occurred_at": "2026-01-01"}}, "content.occurred_at"),
        ({"content": {"occurred_at": "2026-01-01T10:00:00"}}, "content.occurred_at"),
        ({"content": {"detected_at": "2199-01-01T10:00:00Z"}}, "content.detected_at"),
        ({"content": {"occurred_at": "2026-01-02T10:00:00Z", "detected_at": "2026-01-01T10:00:00Z"}}, "content.detected_at"),
        ({"content": {"severity": "minor"}}, "content.severity"),
        ({"content": {"risk": RISK}}, "content.risk"),
        ({"content": {"reportable": {"decision": "no"}}}, "content.reportable"),
        ({"content": {"attachments": ["01980000-0000-7000-8000-000000000001"]}}, "content"),
        ({"team_id": "01980000-0000-7000-8000-000000000001"}, "team_id"),
        ({"title": " "}, "title"),
    ],
)
def test_a_bad_report_is_refused_by_its_field(firm: Company, storage: Storage, body: dict[str, Any], field: str) -> None:
    answer = firm.action_owner.post("report_event", **{"title": "Broken seal", "type": "deviation", **body}).refused(422)
    assert answer["field"].startswith(field)
    assert firm.action_owner.get("list_events").ok["items"] == []
    assert event(firm.action_owner)["number"].endswith("-0001"), "a refusal draws no number"


def test_qa_triages_and_the_risk_is_multiplied(firm: Company) -> None:
    made = event(firm.action_owner)
    given = {"severity": "major", "containment": "Held back", "classification": "Equipment", "risk": RISK, "disposition": "Quarantined"}
    due_on = str(datetime.now(UTC).date() + timedelta(30))
    done = triage(firm.qa, made, due_on=due_on, **given).ok["event"]
    assert (done["status"], done["risk_number"], done["due_on"]) == ("triaged", 60, due_on)
    assert {**done["content"], **given} == done["content"]
    [signature] = done["signatures"]
    assert (signature["meaning"], signature["person_id"], signature["valid"]) == ("triaged", firm.qa.id, True)
    asked = {"subject_kind": "event", "subject_id": made["id"], "meaning": "triaged", "arguments": given}
    again = firm.second_qa.post("start_signing", **asked).refused(409, "This event is triaged")
    assert "investigate" in again["open"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"severity": "huge"}, "severity"),
        ({"risk": {"severity": 11, "occurrence": 1, "detection": 1}}, "risk.severity"),
        ({"risk": {"severity": 1}}, "risk.occurrence"),
        ({"reportable": {"decision": "maybe"}}, "reportable.decision"),
        ({"containment": ""}, "containment"),
    ],
)
def test_a_bad_triage_is_refused_by_its_field(firm: Company, given: dict[str, Any], field: str) -> None:
    made = event(firm.action_owner)
    body = {"severity": "minor", "containment": "Held back", **given}
    asked = {"subject_kind": "event", "subject_id": made["id"], "meaning": "triaged", "arguments": body}
    assert firm.qa.post("start_signing", **asked).refused(422)["field"] == f"arguments.{field}"
    answer = firm.qa.post("triage_event", id=made["id"], challenge_id=made["id"], etag=made["etag"], **body)
    assert answer.refused(422)["field"] == field
    assert now(firm.qa, made)["status"] == "reported"


def test_a_triage_is_due_after_the_report(firm: Company) -> None:
    made = event(firm.action_owner)
    assert triage(firm.qa, made, due_on="2020-01-01").refused(422)["field"] == "due_on"
    assert now(firm.qa, made)["status"] == "reported"


def test_nobody_triages_what_they_reported_though_they_may_what_they_edited(firm: Company) -> None:
    made = event(firm.qa)
    asked = {
        "subject_kind": "event",
        "subject_id": made["id"],
        "meaning": "triaged",
        "arguments": {"severity": "minor", "containment": "x"},
    }
    firm.qa.post("start_signing", **asked).refused(403, "reported this yourself")
    edited = firm.second_qa.post("edit_record", id=made["id"], content={"place": "Line 2"}, etag=made["etag"]).ok["event"]
    assert triage(firm.second_qa, edited).ok["event"]["status"] == "triaged"


def test_an_event_is_worked_on_until_it_is_closed(firm: Company) -> None:
    made = triaged_event(firm.action_owner, firm.qa, product="Ampoule")
    change = {"content": {"correction": "Sealed again", "product": None}, "title": "Broken seals"}
    edited = firm.action_owner.post("edit_record", id=made["id"], etag=made["etag"], **change).ok["event"]
    assert (edited["title"], edited["content"]["correction"], "product" in edited["content"]) == ("Broken seals", "Sealed again", False)
    firm.action_owner.post("edit_record", id=made["id"], etag=made["etag"], **change).refused(412)
    firm.action_owner.post("edit_record", id=made["id"], **change).refused(428)
    firm.action_owner.post("edit_record", id=made["id"], etag=edited["etag"]).refused(422, "Nothing would change")
    judged = {
        "severity": "critical",
        "classification": "B",
        "risk": RISK,
        "reportable": {"decision": "no", "reason": "No harm"},
        "containment": "None",
    }
    for field, value in (*judged.items(), ("disposition", "Released")):
        answer = firm.qa.post("edit_record", id=made["id"], etag=edited["etag"], content={field: value}).refused(422, "QA's to judge")
        assert answer["field"] == f"content.{field}"
    entries = firm.qa.get("list_audit_trail", record_id=made["id"]).ok["items"]
    latest = next(entry for entry in entries if entry["step"] == "edit_record" and entry["table_name"] == "records")
    assert (latest["actor"], latest["new"]["title"]) == (f"person:{firm.action_owner.id}", "Broken seals")


YES = {"decision": "yes", "rule": "mdr_serious_incident", "aware_on": "2030-01-16"}


@pytest.mark.clause("11.200(a)(1)")
def test_the_judgement_moves_by_a_signed_reclassification_only(firm: Company) -> None:
    made = triaged_event(firm.action_owner, firm.qa, type="complaint")
    done = signed(firm.qa, "reclassify_event", "reclassified", made, severity="critical", risk=RISK).ok["event"]
    assert (done["content"]["severity"], done["risk_number"], done["content"]["containment"]) == ("critical", 60, "Held back")
    signature = done["signatures"][-1]
    assert (signature["meaning"], signature["reason"], signature["valid"]) == ("reclassified", "On second thoughts", True)
    assert signature["printed_name"] == firm.qa.get("get_me").ok["name"]
    decided = signed(firm.second_qa, "reclassify_event", "reclassified", made, reportable=YES)
    assert decided.ok["event"]["content"]["reportable"] == {**YES, "deadline": "2030-01-31"}
    signed(firm.qa, "reclassify_event", "reclassified", made).refused(422, "judged anew")
    challenge = {"id": made["id"], "challenge_id": signature["challenge_id"], "severity": "minor", "reason": "Again"}
    assert firm.qa.post("reclassify_event", etag=now(firm.qa, made)["etag"], **challenge).status in {401, 404, 409}, "used up"
    given = {"containment": "Line stopped", "disposition": "Destroyed"}
    assert given.items() <= signed(firm.qa, "reclassify_event", "reclassified", made, **given).ok["event"]["content"].items()
    reported = event(firm.action_owner)
    asked = {"subject_kind": "event", "subject_id": reported["id"], "meaning": "reclassified"}
    firm.qa.post("start_signing", **asked).refused(409, "must be triaged or under investigation")


def test_the_reporter_says_what_was_done_at_once_until_qa_has_triaged(firm: Company) -> None:
    made = event(firm.action_owner, containment="Line stopped")
    body = {"id": made["id"], "content": {"containment": "Line stopped, batch held", "disposition": "Quarantined"}}
    edited = firm.action_owner.post("edit_record", etag=made["etag"], **body).ok["event"]
    assert body["content"].items() <= edited["content"].items()
    judged = {"severity": "minor", "containment": "Batch held"}
    done = triage(firm.qa, edited, **judged).ok["event"]
    assert (done["content"]["containment"], done["content"]["disposition"]) == ("Batch held", "Quarantined")
    firm.action_owner.post("edit_record", etag=done["etag"], **body).refused(422, "reclassify_event")


def test_what_was_signed_is_what_was_seen(firm: Company) -> None:
    made = triaged_event(firm.action_owner, firm.qa)
    ask = {"subject_kind": "event", "subject_id": made["id"], "meaning": "reclassified"}
    challenge = firm.qa.post("start_signing", **ask, arguments={"severity": "major", "reason": "Worse"}).ok
    edited = firm.action_owner.post("edit_record", id=made["id"], etag=made["etag"], content={"place": "Line 2"}).ok["event"]
    body = {"id": made["id"], "challenge_id": challenge["challenge_id"], "severity": "major", "reason": "Worse", "etag": edited["etag"]}
    late = firm.product.post("reclassify_event", firm.qa.fresh_token(), firm.id, **body)
    assert late.status in {401, 409}, late.body
    assert now(firm.qa, made)["content"]["severity"] == "minor"


@pytest.mark.parametrize("status", ["reported", "triaged"])
def test_qa_cancels_what_was_no_event(firm: Company, status: str) -> None:
    made = event(firm.action_owner) if status == "reported" else triaged_event(firm.action_owner, firm.qa)
    done = signed(firm.qa, "cancel_event", "cancelled", made).ok["event"]
    assert (done["status"], done["signatures"][-1]["meaning"], done["closed_at"] is not None) == ("cancelled", "cancelled", True)
    firm.action_owner.post("edit_record", id=made["id"], etag=done["etag"], content={"place": "x"}).refused(409, "This event is cancelled")
    firm.qa.post("start_signing", subject_kind="event", subject_id=made["id"], meaning="reopened").refused(409, "cancelled")


@pytest.mark.clause("11.10(g)")
def test_nobody_cancels_what_they_reported_or_worked_on(firm: Company) -> None:
    own, others = event(firm.qa), event(firm.action_owner)
    firm.qa.post("edit_record", id=others["id"], etag=others["etag"], content={"quantity": "3"}).ok
    for made in (own, others):
        ask = {"subject_kind": "event", "subject_id": made["id"], "meaning": "cancelled"}
        firm.qa.post("start_signing", **ask).refused(403, "somebody else must decide")
        body = {"id": made["id"], "challenge_id": made["id"], "reason": "Mine", "etag": now(firm.qa, made)["etag"]}
        firm.qa.post("cancel_event", **body).refused(403, "You reported this or worked on it yourself")
        shown = step(now(firm.qa, made), "cancel")
        assert (shown["open"], "somebody else" in shown["why_not"]) == (False, True)
        assert signed(firm.second_qa, "cancel_event", "cancelled", made).ok["event"]["status"] == "cancelled"


def test_events_that_recur_are_found(firm: Company) -> None:
    owner, qa = firm.action_owner, firm.qa
    first = event(owner, place="Line 1", product="Ampoule")
    same_place = event(owner, place="Line 1", product="Vial")
    same_product = event(owner, place="Line 2", product="Ampoule")
    event(owner, place="Line 3", product="Syringe")
    event(owner, type="complaint", place="Line 1", product="Ampoule")
    cancelled = event(owner, place="Line 1", product="Ampoule")
    signed(qa, "cancel_event", "cancelled", cancelled).ok
    found = now(owner, first)["recurring"]
    assert [one["id"] for one in found] == [same_product["id"], same_place["id"]]
    without = owner.post("report_event", title="Nothing known", type="deviation").ok["event"]
    assert without["recurring"] == []
    listed = owner.get("list_events", type="Deviation", place="Line 1", product="Ampoule").ok["items"]
    assert [one["id"] for one in listed] == [cancelled["id"], first["id"]]


def test_events_are_listed_by_what_they_are(firm: Company) -> None:
    owner, qa, inspector = firm.action_owner, firm.qa, firm.inspector
    team = firm.admin.post("create_team", name="Filling").ok["team"]
    first = event(owner)
    second = triaged_event(owner, qa, severity="critical", type="complaint")
    third = owner.post("report_event", title="Near miss", type="near miss", team_id=team["id"]).ok["event"]
    for query, found in (
        ({}, [third, second, first]),
        ({"status": "reported"}, [third, first]),
        ({"severity": "critical"}, [second]),
        ({"type": "complaint"}, [second]),
        ({"team_id": team["id"]}, [third]),
        ({"status": "closed"}, []),
        ({"place": "Line 9"}, []),
        ({"status": "triaged", "type": "complaint", "severity": "critical", "place": "Line 1"}, [second]),
    ):
        assert [one["id"] for one in inspector.get("list_events", **query).ok["items"]] == [one["id"] for one in found], query
    page = owner.get("list_events", limit=2).ok
    rest = owner.get("list_events", limit=2, cursor=page["next_cursor"]).ok
    assert [one["id"] for one in (*page["items"], *rest["items"])] == [third["id"], second["id"], first["id"]]
    for query in ({"type": "disaster"}, {"status": "open"}, {"severity": "huge"}):
        owner.get("list_events", **query).refused(422)


@pytest.mark.clause("11.10(d)")
def test_an_operator_neither_sees_nor_moves_events(firm: Company) -> None:
    made = event(firm.action_owner)
    operator, inspector = firm.operator, firm.inspector
    for by in (operator, inspector):
        by.post("report_event", title="Mine", type="deviation").refused(403)
        by.post("edit_record", id=made["id"], etag=made["etag"], content={"place": "x"}).refused(403)
        by.post("open_investigation", event_ids=[made["id"]]).refused(403)
        by.post("propose_change", reason="Done", items=[{"record_id": made["id"]}]).refused(403)
    for by in (operator, inspector, firm.action_owner):
        judged = {"severity": "minor", "containment": "x", "challenge_id": made["id"]}
        by.post("triage_event", id=made["id"], etag=made["etag"], **judged).refused(403, "QA")
        for function in ("reclassify_event", "cancel_event", "reopen_event"):
            by.post(function, id=made["id"], challenge_id=made["id"], reason="x", etag=made["etag"]).refused(403, "QA")
    operator.get("get_event", id=made["id"]).refused(403)
    operator.get("list_events").refused(403)
    operator.get("get_document", id=made["id"]).refused(404)
    assert inspector.get("get_event", id=made["id"]).ok["number"] == made["number"]


def test_an_event_is_no_other_kind(firm: Company) -> None:
    made = event(firm.action_owner)
    firm.qa.get("get_investigation", id=made["id"]).refused(404, "There is no such investigation")
    firm.qa.get("get_document", id=made["id"]).refused(404, "There is no such document")
    firm.qa.post("recall_document", id=made["id"], challenge_id=made["id"], reason="x", etag=made["etag"]).refused(404)


def test_of_two_who_edit_at_once_one_wins(product: Product, firm: Company) -> None:
    made = event(firm.action_owner)
    body = {"id": made["id"], "etag": made["etag"], "content": {"place": "Line 2"}}
    calls = [lambda own, by=by: own.post("edit_record", by.token, firm.id, **body) for by in (firm.action_owner, firm.qa, firm.second_qa)]
    assert sorted(one.status for one in at_once(product, *calls)) == [200, 412, 412]
