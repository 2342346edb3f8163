"""Since when a record or a change is as it is, and what each person was told."""

from __future__ import annotations

from infra.constraints import write_functions
from infra.migrations.statements import grant, isolate, run

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

# Since when a thing waits as it does; from one status to another in which it waits for the same, it goes on waiting (`goes_on_waiting`).
# Of what stands already, nobody knows since when: its last change counts.
SINCE = """
alter table records add column status_since timestamptz;
alter table changes add column status_since timestamptz;
alter table records alter column status_since set default now();
alter table changes alter column status_since set default now();
create function date_status() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    new.status_since := now();
    return new;
end
$$;
create trigger date_status before update of status on records for each row
    when (old.status is distinct from new.status and not goes_on_waiting(new.kind, old.status, new.status)) execute function date_status();
create trigger date_status before update of status on changes for each row when (old.status is distinct from new.status)
    execute function date_status();
create index actions_by_status on actions (organisation_id, status, due_on, id) where closed_at is null;
"""
# `wait`, `subject_id` and `since` are one telling of one thing that waits: nobody is told of it twice.
NOTICES = """
create table notices (
    organisation_id uuid not null references organisations (id),
    id uuid not null default uuidv7(),
    person_id uuid not null,
    template text not null check (length(template) between 1 and 60),
    facts jsonb not null check (jsonb_typeof(facts) = 'object'),
    wait text check (length(wait) between 1 and 60),
    subject_id uuid,
    since timestamptz,
    created_at timestamptz not null default now(),
    read_at timestamptz,
    primary key (organisation_id, id),
    check (num_nonnulls(wait, subject_id, since) in (0, 3)),
    constraint notices_person foreign key (organisation_id, person_id) references members (organisation_id, person_id)
);
create unique index notices_told on notices (organisation_id, person_id, subject_id, wait, since) where wait is not null;
create index notices_of_person on notices (organisation_id, person_id, id desc);
create index notices_by_age on notices (organisation_id, created_at);
"""


def upgrade() -> None:
    """Make what work lists and notices need."""
    from alembic import op

    run("set local role qfacts_owner")
    write_functions(op.get_bind())
    run(SINCE)
    run(NOTICES)
    isolate("notices")
    grant("notices", "select, insert, update (read_at)")
    grant("notices", "delete", "qfacts_job")
    run("reset role")


def downgrade() -> None:
    """Records are never taken back: a mistake is mended by a further migration."""
    raise NotImplementedError
