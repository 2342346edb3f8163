"""Actions: what somebody must do by a day, under a CAPA plan or as follow-up of a change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True)
class Action:
    """One action. `key` tells it apart within its plan; the original due date and the number of extensions are kept for ever."""

    organisation_id: UUID
    id: UUID
    record_id: UUID | None
    change_id: UUID | None
    key: str
    number: str
    kind: str
    description: str
    owner_id: UUID
    status: str
    due_on: date
    original_due_on: date
    extensions: int
    created_at: datetime
    updated_at: datetime
    evidence: str | None = None
    completed_by: UUID | None = None
    completed_at: datetime | None = None
    verified_by: UUID | None = None
    verified_at: datetime | None = None
    returned_reason: str | None = None
    closed_at: datetime | None = None
    revision: int = 0


@dataclass(frozen=True)
class ActionFile:
    """Evidence that an action was done."""

    organisation_id: UUID
    action_id: UUID
    file_id: UUID
    revision: int = 0
