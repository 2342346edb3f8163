"""The export of usage, from a real PostgreSQL into the warehouse: what arrives, once, whatever happens on the way."""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shared.app import usage_export as module
from shared.app.usage_export import export, lifecycle_step
from shared.db.database import Database, current
from shared.db.server_errors import StatementFailed
from shared.domain.reports import usage
from shared.domain.reports.usage import Column, NotAnonymous
from shared.google import bigquery as house
from tests.usage import Field, published

QUERIES = sorted((Path(__file__).parents[2] / "infra" / "bigquery").glob("*.sql"))


@pytest.fixture
def busy(field: Field) -> Field:
    """Eight organisations of ten people and what they did."""
    for _ in range(8):
        organisation, people = field.organisation(10)
        for back in range(1, 12):
            field.fact(organisation, people, field.day(back), "submit_change", "action_owner", times=2)
            field.fact(organisation, people[:3], field.day(back), "approve_request")
            field.fact(organisation, people[:4], field.day(back), "submit_change", "action_owner", "wrong state")
        field.fact(organisation, people, field.month, "submit_change")
        for number, person in enumerate(people):
            field.approval(organisation, person, 24 * (1 + number), field.month)
            field.action(organisation, person, field.day(5 if number < 4 else -5), field.day(20))
    return field


def rows(table: str, columns: str = "*") -> list[tuple[Any, ...]]:
    return sorted(tuple(row.values()) for row in house.query(f"SELECT {columns} FROM usage.{table}"))


def test_what_analysts_get_is_what_was_done(busy: Field) -> None:
    counts = export()
    days = [busy.day(back) for back in (3, 2, 1)]
    assert rows("usage_daily", "day, function, role, outcome, IFNULL(refusal, ''), steps, people") == sorted(
        row
        for day in days
        for row in (
            (day, "approve_request", "qa", "done", "", 25, 20),
            (day, "submit_change", "action_owner", "done", "", 160, 50),
            (day, "submit_change", "action_owner", "refused", "wrong state", 30, 20),
        )
    )
    assert rows("workflow_daily") == sorted(
        row for day in days for row in ((day, "change", "sign or approve", 25), (day, "change", "submit", 160))
    )
    assert rows("overdue_daily") == sorted(
        row for day in days for row in ((day, "action", "in_time", 50, 20), (day, "action", "overdue", 30, 20))
    )
    assert counts["rows"] == sum(len(found) for found in published().values())


def test_a_month_is_published_once_it_is_over(busy: Field) -> None:
    export()
    if busy.today - busy.month > module.FACTS_KEPT:
        assert rows("cycle_times") == rows("adoption_monthly") == []
        with current().transaction(role=module.ROLE, settings=module.SETTINGS) as tx:
            month = module._month(tx, busy.month)
        assert month["cycle_times"] == [{"kind": "submit_to_approve", "records": 80, "median_days": 5.5, "p90_days": 9.0}]
        assert month["adoption_monthly"] == [{"size_band": "1-10", "active_people": 80, "organisations": 10}]
    else:
        assert rows("cycle_times") == [(busy.month, "submit_to_approve", 80, 5.5, 9.0)]
        assert rows("adoption_monthly") == [(busy.month, "1-10", 10, 80)]


def test_running_it_again_changes_nothing(busy: Field) -> None:
    first = export()
    before = published()
    assert export() == first
    assert published() == before


def test_ten_runs_at_once_are_one(busy: Field) -> None:
    failures: list[BaseException] = []

    def run() -> None:
        try:
            export()
        except BaseException as error:  # noqa: BLE001 - told below
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert failures == []
    once = published()
    assert export()["rows"] == sum(len(found) for found in once.values())
    assert published() == once


@pytest.mark.parametrize("loads", [0, 1, 5, 8])
def test_a_run_that_was_killed_loses_nothing(busy: Field, monkeypatch: pytest.MonkeyPatch, loads: int) -> None:
    class Killed(BaseException):
        pass

    load, done = house.load, [0]

    def until(*given: Any) -> int:
        if done[0] == loads:
            raise Killed
        done[0] += 1
        return load(*given)

    with monkeypatch.context() as patch:
        patch.setattr(house, "load", until)
        with pytest.raises(Killed):
            export()
    export()
    after = published()
    busy.superuser.run("delete from usage_releases")
    export()
    assert published() == after


def test_a_column_that_isnt_on_the_list_stops_the_export(busy: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    more = replace(usage.USAGE, columns=(*usage.USAGE.columns, Column("person_id", "STRING", "Who it was, which nobody may know")))
    monkeypatch.setattr(usage, "DAILY", (more, usage.STEPS, usage.OVERDUE))
    with pytest.raises(NotAnonymous):
        export()
    assert not [one.table_id for one in house._client().list_tables("usage") if one.table_id == more.name]


def test_a_text_that_isnt_a_known_word_stops_the_export(busy: Field) -> None:
    for _ in range(6):
        organisation, people = busy.organisation(4)
        busy.fact(organisation, people, busy.day(1), "submit_change", "Ann of the laboratory")
    with pytest.raises(NotAnonymous):
        export()


def test_what_is_not_over_isnt_published(busy: Field) -> None:
    export()
    assert {row["day"] for row in published()["usage_daily"]} == {busy.day(1), busy.day(2), busy.day(3)}


def test_an_organisations_size_is_that_of_its_members(field: Field) -> None:
    for size in (3, 3, 3, 3, 12, 12, 12, 12, 12):
        organisation, people = field.organisation(size)
        field.fact(organisation, people[:3], field.month, "submit_change")
    with current().transaction(role=module.ROLE, settings=module.SETTINGS) as tx:
        assert module._month(tx, field.month)["adoption_monthly"] == [{"size_band": "11-50", "active_people": 15, "organisations": 5}]


def test_somebody_of_many_organisations_is_one_person(field: Field) -> None:
    _, consultants = field.organisation(2)
    for _ in range(8):
        organisation, _ = field.organisation(0)
        field.superuser.run(
            "insert into members (organisation_id, person_id) select :o, unnest(cast(:ids as uuid[]))",
            o=organisation,
            ids=[str(one) for one in consultants],
        )
        for day in (field.day(1), field.month):
            field.fact(organisation, consultants, day, "submit_change")
    export()
    assert not any(published().values())
    with current().transaction(role=module.ROLE, settings=module.SETTINGS) as tx:
        assert not any(module._month(tx, field.month).values())


def test_every_lifecycle_step_of_a_function_has_one_name() -> None:
    from infra import register

    found = [step for one in register.read() if (step := lifecycle_step(one.name))]
    assert len(found) == len(set(found))
    assert lifecycle_step("submit_change") == ("change", "submit")
    assert lifecycle_step("get_change") is lifecycle_step("add_note") is None


def test_the_tables_in_the_warehouse_say_what_they_mean(busy: Field) -> None:
    export()
    for table in (*usage.DAILY, *usage.MONTHLY):
        made = house._client().get_table(f"usage.{table.name}")
        assert made.description == table.description
        assert [(one.name, one.description) for one in made.schema] == [(one.name, one.description) for one in table.columns]
        assert tuple(made.clustering_fields) == table.clustering


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_an_analysts_query_answers_its_question(busy: Field, monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    monkeypatch.setattr(module, "DAYS", 10)
    monkeypatch.setattr(module, "FACTS_KEPT", dt.timedelta(days=70))
    export()
    text = path.read_text()
    assert text.startswith("-- ")
    assert house.query(text), "there is something to tell"


def test_there_are_queries_for_what_analysts_ask() -> None:
    assert len(QUERIES) >= 6


def test_only_the_export_counts_over_all_organisations(busy: Field, database: Database) -> None:
    """Any other job sees what its organisation has, and none outside of one."""
    for role, seen in ((module.ROLE, True), ("qfacts_job", False)):
        with database.transaction(role=role, settings=module.SETTINGS) as tx:
            for table in ("usage_facts", "members", "records", "actions", "approval_requests"):
                assert bool(tx.row(f"select count(*) as found from {table}").found) is seen, table


@pytest.mark.parametrize(
    "sql",
    [
        "select name from organisations",
        "select 1 from people",
        "select title from records",
        "select description from actions",
        "select 1 from audit_entries",
        "delete from usage_facts",
        "delete from usage_releases",
        "update usage_releases set rows = '[]'",
    ],
)
def test_the_export_reads_nothing_that_it_doesnt_count(database: Database, sql: str) -> None:
    with pytest.raises(StatementFailed, match="42501"), database.transaction(role=module.ROLE, settings=module.SETTINGS) as tx:
        tx.rows(sql)
