"""People and their roles: what a membership counts as, names and time zones, the signing policy."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files as packaged
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from shared.domain.kernel.errors import Conflict, Forbidden, Invalid
from shared.domain.people import people
from shared.domain.people.people import SYSTEM_ACTOR, Member, Role
from tests.domain import cases
from tests.domain.cases import AT

ROLES: list[Role | None] = [None, *Role]
LATER = AT.replace(hour=23)


@pytest.mark.clause("11.10(g)")
@pytest.mark.clause("11.300")
@pytest.mark.parametrize(("role", "admin", "status"), list(product(ROLES, [True, False], ["active", "deactivated"])))
def test_a_membership_counts_as_what_its_role_says_and_as_nothing_once_it_ended(role: Role | None, admin: bool, status: str) -> None:
    groups = cases.member("Ann", role, admin=admin, status=status).groups
    wanted = {"member"} | ({str(role)} if role else set()) | ({"admin"} if admin else set())
    assert groups == (wanted if status == "active" else set())


# Who may, by the domain's table of people: the roles each group admits, and whether an admin without a role is admitted.
ADMITTED: dict[str, tuple[people.Group, set[Role], bool]] = {
    "admins": (people.ADMIN, set(), True),
    "members": (people.MEMBER, set(Role), True),
    "readers": (people.READERS, set(Role), False),
    "staff": (people.STAFF, {Role.ACTION_OWNER, Role.QA, Role.INSPECTOR}, False),
    "verifiers": (people.VERIFIERS, {Role.ACTION_OWNER, Role.QA, Role.INSPECTOR}, True),
    "action owners": (people.ACTION_OWNERS, {Role.ACTION_OWNER, Role.QA}, False),
    "qa": (people.QA, {Role.QA}, False),
    "signers": (people.SIGNERS, {Role.OPERATOR, Role.ACTION_OWNER, Role.QA}, True),
    "auditors": (people.AUDITORS, {Role.QA, Role.INSPECTOR, Role.ACTION_OWNER}, False),
}


@pytest.mark.clause("11.10(g)")
@pytest.mark.parametrize("name", ADMITTED)
def test_each_group_admits_its_roles_and_nobody_else(name: str) -> None:
    who, roles, admin = ADMITTED[name]
    for role in Role:
        assert who.admits(cases.member("Ann", role)) == (role in roles), role
    assert who.admits(cases.member("Ann", None, admin=True)) == admin
    assert who.admits(cases.member("Ann", None)) == (name == "members")
    assert not who.admits(cases.member("Ann", Role.QA, admin=True, status="deactivated"))
    assert not who.admits(SYSTEM_ACTOR)


@pytest.mark.clause("11.10(g)")
def test_being_admin_gives_no_quality_role() -> None:
    admin = cases.member("Ann", None, admin=True)
    for who in (people.READERS, people.STAFF, people.ACTION_OWNERS, people.QA):
        with pytest.raises(Forbidden):
            who.refuse_role(admin, "To approve this")


def test_a_role_that_is_missing_is_named() -> None:
    with pytest.raises(Forbidden) as refused:
        people.QA.refuse_role(cases.AUTHOR, "To approve this change")
    assert (refused.value.sentence, refused.value.extras) == ("To approve this change needs QA.", {"needed": ["qa"]})


def test_there_are_four_quality_roles() -> None:
    assert [str(role) for role in Role] == ["operator", "action_owner", "qa", "inspector"]


def named(**given: Any) -> people.Person:
    """Ann with what is given altered."""
    return people.with_profile(cases.person(), **{"at": AT, **given})


def test_what_a_person_leaves_out_stays() -> None:
    assert named() == replace(cases.person(), updated_at=AT)
    altered = named(name=" Ann Marie ", language="nl", time_zone="America/New_York")
    assert (altered.name, altered.language, altered.time_zone) == ("Ann Marie", "nl", "America/New_York")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        *(
            ({"name": name}, "name")
            for name in ("", "\u200b", "Ann\nBcc: x@y.example", "Ann\r", "a" * 201, "\ud800", "nnA\u202e", "a\u0000", "a" * 1_000_000)
        ),
        *(({"language": language}, "language") for language in ("", "de", "EN", "en ", "fr-BE")),
        *(
            ({"time_zone": zone}, "time_zone")
            for zone in (
                "",
                "Brussels",
                "europe/brussels",
                "+01:00",
                "../../etc/passwd",
                "/etc/localtime",
                "UTC+1",
                "a\u0000",
                "localtime",
                "posixrules",
                "right/UTC",
            )
        ),
    ],
)
def test_a_bad_name_language_or_time_zone_is_refused(given: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        named(**given)
    assert refused.value.field == field


@pytest.mark.parametrize("zone", ["Europe/Brussels", "Etc/UTC", "America/Argentina/Buenos_Aires", "Asia/Kathmandu"])
def test_a_time_zone_is_one_of_the_worlds(zone: str) -> None:
    assert people.checked_time_zone(zone) == zone


def test_a_time_zone_of_this_machine_alone_is_none(tmp_path: Path) -> None:
    """What a machine has under /usr/share/zoneinfo differs from one to the next; the list of the standard's release doesn't."""
    from zoneinfo import TZPATH, ZoneInfo, available_timezones, reset_tzpath

    (tmp_path / "Ours").mkdir()
    (tmp_path / "Ours/Here").write_bytes(packaged("tzdata.zoneinfo").joinpath("UTC").read_bytes())
    former = TZPATH
    reset_tzpath([str(tmp_path)])
    people.time_zones.cache_clear()
    try:
        assert "Ours/Here" in available_timezones(), "this machine knows it"
        with pytest.raises(Invalid):
            people.checked_time_zone("Ours/Here")
        assert ZoneInfo(people.checked_time_zone("Europe/Brussels")).key == "Europe/Brussels"
    finally:
        reset_tzpath(former)
        people.time_zones.cache_clear()


def test_somebody_who_hasnt_given_a_name_isnt_named_by_their_address() -> None:
    person = cases.person("")
    assert people.shown_name(person) == f"unnamed {str(person.id)[-4:]}"
    assert people.shown_name(cases.person("Ann")) == "Ann"


def fresh() -> Member:
    """A member who hasn't signed anything yet."""
    return cases.member("Ann", Role.QA, printed_name=None, policy_accepted_at=None)


@pytest.mark.clause("11.10(j)")
def test_accepting_the_policy_freezes_the_printed_name() -> None:
    accepted = people.accept_signing_policy(fresh(), cases.person("Ann"), at=AT)
    assert (accepted.printed_name, accepted.policy_accepted_at, people.ready_to_sign(accepted)) == ("Ann", AT, "Ann")
    renamed = people.with_profile(cases.person("Ann"), name="Anna", at=LATER)
    assert people.ready_to_sign(accepted) == "Ann"
    with pytest.raises(Conflict, match="accepted the signing policy already"):
        people.accept_signing_policy(accepted, renamed, at=LATER)


@pytest.mark.parametrize("name", ["", " ", "\u200b"])
def test_the_policy_is_accepted_under_a_name(name: str) -> None:
    with pytest.raises(Conflict, match="Give your name first"):
        people.accept_signing_policy(fresh(), replace(cases.person(), name=name), at=AT)


@pytest.mark.clause("11.10(j)")
def test_before_that_signing_says_what_is_missing() -> None:
    with pytest.raises(Conflict, match="give your name \\(update_me\\) and accept the signing policy"):
        people.ready_to_sign(fresh())


@pytest.mark.clause("Annex 11 §12")
def test_nobody_decides_about_themselves() -> None:
    by = cases.member("Ann", None, admin=True)
    with pytest.raises(Forbidden, match="You can't deactivate yourself"):
        people.not_themselves(by.person_id, by, "deactivate")
    people.not_themselves(cases.QUINN.person_id, by, "deactivate")
