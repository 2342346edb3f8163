"""Comments on changes, and what is to be done once a change is applied."""

from __future__ import annotations

from infra.migrations.statements import audit, grant, isolate, run

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

COMMENTS = """
alter table changes add column follow_ups jsonb not null default '[]' check (jsonb_typeof(follow_ups) = 'array');
create table comments (
    organisation_id uuid not null,
    id uuid not null,
    change_id uuid not null,
    parent_id uuid,
    record_id uuid,
    field text check (length(field) between 1 and 200),
    text text not null check (length(btrim(text)) between 1 and 20000),
    author_id uuid not null,
    status text not null default 'open' check (status in ('open', 'resolved')),
    resolved_by uuid,
    resolved_at timestamptz,
    revision integer not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (organisation_id, id),
    constraint comments_in_change unique (organisation_id, change_id, id),
    check (field is null or record_id is not null),
    check ((status = 'resolved') = (resolved_at is not null) and (resolved_at is null) = (resolved_by is null)),
    constraint comments_change foreign key (organisation_id, change_id) references changes (organisation_id, id),
    constraint comments_parent foreign key (organisation_id, change_id, parent_id) references comments (organisation_id, change_id, id),
    constraint comments_item foreign key (organisation_id, change_id, record_id)
        references change_items (organisation_id, change_id, record_id),
    constraint comments_author foreign key (organisation_id, author_id) references members (organisation_id, person_id),
    constraint comments_resolved_by foreign key (organisation_id, resolved_by) references members (organisation_id, person_id)
);
create index comments_of_thread on comments (organisation_id, change_id, parent_id);
create index comments_of_item on comments (organisation_id, change_id, record_id);
"""


def upgrade() -> None:
    """Make the table of comments; only their resolution is ever altered."""
    run("set local role qfacts_owner")
    run(COMMENTS)
    isolate("comments")
    grant("comments", "select, insert, update (status, resolved_by, resolved_at, revision, updated_at)")
    grant("changes", "update (follow_ups)")
    audit("comments", "change_id", "id")
    run("reset role")


def downgrade() -> None:
    """Records are never taken back: a mistake is mended by a further migration."""
    raise NotImplementedError
