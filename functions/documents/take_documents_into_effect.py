"""Let approved changes happen on their day."""

from __future__ import annotations

from shared.app.run import Run
from shared.app.training_follow_ups import settle_change
from shared.domain.changes import approvals
from shared.domain.documents import documents
from shared.doors.schedule import scheduled
from shared.queries.dossiers import load_due_documents
from shared.queries.proposals import load_due_proposals


@scheduled
def take_documents_into_effect(run: Run) -> dict[str, int]:
    """On its day, in the organisation's time zone, let each approved change happen: releases, retirements and all its other steps together.

    Versions that an older release of the product approved take effect by their own dates.
    """
    counts = {"changes": 0, "documents": 0}
    for proposal in load_due_proposals(run.tx, run.today):
        if (outcome := approvals.due(proposal, at=run.now)).follows:
            run.record(outcome)
            settle_change(run, proposal, f"the day of {proposal.change.number} came")
            counts["changes"] += 1
            counts["documents"] += sum(found.waiting is not None for found in proposal.dossiers.values())
    old = load_due_documents(run.tx, run.today)
    run.record(documents.take_all_into_effect(old, today=run.today, at=run.now))
    return {**counts, "documents": counts["documents"] + len(old)}
