-- The record or change `a.through_id` that led a search to what is linked to it; null where nothing did.
coalesce(
    (
        select jsonb_build_object('id', o.id, 'kind', o.kind, 'number', o.number, 'title', o.title, 'status', o.status)
        from records o
        where o.id = a.through_id
    ),
    (
        select jsonb_build_object('id', c.id, 'kind', {{ CHANGE }}, 'number', c.number, 'title', c.title, 'status', c.status)
        from changes c
        where c.id = a.through_id
    )
)
