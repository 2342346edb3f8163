"""A change of two documents with everything that its hash covers."""

from __future__ import annotations

from shared.domain.changes import rounds
from shared.domain.changes.proposals import Proposal
from shared.domain.kernel import canonical
from tests.domain import cases
from tests.domain.cases import TODAY

BODY = str(cases.uid("body"))
SOP, WI = cases.effective("SOP-2026-0001", team_id=cases.uid("team")), cases.effective("WI-2026-0001", 4)
RICH = cases.proposal(
    SOP,
    WI,
    change=cases.change(round=2, impact="Some", risk="Low", effective_on=TODAY),
    files={cases.uid("body"): cases.file()},
    items=(cases.item(SOP, content={"summary": "Rinse twice", "file_id": BODY, "attachments": [BODY]}), cases.item(WI, "retire", 1)),
)


def digest(proposal: Proposal) -> str:
    """What would be signed, as its hash."""
    return canonical.sha256(rounds.freeze(proposal))
