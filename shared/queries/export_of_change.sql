-- What the export of a change holds besides the change itself, with counts of its parts that reconcile.
select
    (
        select jsonb_agg(to_jsonb(q) {{ plain }} || jsonb_build_object('submitted_by', {{ submitted_by }}, {{ moments }}) order by q.round)
        from approval_requests q
        where q.change_id = c.id
    ) as approval_requests,
    (select jsonb_agg({{ signatures }} order by s.signed_at, s.id) from signatures s where s.change_id = c.id) as signatures,
    (
        select
            jsonb_agg(
                jsonb_build_object(
                    'id',
                    f.id,
                    'filename',
                    f.filename,
                    'media_type',
                    f.media_type,
                    'size',
                    f.size,
                    'sha256',
                    f.sha256,
                    'uploaded_by',
                    {{ uploaded_by }},
                    'uploaded_at',
                    f.finished_at
                )
                order by f.id
            )
        from files f
        where f.id in {{ attached }}
    ) as attachments,
    (
        select
            jsonb_agg(
                jsonb_build_object(
                    'id',
                    l.id,
                    'type',
                    l.type,
                    'direction',
                    'in',
                    'record',
                    jsonb_build_object('id', o.id, 'kind', o.kind, 'number', o.number, 'title', o.title, 'status', o.status)
                )
                order by l.id
            )
        from links l
        join records o on o.organisation_id = l.organisation_id and o.id = l.from_id
        where l.change_id = c.id
    ) as links,
    (select jsonb_agg(to_jsonb(k) {{ plain }} order by k.id) from comments k where k.change_id = c.id) as comments,
    (select jsonb_agg(to_jsonb(a) {{ plain }} order by a.number) from actions a where a.change_id = c.id) as actions,
    (select jsonb_agg(to_jsonb(e) {{ plain }} order by e.id) from extensions e where {{ extended }}) as extensions,
    jsonb_build_object(
        'items',
        (select count(*) from present_items i where i.change_id = c.id),
        'rounds',
        (select count(*) from rounds o where o.change_id = c.id),
        'approval_requests',
        (select count(*) from approval_requests q where q.change_id = c.id),
        'signatures',
        (select count(*) from signatures s where s.change_id = c.id),
        'attachments',
        (select count(*) from {{ attached }} f),
        'links',
        (select count(*) from links l where l.change_id = c.id),
        'comments',
        (select count(*) from comments k where k.change_id = c.id),
        'actions',
        (select count(*) from actions a where a.change_id = c.id),
        'extensions',
        (select count(*) from extensions e where {{ extended }})
    ) as counted
from changes c
where c.id = :id
