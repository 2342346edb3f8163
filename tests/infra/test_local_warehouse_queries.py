"""The local warehouse answers BigQuery's SQL, and keeps jobs as BigQuery does; asked by BigQuery's own client library over the network."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from google.api_core.exceptions import BadRequest, Conflict, GoogleAPICallError, MethodNotImplemented, NotFound
from google.cloud.bigquery import ArrayQueryParameter, Client, LoadJobConfig, QueryJobConfig, ScalarQueryParameter, Table

from infra.local.http_call import call
from infra.local.place import PROJECT
from tests.warehouse import SCHEMA, Load, Warehouse

ROWS = [
    {"day": f"2026-01-0{day}", "step": step, "times": times, "rate": times / 10, "at": f"2026-01-0{day}T10:00:00Z"}
    for day, step, times in ((1, "submit", 1), (1, "approve", 2), (2, "submit", 3), (2, "approve", 4), (3, "submit", 5))
]


@pytest.fixture
def filled(table: Table, load: Load) -> Table:
    """Five rows of three days."""
    load(ROWS)
    return table


def ask(client: Client, sql: str, table: Table | None = None, *parameters: Any, **settings: Any) -> list[tuple[Any, ...]]:
    """The rows of a query in which `steps` is the test's own table."""
    named = sql.replace("`steps`", f"`{PROJECT}.{table.dataset_id}.steps`") if table else sql
    given = QueryJobConfig(query_parameters=list(parameters), **settings)
    return [tuple(row.values()) for row in client.query(named, job_config=given).result(timeout=20)]


def test_every_type_comes_back_as_itself(client: Client) -> None:
    query = (
        "SELECT 1 AS a, 1.5 AS b, NUMERIC '1.5' AS c, TRUE AS d, 'x' AS e, DATE '2026-01-01' AS f, TIME '10:00:00' AS g,"
        " DATETIME '2026-01-01 10:00:00' AS h, TIMESTAMP '2026-01-01 10:00:00+02' AS i, b'x' AS j, CAST(NULL AS STRING) AS k,"
        " [1, 2] AS l, STRUCT(1 AS m, 'x' AS n) AS o"
    )
    result = client.query(query).result(timeout=20)
    kinds = [
        "INTEGER",
        "FLOAT",
        "NUMERIC",
        "BOOLEAN",
        "STRING",
        "DATE",
        "TIME",
        "DATETIME",
        "TIMESTAMP",
        "BYTES",
        "STRING",
        "INTEGER",
        "RECORD",
    ]
    assert [field.field_type for field in result.schema] == kinds
    (row,) = result
    assert row.values() == (
        1,
        1.5,
        Decimal("1.5"),
        True,
        "x",
        date(2026, 1, 1),
        time(10),
        datetime(2026, 1, 1, 10),  # noqa: DTZ001 - DATETIME
        datetime(2026, 1, 1, 8, tzinfo=UTC),
        b"x",
        None,
        [1, 2],
        {"m": 1, "n": "x"},
    )


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("SELECT step, SUM(times) FROM `steps` GROUP BY step ORDER BY step", [("approve", 6), ("submit", 9)]),
        ("SELECT COUNTIF(times > 2), COUNT(DISTINCT step), SAFE_DIVIDE(1, 0) FROM `steps`", [(3, 2, None)]),
        (
            "SELECT DATE_TRUNC(day, MONTH), DATE_SUB(day, INTERVAL 1 DAY), FORMAT_DATE('%Y-%m', day) FROM `steps` WHERE times = 1",
            [(date(2026, 1, 1), date(2025, 12, 31), "2026-01")],
        ),
        (
            "SELECT DATE_DIFF(MAX(day), MIN(day), DAY), EXTRACT(DAYOFWEEK FROM MIN(day)), DATE(MIN(at)) FROM `steps`",
            [(2, 5, date(2026, 1, 1))],
        ),
        (
            "SELECT TIMESTAMP_DIFF(MAX(at), MIN(at), HOUR), TIMESTAMP_TRUNC(MAX(at), DAY) FROM `steps`",
            [(48, datetime(2026, 1, 3, tzinfo=UTC))],
        ),
        ("SELECT APPROX_QUANTILES(times, 4)[OFFSET(2)] FROM `steps`", [(3,)]),
        (
            "SELECT DISTINCT step, PERCENTILE_CONT(times, 0.5) OVER (PARTITION BY step) FROM `steps` ORDER BY 1",
            [("approve", 3.0), ("submit", 3.0)],
        ),
        (
            "SELECT step, day FROM `steps` WHERE TRUE QUALIFY ROW_NUMBER() OVER (PARTITION BY step ORDER BY day DESC) = 1 ORDER BY step",
            [("approve", date(2026, 1, 2)), ("submit", date(2026, 1, 3))],
        ),
        ("SELECT times, LAG(times) OVER (ORDER BY times) FROM `steps` ORDER BY times LIMIT 2", [(1, None), (2, 1)]),
        (
            (
                "WITH daily AS (SELECT day, SUM(times) AS n FROM `steps` GROUP BY day) SELECT d, n FROM"
                " UNNEST(GENERATE_DATE_ARRAY('2026-01-03', '2026-01-04')) AS d LEFT JOIN daily ON day = d ORDER BY d"
            ),
            [(date(2026, 1, 3), 5), (date(2026, 1, 4), None)],
        ),
        ("SELECT * EXCEPT (rate, amount, adopted, at) FROM `steps` ORDER BY times DESC LIMIT 1", [(date(2026, 1, 3), "submit", 5)]),
        (
            "SELECT IF(times > 4, 'many', 'few') AS how, FORMAT('%d', COUNT(*)) FROM `steps` GROUP BY how ORDER BY how",
            [("few", "4"), ("many", "1")],
        ),
        ("SELECT times FROM `steps` WHERE step = 'submit' UNION ALL SELECT 100 ORDER BY times DESC LIMIT 2", [(100,), (5,)]),
        ("SELECT day FROM `steps` WHERE times > 100", []),
    ],
    ids=lambda value: value[:60] if isinstance(value, str) else "",
)
def test_analysts_questions_are_answered(client: Client, filled: Table, sql: str, rows: list[tuple[Any, ...]]) -> None:
    assert ask(client, sql, filled) == rows


def test_columns_without_a_name_are_counted_from_nought(client: Client) -> None:
    assert [field.name for field in client.query("SELECT 1, 2 AS two, 1 + 2").result(timeout=20).schema] == ["f0_", "two", "f1_"]


def test_parameters_are_values_whatever_they_hold(client: Client, filled: Table) -> None:
    named = [
        ScalarQueryParameter("day", "DATE", date(2026, 1, 1)),
        ArrayQueryParameter("steps_taken", "STRING", ["submit", "x' OR 'a' = 'a"]),
        ScalarQueryParameter("said", "STRING", 'it\'s -- "x" \\ ;'),
        ScalarQueryParameter("none", "INT64", None),
    ]
    sql = "SELECT times, @said, @none FROM `steps` WHERE day = @day AND step IN UNNEST(@steps_taken)"
    assert ask(client, sql, filled, *named) == [(1, 'it\'s -- "x" \\ ;', None)]
    in_order = [ScalarQueryParameter(None, "STRING", "approve"), ScalarQueryParameter(None, "INT64", 3)]
    assert ask(client, "SELECT times FROM `steps` WHERE step = ? AND times > ?", filled, *in_order) == [(4,)]
    swapped = "WITH first AS (SELECT ? AS a, '?' AS b) SELECT a, b, ? AS c FROM first WHERE ? = 3"
    assert ask(client, swapped, None, *(ScalarQueryParameter(None, "INT64", n) for n in (1, 2, 3))) == [(1, "?", 2)]
    with pytest.raises(BadRequest, match="'missing' not found"):
        ask(client, "SELECT @missing")


def test_rows_are_altered_and_counted(client: Client, filled: Table) -> None:
    def changed(sql: str) -> int | None:
        job = client.query(sql.replace("`steps`", f"`{filled.dataset_id}.steps`"))
        job.result(timeout=20)
        return job.num_dml_affected_rows

    merge = (
        "MERGE `steps` t USING ("
        "SELECT DATE '2026-01-01' AS day, 'submit' AS step, 10 AS times UNION ALL SELECT DATE '2026-01-09', 'new', 11) s"
        " ON t.day = s.day AND t.step = s.step WHEN MATCHED THEN UPDATE SET times = s.times"
        " WHEN NOT MATCHED THEN INSERT (day, step, times) VALUES (s.day, s.step, s.times)"
    )
    assert changed(merge) == 2
    assert changed("UPDATE `steps` SET times = times + 1 WHERE day = '2026-01-09'") == 1
    assert changed("INSERT INTO `steps` (day, step, times) VALUES ('2026-01-09', 'last', 1)") == 1
    assert changed("DELETE FROM `steps` WHERE day < '2026-01-09'") == 5
    assert ask(client, "SELECT step, times FROM `steps` ORDER BY step", filled) == [("last", 1), ("new", 12)]


def test_a_table_is_made_from_a_query_and_dropped(client: Client, filled: Table) -> None:
    place = f"`{PROJECT}.{filled.dataset_id}.totals`"
    source = f"SELECT day, SUM(times) AS times FROM {filled.dataset_id}.steps GROUP BY day"
    ask(client, f"CREATE OR REPLACE TABLE {place} PARTITION BY day CLUSTER BY times OPTIONS (description = 'daily') AS {source}")
    found = client.get_table(f"{filled.dataset_id}.totals")
    assert (found.num_rows, found.description, found.clustering_fields) == (3, "daily", ["times"])
    assert [(field.name, field.field_type) for field in found.schema] == [("day", "DATE"), ("times", "INTEGER")]
    with pytest.raises(Conflict):
        ask(client, f"CREATE TABLE {place} (a INT64 NOT NULL OPTIONS (description = 'x'))")
    ask(client, f"DROP TABLE {place}")
    ask(client, f"CREATE TABLE IF NOT EXISTS {place} (a INT64 NOT NULL OPTIONS (description = 'x'))")
    (column,) = client.get_table(f"{filled.dataset_id}.totals").schema
    assert (column.name, column.field_type, column.mode, column.description) == ("a", "INTEGER", "REQUIRED", "x")


def test_an_answer_goes_into_a_table_where_the_query_says_so(client: Client, filled: Table) -> None:
    target = f"{PROJECT}.{filled.dataset_id}.copied"
    ask(client, "SELECT day, at FROM `steps`", filled, destination=target)
    assert {row["at"] for row in client.list_rows(client.get_table(target))} == {datetime(2026, 1, n, 10, tzinfo=UTC) for n in (1, 2, 3)}
    with pytest.raises(Conflict):
        ask(client, "SELECT day, at FROM `steps`", filled, destination=target, write_disposition="WRITE_EMPTY")


@pytest.mark.parametrize(
    ("sql", "refusal", "said"),
    [
        ("SELEC 1", BadRequest, "Syntax error"),
        ("SELECT 1 FROM", BadRequest, "Syntax error"),
        ("", BadRequest, ""),
        ("SELECT nobody FROM `steps`", BadRequest, "nobody"),
        ("SELECT UNKNOWN_FUNCTION(1)", BadRequest, "unknown_function"),
        ("SELECT 1 AS a, 2 AS a", BadRequest, "Duplicate column names"),
        ("SELECT 1 / 0", BadRequest, "division by zero"),
        ("SELECT CAST('x' AS INT64)", BadRequest, "x"),
        ("DELETE FROM `steps`", BadRequest, "must have a WHERE"),
        ("INSERT INTO `steps` (step) VALUES ('x')", BadRequest, "NOT NULL"),
        ("SELECT 1 FROM unqualified", BadRequest, "must be qualified"),
        ("SELECT 1 FROM nobodys.table", NotFound, "Not found: Dataset"),
        ("SELECT 1 FROM `other-project.usage.steps`", NotFound, "Not found: Project"),
        ("SELECT * FROM _warehouse.resources", NotFound, "Not found"),
        ("SELECT * FROM read_text('/etc/hostname')", BadRequest, "disabled"),
        ("SELECT EXTRACT(WEEK FROM day) FROM `steps`", MethodNotImplemented, "EXTRACT of a week"),
        ("SELECT 1; SELECT 2", MethodNotImplemented, "scripts"),
        ("CREATE VIEW a.b AS SELECT 1", MethodNotImplemented, "CREATE VIEW"),
        ("EXPORT DATA OPTIONS (uri = 'gs://a/b') AS SELECT 1", GoogleAPICallError, ""),
    ],
)
def test_a_query_that_can_not_be_answered_says_why(client: Client, filled: Table, sql: str, refusal: Any, said: str) -> None:
    with pytest.raises(refusal, match=f"(?i){said}"):
        ask(client, sql, filled)
    assert client.get_table(filled).num_rows == 5


def test_a_refusal_has_bigquerys_own_shape(warehouse: Warehouse) -> None:
    answer = call("GET", f"{warehouse.url}/bigquery/v2/projects/{PROJECT}/datasets/nobodys/tables/none")
    sentence = f"Not found: Dataset {PROJECT}:nobodys"
    listed = [{"message": sentence, "domain": "global", "reason": "notFound"}]
    assert answer.json == {"error": {"code": 404, "message": sentence, "errors": listed, "status": "NOT_FOUND"}}
    assert call("GET", f"{warehouse.url}/bigquery/v2/projects/other/datasets").status == 404
    assert (
        call("POST", f"{warehouse.url}/bigquery/v2/projects/{PROJECT}/jobs", body=b"{").json["error"]["errors"][0]["reason"] == "parseError"
    )


def test_a_dry_run_says_what_it_would_read_and_does_nothing(client: Client, filled: Table) -> None:
    dry = QueryJobConfig(dry_run=True)
    job = client.query(f"SELECT step, times FROM {filled.dataset_id}.steps", job_config=dry)
    assert job.total_bytes_processed > 100
    assert [field.name for field in job.schema or []] == ["step", "times"]
    client.query(f"DELETE FROM {filled.dataset_id}.steps WHERE TRUE", job_config=dry)
    assert client.get_table(filled).num_rows == 5
    with pytest.raises(NotFound):
        client.query("SELECT 1 FROM nobodys.table", job_config=dry)


def test_long_answers_come_in_pages_and_in_order(client: Client) -> None:
    sql = "SELECT n FROM UNNEST(GENERATE_ARRAY(1, 25000)) AS n ORDER BY n DESC"
    assert [row["n"] for row in client.query(sql).result(timeout=20)] == list(range(25000, 0, -1))
    pages = [len(list(page)) for page in client.query(sql).result(page_size=9000, timeout=20).pages]
    assert pages == [9000, 9000, 7000]
    assert [row["n"] for row in client.query(sql).result(start_index=24998, timeout=20)] == [2, 1]
    assert [row["n"] for row in client.query_and_wait(sql, max_results=2)] == [25000, 24999]


def test_a_job_is_found_again_and_its_id_is_used_once(client: Client, filled: Table) -> None:
    name = f"job-{uuid4().hex}"
    first = client.query(f"INSERT INTO {filled.dataset_id}.steps (day, step) VALUES ('2026-01-04', 'x')", job_id=name, job_retry=None)
    first.result(timeout=20)
    with pytest.raises(Conflict, match=f"Already Exists: Job {PROJECT}:EU.{name}"):
        client.load_table_from_json([], filled, job_id=name, job_config=LoadJobConfig(schema=SCHEMA))
    found = client.get_job(name)
    assert (found.state, found.job_type, found.error_result) == ("DONE", "query", None)
    assert client.cancel_job(name).state == "DONE"
    assert name in {job.job_id for job in client.list_jobs(max_results=5)}
    assert client.get_table(filled).num_rows == 6
    with pytest.raises(NotFound, match="Not found: Job"):
        client.get_job("nobodys")


def test_a_job_that_failed_says_so_for_ever(client: Client) -> None:
    name = f"job-{uuid4().hex}"
    with pytest.raises(BadRequest):
        client.query("SELECT 1 / 0", job_id=name, job_retry=None).result(timeout=20)
    found = client.get_job(name)
    assert found.error_result is not None
    assert (found.state, found.error_result["reason"]) == ("DONE", "invalidQuery")
