"""A page ends at four megabytes as well as at its rows: nothing is lost, and every page leads on."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shared.answers.pages import MOST_BYTES
from shared.db.database import Database
from shared.queries.shown_records import rows_page
from tests.builders import Colleague, Company, as_superuser, company, event
from tests.product import Product

LONG = "é" * 40_000  # 80 KB in the database, 240 KB in an answer
SLACK = 64 * 1024  # what an answer holds besides

ROWS = """
select x.id, jsonb_build_object('n', x.n, 'text', repeat(<letter>, <size>)) as row
from (select ('0192f0c1-7b7c-7000-8000-' || lpad(n::text, 12, '0'))::uuid as id, n from generate_series(1, 60) n) x where true
"""


@pytest.mark.parametrize(
    ("letter", "size"),
    [("'x'", "100000"), ("'é'", "50000"), ("'日'", "50000"), ("'😀'", "30000"), ("'x'", "case when x.n % 7 = 0 then 5000000 else 10 end")],
    ids=["ASCII", "two bytes", "three bytes", "four bytes", "some larger than a page"],
)
def test_a_list_of_large_rows_is_walked_from_end_to_end(database: Database, letter: str, size: str) -> None:
    seen: list[int] = []
    cursor = None
    with database.transaction(role="qfacts_application") as tx:
        while True:
            rows, cursor, _ = rows_page(tx, ROWS.replace("<letter>", letter).replace("<size>", size), 50, cursor)
            assert rows
            assert len(rows) == 1 or len(json.dumps(rows)) <= MOST_BYTES + SLACK
            seen += [row["n"] for row in rows]
            if cursor is None:
                break
    assert seen == list(range(60, 0, -1))


def test_a_short_list_is_one_page_as_before(database: Database) -> None:
    with database.transaction(role="qfacts_application") as tx:
        rows, cursor, total = rows_page(tx, ROWS.replace("<letter>", "'x'").replace("<size>", "10"), 100, None)
    assert (len(rows), cursor, total) == (60, None, 60)


@pytest.fixture(scope="module")
def firm(product: Product) -> Company:
    """A company that reported events at length."""
    made = company(product, "action_owner", "qa")
    for number in range(40):
        event(made.action_owner, f"Event {number}", description=LONG)
    return made


def walked(by: Colleague, function: str, part: str, **query: object) -> list[dict[str, Any]]:
    """Every item of a list, each page of which leads on and is no larger than a page."""
    found: list[dict[str, Any]] = []
    cursor: dict[str, object] = {}
    while True:
        answer = by.get(function, limit=100, **query, **cursor).ok
        assert answer[part], "a page without items leads nowhere"
        assert len(answer[part]) <= 2 or len(json.dumps(answer.body)) <= MOST_BYTES + SLACK
        found += answer[part]
        if answer["next_cursor"] is None:
            return found
        cursor = {"cursor": answer["next_cursor"]}


def test_a_trail_of_large_entries_is_walked_from_end_to_end(product: Product, firm: Company) -> None:
    entries = walked(firm.qa, "list_audit_trail", "items")
    there = as_superuser(product, "select id from audit_entries where organisation_id = :o order by id desc", o=firm.id)
    assert [entry["id"] for entry in entries] == [row[0] for row in there]
    assert len(json.dumps(entries)) > 2 * MOST_BYTES


def test_a_history_of_large_versions_tells_of_each_what_it_altered(product: Product, firm: Company) -> None:
    learnt = {"description": "How to weigh", "audience": {"roles": ["operator"]}}
    record = firm.action_owner.post("create_training", title="Weighing", content=learnt).ok["record"]["id"]
    change = as_superuser(product, "select change_id from change_items where record_id = :id", id=record)[0][0]
    for version in range(1, 31):
        as_superuser(
            product,
            "insert into versions"
            " (organisation_id, record_id, version, status, title, content, content_sha256, change_id, owner_id, ended_at)"
            " select r.organisation_id, r.id, v.n, 'superseded', 'T', jsonb_build_object('description', v.n || ' ' || cast(:text as text)),"
            " repeat('0', 64), cast(:change as uuid), r.owner_id, now() from records r, (select cast(:version as integer) as n) v"
            " where r.id = :id",
            firm.id,
            version=version,
            text=LONG,
            change=change,
            id=record,
        )
    versions = walked(firm.qa, "get_record_history", "versions", id=record)
    assert [one["version"] for one in versions] == list(range(30, 0, -1))
    before = [next(one["before"] for one in version["diff"] if one["field"] == "content.description") for version in versions[:-1]]
    assert [text.split()[0] for text in before] == [str(number) for number in range(29, 0, -1)]
