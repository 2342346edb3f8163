"""Lapsing: a request that nobody can decide any more goes back to its authors, with the cause (domain: when a role ends)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.changes import approvals, changes
from shared.domain.changes.proposals import Change, Item, Proposal, Request
from shared.domain.kernel.errors import Conflict
from shared.domain.kernel.outcomes import Outcome
from shared.domain.records.dossiers import Dossier
from tests.domain import cases, planned
from tests.domain.cases import AT, AUTHOR, QUINN, RUTH, SAM, approvers, delegation

SOP = cases.effective("SOP-2026-0001")
NOBODY = "Nobody eligible can approve this: it needs QA who didn't write, edit or submit any of it."


def gone(*left: Any) -> dict[str, Any]:
    """Only these people are QA now."""
    return {"approvers": approvers(*left)}


LAPSES: dict[str, Callable[[Proposal], Proposal]] = {
    "The approval request expired before it was decided.": lambda waits: replace(
        waits, request=replace(approvals.request_of(waits), expires_at=AT)
    ),
    "SOP-2026-0001 is at version 2 now; this change was based on version 1.": lambda waits: replace(
        waits, dossiers={SOP.record.id: replace(SOP, record=replace(SOP.record, latest_version=2))}
    ),
    "The content isn't what was submitted: it was altered, or work in it was handed over.": lambda waits: replace(
        waits, change=replace(waits.change, reason="Another one")
    ),
    NOBODY: lambda waits: replace(waits, **gone()),
    "Nobody eligible can approve this: 2 signatures are needed and 1 QA may sign.": lambda waits: replace(waits, **gone(RUTH)),
    "Nobody eligible can approve this: a named approver isn't active QA, or wrote part of it, and has no delegate today.": lambda waits: (
        replace(waits, **gone(QUINN, SAM))
    ),
}


@pytest.mark.parametrize("cause", LAPSES)
def test_a_request_that_cannot_be_decided_lapses_with_its_cause_and_the_authors_are_told(cause: str) -> None:
    waits = LAPSES[cause](cases.submitted(cases.proposal(SOP, policy=approvers(QUINN, RUTH, SAM, required=2, named=(RUTH,)))))
    assert approvals.why_lapse(waits, at=AT) == cause
    outcome = approvals.recheck([waits], at=AT)
    (follow,) = outcome.follows
    (notice,) = outcome.notices
    assert (follow.step, outcome.saves) == ("lapse", ())
    assert (cases.final(outcome, Request).status, cases.final(outcome, Request).cause) == ("lapsed", cause)
    assert (cases.final(outcome, Change).status, cases.final(outcome, Item).in_approval) == ("draft", False)
    assert (notice.template, notice.person_ids, notice.facts["cause"]) == ("change_lapsed", (AUTHOR.person_id,), cause)


FOLLOW_UP = {"description": "Tell the customers", "owner_id": str(planned.DOER.person_id), "due_on": planned.SOON.isoformat()}
LOST = "{} would belong to somebody who isn't an active Action Owner or QA any more; name another owner for it."


def planning(found: Dossier, step: str, given: dict[str, object], **more: Any) -> Proposal:
    """A change of a plan, or of something else."""
    row = cases.item(found, step, kind=found.record.kind, content=given, **more)
    return cases.proposal(found, items=(row,))


PLANS: dict[str, Proposal] = {
    "CHG-2026-0001/F1": cases.proposal(SOP, change=cases.change(follow_ups=(FOLLOW_UP,))),
    "CAPA-2026-0001/A1": planning(planned.plan("draft"), "approve_plan", {}),
    "CAPA-2026-0001/A2": planning(
        planned.plan("implementing", planned.action()), "revise", {"actions": [planned.row(), planned.row(None)]}
    ),
    "SOP-2026-0001": planning(SOP, "release", {}, owner_id=planned.DOER.person_id),
}


@pytest.mark.parametrize("number", PLANS)
def test_what_is_planned_for_somebody_who_may_not_own_it_any_more_is_neither_submitted_nor_approved(number: str) -> None:
    drafted, unable = PLANS[number], frozenset({planned.DOER.person_id})
    assert changes.unmet(drafted) == []
    waits = cases.submitted(drafted)
    assert approvals.why_lapse(replace(waits, unable=frozenset({SAM.person_id})), at=AT) is None
    with pytest.raises(Conflict) as refused:
        changes.submit(replace(drafted, unable=unable), by=AUTHOR, at=AT)
    assert str(refused.value) == LOST.format(number)
    assert approvals.why_lapse(replace(waits, unable=unable), at=AT) == LOST.format(number)
    with pytest.raises(Conflict, match="name another owner"):
        approvals.approve(replace(waits, unable=unable), cases.under(waits, QUINN), by=QUINN, at=AT)


def test_what_was_done_or_is_cancelled_asks_for_no_other_owner() -> None:
    unable = frozenset({planned.DOER.person_id})
    given: dict[str, object] = {"actions": [planned.row(), planned.row(None, owner=cases.QUINN)]}
    revised = planning(planned.plan("implementing", planned.action(status="verified")), "revise", given)
    assert changes.unmet(replace(revised, unable=unable)) == []
    assert changes.unmet(replace(planning(planned.plan("draft"), "cancel", {}), unable=unable)) == []


def test_a_request_that_can_be_decided_stays_when_a_role_ends() -> None:
    waits = cases.submitted(cases.proposal(policy=approvers(QUINN, RUTH, SAM)))
    for left in ((QUINN,), (RUTH, SAM)):
        assert approvals.why_lapse(replace(waits, **gone(*left)), at=AT) is None
    assert approvals.recheck([replace(waits, **gone(QUINN))], at=AT) == Outcome()
    assert approvals.why_lapse(waits, at=approvals.request_of(waits).expires_at - timedelta(microseconds=1)) is None


def test_signatures_that_were_given_still_count_when_their_signers_leave() -> None:
    waits = cases.signed(cases.submitted(cases.proposal(policy=approvers(QUINN, RUTH, SAM, required=2, named=(RUTH,)))), RUTH)
    assert approvals.why_lapse(replace(waits, **gone(QUINN)), at=AT) is None
    assert approvals.why_lapse(replace(waits, **gone(RUTH)), at=AT) == NOBODY
    delegated = approvers(QUINN, SAM, required=2, named=(RUTH,), delegations=(delegation(RUTH, QUINN),))
    waits = cases.signed(cases.submitted(cases.proposal(policy=delegated)), QUINN)
    assert approvals.why_lapse(replace(waits, **gone(SAM)), at=AT) is None


def test_only_the_requests_that_nobody_can_decide_lapse() -> None:
    fine, lost = cases.submitted(), replace(cases.submitted(), **gone())
    outcome = approvals.recheck([fine, lost, fine], at=AT)
    assert len([row for row in cases.all_saves(outcome) if isinstance(row, Request)]) == 1


def test_the_policy_of_today_does_not_move_a_round_that_is_being_decided() -> None:
    waits = cases.submitted(cases.proposal(policy=approvers(QUINN, RUTH, SAM)))
    stricter = approvals.policy_at_submission(approvers(QUINN, required=5, named=(SAM,)), approvals.request_of(waits))
    assert approvals.why_lapse(replace(waits, approvers=stricter), at=AT) is None
    outcome = approvals.approve(replace(waits, approvers=stricter), cases.under(waits, QUINN), by=QUINN, at=AT)
    assert cases.final(outcome, Change).status == "applied"
