-- The successor becomes an author of the open changes of whoever leaves.
insert into change_authors (organisation_id, change_id, person_id, revision, created_at)
select c.organisation_id, c.id, cast(:successor as uuid), 1, now()
from changes c
where c.owner_id = :leaving and c.status in {{ UNFINISHED }}
on conflict do nothing
returning 1 as written
