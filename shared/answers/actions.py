"""Answers about actions and extensions."""

from collections.abc import Mapping
from typing import Any

from typing_extensions import TypedDict  # pydantic reads its own on Python 3.11

from shared.answers.files import File
from shared.answers.parts import Named, OpenStep, Pointer, steps
from shared.answers.rows import as_answers, etag, written
from shared.domain.capa import actions, extensions
from shared.domain.people.people import Member


class Extension(TypedDict):
    """A request for a later due date; exactly one of the three ids is set."""

    id: str
    action_id: str | None
    assignment_id: str | None
    record_id: str | None
    requested_by: Named
    reason: str
    due_on_before: str
    due_on: str
    status: str
    decided_by: Named | None
    decided_at: str | None
    decision_reason: str | None
    open_steps: list[OpenStep]
    created_at: str
    updated_at: str
    etag: str


class ListedExtension(Extension):
    """An extension in the list; `about` is the action, the assignment or the record that is due."""

    about: Pointer


class Action(TypedDict):
    """An action with its owner and due date; `about` is its CAPA plan or change."""

    id: str
    record_id: str | None
    change_id: str | None
    about: Pointer
    key: str
    number: str
    kind: str
    description: str
    owner_id: str
    owner: Named
    status: str
    due_on: str
    original_due_on: str
    extensions: int
    asked: list[Extension]
    evidence: str | None
    files: list[File]
    completed_by: Named | None
    completed_at: str | None
    verified_by: Named | None
    verified_at: str | None
    returned_reason: str | None
    closed_at: str | None
    open_steps: list[OpenStep]
    created_at: str
    updated_at: str
    etag: str


class AnAction(TypedDict):
    """The action after the step."""

    action: Action


class AnExtension(TypedDict):
    """The extension after the step."""

    extension: Extension


def action(row: actions.Action, asked: list[Extension], details: Mapping[str, Any], by: Member) -> Action:
    """An action with its extensions; `details` holds its people, its files and the plan or change that it belongs to."""
    return {
        "id": str(row.id),
        "record_id": written(row.record_id),
        "change_id": written(row.change_id),
        "key": row.key,
        "number": row.number,
        "kind": row.kind,
        "description": row.description,
        "owner_id": str(row.owner_id),
        "status": row.status,
        "due_on": written(row.due_on),
        "original_due_on": written(row.original_due_on),
        "extensions": row.extensions,
        "created_at": written(row.created_at),
        "updated_at": written(row.updated_at),
        "evidence": row.evidence,
        "completed_by": details["completed_by"],
        "completed_at": written(row.completed_at),
        "verified_by": details["verified_by"],
        "verified_at": written(row.verified_at),
        "returned_reason": row.returned_reason,
        "closed_at": written(row.closed_at),
        "etag": etag(row.revision),
        "owner": details["owner"],
        "about": details["about"],
        "files": as_answers(File, details["files"]),
        "asked": asked,
        "open_steps": steps(actions.WORKFLOW.open_steps(row, by), by),
    }


def extension(asked: extensions.Asked, details: Mapping[str, Any], by: Member) -> Extension:
    """An extension; `details` names who requested and who decided it."""
    row = asked.extension
    return {
        "id": str(row.id),
        "action_id": written(row.action_id),
        "assignment_id": written(row.assignment_id),
        "record_id": written(row.record_id),
        "requested_by": details["requested_by"],
        "reason": row.reason,
        "due_on_before": written(row.due_on_before),
        "due_on": written(row.due_on),
        "status": row.status,
        "created_at": written(row.created_at),
        "updated_at": written(row.updated_at),
        "decided_by": details["decided_by"],
        "decided_at": written(row.decided_at),
        "decision_reason": row.decision_reason,
        "etag": etag(row.revision),
        "open_steps": steps(extensions.WORKFLOW.open_steps(asked, by), by),
    }
