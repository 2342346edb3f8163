"""The reviews of the audit trail: of which time, what was found, and the signature under it."""

from __future__ import annotations

from infra.migrations.statements import audit, grant, isolate, run

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

REVIEWS = """
create table trail_reviews (
    organisation_id uuid not null,
    id uuid not null,
    from_at timestamptz not null,
    to_at timestamptz not null,
    finding text not null check (length(btrim(finding)) between 1 and 4000),
    entries integer not null check (entries >= 0),
    reviewed_by uuid not null,
    signature_id uuid not null,
    revision integer not null default 1,
    created_at timestamptz not null default now(),
    primary key (organisation_id, id),
    check (from_at <= to_at),
    constraint trail_reviews_signature foreign key (organisation_id, signature_id) references signatures (organisation_id, id),
    constraint trail_reviews_reviewed_by foreign key (organisation_id, reviewed_by) references members (organisation_id, person_id)
);
create unique index trail_reviews_of_signature on trail_reviews (organisation_id, signature_id);
create index trail_reviews_of_reviewer on trail_reviews (organisation_id, reviewed_by, id);
"""


def upgrade() -> None:
    """Make the table of reviews. A review is inserted and read, nothing else."""
    run("set local role qfacts_owner")
    run(REVIEWS)
    isolate("trail_reviews")
    grant("trail_reviews", "select, insert")
    audit("trail_reviews", "id", "id")
    run("reset role")


def downgrade() -> None:
    """Records are never taken back: a mistake is mended by a further migration."""
    raise NotImplementedError
