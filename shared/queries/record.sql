-- One record as it shows, with its newest hundred links and notes: for whoever reads it.
select
    {{ dossier }} as dossier,
    {{ owner }} as owner,
    {{ team }} as team,
    (
        select
            jsonb_agg(
                jsonb_build_object('id', f.id, 'filename', f.filename, 'media_type', f.media_type, 'size', f.size, 'sha256', f.sha256)
            )
        from files f
        where
            f.id in (
                select x.file_id
                from version_files x
                where x.record_id = r.id and x.version in ({{ version }}, r.latest_version)
                union
                select y.file_id
                from change_item_files y
                where y.record_id = r.id and r.latest_version = 0
                union
                select z.file_id
                from record_files z
                where z.record_id = r.id
            )
    ) as files,
    (
        select
            jsonb_agg(
                jsonb_build_object(
                    'type',
                    'changes',
                    'direction',
                    'in',
                    'step',
                    i.step,
                    'record',
                    jsonb_build_object('id', c.id, 'kind', {{ CHANGE }}, 'number', c.number, 'title', c.title, 'status', c.status)
                )
                order by c.id
            )
        from (select * from present_items i where i.record_id = r.id order by i.change_id desc limit 100) i
        join changes c on c.organisation_id = i.organisation_id and c.id = i.change_id
    ) as changes,
    (
        select {{ shown_links }} from (select * from links l where l.from_id = r.id or l.to_id = r.id order by l.id desc limit 100) l
    ) as links,
    (
        select
            jsonb_agg(
                jsonb_build_object(
                    'id', n.id, 'text', n.text, 'author', {{ author }}, 'created_at', {{ noted_at }}, 'files', {{ note_files }}
                )
                order by n.id
            )
        from (select * from notes n where n.record_id = r.id order by n.id desc limit 100) n
    ) as notes,
    (
        select jsonb_agg({{ signatures }} order by s.signed_at)
        from signatures s
        where
            (s.record_id = r.id and s.subject_kind = r.kind and (r.kind <> {{ DOCUMENT }} or s.version = {{ version }}))
            or (
                s.meaning = 'approved'
                and (s.change_id, s.round) in (
                    select q.change_id, q.round
                    from approval_requests q
                    join versions v on v.organisation_id = q.organisation_id and v.change_id = q.change_id
                    where q.status = {{ APPROVED_REQUEST }} and v.record_id = r.id and v.version = {{ version }}
                )
            )
    ) as signatures,
    case
        when r.kind in {{ LEARNT }}
        then
            (
                select
                    jsonb_build_object(
                        'open',
                        coalesce(bool_or(a.closed_at is null), false),
                        'reads',
                        coalesce(bool_or(a.document_id = r.id and a.document_version = r.latest_version and a.status in {{ READS }}), false)
                    )
                from assignments a
                where a.person_id = :reader and (a.record_id = r.id or a.document_id = r.id)
            )
    end as learns,
    case when r.due_on is not null then {{ extensions }} end as extensions,
    case
        when (r.kind, r.status) in {{ HELD }} then cast(coalesce(r.status_since, r.updated_at) at time zone :zone as date)
    end as suspended_on,
    {{ decided }} as decided
from records r
where r.id = :id
