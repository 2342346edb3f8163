-- Every open assignment, and the newest completed or waived one of each person, record and version of the material.
(
    select jsonb_agg(to_jsonb(x))
    from
        (
            select distinct on (a.record_id, a.person_id, a.closed_at is null) a.*
            from assignments a
            where {{ where }} and (a.closed_at is null or a.status in {{ LEARNT_ONCE }})
            order by a.record_id, a.person_id, a.closed_at is null, a.id desc
        ) x
)
