-- The newest events of the same type with the same place or product, under any name that those have or had: for whoever reads an event.
select r.id, r.kind, r.number, r.title, r.status
from records r
where
    r.kind = {{ EVENT }}
    and r.type = :type
    and r.id <> :id
    and r.status <> {{ CANCELLED_EVENT }}
    and r.id in (
        select f.record_id
        from record_facts f
        where f.fact = 'place' and f.value = any(array(select unnest(same_names('places', :place))))
        union
        select g.record_id
        from record_facts g
        where g.fact = 'product' and g.value = any(array(select unnest(same_names('products', :product))))
    )
order by r.id desc
limit 20
