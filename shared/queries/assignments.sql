-- Training assignments as lists show them; a list's conditions follow.
select
    x.id,
    jsonb_build_object(
        'assignment',
        to_jsonb(x),
        'training',
        (select {{ training }} from records r where r.id = x.record_id),
        'person',
        {{ person }},
        'assigned_by',
        {{ assigned_by }}
    ) as row
from assignments x
where true
