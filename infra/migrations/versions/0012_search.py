"""Searching records by their words, and the tallies that the dashboard reads instead of counting."""

from __future__ import annotations

from infra.migrations.statements import JOB, grant, isolate, run

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# What reads and writes on behalf of everybody, beneath row-level security: functions that name the organisation themselves.
ROLE = """
do $$
begin
    begin
        create role qfacts_derived nologin noinherit nobypassrls;
    exception when duplicate_object or unique_violation then
        null;
    end;
    execute format('grant qfacts_derived to %I with set true, inherit false', current_user);
end
$$;
grant usage on schema public to qfacts_derived;
"""

# The words of a record: as written and by their stems in Dutch, French and English, without accents (nobody types them in a search).
# Each is led by the organisation's last eight characters: so the index is read organisation by organisation, beginnings of words too.
# Ids, hashes and moments within the content are no words. At most 60,000 characters, so that not even the longest content outgrows
# what a tsvector may hold (1 MB). In PL/pgSQL, which takes a third of the time that SQL alone needs.
RECORD_WORDS = r"""
create function record_words(organisation uuid, number text, title text, content jsonb) returns tsvector
    language plpgsql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
declare
    lead text := right(organisation::text, 8);
    words text := (
        select string_agg(s.value #>> '{}', ' ') from jsonb_path_query(content, 'strict $.** ? (@.type() == "string")') s (value)
        where s.value #>> '{}' !~ '^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{64}|\d{4}-\d\d-\d\d(T.*)?)$');
begin
    words := left(regexp_replace(normalize(left(concat_ws(' ', title, words), 120000)), '[^[:alnum:]]+', ' ', 'g'), 60000);
    words := lower(words || ' ' || number || ' ' || regexp_replace(number, '^.*-', '')) || ' ' || array_to_string(tsvector_to_array(
        to_tsvector('dutch', words) || to_tsvector('french', words) || to_tsvector('english', words)), ' ');
    if octet_length(words) > length(words) then
        words := regexp_replace(normalize(words, NFD), '[\u0300-\u036f]', '', 'g');
    end if;
    return array_to_tsvector(array_remove(string_to_array(lead || replace(words, ' ', ' ' || lead), ' '), lead));
end
$$;
"""

# What somebody typed, as a query that is never malformed, or null where it holds no word: every word by its stems or as the beginning of
# one; SOP-2026-00 is the beginning of a number; words that say nothing ("de", "le", "the") are left out, unless there are no others.
WORD_QUERY = r"""
create function word_query(organisation uuid, q text) returns tsquery
    language plpgsql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
declare
    lead text := '''' || right(organisation::text, 8);
    terms text[] := '{}';
    idle text[] := '{}';
    stems tsvector[];
    chunk text;
    word text;
    term text;
begin
    foreach chunk in array regexp_split_to_array(lower(left(normalize(q), 200)), '\s+') loop
        if chunk ~ '^[[:alpha:]]{1,10}-\d{0,4}(-\d*)?$' then
            term := lead || chunk || ''':*';
            if chunk !~ '^[[:alpha:]]{1,10}-(19|20)\d\d(-\d{0,3})?$' then
                term := term || ' | (' || lead || replace(trim(trailing '-' from chunk), '-', ''' & ' || lead) || ''')';
            end if;
            terms := terms || ('(' || term || ')');
            continue;
        end if;
        foreach word in array regexp_split_to_array(chunk, '[^[:alnum:]]+') loop
            continue when word = '';
            stems := array[to_tsvector('dutch', word), to_tsvector('french', word), to_tsvector('english', word)];
            term := array_to_string(array_remove(tsvector_to_array(stems[1] || stems[2] || stems[3]), word), ''' | ' || lead);
            term := '(' || lead || word || case when length(word) > 1 then ''':*' else '''' end
                || case when term = '' then '' else ' | ' || lead || term || '''' end || ')';
            term := regexp_replace(normalize(term, NFD), '[\u0300-\u036f]', '', 'g');
            if length(stems[1]) * length(stems[2]) * length(stems[3]) = 0 then
                idle := idle || term;
            else
                terms := terms || term;
            end if;
        end loop;
    end loop;
    return nullif(array_to_string(case when terms = '{}' then idle else terms end, ' & '), '')::tsquery;
end
$$;
"""

SEARCH = """
alter table records alter column search set expression as (record_words(organisation_id, number, title, content));
create index records_by_words on records using gin (search);
grant select (organisation_id, id, kind, status, owner_id, due_on, closed_at, search) on records to qfacts_derived;
create policy found on records for select to qfacts_derived using (true);
create index changes_open_of_owner on changes (organisation_id, owner_id, id desc) where status in ('draft', 'in_approval');
create index assignments_open_of_person on assignments (organisation_id, person_id, due_on, id) where closed_at is null;
"""

# An operator that isn't leakproof (@@) can't be answered from an index under row-level security, so this function stands beneath it
# and gives ids of the transaction's own organisation, nothing else; what they name is read under the policies as always.
# The words alone lead to the rows: the planner, which knows no organisation's size, would at times walk through all of it.
FOUND = """
create function found_records(words tsquery, of_kind text, as_shown text[], of_owner uuid, late_on date, timely_on date,
    before uuid, most integer)
    returns setof uuid language sql stable security definer
    set search_path = pg_catalog, pg_temp set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
    with found as materialized (
        select r.id, r.organisation_id, r.kind, r.status, r.owner_id, r.due_on, r.closed_at from public.records r
        where r.search @@ words
    )
    select f.id from found f
    where f.organisation_id = (select nullif(current_setting('app.organisation_id', true), '')::uuid)
        and (before is null or f.id < before) and (of_kind is null or f.kind = of_kind) and (of_owner is null or f.owner_id = of_owner)
        and (as_shown is null or f.kind || ' ' || f.status = any(as_shown))
        and (late_on is null or (f.closed_at is null and f.due_on < late_on))
        and (timely_on is null or f.closed_at is not null or f.due_on is null or f.due_on >= timely_on)
    order by f.id desc limit most
$$;
"""

# One row is worth n at one key; what a key is worth is the sum. Writers only append, so none waits for another.
TALLIES = """
create table tallies (
    organisation_id uuid not null,
    id bigint generated always as identity,
    measure text not null,
    kind text not null,
    day date,
    days integer,
    n integer not null,
    primary key (organisation_id, id)
);
create index tallies_by_measure on tallies (organisation_id, measure, day) include (kind, days, n);
grant select, insert, delete on tallies to qfacts_derived;
create policy counted on tallies for all to qfacts_derived using (true) with check (true);
"""

# What one thing counts as. Days and months are those of UTC.
#   open: by the day that it was opened, while its work goes on; due: by the day that it is due, while it isn't done
#   opened: by month; closed: by month, with the days that it took where it was brought to its end; status: of assignments
COUNTED = """
create function counted(
    kind text, under_way boolean, due_on date, created_at timestamptz, closed_at timestamptz, to_its_end boolean, status text)
    returns table (measure text, kind text, day date, days integer) language sql immutable parallel safe
begin atomic
    select 'open', $1, ($4 at time zone 'UTC')::date, null::integer where $2
    union all
    select 'due', $1, $3, null where $3 is not null
    union all
    select 'opened', $1, date_trunc('month', $4 at time zone 'UTC')::date, null
    union all
    select 'closed', $1, date_trunc('month', $5 at time zone 'UTC')::date,
        case when $6 then ($5 at time zone 'UTC')::date - ($4 at time zone 'UTC')::date end where $5 is not null
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

CHANGED = "select r.organisation_id, c.*, <n> as n from <rows> r cross join lateral public.counted(<counted>) c"
SUM = """
insert into public.tallies (organisation_id, measure, kind, day, days, n)
    select s.organisation_id, s.measure, s.kind, s.day, s.days, sum(s.n) from (<rows>) s group by 1, 2, 3, 4, 5 having sum(s.n) <> 0;
"""
TALLY = """
create function tally_<table>() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
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
TRIGGERS = """
create trigger tally_inserted after insert on <table> referencing new table as new_rows
    for each statement execute function tally_<table>();
create trigger tally_updated after update on <table> referencing old table as old_rows new table as new_rows
    for each statement execute function tally_<table>();
create trigger tally_deleted after delete on <table> referencing old table as old_rows
    for each statement execute function tally_<table>();
"""

# Counting anew, for whoever doubts the tallies or fills them after rows came in beside the triggers.
COUNT = """
create function count_tallies() returns table (organisation_id uuid, measure text, kind text, day date, days integer, n bigint)
    language sql stable as $$
    select s.organisation_id, s.measure, s.kind, s.day, s.days, sum(s.n) from (<rows>) s group by 1, 2, 3, 4, 5
$$;
"""

# Rows of the same key become one, or none where they come to nothing. Who reads meanwhile sees either; of two at once the second
# finds the first one's rows gone and adds up what it took itself.
COMPACT = """
create function compact_tallies() returns bigint language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
    with owner as materialized (select nullif(current_setting('app.organisation_id', true), '')::uuid as id
    ), several as (
        select t.measure, t.kind, t.day, t.days from public.tallies t
        where t.organisation_id = (select id from owner) group by 1, 2, 3, 4 having count(*) > 1
    ), taken as (
        delete from public.tallies t using several s
        where t.organisation_id = (select id from owner) and t.measure = s.measure and t.kind = s.kind
            and t.day is not distinct from s.day and t.days is not distinct from s.days
        returning t.*
    ), kept as (
        insert into public.tallies (organisation_id, measure, kind, day, days, n)
            select organisation_id, measure, kind, day, days, sum(n) from taken group by 1, 2, 3, 4, 5 having sum(n) <> 0 returning 1
    )
    select (select count(*) from taken) - (select count(*) from kept)
$$;
"""


def changed(table: str, rows: str, n: int) -> str:
    """SQL for what `rows` of a table count as, `n` times."""
    return CHANGED.replace("<rows>", rows).replace("<counted>", SOURCES[table]).replace("<n>", str(n))


def summed(*parts: str) -> str:
    """SQL that writes what the parts come to."""
    return SUM.replace("<rows>", " union all ".join(parts)).strip()


def upgrade() -> None:
    """Make what is derived from records: it can be made anew at any time, so no inspector reads it and the trail doesn't tell of it."""
    run(ROLE)
    run("set local role qfacts_owner")
    run(RECORD_WORDS + WORD_QUERY + SEARCH + TALLIES + COUNTED)
    isolate("tallies")
    grant("tallies", "select")
    everything = " union all ".join(changed(table, f"public.{table}", 1) for table in SOURCES)
    run(COUNT, rows=everything)
    run("reset role")
    run("grant create on schema public to qfacts_derived")
    run("set local role qfacts_derived")
    run(FOUND + COMPACT)
    run("revoke execute on function found_records, compact_tallies from public")
    run("grant execute on function found_records to qfacts_application, qfacts_job")
    run(f"grant execute on function compact_tallies to {JOB}")
    for table in SOURCES:
        new, old = changed(table, "new_rows", 1), changed(table, "old_rows", -1)
        run(TALLY, table=table, inserted=summed(new), updated=summed(new, old), deleted=summed(old))
        run(f"revoke execute on function tally_{table} from public")
        run(f"grant execute on function tally_{table} to qfacts_owner")
    run("reset role")
    run("revoke create on schema public from qfacts_derived")
    run("set local role qfacts_owner")
    for table in SOURCES:
        run(TRIGGERS, table=table)
    run("reset role")


def downgrade() -> None:
    """Records are never taken back: a mistake is mended by a further migration."""
    raise NotImplementedError
