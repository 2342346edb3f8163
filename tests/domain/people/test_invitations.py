"""Invitations: for one address, once, for seven days; only the hash of the secret is kept (21 CFR 11.100, Annex 11 §12)."""

from __future__ import annotations

import hashlib
import re
from dataclasses import asdict, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from shared.domain.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from shared.domain.people import invitations
from shared.domain.people.invitations import Invitation
from shared.domain.people.people import Role
from tests.domain import cases
from tests.domain.cases import AT, TODAY, uid

ADMIN = cases.member("Ada", None, admin=True)
ANN = cases.person("Ann", email="ann@pharma.example")


def invite(**more: Any) -> tuple[Invitation, str]:
    """Ada invites Ann as QA."""
    usual: dict[str, Any] = {"email": "Ann@Pharma.example", "role": Role.QA, "admin": False, "team_ids": [], "role_until": None}
    return invitations.invite(cases.organisation(), **{**usual, "by": ADMIN, "at": AT, **more})


def test_the_token_names_the_organisation_and_256_random_bits() -> None:
    invitation, token = invite()
    organisation, secret = token.split(".")
    assert UUID(organisation) == cases.ORGANISATION
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", secret)
    assert invitations.read_token(token) == (cases.ORGANISATION, invitation.secret_sha256)
    assert len({invite()[1] for _ in range(50)}) == 50


def test_only_the_hash_of_the_secret_is_kept() -> None:
    invitation, token = invite()
    secret = token.split(".")[1]
    assert invitation.secret_sha256 == hashlib.sha256(secret.encode()).hexdigest()
    assert secret not in repr(asdict(invitation))


@pytest.mark.parametrize(
    "token",
    ["", ".", "x.y", "secret", "None.x", f"{cases.ORGANISATION}\u0000.x", f"{cases.ORGANISATION}.\ud800", "0" * 31 + ".x", "é.x"],
    ids=ascii,
)
def test_a_token_of_another_shape_is_simply_unknown(token: str) -> None:
    with pytest.raises(NotFound) as refused:
        invitations.read_token(token)
    assert refused.value.sentence == invitations.unknown_invitation().sentence


@pytest.mark.parametrize(
    "altered",
    [lambda t: t + "x", lambda t: t[:-1], lambda t: t.swapcase(), lambda t: t + ".", lambda t: t.replace(".", ".."), lambda t: t + " "],
)
def test_a_token_that_is_a_little_different_opens_nothing(altered: Any) -> None:
    invitation, token = invite()
    assert invitations.read_token(altered(token))[1] != invitation.secret_sha256


def test_an_invitation_is_open_for_seven_days() -> None:
    invitation, _ = invite(team_ids=[uid("a"), uid("b"), uid("a")])
    assert (invitation.status, invitation.expires_at, invitation.invited_by) == ("open", AT + timedelta(days=7), ADMIN.person_id)
    assert (invitation.email, invitation.role, invitation.team_ids) == ("ann@pharma.example", Role.QA, (uid("a"), uid("b")))


@pytest.mark.parametrize(
    "email",
    [
        *(
            "",
            "ann",
            "ann@",
            "@pharma.example",
            "ann@pharma",
            "ann@.example",
            "ann@pharma.",
            "ann@pharma..example",
            "a@b@c.example",
            "ann pharma@x.example",
        ),
        *(
            "ann@pharma.example\r\nBcc: x@y.example",
            "ann@pharma.example,bob@x.example",
            "ann@pharma.example;b@x.example",
            "<ann@pharma.example>",
        ),
        *(
            '"ann"@pharma.example',
            "Ann <ann@pharma.example>",
            "ann\u200b@pharma.example",
            "ann\u00a0b@pharma.example",
            "ann@pharma.exa\u0000mple",
        ),
        *(
            "a" * 65 + "@pharma.example",
            "ann@" + "a" * 250 + ".example",
            "a\u202eb@pharma.example",
            "ann\\@pharma.example",
            "(ann)@pharma.example",
        ),
        *("ann\ufeff@pharma.example", "\ud800@pharma.example", "a" * 1_000_000),
    ],
    ids=lambda email: ascii(email)[:40],
)
def test_what_is_no_mail_address_is_refused(email: str) -> None:
    with pytest.raises(Invalid) as refused:
        invite(email=email)
    assert refused.value.field == "email"


@pytest.mark.parametrize(
    "email", ["a@b.example", "Ann.Marie+qa@Sub.Pharma.example", "o'neil@pharma.example", "zoë@pharma.example", "a" * 64 + "@b.example"]
)
def test_what_is_one_is_kept_in_small_letters(email: str) -> None:
    assert invite(email=f" {email} ")[0].email == email.lower()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"role": None, "admin": False}, "role"),
        ({"role": Role.INSPECTOR, "role_until": TODAY - timedelta(days=1)}, "role_until"),
        ({"role_until": TODAY - timedelta(days=1)}, "role_until"),
        ({"role_until": date(9999, 12, 31)}, "role_until"),
    ],
)
def test_an_invitation_grants_something_until_a_day_that_has_not_passed(given: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        invite(**given)
    assert refused.value.field == field


def test_an_inspector_is_invited_until_a_date_and_an_admin_without_a_role() -> None:
    assert invite(role=Role.INSPECTOR, role_until=TODAY)[0].role_until == TODAY
    assert invite(role=Role.INSPECTOR)[0].role_until == TODAY + timedelta(days=90)
    assert invite(role=Role.QA)[0].role_until is None
    assert invite(role=None, admin=True)[0].admin


def test_today_is_the_organisations_today() -> None:
    late = AT.replace(hour=23, minute=30)  # in Brussels it is the next day already
    with pytest.raises(Invalid):
        invite(role_until=TODAY, at=late)
    assert invite(role_until=TODAY + timedelta(days=1), at=late)


@pytest.mark.parametrize(("role", "told"), [(Role.QA, True), (Role.OPERATOR, False), (Role.ACTION_OWNER, False)])
def test_inviting_qa_is_told_to_every_qa_and_admin(role: Role, told: bool) -> None:
    invitation, _ = invite(role=role)
    outcome = invitations.granted(invitation, [uid("a"), uid("b")], "Ada")
    assert outcome.saves == (invitation,)
    assert [one.person_ids for one in outcome.notices] == ([(uid("a"), uid("b"))] if told else [])


def accept(invitation: Invitation, person: Any = ANN, member: Any = None, **more: Any) -> Any:
    """The person accepts a day later."""
    return invitations.accept(invitation, person, member, **{"signed_in_as": person.email.lower(), "at": AT + timedelta(days=1), **more})


@pytest.mark.clause("Annex 11 §12")
def test_the_person_who_is_invited_comes_in_as_what_was_said() -> None:
    invitation, _ = invite(role=Role.INSPECTOR, role_until=TODAY + timedelta(days=30), team_ids=[uid("team")])
    used, member, teams = accept(invitation)
    assert (used.status, used.accepted_by) == ("accepted", ANN.id)
    assert (member.person_id, member.role, member.admin, member.status) == (ANN.id, Role.INSPECTOR, False, "active")
    assert (member.role_until, member.printed_name, member.policy_accepted_at) == (TODAY + timedelta(days=30), None, None)
    assert [(team.team_id, team.person_id) for team in teams] == [(uid("team"), ANN.id)]


def test_an_invitation_lets_in_once() -> None:
    used, member, _ = accept(invite()[0])
    for person, known in ((ANN, member), (cases.person("Bob", email="ann@pharma.example"), None)):
        with pytest.raises(NotFound) as refused:
            accept(used, person, known)
        assert refused.value.sentence == invitations.unknown_invitation().sentence


def test_a_revoked_invitation_is_unknown_and_is_not_revoked_again() -> None:
    revoked = invitations.revoke(invite()[0], at=AT)
    assert revoked.status == "revoked"
    with pytest.raises(NotFound):
        accept(revoked)
    for status in ("revoked", "accepted"):
        with pytest.raises(Conflict, match=f"This invitation is {status}"):
            invitations.revoke(replace(revoked, status=status), at=AT)


def test_an_invitation_expires_with_its_seventh_day() -> None:
    invitation, _ = invite()
    assert accept(invitation, at=AT + timedelta(days=7) - timedelta(microseconds=1))
    for late in (timedelta(days=7), timedelta(days=700)):
        with pytest.raises(Conflict, match="This invitation has expired"):
            accept(invitation, at=AT + late)


@pytest.mark.parametrize(
    "email", ["bob@pharma.example", "ann@pharma.example.evil.example", "ann@pharma.exampl", "", "ann+1@pharma.example"]
)
def test_an_invitation_is_for_its_own_address(email: str) -> None:
    with pytest.raises(Forbidden, match="This invitation is for another e-mail address"):
        accept(invite()[0], replace(ANN, email=email))


def test_capitals_make_no_other_address() -> None:
    assert accept(invite()[0], replace(ANN, email="ANN@Pharma.Example"))


def test_a_member_already_in_stays_as_they_are() -> None:
    with pytest.raises(Conflict, match="You are a member of this organisation already"):
        accept(invite(role=Role.QA)[0], ANN, cases.member("Ann", Role.OPERATOR))


def test_a_member_who_comes_back_keeps_their_printed_name_and_gets_the_new_role() -> None:
    former = cases.member("Ann", Role.QA, admin=True, status="deactivated", role_until=TODAY)
    _, member, _ = accept(invite(role=Role.OPERATOR)[0], ANN, former)
    assert (member.status, member.role, member.admin, member.role_until) == ("active", Role.OPERATOR, False, None)
    assert (member.printed_name, member.policy_accepted_at, member.created_at) == ("Ann", former.policy_accepted_at, former.created_at)


@pytest.mark.parametrize(
    ("email", "told"),
    [("laura@pharma.example", "la…@pharma.example"), ("qa@pharma.example", "q…@pharma.example"), ("q@pharma.example", "…@pharma.example")],
)
def test_a_shortened_address_never_is_the_address(email: str, told: str) -> None:
    assert invitations.shortened(email) == told
