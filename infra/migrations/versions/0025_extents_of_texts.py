"""How much of a file its text is, beside the text; of texts kept before, nobody knows, and comparisons say so."""

from __future__ import annotations

from infra.migrations.statements import run

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

EXTENT = """
alter table file_texts add column extent jsonb check (jsonb_typeof(extent) = 'object' and extent ? 'state');
"""


def upgrade() -> None:
    """Keep the extent of every text that is read from now on."""
    run("set local role qfacts_owner")
    run(EXTENT)
    run("reset role")


def downgrade() -> None:
    """Records are never taken back: a mistake is mended by a further migration."""
    raise NotImplementedError
