"""The audit trail tells the whole story of what an inspector asks about, with people's names and the reasons of changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.builders import Colleague, Company, approve, as_superuser, document, event, investigation, submitted, triaged_event
from tests.functions.capa_plans.builders import implementing
from tests.functions.records.exported import exported, firm, record
from tests.product import Product

__all__ = ["firm", "record"]
Json = dict[str, Any]


def told(by: Colleague, **filters: object) -> list[Json]:
    """All entries that the filters keep, page by page."""
    found: list[Json] = []
    cursor: Json = {}
    while True:
        page = by.get("list_audit_trail", limit=20, **filters, **cursor).ok.body
        found += page["items"]
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}


@pytest.mark.clause("11.10(e)")
def test_the_trail_of_a_record_is_that_of_its_export(firm: Company, record: Json) -> None:
    entries = told(firm.inspector, record_id=record["id"])
    export = exported(firm.qa, record["id"])
    assert [one["id"] for one in reversed(entries)] == [one["id"] for one in export["trail"]]
    tables = {one["table_name"] for one in entries}
    assert {"records", "versions", "changes", "rounds", "approval_requests", "signatures", "notes", "note_files", "files"} <= tables


@pytest.mark.clause("11.10(e)")
def test_the_trail_of_a_record_also_tells_who_downloaded_its_files(firm: Company, record: Json, product: Product) -> None:
    before = {one["id"] for one in told(firm.inspector, record_id=record["id"])}
    firm.qa.get("download_file", file_id=record["content"]["file_id"])
    [one] = [one for one in told(firm.inspector, record_id=record["id"], table="downloads") if one["id"] not in before]
    assert (one["step"], one["person"]["id"]) == ("download_file", firm.qa.id)


@pytest.mark.clause("11.10(e)")
def test_every_record_action_and_assignment_has_its_story(firm: Company) -> None:
    owner, qa = firm.action_owner, firm.qa
    happened = triaged_event(owner, qa)
    inquiry = investigation(owner, happened)
    linked = [one for one in told(qa, record_id=inquiry["id"]) if one["table_name"] == "links"]
    assert [one["record_id"] for one in linked] == [happened["id"]], "a link that comes in is told with both records"
    learnt = owner.post("create_training", title="Rinsing", content={"description": "x", "audience": {"person_ids": [owner.id]}}).ok
    approve(qa, submitted(owner, learnt["change"])["approval_request"]).ok
    [row] = owner.get("list_assignments", mine=True, training_id=learnt["record"]["id"]).ok["items"]
    owner.sign("complete_training", "assignment", row["id"], "read and understood", assignment_id=row["id"], etag=row["etag"]).ok
    tables = [one["table_name"] for one in told(qa, record_id=row["id"])]
    assert sorted(tables) == ["assignments", "assignments", "signatures"]
    assert {"assignments", "signatures", "approval_requests"} <= {one["table_name"] for one in told(qa, record_id=learnt["record"]["id"])}


@pytest.mark.clause("11.10(e)")
def test_an_action_has_its_story(firm: Company) -> None:
    firm.people.setdefault("third_qa", firm.second_qa)
    plan = implementing(firm, firm.action_owner)
    [action] = plan["actions"]
    assert {one["row_key"] for one in told(firm.qa, record_id=action["id"])} >= {action["id"]}


@pytest.mark.clause("Annex 11 §9")
def test_an_entry_names_its_person_says_its_step_and_gives_the_reason_of_its_change(firm: Company, record: Json) -> None:
    page = firm.inspector.get("list_audit_trail", record_id=record["id"], limit=100).ok.body
    names = {member["person_id"]: member["name"] for member in firm.admin.get("list_members").ok["items"]}
    for one in page["items"]:
        kind, _, actor = one["actor"].partition(":")
        assert one["person"] == ({"id": actor, "name": names[actor]} if kind == "person" else None)
        assert page["names"][record["id"]] == record["number"]
    [third] = [one for one in page["items"] if one["table_name"] == "versions" and one["row_key"].endswith(":3") and one["old"] is None]
    assert third["change"]["reason"] == "Shorter"
    assert third["in_words"] == "Approve request: version made"
    moved = [one for one in page["items"] if one["table_name"] == "records" and one["request_id"] == third["request_id"]]
    assert moved
    for one in moved:
        assert one["change"] == third["change"], "what its change did to the record says so"
        assert ": record changed (" in one["in_words"]
    [note] = [one for one in page["items"] if one["table_name"] == "notes"]
    assert (note["change"], note["in_words"]) == (None, "Add note: note made")


def test_two_changes_in_one_transaction_are_told_apart(firm: Company, product: Product) -> None:
    """As when a job takes several changes into effect at once."""
    one, other = document(firm.action_owner, "One"), document(firm.action_owner, "Other")
    as_superuser(
        product,
        "with c as (update changes set updated_at = now() where id in (:one, :other) returning 1),"
        " r as (update records set updated_at = now() where id = :record returning 1) select 1 from c, r",
        firm.id,
        one=one["change"]["id"],
        other=other["change"]["id"],
        record=one["record"]["id"],
    )
    for made in (one, other):
        [entry] = told(firm.qa, record_id=made["change"]["id"], step="test")
        assert entry["change"]["id"] == made["change"]["id"]
    [entry] = [entry for entry in told(firm.qa, record_id=one["record"]["id"], step="test") if entry["table_name"] == "records"]
    assert entry["change"] is None, "nobody can say which of the two it was"


@pytest.mark.clause("Annex 11 §9")
def test_the_trail_is_filtered_by_step_table_kind_person_time_and_settings(firm: Company, record: Json) -> None:
    qa = firm.inspector
    firm.admin.post("update_organisation", approval_days=21).ok
    happened = event(firm.action_owner)
    everything = told(qa)
    assert {one["id"] for one in told(qa, step="add_note")} == {one["id"] for one in everything if one["step"] == "add_note"} != set()
    assert {one["id"] for one in told(qa, table="notes")} == {one["id"] for one in everything if one["table_name"] == "notes"} != set()
    settings = told(qa, settings=True)
    assert {one["table_name"] for one in settings} == {"organisations"}
    assert settings[0]["new"]["settings"]["approval_days"] == 21
    events = told(qa, kind="event")
    assert happened["id"] in {one["record_id"] for one in events}
    assert record["id"] not in {one["record_id"] for one in events}
    assert "approval_requests" in {one["table_name"] for one in told(qa, kind="change")}
    mine = told(qa, person_id=firm.qa.id, record_id=record["id"])
    assert mine
    assert {one["person"]["id"] for one in mine} == {firm.qa.id}
    tomorrow = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    assert told(qa, record_id=record["id"], **{"from": tomorrow}) == []
    assert qa.get("list_audit_trail", table="mails").refused(422)["errors"][0]["field"] == "table"
    assert qa.get("list_audit_trail", kind="person").refused(422)["errors"][0]["field"] == "kind"
