"""Alembic's entry: runs every outstanding step in one transaction over the connection that `infra.migrate` hands in."""

from __future__ import annotations

from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection, transaction_per_migration=False)
with context.begin_transaction():
    # One migrator at a time: a second one waits here and then finds nothing left to do.
    connection.exec_driver_sql("select pg_advisory_xact_lock(7133701)")
    context.run_migrations()
