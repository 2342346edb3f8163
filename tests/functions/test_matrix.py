"""The matrix of roles and functions: every pair is really called (21 CFR 11.10(d), (g)).

The table below is written from the domain's own words about people and endpoints, not from the code; a function without a row fails.
"""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from infra import register
from tests.builders import Colleague
from tests.functions.samples import DOORS, sample
from tests.product import Answer, Product
from tests.storage import Storage

PEOPLE = ("no token", "non-member", "deactivated", "admin only", "operator", "action_owner", "qa", "inspector", "expired inspector")
# Who gets past the role: by the letters of `WHO`. A person with a sign-in is enough for what belongs to no organisation.
WHO = {"a": "admin only", "o": "operator", "w": "action_owner", "q": "qa", "i": "inspector"}
EVERYBODY = "anyone signed in"
MAY = {
    # organisations: admins invite, deactivate, set roles, create teams, edit settings; members read who is who
    "get_me": EVERYBODY,
    "update_me": EVERYBODY,
    "create_organisation": EVERYBODY,
    "accept_invitation": EVERYBODY,
    "accept_signing_policy": "aowqi",
    "get_organisation": "aowqi",
    "list_teams": "aowqi",
    "list_members": "aowqi",
    "update_organisation": "a",
    "create_team": "a",
    "add_team_member": "a",
    "remove_team_member": "a",
    "invite_member": "a",
    "list_invitations": "a",
    "revoke_invitation": "a",
    "set_member_role": "a",
    "change_printed_name": "a",
    "deactivate_member": "a",
    "erase_person": "a",
    # files: who writes uploads, who reads downloads
    "start_upload": "wq",
    "finish_upload": "wq",
    "download_file": "owqi",
    # documents: an operator sees what is in force; QA recalls and suspends
    "create_document": "wq",
    "list_documents": "owqi",
    "get_document": "owqi",
    "recall_document": "q",
    "suspend_document": "q",
    # events: an action owner reports, QA judges, everybody of the staff reads
    "report_event": "wq",
    "triage_event": "q",
    "reclassify_event": "q",
    "cancel_event": "q",
    "reopen_event": "q",
    "get_event": "wqi",
    "list_events": "wqi",
    "edit_record": "wq",
    # investigations: an action owner opens, QA cancels and reopens
    "open_investigation": "wq",
    "cancel_investigation": "q",
    "reopen_investigation": "q",
    "list_investigations": "wqi",
    "get_investigation": "wqi",
    # CAPA plans: an action owner plans and does, QA verifies; whoever owes something may ask for more time
    "create_capa_plan": "wq",
    "list_capa_plans": "wqi",
    "get_capa_plan": "wqi",
    "get_action": "wqi",
    "complete_action": "wq",
    "verify_action": "q",
    "return_action": "q",
    "request_extension": "owq",
    "decide_extension": "q",
    "verify_capa_plan": "q",
    "mark_capa_plan_ineffective": "q",
    # trainings: an action owner writes, QA assigns and waives, everybody with a role but the inspector learns, staff see who is trained
    "create_training": "wq",
    "list_trainings": "owqi",
    "get_training": "owqi",
    "assign_training": "q",
    "list_assignments": "owqi",
    "get_assignment": "owqi",
    "start_quiz": "owq",
    "answer_quiz": "owq",
    "complete_training": "owq",
    "assess_training": "owq",
    "waive_training": "q",
    "reassign_training": "q",
    "get_training_matrix": "wqi",
    # records of every kind
    "link_records": "wq",
    "unlink_records": "wq",
    "search_records": "owqi",
    "get_dashboard": "owqi",
    "export_record": "wqi",
    "add_comment": "wq",
    "resolve_comment": "wq",
    "review_audit_trail": "q",
    # changes: an action owner proposes, edits, submits, withdraws; an inspector reads
    "propose_change": "wq",
    "edit_change": "wq",
    "submit_change": "wq",
    "withdraw_change": "wq",
    "discard_change": "wq",
    "get_change": "wqi",
    "list_changes": "wqi",
    # approvals: QA decides; everybody who ever signs anything may start to sign, an inspector never does
    "list_approval_requests": "wqi",
    "get_approval_request": "wqi",
    "start_signing": "aowq",
    "approve_request": "q",
    "reject_request": "q",
    # records and the trail: an action owner sees every record, an inspector its history and the trail; an admin may have the trail verified
    "get_record_history": "wqi",
    "compare_versions": "wqi",
    "add_note": "wq",
    "reassign_record": "wq",
    "list_audit_trail": "wqi",
    "verify_audit_trail": "awqi",
}
HTTP = [function.name for function in register.read() if function.trigger == "http"]
NEVER = {"no token": 401, "non-member": 404, "deactivated": 404, "expired inspector": 404}


def call(product: Product, function: str, by: Colleague | None, organisation: str, data: bytes | None = None) -> Answer:
    """The function with ids that nobody has, as `by`."""
    door = DOORS[function]
    headers = {"X-Organisation": organisation} | ({"Authorization": f"Bearer {by.token}"} if by else {})
    if door.method == "GET":
        return product.send(function, "GET", headers=headers, query=sample(door))
    sent = json.dumps(sample(door)).encode() if data is None else data
    return product.send(function, "POST", headers={**headers, "Content-Type": "application/json"}, data=sent)


def past_the_role(answer: Answer) -> bool:
    """Whether token, membership and role let the call through to the function itself."""
    assert answer.status < 500, answer.body
    if answer.status == 401:
        return False
    if answer.status == 404 and "aren't a member" in answer["detail"]:
        return False
    return not (answer.status == 403 and "needed" in answer.body)


@pytest.mark.clause("11.10(g)")
def test_every_function_of_the_register_has_a_row() -> None:
    assert set(MAY) == set(HTTP)
    assert set(DOORS) == set(HTTP)


@pytest.mark.clause("11.10(d)")
@pytest.mark.clause("11.10(g)")
@pytest.mark.parametrize("function", HTTP)
def test_only_those_who_may_get_past_the_role(
    product: Product, everyone: dict[str, Colleague | None], function: str, storage: Storage
) -> None:
    may = MAY[function]
    admin = everyone["admin only"]
    assert admin is not None
    for name in PEOPLE:
        answer = call(product, function, everyone[name], admin.organisation)
        if name == "no token":
            answer.refused(401)
            continue
        allowed = may == EVERYBODY or name in {WHO[letter] for letter in may}
        assert past_the_role(answer) is allowed, f"{name} calls {function}: {answer.status} {answer.body}"
        if allowed:
            continue
        answer.refused(NEVER.get(name, 403))
        if answer.status == 403:
            assert answer["needed"], "a refusal by role names what is needed"
            assert answer["detail"].endswith(f"needs {DOORS[function].who.words}.")


@pytest.mark.clause("11.10(d)")
@pytest.mark.parametrize("function", [name for name in HTTP if MAY[name] != EVERYBODY and DOORS[name].method == "POST"])
def test_a_refusal_comes_before_the_body_is_judged(product: Product, everyone: dict[str, Colleague | None], function: str) -> None:
    admin = everyone["admin only"]
    assert admin is not None
    for name in PEOPLE:
        allowed = name in {WHO[letter] for letter in MAY[function]}
        if not allowed:
            answer = call(product, function, everyone[name], admin.organisation, b'{"nothing": "like it"}')
            answer.refused(NEVER.get(name, 403))


def test_a_role_counts_from_the_next_request(product: Product, everyone: dict[str, Colleague | None]) -> None:
    admin, operator = everyone["admin only"], everyone["operator"]
    assert admin is not None
    assert operator is not None
    body = {"person_id": operator.id, "admin": False}
    operator.post("propose_change", reason="Why", items=[{"record_id": str(uuid4())}]).refused(403, "an Action Owner or QA")
    admin.post("set_member_role", role="action_owner", **body).ok
    operator.post("propose_change", reason="Why", items=[{"record_id": str(uuid4())}]).refused(422)
    admin.post("set_member_role", role="operator", **body).ok
    operator.post("propose_change", reason="Why", items=[{"record_id": str(uuid4())}]).refused(403)
