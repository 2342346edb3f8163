"""Electronic signatures: a challenge, a fresh sign-in, and a hash that binds the signature to its content (21 CFR 11.50-11.200)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from shared.domain.kernel import canonical, ids
from shared.domain.kernel.errors import Conflict, Forbidden, NotFound, Refusal
from shared.domain.kernel.values import dataclass, replace
from shared.domain.people.people import Member, ready_to_sign

CHALLENGE_SECONDS = 120
LOCK_AFTER, LOCK_MINUTES = 5, 15


class SigningRefused(Refusal):
    """A signing without a fresh sign-in; failures are counted, and repeated ones lock signing and alert (21 CFR 11.300(d))."""

    status = 401
    title = "Sign in again to sign"


@dataclass(frozen=True)
class Signable:
    """What a signature covers: a thing, its round or version, and the hash of its content and attachments."""

    kind: str
    id: UUID
    content_sha256: str
    round: int | None = None
    change_id: UUID | None = None
    record_id: UUID | None = None
    version: int | None = None
    content: Mapping[str, object] | None = None  # stored with the signature if no round or document version holds it


@dataclass(frozen=True)
class SignIn:
    """How and when a person authenticated, from the verified token."""

    auth_time: datetime
    method: str
    token_sha256: str


@dataclass(frozen=True)
class Challenge:
    """A permission to sign one thing with one meaning, once, within two minutes."""

    organisation_id: UUID
    id: UUID
    person_id: UUID
    subject_kind: str
    subject_id: UUID
    round: int | None
    meaning: str
    content_sha256: str
    token_sha256: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    revision: int = 0


@dataclass(frozen=True)
class Signature:
    """A signature: who signed what, with which meaning, when and how (21 CFR 11.50(a)). `binding_sha256` is the hash over all of it.

    `content` is the signed content if no round or document version holds it.
    """

    organisation_id: UUID
    id: UUID
    subject_kind: str
    subject_id: UUID
    change_id: UUID | None
    record_id: UUID | None
    version: int | None
    round: int | None
    meaning: str
    content_sha256: str
    person_id: UUID
    on_behalf_of: UUID | None
    printed_name: str
    signed_at: datetime
    local_time: str
    time_zone: str
    reason: str | None
    auth_time: datetime
    auth_method: str
    challenge_id: UUID
    binding_sha256: str = ""
    content: Mapping[str, object] | None = None
    revision: int = 0


@dataclass(frozen=True)
class SigningFailure:
    """One failed signing."""

    organisation_id: UUID
    id: UUID
    person_id: UUID
    cause: str
    created_at: datetime
    revision: int = 0


def challenge(signable: Signable, meaning: str, *, by: Member, sign_in: SignIn, failures: int, at: datetime) -> Challenge:
    """A new challenge, bound to person, organisation, subject, round, meaning and content."""
    ready_to_sign(by)
    refuse_locked(failures)
    return Challenge(
        organisation_id=by.organisation_id,
        id=ids.new(at),
        person_id=by.person_id,
        subject_kind=signable.kind,
        subject_id=signable.id,
        round=signable.round,
        meaning=meaning,
        content_sha256=signable.content_sha256,
        token_sha256=sign_in.token_sha256,
        created_at=at,
        expires_at=at + timedelta(seconds=CHALLENGE_SECONDS),
    )


def refuse_locked(failures: int) -> None:
    """Raise Forbidden if the person's recent failed signings reach the limit."""
    if failures >= LOCK_AFTER:
        raise Forbidden(f"Signing is locked for {LOCK_MINUTES} minutes after {LOCK_AFTER} failed signings. QA and the admins were told.")


def sign(
    given: Challenge | None,
    signable: Signable,
    meaning: str,
    *,
    by: Member,
    sign_in: SignIn,
    time_zone: str,
    failures: int,
    at: datetime,
    reason: str | None = None,
    on_behalf_of: UUID | None = None,
) -> tuple[Challenge, Signature]:
    """The used challenge and the signature.

    Raises NotFound (no such challenge of this person), Conflict (used, expired, made for something else, content moved) or
    SigningRefused (no sign-in since the challenge: a session token alone can't sign, 21 CFR 11.200(a)(1)).
    """
    printed_name = ready_to_sign(by)
    refuse_locked(failures)
    if given is None or (given.person_id, given.organisation_id) != (by.person_id, by.organisation_id):
        raise NotFound("There is no such signing challenge of yours; start signing again.")
    if given.used_at is not None:
        raise Conflict("This signing challenge was used already; start signing again.")
    if given.expires_at <= at:
        raise Conflict(f"This signing challenge has expired; sign within {CHALLENGE_SECONDS} seconds.")
    if (given.subject_kind, given.subject_id, given.round, given.meaning) != (signable.kind, signable.id, signable.round, meaning):
        raise Conflict("This signing challenge was made to sign something else; start signing again.")
    if given.content_sha256 != signable.content_sha256:
        raise Conflict("What you were going to sign has changed meanwhile; read it and start signing again.")
    if sign_in.token_sha256 == given.token_sha256 or sign_in.auth_time < given.created_at.replace(microsecond=0):
        raise SigningRefused("Sign in again with your password, then sign with that fresh sign-in.")
    signature = Signature(
        organisation_id=by.organisation_id,
        id=ids.new(at),
        subject_kind=signable.kind,
        subject_id=signable.id,
        change_id=signable.change_id,
        record_id=signable.record_id,
        version=signable.version,
        round=signable.round,
        meaning=meaning,
        content_sha256=signable.content_sha256,
        person_id=by.person_id,
        on_behalf_of=on_behalf_of,
        printed_name=printed_name,
        signed_at=at,
        local_time=at.astimezone(ZoneInfo(time_zone)).isoformat(timespec="seconds"),
        time_zone=time_zone,
        reason=reason,
        auth_time=sign_in.auth_time,
        auth_method=sign_in.method,
        challenge_id=given.id,
        content=signable.content,
    )
    return replace(given, used_at=at), replace(signature, binding_sha256=binding(signature))


def binding(signature: Signature) -> str:
    """The hash over every field of a signature except the hash itself; the content is covered by `content_sha256`."""
    left_out = {"binding_sha256", "content", "revision"}
    bound = {one.name: getattr(signature, one.name) for one in fields(signature) if one.name not in left_out}
    return canonical.sha256(bound)


def holds(signature: Signature, content: Mapping[str, object]) -> bool:
    """Whether the signature is unaltered and belongs to `content`; copied to another record or version it doesn't hold (21 CFR 11.70)."""
    return signature.binding_sha256 == binding(signature) and signature.content_sha256 == canonical.sha256(content)
