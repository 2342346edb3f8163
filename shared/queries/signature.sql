-- A signature `s` with what it signed: the frozen round of a change, or the version of a record with its files' hashes.
jsonb_build_object(
    'signature',
    to_jsonb(s),
    'frozen',
    (select o.frozen from rounds o where o.change_id = s.change_id and o.round = s.round),
    'number',
    (select d.number from records d where d.id = s.record_id),
    'version',
    (select to_jsonb(w) from versions w where w.record_id = s.record_id and w.version = s.version),
    'hashes',
    (
        select jsonb_object_agg(g.id, g.sha256)
        from version_files h
        join files g on g.organisation_id = h.organisation_id and g.id = h.file_id
        where h.record_id = s.record_id and h.version = s.version
    )
)
