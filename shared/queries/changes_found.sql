-- Changes that a search found, as lists show records, with a piece of the text around what was asked for.
select
    x.id,
    json_build_object(
        'id',
        x.id,
        'kind',
        {{ CHANGE }},
        'type',
        null,
        'number',
        x.number,
        'title',
        x.title,
        'status',
        x.status,
        'version',
        x.round,
        'etag',
        '"' || x.revision || '"',
        'owner',
        {{ owner }},
        'team',
        null,
        'due_on',
        x.effective_on,
        'created_at',
        {{ created_at }},
        'updated_at',
        {{ updated_at }}
    ) as row,
    case when a.through_id is null then excerpt(concat_ws(' ', x.reason, x.impact, x.risk), :q) end as excerpt,
    {{ through }} as through
from unnest(cast(:ids as uuid[]), cast(:through as uuid[])) a(id, through_id)
join changes x on x.id = a.id
