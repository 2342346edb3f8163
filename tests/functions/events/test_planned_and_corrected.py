"""A planned deviation is permitted before it begins and ends on its day; a wrong type is corrected under the same number."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.builders import Company, approve, carried_out, event, investigation, proposed, submitted, triage, triaged_event
from tests.functions.events.builders import firm, now, signed, step
from tests.product import Product

__all__ = ["firm"]

REPORTABLE = {"decision": "yes", "rule": "mdr_serious_incident", "aware_on": "2026-01-02"}


def in_days(days: int) -> str:
    """A day from today on."""
    return str(datetime.now(UTC).date() + timedelta(days=days))


def planned(firm: Company, **content: object) -> dict[str, Any]:
    """A planned deviation of next week."""
    days = {"begins_on": in_days(2), "ends_on": in_days(9)}
    return event(firm.action_owner, "Other filter", "planned_deviation", **{**days, **content})


def test_a_planned_deviation_is_permitted_by_a_change_and_closed_by_another(firm: Company) -> None:
    made = planned(firm)
    steps = {one["step"] for one in made["open_steps"]}
    assert "permit" in steps
    assert "triage" not in steps, "nobody triages what is planned"
    asked = {
        "subject_kind": "event",
        "subject_id": made["id"],
        "meaning": "triaged",
        "arguments": {"severity": "minor", "containment": "x"},
    }
    firm.qa.post("start_signing", **asked).refused(409, "isn't triaged")
    carried_out(firm.action_owner, firm.qa, made, "permit")
    shown = now(firm.qa, made)
    assert (shown["status"], shown["version"], shown["due_on"]) == ("permitted", 1, in_days(9))
    [mine] = [one for one in firm.action_owner.get("get_worklist").ok["items"] if one["subject"]["id"] == made["id"]]
    assert (mine["what"], mine["due_on"]) == ("close_event", in_days(9))
    firm.action_owner.post("edit_record", id=made["id"], content={"ends_on": in_days(90)}, etag=shown["etag"]).refused(409)
    carried_out(firm.action_owner, firm.qa, made, "close")
    assert now(firm.qa, made)["status"] == "closed"


@pytest.mark.parametrize(
    ("content", "words"),
    [({"begins_on": None}, "begins_on"), ({"ends_on": None}, "ends_on"), ({"begins_on": in_days(-3)}, "before it begins")],
)
def test_what_has_no_end_or_has_begun_isnt_permitted(firm: Company, content: dict[str, object], words: str) -> None:
    made = planned(firm, **content)
    change = proposed(firm.action_owner, made, step="permit")
    firm.action_owner.post("submit_change", change_id=change["id"], etag=change["etag"]).refused(409, words)


def test_other_events_arent_permitted_beforehand(firm: Company) -> None:
    made = event(firm.action_owner)
    assert "permit" not in {one["step"] for one in made["open_steps"]}
    items = [{"record_id": made["id"], "step": "permit"}]
    firm.action_owner.post("propose_change", reason="Why", items=items).refused(409, "Only a planned deviation")


@pytest.mark.clause("11.10(e)")
def test_qa_corrects_a_wrong_type_by_a_signature_and_the_number_stays(firm: Company) -> None:
    made = triaged_event(firm.action_owner, firm.qa)
    done = signed(firm.qa, "correct_event_type", "corrected", made, type="complaint").ok["event"]
    assert (done["type"], done["number"], done["status"], done["content"]) == ("complaint", made["number"], "triaged", made["content"])
    last = done["signatures"][-1]
    assert (last["meaning"], last["valid"], last["arguments"]["type"]) == ("corrected", True, "complaint")
    assert signed(firm.qa, "correct_event_type", "corrected", made, type="complaint").refused(422)["field"] == "type"
    late = signed(firm.qa, "correct_event_type", "corrected", made, type="planned_deviation")
    assert late.refused(422, "triaged already")["field"] == "type"
    assert step(now(firm.action_owner, made), "correct_type")["closed_by"] == "role"


def test_what_was_reported_as_planned_by_mistake_is_corrected_and_triaged(firm: Company) -> None:
    made = planned(firm)
    done = signed(firm.qa, "correct_event_type", "corrected", made, type="deviation").ok["event"]
    assert triage(firm.second_qa, done).ok["event"]["status"] == "triaged"


@pytest.mark.clause("MDR 87")
def test_the_deadline_is_computed_and_the_signature_covers_it(firm: Company) -> None:
    made = event(firm.action_owner, type="complaint")
    done = triage(firm.qa, made, severity="critical", reportable=REPORTABLE).ok["event"]
    assert done["content"]["reportable"] == {**REPORTABLE, "deadline": "2026-01-17"}
    assert done["signatures"][-1]["arguments"]["reportable"]["deadline"] == "2026-01-17"
    half = {"decision": "yes", "rule": "mdr_serious_incident"}
    asked = {"subject_kind": "event", "subject_id": made["id"], "meaning": "reclassified"}
    told = {"reason": "Seen anew", "reportable": half}
    assert firm.qa.post("start_signing", **asked, arguments=told).refused(422)["field"] == "arguments.reportable.aware_on"


def test_an_event_is_due_within_the_days_of_its_type_and_severity_unless_qa_says_when(firm: Company) -> None:
    found = event(firm.action_owner, type="audit_finding")
    assert triage(firm.qa, found, severity="major").ok["event"]["due_on"] == in_days(60)
    other = event(firm.action_owner)
    assert triage(firm.qa, other, due_on=in_days(5)).ok["event"]["due_on"] == in_days(5)


def test_one_change_concludes_an_investigation_and_closes_its_event(product: Product, firm: Company) -> None:
    owner, qa = firm.action_owner, firm.second_qa
    made = triaged_event(owner, firm.qa, severity="major")
    found = investigation(owner, made)
    items = [{"record_id": made["id"], "step": "close"}, {"record_id": found["id"], "step": "conclude"}]
    change = owner.post("propose_change", reason="All is known", items=items).ok["change"]
    approve(qa, submitted(owner, change)["approval_request"]).ok
    assert now(qa, made)["status"] == "closed"
    assert qa.get("get_investigation", id=found["id"]).ok["status"] == "concluded"


def test_an_investigation_on_which_an_event_was_closed_is_reopened_after_the_event(firm: Company) -> None:
    owner, qa = firm.action_owner, firm.second_qa
    made = triaged_event(owner, firm.qa, severity="major")
    found = investigation(owner, made)
    carried_out(owner, qa, found, "conclude")
    carried_out(owner, qa, made, "close")
    shown = qa.get("get_investigation", id=found["id"]).ok.body
    assert made["number"] in step(shown, "reopen")["why_not"]
    asked = {"subject_kind": "investigation", "subject_id": found["id"], "meaning": "reopened", "arguments": {"reason": "Doubts"}}
    qa.post("start_signing", **asked).refused(409, made["number"], "reopen that first")
    signed(qa, "reopen_event", "reopened", made).ok
    qa.post("start_signing", **asked).ok
