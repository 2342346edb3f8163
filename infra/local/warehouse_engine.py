"""The one file of the local warehouse: duckdb, one caller at a time, everything of a change or nothing of it, and no query for ever."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from infra.local.place import PROJECT
from infra.local.warehouse_values import Refused, invalid

TIME_LIMIT = 60.0  # seconds for one statement
OURS = (duckdb.IOException, duckdb.InternalException, duckdb.FatalException, duckdb.OutOfMemoryException)  # no fault of the caller
# No file but its own, no extension fetched from anywhere; times are UTC; no query can change that.
SETTINGS = ("SET TimeZone = 'UTC'", "SET enable_external_access = false", "SET lock_configuration = true")
OPEN: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "threads": 2,
    "memory_limit": "512MB",
}
RESOURCES = "CREATE TABLE IF NOT EXISTS _warehouse.resources (kind VARCHAR, parent VARCHAR, id VARCHAR, made BIGINT, resource VARCHAR)"

Resource = dict[str, Any]


class Engine:
    """The data, and beside them what BigQuery's REST tells of datasets, tables and jobs (`resources`)."""

    def __init__(self, home: Path) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self._connection = duckdb.connect(str(home / f"{PROJECT}.duckdb"), config=OPEN)
        self._lock = threading.RLock()
        self._depth = 0
        for statement in (*SETTINGS, "CREATE SCHEMA IF NOT EXISTS _warehouse", RESOURCES):
            self._connection.execute(statement)

    def alone(self) -> contextlib.AbstractContextManager[Any]:
        """Nobody else reads or changes anything meanwhile."""
        return self._lock

    @contextlib.contextmanager
    def change(self) -> Iterator[None]:
        """One transaction; within another it is part of that one."""
        with self._lock:
            if self._depth:
                yield
                return
            self._connection.execute("BEGIN")
            self._depth += 1
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(duckdb.Error):
                    self._connection.execute("ROLLBACK")
                raise
            finally:
                self._depth -= 1

    def rows(self, sql: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
        """What a statement answers; raises Refused where it is the statement's own fault."""
        with self._lock:
            watch = threading.Timer(TIME_LIMIT, self._connection.interrupt)
            watch.start()
            try:
                return self._connection.execute(sql, values).fetchall()
            except duckdb.InterruptException:
                raise Refused(400, "timeout", f"The local warehouse gives a statement {TIME_LIMIT:.0f} s.") from None
            except OURS:
                raise
            except duckdb.Error as error:
                raise Refused(400, "invalidQuery", _sentence(error)) from None
            finally:
                watch.cancel()

    def columns(self, query: str) -> list[tuple[str, Any]]:
        """Names and types of what `query` answers, without running it; raises Refused."""
        with self._lock:
            described = self.rows(f"DESCRIBE {query}")
            return [(str(name), self._connection.type(kind.replace('"NULL"', "INTEGER"))) for name, kind, *_ in described]

    def find(self, kind: str, parent: str, name: str) -> Resource | None:
        """The resource of that name, or None."""
        found = self.rows("SELECT resource FROM _warehouse.resources WHERE kind = $1 AND parent = $2 AND id = $3", [kind, parent, name])
        return json.loads(found[0][0]) if found else None

    def all(self, kind: str, parent: str) -> list[Resource]:
        """The resources of one kind, newest first."""
        wanted = "SELECT resource FROM _warehouse.resources WHERE kind = $1 AND parent = $2 ORDER BY made DESC, id"
        return [json.loads(resource) for (resource,) in self.rows(wanted, [kind, parent])]

    def keep(self, kind: str, parent: str, name: str, resource: Resource) -> None:
        """Write a resource down, over its former state."""
        with self.change():
            self.forget(kind, parent, name)
            values = [kind, parent, name, time.time_ns(), json.dumps(resource)]
            self.rows("INSERT INTO _warehouse.resources VALUES ($1, $2, $3, $4, $5)", values)

    def forget(self, kind: str, parent: str, name: str) -> None:
        """Remove a resource's description; its data are another matter."""
        self.rows("DELETE FROM _warehouse.resources WHERE kind = $1 AND parent = $2 AND id = $3", [kind, parent, name])

    def close(self) -> None:
        """Write everything into the one file and let go of it."""
        with self._lock:
            self._connection.close()


def quoted(*names: str) -> str:
    """A name as the engine takes it; raises Refused where it can't be one."""
    if any('"' in name or "\0" in name or not name for name in names):
        raise invalid(f"Invalid name {'.'.join(names)!r}.")
    return ".".join(f'"{name}"' for name in names)


def _sentence(error: duckdb.Error) -> str:
    """The engine's own words, without the piece of SQL below them."""
    return str(error).partition("\n\nLINE")[0].replace("\n", " ").strip()
