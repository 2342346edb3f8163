"""Signing without a new sign-in is refused, the signature covers the act, and one sign-in signs one ceremony (21 CFR 11.70, 11.200)."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.builders import Colleague, Company, as_superuser, company, document, event, invitation_token, submitted, triaged_event
from tests.identity import claims_of, unsigned
from tests.product import Answer, Product

STALE = "Sign in again with your password"


@pytest.fixture
def firm(product: Product) -> Company:
    """A company whose people may do all that signing asks for."""
    return company(product, "action_owner", "qa", "second_qa")


def asked(firm: Company, title: str = "Cleaning of vessels") -> dict[str, Any]:
    """An open approval request."""
    return dict(submitted(firm.action_owner, document(firm.action_owner, title)["change"])["approval_request"])


def wish(request: dict[str, Any], meaning: str = "approved", **more: object) -> dict[str, Any]:
    """One thing to sign, as start_signing is told."""
    return {"subject_kind": "approval_request", "subject_id": request["id"], "meaning": meaning, **more}


def approve(by: Colleague, request: dict[str, Any], challenge: str, token: str) -> Answer:
    """Approve with this challenge and this token."""
    body = {"approval_request_id": request["id"], "challenge_id": challenge, "etag": request["etag"]}
    return by.product.post("approve_request", token, by.organisation, **body)


@pytest.mark.clause("11.200(a)(1)")
def test_a_refreshed_token_of_the_sign_in_that_began_cannot_sign_even_within_the_same_second(product: Product, firm: Company) -> None:
    request, session = asked(firm), firm.qa.fresh_token()
    begun = product.post("start_signing", session, firm.id, **wish(request)).ok["challenge_id"]
    refreshed = unsigned({**claims_of(session), "iat": claims_of(session)["iat"] + 1})
    for token in (session, refreshed, unsigned({**claims_of(session), "name": "Another look"}), unsigned(claims_of(session)) + ""):
        approve(firm.qa, request, begun, token).refused(401, STALE)
    approve(firm.qa, request, begun, firm.qa.fresh_token()).ok


@pytest.mark.clause("11.200(a)(1)")
def test_another_older_session_of_the_signer_cannot_sign(product: Product, firm: Company) -> None:
    """The token that begins may be the older of two sessions: the other one, from before the challenge, is no new sign-in."""
    request = asked(firm)
    claims = claims_of(firm.qa.token)
    older = unsigned({**claims, "auth_time": claims["auth_time"] - 600})
    begun = product.post("start_signing", older, firm.id, **wish(request)).ok["challenge_id"]
    between = unsigned({**claims, "auth_time": claims["auth_time"] - 300})
    approve(firm.qa, request, begun, between).refused(401, STALE)


@pytest.mark.clause("11.200(a)(1)")
def test_one_sign_in_signs_one_ceremony(product: Product, firm: Company) -> None:
    first, second = asked(firm), asked(firm, "Calibration")
    begun = [firm.qa.start(*wish(one).values()) for one in (first, second)]
    fresh = firm.qa.fresh_token()
    approve(firm.qa, first, begun[0], fresh).ok
    approve(firm.qa, second, begun[1], fresh).refused(401, "has signed already")
    approve(firm.qa, second, begun[1], unsigned({**claims_of(fresh), "iat": claims_of(fresh)["iat"] + 1})).refused(
        401, "has signed already"
    )
    approve(firm.qa, second, begun[1], firm.qa.fresh_token()).ok


@pytest.mark.clause("11.200(a)(1)")
def test_a_sign_in_that_signed_for_one_organisation_signs_for_no_other(product: Product, firm: Company) -> None:
    other = company(product, "action_owner")
    other.admin.post("invite_member", email=firm.qa.email, role="qa").ok
    product.post("accept_invitation", firm.qa.token, token=invitation_token(product, firm.qa.email)).ok
    there = Colleague(product, firm.qa.email, firm.qa.token, firm.qa.id, other.id)
    there.post("accept_signing_policy").ok
    here_asked, there_asked = asked(firm), asked(other)
    here_begun, there_begun = firm.qa.start(*wish(here_asked).values()), there.start(*wish(there_asked).values())
    fresh = firm.qa.fresh_token()
    approve(firm.qa, here_asked, here_begun, fresh).ok
    approve(there, there_asked, there_begun, fresh).refused(401, "has signed already")


def test_a_refused_step_uses_up_no_sign_in(product: Product, firm: Company) -> None:
    request = asked(firm)
    begun, fresh = firm.qa.start(*wish(request).values()), firm.qa.fresh_token()
    stale = {**request, "etag": '"999"'}
    approve(firm.qa, stale, begun, fresh).refused(412)
    approve(firm.qa, request, begun, fresh).ok


@pytest.mark.clause("11.200(a)(1)")
@pytest.mark.parametrize("provider", ["custom", "anonymous", "google.com", "phone", "oidc.elsewhere"])
def test_a_sign_in_by_another_provider_signs_nothing(product: Product, firm: Company, provider: str) -> None:
    request = asked(firm)
    begun, fresh = firm.qa.start(*wish(request).values()), firm.qa.fresh_token()
    claims = claims_of(fresh)
    other = unsigned({**claims, "firebase": {**claims["firebase"], "sign_in_provider": provider}})
    approve(firm.qa, request, begun, other).refused(401, "with your password")


@pytest.mark.clause("11.200(a)(1)(i)")
def test_one_sign_in_signs_several_things_each_by_itself(product: Product, firm: Company) -> None:
    first, second, third = (asked(firm, f"Procedure {number}") for number in range(3))
    subjects = [wish(first), wish(second, "rejected", arguments={"reason": "Unclear"}), wish(third)]
    made = firm.qa.post("start_signing", subjects=subjects).ok
    assert [one["why_not"] for one in made["signs"]] == [None, None, None]
    assert [one["meaning"] for one in made["signs"]] == ["approved", "rejected", "approved"]
    assert len({one["content_sha256"] for one in made["signs"]}) == 3
    assert "reason: Unclear" in made["signs"][1]["in_words"]
    assert first["title"] in made["signs"][0]["in_words"]
    fresh, challenge = firm.qa.fresh_token(), made["challenge_id"]
    approved = approve(firm.qa, first, challenge, fresh).ok["signature"]
    approve(firm.qa, second, challenge, fresh).refused(409, "something else")
    body = {"approval_request_id": second["id"], "challenge_id": challenge, "etag": second["etag"], "reason": "Unclear"}
    rejected = product.post("reject_request", fresh, firm.id, **body).ok["signature"]
    again = approve(firm.qa, third, challenge, fresh).ok["signature"]
    assert len({approved["id"], rejected["id"], again["id"]}) == 3
    assert len({approved["content_sha256"], rejected["content_sha256"], again["content_sha256"]}) == 3
    approve(firm.qa, first, challenge, fresh).refused(412)


def test_a_thing_that_cannot_be_signed_refuses_only_itself(firm: Company) -> None:
    good, own = asked(firm), submitted(firm.qa, document(firm.qa, "Mine")["change"])["approval_request"]
    gone = {**good, "id": str(uuid4())}
    made = firm.qa.post("start_signing", subjects=[wish(own), wish(good), wish(gone), wish(good, "rejected")]).ok
    mine, fine, missing, told_nothing = made["signs"]
    assert fine["why_not"] is None
    assert (mine["in_words"], mine["content_sha256"]) == (None, None)
    assert "yourself" in mine["why_not"] or "you" in mine["why_not"].lower()
    assert "no such" in missing["why_not"].lower()
    assert "needed" in told_nothing["why_not"]
    approve(firm.qa, good, made["challenge_id"], firm.qa.fresh_token()).ok


def test_where_nothing_can_be_signed_the_refusal_says_why(firm: Company) -> None:
    own = submitted(firm.qa, document(firm.qa, "Mine")["change"])["approval_request"]
    firm.qa.post("start_signing", subjects=[wish(own)]).refused(409, "None of these can be signed now")


def test_a_ceremony_names_one_thing_or_several_up_to_fifty_each_once(firm: Company) -> None:
    request = asked(firm)
    assert firm.qa.post("start_signing").refused(422)["field"] == "subject_kind"
    assert firm.qa.post("start_signing", subjects=[]).refused(422)["field"] == "subjects"
    assert firm.qa.post("start_signing", **wish(request), subjects=[wish(request)]).refused(422)["field"] == "subjects"
    assert firm.qa.post("start_signing", subjects=[wish(request)] * 2).refused(422, "twice")["field"] == "subjects.1"
    many = [wish({"id": str(uuid4())}) for _ in range(51)]
    assert firm.qa.post("start_signing", subjects=many).refused(422, "1 to 50")["field"] == "subjects"
    assert firm.qa.post("start_signing", subjects=[{**wish(request), "round": 1}]).refused(422)["field"].startswith("subjects.0")


@pytest.mark.clause("11.70")
def test_what_a_step_is_told_is_signed_and_nothing_else_is_done_with_that_signature(product: Product, firm: Company) -> None:
    found = triaged_event(firm.action_owner, firm.qa, severity="critical")
    subject = {"subject_kind": "event", "subject_id": found["id"], "meaning": "reclassified"}
    told = {"severity": "minor", "reason": "Not what it seemed"}
    made = firm.qa.post("start_signing", **subject, arguments=told).ok
    assert made["signs"][0]["arguments"] == told
    assert "severity: minor" in made["signs"][0]["in_words"]
    fresh, body = firm.qa.fresh_token(), {"id": found["id"], "challenge_id": made["challenge_id"], "etag": found["etag"]}
    for other in (
        {**told, "severity": "major"},
        {**told, "reason": "Another"},
        {**told, "containment": "Held"},
        {"reason": told["reason"]},
    ):
        product.post("reclassify_event", fresh, firm.id, **body, **other).refused(409, "start signing again")
    done = product.post("reclassify_event", fresh, firm.id, **body, **told).ok["event"]
    assert done["content"]["severity"] == "minor"
    signature = done["signatures"][-1]
    assert (signature["arguments"], signature["valid"]) == (told, True)
    assert signature["content_sha256"] == made["content_sha256"]
    [[kept]] = as_superuser(product, "select content -> 'content' from signatures where id = :id", firm.id, id=signature["id"])
    assert kept["severity"] == "minor", "the signature covers what the step results in"


@pytest.mark.clause("11.70")
def test_a_signature_whose_arguments_were_altered_does_not_hold(product: Product, firm: Company) -> None:
    found = event(firm.action_owner)
    done = firm.qa.sign("cancel_event", "event", found["id"], "cancelled", id=found["id"], etag=found["etag"], reason="No event").ok[
        "event"
    ]
    assert done["signatures"][0]["valid"]
    with product.asking() as connection:
        connection.run("alter table signatures disable trigger all")
        connection.run('update signatures set arguments = \'{"reason": "Another"}\' where id = :id', id=done["signatures"][0]["id"])
        connection.run("alter table signatures enable trigger all")
    assert not firm.qa.get("get_event", id=found["id"]).ok["signatures"][0]["valid"]


def test_the_sentence_and_the_arguments_are_checked_before_anybody_signs_in(firm: Company) -> None:
    found = triaged_event(firm.action_owner, firm.qa)
    subject = {"subject_kind": "event", "subject_id": found["id"], "meaning": "reclassified"}
    for bad, field in (
        ({}, "arguments.reason"),
        ({"reason": "Why", "severity": "none"}, "arguments.severity"),
        ({"reason": "Why", "risk": {"severity": 11, "occurrence": 1, "detection": 1}}, "arguments.risk.severity"),
        ({"reason": "Why", "status": "closed"}, "arguments.status"),
        ({"reason": 7}, "arguments.reason"),
    ):
        assert firm.qa.post("start_signing", **subject, arguments=bad).refused(422)["field"] == field
