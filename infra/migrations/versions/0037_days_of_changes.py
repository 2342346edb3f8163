"""Approved changes that wait for their day, and what closing a change found."""

from __future__ import annotations

from infra.migrations.statements import grant, run

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let a change keep the result of its check, and find those whose day came."""
    run("set local role qfacts_owner")
    run("alter table changes add column result text check (length(btrim(result)) between 1 and 20000)")
    run("create index changes_by_day on changes (organisation_id, effective_on, id) where effective_on is not null")
    grant("changes", "update (result)")
    run("create policy due on changes for select to qfacts_due using (true)")
    run("grant select (organisation_id, status, effective_on) on changes to qfacts_due")
    run("reset role")


def downgrade() -> None:
    """Records are never taken back: a mistake is mended by a further migration."""
    raise NotImplementedError
