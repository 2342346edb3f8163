"""What the product itself needs to run: numbers, mail, replayed requests, jobs."""

from __future__ import annotations

from infra.migrations.statements import ORGANISATION, PERSON, grant, isolate, run

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES = """
create table counters (
    organisation_id uuid not null references organisations (id),
    prefix text not null check (length(prefix) between 1 and 40),
    last integer not null check (last >= 0),
    primary key (organisation_id, prefix)
);
create table mails (
    id uuid primary key,
    organisation_id uuid references organisations (id),
    to_email text not null check (length(to_email) between 3 and 320),
    language text not null check (language ~ '^[a-z]{2}$'),
    template text not null check (length(template) between 1 and 60),
    facts jsonb not null default '{}' check (jsonb_typeof(facts) = 'object'),
    status text not null default 'queued' check (status in ('queued', 'sent', 'failed')),
    attempts integer not null default 0 check (attempts >= 0),
    next_attempt_at timestamptz not null default now(),
    created_at timestamptz not null default now(),
    sent_at timestamptz
);
create index mails_waiting on mails (next_attempt_at, id) where status = 'queued';
create table idempotency_keys (
    person_id uuid not null,
    scope uuid not null,
    function text not null,
    key text not null check (length(key) between 1 and 255),
    request_sha256 text not null check (request_sha256 ~ '^[0-9a-f]{64}$'),
    answer text,
    etag text,
    created_at timestamptz not null default now(),
    primary key (person_id, scope, function, key)
);
create index idempotency_keys_by_age on idempotency_keys (created_at);
create table job_runs (
    job text not null,
    slot text not null,
    run_id uuid not null,
    started_at timestamptz not null default now(),
    lease_until timestamptz not null,
    finished_at timestamptz,
    counts jsonb not null default '{}',
    cursor uuid,
    primary key (job, slot)
);
"""

POLICIES = """
alter table mails enable row level security;
alter table mails force row level security;
create policy queued on mails for insert to qfacts_application
    with check (organisation_id is null or organisation_id = <organisation>);
create policy every_mail on mails for all to qfacts_job using (true) with check (true);
create policy backup on mails for select to qfacts_backup using (true);
alter table idempotency_keys enable row level security;
alter table idempotency_keys force row level security;
create policy own on idempotency_keys for all to qfacts_application, qfacts_directory
    using (person_id = <person>) with check (person_id = <person>);
create policy backup on idempotency_keys for select to qfacts_backup using (true);
alter table job_runs enable row level security;
alter table job_runs force row level security;
create policy every_run on job_runs for all to qfacts_job using (true) with check (true);
create policy backup on job_runs for select to qfacts_backup using (true);
grant select on mails, idempotency_keys, job_runs to qfacts_backup;
"""


def upgrade() -> None:
    """Make the tables that no inspector reads."""
    run("set local role qfacts_owner")
    run(TABLES)
    isolate("counters")
    run(POLICIES, organisation=ORGANISATION, person=PERSON)
    grant("counters", "select, insert, update (last)")
    grant("mails", "insert", "qfacts_application")
    grant("mails", "select, insert, update (status, attempts, next_attempt_at, sent_at, facts)", "qfacts_job")
    grant("idempotency_keys", "select, insert, update (answer)", "qfacts_application", "qfacts_directory")
    grant("job_runs", "select, insert, update (run_id, started_at, lease_until, finished_at, counts, cursor)", "qfacts_job")
    run("reset role")
    run("grant select on alembic_version to qfacts_backup")


def downgrade() -> None:
    """Records are never taken back: a mistake is mended by a further migration."""
    raise NotImplementedError
