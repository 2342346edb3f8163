-- The first sealed head that isn't where it was, as it was: for whoever verifies the trail.
select
    h.seal,
    h.chain,
    h.lane,
    h.sequence,
    case when l.digest is null then 'cut off' else 'rewritten' end as cause,
    (select min(e.id) from audit_entries e where e.chain = l.chain and e.xid = l.xid and e.at = l.at) as entry
from jsonb_to_recordset(:heads::jsonb) h(seal integer, chain uuid, lane integer, sequence bigint, digest text)
left join audit_links l on l.chain = h.chain and l.lane = h.lane and l.sequence = h.sequence
where l.digest is null or l.digest <> decode(h.digest, 'hex')
order by h.seal, h.lane, h.sequence
limit 1
