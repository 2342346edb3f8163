"""Reminders: on which days they went out, who doesn't want which, and to which addresses mail doesn't arrive."""

from __future__ import annotations

from infra.migrations.statements import ORGANISATION, grant, isolate, run

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TABLES = """
alter table people add column unsubscribed text[] not null default '{}'
    check (unsubscribed <@ array['early_reminders', 'document_reviews']);
grant update (unsubscribed) on people to qfacts_application, qfacts_directory;
create index assignments_owed on assignments (organisation_id, person_id, due_on) where closed_at is null;
-- One row a day on which an organisation's reminders went out, written with the mail itself: what keeps them from going out twice.
create table reminder_days (
    organisation_id uuid not null references organisations (id),
    day date not null,
    since date not null,
    created_at timestamptz not null default now(),
    primary key (organisation_id, day),
    check (since < day)
);
alter table mails drop constraint mails_status_check;
alter table mails add constraint mails_status_check check (status in ('queued', 'sent', 'failed', 'bounced'));
alter table mails add column cause text check (length(cause) between 1 and 400);
grant update (cause) on mails to qfacts_job;
-- An address is kept as its digest: enough to recognise it, nothing to write to. An event that comes twice is one row.
create table mail_suppressions (
    id uuid primary key default uuidv7(),
    event_id text not null unique check (length(event_id) between 1 and 200),
    address_sha256 text not null check (address_sha256 ~ '^[0-9a-f]{64}$'),
    reason text not null check (reason in ('bounce', 'dropped', 'spam_complaint', 'unsubscribed')),
    at timestamptz not null,
    created_at timestamptz not null default now(),
    lifted_at timestamptz
);
create index mail_suppressions_of_address on mail_suppressions (address_sha256, at desc) where lifted_at is null;
create function address_digest(address text) returns text language sql immutable parallel safe as $$
    select encode(sha256(convert_to(lower(address), 'UTF8')), 'hex')
$$;
"""

# An address belongs to no organisation; one sees what is said of the addresses of its own members and invitations.
POLICIES = """
alter table mail_suppressions enable row level security;
alter table mail_suppressions force row level security;
create policy every_suppression on mail_suppressions for all to qfacts_job using (true) with check (true);
create policy own_addresses on mail_suppressions for all to qfacts_application
    using (address_sha256 in (select address_digest(p.email) from people p join members m on m.person_id = p.id
            where m.organisation_id = <organisation>
        union all select address_digest(i.email) from invitations i where i.organisation_id = <organisation>))
    with check (address_sha256 in (select address_digest(i.email) from invitations i where i.organisation_id = <organisation>));
create policy backup on mail_suppressions for select to qfacts_backup using (true);
grant select on mail_suppressions to qfacts_application, qfacts_backup;
grant update (lifted_at) on mail_suppressions to qfacts_application;
grant select, insert on mail_suppressions to qfacts_job;
"""


def upgrade() -> None:
    """Make what reminders and the mail's own events need."""
    run("set local role qfacts_owner")
    run(TABLES)
    isolate("reminder_days")
    grant("reminder_days", "select, insert", "qfacts_job")
    run(POLICIES, organisation=ORGANISATION)
    run("reset role")


def downgrade() -> None:
    """Records are never taken back: a mistake is mended by a further migration."""
    raise NotImplementedError
