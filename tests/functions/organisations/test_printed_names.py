"""The name beside a signature is one person's in the organisation, and only an admin changes it, for signatures to come."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.db import database
from tests.builders import Colleague, Company, as_superuser, at_once, company, effective_document, invitation_token, mails, visitor
from tests.database import acting
from tests.product import Answer, Product

QUINN = "Quinn Marsh"
LIKE_QUINN = "Quіnn Маrsh"  # three letters are Cyrillic


@pytest.fixture
def firm(product: Product) -> Company:
    """A company whose QA is called Quinn."""
    made = company(product, "action_owner")
    joined(made, "qa", "qa", QUINN)
    return made


def joined(firm: Company, key: str, role: str, name: str) -> Colleague:
    """A new member of that name, who has accepted the policy if nobody else has it."""
    person = visitor(firm.product)
    firm.product.post("update_me", person.token, name=name).ok
    firm.admin.post("invite_member", email=person.email, role=role).ok
    firm.product.post("accept_invitation", person.token, token=invitation_token(firm.product, person.email)).ok
    person.organisation = firm.id
    firm.people[key] = person
    person.post("accept_signing_policy")
    return person


def printed(firm: Company, person: Colleague) -> str | None:
    found: str | None = next(one for one in firm.admin.get("list_members").ok["items"] if one["person_id"] == person.id)["printed_name"]
    return found


def rename(firm: Company, person: Colleague, name: str, **more: object) -> Answer:
    return firm.admin.post("change_printed_name", person_id=person.id, printed_name=name, reason="Married", **more)


@pytest.mark.clause("11.100(a)")
@pytest.mark.parametrize("name", [QUINN, LIKE_QUINN, "QUINN MARSH", "Quinn\u00a0Marsh", "𝐐𝐮𝐢𝐧𝐧 𝐌𝐚𝐫𝐬𝐡"])
def test_anothers_name_and_its_look_alikes_are_never_fixed(firm: Company, name: str) -> None:
    other = joined(firm, "other", "qa", name)
    other.post("accept_signing_policy").refused(409, f"signs as {QUINN}", "Add a middle initial")
    assert printed(firm, other) is None
    firm.product.post("update_me", other.token, name="Quinn B. Marsh").ok
    assert other.post("accept_signing_policy").ok["member"]["printed_name"] == "Quinn B. Marsh"


@pytest.mark.parametrize("name", ["Qu\u200dinn", "Qu\u00adinn", "Quinn\ufe0f", "Quinn\u2028Marsh", "Quinn\ue000"])
def test_characters_that_nobody_sees_never_get_into_a_name(firm: Company, name: str) -> None:
    firm.product.post("update_me", firm.qa.token, name=name).refused(422)
    rename(firm, firm.qa, name).refused(422)


def test_in_another_organisation_the_name_is_free(firm: Company) -> None:
    elsewhere = company(firm.product)
    assert joined(elsewhere, "qa", "qa", QUINN).post("accept_signing_policy").ok["member"]["printed_name"] == QUINN


@pytest.mark.clause("11.70")
def test_an_admin_changes_a_printed_name_and_signatures_that_stand_keep_the_former_one(firm: Company) -> None:
    record = effective_document(firm.action_owner, firm.qa)["id"]
    changed = rename(firm, firm.qa, "Quinn Marsh-Lee").ok["member"]
    assert (changed["printed_name"], changed["person_id"]) == ("Quinn Marsh-Lee", firm.qa.id)
    [signature] = firm.qa.get("get_document", id=record).ok["signatures"]
    assert (signature["printed_name"], signature["valid"]) == (QUINN, True)
    template, facts = mails(firm.product, firm.qa.email)[0]
    assert template == "printed_name_changed"
    assert {"former": QUINN, "name": "Quinn Marsh-Lee", "reason": "Married"}.items() <= facts.items()
    later = effective_document(firm.action_owner, firm.qa)
    assert [one["printed_name"] for one in later["signatures"]] == ["Quinn Marsh-Lee"]
    [entry] = [one for one in firm.qa.get("list_audit_trail", record_id=firm.qa.id).ok["items"] if one["step"] == "change_printed_name"]
    assert (entry["reason"], entry["actor"]) == ("Married", f"person:{firm.admin.id}")
    assert (entry["old"]["printed_name"], entry["new"]["printed_name"]) == (QUINN, "Quinn Marsh-Lee")
    assert firm.qa.get("verify_audit_trail").ok["intact"] is True


@pytest.mark.clause("11.100(a)")
def test_a_name_that_stands_beside_signatures_is_nobody_elses_also_after_it_was_changed_or_its_bearer_left(firm: Company) -> None:
    effective_document(firm.action_owner, firm.qa)
    rename(firm, firm.qa, "Quinn Lee").ok
    rename(firm, firm.action_owner, LIKE_QUINN).refused(409, f"signs as {QUINN}")
    firm.admin.post("deactivate_member", person_id=firm.qa.id, successor_id=firm.action_owner.id).ok
    for name in (QUINN, "Quinn Lee"):
        rename(firm, firm.action_owner, name).refused(409, f"signs as {name}")
    rename(firm, firm.qa, QUINN).refused(409, "deactivated")


def test_the_name_of_somebody_who_left_without_signing_is_free_and_they_accept_anew_when_they_come_back(firm: Company) -> None:
    firm.admin.post("deactivate_member", person_id=firm.qa.id, successor_id=firm.action_owner.id).ok
    rename(firm, firm.action_owner, QUINN).ok
    firm.admin.post("invite_member", email=firm.qa.email, role="qa").ok
    firm.product.post("accept_invitation", firm.qa.token, token=invitation_token(firm.product, firm.qa.email)).ok
    assert printed(firm, firm.qa) is None
    firm.qa.post("accept_signing_policy").refused(409, f"signs as {QUINN}")
    firm.product.post("update_me", firm.qa.token, name="Quinn the Second").ok
    firm.qa.post("accept_signing_policy").ok


def test_nobody_changes_their_own_and_the_newest_state_is_matched(firm: Company) -> None:
    firm.admin.post("change_printed_name", person_id=firm.admin.id, printed_name="Ada", reason="Why").refused(403, "yourself")
    rename(firm, firm.qa, "Quinn Lee", etag='"1"').refused(412)
    firm.admin.post("change_printed_name", person_id=firm.qa.id, printed_name="Quinn Lee").refused(422, "needed")
    newcomer = visitor(firm.product)
    firm.admin.post("change_printed_name", person_id=newcomer.id, printed_name="Q", reason="Why").refused(404)


def test_of_many_who_take_one_name_at_once_one_gets_it(firm: Company) -> None:
    """Each waits for the one before, and sees what was fixed."""
    people = [joined(firm, f"p{number}", "operator", f"Waits {number}") for number in range(3)]
    as_superuser(firm.product, "update people set name = 'Robin Hill' where id = any(cast(:ids as uuid[]))", ids=[one.id for one in people])
    as_superuser(
        firm.product,
        "update members set printed_name = null, policy_accepted_at = null where person_id = any(cast(:ids as uuid[]))",
        firm.id,
        ids=[one.id for one in people],
    )
    answers = at_once(firm.product, *[lambda own, one=one: own.post("accept_signing_policy", one.token, firm.id) for one in people])
    assert sorted(answer.status for answer in answers) == [200, 409, 409], json.dumps([answer.body for answer in answers])


def test_whoever_takes_a_name_waits_for_whoever_takes_one_at_that_moment(firm: Company) -> None:
    with ThreadPoolExecutor(1) as pool:
        with database.current().transaction(role="qfacts_application", settings=acting()) as tx:
            tx.set(**{"app.organisation_id": firm.id})
            tx.rows("select pg_advisory_xact_lock(hashtextextended('printed names ' || current_setting('app.organisation_id'), 0))")
            begun = pool.submit(rename, firm, firm.qa, "Quinn Lee")
            time.sleep(0.3)
            assert not begun.done()
        begun.result().ok  # it goes on
