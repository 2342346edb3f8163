"""What belongs to one organisation is judged and seen there alone: addresses that aren't mailed any more, and the texts of files."""

from __future__ import annotations

from infra.migrations.statements import ORGANISATION, audit, run

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

# Whoever bounced or complained did so about mail of one organisation. What was told before belongs to the last that mailed the address.
SUPPRESSIONS = """
alter table mail_suppressions no force row level security;
alter table mails no force row level security;
alter table mail_suppressions add column organisation_id uuid references organisations (id);
update mail_suppressions s set organisation_id = (select m.organisation_id from mails m
    where m.organisation_id is not null and address_digest(m.to_email) = s.address_sha256 order by m.id desc limit 1);
alter table mail_suppressions force row level security;
alter table mails force row level security;
drop index mail_suppressions_of_address;
create index mail_suppressions_of_address on mail_suppressions (organisation_id, address_sha256, at desc) where lifted_at is null;
create index mails_to_address on mails (lower(to_email), id);
drop policy own_addresses on mail_suppressions;
create policy organisation on mail_suppressions for all to qfacts_application
    using (organisation_id = <organisation>) with check (organisation_id = <organisation>);
"""

# A text enters the trail as its hash: it may be longer than all entries together, and is only ever compared.
IMAGE = """
create or replace function audit_image(table_name text, image json) returns json language sql stable parallel safe as $$
    select case table_name
        when 'people' then ((image::jsonb - 'salt') || jsonb_build_object(
            'email', public.contact_digest(image ->> 'salt', image ->> 'email'),
            'name', public.contact_digest(image ->> 'salt', image ->> 'name'),
            'identity_uid', public.contact_digest(image ->> 'salt', image ->> 'identity_uid')))::json
        when 'invitations' then ((image::jsonb - 'salt') || jsonb_build_object(
            'email', public.contact_digest(image ->> 'salt', image ->> 'email')))::json
        when 'records' then (image::jsonb - 'search')::json
        when 'file_texts' then ((image::jsonb - 'text') || jsonb_build_object(
            'text_sha256', encode(sha256(convert_to(image ->> 'text', 'UTF8')), 'hex')))::json
        else image end
$$;
"""
# Texts of before are entered as what they are now, one entry each, in this transaction.
BEFORE = """
do $$
declare
    entered bigint;
begin
    perform set_config('app.actor', 'system:migrate', true), set_config('app.step', 'migrate', true), set_config('app.source', 'job', true);
    perform public.audit_enter('file_texts', 'INSERT', array['file_id', 'file_id'], null, row_to_json(t)) from public.file_texts t;
    get diagnostics entered = row_count;
    if entered <> (select count(*) from public.file_texts) then
        raise exception 'Not every text entered the trail.';
    end if;
    perform set_config('app.actor', '', true), set_config('app.step', '', true), set_config('app.source', '', true);
end
$$;
"""


def _enter_texts() -> None:
    """The trail tells of the texts of files."""
    run("set local role qfacts_owner")
    run(IMAGE)
    run("grant select on file_texts to qfacts_audit")
    run("create policy entered_once on file_texts for select to qfacts_audit using (true)")
    run("reset role")
    run("set local role qfacts_audit")
    run(BEFORE)
    run("reset role")
    run("set local role qfacts_owner")
    run("drop policy entered_once on file_texts")
    run("revoke select on file_texts from qfacts_audit")
    audit("file_texts", "file_id", "file_id")
    run("reset role")


def upgrade() -> None:
    """Give each what is its own."""
    run("set local role qfacts_owner")
    run(SUPPRESSIONS, organisation=ORGANISATION)
    run("reset role")
    _enter_texts()


def downgrade() -> None:
    """Records are never taken back: a mistake is mended by a further migration."""
    raise NotImplementedError
