-- What the items of changes plan for whoever leaves goes to the successor.
with
    handed as (
        select i.change_id, i.record_id, {{ planned }} as planned
        from changes c
        join present_items i on i.organisation_id = c.organisation_id and i.change_id = c.id
        join records r on r.organisation_id = i.organisation_id and r.id = i.record_id
        where c.status in {{ UNFINISHED }} and i.content -> 'actions' @> cast(:planned as jsonb)
    )
update change_items i
set content = jsonb_set(i.content, '{actions}', h.planned), revision = i.revision + 1
from handed h
where i.change_id = h.change_id and i.record_id = h.record_id and i.content -> 'actions' <> h.planned
returning 1 as written
