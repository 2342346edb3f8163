"""The local warehouse loads rows as BigQuery does: by partition, all or nothing, and nothing that doesn't fit."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from google.api_core.exceptions import BadRequest, Conflict, MethodNotImplemented, NotFound
from google.cloud.bigquery import Client, DatasetReference, LoadJobConfig, SchemaField, Table, TimePartitioning

from infra.local.http_call import call, send_json
from infra.local.place import PROJECT
from tests.warehouse import GOOD, SCHEMA, Load, Warehouse, steps


def test_what_is_loaded_is_read_back_with_its_types(client: Client, table: Table, load: Load) -> None:
    assert load([GOOD, {"day": "2026-01-01", "step": "approve"}]) == 2
    first, second = client.list_rows(table)
    assert tuple(first.values()) == (
        date(2026, 1, 1),
        "submit",
        3,
        0.5,
        Decimal("1.5"),
        True,
        datetime(2026, 1, 1, 10, tzinfo=UTC),
    )
    assert tuple(second.values())[2:] == (None,) * 5
    found = client.get_table(table)
    assert found.num_rows == 2
    assert found.num_bytes > 0


def test_rows_are_read_page_by_page_and_column_by_column(client: Client, table: Table, load: Load) -> None:
    load([{**GOOD, "times": n} for n in range(25)])
    pages = client.list_rows(table, page_size=10, selected_fields=[SCHEMA[2]]).pages
    assert [[tuple(row.values()) for row in page] for page in pages] == [[(n,) for n in range(a, min(a + 10, 25))] for a in (0, 10, 20)]
    assert [row["times"] for row in client.list_rows(table, start_index=20, max_results=3)] == [20, 21, 22]


def test_a_partition_is_replaced_and_the_others_stay(client: Client, table: Table, load: Load) -> None:
    load([GOOD, {**GOOD, "step": "approve"}], "20260101", write_disposition="WRITE_TRUNCATE")
    load([{**GOOD, "day": "2026-01-02"}], "20260102", write_disposition="WRITE_TRUNCATE")
    load([{**GOOD, "step": "reject"}], "20260101", write_disposition="WRITE_TRUNCATE")
    assert steps(client, table) == [("2026-01-01", "reject"), ("2026-01-02", "submit")]
    load([], "20260101", write_disposition="WRITE_TRUNCATE")
    assert steps(client, table) == [("2026-01-02", "submit")]


def test_a_partition_can_be_read_and_deleted_by_itself(client: Client, table: Table, load: Load) -> None:
    load([GOOD, {**GOOD, "day": "2026-01-02"}])
    one = f"{table.dataset_id}.steps$20260102"
    assert client.get_table(one).num_rows == 1
    client.delete_table(one)
    assert steps(client, table) == [("2026-01-01", "submit")]


def test_whole_tables_are_appended_to_replaced_or_left_alone(client: Client, table: Table, load: Load) -> None:
    load([GOOD], write_disposition="WRITE_EMPTY")
    load([{**GOOD, "step": "approve"}], write_disposition="WRITE_APPEND")
    assert len(steps(client, table)) == 2
    with pytest.raises(Conflict, match="Already Exists"):
        load([GOOD], write_disposition="WRITE_EMPTY")
    load([{**GOOD, "step": "reject"}], write_disposition="WRITE_TRUNCATE")
    assert steps(client, table) == [("2026-01-01", "reject")]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({**GOOD, "step": None}, "Only optional fields can be set to NULL. Field: step"),
        ({"day": "2026-01-01"}, "Only optional fields can be set to NULL. Field: step"),
        ({**GOOD, "person": "x"}, "No such field: person"),
        ({**GOOD, "day": "2026-02-30"}, "Could not convert value to DATE. Field: day"),
        ({**GOOD, "times": "many"}, "Could not convert value to INTEGER. Field: times"),
        ({**GOOD, "times": 1.5}, "INTEGER. Field: times"),
        ({**GOOD, "times": 2**63}, "INTEGER. Field: times"),
        ({**GOOD, "times": True}, "INTEGER. Field: times"),
        ({**GOOD, "rate": "fast"}, "FLOAT. Field: rate"),
        ({**GOOD, "amount": "1e40"}, "NUMERIC. Field: amount"),
        ({**GOOD, "adopted": "yes"}, "BOOLEAN. Field: adopted"),
        ({**GOOD, "at": "yesterday"}, "TIMESTAMP. Field: at"),
        ({**GOOD, "step": {"name": "submit"}}, "STRING. Field: step"),
        ("{not json", "JSON parsing error"),
        ("[1, 2]", "JSON parsing error"),
        ({**GOOD, "day": "2026-01-02"}, "Some rows belong to different partitions"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_one_bad_row_refuses_a_load_and_changes_nothing(client: Client, table: Table, load: Load, row: Any, said: str) -> None:
    load([GOOD], "20260101")
    with pytest.raises(BadRequest, match=said):
        load([{**GOOD, "step": "approve"}, row], "20260101", write_disposition="WRITE_TRUNCATE")
    assert steps(client, table) == [("2026-01-01", "submit")]


def test_unknown_fields_and_bad_rows_pass_only_where_the_load_says_so(client: Client, table: Table, load: Load) -> None:
    assert load([{**GOOD, "person": "x"}], ignore_unknown_values=True) == 1
    assert load([GOOD, {"step": "approve"}], max_bad_records=1) == 1
    assert len(steps(client, table)) == 2


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        (SCHEMA[:2], "missing in new schema"),
        ((*SCHEMA[:-1], SchemaField("at", "STRING")), "changed type"),
        ((*SCHEMA, SchemaField("more", "STRING")), "Cannot add fields"),
    ],
)
def test_a_load_with_another_schema_is_refused_unless_it_may_add(table: Table, load: Load, schema: Any, said: str) -> None:
    with pytest.raises(BadRequest, match=said):
        load([{"day": "2026-01-01", "step": "submit"}], schema=schema)
    assert load([{**GOOD, "more": "x"}], schema=(*SCHEMA, SchemaField("more", "STRING")), schema_update_options=["ALLOW_FIELD_ADDITION"])


def test_a_load_makes_its_table_unless_it_may_not(client: Client, dataset: DatasetReference) -> None:
    def load(**settings: Any) -> Any:
        given = LoadJobConfig(schema=SCHEMA, time_partitioning=TimePartitioning(field="day"), **settings)
        return client.load_table_from_json([GOOD], dataset.table("made"), job_config=given).result(timeout=20)

    with pytest.raises(NotFound):
        load(create_disposition="CREATE_NEVER")
    load(destination_table_description="made by a load")
    found = client.get_table(dataset.table("made"))
    assert (found.num_rows, found.description) == (1, "made by a load")
    assert found.time_partitioning is not None
    assert found.time_partitioning.field == "day"


def test_a_large_load_comes_in_chunks(client: Client, table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("google.cloud.bigquery.client._DEFAULT_CHUNKSIZE", 256 * 1024)
    rows = [{**GOOD, "times": n, "step": "x" * 1000} for n in range(6000)]
    job = client.load_table_from_json(rows, table, job_config=LoadJobConfig(schema=SCHEMA))
    job.result(timeout=60)
    assert job.output_rows == 6000
    assert client.get_table(table).num_rows == 6000


def test_a_resumable_upload_goes_on_where_it_was_interrupted(warehouse: Warehouse, client: Client, table: Table) -> None:
    target = {"projectId": PROJECT, "datasetId": table.dataset_id, "tableId": "steps"}
    job = {"configuration": {"load": {"sourceFormat": "NEWLINE_DELIMITED_JSON", "destinationTable": target}}}
    begun = send_json("POST", f"{warehouse.url}/upload/bigquery/v2/projects/{PROJECT}/jobs?uploadType=resumable", job)
    place, content = begun.headers["location"], json.dumps(GOOD).encode()
    said = [("bytes 0-9/*", content[:10]), ("bytes */*", b""), (f"bytes 5-{len(content) - 1}/{len(content)}", content[5:])]
    answers = [call("PUT", place, headers={"Content-Range": span}, body=chunk) for span, chunk in said]
    assert [(each.status, each.headers.get("range")) for each in answers] == [(308, "bytes=0-9"), (308, "bytes=0-9"), (200, None)]
    assert answers[-1].json["statistics"]["load"]["outputRows"] == "1"
    assert steps(client, table) == [("2026-01-01", "submit")]


def test_streaming_is_refused_with_the_way_to_go(client: Client, table: Table) -> None:
    with pytest.raises(MethodNotImplemented, match="with a load job"):
        client.insert_rows_json(table, [GOOD])
