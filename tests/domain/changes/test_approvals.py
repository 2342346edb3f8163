"""Deciding: submit, sign, approve, reject, lapse. A change is applied whole or not at all, and never by whoever wrote it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from shared.domain.changes import approvals, changes, rounds
from shared.domain.changes.proposals import Change, Item, Proposal, Request, Round
from shared.domain.kernel import canonical
from shared.domain.kernel.errors import Conflict, Forbidden, Invalid
from shared.domain.kernel.outcomes import Outcome
from shared.domain.kernel.workflow import Actor
from shared.domain.people.people import Role
from shared.domain.records.records import Record, Version
from shared.domain.signing.signatures import Signature
from tests.domain import cases
from tests.domain.cases import AT, AUTHOR, QUINN, RUTH, SAM, TODAY, approvers, delegation

SOP, WI = cases.effective("SOP-2026-0001"), cases.effective("WI-2026-0001", 4)
TOMORROW = TODAY + timedelta(days=1)
DAY = timedelta(days=1)


def approve(waits: Proposal, by: Any = QUINN, **now: Any) -> Outcome:
    """`by` signs to approve; `now` is what has altered since the signature was begun."""
    return approvals.approve(replace(waits, **now), cases.under(waits, by), by=by, at=AT)


def reject(waits: Proposal, signature: Signature, *, by: Actor, at: datetime) -> Outcome:
    """`by` signs to reject."""
    return approvals.reject(waits, signature, "Unclear", by=by, at=at)


def test_submitting_opens_a_request_with_the_frozen_policy_and_hash() -> None:
    draft = cases.proposal(policy=approvers(QUINN, RUTH, SAM, required=2, named=(RUTH,)))
    outcome = approvals.submit(draft, cases.organisation(approval_days=14), [SAM.person_id], by=AUTHOR, at=AT)
    request, frozen = cases.one(outcome, Request), cases.one(outcome, Round)
    assert (request.status, request.round, request.required) == ("open", 1, 2)
    assert request.approver_ids == (RUTH.person_id, SAM.person_id)
    assert (request.content_sha256, request.submitted_by) == (frozen.content_sha256, AUTHOR.person_id)
    assert request.expires_at == AT + 14 * DAY
    assert {type(row) for row in outcome.saves} == {Change, Item, Round, Request}


def test_requests_expire_after_thirty_days_unless_the_organisation_says_otherwise() -> None:
    assert approvals.request_of(cases.submitted(at=AT)).expires_at == AT + 30 * DAY
    assert approvals.request_of(cases.submitted(at=AT, approval_days=180)).expires_at == AT + 180 * DAY


def test_a_person_named_at_submission_who_could_not_sign_is_refused() -> None:
    with pytest.raises(Invalid):
        approvals.submit(cases.proposal(), cases.organisation(), [AUTHOR.person_id], by=AUTHOR, at=AT)
    everybody = [member.person_id for member in (QUINN, RUTH, SAM)]
    draft = cases.proposal(policy=approvers(QUINN, RUTH, SAM))
    assert cases.one(approvals.submit(draft, cases.organisation(), everybody, by=AUTHOR, at=AT), Request).required == 3


@pytest.mark.parametrize(
    ("policy", "told"),
    [
        (approvers(QUINN, RUTH, SAM), {QUINN, RUTH, SAM}),
        (approvers(QUINN, RUTH, SAM, named=(RUTH,)), {RUTH}),
        (approvers(QUINN, RUTH, SAM, required=2, named=(RUTH,)), {QUINN, RUTH, SAM}),
        (approvers(QUINN, SAM, named=(RUTH,), delegations=(delegation(RUTH, QUINN),)), {QUINN}),
        (approvers(QUINN, RUTH, SAM, named=(RUTH,), delegations=(delegation(RUTH, QUINN, TOMORROW, TOMORROW),)), {RUTH}),
    ],
)
def test_everybody_who_may_sign_is_told_and_nobody_else(policy: Any, told: set[Any]) -> None:
    (notice,) = approvals.submit(cases.proposal(policy=policy), cases.organisation(), by=AUTHOR, at=AT).notices
    assert notice.template == "approval_requested"
    assert set(notice.person_ids) == {one.person_id for one in told}
    assert notice.facts["expires_on"] == "2026-12-22"


def test_the_last_day_in_the_mail_is_the_organisations_own() -> None:
    late = AT.replace(hour=23, minute=30)
    (notice,) = approvals.submit(cases.proposal(), cases.organisation(), by=AUTHOR, at=late).notices
    assert notice.facts["expires_on"] == "2026-12-23"


def test_one_more_signature_leaves_the_change_in_approval() -> None:
    waits = cases.submitted(cases.proposal(policy=approvers(QUINN, RUTH, required=2)))
    outcome = approve(waits)
    assert [type(row) for row in outcome.saves] == [Signature, Request]
    assert (cases.one(outcome, Request).status, outcome.notices, outcome.follows) == ("open", (), ())


def test_the_last_signature_applies_the_change_and_tells_its_authors() -> None:
    waits = cases.signed(
        cases.submitted(cases.proposal(policy=approvers(QUINN, RUTH, required=2), authors=frozenset({AUTHOR.person_id, cases.uid("Bob")}))),
        RUTH,
    )
    outcome = approve(waits)
    assert (cases.one(outcome, Change).status, cases.final(outcome, Change).status) == ("approved", "applied")
    assert not cases.final(outcome, Item).in_approval
    request = cases.one(outcome, Request)
    assert (request.status, request.closed_at, request.cause) == ("approved", AT, None)
    (notice,) = outcome.notices
    assert (notice.template, set(notice.person_ids)) == ("change_approved", {AUTHOR.person_id, cases.uid("Bob")})


def test_several_documents_are_applied_in_one_outcome_and_take_effect_in_one_step() -> None:
    suspended = cases.effective("POL-2026-0001", 2, "suspended")
    draft = cases.draft("FRM-2026-0001")
    waits = cases.submitted(cases.proposal(SOP, WI, suspended, draft, steps=("release", "retire", "lift", "release")))
    outcome = approve(waits)
    shown = {
        number: cases.final(outcome, Record, number=number)
        for number in ("SOP-2026-0001", "WI-2026-0001", "POL-2026-0001", "FRM-2026-0001")
    }
    assert {number: (row.status, row.version) for number, row in shown.items()} == {
        "SOP-2026-0001": ("effective", 2),
        "WI-2026-0001": ("retired", 4),
        "POL-2026-0001": ("effective", 2),
        "FRM-2026-0001": ("effective", 1),
    }
    assert [(one.step, one.cause) for one in outcome.follows] == [
        ("apply", "approval of CHG-2026-0001"),
        ("take_effect", "approval of CHG-2026-0001"),
    ]
    assert len([row for row in outcome.follows[0].saves if isinstance(row, Item)]) == 4


def test_approved_versions_wait_together_for_the_changes_one_day() -> None:
    waits = cases.submitted(cases.proposal(SOP, WI, change=cases.change(effective_on=TOMORROW)))
    outcome = approve(waits)
    assert (outcome.follows, cases.one(outcome, Change).status) == ((), "approved")
    assert not [row for row in outcome.saves if isinstance(row, Item)], "no other change to them is submitted meanwhile"
    versions = [(row.status, row.effective_on) for row in outcome.saves if isinstance(row, Version)]
    assert versions == [("approved", TOMORROW), ("approved", TOMORROW)]


def test_a_day_that_came_during_the_approval_takes_effect_at_once() -> None:
    waits = cases.submitted(cases.proposal(SOP, change=cases.change(effective_on=TODAY)))
    assert [one.step for one in approve(waits, today=TODAY + 3 * DAY).follows] == ["apply", "take_effect"]


def test_the_day_is_the_organisations_and_not_the_servers() -> None:
    waits = cases.submitted(cases.proposal(SOP, change=cases.change(effective_on=TOMORROW)))
    assert approve(waits, today=TOMORROW).follows  # `at` is still TODAY in UTC
    assert not approve(waits, today=TODAY).follows


@pytest.mark.clause("11.10(f)")
@pytest.mark.parametrize(
    ("required", "step", "sentence"),
    [(2, "approve", "More signatures are needed."), (1, "sign", "This signature is the last one; it approves.")],
)
def test_a_signature_is_either_the_last_or_one_more(required: int, step: str, sentence: str) -> None:
    waits = cases.submitted(cases.proposal(policy=approvers(QUINN, RUTH, required=required)))
    with pytest.raises(Conflict) as refused:
        changes.WORKFLOW.permit(step, waits, QUINN)
    assert refused.value.sentence == sentence
    assert changes.WORKFLOW.permit({"approve": "sign", "sign": "approve"}[step], waits, QUINN).target == (
        "in_approval" if required > 1 else "approved"
    )


@pytest.mark.clause("11.10(g)")
@pytest.mark.parametrize("role", [None, Role.OPERATOR, Role.ACTION_OWNER, Role.INSPECTOR])
def test_only_qa_decides(role: Role | None) -> None:
    other = cases.member("Vera", role, admin=True)
    for decide in (approvals.approve, reject):
        with pytest.raises(Forbidden, match="needs QA"):
            decide(cases.submitted(), cases.signature(other), by=other, at=AT)


@pytest.mark.clause("11.10(g)")
@pytest.mark.parametrize("required", [1, 2])
def test_whoever_wrote_any_of_it_never_decides_whatever_their_role_is_now(required: int) -> None:
    waits = cases.submitted(
        cases.proposal(policy=approvers(QUINN, RUTH, SAM, required=required), authors=frozenset({AUTHOR.person_id, SAM.person_id}))
    )
    for by in (SAM, replace(AUTHOR, role=Role.QA)):
        with pytest.raises(Forbidden, match="somebody else must decide about it"):
            approve(waits, by)
        with pytest.raises(Forbidden, match="somebody else must decide about it"):
            approvals.reject(waits, cases.under(waits, by), "Unclear", by=by, at=AT)


def test_nobody_signs_a_round_twice() -> None:
    waits = cases.signed(cases.submitted(cases.proposal(policy=approvers(QUINN, RUTH, required=2))), QUINN)
    for decide in (approvals.approve, reject):
        with pytest.raises(Forbidden, match="You have signed this round already"):
            decide(waits, cases.under(waits, QUINN), by=QUINN, at=AT)


def test_a_signature_that_is_not_asked_for_is_refused() -> None:
    waits = cases.submitted(cases.proposal(policy=approvers(QUINN, RUTH, named=(RUTH,))))
    with pytest.raises(Conflict, match="those of the named approvers"):
        approve(waits, QUINN)


STALE: dict[str, Callable[[], dict[str, Any]]] = {
    "is at version 2 now": lambda: {"dossiers": {SOP.record.id: replace(SOP, record=replace(SOP.record, latest_version=2))}},
    "is retired": lambda: {"dossiers": {SOP.record.id: cases.effective(status="retired")}},
    "has an approved version that waits": lambda: {"dossiers": {SOP.record.id: replace(SOP, waiting=cases.waiting().waiting)}},
}


@pytest.mark.parametrize("sentence", STALE)
def test_the_last_approval_of_a_stale_change_is_refused_naming_what_moved(sentence: str) -> None:
    waits = cases.submitted(cases.proposal(SOP))
    # The content is made to hash as it was, so that only the base has moved.
    moved = replace(waits, **STALE[sentence]())
    moved = replace(moved, request=replace(approvals.request_of(waits), content_sha256=canonical.sha256(rounds.freeze(moved))))
    with pytest.raises(Conflict) as refused:
        approvals.approve(moved, cases.under(waits, QUINN), by=QUINN, at=AT)
    assert f"SOP-2026-0001 {sentence}" in refused.value.sentence
    told = refused.value.extras["moved"]
    assert isinstance(told, list)
    assert len(told) == 1


@pytest.mark.clause("11.70")
def test_content_that_is_not_what_was_submitted_is_never_applied() -> None:
    waits = cases.submitted(cases.proposal(SOP))
    with pytest.raises(Conflict, match="The content isn't what was submitted"):
        approve(waits, items=(replace(waits.items[0], content={"summary": "Something else"}),))


def test_a_stranger_hears_nothing_of_what_is_wrong_with_the_change() -> None:
    waits = cases.submitted(cases.proposal(SOP))
    with pytest.raises(Forbidden):
        approve(waits, AUTHOR, items=(replace(waits.items[0], content={}),))


@pytest.mark.parametrize("status", ["approved", "rejected", "withdrawn", "lapsed"])
def test_a_request_that_is_decided_is_not_decided_again(status: str) -> None:
    waits = cases.submitted()
    closed = replace(waits, request=replace(approvals.request_of(waits), status=status))
    for decide in (approvals.approve, reject):
        with pytest.raises(Conflict) as refused:
            decide(closed, cases.under(waits, QUINN), by=QUINN, at=AT)
        assert refused.value.sentence == f"This approval request is {status}; only an open one can be decided."
        assert refused.value.extras == {"status": status}


def test_an_expired_request_is_not_decided_though_nobody_has_closed_it_yet() -> None:
    waits = cases.submitted()
    late = replace(waits, request=replace(approvals.request_of(waits), expires_at=AT))
    for decide in (approvals.approve, reject):
        with pytest.raises(Conflict, match="This approval request expired"):
            decide(late, cases.under(waits, QUINN), by=QUINN, at=AT)
        decide(late, cases.under(waits, QUINN), by=QUINN, at=AT - timedelta(microseconds=1))


def test_a_change_that_was_never_submitted_has_nothing_to_decide() -> None:
    with pytest.raises(Conflict, match="This approval request is not submitted"):
        approvals.open_request(cases.proposal())


def test_rejecting_gives_the_draft_back_with_the_reason() -> None:
    waits = cases.submitted()
    outcome = approvals.reject(waits, cases.under(waits, QUINN, "rejected"), "Not clear enough", by=QUINN, at=AT)
    request = cases.one(outcome, Request)
    assert (request.status, request.cause, request.closed_at) == ("rejected", "Not clear enough", AT)
    assert (cases.one(outcome, Change).status, cases.one(outcome, Change).round, cases.one(outcome, Item).in_approval) == (
        "draft",
        1,
        False,
    )
    assert not [row for row in outcome.saves if isinstance(row, Record | Version)]
    (notice,) = outcome.notices
    assert (notice.template, notice.person_ids, notice.facts["reason"]) == ("change_rejected", (AUTHOR.person_id,), "Not clear enough")


def test_what_is_signed_is_the_frozen_round() -> None:
    request = approvals.request_of(cases.submitted())
    signable = approvals.signable(request)
    assert (signable.kind, signable.id, signable.round, signable.content_sha256) == (
        "approval_request",
        request.id,
        1,
        request.content_sha256,
    )
    assert signable.change_id == request.change_id


def test_a_day_that_passed_before_the_approval_becomes_the_approvals_own() -> None:
    waits = cases.submitted(cases.proposal(SOP, change=cases.change(effective_on=TODAY)))
    outcome = approve(waits, today=date(2026, 11, 25))
    assert cases.final(outcome, Version, version=2).effective_on == date(2026, 11, 25)
    assert cases.final(outcome, Change).effective_on == date(2026, 11, 25)
