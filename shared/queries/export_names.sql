-- What the ids of an export are called; of files also what is compared of them.
select m.person_id as id, {{ name }} as name, cast(null as jsonb) as file, null as text
from members m
join people p on p.id = m.person_id
where m.person_id = any({{ ids }})
union all
select t.id, t.name, null, null
from teams t
where t.id = any({{ ids }})
union all
select r.id, r.number, null, null
from records r
where r.id = any({{ ids }})
union all
select c.id, c.number, null, null
from changes c
where c.id = any({{ ids }})
union all
select a.id, a.number, null, null
from actions a
where a.id = any({{ ids }})
union all
select f.id, f.filename, {{ file }}, {{ text }}
from files f
where f.id = any({{ ids }})
