"""What a list says of itself and of its rows: how many there are, several statuses at once, whose, and since when."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import Company, as_superuser, company, effective_document, triaged_event
from tests.builders import document as drafted
from tests.builders import event as reported
from tests.functions.samples import DOORS, parameters
from tests.product import Product


@pytest.fixture(scope="module")
def firm(product: Product) -> Company:
    """A company with three documents and three events, one of each the other owner's."""
    made = company(product, "action_owner", "qa", "operator")
    made.join("other", "action_owner")
    effective_document(made.action_owner, made.qa)
    drafted(made.action_owner)
    drafted(made.other)
    reported(made.other)
    triaged_event(made.action_owner, made.qa, batch="B-17")
    triaged_event(made.action_owner, made.qa, "major")
    return made


def test_the_first_page_says_how_many_there_are_in_all(firm: Company) -> None:
    first = firm.qa.get("list_documents", limit=1).ok
    assert (first["total"], len(first["items"])) == (3, 1)
    assert firm.qa.get("list_documents", limit=1, cursor=first["next_cursor"]).ok["total"] is None
    assert firm.qa.get("list_documents", status="draft").ok["total"] == 2
    assert firm.qa.get("list_documents", q="no such word").ok["total"] == 0
    assert firm.operator.get("list_documents").ok["total"] == 1, "a reader counts what a reader sees"


def test_more_than_a_thousand_are_counted_to_a_thousand_and_one(product: Product, firm: Company) -> None:
    many = company(product, "action_owner", "qa")
    row = drafted(many.action_owner)["record"]
    copy = (
        "insert into records (organisation_id, id, kind, type, number, title, owner_id, status, version, latest_version, created_by)"
        " select organisation_id, gen_random_uuid(), kind, type, number || '-' || n, title, owner_id, status, 0, 0, created_by"
        " from records, generate_series(1, cast(:n as integer)) n where id = :id"
    )
    as_superuser(product, copy, many.id, id=row["id"], n=999)
    assert many.qa.get("list_documents", limit=1).ok["total"] == 1000
    as_superuser(product, copy.replace("'-'", "'+'"), many.id, id=row["id"], n=50)
    assert many.qa.get("list_documents", limit=1).ok["total"] == 1001


@pytest.mark.parametrize("function", ["list_documents", "list_trainings", "list_events", "list_investigations", "list_capa_plans"])
def test_every_list_of_records_takes_the_same_filters(function: str) -> None:
    assert {"status", "owner_id", "team_id", "updated_since", "limit", "cursor"} <= set(parameters(DOORS[function]))


def test_several_statuses_are_asked_at_once_and_a_wrong_one_is_named(firm: Company) -> None:
    def found(**filters: Any) -> list[str]:
        return [row["status"] for row in firm.qa.get("list_documents", **filters).ok["items"]]

    assert found(status="draft,effective") == ["draft", "draft", "effective"]
    assert found(status="effective") == ["effective"]
    assert found(status="retired,effective,effective") == ["effective"]
    for wrong in ("draft,nonsense", "", "draft,", "draft effective"):
        refused = firm.qa.get("list_documents", status=wrong).refused(422)
        assert refused["field"] == "status"
    assert [row["status"] for row in firm.qa.get("list_changes", status="draft,applied").ok["items"]].count("applied") == 1


def test_a_list_is_narrowed_to_an_owner_and_to_what_changed_since(product: Product, firm: Company) -> None:
    def found(**filters: Any) -> set[str]:
        return {row["owner"]["id"] for row in firm.qa.get("list_events", **filters).ok["items"]}

    assert found(owner_id=firm.other.id) == {firm.other.id}
    assert found() == {firm.other.id, firm.action_owner.id}
    as_superuser(
        product,
        "update records set updated_at = '2020-01-01T00:00:00Z' where kind = 'event' and owner_id = :owner",
        firm.id,
        owner=firm.other.id,
    )
    assert found(updated_since="2020-01-01T00:00:01Z") == {firm.action_owner.id}
    assert found(updated_since="2020-01-01T00:00:00Z") == {firm.other.id, firm.action_owner.id}


def test_events_in_a_list_show_what_qa_looks_for(product: Product, firm: Company) -> None:
    rows = firm.qa.get("list_events").ok["items"]
    assert [(row["severity"], row["batch"], row["place"], row["risk_number"]) for row in rows] == [
        ("major", None, "Line 1", None),
        ("minor", "B-17", "Line 1", None),
        (None, None, "Line 1", None),
    ]
    as_superuser(product, "update records set due_on = current_date - 2 where id = :id", firm.id, id=rows[1]["id"])
    assert [row["overdue"] for row in firm.qa.get("list_events").ok["items"]] == [False, True, False]
    alone = firm.qa.get("get_event", id=rows[0]["id"]).ok.body
    own = {"severity", "batch", "batches", "place", "overdue"}
    assert {name: value for name, value in rows[0].items() if name not in own} == {name: alone[name] for name in rows[0] if name not in own}
