-- Extensions that wait for a decision, by the day that they are about.
select
    'extension' as kind,
    a.id,
    a.due_on_before as due_on,
    a.requested_by as person_id,
    coalesce(c.number, '') as number,
    left(a.reason, 200) as title,
    coalesce(a.record_id, n.record_id) as record_id
from extensions a
left join actions c on c.organisation_id = a.organisation_id and c.id = a.action_id
left join assignments n on n.organisation_id = a.organisation_id and n.id = a.assignment_id
where a.status in {{ REQUESTED }}
