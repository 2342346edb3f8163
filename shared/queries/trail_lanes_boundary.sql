-- The end of a slice of links: so many of each lane.
select :after::bigint + greatest(:page::int / 16, 1) as key
from unnest(:chains::uuid[]) c(chain)
cross join generate_series(0, 15) n(lane)
cross join lateral(select k.sequence from audit_links k where k.chain = c.chain and k.lane = n.lane order by k.sequence desc limit 1) l
having max(l.sequence) > :after::bigint + greatest(:page::int / 16, 1)
