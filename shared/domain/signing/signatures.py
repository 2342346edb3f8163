"""Electronic signatures: a challenge, a fresh sign-in, and a hash that binds the signature to its content (21 CFR 11.50-11.200)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from shared.domain.kernel import canonical, ids
from shared.domain.kernel.errors import Conflict, Forbidden, NotFound, Refusal
from shared.domain.kernel.sentences import Sentence
from shared.domain.kernel.values import dataclass, replace
from shared.domain.people.people import Member, ready_to_sign

CHALLENGE_SECONDS = 120
MOST_SUBJECTS = 50  # that one sign-in signs
METHODS = frozenset({"password"})  # ways to sign in that ask for a secret each time; a signature needs one of them
LOCK_AFTER, LOCK_MINUTES = 5, 15
USED_ALREADY = Sentence("challenge_used_already", "This signing challenge was used already; start signing again.")
EXPIRED = Sentence("challenge_expired", "This signing challenge has expired; sign within {seconds} seconds.", seconds=CHALLENGE_SECONDS)
FOR_SOMETHING_ELSE = Sentence(
    "challenge_for_something_else", "This signing challenge was made to sign something else; start signing again."
)
MOVED = Sentence("signed_content_moved", "What you were going to sign has changed meanwhile; read it and start signing again.")
WRONG_PASSWORD = "The identity provider refused the password."  # noqa: S105 - a cause


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
class Act:
    """What a person is about to sign: the step's meaning, its subject with the resulting content, and its arguments."""

    meaning: str
    signable: Signable
    arguments: Mapping[str, object]
    on_behalf_of: UUID | None = None

    @property
    def arguments_sha256(self) -> str:
        """The hash of the arguments, and of the person for whom a delegate signs."""
        return canonical.sha256({"arguments": self.arguments, "on_behalf_of": self.on_behalf_of})


@dataclass(frozen=True)
class SignIn:
    """How and when a person authenticated, from the verified token."""

    auth_time: datetime
    method: str


@dataclass(frozen=True)
class Challenge:
    """A permission to sign one act, once, within two minutes.

    The challenges of one ceremony are signed with one sign-in, which is later than the one that began the ceremony (21 CFR 11.200(a)(1)).
    """

    organisation_id: UUID
    id: UUID
    ceremony_id: UUID
    person_id: UUID
    subject_kind: str
    subject_id: UUID
    round: int | None
    meaning: str
    content_sha256: str
    arguments_sha256: str
    begun_by: datetime
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    revision: int = 0


@dataclass(frozen=True)
class Signature:
    """A signature: who signed what, with which meaning, when and how (21 CFR 11.50(a)). `binding_sha256` is the hash over all of it.

    `content` is the signed content if no round or document version holds it; `arguments` are what the step was told, where it was told
    anything.
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
    arguments: Mapping[str, object] | None = None
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


def ceremony(acts: Sequence[Act], *, by: Member, sign_in: SignIn, failures: int, at: datetime) -> tuple[Challenge, ...]:
    """A challenge for each act, bound to person, organisation, subject, round, meaning, arguments and resulting content."""
    ready_to_sign(by)
    refuse_locked(failures)
    ceremony_id = ids.new(at)
    return tuple(
        Challenge(
            organisation_id=by.organisation_id,
            id=ids.new(at),
            ceremony_id=ceremony_id,
            person_id=by.person_id,
            subject_kind=act.signable.kind,
            subject_id=act.signable.id,
            round=act.signable.round,
            meaning=act.meaning,
            content_sha256=act.signable.content_sha256,
            arguments_sha256=act.arguments_sha256,
            begun_by=sign_in.auth_time,
            created_at=at,
            expires_at=at + timedelta(seconds=CHALLENGE_SECONDS),
        )
        for act in acts
    )


def refuse_locked(failures: int) -> None:
    """Raise Forbidden if the person's recent failed signings reach the limit."""
    if failures >= LOCK_AFTER:
        raise Forbidden(
            Sentence(
                "signing_locked",
                "Signing is locked for {minutes} minutes after {failures} failed signings. QA and the admins were told.",
                minutes=LOCK_MINUTES,
                failures=LOCK_AFTER,
            )
        )


def sign(
    given: Sequence[Challenge],
    act: Act,
    *,
    by: Member,
    sign_in: SignIn,
    spent_on: UUID | None,
    time_zone: str,
    failures: int,
    at: datetime,
    reason: str | None = None,
) -> tuple[Challenge, Signature]:
    """The used challenge and the signature.

    `given` are the challenges of the ceremony, and `spent_on` is the ceremony that the sign-in has signed, this one included.
    Raises NotFound (no such ceremony of this person), Conflict (used, expired, made for something else, content moved) or
    SigningRefused (no sign-in of its own for this ceremony: a session token alone can't sign, 21 CFR 11.200(a)(1)).
    """
    printed_name = ready_to_sign(by)
    refuse_locked(failures)
    one = _challenge_for(given, act, by, at)
    refuse_sign_in(one, sign_in, spent_on)
    signable = act.signable
    signature = Signature(
        organisation_id=by.organisation_id,
        id=ids.new(at),
        subject_kind=signable.kind,
        subject_id=signable.id,
        change_id=signable.change_id,
        record_id=signable.record_id,
        version=signable.version,
        round=signable.round,
        meaning=act.meaning,
        content_sha256=signable.content_sha256,
        person_id=by.person_id,
        on_behalf_of=act.on_behalf_of,
        printed_name=printed_name,
        signed_at=at,
        local_time=at.astimezone(ZoneInfo(time_zone)).isoformat(timespec="seconds"),
        time_zone=time_zone,
        reason=reason,
        auth_time=sign_in.auth_time,
        auth_method=sign_in.method,
        challenge_id=one.id,
        content=signable.content,
        arguments=act.arguments or None,
    )
    return replace(one, used_at=at), replace(signature, binding_sha256=binding(signature))


def refuse_over(given: Sequence[Challenge], *, by: Member, at: datetime) -> None:
    """Raise NotFound or Conflict unless `given` are a ceremony of this person that can still be signed."""
    own = _own(given, by)
    if all(one.used_at is not None for one in own):
        raise Conflict(USED_ALREADY)
    if own[0].expires_at <= at:
        raise Conflict(EXPIRED)


def _own(given: Sequence[Challenge], by: Member) -> list[Challenge]:
    own = [one for one in given if (one.person_id, one.organisation_id) == (by.person_id, by.organisation_id)]
    if not own:
        raise NotFound(Sentence("no_such_challenge", "There is no such signing challenge of yours; start signing again."))
    return own


def _challenge_for(given: Sequence[Challenge], act: Act, by: Member, at: datetime) -> Challenge:
    """The challenge of the ceremony that was made for this act."""
    own = _own(given, by)
    subject = (act.signable.kind, act.signable.id, act.signable.round, act.meaning)
    found = next((one for one in own if (one.subject_kind, one.subject_id, one.round, one.meaning) == subject), None)
    if (found is None or found.used_at is not None) and all(one.used_at is not None for one in ([found] if found else own)):
        raise Conflict(USED_ALREADY)
    if own[0].expires_at <= at:
        raise Conflict(EXPIRED)
    if found is None:
        raise Conflict(FOR_SOMETHING_ELSE)
    if found.content_sha256 != act.signable.content_sha256:
        raise Conflict(MOVED)
    if found.arguments_sha256 != act.arguments_sha256:
        raise Conflict(
            Sentence(
                "signed_arguments_differ",
                "You began to sign with other words or values than these, or for somebody else; start signing again with what you mean"
                " to sign.",
            )
        )
    return found


def refuse_sign_in(one: Challenge, sign_in: SignIn, spent_on: UUID | None) -> None:
    """Raise SigningRefused unless this sign-in was made for this ceremony: later than the one that began it, and used for no other.

    A sign-in is told by its own time, which no refresh of its token moves.
    """
    if sign_in.method.partition("+")[0] not in METHODS:
        raise SigningRefused(
            Sentence(
                "password_needed_to_sign", "Sign in with your password to sign; another way to sign in doesn't ask who you are each time."
            )
        )
    if sign_in.auth_time <= one.begun_by or sign_in.auth_time < one.created_at.replace(microsecond=0):
        raise SigningRefused(Sentence("fresh_sign_in_needed", "Sign in again with your password, then sign with that fresh sign-in."))
    if spent_on != one.ceremony_id:
        raise SigningRefused(
            Sentence("sign_in_has_signed", "This sign-in has signed already. Sign in again with your password for what you sign now.")
        )


def binding(signature: Signature) -> str:
    """The hash over every field of a signature except the hash itself; the content is covered by `content_sha256`."""
    left_out = {"binding_sha256", "content", "revision"} | ({"arguments"} if signature.arguments is None else set())
    bound = {one.name: getattr(signature, one.name) for one in fields(signature) if one.name not in left_out}
    return canonical.sha256(bound)


def holds(signature: Signature, content: Mapping[str, object]) -> bool:
    """Whether the signature is unaltered and belongs to `content`; copied to another record or version it doesn't hold (21 CFR 11.70)."""
    return signature.binding_sha256 == binding(signature) and signature.content_sha256 == canonical.sha256(content)
