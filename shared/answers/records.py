"""The shapes of records, changes and what belongs to them."""

from typing import Any, NotRequired

from typing_extensions import TypedDict  # pydantic reads its own on Python 3.11

from shared.answers.actions import Action, Comment, Extension, FollowUp, Impact
from shared.answers.parts import File, Named, OpenStep, Pointer

__all__ = ["File", "Named", "OpenStep", "Pointer"]  # others take them from here


class Link(TypedDict):
    """A typed relation to another record, out of this one or into it."""

    type: str
    direction: str
    record: Pointer
    id: NotRequired[str]
    step: NotRequired[str]


class Note(TypedDict):
    """Something appended to a record."""

    id: str
    text: str
    author: Named
    created_at: str


class Signature(TypedDict):
    """Who signed what, as what, when and how (21 CFR 11.50); `valid` says whether it still holds."""

    id: str
    subject_kind: str
    subject_id: str
    change_id: str | None
    record_id: str | None
    version: int | None
    round: int | None
    meaning: str
    content_sha256: str
    person_id: str
    on_behalf_of: str | None
    printed_name: str
    signed_at: str
    local_time: str
    time_zone: str
    reason: str | None
    auth_time: str
    auth_method: str
    challenge_id: str
    etag: str
    valid: bool


class Brief(TypedDict):
    """A record in a list."""

    id: str
    kind: str
    type: str | None
    number: str
    title: str
    status: str
    version: int
    etag: str
    owner: Named | None
    team: Named | None
    due_on: str | None
    created_at: str
    updated_at: str


class Waiting(TypedDict):
    """The approved version that waits for its date, for the staff and for those who are trained in it before."""

    version: int
    effective_on: str | None
    content: dict[str, Any]
    files: list[File]


class Record(Brief):
    """A single record."""

    content: dict[str, Any]
    files: list[File]
    links: list[Link]
    notes: list[Note]
    signatures: list[Signature]
    effective_on: str | None
    waiting: Waiting | None
    in_approval: str | None
    closed_at: str | None
    open_steps: list[OpenStep]
    risk_number: NotRequired[int | None]
    recurring: NotRequired[list[Pointer]]
    extensions: NotRequired[list[Extension]]
    actions: NotRequired[list[Action]]


class Difference(TypedDict):
    """One field that differs; of a file also the lines of its text, as a unified diff."""

    field: str
    before: Any
    after: Any
    lines: list[str]


class ChangeItem(TypedDict):
    """What a change does to one record."""

    record_id: str
    record: Pointer | None
    number: str
    kind: str
    step: str
    base_version: int
    title: str
    owner_id: str | None
    team_id: str | None
    content: dict[str, Any]
    files: list[str]
    before: dict[str, Any]
    diff: list[Difference]


class Round(TypedDict):
    """One submission, frozen, and what became of it."""

    change_id: str
    round: int
    frozen: dict[str, Any]
    content_sha256: str
    submitted_by: Named
    created_at: str
    outcome: str | None
    cause: str | None


class ApprovalRequest(TypedDict):
    """One round's request for approval."""

    id: str
    kind: str
    change_id: str
    round: int
    number: str
    title: str
    status: str
    required: int
    approver_ids: list[str]
    submitted_by: str | Named
    content_sha256: str
    expires_at: str
    created_at: str
    updated_at: str
    cause: str | None
    closed_at: str | None
    etag: str


class ChangeBrief(TypedDict):
    """A change in a list."""

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
    records: list[Pointer] | None


class Change(TypedDict):
    """A single change."""

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
    follow_ups: list[FollowUp]
    content: dict[str, Any]
    authors: list[Named]
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


class Entry(TypedDict):
    """An entry of the audit trail: who, when, which step, why, old and new values."""

    id: int
    at: str
    table_name: str
    row_key: str
    record_id: str | None
    operation: str
    step: str
    actor: str
    cause: str | None
    reason: str
    request_id: str | None
    source: str | None
    old: dict[str, Any] | None
    new: dict[str, Any] | None
    etag: str
