-- Sums by key, for the dashboard of staff: of what is open by day, of what was due before today, of twelve months by month and by
-- days taken, of assignments by status.
with
    t as materialized(
        select x.measure, x.kind, x.day, x.days, sum(x.n) as n
        from tallies x
        where
            x.measure in ('open', 'status')
            or (x.measure = 'due' and x.day < :today)
            or (x.measure in ('opened', 'closed') and x.day >= :since)
        group by 1, 2, 3, 4
    )
select s.measure, s.kind, jsonb_object_agg(s.key, s.n) as figures
from
    (
        select t.measure, t.kind, coalesce(cast(t.day as text), '') as key, sum(t.n) as n
        from t
        group by 1, 2, 3
        union all
        select 'took', t.kind, cast(t.days as text), sum(t.n)
        from t
        where t.measure = 'closed' and t.days is not null
        group by 2, 3
    ) s
where s.n <> 0
group by 1, 2
