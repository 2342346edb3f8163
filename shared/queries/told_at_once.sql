-- Tell people at once what waits for them since just now: each once, among their notices and by mail; many things in one mail. Who made it
-- wait knows already; who chose their digest finds it there, and who chose not to be told isn't. `waiting` are the branches of the table
-- of waits that are told at once.
with
    found as materialized({{ waiting }}),
    told as (
        insert into notices(organisation_id, person_id, template, facts, wait, subject_id, since, read_at, owed)
        select
            m.organisation_id,
            m.person_id,
            'work_waiting',
            jsonb_build_object(
                'number',
                f.number,
                'title',
                left(f.title, 200),
                'task',
                f.what,
                'page',
                f.kind || 's',
                'subject_id',
                f.id,
                'organisation',
                :organisation_name::text
            ),
            f.what,
            f.id,
            f.since,
            case when m.person_id = :taker::uuid then now() end,
            f.what = any({{ optional }}) and f.what = any(m.in_digest) and m.person_id is distinct from :taker::uuid
        from found f
        join
            members m
            on m.status = {{ ACTIVE }}
            and (
                m.person_id = f.holder_id
                or ((f.pool = 'qa' and m.role in {{ QA }} or f.pool = 'admin' and m.admin) and m.person_id <> all(f.barred))
            )
            and not (f.what = any({{ optional }}) and f.what = any(m.not_told))
            on conflict(organisation_id, person_id, subject_id, wait, since)
        where wait is not null do nothing
        returning person_id, facts, read_at, owed
    ),
    counted as (
        select t.*, count(*) over (partition by t.person_id) as many, row_number() over (partition by t.person_id) as place
        from told t
        where t.read_at is null and not t.owed
    ),
    written as (
        insert into mails(id, organisation_id, to_email, language, template, facts)
        select
            uuidv7(),
            cast(current_setting('app.organisation_id') as uuid),
            p.email,
            p.language,
            case when c.many > :few::int then 'much_work_waiting' else 'work_waiting' end,
            case
                when c.many > :few::int
                then jsonb_build_object('count', c.many::text, 'organisation', :organisation_name::text)
                else c.facts
            end
        from counted c
        join people p on p.id = c.person_id
        where p.email is not null and (c.many <= :few::int or c.place = 1)
        returning 1
    )
select count(*) as mails
from written
