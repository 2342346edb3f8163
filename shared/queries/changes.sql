-- Changes as lists show them, with the records that each is about; a list's conditions follow.
select
    x.id,
    jsonb_build_object(
        'id',
        x.id,
        'kind',
        {{ CHANGE }},
        'number',
        x.number,
        'title',
        x.title,
        'status',
        x.status,
        'version',
        x.round,
        'round',
        x.round,
        'etag',
        '"' || x.revision || '"',
        'owner',
        {{ owner }},
        'team',
        null,
        'due_on',
        x.effective_on,
        'reason',
        x.reason,
        'effective_on',
        x.effective_on,
        'created_at',
        {{ created_at }},
        'updated_at',
        {{ updated_at }},
        'waits_for',
        case
            when x.status = {{ DRAFT_CHANGE }}
            then jsonb_build_array({{ owner }})
            else coalesce((select {{ signers }} from approval_requests x where x.id = t.id), '[]')
        end,
        'records',
        (
            select jsonb_agg(jsonb_build_object('id', r.id, 'kind', r.kind, 'number', r.number, 'title', r.title, 'status', r.status))
            from present_items i
            join records r on r.organisation_id = i.organisation_id and r.id = i.record_id
            where i.change_id = x.id
        )
    ) as row
from changes x
left join lateral(select q.id from approval_requests q where q.change_id = x.id and q.status = {{ OPEN_REQUEST }}) t on true
where true
