"""Registers to pick names from, and the facts by which events are found: what they are about, however it is written."""

from __future__ import annotations

from infra.migrations.statements import audit, grant, isolate, run

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

# A name as it is compared: without case, accents, spaces, hyphens or any other sign. One that holds signs alone stays as it is.
NAMES = r"""
create function plain_name(given text) returns text language sql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
    select coalesce(nullif(regexp_replace(lower(normalize(given, NFKD)), '[^[:alnum:]]+', '', 'g'), ''), lower(btrim(given)))
$$;
create function plain_names(name text, others text[]) returns text[]
    language sql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
    select array_agg(distinct public.plain_name(n.name)) from unnest(others || name) n (name)
$$;
"""
# `keys` are all names that an entry has or had, as they are compared.
ENTRIES = """
create table register_entries (
    organisation_id uuid not null references organisations (id),
    id uuid not null,
    register text not null check (register ~ '^[a-z_]{1,40}$'),
    name text not null check (length(btrim(name)) between 1 and 200),
    code text check (length(btrim(code)) between 1 and 64),
    former_names text[] not null default '{}',
    merged_into uuid check (merged_into <> id),
    created_by uuid not null,
    revision integer not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    keys text[] generated always as (plain_names(name, former_names)) stored,
    primary key (organisation_id, id),
    constraint register_entries_merged_into foreign key (organisation_id, merged_into) references register_entries (organisation_id, id),
    constraint register_entries_created_by foreign key (organisation_id, created_by) references members (organisation_id, person_id)
);
create unique index register_entries_name on register_entries (organisation_id, register, plain_name(name)) where merged_into is null;
create unique index register_entries_code on register_entries (organisation_id, register, code) where merged_into is null;
create index register_entries_of_merged on register_entries (organisation_id, merged_into);
create index register_entries_by_register on register_entries (organisation_id, register, name);
"""
# Every name that means the same as this one: itself, and all names of the entry that has or had it, and of those merged with that.
SAME = """
create function same_names(of_register text, given text) returns text[] language sql stable set search_path = pg_catalog, pg_temp as $$
    with meant as materialized (
        select coalesce(e.merged_into, e.id) as id from public.register_entries e
        where e.register = of_register and public.plain_name(given) = any(e.keys)
    )
    select array(
        select public.plain_name(given)
        union select unnest(e.keys) from public.register_entries e where e.id in (select m.id from meant m)
            or e.merged_into in (select m.id from meant m))
$$;
"""
# What a record's content says that it is about: one row a fact, for finding those that say the same.
FACTS = """
create table record_facts (
    organisation_id uuid not null,
    fact text not null,
    value text not null,
    record_id uuid not null,
    primary key (organisation_id, fact, value, record_id)
);
create index record_facts_of_record on record_facts (organisation_id, record_id);
create function content_facts(content jsonb) returns table (fact text, value text)
    language sql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
    select distinct f.fact, public.plain_name(f.value) from (
        select n.name as fact, content ->> n.name as value
        from unnest(array['batch', 'serial', 'udi', 'product', 'place', 'supplier', 'customer']) n (name)
        union all
        select n.one, v.value #>> '{}' from (values ('batch', 'batches'), ('serial', 'serials'), ('udi', 'udis')) n (one, several)
            cross join lateral jsonb_array_elements(
                case when jsonb_typeof(content -> n.several) = 'array' then content -> n.several else '[]' end) v (value)
    ) f where btrim(f.value) <> ''
$$;
grant select, insert, delete on record_facts to qfacts_derived;
create policy found on record_facts for all to qfacts_derived using (true) with check (true);
grant select (content) on records to qfacts_derived;
"""
NOTED = """
create function note_facts() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if tg_op = 'UPDATE' then
        delete from public.record_facts f where f.organisation_id = new.organisation_id and f.record_id = new.id;
    end if;
    insert into public.record_facts (organisation_id, fact, value, record_id)
        select new.organisation_id, f.fact, f.value, new.id from public.content_facts(new.content) f;
    return null;
end
$$;
revoke execute on function note_facts from public;
grant execute on function note_facts to qfacts_owner;
insert into record_facts (organisation_id, fact, value, record_id)
    select r.organisation_id, f.fact, f.value, r.id from records r cross join lateral content_facts(r.content) f;
"""
TRIGGERS = """
create trigger note_facts after insert on records for each row when (new.content <> '{}') execute function note_facts();
create trigger note_new_facts after update of content on records for each row when (old.content <> new.content)
    execute function note_facts();
"""


def upgrade() -> None:
    """Make both, and note the facts of the records that are there."""
    run("set local role qfacts_owner")
    run(NAMES + ENTRIES + SAME + FACTS)
    isolate("register_entries")
    isolate("record_facts")
    grant("register_entries", "select, insert, update (name, code, former_names, merged_into, revision, updated_at)")
    grant("record_facts", "select")
    audit("register_entries", "id", "id")
    run("reset role")
    run("grant create on schema public to qfacts_derived")
    run("set local role qfacts_derived")
    run(NOTED)
    run("reset role")
    run("revoke create on schema public from qfacts_derived")
    run("set local role qfacts_owner")
    run(TRIGGERS)
    run("reset role")


def downgrade() -> None:
    """Records are never taken back: a mistake is mended by a further migration."""
    raise NotImplementedError
