"""Usage facts: one line for each step that somebody took or was refused, and the releases that were made of them."""

from __future__ import annotations

from infra.migrations.statements import grant, isolate, run

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# No references and no checks: the line is made of the member's own row, in the statement by which they enter.
# No free text and nothing about records; it is deleted after some weeks.
TABLES = """
create table usage_facts (
    organisation_id uuid not null,
    id bigint generated always as identity,
    day date not null default (now() at time zone 'UTC')::date,
    function text not null,
    role text not null,
    outcome text not null,
    refusal text,
    person_id uuid not null,
    at timestamptz not null default now(),
    primary key (organisation_id, id)
);
-- The export reads nothing but this: facts of one function lie scattered over the whole table.
create index usage_facts_by_day on usage_facts (day, function) include (role, outcome, refusal, organisation_id, person_id);
create table usage_releases (
    table_name text not null check (length(table_name) between 1 and 60),
    day date not null,
    rows jsonb not null check (jsonb_typeof(rows) = 'array'),
    released_at timestamptz not null default now(),
    primary key (table_name, day)
);
create index approval_requests_by_closing on approval_requests (closed_at) where closed_at is not null;
create index records_by_closing on records (closed_at) where closed_at is not null;
"""

# The export counts over all organisations. Of facts every job may; of other tables only the export, and only outside an organisation.
POLICIES = """
create policy every_fact on usage_facts for select to qfacts_job using (true);
create policy old_facts on usage_facts for delete to qfacts_job using (true);
alter table usage_releases enable row level security;
alter table usage_releases force row level security;
create policy every_release on usage_releases for all to qfacts_job using (true) with check (true);
create policy backup on usage_releases for select to qfacts_backup using (true);
grant select on usage_releases to qfacts_backup;
"""
COUNTED = """
create policy counted on <table> for select to qfacts_job
    using ((select current_setting('app.step', true) = 'export_usage' and coalesce(current_setting('app.organisation_id', true), '') = ''));
"""


def upgrade() -> None:
    """Make the tables of usage, and let the export count."""
    run("set local role qfacts_owner")
    run(TABLES)
    isolate("usage_facts")
    run(POLICIES)
    grant("usage_facts", "insert", "qfacts_application")
    grant("usage_facts", "select, delete", "qfacts_job")
    grant("usage_releases", "select, insert, delete", "qfacts_job")
    for table in ("members", "records", "actions", "approval_requests"):
        run(COUNTED, table=table)
    run("reset role")


def downgrade() -> None:
    """Records are never taken back: a mistake is mended by a further migration."""
    raise NotImplementedError
