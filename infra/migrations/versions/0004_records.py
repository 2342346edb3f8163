"""Files, records, their versions and notes."""

from __future__ import annotations

from infra.migrations.statements import audit, grant, isolate, run

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

FILES = """
create table files (
    organisation_id uuid not null references organisations (id),
    id uuid not null,
    filename text not null check (length(btrim(filename)) between 1 and 255),
    media_type text not null check (length(media_type) between 3 and 255),
    size bigint not null check (size > 0),
    sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
    status text not null default 'started' check (status in ('started', 'finished')),
    uploaded_by uuid not null,
    revision integer not null default 1,
    created_at timestamptz not null default now(),
    finished_at timestamptz,
    primary key (organisation_id, id),
    check ((status = 'finished') = (finished_at is not null)),
    constraint files_uploaded_by foreign key (organisation_id, uploaded_by) references members (organisation_id, person_id)
);
create index files_by_status on files (organisation_id, status, created_at);
create table file_texts (
    organisation_id uuid not null,
    file_id uuid not null,
    text text not null,
    primary key (organisation_id, file_id),
    constraint file_texts_file foreign key (organisation_id, file_id) references files (organisation_id, id)
);
create table downloads (
    organisation_id uuid not null,
    id uuid not null,
    file_id uuid not null,
    person_id uuid not null,
    revision integer not null default 1,
    created_at timestamptz not null default now(),
    primary key (organisation_id, id),
    constraint downloads_file foreign key (organisation_id, file_id) references files (organisation_id, id),
    constraint downloads_person foreign key (organisation_id, person_id) references members (organisation_id, person_id)
);
create index downloads_of_file on downloads (organisation_id, file_id, id desc);
"""

RECORDS = """
create table records (
    organisation_id uuid not null references organisations (id),
    id uuid not null,
    kind text not null check (kind in ('document', 'training', 'event', 'investigation', 'capa_plan')),
    type text check (length(type) between 1 and 64),
    number text not null check (length(btrim(number)) between 1 and 64),
    title text not null check (length(btrim(title)) between 1 and 500),
    owner_id uuid not null,
    team_id uuid,
    status text not null check (status ~ '^[a-z_]{1,40}$'),
    version integer not null default 0 check (version >= 0),
    latest_version integer not null default 0 check (latest_version >= 0),
    effective_version integer check (effective_version >= 1),
    due_on date,
    content jsonb not null default '{}' check (jsonb_typeof(content) = 'object'),
    created_by uuid not null,
    revision integer not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    search tsvector generated always as (to_tsvector('simple', number || ' ' || title)) stored,
    primary key (organisation_id, id),
    constraint records_number unique (organisation_id, number),
    constraint records_owner foreign key (organisation_id, owner_id) references members (organisation_id, person_id),
    constraint records_team foreign key (organisation_id, team_id) references teams (organisation_id, id),
    constraint records_created_by foreign key (organisation_id, created_by) references members (organisation_id, person_id)
);
create index records_by_kind on records (organisation_id, kind, id desc);
create index records_by_status on records (organisation_id, kind, status, id desc);
create index records_by_type on records (organisation_id, kind, type, id desc);
create index records_by_team on records (organisation_id, team_id, id desc);
create index records_by_owner on records (organisation_id, owner_id, id desc);
"""

# A version's title, content and hash are what was signed: no role may update them.
VERSIONS = """
create table versions (
    organisation_id uuid not null,
    record_id uuid not null,
    version integer not null check (version >= 1),
    status text not null check (status ~ '^[a-z_]{1,40}$'),
    title text not null check (length(btrim(title)) between 1 and 500),
    owner_id uuid not null,
    team_id uuid,
    content jsonb not null check (jsonb_typeof(content) = 'object'),
    content_sha256 text not null check (content_sha256 ~ '^[0-9a-f]{64}$'),
    change_id uuid,
    effective_on date,
    effective_at timestamptz,
    ended_at timestamptz,
    next_review_on date,
    revision integer not null default 1,
    created_at timestamptz not null default now(),
    primary key (organisation_id, record_id, version),
    constraint versions_record foreign key (organisation_id, record_id) references records (organisation_id, id),
    constraint versions_owner foreign key (organisation_id, owner_id) references members (organisation_id, person_id),
    constraint versions_team foreign key (organisation_id, team_id) references teams (organisation_id, id),
    -- Judged at commit, because one statement ends the former version and begins the next.
    constraint versions_in_force exclude using btree (organisation_id with =, record_id with =)
        where (status in ('effective', 'suspended')) deferrable initially deferred,
    constraint versions_waiting exclude using btree (organisation_id with =, record_id with =)
        where (status = 'approved') deferrable initially deferred
);
create index versions_by_status on versions (organisation_id, status, effective_on, record_id);
create index versions_by_review on versions (organisation_id, next_review_on) where status = 'effective';
create index versions_of_change on versions (organisation_id, change_id);
create index versions_by_owner on versions (organisation_id, owner_id);
create table version_files (
    organisation_id uuid not null,
    record_id uuid not null,
    version integer not null,
    file_id uuid not null,
    field text not null check (length(field) between 1 and 64),
    revision integer not null default 1,
    primary key (organisation_id, record_id, version, file_id, field),
    constraint version_files_version foreign key (organisation_id, record_id, version)
        references versions (organisation_id, record_id, version),
    constraint version_files_file foreign key (organisation_id, file_id) references files (organisation_id, id)
);
create index version_files_of_file on version_files (organisation_id, file_id);
create table notes (
    organisation_id uuid not null,
    id uuid not null,
    record_id uuid not null,
    text text not null check (length(btrim(text)) between 1 and 20000),
    author_id uuid not null,
    revision integer not null default 1,
    created_at timestamptz not null default now(),
    primary key (organisation_id, id),
    constraint notes_record foreign key (organisation_id, record_id) references records (organisation_id, id),
    constraint notes_author foreign key (organisation_id, author_id) references members (organisation_id, person_id)
);
create index notes_of_record on notes (organisation_id, record_id, id);
create table note_files (
    organisation_id uuid not null,
    note_id uuid not null,
    file_id uuid not null,
    revision integer not null default 1,
    primary key (organisation_id, note_id, file_id),
    constraint note_files_note foreign key (organisation_id, note_id) references notes (organisation_id, id),
    constraint note_files_file foreign key (organisation_id, file_id) references files (organisation_id, id)
);
create index note_files_of_file on note_files (organisation_id, file_id);
"""


def upgrade() -> None:
    """Make the tables that hold what inspectors read."""
    run("set local role qfacts_owner")
    run(FILES + RECORDS + VERSIONS)
    for table in ("files", "file_texts", "downloads", "records", "versions", "version_files", "notes", "note_files"):
        isolate(table)
    grant("files", "select, insert, update (status, finished_at, revision)")
    grant(
        "records",
        "select, insert, update (type, title, owner_id, team_id, status, version, latest_version, effective_version,"
        " due_on, content, revision, updated_at)",
    )
    grant(
        "versions",
        "select, insert, update (status, owner_id, team_id, effective_on, effective_at, ended_at, next_review_on, revision)",
    )
    for table in ("file_texts", "downloads", "version_files", "notes", "note_files"):
        grant(table, "select, insert")
    audit("files", "id", "id")
    audit("downloads", "file_id", "id")
    audit("records", "id", "id")
    audit("versions", "record_id", "record_id", "version")
    audit("version_files", "record_id", "record_id", "version", "file_id", "field")
    audit("notes", "record_id", "id")
    audit("note_files", "note_id", "note_id", "file_id")
    run("reset role")


def downgrade() -> None:
    """Records are never taken back: a mistake is mended by a further migration."""
    raise NotImplementedError
