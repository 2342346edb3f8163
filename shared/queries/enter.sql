-- The person with an identity as active member of the organisation, now the transaction's actor: at the door of each function.
select
    to_jsonb(p) as person,
    to_jsonb(m) as member,
    to_jsonb(o) as organisation,
    set_config('app.person_id', cast(p.id as text), true),
    set_config('app.actor', 'person:' || p.id, true)
from people p
join members m on m.person_id = p.id
join organisations o on o.id = m.organisation_id
where
    p.identity_uid = :uid
    and m.status = {{ ACTIVE }}
    and (m.role_until is null or m.role_until >= cast(now() at time zone o.time_zone as date))
