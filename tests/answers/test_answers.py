"""What the functions answer: the shape of every thing, and what is never shown."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.answers import audit_trail, change_items, changes, pages, people, records, versions
from shared.answers.rows import etag
from shared.answers.signatures import signature
from shared.domain.changes import approvals, proposals, rounds
from shared.domain.files.extents import Unit, measured
from shared.domain.people import invitations
from shared.domain.people.organisations import DEFAULTS
from shared.domain.people.people import Role
from shared.domain.records.comparisons import NOTHING
from shared.domain.records.dossiers import Dossier
from tests.domain import cases
from tests.domain.cases import AT, AUTHOR, QUINN, TODAY

OPERATOR = cases.member("Otto", Role.OPERATOR)
BODY, SOURCE = str(cases.uid("body")), str(cases.uid("source"))
RECORD = {
    "id",
    "kind",
    "number",
    "title",
    "status",
    "version",
    "etag",
    "owner",
    "team",
    "due_on",
    "content",
    "files",
    "links",
    "signatures",
}
ALWAYS = RECORD | {"open_steps", "created_at", "updated_at"}
DETAILS: dict[str, Any] = {
    "owner": {"id": "o"},
    "team": None,
    "files": [{"id": BODY}, {"id": SOURCE}, {"id": "of another version"}],
    "links": [{"id": "l"}],
    "notes": [{"id": "n"}],
    "signatures": [{"id": "s"}],
    "authors": [{"id": "a"}],
    "rounds": [],
    "actions": [{"id": "f"}],
    "comments": [{"id": "c"}],
    "asked": [],
    "decided": [],
}


def shown(found: Dossier, by: Any) -> dict[str, Any]:
    """A document as `by` sees it, as JSON."""
    answer: dict[str, Any] = json.loads(json.dumps(records.record(found, DETAILS, [], {}, by)))
    return answer


def shown_change(proposal: proposals.Proposal, by: Any = QUINN, **details: Any) -> dict[str, Any]:
    """A change as `by` sees it, as JSON."""
    told = {"waits_for": [], "approvers": [], "submitted_by": {"id": "s", "name": "S"}}
    requests = {} if proposal.request is None else {str(proposal.request.id): told}
    found = {**DETAILS, "requests": requests, "names": {}, **details}
    items = change_items.submitted(proposal, found["rounds"], {})
    material = changes.Material(proposal, found, items, rounds.evidence(proposal), by)
    answer: dict[str, Any] = json.loads(json.dumps(changes.change(material)))
    return answer


@pytest.mark.parametrize("revision", [1, 42])
def test_an_entity_tag_is_strong_quoted_and_the_rows_revision(revision: int) -> None:
    assert etag(revision) == f'"{revision}"'
    assert people.organisation(replace(cases.organisation(), revision=revision))["etag"] == f'"{revision}"'


def test_secrets_and_what_belongs_to_the_server_are_never_shown() -> None:
    invitation, token = invitations.invite(
        cases.organisation(), email="ann@pharma.example", role=Role.QA, admin=False, team_ids=[], role_until=None, by=QUINN, at=AT
    )
    named = {"email": "", "name": "", "teams": []}
    answers = [
        people.invitation(invitation),
        people.person(cases.person(), []),
        signature(cases.signature(), valid=True),
        people.organisation(cases.organisation()),
        people.member(cases.member(), named),
    ]
    for one in answers:
        answer = json.dumps(one)
        for hidden in ("secret_sha256", "identity_uid", "organisation_id", "binding_sha256", '"revision"', "salt", token.split(".")[1]):
            assert hidden not in answer


def test_a_signature_shows_name_time_zone_and_meaning_and_whether_it_holds() -> None:
    answer = signature(cases.signature(), valid=False)
    assert answer["valid"] is False
    assert (answer["printed_name"], answer["meaning"], answer["time_zone"]) == ("Quinn", "approved", "Europe/Brussels")
    assert (answer["signed_at"], answer["local_time"]) == ("2026-11-22T12:00:40.250000Z", "2026-11-22T13:00:40+01:00")


@pytest.mark.parametrize(
    ("there", "limit", "shown_items", "more"),
    [(0, 2, 0, False), (1, 2, 1, False), (2, 2, 2, False), (3, 2, 2, True), (101, 100, 100, True)],
)
def test_a_page_tells_whether_there_is_a_next_one(there: int, limit: int, shown_items: int, more: bool) -> None:
    found, following = pages.cut(range(there), limit, lambda number: number)
    assert pages.page(list(found), following) == {"items": list(range(shown_items)), "total": None, "next_cursor": following}
    assert (None if following is None else pages.after_cursor(following, int)) == (limit - 1 if more else None)


@pytest.mark.parametrize(
    "found", [cases.draft(), cases.effective(), cases.effective(status="suspended"), cases.waiting(), cases.waiting(behind=False)]
)
@pytest.mark.parametrize("by", [QUINN, AUTHOR, OPERATOR])
def test_every_document_has_the_shape_of_a_record(found: Dossier, by: Any) -> None:
    assert set(shown(found, by)) >= ALWAYS


def test_a_reader_gets_the_version_in_force_without_its_source_links_notes_and_what_waits() -> None:
    content = {"summary": "How", "file_id": BODY, "source_file_id": SOURCE}
    found = cases.waiting(content=content, effective_on=TODAY + timedelta(days=3))
    reader, author = shown(found, OPERATOR), shown(found, AUTHOR)
    assert SOURCE not in json.dumps(reader)
    assert (reader["content"], reader["files"]) == ({"summary": "How", "file_id": BODY}, [{"id": BODY, "field": "file_id"}])
    assert (reader["links"], reader["notes"], reader["waiting"]) == ([], [], None)
    assert author["content"] == content
    assert [file["field"] for file in author["files"]] == ["file_id", "source_file_id"]
    assert (author["links"], author["notes"]) == (DETAILS["links"], DETAILS["notes"])
    assert author["waiting"] == {"version": 2, "effective_on": "2026-11-25", "content": content, "files": author["files"]}


@pytest.mark.clause("11.10(g)")
@pytest.mark.parametrize(
    ("found", "by", "open_steps"),
    [
        (cases.draft(), AUTHOR, {"release"}),
        (cases.effective(), AUTHOR, {"release", "retire", "confirm_review"}),
        (cases.effective(), QUINN, {"release", "retire", "confirm_review", "suspend"}),
        (cases.effective(status="suspended"), QUINN, {"release", "lift", "retire"}),
        (cases.waiting(), QUINN, {"recall", "suspend"}),
        (cases.waiting(behind=False), QUINN, {"recall"}),
        (cases.waiting(), AUTHOR, set()),
        (cases.effective(status="retired"), QUINN, set()),
        (cases.effective(), OPERATOR, set()),
        (cases.effective(), cases.member("Ines", Role.INSPECTOR), set()),
    ],
)
def test_the_buttons_of_a_document_are_the_steps_that_it_allows(found: Dossier, by: Any, open_steps: set[str]) -> None:
    buttons = shown(found, by)["open_steps"]
    assert {one["step"] for one in buttons if one["open"]} == open_steps
    works = by.role in (Role.ACTION_OWNER, Role.QA)
    assert {one["step"] for one in buttons} == ({"release", "recall", "suspend", "lift", "retire", "confirm_review"} if works else set())
    assert all((one["why_not"] is None) == (one["closed_by"] is None) == (one["code"] is None) == one["open"] for one in buttons)
    assert all(one["function"] for one in buttons)


@pytest.mark.clause("11.10(g)")
def test_a_button_says_the_state_first_and_then_the_role() -> None:
    told = {one["step"]: (one["closed_by"], one["why_not"], one["code"]) for one in shown(cases.effective(), AUTHOR)["open_steps"]}
    assert told["suspend"] == ("role", "To suspend document needs QA.", "step_needs_role")
    assert told["recall"] == ("state", "This document is effective; to recall it must be approved.", "wrong_state")
    assert told["lift"] == ("state", "SOP-2026-0001 is effective; to lift it must be suspended.", "record_in_wrong_state")
    assert told["retire"] == (None, None, None)


def test_a_button_says_what_its_step_asks_for() -> None:
    told = {one["step"]: one for one in shown(cases.effective(), QUINN)["open_steps"]}
    asked = ("gate", "subject_kind", "meaning", "needs_reason")
    assert [told["suspend"][name] for name in asked] == ["signed", "document", "suspended", True]
    assert [told["release"][name] for name in asked] == ["change", None, None, True]


def test_a_change_shows_what_each_item_would_alter() -> None:
    answer = shown_change(cases.proposal())
    assert set(answer) >= ALWAYS
    (item,) = answer["items"]
    assert item["diff"] == [{"field": "content.summary", "before": "How vessels are cleaned", "after": "Rinse twice", "lines": []}]
    assert item["record"]["number"] == "SOP-2026-0001"
    assert (answer["kind"], answer["status"], answer["version"], answer["approval_request"]) == ("change", "draft", 0, None)


def test_a_change_in_approval_shows_the_frozen_round_and_not_what_came_later() -> None:
    waits = cases.submitted()
    altered = replace(waits, items=(replace(waits.items[0], content={"summary": "Altered"}),))
    answer = shown_change(altered, rounds=[{"round": 1, "frozen": rounds.freeze(waits)}])
    assert answer["items"][0]["content"] == {"summary": "Rinse twice"}
    assert answer["approval_request"]["status"] == "open"
    assert answer["approval_request"]["id"] == str(approvals.request_of(waits).id)


def test_a_change_in_approval_shows_what_its_round_stated_of_each_file_and_not_what_is_known_now() -> None:
    sop = cases.effective()
    item = cases.item(sop, content={"file_id": BODY})
    waits = cases.submitted(cases.proposal(sop, items=(item,), files={cases.uid("body"): cases.file()}))
    frozen = rounds.freeze(waits)
    later = replace(waits, extents={cases.uid("body"): measured("Rinse", Unit.PAGES, read=1)})
    (shown_item,) = shown_change(later, rounds=[{"round": 1, "frozen": frozen}])["items"]
    (stated,) = shown_item["compared"]
    difference = next(one for one in shown_item["diff"] if one["field"] == "content.file_id")
    assert stated["state"] == "not_compared"
    assert {"field": "content.file_id", **difference["compared"]} == stated


@pytest.mark.parametrize(("by", "open_steps"), [(QUINN, {"approve", "reject"}), (AUTHOR, {"withdraw"}), (OPERATOR, set())])
def test_the_buttons_of_a_change_in_approval(by: Any, open_steps: set[str]) -> None:
    assert {one["step"] for one in shown_change(cases.submitted(), by)["open_steps"] if one["open"]} == open_steps


def test_versions_come_newest_first_each_with_what_it_altered() -> None:
    rows = [
        {"version": number, "title": "A", "content": {"edition": str(number)}, "organisation_id": "x", "revision": 1}
        for number in (3, 2, 1)
    ]
    found = versions.versions(rows, NOTHING)
    assert [row["version"] for row in found] == [3, 2, 1]
    assert found[0]["diff"] == [{"field": "content.edition", "before": "2", "after": "3", "lines": []}]
    assert [one["field"] for one in found[2]["diff"]] == ["title", "content.edition"]
    assert not {"organisation_id", "revision"} & {name for row in found for name in row}


def test_settings_are_shown_with_their_defaults() -> None:
    settings = people.organisation(cases.organisation(approval_days=14))["settings"]
    assert settings == {**DEFAULTS, "approval_days": 14}


def test_an_audit_entry_shows_its_digest_as_text() -> None:
    entry = audit_trail.entry({"id": 7, "digest": b"\x01\xff", "at": AT, "organisation_id": "x"})
    assert entry == {"id": 7, "digest": "01ff", "at": "2026-11-22T12:00:30.250000Z", "etag": '"7"'}
