"""Assign retraining before a training expires."""

from __future__ import annotations

from shared.app.run import Run
from shared.domain.trainings import audiences
from shared.doors.schedule import scheduled
from shared.queries.audiences import hold_audiences, load_expiring, standing_of_rows


@scheduled
def assign_retraining(run: Run) -> dict[str, int]:
    """Assign a training again its `days_to_complete` before it expires, due on the day that it expires."""
    hold_audiences(run.tx)
    expiring = load_expiring(run.tx)
    standing = standing_of_rows(run.tx, expiring)
    outcome = audiences.retrain(expiring, standing, at=run.now)
    run.record(outcome)
    return {"assigned": sum(len(follow.saves) for follow in outcome.follows)}
