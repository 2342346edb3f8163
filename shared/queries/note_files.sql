-- The files of a note `n`.
coalesce(
    (
        select
            jsonb_agg(
                jsonb_build_object('id', g.id, 'filename', g.filename, 'media_type', g.media_type, 'size', g.size, 'sha256', g.sha256)
                order by g.id
            )
        from note_files y
        join files g on g.organisation_id = y.organisation_id and g.id = y.file_id
        where y.note_id = n.id
    ),
    '[]'
)
