-- Extensions as lists show them, with what each is about and who owes it; a list's conditions follow.
select
    x.id,
    jsonb_build_object(
        'extension',
        to_jsonb(x),
        'requested_by',
        {{ requested_by }},
        'decided_by',
        {{ decided_by }},
        'about',
        jsonb_build_object(
            'id',
            coalesce(x.action_id, x.assignment_id, x.record_id),
            'kind',
            case when x.action_id is not null then {{ ACTION }} when x.assignment_id is not null then {{ ASSIGNMENT }} else r.kind end,
            'number',
            coalesce(a.number, r.number),
            'title',
            coalesce(left(a.description, 300), r.title),
            'status',
            coalesce(a.status, g.status, r.status)
        ),
        'owner_id',
        coalesce(a.owner_id, g.person_id, r.owner_id),
        'due_on',
        case when x.action_id is not null then a.due_on when x.assignment_id is not null then g.due_on else r.due_on end,
        'over',
        case
            when x.action_id is not null
            then a.status <> {{ OPEN_ACTION }}
            when x.assignment_id is not null
            then g.closed_at is not null
            else r.closed_at is not null
        end
    ) as row
from {{ extended }}
where true
