-- The documents whose approved version has reached its date: those of a change together, a hundred changes at a time; for the job.
select v.record_id
from versions v
where
    v.status in {{ WAITING }}
    and v.change_id in (
        select d.change_id
        from versions d
        where d.status in {{ WAITING }} and d.effective_on <= :today
        order by d.effective_on, d.change_id
        limit 100
    )
