"""Signing: a challenge, a fresh sign-in, and a signature that can be neither replayed nor moved (21 CFR 11.50-11.300)."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import pytest

from tests.builders import (
    Colleague,
    Company,
    approve,
    as_superuser,
    at_once,
    company,
    document,
    effective_document,
    mails,
    reject,
    submitted,
)
from tests.google_keys import encoded
from tests.product import Answer, Product


@pytest.fixture
def firm(product: Product) -> Company:
    """A company whose people may do all that signing asks for."""
    return company(product, "action_owner", "qa", "second_qa")


@pytest.fixture
def request_(firm: Company) -> dict[str, Any]:
    """An open approval request."""
    return dict(submitted(firm.action_owner, document(firm.action_owner)["change"])["approval_request"])


def challenge(by: Colleague, request: dict[str, Any], meaning: str = "approved", token: str | None = None) -> str:
    """The id of a challenge to decide about a request."""
    body: dict[str, Any] = {"subject_kind": "approval_request", "subject_id": request["id"], "meaning": meaning}
    body |= {"arguments": {"reason": "Not clear"}} if meaning == "rejected" else {}
    return str(by.product.post("start_signing", token or by.token, by.organisation, **body).ok["challenge_id"])


def sign(by: Colleague, request: dict[str, Any], challenge_id: str, token: str) -> Answer:
    """Approve with this challenge and this token."""
    body = {"approval_request_id": request["id"], "challenge_id": challenge_id, "etag": request["etag"]}
    return by.product.post("approve_request", token, by.organisation, **body)


def claims_of(token: str) -> dict[str, Any]:
    """What a token says."""
    part = token.split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))))


def signatures(product: Product, firm: Company) -> int:
    """How many there are in the organisation."""
    return int(as_superuser(product, "select count(*) from signatures where organisation_id = :firm", firm=firm.id)[0][0])


@pytest.mark.clause("11.200(a)(1)")
def test_a_session_token_alone_cant_sign(product: Product, firm: Company, request_: dict[str, Any]) -> None:
    answer = sign(firm.qa, request_, challenge(firm.qa, request_), firm.qa.token).refused(401, "sign in again with your password")
    assert 'error="insufficient_user_authentication"' in answer.headers["WWW-Authenticate"]
    assert signatures(product, firm) == 0
    assert firm.qa.get("get_approval_request", id=request_["id"]).ok["status"] == "open"


@pytest.mark.clause("11.200(a)(1)")
def test_the_sign_in_that_started_the_challenge_cant_finish_it(product: Product, firm: Company, request_: dict[str, Any]) -> None:
    fresh = firm.qa.fresh_token()
    sign(firm.qa, request_, challenge(firm.qa, request_, token=fresh), fresh).refused(401)
    assert signatures(product, firm) == 0


@pytest.mark.clause("11.200(a)(1)")
def test_a_refreshed_token_of_an_older_sign_in_cant_sign(product: Product, firm: Company, request_: dict[str, Any]) -> None:
    started = challenge(firm.qa, request_)
    older = claims_of(firm.qa.token) | {"auth_time": int(time.time()) - 30, "iat": int(time.time())}
    sign(firm.qa, request_, started, f"{encoded({'alg': 'none', 'typ': 'JWT'})}.{encoded(older)}.").refused(401)
    assert signatures(product, firm) == 0


def test_somebody_elses_challenge_isnt_there(product: Product, firm: Company, request_: dict[str, Any]) -> None:
    theirs = challenge(firm.second_qa, request_)
    sign(firm.qa, request_, theirs, firm.qa.fresh_token()).refused(404, "challenge of yours")
    sign(firm.qa, request_, theirs, firm.second_qa.fresh_token()).ok


def test_a_challenge_expires_after_two_minutes(product: Product, firm: Company, request_: dict[str, Any]) -> None:
    started = challenge(firm.qa, request_)
    shift = "update challenges set created_at = created_at - interval '121 s', expires_at = expires_at - interval '121 s'"
    shift += " where ceremony_id = :id"
    as_superuser(product, shift, firm.id, id=started)
    sign(firm.qa, request_, started, firm.qa.fresh_token()).refused(409, "has expired")


def test_a_challenge_signs_once_even_when_sent_twice_at_once(product: Product, firm: Company, request_: dict[str, Any]) -> None:
    firm.admin.post("update_organisation", approval_policy={"document": {"signatures": 1}}).ok
    started, fresh = challenge(firm.qa, request_), firm.qa.fresh_token()
    body = {"approval_request_id": request_["id"], "challenge_id": started, "etag": request_["etag"]}
    answers = at_once(product, *[lambda own: own.post("approve_request", fresh, firm.id, **body)] * 3)
    assert min(one.status for one in answers) == 200
    assert all(one.status in {200, 409, 412} for one in answers)
    assert sum(one.status == 200 for one in answers) == 1
    assert signatures(product, firm) == 1


def test_a_used_challenge_is_refused(product: Product, firm: Company, request_: dict[str, Any]) -> None:
    started = challenge(firm.qa, request_)
    as_superuser(product, "update challenges set used_at = now() where ceremony_id = :id", firm.id, id=started)
    sign(firm.qa, request_, started, firm.qa.fresh_token()).refused(409, "was used already")


def test_a_challenge_signs_only_what_it_was_made_for(product: Product, firm: Company, request_: dict[str, Any]) -> None:
    fresh = firm.qa.fresh_token()
    sign(firm.qa, request_, challenge(firm.qa, request_, "rejected"), fresh).refused(409, "something else")
    other = submitted(firm.action_owner, document(firm.action_owner, "Another")["change"])["approval_request"]
    sign(firm.qa, request_, challenge(firm.qa, other), fresh).refused(409, "something else")
    moved = challenge(firm.qa, request_)
    as_superuser(product, "update challenges set content_sha256 = repeat('0', 64) where ceremony_id = :id", firm.id, id=moved)
    sign(firm.qa, request_, moved, fresh).refused(409, "has changed meanwhile")
    assert signatures(product, firm) == 0


def test_a_challenge_of_one_round_doesnt_sign_the_next(product: Product, firm: Company, request_: dict[str, Any]) -> None:
    started, fresh = challenge(firm.qa, request_), firm.qa.fresh_token()
    change = firm.action_owner.get("get_change", id=request_["change_id"]).ok
    change = firm.action_owner.post("withdraw_change", change_id=change["id"], etag=change["etag"]).ok["change"]
    sign(firm.qa, request_, started, fresh).refused(412)
    etag = firm.qa.get("get_approval_request", id=request_["id"]).ok["etag"]
    sign(firm.qa, {**request_, "etag": etag}, started, fresh).refused(409, "is draft")
    again = submitted(firm.action_owner, dict(change))["approval_request"]
    sign(firm.qa, again, started, fresh).refused(409, "something else")
    approve(firm.qa, again).ok


@pytest.mark.clause("11.300")
def test_a_revoked_sign_in_cant_sign(product: Product, firm: Company, request_: dict[str, Any]) -> None:
    started, fresh = challenge(firm.qa, request_), firm.qa.fresh_token()
    uid = claims_of(fresh)["sub"]
    product.emulator.update(uid, validSince=str(int(time.time()) + 5))
    sign(firm.qa, request_, started, fresh).refused(401, "revoked")
    product.emulator.update(uid, validSince="0", disableUser=True)
    sign(firm.qa, request_, started, fresh).refused(401, "disabled")
    assert signatures(product, firm) == 0


@pytest.mark.clause("11.10(j)")
def test_nobody_signs_before_giving_a_name_and_accepting_the_policy(product: Product, firm: Company, request_: dict[str, Any]) -> None:
    from tests.builders import invitation_token
    from tests.identity import PASSWORD

    email = f"nameless-{firm.id}@test.qfacts.example"
    product.emulator.sign_up(email)
    nameless = Colleague(product, email, product.emulator.sign_in(email, PASSWORD), "", firm.id)
    firm.admin.post("invite_member", email=email, role="qa").ok
    product.post("accept_invitation", nameless.token, token=invitation_token(product, email)).ok
    ask = {"subject_kind": "approval_request", "subject_id": request_["id"], "meaning": "approved"}
    nameless.post("start_signing", **ask).refused(409, "accept the signing policy")
    nameless.post("accept_signing_policy").refused(409, "give your name first")
    product.post("update_me", nameless.token, name="Ada Lovelace").ok
    assert nameless.post("accept_signing_policy").ok["member"]["printed_name"] == "Ada Lovelace"
    product.post("update_me", nameless.token, name="Countess Lovelace").ok
    assert nameless.post("accept_signing_policy").ok["member"]["printed_name"] == "Ada Lovelace", "once is for ever"
    nameless.post("start_signing", **ask).ok
    steps = [entry["step"] for entry in firm.qa.get("list_audit_trail", limit=100).ok["items"]]
    assert "accept_signing_policy" in steps


@pytest.mark.clause("11.300")
def test_five_failed_signings_lock_and_alert_at_once(product: Product, firm: Company, request_: dict[str, Any]) -> None:
    started = challenge(firm.qa, request_)
    for _ in range(5):
        assert [template for template, _ in mails(product, firm.admin.email)].count("signing_locked") == 0
        sign(firm.qa, request_, started, firm.qa.token).refused(401)
    for told in (firm.admin, firm.qa, firm.second_qa):
        assert [template for template, _ in mails(product, told.email)].count("signing_locked") == 1
    assert "signing_locked" not in [template for template, _ in mails(product, firm.action_owner.email)]
    sign(firm.qa, request_, started, firm.qa.fresh_token()).refused(403, "locked for 15 minutes")
    firm.qa.post("start_signing", subject_kind="approval_request", subject_id=request_["id"], meaning="approved").refused(403, "locked")
    challenge(firm.second_qa, request_)
    kept = [one for one in firm.qa.get("list_audit_trail", limit=100).ok["items"] if one["table_name"] == "signing_failures"]
    assert len(kept) == 5
    as_superuser(
        product, "update signing_failures set created_at = created_at - interval '16 minutes' where person_id = :id", firm.id, id=firm.qa.id
    )
    approve(firm.qa, request_).ok


@pytest.mark.clause("11.300")
def test_failures_at_once_still_alert(product: Product, firm: Company, request_: dict[str, Any]) -> None:
    started = challenge(firm.qa, request_)
    body = {"approval_request_id": request_["id"], "challenge_id": started, "etag": request_["etag"]}
    calls = [lambda own: own.post("approve_request", firm.qa.token, firm.id, **body)] * 6
    assert {one.status for one in at_once(product, *calls)} <= {401, 403, 503}
    assert [template for template, _ in mails(product, firm.admin.email)].count("signing_locked") >= 1


@pytest.mark.clause("11.50")
def test_a_signature_shows_wherever_its_record_shows(product: Product, firm: Company) -> None:
    made = document(firm.action_owner)
    request = submitted(firm.action_owner, made["change"])["approval_request"]
    signed = approve(firm.qa, request).ok["signature"]
    assert signed["printed_name"] == firm.qa.get("get_me").ok["name"]
    assert signed["signed_at"].endswith("Z")
    assert signed["local_time"].endswith(("+01:00", "+02:00")), "Brussels, where this person is"
    assert (signed["meaning"], signed["time_zone"], signed["round"]) == ("approved", "Europe/Brussels", 1)
    assert (signed["auth_method"], signed["valid"]) == ("password", True)
    for function, subject in (
        ("get_document", made["record"]["id"]),
        ("get_record_history", made["record"]["id"]),
        ("get_change", made["change"]["id"]),
        ("get_approval_request", request["id"]),
    ):
        shown = firm.action_owner.get(function, id=subject).ok["signatures"][0]
        assert {name: (shown[name], signed[name]) for name in signed if shown[name] != signed[name]} == {}, function


@pytest.mark.clause("11.50")
@pytest.mark.clause("11.100")
def test_the_printed_name_stays_as_it_was_accepted(product: Product, firm: Company, request_: dict[str, Any]) -> None:
    before = firm.qa.get("get_me").ok["name"]
    product.post("update_me", firm.qa.token, name="Somebody Else").ok
    assert approve(firm.qa, request_).ok["signature"]["printed_name"] == before


@pytest.mark.clause("11.70")
@pytest.mark.parametrize("column", ["meaning", "printed_name", "signed_at", "round", "subject_id", "person_id"])
def test_an_altered_or_moved_signature_no_longer_holds(product: Product, firm: Company, column: str) -> None:
    record = effective_document(firm.action_owner, firm.qa)
    other = effective_document(firm.action_owner, firm.qa, "Another")
    values = {
        "meaning": "'rejected'",
        "printed_name": "'Another'",
        "signed_at": "signed_at - interval '1 day'",
        "round": "1 - round + 1",
        "subject_id": f"'{other['id']}'",
        "person_id": f"'{firm.second_qa.id}'",
    }
    signature = record["signatures"][0]
    if column == "round":  # moved onto another change's round
        moved = other["signatures"][0]["change_id"]
        as_superuser(product, f"update signatures set change_id = '{moved}' where id = '{signature['id']}'", firm.id)
        shown = firm.qa.get("get_change", id=moved).ok["signatures"]
    else:
        as_superuser(product, f"update signatures set {column} = {values[column]} where id = '{signature['id']}'", firm.id)
        shown = firm.qa.get("get_change", id=signature["change_id"]).ok["signatures"]
    assert [one["valid"] for one in shown if one["id"] == signature["id"]] == [False]
    assert [one["valid"] for one in shown if one["id"] != signature["id"]] in ([], [True])


def test_a_signed_step_needs_its_own_reason(product: Product, firm: Company, request_: dict[str, Any]) -> None:
    started = challenge(firm.qa, request_, "rejected")
    body = {"approval_request_id": request_["id"], "challenge_id": started, "etag": request_["etag"]}
    product.post("reject_request", firm.qa.fresh_token(), firm.id, **body).refused(422)
    done = reject(firm.qa, request_, "Say which vessels").ok
    assert (done["signature"]["reason"], done["signature"]["meaning"]) == ("Say which vessels", "rejected")
