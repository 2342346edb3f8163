"""What a query job of the local warehouse does: one statement of BigQuery's SQL, over the tables that are there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from infra.local.warehouse_engine import Engine, Resource, quoted
from infra.local.warehouse_sql import fill, parse, qualify, refused, tables_of, translate
from infra.local.warehouse_tables import Tables, Target, target_of
from infra.local.warehouse_values import Field, Refused, absent, answer_field, invalid

STATEMENTS: dict[type[exp.Expr], str] = {
    exp.Select: "SELECT",
    exp.SetOperation: "SELECT",
    exp.Subquery: "SELECT",
    exp.Insert: "INSERT",
    exp.Update: "UPDATE",
    exp.Delete: "DELETE",
    exp.TruncateTable: "TRUNCATE_TABLE",
    exp.Merge: "MERGE",
    exp.Create: "CREATE_TABLE",
    exp.Drop: "DROP_TABLE",
}
DML = {"INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE_TABLE"}
COUNTED = {"INSERT": "insertedRowCount", "UPDATE": "updatedRowCount", "DELETE": "deletedRowCount"}


@dataclass(frozen=True)
class Answer:
    """What a statement gave: rows of `fields` for a SELECT, else how many rows it changed; `size` in bytes read."""

    statement: str
    fields: list[Field]
    rows: list[tuple[Any, ...]]
    size: int
    tables: tuple[Target, ...]
    changed: int | None = None

    @property
    def statistics(self) -> Resource:
        """For the job's statistics.query."""
        said: Resource = {
            "statementType": self.statement,
            "totalBytesProcessed": str(self.size),
            "totalBytesBilled": str(self.size),
            "cacheHit": False,
            "referencedTables": [_reference(each) for each in self.tables],
        }
        if self.changed is not None:
            counted = {COUNTED[self.statement]: str(self.changed)} if self.statement in COUNTED else {}
            said |= {"numDmlAffectedRows": str(self.changed), "dmlStats": counted}
        return said | ({"schema": {"fields": self.fields}} if self.fields else {})


class Queries:
    """Runs statements over `tables`."""

    def __init__(self, engine: Engine, tables: Tables) -> None:
        self.engine, self.tables = engine, tables

    def run(self, query: Resource, *, dry: bool) -> Answer:
        """The answer to the configuration `query` of a job; `dry` only judges it. Raises Refused, and then nothing has changed."""
        if query.get("useLegacySql") is True or str(query.get("query", "")).startswith("#legacySQL"):
            raise absent("legacy SQL")
        statement = parse(str(query.get("query", "")))
        kind = next((name for each, name in STATEMENTS.items() if isinstance(statement, each)), "")
        if isinstance(statement, (exp.Condition, exp.Alias)):
            raise refused(f'Syntax error: "{str(query["query"]).strip()[:40]}" begins no statement.')
        if not kind or (isinstance(statement, (exp.Create, exp.Drop)) and statement.kind != "TABLE"):
            raise absent(f"statement {statement.key.upper()} {statement.args.get('kind') or ''}".rstrip())
        fill(statement, query)
        default = str((query.get("defaultDataset") or {}).get("datasetId", ""))
        for table in tables_of(statement):
            qualify(table, default)
        with self.engine.change():
            return self._ways(kind)(statement, query, kind, dry)

    def _ways(self, kind: str) -> Callable[[Any, Resource, str, bool], Answer]:
        ways: dict[str, Callable[[Any, Resource, str, bool], Answer]]
        ways = {"SELECT": self._select, "CREATE_TABLE": self._create, "DROP_TABLE": self._drop}
        return ways.get(kind, self._alter)

    def _select(self, statement: exp.Expr, query: Resource, kind: str, dry: bool) -> Answer:  # noqa: FBT001 - one of the ways
        tables, size = self._known(tables_of(statement))
        fields, sql = self._fields(translate(statement))
        rows = [] if dry else self.engine.rows(sql)
        if query.get("destinationTable") and not dry:
            self.tables.write(target_of(query["destinationTable"]), _columns(fields), rows, {"writeDisposition": "WRITE_EMPTY", **query})
        return Answer(kind, fields, rows, size, tables)

    def _fields(self, sql: str) -> tuple[list[Field], str]:
        """The columns of a query, and the query with moments as the client library of the engine can hand them over: UTC without a zone."""
        described = self.engine.columns(sql)
        names = [name.lower() for name, _ in described]
        if twice := [name for name in names if names.count(name) > 1]:
            raise refused(f"Duplicate column names in the result are not supported. Found duplicate(s): {twice[0]}")
        fields = [answer_field(name, kind) for name, kind in described]
        if not any("WITH TIME ZONE" in str(kind) for _, kind in described):
            return fields, sql
        casts = (f"CAST({quoted(name)} AS {str(kind).replace(' WITH TIME ZONE', '')})" for name, kind in described)
        return fields, f"SELECT {', '.join(casts)} FROM ({sql}) AS answer"  # noqa: S608 - the query is what was asked for

    def _alter(self, statement: exp.Expr, _query: Resource, kind: str, dry: bool) -> Answer:  # noqa: FBT001 - one of the ways
        """INSERT, UPDATE, DELETE, MERGE, TRUNCATE."""
        tables, size = self._known(tables_of(statement))
        sql = translate(statement)
        if dry:
            self.engine.rows(f"EXPLAIN {sql}")
            return Answer(kind, [], [], size, tables)
        [(changed,)] = self.engine.rows(sql)
        self._touch(statement)
        return Answer(kind, [], [], size, tables, changed)

    def _touch(self, statement: exp.Expr) -> None:
        """The altered table has been modified now."""
        altered = next(iter(tables_of(statement)), None)
        if altered is not None:
            self.tables.change(Target(altered.db, altered.name), {})

    def _create(self, statement: exp.Create, _query: Resource, kind: str, dry: bool) -> Answer:  # noqa: FBT001 - one of the ways
        """CREATE [OR REPLACE] TABLE [IF NOT EXISTS], with columns or AS SELECT."""
        table = statement.this.this if isinstance(statement.this, exp.Schema) else statement.this
        at = Target(table.db, table.name)
        asked, rows, size = statement.expression, [], 0
        sources: tuple[Target, ...] = ()
        if asked:
            kind = "CREATE_TABLE_AS_SELECT"
            sources, size = self._known(tables_of(asked))
            fields, sql = self._fields(translate(asked))
            fields, rows = _columns(fields), [] if dry else self.engine.rows(sql)
        else:
            fields = [_defined(each) for each in statement.this.expressions]
        answer = Answer(kind, [], [], size, sources)
        exists = self.tables.find(at) is not None
        if dry or (exists and statement.args.get("exists")):
            return answer
        if exists and statement.args.get("replace"):
            self.tables.delete(at)
        self.tables.create(at.dataset, {"tableReference": _reference(at), "schema": {"fields": fields}, **_properties(statement)})
        self.tables.write(at, self.tables.table(at)["schema"]["fields"], rows, {})
        return answer

    def _drop(self, statement: exp.Drop, _query: Resource, kind: str, dry: bool) -> Answer:  # noqa: FBT001 - one of the ways
        for table in tables_of(statement):
            at = Target(table.db, table.name)
            there = self.tables.find(at) is not None
            if not dry and (there or not statement.args.get("exists")):
                self.tables.delete(at)
        return Answer(kind, [], [], 0, ())

    def _known(self, tables: list[exp.Table]) -> tuple[tuple[Target, ...], int]:
        """The tables that a statement reads or alters, and their bytes; raises Refused where one isn't there."""
        targets = tuple(dict.fromkeys(Target(each.db, each.name) for each in tables))
        try:
            return targets, sum(int(self.tables.table(each)["numBytes"]) for each in targets)
        except Refused as refusal:
            raise Refused(refusal.status, refusal.reason, f"{refusal.sentence} was not found in location EU") from None


def _reference(at: Target) -> Resource:
    return {"projectId": "demo-qfacts", "datasetId": at.dataset, "tableId": at.table}


def _columns(fields: list[Field]) -> list[Field]:
    """The columns of an answer as columns of a table; raises Refused."""
    if any(field["mode"] == "REPEATED" or field["type"] == "RECORD" for field in fields):
        raise absent("repeated or nested columns")
    return fields


def _defined(column: exp.Expr) -> Field:
    """One column of CREATE TABLE (...); raises Refused."""
    if not isinstance(column, exp.ColumnDef):
        raise absent("table constraints")
    field = {"name": column.name, "type": column.args["kind"].sql("bigquery"), "mode": "NULLABLE"}
    for constraint in column.args.get("constraints") or []:
        if isinstance(constraint.kind, exp.NotNullColumnConstraint):
            field["mode"] = "REQUIRED"
        elif isinstance(constraint.kind, exp.Properties):
            field |= _options(constraint.kind)
        else:
            raise absent(f"column property {constraint.sql('bigquery')}")
    return field


def _options(properties: exp.Properties) -> dict[str, str]:
    known = {each.name.lower(): each.args["value"] for each in properties.expressions if type(each) is exp.Property}
    return {"description": known["description"].name} if "description" in known else {}


def _properties(statement: exp.Create) -> Resource:
    """PARTITION BY, CLUSTER BY and OPTIONS of a CREATE TABLE; raises Refused."""
    properties = statement.args.get("properties")
    if properties is None:
        return {}
    given: Resource = _options(properties)
    partitioned = properties.find(exp.PartitionedByProperty)
    if partitioned:
        by = partitioned.this.this if isinstance(partitioned.this, exp.Date) else partitioned.this
        if not isinstance(by, (exp.Column, exp.Identifier)):
            raise invalid("PARTITION BY takes a DATE column, or DATE(column).")
        given["timePartitioning"] = {"type": "DAY", "field": by.name}
    clustered = properties.find(exp.ClusterProperty)
    if clustered:
        given["clustering"] = {"fields": [each.name for each in clustered.expressions]}
    return given
