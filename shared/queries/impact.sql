-- What the change `c` hangs together with, and whom it concerns: for whoever assesses its impact. A person is trained in something
-- if their newest assignment to it, or to what teaches it, is completed and still valid; whoever left its audience isn't asked.
with
    items as (
        select i.record_id as id, r.kind, coalesce(i.content -> 'audience', r.content -> 'audience') as audience
        from present_items i
        join records r on r.organisation_id = i.organisation_id and r.id = i.record_id
        where i.change_id = c.id
    ),
    linked as (
        select case when l.from_id = i.id then l.to_id else l.from_id end as id
        from items i
        join links l on l.from_id = i.id or l.to_id = i.id
    ),
    trainings as (
        select t.*
        from records t
        where
            t.kind = {{ TRAINING }}
            and (t.kind, t.status) not in {{ ENDED }}
            and (
                t.id in (select id from items)
                or t.content -> 'material' ->> 'document_id' in (select cast(i.id as text) from items i where i.kind = {{ DOCUMENT }})
            )
    ),
    wanted as (
        select id, audience
        from items
        where kind in {{ LEARNT }}
        union all
        select t.id, t.content -> 'audience'
        from trainings t
        where t.id not in (select id from items)
    ),
    concerned as (
        select
            m.person_id,
            bool_and(
                coalesce(
                    (
                        select a.status = {{ COMPLETED }} and (a.valid_until is null or a.valid_until >= :today)
                        from assignments a
                        where
                            a.organisation_id = m.organisation_id
                            and a.person_id = m.person_id
                            and (a.record_id = w.id or a.document_id = w.id)
                            and a.status <> {{ WITHDRAWN_ASSIGNMENT }}
                        order by a.id desc
                        limit 1
                    ),
                    false
                )
            ) as trained
        from wanted w
        join
            members m
            on jsonb_exists(w.audience -> 'roles', m.role)
            or jsonb_exists(w.audience -> 'person_ids', cast(m.person_id as text))
            or exists (
                select
                from team_members x
                where
                    x.organisation_id = m.organisation_id
                    and x.person_id = m.person_id
                    and jsonb_exists(w.audience -> 'team_ids', cast(x.team_id as text))
            )
        where m.status = {{ ACTIVE }} and (m.role_until is null or m.role_until >= :today)
        group by m.person_id
    )
select
    jsonb_build_object(
        'records',
        (
            select jsonb_agg({{ pointer }} order by o.id)
            from
                (
                    select *
                    from records
                    where id in (select id from linked) and id not in (select id from items)
                    order by id desc
                    limit 100
                ) o
        ),
        'trainings',
        (select jsonb_agg({{ pointer }} order by o.id) from (select * from trainings order by id desc limit 100) o),
        'people',
        (select jsonb_build_object('count', count(*), 'untrained', count(*) filter (where not trained)) from concerned),
        'named',
        (
            select jsonb_agg(jsonb_build_object('id', n.id, 'name', n.name, 'trained', n.trained) order by n.name, n.id)
            from
                (
                    select p.id, y.trained, {{ name }} as name
                    from concerned y
                    join people p on p.id = y.person_id
                    join members m on m.person_id = y.person_id
                    order by y.trained, y.person_id
                    limit 100
                ) n
        )
    )
