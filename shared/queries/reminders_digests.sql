-- What each of a page of people is told today, put into the outbox as their digest: for the daily job.
-- People owe trainings and actions by the thousand: `offset 0` has each person's looked up by their own index, whatever is thought likely.
with
    page as materialized(
        select m.person_id, m.role, m.admin, p.email, p.language, p.unsubscribed
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
    rules as materialized(select * from jsonb_to_recordset(:rules::jsonb) r(kind text, told text, day int, every int, optional text[])),
    own as materialized(
        select t.*, g.person_id as told_to, g.unsubscribed
        from page g
        cross join
            lateral({{ training }} and a.status = {{ ASSIGNED }} and a.person_id = g.person_id and a.due_on <= :horizon::date offset 0) t
        union all
        select t.*, g.person_id, g.unsubscribed
        from page g
        cross join lateral({{ action }} and a.owner_id = g.person_id and a.due_on <= :horizon::date offset 0) t
        union all
        select t.*, g.person_id, g.unsubscribed
        from ({{ review }} and a.due_on <= :horizon::date) t
        join page g on g.person_id = t.person_id
        union all
        select t.*, g.person_id, g.unsubscribed
        from ({{ invitation }}) t
        join page g on g.person_id = t.person_id
        union all
        select t.*, g.person_id, g.unsubscribed
        from ({{ extension }}) t
        join page g on g.role = 'qa' and g.person_id <> t.person_id
        union all
        {{ approval }}
    ),
    late as materialized(
        select t.*, r.told
        from
            (
                {{ training }} and a.due_on > :late_after::date and a.due_on <= :late_until::date
                union all
                {{ action }} and a.due_on > :late_after::date and a.due_on <= :late_until::date
                union all
                {{ review }} and a.due_on > :late_after::date and a.due_on <= :late_until::date
                union all
                {{ extension }}
            ) t
        join rules r on r.kind = t.kind and r.told <> 'owner' and {{ falls }}
    ),
    told as (
        select distinct on (u.told_to, u.id) u.*
        from
            (
                select t.kind, t.id, t.due_on, t.person_id, t.number, t.title, t.record_id, r.told, t.told_to, 0 as rank
                from own t
                join rules r on r.kind = t.kind and r.told = 'owner' and {{ falls }}
                where not r.optional && t.unsubscribed
                union all
                select t.*, g.person_id, 1
                from page g
                cross join lateral(values ('qa', g.role = 'qa'), ('admins', g.admin)) h(told, holds)
                join late t on t.told = h.told
                where h.holds and t.person_id <> g.person_id
            ) u
        order by u.told_to, u.id, u.rank, u.told
    ),
    placed as (
        select
            t.*,
            row_number() over (partition by t.told_to order by t.rank, t.due_on, t.id) as place,
            count(*) over (partition by t.told_to) as total
        from told t
    ),
    digests as (
        select
            t.told_to,
            max(t.total) as total,
            jsonb_agg(
                jsonb_build_object(
                    'kind',
                    t.kind,
                    'told',
                    t.told,
                    'id',
                    t.id,
                    'number',
                    coalesce(nullif(t.number, ''), x.number, ''),
                    'title',
                    coalesce(nullif(t.title, ''), x.title, ''),
                    'due_on',
                    t.due_on,
                    'person',
                    case t.rank when 0 then '' else coalesce({{ name }}, '') end
                )
                order by t.place
            ) as things
        from placed t
        left join members m on m.person_id = t.person_id
        left join people p on p.id = t.person_id
        left join records x on x.id = t.record_id
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
