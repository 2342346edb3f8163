-- A person's own active memberships with the organisations' names: for whoever signs in.
select
    coalesce(
        jsonb_agg(
            jsonb_build_object(
                'organisation',
                jsonb_build_object('id', o.id, 'name', o.name),
                'role',
                m.role,
                'admin',
                m.admin,
                'role_until',
                m.role_until,
                'printed_name',
                m.printed_name,
                'policy_accepted_at',
                {{ accepted_at }},
                'in_digest',
                m.in_digest,
                'not_told',
                m.not_told
            )
            order by o.name
        ),
        '[]'
    ) as memberships
from members m
join organisations o on o.id = m.organisation_id
where
    m.person_id = :person
    and m.status = {{ ACTIVE }}
    and (m.role_until is null or m.role_until >= cast(now() at time zone o.time_zone as date))
