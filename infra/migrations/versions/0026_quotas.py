"""Quotas: how often a person, an organisation or an address asked for something in its present period. Mail and jobs in turns."""

from __future__ import annotations

from infra.migrations.statements import run

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

ROLES = """
do $$
declare
    name text;
begin
    foreach name in array array['qfacts_quotas', 'qfacts_due'] loop
        begin
            execute format('create role %I nologin noinherit nobypassrls', name);
        exception when duplicate_object or unique_violation then
            null;
        end;
    end loop;
    execute format('grant qfacts_quotas to %I with set true, inherit false', current_user);
end
$$;
grant usage on schema public to qfacts_quotas, qfacts_due;
grant qfacts_due to qfacts_job with set true, inherit false;
"""
# What tells whether an organisation has something due for a job, and nothing else of it.
SEEN = {
    "organisations": "id, time_zone",
    "versions": "organisation_id, status, effective_on",
    "approval_requests": "organisation_id, closed_at",
    "assignments": "organisation_id, valid_until",
    "reminder_days": "organisation_id, day, created_at",
    "members": "organisation_id, person_id",
    "seals": "organisation_id, number, heads, people_sha256",
    "audit_links": "chain, lane, sequence, digest",
}

# Whose counter it is can't be told from its key without the salt, which nobody may read but the function: one organisation must not
# learn from another's invitations which addresses it invited.
TABLES = """
create table quota_salts (
    id boolean primary key default true check (id),
    salt bytea not null default uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
);
create table quotas (
    key bytea primary key check (length(key) = 32),
    since timestamptz not null,
    used integer not null check (used > 0),
    ends_at timestamptz not null
);
create index quotas_by_end on quotas (ends_at);
create index mails_in_turns on mails (coalesce(organisation_id, '00000000-0000-0000-0000-000000000000'), next_attempt_at, id)
    where status = 'queued';
"""
POLICIES = """
alter table <table> enable row level security;
alter table <table> force row level security;
create policy counted on <table> for all to qfacts_quotas using (true) with check (true);
create policy backup on <table> for select to qfacts_backup using (true);
grant select on <table> to qfacts_backup, qfacts_quotas;
"""
RIGHTS = """
grant insert, update, delete on quotas to qfacts_quotas;
grant insert on quota_salts to qfacts_quotas;
"""
# Seconds to wait; 0 where the call was counted. A refused call leaves the counter as it is. Old counters go, a few at a time.
SPEND = """
create function spend_quota(name text, subject text, most integer, seconds integer) returns integer
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    counter bytea;
    spent public.quotas;
begin
    if not exists (select from public.quota_salts) then
        insert into public.quota_salts default values on conflict do nothing;
    end if;
    counter := sha256((select s.salt from public.quota_salts s) || convert_to(name || ' ' || subject, 'UTF8'));
    insert into public.quotas as q (key, since, used, ends_at)
        values (counter, clock_timestamp(), 1, clock_timestamp() + make_interval(secs => seconds))
        on conflict (key) do update set
            since = case when q.ends_at <= clock_timestamp() then clock_timestamp() else q.since end,
            used = case when q.ends_at <= clock_timestamp() then 1 else q.used + 1 end,
            ends_at = case when q.ends_at <= clock_timestamp() then clock_timestamp() + make_interval(secs => seconds) else q.ends_at end
        where q.ends_at <= clock_timestamp() or q.used < most
        returning * into spent;
    if not found then
        select * into spent from public.quotas q where q.key = counter;
        return greatest(1, ceil(extract(epoch from spent.ends_at - clock_timestamp())))::integer;
    end if;
    if spent.used = 1 then
        delete from public.quotas q where q.key in (
            select o.key from public.quotas o where o.ends_at < clock_timestamp() - interval '1 day' limit 10 for update skip locked);
    end if;
    return 0;
end
$$;
revoke execute on function spend_quota(text, text, integer, integer) from public;
grant execute on function spend_quota(text, text, integer, integer) to qfacts_application, qfacts_directory;
"""


def upgrade() -> None:
    """Make the counters, and the one function that counts."""
    run(ROLES)
    run("set local role qfacts_owner")
    run(TABLES)
    for table in ("quotas", "quota_salts"):
        run(POLICIES, table=table)
    run(RIGHTS)
    for table, columns in SEEN.items():
        run(f"create policy due on {table} for select to qfacts_due using (true); grant select ({columns}) on {table} to qfacts_due;")
    run("reset role")
    run("grant create on schema public to qfacts_quotas")
    run("set local role qfacts_quotas")
    run(SPEND)
    run("reset role")
    run("revoke create on schema public from qfacts_quotas")


def downgrade() -> None:
    """Records are never taken back: a mistake is mended by a further migration."""
    raise NotImplementedError
