-- The records of a change that another change, which isn't decided, is about as well: for its authors.
select distinct o.record_id
from present_items i
join present_items o on o.organisation_id = i.organisation_id and o.record_id = i.record_id and o.change_id <> i.change_id
join changes c on c.organisation_id = o.organisation_id and c.id = o.change_id
where i.change_id = :id and c.status in {{ UNFINISHED }}
