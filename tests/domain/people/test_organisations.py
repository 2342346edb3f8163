"""Organisations: their settings, their members' roles, the last admin, and how somebody leaves (Annex 11 §10, §12)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from shared.domain.changes import approval_policy as approvers_of
from shared.domain.kernel.errors import Conflict, Forbidden, Invalid, Refusal
from shared.domain.people import organisations, teams
from shared.domain.people.organisations import DEFAULTS
from shared.domain.people.people import Member, Role
from shared.domain.records import settings
from tests.domain import cases
from tests.domain.cases import AT, QUINN, RUTH, TODAY

ADMIN, SECOND = cases.member("Ada", None, admin=True), cases.member("Bea", None, admin=True)
DELEGATION = {"approver_id": str(QUINN.person_id), "delegate_id": str(RUTH.person_id), "starts_on": "2026-11-22", "ends_on": "2026-11-30"}


def update(**given: Any) -> organisations.Organisation:
    """The organisation with other settings."""
    return settings.update(cases.organisation(approval_days=14), given, at=AT)


def test_its_founder_is_the_first_admin_without_a_quality_role() -> None:
    made, member = organisations.create(" Demo Pharma ", cases.person("Ada"), at=AT)
    assert (made.name, made.time_zone, made.language, dict(made.settings)) == ("Demo Pharma", "Europe/Brussels", "en", {})
    assert (member.organisation_id, member.person_id) == (made.id, cases.uid("Ada"))
    assert (member.role, member.admin, member.groups) == (None, True, frozenset({"member", "admin"}))


@pytest.mark.parametrize("name", ["", "\u200b", "a\nb", "a" * 201, "\u202eamrahP", "\u0000"])
def test_an_organisation_and_a_team_have_a_readable_name(name: str) -> None:
    for refused in (
        lambda: organisations.create(name, cases.person(), at=AT),
        lambda: teams.new_team(cases.organisation(), name, at=AT),
        lambda: update(name=name),
    ):
        with pytest.raises(Invalid) as caught:
            refused()
        assert caught.value.field == "name"


def test_a_team_belongs_to_its_organisation() -> None:
    team = teams.new_team(cases.organisation(), " Production ", at=AT)
    assert (team.organisation_id, team.name) == (cases.ORGANISATION, "Production")


def test_a_setting_that_nobody_gave_has_its_default() -> None:
    bare = cases.organisation()
    assert {name: bare.setting(name) for name in DEFAULTS} == DEFAULTS
    assert (bare.setting("approval_days"), bare.setting("approval_policy")) == (30, {})


@pytest.mark.clause("Annex 11 §10")
def test_what_an_update_leaves_out_stays_and_a_null_gives_the_default_back() -> None:
    assert update() == replace(cases.organisation(approval_days=14), updated_at=AT)
    altered = update(name="New", time_zone="America/New_York", language="fr", approval_policy={"document": {"signatures": 2}})
    assert (altered.name, altered.time_zone, altered.language) == ("New", "America/New_York", "fr")
    assert dict(altered.settings) == {"approval_days": 14, "approval_policy": {"document": {"signatures": 2}}}
    assert update(approval_days=None).setting("approval_days") == 30


@pytest.mark.parametrize(
    ("given", "field"),
    [
        *(({"approval_days": days}, "approval_days") for days in (0, 181, True, "30", 1.5, -1)),
        *(({"time_zone": zone}, "time_zone") for zone in ("Brussels", "", "a\u0000")),
        *(({"language": language}, "language") for language in ("", "de", 1, ["en"])),
        ({"signing_policy": "\u200b"}, "signing_policy"),
        ({"signing_policy": "a" * 50_001}, "signing_policy"),
        ({"approval_policy": []}, "approval_policy"),
        ({"approval_policy": {"change": {}}}, "approval_policy.change"),
        ({"approval_policy": {"document": {"signatures": 0}}}, "approval_policy.document.signatures"),
        ({"approval_policy": {"document": {"signatures": 6}}}, "approval_policy.document.signatures"),
        ({"approval_policy": {"document": {"signatures": True}}}, "approval_policy.document.signatures"),
        ({"approval_policy": {"event": {"approver_ids": ["x"]}}}, "approval_policy.event.approver_ids.0"),
        ({"approval_policy": {"event": {"approver_ids": [str(QUINN.person_id)] * 2}}}, "approval_policy.event.approver_ids.1"),
        ({"approval_policy": {"document": {"delegates": [DELEGATION, {}]}}}, "approval_policy.document.delegates.1.approver_id"),
        (
            {"approval_policy": {"document": {"delegates": [{**DELEGATION, "ends_on": None}]}}},
            "approval_policy.document.delegates.0.ends_on",
        ),
        (
            {"approval_policy": {"document": {"delegates": [{**DELEGATION, "ends_on": "2026-11-21"}]}}},
            "approval_policy.document.delegates.0.ends_on",
        ),
        (
            {"approval_policy": {"document": {"delegates": [{**DELEGATION, "starts_on": "2026-02-30"}]}}},
            "approval_policy.document.delegates.0.starts_on",
        ),
        ({"approval_policy": {"document": {"delegates": [{**DELEGATION, "extra": 1}]}}}, "approval_policy.document.delegates.0.extra"),
    ],
)
def test_a_bad_setting_is_named_and_nothing_is_altered(given: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        update(**given)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("policy", "required"),
    [
        ({}, 1),
        ({"document": None}, 1),
        ({"document": {"signatures": None, "approver_ids": None, "delegates": None}}, 1),
        ({"document": {"delegates": [DELEGATION], "approver_ids": [], "signatures": 5}}, 5),
        ({"document": {"approver_ids": [str(QUINN.person_id), str(RUTH.person_id)]}}, 2),
    ],
)
def test_every_policy_that_settings_accept_can_be_read(policy: dict[str, Any], required: int) -> None:
    accepted = update(approval_policy=policy)
    assert approvers_of.policy(accepted, ["document"], frozenset(), TODAY).required == required


def set_role(member: Member, role: Role | None = Role.QA, *, admins: int = 2, by: Member = ADMIN, **more: Any) -> Member:
    """`by` gives a member another role."""
    return organisations.set_role(
        member, **{"role": role, "admin": False, "role_until": None, "admins": admins, "today": TODAY, "by": by, "at": AT, **more}
    )


def test_a_role_is_given_by_an_admin_to_somebody_else() -> None:
    changed = set_role(QUINN, Role.OPERATOR, role_until=date(2027, 1, 1))
    assert (changed.role, changed.admin, changed.role_until) == (Role.OPERATOR, False, date(2027, 1, 1))
    assert (changed.printed_name, changed.policy_accepted_at, changed.status) == (QUINN.printed_name, QUINN.policy_accepted_at, "active")


@pytest.mark.clause("Annex 11 §12")
@pytest.mark.parametrize("role", [None, *Role])
def test_nobody_changes_their_own_role(role: Role | None) -> None:
    with pytest.raises(Forbidden, match="You can't change the role of yourself"):
        set_role(ADMIN, role, admin=True, role_until=date(2027, 1, 1))


def test_the_last_admin_stays_one() -> None:
    with pytest.raises(Conflict, match="This is the last admin"):
        set_role(SECOND, Role.QA, admins=1)
    assert not set_role(SECOND, Role.QA, admins=2).admin
    assert set_role(SECOND, Role.QA, admins=1, admin=True).admin
    with pytest.raises(Conflict, match="This is the last admin"):
        deactivate(SECOND, admins=1)
    assert deactivate(SECOND, admins=2).status == "deactivated"
    assert deactivate(QUINN, admins=1).status == "deactivated"


@pytest.mark.parametrize(("role", "until"), [(Role.INSPECTOR, date(9999, 12, 31)), (Role.QA, date(9999, 12, 31))])
def test_an_inspector_reads_until_a_date_that_somebody_can_mean(role: Role, until: date | None) -> None:
    with pytest.raises(Invalid) as refused:
        set_role(QUINN, role, role_until=until)
    assert refused.value.field == "role_until"
    assert set_role(QUINN, Role.INSPECTOR, role_until=date(2027, 1, 1)).role_until == date(2027, 1, 1)
    assert set_role(QUINN, Role.INSPECTOR).role_until == TODAY + timedelta(days=90)


def test_a_deactivated_member_gets_no_role_but_a_new_invitation() -> None:
    with pytest.raises(Conflict, match="invite the person again"):
        set_role(replace(QUINN, status="deactivated"))


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (Role.ACTION_OWNER, Role.QA, True),
        (None, Role.QA, True),
        (Role.QA, Role.QA, False),
        (Role.QA, Role.OPERATOR, False),
        (None, Role.INSPECTOR, False),
    ],
)
def test_granting_qa_is_told_to_every_qa_and_admin(before: Role | None, after: Role | None, told: bool) -> None:
    everybody = [ADMIN.person_id, RUTH.person_id]
    outcome = organisations.role_changed(replace(QUINN, role=before), replace(QUINN, role=after), everybody, "Ada", "Quinn")
    assert outcome.saves == (replace(QUINN, role=after),)
    assert [(one.template, list(one.person_ids), one.facts) for one in outcome.notices] == (
        [("role_granted", everybody, {"granter": "Ada", "person": "Quinn"})] if told else []
    )


def deactivate(member: Member, successor: Member | None = None, *, has_work: bool = False, admins: int = 2, by: Member = ADMIN) -> Member:
    """`by` shuts a member out."""
    return organisations.deactivate(member, successor, has_work=has_work, admins=admins, by=by, at=AT)


@pytest.mark.clause("11.300")
@pytest.mark.clause("11.100")
def test_a_deactivated_member_counts_for_nothing_and_keeps_their_printed_name() -> None:
    left = deactivate(QUINN)
    assert (left.status, left.groups, left.printed_name, left.person_id) == ("deactivated", frozenset(), "Quinn", QUINN.person_id)


@pytest.mark.parametrize(
    ("member", "successor", "has_work", "refusal", "sentence"),
    [
        (ADMIN, None, False, Forbidden, "You can't deactivate yourself"),
        (replace(QUINN, status="deactivated"), None, False, Conflict, "This member is deactivated already."),
        (QUINN, None, True, Invalid, "name the successor"),
        (QUINN, QUINN, True, Invalid, "another, active member"),
        (QUINN, QUINN, False, Invalid, "another, active member"),
        (QUINN, replace(RUTH, status="deactivated"), True, Invalid, "another, active member"),
        *((QUINN, cases.member("Pat", role), True, Invalid, "Action Owner or QA") for role in (None, Role.OPERATOR, Role.INSPECTOR)),
        (QUINN, SECOND, True, Invalid, "Action Owner or QA"),
    ],
)
def test_open_work_goes_to_a_successor_who_may_do_it(
    member: Member, successor: Member | None, has_work: bool, refusal: type[Refusal], sentence: str
) -> None:
    with pytest.raises(refusal, match=sentence):
        deactivate(member, successor, has_work=has_work)


@pytest.mark.parametrize("successor", [RUTH, cases.member("Pat", Role.ACTION_OWNER)])
def test_with_a_successor_the_member_leaves(successor: Member) -> None:
    assert deactivate(QUINN, successor, has_work=True).status == "deactivated"
    assert deactivate(QUINN, cases.member("Pat", Role.OPERATOR)).status == "deactivated"


def test_a_day_means_the_organisations_own_day_from_its_beginning_to_its_end() -> None:
    brussels = replace(cases.organisation(), time_zone="Europe/Brussels")
    day = date(2026, 10, 25)  # the day on which summer time ends: it has 25 hours
    begin, end = brussels.moment(day), brussels.moment(day, end=True)
    assert (begin.astimezone(UTC).isoformat(), end.astimezone(UTC).isoformat()) == (
        "2026-10-24T22:00:00+00:00",
        "2026-10-25T22:59:59.999999+00:00",
    )
    assert brussels.moment(datetime(2026, 1, 1, 12)).astimezone(UTC) == datetime(2026, 1, 1, 11, tzinfo=UTC)  # noqa: DTZ001 - without a zone
    assert brussels.moment(AT) == AT
