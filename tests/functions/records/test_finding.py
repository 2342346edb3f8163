"""Finding everything about a batch: in files, notes, actions, changes, names, and by what is linked; and nothing that one may not read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests import contents
from tests.builders import (
    Company,
    approve,
    as_superuser,
    company,
    effective_document,
    event,
    investigation,
    proposed,
    submitted,
    triaged_event,
    uploaded,
)
from tests.product import Product
from tests.storage import Storage

TODAY = str(datetime.now(UTC).date())


@pytest.fixture
def firm(product: Product, storage: Storage) -> Company:
    return company(product, "action_owner", "qa", "operator", "inspector")


def hits(by: Any, q: str, **query: object) -> list[dict[str, Any]]:
    return list(by.get("search_records", q=q, **query).ok["items"])


def found(by: Any, q: str, **query: object) -> list[tuple[str, str, str]]:
    return [(one["kind"], one["title"], one["found_in"]) for one in hits(by, q, **query)]


def with_file(firm: Company, title: str, text: str, filename: str = "procedure.pdf") -> dict[str, Any]:
    """A document in force whose body says `text`."""
    content = contents.docx(text) if filename.endswith(".docx") else contents.pdf(text)
    file_id = uploaded(firm.action_owner, content, filename, contents.DOCX if filename.endswith(".docx") else "application/pdf")
    return effective_document(firm.action_owner, firm.qa, title, file_id=file_id)


def test_what_is_called_so_comes_first_then_what_says_so_then_its_parts_then_what_is_linked(firm: Company) -> None:
    owner = firm.action_owner
    parts = triaged_event(owner, firm.qa, title="Leak")
    owner.post("add_note", id=parts["id"], text="Seen on LOT-2231 too, says the night shift", etag=parts["etag"]).ok
    looked = investigation(owner, firm.qa.get("get_event", id=parts["id"]).ok.body)
    said = event(owner, "Foreign matter", batch="LOT-2231")
    called = event(owner, "LOT-2231 grew warm", product="Saline")
    rows = hits(owner, "lot-2231")
    assert [(one["id"], one["found_in"]) for one in rows] == [
        (called["id"], "title"),
        (said["id"], "text"),
        (parts["id"], "note"),
        (looked["id"], "link"),
    ]
    assert rows[0]["through"] is rows[0]["file"] is None
    assert rows[2]["excerpt"] == "Seen on LOT-2231 too, says the night shift"
    assert rows[3]["excerpt"] is None
    assert rows[3]["through"] == {
        "id": parts["id"],
        "kind": "event",
        "number": parts["number"],
        "title": "Leak",
        "status": "under_investigation",
        "type": "investigated_in",
    }


@pytest.mark.parametrize("filename", ["procedure.pdf", "procedure.docx"])
def test_the_words_of_a_file_and_its_name_are_found_with_an_excerpt(firm: Company, filename: str) -> None:
    made = with_file(firm, "Cleaning", "Rinse with peracetic acid, then dry", filename)
    [hit] = hits(firm.qa, "peracetic dry", kind="document")
    assert (hit["id"], hit["found_in"], hit["file"]["name"]) == (made["id"], "file", filename)
    assert "Rinse with peracetic acid" in hit["excerpt"]
    assert [one["id"] for one in hits(firm.qa, "procedure", kind="document")] == [made["id"]]
    assert hits(firm.qa, "peracetic nowhere") == []


def test_a_reader_finds_words_of_the_version_in_force_alone(firm: Company) -> None:
    """The words of a superseded version, of a draft, of a source file and of a note are staff's to find."""
    owner = firm.action_owner
    source = uploaded(owner, contents.docx("Sourceword"), "source.docx", contents.DOCX)
    former = uploaded(owner, contents.pdf("Formerword"))
    made = effective_document(owner, firm.qa, "Cleaning", file_id=former, source_file_id=source)
    for by, seen in ((firm.operator, True), (owner, True), (firm.inspector, True)):
        assert bool(hits(by, "formerword")) is seen
    change = proposed(owner, made)
    present = uploaded(owner, contents.pdf("Presentword"))
    items = [{"record_id": made["id"], "content": {"file_id": present}}]
    change = owner.post("edit_change", change_id=change["id"], items=items, etag=change["etag"]).ok["change"]
    assert hits(firm.operator, "presentword") == []
    assert found(owner, "presentword", kind="document") == [("document", "Cleaning", "file")]
    approve(firm.qa, submitted(owner, change)["approval_request"]).ok
    owner.post("add_note", id=made["id"], text="Noteword", etag=owner.get("get_document", id=made["id"]).ok["etag"]).ok
    shown = {word: bool(hits(firm.operator, word)) for word in ("formerword", "presentword", "sourceword", "noteword", "source")}
    assert shown == {"formerword": False, "presentword": True, "sourceword": False, "noteword": False, "source": False}
    for word in shown:
        assert [one[0] for one in found(firm.inspector, word, kind="document")] == ["document"], word


def test_a_reader_finds_neither_changes_nor_what_is_linked(firm: Company) -> None:
    made = effective_document(firm.action_owner, firm.qa, "Cleaning")
    change = proposed(firm.action_owner, made, reason="The autoclave was replaced")
    assert found(firm.qa, "autoclave") == [("change", change["title"], "text"), ("document", "Cleaning", "link")]
    assert hits(firm.operator, "autoclave") == []
    assert hits(firm.operator, "autoclave", kind="change") == []
    assert hits(firm.operator, change["number"]) == []


def test_changes_are_found_by_number_title_reason_and_status(firm: Company) -> None:
    made = effective_document(firm.action_owner, firm.qa, "Cleaning")
    change = proposed(firm.action_owner, made, reason="The autoclave was replaced", risk="Sterility")
    [hit] = hits(firm.qa, "steril", kind="change")
    brief = firm.qa.get("list_changes", record_id=made["id"]).ok["items"][0]
    same = ("id", "kind", "number", "title", "status", "version", "etag", "owner", "due_on")
    assert {name: hit[name] for name in same} == {name: brief[name] for name in same}
    assert hit["excerpt"] == "The autoclave was replaced Sterility"
    assert [one["id"] for one in hits(firm.qa, change["number"], kind="change")] == [change["id"]]
    assert hits(firm.qa, "steril", status="applied") == []
    assert [one["id"] for one in hits(firm.qa, "steril", status="draft")] == [change["id"]]
    assert hits(firm.qa, "steril", kind="change", owner=firm.qa.id) == []
    assert hits(firm.qa, "steril", kind="change", overdue=True) == []
    numbers = [one["number"] for one in firm.qa.get("search_records", kind="change").ok["items"]]
    assert numbers == [one["number"] for one in firm.qa.get("list_changes").ok["items"]]


def test_people_are_found_by_the_words_of_their_name(firm: Company) -> None:
    firm.operator.post("update_me", name="Élodie van den Berg").ok
    as_superuser(firm.product, "update members set printed_name = null where person_id = cast(:id as uuid)", firm.id, id=firm.operator.id)
    for q in ("elodie", "Élodie", "berg elo", "van den berg"):
        assert [(one["kind"], one["id"], one["title"]) for one in hits(firm.inspector, q)] == [
            ("person", firm.operator.id, "Élodie van den Berg")
        ], q
    for q in ("lodie", "berg paul", "12"):
        assert hits(firm.inspector, q, kind="person") == [], q
    for query in ({"kind": "event"}, {"status": "draft"}, {"owner": firm.operator.id}, {"overdue": False}):
        assert hits(firm.inspector, "elodie", **query) == []


def test_the_evidence_of_actions_is_found_as_it_changes(firm: Company) -> None:
    owner = firm.action_owner
    planned = [{"kind": "corrective", "description": "Replace the gasket", "owner_id": owner.id, "due_on": TODAY}]
    check = {"criterion": "No leak", "measure": "Leak test", "not_before": TODAY}
    content = {"goal": "No leaks", "actions": planned, "no_adverse_effect": "Validated", "effectiveness": check}
    plan = owner.post("create_capa_plan", title="Leaks", content=content).ok["capa_plan"]
    change = owner.post("propose_change", reason="As planned", items=[{"record_id": plan["id"]}]).ok["change"]
    approve(firm.qa, submitted(owner, change)["approval_request"]).ok
    [action] = owner.get("get_capa_plan", id=plan["id"]).ok["actions"]
    photograph = uploaded(owner, contents.pdf("Torquewrench"), "photograph.pdf")
    owner.post(
        "complete_action", action_id=action["id"], evidence="Gasket of Vitonrubber fitted", file_ids=[photograph], etag=action["etag"]
    ).ok
    assert found(owner, "vitonrubber", kind="capa_plan") == [("capa_plan", "Leaks", "action")]
    assert found(owner, "torquewrench", kind="capa_plan") == [("capa_plan", "Leaks", "file")]
    assert found(owner, "photograph", kind="capa_plan") == [("capa_plan", "Leaks", "file")]


def test_filters_narrow_what_is_linked_and_what_stands_in_parts_and_not_what_leads_there(firm: Company) -> None:
    owner = firm.action_owner
    first = triaged_event(owner, firm.qa, title="Leak", batch="LOT-77")
    looked = investigation(owner, first)
    owner.post("add_note", id=looked["id"], text="Pump 4711", etag=looked["etag"]).ok
    assert found(owner, "lot-77", kind="investigation") == [("investigation", looked["title"], "link")]
    assert found(owner, "lot-77", status="open") == [("investigation", looked["title"], "link")]
    assert found(owner, "lot-77", owner=firm.qa.id) == []
    assert found(owner, "pump", kind="investigation") == [("investigation", looked["title"], "note")]
    assert found(owner, "pump", kind="event") == [("event", "Leak", "link")]
    assert found(owner, "pump", kind="document") == []


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
def test_pages_lead_through_all_places_once(firm: Company, limit: int) -> None:
    owner = firm.action_owner
    for number in range(3):
        one = triaged_event(owner, firm.qa, title=f"Leak {number}")
        owner.post("add_note", id=one["id"], text="About valve 9", etag=one["etag"]).ok
        investigation(owner, firm.qa.get("get_event", id=one["id"]).ok.body)
        event(owner, f"Valve {number}")
        event(owner, f"Other {number}", place="At the valve")
    walked, cursor = [], None
    while True:
        page = owner.get("search_records", q="valve", limit=limit, **({"cursor": cursor} if cursor else {})).ok
        walked += [(one["found_in"], one["id"]) for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert [place for place, _ in walked] == ["title"] * 3 + ["text"] * 3 + ["note"] * 3 + ["link"] * 3
    assert len(set(walked)) == len(walked)
    for first in range(0, 12, 3):
        assert walked[first : first + 3] == sorted(walked[first : first + 3], key=lambda one: one[1], reverse=True)


def test_nobody_finds_another_organisations_parts(firm: Company) -> None:
    made = event(firm.action_owner)
    firm.action_owner.post("add_note", id=made["id"], text="Unguessable", etag=made["etag"]).ok
    assert found(firm.qa, "unguessable") == [("event", made["title"], "note")]
    other = company(firm.product, "qa")
    assert hits(other.qa, "unguessable") == []
    asked = "select * from found_parts(word_query(cast(:o as uuid), 'unguessable', '+'), word_query(cast(:o as uuid), 'unguessable'),"
    asked += " null, null, null, null, null, false, null, 9)"
    assert as_superuser(firm.product, asked, other.id, o=firm.id) == []
    assert len(as_superuser(firm.product, asked, firm.id, o=firm.id)) == 1


def test_the_longest_text_of_a_file_can_be_kept_and_found(firm: Company) -> None:
    made = event(firm.action_owner)
    text = " ".join(f"{chr(0x4E00 + n % 5000)}é{n:06d}wörd" for n in range(70_000))
    plain = uploaded(firm.action_owner, text.encode(), "long.txt", "text/plain")
    firm.action_owner.post("add_note", id=made["id"], text="See the file", file_ids=[plain], etag=made["etag"]).ok
    for n in (0, 3_333, 20_000):
        assert found(firm.qa, f"{chr(0x4E00 + n % 5000)}é{n:06d}wörd") == [("event", made["title"], "file")], n


def test_what_is_made_for_searching_stays_out_of_the_trail(firm: Company) -> None:
    made = with_file(firm, "Cleaning", "Rinse")
    proposed(firm.action_owner, made)
    assert firm.qa.get("verify_audit_trail").ok["intact"]
    for table, column in (("changes", "search"), ("file_texts", "words"), ("records", "search")):
        rows = as_superuser(
            firm.product,
            "select count(*), count(*) filter (where cast(new as jsonb) ? :column) from audit_entries"
            " where organisation_id = cast(:o as uuid) and table_name = :table",
            o=firm.id,
            table=table,
            column=column,
        )
        assert rows[0][0] > 0, table
        assert rows[0][1] == 0, table
