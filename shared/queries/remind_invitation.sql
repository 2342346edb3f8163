-- Invitations that expire.
select
    'invitation' as kind,
    a.id,
    cast(a.expires_at at time zone :zone::text as date) as due_on,
    a.invited_by as person_id,
    '' as number,
    a.email as title,
    null::uuid as record_id
from invitations a
where a.status = {{ OPEN_INVITATION }}
