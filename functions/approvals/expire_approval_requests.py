"""Close the approval requests that nobody can decide any more."""

from __future__ import annotations

from shared.app.run import Run
from shared.domain.changes import approvals
from shared.doors.schedule import scheduled
from shared.queries.proposals import load_open_proposals


@scheduled
def expire_approval_requests(run: Run) -> dict[str, int]:
    """Close each request that expired, is out of date or has no eligible approver; its change returns to draft and its authors get mail."""
    outcome = approvals.recheck(load_open_proposals(run.tx), at=run.now)
    run.record(outcome)
    return {"lapsed": len(outcome.notices)}
