-- The change that each of these entries belongs to: its own; else the one that altered its record in the same transaction; else the only
-- one of that transaction.
with
    asked as materialized(
        select e.id, e.chain, e.xid, e.at, e.record_id, {{ own }} as change_id
        from audit_entries e
        where e.organisation_id = {{ organisation }} and e.id = any(cast(:entries as bigint[]))
    ),
    around as materialized(
        select e.chain, e.xid, e.at, e.record_id, {{ own }} as change_id
        from (select distinct chain, xid, at from asked where change_id is null) a
        join audit_entries e on e.chain = a.chain and e.xid = a.xid and e.at = a.at
        where e.table_name in ('changes', 'versions', 'rounds', 'approval_requests', 'signatures', 'actions')
    ),
    of_record as materialized(
        select chain, xid, at, record_id, min(change_id) as change_id
        from around
        where change_id is not null
        group by chain, xid, at, record_id
        having count(distinct change_id) = 1
    ),
    alone as materialized(
        select chain, xid, at, min(change_id) as change_id
        from around
        where change_id is not null
        group by chain, xid, at
        having count(distinct change_id) = 1
    )
select a.id as entry, jsonb_build_object('id', c.id, 'number', c.number, 'title', c.title, 'reason', c.reason) as change
from asked a
left join of_record r on r.chain = a.chain and r.xid = a.xid and r.at = a.at and r.record_id = a.record_id
left join alone o on o.chain = a.chain and o.xid = a.xid and o.at = a.at
join changes c on c.organisation_id = {{ organisation }} and c.id = cast(coalesce(a.change_id, r.change_id, o.change_id) as uuid)
