-- The first link of a slice that doesn't hold the digest of the one before it in its lane, leaves out a number, or falls back to a version
-- of digests that the one before it had left.
select
    {{ place }} as place,
    0::bigint as entries,
    (
        array_agg(
            jsonb_build_object(
                'cause',
                case when s.sequence <> s.before + 1 or s.previous <> s.expected then 'order' else 'version' end,
                'chain',
                s.chain,
                'lane',
                s.lane,
                'sequence',
                s.sequence
            )
            order by s.chain, s.lane, s.sequence
        ) filter (
            where
                s.sequence > {{ after }}::bigint
                and (s.sequence <> s.before + 1 or s.previous <> s.expected or s.version < s.version_before)
        )
    )[1] as broken,
    null::bigint as last_of_1,
    null::bigint as first_of_2
from
    (
        select
            k.*,
            lag(k.sequence, 1, 0::bigint) over w as before,
            lag(k.version) over w as version_before,
            lag(k.digest, 1, decode(repeat('00', 32), 'hex')) over w as expected
        from audit_links k
        where k.chain {{ chains }} and k.sequence >= {{ after }}::bigint and k.sequence <= {{ upto }}::bigint
        window w as (partition by k.chain, k.lane order by k.sequence)
    ) s
