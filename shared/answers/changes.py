"""Answers about changes: items with differences, rounds, approval requests and decisions."""

from collections.abc import Mapping, Sequence
from typing import Any, NotRequired
from uuid import UUID

from typing_extensions import TypedDict  # pydantic reads its own on Python 3.11

from shared.answers import change_items
from shared.answers.actions import Action
from shared.answers.change_items import ChangeItem
from shared.answers.comments import Comment
from shared.answers.files import File, file
from shared.answers.parts import Impact, Named, OpenStep, Pointer, impact, named, pointer, steps
from shared.answers.records import Brief, Link, Record
from shared.answers.rows import as_answer, as_answers, etag, written
from shared.answers.rows import shown as without_internals
from shared.answers.signatures import Signature
from shared.domain.changes import approvals, changes, proposals
from shared.domain.kernel import canonical
from shared.domain.kernel.values import dataclass
from shared.domain.people.people import Member
from shared.domain.records.comparisons import Evidence


class PlannedFollowUp(TypedDict):
    """A follow-up, which becomes an action when the change is applied."""

    description: str
    owner_id: str
    due_on: str


class Round(TypedDict):
    """One submission, frozen, with its outcome."""

    change_id: str
    round: int
    frozen: dict[str, Any]
    content_sha256: str
    submitted_by: Named
    created_at: str
    outcome: str | None
    cause: str | None


class ApprovalRequest(TypedDict):
    """One round's request for approval; while it is open, `waits_for` names those who may sign it today."""

    id: str
    kind: str
    change_id: str
    round: int
    number: str
    title: str
    status: str
    required: int
    approver_ids: list[str]
    approvers: list[Named]
    waits_for: list[Named]
    submitted_by: Named
    content_sha256: str
    expires_at: str
    created_at: str
    updated_at: str
    cause: str | None
    closed_at: str | None
    etag: str


class ChangeBrief(TypedDict):
    """A change in a list; it waits for its owner while it is a draft, and for those who may sign it while it is in approval."""

    id: str
    kind: str
    number: str
    title: str
    status: str
    version: int
    round: int
    etag: str
    owner: Named | None
    team: None
    due_on: str | None
    reason: str
    effective_on: str | None
    created_at: str
    updated_at: str
    waits_for: list[Named]
    records: list[Pointer] | None


class Change(TypedDict):
    """A single change; `hindered_by` says why an approved one can't happen, `to_be_closed` that QA is yet to say what came of it.

    `waits_for` is as in the list.
    """

    id: str
    kind: str
    number: str
    title: str
    status: str
    version: int
    round: int
    etag: str
    owner: Named | None
    team: None
    due_on: str | None
    reason: str
    impact: str | None
    risk: str | None
    effective_on: str | None
    hindered_by: list[str]
    to_be_closed: bool
    result: str | None
    follow_ups: list[PlannedFollowUp]
    content: dict[str, Any]
    authors: list[Named]
    waits_for: list[Named]
    items: list[ChangeItem]
    rounds: list[Round]
    approval_request: ApprovalRequest | None
    actions: list[Action]
    comments: list[Comment]
    impact_assessment: NotRequired[Impact]
    files: list[File]
    links: list[Link]
    signatures: list[Signature]
    open_steps: list[OpenStep]
    created_at: str
    updated_at: str


class RequestWithChange(ApprovalRequest):
    """A single approval request, with the change as it was submitted."""

    change: Change
    signatures: list[Signature]
    open_steps: list[OpenStep]


class AChange(TypedDict):
    """The change after the step."""

    change: Change


class Created(TypedDict):
    """A new record and the change that will make it version 1."""

    record: Record
    change: Change


class Submitted(TypedDict):
    """The change in approval and its open approval request."""

    change: Change
    approval_request: ApprovalRequest


class Decided(TypedDict):
    """The result of a decision."""

    approval_request: ApprovalRequest
    change: Change
    signature: Signature
    records: list[Brief]


@dataclass(frozen=True)
class Material:
    """A change, read: its items are compared when the transaction is over, or within a step's."""

    proposal: proposals.Proposal
    details: Mapping[str, Any]  # with the submissions, from which the answers of open quizzes are left out
    items: Sequence[Mapping[str, Any]]
    evidence: Evidence
    by: Member
    impact: Mapping[str, Any] | None = None


def change(found: Material) -> Change:
    """A change with its items and their differences, its rounds and its approval request."""
    shown = _change(found.proposal, found.details, change_items.shown(found.proposal, found.items, found.evidence), found.by)
    return shown if found.impact is None else {**shown, "impact_assessment": impact(found.impact)}


def request_with_change(found: Material) -> RequestWithChange:
    """An approval request with the change that it is about."""
    shown = change(found)
    asked = request(approvals.request_of(found.proposal), found.details)
    return {**asked, "change": shown, "signatures": shown["signatures"], "open_steps": shown["open_steps"]}


def _change(found: proposals.Proposal, details: Mapping[str, Any], items: list[ChangeItem], by: Member) -> Change:
    row = found.change
    effective_on, follow_ups = written(row.effective_on), as_answers(PlannedFollowUp, map(canonical.plain, row.follow_ups))
    content = {"reason": row.reason, "impact": row.impact, "risk": row.risk, "effective_on": effective_on, "follow_ups": follow_ups}
    return {
        "id": str(row.id),
        "kind": "change",
        "number": row.number,
        "title": row.title,
        "status": row.status,
        "version": row.round,
        "etag": etag(row.revision),
        "owner": details["owner"],
        "team": None,
        "due_on": effective_on,
        "reason": row.reason,
        "impact": row.impact,
        "risk": row.risk,
        "effective_on": effective_on,
        "hindered_by": [*approvals.hindrances(found)] if row.status == proposals.Status.APPROVED else [],
        "to_be_closed": row.to_be_closed,
        "result": row.result,
        "follow_ups": follow_ups,
        "content": content,
        "round": row.round,
        "authors": as_answers(Named, details["authors"]),
        "waits_for": _waits_for(found, details),
        "items": items,
        "rounds": as_answers(Round, map(without_internals, details["rounds"])),
        "approval_request": request(found.request, details) if found.request else None,
        "files": [file(one, _named(one.uploaded_by, details["names"])) for one in found.files.values()],
        "links": [
            *(Link(type="changes", direction="out", record=pointer(found.record(item.record_id))) for item in found.items),
            *as_answers(Link, details["links"]),
        ],
        "actions": as_answers(Action, details["actions"]),
        "comments": as_answers(Comment, details["comments"]),
        "signatures": as_answers(Signature, details["signatures"]),
        "open_steps": steps(changes.WORKFLOW.open_steps(found, by), by),
        "created_at": written(row.created_at),
        "updated_at": written(row.updated_at),
    }


def _named(person_id: UUID, names: Mapping[str, str] | None) -> Named | None:
    return named(person_id, names[str(person_id)]) if names and str(person_id) in names else None


def _waits_for(found: proposals.Proposal, details: Mapping[str, Any]) -> list[Named]:
    if found.change.status == proposals.Status.DRAFT:
        return as_answers(Named, [details["owner"]])
    return as_answers(Named, details["requests"][str(found.request.id)]["waits_for"]) if found.request else []


def request(row: proposals.Request, details: Mapping[str, Any]) -> ApprovalRequest:
    """An approval request; `details` names the people of each request of its change."""
    people = details["requests"][str(row.id)]
    return {
        "id": str(row.id),
        "change_id": str(row.change_id),
        "round": row.round,
        "number": row.number,
        "title": row.title,
        "status": row.status,
        "required": row.required,
        "approver_ids": [str(one) for one in row.approver_ids],
        "approvers": as_answers(Named, people["approvers"]),
        "waits_for": as_answers(Named, people["waits_for"]),
        "submitted_by": as_answer(Named, people["submitted_by"]),
        "content_sha256": row.content_sha256,
        "expires_at": written(row.expires_at),
        "created_at": written(row.created_at),
        "updated_at": written(row.updated_at),
        "cause": row.cause,
        "closed_at": written(row.closed_at),
        "etag": etag(row.revision),
        "kind": "approval_request",
    }
