"""Erasing a person who left (GDPR 17): contact data go, signatures and trail hold, and no other organisation is harmed or betrayed."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from tests.builders import Company, as_superuser, company, effective_document, invitation_token
from tests.functions.deliveries import Deliver, deliver, slot
from tests.functions.organisations.erasures import BASIS, erase
from tests.product import Product
from tests.product import own_product as product

__all__ = ["deliver", "product"]


@pytest.fixture
def firm(product: Product) -> Company:
    """A company whose QA signed a record and left."""
    made = company(product, "action_owner", "qa", "second_qa")
    effective_document(made.action_owner, made.qa)
    made.admin.post("deactivate_member", person_id=made.qa.id, successor_id=made.second_qa.id).ok
    return made


@pytest.mark.clause("GDPR 17, recital 26")
def test_contact_data_go_and_trail_and_signatures_hold(product: Product, deliver: Deliver, firm: Company) -> None:
    left = firm.qa
    [record] = [one["id"] for one in firm.second_qa.get("list_documents").ok["items"]]
    done = erase(firm.admin, left.id).ok["erasure"]
    assert (done["person_id"], done["basis"], done["erased_by"]) == (left.id, BASIS, firm.admin.id)
    [[email, name, uid, salt]] = as_superuser(product, "select email, name, identity_uid, salt from people where id = :id", id=left.id)
    assert (email, name, uid, salt) == (f"erased-{left.id}@erased.invalid", "", None, None)
    shown = next(one for one in firm.admin.get("list_members").ok["items"] if one["person_id"] == left.id)
    assert (shown["email"], shown["name"]) == (f"erased-{left.id}@erased.invalid", shown["printed_name"])
    assert left.email not in json.dumps(firm.admin.get("list_invitations").ok.body)
    [signature] = firm.second_qa.get("get_document", id=record).ok["signatures"]
    assert (signature["printed_name"], signature["valid"]) == (shown["printed_name"], True)
    assert firm.second_qa.get("verify_audit_trail").ok["intact"] is True
    entries = firm.second_qa.get("list_audit_trail", record_id=left.id).ok["items"]
    told = next(entry for entry in entries if entry["table_name"] == "erasures")
    assert (told["reason"], told["actor"]) == (BASIS, f"person:{firm.admin.id}")
    assert left.email not in json.dumps(entries)
    assert deliver("purge", slot(300)).ok["accounts"] >= 1
    with pytest.raises(Exception, match="400"):
        product.emulator.sign_in(left.email)
    assert deliver("purge", slot(301)).ok["accounts"] == 0
    assert firm.second_qa.get("verify_audit_trail").ok["intact"] is True


def test_only_a_member_who_left_is_erased_and_only_once(firm: Company) -> None:
    begin = {"subject_kind": "person", "meaning": "erased"}
    firm.admin.post("start_signing", subject_id=firm.second_qa.id, **begin).refused(409, "must be deactivated")
    firm.admin.post("start_signing", subject_id=str(uuid4()), **begin).refused(404)
    firm.second_qa.post("start_signing", subject_id=firm.qa.id, **begin).refused(403)
    firm.admin.post("update_organisation", legal_hold=True).ok
    firm.admin.post("start_signing", subject_id=firm.qa.id, **begin).refused(409, "legal hold")
    firm.admin.post("update_organisation", legal_hold=False).ok
    erase(firm.admin, firm.qa.id).ok
    firm.admin.post("start_signing", subject_id=firm.qa.id, **begin).refused(409, "erased already")


def test_another_organisations_member_stays_there_and_isnt_betrayed(product: Product, deliver: Deliver, firm: Company) -> None:
    left, other = firm.qa, company(product)
    other.admin.post("invite_member", email=left.email, role="operator").ok
    product.post("accept_invitation", left.token, token=invitation_token(product, left.email)).ok
    done = erase(firm.admin, left.id).ok["erasure"]
    assert set(done) == {"id", "person_id", "basis", "erased_by", "signature_id", "created_at", "etag"}
    shown = next(one for one in firm.admin.get("list_members").ok["items"] if one["person_id"] == left.id)
    assert shown["email"] == f"erased-{left.id}@erased.invalid", "here nobody sees them any more"
    there = next(one for one in other.admin.get("list_members").ok["items"] if one["person_id"] == left.id)
    assert there["email"] == left.email
    product.get("get_me", left.token).ok
    other.admin.post("deactivate_member", person_id=left.id).ok
    deliver("purge", slot(310)).ok
    [[salt]] = as_superuser(product, "select salt from people where id = :id", id=left.id)
    assert salt is None, "the last membership ended, so they go now"
    for each in (firm.admin, other.admin):
        assert each.get("verify_audit_trail").ok["intact"] is True


def test_another_organisation_erases_nobody_of_ours(product: Product, firm: Company) -> None:
    other = company(product)
    other.admin.post("start_signing", subject_kind="person", subject_id=firm.qa.id, meaning="erased").refused(404)
