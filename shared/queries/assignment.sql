-- One training assignment with everything that its steps look at and its learner, its trainer and the staff read.
select
    to_jsonb(a) as assignment,
    {{ training }} as training,
    v.content,
    v.content_sha256,
    {{ person }} as person,
    {{ assigned_by }} as assigned_by,
    (
        select
            jsonb_build_object(
                'id',
                d.id,
                'kind',
                d.kind,
                'number',
                d.number,
                'title',
                w.title,
                'status',
                w.status,
                'version',
                w.version,
                'content_sha256',
                w.content_sha256,
                'suspended_on',
                case when w.status in {{ HELD_STATUS }} then cast(coalesce(d.status_since, d.updated_at) at time zone :zone as date) end
            )
        from versions w
        join records d on d.organisation_id = w.organisation_id and d.id = w.record_id
        where w.organisation_id = a.organisation_id and w.record_id = a.document_id and w.version = a.document_version
    ) as document,
    (
        select
            jsonb_agg(
                distinct jsonb_build_object(
                    'id', f.id, 'filename', f.filename, 'media_type', f.media_type, 'size', f.size, 'sha256', f.sha256, 'field', x.field
                )
            )
        from version_files x
        join files f on f.organisation_id = x.organisation_id and f.id = x.file_id
        where
            x.organisation_id = a.organisation_id
            and x.field <> 'source_file_id'
            and (x.record_id, x.version) in ((a.record_id, a.version), (a.document_id, a.document_version))
    ) as files,
    (
        select {{ trainer }}
        from members y
        where
            y.person_id = cast(v.content ->> 'trainer_id' as uuid)
            and y.person_id <> a.person_id
            and y.status = {{ ACTIVE }}
            and y.role in {{ LEARNERS }}
    ) as trainer,
    (select jsonb_agg(to_jsonb(q) order by q.number) from quiz_attempts q where q.assignment_id = a.id) as attempts,
    (
        select jsonb_agg({{ signatures }} order by s.signed_at)
        from signatures s
        where s.subject_id = a.id and s.subject_kind = 'assignment'
    ) as signatures,
    {{ extensions }} as extensions
from assignments a
join records r on r.organisation_id = a.organisation_id and r.id = a.record_id
join versions v on v.organisation_id = a.organisation_id and v.record_id = a.record_id and v.version = a.version
where a.id = :id
