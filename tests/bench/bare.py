"""The measure: functions with functions-framework and pg8000 and nothing else. They run the statements that they are handed."""

from __future__ import annotations

import json
import os
from typing import Any

import pg8000.dbapi

STATEMENTS: list[tuple[str, tuple[Any, ...]]] = []
_connections: dict[str, Any] = {}


def connection() -> Any:
    """One connection a process, as a superuser: no row-level security."""
    name = os.environ["QFACTS_BARE_DATABASE"]
    if name not in _connections:
        socket = os.environ["QFACTS_DATABASE_SOCKET"]
        made = pg8000.dbapi.connect("postgres", database=name, unix_sock=f"{socket}/.s.PGSQL.5432")
        _connections[name] = (made, {})
    return _connections[name]


def statements(request: Any) -> Any:
    """Run the statements in one transaction and answer with the last rows."""
    made, prepared = connection()
    made.execute_simple("begin")
    rows: Any = ()
    for sql, values in request.environ["bench.statements"]:
        if sql not in prepared:
            prepared[sql] = made.prepare_statement(sql, ())
        name, columns, readers = prepared[sql]
        from pg8000.converters import make_params

        rows = made.execute_named(name, make_params(made.py_types, list(values)), columns, readers, sql).rows or ()
    made.execute_simple("commit")
    return json.dumps([list(row) for row in rows], default=str), 200, {"Content-Type": "application/json"}
