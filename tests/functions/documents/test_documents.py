"""The life of documents beyond the main job: together, on a day, suspended, retired, and several people at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.builders import (
    Colleague,
    Company,
    as_superuser,
    dated,
    document,
    effective_document,
    proposed,
    reject,
    submitted,
    uploaded,
)
from tests.contents import pdf
from tests.functions.documents.builders import applied, firm
from tests.product import Product
from tests.storage import Storage

__all__ = ["firm"]


def shown(by: Colleague, record: dict[str, Any]) -> dict[str, Any]:
    """The document as it is now."""
    return dict(by.get("get_document", id=record["id"]).ok.body)


def put_out(firm: Company, function: str, record: dict[str, Any], meaning: str) -> dict[str, Any]:
    """A document suspended or recalled."""
    etag = shown(firm.qa, record)["etag"]
    return dict(firm.qa.sign(function, "document", record["id"], meaning, id=record["id"], reason="Wrong dose", etag=etag).ok["document"])


def test_a_change_over_several_documents_is_applied_whole(firm: Company) -> None:
    records = [effective_document(firm.action_owner, firm.qa, f"Procedure {number}") for number in range(3)]
    done = applied(firm, proposed(firm.action_owner, *records, impact="All lines", risk="Low"))
    assert {(one["status"], one["version"]) for one in done["records"]} == {("effective", 2)}
    listed = {one["id"]: one for one in firm.action_owner.get("list_documents").ok["items"]}
    shown = [listed[one["record_id"]] for one in done["change"]["items"]]
    briefs = [{name: value for name, value in one.items() if name not in {"effective_on", "waiting"}} for one in shown]
    assert done["records"] == briefs, "as a list shows them, owners included"
    moments = {firm.qa.get("get_record_history", id=one["id"]).ok["versions"][0]["effective_at"] for one in records}
    assert len(moments) == 1, "in one transaction"


def test_a_change_with_one_stale_item_applies_nothing(product: Product, firm: Company) -> None:
    records = [effective_document(firm.action_owner, firm.qa, f"Procedure {number}") for number in range(2)]
    wide = submitted(firm.action_owner, proposed(firm.action_owner, *records))["approval_request"]
    as_superuser(product, "update records set latest_version = 7 where id = :id", firm.id, id=records[1]["id"])
    refused = firm.qa.sign("approve_request", "approval_request", wide["id"], "approved", approval_request_id=wide["id"], etag=wide["etag"])
    refused.refused(409, records[1]["number"])
    assert shown(firm.qa, records[0])["version"] == 1
    assert as_superuser(product, "select count(*) from signatures where change_id = :id", id=wide["change_id"])[0][0] == 0


def test_submitting_a_stale_change_names_what_moved_until_it_is_rebased(firm: Company) -> None:
    record = effective_document(firm.action_owner, firm.qa)
    late = proposed(firm.action_owner, record)
    applied(firm, proposed(firm.action_owner, record))
    refused = firm.action_owner.post("submit_change", change_id=late["id"], etag=late["etag"])
    refused.refused(409, record["number"], "version 2", "based on version 1")
    items = [{"record_id": record["id"], "content": {"summary": "On top"}}]
    rebased = firm.action_owner.post("edit_change", change_id=late["id"], items=items, etag=late["etag"]).ok["change"]
    assert rebased["items"][0]["base_version"] == 2
    assert applied(firm, rebased)["records"][0]["version"] == 3


@pytest.mark.clause("ISO 13485 4.2.4")
def test_an_external_document_names_its_issuer_and_edition_before_it_is_released(firm: Company) -> None:
    owner = firm.action_owner
    made = owner.post("create_document", title="Sterilisation of products", type="external", content={"edition": "2018"}).ok
    change, body = made["change"], {"change_id": made["change"]["id"]}
    refused = owner.post("submit_change", **body, etag=change["etag"]).refused(409)
    assert "issuer" in refused["detail"]
    assert "edition" not in refused["detail"].split(":")[0]
    items = [{"record_id": made["record"]["id"], "content": {"issuer": "ISO"}}]
    assert submitted(owner, owner.post("edit_change", **body, items=items, etag=change["etag"]).ok["change"])


@pytest.mark.clause("ISO 13485 4.2.4")
def test_a_reader_gets_the_version_in_force_and_no_other(product: Product, firm: Company, storage: Storage) -> None:
    old, new = uploaded(firm.action_owner, pdf("Old way")), uploaded(firm.action_owner, pdf("New way"))
    source = uploaded(firm.action_owner, pdf("Editable"))
    record = effective_document(firm.action_owner, firm.qa, file_id=old, source_file_id=source)
    draft = document(firm.action_owner, "Draft")
    change = firm.action_owner.post("propose_change", reason="New", items=[{"record_id": record["id"], "content": {"file_id": new}}]).ok[
        "change"
    ]
    reader = firm.operator
    assert [one["id"] for one in reader.get("list_documents").ok["items"]] == [record["id"]]
    reader.get("get_document", id=draft["record"]["id"]).refused(404)
    seen = reader.get("get_document", id=record["id"]).ok
    assert "source_file_id" not in seen["content"]
    assert [one["id"] for one in seen["files"]] == [old]
    reader.get("download_file", file_id=old).ok
    for hidden in (new, source):
        reader.get("download_file", file_id=hidden).refused(404)
    item = firm.qa.get("get_change", id=change["id"]).ok["items"][0]
    lines = next(one["lines"] for one in item["diff"] if one["field"] == "content.file_id")
    assert any(line.startswith("-") and "Old way" in line for line in lines)
    assert any(line.startswith("+") and "New way" in line for line in lines)
    applied(firm, change)
    reader.get("download_file", file_id=old).refused(404)
    reader.get("download_file", file_id=new).ok
    put_out(firm, "suspend_document", record, "suspended")
    reader.get("download_file", file_id=new).refused(404)


@pytest.mark.clause("11.70")
def test_a_suspension_signs_the_version_and_fails_once_that_is_altered(product: Product, firm: Company, storage: Storage) -> None:
    record = effective_document(firm.action_owner, firm.qa, file_id=uploaded(firm.action_owner, pdf("As signed")))
    assert [one["valid"] for one in put_out(firm, "suspend_document", record, "suspended")["signatures"]] == [True, True]
    superuser = product.superuser()
    superuser.run("set session_replication_role = replica")
    superuser.run("""update versions set content = content || '{"summary": "Forged"}' where record_id = :id""", id=record["id"])
    superuser.close()
    signed = {one["meaning"]: one["valid"] for one in shown(firm.qa, record)["signatures"]}
    assert signed == {"approved": True, "suspended": False}  # the approval signed the frozen round, which stands as it was
    assert firm.qa.get("verify_audit_trail").ok["first_broken"]["table"] == "versions"


def test_a_document_planned_for_a_day_waits_and_can_be_recalled(firm: Company) -> None:
    made = dated(firm.action_owner, document(firm.action_owner), str(datetime.now(UTC).date() + timedelta(days=30)))
    done = applied(firm, made["change"])
    assert done["records"][0]["status"] == "approved"
    firm.operator.get("get_document", id=made["record"]["id"]).refused(404)
    busy = firm.action_owner.post("propose_change", reason="More", items=[{"record_id": made["record"]["id"]}])
    assert busy.status in {200, 409}
    recalled = put_out(firm, "recall_document", made["record"], "recalled")
    assert (recalled["status"], recalled["waiting"]) == ("recalled", None)
    assert recalled["signatures"][-1]["reason"] == "Wrong dose"
    again = applied(firm, proposed(firm.action_owner, made["record"]))
    assert (again["records"][0]["version"], again["records"][0]["status"]) == (2, "effective")
    history = firm.qa.get("get_record_history", id=made["record"]["id"]).ok["versions"]
    assert [(one["version"], one["status"]) for one in history] == [(2, "effective"), (1, "recalled")]


def test_suspended_lifted_retired(firm: Company) -> None:
    record = effective_document(firm.action_owner, firm.qa)
    assert put_out(firm, "suspend_document", record, "suspended")["status"] == "suspended"
    firm.operator.get("get_document", id=record["id"]).refused(404)
    assert firm.operator.get("list_documents").ok["items"] == []
    etag = shown(firm.qa, record)["etag"]
    body = {"id": record["id"], "challenge_id": record["id"], "reason": "Again", "etag": etag}
    firm.qa.post("suspend_document", **body).refused(409, "is suspended", "must be effective")
    assert applied(firm, proposed(firm.action_owner, record, step="lift"))["records"][0]["status"] == "effective"
    firm.operator.get("get_document", id=record["id"]).ok
    assert applied(firm, proposed(firm.action_owner, record, step="retire"))["records"][0]["status"] == "retired"
    firm.operator.get("get_document", id=record["id"]).refused(404)
    firm.action_owner.post("propose_change", reason="Back", items=[{"record_id": record["id"]}]).refused(409, "is retired")
    assert [one["version"] for one in firm.qa.get("get_record_history", id=record["id"]).ok["versions"]] == [1]


def test_reviews_are_confirmed_for_many_documents_at_once(firm: Company) -> None:
    records = [effective_document(firm.action_owner, firm.qa, f"Procedure {number}", review_interval_months=12) for number in range(2)]
    done = applied(firm, proposed(firm.action_owner, *records, step="confirm_review"))
    assert {(one["version"], one["status"]) for one in done["records"]} == {(1, "effective")}
    assert all(shown(firm.qa, one)["due_on"] for one in records)
    firm.action_owner.post("propose_change", reason="Why", items=[{"record_id": records[0]["id"], "step": "lift"}]).refused(
        409, "must be suspended"
    )


def test_steps_that_dont_start_where_a_document_is_are_refused_with_what_is_open(firm: Company) -> None:
    record = effective_document(firm.action_owner, firm.qa)
    etag = record["etag"]
    refused = firm.qa.post("recall_document", id=record["id"], challenge_id=record["id"], reason="No", etag=etag).refused(
        409, "is effective"
    )
    assert refused["state"] == "effective"
    assert set(refused["open"]) >= {"suspend", "retire"}
    open_steps = {one["step"]: one for one in shown(firm.qa, record)["open_steps"]}
    assert (open_steps["recall"]["open"], open_steps["suspend"]["open"]) == (False, True)
    assert "is effective" in open_steps["recall"]["why_not"]
    assert {one["closed_by"] for one in shown(firm.action_owner, record)["open_steps"]} == {None, "state", "role"}
    assert shown(firm.operator, record)["open_steps"] == [], "a reader isn't shown what is never theirs"


def test_a_discarded_first_change_makes_the_record_void_and_its_number_stays(firm: Company) -> None:
    made = document(firm.action_owner)
    discarded = firm.action_owner.post("discard_change", change_id=made["change"]["id"], etag=made["change"]["etag"]).ok["change"]
    assert discarded["status"] == "discarded"
    void = shown(firm.qa, made["record"])
    assert (void["status"], void["number"]) == ("void", made["record"]["number"])
    entries = firm.qa.get("list_audit_trail", record_id=made["record"]["id"]).ok["items"]
    assert entries[0]["actor"] == "system:void"
    assert made["change"]["number"] in entries[0]["cause"]
    assert document(firm.action_owner)["record"]["number"] > void["number"]
    firm.action_owner.post("edit_change", change_id=discarded["id"], reason="More", etag=discarded["etag"]).refused(409, "is discarded")


def test_nobody_elses_draft_is_voided_or_altered_by_another_change(firm: Company) -> None:
    made = document(firm.action_owner)
    other = firm.qa.post("propose_change", reason="Mine", items=[{"record_id": made["record"]["id"], "content": {"summary": "Taken over"}}])
    if other.status == 200:
        firm.qa.post("discard_change", change_id=other["change"]["id"], etag=other["change"]["etag"])
    now = shown(firm.action_owner, made["record"])
    assert (now["status"], now["content"]["summary"]) == ("draft", "How to clean")


def test_documents_join_one_draft_change_whose_etag_moves_on(firm: Company) -> None:
    first = document(firm.action_owner, "First")
    second = firm.action_owner.post("create_document", title="Second", type="form", change_id=first["change"]["id"]).ok
    assert [one["title"] for one in second["change"]["items"]] == ["First", "Second"]
    old = first["change"]
    firm.action_owner.post("submit_change", change_id=old["id"], etag=old["etag"]).refused(412)
    firm.qa.post("create_document", title="Third", type="sop", change_id=old["id"]).refused(403, "Only the authors")
    assert {one["status"] for one in applied(firm, second["change"])["records"]} == {"effective"}


def test_every_round_stays_with_its_reason_and_its_signature(firm: Company) -> None:
    made = document(firm.action_owner)
    back = reject(firm.qa, submitted(firm.action_owner, made["change"])["approval_request"], "Not yet").ok["change"]
    again = submitted(firm.action_owner, dict(back))
    firm.action_owner.post("withdraw_change", change_id=back["id"], etag=again["change"]["etag"]).ok
    change = firm.qa.get("get_change", id=back["id"]).ok
    assert [(one["round"], one["outcome"], one["cause"]) for one in change["rounds"]] == [
        (1, "rejected", "Not yet"),
        (2, "withdrawn", None),
    ]
    assert [one["round"] for one in change["signatures"]] == [1]


def test_notes_and_owners_never_touch_what_was_signed(product: Product, firm: Company, storage: Storage) -> None:
    record = effective_document(firm.action_owner, firm.qa)
    evidence = uploaded(firm.action_owner)
    noted = firm.action_owner.post("add_note", id=record["id"], text="Seen", file_ids=[evidence], etag=record["etag"]).ok["document"]
    moved = firm.action_owner.post("reassign_record", id=record["id"], reason="Leaving", owner_id=firm.qa.id, etag=noted["etag"]).ok[
        "document"
    ]
    assert (moved["owner"]["id"], moved["version"], moved["content"]) == (firm.qa.id, 1, record["content"])
    assert [one["valid"] for one in moved["signatures"]] == [True]
    entry = next(one for one in firm.qa.get("list_audit_trail", record_id=record["id"]).ok["items"] if one["step"] == "reassign_record")
    assert entry["reason"] == "Leaving"
    firm.action_owner.post("reassign_record", id=record["id"], reason="No", owner_id=firm.operator.id, etag=moved["etag"]).refused(422)
