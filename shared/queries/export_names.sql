-- What the ids of an export are called, and the texts of the files that are compared.
select m.person_id as id, {{ name }} as name, null as text
from members m
join people p on p.id = m.person_id
where m.person_id = any(cast(:ids as uuid[]))
union all
select t.id, t.name, null
from teams t
where t.id = any(cast(:ids as uuid[]))
union all
select r.id, r.number, null
from records r
where r.id = any(cast(:ids as uuid[]))
union all
select c.id, c.number, null
from changes c
where c.id = any(cast(:ids as uuid[]))
union all
select a.id, a.number, null
from actions a
where a.id = any(cast(:ids as uuid[]))
union all
select
    f.id, f.filename, (select left(x.text, :longest) from file_texts x where x.file_id = f.id and f.id = any(cast(:compared as uuid[])))
from files f
where f.id = any(cast(:ids as uuid[]))
