-- What draft plans plan for whoever leaves goes to the successor.
with
    handed as (
        select r.id, {{ planned }} as planned
        from records r
        where r.kind = {{ CAPA_PLAN }} and r.status = {{ DRAFT_PLAN }} and r.content -> 'actions' @> cast(:planned as jsonb)
    )
update records r
set content = jsonb_set(r.content, '{actions}', h.planned), revision = r.revision + 1, updated_at = now()
from handed h
where r.id = h.id and r.content -> 'actions' <> h.planned
returning 1 as written
