-- How many entries joined the organisation's chains between two standings.
select coalesce(sum(l.entries), 0)::bigint as entries
from jsonb_to_recordset(:upto::jsonb) u(lane integer, sequence bigint)
left join jsonb_to_recordset(:after::jsonb) a(lane integer, sequence bigint) using (lane)
join
    audit_links l
    on l.chain = current_setting('app.organisation_id')::uuid
    and l.lane = u.lane
    and l.sequence > coalesce(a.sequence, 0)
    and l.sequence <= u.sequence
