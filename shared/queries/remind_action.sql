-- Actions that are due; more conditions follow.
select 'action' as kind, a.id, a.due_on, a.owner_id as person_id, a.number, left(a.description, 200) as title, null::uuid as record_id
from actions a
where a.closed_at is null and a.status = {{ OPEN_ACTION }}
