"""Items that are taken out of a draft change: they stay, so that comments, files and the trail still tell what they were about."""

from __future__ import annotations

from infra.migrations.statements import grant, run

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

REMOVED = """
alter table change_items add column removed boolean not null default false check (not (removed and in_approval));
"""


def upgrade() -> None:
    """Mark what is taken out; what was in a change before stays in it."""
    run("set local role qfacts_owner")
    run(REMOVED)
    grant("change_items", "update (removed)")
    run("reset role")


def downgrade() -> None:
    """Records are never taken back: a mistake is mended by a further migration."""
    raise NotImplementedError
