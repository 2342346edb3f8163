"""Mail about a sign-in itself belongs to no organisation, and is queued by who acts for none."""

from __future__ import annotations

from infra.migrations.statements import run

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

RIGHTS = """
create policy queued_for_an_account on mails for insert to qfacts_directory with check (
    organisation_id is null and template in ('password_reset', 'address_verification') and facts = '{}' and status = 'queued'
);
grant insert (id, to_email, language, template) on mails to qfacts_directory;
"""


def upgrade() -> None:
    """Let mail about a sign-in be queued."""
    run("set local role qfacts_owner")
    run(RIGHTS)
    run("reset role")


def downgrade() -> None:
    """Records are never taken back: a mistake is mended by a further migration."""
    raise NotImplementedError
