"""Answers about signatures and signing ceremonies."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from typing_extensions import TypedDict  # pydantic reads its own on Python 3.11

from shared.answers.rows import as_answer, etag, written
from shared.domain.files.extents import State
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
    arguments: dict[str, Any] | None
    etag: str
    valid: bool


class FailedSignings(TypedDict):
    """How often a person's signing failed of late, how many more failures lock it, and until when it is locked."""

    failures: int
    left: int
    locked_until: str | None


class ComparedField(TypedDict):
    """What of one file of a change could be compared, and in words why not more."""

    record_id: str
    number: str
    field: str
    state: State
    in_words: str


class ActToSign(TypedDict):
    """What one signature of a ceremony will cover, or why it can't be made (`why_not`)."""

    subject_kind: str
    subject_id: str
    meaning: str
    arguments: dict[str, Any]
    in_words: str | None
    compared: list[ComparedField]
    content_sha256: str | None
    why_not: str | None


class SigningCeremony(TypedDict):
    """The challenge to send with each signed step within 120 seconds, beside a fresh sign-in; `content_sha256` is the first subject's."""

    challenge_id: str
    content_sha256: str
    signs: list[ActToSign]
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
        "arguments": None if row.arguments is None else dict(row.arguments),
        "etag": etag(row.revision),
        "valid": valid,
    }


def to_sign(row: signatures.Challenge, arguments: Mapping[str, object], in_words: str, compared: Sequence[Mapping[str, Any]]) -> ActToSign:
    """What is about to be signed."""
    return {
        "subject_kind": row.subject_kind,
        "subject_id": str(row.subject_id),
        "meaning": row.meaning,
        "arguments": dict(arguments),
        "in_words": in_words,
        "compared": [as_answer(ComparedField, {name: one[name] for name in ComparedField.__annotations__}) for one in compared],
        "content_sha256": row.content_sha256,
        "why_not": None,
    }


def not_to_sign(kind: str, subject_id: UUID, meaning: str, why_not: str) -> ActToSign:
    """What can't be signed now, and why."""
    return {
        "subject_kind": kind,
        "subject_id": str(subject_id),
        "meaning": meaning,
        "arguments": {},
        "in_words": None,
        "compared": [],
        "content_sha256": None,
        "why_not": why_not,
    }


def ceremony(row: signatures.Challenge, signs: list[ActToSign]) -> SigningCeremony:
    """A ceremony, from one of its challenges."""
    return {
        "challenge_id": str(row.ceremony_id),
        "content_sha256": row.content_sha256,
        "signs": signs,
        "expires_at": written(row.expires_at),
    }


def failed_signings(failures: int, until: datetime | None) -> FailedSignings:
    """A person's failed signings."""
    left = max(0, signatures.LOCK_AFTER - failures)
    return {"failures": failures, "left": left, "locked_until": None if until is None else written(until)}
