"""The doors: in which order they refuse, what they ask for, what they promise of every answer, and what they cost."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from shared.db import database
from shared.doors.problem import SECURITY
from tests.builders import Colleague, approve, as_superuser, at_once, company, document, submitted, uploaded
from tests.functions.permissions import HTTP
from tests.functions.refusals import nothing_written
from tests.functions.samples import DOORS
from tests.functions.tour import tour
from tests.functions.world import World
from tests.product import Answer, Product
from tests.storage import Storage

MEMBERSHIP = 1  # statements that the door takes besides opening the transaction
MOST = {"GET": MEMBERSHIP + 3, "POST": MEMBERSHIP + 20}
# Statements: a few for each chain and table, however many entries there are; the places of a search one after the other, until a page is
# full.
MOST_OF = {
    "verify_audit_trail": 100,
    "search_records": MEMBERSHIP + 15,
    "get_worklist": MEMBERSHIP + 2,
    "export_record": MEMBERSHIP + 9,  # a change is read as it shows, then its parts, its trail and its names
}


# As an answer says a moment; what is kept as it was written stays so: content, entries of the trail, and a signer's own clock.
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S*")
KEPT = {"old", "new", "local_time", "content"}


def texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Every text of an answer with its path, but for those that are kept as they were written."""
    if path.rpartition(".")[2] in KEPT:
        return
    if isinstance(value, str):
        yield path, value
    named = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in named:
        yield from texts(inner, f"{path}.{name}")


def counted(log: str) -> dict[str, int]:
    """From the log: the most statements that each function took."""
    found: dict[str, int] = {}
    for line in log.splitlines():
        entry = json.loads(line) if line.startswith("{") else {}
        if "statements" in entry:
            found[entry["function"]] = max(found.get(entry["function"], 0), entry["statements"])
    return found


def test_every_function_keeps_the_promises_of_the_doors(product: Product, storage: Storage, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    answers = tour(product).answers
    few = counted(capsys.readouterr().out)
    assert {name for name, given in answers.items() if any(one.status == 200 for one in given)} == set(HTTP), (
        "a function is missing from the tour"
    )
    for name, given in answers.items():
        for one in given:
            assert {header: one.headers.get(header) for header in SECURITY} == SECURITY, name
            assert one.headers["X-Request-Id"]
            assert [path for path, value in texts(one.body, name) if MOMENT.fullmatch(value) and not value.endswith("Z")] == []
            if DOORS[name].method == "GET" and "etag" in one.body:
                assert one.headers["ETag"] == one["etag"], name
    budgets = {name: MOST_OF.get(name, MOST[DOORS[name].method]) for name in HTTP}
    assert {name: few[name] for name in HTTP if few[name] > budgets[name]} == {}
    tour(product, documents=12)
    many = counted(capsys.readouterr().out)
    assert {name: (few[name], many[name]) for name in HTTP if many[name] > budgets[name]} == {}, "statements grow with the data"


def test_refusals_come_in_one_order(product: Product, ours: World, outsider: Colleague) -> None:
    """401, 404 not a member, 403 role, replay, 422, 404, 428, 412, 403 relation, 409."""
    writer, other = ours.person("action_owner"), ours.person("second_qa")
    key = f"order-{uuid4()}"
    writer.post("discard_change", change_id=str(uuid4()), key=key).refused(404)
    wrong: dict[str, Any] = {"change_id": ours.ids["change in approval"], "colour": "red", "headers": {"If-Match": "*"}, "key": key}
    product.post("discard_change", "no.valid.token", ours.firm.id, **wrong).refused(401)
    product.post("discard_change", outsider.token, ours.firm.id, **wrong).refused(404, "aren't a member")
    ours.person("operator").post("discard_change", **wrong).refused(403, "an Action Owner or QA")
    assert other.post("discard_change", **wrong).refused(422)["field"] == "If-Match"
    assert other.post("discard_change", **wrong | {"headers": {}}).refused(422)["field"] == "colour"
    right = {"change_id": ours.ids["change in approval"]}
    other.post("discard_change", change_id=str(uuid4())).refused(404, "no such change")
    other.post("discard_change", **right).refused(428, "If-Match")
    other.post("discard_change", **right, etag='"99"').refused(412, "Read it again")
    etag = ours.things["change in approval"]["etag"]
    other.post("discard_change", **right, etag=etag).refused(403, "Only the authors")
    refused = writer.post("discard_change", **right, etag=etag).refused(409, "is in approval", "must be draft")
    assert (refused["status"], refused["state"]) == (409, "in_approval")
    assert set(refused["open"]) == {"sign", "approve", "reject", "withdraw"}


def test_a_replay_comes_before_the_body_is_judged_and_after_the_role(product: Product) -> None:
    firm = company(product, "action_owner")
    body = {"title": "T", "type": "sop"}
    first = firm.action_owner.post("create_document", **body, key="once").ok
    firm.action_owner.post("create_document", **body, colour="red", key="once").refused(422, "another request")
    firm.admin.post("set_member_role", person_id=firm.action_owner.id, role="operator").ok
    firm.action_owner.post("create_document", **body, key="once").refused(403)
    firm.admin.post("set_member_role", person_id=firm.action_owner.id, role="qa").ok
    assert firm.action_owner.post("create_document", **body, key="once").ok.body == first.body


@pytest.mark.parametrize(
    "function",
    [
        "submit_change",
        "edit_change",
        "withdraw_change",
        "discard_change",
        "approve_request",
        "reject_request",
        "add_note",
        "reassign_record",
        "recall_document",
        "suspend_document",
    ],
)
def test_steps_on_what_exists_ask_for_the_newest_etag(product: Product, ours: World, function: str) -> None:
    ids = {
        "change_id": ours.ids["change"],
        "approval_request_id": ours.ids["request"],
        "challenge_id": str(uuid4()),
        "reason": "Why",
        "text": "Note",
        "id": ours.ids["waiting" if function == "recall_document" else "record"],
    }
    needed = {name: value for name, value in ids.items() if name in _parameters(function)}
    by = ours.person("qa")
    with nothing_written(product):
        by.post(function, **needed).refused(428, "If-Match")
        assert by.post(function, **needed, etag='"4711"').refused(412)["etag"].strip('"').isdigit()


def _parameters(function: str) -> set[str]:
    from tests.functions.samples import parameters

    return {name for name, (_, needed) in parameters(DOORS[function]).items() if needed}


@pytest.mark.parametrize("function", ["update_organisation", "set_member_role", "deactivate_member"])
def test_other_steps_honour_an_etag_that_is_sent(product: Product, ours: World, function: str) -> None:
    needed: dict[str, Any] = {} if function == "update_organisation" else {"person_id": ours.ids["person"]}
    needed |= {"role": "qa"} if function == "set_member_role" else {}
    ours.person("admin").post(function, **needed, etag='"4711"').refused(412)


def test_one_key_has_one_effect_and_one_answer(product: Product) -> None:
    firm = company(product, "action_owner", "qa")
    body = {"title": "Once", "type": "sop"}
    first = firm.action_owner.post("create_document", **body, key="key-1").ok
    again = firm.action_owner.post("create_document", **body, key="key-1").ok
    assert again.body == first.body
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(firm.action_owner.get("list_documents").ok["items"]) == 1
    firm.action_owner.post("create_document", **{**body, "title": "Twice"}, key="key-1").refused(422, "another request")
    numbers = [firm.qa.post("create_document", **body, key="key-1").ok["record"]["number"], first["record"]["number"]]
    assert len(set(numbers)) == 2, "another person's key is another key"
    firm.action_owner.post("propose_change", reason="Why", items=[{"record_id": first["record"]["id"]}], key="key-2")
    firm.admin.post("create_team", name="One", key="key-1").ok
    other = product.post("create_organisation", firm.action_owner.token, name="Another", key="key-1").ok["organisation"]
    assert product.post("create_organisation", firm.action_owner.token, name="Another", key="key-1").ok["organisation"]["id"] == other["id"]


def test_a_refusal_keeps_nothing_under_its_key(product: Product) -> None:
    firm = company(product, "action_owner", "qa")
    made = document(firm.action_owner)
    step = {"change_id": made["change"]["id"], "key": "again"}
    firm.action_owner.post("withdraw_change", **step, etag=made["change"]["etag"]).refused(409, "is draft")
    assert as_superuser(product, "select count(*) from idempotency_keys where key = 'again'")[0][0] == 0
    change = submitted(firm.action_owner, made["change"])["change"]
    assert firm.action_owner.post("withdraw_change", **step, etag=change["etag"]).ok["change"]["status"] == "draft"
    assert firm.action_owner.post("withdraw_change", **step, etag=change["etag"]).headers["Idempotency-Replayed"] == "true"


def test_the_same_key_at_once_has_one_effect(product: Product) -> None:
    firm = company(product, "action_owner")
    by = firm.action_owner

    def create(own: Product) -> Answer:
        return own.post("create_document", by.token, by.organisation, title="At once", type="sop", key="at-once")

    answers = at_once(product, create, create, create)
    assert [one.status for one in answers] == [200, 200, 200]
    assert answers[0].body == answers[1].body == answers[2].body
    assert len(by.get("list_documents").ok["items"]) == 1


def test_numbers_have_no_gaps_however_many_are_drawn_at_once(product: Product) -> None:
    firm = company(product, "action_owner")
    by = firm.action_owner
    calls = [
        lambda own, n=n: own.post("create_document", by.token, by.organisation, title=f"No {n}", type="sop" if n < 4 else "nothing")
        for n in range(6)
    ]
    assert sorted(one.status for one in at_once(product, *calls)) == [200] * 4 + [422] * 2
    numbers = sorted(item["number"][-4:] for item in by.get("list_documents").ok["items"])
    assert numbers == ["0001", "0002", "0003", "0004"]


def test_an_exhausted_pool_says_when_to_come_back_and_recovers(product: Product, ours: World, monkeypatch: pytest.MonkeyPatch) -> None:
    small = database.Database.on_socket(product.server.socket, product.database_name, size=2)
    small.connections.patience = 0.3
    monkeypatch.setattr(database, "_current", small)
    by = ours.person("qa")
    with ExitStack() as held:
        for _ in range(2):
            held.enter_context(small.transaction(role="qfacts_application", settings={}))
        refused = by.get("list_documents").refused(503)
        assert 0 < int(refused.headers["Retry-After"]) <= 30
        by.post("create_document", title="T", type="sop").refused(503)
    began = time.monotonic()
    by.get("list_documents").ok
    assert time.monotonic() - began < 5
    small.close()


@pytest.mark.clause("11.10(e)")
@pytest.mark.parametrize("minutes", [10, -10])
def test_records_carry_the_databases_time_whatever_our_clock_says(product: Product, monkeypatch: pytest.MonkeyPatch, minutes: int) -> None:
    firm = company(product, "action_owner", "qa")
    asked = submitted(firm.action_owner, document(firm.action_owner)["change"])["approval_request"]
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + minutes * 60)
    if minutes < 0:
        firm.action_owner.post("create_document", title="T", type="sop").refused(401, "clock")
        return
    made = firm.action_owner.post("create_document", title="T", type="sop").ok["record"]
    signed = approve(firm.qa, asked).ok["signature"]
    for moment in (made["created_at"], made["updated_at"], signed["signed_at"]):
        assert abs(datetime.fromisoformat(moment).timestamp() - datetime.now(UTC).timestamp()) < 30
    entry = firm.qa.get("list_audit_trail", record_id=made["id"]).ok["items"][0]
    assert abs(datetime.fromisoformat(entry["at"]).timestamp() - datetime.now(UTC).timestamp()) < 30


@pytest.mark.clause("11.10(h)")
def test_the_source_of_a_write_is_kept(product: Product) -> None:
    firm = company(product, "action_owner", "qa")
    record = document(firm.action_owner)["record"]
    assert {entry["source"] for entry in firm.qa.get("list_audit_trail", record_id=record["id"]).ok["items"]} == {"api"}


@pytest.mark.clause("11.10(e)")
@pytest.mark.parametrize("said", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://127.0.0.1:8080"}, {"User-Agent": "job"}])
def test_no_client_says_what_the_trail_keeps_as_its_source(product: Product, said: dict[str, str]) -> None:
    firm = company(product, "action_owner", "qa")
    record = firm.action_owner.post("create_document", title="T", type="sop", headers=said).ok["record"]
    assert {entry["source"] for entry in firm.qa.get("list_audit_trail", record_id=record["id"]).ok["items"]} == {"api"}


@pytest.mark.clause("11.10(e)")
def test_every_write_says_who_when_which_step_and_why(product: Product, storage: Storage) -> None:
    firm = company(product, "action_owner", "qa")
    answer = firm.action_owner.post("create_document", title="T", type="sop", reason="We need it").ok
    record = answer["record"]
    file_id = uploaded(firm.action_owner)
    firm.action_owner.get("download_file", file_id=file_id).ok
    entries = firm.qa.get("list_audit_trail", record_id=record["id"], limit=100).ok["items"]
    assert {entry["operation"] for entry in entries} == {"insert"}
    for entry in entries:
        assert entry["actor"] == f"person:{firm.action_owner.id}"
        assert entry["step"] == "create_document"
        assert entry["reason"] == "We need it"
        assert entry["request_id"] == answer.headers["X-Request-Id"]
        assert entry["old"] is None
        assert entry["new"]
    trail = firm.qa.get("list_audit_trail", limit=100).ok["items"]
    assert [entry["step"] for entry in trail if entry["table_name"] == "downloads"] == ["download_file"]
    assert not any(firm.action_owner.email in json.dumps(entry) for entry in trail), "contact data enters as digests only"
