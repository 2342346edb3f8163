-- One change as it shows besides what deciding needs: for its authors and those who decide.
select
    {{ owner }} as owner,
    {{ actions }} as actions,
    {{ comments }} as comments,
    (select jsonb_agg({{ author }} order by a.created_at) from change_authors a where a.change_id = c.id) as authors,
    (select jsonb_object_agg(x.id, {{ asked_of }}) from approval_requests x where x.change_id = c.id) as requests,
    (
        select
            jsonb_agg(
                to_jsonb(o) || jsonb_build_object(
                    'submitted_by',
                    {{ submitted_by }},
                    'outcome',
                    (select q.status from approval_requests q where q.change_id = o.change_id and q.round = o.round),
                    'cause',
                    (select q.cause from approval_requests q where q.change_id = o.change_id and q.round = o.round),
                    'created_at',
                    {{ round_at }}
                )
                order by o.round
            )
        from rounds o
        where o.change_id = c.id
    ) as rounds,
    (
        select
            jsonb_agg(
                jsonb_build_object(
                    'id',
                    l.id,
                    'type',
                    l.type,
                    'direction',
                    'in',
                    'record',
                    jsonb_build_object('id', o.id, 'kind', o.kind, 'number', o.number, 'title', o.title, 'status', o.status)
                )
                order by l.id
            )
        from (select * from links l where l.change_id = c.id order by l.id desc limit 100) l
        join records o on o.organisation_id = l.organisation_id and o.id = l.from_id
    ) as links,
    (select jsonb_agg({{ signatures }} order by s.signed_at) from signatures s where s.change_id = c.id) as signatures,
    (
        select jsonb_object_agg(n.id, n.name)
        from
            (
                select
                    cast(:named as uuid[]) || array(
                        select cast(s.value #>> '{}' as uuid)
                        from rounds o
                        cross join lateral jsonb_path_query(o.frozen -> 'items', 'strict $.** ? (@.type() == "string")') s(value)
                        where o.change_id = c.id and o.round = c.round and s.value #>> '{}' ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
                    ) as ids
            ) k
        cross join lateral({{ names }}) n
    ) as names,
    {{ asked }} as asked {{ assessed }}
from changes c
where c.id = :id
