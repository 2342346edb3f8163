-- What these records, and the trainings on these documents, ask for: of everybody in their audiences and of the people named.
-- For whoever approves one, and for the steps of assignments.
with
    scope as materialized(select r.* from records r where r.id = any(cast(:records as uuid[])) or ({{ on_material }})),
    needed as materialized({{ needed }}),
    learners as (
        select m.*
        from members m
        where
            {{ learns }}
            and (
                m.person_id = any(cast(:people as uuid[]))
                or exists (
                    select
                    from assignments a
                    where
                        a.organisation_id = m.organisation_id
                        and a.person_id = m.person_id
                        and a.closed_at is null
                        and a.record_id in (select s.id from scope s)
                )
                or exists (
                    select
                    from needed n
                    where
                        n.audience -> 'roles' ? m.role
                        or n.audience -> 'person_ids' ? cast(m.person_id as text)
                        or exists (
                            select
                            from team_members t
                            where
                                t.organisation_id = m.organisation_id
                                and t.person_id = m.person_id
                                and n.audience -> 'team_ids' ? cast(t.team_id as text)
                        )
                )
            )
    )
select
    (select jsonb_agg(to_jsonb(n)) from needed n) as needed,
    (select jsonb_agg({{ learner }}) from learners m) as learners,
    {{ present }} as present
