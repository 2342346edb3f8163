"""The items that a change is about, without those that were taken out: one place that says so, for whoever asks."""

from __future__ import annotations

from infra.migrations.statements import grant, run

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

# Each column is the table's own, so that PostgreSQL reads the table by its indexes, and under its policies as whoever asks.
PRESENT = "create view present_items with (security_invoker) as select * from change_items i where not i.removed;"


def upgrade() -> None:
    """Let the table's readers read it, and hand over what is planned in it."""
    run("set local role qfacts_owner")
    run(PRESENT)
    grant("present_items", "select, update (owner_id, revision)")
    run("reset role")


def downgrade() -> None:
    """Records are never taken back: a mistake is mended by a further migration."""
    raise NotImplementedError
