-- What is asked on a day, and what these people have learnt of it: the cells of the training matrix, for staff and inspectors.
with
    scope as materialized(
        select r.*
        from records r
        where
            r.kind in {{ LEARNT }}
            and r.latest_version > 0
            and (
                cast(:training as uuid) is null
                or r.id = :training
                or r.content #>> '{material,document_id}' = cast(cast(:training as uuid) as text)
            )
            and (
                cast(:change as uuid) is null
                or r.id in (select i.record_id from present_items i where i.change_id = :change)
                or r.content #>> '{material,document_id}'
                in (select cast(i.record_id as text) from present_items i where i.change_id = :change)
            )
            and (r.kind = {{ TRAINING }} or exists (select from versions v where v.record_id = r.id and v.content ? 'audience'))
    ),
    needed as materialized({{ needed }})
select
    (select jsonb_agg(to_jsonb(n) order by n.number) from needed n) as needed,
    null as learners,
    (
        select jsonb_agg(to_jsonb(a))
        from assignments a
        where
            a.person_id = any(cast(:people as uuid[]))
            and a.status not in {{ NEEDLESS }}
            and (a.record_id in (select n.record_id from needed n) or a.document_id in (select n.record_id from needed n))
    ) as present
