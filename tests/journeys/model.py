"""The small model that the random lives are held against: what a document and a change are, and what is open on them."""

from __future__ import annotations

from dataclasses import dataclass, field

WRITERS = {"action_owner", "second_action_owner", "qa", "second_qa"}
QA = {"qa", "second_qa"}
OVER = {"void", "retired"}
FROM = {"lift": {"suspended"}, "retire": {"effective", "suspended"}, "confirm_review": {"effective"}}
SETTLED = {"lift": "effective", "retire": "retired", "confirm_review": "effective"}


@dataclass(eq=False)
class Doc:
    """What the model knows of a document."""

    firm: int
    id: str
    creator: str
    status: str = "draft"
    versions: dict[int, str] = field(default_factory=dict)

    def version(self, *statuses: str) -> int | None:
        """The version of one of these statuses."""
        return next((number for number, status in self.versions.items() if status in statuses), None)

    def why_not(self, step: str, *, waiting: bool) -> bool:
        """Whether the step can't be part of a change now."""
        if waiting and self.version("approved"):
            return True
        return self.status in OVER if step == "release" else self.status not in FROM[step]


@dataclass(eq=False)
class Chg:
    """What the model knows of a change."""

    firm: int
    id: str
    step: str
    docs: list[Doc]
    bases: dict[str, int]
    authors: set[str]
    future: bool
    status: str = "draft"
    request: str = ""
    signed: set[str] = field(default_factory=set)

    @property
    def stale(self) -> bool:
        """Whether a record moved on since the change was based on it."""
        return any(len(doc.versions) != self.bases[doc.id] or doc.why_not(self.step, waiting=True) for doc in self.docs)
