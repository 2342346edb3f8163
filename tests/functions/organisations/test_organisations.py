"""Organisations: who is let in, as what, and how they leave (Annex 11 §12, 21 CFR 11.300)."""

from __future__ import annotations

import json
import threading
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from tests.builders import (
    Company,
    approve,
    as_superuser,
    at_once,
    company,
    document,
    effective_document,
    invitation_token,
    mails,
    submitted,
    visitor,
)
from tests.product import Product


@pytest.fixture
def firm(product: Product) -> Company:
    """A company with an author, two QA and an operator."""
    return company(product, "action_owner", "qa", "second_qa", "operator")


def test_the_founder_is_admin_without_a_quality_role(product: Product) -> None:
    founder = visitor(product)
    made = product.post("create_organisation", founder.token, name="Acme").ok["organisation"]
    membership = product.get("get_me", founder.token).ok["memberships"]
    assert [(one["organisation"]["id"], one["role"], one["admin"]) for one in membership] == [(made["id"], None, True)]
    product.get("list_documents", founder.token, made["id"]).refused(403, "a quality role")


def test_people_are_put_into_teams_and_taken_out(firm: Company) -> None:
    team = firm.admin.post("create_team", name="Production").ok["team"]
    firm.admin.post("create_team", name="Production").refused(409, "exists already")
    both = {"team_id": team["id"], "person_id": firm.operator.id}
    assert [one["id"] for one in firm.admin.post("add_team_member", **both).ok["team"]["members"]] == [firm.operator.id]
    firm.admin.post("add_team_member", **both).refused(409, "in the team already")
    assert [one["name"] for one in firm.operator.get("list_teams").ok["items"]] == ["Production"]
    listed = {one["id"]: one["teams"] for one in firm.operator.get("list_members").ok["items"]}
    assert [one["id"] for one in listed[firm.operator.id]] == [team["id"]]
    assert firm.admin.post("remove_team_member", **both).ok["team"]["members"] == []
    firm.admin.post("remove_team_member", **both).refused(404, "isn't in the team")


@pytest.mark.clause("11.100")
def test_an_invitation_is_good_for_one_address_and_once(product: Product, firm: Company) -> None:
    team = firm.admin.post("create_team", name="Packaging").ok["team"]
    guest, thief = visitor(product), visitor(product)
    invited = firm.admin.post("invite_member", email=guest.email.upper(), role="operator", team_ids=[team["id"]]).ok["invitation"]
    token = invitation_token(product, guest.email)
    assert token not in json.dumps(invited)
    assert len(token.partition(".")[2]) >= 22, "128 bits or more"
    kept = as_superuser(product, "select row_to_json(i)::text from invitations i where id = :id", id=invited["id"])[0][0]
    assert token.partition(".")[2] not in kept
    product.post("accept_invitation", thief.token, token=token).refused(403, "another e-mail address")
    joined = product.post("accept_invitation", guest.token, token=token).ok
    assert (joined["member"]["role"], joined["member"]["admin"], [one["name"] for one in joined["member"]["teams"]]) == (
        "operator",
        False,
        ["Packaging"],
    )
    product.post("accept_invitation", guest.token, token=token).refused(404, "isn't known, or was used or revoked")
    shown = firm.admin.get("list_invitations", status="accepted").ok["items"]
    assert [one["accepted_by"] for one in shown if one["id"] == invited["id"]] == [guest.id]
    firm.admin.post("revoke_invitation", invitation_id=invited["id"]).refused(409, "is accepted")


def test_one_invitation_accepted_twice_at_once_lets_in_once(product: Product, firm: Company) -> None:
    guest = visitor(product)
    firm.admin.post("invite_member", email=guest.email, role="operator").ok
    token = invitation_token(product, guest.email)
    answers = at_once(product, *[lambda own: own.post("accept_invitation", guest.token, token=token)] * 3)
    assert sorted(one.status for one in answers) == [200, 404, 404]


def test_an_invitation_expires_after_seven_days(product: Product, firm: Company) -> None:
    guest = visitor(product)
    invited = firm.admin.post("invite_member", email=guest.email, role="operator").ok["invitation"]
    token = invitation_token(product, guest.email)
    as_superuser(product, "update invitations set expires_at = now() - interval '1 s' where id = :id", firm.id, id=invited["id"])
    product.post("accept_invitation", guest.token, token=token).refused(409, "has expired")
    days = as_superuser(
        product, "select extract(day from expires_at + interval '7 days' - created_at) from invitations where id = :id", id=invited["id"]
    )
    assert days[0][0] in {6, 7}


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])  # 25 hours apart
def test_an_invitation_says_its_last_day_where_the_organisation_is(product: Product, firm: Company, zone: str) -> None:
    firm.admin.post("update_organisation", time_zone=zone).ok
    guest = visitor(product)
    invited = firm.admin.post("invite_member", email=guest.email, role="operator").ok["invitation"]
    facts = mails(product, guest.email)[0][1]
    assert facts["expires_on"] == str(datetime.fromisoformat(invited["expires_at"]).astimezone(ZoneInfo(zone)).date())


def test_a_revoked_invitation_is_as_unknown_as_a_wrong_one(product: Product, firm: Company) -> None:
    guest = visitor(product)
    invited = firm.admin.post("invite_member", email=guest.email, role="operator").ok["invitation"]
    token = invitation_token(product, guest.email)
    firm.admin.post("revoke_invitation", invitation_id=invited["id"]).ok
    revoked = product.post("accept_invitation", guest.token, token=token).refused(404)
    wrong = product.post("accept_invitation", guest.token, token=f"{firm.id}.wrong").refused(404)
    assert {**revoked.body, "request_id": ""} == {**wrong.body, "request_id": ""}


def test_a_new_invitation_replaces_the_open_one_of_its_address(product: Product, firm: Company) -> None:
    guest = visitor(product)
    first = firm.admin.post("invite_member", email=guest.email, role="operator").ok["invitation"]
    token = invitation_token(product, guest.email)
    second = firm.admin.post("invite_member", email=guest.email.upper(), role="qa").ok["invitation"]
    listed = {one["id"]: one["status"] for one in firm.admin.get("list_invitations", limit=100).ok["items"]}
    assert (listed[first["id"]], listed[second["id"]]) == ("revoked", "open")
    product.post("accept_invitation", guest.token, token=token).refused(404, "was used or revoked")
    assert product.post("accept_invitation", guest.token, token=invitation_token(product, guest.email)).ok["member"]["role"] == "qa"


def test_invitations_to_one_address_at_once_leave_one_open(product: Product, firm: Company) -> None:
    guest, by = visitor(product), firm.admin
    answers = at_once(product, *[lambda own: own.post("invite_member", by.token, by.organisation, email=guest.email, role="operator")] * 4)
    assert [one.status for one in answers] == [200] * 4
    assert sum(one["email"] == guest.email for one in by.get("list_invitations", status="open", limit=100).ok["items"]) == 1


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"role": None}, "role"),
        ({"role": "king"}, "role"),
        ({"role": "qa", "email": "nobody"}, "email"),
        ({"role": "qa", "email": "a@b.c\r\nBcc: x@y.z"}, "email"),
        ({"role": "inspector", "role_until": "2020-01-01"}, "role_until"),
        ({"role": "inspector", "role_until": "9999-12-31"}, "role_until"),
    ],
)
def test_an_invitation_says_what_it_needs(firm: Company, given: dict[str, object], field: str) -> None:
    assert firm.admin.post("invite_member", **{"email": "guest@test.qfacts.example", **given}).refused(422)["field"] == field


def test_an_inspector_without_a_date_reads_for_ninety_days(firm: Company) -> None:
    invited = firm.admin.post("invite_member", email="eye@test.qfacts.example", role="inspector").ok["invitation"]
    assert (date.fromisoformat(invited["role_until"]) - date.fromisoformat(invited["created_at"][:10])).days in (90, 91)


@pytest.mark.clause("11.300")
def test_deactivation_ends_access_at_once_and_the_same_person_can_come_back(product: Product, firm: Company) -> None:
    gone = firm.operator
    gone.get("list_documents").ok
    firm.admin.post("deactivate_member", person_id=gone.id).ok
    gone.get("list_documents").refused(404, "aren't a member")
    assert product.get("get_me", gone.token).ok["memberships"] == []
    firm.admin.post("deactivate_member", person_id=gone.id).refused(409, "deactivated already")
    firm.admin.post("set_member_role", person_id=gone.id, role="qa").refused(409, "deactivated")
    assert gone.id in {one["id"] for one in firm.admin.get("list_members", status="deactivated").ok["items"]}
    firm.admin.post("invite_member", email=gone.email, role="action_owner").ok
    back = product.post("accept_invitation", gone.token, token=invitation_token(product, gone.email)).ok["member"]
    assert (back["person_id"], back["role"], back["status"]) == (gone.id, "action_owner", "active")
    gone.get("list_changes").ok


def test_open_work_needs_a_successor_who_can_do_it(product: Product, firm: Company) -> None:
    leaver = firm.action_owner
    made = document(leaver)
    firm.admin.post("deactivate_member", person_id=leaver.id).refused(422, "has open work")
    firm.admin.post("deactivate_member", person_id=leaver.id, successor_id=firm.operator.id).refused(422, "Action Owner or QA")
    firm.admin.post("deactivate_member", person_id=leaver.id, successor_id=leaver.id).refused(422, "another")
    firm.admin.post("deactivate_member", person_id=leaver.id, successor_id=firm.qa.id).ok
    change = firm.qa.get("get_change", id=made["change"]["id"]).ok
    assert (change["owner"]["id"], change["status"]) == (firm.qa.id, "draft")
    assert {one["id"] for one in change["authors"]} == {leaver.id, firm.qa.id}
    assert firm.qa.get("get_document", id=made["record"]["id"]).ok["owner"]["id"] == firm.qa.id
    asked = submitted(firm.qa, change.body)["approval_request"]
    firm.qa.post("start_signing", subject_kind="approval_request", subject_id=asked["id"], meaning="approved").refused(403)
    assert approve(firm.second_qa, asked).ok["records"][0]["status"] == "effective"


@pytest.mark.clause("Annex 11 §12")
def test_a_deactivation_that_leaves_nobody_eligible_lets_open_requests_lapse(product: Product) -> None:
    firm = company(product, "action_owner", "qa")
    made = document(firm.action_owner)
    submitted(firm.action_owner, made["change"])
    firm.admin.post("deactivate_member", person_id=firm.qa.id).ok
    change = firm.action_owner.get("get_change", id=made["change"]["id"]).ok
    assert (change["status"], change["approval_request"]["status"]) == ("draft", "lapsed")
    assert "Nobody eligible" in change["approval_request"]["cause"]
    assert mails(product, firm.action_owner.email)[0][0] == "change_lapsed"
    trail = firm.action_owner.get("list_audit_trail", record_id=change["id"]).ok["items"]
    assert "system:lapse" in {entry["actor"] for entry in trail}


def test_a_role_that_ends_is_looked_at_again_too(product: Product) -> None:
    firm = company(product, "action_owner", "qa")
    asked = submitted(firm.action_owner, document(firm.action_owner)["change"])["approval_request"]
    firm.admin.post("set_member_role", person_id=firm.qa.id, role="operator").ok
    assert firm.action_owner.get("get_approval_request", id=asked["id"]).ok["status"] == "lapsed"


@pytest.mark.clause("Annex 11 §12")
def test_nobody_changes_their_own_role(firm: Company) -> None:
    firm.admin.post("set_member_role", person_id=firm.admin.id, role="qa", admin=True).refused(403, "ask another admin")
    firm.admin.post("deactivate_member", person_id=firm.admin.id).refused(403, "ask another admin")


def test_the_last_admin_stays(product: Product, firm: Company) -> None:
    second = firm.join("second_admin", None, admin=True)
    firm.admin.post("set_member_role", person_id=second.id, role=None, admin=False).ok
    second.post("set_member_role", person_id=firm.admin.id, role=None, admin=False).refused(403)


@pytest.mark.parametrize("function", ["set_member_role", "deactivate_member"])
def test_two_admins_who_remove_each_other_at_once_leave_one(product: Product, function: str) -> None:
    firm = company(product)
    second = firm.join("second_admin", None, admin=True)
    more = {"role": "operator", "admin": False} if function == "set_member_role" else {}
    holding = product.superuser()  # until both have come to the point where they look at, or write, each other's row
    holding.run("begin")
    holding.run("select 1 from members where organisation_id = :id for update", id=firm.id)
    release = threading.Timer(0.7, lambda: holding.run("commit"))
    release.start()
    answers = at_once(
        product,
        lambda own: own.post(function, firm.admin.token, firm.id, person_id=second.id, **more),
        lambda own: own.post(function, second.token, firm.id, person_id=firm.admin.id, **more),
    )
    release.join()
    holding.close()
    assert sorted(one.status for one in answers) in ([200, 409], [200, 403], [200, 404])
    left = as_superuser(product, "select count(*) from members where organisation_id = :id and admin and status = 'active'", id=firm.id)
    assert left[0][0] == 1


def test_an_admin_whose_time_is_over_isnt_counted(product: Product) -> None:
    firm = company(product)
    second = firm.join("second_admin", None, admin=True)
    third = firm.join("third_admin", None, admin=True)
    as_superuser(
        product, "update members set role_until = current_date - 2 where person_id in (:a, :b)", firm.id, a=second.id, b=firm.admin.id
    )
    third.post("set_member_role", person_id=second.id, role="operator", admin=False).refused(409, "last admin")


@pytest.mark.clause("Annex 11 §12")
def test_granting_qa_is_mailed_to_every_qa_and_admin(product: Product, firm: Company) -> None:
    firm.admin.post("set_member_role", person_id=firm.operator.id, role="qa").ok
    for told in (firm.admin, firm.qa, firm.second_qa):
        template, facts = mails(product, told.email)[0]
        assert template == "role_granted"
        assert facts["person"] == firm.operator.get("get_me").ok["name"]
    assert "role_granted" not in [template for template, _ in mails(product, firm.action_owner.email)]
    before = len(mails(product, firm.admin.email))
    firm.admin.post("invite_member", email="newqa@test.qfacts.example", role="qa").ok
    assert len(mails(product, firm.admin.email)) == before + 1


@pytest.mark.clause("Annex 11 §10")
def test_settings_are_kept_in_the_trail_with_old_and_new_values(firm: Company) -> None:
    firm.admin.post("update_organisation", approval_days=10, time_zone="Asia/Tokyo", etag=firm.admin.get("get_organisation").ok["etag"]).ok
    assert firm.admin.post("update_organisation", approval_days=0).refused(422)["field"] == "approval_days"
    assert firm.admin.post("update_organisation", time_zone="Mars/Base").refused(422)["field"] == "time_zone"
    assert (
        firm.admin.post("update_organisation", approval_policy={"document": {"signatures": 9}})
        .refused(422)["field"]
        .startswith("approval_policy")
    )
    shown = firm.operator.get("get_organisation").ok
    assert (shown["settings"]["approval_days"], shown["time_zone"]) == (10, "Asia/Tokyo")
    entry = next(one for one in firm.qa.get("list_audit_trail").ok["items"] if one["table_name"] == "organisations")
    assert (entry["old"]["settings"].get("approval_days"), entry["new"]["settings"]["approval_days"]) == (None, 10)


def test_one_person_has_another_role_in_each_organisation(product: Product, firm: Company) -> None:
    other = company(product, "qa")
    other.admin.post("invite_member", email=firm.action_owner.email, role="operator").ok
    product.post("accept_invitation", firm.action_owner.token, token=invitation_token(product, firm.action_owner.email)).ok
    product.get("list_changes", firm.action_owner.token, other.id).refused(403)
    product.get("list_changes", firm.action_owner.token, firm.id).ok
    roles = {one["organisation"]["id"]: one["role"] for one in product.get("get_me", firm.action_owner.token).ok["memberships"]}
    assert roles == {firm.id: "action_owner", other.id: "operator"}


def test_a_printed_name_outlives_its_person(product: Product, firm: Company) -> None:
    record = effective_document(firm.action_owner, firm.second_qa)
    name = record["signatures"][0]["printed_name"]
    firm.admin.post("deactivate_member", person_id=firm.second_qa.id).ok
    signature = firm.qa.get("get_document", id=record["id"]).ok["signatures"][0]
    assert (signature["printed_name"], signature["valid"]) == (name, True)
