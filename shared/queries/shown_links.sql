-- Links `l` of a record `r`, the way they lead, and what is at the other end: for reading and for exporting it.
jsonb_agg(
    jsonb_build_object(
        'id',
        l.id,
        'type',
        l.type,
        'direction',
        case when l.from_id = r.id then 'out' else 'in' end,
        'record',
        coalesce(
            (
                select jsonb_build_object('id', o.id, 'kind', o.kind, 'number', o.number, 'title', o.title, 'status', o.status)
                from records o
                where o.id = case when l.from_id = r.id then l.to_id else l.from_id end
            ),
            (
                select jsonb_build_object('id', c.id, 'kind', {{ CHANGE }}, 'number', c.number, 'title', c.title, 'status', c.status)
                from changes c
                where c.id = l.change_id
            )
        )
    )
    order by l.id
)
