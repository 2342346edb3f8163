-- What is asked of one person, and what they have learnt: for whoever alters their role or teams.
with
    scope as materialized(
        select r.*
        from records r
        where
            r.id in (
                select v.record_id
                from versions v
                join members m on m.organisation_id = v.organisation_id and m.person_id = :person
                where
                    v.content ? 'audience'
                    and v.status in {{ LIVING }}
                    and (
                        v.content #> '{audience,roles}' ? m.role
                        or v.content #> '{audience,person_ids}' ? cast(m.person_id as text)
                        or v.content
                        #> '{audience,team_ids}'
                        ?| array(select cast(t.team_id as text) from team_members t where t.person_id = :person)
                    )
                union
                select a.record_id
                from assignments a
                where a.person_id = :person and a.closed_at is null
            )
    ),
    needed as materialized({{ needed }})
select
    (select jsonb_agg(to_jsonb(n)) from needed n) as needed,
    (select jsonb_agg({{ learner }}) from members m where m.person_id = :person and {{ learns }}) as learners,
    {{ present }} as present
