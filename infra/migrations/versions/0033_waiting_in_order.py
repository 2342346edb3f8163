"""What waits is found in the order in which it falls due, and each member says how they are told of it."""

from __future__ import annotations

from infra.migrations.statements import run

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

# Each holds what waits in the order of its days: those that a thing has of its own, or the moments from which they are counted.
ORDERS = """
create index records_waiting_by_day on records (organisation_id, kind, status, due_on, id) where due_on is not null;
create index records_waiting_since on records (organisation_id, kind, status, (coalesce(status_since, updated_at)), id);
create index records_to_report on records (organisation_id, kind, status, ((content #>> '{reportable,deadline}') collate "C"), id)
    where content #>> '{reportable,decision}' = 'yes' and content #>> '{reportable,reference}' is null;
create index records_by_window on records (organisation_id, kind, status, ((content #>> '{effectiveness,not_before}') collate "C"), id)
    where (content #>> '{effectiveness,not_before}') collate "C" is not null;
create index changes_waiting_since on changes (organisation_id, status, (coalesce(status_since, updated_at)), id);
create index actions_done_since on actions (organisation_id, status, completed_at, id) where closed_at is null;
create index assignments_waiting_by_day on assignments (organisation_id, status, due_on, id) where closed_at is null;
create index assignments_to_assess on assignments (organisation_id, status, due_on, id)
    where closed_at is null and learner_signed_at is not null;
create index extensions_waiting_by_day on extensions (organisation_id, due_on_before, id) where decided_at is null;
create index invitations_by_expiry on invitations (organisation_id, status, expires_at, id);
create index people_by_address on people (address_digest(email)) where email is not null;
"""
# The rows of the table of waits of which a member is told in their digest instead of at once, and those of which they aren't told.
# A notice that is `owed` stands in its person's next digest.
TELLINGS = """
alter table members add column in_digest text[] not null default '{}';
alter table members add column not_told text[] not null default '{}';
grant update (in_digest, not_told) on members to qfacts_application, qfacts_job;
alter table notices add column owed boolean not null default false;
create index notices_owed on notices (organisation_id, person_id) where owed;
grant update (owed) on notices to qfacts_job;
"""


def upgrade() -> None:
    """Order what waits, and let each member choose."""
    run("set local role qfacts_owner")
    run(ORDERS)
    run(TELLINGS)
    run("reset role")


def downgrade() -> None:
    """Records are never taken back: a mistake is mended by a further migration."""
    raise NotImplementedError
