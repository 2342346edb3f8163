-- Locks of what trainings and documents ask for, in the order of their ids: for two who approve what hangs together.
select count(*) as held
from
    (
        select case when k.shared then pg_advisory_xact_lock_shared(k.key) else pg_advisory_xact_lock(k.key) end
        from
            (
                select {{ audiences }} as key, true as shared
                union
                select hashtextextended('material ' || current_setting('app.organisation_id') || i.id, 0), false
                from unnest(cast(:ids as text[])) i(id)
                order by 2 desc, 1
            ) k
    ) x
