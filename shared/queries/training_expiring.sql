-- The completed assignments that run out within their days to complete, and that no newer one follows: for the job that renews them.
select to_jsonb(a) as assignment
from assignments a
join versions v on v.organisation_id = a.organisation_id and v.record_id = a.record_id and v.version = a.version
where
    a.status = {{ COMPLETED }}
    and a.valid_until <= cast(:today as date) + 365
    and a.valid_until <= cast(:today as date) + cast(coalesce(v.content ->> 'days_to_complete', '14') as integer)
    and not exists (
        select
        from assignments n
        where
            n.organisation_id = a.organisation_id
            and n.record_id = a.record_id
            and n.person_id = a.person_id
            and n.id > a.id
            and n.status not in {{ NEEDLESS }}
    )
order by a.valid_until, a.id
limit 10000
