"""What a search finds costs by the page and no longer by all that there is to find."""

from __future__ import annotations

from infra.migrations.statements import run

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

# Written so that no index answers them: the words lead to the rows, and the keys where they are named.
NARROWED = """r.search @@ words and r.organisation_id is not distinct from organisation
                and (before is null or r.id < before) and (of_kind is null or r.kind = of_kind)
                and (of_owner is null or r.owner_id = of_owner) and (as_shown is null or r.kind || ' ' || r.status = any(as_shown))
                and (late_on is null or (r.closed_at is null and r.due_on < late_on))
                and (timely_on is null or r.closed_at is not null or r.due_on is null or r.due_on >= timely_on)"""

# As before, an operator that isn't leakproof stands beneath row-level security and gives ids of the transaction's own organisation only.
# Two ways lead to a page: taking all that is found, which is short for rare words, and taking what is found among the newest keys (the
# index of words and that of keys put together before any row is read), which is short for frequent ones. Which one is shorter nobody
# knows beforehand, so both are gone in turn, each eight times as far as the time before, until one ends it. With `few` of 0, who asks
# expects a page among the first keys.
# The planner knows no organisation's size and would at times read all of its rows. So a row is dear, an order is an index's, and the
# newest key is one of an array: of two plain bounds it would think that they leave hardly anything.
FOUND = """
drop function found_records(tsquery, text, text[], uuid, date, date, uuid, integer);
create function found_records(words tsquery, of_kind text, as_shown text[], of_owner uuid, late_on date, timely_on date,
    before uuid, most integer, few bigint default 250, keys bigint default 6000)
    returns setof uuid language plpgsql stable security definer set search_path = pg_catalog, pg_temp
    set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_sort = off set cpu_tuple_cost = 1000
    set jit = off set max_parallel_workers_per_gather = 0 as $$
declare
    organisation constant uuid := nullif(current_setting('app.organisation_id', true), '')::uuid;
    newest constant uuid := coalesce(before, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
    oldest uuid;
    ids uuid[];
begin
    loop
        ids := array(select r.id from public.records r where <narrowed> limit few);
        exit when cardinality(ids) < few;
        oldest := (select r.id from public.records r where r.organisation_id = organisation and r.id <= newest
            order by r.id desc offset keys limit 1);
        ids := array(select r.id from public.records r where <narrowed> and r.organisation_id = organisation
            and r.id <= any(array[newest]) and r.id >= coalesce(oldest, '00000000-0000-0000-0000-000000000000'));
        exit when oldest is null or cardinality(ids) >= most;
        few := greatest(few, most) * 8;
        keys := keys * 8;
    end loop;
    return query select u.id from unnest(ids) u (id) order by u.id desc limit most;
end
$$;
"""


def upgrade() -> None:
    """Put another function in the place of the first, for the same callers."""
    run("grant create on schema public to qfacts_derived")
    run("set local role qfacts_derived")
    run(FOUND, narrowed=NARROWED)
    run("revoke execute on function found_records from public")
    run("grant execute on function found_records to qfacts_application, qfacts_job")
    run("reset role")
    run("revoke create on schema public from qfacts_derived")


def downgrade() -> None:
    """Records are never taken back: a mistake is mended by a further migration."""
    raise NotImplementedError
