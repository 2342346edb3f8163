-- Extensions `x` with what each is about: the action and its change, the assignment, and the record.
extensions x
left join actions a on a.organisation_id = x.organisation_id and a.id = x.action_id
left join assignments g on g.organisation_id = x.organisation_id and g.id = x.assignment_id
left join records r on r.organisation_id = x.organisation_id and r.id = coalesce(x.record_id, a.record_id, g.record_id)
left join changes c on c.organisation_id = x.organisation_id and c.id = a.change_id
