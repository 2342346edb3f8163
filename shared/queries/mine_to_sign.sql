-- Where the member `signer`, who is QA or isn't, could sign an open approval request `x`.
x.status = {{ OPEN_REQUEST }}
and not exists (select from change_authors a where a.change_id = x.change_id and a.person_id = :signer)
and not exists (select from signatures s where s.change_id = x.change_id and s.round = x.round and s.person_id = :signer)
and not exists (
    select
    from present_items i
    join contributors w on w.organisation_id = i.organisation_id and w.record_id = i.record_id
    where i.change_id = x.change_id and w.person_id = :signer
)
and :qa
and :signer = any(coalesce({{ named }}, array[:signer]))
