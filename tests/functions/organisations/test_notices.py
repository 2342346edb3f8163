"""Whoever must act is told at once, once, by mail and among their notices; who did it themselves isn't."""

from __future__ import annotations

from typing import Any

import pytest

from shared.domain.waiting.waits import WAITS
from tests.builders import (
    Colleague,
    Company,
    company,
    document,
    effective_document,
    event,
    investigation,
    invitation_token,
    mails,
    submitted,
    triaged_event,
)
from tests.product import Product
from tests.storage import Storage


@pytest.fixture
def firm(product: Product) -> Company:
    """A company in which everybody has an own role, and has read who joined."""
    made = company(product, "action_owner", "second_action_owner", "qa", "second_qa", "operator")
    for person in made.people.values():
        person.post("mark_notices_read").ok
    return made


def told(product: Product, who: Colleague) -> list[tuple[str, str]]:
    """What somebody was told by mail at once, newest first: the task and the thing."""
    return [(facts["task"], facts["subject_id"]) for template, facts in mails(product, who.email) if template == "work_waiting"]


def notices(who: Colleague) -> list[dict[str, Any]]:
    """Somebody's unread notices, newest first."""
    return list(who.get("get_my_notices", limit=100, unread=True).ok["items"])


def test_a_reported_event_is_told_to_every_qa_once_however_often_it_is_edited(product: Product, firm: Company) -> None:
    made = event(firm.action_owner)
    for qa in (firm.qa, firm.second_qa):
        assert told(product, qa) == [("triage", made["id"])]
    firm.action_owner.post("edit_record", id=made["id"], content={"place": "Line 2"}, etag=made["etag"]).ok
    assert told(product, firm.qa) == [("triage", made["id"])]
    assert told(product, firm.action_owner) == told(product, firm.operator) == []


def test_who_makes_it_wait_for_themselves_is_not_told(product: Product, firm: Company) -> None:
    made = event(firm.qa)
    assert told(product, firm.qa) == []
    assert told(product, firm.second_qa) == [("triage", made["id"])]
    assert firm.qa.get("get_my_notices").ok["unread"] == 0


def test_a_triaged_event_is_told_to_its_owner_and_again_when_it_is_reopened_or_given_to_another(product: Product, firm: Company) -> None:
    made = triaged_event(firm.action_owner, firm.qa)
    assert told(product, firm.action_owner) == [("close_event", made["id"])]
    etag = firm.qa.get("get_event", id=made["id"]).ok["etag"]
    firm.qa.post("reassign_record", id=made["id"], owner_id=firm.second_action_owner.id, reason="Theirs", etag=etag).ok
    assert told(product, firm.second_action_owner) == [("close_event", made["id"])]
    assert told(product, firm.action_owner) == [("close_event", made["id"])]


def test_what_goes_on_waiting_for_the_same_thing_is_told_once(product: Product, firm: Company) -> None:
    """A triaged event waits for its owner to close it, and goes on doing so while it is investigated."""
    made = triaged_event(firm.action_owner, firm.qa)
    began = firm.action_owner.get("get_worklist", what="close_event").ok["items"][0]["since"]
    investigation(firm.second_action_owner, made)
    assert firm.qa.get("get_event", id=made["id"]).ok["status"] == "under_investigation"
    assert told(product, firm.action_owner) == [("close_event", made["id"])]
    assert [one["since"] for one in firm.action_owner.get("get_worklist", what="close_event").ok["items"]] == [began]


def test_a_suspended_document_is_told_to_its_owner(product: Product, firm: Company, storage: Storage) -> None:
    made = effective_document(firm.action_owner, firm.qa, "Cleaning")
    etag = firm.qa.get("get_document", id=made["id"]).ok["etag"]
    firm.qa.sign("suspend_document", "document", made["id"], "suspended", id=made["id"], reason="Wrong dose", etag=etag).ok
    assert told(product, firm.action_owner) == [("lift", made["id"])]


def test_much_work_that_is_handed_over_is_told_in_one_mail(product: Product, firm: Company) -> None:
    for number in range(4):
        investigation(firm.action_owner, triaged_event(firm.action_owner, firm.qa, title=f"Seal {number}"))
    before = len(mails(product, firm.second_action_owner.email))
    firm.admin.post("deactivate_member", person_id=firm.action_owner.id, successor_id=firm.second_action_owner.id).ok
    [(template, facts)] = mails(product, firm.second_action_owner.email)[: len(mails(product, firm.second_action_owner.email)) - before]
    assert (template, facts["count"]) == ("much_work_waiting", "8")
    assert len(notices(firm.second_action_owner)) == 8


def test_a_notice_says_in_the_readers_language_what_waits_and_where(firm: Company) -> None:
    firm.qa.post("update_me", language="nl").ok
    made = event(firm.action_owner)
    [notice] = notices(firm.qa)
    assert notice["occasion"] == "work_waiting"
    assert notice["title"] == f"Wacht op u: {made['number']} {made['title']}"
    assert "te beoordelen" in notice["sentences"][0]
    assert notice["path"] == f"/events/{made['id']}"
    assert (notice["read_at"], notice["at"][-1]) == (None, "Z")


def test_what_steps_mail_is_among_the_notices_too(firm: Company, storage: Storage) -> None:
    change = document(firm.action_owner)["change"]
    request = submitted(firm.action_owner, change)["approval_request"]
    assert [(one["occasion"], one["path"]) for one in notices(firm.qa)] == [("approval_requested", f"/approvals/{request['id']}")]


def test_reading_marks_ones_own_notices_alone(firm: Company) -> None:
    for number in range(3):
        event(firm.action_owner, f"Seal {number}")
    first, *others = notices(firm.qa)
    firm.second_qa.post("mark_notices_read", notice_ids=[first["id"]]).refused(404, "no such notice")
    assert firm.qa.post("mark_notices_read", notice_ids=[first["id"]]).ok["unread"] == 2
    assert [one["id"] for one in notices(firm.qa)] == [one["id"] for one in others]
    assert firm.qa.post("mark_notices_read").ok["unread"] == 0
    newest = firm.qa.get("get_my_notices", limit=1).ok["items"][0]
    assert (newest["id"], newest["read_at"] is None) == (first["id"], False)
    assert firm.second_qa.get("get_my_notices").ok["unread"] == 3


def test_notices_of_another_organisation_dont_show(product: Product, firm: Company) -> None:
    other = company(product, "action_owner", "qa")
    event(other.action_owner)
    assert notices(firm.qa) == []
    assert [one["occasion"] for one in notices(other.qa)] == ["work_waiting"]


def test_who_chose_their_digest_is_told_there_alone_and_once(firm: Company, product: Product) -> None:
    """How the digest carries it is seen in tests/functions/mail/test_reminders.py."""
    shown = firm.qa.post("set_telling", what="triage", way="in_digest").ok["tellings"]
    assert {"what": "triage", "way": "in_digest", "mandatory": False} in shown
    [membership] = firm.qa.get("get_me").ok["memberships"]
    assert (membership["in_digest"], membership["not_told"]) == (["triage"], [])
    made = event(firm.action_owner)
    assert told(product, firm.qa) == []
    assert told(product, firm.second_qa) == [("triage", made["id"])]
    assert [one["path"] for one in notices(firm.qa)] == [f"/events/{made['id']}"]


def test_who_chose_not_to_be_told_finds_it_in_the_work_list_alone(firm: Company, product: Product) -> None:
    firm.qa.post("set_telling", what="triage", way="not").ok
    made = event(firm.action_owner)
    assert (told(product, firm.qa), notices(firm.qa)) == ([], [])
    assert [one["subject"]["id"] for one in firm.qa.get("get_worklist").ok["items"]] == [made["id"]]
    firm.qa.post("set_telling", what="triage", way="at_once").ok
    other = event(firm.action_owner, "Another seal")
    assert told(product, firm.qa) == [("triage", other["id"])]


@pytest.mark.parametrize("what", [wait.what for wait in WAITS if wait.mandatory])
def test_what_is_mandatory_cant_be_chosen(firm: Company, what: str) -> None:
    firm.qa.post("set_telling", what=what, way="in_digest").refused(422, "mandatory")


def test_a_choice_counts_in_its_organisation_alone(firm: Company, product: Product) -> None:
    other = company(product, "action_owner")
    other.admin.post("invite_member", email=firm.qa.email, role="qa").ok
    product.post("accept_invitation", firm.qa.token, token=invitation_token(product, firm.qa.email)).ok
    firm.qa.post("set_telling", what="triage", way="not").ok
    made = event(other.action_owner)
    assert told(product, firm.qa) == [("triage", made["id"])]


def test_a_step_that_fails_tells_nobody(product: Product, firm: Company) -> None:
    firm.action_owner.post("report_event", title="Seal", type="deviation", content={"nonsense": 1}).refused(422)
    assert told(product, firm.qa) == []
    assert notices(firm.qa) == []
