-- The documents whose version, approved before changes waited for their day themselves, has reached its date; for the job.
select v.record_id
from versions v
where
    v.status in {{ WAITING }}
    and v.change_id in (
        select d.change_id
        from versions d
        join changes c on c.organisation_id = d.organisation_id and c.id = d.change_id and c.status <> {{ APPROVED_CHANGE }}
        where d.status in {{ WAITING }} and d.effective_on <= :today
        order by d.effective_on, d.change_id
        limit 100
    )
