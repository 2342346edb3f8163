"""The shapes of whole answers: pages, and what each step gives back."""

from typing import Any, Generic, TypeVar

from typing_extensions import TypedDict  # pydantic reads its own on Python 3.11

from shared.answers.people import Invitation, Member, Organisation, Person, Team
from shared.answers.records import ApprovalRequest, Brief, Change, Difference, File, Named, Note, Pointer, Record, Signature

Item = TypeVar("Item")


class Page(TypedDict, Generic[Item]):
    """A page of a list, newest first; `next_cursor` is null on the last one."""

    items: list[Item]
    next_cursor: str | None


class AMe(TypedDict):
    """The person changed."""

    person: Person


class AnOrganisation(TypedDict):
    """The organisation changed."""

    organisation: Organisation


class AMember(TypedDict):
    """The member changed."""

    member: Member


class ATeam(TypedDict):
    """The team changed."""

    team: Team


class AnInvitation(TypedDict):
    """The invitation changed."""

    invitation: Invitation


class Joined(TypedDict):
    """The organisation joined, and as what."""

    organisation: Organisation
    member: Member


class Upload(TypedDict):
    """Where to PUT the bytes, with which headers, within 15 minutes."""

    file_id: str
    upload_url: str
    headers: dict[str, str]


class AFile(TypedDict):
    """The file kept."""

    file: File


class DownloadUrl(TypedDict):
    """Where the bytes are, for five minutes."""

    file_id: str
    url: str


class Created(TypedDict):
    """A new record and the change that will make it version 1."""

    record: Record
    change: Change


class ARecord(TypedDict, total=False):
    """The record changed, under its kind's name."""

    document: Record
    training: Record
    event: Record
    investigation: Record
    capa_plan: Record


class AChange(TypedDict):
    """The change as it is now."""

    change: Change


class Submitted(TypedDict):
    """The change in approval and the request that waits."""

    change: Change
    approval_request: ApprovalRequest


class SigningChallenge(TypedDict):
    """What signing needs besides a fresh sign-in, for 120 seconds."""

    challenge_id: str
    content_sha256: str
    expires_at: str


class Decided(TypedDict):
    """What a decision did."""

    approval_request: ApprovalRequest
    change: Change
    signature: Signature
    records: list[Brief]


class PastVersion(TypedDict):
    """A version of a record, with what it altered in the one before."""

    record_id: str
    version: int
    status: str
    title: str
    owner_id: str
    team_id: str | None
    content: dict[str, Any]
    content_sha256: str
    change_id: str
    change: dict[str, Any]
    effective_on: str | None
    effective_at: str | None
    ended_at: str | None
    next_review_on: str | None
    created_at: str
    diff: list[Difference]


class TrailRecord(Pointer):
    """A record in the trail, and the version that it shows."""

    version: int


TrailLink = TypedDict("TrailLink", {"from": str, "type": str, "to": str})
TrailLink.__doc__ = "A relation in the trail, as it was made; from a change it leads to the records in it."


class Trained(TypedDict):
    """Somebody who was to be trained for something in the trail."""

    person: Named
    status: str
    assignment_id: str
    training_id: str
    training: str
    version: int
    document_id: str | None
    document_version: int | None
    completed_at: str | None


class Trail(TypedDict):
    """What led to a record and what came of it, from the event to the retrained person; the nearest first."""

    records: list[TrailRecord]
    changes: list[Pointer]
    links: list[TrailLink]
    people: list[Trained]


class History(TypedDict):
    """Everything that happened to a record's versions; the trail stands on the first page only."""

    record: Brief
    versions: list[PastVersion]
    signatures: list[Signature]
    notes: list[Note]
    trail: Trail | None
    next_cursor: str | None


Comparison = TypedDict("Comparison", {"record_id": str, "from": int, "to": int, "diff": list[Difference]})
Comparison.__doc__ = "What differs between two versions."


class Restore(TypedDict):
    """A restore of the database to an older state: recorded in which seal, by whom and why, and which seal it continues."""

    seal: int
    at: str
    by: str
    reason: str
    continues: int


class Sealed(TypedDict):
    """What the seals say: how many there are, of when the newest is, whether the trail is what they sealed, and what was restored."""

    checkpoints: int
    last_at: str | None
    intact: bool
    restores: list[Restore]


class Verdict(TypedDict):
    """Whether the trail holds and is what was sealed, and the first entry, row or seal that isn't."""

    intact: bool
    entries: int
    first_broken: dict[str, Any] | None
    sealed: Sealed | None
