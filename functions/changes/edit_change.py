"""Edit a change that is a draft."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from shared.answers.changes import AChange
from shared.app.call import Call
from shared.app.drafting import owed, put_items, take_out
from shared.domain.changes import changes
from shared.domain.changes.follow_ups import FollowUp
from shared.domain.changes.items import Given
from shared.domain.kernel.values import OMITTED
from shared.doors.body import Reason
from shared.doors.http import command
from shared.queries.proposals import load_proposal
from shared.queries.shown_changes import show_change


@command
def edit_change(
    call: Call,
    change_id: UUID,
    reason: Reason = OMITTED,
    items: list[Given] = [],
    effective_on: date | None = OMITTED,
    impact: Reason | None = OMITTED,
    risk: Reason | None = OMITTED,
    follow_ups: list[FollowUp] | None = OMITTED,
    remove_record_ids: list[UUID] = [],
) -> AChange:
    """Edit a draft change; omitted fields stay, null takes back what was planned, and at least one record remains.

    An item for a record that the change already holds updates that item and rebases it on the record's newest version.
    `follow_ups` replaces the whole list. `remove_record_ids` removes records from the change; a record that existed only in it becomes
    void.
    """
    proposal = load_proposal(call.tx, change_id)
    call.match(proposal.change)
    changes.WORKFLOW.permit("edit", proposal, call.member)
    planned = follow_ups if follow_ups is OMITTED else owed(call, follow_ups or [])
    change, present = take_out(call, proposal, remove_record_ids, items)
    edited = changes.with_details(
        change,
        reason=reason,
        impact=impact,
        risk=risk,
        effective_on=effective_on,
        follow_ups=planned,
        today=call.today,
        at=call.now,
    )
    call.save(edited)
    return {"change": show_change(call.tx, put_items(call, edited, items, present), call.member)}
