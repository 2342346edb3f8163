"""How a migration runs its SQL: as written, without a second meaning for colons or per cent signs."""

from __future__ import annotations

from typing import Final

APPLICATION: Final = "qfacts_application"
DIRECTORY: Final = "qfacts_directory"
JOB: Final = "qfacts_job"

# The organisation, and the person, of this transaction; null when none is set, and null equals nothing.
# Written as sub-selects, so that PostgreSQL computes them once a statement and not once a row.
ORGANISATION: Final = "(select nullif(current_setting('app.organisation_id', true), '')::uuid)"
# For what other tables' policies ask of members: a sub-select within theirs would keep parallel workers away.
PLAIN_ORGANISATION: Final = "nullif(current_setting('app.organisation_id', true), '')::uuid"
PERSON: Final = "(select nullif(current_setting('app.person_id', true), '')::uuid)"


def run(sql: str, **words: str) -> None:
    """Run the statements in `sql`, each `<word>` replaced. They share the migration's transaction."""
    from alembic import op

    for word, meaning in words.items():
        sql = sql.replace(f"<{word}>", meaning)
    op.get_bind().exec_driver_sql(sql)


def isolate(table: str, *, column: str = "organisation_id", organisation: str = ORGANISATION) -> None:
    """Row-level security for a table of one organisation's rows, for the owner too; no tenant set means no row."""
    run(
        """
        alter table <table> enable row level security;
        alter table <table> force row level security;
        create policy organisation on <table> for all to qfacts_application, qfacts_job
            using (<column> = <organisation>) with check (<column> = <organisation>);
        create policy backup on <table> for select to qfacts_backup using (true);
        grant select on <table> to qfacts_backup;
        """,
        table=table,
        column=column,
        organisation=organisation,
    )


def grant(table: str, rights: str, *roles: str) -> None:
    """Give `rights` on `table` to the application and the jobs, or to the `roles` named."""
    run(f"grant {rights} on {table} to {', '.join(roles or (APPLICATION, JOB))};")


def audit(table: str, subject: str, *keys: str) -> None:
    """Put `table` under the audit trail: `subject` is the column that names the record, `keys` name the row within its organisation."""
    arguments = ", ".join(f"'{argument}'" for argument in (subject, *keys))
    run(
        f"""
        create trigger audit_row after insert or update or delete on {table}
            for each row execute function audit_row({arguments});
        create trigger refuse_truncate before truncate on {table}
            for each statement execute function refuse_alteration();
        """
    )
