"""A search tells a title from a text, and finds changes, files, notes and actions too."""

from __future__ import annotations

from infra.migrations.statements import isolate, run

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

# The words of a text as 0012 made those of a record: as written and by their stems, each led by `lead`; of a number also as a whole and
# by its end.
LED_WORDS = r"""
create function led_words(lead text, given text, number text default '') returns text[]
    language plpgsql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
declare
    words text := left(regexp_replace(normalize(left(given, 120000)), '[^[:alnum:]]+', ' ', 'g'), 60000);
begin
    words := lower(words || ' ' || number || ' ' || regexp_replace(number, '^.*-', ''));
    words := words || ' ' || array_to_string(tsvector_to_array(
        to_tsvector('dutch', words) || to_tsvector('french', words) || to_tsvector('english', words)), ' ');
    if octet_length(words) > length(words) then
        words := regexp_replace(normalize(words, NFD), '[\u0300-\u036f]', '', 'g');
    end if;
    return array_remove(string_to_array(lead || replace(words, ' ', ' ' || lead), ' '), lead);
end
$$;
"""
# The words of the title and the number stand there a second time, led by ^: so the index finds what is called so before what only says so.
# A file's text, up to a million characters, is taken piece by piece; a word at the end of one stands at the beginning of the next. Of the
# words of a file as many are kept as a tsvector may hold (1 MB), those of its beginning first.
WORDS = r"""
create or replace function record_words(organisation uuid, number text, title text, content jsonb) returns tsvector
    language plpgsql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
declare
    lead text := right(organisation::text, 8);
    words text := (
        select string_agg(s.value #>> '{}', ' ') from jsonb_path_query(content, 'strict $.** ? (@.type() == "string")') s (value)
        where s.value #>> '{}' !~ '^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{64}|\d{4}-\d\d-\d\d(T.*)?)$');
begin
    return array_to_tsvector(public.led_words(lead, concat_ws(' ', title, words), number)
        || public.led_words('^' || lead, title, number));
end
$$;
create function text_words(organisation uuid, given text) returns tsvector
    language plpgsql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
declare
    lead text := '+' || right(organisation::text, 8);
    words text[] := '{}';
begin
    for n in 0 .. least(length(given), 1000000) / 50000 loop
        words := words || tsvector_to_array(array_to_tsvector(public.led_words(lead, substr(given, n * 50000 + 1, 50200))));
    end loop;
    return array_to_tsvector(array(select s.word from (
        select w.word, sum(octet_length(w.word)) over (order by w.place) as size
        from (select u.word, min(u.place) as place from unnest(words) with ordinality u (word, place) group by 1) w) s
        where s.size < 900000));
end
$$;
create function change_words(organisation uuid, number text, title text, given text) returns tsvector
    language sql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
    select array_to_tsvector(public.led_words(right(organisation::text, 8), title || ' ' || given, number)
        || public.led_words('^' || right(organisation::text, 8), title, number))
$$;
"""
# As 0012 made it, but for words led by a mark: ^ for those of titles, + for those of parts.
WORD_QUERY = r"""
drop function word_query(uuid, text);
create function word_query(organisation uuid, q text, mark text default '') returns tsquery
    language plpgsql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
declare
    lead text := '''' || mark || right(organisation::text, 8);
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
# A short piece of a text around the first place where a word that was asked for begins; null where none does.
EXCERPT = r"""
create function excerpt(given text, q text) returns text
    language plpgsql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
declare
    shown text := regexp_replace(normalize(left(given, 200000)), '\s+', ' ', 'g');
    folded text := lower(shown);
    asked text[] := regexp_split_to_array(lower(left(normalize(q), 200)), '[^[:alnum:]]+');
    place integer;
    word text;
begin
    asked := asked || (select coalesce(array_agg(s.stem), '{}') from unnest(asked) a (word), unnest(tsvector_to_array(
        to_tsvector('dutch', a.word) || to_tsvector('french', a.word) || to_tsvector('english', a.word))) s (stem));
    if octet_length(folded) > length(folded) then
        folded := regexp_replace(normalize(folded, NFD), '[\u0300-\u036f]', '', 'g');
    end if;
    foreach word in array asked loop
        word := regexp_replace(normalize(word, NFD), '[\u0300-\u036f]', '', 'g');
        continue when length(word) < 2;
        place := regexp_instr(folded, '\m' || word);
        if place > 0 then
            return case when place > 61 then '…' else '' end || btrim(substr(shown, greatest(place - 60, 1), 200))
                || case when length(shown) > greatest(place - 60, 1) + 199 then '…' else '' end;
        end if;
    end loop;
    return null;
end
$$;
"""
# What belongs to a record and isn't its content. The columns that make words are generated; a part's are put together by triggers. Those of
# a file's text, which take long to make, are made once by a trigger: a restore copies them.
COLUMNS = """
alter table records alter column search set expression as (record_words(organisation_id, number, title, content));
alter table changes add column search tsvector generated always as (change_words(organisation_id, number, title,
    reason || ' ' || coalesce(impact, '') || ' ' || coalesce(risk, ''))) stored;
create index changes_by_words on changes using gin (search);
alter table file_texts add column words tsvector generated always as (text_words(organisation_id, text)) stored;
alter table file_texts alter column words drop expression;
create function text_told() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    new.words := public.text_words(new.organisation_id, new.text);
    return new;
end
$$;
create trigger words_of_text before insert or update on file_texts for each row execute function text_told();
create table search_parts (
    organisation_id uuid not null,
    record_id uuid not null,
    part_id uuid not null,
    words tsvector not null,
    primary key (organisation_id, record_id, part_id)
);
create index search_parts_by_words on search_parts using gin (words);
grant select, insert, update on search_parts to qfacts_derived;
create policy found on search_parts for all to qfacts_derived using (true) with check (true);
grant select (version) on records to qfacts_derived;
grant select (organisation_id, id, status, owner_id, search) on changes to qfacts_derived;
grant select (organisation_id, id, filename) on files to qfacts_derived;
grant select (organisation_id, file_id, words) on file_texts to qfacts_derived;
grant select (organisation_id, id, record_id, text) on notes to qfacts_derived;
grant select (organisation_id, id, record_id, description, evidence) on actions to qfacts_derived;
grant select (organisation_id, record_id, version, file_id, field) on version_files to qfacts_derived;
grant select (organisation_id, record_id, file_id) on record_files, change_item_files to qfacts_derived;
grant select (organisation_id, note_id, file_id) on note_files to qfacts_derived;
grant select (organisation_id, action_id, file_id) on action_files to qfacts_derived;
"""
SEEN = (
    "changes",
    "files",
    "file_texts",
    "notes",
    "actions",
    "version_files",
    "record_files",
    "change_item_files",
    "note_files",
    "action_files",
)

# The parts that rows of a table bring, by table: the record, the part and the words.
FILE = (
    "select distinct p.organisation_id, p.record_id, p.file_id, coalesce(t.words, '') || public.text_words(f.organisation_id, f.filename)"
    " from (<rows>) p join public.files f on f.organisation_id = p.organisation_id and f.id = p.file_id"
    " left join public.file_texts t on t.organisation_id = f.organisation_id and t.file_id = f.id"
    " where not exists (select from public.search_parts s where s.organisation_id = p.organisation_id and s.record_id = p.record_id"
    " and s.part_id = p.file_id)"
)
PARTS = {
    "record_files": FILE.replace("<rows>", "select distinct r.organisation_id, r.record_id, r.file_id from <new> r"),
    "version_files": FILE.replace("<rows>", "select distinct r.organisation_id, r.record_id, r.file_id from <new> r"),
    "change_item_files": FILE.replace("<rows>", "select distinct r.organisation_id, r.record_id, r.file_id from <new> r"),
    "note_files": FILE.replace(
        "<rows>",
        "select distinct r.organisation_id, n.record_id, r.file_id from <new> r"
        " join public.notes n on n.organisation_id = r.organisation_id and n.id = r.note_id",
    ),
    "action_files": FILE.replace(
        "<rows>",
        "select distinct r.organisation_id, a.record_id, r.file_id from <new> r"
        " join public.actions a on a.organisation_id = r.organisation_id and a.id = r.action_id and a.record_id is not null",
    ),
    "notes": "select r.organisation_id, r.record_id, r.id, public.text_words(r.organisation_id, r.text) from <new> r",
    "actions": "select r.organisation_id, r.record_id, r.id,"
    " public.text_words(r.organisation_id, r.description || ' ' || coalesce(r.evidence, '')) from <new> r where r.record_id is not null",
}
INSERT = """
insert into public.search_parts as s (organisation_id, record_id, part_id, words) <parts>
    on conflict (organisation_id, record_id, part_id) do update set words = excluded.words where s.words <> excluded.words;
"""
NOTED = """
create function part_<table>() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    <insert>
    return null;
end
$$;
revoke execute on function part_<table> from public;
grant execute on function part_<table> to qfacts_owner;
"""
TRIGGER = """
create trigger part_<event> after <event> on <table> referencing new table as new_rows
    for each statement execute function part_<table>();
"""

# Of changes as 0021 finds records.
FOUND_CHANGES = """
create function found_changes(words tsquery, as_shown text[], of_owner uuid, before uuid, most integer, few bigint default 250,
    keys bigint default 6000)
    returns setof uuid language plpgsql stable security definer set search_path = pg_catalog, pg_temp
    set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_sort = off set cpu_tuple_cost = 1000
    set jit = off set max_parallel_workers_per_gather = 0 as $$
declare
    organisation constant uuid := nullif(current_setting('app.organisation_id', true), '')::uuid;
    newest constant uuid := coalesce(before, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
    oldest uuid;
    ids uuid[];
begin
    ids := array(select n.id from (select c.id, c.status, c.owner_id, c.search from public.changes c
            where c.organisation_id = organisation and c.id <= newest order by c.id desc limit 200) n
        where n.search @@ words and n.id <> newest and (as_shown is null or n.status = any(as_shown))
        and (of_owner is null or n.owner_id = of_owner) limit most);
    if cardinality(ids) = most then
        return query select u.id from unnest(ids) u (id) order by u.id desc;
        return;
    end if;
    loop
        ids := array(select c.id from public.changes c where <narrowed> limit few);
        exit when cardinality(ids) < few;
        oldest := (select c.id from public.changes c where c.organisation_id = organisation and c.id <= newest
            order by c.id desc offset keys limit 1);
        ids := array(select c.id from public.changes c where <narrowed> and c.organisation_id = organisation
            and c.id <= any(array[newest]) and c.id >= coalesce(oldest, '00000000-0000-0000-0000-000000000000'));
        exit when oldest is null or cardinality(ids) >= most;
        few := greatest(few, most) * 8;
        keys := keys * 8;
    end loop;
    return query select u.id from unnest(ids) u (id) order by u.id desc limit most;
end
$$;
"""
NARROWED_CHANGES = """c.search @@ words and c.organisation_id is not distinct from organisation
            and (before is null or c.id < before) and (as_shown is null or c.status = any(as_shown))
            and (of_owner is null or c.owner_id = of_owner)"""

# Records by their parts, each with the newest part that holds the words: of those that don't hold them (`without`) themselves. A reader
# finds what stands in a file of the version in force that readers may have, and nothing else. The newest parts are looked through first,
# then both ways are gone as 0021 goes them.
FOUND_PARTS = """
create function found_parts(asked tsquery, without tsquery, of_kind text, as_shown text[], of_owner uuid, late_on date, timely_on date,
    reader boolean, before uuid, most integer, few bigint default 250, keys bigint default 6000)
    returns table (record_id uuid, part_id uuid) language plpgsql stable security definer set search_path = pg_catalog, pg_temp
    set plan_cache_mode = force_generic_plan set enable_seqscan = off set cpu_tuple_cost = 1000
    set jit = off set max_parallel_workers_per_gather = 0 as $$
declare
    organisation constant uuid := nullif(current_setting('app.organisation_id', true), '')::uuid;
    newest constant uuid := coalesce(before, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
    oldest uuid;
    whole boolean := false;
    records uuid[];
    parts uuid[];
begin
    for round in 0 .. 9 loop
        if round = 0 then
            select array_agg(n.record_id), array_agg(n.part_id) into records, parts
            from (select p.record_id, p.part_id, p.words from public.search_parts p
                where p.organisation_id = organisation and p.record_id <= newest order by p.record_id desc limit 200) n
            where n.words @@ asked;
        else
            select array_agg(n.record_id), array_agg(n.part_id) into records, parts
            from (select p.record_id, p.part_id from public.search_parts p where p.words @@ asked
                and p.organisation_id is not distinct from organisation and (before is null or p.record_id < before) limit few) n;
            whole := coalesce(cardinality(records), 0) < few;
            if not whole then
                oldest := (select p.record_id from public.search_parts p where p.organisation_id = organisation and p.record_id <= newest
                    order by p.record_id desc offset keys limit 1);
                select array_agg(p.record_id), array_agg(p.part_id) into records, parts from public.search_parts p
                where p.words @@ asked and p.organisation_id = organisation and p.record_id <= any(array[newest])
                    and p.record_id >= coalesce(oldest, '00000000-0000-0000-0000-000000000000');
                whole := oldest is null;
                few := greatest(few, most) * 8;
                keys := keys * 8;
            end if;
        end if;
        select array_agg(s.id order by s.id desc), array_agg(s.part order by s.id desc) into records, parts
        from (select r.id, (array_agg(u.part order by u.part desc))[1] as part from unnest(records, parts) u (id, part)
            join public.records r on r.organisation_id = organisation and r.id = u.id
            where (before is null or r.id < before) and not r.search @@ without
                and (of_kind is null or r.kind = of_kind) and (of_owner is null or r.owner_id = of_owner)
                and (as_shown is null or r.kind || ' ' || r.status = any(as_shown))
                and (late_on is null or (r.closed_at is null and r.due_on < late_on))
                and (timely_on is null or r.closed_at is not null or r.due_on is null or r.due_on >= timely_on)
                and (not reader or exists (select from public.version_files v where v.organisation_id = organisation
                    and v.record_id = r.id and v.version = r.version and v.file_id = u.part and v.field <> 'source_file_id'))
            group by r.id order by r.id desc limit most) s;
        exit when whole or cardinality(records) >= most;
    end loop;
    return query select u.id, u.part from unnest(records, parts) u (id, part);
end
$$;
"""


# What is made of other columns stays out of the trail.
IMAGES = {
    "when 'records' then (image::jsonb - 'search')::json": "when 'records' then (image::jsonb - 'search')::json"
    " when 'changes' then (image::jsonb - 'search')::json",
    "(image::jsonb - 'text')": "(image::jsonb - 'text' - 'words')",
}


def _keep_out_of_the_trail() -> None:
    """Alter the function that says what of a row enters the trail, as it stands now."""
    from alembic import op

    found = op.get_bind().exec_driver_sql("select pg_get_functiondef('audit_image(text, json)'::regprocedure)").scalar()
    assert isinstance(found, str)
    for former, new in IMAGES.items():
        assert found.count(former) == 1, former
        found = found.replace(former, new)
    run(found)


def upgrade() -> None:
    """Make the words anew, and the parts of the records that are there."""
    run("set local role qfacts_owner")
    _keep_out_of_the_trail()
    run(LED_WORDS + WORDS + WORD_QUERY + EXCERPT + COLUMNS)
    for table in SEEN:
        run(f"create policy found on {table} for select to qfacts_derived using (true)")
    isolate("search_parts")
    run("reset role")
    run("grant create on schema public to qfacts_derived")
    run("set local role qfacts_derived")
    run(FOUND_CHANGES, narrowed=NARROWED_CHANGES)
    run(FOUND_PARTS)
    for table, parts in PARTS.items():
        run(NOTED, table=table, insert=INSERT.replace("<parts>", parts.replace("<new>", "new_rows")).strip())
        run(INSERT.replace("<parts>", parts.replace("<new>", f"public.{table}")))
    run("revoke execute on function found_changes, found_parts from public")
    run("grant execute on function found_changes, found_parts to qfacts_application, qfacts_job")
    run("reset role")
    run("revoke create on schema public from qfacts_derived")
    run("set local role qfacts_owner")
    for table in PARTS:
        for event in ("insert", "update") if table == "actions" else ("insert",):
            run(TRIGGER, table=table, event=event)
    run("reset role")


def downgrade() -> None:
    """Records are never taken back: a mistake is mended by a further migration."""
    raise NotImplementedError
