-- The newest events of the same type with the same place or product: for whoever reads an event.
select r.id, r.kind, r.number, r.title, r.status
from records r
where
    r.kind = {{ EVENT }}
    and r.type = :type
    and r.id <> :id
    and r.status <> {{ CANCELLED_EVENT }}
    and (r.content ->> 'place' = :place or r.content ->> 'product' = :product)
order by r.id desc
limit 20
