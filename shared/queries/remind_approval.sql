-- Requests for approval with each member whose signature would count now (as in shared.domain.changes.approvals): no author, nobody
-- who signed already.
select
    'approval',
    q.id,
    cast(q.expires_at at time zone :zone::text as date),
    g.person_id,
    q.number,
    q.title,
    null,
    g.person_id,
    g.unsubscribed
from approval_requests q
join page g on g.role = 'qa'
cross join
    lateral(
        select
            count(*) as given,
            coalesce(array_agg(coalesce(s.on_behalf_of, s.person_id)), '{}') as places,
            coalesce(array_agg(s.person_id), '{}') as people
        from signatures s
        where s.change_id = q.change_id and s.round = q.round
    ) s
cross join lateral(select coalesce(array_agg(n.id), '{}') as people from unnest(q.approver_ids) n(id) where n.id <> all(s.places)) missing
where
    q.status = {{ OPEN_REQUEST }}
    and q.expires_at > now()
    and g.person_id <> all(s.people)
    and not exists (select from change_authors w where w.change_id = q.change_id and w.person_id = g.person_id)
    and not exists (
        select
        from present_items i
        join contributors w on w.organisation_id = i.organisation_id and w.record_id = i.record_id
        where i.change_id = q.change_id and w.person_id = g.person_id
    )
    and (
        cardinality(missing.people) < q.required - s.given
        or g.person_id = any(missing.people)
        or exists (
            select
            from jsonb_to_recordset(:delegates::jsonb) d(kind text, approver_id uuid, delegate_id uuid)
            join present_items i on i.change_id = q.change_id
            join records x on x.organisation_id = i.organisation_id and x.id = i.record_id and x.kind = d.kind
            where d.delegate_id = g.person_id and d.approver_id = any(missing.people)
        )
    )
