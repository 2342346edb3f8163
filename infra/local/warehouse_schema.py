"""Schemas of the local warehouse's tables: what a table may be, and how it may change later."""

from __future__ import annotations

import re
from typing import Any

from infra.local.warehouse_values import Field, absent, invalid, kind_name

COLUMN = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,299}")
MODES = ("NULLABLE", "REQUIRED")
CLUSTERED = 4  # columns at most
PARTITIONED_BY = {"DATE", "DATETIME", "TIMESTAMP"}
# What a table of BigQuery may have and one of the stand-in hasn't.
ABSENT = {
    "view": "views",
    "materializedView": "materialised views",
    "externalDataConfiguration": "external tables",
    "rangePartitioning": "partitions by range",
    "encryptionConfiguration": "keys of one's own",
    "requirePartitionFilter": "required partition filters",
    "tableConstraints": "table constraints",
}


def fields_of(schema: Any) -> list[Field]:
    """The columns of a schema as it was sent, each complete; raises Refused."""
    given = schema.get("fields") if isinstance(schema, dict) else None
    if not given or not isinstance(given, list):
        raise invalid("Schema has no fields.")
    fields = [_field(each) for each in given]
    names = [each["name"].lower() for each in fields]
    if twice := {name for name in names if names.count(name) > 1}:
        raise invalid(f"Duplicate field name: {min(twice)}")
    return fields


def _field(given: Any) -> Field:
    name, kind, mode = given.get("name", ""), given.get("type", ""), (given.get("mode") or "NULLABLE").upper()
    if not COLUMN.fullmatch(name):
        raise invalid(f'Invalid field name "{name}". A column has letters, digits and underscores, and begins with no digit.')
    if mode == "REPEATED" or kind.upper() in {"RECORD", "STRUCT"}:
        raise absent("repeated or nested columns")
    if mode not in MODES:
        raise invalid(f"Invalid mode {mode} of field {name}.")
    if given.get("precision") or given.get("scale") or given.get("maxLength"):
        raise absent("types with a length")
    kept = {"description": given["description"]} if given.get("description") else {}
    return {"name": name, "type": kind_name(kind), "mode": mode, **kept}


def judge_table(resource: dict[str, Any]) -> None:
    """Raises Refused where a table with these properties can't be made."""
    for key, feature in ABSENT.items():
        if resource.get(key):
            raise absent(feature)
    kinds = {field["name"]: field["type"] for field in resource["schema"]["fields"]}
    partitioning = resource.get("timePartitioning")
    if partitioning:
        if partitioning.get("type", "DAY") != "DAY" or not partitioning.get("field"):
            raise absent("partitions other than DAY on a column")
        if kinds.get(partitioning["field"]) not in PARTITIONED_BY:
            raise invalid("The field specified for partitioning must be a column of the type DATE, DATETIME or TIMESTAMP.")
    clustered = (resource.get("clustering") or {}).get("fields") or []
    if len(clustered) > CLUSTERED:
        raise invalid(f"Clustering takes at most {CLUSTERED} fields.")
    for name in clustered:
        if name not in kinds:
            raise invalid(f"The field specified for clustering, {name}, is not in the schema.")


def added(old: list[Field], new: list[Field], where: str) -> list[Field]:
    """The columns that `new` adds to `old`; raises Refused where it takes away, alters or demands more (`where`: the table)."""

    def mismatch(sentence: str) -> Exception:
        return invalid(f"Provided Schema does not match Table {where}. {sentence}")

    by_name = {field["name"].lower(): field for field in new}
    for before in old:
        after = by_name.pop(before["name"].lower(), None)
        if after is None:
            raise mismatch(f"Field {before['name']} is missing in new schema")
        if after["type"] != before["type"]:
            raise mismatch(f"Field {before['name']} has changed type from {before['type']} to {after['type']}")
        if after["mode"] != before["mode"] and after["mode"] == "REQUIRED":
            raise mismatch(f"Field {before['name']} has changed mode from NULLABLE to REQUIRED")
    for extra in by_name.values():
        if extra["mode"] == "REQUIRED":
            raise mismatch(f"Cannot add required fields to an existing schema. (field: {extra['name']})")
    return list(by_name.values())
