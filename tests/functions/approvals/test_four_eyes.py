"""Who may decide: four eyes by person and never by role, several signatures, named approvers and their delegates."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.builders import Colleague, Company, approve, company, document, mails, reject, submitted
from tests.product import Product


@pytest.fixture
def firm(product: Product) -> Company:
    """A company with two QA and an author."""
    return company(product, "action_owner", "qa", "second_qa")


def asked(author: Colleague, title: str = "Cleaning", **more: object) -> dict[str, Any]:
    """An open approval request; `approver_ids` as at submission."""
    change = document(author, title)["change"]
    return dict(author.post("submit_change", change_id=change["id"], etag=change["etag"], **more).ok["approval_request"])


def policy(firm: Company, **rules: object) -> None:
    """The organisation's approval policy for documents."""
    firm.admin.post("update_organisation", approval_policy={"document": rules}).ok


def current(by: Colleague, request: dict[str, Any]) -> dict[str, Any]:
    """The request as it is now."""
    return dict(by.get("get_approval_request", id=request["id"]).ok.body)


def test_nobody_approves_their_own_change(firm: Company) -> None:
    request = asked(firm.qa)
    approve_or_start = firm.qa.post("start_signing", subject_kind="approval_request", subject_id=request["id"], meaning="approved")
    approve_or_start.refused(403, "You wrote, edited or submitted part of this")
    body = {"approval_request_id": request["id"], "challenge_id": request["id"], "etag": request["etag"]}
    firm.qa.post("approve_request", **body).refused(403, "somebody else must decide")
    firm.qa.post("reject_request", **body, reason="No").refused(403, "somebody else must decide")
    assert approve(firm.second_qa, request).ok["change"]["status"] == "applied"


def test_an_author_who_became_qa_still_cant_approve(firm: Company) -> None:
    request = asked(firm.action_owner)
    firm.admin.post("set_member_role", person_id=firm.action_owner.id, role="qa").ok
    firm.action_owner.post("start_signing", subject_kind="approval_request", subject_id=request["id"], meaning="approved").refused(403)
    approve(firm.qa, request).ok


def test_whoever_edited_once_is_an_author_for_ever(firm: Company) -> None:
    change = document(firm.action_owner)["change"]
    first = submitted(firm.action_owner, change)
    back = reject(firm.qa, first["approval_request"]).ok["change"]
    firm.qa.post("edit_change", change_id=change["id"], reason="Mine", etag=back["etag"]).refused(403, "Only the authors")
    firm.admin.post("deactivate_member", person_id=firm.action_owner.id, successor_id=firm.qa.id).ok
    change = firm.qa.get("get_change", id=change["id"]).ok.body
    again = firm.qa.post("submit_change", change_id=change["id"], etag=change["etag"]).ok["approval_request"]
    firm.qa.post("start_signing", subject_kind="approval_request", subject_id=again["id"], meaning="approved").refused(403)
    approve(firm.second_qa, again).ok


def test_submitting_is_refused_where_nobody_eligible_can_approve(product: Product) -> None:
    firm = company(product, "action_owner", "qa")
    change = document(firm.qa)["change"]
    shown = {step["step"]: step for step in change["open_steps"]}
    assert shown["submit"]["open"] is False
    assert "Nobody eligible can approve" in shown["submit"]["why_not"], "the screen says it before"
    firm.qa.post("submit_change", change_id=change["id"], etag=change["etag"]).refused(409, "Nobody eligible can approve")


def test_two_required_signatures_are_two_people(product: Product, firm: Company) -> None:
    policy(firm, signatures=2)
    request = asked(firm.action_owner)
    first = approve(firm.qa, request).ok
    assert (first["approval_request"]["status"], first["change"]["status"]) == ("open", "in_approval")
    assert first["records"][0]["status"] == "draft"
    request = current(firm.qa, request)
    firm.qa.post("start_signing", subject_kind="approval_request", subject_id=request["id"], meaning="approved").refused(
        403, "signed this round already"
    )
    last = approve(firm.second_qa, request).ok
    assert (last["approval_request"]["status"], last["change"]["status"]) == ("approved", "applied")
    assert last["records"][0]["status"] == "effective"
    assert [one["person_id"] for one in last["change"]["signatures"]] == [firm.qa.id, firm.second_qa.id]
    shown = firm.action_owner.get("get_document", id=last["records"][0]["id"]).ok["signatures"]
    assert [(one["meaning"], one["valid"]) for one in shown] == [("approved", True), ("approved", True)]


def test_the_policy_is_frozen_at_submission(firm: Company) -> None:
    policy(firm, signatures=2)
    request = asked(firm.action_owner)
    policy(firm, signatures=1)
    assert approve(firm.qa, request).ok["change"]["status"] == "in_approval"


def test_a_rejection_needs_one_signature_only(firm: Company) -> None:
    policy(firm, signatures=2)
    request = asked(firm.action_owner)
    approve(firm.qa, request).ok
    done = reject(firm.second_qa, current(firm.second_qa, request), "Not so").ok
    assert (done["change"]["status"], done["approval_request"]["cause"]) == ("draft", "Not so")


def test_a_named_approver_is_waited_for(firm: Company) -> None:
    request = asked(firm.action_owner, approver_ids=[firm.second_qa.id])
    firm.qa.post("start_signing", subject_kind="approval_request", subject_id=request["id"], meaning="approved").refused(
        409, "named approvers"
    )
    assert approve(firm.second_qa, request).ok["change"]["status"] == "applied"


def test_only_eligible_qa_can_be_named(firm: Company) -> None:
    made = document(firm.qa)["change"]
    for person in (firm.action_owner, firm.qa, firm.admin):
        answer = firm.qa.post("submit_change", change_id=made["id"], approver_ids=[person.id], etag=made["etag"]).refused(422)
        assert answer["field"] == "approver_ids.0"


@pytest.mark.parametrize(("starts", "ends", "may"), [(-1, 1, True), (0, 0, True), (-3, -2, False), (2, 3, False)])
def test_a_delegate_signs_in_their_own_name_within_the_window(firm: Company, starts: int, ends: int, may: bool) -> None:
    today = datetime.now(ZoneInfo("Europe/Brussels")).date()
    window = {"starts_on": str(today + timedelta(starts)), "ends_on": str(today + timedelta(ends))}
    policy(firm, approver_ids=[firm.qa.id], delegates=[{"approver_id": firm.qa.id, "delegate_id": firm.second_qa.id, **window}])
    request = asked(firm.action_owner)
    if not may:
        ask = {"subject_kind": "approval_request", "subject_id": request["id"], "meaning": "approved"}
        firm.second_qa.post("start_signing", **ask).refused(409, "named approvers")
        return
    begun = firm.second_qa.post("start_signing", subject_kind="approval_request", subject_id=request["id"], meaning="approved").ok
    assert f"on behalf of {firm.qa.get('get_me').ok['name']}" in begun["signs"][0]["in_words"]
    signature = approve(firm.second_qa, request).ok["signature"]
    assert (signature["person_id"], signature["on_behalf_of"]) == (firm.second_qa.id, firm.qa.id)
    assert signature["printed_name"] == firm.second_qa.get("get_me").ok["name"]


def test_a_delegate_who_wrote_it_doesnt_count(firm: Company) -> None:
    today = datetime.now(ZoneInfo("Europe/Brussels")).date()
    window = {"starts_on": str(today), "ends_on": str(today)}
    policy(firm, approver_ids=[firm.qa.id], delegates=[{"approver_id": firm.qa.id, "delegate_id": firm.second_qa.id, **window}])
    request = asked(firm.second_qa)
    firm.second_qa.post("start_signing", subject_kind="approval_request", subject_id=request["id"], meaning="approved").refused(403)
    assert approve(firm.qa, request).ok["signature"]["on_behalf_of"] is None


def test_those_who_may_sign_are_told_and_the_author_is_told_the_result(product: Product, firm: Company) -> None:
    request = asked(firm.action_owner)
    for told in (firm.qa, firm.second_qa):
        assert mails(product, told.email)[0][0] == "approval_requested"
    reject(firm.qa, request, "Say which vessels").ok
    template, facts = mails(product, firm.action_owner.email)[0]
    assert (template, facts["reason"]) == ("change_rejected", "Say which vessels")


def test_where_the_author_names_the_approver_it_is_mine_for_no_other_qa(firm: Company) -> None:
    change = firm.action_owner.post("create_document", title="Rinsing", type="SOP").ok["change"]
    named = firm.action_owner.post("submit_change", change_id=change["id"], approver_ids=[firm.qa.id], etag=change["etag"]).ok
    mine = firm.qa.get("list_approval_requests", mine=True).ok["items"]
    assert [one["id"] for one in mine] == [named["approval_request"]["id"]]
    assert firm.second_qa.get("list_approval_requests", mine=True).ok["items"] == []


def test_a_change_is_listed_as_mine_only_for_who_could_sign_it(firm: Company) -> None:
    request = asked(firm.qa)
    assert firm.qa.get("list_approval_requests", mine=True).ok["items"] == []
    assert [one["id"] for one in firm.second_qa.get("list_approval_requests", mine=True).ok["items"]] == [request["id"]]
    assert firm.action_owner.get("list_approval_requests", mine=True).ok["items"] == []
