"""Extensions of due dates: who asked, why, from which day to which, and what QA said."""

from __future__ import annotations

from infra.migrations.statements import audit, grant, isolate, run

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

EXTENSIONS = """
create table extensions (
    organisation_id uuid not null,
    id uuid not null,
    action_id uuid,
    assignment_id uuid,
    record_id uuid,
    requested_by uuid not null,
    reason text not null check (length(btrim(reason)) between 1 and 20000),
    due_on_before date not null,
    due_on date not null,
    status text not null default 'requested' check (status in ('requested', 'granted', 'denied')),
    decided_by uuid,
    decided_at timestamptz,
    decision_reason text,
    revision integer not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (organisation_id, id),
    check (num_nonnulls(action_id, assignment_id, record_id) = 1),
    check (due_on > due_on_before),
    check ((status = 'requested') = (decided_at is null) and (decided_at is null) = (decided_by is null)),
    constraint extensions_action foreign key (organisation_id, action_id) references actions (organisation_id, id),
    constraint extensions_assignment foreign key (organisation_id, assignment_id) references assignments (organisation_id, id),
    constraint extensions_record foreign key (organisation_id, record_id) references records (organisation_id, id),
    constraint extensions_requested_by foreign key (organisation_id, requested_by) references members (organisation_id, person_id),
    constraint extensions_decided_by foreign key (organisation_id, decided_by) references members (organisation_id, person_id)
);
create unique index extensions_requested on extensions (organisation_id, coalesce(action_id, assignment_id, record_id))
    where status = 'requested';
create index extensions_of_action on extensions (organisation_id, action_id);
create index extensions_of_assignment on extensions (organisation_id, assignment_id);
create index extensions_of_record on extensions (organisation_id, record_id);
"""


def upgrade() -> None:
    """Make the table of extensions."""
    run("set local role qfacts_owner")
    run(EXTENSIONS)
    isolate("extensions")
    grant("extensions", "select, insert, update (status, decided_by, decided_at, decision_reason, revision, updated_at)")
    audit("extensions", "record_id", "id")
    run("reset role")


def downgrade() -> None:
    """Records are never taken back: a mistake is mended by a further migration."""
    raise NotImplementedError
