-- The first transaction of a slice whose entries or link aren't as they were written: for whoever verifies the trail.
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
    )[1] as broken
from
    (
        select
            chain,
            xid,
            g.id,
            g.entries,
            g.altered,
            l.lane,
            l.sequence,
            case
                when g.altered is not null
                then 'altered'
                when l.sequence is null
                then 'unlinked'
                when g.entries is null or l.entries <> g.entries or g.last <> g.entries
                then 'missing'
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
                    min(e.id) filter (where e.digest <> audit_entry_digest(e)) as altered
                from audit_entries e
                where e.chain {{ chains }} and e.xid > {{ after }}::bigint and e.xid <= {{ upto }}::bigint
                group by e.chain, e.xid, e.at
            ) g
        full join
            (
                select * from audit_links k where k.chain {{ chains }} and k.xid > {{ after }}::bigint and k.xid <= {{ upto }}::bigint
            ) l using (chain, xid, at)
    ) j
