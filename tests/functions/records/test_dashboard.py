"""The dashboard: how the work stands on the organisation's own days, and what waits for whom."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from shared.queries.dashboard import SHOWN
from tests.builders import Company, as_superuser, company, document, effective_document, submitted
from tests.product import Product

if TYPE_CHECKING:
    from tests.database import Office


@pytest.fixture
def firm_of_trainees(product: Product) -> Company:
    """A company whose Operator has something to learn."""
    firm = company(product, "action_owner", "qa", "operator")
    document(firm.action_owner)
    sql = (
        "insert into assignments (organisation_id, id, record_id, version, person_id, cause, due_on)"
        " select :o, gen_random_uuid(), v.record_id, v.version, :p, 'test', current_date + 5 from versions v"
    )
    effective_document(firm.action_owner, firm.qa, "Gowning")
    as_superuser(product, f"{sql} where v.organisation_id = :o limit 1", firm.id, o=firm.id, p=firm.operator.id)
    return firm


def test_the_dashboard_says_how_the_work_stands(product: Product) -> None:
    firm = company(product, "action_owner", "qa", "second_qa", "operator", "inspector")
    owner, qa = firm.action_owner, firm.qa
    firm.admin.post("update_organisation", time_zone="UTC").ok  # where no day has 23 or 25 hours
    document(owner, "Draft of mine")
    asked = submitted(owner, document(owner, "To approve")["change"])
    late = (
        "insert into records (organisation_id, id, kind, number, title, owner_id, created_by, status, created_at, due_on, closed_at)"
        " select :o, gen_random_uuid(), 'event', 'EVT-' || n, 'Late', :p, :p, case when n > 3 then 'closed' else 'reported' end,"
        " now() - interval '1 day' * 9 * n, current_date - 5, case when n > 3 then now() - interval '1 day' * 5 * n end"
        " from generate_series(1, 6) n"
    )
    as_superuser(product, late, firm.id, o=firm.id, p=owner.id)
    shown = qa.get("get_dashboard").ok
    opened = {row["kind"]: row for row in shown["open_by_kind"]}
    assert opened["event"] == {"kind": "event", "total": 3, "ages": {"under_7": 0, "to_30": 3, "to_90": 0, "over_90": 0}}
    assert (opened["change"]["total"], opened["document"]["total"]) == (2, 2)
    assert shown["overdue"] == [{"kind": "event", "count": 3}]
    assert shown["cycle_time"] == [{"kind": "event", "closed": 3, "median_days": 20.0}]
    assert (len(shown["trend"]), sum(row["opened"] for month in shown["trend"] for row in month["kinds"] if row["kind"] == "event")) == (
        12,
        6,
    )
    assert shown["training_compliance"] == {"assigned": 0, "completed": 0, "overdue": 0, "waived": 0, "percent": None}
    requests = shown["my_tasks"]["approval_requests"]
    assert (requests["count"], requests["items"][0]["id"]) == (1, asked["approval_request"]["id"])
    mine = owner.get("get_dashboard").ok["my_tasks"]
    assert (mine["changes"]["count"], mine["approval_requests"]["count"]) == (2, 0)
    assert mine["changes"]["items"][0]["number"] == asked["change"]["number"]
    assert set(firm.operator.get("get_dashboard").ok.body) == {"my_tasks"}
    assert set(firm.inspector.get("get_dashboard").ok.body) == set(shown.body)


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])  # 25 hours apart
def test_days_and_months_are_those_of_the_organisation_and_move_with_it(product: Product, zone: str) -> None:
    firm = company(product, "action_owner", "qa")
    there = datetime.now(ZoneInfo(zone))
    moments = {
        "under_7": (there - timedelta(days=6)).replace(hour=0, minute=5),
        "to_30": (there - timedelta(days=7)).replace(hour=23, minute=55),
    }
    for age, at in moments.items():
        if age == "to_30":
            firm.admin.post("update_organisation", time_zone=zone).ok
        as_superuser(
            product,
            "insert into records (organisation_id, id, kind, number, title, owner_id, created_by, status, created_at)"
            " values (:o, gen_random_uuid(), 'event', :number, 'T', :p, :p, 'reported', cast(:at as timestamptz))",
            firm.id,
            o=firm.id,
            p=firm.qa.id,
            number=f"EVT-{at:%H%M}",
            at=at.isoformat(),
        )
    shown = firm.qa.get("get_dashboard").ok
    [row] = shown["open_by_kind"]
    assert row["ages"] == {"under_7": 1, "to_30": 1, "to_90": 0, "over_90": 0}
    months = {month["month"]: one["opened"] for month in shown["trend"] for one in month["kinds"] if one["opened"]}
    assert months == Counter(f"{at:%Y-%m}" for at in moments.values())


def test_a_request_is_due_on_the_organisations_day(product: Product) -> None:
    firm = company(product, "action_owner", "qa")
    asked = submitted(firm.action_owner, document(firm.action_owner)["change"])["approval_request"]
    moment = "update approval_requests set expires_at = cast('2030-01-31T23:30Z' as timestamptz) where id = cast(:id as uuid)"
    as_superuser(product, moment, firm.id, id=asked["id"])
    for zone, day in (("UTC", "2030-01-31"), ("Europe/Brussels", "2030-02-01")):
        firm.admin.post("update_organisation", time_zone=zone).ok
        [task] = firm.qa.get("get_dashboard").ok["my_tasks"]["approval_requests"]["items"]
        assert task["due_on"] == day


def test_of_many_tasks_the_most_pressing_are_shown_and_a_hundred_counted(product: Product) -> None:
    firm = company(product, "action_owner", "qa", "second_qa")
    owner, made = firm.action_owner, document(firm.action_owner)["record"]["id"]
    as_superuser(
        product,
        "insert into actions (organisation_id, id, record_id, key, number, kind, description, owner_id, due_on, original_due_on)"
        " select :o, gen_random_uuid(), :r, n::text, 'A' || n, 'corrective', 'Do it', :p, current_date + n, current_date + n"
        " from generate_series(1, 130) n",
        firm.id,
        o=firm.id,
        r=made,
        p=owner.id,
    )
    actions = owner.get("get_dashboard").ok["my_tasks"]["actions"]
    assert (actions["count"], [one["number"] for one in actions["items"]]) == (100, [f"A{n}" for n in range(1, SHOWN + 1)])
    assert UUID(actions["items"][0]["record_id"]) == UUID(made)
    assert firm.qa.get("get_dashboard").ok["my_tasks"]["actions"]["count"] == 0


def test_an_extension_is_for_other_qa_than_who_asked(product: Product) -> None:
    firm = company(product, "action_owner", "qa", "second_qa")
    made = document(firm.action_owner)["record"]["id"]
    as_superuser(
        product,
        "insert into extensions (organisation_id, id, record_id, requested_by, reason, due_on_before, due_on)"
        " values (:o, gen_random_uuid(), :r, :p, 'Ill', current_date, current_date + 9)",
        firm.id,
        o=firm.id,
        r=made,
        p=firm.qa.id,
    )
    counts = {
        name: firm.people[name].get("get_dashboard").ok["my_tasks"]["extensions"]["count"] for name in ("qa", "second_qa", "action_owner")
    }
    assert counts == {"qa": 0, "second_qa": 1, "action_owner": 0}


def test_an_admin_without_a_quality_role_sees_how_its_people_do(product: Product) -> None:
    firm = company(product, "qa", "operator")
    for number in range(2):
        firm.admin.post("invite_member", email=f"new{number}@test.qfacts.example", role="operator").ok
    soon = "update invitations set expires_at = now() + interval '2 days' where organisation_id = :o and email like 'new0@%'"
    as_superuser(product, soon, firm.id, o=firm.id)
    bounced = (
        "insert into mail_suppressions (event_id, organisation_id, address_sha256, reason, at)"
        " values (gen_random_uuid()::text, :o, address_digest(:email), 'bounce', now())"
    )
    as_superuser(product, bounced, firm.id, o=firm.id, email=firm.operator.email)
    shown = firm.admin.get("get_dashboard").ok
    assert shown["people"] == {"members": 3, "open_invitations": 2, "lapsing_invitations": 1, "mail_problems": 1}
    assert set(shown.body) == {"my_tasks", "people"}
    assert "people" not in firm.qa.get("get_dashboard").ok.body
    listed = {(one["what"], one["subject"]["title"]) for one in firm.admin.get("get_worklist").ok["items"]}
    name = firm.operator.get("get_me").ok["name"]
    assert listed == {("renew_invitation", "new0@test.qfacts.example"), ("mend_address", name)}
    assert firm.qa.get("get_worklist", scope="all").ok["items"] == [], "addresses are for admins"


def test_what_waits_for_others_is_nobodys_task(product: Product, firm_of_trainees: Company) -> None:
    """An assignment that waits for its trainer is no task of its learner any more."""
    firm = firm_of_trainees
    assert firm.operator.get("get_dashboard").ok["my_tasks"]["assignments"]["count"] == 1
    as_superuser(product, "update assignments set learner_signed_at = now() where person_id = :p", firm.id, p=firm.operator.id)
    assert firm.operator.get("get_dashboard").ok["my_tasks"]["assignments"] == {"count": 0, "items": []}


def test_another_organisations_work_counts_nowhere(product: Product) -> None:
    firm, other = company(product, "action_owner", "qa"), company(product, "action_owner", "qa")
    document(other.action_owner)
    shown = firm.qa.get("get_dashboard").ok
    assert (shown["open_by_kind"], shown["overdue"], shown["my_tasks"]["changes"]["count"]) == ([], [], 0)


def test_tasks_come_from_indexes(database_name: str, superuser: Any, office: Office) -> None:
    superuser.run("set enable_seqscan = off")
    for table, condition in (
        ("assignments", "person_id = :p and closed_at is null order by due_on, id"),
        ("actions", "owner_id = :p and closed_at is null order by due_on, id"),
        ("changes", "owner_id = :p and status in ('draft', 'in_approval') order by id desc"),
    ):
        plan = superuser.run(
            f"explain select * from {table} where organisation_id = :o and {condition} limit 100", o=office.id, p=office.person
        )
        text = "\n".join(row[0] for row in plan)
        assert "Index Scan" in text, text
        assert "Sort" not in text, text
    assert database_name
