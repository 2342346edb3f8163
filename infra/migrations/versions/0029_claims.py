"""What another service deletes is claimed before: no transaction is open while that service is waited for."""

from __future__ import annotations

from infra.migrations.statements import grant, isolate, run

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

# A claim counts for ten minutes, far longer than a deletion may take; what a killed run left then stands in nobody's way.
CLAIMS = """
alter table erased_accounts add column claimed_at timestamptz;
grant update (claimed_at) on erased_accounts to qfacts_eraser;
alter policy owed_claimed on erased_accounts with check (gone_at is null);
create table blob_deletions (
    organisation_id uuid not null references organisations (id),
    sha256 text not null,
    claimed_at timestamptz not null,
    primary key (organisation_id, sha256)
);
create or replace function hold_blob() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('blob ' || new.organisation_id || ' ' || new.sha256, 0));
    if exists (select from public.blob_deletions d where d.organisation_id = new.organisation_id and d.sha256 = new.sha256
            and d.claimed_at > clock_timestamp() - interval '10 minutes') then
        raise exception 'These bytes are being deleted at this moment.' using errcode = '40001';
    end if;
    return new;
end
$$;
"""
ERASER = """
create or replace function claim_erased_account(debt uuid) returns text
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    organisation uuid := current_setting('app.organisation_id')::uuid;
    sign_in text;
begin
    select a.identity_uid into sign_in from public.erased_accounts a
        where a.organisation_id = organisation and a.id = debt and a.gone_at is null for update;
    -- Where it is taken, somebody enters with this sign-in right now; the next run looks again.
    if sign_in is null or not pg_try_advisory_xact_lock(hashtextextended('sign-in ' || sign_in, 0)) then
        return null;
    end if;
    if exists (select from public.people p join public.members m on m.person_id = p.id
            where p.identity_uid = sign_in and public.is_active_member(m.status)) then
        delete from public.erased_accounts a where a.organisation_id = organisation and a.id = debt;
        return null;
    end if;
    if exists (select from public.people p where p.identity_uid = sign_in) then
        return null;
    end if;
    update public.erased_accounts a set claimed_at = clock_timestamp() where a.organisation_id = organisation and a.id = debt;
    return sign_in;
end
$$;
create or replace function refuse_deleted_sign_in() returns trigger
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('sign-in ' || new.identity_uid, 0));
    if exists (select from public.erased_accounts a where a.identity_uid = new.identity_uid
            and (a.gone_at is not null or a.claimed_at > clock_timestamp() - interval '10 minutes')) then
        raise exception 'This sign-in was deleted.' using errcode = 'QF003';
    end if;
    return new;
end
$$;
"""


def upgrade() -> None:
    """Let jobs claim what they are about to have deleted."""
    run("set local role qfacts_owner")
    run(CLAIMS)
    isolate("blob_deletions")
    grant("blob_deletions", "select")
    grant("blob_deletions", "insert, delete", "qfacts_job")
    run("reset role")
    run("grant create on schema public to qfacts_eraser")
    run("set local role qfacts_eraser")
    run(ERASER)
    run("reset role")
    run("revoke create on schema public from qfacts_eraser")


def downgrade() -> None:
    """Records are never taken back: a mistake is mended by a further migration."""
    raise NotImplementedError
