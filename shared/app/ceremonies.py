"""A signing ceremony: one or several acts, shown in words, that one later sign-in signs (21 CFR 11.200(a)(1)(i))."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from shared.answers import signatures as answers
from shared.app.call import Call
from shared.app.signing_subjects import ToSign, Wish, to_sign
from shared.domain.kernel.errors import Conflict, Invalid, Refusal
from shared.domain.kernel.sentences import MISSING, TWICE, Sentence
from shared.domain.kernel.values import dataclass
from shared.domain.signing import signatures
from shared.queries.signing import count_signing_failures


@dataclass(frozen=True)
class SubjectToSign:
    """One of several things to sign."""

    subject_kind: str
    subject_id: UUID
    meaning: str
    arguments: dict[str, Any] | None = None


def wishes(
    kind: str | None,
    subject_id: UUID | None,
    meaning: str | None,
    arguments: Mapping[str, Any] | None,
    subjects: Sequence[SubjectToSign] | None,
) -> list[Wish]:
    """What a request wants to sign: one thing named by itself, or those in `subjects`; raises Invalid for both, neither, or too many."""
    if subjects is not None:
        if kind or subject_id or meaning or arguments:
            raise Invalid("subjects", Sentence("one_subject_or_several", "Give one subject by itself, or several in subjects; not both."))
        if not 0 < len(subjects) <= signatures.MOST_SUBJECTS:
            raise Invalid("subjects", Sentence("too_many_subjects", "One sign-in signs 1 to {most} things.", most=signatures.MOST_SUBJECTS))
        found = [Wish(one.subject_kind, one.subject_id, one.meaning, one.arguments or {}) for one in subjects]
        for place, one in enumerate(found):
            if any(
                (one.subject_kind, one.subject_id, one.meaning) == (other.subject_kind, other.subject_id, other.meaning)
                for other in found[:place]
            ):
                raise Invalid(f"subjects.{place}", TWICE)
        return found
    for name, value in (("subject_kind", kind), ("subject_id", subject_id), ("meaning", meaning)):
        if value is None:
            raise Invalid(name, MISSING)
    assert kind is not None and subject_id is not None and meaning is not None  # noqa: S101, PT018 - refused above
    return [Wish(kind, subject_id, meaning, arguments or {})]


def begin(call: Call, wished: Sequence[Wish], *, alone: bool) -> answers.SigningCeremony:
    """Begin a ceremony over what can be signed of `wished`; of a thing that is `alone`, or where nothing is left, raise the refusal."""
    judged = [_judged(call, one) for one in wished]
    refused = [one for one in judged if isinstance(one, Refusal)]
    if alone and refused:
        raise refused[0]
    if len(refused) == len(judged):
        raise Conflict(Sentence("nothing_to_sign_now", "None of these can be signed now. {cause}", cause=refused[0].sentence))
    acts = [one.act for one in judged if isinstance(one, ToSign)]
    failures = count_signing_failures(call.tx, call.person.id)
    challenges = signatures.ceremony(acts, by=call.member, sign_in=call.sign_in, failures=failures, at=call.now)
    call.save(*challenges)
    made = iter(challenges)
    shown = [
        answers.not_to_sign(wish.subject_kind, wish.subject_id, wish.meaning, one.sentence)
        if isinstance(one, Refusal)
        else answers.to_sign(next(made), one.act.arguments, one.in_words, one.compared)
        for wish, one in zip(wished, judged, strict=True)
    ]
    return answers.ceremony(challenges[0], shown)


def _judged(call: Call, wish: Wish) -> ToSign | Refusal:
    try:
        return to_sign(call, wish)
    except Refusal as refusal:
        return refusal
