"""Assign trainings again whose validity runs out."""

from __future__ import annotations

from shared.app.run import Run
from shared.domain.trainings import audiences
from shared.doors.schedule import scheduled


@scheduled
def assign_retraining(run: Run) -> dict[str, int]:
    """Within the days to complete before a training runs out it is assigned again, due on the day that it does."""
    run.store.hold_audiences()
    expiring = run.store.expiring()
    standing = run.store.standing_of_rows(expiring)
    outcome = audiences.retrain(expiring, standing, at=run.now)
    run.record(outcome)
    return {"assigned": sum(len(follow.saves) for follow in outcome.follows)}
