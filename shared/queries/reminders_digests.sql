-- What each of a page of people is told today, put into the outbox as their digest: for the daily job. What waits stands in the table of
-- waits.
with
    page as materialized(
        select m.person_id, m.role, m.admin, m.not_told, p.email, p.language, p.unsubscribed
        from members m
        join people p on p.id = m.person_id
        where
            m.person_id > :after::uuid
            and m.status = {{ ACTIVE }}
            and (m.role_until is null or m.role_until >= :today::date)
            and p.email is not null
        order by m.person_id
        limit :page::int
    ),
    rules as materialized(select * from jsonb_to_recordset(:rules::jsonb) r(what text, told text, day int, every int, optional text[])),
    pooled as materialized({{ pooled }}),
    own as materialized(
        {{ own }}
        union all
        select t.what, t.kind, t.id, t.number, t.title, t.due_on, t.holder_id, g.person_id, g.unsubscribed, g.not_told
        from pooled t
        join page g on case t.pool when 'qa' then g.role in {{ QA }} when 'admin' then g.admin end
        where g.person_id <> all(t.barred) and (t.named is null or g.person_id = any(t.named))
    ),
    owed as materialized(select n.person_id, n.subject_id, n.wait from notices n join page g on g.person_id = n.person_id where n.owed),
    begun as materialized({{ begun }}),
    settled as (update notices n set owed = false from page g where n.person_id = g.person_id and n.owed returning 1),
    late as materialized(select t.*, r.told from ({{ late }}) t join rules r on r.what = t.what and r.told <> 'owner' and {{ falls }}),
    told as (
        select distinct on (u.told_to, u.what, u.id) u.*
        from
            (
                select t.what, t.kind, t.id, t.number, t.title, t.due_on, t.holder_id, r.told, t.told_to, 0 as rank
                from own t
                join rules r on r.what = t.what and r.told = 'owner' and {{ falls }}
                where not r.optional && t.unsubscribed and not (t.what = any({{ optional }}) and t.what = any(t.not_told))
                union all
                select t.what, t.kind, t.id, t.number, t.title, t.due_on, t.holder_id, 'owner', t.told_to, 0
                from begun t
                where t.due_on is not null
                union all
                select t.*, g.person_id, 1
                from page g
                cross join lateral(values ('qa', g.role in {{ QA }}), ('admins', g.admin)) h(told, holds)
                join late t on t.told = h.told
                where h.holds and t.holder_id is distinct from g.person_id
            ) u
        order by u.told_to, u.what, u.id, u.rank, u.told
    ),
    placed as (
        select
            t.*,
            row_number() over (partition by t.told_to order by t.rank, t.due_on, t.what, t.id) as place,
            count(*) over (partition by t.told_to) as total
        from told t
    ),
    digests as (
        select
            t.told_to,
            max(t.total) as total,
            jsonb_agg(
                jsonb_build_object(
                    'what',
                    t.what,
                    'kind',
                    t.kind,
                    'told',
                    t.told,
                    'id',
                    t.id,
                    'number',
                    t.number,
                    'title',
                    left(t.title, 200),
                    'due_on',
                    t.due_on,
                    'person',
                    case t.rank when 0 then '' else coalesce({{ name }}, '') end
                )
                order by t.place
            ) as things
        from placed t
        left join members m on m.person_id = t.holder_id
        left join people p on p.id = t.holder_id
        where t.place <= :lines::int
        group by t.told_to
    ),
    written as (
        insert into mails(id, organisation_id, to_email, language, template, facts)
        select
            uuidv7(),
            cast(current_setting('app.organisation_id') as uuid),
            p.email,
            p.language,
            'reminder_digest',
            jsonb_build_object('organisation', :name::text, 'today', :today::date, 'count', d.total::text, 'things', d.things)
        from digests d
        join people p on p.id = d.told_to
        returning 1
    )
select
    (select count(*) from written) as mails,
    (select count(*) from page) as people,
    (select g.person_id from page g order by g.person_id desc limit 1) as last
