"""BigQuery: usage tables, each day of which is replaced as a whole, so that loading is idempotent.

google-cloud-bigquery takes half a second to import, so it is imported only when needed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from shared.google import reach
from shared.outside import config
from shared.outside.imports import importing

if TYPE_CHECKING:
    from google.api_core.retry import Retry
    from google.cloud.bigquery import Client, SchemaField

    from shared.domain.reports.usage import Table

DATASET = "usage"
LOCATION = "EU"  # the data of European organisations stay in the Union
TIME_LIMIT = 20  # seconds for one call
RETRY_LIMIT = 60.0  # seconds in which a call is tried again
JOB_LIMIT = 120.0  # seconds for a load or a query
UPLOADS_AGAIN = 3  # times that an upload is sent again after lost connections and 5xx
_PARAMETERS = {
    bool: "BOOL",
    int: "INT64",
    float: "FLOAT64",
    str: "STRING",
    Decimal: "NUMERIC",
    dt.date: "DATE",
    dt.datetime: "TIMESTAMP",
}

WAREHOUSE = reach.Service("The warehouse is", retry_after=60)


def ensure(table: Table) -> None:
    """Create the table and its dataset, or add missing columns; existing data stay. Raises errors.Unavailable."""
    with importing():
        from google.api_core.exceptions import NotFound
        from google.cloud import bigquery

    with _calls():
        client = _client()
        limits: dict[str, Any] = {"timeout": TIME_LIMIT, "retry": _retry()}
        wanted = bigquery.Table(_address(table.name), schema=_schema(table))
        try:
            found = client.get_table(wanted.reference, **limits)
        except NotFound:
            dataset = bigquery.Dataset(f"{client.project}.{DATASET}")
            dataset.location = LOCATION
            client.create_dataset(dataset, exists_ok=True, **limits)
            wanted.description = table.description
            wanted.clustering_fields = list(table.clustering) or None
            wanted.time_partitioning = bigquery.TimePartitioning(field=table.partition)
            client.create_table(wanted, exists_ok=True, **limits)
            return
        if {field.name for field in found.schema} < {column.name for column in table.columns}:
            found.schema = wanted.schema
            client.update_table(found, ["schema"], **limits)


def load(table: Table, day: dt.date, rows: Iterable[Mapping[str, object]]) -> int:
    """Replace that day of the table by `rows` (JSON values; may be empty) and return their number.

    It is atomic. The job id is fixed for the call, so that an upload whose answer was lost is found and not run twice.
    Raises errors.Unavailable if it may be retried, and BigQuery's own error if the rows don't match the schema.
    """
    with importing():
        from google.api_core.exceptions import Conflict
        from google.cloud import bigquery

    settings = bigquery.LoadJobConfig(
        schema=_schema(table),
        source_format=bigquery.SourceFormat.NEWLINE_DELIMITED_JSON,
        write_disposition=bigquery.WriteDisposition.WRITE_TRUNCATE,
        create_disposition=bigquery.CreateDisposition.CREATE_NEVER,
    )
    job_id = f"{DATASET}-{table.name}-{day:%Y%m%d}-{uuid4().hex}"
    with _calls():
        client = _client()
        target, sent = f"{_address(table.name)}${day:%Y%m%d}", [dict(row) for row in rows]
        limits: dict[str, Any] = {"timeout": TIME_LIMIT, "num_retries": UPLOADS_AGAIN}
        try:
            job: Any = client.load_table_from_json(sent, target, job_id=job_id, location=LOCATION, job_config=settings, **limits)
        except Conflict:
            job = client.get_job(job_id, location=LOCATION, timeout=TIME_LIMIT, retry=_retry())
        job.result(timeout=JOB_LIMIT, retry=_retry())
        return int(job.output_rows)


def query(sql: str, **parameters: str | float | Decimal | dt.date | None) -> list[dict[str, Any]]:
    """The rows of a query, by column; `parameters` stand in it as @name. Raises errors.Unavailable, and BigQuery's own errors."""
    with importing():
        from google.cloud import bigquery

    given = [bigquery.ScalarQueryParameter(name, _PARAMETERS[type(value)], value) for name, value in parameters.items()]
    settings = bigquery.QueryJobConfig(query_parameters=given)
    with _calls():
        # Without job_retry=None the client runs a query again for ten minutes.
        job = _client().query(sql, job_config=settings, location=LOCATION, timeout=TIME_LIMIT, retry=_retry(), job_retry=None)
        return [dict(row) for row in job.result(timeout=JOB_LIMIT, retry=_retry(), job_retry=None)]


def _schema(table: Table) -> list[SchemaField]:
    with importing():
        from google.cloud import bigquery

    return [
        bigquery.SchemaField(column.name, column.kind, "REQUIRED" if column.required else "NULLABLE", description=column.description)
        for column in table.columns
    ]


def _address(name: str) -> str:
    return f"{config.current().project}.{DATASET}.{name}"


def _client() -> Client:
    """One client a process; anonymous only for the local warehouse."""
    with importing():
        from google.auth.credentials import AnonymousCredentials
        from google.cloud import bigquery

    def made(settings: config.Config) -> Client:
        local: dict[str, Any] = {}
        if settings.warehouse:
            anonymous = AnonymousCredentials()  # type: ignore[no-untyped-call]  # google-auth is typed in parts
            local = {"credentials": anonymous, "client_options": {"api_endpoint": settings.warehouse}}
        return bigquery.Client(project=settings.project, **local)

    return reach.once("bigquery", made)


def _retry() -> Retry:
    """Retry temporary failures (429, 5xx, lost connections) for RETRY_LIMIT seconds; all our calls are idempotent."""
    with importing():
        from google.cloud.bigquery import DEFAULT_RETRY

    retry: Retry = DEFAULT_RETRY.with_timeout(RETRY_LIMIT)
    return retry


def _calls() -> AbstractContextManager[None]:
    return reach.bigquery_calls(WAREHOUSE)
