-- The first transaction of a slice whose entries or link aren't as they were written: for whoever verifies the trail.
-- Digests are computed below the offset, so that sorting moves narrow rows; the planner knows '0' as a constant and lets workers do it.
select
    {{ place }} as place,
    sum(j.entries)::bigint as entries,
    (
        array_agg(
            jsonb_build_object(
                'entry', coalesce(j.altered, j.id), 'cause', j.cause, 'chain', j.chain, 'lane', j.lane, 'sequence', j.sequence
            )
            order by j.xid, j.id
        ) filter (where j.cause is not null)
    )[1] as broken,
    max(j.id) filter (where j.version = 1) as last_of_1,
    min(j.id) filter (where j.version = 2) as first_of_2
from
    (
        select
            chain,
            xid,
            g.id,
            g.entries,
            g.altered,
            g.version,
            l.lane,
            l.sequence,
            case
                when g.altered is not null
                then 'altered'
                when l.sequence is null
                then 'unlinked'
                when g.entries is null or l.entries <> g.entries or g.last <> g.entries
                then 'missing'
                when g.owned <> case when chain = current_setting('app.organisation_id')::uuid then g.entries else 0 end
                then 'altered'
                when l.version <> g.version
                then 'version'
                when l.digest <> audit_link_digest(l.previous, chain, l.lane, l.sequence, xid, g.entries, g.digests)
                then 'link'
            end as cause
        from
            (
                select
                    e.chain,
                    e.xid,
                    e.at,
                    min(e.id) as id,
                    count(*)::int as entries,
                    max(e.ordinal) as last,
                    string_agg(e.digest, ''::bytea order by e.ordinal) as digests,
                    count(e.organisation_id)::int as owned,
                    min(e.version) as version,
                    min(e.id) filter (where e.altered) as altered
                from
                    (
                        select
                            a.chain,
                            a.xid,
                            a.at,
                            a.ordinal,
                            a.id,
                            a.organisation_id,
                            a.version,
                            a.digest,
                            a.organisation_id <> a.chain or a.digest is distinct from audit_entry_digest(a) as altered
                        from audit_entries a
                        where a.chain {{ chains }} and a.xid > {{ after }}::bigint and a.xid <= {{ upto }}::bigint
                        offset '0'
                    ) e
                group by e.chain, e.xid, e.at
            ) g
        full join
            (
                select * from audit_links k where k.chain {{ chains }} and k.xid > {{ after }}::bigint and k.xid <= {{ upto }}::bigint
            ) l using (chain, xid, at)
    ) j
