"""Electronic signatures: bound to person, thing, round, meaning, content and time, after a fresh sign-in (21 CFR 11.50-11.300)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from shared.domain.kernel.errors import Conflict, Forbidden, NotFound, Refusal
from shared.domain.people.people import Role
from shared.domain.signing.signatures import (
    CHALLENGE_SECONDS,
    LOCK_AFTER,
    Act,
    Challenge,
    Signable,
    Signature,
    SigningRefused,
    binding,
    ceremony,
    refuse_locked,
    sign,
)
from tests.domain import cases
from tests.domain.cases import AT, FRESH_SIGN_IN, OLD_SIGN_IN, QUINN, RUTH, SUBJECT, uid

SECOND = timedelta(seconds=1)


def challenged(**more: Any) -> Challenge:
    """Quinn's challenge to approve the round."""
    [made] = ceremony([Act("approved", SUBJECT, {})], by=QUINN, sign_in=OLD_SIGN_IN, failures=0, at=AT)
    return replace(made, **more)


def signing(
    given_challenge: Challenge | None,
    subject: Signable = SUBJECT,
    meaning: str = "approved",
    arguments: dict[str, object] | None = None,
    on_behalf_of: UUID | None = None,
    **more: Any,
) -> tuple[Challenge, Signature]:
    """Quinn signs ten seconds later."""
    given = () if given_challenge is None else (given_challenge,)
    usual: dict[str, Any] = {"by": QUINN, "sign_in": FRESH_SIGN_IN, "time_zone": "Europe/Brussels", "failures": 0, "at": AT + 10 * SECOND}
    usual["spent_on"] = given[0].ceremony_id if given else None
    return sign(given, Act(meaning, subject, arguments or {}, on_behalf_of), **{**usual, **more})


@pytest.mark.clause("11.200(a)(1)")
def test_a_challenge_is_bound_to_person_subject_round_meaning_content_and_time() -> None:
    made = challenged()
    assert (made.organisation_id, made.person_id, made.meaning) == (cases.ORGANISATION, QUINN.person_id, "approved")
    assert (made.subject_kind, made.subject_id, made.round, made.content_sha256) == (SUBJECT.kind, SUBJECT.id, 1, SUBJECT.content_sha256)
    assert (made.created_at, made.expires_at, made.used_at) == (AT, AT + 120 * SECOND, None)
    assert made.begun_by == OLD_SIGN_IN.auth_time
    assert CHALLENGE_SECONDS == 120


@pytest.mark.clause("11.50")
def test_a_signature_says_who_what_when_how_and_with_which_meaning() -> None:
    used, made = signing(challenged(), reason="All clear")
    assert used == replace(challenged(id=used.id, ceremony_id=used.ceremony_id), used_at=AT + 10 * SECOND)
    assert (made.printed_name, made.person_id, made.meaning, made.reason) == ("Quinn", QUINN.person_id, "approved", "All clear")
    assert (made.signed_at, made.local_time, made.time_zone) == (AT + 10 * SECOND, "2026-11-22T13:00:40+01:00", "Europe/Brussels")
    assert (made.subject_kind, made.subject_id, made.round, made.content_sha256) == (SUBJECT.kind, SUBJECT.id, 1, SUBJECT.content_sha256)
    assert (made.auth_time, made.auth_method, made.challenge_id) == (FRESH_SIGN_IN.auth_time, "password", used.id)
    assert made.binding_sha256 == binding(made)


@pytest.mark.clause("11.50")
@pytest.mark.parametrize(
    ("zone", "local"),
    [
        ("Europe/Brussels", "2026-07-01T14:00:00+02:00"),
        ("America/New_York", "2026-07-01T08:00:00-04:00"),
        ("Asia/Kathmandu", "2026-07-01T17:45:00+05:45"),
        ("Etc/UTC", "2026-07-01T12:00:00+00:00"),
    ],
)
def test_the_signers_own_time_stands_beside_utc(zone: str, local: str) -> None:
    at = datetime(2026, 7, 1, 12, tzinfo=UTC)
    given_challenge = challenged(begun_by=at - SECOND, created_at=at, expires_at=at + SECOND)
    assert signing(given_challenge, time_zone=zone, at=at, sign_in=replace(FRESH_SIGN_IN, auth_time=at))[1].local_time == local


MOVED: dict[str, dict[str, Any]] = {
    "another person": {"by": RUTH},
    "another organisation": {"by": replace(QUINN, organisation_id=uid("other"))},
    "another kind": {"subject": replace(SUBJECT, kind="document")},
    "another thing": {"subject": replace(SUBJECT, id=uid("other"))},
    "another round": {"subject": replace(SUBJECT, round=2)},
    "no round": {"subject": replace(SUBJECT, round=None)},
    "another meaning": {"meaning": "rejected"},
    "other arguments": {"arguments": {"reason": "Another one"}},
    "for somebody else": {"on_behalf_of": RUTH.person_id},
    "other content": {"subject": replace(SUBJECT, content_sha256="b" * 64)},
    "too late": {"at": AT + 120 * SECOND},
    "much too late": {"at": AT + timedelta(days=1)},
}


@pytest.mark.clause("11.200(a)(1)")
@pytest.mark.parametrize("what", MOVED)
def test_a_challenge_signs_nothing_but_what_it_was_made_for(what: str) -> None:
    with pytest.raises((Conflict, NotFound)) as refused:
        signing(challenged(), **MOVED[what])
    assert isinstance(refused.value, NotFound) == ("person" in what or "organisation" in what)
    assert refused.value.sentence.endswith(".")


@pytest.mark.clause("11.200(a)(1)")
def test_a_challenge_signs_once() -> None:
    used, _ = signing(challenged())
    with pytest.raises(Conflict, match="used already"):
        signing(used)


def test_without_a_challenge_there_is_none_to_use_and_anothers_looks_the_same() -> None:
    with pytest.raises(NotFound) as missing:
        signing(None)
    with pytest.raises(NotFound) as anothers:
        signing(challenged(), by=RUTH)
    assert missing.value.sentence == anothers.value.sentence


def test_a_challenge_is_good_until_its_last_moment() -> None:
    assert signing(challenged(), at=AT + 120 * SECOND - timedelta(microseconds=1))


@pytest.mark.clause("11.200(a)(1)")
@pytest.mark.parametrize(
    ("auth_time", "fresh"),
    [
        (AT - timedelta(hours=1), False),
        (AT.replace(microsecond=0) - SECOND, False),
        (AT.replace(microsecond=0) - timedelta(microseconds=1), False),
        (AT.replace(microsecond=0), True),  # auth_time has whole seconds: the challenge's own second counts
        (AT.replace(microsecond=0) + SECOND, True),
        (AT + 100 * SECOND, True),
    ],
)
def test_a_sign_in_before_the_challenges_second_is_stale(auth_time: datetime, fresh: bool) -> None:
    sign_in = replace(FRESH_SIGN_IN, auth_time=auth_time)
    if fresh:
        assert signing(challenged(), sign_in=sign_in)
    else:
        with pytest.raises(SigningRefused, match="Sign in again with your password"):
            signing(challenged(), sign_in=sign_in)


@pytest.mark.clause("11.200(a)(1)")
@pytest.mark.parametrize(("later", "fresh"), [(-SECOND, False), (0 * SECOND, False), (SECOND, True)])
def test_the_sign_in_that_began_the_signing_cannot_end_it_whatever_its_token_looks_like(later: timedelta, fresh: bool) -> None:
    """A refreshed token keeps the time of its sign-in, so that alone tells; one of the same second is the same sign-in."""
    begun = AT.replace(microsecond=0)
    sign_in = replace(FRESH_SIGN_IN, auth_time=begun + later)
    if fresh:
        assert signing(challenged(begun_by=begun), sign_in=sign_in)
    else:
        with pytest.raises(SigningRefused) as refused:
            signing(challenged(begun_by=begun), sign_in=sign_in)
        assert refused.value.status == 401


@pytest.mark.clause("11.200(a)(1)")
def test_a_sign_in_that_signed_one_ceremony_signs_no_other() -> None:
    with pytest.raises(SigningRefused, match="has signed already"):
        signing(challenged(), spent_on=uid("another ceremony"))
    with pytest.raises(SigningRefused, match="has signed already"):
        signing(challenged(), spent_on=None)


@pytest.mark.clause("11.200(a)(1)(i)")
def test_one_ceremony_signs_several_acts_each_by_itself() -> None:
    other = replace(SUBJECT, id=uid("another request"), content_sha256="b" * 64)
    acts = [Act("approved", SUBJECT, {}), Act("rejected", other, {"reason": "Unclear"})]
    given = ceremony(acts, by=QUINN, sign_in=OLD_SIGN_IN, failures=0, at=AT)
    how: dict[str, Any] = {"by": QUINN, "sign_in": FRESH_SIGN_IN, "time_zone": "Etc/UTC", "failures": 0, "at": AT + 10 * SECOND}
    how["spent_on"] = given[0].ceremony_id
    assert len({one.ceremony_id for one in given}) == 1
    used, first = sign(given, acts[0], **how)
    _, second = sign((used, given[1]), acts[1], **how)
    assert (first.subject_id, second.subject_id) == (SUBJECT.id, other.id)
    assert first.challenge_id != second.challenge_id
    assert second.arguments == {"reason": "Unclear"}
    with pytest.raises(Conflict, match="used already"):
        sign((used, given[1]), acts[0], **how)
    with pytest.raises(Conflict, match="something else"):
        sign((used, given[1]), Act("approved", replace(SUBJECT, id=uid("a third")), {}), **how)


@pytest.mark.clause("11.200(a)(1)")
@pytest.mark.parametrize("method", ["custom", "anonymous", "google.com", "phone", "", "passwordless", "oidc.firm+totp"])
def test_a_sign_in_that_asks_for_no_password_signs_nothing(method: str) -> None:
    with pytest.raises(SigningRefused, match="Sign in with your password"):
        signing(challenged(), sign_in=replace(FRESH_SIGN_IN, method=method))
    assert signing(challenged(), sign_in=replace(FRESH_SIGN_IN, method="password+totp"))


@pytest.mark.clause("11.70")
def test_a_signature_covers_what_the_step_was_told() -> None:
    given = ceremony([Act("reclassified", SUBJECT, {"severity": "minor"})], by=QUINN, sign_in=OLD_SIGN_IN, failures=0, at=AT)
    with pytest.raises(Conflict, match="other words or values"):
        signing(given[0], meaning="reclassified", arguments={"severity": "critical"})
    _, made = signing(given[0], meaning="reclassified", arguments={"severity": "minor"})
    assert made.arguments == {"severity": "minor"}
    assert binding(replace(made, arguments={"severity": "critical"})) != made.binding_sha256
    assert binding(replace(made, arguments=None)) != made.binding_sha256


@pytest.mark.clause("11.10(j)")
@pytest.mark.parametrize(
    "missing", [{"policy_accepted_at": None}, {"printed_name": None}, {"policy_accepted_at": None, "printed_name": None}]
)
def test_nobody_signs_before_accepting_the_signing_policy(missing: dict[str, Any]) -> None:
    by = replace(QUINN, **missing)
    with pytest.raises(Conflict, match="accept the signing policy"):
        ceremony([Act("approved", SUBJECT, {})], by=by, sign_in=OLD_SIGN_IN, failures=0, at=AT)
    with pytest.raises(Conflict, match="accept the signing policy"):
        signing(challenged(), by=by)


@pytest.mark.clause("11.300")
@pytest.mark.parametrize("failures", [LOCK_AFTER, LOCK_AFTER + 1, 1000])
def test_repeated_failures_lock_signing(failures: int) -> None:
    with pytest.raises(Forbidden, match="locked for 15 minutes after 5 failed"):
        ceremony([Act("approved", SUBJECT, {})], by=QUINN, sign_in=OLD_SIGN_IN, failures=failures, at=AT)
    with pytest.raises(Forbidden, match="locked"):
        signing(challenged(), failures=failures)


def test_fewer_failures_do_not_lock() -> None:
    refuse_locked(LOCK_AFTER - 1)
    assert signing(challenged(), failures=4)
    assert LOCK_AFTER == 5


def test_the_printed_name_is_the_one_of_that_moment() -> None:
    _, before = signing(challenged())
    _, after = signing(challenged(), by=replace(QUINN, printed_name="Quinn Marie"))
    assert (before.printed_name, after.printed_name) == ("Quinn", "Quinn Marie")
    assert before.binding_sha256 == binding(before)


def test_a_delegates_signature_shows_both() -> None:
    act = Act("approved", SUBJECT, {}, RUTH.person_id)
    [given] = ceremony([act], by=QUINN, sign_in=OLD_SIGN_IN, failures=0, at=AT)
    _, made = signing(given, on_behalf_of=RUTH.person_id)
    assert (made.person_id, made.on_behalf_of, made.printed_name) == (QUINN.person_id, RUTH.person_id, "Quinn")


def test_a_refused_signing_leaves_the_challenge_as_it_was() -> None:
    given_challenge = challenged()
    for wrong in ({"sign_in": OLD_SIGN_IN}, {"meaning": "rejected"}, {"failures": 9}):
        with pytest.raises(Refusal):
            signing(given_challenge, **wrong)
    assert signing(given_challenge)[0].used_at is not None


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.ACTION_OWNER, Role.QA])
def test_whoever_accepted_the_policy_can_begin_to_sign(role: Role) -> None:
    [made] = ceremony([Act("completed", SUBJECT, {})], by=replace(QUINN, role=role), sign_in=OLD_SIGN_IN, failures=0, at=AT)
    assert made.meaning == "completed"


def test_two_challenges_are_never_the_same() -> None:
    assert len({challenged().id for _ in range(100)}) == 100
