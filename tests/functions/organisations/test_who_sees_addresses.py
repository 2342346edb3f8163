"""A person's address is for themselves and the admins, who need it; everybody else sees a name (GDPR 5(1)(c))."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from shared.queries import reminders
from tests.builders import Colleague, Company, as_superuser, company, document, effective_document, mails, visitor
from tests.functions.tour import tour
from tests.product import Answer, Product
from tests.storage import Storage

ADDRESS = re.compile(r"[^\"]{0,3}@[a-z0-9-]+\.[a-z0-9.-]+")  # a little of what stands before the sign: a PDF in base64 is long
# Answered to an admin, or of nobody but the caller.
ADMINS = {"invite_member", "list_invitations", "resend_invitation", "revoke_invitation"}
ADMINS |= {"set_member_role", "change_printed_name", "deactivate_member"}
OWN = {"get_me", "update_me", "accept_invitation", "accept_signing_policy"}


@pytest.fixture
def firm(product: Product) -> Company:
    """A company, with an Operator who hasn't given a name."""
    made = company(product, "action_owner", "qa", "operator", "inspector")
    as_superuser(product, "update people set name = '' where id = :id", id=made.operator.id)
    as_superuser(
        product, "update members set printed_name = null, policy_accepted_at = null where person_id = :id", made.id, id=made.operator.id
    )
    return made


def seen(by: Colleague) -> dict[str, Any]:
    """The addresses of the members, as somebody sees them."""
    return {one["person_id"]: one["email"] for one in by.get("list_members", limit=100).ok["items"]}


@pytest.mark.parametrize("role", ["action_owner", "qa", "operator", "inspector"])
def test_members_who_arent_admins_see_their_own_address_alone(firm: Company, role: str) -> None:
    by: Colleague = getattr(firm, role)
    found = seen(by)
    assert found.pop(by.id) == by.email
    assert len(found) == 4
    assert set(found.values()) == {None}


def test_admins_see_every_address(firm: Company) -> None:
    found = seen(firm.admin)
    assert {found[one.id] for one in (firm.admin, firm.qa, firm.operator)} == {firm.admin.email, firm.qa.email, firm.operator.email}


def addresses(answers: list[Answer]) -> set[str]:
    """Every address in some answers, but those that an erasure left in another's place."""
    return {
        one
        for answer in answers
        for one in ADDRESS.findall(json.dumps(answer.body, ensure_ascii=False))
        if not one.endswith("@erased.invalid")
    }


def test_no_function_tells_an_address_but_to_admins_and_its_owner(product: Product, storage: Storage) -> None:
    kept = tour(product)
    others = {function: answers for function, answers in kept.answers.items() if function not in ADMINS | OWN | {"list_members"}}
    told = {function: found for function, answers in others.items() if (found := addresses(answers))}
    assert {one.partition("@")[0] for one in told.pop("get_invitation_preview")} == {"la…"}, "shortened"
    assert told == {}
    assert len(kept.answers) > 80


def test_who_has_no_name_yet_is_named_by_nothing_that_tells_who_they_are(product: Product, firm: Company, storage: Storage) -> None:
    made = effective_document(firm.action_owner, firm.qa, "Gowning")
    kept = firm.qa.get("get_document", id=made["id"]).ok
    taken = firm.qa.post("reassign_record", id=made["id"], reason="Theirs now", owner_id=firm.operator.id, etag=kept["etag"])
    unnamed = f"unnamed {firm.operator.id[-4:]}"
    shown = [one["name"] for one in firm.qa.get("list_members", limit=100).ok["items"] if one["person_id"] == firm.operator.id]
    assert shown == [unnamed]
    assert firm.operator.email not in json.dumps(taken.body)


def test_being_told_that_somebody_is_invited_as_qa_tells_no_address(product: Product, firm: Company) -> None:
    guest = visitor(product)
    firm.admin.post("invite_member", email=guest.email, role="qa").ok
    template, facts = mails(product, firm.qa.email)[0]
    assert (template, facts["person"]) == ("role_granted", f"{guest.email[:2]}…@test.qfacts.example")


def test_digests_name_who_is_late_and_tell_no_address(product: Product, firm: Company) -> None:
    assert "p.email, ''" not in reminders.DIGESTS
    assert "'unnamed '" in reminders.DIGESTS


def test_a_file_of_the_trail_and_a_records_export_tell_no_address(product: Product, firm: Company, storage: Storage) -> None:
    record = document(firm.action_owner)["record"]
    for answer in (firm.qa.get("list_audit_trail", limit=100), firm.qa.post("export_record", id=record["id"], format="json")):
        assert ADDRESS.findall(json.dumps(answer.body)) == []
