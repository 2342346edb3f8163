"""Brings a database's constraints and the functions of its triggers in line with the tables of steps (shared.db.words)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.db import export_words, words

if TYPE_CHECKING:
    from sqlalchemy import Connection

NOTED = "select obj_description(oid, 'pg_constraint') from pg_constraint where conrelid = %s::regclass and conname = %s"


def align(connection: Connection) -> list[str]:
    """Write what differs, and say what that was. A constraint's comment holds what it was written from, so that nothing is checked anew."""
    connection.exec_driver_sql("set local role qfacts_owner")
    written = []
    for (table, name), definition in {**words.CONSTRAINTS, **export_words.CONSTRAINTS}.items():
        if connection.exec_driver_sql(NOTED, (table, name)).scalar() != definition:
            connection.exec_driver_sql(f"alter table {table} drop constraint if exists {name}, add constraint {name} {definition}")
            comment = definition.replace("'", "''").replace("%", "%%")
            connection.exec_driver_sql(f"comment on constraint {name} on {table} is '{comment}'")
            written.append(name)
    write_functions(connection)
    connection.exec_driver_sql("reset role")
    return written


def write_functions(connection: Connection) -> None:
    """The functions that triggers ask; writing one again as it is changes nothing."""
    for signature, expression in words.FUNCTIONS.items():
        connection.exec_driver_sql(
            f"create or replace function public.{signature} returns boolean language sql immutable parallel safe return ({expression})"
        )
