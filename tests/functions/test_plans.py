"""How PostgreSQL plans what a request asks: once a connection, but for the lists."""

from __future__ import annotations

from shared.db import database
from shared.db.statements import parameters
from shared.queries.briefs import LISTED
from shared.queries.proposals import PROPOSAL
from shared.queries.shown_records import RECORD
from tests.builders import company, effective_document
from tests.product import Product


def plans(sql: str) -> tuple[int, int]:
    """How many runs of the statements that hold `sql` used a kept plan, and how many were planned anew."""
    beginning = parameters(sql)[0]
    with database.current().transaction(role="qfacts_application") as tx:
        rows = tx.rows("select p.statement, p.generic_plans as kept, p.custom_plans as anew from pg_prepared_statements p")
    found = [row for row in rows if beginning in row.statement]
    return sum(row.kept for row in found), sum(row.anew for row in found)


def test_what_is_about_one_thing_is_planned_once_and_a_list_for_what_is_asked(product: Product) -> None:
    database.current().close()
    made = company(product, "action_owner", "qa")
    record = effective_document(made.action_owner, made.qa)
    for _ in range(2):
        made.qa.get("get_document", id=record["id"]).ok
        made.qa.get("list_documents").ok
    kept, anew = plans(RECORD)
    assert kept >= 2
    assert anew == 0
    kept, anew = plans(PROPOSAL)
    assert kept >= 2
    assert anew == 0
    _, anew = plans(LISTED)
    assert anew >= 2
