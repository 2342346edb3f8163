"""What ends: workings that nobody needs any more, files that came to nothing, and the contact data of people who left (GDPR 17)."""

from __future__ import annotations

from infra.migrations.statements import audit, grant, isolate, run

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

# Only what no inspector reads is deleted. A challenge that a signature names stays: the reference itself refuses.
PURGING = """
alter table invitations alter column secret_sha256 drop not null;
grant update (secret_sha256) on invitations to qfacts_job;
grant delete on challenges, mails, job_runs, idempotency_keys to qfacts_job;
grant select (person_id, scope, function, key, created_at) on idempotency_keys to qfacts_job;
create policy purged on idempotency_keys for all to qfacts_job using (true) with check (false);
create index challenges_by_age on challenges (organisation_id, expires_at);
create index mails_by_sending on mails (sent_at) where status = 'sent';
create index job_runs_by_end on job_runs (finished_at);
"""

# For everybody, the tables' owner included: a record goes neither while it lives, nor before its years are over, nor under legal hold.
RETENTION = """
create function refuse_early_deletion() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    settings jsonb := (select o.settings from public.organisations o where o.id = old.organisation_id);
    years integer := coalesce((settings -> 'retention_years' ->> old.kind)::integer, 10);
begin
    if settings is null or coalesce((settings ->> 'legal_hold')::boolean, false) then
        raise exception 'DELETE of records is refused: a legal hold keeps everything.' using errcode = 'QF002';
    end if;
    if old.closed_at is null or old.closed_at > now() - make_interval(years => years) then
        raise exception 'DELETE of records is refused: it is kept for % years after its end.', years using errcode = 'QF002';
    end if;
    return old;
end
$$;
create trigger refuse_early_deletion before delete on records for each row execute function refuse_early_deletion();
"""

ROLE = """
do $$
begin
    begin
        create role qfacts_eraser nologin noinherit nobypassrls;
    exception when duplicate_object or unique_violation then
        null;
    end;
    execute format('grant qfacts_eraser to %I with set true, inherit false', current_user);
end
$$;
grant usage on schema public to qfacts_eraser;
"""

# An erasure is inserted and read, nothing else: on what basis, by whom, under which signature. An account waits until its provider has
# deleted it; no trail tells its name.
ERASURES = """
create table erasures (
    organisation_id uuid not null,
    id uuid not null,
    person_id uuid not null,
    basis text not null check (length(btrim(basis)) between 1 and 4000),
    erased_by uuid not null,
    signature_id uuid not null,
    revision integer not null default 1,
    created_at timestamptz not null default now(),
    primary key (organisation_id, id),
    constraint erasures_person_once unique (organisation_id, person_id),
    constraint erasures_person foreign key (organisation_id, person_id) references members (organisation_id, person_id),
    constraint erasures_erased_by foreign key (organisation_id, erased_by) references members (organisation_id, person_id),
    constraint erasures_signature foreign key (organisation_id, signature_id) references signatures (organisation_id, id)
);
create index erasures_by_eraser on erasures (organisation_id, erased_by);
create index erasures_of_signature on erasures (organisation_id, signature_id);
create table erased_accounts (
    organisation_id uuid not null references organisations (id),
    id uuid not null default gen_random_uuid(),
    identity_uid text not null,
    created_at timestamptz not null default now(),
    primary key (organisation_id, id)
);
"""

# Whether somebody is a member elsewhere is nobody's business here: this function alone sees it, and its caller isn't told.
ERASER = """
grant select on members, erasures to qfacts_eraser;
grant select (id, identity_uid, salt, revision), update (identity_uid, email, name, salt, revision, updated_at) on people to qfacts_eraser;
grant select (organisation_id, accepted_by, id, salt, revision), update (email, salt, revision, updated_at) on invitations to qfacts_eraser;
grant insert on erased_accounts to qfacts_eraser;
create policy elsewhere on members for select to qfacts_eraser using (true);
create policy asked on erasures for select to qfacts_eraser using (true);
create policy erased_seen on people for select to qfacts_eraser using (true);
create policy erased on people for update to qfacts_eraser using (true) with check (salt is null and identity_uid is null and name = '');
create policy erased_seen on invitations for select to qfacts_eraser using (true);
create policy erased on invitations for update to qfacts_eraser using (true) with check (salt is null);
create policy owed on erased_accounts for insert to qfacts_eraser with check (true);
"""
ERASE = """
create function erase_contact_data(who uuid) returns void language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    organisation uuid := current_setting('app.organisation_id')::uuid;
    nowhere text := 'erased-' || who || '@erased.invalid';
    account text;
begin
    perform 1 from public.erasures e where e.organisation_id = organisation and e.person_id = who;
    if not found then
        raise exception 'Nobody asked for this erasure.' using errcode = 'QF002';
    end if;
    update public.invitations i set email = nowhere, salt = null, revision = i.revision + 1, updated_at = now()
        where i.organisation_id = organisation and i.accepted_by = who and i.salt is not null;
    -- Whoever lets this person in somewhere holds a lock on the row until then.
    select p.identity_uid into account from public.people p where p.id = who and p.salt is not null for update;
    if not found or exists (select from public.members m where m.person_id = who and m.status = 'active') then
        return;
    end if;
    update public.people p set email = nowhere, name = '', identity_uid = null, salt = null, revision = p.revision + 1, updated_at = now()
        where p.id = who;
    if account is not null then
        insert into public.erased_accounts (organisation_id, identity_uid) values (organisation, account);
    end if;
end
$$;
revoke execute on function erase_contact_data(uuid) from public;
grant execute on function erase_contact_data(uuid) to qfacts_application, qfacts_job;
"""


def upgrade() -> None:
    """Let the jobs delete what is over, an admin erase who left, and nobody delete what must be kept."""
    run(ROLE)
    run("set local role qfacts_owner")
    run(PURGING + RETENTION + ERASURES)
    for table in ("erasures", "erased_accounts"):
        isolate(table)
    run(ERASER)
    grant("erasures", "select, insert")
    grant("erased_accounts", "select, delete", "qfacts_job")
    audit("erasures", "person_id", "id")
    run("reset role")
    run("grant create on schema public to qfacts_eraser")
    run("set local role qfacts_eraser")
    run(ERASE)
    run("reset role")
    run("revoke create on schema public from qfacts_eraser")


def downgrade() -> None:
    """Records are never taken back: a mistake is mended by a further migration."""
    raise NotImplementedError
