-- Records and changes by id, as ends of a link: for whoever links them.
select r.id, r.kind, r.number, r.status
from records r
where r.id = any(cast(:ids as uuid[]))
union all
select c.id, {{ CHANGE }}, c.number, c.status
from changes c
where c.id = any(cast(:ids as uuid[]))
