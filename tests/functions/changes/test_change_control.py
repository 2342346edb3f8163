"""Change control: what a change has an impact on, what is to be done after it, and what people say about it before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.builders import Colleague, Company, approve, as_superuser, company, document, effective_document, proposed, reject, submitted
from tests.product import Answer, Product

TODAY = datetime.now(UTC).date()
SOON, LATER = str(TODAY + timedelta(days=10)), str(TODAY + timedelta(days=20))


@pytest.fixture
def firm(product: Product) -> Company:
    """A company with an author, two QA and an operator."""
    return company(product, "action_owner", "qa", "second_qa", "operator")


def shown(by: Colleague, change: dict[str, Any]) -> dict[str, Any]:
    """The change as it is now."""
    return dict(by.get("get_change", id=change["id"]).ok.body)


def follow_up(owner: Colleague, description: str = "Tell the customers", due_on: str = SOON) -> dict[str, str]:
    """What is to be done after a change."""
    return {"description": description, "owner_id": owner.id, "due_on": due_on}


def test_follow_ups_become_actions_when_the_change_is_applied(firm: Company) -> None:
    record = effective_document(firm.action_owner, firm.qa)
    change = proposed(firm.action_owner, record, follow_ups=[follow_up(firm.second_qa), follow_up(firm.action_owner, "Clean up", LATER)])
    assert [one["description"] for one in change["follow_ups"]] == ["Tell the customers", "Clean up"]
    assert change["actions"] == []
    asked = submitted(firm.action_owner, change)
    assert asked["change"]["rounds"][-1]["frozen"]["follow_ups"] == asked["change"]["follow_ups"], "it is part of what is signed"
    done = approve(firm.qa, asked["approval_request"]).ok["change"]
    assert [(one["number"], one["kind"], one["status"], one["due_on"]) for one in done["actions"]] == [
        (f"{change['number']}/F1", "follow_up", "open", SOON),
        (f"{change['number']}/F2", "follow_up", "open", LATER),
    ]
    action = firm.second_qa.get("get_action", id=done["actions"][0]["id"]).ok
    assert (action["record_id"], action["change_id"], action["about"]["kind"]) == (None, change["id"], "change")
    body = {"action_id": action["id"], "etag": action["etag"], "evidence": "Told"}
    etag = firm.second_qa.post("complete_action", **body).ok["action"]["etag"]
    firm.second_qa.post("verify_action", action_id=action["id"], etag=etag).refused(403)
    assert firm.qa.post("verify_action", action_id=action["id"], etag=etag).ok["action"]["status"] == "verified"


def test_follow_ups_are_replaced_whole_and_kept_where_left_out(firm: Company) -> None:
    change = proposed(firm.action_owner, effective_document(firm.action_owner, firm.qa), follow_ups=[follow_up(firm.qa)])
    edited = firm.action_owner.post("edit_change", change_id=change["id"], reason="Clearer", etag=change["etag"]).ok["change"]
    assert edited["follow_ups"] == change["follow_ups"]
    edited = firm.action_owner.post("edit_change", change_id=change["id"], follow_ups=[], etag=edited["etag"]).ok["change"]
    assert edited["follow_ups"] == []


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"owner_id": str(uuid4())}, "owner_id"),
        ({"due_on": str(TODAY - timedelta(2))}, "due_on"),
        ({"due_on": "9999-12-31"}, "due_on"),
        ({"description": "\u200b"}, "description"),
        ({"due_on": "soon"}, "due_on"),
        ({"key": "F7"}, "key"),
    ],
)
def test_a_follow_up_names_what_who_and_when(firm: Company, given: dict[str, str], field: str) -> None:
    record = effective_document(firm.action_owner, firm.qa)
    body = {"reason": "Why", "items": [{"record_id": record["id"]}], "follow_ups": [{**follow_up(firm.qa), **given}]}
    assert firm.action_owner.post("propose_change", **body).refused(422)["field"] == f"follow_ups.0.{field}"


def test_an_operator_is_given_no_follow_up(firm: Company) -> None:
    record = effective_document(firm.action_owner, firm.qa)
    body = {"reason": "Why", "items": [{"record_id": record["id"]}], "follow_ups": [follow_up(firm.operator)]}
    firm.action_owner.post("propose_change", **body).refused(422, "Action Owner or QA")


def test_a_rejected_change_begins_nothing(firm: Company) -> None:
    change = proposed(firm.action_owner, effective_document(firm.action_owner, firm.qa), follow_ups=[follow_up(firm.qa)])
    assert reject(firm.qa, submitted(firm.action_owner, change)["approval_request"]).ok["change"]["actions"] == []


def test_the_impact_names_records_trainings_and_people(product: Product, firm: Company) -> None:
    record = effective_document(firm.action_owner, firm.qa, audience={"roles": ["operator", "action_owner"]})
    event = firm.action_owner.post("report_event", title="Leak", type="deviation").ok["event"]
    as_superuser(
        product,
        "insert into links (organisation_id, id, from_id, type, to_id, created_by) values (:o, :id, :event, 'caused_by', :record, :by)",
        firm.id,
        o=firm.id,
        id=str(uuid4()),
        event=event["id"],
        record=record["id"],
        by=firm.qa.id,
    )
    change = shown(firm.qa, proposed(firm.action_owner, record))
    found = change["impact_assessment"]
    assert [one["id"] for one in found["records"]] == [event["id"]]
    assert (found["people"]["count"], found["people"]["untrained"]) == (2, 2)
    assert {one["id"] for one in found["people"]["named"]} == {firm.operator.id, firm.action_owner.id}
    complete = (
        "insert into assignments (organisation_id, id, record_id, version, document_id, document_version, person_id, status, cause, due_on,"
        " completed_at, closed_at) values (:o, :id, :record, 1, :record, 1, :person, 'completed', 'test', '2030-01-01', now(), now())"
    )
    as_superuser(
        product, "update assignments set status = 'withdrawn', closed_at = now() where person_id = :p", firm.id, p=firm.operator.id
    )
    as_superuser(product, complete, firm.id, o=firm.id, id=str(uuid4()), record=record["id"], person=firm.operator.id)
    people = shown(firm.qa, change)["impact_assessment"]["people"]
    assert (people["count"], people["untrained"]) == (2, 1)
    assert {one["id"]: one["trained"] for one in people["named"]} == {firm.operator.id: True, firm.action_owner.id: False}
    wider = firm.action_owner.post(
        "edit_change",
        change_id=change["id"],
        etag=change["etag"],
        items=[{"record_id": record["id"], "content": {"audience": {"roles": ["qa"]}}}],
    ).ok["change"]
    named = shown(firm.qa, wider)["impact_assessment"]["people"]["named"]
    assert {one["id"] for one in named} == {firm.qa.id, firm.second_qa.id}, "the audience as the change makes it"


def test_the_impact_of_a_change_over_many_names_each_once(product: Product, firm: Company) -> None:
    first, second = (effective_document(firm.action_owner, firm.qa, title) for title in ("Cleaning", "Rinsing"))
    event = firm.action_owner.post("report_event", title="Leak", type="deviation").ok["event"]
    for record in (first, second):
        as_superuser(
            product,
            "insert into links (organisation_id, id, from_id, type, to_id, created_by) values (:o, :id, :event, 'caused_by', :record, :by)",
            firm.id,
            o=firm.id,
            id=str(uuid4()),
            event=event["id"],
            record=record["id"],
            by=firm.qa.id,
        )
    found = shown(firm.qa, proposed(firm.action_owner, first, second))["impact_assessment"]
    assert [one["id"] for one in found["records"]] == [event["id"]]
    assert found["people"] == {"count": 0, "untrained": 0, "named": []}


def comment(by: Colleague, change: dict[str, Any], text: str = "Which vessels?", **body: object) -> Answer:
    """The answer of commenting on a change as it is now."""
    return by.post("add_comment", change_id=change["id"], text=text, etag=shown(by, change)["etag"], **body)


def resolve(by: Colleague, remark: dict[str, Any]) -> Answer:
    """The answer of resolving a comment as it was read."""
    return by.post("resolve_comment", comment_id=remark["id"], etag=remark["etag"])


def test_comments_show_as_threads(firm: Company) -> None:
    change = document(firm.action_owner)["change"]
    record_id = change["items"][0]["record_id"]
    submitted(firm.action_owner, change)
    first = comment(firm.qa, change, record_id=record_id, field="content.summary").ok["comment"]
    assert (first["status"], first["author"]["id"], first["field"]) == ("open", firm.qa.id, "content.summary")
    reply = comment(firm.action_owner, change, "All of them", parent_id=first["id"]).ok["comment"]
    deeper = comment(firm.second_qa, change, "Say so", parent_id=reply["id"]).ok["comment"]
    second = comment(firm.second_qa, change, "And the risk?").ok["comment"]
    threads = shown(firm.qa, change)["comments"]
    assert [one["id"] for one in threads] == [first["id"], second["id"]]
    assert [one["id"] for one in threads[0]["replies"]] == [reply["id"], deeper["id"]]
    assert deeper["parent_id"] == first["id"], "a reply to a reply joins the thread"
    resolve(firm.action_owner, reply).refused(409, "This is a reply")
    done = resolve(firm.action_owner, first).ok["comment"]
    assert (done["status"], done["resolved_by"]["id"]) == ("resolved", firm.action_owner.id)
    resolve(firm.qa, done).refused(409, "This comment is resolved")
    assert [one["status"] for one in shown(firm.qa, change)["comments"]] == ["resolved", "open"]


def test_a_comment_is_about_something_in_the_change(firm: Company) -> None:
    change, other = document(firm.action_owner)["change"], document(firm.action_owner, "Weighing")["change"]
    elsewhere = comment(firm.qa, other).ok["comment"]
    assert comment(firm.qa, change, parent_id=elsewhere["id"]).refused(422)["field"] == "parent_id"
    assert comment(firm.qa, change, record_id=other["items"][0]["record_id"]).refused(422)["field"] == "record_id"
    assert comment(firm.qa, change, field="content.summary").refused(422)["field"] == "field"
    firm.qa.post("add_comment", change_id=change["id"], text="No etag").refused(428)
    firm.qa.post("add_comment", change_id=str(uuid4()), text="Nothing", etag='"1"').refused(404)


def test_a_comment_is_resolved_by_whom_it_concerns(firm: Company) -> None:
    other = firm.join("other", "action_owner")
    change = document(firm.action_owner)["change"]
    for by in (other, firm.action_owner, firm.qa):
        remark = comment(other, change).ok["comment"]
        resolve(by, remark).ok
    remark = comment(firm.qa, change).ok["comment"]
    resolve(other, remark).refused(403, "an author of the change or QA")


def test_a_decided_change_isnt_commented_on(firm: Company) -> None:
    change = document(firm.action_owner)["change"]
    approve(firm.qa, submitted(firm.action_owner, change)["approval_request"]).ok
    comment(firm.qa, change).refused(409, "This change is applied")


def test_open_comments_block_submission_where_the_organisation_says_so(firm: Company) -> None:
    change = document(firm.action_owner)["change"]
    first = comment(firm.qa, change).ok["comment"]
    comment(firm.action_owner, change, "A reply counts for nothing", parent_id=first["id"]).ok
    assert firm.admin.get("get_organisation").ok["settings"]["open_comments_block"] is False
    firm.admin.post("update_organisation", open_comments_block=True).ok
    assert firm.admin.get("get_organisation").ok["settings"]["open_comments_block"] is True
    blocked = {step["step"]: step for step in shown(firm.action_owner, change)["open_steps"]}["submit"]
    assert (blocked["open"], blocked["why_not"]) == (False, "1 comment is open; resolve every comment first.")
    firm.action_owner.post("submit_change", change_id=change["id"], etag=change["etag"]).refused(409, "1 comment is open")
    resolve(firm.action_owner, first).ok
    firm.action_owner.post("submit_change", change_id=change["id"], etag=change["etag"]).ok


def test_open_comments_dont_block_unless_the_organisation_says_so(firm: Company) -> None:
    change = document(firm.action_owner)["change"]
    comment(firm.qa, change).ok
    submitted(firm.action_owner, change)
