"""What a change is called, and for whom it waits: in lists, by itself, on the work list, and in notices and mail."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import Company, approve, company, document, mails, proposed, submitted
from tests.product import Product


@pytest.fixture(scope="module")
def firm(product: Product) -> Company:
    """A company with an author and three who may sign."""
    return company(product, "action_owner", "qa", "second_qa")


def of_three(firm: Company) -> dict[str, Any]:
    """A draft change that began with one document and was joined by two."""
    owner = firm.action_owner
    change = document(owner, "Quality Policy")["change"]
    for title in ("Quality Manual", "Quality Plan"):
        change = owner.post("create_document", title=title, type="policy", change_id=change["id"], etag=change["etag"]).ok["change"]
    return dict(change)


def named(*people: Any) -> list[dict[str, str]]:
    """People as answers name them, by name."""
    return sorted(({"id": one.id, "name": one.get("get_me").ok["name"]} for one in people), key=lambda one: one["name"])


def listed(firm: Company, function: str, subject_id: str) -> dict[str, Any]:
    """The row of a thing in a list."""
    return next(dict(row) for row in firm.qa.get(function, limit=100).ok["items"] if row["id"] == subject_id)


def test_a_change_of_several_is_called_by_the_first_and_how_many_more_wherever_it_is_named(product: Product, firm: Company) -> None:
    change = of_three(firm)
    asked = submitted(firm.action_owner, change)["approval_request"]
    assert change["title"].endswith("Quality Policy and 2 more")
    assert asked["title"] == listed(firm, "list_approval_requests", asked["id"])["title"] == change["title"]
    assert listed(firm, "list_changes", change["id"])["title"] == change["title"]
    waiting = firm.qa.get("get_worklist").ok["items"]
    assert change["title"] in [one["subject"]["title"] for one in waiting]
    assert any(change["title"] in one["title"] for one in firm.qa.get("get_my_notices").ok["items"])
    assert change["title"] in [facts.get("title") for _, facts in mails(product, firm.qa.email)]


def test_what_joins_and_what_leaves_a_change_changes_what_it_is_called(firm: Company) -> None:
    owner, change = firm.action_owner, of_three(firm)
    [first, second, third] = change["items"]
    gone = {"remove_record_ids": [first["record_id"]], "etag": change["etag"]}
    left = owner.post("edit_change", change_id=change["id"], **gone).ok["change"]
    assert left["title"] == f"{second['number']} Quality Manual and 1 more"
    alone = {"remove_record_ids": [third["record_id"]], "etag": left["etag"]}
    left = owner.post("edit_change", change_id=change["id"], **alone).ok["change"]
    assert left["title"] == f"{second['number']} Quality Manual"
    approve(firm.qa, submitted(owner, left)["approval_request"]).ok
    other = document(owner, "Another")["change"]
    item = {"items": [{"record_id": second["record_id"], "content": {"summary": "S"}}], "etag": other["etag"]}
    assert owner.post("edit_change", change_id=other["id"], **item).ok["change"]["title"].endswith("Another and 1 more")


def test_a_title_is_in_the_language_of_the_organisation(product: Product) -> None:
    for language, words in (("nl", " en nog 1"), ("fr", " et 1 de plus")):
        firm = company(product, "action_owner", "qa")
        firm.admin.post("update_organisation", language=language).ok
        made = [document(firm.action_owner, title)["record"] for title in ("One", "Two")]
        assert proposed(firm.action_owner, *made, step="release")["title"] == f"{made[0]['number']} One{words}"


def test_a_change_and_its_request_say_for_whom_they_wait_by_name(firm: Company) -> None:
    change = document(firm.action_owner, "Waits")["change"]
    assert change["waits_for"] == listed(firm, "list_changes", change["id"])["waits_for"] == [change["owner"]]
    firm.admin.post("update_organisation", approval_policy={"document": {"signatures": 2}}).ok
    answer = submitted(firm.action_owner, change)
    both = named(firm.qa, firm.second_qa)
    request = answer["approval_request"]
    for shown in (
        request,
        answer["change"],
        answer["change"]["approval_request"],
        listed(firm, "list_approval_requests", request["id"]),
        listed(firm, "list_changes", change["id"]),
        firm.qa.get("get_approval_request", id=request["id"]).ok.body,
    ):
        assert shown["waits_for"] == both
    signed = approve(firm.qa, request).ok
    assert signed["approval_request"]["waits_for"] == named(firm.second_qa), "nobody signs twice"
    done = approve(firm.second_qa, signed["approval_request"]).ok
    assert (done["approval_request"]["waits_for"], done["change"]["waits_for"]) == ([], [])
    firm.admin.post("update_organisation", approval_policy={"document": None}).ok


def test_a_request_waits_for_the_named_approvers_and_their_names_stand_beside_their_ids(firm: Company) -> None:
    change = document(firm.action_owner, "Named")["change"]
    body = {"change_id": change["id"], "approver_ids": [firm.second_qa.id], "etag": change["etag"]}
    request = firm.action_owner.post("submit_change", **body).ok["approval_request"]
    for shown in (request, listed(firm, "list_approval_requests", request["id"])):
        assert shown["waits_for"] == shown["approvers"] == named(firm.second_qa)
        assert shown["approver_ids"] == [firm.second_qa.id]


def test_who_submitted_is_told_in_one_shape(firm: Company) -> None:
    answer = submitted(firm.action_owner, document(firm.action_owner, "Shape")["change"])
    request = answer["approval_request"]
    [author] = named(firm.action_owner)
    for shown in (
        request,
        answer["change"]["approval_request"],
        answer["change"]["rounds"][0],
        listed(firm, "list_approval_requests", request["id"]),
        firm.qa.get("get_approval_request", id=request["id"]).ok.body,
        approve(firm.qa, request).ok["approval_request"],
    ):
        assert shown["submitted_by"] == author
