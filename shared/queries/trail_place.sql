-- What an inspector needs to find what is broken: the entry with its table, row and time, as far as there is one.
select e.id as entry, e.table_name as "table", e.row_key as "row", e.record_id, e.at
from audit_entries e
where
    e.id = coalesce(
        :entry::bigint,
        (
            select min(o.id)
            from audit_links k
            join audit_entries o on o.chain = k.chain and o.xid = k.xid and o.at = k.at
            where k.chain = :chain::uuid and k.lane = :lane::int and k.sequence = :sequence::bigint
        )
    )
