-- What the export of a training assignment holds besides the assignment itself, with counts of its parts that reconcile.
select
    {{ asked }} as asked,
    (select jsonb_agg(to_jsonb(q) {{ plain }} order by q.number) from quiz_attempts q where q.assignment_id = a.id) as attempts,
    (select jsonb_agg(to_jsonb(e) {{ plain }} order by e.id) from extensions e where e.assignment_id = a.id) as extensions,
    jsonb_build_object(
        'attempts',
        (select count(*) from quiz_attempts q where q.assignment_id = a.id),
        'signatures',
        (select count(*) from signatures s where s.subject_id = a.id and s.subject_kind = 'assignment'),
        'attachments',
        (
            select count(distinct(x.file_id, x.field))
            from version_files x
            where
                x.organisation_id = a.organisation_id
                and x.field <> 'source_file_id'
                and (x.record_id, x.version) in ((a.record_id, a.version), (a.document_id, a.document_version))
        ),
        'extensions',
        (select count(*) from extensions e where e.assignment_id = a.id)
    ) as counted
from assignments a
where a.id = :id
