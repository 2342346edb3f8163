-- The people of a page of the training matrix, after the last of the page before.
select x.person_id, x.learner, {{ person }} as person
from
    (
        select m.person_id, {{ learner }} as learner
        from members m
        where
            {{ learns }}
            and (cast(:person as uuid) is null or m.person_id = :person)
            and (cast(:after as uuid) is null or m.person_id > :after)
            and (
                cast(:team as uuid) is null or exists (select from team_members t where t.team_id = :team and t.person_id = m.person_id)
            )
        order by m.person_id
        limit :limit
    ) x
order by x.person_id
