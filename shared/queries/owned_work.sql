-- What a member owns, or is planned for, that somebody must go on with: for whoever lets them leave.
select x.id, jsonb_build_object('how', x.how, 'kind', x.kind, 'id', x.id, 'number', x.number, 'title', x.title, 'status', x.status) as row
from
    (
        select r.id, 'owns' as how, r.kind, r.number, r.title, r.status
        from records r
        where r.owner_id = :person and r.closed_at is null
        union all
        select r.id, 'planned', r.kind, r.number, r.title, r.status
        from records r
        where
            r.kind = {{ CAPA_PLAN }}
            and r.status = {{ DRAFT_PLAN }}
            and r.owner_id <> :person
            and r.content -> 'actions' @> cast(:planned as jsonb)
        union all
        select a.id, 'owns', 'action', a.number, left(a.description, 300), a.status
        from actions a
        where a.owner_id = :person and a.closed_at is null
        union all
        select c.id, case when c.owner_id = :person then 'owns' else 'planned' end, 'change', c.number, left(c.reason, 300), c.status
        from changes c
        where
            c.status in {{ UNFINISHED }}
            and (
                c.owner_id = :person
                or c.follow_ups @> cast(:planned as jsonb)
                or exists (
                    select
                    from present_items i
                    where
                        i.organisation_id = c.organisation_id
                        and i.change_id = c.id
                        and (i.owner_id = :person or i.content -> 'actions' @> cast(:planned as jsonb))
                )
            )
    ) x
where true
