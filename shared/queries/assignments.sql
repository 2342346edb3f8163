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
        {{ assigned_by }},
        'content',
        (
            select
                jsonb_build_object(
                    'method',
                    v.content -> 'method',
                    'quiz',
                    jsonb_build_object('questions', jsonb_path_query_array(v.content, '$.quiz.questions[0]'))
                )
            from versions v
            where v.record_id = x.record_id and v.version = x.version
        ),
        'trainer',
        (
            select {{ trainer }}
            from versions v
            join members y on y.organisation_id = v.organisation_id and y.person_id = cast(v.content ->> 'trainer_id' as uuid)
            where
                v.record_id = x.record_id
                and v.version = x.version
                and y.person_id <> x.person_id
                and y.status = {{ ACTIVE }}
                and y.role in {{ LEARNERS }}
        ),
        'attempts',
        (select jsonb_agg(to_jsonb(q) - 'questions' - 'answers' order by q.number) from quiz_attempts q where q.assignment_id = x.id)
    ) as row
from assignments x
where true
