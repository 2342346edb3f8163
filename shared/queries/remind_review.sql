-- Documents whose next review is due; more conditions follow.
select 'review' as kind, a.id, a.due_on, a.owner_id as person_id, '' as number, '' as title, a.id as record_id
from records a
where a.kind = {{ DOCUMENT }} and a.closed_at is null and a.due_on is not null
