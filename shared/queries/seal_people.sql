-- Where the chain of each member stands: for the job that seals.
select m.person_id, l.sequence, encode(l.digest, 'hex') as digest
from members m
cross join
    lateral(select k.sequence, k.digest from audit_links k where k.chain = m.person_id and k.lane = 0 order by k.sequence desc limit 1) l
where m.organisation_id = current_setting('app.organisation_id')::uuid
order by m.person_id::text collate "C"
