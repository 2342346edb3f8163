"""Let approval requests lapse that can't be decided any more."""

from __future__ import annotations

from shared.app.run import Run
from shared.domain.changes import approvals
from shared.doors.schedule import scheduled
from shared.queries.proposals import load_open_proposals


@scheduled
def expire_approval_requests(run: Run) -> dict[str, int]:
    """Expired, moved on, or nobody eligible left: the change is a draft again and its authors are told why."""
    outcome = approvals.recheck(load_open_proposals(run.tx), at=run.now)
    run.record(outcome)
    return {"lapsed": len(outcome.notices)}
