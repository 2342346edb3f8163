"""Usage is counted by a role of its own, and only accounts of jobs act as jobs.

Two policies of one role are joined by OR, and a condition on the organisation that is joined to another one can use no index: every job
read the members, records, actions and requests of all organisations to find those of one.
"""

from __future__ import annotations

from infra.migrations.statements import run

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

ROLE = """
do $$
begin
    begin
        create role qfacts_usage nologin noinherit nobypassrls;
    exception when duplicate_object or unique_violation then
        null;
    end;
    execute format('grant qfacts_usage to %I with set true, inherit false', 'qfacts_login');
end
$$;
grant usage on schema public to qfacts_usage;
"""

# A login that is prepared may act for people; for jobs only where that is granted to it (infra/migrate.py).
LOGINS = """
do $$
begin
    execute replace(pg_get_functiondef('prepare_login(text)'::regprocedure), 'qfacts_application, qfacts_directory, qfacts_job to',
        'qfacts_application, qfacts_directory to');
end
$$;
"""

# The columns that the export counts by, and no other: no name, no address, no title, no content.
TABLES = """
drop policy every_fact on usage_facts;
drop policy old_facts on usage_facts;
drop policy every_release on usage_releases;
revoke all on usage_releases from qfacts_job;
create policy every_fact on usage_facts for select to qfacts_usage using (true);
create policy every_release on usage_releases for all to qfacts_usage using (true) with check (true);
create policy every_organisation_counted on organisations for select to qfacts_usage using (true);
grant select (day, function, role, outcome, refusal, organisation_id, person_id) on usage_facts to qfacts_usage;
grant select, insert on usage_releases to qfacts_usage;
grant select (id) on organisations to qfacts_usage;
grant select (organisation_id, person_id, status) on members to qfacts_usage;
grant select (organisation_id, owner_id, kind, status, created_at, closed_at) on records to qfacts_usage;
grant select (organisation_id, owner_id, due_on, created_at, completed_at, closed_at) on actions to qfacts_usage;
grant select (organisation_id, submitted_by, status, created_at, closed_at) on approval_requests to qfacts_usage;
"""
COUNTED = """
drop policy counted on <table>;
create policy counted on <table> for select to qfacts_usage using (true);
"""


def upgrade() -> None:
    """Make the role, and give it what the export reads."""
    run(ROLE)
    run(LOGINS)
    run("set local role qfacts_owner")
    run(TABLES)
    for table in ("members", "records", "actions", "approval_requests"):
        run(COUNTED, table=table)
    run("reset role")


def downgrade() -> None:
    """Records are never taken back: a mistake is mended by a further migration."""
    raise NotImplementedError
