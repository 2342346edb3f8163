-- Where a file `f` belongs to a version in force, which everybody may read.
exists (
    select
    from version_files v
    join records r on r.organisation_id = v.organisation_id and r.id = v.record_id and r.version = v.version
    where v.file_id = f.id and (r.kind, r.status) in {{ READABLE }} and v.field <> 'source_file_id'
)
