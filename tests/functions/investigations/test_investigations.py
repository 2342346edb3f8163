"""The life of investigations: opened over events, worked on as trees, concluded by a change, cancelled, reopened."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import (
    Colleague,
    Company,
    approve,
    as_superuser,
    at_once,
    carried_out,
    company,
    event,
    investigation,
    submitted,
    triaged_event,
    uploaded,
)
from tests.product import Answer, Product
from tests.storage import Storage


@pytest.fixture
def firm(product: Product) -> Company:
    """A company with somebody who investigates, two QA and two who only read."""
    return company(product, "action_owner", "qa", "second_qa", "operator", "inspector")


def now(by: Colleague, found: dict[str, Any]) -> dict[str, Any]:
    """The investigation as it is now."""
    return dict(by.get("get_investigation", id=found["id"]).ok.body)


def status(by: Colleague, made: dict[str, Any]) -> str:
    """Where an event stands now."""
    return str(by.get("get_event", id=made["id"]).ok["status"])


def signed(by: Colleague, function: str, meaning: str, found: dict[str, Any], **more: object) -> Answer:
    """A signed step on the investigation, as `by` sees it now."""
    body = {"id": found["id"], "etag": now(by, found)["etag"], "reason": "On second thoughts", **more}
    return by.sign(function, "investigation", found["id"], meaning, **body)


def joined(found: dict[str, Any]) -> list[tuple[str, str, str]]:
    """The links of a record: type, direction, number at the other end."""
    return [(one["type"], one["direction"], one["record"]["number"]) for one in found["links"]]


def test_an_investigation_covers_several_events(firm: Company) -> None:
    owner, qa = firm.action_owner, firm.qa
    first, second = triaged_event(owner, qa), triaged_event(owner, qa)
    found = investigation(owner, first, second)
    assert (found["kind"], found["status"], found["version"], found["number"][:4]) == ("investigation", "open", 0, "INV-")
    assert found["title"] == f"{first['number']} Broken seal and 1 more"
    assert sorted(joined(found)) == [("investigated_in", "in", first["number"]), ("investigated_in", "in", second["number"])]
    for made in (first, second):
        shown = owner.get("get_event", id=made["id"]).ok.body
        assert (shown["status"], joined(shown)) == ("under_investigation", [("investigated_in", "out", found["number"])])
    own = owner.post("open_investigation", event_ids=[triaged_event(owner, qa)["id"]], title="Seals").ok["investigation"]
    assert (own["title"], own["content"], own["number"][-4:]) == ("Seals", {}, "0002")


def test_only_triaged_events_are_investigated_and_all_or_none(firm: Company) -> None:
    owner, qa = firm.action_owner, firm.qa
    fresh, reported, running = triaged_event(owner, qa), event(owner), triaged_event(owner, qa)
    investigation(owner, running)
    owner.post("open_investigation", event_ids=[fresh["id"], reported["id"]]).refused(409, "This event is reported")
    owner.post("open_investigation", event_ids=[fresh["id"], running["id"]]).refused(409, "This event is under investigation")
    assert status(owner, fresh) == "triaged"
    assert len(owner.get("list_investigations").ok["items"]) == 1


def test_what_isnt_an_event_isnt_investigated(firm: Company) -> None:
    owner = firm.action_owner
    made = triaged_event(owner, firm.qa)
    found = investigation(owner, made)
    nobodys = "01980000-0000-7000-8000-000000000001"
    for event_ids in ([nobodys], [found["id"]], [triaged_event(owner, firm.qa)["id"], nobodys]):
        owner.post("open_investigation", event_ids=event_ids).refused(404, "There is no such event")
    for event_ids in ([], [made["id"], made["id"]]):
        assert owner.post("open_investigation", event_ids=event_ids).refused(422)["field"] == "event_ids"
    other = company(firm.product, "action_owner", "qa")
    theirs = triaged_event(other.action_owner, other.qa)
    owner.post("open_investigation", event_ids=[theirs["id"]]).refused(404, "There is no such event")
    other.action_owner.get("get_investigation", id=found["id"]).refused(404)
    assert other.action_owner.get("list_investigations").ok["items"] == []


def test_of_two_who_open_one_at_once_over_an_event_one_wins(product: Product, firm: Company) -> None:
    made = triaged_event(firm.action_owner, firm.qa)
    people = (firm.action_owner, firm.qa, firm.second_qa)
    calls = [lambda own, by=by: own.post("open_investigation", by.token, firm.id, event_ids=[made["id"]]) for by in people]
    assert [one.status for one in at_once(product, *calls)].count(200) == 1
    assert len(firm.qa.get("list_investigations").ok["items"]) == 1
    assert firm.qa.get("list_investigations").ok["items"][0]["number"].endswith("0001"), "the others drew no number"


def test_trees_with_evidence_are_worked_on(firm: Company, storage: Storage) -> None:
    owner, qa = firm.action_owner, firm.qa
    photo = uploaded(owner)
    found = investigation(owner, triaged_event(owner, qa))
    tree = {
        "text": "Why",
        "because": [{"text": "As", "evidence": "Seen", "file_ids": [photo]}, {"text": "Or", "because": [{"text": "As"}]}],
    }
    bones = {"machine": [{"text": "Wear", "file_ids": [photo]}, {"text": "Heat", "file_ids": [photo]}], "environment": [{"text": "Dust"}]}
    edited = qa.post("edit_record", id=found["id"], etag=found["etag"], content={"why_tree": tree, "fishbone": bones, "method": "both"})
    assert (edited.ok["investigation"]["content"]["why_tree"], edited["investigation"]["content"]["fishbone"]) == (tree, bones)
    assert [file["id"] for file in edited["investigation"]["files"]] == [photo]
    assert [one["id"] for one in owner.get("list_investigations", method="both").ok["items"]] == [found["id"]]
    assert owner.get("list_investigations", method="fishbone").ok["items"] == []
    etag = edited["investigation"]["etag"]
    deep: dict[str, Any] = {"text": "The last"}
    for _ in range(10):
        deep = {"text": "Why", "because": [deep]}
    for content, field in (
        ({"why_tree": deep}, "content.why_tree" + ".because.0" * 9 + ".because"),
        ({"why_tree": {"text": "Why", "because": [{"evidence": "Seen"}]}}, "content.why_tree.because.0.text"),
        ({"fishbone": {"money": []}}, "content.fishbone.money"),
        ({"root_causes": [{"category": "weather"}]}, "content.root_causes.0.category"),
        ({"root_causes": [{"certainty": "sure"}]}, "content.root_causes.0.certainty"),
        ({"method": "guessing"}, "content.method"),
    ):
        assert owner.post("edit_record", id=found["id"], etag=etag, content=content).refused(422)["field"] == field
    unknown = {"why_tree": {"text": "Why", "file_ids": ["01980000-0000-7000-8000-000000000001"]}}
    owner.post("edit_record", id=found["id"], etag=etag, content=unknown).refused(422)


@pytest.mark.clause("ISO 13485 8.3 / 8.5.2-3")
def test_an_investigation_is_concluded_by_a_change_once_it_says_why(firm: Company, storage: Storage) -> None:
    owner, qa = firm.action_owner, firm.qa
    photo = uploaded(owner)
    found = owner.post("open_investigation", event_ids=[triaged_event(owner, qa)["id"]]).ok["investigation"]
    change = owner.post("propose_change", reason="Found", items=[{"record_id": found["id"]}]).ok["change"]
    assert change["items"][0]["step"] == "conclude"
    words = ("root causes", "extent", "conclusion", "evidence")
    owner.post("submit_change", change_id=change["id"], etag=change["etag"]).refused(409, *words)
    man = {"category": "man", "description": "A slip", "certainty": "probable"}
    bones = {"man": [{"text": "A slip", "file_ids": [photo]}, {"text": "Haste", "file_ids": [photo]}]}
    content = {"root_causes": [man], "extent": "Line 1", "conclusion": "A slip", "fishbone": bones}
    change = owner.post(
        "edit_change", change_id=change["id"], etag=change["etag"], items=[{"record_id": found["id"], "content": content}]
    ).ok["change"]
    owner.post("submit_change", change_id=change["id"], etag=change["etag"]).refused(409, "blames a person")
    items = [{"record_id": found["id"], "content": {"root_causes": [{**man, "justification": "Trained, and the display is clear"}]}}]
    change = owner.post("edit_change", change_id=change["id"], etag=change["etag"], items=items).ok["change"]
    assert approve(qa, submitted(owner, change)["approval_request"]).ok["records"][0]["status"] == "concluded"
    done = now(firm.inspector, found)
    assert (done["status"], done["version"], done["content"]["extent"]) == ("concluded", 1, "Line 1")
    assert [(one["meaning"], one["valid"]) for one in done["signatures"]] == [("approved", True)]
    owner.post("edit_record", id=found["id"], etag=done["etag"], content={"extent": "x"}).refused(409, "This investigation is concluded")
    assert qa.get("verify_audit_trail").ok["intact"]


@pytest.mark.clause("11.10(g)")
def test_whoever_opened_or_edited_it_neither_cancels_nor_concludes_it(firm: Company) -> None:
    owner, qa = firm.action_owner, firm.qa
    own = investigation(qa, triaged_event(owner, qa))
    others = investigation(owner, triaged_event(owner, qa))
    qa.post("edit_record", id=others["id"], etag=others["etag"], content={"extent": "Line 2"}).ok
    for found in (own, others):
        qa.post("start_signing", subject_kind="investigation", subject_id=found["id"], meaning="cancelled").refused(403, "somebody else")
        body = {"id": found["id"], "challenge_id": found["id"], "reason": "Mine", "etag": now(qa, found)["etag"]}
        qa.post("cancel_investigation", **body).refused(403, "You reported this or worked on it yourself")
        change = owner.post("propose_change", reason="Found", items=[{"record_id": found["id"]}]).ok["change"]
        request = submitted(owner, change)["approval_request"]
        qa.post("start_signing", subject_kind="approval_request", subject_id=request["id"], meaning="approved").refused(
            403, "somebody else"
        )
        assert approve(firm.second_qa, request).ok["records"][0]["status"] == "concluded"


def test_cancelling_sets_back_the_events_that_nothing_else_covers(firm: Company) -> None:
    owner, qa = firm.action_owner, firm.qa
    alone, twice = triaged_event(owner, qa), triaged_event(owner, qa)
    found = investigation(owner, alone, twice)
    other = investigation(owner, triaged_event(owner, qa))
    etag = owner.get("get_event", id=twice["id"]).ok["etag"]
    owner.post("link_records", id=twice["id"], type="investigated in", to_id=other["id"], etag=etag).ok
    done = signed(qa, "cancel_investigation", "cancelled", found).ok["investigation"]
    assert (done["status"], done["signatures"][0]["meaning"], done["signatures"][0]["valid"]) == ("cancelled", "cancelled", True)
    assert (status(owner, alone), status(owner, twice)) == ("triaged", "under_investigation")
    entries = qa.get("list_audit_trail", record_id=alone["id"]).ok["items"]
    latest = next(entry for entry in entries if entry["table_name"] == "records")
    assert (latest["step"], latest["actor"], latest["cause"]) == ("set_back", "system:set_back", f"cancelling of {found['number']}")
    owner.post("edit_record", id=found["id"], etag=done["etag"], content={"extent": "x"}).refused(409, "This investigation is cancelled")
    again = investigation(owner, alone)
    assert (again["status"], status(owner, alone)) == ("open", "under_investigation")


@pytest.mark.clause("Annex 11 §9")
def test_reopening_takes_the_waiting_events_along(product: Product, firm: Company) -> None:
    owner, qa = firm.action_owner, firm.qa
    made = triaged_event(owner, qa, severity="major")
    found = investigation(owner, made)
    carried_out(owner, qa, found, "conclude").ok
    carried_out(owner, qa, made, "close").ok
    asked = {"id": made["id"], "reason": "Again", "etag": owner.get("get_event", id=made["id"]).ok["etag"]}
    qa.sign("reopen_event", "event", made["id"], "reopened", **asked).ok
    assert status(owner, made) == "triaged"
    qa.post("reopen_investigation", id=found["id"], challenge_id=found["id"], etag=now(qa, found)["etag"]).refused(422)
    done = signed(qa, "reopen_investigation", "reopened", found, reason="The jaw was new").ok["investigation"]
    assert (done["status"], done["version"], done["closed_at"], status(owner, made)) == ("open", 1, None, "under_investigation")
    entry = next(one for one in qa.get("list_audit_trail", record_id=made["id"]).ok["items"] if one["table_name"] == "records")
    assert (entry["step"], entry["actor"], entry["cause"]) == ("investigate", "system:investigate", f"reopening of {found['number']}")
    assert {(one["meaning"], one["valid"]) for one in done["signatures"]} == {("approved", True), ("reopened", True)}
    assert carried_out(owner, qa, found, "conclude", conclusion="The jaw was badly set").ok["records"][0]["version"] == 2
    compared = owner.get("compare_versions", id=found["id"], **{"from": 1, "to": 2}).ok["diff"]
    assert [(one["field"], one["after"]) for one in compared] == [("content.conclusion", "The jaw was badly set")]
    ended = as_superuser(product, "select ended_at is null from versions where record_id = :id order by version", id=found["id"])
    assert [row[0] for row in ended] == [False, True]


def test_a_closing_that_is_being_decided_keeps_its_investigation_concluded(firm: Company) -> None:
    owner, qa = firm.action_owner, firm.qa
    made = triaged_event(owner, qa, severity="major")
    found = investigation(owner, made)
    carried_out(owner, qa, found, "conclude").ok
    other = triaged_event(owner, qa, cause="Wear")
    owner.post("link_records", id=other["id"], type="investigated_in", to_id=found["id"], etag=other["etag"]).ok
    change = owner.post("propose_change", reason="Done", items=[{"record_id": other["id"], "step": "close"}]).ok["change"]
    request = submitted(owner, change)["approval_request"]
    signed(qa, "reopen_investigation", "reopened", found).refused(409, "in approval", change["number"])
    approve(qa, request).ok
    asked = {"subject_kind": "investigation", "subject_id": found["id"], "meaning": "reopened", "arguments": {"reason": "Doubts"}}
    qa.post("start_signing", **asked).refused(409, other["number"], "reopen that first")
    shown = owner.get("get_event", id=other["id"]).ok.body
    qa.sign("reopen_event", "event", other["id"], "reopened", id=other["id"], etag=shown["etag"], reason="Doubts").ok
    assert signed(qa, "reopen_investigation", "reopened", found).ok["investigation"]["status"] == "open"
    assert (status(owner, other), status(owner, made)) == ("under_investigation", "under_investigation")


@pytest.mark.clause("11.10(d)")
def test_who_only_reads_moves_no_investigation(firm: Company) -> None:
    found = investigation(firm.action_owner, triaged_event(firm.action_owner, firm.qa))
    for by in (firm.operator, firm.inspector):
        by.post("edit_record", id=found["id"], etag=found["etag"], content={"extent": "x"}).refused(403)
        by.post("propose_change", reason="Found", items=[{"record_id": found["id"]}]).refused(403)
    for by in (firm.operator, firm.inspector, firm.action_owner):
        for function in ("cancel_investigation", "reopen_investigation"):
            by.post(function, id=found["id"], challenge_id=found["id"], reason="x", etag=found["etag"]).refused(403, "QA")
    firm.operator.get("get_investigation", id=found["id"]).refused(403)
    firm.operator.get("list_investigations").refused(403)
    assert now(firm.inspector, found)["number"] == found["number"]
    firm.qa.post("start_signing", subject_kind="investigation", subject_id=found["id"], meaning="reopened").refused(409, "is open")


def test_a_signed_step_asks_what_the_caller_saw(firm: Company) -> None:
    found = investigation(firm.action_owner, triaged_event(firm.action_owner, firm.qa))
    body = {"id": found["id"], "challenge_id": found["id"], "reason": "x"}
    firm.qa.post("cancel_investigation", **body).refused(428)
    firm.qa.post("cancel_investigation", etag='"99"', **body).refused(412)
    firm.qa.post("cancel_investigation", etag=found["etag"], **body).refused(404, "no such signing challenge")


def test_investigations_are_listed_newest_first(firm: Company) -> None:
    owner, qa = firm.action_owner, firm.qa
    made = [investigation(owner, triaged_event(owner, qa))["id"] for _ in range(3)]
    signed(qa, "cancel_investigation", "cancelled", {"id": made[1]}).ok
    assert [one["id"] for one in owner.get("list_investigations", status="open").ok["items"]] == [made[2], made[0]]
    assert [one["id"] for one in owner.get("list_investigations", status="cancelled").ok["items"]] == [made[1]]
    page = owner.get("list_investigations", limit=2).ok
    rest = owner.get("list_investigations", limit=2, cursor=page["next_cursor"]).ok
    assert [one["id"] for one in (*page["items"], *rest["items"])] == made[::-1]
    owner.get("list_investigations", status="triaged").refused(422)
