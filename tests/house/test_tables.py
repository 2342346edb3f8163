"""Every dataclass that is written has its table, and every table its dataclass."""

from __future__ import annotations

import dataclasses
import importlib

import pytest

from shared.db.tables import TABLES, name_of


@pytest.mark.parametrize("name", TABLES)
def test_every_table_is_of_a_class_that_has_its_columns(name: str) -> None:
    module, _, last = name.rpartition(".")
    kind = getattr(importlib.import_module(f"shared.domain.{module}"), last)
    assert name_of(kind) == name
    columns = {field.name for field in dataclasses.fields(kind)}
    assert {*TABLES[name].key, *TABLES[name].mutable, "revision"} <= columns
