-- Every file that belongs to the record `r`.
(
    select x.file_id
    from version_files x
    where x.record_id = r.id
    union
    select x.file_id
    from record_files x
    where x.record_id = r.id
    union
    select x.file_id
    from change_item_files x
    where x.record_id = r.id
    union
    select x.file_id
    from note_files x
    join notes n on n.organisation_id = x.organisation_id and n.id = x.note_id
    where n.record_id = r.id
    union
    select x.file_id
    from action_files x
    join actions a on a.organisation_id = x.organisation_id and a.id = x.action_id
    where {{ of_actions }}
)
