"""Approval requests, signatures, and what signing needs."""

from __future__ import annotations

from infra.migrations.statements import audit, grant, isolate, run

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

REQUESTS = """
create table approval_requests (
    organisation_id uuid not null,
    id uuid not null,
    change_id uuid not null,
    round integer not null,
    number text not null,
    title text not null,
    status text not null default 'open' check (status in ('open', 'approved', 'rejected', 'withdrawn', 'lapsed')),
    cause text,
    required integer not null check (required >= 1),
    approver_ids uuid[] not null default '{}',
    submitted_by uuid not null,
    content_sha256 text not null check (content_sha256 ~ '^[0-9a-f]{64}$'),
    expires_at timestamptz not null,
    closed_at timestamptz,
    revision integer not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (organisation_id, id),
    check ((status = 'open') = (closed_at is null)),
    constraint approval_requests_round foreign key (organisation_id, change_id, round)
        references rounds (organisation_id, change_id, round),
    constraint approval_requests_submitted_by foreign key (organisation_id, submitted_by)
        references members (organisation_id, person_id)
);
create unique index approval_requests_open on approval_requests (organisation_id, change_id) where status = 'open';
create index approval_requests_of_round on approval_requests (organisation_id, change_id, round);
create index approval_requests_by_status on approval_requests (organisation_id, status, id desc);
create index approval_requests_by_expiry on approval_requests (organisation_id, expires_at) where status = 'open';
"""

SIGNING = """
create table challenges (
    organisation_id uuid not null,
    id uuid not null,
    person_id uuid not null,
    subject_kind text not null check (length(subject_kind) between 1 and 40),
    subject_id uuid not null,
    round integer,
    meaning text not null check (length(meaning) between 1 and 40),
    content_sha256 text not null check (content_sha256 ~ '^[0-9a-f]{64}$'),
    token_sha256 text not null check (token_sha256 ~ '^[0-9a-f]{64}$'),
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    used_at timestamptz,
    revision integer not null default 1,
    primary key (organisation_id, id),
    constraint challenges_person foreign key (organisation_id, person_id) references members (organisation_id, person_id)
);
create table signatures (
    organisation_id uuid not null,
    id uuid not null,
    subject_kind text not null check (length(subject_kind) between 1 and 40),
    subject_id uuid not null,
    change_id uuid,
    record_id uuid,
    version integer,
    round integer,
    meaning text not null check (length(meaning) between 1 and 40),
    content_sha256 text not null check (content_sha256 ~ '^[0-9a-f]{64}$'),
    person_id uuid not null,
    on_behalf_of uuid,
    printed_name text not null check (length(btrim(printed_name)) between 1 and 200),
    signed_at timestamptz not null,
    local_time text not null,
    time_zone text not null,
    reason text,
    auth_time timestamptz not null,
    auth_method text not null,
    challenge_id uuid not null,
    binding_sha256 text not null check (binding_sha256 ~ '^[0-9a-f]{64}$'),
    revision integer not null default 1,
    primary key (organisation_id, id),
    constraint signatures_challenge unique (organisation_id, challenge_id),
    constraint signatures_of_challenge foreign key (organisation_id, challenge_id) references challenges (organisation_id, id),
    constraint signatures_change foreign key (organisation_id, change_id) references changes (organisation_id, id),
    constraint signatures_record foreign key (organisation_id, record_id) references records (organisation_id, id),
    constraint signatures_person foreign key (organisation_id, person_id) references members (organisation_id, person_id),
    constraint signatures_on_behalf_of foreign key (organisation_id, on_behalf_of) references members (organisation_id, person_id)
);
create index signatures_of_subject on signatures (organisation_id, subject_id, id);
create index signatures_of_change on signatures (organisation_id, change_id, round, id);
create index signatures_of_record on signatures (organisation_id, record_id, version, id);
create table signing_failures (
    organisation_id uuid not null,
    id uuid not null,
    person_id uuid not null,
    cause text not null,
    revision integer not null default 1,
    created_at timestamptz not null default now(),
    primary key (organisation_id, id),
    constraint signing_failures_person foreign key (organisation_id, person_id) references members (organisation_id, person_id)
);
create index signing_failures_of_person on signing_failures (organisation_id, person_id, created_at desc);
"""


def upgrade() -> None:
    """Make the tables of approval. A signature is inserted and read, nothing else (11.70)."""
    run("set local role qfacts_owner")
    run(REQUESTS + SIGNING)
    for table in ("approval_requests", "challenges", "signatures", "signing_failures"):
        isolate(table)
    grant("approval_requests", "select, insert, update (status, cause, closed_at, revision, updated_at)")
    grant("challenges", "select, insert, update (used_at, revision)")
    grant("signatures", "select, insert")
    grant("signing_failures", "select, insert")
    audit("approval_requests", "change_id", "id")
    audit("signatures", "subject_id", "id")
    audit("signing_failures", "person_id", "id")
    run("reset role")


def downgrade() -> None:
    """Records are never taken back: a mistake is mended by a further migration."""
    raise NotImplementedError
