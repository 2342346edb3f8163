-- Where a file `f` belongs to a version that the reader is assigned to learn.
exists (
    select
    from version_files v
    join
        versions w
        on w.organisation_id = v.organisation_id
        and w.record_id = v.record_id
        and w.version = v.version
        and (w.status in {{ WAITING }} or w.status in {{ READABLE_STATUS }})
    join
        assignments a
        on a.organisation_id = v.organisation_id
        and (v.record_id, v.version) in ((a.record_id, a.version), (a.document_id, a.document_version))
    where v.file_id = f.id and v.field <> 'source_file_id' and a.person_id = :reader and a.status in {{ READS }}
)
