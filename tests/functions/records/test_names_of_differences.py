"""Wherever a difference, a version, an item or a file has an id, its name stands beside it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import Company, approve, company, effective_document, submitted, uploaded
from tests.contents import pdf
from tests.functions.courses import team_of
from tests.functions.records.exported import exported
from tests.product import Product
from tests.storage import Storage


@pytest.fixture(scope="module")
def firm(product: Product) -> Company:
    """A company with two who write and one who approves."""
    return company(product, "action_owner", "qa", "second_qa")


@pytest.fixture
def moved(firm: Company, storage: Storage) -> dict[str, Any]:
    """A change, in approval, of a document's owner, team, audience and file; with what each is called."""
    owner, qa = firm.action_owner, firm.second_qa
    first, second = (uploaded(owner, pdf(text), name) for text, name in (("Once", "once.pdf"), ("Twice", "twice.pdf")))
    team = team_of(firm, owner, name="Cleaning")
    made = effective_document(owner, firm.qa, "Vessels", file_id=first)
    content = {"file_id": second, "audience": {"team_ids": [team]}}
    items = [{"record_id": made["id"], "owner_id": qa.id, "team_id": team, "content": content}]
    change = owner.post("propose_change", reason="Handing over", items=items).ok["change"]
    names = {person.id: person.get("get_me").ok["memberships"][0]["printed_name"] for person in (owner, qa)}
    answer = submitted(owner, change)
    names |= {first: "once.pdf", second: "twice.pdf", team: "Cleaning"}
    return {"document": made["id"], "names": names, "before": owner.id, "after": qa.id, "team": team, **answer}


def named(rows: list[dict[str, Any]]) -> dict[str, dict[str, str]]:
    """The names that stand beside each difference."""
    return {row["field"]: row.get("names", {}) for row in rows}


def of(moved: dict[str, Any], *ids: str) -> dict[str, str]:
    """What these are called."""
    return {one: moved["names"][one] for one in ids}


def test_differences_of_owner_team_audience_and_file_name_them(firm: Company, moved: dict[str, Any]) -> None:
    request = firm.qa.get("get_approval_request", id=moved["approval_request"]["id"]).ok
    for change in (moved["change"], request["change"], firm.qa.get("get_change", id=moved["change"]["id"]).ok.body):
        [item] = change["items"]
        shown = named(item["diff"])
        assert shown["owner_id"] == of(moved, moved["after"])
        assert shown["team_id"] == shown["content.audience.team_ids.0"] == of(moved, moved["team"])
        assert sorted(shown["content.file_id"].values()) == ["once.pdf", "twice.pdf"]
        assert item["owner"] == {"id": moved["after"], "name": moved["names"][moved["after"]]}
        assert item["team"] == {"id": moved["team"], "name": "Cleaning"}
        assert {one["uploaded_by"]["name"] for one in change["files"]} == {moved["names"][moved["before"]]}
    approve(firm.qa, moved["approval_request"]).ok
    applied = firm.qa.get("get_change", id=moved["change"]["id"]).ok["items"][0]
    assert sorted(named(applied["diff"])["content.file_id"].values()) == ["once.pdf", "twice.pdf"], "what was is named too"
    compared = firm.qa.get("compare_versions", id=moved["document"], **{"from": 1, "to": 2}).ok
    history = firm.qa.get("get_record_history", id=moved["document"]).ok
    for rows in (compared["diff"], history["versions"][0]["diff"]):
        assert named(rows)["owner_id"] == of(moved, moved["before"], moved["after"])
        assert named(rows)["team_id"] == of(moved, moved["team"])
        assert sorted(named(rows)["content.file_id"].values()) == ["once.pdf", "twice.pdf"]
    assert [one["owner"]["id"] for one in history["versions"]] == [moved["after"], moved["before"]]
    assert [one["team"] and one["team"]["name"] for one in history["versions"]] == ["Cleaning", None]
    export = exported(firm.qa, moved["document"])
    assert [one["owner"] for one in export["versions"]] == [one["owner"] for one in history["versions"]]
    assert named(export["versions"][0]["diff"]) == named(history["versions"][0]["diff"])


def test_who_uploaded_a_file_is_told_by_name(firm: Company, storage: Storage) -> None:
    started = firm.action_owner
    file_id = uploaded(started, pdf("Once more"))
    assert started.post("finish_upload", file_id=file_id).ok["file"]["uploaded_by"] == {
        "id": started.id,
        "name": started.get("get_me").ok["memberships"][0]["printed_name"],
    }
