"""A record shows who triaged it and who decided about it, and its notes show their files, wherever they are read."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import Company, approve, carried_out, effective_document, event, proposed, submitted, triaged_event
from tests.functions.records.exported import exported, firm, record

__all__ = ["firm", "record"]
Json = dict[str, Any]


def who(shown: Json) -> list[tuple[str, str | None]]:
    """Each step that was taken of a record, and by whom."""
    return [(one["step"], one["person"] and one["person"]["id"]) for one in shown["taken_steps"]]


@pytest.mark.clause("11.10(e)")
def test_an_event_shows_who_reported_triaged_and_decided(firm: Company) -> None:
    owner, qa = firm.action_owner, firm.qa
    assert owner.get("get_event", id=event(owner)["id"]).ok["triaged"] is None
    made = triaged_event(owner, qa, cause="Wear")
    assert made["triaged"]["person"] == {"id": qa.id, "name": made["triaged"]["person"]["name"]}
    etag = owner.post("edit_record", id=made["id"], content={"place": "Line 2"}, etag=made["etag"]).ok["event"]["etag"]
    owner.post("reassign_record", id=made["id"], owner_id=qa.id, reason="Handing over", etag=etag).ok
    carried_out(owner, qa, made, "close").ok
    etag = qa.get("get_event", id=made["id"]).ok["etag"]
    firm.second_qa.sign("reopen_event", "event", made["id"], "reopened", id=made["id"], reason="Came again", etag=etag).ok
    shown = firm.inspector.get("get_event", id=made["id"]).ok.body
    assert who(shown) == [
        ("report_event", owner.id),
        ("triage_event", qa.id),
        ("approve_request", qa.id),
        ("reopen_event", firm.second_qa.id),
    ], "edits and handing over decide nothing"
    assert shown["taken_steps"][-1]["reason"] == "Came again"
    assert shown["taken_steps"][-1]["in_words"] == "Reopen event"
    assert shown["triaged"]["person"]["id"] == qa.id


def test_a_document_shows_what_the_system_did(firm: Company) -> None:
    made = effective_document(firm.action_owner, firm.qa)
    approve(firm.second_qa, submitted(firm.action_owner, proposed(firm.action_owner, made))["approval_request"]).ok
    taken = who(firm.inspector.get("get_document", id=made["id"]).ok.body)
    assert ("approve_request", firm.qa.id) in taken
    assert ("approve_request", firm.second_qa.id) in taken
    assert ("take_effect", None) in taken
    assert firm.operator.get("get_document", id=made["id"]).ok["taken_steps"] == [], "a reader reads what is in force"


def test_the_files_of_a_note_show_wherever_the_note_does(firm: Company, record: Json) -> None:
    export = exported(firm.inspector, record["id"])
    history = firm.inspector.get("get_record_history", id=record["id"]).ok.body
    for shown in (firm.inspector.get("get_document", id=record["id"]).ok.body, history, export):
        [note] = shown["notes"]
        [file] = note["files"]
        assert file["filename"] == "evidence.pdf"
        assert file["sha256"] in {one["sha256"] for one in export["attachments"]}
