"""Make approved documents effective on their date."""

from __future__ import annotations

from shared.app.run import Run
from shared.domain.documents import documents
from shared.doors.schedule import scheduled
from shared.queries.dossiers import load_due_documents


@scheduled
def take_documents_into_effect(run: Run) -> dict[str, int]:
    """On its effective date, in the organisation's time zone, put each waiting version in force and supersede the former one."""
    due = load_due_documents(run.tx, run.today)
    run.record(documents.take_all_into_effect(due, today=run.today, at=run.now))
    return {"documents": len(due)}
