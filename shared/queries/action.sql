-- An action `a`: what it belongs to, who owns it, its evidence and its extensions; for whoever reads it, its plan or its change.
jsonb_build_object(
    'action',
    to_jsonb(a),
    'owner',
    {{ owner }},
    'completed_by',
    {{ completed_by }},
    'verified_by',
    {{ verified_by }},
    'about',
    coalesce(
        (
            select jsonb_build_object('id', o.id, 'kind', o.kind, 'number', o.number, 'title', o.title, 'status', o.status)
            from records o
            where o.id = a.record_id
        ),
        (
            select jsonb_build_object('id', o.id, 'kind', {{ CHANGE }}, 'number', o.number, 'title', o.title, 'status', o.status)
            from changes o
            where o.id = a.change_id
        )
    ),
    'files',
    (
        select
            jsonb_agg(
                jsonb_build_object('id', f.id, 'filename', f.filename, 'media_type', f.media_type, 'size', f.size, 'sha256', f.sha256)
                order by f.id
            )
        from action_files y
        join files f on f.organisation_id = y.organisation_id and f.id = y.file_id
        where y.action_id = a.id
    ),
    'extensions',
    {{ extensions }}
)
