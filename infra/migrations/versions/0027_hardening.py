"""What an attack on the trail and on the doors found: entries whose digests say exactly one thing."""

from __future__ import annotations

from infra.constraints import write_functions
from infra.migrations.statements import run

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

# Entries of before are of version 1 for ever; a backup of before has no such column, and is loaded as what it was.
VERSIONS = """
alter table audit_entries add column version smallint not null default 1;
alter table audit_links add column version smallint not null default 1;
alter function audit_entry_digest(audit_entries) rename to audit_entry_digest_1;
"""

# Version 2 is injective: a mark that says which optional ids are there, numbers and ids of fixed size, the length of every text (an
# optional one's is one more than its own, and nought where there is none), then the texts. Two numbers share eight bytes, for joining bytes
# takes longer than hashing them. It begins with ff, and a version 1 entry with its id, which is positive: so no entry of one version has
# the bytes of one of the other, and relabelling an entry breaks its digest. infra/trail_digests.py computes the same.
DIGESTS = r"""
create function audit_entry_digest_2(e audit_entries) returns bytea language sql stable parallel safe as $$
    select substring(sha512(
        case when e.organisation_id = e.chain then '\xff0201'::bytea when e.organisation_id is null then '\xff0200'
            else '\xff0202' || uuid_send(e.organisation_id) end
        || case when e.record_id is null then '\x00'::bytea else '\x01' || uuid_send(e.record_id) end
        || int8send(e.id) || uuid_send(e.chain) || int8send(e.xid) || timestamptz_send(e.at)
        || int8send(octet_length(e.table_name)::bigint << 32 | octet_length(e.row_key))
        || int8send(octet_length(e.operation)::bigint << 32 | octet_length(e.step))
        || int8send(octet_length(e.actor)::bigint << 32 | coalesce(octet_length(e.cause) + 1, 0))
        || int8send(octet_length(e.reason)::bigint << 32 | octet_length(e.request_id))
        || int8send(octet_length(e.source)::bigint << 32 | coalesce(octet_length(e.old::text) + 1, 0))
        || int8send(e.ordinal::bigint << 32 | coalesce(octet_length(e.new::text) + 1, 0))
        || convert_to(e.table_name || e.row_key || e.operation || e.step || e.actor || coalesce(e.cause, '') || e.reason || e.request_id
            || e.source || coalesce(e.old::text, '') || coalesce(e.new::text, ''), 'UTF8')) for 32)
$$;
create function audit_entry_digest(e audit_entries) returns bytea language sql stable parallel safe as $$
    select case when e.version = 2 then public.audit_entry_digest_2(e)
        when e.version = 1 and e.id > 0 then public.audit_entry_digest_1(e) end
$$;
"""


# What was planned earlier and can't be undone looks again under a lock that whoever changes the answer takes too.
# A sign-in is owed to its deletion from the erasure on. Whoever enters with it meanwhile makes it theirs; once it is gone, nobody enters
# with a token that outlived it (a token lives for an hour; `gone_at` is kept for a day).
LOOKS_AGAIN = """
alter table erased_accounts add column gone_at timestamptz;
create index erased_accounts_by_sign_in on erased_accounts (identity_uid);
grant update (gone_at) on erased_accounts to qfacts_job;
grant select, update (gone_at), delete on erased_accounts to qfacts_eraser;
create policy owed_seen on erased_accounts for select to qfacts_eraser using (true);
create policy owed_claimed on erased_accounts for update to qfacts_eraser using (true) with check (false);
create policy owed_forgotten on erased_accounts for delete to qfacts_eraser using (true);
"""
ERASER = """
create function claim_erased_account(debt uuid) returns text language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
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
    return sign_in;
end
$$;
create function refuse_deleted_sign_in() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('sign-in ' || new.identity_uid, 0));
    if exists (select from public.erased_accounts a where a.identity_uid = new.identity_uid and a.gone_at is not null) then
        raise exception 'This sign-in was deleted.' using errcode = 'QF003';
    end if;
    return new;
end
$$;
create function refuse_erased_person() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    -- An erasure holds this row; who waited for it begins anew, as somebody else.
    perform from public.people p where p.id = new.person_id and p.salt is not null for key share;
    if not found then
        raise exception 'This person was erased meanwhile.' using errcode = '40001';
    end if;
    return new;
end
$$;
revoke execute on function claim_erased_account(uuid), refuse_deleted_sign_in(), refuse_erased_person() from public;
grant execute on function claim_erased_account(uuid) to qfacts_job;
grant execute on function refuse_deleted_sign_in(), refuse_erased_person() to qfacts_owner;
"""
WAITING = """
create function hold_blob() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('blob ' || new.organisation_id || ' ' || new.sha256, 0));
    return new;
end
$$;
create trigger hold_blob before insert on files for each row execute function hold_blob();
create trigger refuse_deleted_sign_in before insert on people for each row when (new.identity_uid is not null)
    execute function refuse_deleted_sign_in();
create trigger refuse_erased_person before insert or update of status on members for each row when (is_active_member(new.status))
    execute function refuse_erased_person();
"""


# Names of before stay beside the signatures that were made under them; nobody else takes one.
NAMES = """
alter table members add column former_names text[] not null default '{}';
grant update (former_names) on members to qfacts_application, qfacts_job;
"""


def _altered(function: str, former: str, new: str) -> None:
    """Write a function anew with one part of its body replaced; the part stands there exactly once."""
    from alembic import op

    found = op.get_bind().exec_driver_sql("select pg_get_functiondef(%s::regprocedure)", (function,)).scalar()
    assert isinstance(found, str)
    assert found.count(former) == 1, function
    run(found.replace(former, new))


def _number_digests() -> None:
    """New entries have digests of version 2, and each link says the lowest version that it holds.

    Altering the table waits for every transaction that writes to the trail, so no entry of version 1 comes after one of version 2.
    """
    run("set local role qfacts_owner")
    run(VERSIONS + DIGESTS)
    run("reset role")
    run("grant create on schema public to qfacts_audit")
    run("set local role qfacts_audit")
    _altered(
        "audit_enter(text, text, text[], json, json)",
        "    entry.digest := public.audit_entry_digest(entry);",
        "    entry.version := 2;\n    entry.digest := public.audit_entry_digest(entry);",
    )
    _altered("audit_link()", "previous, digest, at)", "previous, digest, at, version)")
    _altered("audit_link()", "k.entries, k.digests), new.at\n", "k.entries, k.digests), new.at, k.version\n")
    _altered("audit_link()", "            e.entries, e.digests\n", "            e.entries, e.digests, e.version\n")
    _altered("audit_link()", "select count(*)::integer as entries,", "select count(*)::integer as entries, min(a.version) as version,")
    run("reset role")
    run("revoke create on schema public from qfacts_audit")


def _look_again() -> None:
    """Deletions that are planned earlier than done look again."""
    from alembic import op

    run("set local role qfacts_owner")
    write_functions(op.get_bind())
    run(LOOKS_AGAIN)
    run("reset role")
    run("grant create on schema public to qfacts_eraser")
    run("set local role qfacts_eraser")
    run(ERASER)
    run("reset role")
    run("revoke create on schema public from qfacts_eraser")
    run("set local role qfacts_owner")
    run(WAITING)
    run("reset role")


def upgrade() -> None:
    """Close each of them."""
    _number_digests()
    _look_again()
    run("set local role qfacts_owner")
    run(NAMES)
    run("reset role")


def downgrade() -> None:
    """Records are never taken back: a mistake is mended by a further migration."""
    raise NotImplementedError
