"""Answers about signatures and signing challenges."""

from typing_extensions import TypedDict  # pydantic reads its own on Python 3.11

from shared.answers.rows import etag, written
from shared.domain.signing import signatures


class Signature(TypedDict):
    """Who signed what, with which meaning, when and how (21 CFR 11.50); `valid` says whether it still holds."""

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


class SigningChallenge(TypedDict):
    """The challenge to send with a signed step within 120 seconds, beside a fresh sign-in."""

    challenge_id: str
    content_sha256: str
    expires_at: str


def signature(row: signatures.Signature, *, valid: bool) -> Signature:
    """A signature as shown with its record (21 CFR 11.50(b)), and whether it still holds."""
    return {
        "id": str(row.id),
        "subject_kind": row.subject_kind,
        "subject_id": str(row.subject_id),
        "change_id": written(row.change_id),
        "record_id": written(row.record_id),
        "version": row.version,
        "round": row.round,
        "meaning": row.meaning,
        "content_sha256": row.content_sha256,
        "person_id": str(row.person_id),
        "on_behalf_of": written(row.on_behalf_of),
        "printed_name": row.printed_name,
        "signed_at": written(row.signed_at),
        "local_time": row.local_time,
        "time_zone": row.time_zone,
        "reason": row.reason,
        "auth_time": written(row.auth_time),
        "auth_method": row.auth_method,
        "challenge_id": str(row.challenge_id),
        "etag": etag(row.revision),
        "valid": valid,
    }


def challenge(row: signatures.Challenge) -> SigningChallenge:
    """The challenge that the signer sends back."""
    return {"challenge_id": str(row.id), "content_sha256": row.content_sha256, "expires_at": written(row.expires_at)}
