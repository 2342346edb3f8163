"""What the quality processes share: working content and who wrote it, links, actions, what was signed, when a record's work was done."""

from __future__ import annotations

from infra.migrations.statements import audit, grant, isolate, run

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

RECORDS = """
alter table records add column closed_at timestamptz;
create index events_by_place on records (organisation_id, type, (content ->> 'place'), id desc) where kind = 'event';
create index events_by_product on records (organisation_id, type, (content ->> 'product'), id desc) where kind = 'event';
create index records_by_due on records (organisation_id, due_on, id) where closed_at is null and due_on is not null;
create table contributors (
    organisation_id uuid not null,
    record_id uuid not null,
    person_id uuid not null,
    revision integer not null default 1,
    created_at timestamptz not null default now(),
    primary key (organisation_id, record_id, person_id),
    constraint contributors_record foreign key (organisation_id, record_id) references records (organisation_id, id),
    constraint contributors_person foreign key (organisation_id, person_id) references members (organisation_id, person_id)
);
create index contributors_of_person on contributors (organisation_id, person_id, record_id);
create table record_files (
    organisation_id uuid not null,
    record_id uuid not null,
    file_id uuid not null,
    field text not null check (length(field) between 1 and 200),
    revision integer not null default 1,
    primary key (organisation_id, record_id, file_id, field),
    constraint record_files_record foreign key (organisation_id, record_id) references records (organisation_id, id),
    constraint record_files_file foreign key (organisation_id, file_id) references files (organisation_id, id)
);
create index record_files_of_file on record_files (organisation_id, file_id);
alter table version_files drop constraint version_files_field_check;
alter table version_files add constraint version_files_field_check check (length(field) between 1 and 200);
alter table change_item_files drop constraint change_item_files_field_check;
alter table change_item_files add constraint change_item_files_field_check check (length(field) between 1 and 200);
-- What was signed, where no round or version of a document holds it.
alter table signatures add column content jsonb check (jsonb_typeof(content) = 'object');
"""

LINKS = """
create table links (
    organisation_id uuid not null,
    id uuid not null,
    from_id uuid not null,
    type text not null check (type in ('caused_by', 'investigated_in', 'corrected_by', 'changes', 'trains')),
    to_id uuid,
    change_id uuid,
    created_by uuid not null,
    revision integer not null default 1,
    created_at timestamptz not null default now(),
    primary key (organisation_id, id),
    check ((to_id is null) <> (change_id is null)),
    constraint links_once unique nulls not distinct (organisation_id, from_id, type, to_id, change_id),
    constraint links_from foreign key (organisation_id, from_id) references records (organisation_id, id),
    constraint links_to foreign key (organisation_id, to_id) references records (organisation_id, id),
    constraint links_change foreign key (organisation_id, change_id) references changes (organisation_id, id),
    constraint links_created_by foreign key (organisation_id, created_by) references members (organisation_id, person_id)
);
create index links_to on links (organisation_id, to_id);
create index links_to_change on links (organisation_id, change_id);
"""

ACTIONS = """
create table actions (
    organisation_id uuid not null,
    id uuid not null,
    record_id uuid,
    change_id uuid,
    key text not null check (length(key) between 1 and 40),
    number text not null check (length(number) between 1 and 100),
    kind text not null check (kind in ('correction', 'corrective', 'preventive', 'follow_up')),
    description text not null check (length(btrim(description)) between 1 and 20000),
    owner_id uuid not null,
    status text not null default 'open' check (status in ('open', 'done', 'verified', 'cancelled')),
    due_on date not null,
    original_due_on date not null,
    extensions integer not null default 0 check (extensions >= 0),
    evidence text,
    completed_by uuid,
    completed_at timestamptz,
    verified_by uuid,
    verified_at timestamptz,
    returned_reason text,
    closed_at timestamptz,
    revision integer not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (organisation_id, id),
    check ((record_id is null) <> (change_id is null)),
    check ((status in ('verified', 'cancelled')) = (closed_at is not null)),
    constraint actions_key unique nulls not distinct (organisation_id, record_id, change_id, key),
    constraint actions_record foreign key (organisation_id, record_id) references records (organisation_id, id),
    constraint actions_change foreign key (organisation_id, change_id) references changes (organisation_id, id),
    constraint actions_owner foreign key (organisation_id, owner_id) references members (organisation_id, person_id),
    constraint actions_completed_by foreign key (organisation_id, completed_by) references members (organisation_id, person_id),
    constraint actions_verified_by foreign key (organisation_id, verified_by) references members (organisation_id, person_id)
);
create index actions_of_change on actions (organisation_id, change_id, number);
create index actions_by_owner on actions (organisation_id, owner_id, due_on, id);
create index actions_by_due on actions (organisation_id, due_on, id) where closed_at is null;
create table action_files (
    organisation_id uuid not null,
    action_id uuid not null,
    file_id uuid not null,
    revision integer not null default 1,
    primary key (organisation_id, action_id, file_id),
    constraint action_files_action foreign key (organisation_id, action_id) references actions (organisation_id, id),
    constraint action_files_file foreign key (organisation_id, file_id) references files (organisation_id, id)
);
create index action_files_of_file on action_files (organisation_id, file_id);
"""


def upgrade() -> None:
    """Make the tables that events, investigations and CAPA plans share."""
    run("set local role qfacts_owner")
    run(RECORDS + LINKS + ACTIONS)
    for table in ("contributors", "record_files", "links", "actions", "action_files"):
        isolate(table)
        grant(table, "select, insert")
    grant("records", "update (closed_at)")
    grant("links", "delete")
    grant(
        "actions",
        "update (kind, description, owner_id, status, due_on, extensions, evidence, completed_by, completed_at, verified_by,"
        " verified_at, returned_reason, closed_at, revision, updated_at)",
    )
    audit("contributors", "record_id", "record_id", "person_id")
    audit("record_files", "record_id", "record_id", "file_id", "field")
    audit("links", "from_id", "id")
    audit("actions", "record_id", "id")
    audit("action_files", "action_id", "action_id", "file_id")
    run("reset role")


def downgrade() -> None:
    """Records are never taken back: a mistake is mended by a further migration."""
    raise NotImplementedError
