"""Beside the text that was read out of a file, a sentence about what of it couldn't be read."""

from __future__ import annotations

from infra.migrations.statements import run

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

EXTENT = "alter table file_texts add column extent text not null default '' check (length(extent) <= 1000)"


def upgrade() -> None:
    """Of the texts that are there already nothing is known, so nothing is said."""
    run("set local role qfacts_owner")
    run(EXTENT)
    run("reset role")


def downgrade() -> None:
    """Records are never taken back: a mistake is mended by a further migration."""
    raise NotImplementedError
