"""Datasets and tables of the local warehouse: made, changed, filled by partition and read back."""

from __future__ import annotations

import hashlib
import json
import re
import time
from dataclasses import dataclass
from typing import Any

from infra.local.place import PROJECT
from infra.local.warehouse_engine import Engine, Resource, quoted
from infra.local.warehouse_schema import added, fields_of, judge_table
from infra.local.warehouse_values import KINDS, Field, Refused, absent, invalid

LOCATION = "EU"
DATASET, TABLE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_]{0,1023}"), re.compile(r"[A-Za-z0-9_-]{1,1024}")
TARGET = re.compile(r"([^$]+)(?:\$(\d{4})(\d{2})(\d{2}))?")
KEPT = {
    "dataset": ("description", "friendlyName", "labels", "defaultTableExpirationMs", "defaultPartitionExpirationMs"),
    "table": ("description", "friendlyName", "labels", "schema", "timePartitioning", "clustering", "expirationTime"),
}


@dataclass(frozen=True)
class Target:
    """A table, or with `day` (2026-01-31) one partition of it, as `table$20260131` names it."""

    dataset: str
    table: str
    day: str = ""

    @property
    def said(self) -> str:
        """As BigQuery's sentences name it."""
        return f"{PROJECT}:{self.dataset}.{self.table}" + (f"${self.day.replace('-', '')}" if self.day else "")

    @property
    def engine(self) -> str:
        """As the engine names the whole table."""
        return quoted(self.dataset, self.table)


def target_of(reference: dict[str, Any]) -> Target:
    """The target of a tableReference or destinationTable; raises Refused."""
    if reference.get("projectId", PROJECT) != PROJECT:
        raise Refused(404, "notFound", f"Not found: Project {reference['projectId']}")
    return target(str(reference.get("datasetId", "")), str(reference.get("tableId", "")))


def target(dataset: str, table: str) -> Target:
    """The target that an address names; raises Refused."""
    found = TARGET.fullmatch(table)
    if not found:
        raise invalid(f'Invalid table ID "{table}". A partition is named as in table$20260131.')
    return Target(dataset, found[1], "-".join(found.groups()[1:]) if found[2] else "")


class Tables:
    """What the addresses under /datasets do. `engine` keeps it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def dataset(self, name: str) -> Resource:
        """One dataset; raises Refused."""
        found = self.engine.find("dataset", "", name)
        if found is None:
            raise Refused(404, "notFound", f"Not found: Dataset {PROJECT}:{name}")
        return _stamped(found)

    def create_dataset(self, given: Resource) -> Resource:
        """A new, empty dataset; raises Refused."""
        name = str(given.get("datasetReference", {}).get("datasetId", ""))
        if not DATASET.fullmatch(name):
            raise invalid(f'Invalid dataset ID "{name}". Dataset IDs must be alphanumeric (plus underscores).')
        with self.engine.change():
            if self.engine.find("dataset", "", name):
                raise Refused(409, "duplicate", f"Already Exists: Dataset {PROJECT}:{name}")
            self.engine.rows(f"CREATE SCHEMA {quoted(name)}")
            made = {
                "kind": "bigquery#dataset",
                "id": f"{PROJECT}:{name}",
                "datasetReference": {"projectId": PROJECT, "datasetId": name},
                "location": given.get("location") or LOCATION,
                "creationTime": _now(),
            }
            return self._keep("dataset", "", name, made, given)

    def change_dataset(self, name: str, given: Resource) -> Resource:
        """Description and labels of a dataset; raises Refused."""
        with self.engine.change():
            return self._keep("dataset", "", name, self.dataset(name), given)

    def delete_dataset(self, name: str, *, contents: bool) -> None:
        """A dataset, with its tables only where `contents` says so; raises Refused."""
        with self.engine.change():
            self.dataset(name)
            tables = self.engine.all("table", name)
            if tables and not contents:
                raise Refused(400, "resourceInUse", f"Dataset {PROJECT}:{name} is still in use")
            for each in tables:
                self.delete(target_of(each["tableReference"]))
            self.engine.rows(f"DROP SCHEMA {quoted(name)}")
            self.engine.forget("dataset", "", name)

    def find(self, at: Target) -> Resource | None:
        """A table as it was written down, or None; raises Refused where even its dataset isn't there."""
        self.dataset(at.dataset)
        return self.engine.find("table", at.dataset, at.table)

    def table(self, at: Target) -> Resource:
        """One table with its size; raises Refused."""
        found = self.find(at)
        if found is None:
            raise Refused(404, "notFound", f"Not found: Table {at.said}")
        sizes = " + ".join(KINDS[each["type"]].size.format(quoted(each["name"])) for each in found["schema"]["fields"])
        sql = f"SELECT count(*), coalesce(sum({sizes}), 0) FROM {at.engine}{self._where(found, at)}"  # noqa: S608 - names are checked
        [(rows, size)] = self.engine.rows(sql)
        return {**_stamped(found), "numRows": str(rows), "numBytes": str(int(size))}

    def create(self, dataset: str, given: Resource) -> Resource:
        """A new, empty table; raises Refused."""
        at = target(dataset, str(given.get("tableReference", {}).get("tableId", "")))
        if not TABLE.fullmatch(at.table) or at.day:
            raise invalid(f'Invalid table ID "{at.table}".')
        with self.engine.change():
            if self.find(at):
                raise Refused(409, "duplicate", f"Already Exists: Table {at.said}")
            fields = fields_of(given.get("schema"))
            given = {**given, "schema": {"fields": fields}}
            judge_table(given)
            self.engine.rows(f"CREATE TABLE {at.engine} ({', '.join(map(_column, fields))})")
            made = {
                "kind": "bigquery#table",
                "id": f"{PROJECT}:{at.dataset}.{at.table}",
                "tableReference": {"projectId": PROJECT, "datasetId": at.dataset, "tableId": at.table},
                "type": "TABLE",
                "location": self.dataset(dataset)["location"],
                "creationTime": _now(),
            }
            self._keep("table", at.dataset, at.table, made, given)
            return self.table(at)

    def change(self, at: Target, given: Resource, etag: str = "") -> Resource:
        """Descriptions, labels, more columns, fewer demands; raises Refused. `etag`: only if it is still that state."""
        with self.engine.change():
            before = self.table(at)
            if etag not in {"", "*", before["etag"]}:
                raise Refused(412, "conditionNotMet", "Precondition Failed: the table has changed meanwhile.")
            if "schema" in given:
                given = {**given, "schema": {"fields": self._evolve(at, before, fields_of(given["schema"]))}}
            after = {**before, **{key: given[key] for key in KEPT["table"] if key in given}}
            judge_table(after)
            if (before.get("timePartitioning") or {}).get("field") != (after.get("timePartitioning") or {}).get("field"):
                raise invalid("Cannot change partitioning of an existing table.")
            self._keep("table", at.dataset, at.table, before, given)
            return self.table(at)

    def _evolve(self, at: Target, before: Resource, fields: list[Field]) -> list[Field]:
        old = before["schema"]["fields"]
        for extra in added(old, fields, at.said):
            self.engine.rows(f"ALTER TABLE {at.engine} ADD COLUMN {_column(extra)}")
        wanted = {field["name"].lower(): field for field in fields}
        for was in old:
            if was["mode"] == "REQUIRED" and wanted[was["name"].lower()]["mode"] == "NULLABLE":
                self.engine.rows(f"ALTER TABLE {at.engine} ALTER COLUMN {quoted(was['name'])} DROP NOT NULL")
        known = {was["name"].lower() for was in old}
        return [wanted[was["name"].lower()] for was in old] + [field for field in fields if field["name"].lower() not in known]

    def delete(self, at: Target) -> None:
        """A table, or one partition of it; raises Refused."""
        with self.engine.change():
            found = self.table(at)
            if at.day:
                self.engine.rows(f"DELETE FROM {at.engine}{self._where(found, at)}")  # noqa: S608 - names are checked
                return
            self.engine.rows(f"DROP TABLE {at.engine}")
            self.engine.forget("table", at.dataset, at.table)

    def write(self, at: Target, fields: list[Field], rows: list[tuple[Any, ...]], how: Resource) -> None:
        """Put rows into a table by the job configuration `how` (its dispositions); raises Refused, and then nothing has changed."""
        with self.engine.change():
            found = self.find(at)
            if found is None:
                found = self._create_for(at, fields, how)
            disposition = how.get("writeDisposition") or "WRITE_APPEND"
            if disposition == "WRITE_EMPTY" and self.table(at)["numRows"] != "0":
                raise Refused(409, "duplicate", f"Already Exists: Table {at.said}")
            whole = disposition == "WRITE_TRUNCATE" and not at.day
            if whole and fields != found["schema"]["fields"]:
                found = self._replace(at, found, fields)
            elif more := added(found["schema"]["fields"], fields, at.said):
                if "ALLOW_FIELD_ADDITION" not in (how.get("schemaUpdateOptions") or ()):
                    raise invalid(f"Provided Schema does not match Table {at.said}. Cannot add fields (field: {more[0]['name']})")
                found = self.change(Target(at.dataset, at.table), {"schema": {"fields": fields}})
            self._judge_partition(found, at, fields, rows)
            if disposition == "WRITE_TRUNCATE":
                self.engine.rows(f"DELETE FROM {at.engine}{self._where(found, at)}")  # noqa: S608 - names are checked
            self._insert(at, fields, rows)
            self._keep("table", at.dataset, at.table, found, {})

    def _create_for(self, at: Target, fields: list[Field], how: Resource) -> Resource:
        if how.get("createDisposition") == "CREATE_NEVER":
            raise Refused(404, "notFound", f"Not found: Table {at.said}")
        given = {key: how[key] for key in ("timePartitioning", "clustering") if how.get(key)}
        given |= how.get("destinationTableProperties") or {}
        return self.create(at.dataset, {**given, "tableReference": {"tableId": at.table}, "schema": {"fields": fields}})

    def _replace(self, at: Target, found: Resource, fields: list[Field]) -> Resource:
        """The same table with another schema and no rows."""
        after = {**found, "schema": {"fields": fields}}
        judge_table(after)
        self.engine.rows(f"DROP TABLE {at.engine}")
        self.engine.rows(f"CREATE TABLE {at.engine} ({', '.join(map(_column, fields))})")
        return after

    def _judge_partition(self, found: Resource, at: Target, fields: list[Field], rows: list[tuple[Any, ...]]) -> None:
        if not at.day:
            return
        self._where(found, at)
        place = [field["name"] for field in fields].index(found["timePartitioning"]["field"])
        if any(str(row[place])[:10] != at.day for row in rows):
            raise invalid(f"Some rows belong to different partitions rather than destination partition {at.said}")

    def _insert(self, at: Target, fields: list[Field], rows: list[tuple[Any, ...]]) -> None:
        if not rows:
            return
        names = ", ".join(quoted(field["name"]) for field in fields)
        values = ", ".join(f"unnest(${n}::{KINDS[field['type']].engine}[])" for n, field in enumerate(fields, 1))
        columns = [list(column) for column in zip(*rows, strict=True)]
        self.engine.rows(f"INSERT INTO {at.engine} ({names}) SELECT {values}", columns)

    def read(self, at: Target, names: list[str], start: int, count: int) -> tuple[list[Field], list[tuple[Any, ...]]]:
        """Rows of a table in the order they came, of the columns `names` (all where empty); raises Refused."""
        found = self.table(at)
        fields = [field for field in found["schema"]["fields"] if not names or field["name"] in names]
        if not fields or len(fields) < len(names):
            raise invalid("A selected field is not in the table's schema.")
        casts = {"TIMESTAMP": "::TIMESTAMP"}
        chosen = ", ".join(quoted(field["name"]) + casts.get(field["type"], "") for field in fields)
        sql = f"SELECT {chosen} FROM {at.engine}{self._where(found, at)} LIMIT {count} OFFSET {start}"  # noqa: S608 - names are checked
        return fields, self.engine.rows(sql)

    def _where(self, found: Resource, at: Target) -> str:
        """The rows that `at` means: all, or one partition's; raises Refused where there are no partitions."""
        if not at.day:
            return ""
        if not found.get("timePartitioning"):
            raise invalid(f"Table {at.said} isn't partitioned: a partition decorator can't be used with it.")
        return f" WHERE CAST({quoted(found['timePartitioning']['field'])} AS DATE) = '{at.day}'"

    def _keep(self, kind: str, parent: str, name: str, before: Resource, given: Resource) -> Resource:
        """Write down what `given` says over `before`; null takes a property away."""
        if "view" in given:
            raise absent("views")
        after = {**before, **{key: given[key] for key in KEPT[kind] if key in given}, "lastModifiedTime": _now()}
        kept = {key: value for key, value in after.items() if value is not None and key not in {"etag", "numRows", "numBytes"}}
        self.engine.keep(kind, parent, name, kept)
        return _stamped(kept)


def _column(field: Field) -> str:
    return f"{quoted(field['name'])} {KINDS[field['type']].engine}" + (" NOT NULL" if field["mode"] == "REQUIRED" else "")


def _stamped(resource: Resource) -> Resource:
    """With the etag of exactly this state."""
    return {**resource, "etag": hashlib.sha256(json.dumps(resource, sort_keys=True).encode()).hexdigest()[:22]}


def _now() -> str:
    return str(time.time_ns() // 1_000_000)
