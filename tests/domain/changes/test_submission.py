"""Submitting: its conditions, and the round that is frozen."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.changes import approvals, changes, proposals
from shared.domain.changes.proposals import Change, Item, Proposal, Round
from shared.domain.kernel import canonical
from shared.domain.kernel.errors import Conflict, Forbidden, Invalid
from shared.domain.people.people import Role
from tests.domain import cases
from tests.domain.cases import AT, AUTHOR, QUINN, TODAY
from tests.domain.changes.submissions import RICH, SOP, WI, digest


def submit(proposal: Proposal, by: Any = AUTHOR) -> tuple[Change, tuple[Item, ...], Round]:
    """The submission of a proposal now."""
    return changes.submit(proposal, by=by, at=AT)


def test_a_submission_locks_the_items_and_freezes_a_numbered_round() -> None:
    change, items, frozen = submit(RICH)
    assert (change.status, change.round) == ("in_approval", 3)
    assert [one.in_approval for one in items] == [True, True]
    assert (frozen.round, frozen.submitted_by, frozen.content_sha256) == (3, AUTHOR.person_id, canonical.sha256(frozen.frozen))
    assert frozen.content_sha256 == digest(replace(RICH, change=change))


def test_each_submission_is_a_round_of_its_own() -> None:
    first = submit(RICH)[2]
    second = submit(replace(RICH, change=replace(RICH.change, round=3)))[2]
    assert (first.round, second.round) == (3, 4)
    assert first.content_sha256 != second.content_sha256


def test_a_change_without_items_is_not_submitted() -> None:
    with pytest.raises(Conflict, match="This change has no items yet"):
        submit(replace(RICH, items=()))


@pytest.mark.parametrize("newest", [2, 9])
def test_a_record_that_moved_on_makes_the_submission_stale_and_is_named(newest: int) -> None:
    moved = replace(SOP, record=replace(SOP.record, latest_version=newest))
    with pytest.raises(Conflict) as refused:
        submit(replace(RICH, dossiers={**RICH.dossiers, SOP.record.id: moved}))
    wanted = (
        f"SOP-2026-0001 is at version {newest} now; this change was based on version 1. Edit these items to base them on what is there now."
    )
    assert refused.value.sentence == wanted
    assert "WI-2026-0001" not in refused.value.sentence


def test_everything_that_moved_is_named() -> None:
    moved = {
        SOP.record.id: replace(SOP, record=replace(SOP.record, latest_version=2)),
        WI.record.id: cases.effective("WI-2026-0001", 4, "retired"),
    }
    with pytest.raises(Conflict) as refused:
        submit(replace(RICH, dossiers=moved))
    assert "SOP-2026-0001 is at version 2 now" in refused.value.sentence
    assert "WI-2026-0001 is retired; to retire it must be effective or suspended." in refused.value.sentence


def test_a_version_that_waits_makes_the_next_one_wait() -> None:
    waits = cases.waiting("SOP-2026-0001", TODAY + timedelta(days=5))
    with pytest.raises(Conflict, match="SOP-2026-0001 has an approved version that waits for its date"):
        submit(cases.proposal(waits))


def test_a_record_in_approval_elsewhere_is_named_with_the_change_that_has_it() -> None:
    with pytest.raises(Conflict) as refused:
        submit(replace(RICH, busy={WI.record.id: "CHG-2026-0042"}))
    assert refused.value.sentence == "WI-2026-0001 is in approval already, in CHG-2026-0042."


def test_a_day_that_passed_while_the_change_was_a_draft_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        submit(replace(RICH, today=TODAY + timedelta(days=1)))
    assert refused.value.field == "effective_on"


def test_nobody_who_could_approve_refuses_the_submission_with_that_sentence() -> None:
    alone = replace(RICH, approvers=cases.approvers(QUINN), authors=RICH.authors | {QUINN.person_id})
    with pytest.raises(Conflict, match="Nobody eligible can approve this"):
        submit(alone)


@pytest.mark.clause("11.10(g)")
@pytest.mark.parametrize(
    "by", [QUINN, replace(AUTHOR, role=Role.OPERATOR), replace(AUTHOR, role=None, admin=True), replace(AUTHOR, status="deactivated")]
)
def test_only_an_author_with_the_role_submits(by: Any) -> None:
    with pytest.raises(Forbidden):
        submit(RICH, by)


def test_the_buttons_say_before_that_nobody_can_approve() -> None:
    (button,) = (one for one in changes.WORKFLOW.open_steps(replace(RICH, approvers=cases.approvers()), AUTHOR) if one.row.name == "submit")
    assert (button.open, button.row.function) == (False, "submit_change")
    assert button.why_not == "Nobody eligible can approve this: it needs QA who didn't write, edit or submit any of it."


def test_withdrawing_gives_the_draft_back_with_its_round() -> None:
    waits = cases.submitted()
    outcome = approvals.withdraw(waits, by=AUTHOR, at=AT)
    assert (cases.one(outcome, Change).status, cases.one(outcome, Change).round) == ("draft", 1)
    assert not cases.one(outcome, Item).in_approval
    assert (cases.one(outcome, proposals.Request).status, cases.one(outcome, proposals.Request).closed_at) == ("withdrawn", AT)
    with pytest.raises(Forbidden):
        approvals.withdraw(waits, by=QUINN, at=AT)
    with pytest.raises(Conflict):
        approvals.withdraw(cases.proposal(), by=AUTHOR, at=AT)
