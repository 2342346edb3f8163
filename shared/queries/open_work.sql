-- Whether a member owns anything, or is planned for anything, that somebody must go on with: for whoever lets them leave.
select
    exists (select from records r where r.owner_id = :person and r.closed_at is null)
    or exists (select from actions a where a.owner_id = :person and a.closed_at is null)
    or exists (
        select
        from changes c
        where
            c.status in {{ UNDECIDED }}
            and (
                c.owner_id = :person
                or c.follow_ups @> cast(:planned as jsonb)
                or exists (
                    select
                    from present_items i
                    where
                        i.organisation_id = c.organisation_id
                        and i.change_id = c.id
                        and (i.owner_id = :person or i.content -> 'actions' @> cast(:planned as jsonb))
                )
            )
    )
    or exists (
        select
        from records r
        where r.kind = {{ CAPA_PLAN }} and r.status = {{ DRAFT_PLAN }} and r.content -> 'actions' @> cast(:planned as jsonb)
    ) as has_work
