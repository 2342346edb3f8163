-- The whole of one record, with counts of its parts that reconcile: for whoever exports it, an inspector above all.
select
    to_jsonb(r) - 'search' as record,
    {{ owner }} as owner,
    {{ team }} as team,
    {{ created_by }} as created_by,
    {{ asked }} as asked,
    (
        select
            jsonb_agg(
                to_jsonb(v) || jsonb_build_object(
                    'change',
                    (
                        select jsonb_build_object('id', c.id, 'number', c.number, 'title', c.title, 'reason', c.reason)
                        from changes c
                        where c.id = v.change_id
                    )
                )
                order by v.version desc
            )
        from versions v
        where v.record_id = r.id
    ) as versions,
    (select jsonb_agg({{ signatures }} order by s.signed_at, s.id) from signatures s where {{ signed }}) as signatures,
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
                    f.finished_at,
                    'versions',
                    coalesce(
                        (select jsonb_agg(distinct x.version) from version_files x where x.record_id = r.id and x.file_id = f.id), '[]'
                    )
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
                    n.id,
                    'text',
                    n.text,
                    'author',
                    {{ author }},
                    'created_at',
                    n.created_at,
                    'files',
                    {{ note_files }},
                    'file_ids',
                    coalesce((select jsonb_agg(x.file_id order by x.file_id) from note_files x where x.note_id = n.id), '[]')
                )
                order by n.id
            )
        from notes n
        where n.record_id = r.id
    ) as notes,
    (select {{ shown_links }} from links l where {{ linked }}) as links,
    (
        select
            jsonb_agg(
                jsonb_build_object(
                    'id',
                    c.id,
                    'number',
                    c.number,
                    'title',
                    c.title,
                    'status',
                    c.status,
                    'step',
                    i.step,
                    'reason',
                    c.reason,
                    'impact',
                    c.impact,
                    'risk',
                    c.risk,
                    'effective_on',
                    c.effective_on,
                    'rounds',
                    c.round,
                    'created_at',
                    c.created_at
                )
                order by c.id
            )
        from present_items i
        join changes c on c.organisation_id = i.organisation_id and c.id = i.change_id
        where i.record_id = r.id
    ) as changes,
    (select jsonb_agg(to_jsonb(a) {{ plain }} order by a.number) from actions a where {{ of_actions }}) as actions,
    (select jsonb_agg(to_jsonb(e) {{ plain }} order by e.id) from extensions e where {{ extended }}) as extensions,
    (select jsonb_agg(to_jsonb(q) {{ plain }} order by q.id) from assignments q where q.record_id = r.id) as assignments,
    (
        select c.number
        from change_items i
        join changes c on c.organisation_id = i.organisation_id and c.id = i.change_id
        where i.record_id = r.id and i.in_approval
    ) as in_approval,
    jsonb_build_object(
        'versions',
        (select count(*) from versions v where v.record_id = r.id),
        'signatures',
        (select count(*) from signatures s where {{ signed }}),
        'attachments',
        (select count(*) from {{ attached }} f),
        'notes',
        (select count(*) from notes n where n.record_id = r.id),
        'links',
        (select count(*) from links l where {{ linked }}),
        'changes',
        (select count(*) from present_items i where i.record_id = r.id),
        'actions',
        (select count(*) from actions a where {{ of_actions }}),
        'extensions',
        (select count(*) from extensions e where {{ extended }}),
        'assignments',
        (select count(*) from assignments q where q.record_id = r.id)
    ) as counted
from records r
where r.id = :id
