-- The numbers of what a team owns that isn't closed, or is the audience of, also in changes yet to be decided; the newest first.
select jsonb_agg(w.number order by w.id desc) as numbers
from
    (
        select r.id, r.number
        from records r
        where r.team_id = :team and r.closed_at is null
        union
        select r.id, r.number
        from versions v
        join records r on r.organisation_id = v.organisation_id and r.id = v.record_id
        where
            v.ended_at is null
            and r.closed_at is null
            and (v.team_id = :team or jsonb_exists(v.content #> '{audience,team_ids}', cast(:team as text)))
        union
        select c.id, c.number
        from changes c
        join present_items i on i.organisation_id = c.organisation_id and i.change_id = c.id
        where
            c.status in {{ UNFINISHED }}
            and (i.team_id = :team or jsonb_exists(i.content #> '{audience,team_ids}', cast(:team as text)))
    ) w
