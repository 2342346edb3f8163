-- Approval requests as lists show them; a list's conditions follow.
select
    x.id,
    to_jsonb(x)
    - 'organisation_id'
    - 'revision'
    || jsonb_build_object('kind', 'approval_request', 'etag', '"' || x.revision || '"', {{ moments }})
    || {{ asked_of }} as row
from approval_requests x
where true
