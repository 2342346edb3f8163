"""Usage facts through the doors: each step one, as it ended, in the role of who took it; and their export through the scheduler's door."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.db import database as module
from shared.db import transaction
from shared.db.server_errors import StatementFailed
from shared.domain.reports import usage
from shared.queries.organisations import ENTER_COUNTED
from tests.builders import Colleague, Company, as_superuser, at_once, company, document, uploaded, visitor
from tests.database import APPLICATION, acting
from tests.functions.deliveries import deliver, slot
from tests.product import Answer, Product
from tests.product import own_product as product
from tests.storage import Storage
from tests.warehouse import Warehouse

__all__ = ["deliver", "product"]
FAIL = """
create function fail() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$;
create trigger fail before insert on usage_facts for each row when (new.outcome = 'refused') execute function fail();
"""


@pytest.fixture
def firm(product: Product) -> Company:
    return company(product, "action_owner", "qa", "operator")


def facts(firm: Company, of: Colleague | None = None) -> list[tuple[str, ...]]:
    """Function, role, outcome and refusal of what was counted in an organisation, oldest first."""
    rows = as_superuser(
        firm.product,
        "select function, role, outcome, coalesce(refusal, ''), person_id from usage_facts where organisation_id = :id order by id",
        id=firm.id,
    )
    return [tuple(row[:4]) for row in rows if of is None or str(row[4]) == of.id]


def test_a_step_is_one_fact_and_a_read_is_none(firm: Company) -> None:
    before = facts(firm)
    made = document(firm.action_owner)
    firm.action_owner.get("get_change", id=made["change"]["id"]).ok
    firm.qa.get("list_documents").ok
    firm.admin.post("create_team", name="QC").ok
    assert facts(firm)[len(before) :] == [("create_document", "action_owner", "done", ""), ("create_team", "admin", "done", "")]


def test_a_fact_is_of_today_and_says_nothing_else(firm: Company) -> None:
    [row, *_] = as_superuser(firm.product, "select to_jsonb(f) from usage_facts f where organisation_id = :id", id=firm.id)
    assert set(row[0]) == {"organisation_id", "id", "day", "function", "role", "outcome", "refusal", "person_id", "at"}
    assert row[0]["day"] == row[0]["at"][:10]


def test_each_refusal_is_counted_with_its_cause(firm: Company) -> None:
    made = document(firm.action_owner)
    change, before = made["change"], len(facts(firm))
    firm.operator.post("submit_change", change_id=change["id"], etag=change["etag"]).refused(403)
    firm.action_owner.post("submit_change", change_id=str(uuid4()), etag=change["etag"]).refused(404)
    firm.action_owner.post("submit_change", change_id=change["id"]).refused(428)
    firm.action_owner.post("submit_change", change_id=change["id"], etag='"999"').refused(412)
    firm.action_owner.post("submit_change", change_id="x", etag=change["etag"]).refused(422)
    firm.action_owner.post("withdraw_change", change_id=change["id"], etag=change["etag"]).refused(409)
    assert facts(firm)[before:] == [
        ("submit_change", "operator", "refused", "not allowed"),
        ("submit_change", "action_owner", "refused", "not found"),
        ("submit_change", "action_owner", "refused", "no etag"),
        ("submit_change", "action_owner", "refused", "changed meanwhile"),
        ("submit_change", "action_owner", "refused", "invalid input"),
        ("withdraw_change", "action_owner", "refused", "wrong state"),
    ]


def test_a_signing_that_failed_is_counted_and_told_to_the_trail_as_before(firm: Company) -> None:
    made = document(firm.action_owner)["change"]
    request = firm.action_owner.post("submit_change", change_id=made["id"], etag=made["etag"]).ok["approval_request"]
    about = {"subject_kind": "approval_request", "subject_id": request["id"], "meaning": "approved"}
    challenge = firm.qa.post("start_signing", **about).ok["challenge_id"]
    stale = {"approval_request_id": request["id"], "challenge_id": challenge, "etag": request["etag"]}
    firm.qa.post("approve_request", **stale).refused(401)
    assert facts(firm)[-1] == ("approve_request", "qa", "refused", "signing failed")
    assert as_superuser(firm.product, "select count(*) from signing_failures where organisation_id = :id", id=firm.id) == [[1]]


def test_strangers_and_reads_that_are_refused_arent_counted(firm: Company, product: Product) -> None:
    before = facts(firm)
    stranger = visitor(product)
    product.post("create_team", stranger.token, firm.id, name="QC").refused(404)
    product.post("create_team", "x", firm.id, name="QC").refused(401)
    firm.operator.get("list_changes").refused(403)
    firm.qa.get("get_document", id=str(uuid4())).refused(404)
    assert facts(firm) == before


def test_a_step_that_is_replayed_is_counted_once(firm: Company) -> None:
    before = len(facts(firm))
    first = firm.admin.post("create_team", name="QC", key="once").ok
    again = firm.admin.post("create_team", name="QC", key="once").ok
    assert (again.body, again.headers["Idempotency-Replayed"]) == (first.body, "true")
    firm.admin.post("create_team", name="Other", key="once").refused(422)
    assert facts(firm)[before:] == [("create_team", "admin", "done", ""), ("create_team", "admin", "refused", "invalid input")]


def test_a_step_with_something_to_prepare_is_counted_once(firm: Company, storage: Storage) -> None:
    before = len(facts(firm))
    uploaded(firm.action_owner)
    assert facts(firm)[before:] == [("start_upload", "action_owner", "done", ""), ("finish_upload", "action_owner", "done", "")]


def test_counting_a_step_costs_no_statement_more(firm: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    run = transaction.Transaction._run

    def overheard(self: Any, sql: str, values: Any) -> Any:
        said.append(sql)
        return run(self, sql, values)

    monkeypatch.setattr(transaction.Transaction, "_run", overheard)
    firm.admin.post("create_team", name="QC").ok
    assert len([sql for sql in said if "from people p join members m" in " ".join(sql.split())]) == 1
    assert [sql for sql in said if "usage_facts" in sql] == [ENTER_COUNTED]


def test_a_refusal_that_cant_be_counted_is_answered_all_the_same(firm: Company, product: Product) -> None:
    connection = product.superuser()
    for statement in (FAIL.partition("create trigger")[0], FAIL[FAIL.index("create trigger") :]):
        connection.run(statement)
    try:
        before = facts(firm)
        firm.operator.post("create_team", name="QC").refused(403, "admin")
        firm.admin.post("create_team", name="QC").ok
        assert facts(firm)[len(before) :] == [("create_team", "admin", "done", "")]
    finally:
        connection.run("drop trigger fail on usage_facts")
        connection.run("drop function fail()")
        connection.close()


def test_the_application_reads_and_deletes_no_fact_and_writes_its_own_organisations_only(firm: Company, product: Product) -> None:
    person = firm.admin.id
    write = "insert into usage_facts (organisation_id, function, role, outcome, person_id) values (:o, 'create_team', 'qa', 'done', :p)"
    settings = acting(UUID(firm.id), UUID(person))
    for sql, values in (
        ("select 1 from usage_facts", {}),
        ("delete from usage_facts", {}),
        ("select 1 from usage_releases", {}),
        (write, {"o": uuid4(), "p": person}),
    ):
        with pytest.raises(StatementFailed), module.current().transaction(role=APPLICATION, settings=settings) as tx:
            tx.rows(sql, **values)


def test_the_scheduler_exports_once_however_often_it_calls(product: Product, deliver: Callable[..., Answer], warehouse: Warehouse) -> None:
    client = warehouse.client()
    for table in (*usage.DAILY, *usage.MONTHLY):
        client.delete_table(f"usage.{table.name}", not_found_ok=True)
    moment: Any = slot(90)
    answers = at_once(product, *[lambda own: deliver("export_usage", moment, own)] * 10)
    assert {one.status for one in answers} <= {200, 503}
    assert sum(one.status == 200 and "run_id" in one.body for one in answers) == 1
    assert deliver("export_usage", moment).ok["finished_before"] is True
    assert deliver("export_usage", slot(91)).ok["partitions"] >= 9
    assert {one.table_id for one in client.list_tables("usage")} >= {one.name for one in usage.DAILY}
