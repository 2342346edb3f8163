"""Tallies by the days and months of the organisation's own time zone, which move along when it moves."""

from __future__ import annotations

from infra.migrations.statements import run

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

# As before, but for the days and months, which are those of `zone`; what is due has its day already.
COUNTED = """
drop function counted(text, boolean, date, timestamptz, timestamptz, boolean, text);
create function counted(kind text, under_way boolean, due_on date, created_at timestamptz, closed_at timestamptz, to_its_end boolean,
    status text, zone text)
    returns table (measure text, kind text, day date, days integer) language sql immutable parallel safe
begin atomic
    select 'open', $1, ($4 at time zone $8)::date, null::integer where $2
    union all
    select 'due', $1, $3, null where $3 is not null
    union all
    select 'opened', $1, date_trunc('month', $4 at time zone $8)::date, null
    union all
    select 'closed', $1, date_trunc('month', $5 at time zone $8)::date,
        case when $6 then ($5 at time zone $8)::date - ($4 at time zone $8)::date end where $5 is not null
    union all
    select 'status', $7, null, null where $7 is not null;
end;
"""

# The arguments of `counted`, by table. A document or training is work until its first version is in force, and takes no time after that.
SOURCES = {
    "records": "r.kind, case when r.kind in ('document', 'training') then r.status = 'draft' else r.closed_at is null end,"
    " case when r.closed_at is null then r.due_on end, r.created_at, r.closed_at,"
    " r.kind not in ('document', 'training') and r.status <> 'cancelled', null",
    "changes": "'change', r.status in ('draft', 'in_approval'), null, r.created_at,"
    " case when r.status in ('applied', 'discarded') then r.updated_at end, r.status = 'applied', null",
    "actions": "'action', r.closed_at is null, case when r.closed_at is null then r.due_on end, r.created_at, r.closed_at,"
    " r.status <> 'cancelled', null",
    "assignments": "'assignment', r.closed_at is null, case when r.closed_at is null then r.due_on end, r.created_at, r.closed_at,"
    " r.status = 'completed', r.status",
}
ENDED = {"changes": "updated_at"}  # when a row's work ended; elsewhere closed_at
READ = {
    "records": "created_at",
    "changes": "organisation_id, status, created_at, updated_at",
    "actions": "organisation_id, status, due_on, created_at, closed_at",
    "assignments": "organisation_id, status, due_on, created_at, closed_at",
}

CHANGED = """select r.organisation_id, c.*, <n> as n from <rows> r join public.organisations o on o.id = r.organisation_id
    cross join lateral public.counted(<counted>, o.time_zone) c"""
SUM = """
insert into public.tallies (organisation_id, measure, kind, day, days, n)
    select s.organisation_id, s.measure, s.kind, s.day, s.days, sum(s.n) from (<rows>) s group by 1, 2, 3, 4, 5 having sum(s.n) <> 0;
"""
# Who counts waits for an organisation that is moving, which waits for those who are counting: so each reads the zone that stands.
LOCK = """
perform pg_advisory_xact_lock_shared(k.key)
            from (select distinct hashtextextended('tallies ' || r.organisation_id, 0) as key from <rows> r) k;
"""
TALLY = """
create or replace function tally_<table>() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if tg_op = 'INSERT' then
        <inserted>
    elsif tg_op = 'UPDATE' then
        <updated>
    else
        <deleted>
    end if;
    return null;
end
$$;
"""
COUNT = """
create or replace function count_tallies()
    returns table (organisation_id uuid, measure text, kind text, day date, days integer, n bigint) language sql stable as $$
    select s.organisation_id, s.measure, s.kind, s.day, s.days, sum(s.n) from (<rows>) s group by 1, 2, 3, 4, 5
$$;
"""

# What falls on another day in the new zone is taken from the old day and put to the new one; rows of the same days together, of which
# there are few even where there are a million.
MOVED = """select r.organisation_id, c.*, z.n * r.number as n from (
        select t.organisation_id, <columns>, null::date as due_on, min(t.created_at) as created_at, min(t.<ended>) as <ended>,
            count(*)::integer as number
        from public.<table> t cross join lateral (select
            (t.created_at at time zone before)::date as begun, (t.created_at at time zone after)::date as begun_after,
            (t.<ended> at time zone before)::date as ended, (t.<ended> at time zone after)::date as ended_after) d
        where t.organisation_id = of and (d.begun <> d.begun_after or d.ended <> d.ended_after)
        group by t.organisation_id, <columns>, d.begun, d.ended, d.begun_after, d.ended_after) r
    cross join lateral (values (before, -1), (after, 1)) z (zone, n) cross join lateral public.counted(<counted>, z.zone) c"""
MOVE = """
create function move_tallies(of uuid, before text, after text) returns void language sql as $$
    select pg_advisory_xact_lock(hashtextextended('tallies ' || of, 0));
    <sum>
$$;
create function tally_organisations() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform public.move_tallies(new.id, old.time_zone, new.time_zone);
    return null;
end
$$;
"""
TRIGGER = """
create trigger tally_moved after update of time_zone on organisations
    for each row when (old.time_zone <> new.time_zone) execute function tally_organisations();
"""


def changed(table: str, rows: str, n: int) -> str:
    """SQL for what `rows` of a table count as, `n` times."""
    return CHANGED.replace("<rows>", rows).replace("<counted>", SOURCES[table]).replace("<n>", str(n))


def summed(*parts: str) -> str:
    """SQL that writes what the parts come to."""
    return SUM.replace("<rows>", " union all ".join(parts)).strip()


def locked(rows: str) -> str:
    """SQL that keeps the organisations of `rows` where they are."""
    return LOCK.replace("<rows>", rows).strip()


def moved(table: str) -> str:
    """SQL for what a table's rows count as in two zones."""
    ended = ENDED.get(table, "closed_at")
    columns = "t.kind, t.status" if table == "records" else "t.status"
    told = MOVED.replace("<table>", table).replace("<columns>", columns).replace("<ended>", ended)
    return told.replace("<counted>", SOURCES[table])


def upgrade() -> None:
    """Count in each organisation's zone, what was counted before as well."""
    run("set local role qfacts_owner")
    run(COUNTED)
    run("grant select (id, time_zone) on organisations to qfacts_derived")
    run("create policy tallied on organisations for select to qfacts_derived using (true)")
    for table, columns in READ.items():
        run(f"grant select ({columns}) on {table} to qfacts_derived")
        if table != "records":
            run(f"create policy tallied on {table} for select to qfacts_derived using (true)")
    run(COUNT, rows=" union all ".join(changed(table, f"public.{table}", 1) for table in SOURCES))
    run("reset role")
    run("grant create on schema public to qfacts_derived")
    run("set local role qfacts_derived")
    for table in SOURCES:
        new, old = changed(table, "new_rows", 1), changed(table, "old_rows", -1)
        run(
            TALLY,
            table=table,
            inserted=locked("new_rows") + summed(new),
            updated=locked("new_rows") + summed(new, old),
            deleted=locked("old_rows") + summed(old),
        )
    run(MOVE, sum=summed(*(moved(table) for table in SOURCES)))
    run("revoke execute on function move_tallies, tally_organisations from public")
    run("grant execute on function tally_organisations to qfacts_owner")
    run("select move_tallies(o.id, 'UTC', o.time_zone) from organisations o")
    run("reset role")
    run("revoke create on schema public from qfacts_derived")
    run("set local role qfacts_owner")
    run(TRIGGER)
    run("reset role")


def downgrade() -> None:
    """Records are never taken back: a mistake is mended by a further migration."""
    raise NotImplementedError
