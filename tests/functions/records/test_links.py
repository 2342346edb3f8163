"""Links and the whole trail: both ways, typed, and from the event to the retrained person in one answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.domain.records import kinds
from shared.domain.records.links import TYPES
from tests.builders import (
    Colleague,
    Company,
    approve,
    as_superuser,
    at_once,
    carried_out,
    company,
    document,
    effective_document,
    event,
    investigation,
    proposed,
    submitted,
    triaged_event,
)
from tests.product import Product

NUMBERS = count(1)


@pytest.fixture
def firm(product: Product) -> Company:
    """A company with an author, QA and somebody to be trained."""
    return company(product, "action_owner", "qa", "operator", "inspector")


def now(by: Colleague, found: dict[str, Any]) -> dict[str, Any]:
    """The record as it is now, of whichever kind."""
    return dict(by.get(f"get_{found['kind']}", id=found["id"]).ok.body)


def link(by: Colleague, start: dict[str, Any], type_: str, end: dict[str, Any]) -> dict[str, Any]:
    """A record linked to another, or to a change; the record as it is then."""
    made = by.post("link_records", id=start["id"], type=type_, to_id=end["id"], etag=now(by, start)["etag"])
    return dict(made.ok[start["kind"]])


def joined(found: dict[str, Any]) -> set[tuple[str, str, str]]:
    """The links that people made: type, direction, number at the other end."""
    return {(one["type"], one["direction"], one["record"]["number"]) for one in found["links"] if "id" in one}


def trail(by: Colleague, found: dict[str, Any]) -> dict[str, Any]:
    """The trail on the first page of the history."""
    return dict(by.get("get_record_history", id=found["id"]).ok["trail"])


def test_a_link_shows_at_both_ends(firm: Company) -> None:
    owner, qa = firm.action_owner, firm.qa
    made, other, procedure = event(owner), event(owner), effective_document(owner, qa)
    change = proposed(owner, procedure)
    link(owner, made, "caused by", other)
    link(owner, made, "caused_by", procedure)
    shown = link(owner, made, "Changes", change)
    assert joined(shown) == {
        ("caused_by", "out", other["number"]),
        ("caused_by", "out", procedure["number"]),
        ("changes", "out", change["number"]),
    }
    for end in (other, procedure):
        assert joined(now(firm.inspector, end)) == {("caused_by", "in", made["number"])}
    assert joined(now(owner, change)) == {("changes", "in", made["number"])}
    assert joined(now(owner, made)) == joined(shown)
    assert firm.operator.get("get_document", id=procedure["id"]).ok["links"] == [], "an operator sees no events"
    assert qa.get("verify_audit_trail").ok["intact"]


def test_a_link_that_makes_no_sense_is_refused(firm: Company) -> None:
    owner, qa = firm.action_owner, firm.qa
    made, procedure = event(owner), effective_document(owner, qa)
    nobodys = "01980000-0000-7000-8000-000000000001"
    body = {"id": made["id"], "etag": made["etag"]}
    for type_, to_id, field in (
        ("related to", procedure["id"], "type"),
        ("corrected_by", procedure["id"], "type"),
        ("trains", procedure["id"], "type"),
        ("caused_by", made["id"], "to_id"),
    ):
        assert owner.post("link_records", type=type_, to_id=to_id, **body).refused(422)["field"] == field
    owner.post("link_records", type="caused_by", to_id=nobodys, **body).refused(404, "no such record or change")
    owner.post("link_records", id=nobodys, type="caused_by", to_id=made["id"], etag='"1"').refused(404)
    owner.post("link_records", id=made["id"], type="caused_by", to_id=procedure["id"]).refused(428)
    owner.post("link_records", id=made["id"], type="caused_by", to_id=procedure["id"], etag='"9"').refused(412)
    link(owner, made, "caused_by", procedure)
    owner.post("link_records", type="caused_by", to_id=procedure["id"], **body).refused(409, "linked to", "already")
    other = company(firm.product, "action_owner", "qa")
    theirs = event(other.action_owner)
    owner.post("link_records", type="caused_by", to_id=theirs["id"], **body).refused(404, "no such record or change")
    for by in (firm.operator, firm.inspector):
        by.post("link_records", type="caused_by", to_id=procedure["id"], **body).refused(403)
        by.post("unlink_records", link_id=nobodys, reason="x", **body).refused(403)


def test_the_same_link_at_once_is_made_once(product: Product, firm: Company) -> None:
    made, other = event(firm.action_owner), event(firm.action_owner)
    body = {"id": made["id"], "type": "caused_by", "to_id": other["id"], "etag": made["etag"]}
    calls = [lambda own, by=by: own.post("link_records", by.token, firm.id, **body) for by in (firm.action_owner, firm.qa)]
    assert {one.status for one in at_once(product, *calls)} <= {200, 409}
    assert len(now(firm.qa, made)["links"]) == 1


@pytest.mark.clause("Annex 11 §9")
def test_a_wrong_link_is_taken_away_from_either_end_with_a_reason(firm: Company) -> None:
    owner = firm.action_owner
    made, other = event(owner), event(owner)
    for by_end in (made, other):
        link_id = next(one["id"] for one in link(owner, made, "caused_by", other)["links"])
        body = {"id": by_end["id"], "link_id": link_id, "etag": by_end["etag"]}
        owner.post("unlink_records", **body).refused(422)
        owner.post("unlink_records", reason="Mistaken", **{**body, "id": event(owner)["id"]}).refused(404, "no such link")
        done = owner.post("unlink_records", reason="Mistaken", **body).ok["event"]
        assert (done["id"], done["links"], now(owner, made)["links"], now(owner, other)["links"]) == (by_end["id"], [], [], [])
        owner.post("unlink_records", reason="Mistaken", **body).refused(404, "no such link")
    entries = [one for one in firm.qa.get("list_audit_trail", record_id=made["id"]).ok["items"] if one["table_name"] == "links"]
    assert [(one["operation"].lower()[:6], one["reason"]) for one in entries if one["step"] == "unlink_records"] == [
        ("delete", "Mistaken"),
        ("delete", "Mistaken"),
    ]
    assert firm.qa.get("verify_audit_trail").ok["intact"]


def test_an_event_joins_and_leaves_an_investigation_by_its_link(firm: Company) -> None:
    owner, qa = firm.action_owner, firm.qa
    first, second, reported = triaged_event(owner, qa), triaged_event(owner, qa), event(owner)
    found = investigation(owner, first)
    owner.post("link_records", id=reported["id"], type="investigated_in", to_id=found["id"], etag=reported["etag"]).refused(409, "triaged")
    shown = link(owner, second, "investigated_in", found)
    assert shown["status"] == "under_investigation"
    link_id = next(one["id"] for one in shown["links"])
    etag = now(owner, found)["etag"]
    owner.post("unlink_records", id=found["id"], link_id=link_id, reason="Another cause", etag=etag).ok
    assert (now(owner, second)["status"], now(owner, first)["status"]) == ("triaged", "under_investigation")


@pytest.mark.clause("11.10(e)")
def test_the_trail_leads_from_the_event_to_the_retrained_person_in_one_answer(firm: Company) -> None:
    owner, qa, operator = firm.action_owner, firm.qa, firm.operator
    procedure = effective_document(owner, qa)
    made = triaged_event(owner, qa, severity="major")
    found = investigation(owner, made)
    carried_out(owner, qa, found, "conclude").ok
    plan = owner.post("create_capa_plan", title="New interval", source_ids=[found["id"]]).ok["capa_plan"]
    content = {"method": "read", "material": {"document_id": procedure["id"]}, "audience": {"person_ids": [operator.id]}}
    training = owner.post("create_training", title="The new interval", content=content).ok
    change = owner.post(
        "edit_change",
        change_id=training["change"]["id"],
        etag=training["change"]["etag"],
        items=[{"record_id": procedure["id"], "content": {"summary": "Replace the jaw each year"}}],
    ).ok["change"]
    link(owner, plan, "changes", change)
    approve(qa, submitted(owner, change)["approval_request"]).ok
    assigned = operator.get("list_assignments", mine=True).ok["items"]
    for one in assigned:
        body = {"assignment_id": one["id"], "etag": one["etag"]}
        operator.sign("complete_training", "assignment", one["id"], "read and understood", **body).ok
    seen = trail(firm.inspector, made)
    numbers = {one["number"]: one["kind"] for one in seen["records"]}
    learnt = training["record"]["number"]
    assert numbers == {
        made["number"]: "event",
        found["number"]: "investigation",
        plan["number"]: "capa_plan",
        procedure["number"]: "document",
        learnt: "training",
    }
    assert change["number"] in [one["number"] for one in seen["changes"]]
    assert seen["records"][0]["id"] == made["id"], "the nearest first"
    ways = {(one["from"], one["type"], one["to"]) for one in seen["links"]}
    assert {
        (made["id"], "investigated_in", found["id"]),
        (found["id"], "corrected_by", plan["id"]),
        (plan["id"], "changes", change["id"]),
        (change["id"], "changes", procedure["id"]),
        (change["id"], "changes", training["record"]["id"]),
        (training["record"]["id"], "trains", procedure["id"]),
    } <= ways
    people = [one for one in seen["people"] if one["training"] == learnt]
    assert [(one["person"]["id"], one["status"]) for one in people] == [(operator.id, "completed")]
    assert people[0]["completed_at"] is not None
    for other in (found, plan, procedure, training["record"]):
        assert made["id"] in [one["id"] for one in trail(owner, other)["records"]], f"the trail leads back from the {other['kind']}"
    later = owner.get("get_record_history", id=procedure["id"], limit=1).ok
    assert owner.get("get_record_history", id=procedure["id"], limit=1, cursor=later["next_cursor"]).ok["trail"] is None


def test_what_shares_a_procedure_only_isnt_in_the_trail(firm: Company) -> None:
    owner, qa = firm.action_owner, firm.qa
    procedure = effective_document(owner, qa)
    first, second = event(owner), event(owner)
    for made in (first, second):
        change = proposed(owner, procedure)
        link(owner, made, "changes", change)
        approve(qa, submitted(owner, change)["approval_request"]).ok
    ids = {one["id"] for one in trail(owner, first)["records"]}
    assert ids == {first["id"], procedure["id"]}
    assert {one["id"] for one in trail(owner, procedure)["records"]} == {first["id"], second["id"], procedure["id"]}


def test_what_shares_a_change_only_isnt_in_the_trail(firm: Company) -> None:
    owner = firm.action_owner
    change = document(owner)["change"]
    first, second = event(owner), event(owner)
    for made in (first, second):
        link(owner, made, "changes", change)
    ids = {one["id"] for one in trail(owner, first)["records"]}
    assert (first["id"] in ids, second["id"] in ids) == (True, False)


def test_a_given_up_change_leads_nowhere(firm: Company) -> None:
    owner = firm.action_owner
    made = triaged_event(owner, firm.qa)
    change = document(owner)["change"]
    items = [{"record_id": made["id"], "content": {"cause": "Wear"}}]
    change = owner.post("edit_change", change_id=change["id"], items=items, etag=change["etag"]).ok["change"]
    assert [one["number"] for one in trail(owner, made)["changes"]] == [change["number"]]
    assert len(trail(owner, made)["records"]) == 2, "a change that closes an event and revises a document joins the two"
    owner.post("discard_change", change_id=change["id"], etag=change["etag"]).ok
    assert (trail(owner, made)["changes"], len(trail(owner, made)["records"])) == ([], 1)


def test_a_record_without_links_has_a_trail_of_its_own(firm: Company) -> None:
    made = event(firm.action_owner)
    seen = trail(firm.inspector, made)
    assert [one["id"] for one in seen["records"]] == [made["id"]]
    assert (seen["changes"], seen["links"], seen["people"]) == ([], [], [])


# Links at random, straight into the database, and the tests' own walk over them.
KINDS = ("event", "event", "investigation", "capa_plan", "document", "training")
FIRST = {kind: kinds.KINDS[kind].workflow.statuses[0] for kind in KINDS}  # the status in which a record begins
BACKWARD = {"caused_by", "trains"}
EDGES = [
    (start, type_, end)
    for start in range(12)
    for type_ in sorted(TYPES)
    for end in range(12)
    if start != end and KINDS[start % 6] in TYPES[type_][0] and KINDS[end % 6] in TYPES[type_][1]
]
Edge = tuple[int, str, int]


def reached(edges: list[Edge], start: int, *, onward: bool) -> set[int]:
    """What is reached from a record in one direction, over at most eight links."""
    found, edge = {start}, {start}
    for _ in range(8):
        steps = [(b, a) if (type_ in BACKWARD) == onward else (a, b) for a, type_, b in edges]
        edge = {b for a, b in steps if a in edge}
        found |= edge
    return found


def written(product: Product, firm: Company, edges: list[Edge]) -> Iterator[UUID]:
    """Twelve records with these links; their ids."""
    ids = [uuid4() for _ in range(12)]
    draft: dict[str, Any] = {"title": "T", "type": None, "version": 0, "latest_version": 0, "content": {}}
    made = {"organisation_id": firm.id, "revision": 1, "created_by": firm.admin.id, "created_at": "2026-01-01T00:00:00Z"}
    kept = {"owner_id": firm.admin.id, "updated_at": "2026-01-01T00:00:00Z"}
    rows = [
        {
            "id": str(one),
            "kind": kind,
            "status": kinds.KINDS[kind].workflow.statuses[0],
            "number": f"N-{next(NUMBERS)}",
            **draft,
            **made,
            **kept,
        }
        for one, kind in zip(ids, KINDS * 2, strict=True)
    ]
    names = ", ".join(rows[0])
    as_superuser(
        product,
        f"insert into records ({names}) select {names} from jsonb_populate_recordset(null::records, cast(:rows as jsonb))",
        firm.id,
        rows=json.dumps(rows),
    )
    links = [{"id": str(uuid4()), "from_id": str(ids[a]), "type": type_, "to_id": str(ids[b]), **made} for a, type_, b in edges]
    as_superuser(
        product,
        "insert into links select * from jsonb_populate_recordset(null::links, cast(:rows as jsonb))",
        firm.id,
        rows=json.dumps(links),
    )
    yield from ids


@pytest.fixture(scope="module")
def crowd(product: Product) -> Company:
    """A company whose records are written by the database's owner."""
    return company(product, "inspector")


@settings(max_examples=25, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edges=st.lists(st.sampled_from(EDGES), max_size=30, unique=True))
def test_a_record_is_in_anothers_trail_exactly_where_that_one_is_in_its_own(product: Product, crowd: Company, edges: list[Edge]) -> None:
    ids = list(written(product, crowd, edges))
    places = {str(one): place for place, one in enumerate(ids)}
    seen = {}
    for place, one in enumerate(ids):
        found = crowd.inspector.get("get_record_history", id=one).ok["trail"]
        seen[place] = {places[row["id"]] for row in found["records"]}
        assert seen[place] == reached(edges, place, onward=True) | reached(edges, place, onward=False)
        within = {(a, type_, b) for a, type_, b in edges if {a, b} <= seen[place]}
        assert {(places[row["from"]], row["type"], places[row["to"]]) for row in found["links"]} == within
    assert all((b in seen[a]) == (a in seen[b]) for a in seen for b in seen)


def test_a_long_and_a_wide_trail_end(product: Product, crowd: Company) -> None:
    made = list(written(product, crowd, [(0, "caused_by", 1), (1, "caused_by", 0)]))
    rows = [str(uuid4()) for _ in range(230)]
    copied = (
        "insert into records (organisation_id, id, kind, number, title, owner_id, status, version, latest_version, created_by, content,"
        " revision) select r.organisation_id, n.id, r.kind, 'W-' || n.id, r.title, r.owner_id, r.status, 0, 0, r.created_by, '{}', 1"
        " from records r, unnest(cast(:ids as uuid[])) n(id) where r.id = :one"
    )
    tied = (
        "insert into links (organisation_id, id, from_id, type, to_id, created_by, revision)"
        " select r.organisation_id, gen_random_uuid(), n.id, 'caused_by', n.before, r.created_by, 1 from records r,"
        " (select u.id, {before} as before from unnest(cast(:ids as uuid[])) with ordinality u(id, place)) n"
        " where r.id = :one and n.before is not null"
    )
    as_superuser(product, copied, crowd.id, ids=rows, one=str(made[0]))
    as_superuser(product, tied.format(before="case when u.place <= 210 then cast(:one as uuid) end"), crowd.id, ids=rows, one=str(made[0]))
    seen = crowd.inspector.get("get_record_history", id=made[0]).ok["trail"]
    assert (len(seen["records"]), seen["records"][0]["id"]) == (200, str(made[0]))
    line = rows[210:]
    as_superuser(product, tied.format(before="lag(u.id) over (order by u.place)"), crowd.id, ids=line, one=str(made[0]))
    seen = crowd.inspector.get("get_record_history", id=line[0]).ok["trail"]
    assert [one["id"] for one in seen["records"]] == line[:9]
