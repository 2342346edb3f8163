"""What the database remembers of each organisation's last seal. It saves a look into the bucket; verifying never believes it."""

from __future__ import annotations

from infra.migrations.statements import JOB, grant, isolate, run

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

SEALS = """
create table seals (
    organisation_id uuid primary key references organisations (id),
    number integer not null check (number > 0),
    at timestamptz not null,
    heads jsonb not null check (jsonb_typeof(heads) = 'array'),
    people_sha256 text not null check (people_sha256 ~ '^[0-9a-f]{64}$'),
    sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
    signature bytea not null
);
"""


def upgrade() -> None:
    """Make the table; only the job that seals writes it."""
    run("set local role qfacts_owner")
    run(SEALS)
    isolate("seals")
    grant("seals", "select")
    grant("seals", "insert, update (number, at, heads, people_sha256, sha256, signature)", JOB)
    run("reset role")


def downgrade() -> None:
    """Records are never taken back: a mistake is mended by a further migration."""
    raise NotImplementedError
