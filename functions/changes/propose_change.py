"""Propose a change to one or more records."""

from __future__ import annotations

from datetime import date

from shared.actions import FollowUp
from shared.io.body import Reason
from shared.io.call import Call
from shared.io.drafting import draft, put_items
from shared.io.http import command
from shared.io.shapes.answers import AChange
from shared.items import Given


@command
def propose_change(
    call: Call,
    reason: Reason,
    items: list[Given],
    effective_on: date | None = None,
    impact: Reason | None = None,
    risk: Reason | None = None,
    follow_ups: list[FollowUp] = (),
) -> AChange:
    """Draft a change: each item gives a record new content, or takes a gated step such as retire; fields left out keep the base's value.

    Its follow-ups become actions of their owners once it is applied.
    """
    title = call.store.change_title([one.record_id for one in items])
    change = draft(call, None, title=title, reason=reason, effective_on=effective_on, impact=impact, risk=risk, follow_ups=follow_ups)
    return {"change": call.store.show_change(put_items(call, change, items), call.member)}
