"""The table of each of the domain's dataclasses.

Classes are named by strings, so that a step needn't import the modules that it doesn't use.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from shared.domain.kernel.values import dataclass


@dataclass(frozen=True)
class Table:
    """A dataclass's table: its name, its key, and the columns that may be updated.

    `once` means that inserting an existing row changes nothing.
    """

    name: str
    key: tuple[str, ...]
    mutable: tuple[str, ...] = ()
    once: bool = False


_ORG = "organisation_id"


# In the order in which rows may be inserted: parents before children.
TABLES: Mapping[str, Table] = {
    "people.people.Person": Table(
        "people", ("id",), ("email", "email_proven", "name", "language", "time_zone", "unsubscribed", "not_before", "updated_at")
    ),
    "people.organisations.Organisation": Table("organisations", ("id",), ("name", "time_zone", "language", "settings", "updated_at")),
    "people.people.Member": Table(
        "members",
        (_ORG, "person_id"),
        (
            "role",
            "admin",
            "status",
            "role_until",
            "printed_name",
            "policy_accepted_at",
            "former_names",
            "in_digest",
            "not_told",
            "updated_at",
        ),
    ),
    "people.organisations.Team": Table("teams", (_ORG, "id"), ("name", "lead_id", "closed_at", "updated_at")),
    "people.organisations.TeamMember": Table("team_members", (_ORG, "team_id", "person_id"), once=True),
    "people.invitations.Invitation": Table(
        "invitations", (_ORG, "id"), ("status", "secret_sha256", "expires_at", "accepted_by", "updated_at")
    ),
    "files.files.File": Table("files", (_ORG, "id"), ("status", "finished_at")),
    "records.records.Download": Table("downloads", (_ORG, "id")),
    "records.records.Record": Table(
        "records",
        (_ORG, "id"),
        (
            "type",
            "title",
            "owner_id",
            "team_id",
            "status",
            "version",
            "latest_version",
            "effective_version",
            "due_on",
            "content",
            "closed_at",
            "updated_at",
        ),
    ),
    "records.records.Contributor": Table("contributors", (_ORG, "record_id", "person_id"), once=True),
    "records.records.RecordFile": Table("record_files", (_ORG, "record_id", "file_id", "field"), once=True),
    "records.records.Note": Table("notes", (_ORG, "id")),
    "records.records.NoteFile": Table("note_files", (_ORG, "note_id", "file_id")),
    "changes.proposals.Change": Table(
        "changes",
        (_ORG, "id"),
        ("title", "reason", "impact", "risk", "effective_on", "status", "round", "owner_id", "follow_ups", "result", "updated_at"),
    ),
    "changes.proposals.Author": Table("change_authors", (_ORG, "change_id", "person_id"), once=True),
    "changes.proposals.Item": Table(  # queries read the view `present_items`, which leaves out removed items
        "change_items",
        (_ORG, "change_id", "record_id"),
        ("step", "base_version", "title", "owner_id", "team_id", "content", "in_approval", "removed"),
    ),
    "changes.proposals.ItemFile": Table("change_item_files", (_ORG, "change_id", "record_id", "file_id", "field"), once=True),
    "changes.proposals.Round": Table("rounds", (_ORG, "change_id", "round")),
    "changes.proposals.Request": Table("approval_requests", (_ORG, "id"), ("status", "cause", "closed_at", "updated_at")),
    "records.records.Version": Table(
        "versions",
        (_ORG, "record_id", "version"),
        ("status", "effective_on", "effective_at", "ended_at", "next_review_on"),
    ),
    "records.register_entries.RegisterEntry": Table(
        "register_entries", (_ORG, "id"), ("name", "code", "former_names", "merged_into", "updated_at")
    ),
    "records.links.Link": Table("links", (_ORG, "id"), once=True),
    "capa.actions.Action": Table(
        "actions",
        (_ORG, "id"),
        (
            "kind",
            "description",
            "owner_id",
            "status",
            "due_on",
            "extensions",
            "evidence",
            "completed_by",
            "completed_at",
            "verified_by",
            "verified_at",
            "returned_reason",
            "closed_at",
            "updated_at",
        ),
    ),
    "capa.actions.ActionFile": Table("action_files", (_ORG, "action_id", "file_id"), once=True),
    "capa.extensions.Extension": Table("extensions", (_ORG, "id"), ("status", "decided_by", "decided_at", "decision_reason", "updated_at")),
    "changes.comments.Comment": Table("comments", (_ORG, "id"), ("status", "resolved_by", "resolved_at", "updated_at")),
    "trainings.assignments.Assignment": Table(
        "assignments",
        (_ORG, "id"),
        ("status", "due_on", "valid_until", "completed_at", "learner_signed_at", "attempts", "closed_at", "updated_at"),
    ),
    "trainings.quizzes.Attempt": Table("quiz_attempts", (_ORG, "id"), ("answers", "correct", "passed", "ended_at")),
    "records.records.VersionFile": Table("version_files", (_ORG, "record_id", "version", "file_id", "field")),
    "signing.signatures.Challenge": Table("challenges", (_ORG, "id"), ("used_at",)),
    "signing.signatures.Signature": Table("signatures", (_ORG, "id")),
    "signing.signatures.SigningFailure": Table("signing_failures", (_ORG, "id")),
    "signing.trail_reviews.Review": Table("trail_reviews", (_ORG, "id")),
    "reports.requested_exports.Export": Table(
        "exports",
        (_ORG, "id"),
        (
            "status",
            "filename",
            "media_type",
            "size",
            "sha256",
            "rows",
            "cause",
            "finished_at",
            "expires_at",
            "handed_over_at",
            "updated_at",
        ),
    ),
    "people.erasures.Erasure": Table("erasures", (_ORG, "id")),
}

_DOMAIN = "shared.domain."


def name_of(kind: type) -> str:
    """The name of a class in `TABLES`."""
    return f"{kind.__module__.removeprefix(_DOMAIN)}.{kind.__qualname__}"


@cache
def table_of(kind: type) -> Table:
    """The table of a class; raises TypeError where none is declared."""
    try:
        return TABLES[name_of(kind)]
    except KeyError:
        message = f"no table is declared for {kind.__name__}"
        raise TypeError(message) from None


@cache
def place_of(kind: type) -> int:
    """The position of a class in the order of insertion; raises TypeError if no table is declared."""
    return [*TABLES.values()].index(table_of(kind))
