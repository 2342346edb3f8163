-- Mail for the outbox: to addresses, and to active members in their own language.
insert into mails (id, organisation_id, to_email, language, template, facts, status, attempts, next_attempt_at, created_at)
select
    r.id,
    cast(current_setting('app.organisation_id') as uuid),
    coalesce(r.to_email, p.email),
    coalesce(r.language, p.language),
    r.template,
    r.facts,
    'queued',
    0,
    now(),
    now()
from jsonb_to_recordset(cast(:rows as jsonb)) r(id uuid, person_id uuid, to_email text, language text, template text, facts jsonb)
left join people p on p.id = r.person_id
left join members m on m.person_id = p.id and m.status = {{ ACTIVE }}
where r.to_email is not null or m.person_id is not null
returning 1 as written
