"""The main job over plain HTTP against the whole local stack, with real sign-ins of people of two organisations."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pg8000.native
import pytest

from infra.local import demo
from infra.local.demo import docx, pdf
from infra.local.guest import Guest, Refused
from tests.journeys.firm import Firm
from tests.stack import Stack

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = pdf("Cleaning of vessels", "Wash with 2 % detergent.")


@pytest.fixture(scope="module")
def firm(stack: Stack) -> Firm:
    return Firm(stack, "First company")


@pytest.fixture(scope="module")
def other(stack: Stack) -> Firm:
    return Firm(stack, "Second company")


@pytest.fixture
def superuser(stack: Stack) -> Iterator[pg8000.native.Connection]:
    connection = pg8000.native.Connection("postgres", database="qfacts", unix_sock=f"{stack.socket}/.s.PGSQL.5432", timeout=30)
    yield connection
    connection.close()


@pytest.mark.clause("11.10(e)")
def test_a_document_goes_from_draft_to_effective_and_to_its_second_version(firm: Firm, other: Firm) -> None:
    body, source = firm.owner.upload("cleaning.pdf", "application/pdf", PDF), firm.owner.upload("cleaning.docx", DOCX, docx("Wash"))
    made = firm.owner.post("create_document", title="Cleaning", type="SOP", content={"file_id": body, "source_file_id": source})
    record = made["record"]["id"]
    with pytest.raises(Refused, match="404"):
        firm.operator.get("get_document", id=record)
    change = firm.owner.post(
        "edit_change",
        change_id=made["change"]["id"],
        items=[{"record_id": record, "content": {"summary": "How"}}],
        etag=made["change"]["etag"],
    )["change"]
    asked = firm.owner.post("submit_change", change_id=change["id"], etag=change["etag"])
    assert any(message["subject"].startswith("Approval requested") for message in waited_mail(firm.qa))
    decided = firm.approve(asked["approval_request"])
    assert [one["status"] for one in decided["records"]] == ["effective"]
    assert record in [one["id"] for one in firm.operator.get("list_documents")["items"]]
    assert firm.operator.download(body) == PDF
    with pytest.raises(Refused, match="404"):
        firm.operator.download(source)
    for function in ("get_document", "get_record_history"):
        with pytest.raises(Refused, match="404"):
            other.qa.get(function, id=record)

    change = firm.owner.post("propose_change", reason="Clearer", items=[{"record_id": record, "content": {"summary": "Clear"}}])["change"]
    request = firm.owner.post("submit_change", change_id=change["id"], etag=change["etag"])["approval_request"]
    rejected = firm.qa.sign(
        "reject_request",
        "approval_request",
        request["id"],
        "rejected",
        approval_request_id=request["id"],
        etag=request["etag"],
        reason="Too short",
    )
    item = {"record_id": record, "content": {"summary": "Clear and complete"}}
    change = firm.owner.post("edit_change", change_id=change["id"], items=[item], etag=rejected["change"]["etag"])["change"]
    firm.approve(firm.owner.post("submit_change", change_id=change["id"], etag=change["etag"])["approval_request"])

    history = firm.qa.get("get_record_history", id=record)
    assert [(one["version"], one["status"]) for one in history["versions"]] == [(2, "effective"), (1, "superseded")]
    assert history["versions"][0]["effective_at"] == history["versions"][1]["ended_at"]
    assert [(one["meaning"], one["valid"]) for one in history["signatures"]] == [("approved", True), ("rejected", True), ("approved", True)]
    steps = {
        (entry["step"], entry["actor"].split(":")[0]) for entry in firm.qa.get("list_audit_trail", record_id=record, limit=100)["items"]
    }
    assert {("create_document", "person"), ("approve_request", "person"), ("take_effect", "system")} <= steps
    assert firm.qa.get("verify_audit_trail")["intact"] is True


def test_the_scheduler_takes_the_documents_of_one_change_into_effect_together(
    firm: Firm, stack: Stack, superuser: pg8000.native.Connection
) -> None:
    records = [firm.effective(title) for title in ("Weighing", "Mixing")]
    items = [{"record_id": one["id"], "content": {"summary": "From the new year"}} for one in records]
    change = firm.owner.post("propose_change", reason="New year", items=items, effective_on="2030-01-01")["change"]
    firm.approve(firm.owner.post("submit_change", change_id=change["id"], etag=change["etag"])["approval_request"])
    assert [firm.owner.get("get_document", id=one["id"])["waiting"]["version"] for one in records] == [2, 2]
    superuser.run("set session_replication_role = replica")  # the calendar can't be moved, so the date is, beside the triggers
    superuser.run("update versions set effective_on = current_date where change_id = :change", change=change["id"])
    superuser.run("update changes set effective_on = current_date where id = :change", change=change["id"])
    assert json.loads(stack.run_job("take_documents_into_effect"))["documents"] >= 2
    shown = [firm.operator.get("get_document", id=one["id"]) for one in records]
    assert [(one["version"], one["status"]) for one in shown] == [(2, "effective"), (2, "effective")]
    ended = {firm.qa.get("get_record_history", id=one["id"])["versions"][1]["ended_at"] for one in records}
    assert len(ended) == 1
    assert json.loads(stack.run_job("take_documents_into_effect"))["documents"] == 0


def test_an_old_approval_request_lapses_and_its_author_is_told(firm: Firm, stack: Stack, superuser: pg8000.native.Connection) -> None:
    made = firm.owner.post("create_document", title="Forgotten", type="form", content={"summary": "Nobody decides"})
    request = firm.owner.post("submit_change", change_id=made["change"]["id"], etag=made["change"]["etag"])["approval_request"]
    superuser.run("set session_replication_role = replica")
    superuser.run("update approval_requests set expires_at = now() - interval '1 day' where id = :id", id=request["id"])
    assert json.loads(stack.run_job("expire_approval_requests"))["lapsed"] >= 1
    assert firm.owner.get("get_change", id=made["change"]["id"])["status"] == "draft"
    assert firm.owner.get("get_approval_request", id=request["id"])["status"] == "lapsed"
    assert any("lapsed" in message["subject"].lower() for message in waited_mail(firm.owner))


def test_the_demo_walks_the_whole_main_job(stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    assert demo.walk(stack.place) is True
    assert "intact: True" in capsys.readouterr().out


def waited_mail(guest: Guest) -> list[dict[str, str]]:
    """The inbox, once the newest mail of this moment has had its five seconds."""
    import time

    time.sleep(4)
    return guest.mail()
