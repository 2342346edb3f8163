-- A member `m`, the person `p`, with their teams: for the list of members.
jsonb_build_object(
    'member',
    to_jsonb(m),
    'email',
    coalesce((select 'erased-' || e.person_id || '@erased.invalid' from erasures e where e.person_id = p.id), p.email),
    'name',
    {{ name }},
    'teams',
    coalesce((select jsonb_agg({{ team }}) from team_members x where x.person_id = m.person_id), '[]')
)
