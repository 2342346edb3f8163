"""Changes: their authors, items and rounds."""

from __future__ import annotations

from infra.migrations.statements import audit, grant, isolate, run

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

CHANGES = """
create table changes (
    organisation_id uuid not null references organisations (id),
    id uuid not null,
    number text not null check (length(btrim(number)) between 1 and 64),
    title text not null check (length(btrim(title)) between 1 and 500),
    reason text not null check (length(btrim(reason)) between 1 and 20000),
    impact text,
    risk text,
    effective_on date,
    status text not null default 'draft' check (status in ('draft', 'in_approval', 'applied', 'discarded')),
    round integer not null default 0 check (round >= 0),
    owner_id uuid not null,
    revision integer not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (organisation_id, id),
    constraint changes_number unique (organisation_id, number),
    constraint changes_owner foreign key (organisation_id, owner_id) references members (organisation_id, person_id)
);
create index changes_by_status on changes (organisation_id, status, id desc);
create index changes_by_owner on changes (organisation_id, owner_id, id desc);
create table change_authors (
    organisation_id uuid not null,
    change_id uuid not null,
    person_id uuid not null,
    revision integer not null default 1,
    created_at timestamptz not null default now(),
    primary key (organisation_id, change_id, person_id),
    constraint change_authors_change foreign key (organisation_id, change_id) references changes (organisation_id, id),
    constraint change_authors_person foreign key (organisation_id, person_id) references members (organisation_id, person_id)
);
create index change_authors_of_person on change_authors (organisation_id, person_id, change_id);
alter table versions add constraint versions_change
    foreign key (organisation_id, change_id) references changes (organisation_id, id);
"""

ITEMS = """
create table change_items (
    organisation_id uuid not null,
    change_id uuid not null,
    record_id uuid not null,
    position integer not null default 0,
    kind text not null check (kind in ('document', 'training', 'event', 'investigation', 'capa_plan')),
    step text check (step ~ '^[a-z_]{1,40}$'),
    base_version integer not null check (base_version >= 0),
    title text check (length(btrim(title)) between 1 and 500),
    owner_id uuid,
    team_id uuid,
    content jsonb not null default '{}' check (jsonb_typeof(content) = 'object'),
    in_approval boolean not null default false,
    revision integer not null default 1,
    primary key (organisation_id, change_id, record_id),
    constraint change_items_change foreign key (organisation_id, change_id) references changes (organisation_id, id),
    constraint change_items_record foreign key (organisation_id, record_id) references records (organisation_id, id),
    constraint change_items_owner foreign key (organisation_id, owner_id) references members (organisation_id, person_id),
    constraint change_items_team foreign key (organisation_id, team_id) references teams (organisation_id, id)
);
create unique index change_items_in_approval on change_items (organisation_id, record_id) where in_approval;
create index change_items_of_record on change_items (organisation_id, record_id, change_id);
create table change_item_files (
    organisation_id uuid not null,
    change_id uuid not null,
    record_id uuid not null,
    file_id uuid not null,
    field text not null check (length(field) between 1 and 64),
    revision integer not null default 1,
    primary key (organisation_id, change_id, record_id, file_id, field),
    constraint change_item_files_item foreign key (organisation_id, change_id, record_id)
        references change_items (organisation_id, change_id, record_id),
    constraint change_item_files_file foreign key (organisation_id, file_id) references files (organisation_id, id)
);
create index change_item_files_of_file on change_item_files (organisation_id, file_id);
create table rounds (
    organisation_id uuid not null,
    change_id uuid not null,
    round integer not null check (round >= 1),
    frozen jsonb not null,
    content_sha256 text not null check (content_sha256 ~ '^[0-9a-f]{64}$'),
    submitted_by uuid not null,
    revision integer not null default 1,
    created_at timestamptz not null default now(),
    primary key (organisation_id, change_id, round),
    constraint rounds_change foreign key (organisation_id, change_id) references changes (organisation_id, id),
    constraint rounds_submitted_by foreign key (organisation_id, submitted_by) references members (organisation_id, person_id)
);
"""


def upgrade() -> None:
    """Make the tables of proposals. A round is frozen: it is inserted and read, nothing else."""
    run("set local role qfacts_owner")
    run(CHANGES + ITEMS)
    for table in ("changes", "change_authors", "change_items", "change_item_files", "rounds"):
        isolate(table)
    grant(
        "changes",
        "select, insert, update (title, reason, impact, risk, effective_on, status, round, owner_id, revision, updated_at)",
    )
    grant(
        "change_items",
        "select, insert, update (position, kind, step, base_version, title, owner_id, team_id, content, in_approval, revision)",
    )
    for table in ("change_authors", "change_item_files", "rounds"):
        grant(table, "select, insert")
    audit("changes", "id", "id")
    audit("change_authors", "change_id", "change_id", "person_id")
    audit("change_items", "change_id", "change_id", "record_id")
    audit("change_item_files", "change_id", "change_id", "record_id", "file_id", "field")
    audit("rounds", "change_id", "change_id", "round")
    run("reset role")


def downgrade() -> None:
    """Records are never taken back: a mistake is mended by a further migration."""
    raise NotImplementedError
