"""What the export of a change and of a training assignment holds: their whole story, for people and for machines."""

from __future__ import annotations

import base64
import csv
import io
from typing import Any
from uuid import uuid4

import pytest

from shared.domain.kernel import canonical
from tests.builders import Colleague, Company, approve, as_superuser, company, effective_document, reject, submitted
from tests.functions.courses import QUIZ, answered, completed, only, training
from tests.functions.records.exported import exported, flat, printed
from tests.product import Product


@pytest.fixture(scope="module")
def firm(product: Product) -> Company:
    """A company with an author, two QA, an operator and an inspector."""
    return company(product, "action_owner", "qa", "second_qa", "operator", "inspector")


def altered(by: Colleague, record: dict[str, Any], summary: str, reason: str = "Clearer") -> dict[str, Any]:
    """A draft change that gives a record this summary."""
    items = [{"record_id": record["id"], "content": {"summary": summary}}]
    return dict(by.post("propose_change", reason=reason, items=items).ok["change"])


@pytest.fixture(scope="module")
def change(firm: Company) -> dict[str, Any]:
    """A change of one document that was rejected once, commented on, changed and then approved."""
    owner, qa = firm.action_owner, firm.qa
    made = effective_document(owner, qa, "Rinsing", summary="Rinse twice")
    begun = altered(owner, made, "Rinse thrice", "One rinse left residue")
    asked = submitted(owner, begun)
    remark = {"change_id": begun["id"], "text": "Say how long", "etag": asked["change"]["etag"]}
    qa.post("add_comment", **remark).ok
    back = reject(qa, asked["approval_request"], "Say how long").ok["change"]
    item = {"record_id": made["id"], "content": {"summary": "Rinse thrice for a minute"}}
    follow_up = {"description": "Look at the vessel", "owner_id": owner.id, "due_on": "2099-01-01"}
    edited = owner.post("edit_change", change_id=back["id"], items=[item], follow_ups=[follow_up], etag=back["etag"]).ok["change"]
    approve(qa, submitted(owner, edited)["approval_request"]).ok
    return dict(owner.get("get_change", id=edited["id"]).ok.body)


def whole_trail(by: Colleague, subject_id: str) -> set[int]:
    """The numbers of all entries that tell the story of a thing."""
    found: set[int] = set()
    cursor: dict[str, str] = {}
    while True:
        page = by.get("list_audit_trail", record_id=subject_id, limit=100, **cursor).ok.body
        found |= {one["id"] for one in page["items"] if one["table_name"] != "downloads"}
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}


@pytest.mark.clause("11.10(b)")
@pytest.mark.clause("11.10(e)")
def test_the_export_of_a_change_holds_its_whole_story(firm: Company, change: dict[str, Any]) -> None:
    export = exported(firm.inspector, change["id"])
    assert (export["record"]["number"], export["record"]["reason"]) == (change["number"], "One rinse left residue")
    assert export["items"] == change["items"]
    assert [(row["round"], row["outcome"]) for row in export["rounds"]] == [(1, "rejected"), (2, "approved")]
    assert export["rounds"][0]["frozen"]["items"][0]["content"]["summary"] == "Rinse thrice"
    assert [row["status"] for row in export["approval_requests"]] == ["rejected", "approved"]
    assert [(row["meaning"], row["reason"], row["valid"]) for row in export["signatures"]] == [
        ("rejected", "Say how long", True),
        ("approved", None, True),
    ]
    assert [row["text"] for row in export["comments"]] == ["Say how long"]
    assert [row["description"] for row in export["actions"]] == ["Look at the vessel"]
    assert export["counts"] == {name: len(export[name]) for name in export["counts"]}
    assert {row["id"] for row in export["trail"]} == whole_trail(firm.inspector, change["id"])
    assert {"changes", "change_items", "rounds", "approval_requests", "signatures", "comments", "actions"} <= {
        row["table_name"] for row in export["trail"]
    }
    assert canonical.sha256({name: value for name, value in export.items() if name != "sha256"}) == export["sha256"]
    assert export["names"][firm.qa.id] == export["signatures"][0]["printed_name"]
    assert export["names"][change["items"][0]["record_id"]] == change["items"][0]["number"]


@pytest.mark.clause("11.50")
def test_the_printout_of_a_change_says_what_was_changed_who_signed_and_why(firm: Company, change: dict[str, Any]) -> None:
    answer, pages = printed(firm.inspector, change["id"])
    text = flat(pages)
    for words in (
        change["number"],
        "reason: One rinse left residue",
        "before: Rinse twice",
        "after: Rinse thrice for a minute",
        "summary: Rinse thrice",
        "outcome: rejected",
        "Look at the vessel",
        "text: Say how long",
        "reason: Say how long; the signature holds",
        f"page {len(pages)} of {len(pages)}",
    ):
        assert words in text, words
    export = exported(firm.inspector, change["id"])
    assert answer["counts"] == export["counts"]
    assert answer["filename"] == f"{change['number']}-{answer['exported_at'][:10]}.pdf"
    assert all(f"{one['id']} · " in text for one in export["trail"]), "every entry is printed"
    assert all(one["printed_name"] in text for one in export["signatures"])


def test_a_change_that_is_not_decided_is_stamped_and_exported_as_it_would_be(firm: Company) -> None:
    made = effective_document(firm.action_owner, firm.qa, "Waiting")
    begun = altered(firm.action_owner, made, "Wait")
    assert all("DRAFT" in page for page in printed(firm.qa, begun["id"])[1])
    assert exported(firm.qa, begun["id"])["items"] == firm.qa.get("get_change", id=begun["id"]).ok["items"]
    submitted(firm.action_owner, begun)
    assert all("IN APPROVAL" in page for page in printed(firm.qa, begun["id"])[1])


@pytest.fixture(scope="module")
def learnt(firm: Company) -> tuple[dict[str, Any], dict[str, Any]]:
    """A training with a quiz, and its assignment that failed once, passed and was signed."""
    course = training(firm, "Gloves", quiz=QUIZ, audience={"person_ids": [firm.operator.id]})
    answered(firm.operator, only(firm.operator), rightly=False).ok
    answered(firm.operator, only(firm.operator), rightly=True).ok
    assignment = only(firm.operator)
    completed(firm.operator, assignment).ok
    return course, dict(firm.qa.get("get_assignment", id=assignment["id"]).ok.body)


@pytest.mark.clause("11.10(b)")
@pytest.mark.clause("11.10(e)")
def test_the_export_of_an_assignment_holds_its_whole_story(firm: Company, learnt: tuple[dict[str, Any], dict[str, Any]]) -> None:
    course, assignment = learnt
    export = exported(firm.inspector, assignment["id"])
    record = export["record"]
    assert (record["number"], record["title"], record["status"]) == (course["number"], course["title"], "completed")
    assert record["person"] == assignment["person"]
    assert record["completed_at"] == assignment["completed_at"]
    assert [row["passed"] for row in export["attempts"]] == [False, True]
    assert export["signatures"] == assignment["signatures"]
    assert [row["meaning"] for row in export["signatures"]] == ["read and understood"]
    assert export["counts"] == {name: len(export[name]) for name in export["counts"]}
    assert {row["id"] for row in export["trail"]} == whole_trail(firm.inspector, assignment["id"])
    assert {"assignments", "quiz_attempts", "signatures"} <= {row["table_name"] for row in export["trail"]}
    answer, pages = printed(firm.inspector, assignment["id"])
    text = flat(pages)
    for words in (course["number"], f"person: {assignment['person']['name']}", "read and understood", "the signature holds"):
        assert words in text, words
    assert answer["counts"] == export["counts"]
    content = base64.b64decode(firm.qa.get("export_record", id=assignment["id"], format="csv").ok["content_base64"], validate=True)
    assert ["record", "1", "number", course["number"]] in list(csv.reader(io.StringIO(content.decode())))


def test_who_is_yet_to_answer_a_quiz_exports_nobodys_answers(firm: Company) -> None:
    training(firm, "Boots", quiz=QUIZ, audience={"person_ids": [firm.operator.id, firm.second_qa.id]})
    answered(firm.operator, only(firm.operator), rightly=True).ok
    for form in ("json", "csv", "pdf"):
        firm.second_qa.get("export_record", id=only(firm.operator)["id"], format=form).refused(409, "complete your own assignment")
    assert exported(firm.qa, only(firm.operator)["id"])["counts"]["attempts"] == 1


@pytest.mark.clause("11.10(d)")
def test_nobody_else_exports_a_change_or_an_assignment(
    product: Product, firm: Company, change: dict[str, Any], learnt: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    other = company(product, "qa")
    for subject in (change["id"], learnt[1]["id"]):
        for form in ("json", "csv", "pdf"):
            other.qa.get("export_record", id=subject, format=form).refused(404, "no such record")
        firm.operator.get("export_record", id=subject, format="json").refused(403, "needs")


@pytest.mark.clause("11.10(b)")
def test_a_change_with_a_comment_that_the_trail_does_not_know_is_refused(product: Product, firm: Company) -> None:
    made = effective_document(firm.action_owner, firm.qa, "Tampered")
    begun = altered(firm.action_owner, made, "T")
    connection = product.superuser()
    try:
        connection.run("alter table comments disable trigger audit_row")
        connection.run(
            "insert into comments (organisation_id, id, change_id, text, author_id, status, created_at, updated_at)"
            " values (:o, :i, :c, 'Slipped in', :p, 'open', now(), now())",
            o=firm.id,
            i=str(uuid4()),
            c=begun["id"],
            p=firm.qa.id,
        )
        connection.run("alter table comments enable trigger audit_row")
    finally:
        connection.close()
    firm.qa.get("export_record", id=begun["id"], format="json").refused(409, "would not be whole", "no entry in the audit trail")
    assert as_superuser(product, "select count(*) from comments where text = 'Slipped in'")[0][0] == 1
