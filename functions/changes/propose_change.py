"""Propose a change to one or more records."""

from __future__ import annotations

from datetime import date

from shared.answers.changes import AChange
from shared.app.call import Call
from shared.app.drafting import draft, put_items
from shared.domain.changes.follow_ups import FollowUp
from shared.domain.changes.items import Given
from shared.doors.body import Reason
from shared.doors.http import command
from shared.queries.proposals import title_for_change
from shared.queries.shown_changes import show_change


@command
def propose_change(
    call: Call,
    reason: Reason,
    items: list[Given],
    effective_on: date | None = None,
    impact: Reason | None = None,
    risk: Reason | None = None,
    follow_ups: list[FollowUp] = [],
) -> AChange:
    """Draft a change: each item gives a record new content or takes a step that needs approval, such as retire.

    Omitted fields keep the value of the version that the item is based on. The follow-ups become actions when the change is applied.
    """
    title = title_for_change(call.tx, [one.record_id for one in items])
    change = draft(call, None, title=title, reason=reason, effective_on=effective_on, impact=impact, risk=risk, follow_ups=follow_ups)
    return {"change": show_change(call.tx, put_items(call, change, items), call.member)}
