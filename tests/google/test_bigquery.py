"""The product's way to BigQuery, through the real client to the local warehouse: a day is loaded whole, as often as one likes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from google.api_core.exceptions import BadRequest, NotFound
from google.cloud.bigquery import Client

from shared.domain.kernel import errors
from shared.domain.reports.usage import Column, Table
from shared.google import bigquery
from shared.outside import config
from shared.outside.config import Misconfigured
from tests.ports import free_port
from tests.warehouse import Warehouse

DAY = date(2026, 1, 1)


@pytest.fixture
def table(warehouse: Warehouse) -> Iterator[Table]:
    """A table of the test's own, not yet made."""
    name = f"steps_{uuid4().hex}"
    yield Table(
        name,
        "Steps taken, by day.",
        (
            Column("day", "DATE", "the day it tells of"),
            Column("step", "STRING", "which step"),
            Column("times", "INTEGER", "how often"),
            Column("rate", "FLOAT", "share of refusals", required=False),
        ),
        "day",
        ("step",),
    )
    warehouse.client().delete_table(f"usage.{name}", not_found_ok=True)


def rows(table: Table) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in bigquery.query(f"SELECT day, step, times FROM usage.{table.name} ORDER BY day, step")]


def row(step: str, day: date = DAY, times: int = 1) -> dict[str, object]:
    return {"day": day.isoformat(), "step": step, "times": times}


def test_a_table_is_made_with_its_dataset_and_says_what_it_means(client: Client, table: Table) -> None:
    bigquery.ensure(table)
    bigquery.ensure(table)
    made = client.get_table(f"usage.{table.name}")
    assert (made.description, made.clustering_fields) == ("Steps taken, by day.", ["step"])
    assert made.time_partitioning is not None
    assert (made.time_partitioning.type_, made.time_partitioning.field) == ("DAY", "day")
    assert [(each.name, each.field_type, each.mode, each.description) for each in made.schema] == [
        ("day", "DATE", "REQUIRED", "the day it tells of"),
        ("step", "STRING", "REQUIRED", "which step"),
        ("times", "INTEGER", "REQUIRED", "how often"),
        ("rate", "FLOAT", "NULLABLE", "share of refusals"),
    ]
    assert client.get_dataset("usage").location == bigquery.LOCATION


def test_a_table_gets_the_columns_that_were_added(client: Client, table: Table) -> None:
    bigquery.ensure(table)
    bigquery.load(table, DAY, [row("submit")])
    wider = Table(
        table.name, table.description, (*table.columns, Column("size", "STRING", "of the organisation", required=False)), "day", ("step",)
    )
    bigquery.ensure(wider)
    assert [each.name for each in client.get_table(f"usage.{table.name}").schema][-1] == "size"
    assert rows(table) == [(DAY, "submit", 1)]


def test_loading_a_day_again_replaces_it_and_no_other(table: Table) -> None:
    bigquery.ensure(table)
    second = date(2026, 1, 2)
    assert bigquery.load(table, DAY, [row("submit"), row("approve")]) == 2
    assert bigquery.load(table, second, [row("submit", second)]) == 1
    for _ in range(2):
        assert bigquery.load(table, DAY, [row("submit", times=5)]) == 1
    assert rows(table) == [(DAY, "submit", 5), (second, "submit", 1)]
    assert bigquery.load(table, DAY, []) == 0
    assert rows(table) == [(second, "submit", 1)]


def test_rows_that_do_not_fit_change_nothing(table: Table) -> None:
    bigquery.ensure(table)
    bigquery.load(table, DAY, [row("submit")])
    for bad in ({"day": "2026-01-01", "times": 1}, row("approve", date(2026, 1, 2)), {**row("approve"), "person": "x"}):
        with pytest.raises(BadRequest):
            bigquery.load(table, DAY, [row("reject"), bad])
    assert rows(table) == [(DAY, "submit", 1)]


def test_a_load_never_makes_a_table(table: Table) -> None:
    with pytest.raises(NotFound):
        bigquery.load(table, DAY, [row("submit")])


def test_an_upload_whose_answer_was_lost_is_found_again(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection breaks after the job was taken, so the same upload is sent twice."""
    bigquery.ensure(table)
    send = Client.load_table_from_json

    def send_twice(*given: Any, **settings: Any) -> Any:
        send(*given, **settings)
        return send(*given, **settings)

    monkeypatch.setattr(Client, "load_table_from_json", send_twice)
    assert bigquery.load(table, DAY, [row("submit")]) == 1
    assert rows(table) == [(DAY, "submit", 1)]


def test_a_query_takes_parameters_of_every_type(table: Table) -> None:
    given: dict[str, Any] = {"a": 1, "b": 0.5, "c": "it's", "d": DAY, "e": True, "f": Decimal("1.5")}
    assert bigquery.query(f"SELECT {', '.join(f'@{name} AS {name}' for name in given)}", **given) == [given]


def test_a_warehouse_out_of_reach_is_said_to_be_so_in_time(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QFACTS_WAREHOUSE", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setattr(bigquery, "RETRY_LIMIT", 1.0)
    monkeypatch.setattr(bigquery, "UPLOADS_AGAIN", 0)
    config.current.cache_clear()
    began = time.monotonic()
    for call in (lambda: bigquery.ensure(table), lambda: bigquery.load(table, DAY, [row("submit")]), lambda: bigquery.query("SELECT 1")):
        with pytest.raises(errors.Unavailable, match="out of reach"):
            call()
    assert time.monotonic() - began < 20


def test_the_stand_in_is_refused_in_the_cloud() -> None:
    with pytest.raises(Misconfigured, match="QFACTS_WAREHOUSE"):
        config.parse({"K_SERVICE": "export-usage", "QFACTS_WAREHOUSE": "http://127.0.0.1:9050"})
