"""The local warehouse keeps datasets and tables as BigQuery does; asked by BigQuery's own client library over the network."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil
import pytest
from google.api_core.exceptions import BadRequest, Conflict, MethodNotImplemented, NotFound, PreconditionFailed
from google.cloud.bigquery import Client, Dataset, DatasetReference, LoadJobConfig, SchemaField, Table

from infra.local.http_call import send_json
from infra.local.place import PROJECT
from tests import warehouse as programs
from tests.warehouse import GOOD, SCHEMA, Load, Warehouse


def test_a_dataset_is_made_once_and_listed_and_deleted(client: Client) -> None:
    name = f"d_{uuid4().hex}"
    asked = Dataset(f"{PROJECT}.{name}")
    asked.location, asked.description, asked.labels = "EU", "usage", {"kind": "usage"}
    made = client.create_dataset(asked)
    assert (made.location, made.description, made.labels) == ("EU", "usage", {"kind": "usage"})
    with pytest.raises(Conflict, match="Already Exists: Dataset"):
        client.create_dataset(name)
    assert client.create_dataset(name, exists_ok=True).description == "usage"
    assert name in {each.dataset_id for each in client.list_datasets()}
    client.delete_dataset(name)
    with pytest.raises(NotFound, match=f"Not found: Dataset {PROJECT}:{name}"):
        client.get_dataset(name)


def test_a_dataset_with_tables_is_deleted_only_with_its_contents(client: Client, table: Table) -> None:
    with pytest.raises(BadRequest, match="still in use"):
        client.delete_dataset(table.dataset_id)
    assert client.get_table(table).num_rows == 0


def test_a_datasets_description_can_be_changed(client: Client, dataset: DatasetReference) -> None:
    known = client.get_dataset(dataset)
    known.description = "anonymous"
    assert client.update_dataset(known, ["description"]).description == "anonymous"
    assert client.get_dataset(dataset).description == "anonymous"


def test_a_table_keeps_all_that_describes_it(client: Client, table: Table) -> None:
    found = client.get_table(table)
    assert tuple(found.schema) == SCHEMA
    assert found.schema[0].description == "the day it tells of"
    assert (found.description, found.clustering_fields) == ("Steps taken, by day.", ["step"])
    assert found.time_partitioning is not None
    assert (found.time_partitioning.type_, found.time_partitioning.field) == ("DAY", "day")
    assert (found.num_rows, found.table_type, found.location) == (0, "TABLE", "EU")
    assert found.created is not None


def test_a_table_is_made_once_and_listed_and_deleted(client: Client, table: Table) -> None:
    with pytest.raises(Conflict, match="Already Exists: Table"):
        client.create_table(Table(table.reference, schema=SCHEMA))
    (listed,) = client.list_tables(table.dataset_id)
    assert (listed.table_id, listed.clustering_fields) == ("steps", ["step"])
    client.delete_table(table)
    with pytest.raises(NotFound, match="Not found: Table"):
        client.get_table(table)
    with pytest.raises(NotFound):
        client.delete_table(table)
    client.delete_table(table, not_found_ok=True)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"schema": {"fields": [{"name": "1st", "type": "STRING"}]}}, "Invalid field name"),
        ({"schema": {"fields": [{"name": "a", "type": "STRING"}, {"name": "A", "type": "STRING"}]}}, "Duplicate field name"),
        ({"schema": {"fields": []}}, "no fields"),
        ({"clustering": {"fields": ["nobody"]}}, "clustering"),
        ({"timePartitioning": {"type": "DAY", "field": "step"}}, "partitioning"),
        ({"tableReference": {"tableId": "a b"}}, "Invalid table ID"),
    ],
)
def test_a_table_that_can_not_be_is_refused(warehouse: Warehouse, dataset: DatasetReference, change: dict[str, Any], said: str) -> None:
    asked = {"tableReference": {"tableId": "new"}, "schema": {"fields": [{"name": "step", "type": "STRING"}]}, **change}
    answer = send_json("POST", f"{warehouse.url}/bigquery/v2/projects/{PROJECT}/datasets/{dataset.dataset_id}/tables", asked)
    assert (answer.status, answer.json["error"]["errors"][0]["reason"]) == (400, "invalid")
    assert said in answer.json["error"]["message"]


@pytest.mark.parametrize("kind", ["GEOGRAPHY", "RECORD", "BIGNUMERIC"])
def test_what_the_stand_in_does_not_have_is_refused_as_such(client: Client, dataset: DatasetReference, kind: str) -> None:
    with pytest.raises(MethodNotImplemented, match="local warehouse has no"):
        client.create_table(Table(dataset.table("new"), schema=[SchemaField("a", kind, fields=[SchemaField("b", "STRING")])]))


def test_a_table_takes_more_columns_and_other_descriptions(client: Client, table: Table, load: Load) -> None:
    load([GOOD])
    known = client.get_table(table)
    known.schema = [SchemaField("day", "DATE", "REQUIRED", description="another word"), *SCHEMA[1:], SchemaField("more", "STRING")]
    known.description = "Another sentence."
    client.update_table(known, ["schema", "description"])
    found = client.get_table(table)
    assert [field.name for field in found.schema][-1] == "more"
    assert (found.schema[0].description, found.description) == ("another word", "Another sentence.")
    assert next(iter(client.list_rows(found)))["more"] is None


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        (SCHEMA[:-1], "missing in new schema"),
        ((*SCHEMA[:-1], SchemaField("at", "STRING")), "changed type"),
        ((*SCHEMA[:-1], SchemaField("at", "TIMESTAMP", "REQUIRED")), "changed mode"),
        ((*SCHEMA, SchemaField("more", "STRING", "REQUIRED")), "Cannot add required"),
    ],
)
def test_a_schema_never_loses_or_alters_a_column(client: Client, table: Table, schema: Any, said: str) -> None:
    table.schema = schema
    with pytest.raises(BadRequest, match=said):
        client.update_table(table, ["schema"])
    assert tuple(client.get_table(table).schema) == SCHEMA


def test_who_changes_an_older_state_of_a_table_is_refused(client: Client, table: Table) -> None:
    first, second = client.get_table(table), client.get_table(table)
    first.description = second.description = "mine"
    client.update_table(first, ["description"])
    with pytest.raises(PreconditionFailed):
        client.update_table(second, ["description"])


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_everything_outlives_the_program_however_it_ends(tmp_path: Path, how: signal.Signals) -> None:
    first = programs.start(tmp_path)
    client = first.client()
    client.create_dataset("usage")
    client.create_table(Table(f"{PROJECT}.usage.steps", schema=SCHEMA))
    client.load_table_from_json([GOOD], "usage.steps", job_id="once", job_config=LoadJobConfig(schema=SCHEMA)).result(timeout=20)
    assert first.stop(how) == (-how if how is signal.SIGKILL else 0)
    second = programs.start(tmp_path)
    try:
        client = second.client()
        assert [row["step"] for row in client.query_and_wait("SELECT step FROM usage.steps")] == ["submit"]
        assert tuple(client.get_table("usage.steps").schema) == SCHEMA
        with pytest.raises(Conflict, match="Already Exists: Job"):
            client.load_table_from_json([GOOD], "usage.steps", job_id="once", job_config=LoadJobConfig(schema=SCHEMA))
    finally:
        second.stop()


def test_it_listens_on_this_machine_only(warehouse: Warehouse) -> None:
    listening = [each.laddr for each in psutil.Process(warehouse.process.pid).net_connections("inet") if each.status == psutil.CONN_LISTEN]
    assert [(each.ip, each.port) for each in listening] == [("127.0.0.1", warehouse.port)]
