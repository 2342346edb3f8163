"""Training assignments, and the attempts at their quizzes."""

from __future__ import annotations

from infra.migrations.statements import audit, grant, isolate, run

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ASSIGNMENTS = """
create table assignments (
    organisation_id uuid not null,
    id uuid not null,
    record_id uuid not null,
    version integer not null,
    document_id uuid,
    document_version integer,
    person_id uuid not null,
    status text not null default 'assigned'
        check (status in ('assigned', 'completed', 'waived', 'obsolete', 'withdrawn', 'locked')),
    cause text not null check (length(btrim(cause)) between 1 and 400),
    due_on date not null,
    valid_until date,
    completed_at timestamptz,
    learner_signed_at timestamptz,
    attempts integer not null default 0 check (attempts >= 0),
    assigned_by uuid,
    revision integer not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    closed_at timestamptz,
    primary key (organisation_id, id),
    check ((document_id is null) = (document_version is null)),
    check ((status in ('assigned', 'locked')) = (closed_at is null)),
    check ((status = 'completed') = (completed_at is not null)),
    constraint assignments_version foreign key (organisation_id, record_id, version)
        references versions (organisation_id, record_id, version),
    constraint assignments_document foreign key (organisation_id, document_id, document_version)
        references versions (organisation_id, record_id, version),
    constraint assignments_person foreign key (organisation_id, person_id) references members (organisation_id, person_id),
    constraint assignments_assigned_by foreign key (organisation_id, assigned_by) references members (organisation_id, person_id)
);
create unique index assignments_open on assignments (organisation_id, record_id, person_id) where status in ('assigned', 'locked');
create index assignments_of_version on assignments (organisation_id, record_id, version, id desc);
create index assignments_of_document on assignments (organisation_id, document_id, document_version, person_id);
create index assignments_of_person on assignments (organisation_id, person_id, id desc);
create index assignments_by_status on assignments (organisation_id, status, id desc);
create index assignments_by_due on assignments (organisation_id, due_on, id) where closed_at is null;
create index assignments_by_validity on assignments (organisation_id, valid_until, id) where valid_until is not null;
create table quiz_attempts (
    organisation_id uuid not null,
    id uuid not null,
    assignment_id uuid not null,
    number integer not null check (number >= 1),
    questions jsonb not null check (jsonb_typeof(questions) = 'array'),
    answers jsonb check (jsonb_typeof(answers) = 'object'),
    correct integer check (correct between 0 and total),
    total integer not null check (total >= 1),
    passed boolean,
    started_at timestamptz not null default now(),
    ended_at timestamptz,
    revision integer not null default 1,
    primary key (organisation_id, id),
    check ((ended_at is null) = (answers is null) and (ended_at is null) = (correct is null) and (ended_at is null) = (passed is null)),
    constraint quiz_attempts_number unique (organisation_id, assignment_id, number),
    constraint quiz_attempts_assignment foreign key (organisation_id, assignment_id) references assignments (organisation_id, id)
);
create unique index quiz_attempts_open on quiz_attempts (organisation_id, assignment_id) where ended_at is null;
-- Whom a version asks for, and which trainings are on a document.
create index versions_with_audience on versions (organisation_id, record_id) where content ? 'audience';
create index trainings_by_material on records (organisation_id, (content #>> '{material,document_id}')) where kind = 'training';
"""


def upgrade() -> None:
    """Make the tables of who must learn what."""
    run("set local role qfacts_owner")
    run(ASSIGNMENTS)
    for table in ("assignments", "quiz_attempts"):
        isolate(table)
    grant(
        "assignments",
        "select, insert, update (status, due_on, valid_until, completed_at, learner_signed_at, attempts, revision, updated_at, closed_at)",
    )
    grant("quiz_attempts", "select, insert, update (answers, correct, passed, ended_at, revision)")
    audit("assignments", "record_id", "id")
    audit("quiz_attempts", "assignment_id", "id")
    run("reset role")


def downgrade() -> None:
    """Records are never taken back: a mistake is mended by a further migration."""
    raise NotImplementedError
