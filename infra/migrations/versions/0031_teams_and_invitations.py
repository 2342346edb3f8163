"""Teams have a lead and can be closed; an invitation can be mailed again under a new secret."""

from __future__ import annotations

from infra.migrations.statements import run

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

TEAMS = """
alter table teams add column lead_id uuid;
alter table teams add column closed_at timestamptz;
alter table teams add constraint teams_lead foreign key (organisation_id, lead_id) references members (organisation_id, person_id);
alter table teams add constraint teams_closed_without_lead check (closed_at is null or lead_id is null);
create index teams_of_lead on teams (organisation_id, lead_id);
grant update (lead_id, closed_at) on teams to qfacts_application, qfacts_job;
"""
# A client that keeps a copy asks what changed since.
LISTS = "create index records_by_update on records (organisation_id, kind, updated_at)"
# The secret of a mail that was lost opens nothing once another was sent.
INVITATIONS = "grant update (secret_sha256, expires_at) on invitations to qfacts_application"


def upgrade() -> None:
    """Let teams be led and closed, invitations be renewed, and lists begin at a moment."""
    run("set local role qfacts_owner")
    run(TEAMS)
    run(INVITATIONS)
    run(LISTS)
    run("reset role")


def downgrade() -> None:
    """Records are never taken back: a mistake is mended by a further migration."""
    raise NotImplementedError
