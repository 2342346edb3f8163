"""Registers to pick names from: added, renamed with their history, merged; and what they make the same."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import Colleague, Company, as_superuser, company, event
from tests.product import Product


@pytest.fixture(scope="module")
def firm(product: Product) -> Company:
    return company(product, "action_owner", "qa", "operator", "inspector")


def added(by: Colleague, name: str, register: str = "places", **more: object) -> dict[str, Any]:
    return dict(by.post("add_register_entry", register=register, name=name, **more).ok["register_entry"])


def names(by: Colleague, register: str = "places", **query: object) -> list[str]:
    return [one["name"] for one in by.get("list_register_entries", register=register, **query).ok["items"]]


def test_an_entry_is_added_once_however_it_is_written(firm: Company) -> None:
    owner = firm.action_owner
    made = added(owner, "Zaal Élan-3", code="Z3")
    assert (made["kind"], made["register"], made["code"], made["active"], made["former_names"]) == (
        "register_entry",
        "places",
        "Z3",
        True,
        [],
    )
    for same in ("zaal élan 3", "ZAAL ELAN 3", " Zaal Elan3 "):
        owner.post("add_register_entry", register="places", name=same).refused(409, "stands in this register already")
    owner.post("add_register_entry", register="places", name="Another", code="Z3").refused(409, "with that code")
    assert added(owner, "Zaal Élan-3", "equipment", code="Z3")["register"] == "equipment"
    assert owner.post("add_register_entry", register="rooms", name="Zaal").refused(422)["field"] == "register"
    first = owner.post("add_register_entry", register="places", name="Once", key="k1").ok["register_entry"]
    assert owner.post("add_register_entry", register="places", name="Once", key="k1").ok["register_entry"] == first


def test_entries_are_listed_by_name_page_by_page_and_found_by_a_part_of_any_name(product: Product) -> None:
    firm = company(product, "action_owner", "operator")
    owner = firm.action_owner
    for name in ("ébauche", "Ampoule", "Vial 2R", "vial-10R", "Syringe"):
        added(owner, name, "products", code=f"P-{name[0]}{len(name)}")
    assert names(firm.operator, "products") == ["Ampoule", "ébauche", "Syringe", "vial-10R", "Vial 2R"]
    walked, cursor = [], None
    while True:
        page = owner.get("list_register_entries", register="products", limit=2, **({"cursor": cursor} if cursor else {})).ok
        walked += [one["name"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert walked == ["Ampoule", "ébauche", "Syringe", "vial-10R", "Vial 2R"]
    assert names(owner, "products", q="IAL") == ["vial-10R", "Vial 2R"]
    assert names(owner, "products", q="vial 10") == ["vial-10R"]
    assert names(owner, "products", q="p-s") == ["Syringe"]
    assert names(owner, "places") == []
    added(owner, "Store")
    every = [one["name"] for one in owner.get("list_register_entries").ok["items"]]
    assert every == ["Ampoule", "ébauche", "Store", "Syringe", "vial-10R", "Vial 2R"]


def test_a_renamed_entry_keeps_its_former_names_and_asks_for_what_was_read(firm: Company) -> None:
    owner = firm.action_owner
    made = added(owner, "Line 7")
    owner.post("rename_register_entry", entry_id=made["id"], name="Filling line 7").refused(428)
    renamed = owner.post("rename_register_entry", entry_id=made["id"], name="Filling line 7", etag=made["etag"]).ok["register_entry"]
    assert (renamed["name"], renamed["former_names"]) == ("Filling line 7", ["Line 7"])
    owner.post("rename_register_entry", entry_id=made["id"], name="Line 8", etag=made["etag"]).refused(412)
    back = owner.post("rename_register_entry", entry_id=made["id"], name="Line 7", code="L7", etag=renamed["etag"]).ok["register_entry"]
    assert (back["name"], back["code"], back["former_names"]) == ("Line 7", "L7", ["Filling line 7"])
    assert names(owner, q="filling line") == ["Line 7"]
    told = firm.inspector.get("list_audit_trail", record_id=made["id"]).ok["items"]
    assert [(one["step"], one["new"]["name"]) for one in reversed(told)] == [
        ("add_register_entry", "Line 7"),
        ("rename_register_entry", "Filling line 7"),
        ("rename_register_entry", "Line 7"),
    ]


def test_qa_merges_what_is_the_same_and_a_merged_entry_is_picked_no_more(firm: Company) -> None:
    owner, qa = firm.action_owner, firm.qa
    first, second, third = (added(owner, name, "suppliers") for name in ("Glasworks", "Glass Works Ltd", "GW"))
    merge = {"entry_id": first["id"], "into_id": second["id"], "reason": "One firm"}
    owner.post("merge_register_entries", **merge, etag=first["etag"]).refused(403)
    qa.post("merge_register_entries", **merge).refused(428)
    assert qa.post("merge_register_entries", **merge, etag=first["etag"]).ok["register_entry"]["id"] == second["id"]
    place = added(owner, "Glass hall")
    for into, sentence in ((place, "another register"), (first, "merged into another one"), (second, "isn't merged into itself")):
        found = qa.get("list_register_entries", register="suppliers", q="glass works ltd").ok["items"][0]
        refused = qa.post("merge_register_entries", entry_id=second["id"], into_id=into["id"], reason="No", etag=found["etag"])
        assert refused.refused(422, sentence)["field"] == "into_id"
    qa.post("merge_register_entries", entry_id=second["id"], into_id=third["id"], reason="One firm", etag=second["etag"]).ok
    assert names(qa, "suppliers") == ["GW"]
    merged = qa.get("list_register_entries", register="suppliers", active=False).ok["items"]
    assert {one["merged_into"] for one in merged} == {third["id"]}
    stale = qa.get("list_register_entries", register="suppliers", active=False).ok["items"][0]
    owner.post("rename_register_entry", entry_id=stale["id"], name="New", etag=stale["etag"]).refused(409, "was merged")
    assert added(owner, "Glasworks", "suppliers")["name"] == "Glasworks", "the name of a merged entry is free again"


def test_events_recur_under_every_name_that_means_the_same(product: Product) -> None:
    firm = company(product, "action_owner", "qa")
    owner = firm.action_owner
    one = added(owner, "Line 7")
    other = added(owner, "Filling")
    one = owner.post("rename_register_entry", entry_id=one["id"], name="Filling line 7", etag=one["etag"]).ok["register_entry"]
    firm.qa.post("merge_register_entries", entry_id=other["id"], into_id=one["id"], reason="The same", etag=other["etag"]).ok
    written = [event(owner, place=place) for place in ("line-7", "FILLING LINE 7", "filling")]
    event(owner, place="Line 77")
    alike = event(owner, place="Line 7", product="Ampoule 5 ml")
    by_product = event(owner, place="Store", product="ampoule 5ML")
    ids = [one["id"] for one in written]
    recurring = [one["id"] for one in owner.get("get_event", id=alike["id"]).ok["recurring"]]
    assert recurring == [by_product["id"], *reversed(ids)]
    for place in ("Line 7", "filling", "Filling Line-7"):
        found = [one["id"] for one in owner.get("list_events", place=place).ok["items"]]
        assert found == [alike["id"], *reversed(ids)], place
    assert [one["id"] for one in owner.get("list_events", product="AMPOULE 5 ml").ok["items"]] == [by_product["id"], alike["id"]]


def test_nobody_sees_or_changes_another_organisations_entries(product: Product, firm: Company) -> None:
    other = company(product, "action_owner", "qa")
    made = added(firm.action_owner, "Hidden hall")
    assert names(other.qa) == []
    other.action_owner.post("rename_register_entry", entry_id=made["id"], name="Mine", etag=made["etag"]).refused(404)
    event(other.action_owner, place="Hidden hall")
    assert len(other.qa.get("list_events", place="hidden-hall").ok["items"]) == 1
    assert firm.qa.get("list_events", place="hidden-hall").ok["items"] == []
    facts = as_superuser(product, "select count(distinct organisation_id) from record_facts where value = 'hiddenhall'", firm.id)
    assert facts == [[1]]
