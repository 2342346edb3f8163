-- Everything that led to a record or came of it, and the people trained for that: for whoever follows the trail of quality.
-- Two walks that never turn round: on to what came of the record, and back to what led to it. So a record stands in another's trail
-- exactly where that one stands in its own, and a procedure that was revised forty times doesn't drag in what those changes were about.
-- The outermost limit is lazy: it ends the walk.
with recursive
    walk(id, onward, depth) as (
        select cast(:id as uuid), d.onward, 0
        from (values (true), (false)) d(onward)
        union
        select e.id, w.onward, w.depth + 1
        from walk w
        cross join
            lateral(
                select coalesce(l.to_id, l.change_id) as id
                from links l
                where l.from_id = w.id and (l.type in {{ backward }}) <> w.onward
                union all
                select l.from_id
                from links l
                where l.to_id = w.id and (l.type in {{ backward }}) = w.onward
                union all
                select l.from_id
                from links l
                where l.change_id = w.id and not w.onward
                union all
                select i.change_id
                from present_items i
                join changes c on c.organisation_id = i.organisation_id and c.id = i.change_id
                where i.record_id = w.id and (i.kind in {{ WORKED_ON }}) = w.onward and c.status <> {{ DISCARDED }}
                union all
                select i.record_id
                from present_items i
                join changes c on c.organisation_id = i.organisation_id and c.id = i.change_id
                where i.change_id = w.id and (i.kind in {{ WORKED_ON }}) <> w.onward and c.status <> {{ DISCARDED }}
                union all
                select t.id
                from records t
                where w.onward and t.kind = {{ TRAINING }} and t.content #>> '{material,document_id}' = w.id::text
                union all
                select {{ material }}
                from records t
                where not w.onward and t.id = w.id and t.kind = {{ TRAINING }} and {{ material }} is not null
            ) e
        where w.depth < {{ deepest }}
    ),
    reached as materialized(
        select w.id, min(w.depth) as depth, bool_or(w.onward) as onward
        from (select * from walk limit 20 * {{ most }}) w
        group by w.id
        order by 2, 1
        limit {{ most }}
    )
select
    (
        select
            jsonb_agg(
                jsonb_build_object(
                    'id', r.id, 'kind', r.kind, 'number', r.number, 'title', r.title, 'status', r.status, 'version', r.version
                )
                order by n.depth, r.id
            )
        from reached n
        join records r on r.id = n.id
    ) as records,
    (
        select
            jsonb_agg(
                jsonb_build_object('id', c.id, 'kind', {{ CHANGE }}, 'number', c.number, 'title', c.title, 'status', c.status)
                order by n.depth, c.id
            )
        from reached n
        join changes c on c.id = n.id
    ) as changes,
    (
        select jsonb_agg(jsonb_build_object('from', x.from_id, 'type', x.type, 'to', x.to_id) order by x.depth, x.from_id, x.type, x.to_id)
        from
            (
                select least(a.depth, b.depth) as depth, l.from_id, l.type, b.id as to_id
                from reached a
                join links l on l.from_id = a.id
                join reached b on b.id = coalesce(l.to_id, l.change_id)
                union
                select least(a.depth, b.depth), i.change_id, 'changes', i.record_id
                from reached a
                join present_items i on i.change_id = a.id
                join reached b on b.id = i.record_id
                union
                select least(a.depth, b.depth), t.id, 'trains', b.id
                from reached a
                join records t on t.id = a.id and t.kind = {{ TRAINING }}
                join reached b on b.id = {{ material }}
            ) x
    ) as links,
    (
        select
            jsonb_agg(
                jsonb_build_object(
                    'person',
                    {{ person }},
                    'status',
                    g.status,
                    'assignment_id',
                    g.id,
                    'training_id',
                    t.id,
                    'training',
                    t.number,
                    'version',
                    g.version,
                    'document_id',
                    g.document_id,
                    'document_version',
                    g.document_version,
                    'completed_at',
                    g.completed_at
                )
                order by g.id desc
            )
        from
            (
                select a.*
                from assignments a
                where
                    a.record_id in (select n.id from reached n where n.onward)
                    or a.document_id in (select n.id from reached n where n.onward)
                order by a.id desc
                limit {{ most_people }}
            ) g
        join records t on t.organisation_id = g.organisation_id and t.id = g.record_id
    ) as people
