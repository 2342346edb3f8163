"""Lists in the order that is asked for: each order by what it says, and paging by cursor gives every row once, whatever the page."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from shared.queries.orders import ORDERS
from tests.builders import Company, as_superuser, company, document, submitted
from tests.functions.courses import training
from tests.functions.samples import DOORS, parameters
from tests.product import Product

# Titles that differ by case, accents, signs and nothing, so that many are equal.
TITLES = ("Alpha", "alpha", "Élan", "elan", "Zeta", "50% off", "O\u2019Neil", "\u05d0lef", "alpha ")
ROWS = """
insert into records (organisation_id, id, kind, number, title, owner_id, created_by, status, due_on, content, updated_at)
select r.organisation_id, uuidv7(), r.kind, r.number, r.title, r.owner_id, r.owner_id, r.status, r.due_on, '{}', r.updated_at
from jsonb_populate_recordset(null::records, cast(:rows as jsonb)) r
"""
LATEST = "infinity"
# What each order says of two rows that follow each other, by its name.
SAID: dict[str, Callable[[dict[str, Any]], Any]] = {
    "updated": lambda row: row["updated_at"],
    "due": lambda row: row.get("due_on") or row.get("due_on_before") or LATEST,
    "effective": lambda row: row["effective_on"] or LATEST,
    "number": lambda row: row["number"],
    "expiry": lambda row: LATEST if row.get("closed_at") else row["expires_at"],
}


@pytest.fixture(scope="module")
def crowd(product: Product) -> Company:
    """A company with sixty events at random, and some of everything else that is listed."""
    firm = company(product, "action_owner", "qa", "operator")
    chance = random.Random(11)  # noqa: S311 - the same rows each time
    rows = [
        {
            "organisation_id": firm.id,
            "kind": "event",
            "number": f"EVT-2025-{number:04d}",
            "title": chance.choice(TITLES),
            "owner_id": firm.action_owner.id,
            "status": "reported",
            "due_on": chance.choice([None, (date(2026, 1, 1) + timedelta(chance.randrange(5))).isoformat()]),
            "updated_at": f"2026-01-0{chance.randrange(1, 5)}T00:00:00.00000{chance.randrange(3)}Z",
        }
        for number in chance.sample(range(1, 500), 60)
    ]
    as_superuser(product, ROWS, firm.id, rows=json.dumps(rows))
    for number in range(3):
        firm.admin.post("create_team", name=TITLES[number]).ok
        firm.admin.post("invite_member", email=f"order{number}-{firm.id}@test.qfacts.example", role="operator").ok
        submitted(firm.action_owner, document(firm.action_owner, TITLES[number])["change"])
        training(firm, TITLES[number], audience={"person_ids": [firm.operator.id]})
    return firm


def walked(firm: Company, function: str, sizes: Callable[[], int], **query: object) -> list[dict[str, Any]]:
    """All rows of a list, page after page of these sizes."""
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = (firm.admin if function == "list_invitations" else firm.qa).get(function, limit=sizes(), **query, **cursor).ok
        found += page["items"]
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}


NONE_HERE = {"list_actions", "list_extensions", "list_investigations", "list_capa_plans"}  # lists of which this company has nothing
PAIRS = [(function, sort) for function, orders in ORDERS.items() for sort in orders]


@pytest.mark.parametrize(("function", "sort"), PAIRS)
def test_every_order_gives_every_row_once_in_its_order_whatever_the_page(crowd: Company, function: str, sort: str) -> None:
    chance = random.Random(f"{function} {sort}")  # noqa: S311 - the same pages each time
    found = walked(crowd, function, lambda: chance.randint(1, 9), sort=sort)
    ids = [row["id"] for row in found]
    every = {row["id"] for row in walked(crowd, function, lambda: 100)}
    assert (len(ids), set(ids)) == (len(every), every)
    assert len(ids) > 2 or function in NONE_HERE
    said = SAID.get(sort)
    for former, row in itertools.pairwise(found):
        if said is None or said(former) == said(row):
            if said is not None or sort == "newest":
                assert former["id"] > row["id"], "among equals the newest first"
        else:
            assert (said(former) > said(row)) is (sort == "updated")


def test_titles_and_names_are_compared_without_case_and_accents(crowd: Company) -> None:
    titles = [row["title"] for row in walked(crowd, "list_events", lambda: 7, sort="title")]
    assert titles.index("Zeta") > max(place for place, title in enumerate(titles) if title in ("Alpha", "alpha", "Élan", "elan"))
    between = titles[min(titles.index("Élan"), titles.index("elan")) :]
    assert {title for title in between if title in ("Alpha", "alpha")} == set(), "accented letters stand with their plain ones"


@pytest.mark.parametrize("function", [name for name, orders in ORDERS.items() if "newest" in orders])
def test_a_cursor_of_another_order_and_an_unknown_order_are_refused(crowd: Company, function: str) -> None:
    by = crowd.admin if function == "list_invitations" else crowd.qa
    assert by.get(function, sort="sideways").refused(422)["field"] == "sort"
    other = next(name for name in ORDERS[function] if name != "newest")
    cursor = by.get(function, sort="newest", limit=1).ok["next_cursor"]
    if cursor is not None:
        assert by.get(function, sort=other, limit=1, cursor=cursor).refused(422)["field"] == "cursor"
    for bad in ("WyJcdTAwMDAiLCJ4Il0", "WyJcdWQ4MDAiLCIwMWEyMjFlMi1mYzBjLTdhYzktODUwMC0zMjY2ZTZkMWM4ZGMiXQ", "W10"):
        assert by.get(function, sort=other, cursor=bad).refused(422)["field"] == "cursor"


def test_every_list_with_orders_says_which_and_requests_come_by_expiry_unless_asked_otherwise(product: Product, crowd: Company) -> None:
    assert {name for name, door in DOORS.items() if "sort" in parameters(door)} == set(ORDERS)
    as_superuser(
        product,
        "update approval_requests q set expires_at = q.expires_at - interval '20 days' where q.id = (select max(cast(r.id as text))::uuid"
        " from approval_requests r where r.organisation_id = cast(:o as uuid) and r.closed_at is null)",
        crowd.id,
        o=crowd.id,
    )
    shown = crowd.qa.get("list_approval_requests").ok["items"]
    opened = [row["expires_at"] for row in shown if row["closed_at"] is None]
    assert opened == sorted(opened)
    assert len(set(opened)) > 1
    assert [row["closed_at"] is None for row in shown] == sorted((row["closed_at"] is None for row in shown), reverse=True)
    assert shown == crowd.qa.get("list_approval_requests", sort="expiry").ok["items"]
