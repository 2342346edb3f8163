-- The audit trail of one record: by what the entries are about, and by row where the trail files them under another record (a link
-- that comes in) or under none. Who downloaded a file alters nothing in the record, so it is left to list_audit_trail.
select {{ columns }}, count(*) over () as total
from audit_entries e
where
    e.organisation_id = {{ organisation }}
    and e.id in (
        select a.id
        from audit_entries a
        where a.organisation_id = {{ organisation }} and a.record_id = any(cast(:subjects as uuid[])) and a.table_name <> 'downloads'
        union
        select b.id
        from unnest(cast(:tables as text[]), cast(:keys as text[])) k(table_name, row_key)
        join audit_entries b on b.chain = {{ organisation }} and b.table_name = k.table_name and b.row_key = k.row_key
    )
order by e.id
limit :most
