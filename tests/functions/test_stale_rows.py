"""Whoever comes too late is told who changed the thing meanwhile, and when."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.builders import Company, company, document, event
from tests.product import Answer, Product


@pytest.fixture(scope="module")
def firm(product: Product) -> Company:
    """A company with two people who write."""
    return company(product, "action_owner", "qa")


def refused(answer: Answer) -> tuple[Any, Any]:
    """Whom the refusal names, once it is seen that it names a moment of just now."""
    told = answer.refused(412, "changed after you read it")
    at = datetime.fromisoformat(told["changed_at"])
    assert abs(datetime.now(at.tzinfo) - at) < timedelta(hours=1)
    return told["code"], told["changed_by"]


def test_a_stale_record_names_who_wrote_last(firm: Company) -> None:
    found = event(firm.action_owner)
    firm.qa.post("edit_record", id=found["id"], content={"place": "Room 2"}, etag=found["etag"]).ok
    name = firm.qa.get("get_me").ok["name"]
    late = firm.action_owner.post("edit_record", id=found["id"], content={"place": "Room 3"}, etag=found["etag"])
    assert refused(late) == ("changed_meanwhile", {"id": firm.qa.id, "name": name})


def test_a_stale_change_a_team_and_the_organisation_do_too(firm: Company) -> None:
    change = document(firm.action_owner)["change"]
    edited = {"change_id": change["id"], "etag": change["etag"]}
    firm.action_owner.post("edit_change", reason="Another", **edited).ok
    assert refused(firm.action_owner.post("edit_change", reason="Late", **edited))[1]["id"] == firm.action_owner.id
    team = firm.admin.post("create_team", name="Filling").ok["team"]
    firm.admin.post("rename_team", team_id=team["id"], name="Filling line", etag=team["etag"]).ok
    late = firm.admin.post("rename_team", team_id=team["id"], name="Late", etag=team["etag"])
    assert refused(late)[1]["id"] == firm.admin.id
    before = firm.admin.get("get_organisation").ok["etag"]
    firm.admin.post("update_organisation", name="Acme Pharma", etag=before).ok
    assert refused(firm.admin.post("update_organisation", name="Late", etag=before))[1]["id"] == firm.admin.id


def test_a_stale_profile_overwrites_nothing(firm: Company) -> None:
    before = firm.qa.get("get_me").ok["etag"]
    firm.qa.post("update_me", name="Quinn of the first tab", etag=before).ok
    told = firm.qa.post("update_me", name="Quinn of the second tab", etag=before).refused(412, "changed after you read it")
    assert (told["changed_by"], told["changed_at"]) == (None, None)
    assert firm.qa.get("get_me").ok["name"] == "Quinn of the first tab"
