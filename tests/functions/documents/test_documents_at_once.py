"""Several people on the same documents at once: one wins, and nothing is done twice."""

from __future__ import annotations

from operator import methodcaller
from typing import Any

from tests.builders import (
    Company,
    at_once,
    document,
    effective_document,
    proposed,
    submitted,
)
from tests.functions.documents.builders import firm
from tests.product import Product

__all__ = ["firm"]


def test_one_change_in_approval_for_each_record(firm: Company) -> None:
    record = effective_document(firm.action_owner, firm.qa)
    first = submitted(firm.action_owner, proposed(firm.action_owner, record))["change"]
    second = proposed(firm.qa, record)
    firm.qa.post("submit_change", change_id=second["id"], etag=second["etag"]).refused(409, "in approval already", first["number"])
    firm.action_owner.post("withdraw_change", change_id=first["id"], etag=first["etag"]).ok
    firm.qa.post("submit_change", change_id=second["id"], etag=second["etag"]).ok


def test_two_changes_of_one_record_submitted_at_once_are_one_in_approval(product: Product, firm: Company) -> None:
    record = effective_document(firm.action_owner, firm.qa)
    people = (firm.action_owner, firm.qa, firm.second_qa)
    drafts = [(one, proposed(one, record)) for one in people]
    calls = [lambda own, by=by, c=c: own.post("submit_change", by.token, firm.id, change_id=c["id"], etag=c["etag"]) for by, c in drafts]
    assert sorted(one.status for one in at_once(product, *calls)) == [200, 409, 409]


def test_of_an_approval_a_rejection_and_a_withdrawal_at_once_one_wins(product: Product, firm: Company) -> None:
    made = document(firm.action_owner)
    asked = submitted(firm.action_owner, made["change"])
    request = asked["approval_request"]
    signing: list[tuple[str, str, str, dict[str, Any]]] = []
    for by, function, meaning in ((firm.qa, "approve_request", "approved"), (firm.second_qa, "reject_request", "rejected")):
        challenge = by.start("approval_request", request["id"], meaning, **({"reason": "No"} if meaning == "rejected" else {}))
        body = {"approval_request_id": request["id"], "challenge_id": challenge, "etag": request["etag"]}
        signing.append((function, by.fresh_token(), firm.id, body | ({"reason": "No"} if meaning == "rejected" else {})))
    calls = [methodcaller("post", function, token, of, **body) for function, token, of, body in signing]
    taken_back = {"change_id": made["change"]["id"], "etag": asked["change"]["etag"]}
    calls.append(methodcaller("post", "withdraw_change", firm.action_owner.token, firm.id, **taken_back))
    answers = at_once(product, *calls)
    assert sum(one.status == 200 for one in answers) == 1, [one.body for one in answers]
    assert all(one.status in {200, 403, 409, 412} for one in answers)
    change = firm.qa.get("get_change", id=made["change"]["id"]).ok
    decided = {"applied": "approved", "draft": change["approval_request"]["status"]}[change["status"]]
    assert change["approval_request"]["status"] == decided != "open"
    assert len(change["signatures"]) == (0 if decided == "withdrawn" else 1)
    assert firm.qa.get("verify_audit_trail").ok["intact"]


def test_two_approvers_at_once_make_one_version(product: Product, firm: Company) -> None:
    made = document(firm.action_owner)
    request = submitted(firm.action_owner, made["change"])["approval_request"]
    calls = []
    for by in (firm.qa, firm.second_qa):
        challenge = by.post("start_signing", subject_kind="approval_request", subject_id=request["id"], meaning="approved").ok[
            "challenge_id"
        ]
        body, fresh = {"approval_request_id": request["id"], "challenge_id": challenge, "etag": request["etag"]}, by.fresh_token()
        calls.append(lambda own, token=fresh, body=body: own.post("approve_request", token, firm.id, **body))
    answers = at_once(product, *calls)
    assert min(one.status for one in answers) == 200
    assert max(one.status for one in answers) in {409, 412}
    history = firm.qa.get("get_record_history", id=made["record"]["id"]).ok
    assert [one["version"] for one in history["versions"]] == [1]
    assert len(history["signatures"]) == 1
