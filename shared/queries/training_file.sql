-- Training assignments with their quiz results and signatures, for a person's training file; a condition follows.
select
    x.id,
    jsonb_build_object(
        'assignment',
        to_jsonb(x),
        'training',
        (select {{ training }} from records r where r.id = x.record_id),
        'document',
        (select {{ training }} from records r where r.id = x.document_id),
        'person',
        {{ person }},
        'assigned_by',
        {{ assigned_by }},
        'attempts',
        (select jsonb_agg(to_jsonb(q) - 'answers' order by q.number) from quiz_attempts q where q.assignment_id = x.id),
        'signatures',
        (
            select jsonb_agg({{ signatures }} order by s.signed_at)
            from signatures s
            where s.subject_id = x.id and s.subject_kind = {{ ASSIGNMENT }}
        )
    ) as row
from assignments x
where true
