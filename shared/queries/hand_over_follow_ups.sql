-- What the changes plan for whoever leaves goes to the successor: the follow-ups.
update changes c
set follow_ups = {{ planned }}, revision = c.revision + 1, updated_at = now()
where c.status in {{ UNFINISHED }} and c.follow_ups @> cast(:planned as jsonb)
returning 1 as written
