"""Exports that are asked for and made later: who asked for what, and who took it away."""

from __future__ import annotations

from infra.migrations.statements import audit, grant, isolate, run

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

# How far one is stands apart, for the trail tells of what people ask for and get, and not of each hundredth.
EXPORTS = """
create table exports (
    organisation_id uuid not null references organisations (id),
    id uuid not null,
    person_id uuid not null,
    function text not null check (function ~ '^[a-z_]{1,60}$'),
    arguments jsonb not null check (jsonb_typeof(arguments) = 'object'),
    status text not null,
    filename text,
    media_type text,
    size bigint check (size >= 0),
    sha256 text check (sha256 ~ '^[0-9a-f]{64}$'),
    rows integer check (rows >= 0),
    cause text,
    finished_at timestamptz,
    expires_at timestamptz,
    handed_over_at timestamptz,
    revision integer not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (organisation_id, id),
    constraint exports_person foreign key (organisation_id, person_id) references members (organisation_id, person_id)
);
create index exports_by_status on exports (organisation_id, status, id);
create index exports_of_person on exports (organisation_id, person_id, id desc);
create table export_progress (
    organisation_id uuid not null,
    export_id uuid not null,
    percent integer not null check (percent between 0 and 100),
    touched_at timestamptz not null default clock_timestamp(),
    primary key (organisation_id, export_id),
    constraint export_progress_export foreign key (organisation_id, export_id) references exports (organisation_id, id)
);
"""


def upgrade() -> None:
    """Make the table of exports, and let the job see whose are due."""
    run("set local role qfacts_owner")
    run(EXPORTS)
    for table in ("exports", "export_progress"):
        isolate(table)
    grant(
        "exports",
        "select, insert, update (status, filename, media_type, size, sha256, rows, cause, finished_at, expires_at, handed_over_at,"
        " revision, updated_at)",
    )
    grant("export_progress", "select")
    grant("export_progress", "insert, update, delete", "qfacts_job")
    audit("exports", "person_id", "id")
    run("create policy due on exports for select to qfacts_due using (true)")
    run("grant select (organisation_id, status, expires_at) on exports to qfacts_due")
    run("reset role")


def downgrade() -> None:
    """Records are never taken back: a mistake is mended by a further migration."""
    raise NotImplementedError
