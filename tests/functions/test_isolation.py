"""One organisation never learns anything of another (21 CFR 11.10(d)): on every function and every place that takes an id.

The calls are made from the functions' own signatures, so a new function or parameter is tried as soon as it is registered.
"""

from __future__ import annotations

import base64
import json
import re
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.builders import Colleague
from tests.functions.permissions import EVERYBODY, MAY, VISITORS
from tests.functions.samples import DOORS, id_paths, parameters, put_at, sample
from tests.functions.world import World
from tests.product import Answer, Product
from tests.storage import Storage

NIL = str(UUID(int=0))
# What of our own a call names, so that the other place in it is the one that is judged.
OWN = {
    "person_id": "person",
    "team_id": "team",
    "invitation_id": "invitation",
    "file_id": "upload",
    "change_id": "change",
    "record_id": "record",
    "approval_request_id": "request",
    "subject_id": "request",
    "challenge_id": "challenge",
    "training_id": "training",
    "assignment_id": "assignment",
    "id": "record",
}
OWN_OF = {
    ("get_change", "id"): "change",
    ("get_training", "id"): "training",
    ("get_event", "id"): "event",
    ("edit_record", "id"): "event",
    ("link_records", "id"): "event",
    ("unlink_records", "id"): "event",
    ("get_assignment", "id"): "assignment",
    ("assess_training", "assignment_id"): "taught",
    ("get_approval_request", "id"): "request",
    ("download_file", "file_id"): "file",
    ("recall_document", "id"): "waiting",
    ("recall_change", "change_id"): "approved change",
    ("move_effective_date", "change_id"): "approved change",
    ("close_change", "change_id"): "change to close",
    ("erase_person", "person_id"): "leaver",
}
# Filters take any id and find nothing by one that isn't theirs; the answers are compared all the same.
FILTERS = {
    ("list_documents", "team_id"),
    ("list_changes", "record_id"),
    ("list_audit_trail", "record_id"),
    ("export_audit_trail", "record_id"),
    ("export_audit_trail", "person_id"),
    ("list_audit_trail", "person_id"),
    ("list_trainings", "team_id"),
    ("list_events", "team_id"),
    ("list_capa_plans", "team_id"),
    ("list_investigations", "team_id"),
    ("list_assignments", "person_id"),
    ("list_assignments", "training_id"),
    ("get_training_matrix", "team_id"),
    ("get_training_matrix", "training_id"),
    ("get_training_matrix", "person_id"),
    ("search_records", "owner"),
    ("list_actions", "owner"),
}
FILTERS |= {
    (function, "owner_id") for function in ("list_documents", "list_trainings", "list_events", "list_investigations", "list_capa_plans")
}
# A field of something new: where it names nothing, the field is bad and nothing is missing.
GIVEN = {
    (function, "team_id") for function in ("create_document", "create_training", "report_event", "open_investigation", "create_capa_plan")
}
PLACES = [(name, path) for name, door in DOORS.items() for path in id_paths(door)]
LISTS = [name for name, door in DOORS.items() if door.method == "GET" and not any(needed for _, needed in parameters(door).values())]
HEX = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def caller(world: World, function: str) -> Colleague:
    """Somebody of this organisation who gets past the role."""
    may = MAY[function]
    if may not in (EVERYBODY, VISITORS) and "w" not in may:
        return world.person("qa" if "q" in may else "admin")
    return world.person("action_owner")


def ask(product: Product, world: World, function: str, path: tuple[str, ...], value: object) -> Answer:
    """The function with things of our own, and `value` at `path`."""
    door, by = DOORS[function], caller(world, function)
    own = {
        name: world.ids[OWN_OF.get((function, name), OWN[name])] for name, (_, needed) in parameters(door).items() if needed and name in OWN
    }
    body = put_at(sample(door, **own), path, value)
    if path[0] == "items" and path[-1] != "record_id":
        put_at(body, ("items", "0", "record_id"), world.ids["draft"])
    if door.method == "GET":
        return product.get(function, by.token, by.organisation, **body)
    return product.post(function, by.token, by.organisation, **body, **_etag(world, function, by))


def _etag(world: World, function: str, by: Colleague) -> dict[str, str]:
    if function in {"recall_document", "suspend_document", "add_note", "reassign_record"}:
        return {"etag": by.get("get_document", id=world.ids[OWN_OF.get((function, "id"), "record")]).ok["etag"]}
    if function in {"approve_request", "reject_request"}:
        return {"etag": by.get("get_approval_request", id=world.ids["request"]).ok["etag"]}
    if function in {"edit_record", "link_records", "unlink_records"}:
        return {"etag": by.get("get_event", id=world.ids["event"]).ok["etag"]}
    if function == "assign_training":
        return {"etag": by.get("get_training", id=world.ids["training"]).ok["etag"]}
    if function in {"start_quiz", "answer_quiz", "complete_training", "assess_training", "waive_training", "reassign_training"}:
        own = world.ids[OWN_OF.get((function, "assignment_id"), "assignment")]
        return {"etag": by.get("get_assignment", id=own).ok["etag"]}
    if function.endswith("_change") or function in {"add_comment", "move_effective_date"}:
        own = world.ids[OWN_OF.get((function, "change_id"), "change")]
        return {"etag": by.get("get_change", id=own).ok["etag"]} if function != "propose_change" else {}
    return {}


def seen(answer: Answer, sent: str) -> tuple[int, str]:
    """Status and bytes, but for the request id, the moment of an export and the id that was sent."""
    text = json.dumps({name: value for name, value in answer.body.items() if name != "exported_at"}, sort_keys=True)
    request_id = answer.headers["X-Request-Id"]
    return answer.status, text.replace(request_id, "(request)").replace(sent, "(sent)")


@pytest.mark.clause("11.10(d)")
@pytest.mark.parametrize(("function", "path"), PLACES, ids=[f"{name}-{'.'.join(path)}" for name, path in PLACES])
def test_anothers_id_is_answered_like_one_that_nobody_has(
    product: Product, ours: World, theirs: World, storage: Storage, function: str, path: tuple[str, ...]
) -> None:
    def tried(value: str) -> tuple[int, str]:
        sent = f"{value}.{theirs.invitation_token.partition('.')[2]}" if path == ("token",) else value
        answer = ask(product, ours, function, path, sent)
        assert answer.status != 200 or (function, path[0]) in FILTERS, f"{sent} was accepted"
        return seen(answer, value)

    absent = tried(str(uuid4()))
    assert absent[0] in ({200, 404, 422} if path != ("token",) else {404})
    for kind, value in theirs.ids.items():
        if path == ("token",) and kind == "organisation":
            continue  # the token itself is tried below
        assert tried(value) == absent, f"{function} tells a {kind} of another organisation apart at {'.'.join(path)}"
    assert tried(NIL)[0] == absent[0], "the nil UUID names nothing"


@pytest.mark.parametrize(("function", "path"), PLACES, ids=[f"{name}-{'.'.join(path)}" for name, path in PLACES])
def test_what_isnt_an_id_is_named_as_a_bad_field(
    product: Product, ours: World, storage: Storage, function: str, path: tuple[str, ...]
) -> None:
    if path == ("token",):
        ask(product, ours, function, path, "no token at all").refused(404)
        return
    for bad in ("not-an-id", "", str(uuid4())[:-1], str(uuid4()).replace("-", "") + "'; --"):
        answer = ask(product, ours, function, path, bad).refused(422)
        assert answer["field"].split(".")[0] == path[0], answer.body


@pytest.mark.parametrize(
    "function", sorted({name for name, path in PLACES if len(path) == 1 and path[0] in OWN and (name, path[0]) not in FILTERS | GIVEN})
)
def test_an_id_of_nothing_is_not_there(product: Product, ours: World, storage: Storage, function: str) -> None:
    places = [path for name, path in PLACES if name == function and len(path) == 1 and path[0] in OWN]
    path = next(path for path in places if (function, path[0]) not in FILTERS)
    for value in (NIL, str(uuid4())):
        answer = ask(product, ours, function, path, value)
        answer.refused(404, "there is no such")


@pytest.mark.clause("11.10(d)")
@pytest.mark.parametrize("function", [name for name, door in DOORS.items() if door.organisation])
def test_an_organisation_that_one_doesnt_belong_to_isnt_there(product: Product, ours: World, theirs: World, function: str) -> None:
    door, by = DOORS[function], caller(ours, function)

    def tried(organisation: str) -> tuple[int, str]:
        if door.method == "GET":
            return seen(product.get(function, by.token, organisation, **sample(door)), organisation)
        return seen(product.post(function, by.token, organisation, **sample(door), etag='"1"'), organisation)

    assert tried(theirs.firm.id) == tried(str(uuid4())) == tried(NIL)
    assert tried(theirs.firm.id)[0] == 404


@pytest.mark.clause("11.10(d)")
@pytest.mark.parametrize("function", LISTS)
def test_no_list_shows_anything_of_another_organisation(product: Product, ours: World, theirs: World, function: str) -> None:
    connection = product.superuser()
    tables = [
        row[0]
        for row in connection.run(
            "select table_name from information_schema.columns where column_name = 'id' and data_type = 'uuid'"
            " and table_schema = 'public' and table_name in (select table_name from information_schema.columns"
            " where column_name = 'organisation_id')"
        )
    ]
    hidden = {theirs.firm.id} | {one.id for one in theirs.firm.people.values()}
    for table in tables:
        rows = connection.run(f"select id::text from {table} where organisation_id = :organisation", organisation=theirs.firm.id)
        hidden |= {row[0] for row in rows}
    connection.close()
    for name in ("admin", "action_owner", "qa", "operator", "inspector"):
        by = ours.person(name)
        answer = by.get(function)
        if answer.status == 403:
            continue
        shown = set(HEX.findall(json.dumps(answer.ok.body)))
        assert not shown & hidden
        for person in theirs.firm.people.values():
            assert person.email not in json.dumps(answer.body)


def test_a_cursor_of_another_organisation_leads_nowhere_else(product: Product, ours: World, theirs: World) -> None:
    own = {item["id"] for item in ours.person("qa").get("list_documents").ok["items"]}
    cursor = base64.urlsafe_b64encode(json.dumps("ffffffff-ffff-7fff-bfff-ffffffffffff").encode()).decode()
    for given in (cursor, theirs.person("qa").get("list_documents", limit=1).ok["next_cursor"]):
        page = ours.person("qa").get("list_documents", cursor=given).ok
        assert {item["id"] for item in page["items"]} <= own


@pytest.mark.clause("11.10(d)")
def test_a_person_of_two_organisations_sees_each_only_from_inside(product: Product, ours: World, theirs: World) -> None:
    shared: dict[str, Any] = {}
    for world in (ours, theirs):
        shared[world.firm.id] = {item["id"] for item in world.person("qa").get("list_documents").ok["items"]}
    assert not shared[ours.firm.id] & shared[theirs.firm.id]
    assert {item["organisation"]["id"] for item in ours.person("qa").get("get_me").ok["memberships"]} == {ours.firm.id}


def test_a_file_of_another_organisation_has_no_url(product: Product, ours: World, theirs: World, storage: Storage) -> None:
    assert ours.person("operator").get("download_file", file_id=ours.ids["file"]).ok["url"].find(ours.firm.id) > 0
    for person in ours.firm.people.values():
        if person is not ours.person("admin"):
            person.get("download_file", file_id=theirs.ids["file"]).refused(404, "There is no such file.")
