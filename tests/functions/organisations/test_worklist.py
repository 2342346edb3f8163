"""Whoever must act finds it in the work list, and nobody else does: each row of the table of waits, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from shared.domain.waiting.waits import WAITS
from tests.builders import (
    Colleague,
    Company,
    as_superuser,
    company,
    document,
    effective_document,
    event,
    investigation,
    triage,
    triaged_event,
)
from tests.product import Product
from tests.storage import Storage

Json = dict[str, Any]


@pytest.fixture
def firm(product: Product) -> Company:
    """A company in which everybody has an own role."""
    return company(product, "action_owner", "second_action_owner", "qa", "second_qa", "operator", "inspector")


def mine(by: Colleague, what: str | None = None) -> list[Json]:
    """What waits for somebody, all or of one kind."""
    return list(by.get("get_worklist", **({"what": what} if what else {}), limit=100).ok["items"])


def finders(firm: Company, what: str, subject_id: str) -> set[str]:
    """Those in whose own list it stands."""
    return {name for name, person in firm.people.items() if subject_id in [one["subject"]["id"] for one in mine(person, what)]}


def everybodys(firm: Company, what: str) -> list[Json]:
    """What waits in the organisation, of one kind."""
    return list(firm.qa.get("get_worklist", scope="all", what=what, limit=100).ok["items"])


def test_nothing_waits_in_a_new_organisation(firm: Company) -> None:
    assert firm.qa.get("get_worklist", scope="all").ok.body == {"items": [], "totals": {}, "next_cursor": None}


def test_a_reported_event_waits_for_any_qa_and_then_for_its_owner(firm: Company) -> None:
    made = event(firm.action_owner)
    assert finders(firm, "triage", made["id"]) == {"qa", "second_qa"}
    [item] = mine(firm.qa)
    assert (item["what"], item["step"], item["function"], item["open"], item["why_not"]) == ("triage", "triage", "triage_event", True, None)
    assert item["subject"] == {name: made[name] for name in ("id", "kind", "number", "title", "status")}
    assert {one["id"] for one in item["waits_for"]} == {firm.qa.id, firm.second_qa.id}
    assert (item["overdue"], item["escalated"], item["etag"]) == (False, False, made["etag"])
    triage(firm.qa, made).ok
    assert mine(firm.qa) == []
    assert finders(firm, "close_event", made["id"]) == {"action_owner"}


def test_an_authority_is_told_by_qa_before_its_deadline(firm: Company) -> None:
    made = event(firm.action_owner, type="complaint")
    reportable = {"decision": "yes", "rule": "other", "aware_on": "2026-02-02", "deadline": "2035-01-01"}
    triage(firm.qa, made, severity="critical", reportable=reportable).ok
    [item] = mine(firm.second_qa, "report_to_authority")
    assert (item["due_on"], item["function"]) == ("2035-01-01", "reclassify_event")
    assert mine(firm.action_owner, "report_to_authority") == []


def test_an_investigation_and_a_plan_wait_for_their_owners(firm: Company) -> None:
    found = investigation(firm.action_owner, triaged_event(firm.action_owner, firm.qa, cause="Wear"))
    assert finders(firm, "conclude", found["id"]) == {"action_owner"}
    plan = firm.action_owner.post("create_capa_plan", title="Renew", source_ids=[found["id"]], content={}).ok["capa_plan"]
    assert finders(firm, "plan", plan["id"]) == {"action_owner"}
    etag = firm.action_owner.get("get_capa_plan", id=plan["id"]).ok["etag"]
    firm.action_owner.post("reassign_record", id=plan["id"], owner_id=firm.second_action_owner.id, reason="Theirs now", etag=etag).ok
    assert finders(firm, "plan", plan["id"]) == {"second_action_owner"}


def test_a_change_waits_for_its_author_then_for_those_whose_signature_counts(firm: Company, storage: Storage) -> None:
    made = document(firm.action_owner)
    change = made["change"]
    assert finders(firm, "submit", change["id"]) == {"action_owner"}
    asked = firm.action_owner.post("submit_change", change_id=change["id"], approver_ids=[firm.second_qa.id], etag=change["etag"]).ok[
        "approval_request"
    ]
    assert mine(firm.action_owner, "submit") == []
    assert finders(firm, "approve", asked["id"]) == {"second_qa"}
    [item] = everybodys(firm, "approve")
    assert [one["id"] for one in item["waits_for"]] == [firm.second_qa.id]
    assert item["subject"]["kind"] == "approval_request"


def test_a_change_of_qas_own_never_waits_for_its_author(firm: Company, storage: Storage) -> None:
    change = document(firm.qa)["change"]
    asked = firm.qa.post("submit_change", change_id=change["id"], etag=change["etag"]).ok["approval_request"]
    assert finders(firm, "approve", asked["id"]) == {"second_qa"}
    [item] = everybodys(firm, "approve")
    assert (item["open"], item["why_not"]) == (False, f"This waits for {firm.second_qa.get('get_me').ok['name']}.")


def test_a_suspended_document_waits_for_its_owner(firm: Company, storage: Storage) -> None:
    made = effective_document(firm.action_owner, firm.qa, "Cleaning")
    assert everybodys(firm, "lift") == []
    etag = firm.qa.get("get_document", id=made["id"]).ok["etag"]
    firm.qa.sign("suspend_document", "document", made["id"], "suspended", id=made["id"], reason="Wrong dose", etag=etag).ok
    assert finders(firm, "lift", made["id"]) == {"action_owner"}


def test_a_review_waits_from_a_month_before_it_is_due(product: Product, firm: Company, storage: Storage) -> None:
    made = effective_document(firm.action_owner, firm.qa, "Cleaning")
    for days, seen in ((31, set()), (30, {"action_owner"}), (-1, {"action_owner"})):
        as_superuser(product, "update records set due_on = current_date + :days::int where id = :id", firm.id, id=made["id"], days=days)
        assert finders(firm, "review", made["id"]) == seen
    assert [one["overdue"] for one in mine(firm.action_owner, "review")] == [True]


def test_a_page_goes_on_where_it_ended_and_totals_count_the_whole(firm: Company) -> None:
    made = [event(firm.action_owner, f"Seal {number}")["id"] for number in range(5)]
    found, cursor = [], None
    while True:
        page = firm.qa.get("get_worklist", limit=2, **({"cursor": cursor} if cursor else {})).ok
        assert page["totals"] == {"triage": 5}
        found += [one["subject"]["id"] for one in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break
    assert sorted(found) == sorted(made)
    firm.qa.get("get_worklist", cursor="bm8").refused(422, "cursor")


MANY = """
insert into records (organisation_id, id, kind, type, number, title, owner_id, created_by, status, status_since, due_on)
    select :o, gen_random_uuid(), 'event', 'deviation', 'EVT-' || n, 'Leak', :p, :p,
    case when n % 2 = 0 then 'reported' else 'triaged' end, date_trunc('day', now()) - make_interval(days => n % 3, hours => n % 5),
    case when n % 4 = 0 then current_date + n % 3 end from generate_series(1, 30) n;
insert into actions (organisation_id, id, record_id, key, number, kind, description, owner_id, due_on, original_due_on)
    select :o, gen_random_uuid(), r.id, 'a', r.number || '/a', 'corrective', 'Do it', :p, current_date + 2, current_date
    from records r where r.organisation_id = :o and r.number < 'EVT-2';
insert into changes (organisation_id, id, number, title, reason, owner_id, status, status_since)
    select :o, gen_random_uuid(), 'CHG-' || n, 'Change', 'Clearer', :p, 'draft',
    date_trunc('day', now()) - make_interval(days => 27 + n % 2) from generate_series(1, 8) n;
update changes set status_since = null where organisation_id = :o and number = 'CHG-1'
"""


@pytest.mark.parametrize("zone", ["Europe/Brussels", "Pacific/Kiritimati"])
def test_however_it_is_divided_into_pages_everything_stands_there_once_and_in_order(product: Product, firm: Company, zone: str) -> None:
    """Things with a day of their own and without, of the same days and moments, of several kinds."""
    firm.admin.post("update_organisation", time_zone=zone).ok
    for sql in MANY.split(";"):
        given = {"o": firm.id, "p": firm.action_owner.id}
        as_superuser(product, sql, firm.id, **{name: value for name, value in given.items() if f":{name}" in sql})
    for by, scope in ((firm.qa, "all"), (firm.action_owner, "mine"), (firm.qa, "mine")):
        whole = by.get("get_worklist", scope=scope, limit=100).ok
        assert len(whole["items"]) == sum(whole["totals"].values()) >= 15
        days = [one["due_on"] for one in whole["items"]]
        assert days == sorted(days)
        for limit, overdue in ((1, False), (7, False), (3, True)):
            found: list[Json] = []
            cursor = None
            while True:
                more: Json = ({"cursor": cursor} if cursor else {}) | ({"overdue": True} if overdue else {})
                page = by.get("get_worklist", scope=scope, limit=limit, **more).ok
                found += page["items"]
                if (cursor := page["next_cursor"]) is None:
                    break
            assert found == [one for one in whole["items"] if one["overdue"] or not overdue]


def test_what_is_overdue_comes_first_and_alone_where_asked(product: Product, firm: Company) -> None:
    late, fresh = event(firm.action_owner, "Late"), event(firm.action_owner, "Fresh")
    as_superuser(product, "update records set status_since = now() - interval '12 days' where id = :id", firm.id, id=late["id"])
    items = mine(firm.qa)
    assert [(one["subject"]["id"], one["overdue"], one["escalated"]) for one in items] == [
        (late["id"], True, True),
        (fresh["id"], False, False),
    ]
    assert [one["subject"]["id"] for one in firm.qa.get("get_worklist", overdue=True).ok["items"]] == [late["id"]]


def test_everybodys_work_is_for_those_who_see_every_record(firm: Company) -> None:
    made = event(firm.action_owner)
    firm.operator.get("get_worklist", scope="all").refused(403, "everybody's work")
    for by in (firm.inspector, firm.admin, firm.second_action_owner):
        [item] = by.get("get_worklist", scope="all").ok["items"]
        assert (item["subject"]["id"], item["open"]) == (made["id"], False)
        assert mine(by) == []


def test_a_teams_work_is_its_peoples_and_its_records(firm: Company) -> None:
    team = firm.admin.post("create_team", name="Production").ok["team"]
    for person in (firm.action_owner, firm.operator):
        firm.admin.post("add_team_member", team_id=team["id"], person_id=person.id).ok
    made = triaged_event(firm.action_owner, firm.qa)
    other = triaged_event(firm.second_action_owner, firm.qa)
    found = firm.operator.get("get_worklist", scope="team").ok["items"]
    assert [one["subject"]["id"] for one in found] == [made["id"]]
    assert firm.second_action_owner.get("get_worklist", scope="team").ok["items"] == []
    assert other["id"] in [one["subject"]["id"] for one in mine(firm.second_action_owner)]


def test_another_organisations_work_never_shows(product: Product, firm: Company) -> None:
    other = company(product, "action_owner", "qa")
    event(other.action_owner)
    assert firm.qa.get("get_worklist", scope="all").ok["items"] == []


@pytest.mark.parametrize("scope", ["mine", "team", "all"])
@pytest.mark.parametrize("wait", WAITS, ids=lambda wait: wait.what)
def test_every_row_of_the_table_can_be_asked_for_alone(firm: Company, wait: Any, scope: str) -> None:
    assert firm.qa.get("get_worklist", scope=scope, what=wait.what, overdue=True).ok["items"] == []
